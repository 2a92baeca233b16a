"""A release beside the answers and the releases before it: what is true, what is known, what must be guarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from serai.core.sampling import guards
from serai.core.sampling.attack import Budget, Knowledge, Seen, nothing_known, pinned
from serai.core.sampling.bases import check_floor
from serai.core.sampling.cells import (
    Answers,
    Condition,
    Known,
    Labels,
    Published,
    Table,
    cells_of,
    check_names,
)
from serai.core.sampling.reasons import (
    N_,
    BadTableError,
    EarlierDiffersError,
    NoAnswersError,
    SamplingError,
    because,
)
from serai.core.sampling.space import FloatArray, Key, Space, space_of

UNSURE = 1.0  # the width a small group that no table asks for must keep: not known exactly


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is to be released under which rules; see disclosure.release."""

    tables: tuple[Table, ...]
    counted: tuple[str, ...]
    earlier: tuple[Published, ...]
    known: tuple[Known, ...]
    floor: int
    small_group: int


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The cells asked for (`names` with `conditions`), the truth, and what was known before.

    `out`: cells that earlier releases show. `must`: cells asked for that may not be shown. `guards`: everything
    else that may not be pinned. `crosses`: small groups that no table asks for, and that may not be known exactly.
    """

    ask: Ask
    counted: tuple[str, ...]
    space: Space
    truth: FloatArray
    names: tuple[tuple[str, Labels], ...]
    conditions: tuple[Condition, ...]
    out: tuple[Key, ...]
    before: Knowledge
    must: tuple[Key, ...]
    guards: tuple[Key, ...]
    crosses: tuple[Key, ...]


def scene_of(ask: Ask, answers: Answers) -> Scene:
    """The scene, checked: names, floor, answers there, earlier releases still true of them."""
    check_names(ask.tables)
    check_floor(ask.floor)
    if not answers.rows:
        raise NoAnswersError(because("no_answers", N_("There are no answers.")))
    earlier = ask.earlier
    counted = ask.counted
    if counted or any(one.counted for one in earlier):
        every = tuple(sorted(set(answers.batches)))
        counted = counted or every
        earlier = tuple(one if one.counted else replace(one, counted=every) for one in earlier)
    cells = [(t.name, labels, where) for t in ask.tables for labels, where in cells_of(t, counted)]
    known = [{variable: frozenset(codes) for variable, codes in fact.where} for fact in ask.known]
    families = [guards.family(table, counted) for table in ask.tables]
    families += [guards.family(table, one.counted) for one in earlier for table in one.tables]
    before = [where for one in earlier for _, where in one.placed()]
    conditions = [*(where for _, _, where in cells), *before, *known]
    space = space_of(conditions, [*families, *(frozenset(where) for where in known)], answers)
    truth = space.count(answers)
    for one in earlier:
        check_counts(space, truth, one, EarlierDiffersError)
    shown = [space.key(where) for one in earlier for cell, where in one.placed() if cell.count is not None]
    out = list(dict.fromkeys(shown))
    rule = {"floor": ask.floor, "small_group": ask.small_group}
    hidden = guards.hidden_before(space, earlier)
    own = [where for _, _, where in cells]
    asked = _must(space, truth, ask, own)
    guarded = tuple(dict.fromkeys([*hidden, *guards.finest(space, families, truth, **rule)]))
    named = {*guarded, *asked, *(space.key(where) for where in own)}
    return Scene(
        ask=ask,
        counted=counted,
        space=space,
        truth=truth,
        names=tuple((table, labels) for table, labels, _ in cells),
        conditions=tuple(own),
        out=tuple(out),
        before=_before(space, truth, out, ask, known),
        must=asked,
        guards=guarded,
        crosses=tuple(key for key in guards.crossed(space, truth, floor=ask.floor) if key not in named),
    )


def _must(space: Space, truth: FloatArray, ask: Ask, conditions: Sequence[Condition]) -> tuple[Key, ...]:
    """Cells that tell on people by the counts of their own table."""
    keys = [space.key(where) for where in conditions]
    counts = np.asarray(space.rows(keys) @ truth, dtype=np.float64)
    found: dict[Key, None] = {}
    at = 0
    for table in ask.tables:
        size = len(list(guards.places(table)))
        own = counts[at : at + size]
        told = guards.asked(table, own, floor=ask.floor, small_group=ask.small_group)
        found.update(dict.fromkeys(key for key, tells in zip(keys[at : at + size], told, strict=True) if tells))
        at += size
    return tuple(found)


def _before(space: Space, truth: FloatArray, out: Sequence[Key], ask: Ask, known: Sequence[Condition]) -> Knowledge:
    """What was published and is known before this release."""
    plain = nothing_known(space, float(truth.sum() + 4 * ask.floor))
    rows = space.rows(out)
    told = plain.told(rows, np.asarray(rows @ truth, dtype=np.float64))
    rows = space.rows([space.key(where) for where in known])
    low = np.array([fact.low for fact in ask.known], dtype=np.float64)
    high = np.array([fact.high for fact in ask.known], dtype=np.float64)
    people = rows @ truth
    if not ((low <= people) & (people <= high)).all():
        text = N_("What is known of a group does not fit the answers.")
        raise BadTableError(because("known_differs", text))
    return told.between(rows, low, high)


def check_counts(space: Space, truth: FloatArray, release: Published, error: type[SamplingError]) -> None:
    """Raises `error` unless every count the release shows is that of the answers."""
    for cell, where in release.placed():
        if cell.count is not None and round(truth[space.row(space.key(where))].sum()) != cell.count:
            text = N_("%(release)s, %(table)s: a count does not follow from the answers given.")
            raise error(because("count_differs", text, release=release.name, table=cell.table))


def needs(scene: Scene, keys: Sequence[Key], budget: Budget) -> tuple[FloatArray, int]:
    """The width each key must keep: the floor, or what was left before; and how many (not empty) had less."""
    crosses = set(scene.crosses)
    full = np.array([UNSURE if key in crosses else float(scene.ask.floor) for key in keys], dtype=np.float64)
    if not scene.out and not scene.ask.known:
        return full, 0
    seen = Seen(scene.space.rows(keys), scene.truth)
    narrow = pinned(scene.before, keys, full, seen, budget, truth=scene.truth)
    full[narrow] = seen.widths()[narrow]
    people = scene.space.rows([keys[g] for g in narrow]) @ scene.truth
    return full, int(np.count_nonzero(people))
