"""Whom a release of the programme affects, and what is mailed to them: that it changed, never what."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from functools import cache

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from serai.core.audience import EVERYONE, group
from serai.db.rows import Protected
from serai.directory.models import Membership
from serai.directory.queries import held
from serai.exchanges.differences import unreleased
from serai.exchanges.models import Exchange, Participant, ProgrammeRelease, Session, Site
from serai.sharing.telling import readers_by_id, tell

People = frozenset[uuid.UUID]


def affected(exchange: Exchange, *, today: date) -> People:
    """Those who take part, or belong to the host of a site, and may read a session that a release now would change.

    Of a session that is taken out they are those who could read it.
    """
    sites: dict[str, set[str]] = defaultdict(set)
    for line in filter(lambda line: line.is_told, unreleased(exchange)):
        for row in filter(None, (line.before, line.after)):
            sites[row["id"]] |= {row["site"]} - {None}
    part = frozenset(
        Participant.objects.filter(held(today), exchange=exchange)
        .exclude(person=None)
        .values_list("person_id", flat=True)
    )
    hosts = _hosts({site for each in sites.values() for site in each}, today)
    reading = _reading(exchange, part)
    sessions = Session.objects.filter(pk__in=sites).select_related("audience")
    concerned = (reading(s, part.union(*(hosts[site] for site in sites[str(s.pk)]))) for s in sessions)
    return reading(exchange, frozenset().union(*concerned))


def _hosts(sites: set[str], today: date) -> dict[str, People]:
    """The people of the host of each site."""
    host_of = dict(Site.objects.filter(pk__in=sites).values_list("pk", "host_id"))
    people = defaultdict(set)
    members = Membership.objects.filter(held(today), organisation__in=host_of.values())
    for organisation, person in members.values_list("organisation_id", "person_id"):
        people[organisation].add(person)
    return defaultdict(frozenset, {str(site): frozenset(people[host]) for site, host in host_of.items()})


def _reading(exchange: Exchange, part: People) -> Callable[[Protected, People], People]:
    """Who of some people may read a record. Those taking part read what is for the exchange, also where the asker may
    not see their cards."""
    inner = group("exchange", exchange.pk)

    @cache
    def readers(groups: tuple[str, ...], source: uuid.UUID | None) -> People:
        return frozenset(readers_by_id(list(groups), source)) | (part if inner in groups else frozenset())

    def reading(record: Protected, people: People) -> People:
        released = exchange if isinstance(record, Session) and record.is_draft else record
        groups = () if record.hidden_at else tuple(released.audience.groups)
        return people if EVERYONE in groups else people & readers(groups, record.source_id)

    return reading


def tell_release(release: ProgrammeRelease, people: People, *, now: datetime) -> int:
    """Tells these people of a release; how many mails."""
    if release.number == 1:
        subject = _("The programme is there")
        words = _("The programme of an exchange that you take part in or host can be read now:")
    else:
        subject = _("The programme has changed")
        words = _("The programme of an exchange that you take part in or host has changed:")
    return tell(f"release:{release.pk}", subject, words, reverse("programme", args=[release.exchange_id]), people, now)
