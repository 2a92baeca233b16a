"""Signed links: one person, one question; looking changes nothing; each state explains itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client

from letters import newest, text
from serai.accounts.demo import outbox_mails
from serai.audit.actions import ChangedMeanwhile, NotYours, add, change
from serai.core.audience import group
from serai.db import clock
from serai.db.acting import acting_as, link
from serai.directory import actions as directory
from serai.directory.models import Membership
from serai.needs.models import Match, MatchAnswer, Need
from serai.sharing import links
from serai.sharing.models import Invitation
from worlds import World, member

LIPOVAR = "lipovar@example.org"
KIND = "test-match"
SECRET_WORDS = "How do we speak with returnees?"


class AnswerAMatch:
    """A kind of link as a domain writes one: the asked city's answer, with what is asked as a quote."""

    undoable = True
    goes_on = False
    word = "Whether they meet"
    tells_more = False

    def question(self, link: Invitation) -> links.Question:
        answer = MatchAnswer.objects.get(pk__in=link.record_ids)
        need = Need.objects.filter(pk__in=link.record_ids).select_related("audience").first()
        return links.Question(
            title="Would your city meet another one?",
            answers=(("accepted", "Yes, gladly"), ("declined", "Not now")),
            quotes=(links.Quote(record=need, text=need.question),) if need else (),
            reason_asked=answer.answer == "asked",
        )

    def answer(self, link: Invitation, value: str, reason: str, *, seen: int | None, now: Any) -> None:
        row = MatchAnswer.objects.get(pk__in=link.record_ids)
        change(None, row, verb="answer", now=now, answer=value, reason=reason, answered_at=now)

    def undo(self, link: Invitation, given: links.Found, *, now: Any) -> None:
        row = MatchAnswer.objects.get(pk__in=link.record_ids)
        change(None, row, verb="undo", now=now, answer="asked", reason="", answered_at=None)

    def after(self, request: HttpRequest, link: Invitation) -> HttpResponse | None:
        return None

    def more(self, link: Invitation) -> tuple[links.Part, ...]:
        return ()


@pytest.fixture(autouse=True)
def _kind() -> Iterator[None]:
    links.register(KIND, AnswerAMatch())
    yield
    del links._kinds[KIND]


def asked(world: World, *, readers: list[str] | None = None, lasts: timedelta = links.LASTS) -> links.Made:
    """Arbreva asks Lipovar; what it asks is read by these groups, else by both organisations."""
    arbreva, lipovar = world["Arbreva"], world["Lipovar"]
    both = [group("organisation", arbreva.organisation.id), group("organisation", lipovar.organisation.id)]
    now = clock.now()
    with arbreva.asks():
        need = Need(city=world.cities["Arbreva"], question=SECRET_WORDS, theme="youth_engagement")
        add(arbreva.actor, need, verb="state", groups=readers or both, now=now)
        match = Match(need=need, proposed_by=arbreva.person)
        add(arbreva.actor, match, verb="propose", groups=readers or both, now=now)
        answer = MatchAnswer(match=match, city=world.cities["Lipovar"], organisation=lipovar.organisation)
        add(arbreva.actor, answer, verb="ask", groups=readers or both, now=now)
        return links.make(
            arbreva.actor,
            kind=KIND,
            person=lipovar.person.pk,
            address=LIPOVAR,
            records=[answer, need],
            now=now,
            lasts=lasts,
        )


def path_of(made: links.Made) -> str:
    """The path of the address that was handed out."""
    found = re.search(r"/l/[\w-]+/$", made.address)
    assert found
    return found[0]


def answers(world: World) -> list[tuple[str, str]]:
    """What Lipovar has answered, as it reads it itself."""
    with world["Lipovar"].asks():
        return list(MatchAnswer.objects.values_list("answer", "reason"))


