"""A photo tied to a captured line: drawn anew, said whether people are in it, read by whoever reads the line."""

from __future__ import annotations

import contextlib
import json
from base64 import b64decode
from datetime import UTC
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps
from PIL.ExifTags import GPS, IFD, Base

from serai import erased
from serai.audit.actions import NotYours
from serai.audit.models import AuditEntry
from serai.core.audience import group
from serai.exchanges import actions
from serai.exchanges.models import Exchange, Photo, Site, Takeaway
from serai.exchanges.pictures import (
    LONGEST_SIDE,
    MOST_BYTES,
    SMALL_BYTES,
    SMALL_SIDE,
    WHOLE_BYTES,
    NoPicture,
    drawn_anew,
)
from sharing.stage import arranged
from threads import browsing_as, network, text, with_session
from worlds import NOW, World, browsing, small_world

SECRET = "Camera of a careful person"


@pytest.fixture
def world() -> World:
    return small_world()


def photo(width: int = 640, height: int = 480, kind: str = "JPEG", **more: Any) -> bytes:
    """A picture, left half dark, upper right corner light."""
    sheet = Image.new("RGB", (width, height), (40, 40, 60))
    sheet.paste((240, 240, 220), (width // 2, 0, width, height // 2))
    file = BytesIO()
    sheet.save(file, kind, **more)
    return file.getvalue()


def tagged() -> bytes:
    """A photo as a phone takes it: lying on its side, with where, when, by what, a comment and a profile."""
    told = Image.Exif()
    told[Base.Make.value], told[Base.Model.value], told[Base.Orientation.value] = SECRET, SECRET, 6
    told[Base.DateTime.value] = "2019:11:26 10:40:00"
    told.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude.value] = (42.0, 8.0, 1.5)
    told.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef.value] = "N"
    sent = photo(exif=told, comment=SECRET.encode(), icc_profile=SECRET.encode() * 9, xmp=SECRET.encode())
    assert sent.count(SECRET.encode()) >= 10
    with Image.open(BytesIO(sent)) as opened:
        assert opened.getexif().get_ifd(IFD.GPSInfo)
    return sent


def sent(data: bytes | None, **more: Any) -> dict[str, Any]:
    """What the form posts."""
    file = {} if data is None else {"photo": SimpleUploadedFile("IMG_20191126_104000.jpg", data, "image/jpeg")}
    return {"text": "Young people hold the keys", "sent_id": str(uuid4()), **file, **more}


def address(exchange: Exchange) -> str:
    return f"/exchanges/{exchange.pk}/capture/"


def pictured(world: World, exchange: Exchange, *, people: str = "nobody", **more: Any) -> Takeaway:
    """What Arbreva captured with a photo, for themselves alone."""
    arbreva = world["Arbreva"]
    with arbreva.asks():
        kept = actions.capture_takeaway(arbreva.actor, exchange, "The keys", now=NOW, **more)
        actions.add_photo(arbreva.actor, kept, drawn_anew(photo()), people=people, now=NOW)
        return kept


def test_nothing_but_the_picture_is_kept_and_it_stands_upright() -> None:
    kept = drawn_anew(tagged())
    for one in (kept.whole, kept.small):
        assert SECRET.encode() not in one.data
        assert b"2019" not in one.data
        with Image.open(BytesIO(one.data)) as found:
            assert found.format == "WEBP"
            assert not found.getexif()
            assert set(found.info) <= {"loop", "background", "timestamp", "duration"}
            assert found.size == (one.width, one.height)
            assert found.width < found.height, "a phone held upright"
            light = ImageOps.grayscale(found.convert("RGB"))
            assert light.getpixel((one.width - 3, one.height - 3)) > 200  # type: ignore[operator]
            assert light.getpixel((3, 3)) < 90  # type: ignore[operator]


def test_a_kept_photo_is_small_whatever_was_sent() -> None:
    noise = Image.effect_noise((1620, 900), 120).convert("RGB")
    file = BytesIO()
    noise.save(file, "JPEG", quality=92)
    clear = BytesIO()
    Image.new("RGBA", (50, 4000), (0, 0, 0, 0)).save(clear, "PNG")
    for data in (file.getvalue(), photo(2000, 900), photo(300, 200, "WEBP"), clear.getvalue()):
        kept = drawn_anew(data)
        assert max(kept.whole.width, kept.whole.height) <= LONGEST_SIDE
        assert max(kept.small.width, kept.small.height) <= SMALL_SIDE
        assert len(kept.whole.data) <= WHOLE_BYTES
        assert len(kept.small.data) <= SMALL_BYTES
    with Image.open(BytesIO(drawn_anew(clear.getvalue()).whole.data)) as seen:
        assert seen.getpixel((1, 1)) == (255, 255, 255), "what was clear is white"


