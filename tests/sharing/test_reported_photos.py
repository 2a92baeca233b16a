"""What is reported takes its photo along: out of sight at once, and destroyed with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO

import pytest
from django.conf import settings
from PIL import Image

from serai.core.audience import group
from serai.db.acting import acting_as, link, person
from serai.directory.models import Network
from serai.exchanges import actions
from serai.exchanges.models import Photo, Takeaway
from serai.exchanges.pictures import drawn_anew
from serai.sharing import links
from serai.sharing.actions import WiderThanItsParent, share_record
from serai.sharing.models import Report
from sharing.stage import arranged, text
from threads import network
from worlds import NOW, Someone, World, browsing, member, small_world


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def contact(world: World) -> Someone:
    """The network's data-protection contact."""
    office = world.secretariat
    found = member(office.actor, office.organisation, name="Data-protection contact", network=world.network)
    with office.asks():
        Network.objects.filter(pk=world.network.pk).update(data_protection_id=found.person.pk)
    return found


@pytest.fixture(autouse=True)
def list_of_erasures() -> Iterator[None]:
    path = settings.STATE / "erased.jsonl"
    path.write_text("")
    yield
    path.write_text("")


def shared(world: World) -> tuple[Takeaway, Photo]:
    """Arbreva's takeaway with a photo, shared with the network."""
    arbreva, file = world["Arbreva"], BytesIO()
    Image.new("RGB", (40, 30), (90, 90, 90)).save(file, "PNG")
    exchange = arranged(world)
    with arbreva.asks():
        kept = actions.capture_takeaway(arbreva.actor, exchange, "The keys", now=NOW)
        photo = actions.add_photo(arbreva.actor, kept, drawn_anew(file.getvalue()), people="agreed", now=NOW)
        return actions.share_takeaway(arbreva.actor, kept, network(world), now=NOW), photo


def seen(photo: Photo, who: Someone) -> set[int]:
    return {browsing(who).get(f"/photos/{photo.pk}/{size}").status_code for size in ("", "small/", "whole/")}


def report(world: World, noun: str, id: object) -> Report:
    page = browsing(world["Lipovar"]).post(f"/report/{noun}/{id}/", {"reason": "It must not be here."}, follow=True)
    assert "It is hidden now." in text(page)
    with world["Lipovar"].asks():
        return Report.objects.get()


def test_a_reported_takeaway_hides_its_photo_and_its_purge_destroys_it(world: World, contact: Someone) -> None:
    takeaway, photo = shared(world)
    assert seen(photo, world["Valdora"]) == {200}
    made = report(world, "takeaway", takeaway.pk)
    assert seen(photo, world["Valdora"]) == seen(photo, world["Lipovar"]) == {404}
    assert seen(photo, world["Arbreva"]) == {200}, "its source still sees what is asked about"
    for name in ("Valdora", "Lipovar"):
        with world[name].asks():
            assert not Photo.objects.exists(), "the database holds it back, not the page"
    with world["Arbreva"].asks():
        assert [p.hidden_at for p in Photo.objects.all()] == [None], "nothing is written on the photo itself"
    browsing(contact).post(f"/reports/{made.pk}/purge/", {"why": "Nobody was asked."})
    with world["Arbreva"].asks():
        assert not Photo.objects.exists()
        assert not Takeaway.objects.exists()
    gone = json.loads((settings.STATE / "erased.jsonl").read_text())["gone"]
    assert gone["serai_photo"] == [str(photo.pk)]
    assert gone["serai_takeaway"] == [str(takeaway.pk)]


def test_a_reported_photo_is_looked_at_by_the_contact_and_goes_alone(world: World, contact: Someone) -> None:
    takeaway, photo = shared(world)
    made = report(world, "photo", photo.pk)
    assert seen(photo, world["Valdora"]) == {404}
    assert seen(photo, contact) == seen(photo, world["Arbreva"]) == {200}
    assert f"/photos/{photo.pk}/" in text(browsing(contact).get(f"/reports/{made.pk}/"))
    browsing(contact).post(f"/reports/{made.pk}/purge/", {"why": "Nobody was asked."})
    assert seen(photo, world["Arbreva"]) == {404}
    with world["Valdora"].asks():
        assert Takeaway.objects.get().pk == takeaway.pk


def test_a_reported_photo_is_looked_at_by_a_contact_who_does_not_read_its_takeaway(
    world: World, contact: Someone
) -> None:
    takeaway, photo = shared(world)
    lent = [group("organisation", world[name].organisation.id) for name in ("Arbreva", "Lipovar")]
    with world["Arbreva"].asks():
        found = Takeaway.objects.select_related("audience").get()
        share_record(world["Arbreva"].actor, found, lent, now=NOW)
    assert seen(photo, contact) == {404}
    report(world, "photo", photo.pk)
    assert seen(photo, contact) == seen(photo, world["Arbreva"]) == {200}
    assert seen(photo, world["Lipovar"]) == seen(photo, world["Valdora"]) == {404}
    with contact.asks():
        assert Photo.objects.get().takeaway_id == takeaway.pk
        assert not Takeaway.objects.exists()
    with acting_as(person(contact.person.pk, also=world["Arbreva"].person.pk)):
        assert not Photo.objects.exists(), "who sees as another decides nothing"


def test_a_link_shows_a_photo_with_its_takeaway_alone(world: World) -> None:
    takeaway, photo = shared(world)
    arbreva = world["Arbreva"]
    for records, shown in (([photo], False), ([photo, takeaway], True)):
        with arbreva.asks():
            made = links.make(arbreva.actor, kind="join", person=None, address="", records=records, now=NOW)
        with acting_as(link(made.link.pk)):
            assert Photo.objects.exists() == shown


def test_a_narrower_takeaway_takes_its_photo_along_and_a_photo_is_never_wider(world: World) -> None:
    takeaway, photo = shared(world)
    arbreva = world["Arbreva"]
    with arbreva.asks():
        photo = Photo.objects.select_related("audience").get()
        with pytest.raises(WiderThanItsParent):
            share_record(arbreva.actor, photo, [group("everyone")], now=NOW)
        takeaway = Takeaway.objects.select_related("audience").get()
        done = share_record(arbreva.actor, takeaway, [group("organisation", arbreva.organisation.id)], now=NOW)
        assert done.followed == 1
    assert seen(photo, world["Valdora"]) == {404}
    assert seen(photo, arbreva) == {200}
