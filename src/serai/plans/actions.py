"""A plan grows: objectives, activities adapted from practices, indicators, measurements, support."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from serai.audit.actions import Actor, add, change
from serai.core.lifecycle import moved
from serai.directory.models import City, Organisation, Team
from serai.exchanges.models import Commitment, Exchange, Takeaway
from serai.plans.models import Activity, ActivityTakeaway, Indicator, Measurement, Objective, Plan, Support
from serai.practices.models import PracticeVersion


class WrongInterval(ValueError):
    """The doubt given with a value does not hold the value, or half of it is missing."""


def draft_plan(
    actor: Actor,
    *,
    city: City,
    title: str,
    readers: Iterable[str],
    now: datetime,
    team: Team | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    illustrative: bool = False,
    because: str = "",
) -> Plan:
    """Begins a city's local action plan."""
    plan = Plan(city=city, team=team, title=title, starts_on=starts_on, ends_on=ends_on, illustrative=illustrative)
    return add(actor, plan, verb="draft_plan", groups=readers, now=now, because=because)


def adopt_plan(actor: Actor, plan: Plan, *, now: datetime) -> Plan:
    """The city adopted the plan."""
    return change(actor, plan, verb="adopt_plan", now=now, state="adopted")


def add_objective(actor: Actor, plan: Plan, text: str, *, now: datetime) -> Objective:
    """What the plan wants to reach."""
    objective = Objective(plan=plan, text=text, position=plan.objectives.count() + 1, illustrative=plan.illustrative)
    return add(actor, objective, verb="add_objective", groups=plan.audience.groups, now=now)


@transaction.atomic
def add_activity(
    actor: Actor,
    objective: Objective,
    *,
    title: str,
    now: datetime,
    what: str = "",
    chosen_why: str = "",
    adapted_from: PracticeVersion | None = None,
    changes: str = "",
    promised_in: Exchange | None = None,
    commitment: Commitment | None = None,
    takeaways: Sequence[Takeaway] = (),
    partners: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    readers: Iterable[str] | None = None,
    because: str = "",
) -> Activity:
    """What the city does; where it comes from stays linked: practice, exchange, takeaways."""
    groups = list(readers) if readers is not None else list(objective.audience.groups)
    activity = Activity(
        objective=objective,
        title=title,
        what=what,
        chosen_why=chosen_why,
        adapted_from=adapted_from,
        changes=changes,
        promised_in=promised_in,
        commitment=commitment,
        partners=partners,
        starts_on=starts_on,
        ends_on=ends_on,
        illustrative=objective.illustrative,
    )
    add(actor, activity, verb="add_activity", groups=groups, now=now, because=because)
    for takeaway in takeaways:
        root = ActivityTakeaway(activity=activity, takeaway=takeaway, illustrative=activity.illustrative)
        add(actor, root, verb="root_activity", groups=groups, now=now)
    return activity


def move_activity(actor: Actor, activity: Activity, to: str, *, now: datetime) -> Activity:
    """Planned, running, delivered or stopped."""
    return change(actor, activity, verb=f"activity_{to}", now=now, state=moved("activity", activity.state, to))


def add_indicator(
    actor: Actor,
    activity: Activity,
    *,
    name: str,
    now: datetime,
    unit: str = "",
    rising_is_good: bool = True,
    baseline: Decimal | None = None,
    baseline_on: date | None = None,
    target: Decimal | None = None,
    target_on: date | None = None,
    method: str = "",
    readers: Iterable[str] | None = None,
) -> Indicator:
    """A number that will show whether the activity works. A baseline and a target each need their day."""
    if (baseline is None) != (baseline_on is None) or (target is None) != (target_on is None):
        raise ValueError("a baseline and a target each need their day")
    indicator = Indicator(
        activity=activity,
        name=name,
        unit=unit,
        rising_is_good=rising_is_good,
        baseline=baseline,
        baseline_on=baseline_on,
        target=target,
        target_on=target_on,
        method=method,
        illustrative=activity.illustrative,
    )
    return add(actor, indicator, verb="add_indicator", groups=readers or activity.audience.groups, now=now)


def measure(
    actor: Actor,
    indicator: Indicator,
    *,
    value: Decimal,
    measured_on: date,
    now: datetime,
    low: Decimal | None = None,
    high: Decimal | None = None,
    how: str = "",
) -> Measurement:
    """One reading, with its doubt where it is known. Raises `WrongInterval`."""
    if (low is None) != (high is None):
        raise WrongInterval("the doubt has a lower and an upper end: give both, or none")
    if low is not None and high is not None and not low <= value <= high:
        raise WrongInterval("the value must lie between the ends of its doubt")
    measurement = Measurement(
        indicator=indicator,
        value=value,
        low=low,
        high=high,
        measured_on=measured_on,
        how=how,
        illustrative=indicator.illustrative,
    )
    return add(actor, measurement, verb="measure", groups=indicator.audience.groups, now=now)


def promise_support(
    actor: Actor,
    plan: Plan,
    *,
    kind: str,
    what: str,
    given_by: Organisation,
    now: datetime,
    activity: Activity | None = None,
) -> Support:
    """Money, an expert, training or material for a plan or one of its activities: a promise like any other."""
    support = Support(
        plan=plan,
        activity=activity,
        kind=kind,
        what=what,
        given_by=given_by,
        state="promised",
        illustrative=plan.illustrative,
    )
    return add(actor, support, verb="promise_support", groups=plan.audience.groups, now=now)
