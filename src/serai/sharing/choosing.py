"""The step before saving: choose who can read it, and see them in words."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serai.audit.actions import Actor
from serai.core.audience import group, kind_of
from serai.db.rows import Protected
from serai.directory.models import TeamMember
from serai.directory.queries import Standing, held
from serai.sharing import habits, heeding
from serai.sharing.picking import OwnChoice, own_choice
from serai.sharing.queries import ReaderGroup, Readers, names_of, readers_of_each
from serai.sharing.words import (
    beyond_the_readers,
    count_in_words,
    group_in_words,
    organisation_in_words,
    readers_in_words,
    sector_legend,
)
from serai.web.pages import Here, show
from serai.web.sent import WORD
from serai.web.steps import typed

# The step's own fields; everything else that was posted is carried along.
OWN_FIELDS = frozenset({"readers", "confirmed", "names", "pick", "look_up", "step"}) | heeding.OWN_FIELDS
MOST_LINES = 12
CHOSEN_MYSELF = "own"


@dataclass(frozen=True, kw_only=True)
class Ring:
    """One audience offered: a value for the form, its title, and the groups it stands for."""

    value: str
    title: str
    groups: tuple[str, ...]

    @property
    def seen(self) -> str:
        """What the button that saves sends: that its readers were on the page."""
        if self.value != CHOSEN_MYSELF:
            return self.value
        return hashlib.sha256("\n".join(self.groups).encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A record that is there already: what it comes from, and who could read it until now."""

    source: uuid.UUID | None
    readers: Readers


class Chosen(tuple[str, ...]):
    """The groups confirmed by the author; `because` is why something in the text was kept, if it was asked."""

    because: str

    def __new__(cls, groups: Iterable[str], because: str = "") -> Chosen:
        """Also a plain tuple of groups."""
        made = super().__new__(cls, tuple(groups))
        made.because = because
        return made


def own_rings(standing: Standing, *, personal: bool = False) -> list[Ring]:
    """What this person may usually choose from, narrow to wide."""
    rings = []
    if personal:
        rings.append(Ring(value="person", title=_("Only me"), groups=(group("person", standing.person.id),)))
    if standing.organisation:
        mine = group("organisation", standing.organisation.id)
        rings.append(Ring(value="organisation", title=_("My organisation"), groups=(mine,)))
    if standing.city:
        title = _("Everyone from %(city)s") % {"city": standing.city.name}
        rings.append(Ring(value="city", title=title, groups=(group("city", standing.city.id),)))
    for network in standing.networks:
        title = _("Everyone in %(network)s") % {"network": network.name}
        rings.append(Ring(value=f"network-{network.id}", title=title, groups=(group("network", network.id),)))
    rings.append(Ring(value="everyone", title=_("Everyone, also without an account"), groups=(group("everyone"),)))
    return rings


def team_rings(here: Here) -> list[Ring]:
    """The teams in which this person has a seat."""
    seats = TeamMember.objects.filter(held(here.today), person=here.actor.person).select_related("team").order_by("id")
    return [Ring(value=f"team-{s.team_id}", title=s.team.name, groups=(group("team", s.team_id),)) for s in seats]


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """The rings with their readers, which one is chosen, and what was picked by oneself."""

    rings: list[Ring]
    ring: Ring
    readers: dict[str, Readers]
    mine: OwnChoice
    last: list[tuple[str, ...]]
    of_last: dict[tuple[str, ...], Readers]


