"""A change of a released session is private to those who plan until the next release; then all read it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from exchanges.waits import NAMES, PLANNING, change, drop, reading_by_query, released, seeing
from serai.accounts.demo import outbox_mails
from serai.audit.actions import ChangedMeanwhile, NotYours
from serai.core.audience import group
from serai.exchanges import actions
from serai.exchanges.actions.sessions import share_drafts
from serai.exchanges.differences import unreleased
from serai.exchanges.models import CHANGED, Session
from serai.exchanges.queries import programme_sessions
from serai.sharing.actions import share_record
from threads import browsing_as, fresh, network, release, text
from worlds import NOW, World, browsing, small_world

HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> World:
    found = small_world()
    for name in NAMES:
        browsing(found[name])
    return found


@pytest.mark.parametrize("readers", ["network", None])
def test_a_change_is_read_by_those_who_plan_until_the_release(world: World, readers: str | None) -> None:
    exchange, session = released(world, readers=network(world) if readers else None)
    programme, page = f"/exchanges/{exchange.pk}/programme/", f"/sessions/{session.pk}/"
    change(world, session, session.version + (readers is None), where="The library")
    assert reading_by_query(world, "The library") == PLANNING
    for path in (programme, page):
        assert seeing(world, path, "The library") == seeing(world, path, "Changed, not released yet") == PLANNING
        assert seeing(world, path, "The kiln") == set(NAMES) - PLANNING
    release(world, exchange)
    for path in (programme, page):
        assert seeing(world, path, "The library") == set(NAMES)
        assert not seeing(world, path, "The kiln") | seeing(world, path, "not released yet")
    with world["Arbreva"].asks():
        assert [(s.id, s.where) for s in programme_sessions(exchange.pk)] == [(session.pk, "The library")]
        assert unreleased(fresh(exchange)) == []


def test_the_home_of_a_delegate_keeps_to_the_release(world: World) -> None:
    exchange, session = released(world, starts_at=NOW - HOUR, ends_at=NOW + HOUR)
    with world["Arbreva"].asks():
        actions.begin_exchange(world["Arbreva"].actor, fresh(exchange), now=NOW)
    change(world, session, session.version, title="Zelkova")
    for name in ("Arbreva", "Lipovar", "Arbreva NGO", "Lipovar NGO"):
        with world[name].asks():
            assert [s.title for s in programme_sessions(exchange.pk)] == (
                ["Zelkova"] if name in PLANNING else ["Zarzevara"]
            )
    assert not seeing(world, "/", "Zelkova") - PLANNING


def test_what_is_taken_out_is_there_until_the_release(world: World) -> None:
    exchange, session = released(world)
    programme = f"/exchanges/{exchange.pk}/programme/"
    drop(world, session)
    assert seeing(world, programme, "Zarzevara") == set(NAMES)
    assert seeing(world, programme, "Taken out, not released yet") == PLANNING
    with world["Arbreva"].asks():
        assert [line.kind for line in unreleased(fresh(exchange))] == ["dropped"]
    release(world, exchange)
    assert not seeing(world, programme, "Zarzevara")
    with world["Arbreva"].asks():
        assert Session.objects.get(pk=session.pk).position == 0


def test_a_session_that_changed_meanwhile_is_not_taken_out_unseen(world: World) -> None:
    exchange, session = released(world)
    browser = browsing_as(world, "Arbreva")
    path = f"/sessions/{session.pk}/change/"
    seen = re.search(r'/drop/".*?name="version" value="(\d+)"', text(browser.get(path)))
    assert seen
    change(world, session, session.version, where="The library")
    answer = browser.post(f"/sessions/{session.pk}/drop/", {"version": seen[1]}, follow=True)
    assert answer.redirect_chain == [(path, 302)]
    assert "Someone else changed this session meanwhile. See it before you decide." in text(answer)
    assert "Taken out, not released yet" not in text(browser.get(f"/exchanges/{exchange.pk}/programme/"))
    seen = re.search(r'/drop/".*?name="version" value="(\d+)"', text(browser.get(path)))
    assert seen
    browser.post(f"/sessions/{session.pk}/drop/", {"version": seen[1]})
    assert "Taken out, not released yet" in text(browser.get(f"/exchanges/{exchange.pk}/programme/"))


def test_what_was_taken_out_comes_back_with_another_change(world: World) -> None:
    exchange, session = released(world)
    waits = drop(world, session)
    change(world, session, waits.version, where="The library")
    release(world, exchange)
    with world["Arbreva"].asks():
        assert [s.where for s in programme_sessions(exchange.pk)] == ["The library"]


def test_no_editor_writes_over_another(world: World) -> None:
    exchange, session = released(world)
    seen = {session.version}
    waits = change(world, session, session.version, where="The library")
    assert (waits.replaces, waits.position) == (session.pk, CHANGED)
    for _ in range(3):
        with pytest.raises(ChangedMeanwhile) as meanwhile:
            change(world, session, max(seen), where="Nowhere")
        assert meanwhile.value.record.where == "The library"
        seen.add(waits.version)
        waits = change(world, session, waits.version, where="The library")
    seen.add(waits.version)
    release(world, exchange)
    for version in seen:
        with pytest.raises(ChangedMeanwhile):
            change(world, session, version, where="Nowhere")
    with world["Lipovar"].asks(), pytest.raises(NotYours):
        actions.change_session(world["Lipovar"].actor, session, expected=waits.version + 1, where="Nowhere", now=NOW)


def test_the_form_shows_what_waits(world: World) -> None:
    _exchange, session = released(world)
    browser, path = browsing_as(world, "Arbreva"), f"/sessions/{session.pk}/change/"
    first = dict(re.findall(r'name="(version)" value="(\d+)"', text(browser.get(path))))
    typed = {"kind": "site_visit", "title": "First words"}
    assert browser.post(path, typed | first).status_code == 302
    page = text(browser.get(path))
    assert 'value="First words"' in page
    again = browser.post(path, typed | first | {"title": "Second words"})
    assert again.status_code == 409
    assert "First words" in text(again)
    later = dict(re.findall(r'name="(version)" value="(\d+)"', page))
    assert browser.post(path, typed | later | {"title": "Third words"}).status_code == 302


def test_a_release_carries_over_once_and_mails_its_people_alone(world: World) -> None:
    ngos = [group("organisation", world[name].organisation.id) for name in ("Arbreva", "Arbreva NGO")]
    exchange, session = released(world, readers=ngos)
    before = {mail.id for mail in outbox_mails()}
    change(world, session, session.version, where="The library")
    assert reading_by_query(world, "The library") == {"Arbreva"}, (
        "who plans and does not read the session reads nothing"
    )
    assert {mail.id for mail in outbox_mails()} == before
    release(world, exchange)
    mails = [mail.address for mail in outbox_mails() if mail.id not in before]
    assert mails == [f"{world['Arbreva NGO'].person.id}@example.org"]
    with world["Arbreva"].asks():
        version = Session.objects.get(pk=session.pk).version
    release(world, exchange)
    with world["Arbreva"].asks():
        assert Session.objects.get(pk=session.pk).version == version
        assert Session.objects.filter(exchange=exchange, position__lt=0).count() == 0
        share_drafts(world["Arbreva"].actor, fresh(exchange), now=NOW)
    with world["Lipovar"].asks():
        assert not Session.objects.filter(exchange=exchange).exists()


def test_what_waits_is_never_read_by_more_than_the_session(world: World) -> None:
    exchange, session = released(world)
    change(world, session, session.version, where="The library")
    assert reading_by_query(world, "The library") == PLANNING
    own = [group("organisation", world["Arbreva"].organisation.id)]
    with world["Arbreva"].asks():
        share_record(world["Arbreva"].actor, Session.objects.get(pk=session.pk), own, now=NOW)
        share_drafts(world["Arbreva"].actor, fresh(exchange), now=NOW)
    assert reading_by_query(world, "The library") == {"Arbreva"}


def test_what_waits_has_no_page_of_its_own(world: World) -> None:
    _exchange, session = released(world)
    waits = change(world, session, session.version, where="The library")
    browser = browsing_as(world, "Arbreva")
    answer = browser.get(f"/sessions/{waits.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/sessions/{session.pk}/")
    assert browser.get(f"/sessions/{waits.pk}/change/").status_code == 404
    assert browser.post(f"/sessions/{waits.pk}/drop/").status_code == 404
    assert browser.get(f"/sessions/{waits.pk}/notes/new/").status_code == 404
    assert browsing_as(world, "Arbreva NGO").get(f"/sessions/{waits.pk}/").status_code == 404


def test_a_party_that_comes_later_reads_what_waits(world: World) -> None:
    exchange, session = released(world)
    change(world, session, session.version, where="The library")
    asked = {"city": world.cities["Valdora"].pk}
    assert browsing_as(world, "Arbreva").post(f"/exchanges/{exchange.pk}/invite/", asked).status_code == 302
    assert reading_by_query(world, "The library") == PLANNING | {"Valdora"}


def test_nothing_is_released_that_whoever_releases_it_has_not_seen(world: World) -> None:
    exchange, session = released(world)
    waits = change(world, session, session.version, where="The library")
    browser, path = browsing_as(world, "Arbreva"), f"/exchanges/{exchange.pk}/release/"

    def seen() -> dict[str, str]:
        return dict(re.findall(r'name="(seen)" value="(\w+)"', text(browser.get(path))))

    first = seen()
    change(world, session, waits.version, where="The harbour")
    again = text(browser.post(path, first, follow=True))
    assert "The programme changed meanwhile." in again
    assert "The harbour" in again
    assert "The kiln" in text(browsing_as(world, "Lipovar NGO").get(f"/sessions/{session.pk}/"))
    browser.post(path, seen())
    assert "The harbour" in text(browsing_as(world, "Lipovar NGO").get(f"/sessions/{session.pk}/"))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"title": "Zelkova"}, "Zelkova|Changed|<del>Zarzevara</del>"),
        ({"kind": "meal"}, "Zarzevara|Changed|Another kind: Meal, before Debate."),
        ({"chatham": True}, "Zarzevara|Changed|Under the Chatham House Rule."),
        ({"open_to_invited": True}, "Zarzevara|Changed|Open to an invited audience."),
        ({"beside": True}, "Zarzevara|Changed|Runs beside other sessions."),
        (
            {"title": "Zelkova", "where": "The library", "beside": True},
            "Zelkova|Moved|<del>Zarzevara</del><del>Tue 26 Nov 2019, 10:00–12:00, The kiln</del>"
            "<ins>Tue 26 Nov 2019, 10:00–12:00, The library</ins>Runs beside other sessions.",
        ),
    ],
)
def test_who_releases_or_takes_back_is_told_what_changes(world: World, changed: dict[str, object], told: str) -> None:
    exchange, session = released(world, kind="debate")
    change(world, session, session.version, **changed)
    for path in (f"/exchanges/{exchange.pk}/release/", f"/sessions/{session.pk}/take-back/"):
        page = text(browsing_as(world, "Arbreva").get(path))
        line = re.search(r'<section class="tasks changes">.*?<li class="task">(.*?)</li> </ol>', page)
        assert line, page
        assert "|".join(re.findall(r"<span[^>]*>(.*?)</span>", re.sub(r"</?bdi>| dir=\"auto\"", "", line[1]))) == told


def test_the_hours_of_a_change_keep_their_order_in_every_direction(world: World) -> None:
    exchange, session = released(world)
    change(world, session, session.version, where="مكتبة المدينة")
    page = text(browsing_as(world, "Arbreva").get(f"/exchanges/{exchange.pk}/release/"))
    assert "<ins>Tue 26 Nov 2019, <bdi>10:00–12:00</bdi>, <bdi>مكتبة المدينة</bdi></ins>" in page


def test_what_is_no_longer_so_is_told_too(world: World) -> None:
    exchange, session = released(world, chatham=True, open_to_invited=True, beside=True)
    change(world, session, session.version, chatham=False, open_to_invited=False, beside=False)
    page = text(browsing_as(world, "Arbreva").get(f"/exchanges/{exchange.pk}/release/"))
    assert (
        "No longer open to an invited audience. No longer under the Chatham House Rule. No longer runs beside" in page
    )
