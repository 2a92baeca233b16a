"""The programme: checked by two organisations, released with its difference, hours at the place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.audit.actions import ChangedMeanwhile, NotYours
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.directory.models import City
from serai.exchanges import actions
from serai.exchanges.checked import is_checked
from serai.exchanges.differences import difference, unreleased
from serai.exchanges.models import Exchange, Participant, ProgrammeRelease, Session, Site
from serai.exchanges.queries import now_and_next, programme_sessions
from sharing.stage import arranged
from threads import SAFE, browsing_as, text, with_session
from worlds import NOW, World, browsing, small_world

HOUR = timedelta(hours=1)
few = settings(max_examples=60, deadline=None)


@pytest.fixture
def world() -> World:
    return small_world()


def fresh(world: World, exchange: Exchange) -> Exchange:
    return Exchange.objects.select_related("audience", "place").get(pk=exchange.pk)


def check(world: World, name: str, exchange: Exchange, decision: str = "go") -> None:
    with world[name].asks():
        actions.check_safety(world[name].actor, fresh(world, exchange), answers=SAFE, decision=decision, now=NOW)


def checked(world: World, exchange: Exchange) -> bool:
    with world["Arbreva"].asks():
        return is_checked(fresh(world, exchange))


def release(world: World, exchange: Exchange) -> ProgrammeRelease:
    with world["Arbreva"].asks():
        return actions.release_programme(world["Arbreva"].actor, fresh(world, exchange), now=NOW)


def test_a_release_needs_two_organisations_and_nobody_who_says_stop(world: World) -> None:
    exchange = arranged(world)
    with_session(world, exchange)
    with pytest.raises(actions.NotCheckedYet):
        release(world, exchange)
    check(world, "Arbreva", exchange)
    check(world, "Arbreva", exchange)
    assert not checked(world, exchange), "one person twice"
    check(world, "Lipovar", exchange, "stop")
    assert not checked(world, exchange), "someone said stop"
    check(world, "Lipovar", exchange, "conditions")
    release(world, exchange)
    with world["Lipovar"].asks():
        assert (fresh(world, exchange).state, fresh(world, exchange).programme_number) == ("released", 1)


@pytest.mark.parametrize("what", ["site", "open", "place", "hour"])
def test_a_site_an_open_session_or_another_place_needs_a_new_check_and_an_hour_does_not(
    world: World, what: str
) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange)
    for name in ("Arbreva", "Lipovar"):
        check(world, name, exchange)
    release(world, exchange)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        if what == "site":
            site = actions.add_site(
                arbreva.actor,
                name="House",
                host=arbreva.organisation,
                readers=[group("exchange", exchange.id)],
                now=NOW,
            )
            actions.change_session(arbreva.actor, session, expected=session.version, site=site, now=NOW)
        elif what == "place":
            at = fresh(world, exchange)
            actions.change_exchange(arbreva.actor, at, expected=at.version, place=world.cities["Valdora"], now=NOW)
        elif what == "hour":
            actions.change_session(
                arbreva.actor, session, expected=session.version, starts_at=session.starts_at + HOUR, now=NOW
            )
    if what == "open":
        with_session(world, exchange, title="An open evening", open_to_invited=True)
    if what == "hour":
        assert release(world, exchange).number == 2
        return
    with pytest.raises(actions.NotCheckedYet):
        release(world, exchange)
    for name in ("Arbreva", "Lipovar"):
        check(world, name, exchange)
    assert release(world, exchange).number == 2


def test_only_the_organiser_releases_and_a_check_answers_all_ten(world: World) -> None:
    exchange = arranged(world)
    for name in ("Arbreva", "Lipovar"):
        check(world, name, exchange)
    lipovar = world["Lipovar"]
    with lipovar.asks():
        with pytest.raises(NotYours):
            actions.release_programme(lipovar.actor, fresh(world, exchange), now=NOW)
        at = fresh(world, exchange)
        for answers in ({n: SAFE[n] for n in range(1, 10)}, SAFE | {3: {"risk": True, "what_we_do": " "}}):
            with pytest.raises(ValueError, match="question"):
                actions.check_safety(lipovar.actor, at, answers=answers, decision="go", now=NOW)
        with pytest.raises(ValueError, match="decide"):
            actions.check_safety(lipovar.actor, at, answers=SAFE, decision="perhaps", now=NOW)


def test_the_page_of_a_release_says_what_was_added_moved_and_dropped(world: World) -> None:
    exchange = arranged(world)
    moved, dropped = with_session(world, exchange, title="Moves"), with_session(world, exchange, title="Goes")
    for name in ("Arbreva", "Lipovar"):
        check(world, name, exchange)
    release(world, exchange)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        assert unreleased(fresh(world, exchange)) == []
        actions.change_session(arbreva.actor, moved, expected=moved.version, where="The library", now=NOW)
        actions.drop_session(arbreva.actor, dropped, now=NOW)
    with_session(world, exchange, title="Comes")
    with arbreva.asks():
        at = fresh(world, exchange)
        assert {(d.kind, d.title) for d in unreleased(at)} == {
            ("added", "Comes"),
            ("moved", "Moves"),
            ("dropped", "Goes"),
        }
        assert {s.title for s in programme_sessions(at.pk) if not s.taken_out} == {"Comes", "Moves"}
    page = text(browsing_as(world, "Arbreva").get(f"/exchanges/{exchange.pk}/release/"))
    assert all(title in page for title in ("Comes", "Moves", "Goes", "The library"))
    assert re.search(r"<del>[^<]*<bdi>\d\d:\d\d–\d\d:\d\d", page), "a session that only ends later is seen to change"


def test_two_browsers_see_one_truth_and_each_its_own_clock(world: World) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange)
    with world.secretariat.asks():
        City.objects.filter(pk=world.cities["Arbreva"].pk).update(time_zone="Europe/London")
    seen = {name: text(browsing_as(world, name).get(f"/sessions/{session.pk}/")) for name in ("Arbreva", "Lipovar")}
    assert "Tue 26 Nov 2019, <bdi>10:00–12:00 Lipovar (09:00–11:00 Arbreva)</bdi>" in seen["Arbreva"]
    assert "Tue 26 Nov 2019, <bdi>10:00–12:00 Lipovar</bdi>" in seen["Lipovar"]
    turns = {name: text(browsing_as(world, name).get(f"/exchanges/{exchange.pk}/")) for name in seen}
    for name, page in turns.items():
        assert all(f"<bdi>{city}</bdi>" in page for city in seen), name
        assert set(re.findall(r'class="turn (\w+)"', page)) <= {"yours", "theirs", "later", "done"}
        assert "Your turn" in page or "Waiting for" in page, name
    titles = [re.findall(r'<li class="task[^"]*"> <(?:a|span)[^>]*>([^<]+)<', page) for page in turns.values()]
    assert titles[0] == titles[1], "one list, whoever looks"


def test_a_programme_says_each_clock_once_and_again_where_one_was_put_back(world: World) -> None:
    exchange = arranged(world)
    days = [datetime(2019, month, day, 9, tzinfo=UTC) for month, day in ((10, 26), (10, 28), (11, 2), (11, 4))]
    with world["Arbreva"].asks():
        for starts in days:
            actions.add_session(
                world["Arbreva"].actor, exchange, title="Talk", kind="talk", starts_at=starts, ends_at=None, now=NOW
            )
    programme = f"/exchanges/{exchange.pk}/programme/"
    assert " in Lipovar is " not in text(browsing_as(world, "Lipovar").get(programme)), "one clock is no news"
    with world.secretariat.asks():
        City.objects.filter(pk=world.cities["Arbreva"].pk).update(time_zone="America/Toronto")
    for name in ("Arbreva", "Lipovar"):
        page = text(browsing_as(world, name).get(programme))
        assert re.findall(r"<h2>\w{3} (\d+)[^<]*</h2> ?<p[^>]*><bdi>([^<]*)</bdi>", page) == [
            ("26", "11:00 in Lipovar is 05:00 in Arbreva."),
            ("28", "10:00 in Lipovar is 05:00 in Arbreva."),
            ("4", "10:00 in Lipovar is 04:00 in Arbreva."),
        ]


def test_a_second_editor_of_a_session_sees_both(world: World) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange)
    browser = browsing_as(world, "Arbreva")
    typed = {"kind": "site_visit", "version": session.version}
    path = f"/sessions/{session.pk}/change/"
    assert browser.post(path, {**typed, "title": "First words"}).status_code == 302
    page = browser.post(path, {**typed, "title": "Second words"})
    assert page.status_code == 409
    assert "First words" in text(page)
    assert "Second words" in text(page)
    with world["Arbreva"].asks(), pytest.raises(ChangedMeanwhile):
        actions.change_session(world["Arbreva"].actor, session, expected=session.version, title="Third", now=NOW)


def test_hours_are_those_of_the_place_and_the_end_comes_later(world: World) -> None:
    exchange = arranged(world)
    browser = browsing_as(world, "Arbreva")
    path = f"/exchanges/{exchange.pk}/sessions/new/"
    typed = {"title": "A late visit", "kind": "site_visit", "where": "The kiln", "starts_at": "2019-11-26T18:00"}
    page = browser.post(path, {**typed, "ends_at": "2019-11-26T17:00"})
    assert page.status_code == 422
    assert "It ends before it starts. Choose a later hour." in text(page)
    assert 'value="A late visit"' in text(page)
    assert 'value="The kiln"' in text(page)
    assert browser.post(path, {**typed, "ends_at": "2019-11-26T19:00"}).status_code == 302
    with world["Arbreva"].asks():
        assert Session.objects.get(title="A late visit").starts_at == datetime(2019, 11, 26, 17, tzinfo=UTC)
    assert "18:00" in text(browser.get(f"/exchanges/{exchange.pk}/programme/"))
    assert browsing_as(world, "Lipovar").get(path).status_code == 404


def test_a_site_keeps_its_rules_and_a_wrong_number_comes_back(world: World) -> None:
    exchange = arranged(world)
    browser = browsing_as(world, "Lipovar")
    path = f"/exchanges/{exchange.pk}/sites/new/"
    page = browser.post(path, {"name": "The house", "most_guests": "0", "photos": "No faces"})
    assert page.status_code == 422
    assert 'value="No faces"' in text(page)
    assert browser.post(path, {"name": "The house", "most_guests": "8", "photos": "No faces"}).status_code == 302
    with world["Arbreva NGO"].asks():
        site = Site.objects.get(name="The house")
    session = with_session(world, exchange, site=site)
    page = text(browsing_as(world, "Arbreva NGO").get(f"/sessions/{session.pk}/"))
    assert "At most 8 guests." in page
    assert "No faces" in page
    with world["Valdora"].asks():
        assert not Site.objects.filter(pk=site.pk).exists()
    for reader in ("Valdora", "secretariat"):  # they read the exchange, and take no part in it
        stranger = browsing(world.secretariat if reader == "secretariat" else world[reader])
        assert "Write down the rules" not in text(stranger.get(f"/exchanges/{exchange.pk}/"))
        assert stranger.post(path, {"name": "A house of others"}).status_code == 404
    assert "Write down the rules" in text(browser.get(f"/exchanges/{exchange.pk}/"))


def test_the_ten_questions_come_back_with_what_was_typed(world: World) -> None:
    exchange = arranged(world)
    answers = {f"risk_{n}": "no" for n in range(1, 11)} | {
        "risk_2": "yes",
        "decision": "go",
        "answer_4": "We ask first",
    }
    page = browsing_as(world, "Lipovar").post(f"/exchanges/{exchange.pk}/safety/", answers)
    assert page.status_code == 422
    assert "You see a risk: say what you do about it." in text(page)
    assert "We ask first" in text(page)


def test_a_safety_check_is_answered_by_those_who_take_part(world: World) -> None:
    exchange = arranged(world)
    answers = {f"risk_{n}": "no" for n in range(1, 11)} | {"decision": "go"}
    path = f"/exchanges/{exchange.pk}/safety/"
    for name in ("Valdora", "Valdora NGO"):
        assert browsing_as(world, name).get(f"/exchanges/{exchange.pk}/").status_code == 200, "they read it"
        assert browsing_as(world, name).get(path).status_code == 404
        assert browsing_as(world, name).post(path, answers).status_code == 404
        with pytest.raises(NotYours):
            check(world, name, exchange)
    with world.secretariat.asks(), pytest.raises(NotYours):
        actions.check_safety(world.secretariat.actor, fresh(world, exchange), answers=SAFE, decision="stop", now=NOW)
    assert not checked(world, exchange)
    for name in ("Arbreva", "Lipovar", "Lipovar NGO"):  # the organiser, who speaks for a party, who is named in one
        assert browsing_as(world, name).get(path).status_code == 200
        assert browsing_as(world, name).post(path, answers).status_code == 302
    assert checked(world, exchange)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        seat = Participant.objects.get(person=world["Arbreva NGO"].person)
        actions.end_participation(arbreva.actor, seat, on=NOW.date(), now=NOW)
    assert browsing_as(world, "Arbreva NGO").post(path, answers).status_code == 404, "no longer named"
    with pytest.raises(NotYours):
        check(world, "Arbreva NGO", exchange)


def test_an_exchange_moves_on_only_in_order(world: World) -> None:
    exchange = arranged(world)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        at = fresh(world, exchange)
        for act in (actions.begin_exchange, actions.close_exchange, actions.close_recorded):
            with pytest.raises(NotAllowedNow):
                act(arbreva.actor, at, now=NOW)
    assert browsing_as(world, "Lipovar").post(f"/exchanges/{exchange.pk}/move/cancelled/").status_code == 404
    assert browsing_as(world, "Arbreva").post(f"/exchanges/{exchange.pk}/move/live/").status_code == 409
    assert browsing_as(world, "Arbreva").post(f"/exchanges/{exchange.pk}/move/rubbish/").status_code == 404
    assert browsing_as(world, "Arbreva").post(f"/exchanges/{exchange.pk}/move/cancelled/").status_code == 302


ROW = st.fixed_dictionaries(
    {
        "id": st.sampled_from("abcdef"),
        "title": st.sampled_from(["Visit", "Debate"]),
        "kind": st.just("debate"),
        "starts_at": st.sampled_from([None, "9", "10"]),
        "ends_at": st.none(),
        "where": st.sampled_from(["", "Here"]),
        "site": st.none(),
        "open": st.booleans(),
    }
)
PROGRAMME = st.lists(ROW, max_size=6, unique_by=lambda row: row["id"])


@few
@given(before=PROGRAMME, after=PROGRAMME)
def test_a_difference_leads_from_the_one_programme_to_the_other(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    rows = {row["id"]: row for row in before}
    lines = difference(before, after)
    for line in lines:
        if line.before is not None:
            assert rows.pop(line.before["id"]) == line.before
        if line.after is not None:
            rows[line.after["id"]] = line.after
        assert (line.before is None) == (line.kind == "added")
        assert (line.after is None) == (line.kind == "dropped")
    assert rows == {row["id"]: row for row in after}
    assert difference(after, after) == []
    moved = {line.after["id"] for line in lines if line.kind == "moved" and line.after}
    old = {row["id"]: row for row in before}
    assert moved == {
        r["id"] for r in after if r["id"] in old and any(old[r["id"]][k] != r[k] for k in ("starts_at", "where"))
    }


@dataclass(frozen=True, kw_only=True)
class Slot:
    starts_at: datetime | None
    ends_at: datetime | None
    taken_out: bool = False


@few
@given(
    hours=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 4)), max_size=6).map(sorted),
    at=st.integers(-2, 26),
    halves=st.booleans(),
)
def test_now_runs_next_begins(hours: list[tuple[int, int]], at: int, halves: bool) -> None:
    slots = [Slot(starts_at=NOW + a * HOUR, ends_at=NOW + (a + n) * HOUR) for a, n in hours]
    slots.append(Slot(starts_at=None, ends_at=None))
    moment = NOW + at * HOUR + (HOUR / 2 if halves else HOUR * 0)
    running, coming = now_and_next(slots, moment)  # type: ignore[arg-type]
    runs = [s for s in slots if s.starts_at and s.ends_at and s.starts_at <= moment < s.ends_at]
    later = [s for s in slots if s.starts_at and s.starts_at > moment]
    assert running == (runs[0] if runs else None)
    assert coming == (min(later, key=lambda s: s.starts_at or NOW) if later else None)  # type: ignore[comparison-overlap]


def test_an_unknown_exchange_is_not_there(world: World) -> None:
    for part in ("", "programme/", "safety/", "takeaways/", "promises/", "capture/"):
        assert browsing_as(world, "Arbreva").get(f"/exchanges/{uuid4()}/{part}").status_code == 404


def test_of_two_versions_the_saved_hours_and_site_are_taken_as_they_were_saved(world: World) -> None:
    exchange, arbreva = arranged(world), world["Arbreva"]
    eight = datetime(2019, 11, 25, 8, tzinfo=UTC)
    session = with_session(world, exchange, starts_at=eight, ends_at=eight + HOUR)
    with arbreva.asks():
        site = actions.add_site(
            arbreva.actor, name="Library", host=arbreva.organisation, readers=exchange.audience.groups, now=NOW
        )
        actions.change_session(
            arbreva.actor, session, expected=1, site=site, starts_at=eight + HOUR, ends_at=None, now=NOW
        )
    browser, path = browsing_as(world, "Arbreva"), f"/sessions/{session.pk}/change/"
    mine = {
        "title": session.title,
        "kind": session.kind,
        "starts_at": "2019-11-25T14:00",
        "ends_at": "2019-11-25T15:00",
    }
    page = browser.post(path, {**mine, "version": "1"})
    assert page.status_code == 409
    assert "Mon 25 Nov 2019, 10:00" in text(page)  # in Skopje
    assert "Library" in text(page)
    carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text(page)))
    theirs = {f"choose-{name}": "theirs" for name in re.findall(r'name="choose-(\w+)"', text(page))}
    assert {"choose-starts_at", "choose-ends_at", "choose-site"} == set(theirs)
    assert browser.post(path, carried | theirs).status_code == 302
    with arbreva.asks():
        kept = Session.objects.get(pk=session.pk)
        assert (kept.starts_at, kept.ends_at, kept.site_id) == (eight + HOUR, None, site.pk)
