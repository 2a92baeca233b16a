"""Before the visit of the fictive cities Arbreva, Lipovar and Valdora: need, matched, planned. Illustrative."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from serai.core.audience import group
from serai.demo.stages import MOMENTS
from serai.demo.thread import PRACTICE, SAFE, Thread, at, finish
from serai.demo.translated import practice_in_french
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Exchange, Site
from serai.needs import actions as needs
from serai.needs import queries as needs_queries
from serai.needs.models import MatchAnswer
from serai.needs.words import kept
from serai.practices import actions as practices


def need(thread: Thread) -> None:
    """Arbreva asks; Lipovar and Valdora said before what they can show, and Lipovar published its practice."""
    cast, now = thread.cast, MOMENTS["need"]
    arbreva, lipovar, valdora = cast["arbreva"], cast["lipovar"], cast["valdora"]
    earlier = now - timedelta(days=200)
    with cast["lipovar-youth"].asks():
        thread.practice = practices.publish_practice(
            cast["lipovar-youth"].actor,
            organisation=cast["lipovar-youth"].organisation,
            city=cast.cities["Lipovar"],
            content=PRACTICE,
            readers=cast.everyone_here,
            since="2019",
            now=earlier,
            illustrative=True,
        )
    practice_in_french(cast["lipovar-youth"], cast["lipovar-worker"], thread.practice, earlier + timedelta(days=14))
    offers = [
        (lipovar, "Lipovar", "A youth centre that young people run themselves", "youth_engagement", "E2", 12),
        (valdora, "Valdora", "How police and youth work share one open evening", "community_policing", "E1", 8),
        (arbreva, "Arbreva", "A mothers’ circle in two schools", "women", "E1", 10),
    ]
    for role, city, what, theme, evidence, capacity in offers:
        with role.asks():
            needs.make_offer(
                role.actor,
                city=cast.cities[city],
                what=what,
                theme=theme,
                target_groups=["young_people"] if theme != "women" else ["parents", "women"],
                evidence=evidence,
                capacity=capacity,
                months=[3, 4, 10, 11],
                readers=cast.everyone_here,
                now=earlier,
                illustrative=True,
            )
    with lipovar.asks():
        needs.state_need(
            lipovar.actor,
            city=cast.cities["Lipovar"],
            question="How do mothers become part of the local team?",
            theme="women",
            target_groups=["parents", "women"],
            readers=cast.everyone_here,
            now=earlier,
            illustrative=True,
        )
    with arbreva.asks():
        thread.need = needs.state_need(
            arbreva.actor,
            city=cast.cities["Arbreva"],
            question="How do young people stay involved after the age of 16?",
            theme="youth_engagement",
            target_groups=["young_people"],
            urgency="now",
            readers=cast.everyone_here,
            now=now,
            illustrative=True,
        )


def matched(thread: Thread) -> None:
    """The secretariat's engine gives reasons, Arbreva asks two cities: one says yes here, one on the phone."""
    cast, now = thread.cast, MOMENTS["matched"]
    arbreva, lipovar = cast["arbreva"], cast["lipovar"]
    assert thread.need is not None
    with arbreva.asks():
        fits = {fit.city_id: fit for fit in needs_queries.partners(thread.need, cast.hub)}
        asked = {cast.cities[n]: cast[n.lower()].organisation for n in ("Lipovar", "Valdora")}
        reasons = {str(c.id): kept(fits[str(c.id)].reasons) for c in asked if str(c.id) in fits}
        thread.match = needs.propose_match(
            arbreva.actor,
            thread.need,
            asked,
            reasons=reasons,
            message="We would come with five people, in November.",
            now=now - timedelta(days=10),
        )
        answers = {a.city_id: a for a in MatchAnswer.objects.filter(match=thread.match)}
    with lipovar.asks():
        needs.answer_match(
            lipovar.actor, answers[cast.cities["Lipovar"].id], decision="accepted", now=now - timedelta(days=6)
        )
    with arbreva.asks():
        needs.answer_match(
            arbreva.actor,
            answers[cast.cities["Valdora"].id],
            decision="accepted",
            on_behalf=needs.OnBehalf(
                said_by="Coordinator of Valdora", channel="phone", said_on=(now - timedelta(days=1)).date()
            ),
            now=now,
        )


