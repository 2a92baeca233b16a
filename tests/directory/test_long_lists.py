"""Long lists go along by name and id: each row once, both ways, with no more queries on the last page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from serai.core.audience import group
from serai.core.words import fold
from serai.directory import actions, queries
from serai.directory.models import City, Organisation
from serai.web import keyset
from worlds import NOW, World, browsing, small_world

NAMES = ("Čair house", "Club", "Club", "Club", "club", "Éveil", "Zebra", "Абак", "مركز")


@pytest.fixture
def world() -> World:
    """A network in which many organisations are called alike, and some only Arbreva reads."""
    world = small_world()
    with world["Arbreva"].asks():
        for at, name in enumerate(NAMES * 2):
            own = group("organisation", world["Arbreva"].organisation.id)
            readers = [own if at % 3 == 0 else group("network", world.network.id)]
            actions.add_organisation(
                world["Arbreva"].actor,
                name=name,
                sector="media",
                city=world.cities["Arbreva"],
                readers=readers,
                now=NOW,
            )
    return world


def in_order(row: Any) -> tuple[str, Any]:
    """Where a row stands: small Latin letters without marks, byte by byte, then the id."""
    plain = "".join(fold(letter) if letter.isalpha() and letter < "\u0180" else letter for letter in row.name)
    return plain, row.pk


def test_a_letter_stands_beside_its_plain_one(world: World) -> None:
    with world["Arbreva"].asks():
        names = [one.name for one in keyset.span(Organisation.objects.all(), {}, size=100).rows]
    first = list(dict.fromkeys(name for name in names if name in NAMES))
    assert first[0] == "Čair house"
    assert set(first[1:3]) == {"Club", "club"}
    assert first[3:] == ["Éveil", "Zebra", "Абак", "مركز"]


def pages(rows: QuerySet[Any], way: str, size: int, **more: Any) -> Iterator[list[Any]]:
    """Every page from one end to the other; from the last one where the way is back."""
    asked: dict[str, str] = {}
    shown = keyset.span(rows, asked, size=size, **more)
    if way == "before":
        while shown.after:
            shown = keyset.span(rows, {"after": shown.after}, size=size, **more)
    while True:
        yield [row.pk for row in shown.rows]
        onward = getattr(shown, way)
        if not onward:
            return
        shown = keyset.span(rows, {way: onward}, size=size, **more)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_every_row_stands_on_one_page_forth_and_back(world: World, size: int) -> None:
    for name in ("Arbreva", "Valdora"):
        with world[name].asks():
            rows = Organisation.objects.all()
            every = [row.pk for row in sorted(rows, key=in_order)]
            forth = list(pages(rows, "after", size))
            assert [pk for page in forth for pk in page] == every
            back = list(pages(rows, "before", size))
            assert [pk for page in reversed(back) for pk in page] == every


def test_what_sql_cannot_tell_is_left_out_over_many_looks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "A_LOOK", 3)
    with world["Arbreva"].asks():
        rows = Organisation.objects.all()
        wanted = [row.pk for row in sorted(rows, key=in_order) if row.name.lower() == "club"]
        found = pages(rows, "after", 2, keep=lambda row: row.name.lower() == "club")
        assert [pk for page in found for pk in page] == wanted
    assert len(wanted) == 8


def test_an_edge_that_is_hidden_or_none_at_all_shows_the_beginning(world: World) -> None:
    with world["Arbreva"].asks():
        hidden = Organisation.objects.filter(audience__label="TLP:AMBER+STRICT").order_by("-name").first()
        assert hidden is not None
    with world["Valdora"].asks():
        rows = Organisation.objects.all()
        first = keyset.span(rows, {}, size=3)
        for edge in (str(hidden.pk), "0", "x' OR 1=1", "\x00"):
            for way in ("after", "before"):
                assert keyset.span(rows, {way: edge}, size=3) == first
        assert keyset.span(rows.none(), {"before": "x"}, size=3).whole


def test_nothing_is_counted_to_its_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world["Arbreva"].asks():
        assert keyset.counted(Organisation.objects.all()) == Organisation.objects.count()
        monkeypatch.setattr(keyset, "MOST_COUNTED", 5)
        assert keyset.counted(Organisation.objects.order_by("name")) == 6


def test_the_pages_lead_on_and_ask_as_much_on_each(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset.span, "__kwdefaults__", {"keep": None, "size": 4})
    with world.secretariat.asks():
        for number in range(9):
            city = City.objects.create(
                id=-50 - number, name=f"Town {number % 3}", country="AL", latitude=41.0, longitude=20.0,
                time_zone="Europe/Tirane",
            )  # fmt: skip
            actions.place_city(world.secretariat.actor, world.network, city)
        every = [city.name for city in sorted(queries.cities_of_networks(), key=in_order)]
    browser = browsing(world["Arbreva"])
    for start, own, wanted in (
        ("/cities/", r"/cities/-\d+/", every),
        ("/organisations/", r"/organisations/[0-9a-f-]{36}/", None),
    ):
        seen, asked, path = list[str](), set[int](), start
        while path:
            with CaptureQueriesContext(connection) as caught:
                page = browser.get(path).content.decode()
            asked.add(len(caught))
            seen += re.findall(rf'<li class="task"><a href="{own}"><bdi>(.*?)</bdi>', page)
            onward = re.search(r'href="(\?[^"]*after=[^"]*)">After', page)
            path = start + onward[1].replace("&amp;", "&") if onward else ""
        assert wanted is None or seen == wanted
        assert len(seen) > 8
        assert max(asked) - min(asked) <= 2, asked  # the edge's name, and who acts, kept after the first page
