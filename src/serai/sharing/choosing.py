"""The step before saving: choose who can read it, and see them in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serai.core.audience import group
from serai.directory.queries import Standing
from serai.sharing.queries import readers_of
from serai.sharing.words import count_in_words, label_legend, readers_in_words
from serai.web.pages import Here, show
from serai.web.steps import typed


@dataclass(frozen=True, kw_only=True)
class Ring:
    """One audience offered: a value for the form, its title, and the groups it stands for."""

    value: str
    title: str
    groups: tuple[str, ...]


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
) -> tuple[str, ...] | HttpResponse:
    """The groups confirmed by the author, or the page on which they choose and see the readers in words.

    `carried` are the fields typed so far, kept as hidden fields; `texts` what was written, to be looked
    through for data of a third person. Only a POST with `confirmed` and a ring of the list is an answer.
    """
    values = [ring.value for ring in rings]
    asked = request.POST.get("readers") or chosen or values[0]
    ring = next((r for r in rings if r.value == asked), rings[0])
    if request.method == "POST" and request.POST.get("confirmed") == ring.value and "readers" in request.POST:
        return ring.groups
    source = here.actor.source
    counted = {r.value: readers_of(r.groups, source) for r in rings}
    readers = counted[ring.value]
    return show(
        request,
        "sharing/choose.html",
        {
            "title": title,
            "rings": [{"value": r.value, "title": r.title, "note": count_in_words(counted[r.value])} for r in rings],
            "ring": ring,
            "readers": readers,
            "sentence": readers_in_words(readers, future=True),
            "legend": label_legend(readers),
            "carried": carried if carried is not None else typed(request),
            "not_wider": not_wider,
        },
    )
