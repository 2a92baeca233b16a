"""Any place by any of its names; the file that holds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from serai.directory import gazetteer as module
from serai.directory.gazetteer import Gazetteer, gazetteer, prepare, read
from serai.directory.places import cities_called, find_places, parted, world
from worlds import small_world


@pytest.fixture(scope="module")
def places(django_db_setup: None) -> Gazetteer:
    return world()


# The first story's cities and the earlier pairs, as GeoNames numbers them, by names in several scripts.
NAMES = [
    (788886, ["Kumanovo", "Куманово"]),
    (790295, ["Gostivar", "Гостивар", "Gostivari"]),
    (833262, ["Čair", "Cair", "Чаир", "ČAIR"]),
    (785842, ["Skopje", "Скопје", "Shkup", "Üsküp", "Σκόπια"]),
    (783263, ["Elbasan", "Елбасан"]),
    (1168197, ["Peshawar", "پشاور"]),
    (2655603, ["Birmingham", "Бирмингем", "伯明翰"]),
    (3149318, ["Kristiansand", "kristiansand"]),
    (186301, ["Mombasa", "Момбаса"]),
    (6077243, ["Montréal", "Montreal", "Монреаль"]),
    (2253354, ["Dakar", "Дакар"]),
]


@pytest.mark.parametrize(("id", "name"), [(id, name) for id, names in NAMES for name in names])
def test_a_place_is_found_by_any_of_its_names(places: Gazetteer, id: int, name: str) -> None:
    assert places.find(name)[0].id == id
    assert places.place(id) is not None


def test_what_a_place_is(places: Gazetteer) -> None:
    found = places.find("Чаир")[0]
    assert (found.name, found.country, found.time_zone) == ("Čair", "MK", "Europe/Skopje")
    assert found.latitude == pytest.approx(42.0153, abs=1e-3)
    assert found.longitude == pytest.approx(21.4411, abs=1e-3)
    assert found.population > 50_000


def test_a_name_that_many_have_needs_its_country(places: Gazetteer) -> None:
    assert {place.country for place in places.find("Birmingham")} >= {"GB", "US"}
    assert {place.country for place in places.find("Birmingham", country="GB")} == {"GB"}
    assert parted("Birmingham, United Kingdom") == ("Birmingham", "GB")
    assert parted("Birmingham (GB)") == ("Birmingham", "GB")
    assert parted("Washington, D.C.") == ("Washington, D.C.", "")


def test_two_of_one_name_in_one_country_are_told_apart() -> None:
    springfields = [found for found in find_places("Springfield, USA") if found.name == "Springfield"]
    beside = {found.beside for found in springfields}
    assert len(springfields) > 3
    assert "" not in beside
    assert len(beside) == len(springfields)


def test_nothing_is_found_by_too_little(places: Gazetteer) -> None:
    for name in ("", "č", "  ", "...", "xqzzzzy"):
        assert places.find(name) == []
    assert places.place(1) is None
    assert places.ids_called("") == frozenset()


def test_a_citys_own_spelling_comes_first() -> None:
    world_ = small_world()
    found = find_places("АРБРЕВА")
    assert [line.city for line in found] == [world_.cities["Arbreva"]]
    assert cities_called(world_.cities.values(), "lipo") == [world_.cities["Lipovar"]]
    assert cities_called(world_.cities.values(), "Lipovar, Albania") == []


def test_a_process_holds_less_than_sixty_megabytes_more(places: Gazetteer) -> None:
    arrays = [places.owners, places.own, places.ids, places.countries, places.degrees, places.populations, places.zone]
    texts = [places.names, places.shown, places.zones]
    held = sum(array.nbytes for array in arrays) + sum(len(text.text) + text.starts.nbytes for text in texts)
    assert len(places.ids) > 60_000
    assert held < 60_000_000


def test_the_file_is_made_once_and_older_ones_go(
    places: Gazetteer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []

    def build() -> dict[str, object]:
        built.append(1)
        return {"ids": places.ids}

    monkeypatch.setattr(module, "build", build)
    (tmp_path / "places-1.0-500-0.npz").write_bytes(b"old")
    first = prepare(tmp_path)
    stamp = first.stat().st_mtime_ns
    assert prepare(tmp_path) == first
    assert built == [1]
    assert first.stat().st_mtime_ns == stamp
    assert sorted(tmp_path.iterdir()) == [first]


def test_a_file_half_made_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> dict[str, object]:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "build", fails)
    with pytest.raises(KeyboardInterrupt):
        prepare(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_the_places_are_kept_in_memory(
    places: Gazetteer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "build", lambda: {})
    monkeypatch.setattr(module, "read", lambda arrays: places)
    assert gazetteer(tmp_path / "nowhere") is places
    assert read is not module.read