def planned(thread: Thread) -> None:
    """Three days in Lipovar are planned, checked by two people, and released."""
    cast, now = thread.cast, MOMENTS["planned"]
    arbreva = cast["arbreva"]
    early = now - timedelta(days=35)
    with arbreva.asks():
        exchange = exchanges.plan_exchange(
            arbreva.actor,
            title="Three days in Lipovar",
            organiser=arbreva.organisation,
            place=cast.cities["Lipovar"],
            starts_on=date(2024, 11, 25),
            ends_on=date(2024, 11, 27),
            themes=["youth_engagement", "community_policing", "women"],
            summary="Arbreva and Valdora visit Lipovar: its youth centre, its open evening, and how both are run.",
            match=thread.match,
            now=early,
            illustrative=True,
        )
        thread.exchange = exchange
        thread.parties = {p.city.name: p for p in exchange.parties.select_related("city") if p.city}
        for text in ("See how young people run a house", "Decide what Arbreva tries first"):
            exchanges.add_goal(arbreva.actor, exchange, text, now=early)
    _delegates(thread, early)
    site = _site(thread, early)
    with arbreva.asks():
        _sessions(thread, site, early)
    for key, days in (("arbreva", 8), ("lipovar", 7)):
        with cast[key].asks():
            exchanges.check_safety(
                cast[key].actor,
                exchange,
                answers=SAFE,
                decision="conditions",
                now=now - timedelta(days=days),
            )
    with arbreva.asks():
        fresh = Exchange.objects.get(pk=exchange.pk)
        exchanges.release_programme(arbreva.actor, fresh, now=now - timedelta(days=6))
        done = ("agree_goals", "agree_dates", "draft_programme", "site_rules", "safety_check", "release_programme")
        finish(thread, arbreva, None, done, now - timedelta(days=6))
        finish(thread, arbreva, "Arbreva", ("name_delegates",), now - timedelta(days=9))
    with cast["lipovar"].asks():
        finish(thread, cast["lipovar"], "Lipovar", ("name_delegates", "city_presentation"), now - timedelta(days=5))
    with arbreva.asks():  # a draft that clashes with the reflection, for the organiser alone to put right
        thread.sessions["tea"] = exchanges.add_session(
            arbreva.actor,
            fresh,
            title="Tea with the mothers’ circle",
            kind="informal",
            starts_at=at(26, 16, 30),
            ends_at=at(26, 17, 15),
            where="Town hall, Lipovar",
            readers=[group("organisation", arbreva.organisation.id)],
            now=now - timedelta(days=1),
        )


def _delegates(thread: Thread, now: datetime) -> None:
    cast = thread.cast
    delegations = {
        "Arbreva": ["arbreva", "arbreva-youth", "arbreva-mothers", "arbreva-police", "arbreva-mayor"],
        "Lipovar": ["lipovar", "lipovar-youth", "lipovar-police"],
        "Valdora": ["valdora", "valdora-ngo"],
    }
    for city, keys in delegations.items():
        speaker = cast[city.lower()]
        with speaker.asks():
            for key in keys:
                exchanges.name_participant(
                    speaker.actor,
                    thread.parties[city],
                    person=cast[key].person,
                    sector=cast[key].organisation.sector,
                    now=now,
                )
    with cast["lipovar"].asks():
        exchanges.name_participant(
            cast["lipovar"].actor,
            thread.parties["Lipovar"],
            in_words="Two young people of the house council",
            how_many=2,
            sector="youth_work",
            now=now,
        )


def _site(thread: Thread, now: datetime) -> Site:
    host = thread.cast["lipovar-youth"]
    assert thread.exchange is not None
    with host.asks():
        return exchanges.add_site(
            host.actor,
            name="Youth Centre Most",
            host=host.organisation,
            city=thread.cast.cities["Lipovar"],
            most_guests=12,
            photos="No photographs of young people. The empty house may be shown.",
            who_may_come="Everyone of the exchange. Police come without uniform.",
            may_repeat="How the house is run. Nothing a young person tells you.",
            readers=[group("exchange", thread.exchange.id)],
            now=now,
            illustrative=True,
        )


def _sessions(thread: Thread, site: Site, now: datetime) -> None:
    cast, exchange = thread.cast, thread.exchange
    assert exchange is not None
    hall, house = "Town hall, Lipovar", "Youth Centre Most"
    rows: list[tuple[str, str, str, datetime, datetime, str, dict[str, object]]] = [
        ("open", "Opening by the host", "opening", at(25, 9), at(25, 9, 45), hall, {}),
        (
            "arbreva",
            "Arbreva presents itself",
            "presentation",
            at(25, 10),
            at(25, 10, 40),
            hall,
            {"city": cast.cities["Arbreva"]},
        ),
        (
            "valdora",
            "Valdora presents itself",
            "presentation",
            at(25, 10, 40),
            at(25, 11, 20),
            hall,
            {"city": cast.cities["Valdora"]},
        ),
        ("lunch1", "Lunch", "meal", at(25, 12, 30), at(25, 14), "Canteen of the town hall", {}),
        ("debate", "What keeps young people, and what loses them", "debate", at(25, 14), at(25, 16), hall, {}),
        (
            "visit",
            "Visit: Youth Centre Most",
            "site_visit",
            at(26, 10),
            at(26, 12),
            house,
            {"site": site, "practice": thread.practice},
        ),
        ("lunch2", "Lunch, cooked by the house council", "meal", at(26, 12, 30), at(26, 14), house, {}),
        (
            "practitioners",
            "Police and youth work, among colleagues",
            "practitioners",
            at(26, 14),
            at(26, 16),
            hall,
            {"chatham": True},
        ),
        ("reflection", "What we saw today", "reflection", at(26, 17), at(26, 18), hall, {}),
        ("planning", "What each city tries first", "planning", at(27, 9), at(27, 11, 30), hall, {}),
        ("close", "Closing", "opening", at(27, 11, 30), at(27, 12), hall, {}),
    ]
    for key, title, kind, starts_at, ends_at, where, more in rows:
        thread.sessions[key] = exchanges.add_session(
            cast["arbreva"].actor,
            exchange,
            title=title,
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
            where=where,
            now=now,
            **more,  # type: ignore[arg-type]
        )
