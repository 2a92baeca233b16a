"""Ideas stay one's own until shared; weighing and letting go say why; a Chatham House note tells nobody who."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from serai.audit.actions import NotYours
from serai.audit.models import AuditEntry
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.exchanges import actions
from serai.exchanges.models import Commitment, Exchange, Note, NoteAuthor, Takeaway, Task, Weighing
from serai.exchanges.queries import guessable_sectors, state_of, task_list
from sharing.stage import arranged
from threads import browsing_as, captured, network, text, with_session
from worlds import NOW, World, browsing, small_world


@pytest.fixture
def world() -> World:
    return small_world()


def promised(world: World, exchange: Exchange) -> Commitment:
    arbreva = world["Arbreva"]
    with arbreva.asks():
        return actions.promise(
            arbreva.actor,
            exchange,
            text="An open evening",
            organisation=arbreva.organisation,
            owner_role="Youth worker",
            due_on=date(2020, 1, 1),
            now=NOW,
        )


def test_what_is_sent_twice_is_kept_once_for_each_person(world: World) -> None:
    exchange = arranged(world)
    sent = uuid4()
    path, typed = f"/exchanges/{exchange.pk}/capture/", {"text": "Give them the keys", "sent_id": str(sent)}
    for name in ("Arbreva", "Arbreva", "Lipovar"):
        assert browsing_as(world, name).post(path, typed).status_code == 302
    for name in ("Arbreva", "Lipovar"):
        with world[name].asks():
            assert Takeaway.objects.filter(capture=sent).count() == 1
    with world["Arbreva"].asks():
        assert AuditEntry.objects.filter(verb="capture_takeaway").count() == 1
        actions.capture_takeaway(world["Arbreva"].actor, exchange, "Other words", capture=sent, now=NOW)
        assert Takeaway.objects.get(capture=sent).text == "Give them the keys"


def test_capturing_is_offered_from_the_first_day_until_a_month_after_the_last_and_reached_later(
    world: World, settings: Any
) -> None:
    exchange, offered = arranged(world), "Capture an idea"
    with world["Arbreva"].asks():
        session = with_session(world, exchange)
    pages = (f"/exchanges/{exchange.pk}/", f"/sessions/{session.pk}/")
    for month, day, while_it_is_fresh in ((11, 24, False), (11, 25, True), (12, 27, True), (12, 28, False)):
        settings.CLOCK = datetime(2019, month, day, 12, tzinfo=UTC)
        for page in pages:
            assert (offered in text(browsing_as(world, "Arbreva").get(page))) == while_it_is_fresh, (page, month, day)
    with world["Arbreva"].asks():
        actions.close_recorded(world["Arbreva"].actor, exchange, now=NOW + timedelta(days=40))
    taken, capture = f"/exchanges/{exchange.pk}/takeaways/", f'href="/exchanges/{exchange.pk}/capture/"'
    assert f'href="{taken}"' in text(browsing_as(world, "Arbreva").get(pages[0])), "also where nothing was taken yet"
    for _ in range(2):
        assert capture in text(browsing_as(world, "Arbreva").get(taken))
        with world["Arbreva"].asks():
            captured(world, exchange)


def test_a_capture_that_lost_the_race_against_itself_is_kept_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = arranged(world)
    arbreva, sent = world["Arbreva"], uuid4()
    with arbreva.asks():
        first = actions.capture_takeaway(arbreva.actor, exchange, "The keys", capture=sent, now=NOW)
        monkeypatch.setattr("django.db.models.QuerySet.first", lambda rows: None)  # not there yet when it looked
        assert actions.capture_takeaway(arbreva.actor, exchange, "The keys", capture=sent, now=NOW) == first
        monkeypatch.undo()
        assert Takeaway.objects.filter(capture=sent).count() == 1


def test_a_takeaway_is_personal_until_its_author_shares_it(world: World) -> None:
    exchange = arranged(world)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        kept = actions.capture_takeaway(
            arbreva.actor, exchange, "Give them the keys", city=world.cities["Arbreva"], now=NOW
        )
        assert kept.source_id == arbreva.person.id
    colleagues = (world["Arbreva NGO"], world["Lipovar"], world.secretariat)
    for someone in colleagues:
        with someone.asks():
            assert not Takeaway.objects.filter(pk=kept.pk).exists()
            with pytest.raises(NotYours):
                actions.share_takeaway(someone.actor, kept, network(world), now=NOW)
        assert browsing(someone).get(f"/takeaways/{kept.pk}/").status_code == 404
        assert browsing(someone).get(f"/takeaways/{kept.pk}/share/").status_code == 404
    with arbreva.asks():
        shared = actions.share_takeaway(arbreva.actor, kept, [group("exchange", exchange.id)], now=NOW)
        assert shared.source_id == arbreva.organisation.id
    for someone in colleagues:
        with someone.asks():
            assert Takeaway.objects.filter(pk=kept.pk).exists() == (someone is not world.secretariat)


def test_weighing_needs_a_reason_and_follows_the_table(world: World) -> None:
    exchange = arranged(world)
    takeaway = captured(world, exchange)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        found = Takeaway.objects.select_related("audience").get(pk=takeaway.pk)
        with pytest.raises(ValueError, match="reason"):
            actions.weigh_takeaway(arbreva.actor, found, decision="left", reason=" ", now=NOW)
        for wrong in ("captured", "parked", "loved"):
            with pytest.raises(NotAllowedNow):
                actions.weigh_takeaway(arbreva.actor, found, decision=wrong, reason="Because", now=NOW)
        actions.weigh_takeaway(arbreva.actor, found, decision="left", reason="No room", now=NOW)
        assert state_of(found) == "left"
        assert Weighing.objects.filter(takeaway=found).count() == 2, "what was said before stays"
    page = text(browsing_as(world, "Lipovar").get(f"/takeaways/{takeaway.pk}/"))
    assert "No room" in page
    assert "A room is there" in page
    path = f"/takeaways/{takeaway.pk}/weigh/"
    asked = text(browsing_as(world, "Arbreva").get(path))
    assert re.search(r'<h1>[^<]+</h1> ?<p class="serif"[^>]*>Give them the keys</p>', asked), "what is weighed is seen"
    answer = browsing_as(world, "Arbreva").post(path, {"decision": "adopted", "reason": ""})
    assert answer.status_code == 422
    assert re.search(r'value="adopted"[^>]* checked', text(answer))
    assert browsing_as(world, "Lipovar").get(path).status_code == 404


def test_letting_go_needs_a_reason_and_only_the_promiser_renews(world: World) -> None:
    exchange = arranged(world)
    promise = promised(world, exchange)
    arbreva = world["Arbreva"]
    path = f"/promises/{promise.pk}/renew/"
    answer = browsing_as(world, "Arbreva").post(path, {"state": "let go", "reason": " ", "due_on": "2020-05-01"})
    assert answer.status_code == 422
    assert "Say in a few words why it is let go." in text(answer)
    assert "2020-05-01" in text(answer)
    with arbreva.asks():
        with pytest.raises(ValueError, match="why"):
            actions.renew_promise(arbreva.actor, promise, state="let go", reason="", now=NOW)
        with pytest.raises(NotAllowedNow):
            actions.renew_promise(arbreva.actor, promise, state="forgotten", now=NOW)
    assert browsing_as(world, "Lipovar").post(path, {"state": "kept"}).status_code == 404
    with world["Lipovar"].asks(), pytest.raises(NotYours):
        actions.renew_promise(world["Lipovar"].actor, promise, state="kept", now=NOW)
    done = {"state": "let go", "reason": "The room is gone", "version": promise.version}
    assert browsing_as(world, "Arbreva").post(path, done).status_code == 302
    with world["Lipovar"].asks():
        assert (Commitment.objects.get().state, Commitment.objects.get().reason) == ("let go", "The room is gone")


def test_a_promise_comes_back_with_everything_typed(world: World) -> None:
    exchange = arranged(world)
    path = f"/exchanges/{exchange.pk}/promises/new/"
    typed = {"text": "An open evening", "owner_role": "Youth worker", "first_step": "Ask for keys", "due_on": "soon"}
    answer = browsing_as(world, "Arbreva").post(path, typed)
    assert answer.status_code == 422
    for value in typed.values():
        assert value in text(answer)


def test_an_address_with_rubbish_in_it_is_not_there(world: World) -> None:
    exchange = arranged(world)
    browser = browsing_as(world, "Arbreva")
    assert browser.get(f"/exchanges/{exchange.pk}/promises/new/?takeaway=rubbish").status_code == 404
    assert browser.get("/exchanges/new/?match=rubbish").status_code == 404


def test_a_chatham_house_note_is_read_by_all_and_written_by_nobody(world: World) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange, chatham=True)
    writer = world["Arbreva NGO"]
    answer = browsing(writer).post(f"/sessions/{session.pk}/notes/new/", {"text": "Schools hesitate"})
    assert answer.status_code == 302
    for name in ("Arbreva", "Lipovar", "Lipovar NGO"):
        with world[name].asks():
            note = Note.objects.get()
            assert note.source_id is None
            assert note.id.version == 4, "an id that tells no time"
            day = note.created_at
            assert (day.hour, day.minute, day.second, day.microsecond) == (0, 0, 0, 0)
            assert note.changed_at == day
            assert not NoteAuthor.objects.exists()
            entry = AuditEntry.objects.get(record_id=note.pk)
            assert (entry.actor_id, entry.source_id, entry.because) == (None, None, "")
            assert entry.created_at == day
            assert entry.id.version == 4
        page = text(browsing_as(world, name).get(f"/sessions/{session.pk}/"))
        assert "Schools hesitate" in page
        assert writer.person.name not in page
    with writer.asks():
        assert NoteAuthor.objects.get().person_id == writer.person.id
    with world["Valdora"].asks():
        assert not Note.objects.exists()


def test_a_note_elsewhere_is_personal_and_says_its_hour(world: World) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        note = actions.write_note(arbreva.actor, session, "Ask about the keys", now=NOW)
        assert (note.source_id, note.created_at) == (arbreva.person.id, NOW)
    for name in ("Arbreva NGO", "Lipovar"):
        with world[name].asks():
            assert not Note.objects.exists()


def test_sectors_with_fewer_than_three_people_could_be_guessed(world: World) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange, chatham=True)
    with world["Arbreva"].asks():
        party = exchange.parties.get(city=world.cities["Arbreva"])
        for words, count, sector in (("Two teachers", 2, "education"), ("Police", 3, "law_enforcement")):
            actions.name_participant(
                world["Arbreva"].actor, party, in_words=words, how_many=count, sector=sector, now=NOW
            )
        assert guessable_sectors(session) == {"education"}
        actions.name_participant(world["Arbreva"].actor, party, in_words="A head", sector="education", now=NOW)
        assert guessable_sectors(session) == set()


def test_whoever_no_longer_takes_part_reads_nothing_more(world: World) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange, chatham=True)
    arbreva, practitioner = world["Arbreva"], world["Arbreva NGO"]
    with arbreva.asks():
        actions.write_note(arbreva.actor, session, "Schools hesitate", now=NOW)
        seat = exchange.participants.get(person=practitioner.person)
        actions.end_participation(arbreva.actor, seat, on=NOW.date(), now=NOW)
    with practitioner.asks():
        assert not Note.objects.exists()
    with world["Lipovar"].asks():
        assert Note.objects.exists()


def test_a_line_of_the_list_is_done_once_and_can_be_reopened(world: World) -> None:
    exchange = arranged(world)
    arbreva, lipovar = world["Arbreva"], world["Lipovar"]
    with lipovar.asks():
        task = Task.objects.get(code="name_delegates", party__speaker=lipovar.organisation)
    with world["Arbreva NGO"].asks(), pytest.raises((NotYours, Task.DoesNotExist)):
        actions.finish_task(world["Arbreva NGO"].actor, Task.objects.get(pk=task.pk), now=NOW)
    with lipovar.asks():
        done = actions.finish_task(lipovar.actor, task, now=NOW)
        with pytest.raises(NotAllowedNow):
            actions.finish_task(lipovar.actor, done, now=NOW)
        assert actions.reopen_task(lipovar.actor, done, now=NOW).done_at is None
    with arbreva.asks():
        at = Exchange.objects.select_related("organiser").get(pk=exchange.pk)
        before = {t.task.code: t for t in task_list(at, own=arbreva.organisation.id, today=date(2019, 11, 1))}
        assert before["agree_goals"].state == "yours"
        assert before["capture"].state == "later"
        assert before["name_delegates"].state == "yours"
        own = Task.objects.get(code="name_delegates", party__speaker=arbreva.organisation)
        actions.finish_task(arbreva.actor, own, now=NOW)
        after = {t.task.code: t for t in task_list(at, own=arbreva.organisation.id, today=date(2019, 11, 1))}
        assert (after["name_delegates"].state, after["name_delegates"].whose) == ("theirs", "Lipovar")


def test_what_comes_after_the_days_together_waits_for_their_last(world: World) -> None:
    exchange, arbreva = arranged(world), world["Arbreva"]
    with arbreva.asks():
        at = Exchange.objects.select_related("organiser").get(pk=exchange.pk)
        assert at.starts_on < at.ends_on
        for today, during, after in (
            (at.starts_on - timedelta(days=1), "later", "later"),
            (at.starts_on, "yours", "later"),
            (at.ends_on, "yours", "yours"),
        ):
            turns = {t.task.code: t.state for t in task_list(at, own=arbreva.organisation.id, today=today)}
            assert (turns["capture"], turns["weigh"]) == (during, after), today


def test_a_button_pressed_twice_does_what_it_says_once(world: World) -> None:
    arranged(world)
    arbreva, browser = world["Arbreva"], browsing_as(world, "Arbreva")
    with arbreva.asks():
        task = Task.objects.get(code="agree_goals")
    path = f"/tasks/{task.pk}/"

    def stands() -> tuple[bool, int]:
        with arbreva.asks():
            found = Task.objects.get(pk=task.pk)
        return found.done_at is not None, found.version

    _done, first = stands()
    assert 'name="state" value="done"' in text(browser.get(path))
    assert [browser.post(path, {"state": "done"}).status_code for _ in range(2)] == [302, 302]
    assert stands() == (True, first + 1)
    assert 'name="state" value="open"' in text(browser.get(path))
    assert [browser.post(path, {"state": "open"}).status_code for _ in range(2)] == [302, 302]
    assert stands() == (False, first + 2)
    for nothing in ({}, {"state": "rubbish"}):
        assert browser.post(path, nothing).status_code == 422
    assert stands() == (False, first + 2)
    assert browsing_as(world, "Valdora").post(path, {"state": "done"}).status_code == 404


def test_an_exchange_that_ends_before_it_starts_is_refused_and_comes_back(world: World) -> None:
    arbreva = world["Arbreva"]
    with arbreva.asks(), pytest.raises(ValueError, match="end before"):
        actions.plan_exchange(
            arbreva.actor,
            title="Days",
            organiser=arbreva.organisation,
            place=None,
            starts_on=date(2020, 1, 2),
            ends_on=date(2020, 1, 1),
            now=NOW,
        )
    typed = {"title": "Days together", "form": "online", "starts_on": "2020-01-02", "ends_on": "2020-01-01", "step": 2}
    page = browsing_as(world, "Arbreva").post("/exchanges/new/", typed)
    assert page.status_code == 422
    for value in ("Days together", "2020-01-02", "2020-01-01", "Choose a later day."):
        assert value in text(page)


def test_a_delegate_is_someone_of_the_list_or_words_and_not_both(world: World) -> None:
    exchange = arranged(world)
    with world["Lipovar"].asks():
        party = exchange.parties.get(city=world.cities["Lipovar"])
    path = f"/parties/{party.pk}/delegates/"
    browser = browsing_as(world, "Lipovar")
    page = browser.post(path, {"in_words": "", "how_many": "7", "sector": "education"})
    assert page.status_code == 422
    assert 'value="7"' in text(page)
    assert browser.post(path, {"in_words": "Two teachers", "how_many": "2", "sector": "education"}).status_code == 302
    assert browsing_as(world, "Lipovar NGO").get(path).status_code == 404


def test_days_long_over_are_closed_without_having_been_followed(world: World) -> None:
    exchange = arranged(world)
    with world["Arbreva"].asks():
        late = datetime(2019, 11, 27, tzinfo=UTC)
        with pytest.raises(NotAllowedNow):
            actions.close_recorded(world["Arbreva"].actor, exchange, now=late)
        assert actions.close_recorded(world["Arbreva"].actor, exchange, now=late + timedelta(days=1)).state == "closed"
