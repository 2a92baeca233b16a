"""Who is asked and what they answered: a roster of organisations and one wave of reported ties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from serai.core.network.errors import (
    BadReport,
    BadRoster,
    BadRule,
    DuplicateReport,
    EmptyWave,
    NotARespondent,
    SelfReport,
    UnknownOrganisation,
    ValueOutOfRange,
)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

Kind = Literal["sector", "level", "city"]
Thing = Literal["channel", "goal", "place", "trust"]
KINDS: tuple[Kind, ...] = get_args(Kind)
THINGS: tuple[Thing, ...] = get_args(Thing)
LADDER = ("none", "awareness", "cooperation", "coordination", "integration")
TRUST_TOP = 100.0


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """One node: an organisation or unit with one respondent. Never a person."""

    key: str
    sector: str
    level: str
    city: str

    def __post_init__(self) -> None:
        for name in ("key", *KINDS):
            if not str(getattr(self, name) or "").strip():
                raise BadRoster(f"The organisation {self.key!r} has no {name}.")


@dataclass(frozen=True, kw_only=True, eq=False)
class Grouping:
    """Each organisation's group: `names` sorted, `codes` (n,) index into them."""

    names: tuple[str, ...]
    codes: Ints

    @cached_property
    def sizes(self) -> Ints:
        """Organisations a group."""
        return np.bincount(self.codes, minlength=len(self.names))


