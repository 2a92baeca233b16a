"""The visit of the fictive cities and what came of it: live, closed, a year later. Illustrative."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

from serai.core.audience import group
from serai.demo.stages import MOMENTS
from serai.demo.still_life import keys_on_a_table
from serai.demo.thread import Thread, at, finish
from serai.demo.translated import story_in_german
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Exchange
from serai.needs import actions as needs
from serai.needs.models import Need
from serai.plans import actions as plans
from serai.plans.models import Activity, Plan
from serai.practices import actions as practices
from serai.stories import actions as stories


def live(thread: Thread) -> None:
    """Day two: delegates capture what they see; one note stays personal, one is under the Chatham House Rule."""
    cast = thread.cast
    arbreva = cast["arbreva"]
    assert thread.exchange is not None
    with arbreva.asks():
        exchanges.drop_session(arbreva.actor, thread.sessions["tea"], now=at(24, 16))  # the day was full
        thread.exchange = exchanges.begin_exchange(
            arbreva.actor, Exchange.objects.get(pk=thread.exchange.pk), now=at(25, 9)
        )
        finish(thread, arbreva, "Arbreva", ("city_presentation", "follow_programme"), at(25, 11))
    caught = [
        ("arbreva-youth", "evenings", "Young people run the evenings and hold the keys.", "visit", at(26, 10, 20)),
        ("arbreva-mothers", "mothers", "Mothers cook on Fridays. That is how they come in.", "visit", at(26, 10, 30)),
        (
            "arbreva-police",
            "uniform",
            "Police come without uniform, and stay for the football.",
            "visit",
            at(26, 10, 35),
        ),
        ("arbreva-mayor", "budget", "The house council has a budget of its own.", "debate", at(25, 15)),
    ]
    for key, name, text, session, when in caught:
        with cast[key].asks():
            caught_now = thread.takeaways[name] = exchanges.capture_takeaway(
                cast[key].actor,
                thread.exchange,
                text,
                session=thread.sessions[session],
                practice=thread.practice if session == "visit" else None,
                city=cast.cities["Arbreva"],
                capture=uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{name}"),
                now=when,
            )
            if name == "evenings":
                exchanges.add_photo(cast[key].actor, caught_now, keys_on_a_table(), people="nobody", now=when)


def closed(thread: Thread) -> None:
    """Home again: what was captured is shared and weighed; promises are made; the plan gets its activity."""
    cast, now = thread.cast, MOMENTS["closed"]
    arbreva = cast["arbreva"]
    assert thread.exchange is not None
    with cast["lipovar-police"].asks():
        exchanges.write_note(
            cast["lipovar-police"].actor,
            thread.sessions["practitioners"],
            "The first open evening failed because the police announced it.",
            now=at(26, 15),
        )
    with arbreva.asks():
        thread.exchange = exchanges.close_exchange(
            arbreva.actor, Exchange.objects.get(pk=thread.exchange.pk), now=at(27, 12)
        )
    inner = group("exchange", thread.exchange.id)
    for name, key, groups in (
        ("evenings", "arbreva-youth", [*thread.team(), inner]),
        ("uniform", "arbreva-police", [*thread.team(), inner]),
        ("mothers", "arbreva-mothers", thread.team()),
    ):
        with cast[key].asks():
            thread.takeaways[name] = exchanges.share_takeaway(
                cast[key].actor, thread.takeaways[name], groups, now=at(27, 18)
            )
    with arbreva.asks():
        weighed = [
            ("evenings", "adapted", "We start with one evening a week, in the library."),
            ("uniform", "parked", "First the police of Arbreva want to talk about it among themselves."),
            ("mothers", "adopted", "The mothers’ circle begins after the winter break."),
        ]
        for name, decision, reason in weighed:
            exchanges.weigh_takeaway(
                arbreva.actor,
                thread.takeaways[name],
                decision=decision,
                reason=reason,
                readers=thread.team(),
                now=now - timedelta(days=2),
            )
        commitment = exchanges.promise(
            arbreva.actor,
            thread.exchange,
            text="Open one evening a week that young people run",
            organisation=arbreva.organisation,
            owner_role="Youth worker, Arbreva",
            first_step="Ask the library for the keys",
            due_on=date(2025, 3, 1),
            takeaway=thread.takeaways["evenings"],
            now=now - timedelta(days=1),
        )
        thread.plan = plans.draft_plan(
            arbreva.actor,
            city=cast.cities["Arbreva"],
            team=cast.teams["Arbreva"],
            title="Local Action Plan of Arbreva",
            starts_on=date(2025, 1, 1),
            ends_on=date(2026, 12, 31),
            readers=thread.team(),
            now=now,
            illustrative=True,
        )
        objective = plans.add_objective(arbreva.actor, thread.plan, "Young people stay involved after 16", now=now)
        assert thread.practice is not None
        thread.activity = plans.add_activity(
            arbreva.actor,
            objective,
            title="Evenings run by young people",
            what="One evening a week in the library, run by a council of eight.",
            chosen_why="Seen in Lipovar; the library is open and nobody owns it.",
            adapted_from=practices.latest_version(thread.practice),
            changes="A room in the library instead of a house; a council of eight instead of twelve.",
            promised_in=thread.exchange,
            commitment=commitment,
            takeaways=[thread.takeaways["evenings"]],
            partners="Youth House of Arbreva, the city library",
            starts_on=date(2025, 2, 3),
            now=now,
        )
        finish(thread, arbreva, "Arbreva", ("capture", "weigh", "promise"), now)
        thread.indicator = plans.add_indicator(
            arbreva.actor,
            thread.activity,
            name="Young people over 16 who come in a week",
            unit="people",
            baseline=Decimal(11),
            baseline_on=date(2024, 12, 1),
            target=Decimal(40),
            target_on=date(2025, 12, 31),
            method="Counted at the door, one week in each quarter",
            now=now,
        )


def a_year_later(thread: Thread) -> None:
    """Delivered and measured; the story is assembled from the thread and told to everyone who took part."""
    cast, now = thread.cast, MOMENTS["a-year-later"]
    arbreva = cast["arbreva"]
    assert thread.activity is not None
    assert thread.need is not None
    assert thread.indicator is not None
    assert thread.exchange is not None
    with arbreva.asks():
        plans.adopt_plan(arbreva.actor, Plan.objects.get(pk=thread.activity.objective.plan_id), now=now)
        running = plans.move_activity(arbreva.actor, thread.activity, "running", now=now - timedelta(days=300))
        delivered = plans.move_activity(arbreva.actor, running, "delivered", now=now - timedelta(days=20))
        for value, low, high, day in (
            (19, 15, 24, date(2025, 4, 7)),
            (27, 22, 33, date(2025, 7, 7)),
            (34, 28, 41, date(2025, 10, 6)),
        ):
            plans.measure(
                arbreva.actor,
                thread.indicator,
                value=Decimal(value),
                low=Decimal(low),
                high=Decimal(high),
                measured_on=day,
                how="Counted on five evenings",
                now=now,
            )
        commitments = thread.exchange.commitments.all()
        need = Need.objects.get(pk=thread.need.pk)
        needs.meet_need(arbreva.actor, need, now=now - timedelta(days=20))
        finish(thread, arbreva, "Arbreva", ("report_promises",), now - timedelta(days=20))
        for commitment in commitments:
            exchanges.renew_promise(arbreva.actor, commitment, state="kept", now=now - timedelta(days=20))
        _tell(thread, delivered)


def _tell(thread: Thread, activity: Activity) -> None:
    cast, now = thread.cast, MOMENTS["a-year-later"]
    arbreva = cast["arbreva"]
    assert thread.exchange is not None
    assert thread.need is not None
    assert thread.indicator is not None
    story = stories.begin_story(
        arbreva.actor,
        title="What Arbreva took home from three days in Lipovar",
        exchange=thread.exchange,
        city=cast.cities["Arbreva"],
        byline="Coordinator of Arbreva",
        readers=[group("organisation", arbreva.organisation.id)],
        now=now - timedelta(days=10),
    )
    passages = [
        ("Arbreva asked how young people stay involved after the age of 16.", "need", thread.need.id, "", None),
        (
            "In November 2024 five people of Arbreva went to Lipovar for three days, with two from Valdora.",
            "exchange",
            thread.exchange.id,
            "",
            None,
        ),
        (
            "At Youth Centre Most, Lipovar, young people hold the keys. The centre opened its doors for two hours.",
            "practice",
            thread.practice.id if thread.practice else None,
            "At a youth centre in Lipovar, young people hold the keys.",
            cast["lipovar-youth"].organisation,
        ),
        (
            "Since February 2025 Arbreva’s library is open one evening a week. A council of eight runs it.",
            "activity",
            activity.id,
            "",
            None,
        ),
        (
            "Before, 11 young people over 16 came in a week. Now it is 34; we are fairly sure of 28 to 41.",
            "indicator",
            thread.indicator.id,
            "",
            None,
        ),
    ]
    for text, noun, id, in_kind, named in passages:
        stories.add_passage(
            arbreva.actor,
            story,
            text,
            noun=noun,
            record_id=id,
            in_kind=in_kind,
            organisations=[named] if named else [],
            now=now - timedelta(days=9),
        )
    story_in_german(arbreva.actor, story, now - timedelta(days=8))
    lipovar = cast["lipovar"]
    with lipovar.asks():  # a draft of the other side, which nobody else reads yet
        draft = stories.begin_story(
            lipovar.actor,
            title="What the hosts learnt",
            exchange=Exchange.objects.get(pk=thread.exchange.pk),
            city=cast.cities["Lipovar"],
            readers=[group("organisation", lipovar.organisation.id)],
            now=now - timedelta(days=5),
        )
        stories.add_passage(lipovar.actor, draft, "Guests ask the questions we forgot to ask.", now=now)
    everyone = [group("everyone")]
    stories.release_story(arbreva.actor, story, everyone, now=now)
    finish(thread, arbreva, None, ("tell_story",), now)
