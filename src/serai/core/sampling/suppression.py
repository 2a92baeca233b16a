"""Which cells to hide so that nothing small can be worked out: search by linear programmes, then put back.

For each cell that is pinned, one programme finds the two cheapest pictures of the truth that differ by the floor
in that cell; the published cells in which they differ from the truth are hidden (Kelly, Golden and Assad 1992;
Fischetti and Salazar-González 2001 give the exact model it approaches). Then each hidden cell that need not be
is put back, so that in the end none can be shown alone.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from serai.core.sampling.attack import EPS, SOLVER, Body, Budget, Knowledge, Mask, OutOfEffortError, Seen, pinned
from serai.core.sampling.guards import places
from serai.core.sampling.reasons import N_, NotSafeError, because
from serai.core.sampling.scene import Scene, needs
from serai.core.sampling.space import FloatArray, IntArray, Key, Space

MARGIN_WORTH = 4.0  # a margin is worth this many cells of the next finer table


@dataclass(frozen=True, kw_only=True)
class Found:
    """The cells to hide. `minimal`: none can be shown alone. `all_hidden`: the search ended before it was safe."""

    hidden: frozenset[Key]
    already_out: int
    minimal: bool
    stopped: bool
    all_hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Task:
    """Cells a release asks for, those that must be hidden, and everything that must not be pinned.

    `keys`: distinct cells asked for; `must` hides, `out` is public already. `guards`: more cells to guard.
    `need`: least width of the interval of each key, then of each guard. `before`: what is known without this
    release. `worth`: loss when a key is hidden.
    """

    space: Space
    truth: FloatArray
    keys: list[Key]
    must: Mask
    out: Mask
    worth: FloatArray
    guards: list[Key]
    need: FloatArray
    before: Knowledge


def search(scene: Scene, budget: Budget, *, rounds: int, seed: int) -> Found:
    """What to hide of a scene; everything, when effort or `stop()` end the search before that is safe."""
    keys = list(dict.fromkeys(scene.space.key(where) for where in scene.conditions))
    running, already = None, 0
    try:
        task, already = task_of(scene, budget)
        running = Search(task, budget)
        running.run(rounds, seed)
    except OutOfEffortError:
        if running is None or not running.safe:
            return Found(hidden=frozenset(keys), already_out=already, minimal=False, stopped=True, all_hidden=True)
    hidden = frozenset(key for key, hides in zip(keys, running.hidden, strict=True) if hides)
    return Found(hidden=hidden, already_out=already, minimal=running.minimal, stopped=not running.minimal)


def task_of(scene: Scene, budget: Budget) -> tuple[Task, int]:
    """Which cells must be hidden, which are out already, what hiding each would lose; and how many guarded
    cells with people in them were pinned before.
    """
    own = [scene.space.key(where) for where in scene.conditions]
    keys = list(dict.fromkeys(own))
    place = {key: i for i, key in enumerate(keys)}
    guarded = {*scene.must, *scene.guards}
    worth = np.zeros(len(keys))
    summed = [margins for table in scene.ask.tables for margins in places(table)]
    counts = scene.space.rows(own) @ scene.truth
    for key, margins, count in zip(own, summed, counts, strict=True):
        value = MARGIN_WORTH ** sum(margins) * (1 + np.log10(1 + count) / 10)
        worth[place[key]] = max(worth[place[key]], value)
    out = set(scene.out)
    guards = [key for key in (*scene.guards, *scene.crosses) if key not in place]
    need, already = needs(scene, [*keys, *guards], budget)
    return (
        Task(
            space=scene.space,
            truth=scene.truth,
            keys=keys,
            must=np.array([key in guarded for key in keys], dtype=np.bool_),
            out=np.array([key in out for key in keys], dtype=np.bool_),
            worth=worth,
            guards=guards,
            need=need,
            before=scene.before,
        ),
        already,
    )


class Search:
    """Grows and then trims the set of hidden cells of a task."""

    def __init__(self, task: Task, budget: Budget) -> None:
        self.task = task
        self.budget = budget
        self.hidden = task.must.copy()
        self.every = [*task.keys, *task.guards]
        self.watched = task.space.rows(self.every)
        self.cells = self.watched[: len(task.keys)]
        self.counts = np.asarray(self.cells @ task.truth, dtype=np.float64)
        self.seen = Seen(self.watched, task.truth)
        self.price = task.worth
        self.safe = self.minimal = False

    def knowledge(self, hidden: Mask) -> Knowledge:
        """What is known when these cells are hidden and all others are shown."""
        shown = np.flatnonzero(~hidden & ~self.task.out)
        return self.task.before.told(self.cells[shown], self.counts[shown])

    def need(self, hidden: Mask) -> FloatArray:
        """The width each watched cell must keep: none where the cell is shown."""
        guard = np.concatenate([hidden, np.ones(len(self.task.guards), dtype=np.bool_)])
        return np.where(guard, self.task.need, 0.0)

    def protect(self) -> None:
        """Hides cells until nothing is pinned."""
        while True:
            found = self._pinned(self.hidden, self.seen, slices_only=True)
            if not found:
                self.safe = True
                return
            self._cover(found[0])
            if self.budget.progress is not None:
                self.budget.progress("hiding", int(self.hidden.sum()), len(self.hidden))

    def _pinned(self, hidden: Mask, seen: Seen, *, slices_only: bool, only: int | None = None) -> list[int]:
        """The first watched cell that is pinned when these are hidden, or whether cell `only` is."""
        need = self.need(hidden)
        if only is not None:
            need[np.arange(len(need)) != only] = 0.0
        if (seen.widths() >= need - EPS).all():
            return []
        return pinned(
            self.knowledge(hidden),
            self.every,
            need,
            seen,
            self.budget,
            truth=self.task.truth,
            first=True,
            slices_only=slices_only,
        )

    def _cover(self, place: int) -> None:
        """Hides the cells in which the two cheapest pictures that free this cell differ from the truth."""
        space, truth, key = self.task.space, self.task.truth, self.every[place]
        clique = space.home(key)
        begin, end = space.offsets[clique], space.offsets[clique + 1]
        if self._hide(self.task.before.part(clique, truth), begin, end, place):
            return
        if len(space.cliques) > 1 and not self._pinned(self.hidden, self.seen, slices_only=False, only=place):
            return
        if not self._hide(self.task.before.whole(), 0, space.columns, place):
            text = N_("A cell cannot be protected even if all others are hidden.")
            raise NotSafeError(because("cannot_protect", text))

    def _hide(self, body: Body, begin: int, end: int, place: int) -> bool:
        """Hides what the pictures within these columns need hidden; False when there are no such pictures."""
        shown = np.flatnonzero(~self.hidden & ~self.task.out)
        cells = self.cells[shown][:, begin:end]
        inside = np.diff(cells.indptr) > 0
        shown, cells = shown[inside], cells[inside]
        row = self.task.space.row(self.every[place]) - begin
        pictures = self._pictures(body, cells, shown, row, float(self.task.need[place]))
        for picture in pictures or ():
            off = np.abs(cells @ picture - self.counts[shown]) > EPS
            self.hidden[shown[off]] = True
            point = self.task.truth.copy()
            point[begin:end] = picture
            self.seen.add(point)
        return pictures is not None

    def _pictures(
        self, body: Body, cells: sparse.csr_array, shown: IntArray, row: IntArray, need: float
    ) -> tuple[FloatArray, FloatArray] | None:
        """Two points of the body, `need` apart in `row`, at the least worth times distance from the counts."""
        n, m = body.rows.shape[1], len(shown)
        self.budget.spend(2 * n + 4 * m)
        eye = sparse.identity(m, format="csr")
        apart = sparse.csr_array(
            (np.repeat([1.0, -1.0], len(row)), ([0] * 2 * len(row), np.concatenate([row, row + n]))),
            shape=(1, 2 * n + 4 * m),
        )
        rows = sparse.block_array(
            [
                [body.rows, None, None, None, None, None],
                [None, body.rows, None, None, None, None],
                [cells, None, -eye, eye, None, None],
                [None, cells, None, None, -eye, eye],
            ]
        )
        counts = self.counts[shown]
        done = milp(
            np.concatenate([np.zeros(2 * n), np.tile(self.price[shown], 4)]),
            constraints=LinearConstraint(
                sparse.csr_array(sparse.vstack([rows, apart])),
                np.concatenate([body.low, body.low, counts, counts, [need]]),
                np.concatenate([body.high, body.high, counts, counts, [np.inf]]),
            ),
            bounds=Bounds(0, np.concatenate([np.full(2 * n, body.ceiling), np.full(4 * m, np.inf)])),
            options=SOLVER,
        )
        if done.status != 0:
            return None
        return done.x[:n], done.x[n : 2 * n]

    def run(self, rounds: int, seed: int) -> None:
        """Protects, puts back, tries `rounds` other ways, and puts back what only the whole space lets go."""
        self.protect()
        self.put_back(slices_only=True)
        self.improve(rounds, random.Random(seed))  # noqa: S311 - seeded chance in a search, not a secret
        self.put_back(slices_only=False)
        self.minimal = True

    def improve(self, rounds: int, chance: random.Random) -> None:
        """Shows some hidden cells again, protects anew at other prices, and keeps what hides less worth."""
        task = self.task
        half = (self.budget.used + self.budget.most) // 2  # the rest is for what only the whole space lets go
        for done in range(rounds):
            if self.budget.used > half:
                return
            loose = np.flatnonzero(self.hidden & ~task.must & ~task.out).tolist()
            if not loose:
                return
            kept = self.hidden, self.seen
            dropped = [i for i in loose if chance.random() < 0.5] or [chance.choice(loose)]
            self.price = task.worth * np.array([0.5 + chance.random() for _ in task.keys])
            self.hidden = self.hidden.copy()
            self.hidden[dropped] = False
            self.seen = self._still(self.seen, dropped)
            better = False
            try:
                self.protect()
                self.put_back(slices_only=True)
                better = task.worth[self.hidden].sum() < task.worth[kept[0]].sum() - EPS
            finally:
                self.price = task.worth
                if not better:
                    self.hidden, self.seen = kept
            if self.budget.progress is not None:
                self.budget.progress("improving", done + 1, rounds)

    def _still(self, seen: Seen, shown: list[int]) -> Seen:
        """The points seen that stay possible when these cells are shown."""
        found = Seen(self.watched)
        for value in seen.values:
            if (np.abs(value[shown] - self.counts[shown]) < EPS).all():
                found.take(value)
        return found

    def put_back(self, *, slices_only: bool) -> None:
        """Shows again, the most valuable first, each cell that can be shown with all others as they are."""
        task = self.task
        loose = np.flatnonzero(self.hidden & ~task.must & ~task.out).tolist()
        for done, i in enumerate(sorted(loose, key=lambda i: (-task.worth[i], i))):
            trial = self.hidden.copy()
            trial[i] = False
            seen = self._still(self.seen, [i])
            known = len(seen.values)
            found = self._pinned(trial, seen, slices_only=slices_only)
            for value in seen.values[known:]:
                self.seen.take(value)
            if not found:
                self.hidden, self.seen = trial, seen
            if self.budget.progress is not None:
                self.budget.progress("putting back", done + 1, len(loose))