def bomb(kind: str, width: int, height: int) -> bytes:
    """A header that promises more pixels than are there."""
    data = bytearray(photo(64, 64, kind))
    if kind == "PNG":
        import zlib

        data[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
        data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    else:
        at = data.index(b"\xff\xc0")
        data[at + 5 : at + 9] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bomb("PNG", 6000, 5000), "pixels"),
        (bomb("PNG", 60_000, 60_000), "pixels"),
        (bomb("JPEG", 10_000, 8_001), "pixels"),
        (bomb("JPEG", 65_000, 65_000), "pixels"),
        (b"\xff" * (MOST_BYTES + 1), "bytes"),
        (photo()[:900], "kind"),
        (photo(kind="GIF"), "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "kind"),
        (b"", "kind"),
    ],
)
def test_what_is_no_good_photo_is_refused_before_it_is_opened(data: bytes, why: str) -> None:
    with pytest.raises(NoPicture, match=why):
        drawn_anew(data)


WHOLE = {kind: photo(90, 60, kind) for kind in ("JPEG", "PNG", "WEBP")}


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(sorted(WHOLE)), at=st.floats(0, 0.999), value=st.integers(0, 255), cut=st.floats(0.05, 1))
def test_a_damaged_file_is_a_picture_or_no_picture(kind: str, at: float, value: int, cut: float) -> None:
    data = bytearray(WHOLE[kind])
    data[int(at * len(data))] = value
    with contextlib.suppress(NoPicture):
        assert drawn_anew(bytes(data[: max(1, int(cut * len(data)))])).small.width <= SMALL_SIDE


def test_a_line_and_a_photo_are_captured_in_one_post_of_a_plain_form(world: World) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange)
    browser = browsing_as(world, "Arbreva")
    page = text(browser.get(address(exchange)))
    assert 'enctype="multipart/form-data"' in page
    field = page[page.index('type="file"') - 40 : page.index('type="file"') + 300]
    assert 'accept="image/*"' in field
    assert 'capture="environment"' in field
    answer = browser.post(address(exchange), sent(tagged(), session=str(session.pk), people="nobody"))
    assert answer.status_code == 302
    with world["Arbreva"].asks():
        kept = Photo.objects.select_related("takeaway", "audience").get()
        assert kept.takeaway.session_id == session.pk
        assert kept.audience.groups == [group("person", world["Arbreva"].person.id)]
        assert kept.source_id == world["Arbreva"].person.id
        assert SECRET.encode() not in bytes(kept.whole) + bytes(kept.small)
    assert "With a photo" in text(browser.get(address(exchange)))
    assert browser.post(address(exchange), sent(None)).status_code == 302, "a photo is never asked for"


def test_whether_people_are_in_it_is_said_and_shown(world: World) -> None:
    exchange = arranged(world)
    browser, typed = browsing_as(world, "Arbreva"), sent(photo())
    answer = browser.post(address(exchange), typed)
    page = text(answer)
    assert answer.status_code == 422
    assert "Say whether people can be recognised in the photo." in page
    assert "Your line is kept." in page
    assert "Your photo is still here." in page
    with world["Arbreva"].asks():
        assert Takeaway.objects.count() == 1
        assert not Photo.objects.exists()
    del typed["photo"]
    more = {
        "people": "agreed",
        "photo_again": _hidden(page, "photo_again"),
        "text": "Young people hold the keys of the house",
    }
    assert browser.post(address(exchange), typed | more).status_code == 302
    with world["Arbreva"].asks():
        kept = Photo.objects.select_related("takeaway").get()
        assert kept.takeaway.text == more["text"], "what was put right while the photo was is not lost"
        assert Takeaway.objects.count() == 1
    for path in (f"/photos/{kept.pk}/", f"/takeaways/{kept.takeaway_id}/"):
        assert "People can be recognised, and each said yes." in text(browser.get(path))


