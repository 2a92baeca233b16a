"""Which limits contradict each other: the fewest that no plan can keep together, and whether that is proven."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from serai.core.season.draft import Draft
from serai.core.season.exact import Programme, calendar_rows, gate_rows
from serai.core.season.gates import Gates, gates
from serai.core.season.ground import Ground, ground
from serai.core.season.limits import Limits, limits
from serai.core.season.model import Season
from serai.core.season.options import Options, every_option
from serai.core.season.prepare import Ints
from serai.core.smallest import smallest_contradiction
from serai.core.stoppable import Stop, never

ROUNDS = 60
"""Sets of fewer limits that are looked at, at most, to prove that none contradicts."""

MOST_WHOLE = 4000
"""Options up to which whole visits and months are asked for; above, fractions suffice to prove a contradiction."""

VISITS = "the visits each city may make"
PLACES = "the guest places of the hosts"
MONTHS = "the months of guests and hosts"


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """Limits that no plan can keep together; without any one of them it was not shown that no plan can keep the
    rest. smallest: it is proven that no fewer limits contradict."""

    limits: tuple[str, ...]
    smallest: bool


@dataclass(frozen=True, kw_only=True)
class _Question:
    """A season as a question of feasibility. options, gates: as if no city or host had a limit of its own."""

    ground: Ground
    limits: Limits
    options: Options
    gates: Gates
    stop: Stop

    def possible(self, asked: frozenset[str]) -> bool | None:
        """Whether some choice of options keeps the limits asked; None when it could not be decided."""
        if self.stop():
            return None
        ground, options = self.ground, self.options
        whole = len(options) <= MOST_WHOLE
        programme = Programme()
        every = programme.add_columns(np.zeros(len(options)), whole=whole)
        guest = ground.needs.city[options.need]
        programme.add_rows([(every, options.need, 1.0)], np.ones(len(ground.needs.city)))
        gate_rows(programme, every, self.gates)
        if VISITS in asked:
            programme.add_rows([(every, guest, 1.0)], ground.visits)
        if PLACES in asked:
            programme.add_rows([(every, options.place, 1.0)], ground.slots)
        if MONTHS in asked and whole:
            calendar_rows(programme, every, options, guest, Draft(ground, self.limits, options))
        for row, name in enumerate(self.limits.names):
            if name in asked:
                self._add(programme, every, row)
        answer = programme.possible(self.stop)
        return None if answer and not whole else answer

    def _add(self, programme: Programme, every: Ints, row: int) -> None:
        rows, options = self.limits, self.options
        taken = np.where(rows.money[row], options.cost, 1.0) * rows.need_members[row][options.need]
        taken = (taken + rows.host_members[row][options.host]) * rows.sign[row]
        zero = np.zeros(len(every), dtype=np.int64)
        programme.add_rows([(every, zero, taken)], rows.amount[row : row + 1])


def contradictions(season: Season, *, stop: Stop = never) -> Contradiction | None:
    """Limits that contradict each other, None if no contradiction was proven.

    What always holds is not named: who can work together, one host a need, one meeting a pair. Large seasons
    are asked in fractions of visits and without months: a contradiction found is one, but some may be missed, and
    then none is proven to be the smallest. The same when `stop()` said so.
    """
    land = ground(season)
    endless = replace(
        land, visits=np.maximum(land.visits, 1), slots=np.full(len(land.slots), len(land.needs.city) + 1, np.int64)
    )
    options = every_option(endless)
    question = _Question(ground=land, limits=limits(land), options=options, gates=gates(endless, options), stop=stop)
    names = [PLACES, VISITS, MONTHS, *question.limits.names]
    if question.possible(frozenset(names)) is not False:
        return None
    asked = names
    for name in names:
        fewer = [one for one in asked if one != name]
        if question.possible(frozenset(fewer)) is False:
            asked = fewer
    found = smallest_contradiction(
        len(names),
        [names.index(name) for name in asked],
        cache(lambda chosen: question.possible(frozenset(names[one] for one in chosen))),
        rounds=ROUNDS,
    )
    return Contradiction(limits=tuple(names[one] for one in found.demands), smallest=found.proven)
