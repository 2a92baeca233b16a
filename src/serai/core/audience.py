"""Who may read, and why: the rule in Python, the twin of the row-level security in SQL.

Source: product.md "Safe to share"; labels: FIRST Traffic Light Protocol 2.0 (never translated).
An audience is a set of groups; the label follows from the set, so the two cannot contradict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

EVERYONE: Final = "everyone"
KINDS: Final = ("everyone", "network", "city", "team", "exchange", "organisation", "person")
CLEAR, GREEN, AMBER, STRICT, RED = "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"
WIDEST_FIRST: Final = (CLEAR, GREEN, AMBER, STRICT, RED)


class NotAnAudience(ValueError):
    """The groups given are no audience: none at all, or one that is not `kind:id`."""


def group(kind: str, ref: object = None) -> str:
    """The name of one group: `everyone`, or `kind:id`."""
    if kind not in KINDS or (ref is None) != (kind == EVERYONE):
        raise NotAnAudience(f"{kind!r} with {ref!r} names no group")
    return EVERYONE if ref is None else f"{kind}:{ref}"


def kind_of(name: str) -> str:
    """The kind of a group's name; refuses what is none."""
    kind, _, ref = name.partition(":")
    if name != EVERYONE and (kind not in KINDS or kind == EVERYONE or not ref):
        raise NotAnAudience(f"{name!r} names no group")
    return kind


def label_of(groups: Iterable[str]) -> str:
    """The TLP label that follows from a set of groups.

    everyone → CLEAR; a network or hub → GREEN; persons alone → RED; one organisation, with or without
    named persons → AMBER+STRICT; all else (several organisations, a city, team or exchange) → AMBER.
    """
    kinds = sorted(kind_of(name) for name in groups)
    if not kinds:
        raise NotAnAudience("an audience needs at least one group")
    if EVERYONE in kinds:
        return CLEAR
    if "network" in kinds:
        return GREEN
    if set(kinds) == {"person"}:
        return RED
    return STRICT if set(kinds) <= {"organisation", "person"} and kinds.count("organisation") == 1 else AMBER


def at_most_green(label: str) -> bool:
    """Whether a text with this label may leave the house (mail, calendar, links): GREEN and CLEAR only."""
    return WIDEST_FIRST.index(label) <= WIDEST_FIRST.index(GREEN)


@dataclass(frozen=True, kw_only=True)
class Membership:
    """A person's time in an organisation, team or exchange; `ended_on` is the first day outside."""

    person: str
    of: str
    started_on: date
    ended_on: date | None = None

    def holds(self, today: date) -> bool:
        """Whether it holds on that day."""
        return self.started_on <= today and (self.ended_on is None or today < self.ended_on)


@dataclass(frozen=True, kw_only=True)
class Directory:
    """The facts that decide who is in which group. Refs are ids as text."""

    organisations: tuple[Membership, ...] = ()
    teams: tuple[Membership, ...] = ()
    exchanges: tuple[Membership, ...] = ()
    city_of: Mapping[str, str] = field(default_factory=dict)  # organisation → city
    networks_of_city: Mapping[str, frozenset[str]] = field(default_factory=dict)
    networks_of_organisation: Mapping[str, frozenset[str]] = field(default_factory=dict)
    parent_of: Mapping[str, str] = field(default_factory=dict)  # hub → the network it lies in


