"""Wider or narrower: only the source says who reads; it sees who could until now, and readers are told of wider."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from serai.db.rows import Protected
from serai.sharing.actions import WiderThanItsParent, inside, parent_of, share_record
from serai.sharing.choosing import Ring, Saved, choose_readers, own_rings, team_rings
from serai.sharing.nouns import noun_named
from serai.sharing.queries import readers_of, who_may_read, why_readable
from serai.sharing.telling import readers_by_id, tell_wider
from serai.sharing.views.asking import may_share, record_of
from serai.sharing.words import audience_in_words, readers_in_words
from serai.web.pages import Here, member_page

AS_IT_IS = "now"


@member_page
def share(request: HttpRequest, here: Here, noun: str, id: UUID) -> HttpResponse:
    """The readers of a record that comes from the asker, to be changed."""
    kind = noun_named(noun)
    found = record_of(kind, id)
    reason = why_readable(here.asker, found)
    if reason is None or not may_share(here, kind, found, reason):
        raise Http404
    before = readers_of(who_may_read(found), found.source_id)
    parent = parent_of(found)
    back = reverse("why", args=[noun, id])
    chosen = choose_readers(
        request,
        here,
        rings=_rings(here, found, parent),
        title=_("Choose who can read it from now on."),
        kicker=str(kind.word).capitalize(),
        chosen=AS_IT_IS,
        carried={},
        not_wider=_("Wider is not offered: it belongs to something that fewer people can read.") if parent else "",
        saved=Saved(source=found.source_id, readers=before),
        back_href=back,
    )
    if isinstance(chosen, HttpResponse):
        return chosen
    if sorted(chosen) == sorted(found.audience.groups):
        return redirect(back)
    were = readers_by_id(found.audience.groups, found.source_id)
    try:
        done = share_record(here.actor, found, chosen, now=here.now)
    except WiderThanItsParent as error:
        raise Http404 from error
    if done.wider:
        tell_wider(done.record, were, but=here.actor.person, now=here.now)
        messages.success(request, _("More people can read it now. Those who already could are told."))
    else:
        messages.success(
            request, _("Fewer people can read it now. Until now: %(who)s") % {"who": readers_in_words(before)}
        )
    return redirect(back)


def _rings(here: Here, record: Protected, parent: Protected | None) -> list[Ring]:
    """The audience as it is, then what else may be chosen: never wider than what it belongs to, and never TLP:RED.

    What comes from an organisation is read by its people; only what is someone's own can be for them alone.
    """
    now = tuple(sorted(record.audience.groups))
    title = _("As it is now: %(groups)s") % {"groups": "; ".join(audience_in_words(name) for name in now)}
    rings = [Ring(value=AS_IT_IS, title=title, groups=now)]
    mine = record.source_id in (None, here.actor.person)
    offered = own_rings(here.standing, personal=mine and record.source_id is not None)
    offered[1:1] = team_rings(here)
    for ring in offered:
        if tuple(sorted(ring.groups)) != now and (parent is None or inside(ring.groups, parent)):
            rings.append(ring)
    return rings
