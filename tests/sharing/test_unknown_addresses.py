"""Whether an address is known elsewhere is told to nobody who cannot read its card, by no import and no invitation.

Two worlds differ only in the addresses of three people of Lipovar, whose cards their own organisation alone reads: in
the one they are those of the list, in the other not. Every page looks the same to whoever of Arbreva brings a list or
invites.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client

from letters import newest
from serai.accounts.models import Account
from serai.core.audience import group
from serai.db import clock
from serai.directory import actions
from serai.directory.models import Membership, Organisation
from serai.sharing.invitations import takes_over
from sharing.test_two_worlds import undone
from worlds import NOW, World, browsing, small_world

HEAD = "Organisation\tSector\tCity\tName\tRole\tE-mail"
FIRST = f"{HEAD}\nReading Room\tNGO\tArbreva\tLibrarian\tHead\tone@example.org\nReading Room\t\t\tHelper\t\t\n"
SECOND = FIRST.replace("Helper\t\t", "Helper\t\ttwo@example.org")
ADDRESSES = ("one@example.org", "two@example.org", "three@example.org")
OF_THIS_RUN = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "id"),
    (r"/l/[\w-]+/", "/l/secret/"),
    (r'name="csrfmiddlewaretoken" value="\w+"', "token"),
    (r"(?s)<svg.*?</svg>", "drawing"),
)


def told(answer: Any) -> tuple[int, str]:
    """What an answer tells, without the ids and secrets of this one run."""
    words = answer.content.decode()
    for what, stands in OF_THIS_RUN:
        words = re.sub(what, stands, words)
    return answer.status_code, re.sub(r"[0-9a-f-]{36}", "id", answer.headers.get("Location", "")) + words


def hidden_people(world: World, addresses: Iterable[str]) -> None:
    lipovar = world["Lipovar"]
    own = [group("organisation", lipovar.organisation.id)]
    with lipovar.asks():
        for address in addresses:
            actions.add_member(
                lipovar.actor, lipovar.organisation, name="Keeper", role="", now=NOW, readers=own, email=address
            )


def walk(world: World, browser: Client) -> list[tuple[int, str]]:
    """Everything that is shown on the way: looked over, done, looked over again, and what stands there then."""
    seen = []
    ring = f"network-{world.network.id}"
    for text in (FIRST, FIRST, SECOND, SECOND):
        page = browser.post("/directory/import/", {"pasted": text})
        seen.append(told(page))
        found = re.search('name="looked_over" value="([0-9a-f]+)"', page.content.decode())
        carried = {"pasted": text, "looked_over": found[1] if found else ""}
        seen.append(told(browser.post("/directory/import/", carried)))
        seen.append(told(browser.post("/directory/import/", {**carried, "readers": ring, "confirmed": ring})))
        seen.append(told(browser.get("/organisations/")))
    with world["Arbreva"].asks():
        room = Organisation.objects.get(name="Reading Room")
    for name in ("Assistant", "Assistant"):
        address = f"/organisations/{room.id}/invite/"
        seen.append(told(browser.post(address, {"address": "Three@example.org", "name": name, "role": ""})))
        seen.append(told(browser.get(f"{address}sent/")))
    seen += [told(browser.get(path)) for path in (f"/organisations/{room.id}/", "/links/", "/home/")]
    return seen


def brought_in(world: World, browser: Client, text: str) -> str:
    """The page that the list is looked over on; then it is brought in."""
    page = browser.post("/directory/import/", {"pasted": text}).content.decode()
    found = re.search('name="looked_over" value="([0-9a-f]+)"', page)
    ring = f"network-{world.network.id}"
    carried = {"pasted": text, "looked_over": found[1] if found else "", "readers": ring, "confirmed": ring}
    assert browser.post("/directory/import/", carried).status_code == 302
    return page


def test_whoever_came_by_the_link_is_here_already_when_the_list_comes_again() -> None:
    world = small_world()
    browser = browsing(world["Arbreva"])
    hidden_people(world, ADDRESSES)
    brought_in(world, browser, FIRST)
    brought_in(world, browser, SECOND)
    for address in ADDRESSES[:2]:
        link = re.search(r"/l/[\w-]+/", newest(address).body)
        assert link is not None
        assert Client().post(link[0], {"answer": "begin"}).status_code == 302
        takes_over(Account.objects.get(email=address))
    with world["Arbreva"].asks():
        room = Organisation.objects.get(name="Reading Room")
        members = set(Membership.objects.filter(organisation=room).values_list("person_id", flat=True))
    assert members == set(Account.objects.filter(email__in=ADDRESSES[:2]).values_list("person_id", flat=True))
    assert "Everything is here already." in browser.post("/directory/import/", {"pasted": SECOND}).content.decode()


def test_a_world_in_which_an_address_is_known_elsewhere_looks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    world = small_world()
    browser = browsing(world["Arbreva"])
    browser.get("/home/")
    with undone():
        hidden_people(world, [f"other-{address}" for address in ADDRESSES])
        nowhere = walk(world, browser)
    with undone():
        hidden_people(world, ADDRESSES)
        elsewhere = walk(world, browser)
    assert "2 rows are new here." not in nowhere[0][1]
    assert "Librarian is new." in nowhere[0][1]
    assert "1 person gets an invitation by mail." in nowhere[0][1]
    assert "Nothing changed" in nowhere[7][1]
    assert "Helper gets this address to sign in with." in nowhere[8][1]
    for at, (one, other) in enumerate(zip(nowhere, elsewhere, strict=True)):
        lines = zip(one[1].splitlines(), other[1].splitlines(), strict=False)
        assert not [pair for pair in lines if pair[0] != pair[1]][:3], at
        assert one == other, at