def _with_parents(networks: Iterable[str], parent_of: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    for start in networks:
        step: str | None = start
        while step is not None and step not in found:
            found.add(step)
            step = parent_of.get(step)
    return found


def sources_of(directory: Directory, person: str, today: date) -> frozenset[str]:
    """The sources a person speaks for: themselves, and each organisation they belong to today."""
    return frozenset({person} | {m.of for m in directory.organisations if m.person == person and m.holds(today)})


def _with_organisations(directory: Directory, organisations: Iterable[str]) -> set[str]:
    organisations = frozenset(organisations)
    cities = {directory.city_of[o] for o in organisations if o in directory.city_of}
    direct: set[str] = set()
    for city in cities:
        direct |= directory.networks_of_city.get(city, frozenset())
    for organisation in organisations:
        direct |= directory.networks_of_organisation.get(organisation, frozenset())
    names = {group("organisation", o) for o in organisations} | {group("city", c) for c in cities}
    return names | {group("network", n) for n in _with_parents(direct, directory.parent_of)}


def groups_of_source(directory: Directory, source: str, today: date) -> frozenset[str]:
    """The groups a source is in today: a person's own, or those that come with belonging to the organisation."""
    return groups_of(directory, source, today) | _with_organisations(directory, {source})


def groups_of(directory: Directory, person: str | None, today: date) -> frozenset[str]:
    """Every group a person is in today; a visitor (None) is in `everyone` alone."""
    if person is None:
        return frozenset({EVERYONE})
    organisations = sources_of(directory, person, today) - {person}
    names = {EVERYONE, group("person", person)} | _with_organisations(directory, organisations)
    names |= {group("team", m.of) for m in directory.teams if m.person == person and m.holds(today)}
    names |= {group("exchange", m.of) for m in directory.exchanges if m.person == person and m.holds(today)}
    return frozenset(names)


@dataclass(frozen=True, kw_only=True)
class Link:
    """A signed link: made by `source`, it names `records`; answered, it names only itself, to explain itself.

    `left`: whom it was made for does not belong any more to the organisation in whose name it asks.
    """

    id: str
    source: str
    records: frozenset[str]
    expires_at: datetime
    answered: bool = False
    called_back: bool = False
    left: bool = False

    def names(self, now: datetime) -> frozenset[str]:
        """The rows it names at this moment; none once called back, past its day, or left by its person."""
        if self.called_back or self.left or self.expires_at <= now:
            return frozenset()
        return frozenset({self.id}) if self.answered else self.records | {self.id}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One asker as the rule sees them: their groups, their sources, and the rows named to them alone.

    `named` holds one's own person card and the records reported to a data-protection contact, of a practice its
    versions too; for a link, the rows it names. `wrote` holds one's own Chatham House notes. A link has a `maker`,
    the source it comes from, with the `maker_groups` of today; `answers` says whether it is still to be answered.
    """

    groups: frozenset[str]
    sources: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    wrote: frozenset[str] = frozenset()
    maker: str | None = None
    maker_groups: frozenset[str] = frozenset()
    answers: bool = False


VISITOR: Final = Reader(groups=frozenset({EVERYONE}))


def following(link: Link, maker_groups: frozenset[str], now: datetime) -> Reader:
    """Whoever follows this link; `maker_groups` are the groups its source is in today."""
    named = link.names(now)
    return Reader(
        groups=VISITOR.groups,
        named=named,
        maker=link.source,
        maker_groups=maker_groups,
        answers=bool(named) and not link.answered,
    )


@dataclass(frozen=True, kw_only=True)
class Record:
    """One protected row as the rule sees it. `source` is None for a Chatham House note.

    `asked` are organisations and persons who answer for themselves: they read it, and write their answer.
    `workers` write in it besides its source, where they read it: a task's party. `settled_by` alone changes it
    instead of its source: a report's contact. `fixed` is what nobody changes. `told_to` is set while someone named
    in a passage has not said yes: besides its source, these alone may read it, as far as they may at all. `within` is
    what a row is part of (a translation's original, a photo's takeaway): whoever may not read that reads nothing of
    this. But it may be `shown_alone` to whom it was reported; and of a passage its source and those `named_in` it need
    not read the story. `questions` are those put to the ones named: a link names them, not whom they were put to.
    """

    id: str
    groups: frozenset[str]
    source: str | None
    hidden: bool = False
    asked: frozenset[str] = frozenset()
    workers: frozenset[str] = frozenset()
    settled_by: str | None = None
    answered_by_link: bool = False
    fixed: bool = False
    told_to: frozenset[str] | None = None
    within: Record | None = None
    shown_alone: bool = False
    named_in: frozenset[str] | None = None
    questions: frozenset[str] = frozenset()

    def known_to(self, reader: Reader) -> bool:
        """Whether this is a passage, and the reader its source or named in it."""
        return self.named_in is not None and (self.source in reader.sources or self.asks(reader, self.named_in))

    def asks(self, reader: Reader, named: frozenset[str]) -> bool:
        """Whether one of those named asks, or a link that names one of the questions to them."""
        return bool(named & reader.sources or self.questions & reader.named)


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why someone may read: `source`, `asked`, `named`, `link`, or the groups shared with the audience."""

    rule: str
    groups: tuple[str, ...] = ()


def why(reader: Reader, record: Record) -> Why | None:
    """The reason this reader may read the record, strongest first; None where they may not.

    What is hidden after a report is read by its source and by whom it is named to, not by a link. A link shows of
    the rows it names those of its maker, and those its maker may read today that are at most TLP:GREEN.
    """
    if record.within is not None and why(reader, record.within) is None and not record.known_to(reader):
        to_them = record.shown_alone and reader.maker is None and record.id in reader.named
        return Why(rule="named") if to_them else None
    if record.source is not None and record.source in reader.sources:
        return Why(rule="source")
    if record.told_to is not None and not record.asks(reader, record.told_to):
        return None
    if reader.maker is None and record.id in reader.named | reader.wrote:
        return Why(rule="named")
    if record.hidden:
        return None
    if record.asked & reader.sources:
        return Why(rule="asked")
    shared = reader.groups & record.groups
    if shared:
        return Why(rule="audience", groups=tuple(sorted(shared, key=_narrowest_first)))
    if record.id in reader.named and (
        record.source == reader.maker
        or (at_most_green(label_of(record.groups)) and bool(record.groups & reader.maker_groups))
    ):
        return Why(rule="link")
    return None


def _narrowest_first(name: str) -> tuple[int, str]:
    return (-KINDS.index(kind_of(name)), name)


def may_read(reader: Reader, record: Record) -> bool:
    """Whether the reader may read the record."""
    return why(reader, record) is not None


def both_read(one: Reader, other: Reader, record: Record) -> bool:
    """*See as*: what both may read. Nothing is written so.

    That the other wrote a Chatham House note does not count: it would tell the one who sees as them.
    """
    known = record.known_to(one) and record.known_to(other)
    if record.within is not None and not known and not both_read(one, other, record.within):
        return False
    return may_read(one, record) and may_read(replace(other, wrote=frozenset()), record)


def may_add(reader: Reader, record: Record, parents: Iterable[Record] = ()) -> bool:
    """A new row comes from a source of its writer's, and hangs only on parents they may read."""
    return record.source in reader.sources and all(may_read(reader, parent) for parent in parents)


def may_change(reader: Reader, record: Record) -> bool:
    """Its source changes a record, or whoever answers or works in it; a Chatham House note, its author."""
    if record.fixed or not may_read(reader, record):
        return False
    if record.settled_by is not None:
        return record.settled_by in reader.sources
    if reader.maker is not None:
        named = record.id in reader.named and record.source == reader.maker
        return reader.answers and named and record.answered_by_link and not record.hidden
    if record.source is None:
        return record.id in reader.wrote
    others = frozenset() if record.hidden else record.asked | record.workers
    return record.source in reader.sources or bool(others & reader.sources)
