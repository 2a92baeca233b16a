"""The hint of lists takes away no row that the policies leave, and adds none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from django.core.exceptions import EmptyResultSet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.asking import seen
from access.ground import Ground, opened
from access.randomworld import World, grown, laid
from access.rowmaking import NOW
from serai.core.audience import group
from serai.db.acting import Asker, person
from serai.db.embedded import Cluster
from serai.db.keys import Keys
from serai.db.rows import protected_models
from serai.practices.models import PracticeVersion
from serai.sharing import readable
from serai.sharing.queries import count_readers, readers_of
from threads import browsing_as, published, text
from worlds import small_world

WORLDS = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def ground(cluster: Cluster, django_db_setup: None) -> Iterator[Ground]:
    with opened(cluster, NOW) as open_ground:
        yield open_ground


def hinted(ground: Ground, asker: Asker, monkeypatch: pytest.MonkeyPatch) -> frozenset[str]:
    """The ids of all rows that lists with the hint would give this asker."""
    with ground.asked(asker):
        audiences, sources, named = ground.one("SELECT serai_audiences(), serai_sources(), serai_named()")
        found = Keys(audiences=tuple(audiences), sources=tuple(sources), named=tuple(named))
        monkeypatch.setattr(readable, "keys", lambda using: found)
        ids: set[str] = set()
        for model in protected_models():
            with suppress(EmptyResultSet):  # nothing to read by: Django does not even ask
                query = readable.readable(model._base_manager.order_by()).values_list("id").query
                ids |= {str(id) for (id,) in ground.rows(*query.sql_with_params())}
    return frozenset(ids)


def askers(world: World) -> list[Asker]:
    one, other, *_ = world.people
    return [*world.some_askers(), person(one, also=other)]


@given(seed=st.integers(0, 2**32 - 1))
@WORLDS
def test_lists_with_the_hint_give_exactly_what_the_policies_leave(ground: Ground, seed: int) -> None:
    world = grown(seed)
    with ground.tried(), pytest.MonkeyPatch.context() as patch:
        laid(ground, world)
        for asker in askers(world):
            assert hinted(ground, asker, patch) == seen(ground, asker), asker


def test_the_policies_alone_decide(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hint that names every audience opens nothing."""
    world = grown(3)
    with ground.tried():
        laid(ground, world)
        every = tuple(id for (id,) in ground.rows("SELECT id FROM serai_audience"))
        for asker in askers(world):
            reads = seen(ground, asker)
            with ground.asked(asker):
                for model in protected_models():
                    monkeypatch.setattr(readable, "keys", lambda using: Keys(audiences=every, sources=(), named=()))
                    query = readable.readable(model._base_manager.order_by()).values_list("id").query
                    assert {str(id) for (id,) in ground.rows(*query.sql_with_params())} <= reads, model


def test_a_version_is_listed_by_its_own_readers_and_its_practices() -> None:
    """The hint on the parent takes nothing away either: a version whose practice is narrower was hidden already."""
    world = small_world()
    practice = published(world)
    for name, someone in world.people.items():
        with someone.asks():
            plain = PracticeVersion.objects.filter(practice__title__gt="").values_list("id", flat=True)
            found = readable.readable(PracticeVersion.objects.filter(practice__title__gt=""), "practice")
            assert set(found.values_list("id", flat=True)) == set(plain), name
    assert practice.title in text(browsing_as(world, "Lipovar").get("/library/"))


def test_the_line_counts_as_the_list_does() -> None:
    world = small_world()
    network, city = group("network", world.network.id), group("city", -1)
    card = group("person", world["Valdora"].person.id)
    with world["Arbreva"].asks():
        for groups in ([network], [city], [city, card], [card], ["everyone"]):
            source = world["Arbreva"].organisation.id
            assert count_readers(groups, source) == replace(readers_of(groups, source), groups=())