def choose_readers(
    request: HttpRequest,
    here: Here,
    *,
    rings: Sequence[Ring],
    title: str,
    chosen: str | None = None,
    carried: Mapping[str, Sequence[str]] | None = None,
    not_wider: str = "",
    texts: Sequence[str] = (),
    noun: type[Protected] | None = None,
    kicker: str = "",
    back_href: str = "",
    saved: Saved | None = None,
) -> Chosen | HttpResponse:
    """The groups confirmed by the author, or the page on which they choose and see the readers in words.

    `carried` are the fields typed so far, kept as hidden fields; `texts` what was written, to be looked through for
    data of a third person: `because` of the answer is why some was kept, for the trail. `noun` is the kind of record,
    so that an unusual audience is pointed out. With `not_wider`, the sentence why, nobody outside the widest ring can
    be chosen. The page posts `back` where the form behind it shall be shown again; `back_href` is where to go instead
    if there is no form. Only a POST with `confirmed`, the ring whose readers were on the page, is an answer.
    """
    actor = here.actor
    offer = _offered(request, actor, rings, chosen, noun, bounded=bool(not_wider), saved=saved)
    ring = offer.ring
    left = heeding.without_removed(request, texts)
    heeded = heeding.look_through(request, here, left)
    confirmed = request.method == "POST" and request.POST.get("confirmed") == ring.seen and "readers" in request.POST
    if confirmed and heeded.settled:
        return Chosen(ring.groups, because=heeded.because)
    kept = heeding.carried_without(request, carried if carried is not None else typed(request))
    page: dict[str, Any] = {
        "title": title,
        "kicker": kicker,
        "rings": [
            {"value": r.value, "title": r.title, "note": count_in_words(offer.readers[r.value])} for r in offer.rings
        ],
        "ring": ring,
        "grows": any(kind_of(name) != "person" for name in ring.groups),
        "carried": {name: values for name, values in kept.items() if name not in OWN_FIELDS},
        "heeded": heeded,
        "removable": bool(kept.keys() - OWN_FIELDS - {WORD}),
        "wrong": confirmed,
        "not_wider": not_wider,
        "mine": offer.mine,
        "back_href": back_href,
        "here": request.get_full_path(),
        "until_now": _who(saved.readers, future=False) if saved else None,
        **_who(offer.readers[ring.value]),
    }
    if request.method == "POST" and "names" in request.POST:
        named = names_of(ring.groups, saved.source if saved else actor.source_of(ring.groups))
        lines = [{"title": organisation_in_words(n.name, n.sector), "named": n} for n in named]
        return show(request, "sharing/choose_names.html", page | {"lines": lines})
    status = 422 if confirmed else 200
    return show(request, "sharing/choose.html", page | {"unusual": _unusual(offer, noun)}, status=status)


def _offered(
    request: HttpRequest,
    actor: Actor,
    rings: Sequence[Ring],
    chosen: str | None,
    noun: type[Protected] | None,
    *,
    bounded: bool,
    saved: Saved | None,
) -> _Offer:
    picked, looked_for = request.POST.getlist("pick"), request.POST.get("look_up", "")
    mine = own_choice(actor, picked, looked_for, within=rings[-1].groups, bounded=bounded)
    every = list(rings)
    if mine.groups:
        every.append(Ring(value=CHOSEN_MYSELF, title=_("Those I choose"), groups=mine.groups))
    asked = request.POST.get("readers") or chosen
    ring = next((r for r in every if r.value == asked), every[0])
    last = habits.last_audiences(actor, noun) if noun else []
    others = sorted(set(last))
    sets = [*(r.groups for r in every), *others]
    counted = readers_of_each([(groups, saved.source if saved else actor.source_of(groups)) for groups in sets])
    return _Offer(
        rings=every,
        ring=ring,
        readers={r.value: found for r, found in zip(every, counted, strict=False)},
        mine=mine,
        last=last,
        of_last=dict(zip(others, counted[len(every) :], strict=True)),
    )


def _who(readers: Readers, *, future: bool = True) -> dict[str, Any]:
    """The readers as the page shows them: the sentence, the list by organisation, the legend of its shapes."""
    shown, rest = readers.groups[:MOST_LINES], readers.groups[MOST_LINES:]
    return {
        "readers": readers,
        "sentence": readers_in_words(readers, future=future),
        "lines": [_line(found) for found in shown],
        "more": sum(found.organisations for found in rest),
        "legend": sector_legend(readers),
        "beyond": beyond_the_readers(readers.label),
    }


def _line(found: ReaderGroup) -> dict[str, Any]:
    return {"name": group_in_words(found), "sector": found.sector, "count": found.count}


def _unusual(offer: _Offer, noun: type[Protected] | None) -> tuple[str, str] | None:
    if noun is None:
        return None
    readers = {**offer.of_last, tuple(sorted(offer.ring.groups)): offer.readers[offer.ring.value]}
    titles = {tuple(sorted(r.groups)): r.title for r in offer.rings}
    return habits.pointed_out(noun, offer.ring.groups, offer.last, readers, titles)
