"""More than a link shows, by a code that was mailed or read out: never more than the rule, once, five tries long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.test_links import everything
from letters import code_in, newest, text
from serai.accounts import codes
from serai.accounts.adapter import MFAAdapter
from serai.accounts.demo import outbox_mails
from serai.accounts.models import Account
from serai.audit.actions import NotYours, add
from serai.audit.models import AuditEntry
from serai.core.audience import group
from serai.db import clock
from serai.needs import actions as needs
from serai.needs.answer_link import ask_by_mail
from serai.needs.models import Need
from serai.sharing import links, more
from serai.sharing.models import Invitation
from worlds import Someone, World, browsing

LIPOVAR = "lipovar@example.org"
ASKED = "How do we speak with returnees?"


def of(someone: Someone) -> str:
    """The group of their organisation."""
    return group("organisation", someone.organisation.id)


@pytest.fixture
def asked(world: World) -> str:
    """Arbreva asks Lipovar by mail; the path of the link. What it hangs on is read by both organisations alone."""
    arbreva, lipovar, now = world["Arbreva"], world["Lipovar"], clock.now()
    with lipovar.asks():
        Account.objects.create(email=LIPOVAR, person_id=lipovar.person.id)
    with arbreva.asks():
        need = needs.state_need(
            arbreva.actor,
            city=world.cities["Arbreva"],
            question=ASKED,
            theme="youth_engagement",
            readers=[of(arbreva), of(lipovar)],
            now=now,
        )
        match = needs.propose_match(
            arbreva.actor,
            need,
            {world.cities["Lipovar"]: lipovar.organisation},
            reasons={},
            now=now,
            message="Come and see our school.",
        )
        assert ask_by_mail(arbreva.actor, match, now=now) == 1
    return path_in(newest(LIPOVAR).body)


def path_in(body: str) -> str:
    """The path of the link in a mail."""
    found = re.search(r"/l/[\w-]+/", body)
    assert found
    return found[0]


def spoken(world: World) -> str:
    """The code that Arbreva's coordinator reads out, from the page that shows it."""
    browser = browsing(world["Arbreva"])
    with world["Arbreva"].asks():
        one = Invitation.objects.get()
    page = browser.post(f"/links/{one.pk}/code/", follow=True)
    found = re.search(r"\d{4}-\d{4}", text(page))
    assert found
    assert found[0] in text(browser.get(f"/links/{one.pk}/code/")), "loaded again without being made again"
    return found[0]