def _hidden(page: str, name: str) -> str:
    at = page.index(f'name="{name}" value="') + len(f'name="{name}" value="')
    return page[at : page.index('"', at)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"no picture at all", "This is not a photo we can open."),
        (bomb("PNG", 60_000, 60_000), "The photo has too many pixels"),
        (b"\xff" * (MOST_BYTES + 1), "The photo is larger than 12 MB."),
        (b"", "This is not a photo we can open."),
    ],
)
def test_a_bad_photo_is_told_at_its_field_and_the_line_is_kept(world: World, data: bytes, said: str) -> None:
    exchange = arranged(world)
    browser, typed = browsing_as(world, "Arbreva"), sent(data, people="nobody")
    answer = browser.post(address(exchange), typed)
    page = text(answer)
    assert answer.status_code == 422
    assert said in page[page.index('id="id_photo_error"') :][:200]
    assert "Young people hold the keys" in page
    assert _hidden(page, "sent_id") == typed["sent_id"]
    with world["Arbreva"].asks():
        assert Takeaway.objects.get().text == typed["text"]
    left = {name: value for name, value in typed.items() if name != "photo"} | {"no_photo": "1"}
    assert browser.post(address(exchange), left).status_code == 302
    with world["Arbreva"].asks():
        assert Takeaway.objects.count() == 1
        assert not Photo.objects.exists()


def test_a_photo_is_not_lost_where_the_line_is_asked_about_again(world: World) -> None:
    exchange = arranged(world)
    browser, typed = browsing_as(world, "Arbreva"), sent(photo(), people="nobody")
    typed["text"] = "Call the house on +389 70 123 456"
    heed = browser.post(address(exchange), typed)
    assert heed.status_code == 422
    assert "third person" in text(heed)
    carried = {name: _hidden(text(heed), name) for name in ("photo_again", "text", "people", "sent_id")}
    answer = browser.post(address(exchange), carried | {"keep_because": "The number of the house itself"})
    assert answer.status_code == 302
    with world["Arbreva"].asks():
        assert Photo.objects.get().kind == "nobody"


def test_sent_twice_it_is_kept_once(world: World) -> None:
    exchange = arranged(world)
    browser, id = browsing_as(world, "Arbreva"), str(uuid4())
    for _ in range(2):
        assert browser.post(address(exchange), sent(photo(), people="nobody", sent_id=id)).status_code == 302
    with world["Arbreva"].asks():
        assert Photo.objects.count() == 1
        assert AuditEntry.objects.filter(verb="add_photo").count() == 1


def test_the_rules_of_the_house_stand_beside_the_field(world: World) -> None:
    exchange = arranged(world)
    with world["Lipovar"].asks():
        site = actions.add_site(
            world["Lipovar"].actor,
            name="Youth Centre",
            host=world["Lipovar"].organisation,
            photos="No photographs of young people.",
            readers=[group("exchange", exchange.id), group("organisation", world["Arbreva"].organisation.id)],
            now=NOW,
        )
    with world["Arbreva"].asks():
        with_session(world, exchange, site=Site.objects.get(pk=site.pk))
    page = text(browsing_as(world, "Arbreva").get(address(exchange)))
    assert "Photos at Youth Centre" in page
    assert "No photographs of young people." in page


def test_a_photo_is_read_by_those_who_read_its_line_and_by_nobody_else(world: World) -> None:
    exchange = arranged(world)
    takeaway = pictured(world, exchange)
    with world["Arbreva"].asks():
        id = Photo.objects.get().pk
    paths = [f"/photos/{id}/", f"/photos/{id}/small/", f"/photos/{id}/whole/"]

    def answers() -> dict[str, set[int]]:
        people = {"visitor": browsing(), **{n: browsing_as(world, n) for n in ("Arbreva", "Lipovar", "Valdora")}}
        people["secretariat"] = browsing(world.secretariat)
        return {name: {browser.get(path).status_code for path in paths} for name, browser in people.items()}

    none = {"visitor": {404}, "Lipovar": {404}, "Valdora": {404}, "secretariat": {404}}
    assert answers() == none | {"Arbreva": {200}}
    with world["Arbreva"].asks():
        actions.share_takeaway(world["Arbreva"].actor, takeaway, [group("exchange", exchange.id)], now=NOW)
        shared = Photo.objects.select_related("takeaway").get()
        assert shared.source_id == shared.takeaway.source_id == world["Arbreva"].organisation.id
        assert shared.audience_id == shared.takeaway.audience_id
    assert answers() == none | {"Arbreva": {200}, "Lipovar": {200}}
    with world["Lipovar"].asks(), pytest.raises(NotYours):
        _add_beside(world, takeaway)
    assert browsing_as(world, "Arbreva").get(f"/photos/{id}/larger/").status_code == 404


