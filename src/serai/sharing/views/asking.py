"""Why can I read this, and who else can: answered to whoever can read it; to everyone else it does not exist."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serai.audit.models import AuditEntry
from serai.core.audience import Why
from serai.db.rows import Protected
from serai.directory.models import Organisation, Person
from serai.sharing.nouns import Noun, noun_named
from serai.sharing.queries import names_of, who_may_read, why_readable
from serai.sharing.reading import reading
from serai.sharing.register import clock_of
from serai.sharing.words import audience_in_words, beyond_the_readers, organisation_in_words
from serai.web import dates
from serai.web.pages import Here, page, show

LAST_CHANGES = 5


def record_of(noun: Noun, id: UUID) -> Protected:
    """One record of this noun. Raises `DoesNotExist` for what the asker may not read."""
    found: Protected = noun.model._default_manager.select_related("audience").get(pk=id)
    return found


@page
def why(request: HttpRequest, here: Here, noun: str, id: UUID) -> HttpResponse:
    """Why the asker can read a record: the rule, and the groups in words."""
    kind = noun_named(noun)
    found = record_of(kind, id)
    reason = why_readable(here.asker, found)
    if reason is None:
        raise Http404
    context = {
        "noun": kind,
        "record": found,
        "href": kind.href(found),
        "reason": why_in_words(here, found, reason),
        "groups": [audience_in_words(name) for name in found.audience.groups],
        "source": source_in_words(found),
        "beyond": beyond_the_readers(found.audience.label),
        "clock": clock_of(kind.name),
        "changes": _changes(found),
        "reading": reading(here, found),
        "may_share": may_share(here, kind, found, reason),
    }
    return show(request, "sharing/why.html", context)


def may_share(here: Here, noun: Noun, record: Protected, reason: Why) -> bool:
    """Whether the asker may say who reads it: its source, or the author of a Chatham House note."""
    if noun.fixed or not here.signed_in or here.asker.also is not None or record.hidden_at is not None:
        return False
    return reason.rule == "source" or (record.source_id is None and reason.rule == "named")


def why_in_words(here: Here, record: Protected, reason: Why) -> str:
    """One sentence."""
    if reason.rule == "audience":
        return _("It was shared with: %(groups)s.") % {
            "groups": "; ".join(audience_in_words(name) for name in reason.groups)
        }
    if reason.rule == "named":
        return _named(here, record)
    if reason.rule == "asked":
        return _("You, or your organisation, are asked for an answer.")
    if record.source_id == here.asker.id:
        return _("It is your own.")
    return _("It comes from your organisation.")


def _named(here: Here, record: Protected) -> str:
    if isinstance(record, Person) and record.pk == here.asker.id:
        return _("It is your own card.")
    if record.source_id is None:
        return _("You wrote it. Nobody else is told so.")
    return _("It was reported to you, the data-protection contact.")


def source_in_words(record: Protected) -> str:
    """What the record comes from, as far as the asker may see it; empty for a Chatham House note."""
    if record.source_id is None:
        return ""
    organisation = Organisation.objects.filter(pk=record.source_id).first()
    if organisation is not None:
        return organisation.name
    someone = Person.objects.filter(pk=record.source_id).first()
    return someone.name if someone is not None else _("someone you may not see")


def _changes(record: Protected) -> list[dict[str, Any]]:
    """When others were given it to read, for those who read it; of a Chatham House note the day alone."""
    entries = AuditEntry.objects.filter(record_id=record.pk, verb="share").order_by("-created_at", "-id")
    days = dict.fromkeys(entry.created_at.date() for entry in entries[:LAST_CHANGES])
    return [{"day": dates.day(day)} for day in days]


@page
def readers(request: HttpRequest, here: Here, noun: str, id: UUID) -> HttpResponse:
    """Who can read a record: by name where the asker may see the names, counted else."""
    kind = noun_named(noun)
    found = record_of(kind, id)
    named = [] if found.hidden_at else names_of(who_may_read(found), found.source_id)
    context = {
        "noun": kind,
        "record": found,
        "href": kind.href(found),
        "lines": [{"title": organisation_in_words(n.name, n.sector), "named": n} for n in named],
        "reading": reading(here, found),
    }
    return show(request, "sharing/readers.html", context)
