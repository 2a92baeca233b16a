"""Reads of plans: a plan with all in it, an activity with its roots, an indicator with its readings."""

from __future__ import annotations

import uuid

from django.db.models import Prefetch, QuerySet

from serai.core.indicators import Progress, Reading, progress
from serai.plans.models import Activity, ActivityTakeaway, Indicator, Measurement, Objective, Plan, Support
from serai.sharing.readable import readable


def plans_readable() -> QuerySet[Plan]:
    """The plans the asker may read, by city."""
    return readable(Plan.objects.select_related("city", "team")).order_by("city__name", "-id")


def _indicators() -> QuerySet[Indicator]:
    readings = Measurement.objects.order_by("measured_on", "id")
    return Indicator.objects.prefetch_related(Prefetch("measurements", readings)).order_by("id")


def plan_page(id: uuid.UUID) -> Plan:
    """One plan with objectives, activities and indicators."""
    activities = (
        Activity.objects.select_related("adapted_from__practice__city", "promised_in")
        .prefetch_related(Prefetch("indicators", _indicators()))
        .order_by("id")
    )
    objectives = Objective.objects.prefetch_related(Prefetch("activities", activities)).order_by("position", "id")
    support = Support.objects.select_related("given_by", "activity").order_by("id")
    return (
        Plan.objects.select_related("city", "team", "audience")
        .prefetch_related(Prefetch("objectives", objectives), Prefetch("support", support))
        .get(pk=id)
    )


def activity_page(id: uuid.UUID) -> Activity:
    """One activity with its practice, exchange, takeaways, indicators and support."""
    roots = ActivityTakeaway.objects.select_related("takeaway__city").order_by("id")
    return (
        Activity.objects.select_related(
            "objective__plan__city", "adapted_from__practice__city", "promised_in", "audience"
        )
        .prefetch_related(Prefetch("roots", roots), Prefetch("indicators", _indicators()), "support")
        .get(pk=id)
    )


def indicator_page(id: uuid.UUID) -> Indicator:
    """One indicator with its readings in order of time."""
    return _indicators().select_related("activity__objective__plan__city", "audience").get(pk=id)


def standing_of(indicator: Indicator) -> Progress:
    """How far an indicator moved, from its readings as loaded."""
    readings = [Reading(value=m.value, on=m.measured_on, low=m.low, high=m.high) for m in indicator.measurements.all()]
    return progress(
        readings, baseline=indicator.baseline, target=indicator.target, rising_is_good=indicator.rising_is_good
    )
