"""Choosing people or organisations oneself: found by name among those the author may see."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext as _

from serai.audit.actions import Actor
from serai.core.audience import group
from serai.directory.models import Organisation, Person
from serai.sharing.queries import readers_of_each
from serai.sharing.readable import readable
from serai.sharing.words import sector_in_words

MOST_FOUND = 20
MOST_PICKED = 40


@dataclass(frozen=True, kw_only=True)
class Pick:
    """One person or organisation to choose: its group as the value, and its name."""

    value: str
    title: str
    note: str = ""
    picked: bool = False


@dataclass(frozen=True, kw_only=True)
class OwnChoice:
    """What was picked so far and what else was found. `wrong` says why it cannot be taken."""

    picks: tuple[Pick, ...] = ()
    found: tuple[Pick, ...] = ()
    looked_for: str = ""
    wrong: str = ""

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups picked, or none where they cannot be taken."""
        return () if self.wrong else tuple(sorted(pick.value for pick in self.picks))


def own_choice(
    actor: Actor, picked: Sequence[str], looked_for: str, *, within: Iterable[str] = (), bounded: bool
) -> OwnChoice:
    """What the author picked, as far as they may see it; with `bounded`, nobody outside `within` is taken."""
    picks = _named(picked[:MOST_PICKED])
    words = name_typed(looked_for)
    found = _look_up(words, {pick.value for pick in picks}) if words else ()
    wrong = ""
    if picks and bounded and not _inside(actor, [pick.value for pick in picks], within):
        wrong = _("Somebody you chose is not among those who can read it at most.")
    return OwnChoice(picks=picks, found=found, looked_for=words, wrong=wrong)


def _named(values: Sequence[str]) -> tuple[Pick, ...]:
    ids: dict[str, list[uuid.UUID]] = {"organisation": [], "person": []}
    for value in values:
        kind, _colon, ref = value.partition(":")
        try:
            ids[kind].append(uuid.UUID(ref))
        except (KeyError, ValueError):
            continue  # made by hand: nothing of ours
    organisations = Organisation.objects.filter(pk__in=ids["organisation"]).order_by("name", "id")
    people = Person.objects.filter(pk__in=ids["person"]).order_by("name", "id")
    return tuple(
        Pick(value=group(kind, row.pk), title=str(row), note=_note(row), picked=True)
        for kind, rows in (("organisation", organisations), ("person", people))
        for row in rows
    )


def name_typed(text: str) -> str:
    """What was typed to look for a name: bounded, and without the one sign that no text of a database holds."""
    return text.replace("\0", "").strip()[:80]


def people_called(words: str) -> list[Person]:
    """The people the asker may see whose name holds these words, at most twenty."""
    found = readable(Person.objects.filter(name__icontains=words, erased_on=None)).order_by("name", "id")
    return list(found[:MOST_FOUND])


def _look_up(words: str, known: set[str]) -> tuple[Pick, ...]:
    organisations = readable(Organisation.objects.filter(name__icontains=words)).order_by("name", "id")
    found = [
        Pick(value=group(kind, row.pk), title=str(row), note=_note(row))
        for kind, rows in (("organisation", list(organisations[:MOST_FOUND])), ("person", people_called(words)))
        for row in rows
    ]
    return tuple(pick for pick in found if pick.value not in known)


def _note(row: Model) -> str:
    if isinstance(row, Organisation):
        return sector_in_words(row.sector)
    return row.role if isinstance(row, Person) and row.role != row.name else ""


def _inside(actor: Actor, groups: list[str], within: Iterable[str]) -> bool:
    """Whether nobody is added to the widest readers: counted, because some of them the author may not see."""
    widest = list(within)
    if not widest:
        return True
    most, both = readers_of_each([(widest, actor.source), ({*widest, *groups}, actor.source)])
    return most.public or most.people == both.people