def wrong(code: str) -> str:
    """A code that is not this one."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


def test_a_mailed_code_shows_what_the_question_hangs_on_to_this_browser(client: Client, asked: str) -> None:
    page = text(client.get(asked))
    assert "This part takes a code." in page
    assert ASKED not in page
    client.post(asked + "more/", {"send": "1"})
    mail = newest(LIPOVAR)
    assert ASKED not in mail.body
    assert "wants to see more" in mail.body
    assert client.post(asked + "more/", {"code": wrong(code_in(mail))}).status_code == 422
    answer = client.post(asked + "more/", {"code": code_in(mail)}, follow=True)
    shown = text(answer)
    assert answer.status_code == 200
    for words in (ASKED, "Come and see our school.", "Lipovar: Has not answered yet", "TLP:AMBER"):
        assert words in shown
    assert "no-store" in answer["Cache-Control"]
    assert ASKED not in text(Client().get(asked + "more/")), "another browser"
    assert client.get("/account/").status_code == 302, "nobody is signed in"
    assert client.get("/needs/").status_code == 200
    client.post(asked, {"answer": "accepted"})
    assert "Lipovar: Takes part" in text(client.get(asked + "more/"))
    client.post(asked + "more/", {"done": "1"})
    assert ASKED not in text(client.get(asked + "more/"))


def test_a_look_ends_with_its_half_hour_and_with_the_link(
    client: Client, asked: str, world: World, settings: Any
) -> None:
    code = spoken(world)
    client.post(asked + "more/", {"code": code})
    assert ASKED in text(client.get(asked + "more/"))
    settings.CLOCK += timedelta(minutes=30, seconds=1)
    assert ASKED not in text(client.get(asked + "more/"))
    assert client.post(asked + "more/", {"code": code}).status_code == 422, "a second time"
    client.post(asked + "more/", {"code": spoken(world)})
    assert ASKED in text(client.get(asked + "more/"))
    with world["Arbreva"].asks():
        one = Invitation.objects.get()
    assert browsing(world["Arbreva"]).post(f"/links/{one.pk}/call-back/").status_code == 302
    page = client.get(asked + "more/")
    assert (page.status_code, text(page)) == (404, text(client.get("/l/forged/")))


def test_looking_sends_tries_and_changes_nothing(client: Client, asked: str, world: World) -> None:
    with world["Arbreva"].asks():
        before, mails = everything(), len(outbox_mails())
    for path in (asked + "more/", asked + "more/?send=1", asked + "more/?code=1234-5678", asked + "more/?done=1"):
        assert client.get(path).status_code == 200
        client.head(path)
    with world["Arbreva"].asks():
        assert everything() == before
        one = Invitation.objects.get()
    assert len(outbox_mails()) == mails
    browser = browsing(world["Arbreva"])
    assert "Make a code" in text(browser.get(f"/links/{one.pk}/code/"))
    assert browser.get(f"/links/{one.pk}/call-back/").status_code == 405
    with world["Arbreva"].asks():
        assert everything() == before
    assert not codes.waits(more.SPOKEN, str(one.pk))


def test_five_tries_are_for_all_browsers_together(asked: str, world: World) -> None:
    code = spoken(world)
    for _ in range(5):
        assert Client().post(asked + "more/", {"code": wrong(code)}).status_code == 422
    assert Client().post(asked + "more/", {"code": code}).status_code == 422


def test_mails_and_tries_are_limited(client: Client, asked: str) -> None:
    assert [client.post(asked + "more/", {"send": "1"}).status_code for _ in range(4)] == [302] * 3 + [429]
    tried = [client.post(asked + "more/", {"code": "1"}).status_code for _ in range(17)]
    assert (tried[0], tried[-1]) == (422, 429)
    assert client.get(asked + "more/").status_code == 200


def test_only_whoever_made_the_link_speaks_a_code_and_the_trail_says_so(asked: str, world: World) -> None:
    with world["Arbreva"].asks():
        one = Invitation.objects.get()
    for name in ("Lipovar", "Arbreva NGO", "Valdora"):
        browser = browsing(world[name])
        for path in (f"/links/{one.pk}/code/", f"/links/{one.pk}/call-back/"):
            assert browser.post(path).status_code == 404, name
        assert browser.get(f"/links/{one.pk}/code/").status_code == 404
        assert LIPOVAR not in text(browser.get("/links/"))
    assert Client().get("/links/").status_code == 302
    assert Client().post(f"/links/{one.pk}/code/").status_code == 302
    assert not codes.waits(more.SPOKEN, str(one.pk))
    with world["Lipovar"].asks(), pytest.raises((NotYours, Invitation.DoesNotExist)):
        more.speak(world["Lipovar"].actor, one, now=clock.now())
    assert "Coordinator of Lipovar" in text(browsing(world["Arbreva"]).get("/links/"))
    spoken(world)
    with world["Arbreva"].asks():
        entry = AuditEntry.objects.get(verb="speak_code")
        assert (entry.record_id, entry.actor_id) == (one.pk, world["Arbreva"].person.id)


def test_many_links_that_wait_stand_on_pages_the_newest_first(world: World) -> None:
    arbreva, browser = world["Arbreva"], browsing(world["Arbreva"])
    with arbreva.asks():
        for number in range(53):
            to = f"someone-{number:02}@example.org"
            links.make(
                arbreva.actor, kind="join", person=None, address=to, records=[arbreva.organisation], now=clock.now()
            )
    with CaptureQueriesContext(connection) as first_asks:
        first = browser.get("/links/").content.decode()
    assert "53 links of yours wait for an answer." in first
    onward = re.search(r'href="(\?after=[^"]+)">After', first)
    assert onward
    with CaptureQueriesContext(connection) as second_asks:
        second = browser.get(f"/links/{onward[1]}").content.decode()
    assert "53 links of yours wait for an answer." in second
    listed = [re.findall(r"someone-(\d\d)@example.org</bdi>", page) for page in (first, second)]
    assert listed[0] == [f"{number:02}" for number in reversed(range(3, 53))]
    assert listed[1] == ["02", "01", "00"]
    back = re.search(r'href="(\?before=[^"]+)">Before', second)
    assert back
    assert "After" not in second
    assert re.findall(r"someone-(\d\d)@", text(browser.get(f"/links/{back[1]}")))[0] == "52"
    assert "someone-52" in text(browser.get("/links/?after=x")), "what is no id is the beginning"
    assert len(second_asks) <= len(first_asks)
    assert "someone-" not in text(browsing(world["Lipovar"]).get(f"/links/{onward[1]}"))


def test_an_app_as_second_step_is_not_gone_round(client: Client, asked: str) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(Account.objects.get(email=LIPOVAR), MFAAdapter().encrypt("x"))
    page = text(client.get(asked + "more/"))
    assert "No code can be mailed for this link. Sign in" in page
    mails = len(outbox_mails())
    client.post(asked + "more/", {"send": "1"})
    assert len(outbox_mails()) == mails


def test_a_closed_account_and_another_address_get_no_code_and_end_a_look(
    client: Client, asked: str, world: World
) -> None:
    client.post(asked + "more/", {"code": spoken(world)})
    assert ASKED in text(client.get(asked + "more/"))
    Account.objects.filter(email=LIPOVAR).update(is_active=False)
    assert ASKED not in text(client.get(asked + "more/"))
    Account.objects.filter(email=LIPOVAR).update(is_active=True, email="new@lipovar.example")
    assert ASKED in text(client.get(asked + "more/")), "the spoken one hangs on no address"
    client.post(asked + "more/", {"done": "1"})
    assert "No code can be mailed" in text(client.get(asked + "more/"))


def test_who_is_signed_in_as_the_person_needs_no_code(asked: str, world: World) -> None:
    assert ASKED in text(browsing(world["Lipovar"]).get(asked + "more/"))
    assert ASKED not in text(browsing(world["Valdora"]).get(asked + "more/"))


class ShowsEveryNeed:
    """A kind of link that would show whatever can be read, and tries to write."""

    undoable = goes_on = False
    word = "Whatever"
    tells_more = True

    def question(self, link: Invitation) -> links.Question:
        return links.Question(title="Well?", answers=(("yes", "Yes"),))

    def answer(self, link: Invitation, value: str, reason: str, *, seen: int | None, now: Any) -> None: ...

    def undo(self, link: Invitation, given: links.Found, *, now: Any) -> None: ...

    def after(self, request: HttpRequest, link: Invitation) -> HttpResponse | None:
        return None

    def more(self, link: Invitation) -> tuple[links.Part, ...]:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE serai_need SET question = 'written'")
            assert cursor.rowcount == 0, "a look writes"
        return tuple(links.Part(title=n.question, label="TLP:AMBER", texts=()) for n in Need.objects.all())


@pytest.fixture
def greedy() -> Iterator[str]:
    """The kind above, while a test runs."""
    links.register("greedy", ShowsEveryNeed())
    yield "greedy"
    del links._kinds["greedy"]


def test_the_mailed_look_is_the_persons_and_the_spoken_one_what_both_read(world: World, greedy: str) -> None:
    arbreva, lipovar, now = world["Arbreva"], world["Lipovar"], clock.now()
    with lipovar.asks():
        Account.objects.create(email=LIPOVAR, person_id=lipovar.person.id)
    browsing(arbreva)
    for writer, question, readers in (
        (arbreva, "Arbreva's own", [of(arbreva)]),
        (lipovar, "Lipovar's own", [of(lipovar)]),
        (lipovar, "Lipovar's person's own", [group("person", lipovar.person.id)]),
        (arbreva, "both", [of(arbreva), of(lipovar)]),
        (world["Valdora"], "neither", [of(world["Valdora"])]),
    ):
        with writer.asks():
            need = Need(city=world.cities["Arbreva"], question=question, theme="youth_engagement")
            add(writer.actor, need, verb="state", groups=readers, now=now)
    with arbreva.asks():
        made = links.make(arbreva.actor, kind=greedy, person=lipovar.person.pk, address=LIPOVAR, records=[], now=now)
    about = str(made.link.pk)
    codes.make(more.MAILED, about)

    def shown(code: str) -> set[str]:
        look = more.opened(made.link, code, now=now)
        assert look is not None
        return {part.title for part in more.parts(made.link, look)}

    assert shown(codes.make(more.MAILED, about)) == {"Lipovar's own", "Lipovar's person's own", "both"}
    with arbreva.asks():
        code = more.speak(arbreva.actor, made.link, now=now)
    assert shown(code) == {"both"}
