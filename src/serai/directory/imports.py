"""A list of members, row by row against what is here: the fate of each row and why, before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from serai.core.words import fold
from serai.directory.columns import Entries, Entry
from serai.directory.models import City, Membership, Organisation, Person
from serai.directory.present import Invited, Present, present
from serai.directory.queries import Standing, looks_after, may_let_in

FATES: Final = ("error", "new", "differs", "left", "same")
OF_ORGANISATION: Final = ("sector", "level", "in_kind")
Key = tuple[str, int, str]  # folded name, city (0: none), country of one without a city


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row with its fate: error, new, differs (will be changed), left (differs, but others look after it), same.

    What is to be done: an organisation to add (`adds`) or change, a person to add (`enters`), to let in (`joins`) or
    to change. `key` names the organisation among those of the file.
    """

    number: int
    what: str
    fate: str = "same"
    why: tuple[str, ...] = ()
    key: Key = ("", 0, "")
    city: City | None = None
    said: Mapping[str, Any] = field(default_factory=dict)
    organisation: Organisation | None = None
    adds: bool = False
    changes: Mapping[str, Any] = field(default_factory=dict)
    enters: bool = False
    joins: Person | None = None
    membership: Membership | None = None
    becomes: Mapping[str, Any] = field(default_factory=dict)  # of the membership
    card: Mapping[str, Any] = field(default_factory=dict)  # of the person
    opens: bool = False  # the person gets an address to sign in with

    @property
    def mails(self) -> bool:
        """Whether an invitation goes out."""
        return bool(self.said.get("email")) and (self.enters or self.joins is not None or self.opens)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Every row with its fate, and the columns that are not read."""

    lines: tuple[Line, ...]
    unread: tuple[str, ...] = ()

    def count(self, fate: str) -> int:
        """How many rows have this fate."""
        return sum(line.fate == fate for line in self.lines)

    @property
    def mails(self) -> int:
        """How many invitations go out."""
        return sum(line.mails for line in self.lines)

    @property
    def digest(self) -> str:
        """What was shown: if it is another one when saving, something changed meanwhile."""
        shown = repr([(line.number, line.fate, line.what, line.why, sorted(line.said.items())) for line in self.lines])
        return hashlib.sha256(shown.encode()).hexdigest()[:32]


def plan(entries: Entries, standing: Standing, *, today: date, invited: Invited) -> Plan:
    """The fate of each row, for this person, today: it hangs on what they may read alone. Nothing is written."""
    here = present(entries.rows, standing, today=today, invited=invited)
    first: dict[Any, Line] = {}
    lines = []
    for entry in entries.rows:
        line = _person(_organisation(_begun(entry, here), here, first), here, first)
        lines.append(line)
    return Plan(lines=tuple(lines), unread=entries.unread)


def _wrong(line: Line, why: str) -> Line:
    return replace(line, fate="error", why=(*line.why, why))


def _begun(entry: Entry, here: Present) -> Line:
    """The row with its city found."""
    said = entry.said
    what = " – ".join(str(said[name]) for name in ("organisation", "name") if said.get(name))
    line = Line(number=entry.number, what=what, said=said)
    for why in entry.wrong:
        line = _wrong(line, why)
    if not said.get("city"):
        return replace(line, city=_unsaid_city(line, here))
    found = here.cities_called(said["city"], said.get("country", ""))
    if len(found) == 1:
        return replace(line, city=found[0])
    if found:
        text = _("Several cities are called %(city)s. Add a column with the country.")
    else:
        text = _("%(city)s is not a city of your network yet. The secretariat adds it first.")
    return _wrong(line, text % {"city": said["city"]})


def _unsaid_city(line: Line, here: Present) -> City | None:
    """Where no city is said: that of the only organisation of this name, else for a coordinator their own."""
    said = line.said
    known = here.organisation(said.get("organisation", ""), None, said.get("country", ""))
    if known is not None:
        return known.city
    return here.standing.city if here.standing.runs is None and said.get("level", "local") == "local" else None


def _organisation(line: Line, here: Present, first: dict[Any, Line]) -> Line:
    """What becomes of the row's organisation."""
    said = line.said
    if line.fate == "error" or not said.get("organisation"):
        return line
    country = "" if line.city else said.get("country", "")
    known = here.organisation(said["organisation"], line.city, country)
    line = replace(
        line, key=(fold(said["organisation"]), line.city.id if line.city else 0, country), organisation=known
    )
    before = first.setdefault(("organisation", line.key), line)
    if before is not line:
        return _as_before(line, before)
    if line.organisation is None:
        line = _new_organisation(line, here)
    else:
        line = _known_organisation(line, line.organisation, here)
    first["organisation", line.key] = line
    return line


def _as_before(line: Line, before: Line) -> Line:
    """A later row on the same organisation says nothing else."""
    for name in OF_ORGANISATION:
        mine, earlier = line.said.get(name), before.said.get(name)
        if mine and mine != earlier:
            text = _("Row %(row)s says something else about this organisation. Make the two alike.")
            return _wrong(line, text % {"row": before.number})
    return replace(line, organisation=before.organisation)


