"""Tables of a survey that can be released: nothing small in them, nor to be worked out from them.

`release` hides what must be hidden, attacks its own result and gives it out only if the attack fails.
`audit` is that attack for any release; `attack` is the same without looking at the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from serai.core.sampling.attack import Budget, Seen, nothing_known, pinned, span
from serai.core.sampling.bases import RESIDENTS
from serai.core.sampling.cells import Answers, Cell, Code, Grouping, Known, Labels, Published, Table
from serai.core.sampling.guards import SMALL_GROUP, family
from serai.core.sampling.reasons import N_, BadTableError, NotSafeError, Progress, Reason, Stop, because
from serai.core.sampling.scene import Ask, check_counts, needs, scene_of
from serai.core.sampling.space import Key, space_of
from serai.core.sampling.suppression import Found, search

__all__ = [
    "Answers",
    "Audit",
    "Cell",
    "Cleared",
    "Code",
    "Grouping",
    "Known",
    "Labels",
    "Pinned",
    "Published",
    "Span",
    "Table",
    "attack",
    "audit",
    "release",
]

EFFORT = 20_000


@dataclass(frozen=True, kw_only=True)
class Cleared:
    """A release that withstood the attack. Only `published` may leave the server.

    `already_out`: how many small cells earlier releases or common knowledge had pinned before; this release pins
    them no further. `minimal`: no hidden cell can be shown alone. `stopped`: the search was ended early; then
    what is hidden is safe, but maybe more than need be (all of it, if the search had not yet found a safe release).
    `effort`: what was spent.
    """

    published: Published
    shown: int
    hidden: int
    already_out: int
    minimal: bool
    stopped: bool
    effort: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True)
class Pinned:
    """A cell that can be worked out too closely: who it counts (variable, codes), and its interval."""

    where: tuple[tuple[str, tuple[Code, ...]], ...]
    low: float
    high: float
    wanted: float


@dataclass(frozen=True, kw_only=True)
class Audit:
    """Whether a release may go out; `pinned` lists every cell that is too closely pinned. Never published."""

    pinned: tuple[Pinned, ...]
    guarded: int
    already_out: int
    effort: int

    @property
    def safe(self) -> bool:
        """Nothing guarded is pinned."""
        return not self.pinned


@dataclass(frozen=True, kw_only=True)
class Span:
    """What a reader can work out of a hidden cell: at least `low`, at most `high` (math.inf: nothing)."""

    release: str
    cell: Cell
    low: float
    high: float


def release(
    name: str,
    tables: Sequence[Table],
    answers: Answers,
    *,
    floor: int = RESIDENTS,
    counted: Sequence[str] = (),
    earlier: Sequence[Published] = (),
    known: Sequence[Known] = (),
    small_group: int = SMALL_GROUP,
    rounds: int = 20,
    seed: int = 0,
    effort: int = EFFORT,
    stop: Stop | None = None,
    progress: Progress | None = None,
) -> Cleared:
    """The tables with as little hidden as the search finds, so that no hidden or small cell is pinned.

    Pinned: everything published now and earlier, and `known`, leave it an interval narrower than `floor` (or
    than it was before, if that was narrower). `counted`: the batches of answers to count, () for all; name them
    while answers may still come in. `rounds`: other ways tried. `effort`: 1 + (columns / 100)^1.5 a linear
    programme. Errors:
    BadTableError, NoAnswersError, LengthsDifferError, BadDesignError (floor below 5), EarlierDiffersError (the
    answers are no longer those of an earlier release), TooEntangledError.
    """
    ask = Ask(
        tables=tuple(tables),
        counted=tuple(counted),
        earlier=tuple(earlier),
        known=tuple(known),
        floor=floor,
        small_group=small_group,
    )
    scene = scene_of(ask, answers)
    budget = Budget(most=effort, stop=stop, progress=progress)
    found = search(scene, budget, rounds=rounds, seed=seed)
    keys = [scene.space.key(where) for where in scene.conditions]
    counts = (scene.space.rows(keys) @ scene.truth).tolist()
    cells = tuple(
        Cell(table=table, labels=labels, count=None if key in found.hidden else round(count))
        for (table, labels), key, count in zip(scene.names, keys, counts, strict=True)
    )
    published = Published(name=name, tables=ask.tables, cells=cells, counted=scene.counted)
    if not found.all_hidden:
        last = audit(published, answers, floor=floor, earlier=earlier, known=known, small_group=small_group)
        if not last.safe:
            text = N_("The release did not withstand its own attack; nothing was released.")
            raise NotSafeError(because("not_safe", text))
    hidden = sum(cell.count is None for cell in cells)
    return Cleared(
        published=published,
        shown=len(cells) - hidden,
        hidden=hidden,
        already_out=found.already_out,
        minimal=found.minimal,
        stopped=found.stopped,
        effort=budget.used,
        reasons=_told(published, found),
    )


def audit(
    published: Published,
    answers: Answers,
    *,
    floor: int = RESIDENTS,
    earlier: Sequence[Published] = (),
    known: Sequence[Known] = (),
    small_group: int = SMALL_GROUP,
) -> Audit:
    """Attacks a release: every cell it or an earlier one hides, and every small group between them.

    Errors as for `release`; BadTableError too when a count is not that of the answers.
    """
    ask = Ask(
        tables=published.tables,
        counted=published.counted,
        earlier=tuple(earlier),
        known=tuple(known),
        floor=floor,
        small_group=small_group,
    )
    scene = scene_of(ask, answers)
    check_counts(scene.space, scene.truth, replace(published, counted=scene.counted), BadTableError)
    budget = Budget(most=10**9)
    cells = list(zip(published.cells, scene.conditions, strict=True))
    hides = dict.fromkeys(scene.space.key(where) for cell, where in cells if cell.count is None)
    shows = dict.fromkeys(scene.space.key(where) for cell, where in cells if cell.count is not None)
    keys = list(dict.fromkeys([*hides, *scene.must, *scene.guards, *scene.crosses]))
    need, already = needs(scene, keys, budget)
    rows = scene.space.rows([*shows])
    knowledge = scene.before.told(rows, np.asarray(rows @ scene.truth, dtype=np.float64))
    seen = Seen(scene.space.rows(keys), scene.truth)
    places = pinned(knowledge, keys, need, seen, budget, truth=scene.truth)
    found = tuple(
        Pinned(
            where=scene.space.described(keys[g]),
            low=float(seen.lows[g]),
            high=float(seen.highs[g]),
            wanted=float(need[g]),
        )
        for g in places
    )
    return Audit(pinned=found, guarded=len(keys), already_out=already, effort=budget.used)


def attack(
    releases: Sequence[Published], *, known: Sequence[Known] = (), others: Sequence[str] = ()
) -> tuple[Span, ...]:
    """What a reader of these releases can work out of each hidden cell, without looking at any answer.

    `others`: variables with answers that no table counts, besides those that only filters name. Errors:
    BadTableError when what the releases say cannot all be true.
    """
    placed = [(release, cell, where) for release in releases for cell, where in release.placed()]
    families = [family(table, release.counted) for release in releases for table in release.tables]
    besides = [{variable: frozenset(codes) for variable, codes in fact.where} for fact in known]
    conditions = [*(where for _, _, where in placed), *besides]
    tables = [table for release in releases for table in release.tables]
    grouped = {grouping.variable for table in tables for grouping in table.by}
    filters = {variable for table in tables for variable, _ in table.only} - grouped
    space = space_of(
        conditions, [*families, *(frozenset(where) for where in besides)], None, frozenset(others) | filters
    )
    shown: dict[Key, int] = {}
    for _, cell, where in placed:
        if cell.count is not None and shown.setdefault(space.key(where), cell.count) != cell.count:
            text = N_("Two releases give different counts of the same people.")
            raise BadTableError(because("counts_differ", text))
    most = max([*shown.values(), *(fact.high for fact in known), 0]) + 1e6
    ranges = [space.key(where) for where in besides]
    least = np.array([fact.low for fact in known], dtype=np.float64)
    greatest = np.array([fact.high for fact in known], dtype=np.float64)
    counts = np.array(list(shown.values()), dtype=np.float64)
    knowledge = nothing_known(space, most).told(space.rows(list(shown)), counts)
    knowledge = knowledge.between(space.rows(ranges), least, greatest)
    body, budget = knowledge.whole(), Budget(most=10**9)
    found: dict[Key, tuple[float, float]] = {}
    spans = []
    for release_, cell, where in placed:
        key = space.key(where)
        if cell.count is None:
            if key not in found:
                found[key] = span(body, space.row(key), most, budget)
            low, high = found[key]
            spans.append(Span(release=release_.name, cell=cell, low=low, high=high))
    return tuple(spans)


def _told(published: Published, found: Found) -> tuple[Reason, ...]:
    """What to say to the person who releases, and which groups to put together so that more can be shown."""
    reasons = []
    if found.stopped:
        text = N_("The search was stopped early: more may be hidden than need be.")
        reasons.append(because("stopped", text))
    if found.already_out:
        text = N_("Earlier releases or common knowledge already narrow %(count)d small groups.")
        reasons.append(because("already_out", text, count=found.already_out))
    text = N_("%(table)s: most of %(group)s is hidden. Put it together with another group of %(variable)s.")
    for table in published.tables:
        cells = [cell for cell in published.cells if cell.table == table.name]
        for axis, grouping in enumerate(table.by):
            for label, _ in grouping.groups:
                own = [cell for cell in cells if cell.labels[axis] == label]
                if 2 * sum(cell.count is None for cell in own) > len(own):
                    values = {"table": table.name, "group": label, "variable": grouping.variable}
                    reasons.append(because("merge", text, **values))
    return tuple(reasons)
