"""What a programme is worth: goals served, sessions that need not be, and wished people who come."""

from __future__ import annotations

from serai.core.agenda.model import Agenda, Programme
from serai.core.agenda.puzzle import Linear, Puzzle

GOAL, SESSION, WISH = 100, 20, 10


def worth(agenda: Agenda, programme: Programme) -> int:
    """100 a served goal times its weight, 20 a session that need not be times its worth, 10 a wished person there."""
    sessions = {session.id: session for session in agenda.sessions}
    served = frozenset().union(*(sessions[item.session].goals for item in programme.placed))
    total = GOAL * sum(goal.weight for goal in agenda.goals if goal.id in served)
    for item in programme.placed:
        session = sessions[item.session]
        total += 0 if session.must else SESSION * session.worth
        total += WISH * len(item.attending & session.wished)
    return total


def most(agenda: Agenda) -> int:
    """What a programme with everything wished for would be worth."""
    everything = sum(len(session.wished) for session in agenda.sessions) * WISH
    everything += SESSION * sum(session.worth for session in agenda.sessions if not session.must)
    goals = frozenset().union(*(session.goals for session in agenda.sessions))
    return everything + GOAL * sum(goal.weight for goal in agenda.goals if goal.id in goals)


def objective(puzzle: Puzzle) -> Linear:
    """The same as `worth`, over the decisions of a puzzle."""
    terms: list[Linear] = []
    for goal in puzzle.ground.agenda.goals:
        serving = [item.present for item in puzzle.moving.values() if goal.id in item.session.goals and item.at]
        served = puzzle.model.new_bool_var(f"goal {goal.id}")
        puzzle.model.add(served <= sum(serving))
        terms.append(GOAL * goal.weight * served)
    for item in puzzle.moving.values():
        if not item.session.must:
            terms.append(SESSION * item.session.worth * item.present)
        terms += [WISH * item.attends[person] for person in sorted(item.session.wished & item.attends.keys())]
    return sum(terms)