def everything() -> list[tuple[Any, ...]]:
    """The links as their maker sees them: what following one could touch."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, answer, answered_at::text, called_back_at::text, version FROM serai_invitation")
        return sorted(cursor.fetchall())


def test_looking_changes_nothing_and_the_page_has_buttons(client: Client, world: World) -> None:
    made = asked(world)
    with world["Arbreva"].asks():
        before, mails = everything(), len(outbox_mails())
    for _ in range(3):
        page = client.get(path_of(made))
        client.head(path_of(made))
    with world["Arbreva"].asks():
        assert everything() == before
    assert len(outbox_mails()) == mails
    assert answers(world) == [("asked", "")]
    said = text(page)
    assert "You answer as Coordinator of Lipovar." in said
    assert "Not you?" in said
    assert "Yes, gladly" in said
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin", "told to nobody else, and the form below is still ours"
    assert page["X-Robots-Tag"] == "noindex"


def test_nothing_above_green_is_shown(client: Client, world: World) -> None:
    amber = asked(world)
    page = client.get(path_of(amber))
    assert SECRET_WORDS not in text(page)
    assert "This part you can read after signing in." in text(page)
    green = asked(world, readers=[group("network", world.network.id)])
    assert SECRET_WORDS in text(client.get(path_of(green)))


def test_an_answer_is_recorded_told_and_undone_within_seven_days(client: Client, world: World) -> None:
    made = asked(world)
    path = path_of(made)
    answer = client.post(path, {"answer": "accepted", "reason": "We have rooms."}, follow=True)
    assert "Your answer is recorded." in text(answer)
    assert answers(world) == [("accepted", "We have rooms.")]
    mail = newest(LIPOVAR)
    assert "You answered: Yes, gladly" in mail.body
    assert made.address in mail.body
    assert SECRET_WORDS not in mail.body
    assert "Undo my answer" in text(client.get(path))
    answer = client.post(path, {"undo": "1"}, follow=True)
    assert "Your answer is taken back." in text(answer)
    assert answers(world) == [("asked", "")]
    client.post(path, {"answer": "declined"})
    assert answers(world) == [("declined", "")]


def test_after_seven_days_an_answer_stands(client: Client, world: World, settings: Any) -> None:
    path = path_of(asked(world, lasts=timedelta(days=3)))
    client.post(path, {"answer": "accepted"})
    settings.CLOCK += timedelta(days=6)
    assert "Undo my answer" in text(client.get(path)), "also where the link's own time is over"
    settings.CLOCK += timedelta(days=1, minutes=1)
    page = client.get(path)
    assert "To change it, ask whoever sent you the link." in text(page)
    assert "Undo" not in text(page)
    assert client.post(path, {"undo": "1"}).status_code == 409
    assert answers(world) == [("accepted", "")]


def test_undoing_works_after_the_link_has_expired(client: Client, world: World, settings: Any) -> None:
    path = path_of(asked(world, lasts=timedelta(days=3)))
    client.post(path, {"answer": "accepted"})
    settings.CLOCK += timedelta(days=6)
    client.post(path, {"undo": "1"})
    assert answers(world) == [("asked", "")]


def test_a_second_answer_changes_nothing(client: Client, world: World) -> None:
    path = path_of(asked(world))
    client.post(path, {"answer": "accepted"})
    assert client.post(path, {"answer": "declined"}).status_code == 409
    assert answers(world) == [("accepted", "")]


def test_of_two_presses_at_once_one_counts(world: World) -> None:
    made = asked(world)
    secret = path_of(made).split("/")[2]
    first, second = links.find(secret), links.find(secret)
    assert first is not None
    assert second is not None
    links.answer(first, "accepted", "", address=made.address, now=clock.now())
    with pytest.raises(links.AlreadyAnswered):
        links.answer(second, "declined", "", address=made.address, now=clock.now())
    assert answers(world) == [("accepted", "")]


def test_whoever_is_overtaken_by_a_press_on_the_same_link_is_told_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = asked(world)

    def overtaken(self: AnswerAMatch, link: Invitation, *_told: Any, now: Any, **_more: Any) -> None:
        change(None, link, verb="answer", now=now, answered_at=now, answer="accepted")
        raise ChangedMeanwhile(link)

    monkeypatch.setattr(AnswerAMatch, "answer", overtaken)
    found = links.find(path_of(made).split("/")[2])
    assert found is not None
    with pytest.raises(links.AlreadyAnswered):
        links.answer(found, "declined", "", address=made.address, now=clock.now())


def test_an_answer_that_is_not_offered_is_refused(client: Client, world: World) -> None:
    path = path_of(asked(world))
    assert client.post(path, {"answer": "agreed"}).status_code == 422
    assert client.post(path, {}).status_code == 422
    assert answers(world) == [("asked", "")]


def test_an_expired_link_explains_itself_and_records_nothing(client: Client, world: World, settings: Any) -> None:
    path = path_of(asked(world))
    settings.CLOCK += timedelta(days=30, minutes=1)
    page = client.get(path)
    assert page.status_code == 410
    assert "The time to answer is over." in text(page)
    assert client.post(path, {"answer": "accepted"}).status_code == 409
    assert answers(world) == [("asked", "")]


def test_a_link_called_back_explains_itself_and_records_nothing(client: Client, world: World) -> None:
    made = asked(world)
    with world["Arbreva"].asks():
        links.call_back(world["Arbreva"].actor, made.link, now=clock.now())
    page = client.get(path_of(made))
    assert page.status_code == 410
    assert "This link was called back." in text(page)
    assert client.post(path_of(made), {"answer": "accepted"}).status_code == 409
    assert answers(world) == [("asked", "")]


def test_a_link_that_came_to_the_wrong_person_is_dead_and_its_maker_sees_it(client: Client, world: World) -> None:
    made = asked(world)
    answer = client.post(path_of(made), {"not_me": "1"}, follow=True)
    assert "This link was called back." in text(answer)
    with world["Arbreva"].asks():
        row = Invitation.objects.get(pk=made.link.pk)
        assert row.called_back_at is not None
        assert row.answer == "not mine"
    assert answers(world) == [("asked", "")]


def leaves(world: World) -> None:
    """The coordinator of Lipovar goes, as a colleague says."""
    lipovar = world["Lipovar"]
    colleague = member(lipovar.actor, lipovar.organisation, name="Colleague", network=world.network)
    with colleague.asks():
        theirs = Membership.objects.get(person=lipovar.person, organisation=lipovar.organisation)
        directory.leave(colleague.actor, theirs, on=clock.now().date(), now=clock.now())


def test_who_left_the_organisation_that_is_asked_answers_no_more(client: Client, world: World) -> None:
    made = asked(world, readers=["network:" + str(world.network.id)])
    with world["Arbreva"].asks():
        before = everything()
    leaves(world)
    for answer in (client.get(path_of(made)), client.post(path_of(made), {"answer": "accepted"})):
        assert answer.status_code in (409, 410)
        assert "This question is not yours any more." in text(answer)
        assert SECRET_WORDS not in text(answer)
    with acting_as(link(made.link.pk)):
        assert not MatchAnswer.objects.exists()
        assert not Need.objects.exists()
    with world["Arbreva"].asks():
        assert everything() == before


def test_who_left_does_not_take_their_answer_back(client: Client, world: World) -> None:
    made = asked(world)
    assert client.post(path_of(made), {"answer": "accepted"}, follow=True).status_code == 200
    leaves(world)
    assert client.post(path_of(made), {"undo": "1"}).status_code == 409
    with acting_as(link(made.link.pk)), connection.cursor() as cursor:
        cursor.execute("SELECT serai_link_reopens()")
        assert cursor.fetchone()[0] is False
    with world["Arbreva"].asks():
        assert MatchAnswer.objects.get().answer == "accepted"


def test_an_unknown_link_answers_404_and_explains_itself(client: Client, world: World) -> None:
    page = client.get("/l/forged-or-cut-short/")
    assert page.status_code == 404
    assert "We do not know this link." in text(page)
    other = client.get(path_of(asked(world))[:-3] + "/")
    assert text(other) == text(page)


def test_guessing_links_is_turned_away_and_known_links_still_open(client: Client, world: World) -> None:
    path = path_of(asked(world))
    codes = [client.get(f"/l/guess-{n}/", REMOTE_ADDR="192.0.2.7").status_code for n in range(22)]
    assert codes == [404] * 20 + [429] * 2
    page = client.get("/l/guess/", REMOTE_ADDR="192.0.2.7")
    assert "Wait ten minutes" in text(page)
    assert page["Retry-After"] == "600"
    assert client.get(path, REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.get("/l/guess/", REMOTE_ADDR="192.0.2.8").status_code == 404


def test_only_the_digest_of_the_secret_is_kept(world: World) -> None:
    made = asked(world)
    secret = path_of(made).split("/")[2]
    with world["Arbreva"].asks(), connection.cursor() as cursor:
        cursor.execute("SELECT i::text FROM serai_invitation i")
        assert secret not in cursor.fetchone()[0]


def test_a_link_reads_its_rows_alone_and_makes_none(world: World) -> None:
    made = asked(world)
    asked(world)
    with acting_as(link(made.link.pk)):
        assert Invitation.objects.count() == 1
        assert MatchAnswer.objects.count() == 1
        assert Need.objects.count() == 1
        need = Need(city=world.cities["Lipovar"], question="?", theme="youth_engagement")
        with pytest.raises(NotYours):
            add(world["Lipovar"].actor, need, verb="x", groups=["everyone"], now=clock.now())


def test_nobody_makes_a_link_to_what_they_cannot_read(world: World) -> None:
    made = asked(world)
    with world["Arbreva"].asks():
        need = Need.objects.get(pk__in=made.link.record_ids)
    valdora = world["Valdora"]
    with valdora.asks(), pytest.raises(NotYours):
        links.make(valdora.actor, kind=KIND, person=None, address="x@example.org", records=[need], now=clock.now())
