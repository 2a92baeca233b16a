"""A plan's activities keep their roots, a number its doubt, and a wrong interval is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from serai.audit.actions import NotYours
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.plans import actions
from serai.plans.models import Activity, ActivityTakeaway, Indicator, Measurement, Plan
from serai.practices.models import PracticeVersion
from serai.sharing.actions import share_record
from sharing.stage import arranged
from threads import browsing_as, captured, drafted, measured, published, text, whole
from worlds import NOW, World, browsing, small_world

DAY = date(2019, 11, 20)


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.mark.parametrize(
    ("low", "high"), [("30", None), (None, "40"), ("35", "40"), ("20", "33"), ("40", "30"), ("34.001", "40")]
)
def test_a_doubt_that_does_not_hold_its_number_is_refused(world: World, low: str | None, high: str | None) -> None:
    indicator = measured(world, drafted(world))
    arbreva = world["Arbreva"]
    ends = [Decimal(end) if end else None for end in (low, high)]
    with arbreva.asks():
        with pytest.raises(actions.WrongInterval):
            actions.measure(
                arbreva.actor,
                indicator,
                value=Decimal(34),
                low=ends[0],
                high=ends[1],
                measured_on=DAY,
                now=NOW,
            )
        assert Measurement.objects.count() == 1
    typed = {"value": "34", "measured_on": "2019-11-20", "low": low or "", "high": high or "", "how": "At the door"}
    page = browsing_as(world, "Arbreva").post(f"/indicators/{indicator.pk}/measure/", typed)
    assert page.status_code == 422
    for value in typed.values():
        assert value in text(page)
    assert "doubt" in text(page)


def test_a_number_with_its_doubt_is_told_with_it(world: World) -> None:
    indicator = measured(world, drafted(world))
    path = f"/indicators/{indicator.pk}/"
    typed = {"value": "34", "measured_on": "2019-11-20", "low": "28", "high": "41"}
    assert browsing_as(world, "Arbreva").post(path + "measure/", typed).status_code == 302
    page = text(browsing_as(world, "Lipovar").get(path))
    assert "28 to 41" in page
    assert "It moved towards the target." in page
    with world["Arbreva"].asks():
        Indicator.objects.update(target=None, target_on=None)
    page = text(browsing_as(world, "Lipovar").get(path))
    assert "It moved. There is no target to compare with." in page
    assert browsing_as(world, "Lipovar").post(path + "measure/", typed).status_code == 404
    with world["Lipovar"].asks(), pytest.raises(NotYours):
        actions.move_activity(world["Lipovar"].actor, indicator.activity, "running", now=NOW)


def test_a_baseline_and_a_target_each_have_their_day(world: World) -> None:
    indicator = measured(world, drafted(world))
    arbreva = world["Arbreva"]
    with arbreva.asks(), pytest.raises(ValueError, match="day"):
        actions.add_indicator(arbreva.actor, indicator.activity, name="Visits", baseline=Decimal(1), now=NOW)
    typed = {"name": "Visits a week", "unit": "visits", "baseline": "12", "target_on": "2020-01-01"}
    page = browsing_as(world, "Arbreva").post(f"/activities/{indicator.activity_id}/indicators/new/", typed)
    assert page.status_code == 422
    for value in typed.values():
        assert value in text(page)
    assert text(page).count("A number and its day go together: give both, or none.") >= 2


def test_an_activity_is_linked_to_its_roots_both_ways(world: World) -> None:
    it = whole(world)
    page = text(browsing_as(world, "Arbreva").get(f"/activities/{it.activity.pk}/"))
    for root in (it.practice.title, it.exchange.title, it.takeaway.text, it.plan.title):
        assert root in page
    with world["Lipovar"].asks():
        assert ActivityTakeaway.objects.get().takeaway_id == it.takeaway.pk


def test_a_root_one_may_not_read_is_not_told(world: World) -> None:
    practice, exchange, plan = published(world), arranged(world), drafted(world)
    takeaway = captured(world, exchange)
    with world["Arbreva"].asks():
        version = PracticeVersion.objects.get(practice=practice)
    indicator = measured(world, plan, adapted_from=version, takeaways=[takeaway])
    with world["Lipovar"].asks():
        own = [group("organisation", world["Lipovar"].organisation.id)]
        share_record(world["Lipovar"].actor, type(practice).objects.get(pk=practice.pk), own, now=NOW)
    page = browsing_as(world, "Arbreva").get(f"/activities/{indicator.activity_id}/")
    assert page.status_code == 200
    assert practice.title not in text(page)
    assert takeaway.text in text(page)


def test_an_adaptation_says_what_it_changes_and_comes_back(world: World) -> None:
    practice = published(world)
    indicator = measured(world, drafted(world))
    typed = {"title": "An evening a week", "practice": str(practice.pk), "changes": " ", "partners": "The library"}
    path = f"/objectives/{indicator.activity.objective_id}/activities/new/"
    page = browsing_as(world, "Arbreva").post(path, typed)
    assert page.status_code == 422
    assert "Say what you change." in text(page)
    assert "The library" in text(page)
    assert browsing_as(world, "Arbreva").post(path, typed | {"changes": "A room"}).status_code == 302
    with world["Arbreva"].asks():
        assert Activity.objects.get(changes="A room").adapted_from_id is not None
    assert browsing_as(world, "Lipovar").post(path, typed).status_code == 404


def test_a_plan_does_not_end_before_it_starts(world: World) -> None:
    typed = {"title": "A plan for the evenings", "starts_on": "2020-02-01", "ends_on": "2020-01-01"}
    page = browsing_as(world, "Arbreva").post("/plans/new/", typed)
    assert page.status_code == 422
    for value in (*typed.values(), "Choose a later day."):
        assert value in text(page)
    with world["Arbreva"].asks():
        assert not Plan.objects.exists()


def test_an_activity_moves_in_order_and_is_moved_by_its_city_alone(world: World) -> None:
    indicator = measured(world, drafted(world))
    path = f"/activities/{indicator.activity_id}/move/"
    browser = browsing_as(world, "Arbreva")
    assert browsing_as(world, "Lipovar").post(path + "running/").status_code == 404
    assert browser.post(path + "delivered/").status_code == 409
    assert browser.post(path + "running/").status_code == 302
    assert browser.post(path + "delivered/").status_code == 302
    assert browser.get(path + "running/").status_code == 405
    with world["Arbreva"].asks(), pytest.raises(NotAllowedNow):
        actions.move_activity(world["Arbreva"].actor, Activity.objects.get(), "running", now=NOW)


def test_an_empty_objective_comes_back(world: World) -> None:
    plan = drafted(world)
    path = f"/plans/{plan.pk}/objectives/new/"
    assert browsing_as(world, "Arbreva").post(path, {"text": ""}).status_code == 422
    assert browsing_as(world, "Lipovar").post(path, {"text": "Ours"}).status_code == 404


def test_the_numbers_of_a_page_are_taken_away_with_their_doubt(world: World) -> None:
    arbreva, indicator = world["Arbreva"], measured(world, drafted(world))
    doubt = {"low": Decimal(-10), "high": Decimal("44.5")}
    with arbreva.asks():
        actions.measure(arbreva.actor, indicator, value=Decimal(-3), measured_on=date(2019, 11, 9), now=NOW, **doubt)
    browser, path = browsing_as(world, "Arbreva"), f"/indicators/{indicator.pk}/"
    assert 'href="?as=csv"' in browser.get(path).content.decode()
    answer = browser.get(f"{path}?as=csv")
    assert answer["Content-Disposition"] == 'attachment; filename="numbers.csv"'
    lines = [line.split(",") for line in answer.content.decode("utf-8-sig").splitlines()]
    assert lines[0][:5] == ["Day", "What it is", "Value", "At least", "At most"]
    assert [(line[1], float(line[2])) for line in lines[1:]] == [
        ("before", 11), ("measured", 34), ("measured", -3), ("target", 40),
    ]  # fmt: skip
    assert [float(part) for part in lines[3][3:5]] == [-10, 44.5]
    assert browsing().get(f"{path}?as=csv").status_code == 404