@dataclass(frozen=True, kw_only=True, eq=False)
class Roster:
    """The organisations asked, sorted by key, so that the order of input never changes a seeded answer."""

    keys: tuple[str, ...]
    groups: Mapping[Kind, Grouping]

    @property
    def n(self) -> int:
        """Number of organisations."""
        return len(self.keys)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Key to position."""
        return {key: place for place, key in enumerate(self.keys)}

    def grouping(self, kind: Kind) -> Grouping:
        """The groups of one kind; raises BadRule for a kind that is not sector, level or city."""
        if kind not in self.groups:
            raise BadRule(f"Organisations are grouped by sector, level or city, not by {kind!r}.")
        return self.groups[kind]

    def same_as(self, other: Roster) -> bool:
        """Whether both list the same organisations in the same groups."""
        return self is other or (
            self.keys == other.keys
            and all(
                mine.names == other.groups[kind].names and bool(np.array_equal(mine.codes, other.groups[kind].codes))
                for kind, mine in self.groups.items()
            )
        )


def grouping(labels: Iterable[str]) -> Grouping:
    """A Grouping of one label an organisation."""
    names, codes = np.unique(np.array(list(labels), dtype=np.str_), return_inverse=True)
    codes = codes.astype(np.int64).reshape(-1)
    codes.setflags(write=False)
    return Grouping(names=tuple(str(name) for name in names), codes=codes)


def roster(organisations: Iterable[Organisation]) -> Roster:
    """A frozen roster; raises BadRoster when it is empty or a key stands twice."""
    ordered = sorted(organisations, key=lambda one: one.key)
    if not ordered:
        raise BadRoster("The roster is empty.")
    keys = tuple(one.key for one in ordered)
    for first, second in pairwise(keys):
        if first == second:
            raise BadRoster(f"The organisation {first!r} is on the roster twice.")
    return Roster(keys=keys, groups={kind: grouping(getattr(one, kind) for one in ordered) for kind in KINDS})


@dataclass(frozen=True, kw_only=True)
class Report:
    """What `source` says of its work with `target`.

    `ladder`: 0 none, 1 awareness, 2 cooperation, 3 coordination, 4 integration. `channel`, `goal`, `place`: is it
    there; None when not answered. `trust`: 0 to 100 (see `trust.trust_score`), asked only from ladder 1 on.
    """

    source: str
    target: str
    ladder: int
    channel: bool | None = None
    goal: bool | None = None
    place: bool | None = None
    trust: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Wave:
    """One round of the question. All arrays but `answered` are one entry a report.

    A pair that a respondent did not report is "none" (ladder 0); a pair nobody was there to report is not asked.
    `channel`, `goal`, `place`: 1 yes, 0 no, -1 not answered. `trust`: 0 to 100, NaN not answered. `answered`: (n,).
    """

    roster: Roster
    source: Ints
    target: Ints
    ladder: Ints
    channel: Ints
    goal: Ints
    place: Ints
    trust: Floats
    answered: Bools
    name: str = field(default="")


def wave(on: Roster, reports: Iterable[Report], *, answered: Iterable[str] | None = None, name: str = "") -> Wave:
    """A wave from reports; `answered` lists who took part (default: who reported at least one pair).

    Raises a BadReport of its own name for each bad report, EmptyWave when nobody answered.
    """
    given = list(reports)
    known = on.index
    for key in (key for one in given for key in (one.source, one.target)):
        if key not in known:
            raise UnknownOrganisation(f"The organisation {key!r} is not on the roster.")
    took_part = None
    if answered is not None:
        took_part = np.zeros(on.n, dtype=np.bool_)
        for key in answered:
            if key not in known:
                raise UnknownOrganisation(f"The organisation {key!r} is not on the roster.")
            took_part[known[key]] = True
    for one in given:
        if isinstance(one.ladder, bool) or not isinstance(one.ladder, int):
            raise ValueOutOfRange(f"A ladder step is a whole number from 0 to 4, not {one.ladder!r}.")
        _check_things(one)

    def yes_no(thing: Thing) -> list[int]:
        answers = [getattr(one, thing) for one in given]
        return [-1 if answer is None else int(answer) for answer in answers]

    return wave_from_arrays(
        on,
        source=[known[one.source] for one in given],
        target=[known[one.target] for one in given],
        ladder=[one.ladder for one in given],
        channel=yes_no("channel"),
        goal=yes_no("goal"),
        place=yes_no("place"),
        trust=[np.nan if one.trust is None else one.trust for one in given],
        answered=took_part,
        name=name,
    )


def _check_things(one: Report) -> None:
    for thing in ("channel", "goal", "place"):
        if getattr(one, thing) not in (None, True, False):
            raise ValueOutOfRange(f"The answer about a {thing} is yes, no or left out.")
    if one.trust is not None and not 0 <= one.trust <= TRUST_TOP:
        raise ValueOutOfRange(f"Trust is a number from 0 to 100, not {one.trust!r}.")


def wave_from_arrays(
    on: Roster,
    *,
    source: Sequence[int] | Ints,
    target: Sequence[int] | Ints,
    ladder: Sequence[int] | Ints,
    channel: Sequence[int] | Ints | None = None,
    goal: Sequence[int] | Ints | None = None,
    place: Sequence[int] | Ints | None = None,
    trust: Sequence[float] | Floats | None = None,
    answered: Bools | None = None,
    name: str = "",
) -> Wave:
    """The same from arrays, one entry a report, positions on the roster; checks as `wave` does."""
    m = len(source)
    columns = {
        "source": source,
        "target": target,
        "ladder": ladder,
        "channel": [-1] * m if channel is None else channel,
        "goal": [-1] * m if goal is None else goal,
        "place": [-1] * m if place is None else place,
    }
    whole = {key: _whole(key, values, m) for key, values in columns.items()}
    scores = np.array([np.nan] * m if trust is None else trust, dtype=np.float64)
    if scores.shape != (m,):
        raise BadReport(f"There are {m} reports but {scores.size} values of trust.")
    scores.setflags(write=False)
    _check_pairs(on, whole["source"], whole["target"])
    _check_values(whole, scores)
    took_part = _took_part(on, whole["source"], answered)
    return Wave(roster=on, trust=scores, answered=took_part, name=name, **whole)


def _took_part(on: Roster, source: Ints, answered: Bools | None) -> Bools:
    if answered is None:
        took_part = np.zeros(on.n, dtype=np.bool_)
        took_part[source] = True
    else:
        took_part = np.array(answered, dtype=np.bool_)
        if len(took_part) != on.n:
            raise BadReport(f"{len(took_part)} marks of who answered for {on.n} organisations.")
    if not took_part.any():
        raise EmptyWave("Nobody answered in this wave.")
    silent = ~took_part[source]
    if silent.any():
        who = on.keys[source[int(np.argmax(silent))]]
        raise NotARespondent(f"There is a report of {who!r}, which is listed as not having answered.")
    took_part.setflags(write=False)
    return took_part


def _whole(name: str, values: Sequence[int] | Ints, m: int) -> Ints:
    array = np.asarray(values)
    if array.ndim != 1 or len(array) != m:
        raise BadReport(f"There are {m} reports but {array.size} values of {name}.")
    if m and not np.issubdtype(array.dtype, np.integer):
        raise ValueOutOfRange(f"The values of {name} are whole numbers.")
    copy = np.array(array, dtype=np.int64)
    copy.setflags(write=False)
    return copy


def _check_pairs(on: Roster, source: Ints, target: Ints) -> None:
    for end in (source, target):
        if len(end) and (end.min() < 0 or end.max() >= on.n):
            raise UnknownOrganisation(f"A report points outside the roster of {on.n} organisations.")
    same = source == target
    if same.any():
        who = on.keys[source[int(np.argmax(same))]]
        raise SelfReport(f"The organisation {who!r} reported a tie with itself.")
    keys = np.sort(source * on.n + target)
    twice = keys[1:] == keys[:-1]
    if twice.any():
        first = int(keys[int(np.argmax(twice))])
        who, whom = on.keys[first // on.n], on.keys[first % on.n]
        raise DuplicateReport(f"There are two answers of {who!r} about {whom!r}.")


def _check_values(whole: Mapping[str, Ints], trust: Floats) -> None:
    ladder = whole["ladder"]
    if len(ladder) and (ladder.min() < 0 or ladder.max() >= len(LADDER)):
        raise ValueOutOfRange("A ladder step is a whole number from 0 to 4.")
    for thing in ("channel", "goal", "place"):
        if len(ladder) and (whole[thing].min() < -1 or whole[thing].max() > 1):
            raise ValueOutOfRange(f"The answer about a {thing} is 1 (yes), 0 (no) or -1 (not answered).")
    told = ~np.isnan(trust)
    if told.any() and (trust[told].min() < 0 or trust[told].max() > TRUST_TOP):
        raise ValueOutOfRange("Trust is a number from 0 to 100.")
    if (told & (ladder == 0)).any():
        raise ValueOutOfRange("Trust is asked only where the two know of each other (ladder 1 or more).")
