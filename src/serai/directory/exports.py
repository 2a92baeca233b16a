"""Organisations and members as a table to take away: what the asker may read, each row with its label."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from serai.core.audience import WIDEST_FIRST
from serai.directory.models import Membership, Organisation
from serai.directory.queries import held, organisations_readable
from serai.directory.territories import country_name, language_names


def head() -> list[str]:
    """The names of the columns: those that are read when the table comes back, then the label."""
    return [
        _("Organisation"),
        _("Sector"),
        _("Level"),
        _("City"),
        _("Country"),
        _("Told in kind as"),
        _("Name"),
        _("Role"),
        _("Languages"),
        _("Answers for it"),
        _("Label"),
    ]


def rows(*, today: date) -> list[list[str]]:
    """One row a member, and one for an organisation without a member that the asker may read. No addresses."""
    members: dict[Organisation, list[Membership]] = {
        o: [] for o in organisations_readable().select_related("city", "audience").order_by("city__name", "name", "id")
    }
    by_id = {organisation.id: organisation for organisation in members}
    inside = Membership.objects.filter(held(today)).select_related("person__audience", "audience")
    for membership in inside.order_by("-coordinates", "started_on", "id"):
        organisation = by_id.get(membership.organisation_id) if membership.organisation_id else None
        if organisation is not None and membership.person is not None:
            members[organisation].append(membership)
    return [row for organisation, some in members.items() for row in _rows(organisation, some)]


def _rows(organisation: Organisation, members: list[Membership]) -> list[list[str]]:
    first = [
        organisation.name,
        str(organisation.get_sector_display()),
        str(organisation.get_level_display()),
        organisation.city.name if organisation.city else "",
        country_name(organisation.city.country if organisation.city else organisation.country),
        organisation.in_kind,
    ]
    if not members:
        return [[*first, "", "", "", "", organisation.audience.label]]
    return [[*first, *_member(organisation, member)] for member in members]


def _member(organisation: Organisation, member: Membership) -> list[str]:
    person = member.person
    assert person is not None
    labels = [organisation.audience.label, member.audience.label, person.audience.label]
    return [
        person.name,
        member.role,
        language_names(person.languages),
        _("yes") if member.coordinates else _("no"),
        max(labels, key=WIDEST_FIRST.index),
    ]