def _new_organisation(line: Line, here: Present) -> Line:
    said, runs = line.said, here.standing.runs
    if not said.get("sector"):
        return _wrong(line, _("This organisation is not here yet. Say its sector."))
    if line.city is None:
        if said.get("level", "local") == "local":
            return _wrong(line, _("Say the city of a local organisation."))
        if runs is None:
            return _wrong(line, _("Only a network’s secretariat writes down an organisation without a city."))
    elif line.city.id not in here.places:
        text = _("Only organisations of %(city)s add others there. Ask one of them, or leave the row out.")
        return _wrong(line, text % {"city": line.city.name})
    return replace(line, fate="new", adds=True, why=(_("The organisation is new."),))


def _known_organisation(line: Line, known: Organisation, here: Present) -> Line:
    changes = {n: line.said[n] for n in OF_ORGANISATION if line.said.get(n) and line.said[n] != getattr(known, n)}
    if not changes:
        return line
    if not looks_after(here.standing, known):
        return replace(line, fate="left", why=(_("The organisation says it otherwise, and only it changes that."),))
    words = {
        "sector": _("Its sector changes."),
        "level": _("Where it works changes."),
        "in_kind": _("How it is told in kind changes."),
    }
    return replace(line, fate="differs", changes=changes, why=tuple(words[name] for name in changes))


def _person(line: Line, here: Present, first: dict[Any, Line]) -> Line:
    """What becomes of the row's person."""
    said = line.said
    if line.fate == "error" or not said.get("name"):
        return line
    mark = ("address", said["email"]) if said.get("email") else ("name", fold(said["name"]))
    before = first.setdefault((*mark, line.key), line)
    if before is not line:
        alike = before.said == said
        text = _("The same as row %(row)s.") if alike else _("Row %(row)s says otherwise of this person.")
        text = text % {"row": before.number}
        return replace(line, why=(*line.why, text)) if alike else _wrong(line, text)
    return _found(line, here, first)


def _found(line: Line, here: Present, first: dict[Any, Line]) -> Line:
    said, organisation = line.said, line.organisation
    person = here.people.get(said.get("email", ""))
    membership = _membership(line, person, here, first)
    if membership is not None:
        first["membership", membership.id] = line
        return _known_member(line, membership, here)
    if organisation is not None and not may_let_in(here.standing, organisation):
        text = _("Only members of %(name)s add members to it. Ask one of them, or leave the row out.")
        return _wrong(line, text % {"name": organisation.name})
    words = _("%(name)s becomes a member.") if person else _("%(name)s is new.")
    why = (*line.why, words % {"name": said["name"]})
    return replace(line, fate="new", enters=person is None, joins=person, why=why)


def _membership(line: Line, person: Person | None, here: Present, first: dict[Any, Line]) -> Membership | None:
    """Theirs already: by the person, else by the name of one whom no other row means and who has no other address."""
    members = here.memberships.get(line.organisation.id, []) if line.organisation else []
    meant = {person.id if person else None, here.arrived.get(line.said.get("email", ""))} - {None}
    own = next((m for m in members if m.person_id in meant), None)
    if person is not None or own is not None:
        return own
    for member in members:
        free = ("membership", member.id) not in first
        addressed = bool(line.said.get("email")) and member.person_id in here.addressed
        if member.person and free and not addressed and fold(member.person.name) == fold(line.said["name"]):
            return member
    return None


def _known_member(line: Line, membership: Membership, here: Present) -> Line:
    """A row about someone who is a member already; of one whose card cannot be read, the membership alone changes."""
    said, person = line.said, membership.person
    card = {n: said[n] for n in ("name", "languages") if person and said.get(n) and said[n] != getattr(person, n)}
    becomes = {n: said[n] for n in ("role", "coordinates") if n in said and said[n] != getattr(membership, n)}
    opens = person is not None and bool(said.get("email")) and person.id not in here.addressed
    assert line.organisation is not None
    lets_in = may_let_in(here.standing, line.organisation)
    cares, name = person is not None and looks_after(here.standing, person), person.name if person else said["name"]
    left = bool(becomes and not lets_in) or bool((card or opens) and not cares)
    line = replace(
        line,
        membership=membership,
        becomes=becomes if lets_in else {},
        card=card if cares else {},
        opens=opens and cares,
    )
    why = list(line.why)
    if line.becomes or line.card:
        why.append(_("%(name)s: the entry changes.") % {"name": name})
    if line.opens:
        why.append(_("%(name)s gets this address to sign in with.") % {"name": name})
    if left:
        why.append(_("%(name)s says it otherwise, and only they change that.") % {"name": name})
    changed = bool(line.becomes or line.card or line.opens)
    fates = [line.fate, "differs" if changed else "same", "left" if left else "same"]
    return replace(line, fate=min(fates, key=FATES.index), why=tuple(why))
