"""What the stages of the fictive exchange hand on to one another, and their longer words. Illustrative."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from serai.core.audience import group
from serai.demo.cast import Cast, Role
from serai.demo.stages import MOMENTS
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Exchange, Party, Session, Takeaway, Task
from serai.exchanges.tasklist import SAFETY_QUESTIONS
from serai.needs.models import Match, Need
from serai.plans.models import Activity, Indicator, Plan
from serai.practices import actions as practices
from serai.practices.models import Practice


@dataclass(kw_only=True)
class Thread:
    """What the stages hand on to one another."""

    cast: Cast
    need: Need | None = None
    match: Match | None = None
    exchange: Exchange | None = None
    practice: Practice | None = None
    parties: dict[str, Party] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    takeaways: dict[str, Takeaway] = field(default_factory=dict)
    plan: Plan | None = None
    activity: Activity | None = None
    indicator: Indicator | None = None

    def team(self) -> list[str]:
        """The audience that is Arbreva's team alone."""
        return [group("team", self.cast.teams["Arbreva"].id)]


def finish(thread: Thread, role: Role, city: str | None, codes: tuple[str, ...], now: datetime) -> None:
    party = thread.parties[city] if city else None
    for task in Task.objects.filter(exchange=thread.exchange, party=party, code__in=codes, done_at=None):
        exchanges.finish_task(role.actor, task, now=now)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    # Lipovar keeps Skopje's time, an hour before UTC in November.
    return MOMENTS["live"].replace(day=day, hour=hour - 1, minute=minute)


SAFE = {
    number: (
        {"risk": True, "what_we_do": "No photographs, no names; the house council decides what is shown."}
        if number == 4
        else {"risk": False, "what_we_do": ""}
    )
    for number in range(1, len(SAFETY_QUESTIONS) + 1)
}

PRACTICE = practices.Content(
    title="A youth centre that young people run",
    summary="Twelve young people set the programme and keep the keys; two youth workers stay in the background.",
    description="A municipal house, open five evenings a week. A council of twelve young people sets the programme"
    " and keeps the keys. Two youth workers are in the house and stay in the background.\n\nIt began when attendance"
    " fell after the age of 16. The council was the young people’s own proposal.",
    did_not_work=[
        "The first council was chosen by teachers. Nobody else felt invited. It was dissolved after one term.",
        "Opening until midnight. Neighbours complained, and girls stopped coming.",
        "Inviting the police to the opening night. It took a year and a football match to try again.",
    ],
    safeguards="Two adults are always in the house, always the same two. No photographs. What is said stays there.",
    evidence="E2",
    core_elements=[
        "The council holds the keys",
        "Two adults, always the same two",
        "A budget of its own, however small",
    ],
    adaptable_elements=[
        "The house: a school or a library will do",
        "The hours and the activities",
        "How the council is chosen",
    ],
    themes=["youth_engagement"],
    target_groups=["young_people"],
    staff="2 youth workers",
    cost="About 31,000 euros a year, without rent",
)