def _add_beside(world: World, takeaway: Takeaway) -> None:
    """A second picture on another's line, past the action that keeps the first."""
    from serai.audit.actions import add

    drawn = drawn_anew(photo()).small
    sizes = {"width": 1, "height": 1, "small_width": 1, "small_height": 1}
    row = Photo(takeaway_id=takeaway.pk, kind="nobody", whole=drawn.data, small=drawn.data, **sizes)
    add(world["Lipovar"].actor, row, verb="add_photo", groups=[group("exchange", takeaway.exchange_id)], now=NOW)


def test_the_picture_is_served_as_a_picture_and_never_kept_on_the_way(world: World) -> None:
    exchange = arranged(world)
    pictured(world, exchange)
    with world["Arbreva"].asks():
        kept = Photo.objects.get()
    browser = browsing_as(world, "Arbreva")
    for size in ("small", "whole"):
        answer: HttpResponse = browser.get(f"/photos/{kept.pk}/{size}/")
        assert answer.content == bytes(getattr(kept, size))
        assert answer["Content-Type"] == "image/webp"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith("inline")
        assert "IMG_" not in str(answer.headers)


def test_lists_show_a_few_small_pictures_and_say_of_the_others_that_they_are_there(world: World) -> None:
    exchange = arranged(world)
    for _ in range(5):
        takeaway = pictured(world, exchange)
        with world["Arbreva"].asks():
            actions.share_takeaway(world["Arbreva"].actor, takeaway, network(world), now=NOW)
    page = text(browsing_as(world, "Lipovar").get(f"/exchanges/{exchange.pk}/takeaways/"))
    assert page.count('loading="lazy"') == 3
    assert page.count("With a photo") == 2
    assert 'width="320" height="240"' in page


def test_who_saves_data_is_shown_no_picture_but_where_it_is(world: World) -> None:
    browser, exchange = browsing_as(world, "Arbreva"), arranged(world)
    for path in (f"/takeaways/{pictured(world, exchange).pk}/", f"/exchanges/{exchange.pk}/takeaways/"):
        whole, sparing = browser.get(path), text(browser.get(path, headers={"Save-Data": "on"}))
        assert ("<img" in text(whole), "Save-Data" in whole["Vary"]) == (True, True)
        assert ("<img" in sparing, 'href="/photos/' in sparing) == (False, True)


def test_under_the_chatham_house_rule_a_photo_shows_nobody_and_tells_the_day_alone(world: World) -> None:
    exchange = arranged(world)
    session = with_session(world, exchange, chatham=True)
    browser = browsing_as(world, "Arbreva")
    typed = {"session": str(session.pk), "sent_id": str(uuid4())}
    answer = browser.post(address(exchange), sent(photo(), people="agreed", **typed))
    assert answer.status_code == 422
    assert "A photo must not show who was there." in text(answer)
    with world["Arbreva"].asks():
        assert not Photo.objects.exists()
    assert browser.post(address(exchange), sent(photo(), people="nobody", **typed)).status_code == 302
    with world["Arbreva"].asks():
        kept = Photo.objects.get()
        assert kept.pk.version == 4
        assert kept.created_at == kept.changed_at == NOW.astimezone(UTC).replace(hour=0, minute=0)


def test_my_data_has_my_photos_also_after_they_were_shared(world: World) -> None:
    exchange = arranged(world)
    for _ in range(2):
        takeaway = pictured(world, exchange)
    with world["Arbreva"].asks():
        actions.share_takeaway(world["Arbreva"].actor, takeaway, network(world), now=NOW)
    told = json.loads(browsing_as(world, "Arbreva").get("/my-data/export/").content)["photo"]
    assert len(told) == 2
    with Image.open(BytesIO(b64decode(told[0]["whole"]))) as found:
        assert found.size == (told[0]["width"], told[0]["height"])
    assert json.loads(browsing_as(world, "Lipovar").get("/my-data/export/").content)["photo"] == []


def test_whoever_erases_themselves_takes_their_own_photos_along(world: World) -> None:
    exchange = arranged(world)
    pictured(world, exchange)
    with world["Arbreva"].asks():
        id = Photo.objects.get().pk
    assert browsing_as(world, "Arbreva").post("/my-data/erase/", {"sure": "on"}).status_code == 302
    from django.conf import settings as site

    (entry,) = erased.read(site.STATE / "erased.jsonl")
    assert str(id) in entry.gone["serai_photo"]
    (site.STATE / "erased.jsonl").write_text("")
