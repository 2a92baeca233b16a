"""Which limits contradict each other: a smallest set of limits that no plan can keep together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from serai.core.season.draft import Draft
from serai.core.season.exact import Programme, calendar_rows, gate_rows
from serai.core.season.gates import gates
from serai.core.season.ground import Ground, ground
from serai.core.season.limits import Limits, limits
from serai.core.season.model import Season
from serai.core.season.options import Options, every_option
from serai.core.season.prepare import Ints

MOST_WHOLE = 4000
"""Options up to which whole visits and months are asked for; above, fractions suffice to prove a contradiction."""

VISITS = "the visits each city may make"
PLACES = "the guest places of the hosts"
MONTHS = "the months of guests and hosts"


@dataclass(frozen=True, kw_only=True)
class _Question:
    """A season as a question of feasibility."""

    ground: Ground
    limits: Limits
    options: Options

    def possible(self, asked: frozenset[str]) -> bool:
        """Whether some choice of options keeps the limits asked; True as well when it could not be decided."""
        ground, options = self.ground, self.options
        whole = len(options) <= MOST_WHOLE
        programme = Programme()
        every = programme.add_columns(np.zeros(len(options)), whole=whole)
        guest = ground.needs.city[options.need]
        programme.add_rows([(every, options.need, 1.0)], np.ones(len(ground.needs.city)))
        gate_rows(programme, every, gates(ground, options))
        if VISITS in asked:
            programme.add_rows([(every, guest, 1.0)], ground.visits)
        if PLACES in asked:
            programme.add_rows([(every, options.place, 1.0)], ground.slots)
        if MONTHS in asked and whole:
            calendar_rows(programme, every, options, guest, Draft(ground, self.limits, options))
        for row, name in enumerate(self.limits.names):
            if name in asked:
                self._add(programme, every, row)
        return programme.possible()

    def _add(self, programme: Programme, every: Ints, row: int) -> None:
        rows, options = self.limits, self.options
        taken = np.where(rows.money[row], options.cost, 1.0) * rows.need_members[row][options.need]
        taken = (taken + rows.host_members[row][options.host]) * rows.sign[row]
        zero = np.zeros(len(every), dtype=np.int64)
        programme.add_rows([(every, zero, taken)], rows.amount[row : row + 1])


def contradictions(season: Season) -> tuple[str, ...]:
    """A smallest set of limits that contradict each other: without any one of them there is a plan. () if none.

    What always holds is not named: who can work together, one host a need, one meeting a pair. Large seasons
    are asked in fractions of visits and without months: a contradiction found is one, but some may be missed.
    """
    land = ground(season)
    question = _Question(ground=land, limits=limits(land), options=every_option(land))
    asked = [PLACES, VISITS, MONTHS, *question.limits.names]
    if question.possible(frozenset(asked)):
        return ()
    for name in tuple(asked):
        fewer = [one for one in asked if one != name]
        if not question.possible(frozenset(fewer)):
            asked = fewer
    return tuple(asked)
