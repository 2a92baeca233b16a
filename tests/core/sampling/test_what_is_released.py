"""Disclosure: an attacker written apart from the engine never pins a hidden or small cell; published examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sampling_reader import Reader
from sampling_worlds import Chance, answers_of, by

from serai.core.sampling.disclosure import (
    Answers,
    Cell,
    Grouping,
    Known,
    Published,
    Table,
    attack,
    audit,
    release,
)

EPS = 1e-6
# Number of delinquent children by county and schooling of the household head: Federal Committee on Statistical
# Methodology, Statistical Policy Working Paper 22 (1994), chapter II.
CHILDREN = [[15, 1, 3, 1], [20, 10, 10, 15], [3, 10, 10, 2], [12, 14, 7, 2]]


def published(table, counts, hide, *, name="r"):
    """A release by hand: the table with its margins, these labels hidden."""
    shape = np.array(counts)
    cells = []
    for place in np.ndindex(*(k + 1 for k in shape.shape)):
        part = shape[tuple(slice(None) if i == k else i for i, k in zip(place, shape.shape, strict=True))]
        labels = tuple(None if i == len(g.groups) else g.groups[i][0] for i, g in zip(place, table.by, strict=True))
        cells.append(Cell(table=table.name, labels=labels, count=None if labels in hide else int(part.sum())))
    return Published(name=name, tables=(table,), cells=tuple(cells))


def shown(cleared):
    return {(cell.table, cell.labels): cell.count for cell in cleared.published.cells}


def test_the_published_pattern_that_does_not_protect():
    """Working Paper 22: with D1 … D9 hidden, (row Alpha + row Beta − two columns) gives D3 = 1. From memory."""
    table = Table(name="t", by=(by("c", 4), by("e", 4)))
    hide = {("c0", "e1"), ("c0", "e2"), ("c0", "e3"), ("c1", "e1"), ("c1", "e2")}
    hide |= {("c2", "e0"), ("c2", "e3"), ("c3", "e0"), ("c3", "e3")}
    out = published(table, CHILDREN, hide)
    spans = {span.cell.labels: (round(span.low), round(span.high)) for span in attack([out])}
    assert spans[("c0", "e3")] == (1, 1)
    found = audit(out, answers_of(CHILDREN, "ce"), floor=5)
    assert not found.safe
    assert (("c", ("c0",)), ("e", ("e3",))) in {pin.where for pin in found.pinned}


def test_the_published_table_is_protected():
    for floor in (5, 10):
        answers = answers_of(CHILDREN, "ce")
        cleared = release("r", [Table(name="t", by=(by("c", 4), by("e", 4)))], answers, floor=floor, rounds=2)
        codes = {v: [f"{v}{i}" for i in range(4)] for v in "ce"}
        reader = Reader([cleared.published], codes)
        assert min(reader.width(row) for _, _, row in reader.hidden) >= floor - EPS
        assert shown(cleared)["t", (None, None)] == 135
        assert cleared.minimal


def test_published_intervals_of_an_attacker():
    """Fischetti and Salazar-González, Management Science 47 (2001), figures 1 and 2: 22 hides between 5 and 30.

    Quoted from memory.
    """
    table = Table(name="t", by=(by("a", 3), by("r", 3)))
    hide = {("a1", "r0"), ("a1", "r2"), ("a2", "r0"), ("a2", "r2")}
    out = published(table, [[20, 50, 10], [8, 19, 22], [17, 32, 12]], hide)
    spans = {span.cell.labels: (round(span.low, 6), round(span.high, 6)) for span in attack([out])}
    assert spans == {
        ("a1", "r0"): (0, 25),
        ("a1", "r2"): (5, 30),
        ("a2", "r0"): (0, 25),
        ("a2", "r2"): (4, 29),
    }


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([5, 10]), st.booleans())
def test_no_reader_of_all_releases_pins_what_is_hidden(seed, floor, late):
    """Linked tables, filters, recodes, late answers, up to three releases: a reader of all never gets closer.

    Than the floor; or, if an earlier release had shown more before the later one asked, than that release. And
    no small group in the cross of all variables is known exactly, though no table asks for it.
    """
    world = Chance(seed, late=late)
    releases = []
    for r in range(int(world.rng.integers(1, 4))):
        counted = world.batches[:1] if r == 0 and world.batches else world.batches
        cleared = release(
            f"r{r}", world.tables(), world.answers, floor=floor, counted=counted, earlier=releases, rounds=0
        )
        before = Reader(releases, world.codes, world.batches)
        releases = [*releases, cleared.published]
        now = Reader(releases, world.codes, world.batches)
        for _, _, row in now.hidden:
            width = now.width(row)
            if width < floor - EPS:
                assert releases[1:]
                assert width >= min(floor, before.width(row)) - EPS
        for row in now.small_groups(world.answers, releases, floor):
            assert now.width(row) >= min(1, before.width(row)) - EPS
        assert audit(cleared.published, world.answers, floor=floor, earlier=releases[:-1]).safe


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_the_space_of_the_engine_is_the_full_cross(seed):
    """Intervals over the junction tree equal those over all combinations of all variables."""
    world = Chance(seed)
    rng = np.random.default_rng(seed)
    tables = world.tables()
    cleared = release("r", tables, world.answers, floor=5, rounds=0)
    hidden = tuple(replace(c, count=None) if rng.random() < 0.3 else c for c in cleared.published.cells)
    some = replace(cleared.published, cells=hidden)
    reader = Reader([some], world.codes)
    for span, (_, cell, row) in zip(attack([some]), reader.hidden, strict=True):
        assert span.cell == cell
        low, high = reader.interval(row)
        assert span.low == pytest.approx(low, abs=1e-5)
        if np.isfinite(span.high) or high < reader.most / 2:
            assert span.high == pytest.approx(high, abs=1e-5)


def test_hiding_small_cells_alone_does_not_withstand_the_reader():
    """The attacker is real: with nothing but small cells hidden it pins some in most random tables."""
    pinned = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        counts = rng.integers(1, 40, (3, 4))
        table = Table(name="t", by=(by("a", 3), by("b", 4)))
        small = {(f"a{i}", f"b{j}") for i in range(3) for j in range(4) if counts[i, j] < 10}
        out = published(table, counts, small)
        reader = Reader([out], {"a": [f"a{i}" for i in range(3)], "b": [f"b{j}" for j in range(4)]})
        caught = any(reader.width(row) < 10 for _, _, row in reader.hidden)
        assert audit(out, answers_of(counts, "ab")).safe is not caught
        pinned += caught
    assert pinned >= 8


def test_nothing_hidden_can_be_shown_alone():
    answers = answers_of(np.random.default_rng(3).integers(0, 12, (4, 2, 3)), "abc")
    tables = [Table(name="x", by=(by("a", 4), by("b", 2))), Table(name="y", by=(by("a", 4), by("c", 3)))]
    cleared = release("r", tables, answers, rounds=1)
    assert cleared.minimal
    assert audit(cleared.published, answers).safe
    truth = {(c.table, c.labels): c.count for c in release("open", tables, answers, effort=0).published.cells}
    assert set(truth.values()) == {None}
    counts = {}
    for table in tables:
        for cell in cleared.published.cells:
            if cell.table == table.name:
                counts[cell.table, cell.labels] = sum(
                    all(
                        label in (None, row["abc".index(g.variable)])
                        for g, label in zip(table.by, cell.labels, strict=True)
                    )
                    for row in answers.rows
                )
    for cell in cleared.published.cells:
        if cell.count is None:
            margin = ("x", "y") if cell.labels[1] is None else (cell.table,)
            again = tuple(
                replace(c, count=counts[c.table, c.labels]) if c.labels == cell.labels and c.table in margin else c
                for c in cleared.published.cells
            )
            assert not audit(replace(cleared.published, cells=again), answers).safe
        else:
            assert cell.count == counts[cell.table, cell.labels]


def test_a_later_recode_does_not_bring_out_the_difference():
    """16-29 went out; 18-29 would tell of the three aged 16 and 17."""
    rows = [("16",)] * 1 + [("17",)] * 2 + [("18",)] * 60 + [("30",)] * 80
    answers = Answers(variables=("age",), rows=tuple(rows))
    young = Grouping(variable="age", groups=(("16-29", ("16", "17", "18")), ("30+", ("30",))))
    adult = Grouping(variable="age", groups=(("18-29", ("18",)), ("30+", ("30",))))
    first = release("first", [Table(name="t", by=(young,))], answers).published
    assert [cell.count for cell in first.cells] == [63, 80, 143]
    second = release("second", [Table(name="t", by=(adult,))], answers, earlier=[first]).published
    assert [cell.count for cell in second.cells] == [None, 80, None]
    alone = release("alone", [Table(name="t", by=(adult,))], answers).published
    assert alone.cells[0].count is None or alone.cells[2].count is None or len(alone.cells) == 3
    naive = Published(
        name="naive",
        tables=second.tables,
        cells=tuple(replace(c, count=n) for c, n in zip(second.cells, (60, 80, 140), strict=True)),
    )
    found = audit(naive, answers, earlier=[first])
    assert [(pin.where, pin.low, pin.high) for pin in found.pinned] == [((("age", ("16", "17")),), 3, 3)]


def test_late_answers_do_not_stand_out():
    """Three answers come in after the first release: a second one with them would show what they said."""
    early, late = [("y", "a")] * 40 + [("n", "a")] * 30 + [("y", "b")] * 30, [("n", "a")] * 3
    answers = Answers(variables=("q", "d"), rows=tuple(early + late), batches=("1",) * len(early) + ("2",) * len(late))
    tables = [Table(name="t", by=(Grouping(variable="q", groups=(("yes", ("y",)), ("no", ("n",)))),))]
    first = release("first", tables, answers, counted=("1",))
    assert [c.count for c in first.published.cells] == [70, 30, 100]
    second = release("second", tables, answers, earlier=[first.published])
    assert second.published.counted == ("1", "2")
    counts = [c.count for c in second.published.cells]
    assert counts[1] is None
    assert counts[2] is None
    again = release("again", tables, answers, counted=("1",), earlier=[first.published])
    assert [c.count for c in again.published.cells] == [70, 30, 100]


def test_a_filter_does_not_bring_out_its_complement():
    rows = [("y", "in")] * 95 + [("n", "in")] * 40 + [("y", "out")] * 4
    answers = Answers(variables=("q", "f"), rows=tuple(rows))
    all_of_them = Table(name="all", by=(Grouping(variable="q", groups=(("yes", ("y",)), ("no", ("n",)))),))
    filtered = replace(all_of_them, name="in", only=(("f", ("in",)),))
    cleared = release("r", [all_of_them, filtered], answers, rounds=1)
    values = shown(cleared)
    assert None in (values["all", ("yes",)], values["in", ("yes",)])
    assert None in (values["all", (None,)], values["in", (None,)])
    reader = Reader([cleared.published], {"q": ["y", "n"], "f": ["in", "out"]})
    outside = np.array([float(p["f"] == "out") for p in reader.people])
    assert reader.width(outside) >= 10 - EPS


def test_what_everyone_knows_is_part_of_the_attack():
    """A team of nine: that no more than nine can be in a cell narrows it, and is not made narrower."""
    counts = [[8, 40], [30, 60]]
    answers = answers_of(counts, "ab")
    fact = Known(where=(("a", ("a0",)), ("b", ("b0",))), high=9)
    table = Table(name="t", by=(by("a", 2), by("b", 2)))
    cleared = release("r", [table], answers, known=[fact], rounds=1)
    assert cleared.already_out == 1
    spans = {span.cell.labels: span for span in attack([cleared.published], known=[fact])}
    assert spans["a0", "b0"].high == pytest.approx(9)
    assert spans["a0", "b0"].low == pytest.approx(0)
    assert any(reason.code == "already_out" for reason in cleared.reasons)


def test_noughts_of_small_groups_are_hidden_and_of_large_ones_shown():
    table = Table(name="t", by=(by("g", 2), by("q", 3)))
    large = release("r", [table], answers_of([[60, 0, 60], [80, 50, 70]], "gq"))
    assert shown(large)["t", ("g0", "q1")] == 0
    small = release("r", [table], answers_of([[30, 0, 12], [80, 50, 70]], "gq"))
    assert shown(small)["t", ("g0", "q1")] is None


def test_stop_and_effort_leave_a_safe_release_and_say_so():
    answers = answers_of(CHILDREN, "ce")
    tables = [Table(name="t", by=(by("c", 4), by("e", 4)))]
    stopped = release("r", tables, answers, stop=lambda: True)
    assert (stopped.shown, stopped.stopped, stopped.minimal) == (0, True, False)
    assert any(reason.code == "stopped" for reason in stopped.reasons)
    for effort in (3, 20, 40):
        cut = release("r", tables, answers, floor=5, effort=effort, rounds=1)
        assert audit(cut.published, answers, floor=5).safe
        assert cut.effort <= effort
        assert cut.stopped is not cut.minimal
    steps = []
    full = release("r", tables, answers, floor=5, rounds=2, progress=lambda *step: steps.append(step))
    assert {name for name, _, _ in steps} >= {"hiding", "putting back", "improving"}
    assert release("r", tables, answers, floor=5, rounds=2) == full


def test_names_of_groups_do_not_matter_for_safety_and_merges_are_proposed():
    counts = np.array([[4, 3, 2], [30, 50, 20], [40, 25, 35]])
    cleared = release("r", [Table(name="by age", by=(by("g", 3), by("q", 3)))], answers_of(counts, "gq"))
    said = [reason.said() for reason in cleared.reasons]
    assert "by age: most of g0 is hidden. Put it together with another group of g." in said
    mirrored = answers_of(counts[::-1, ::-1], "gq")
    turned = release("r", [Table(name="t", by=(by("g", 3), by("q", 3)))], mirrored, rounds=30)
    assert turned.hidden == cleared.hidden == 8  # the optimum of the exact model
    one = Grouping(variable="g", groups=(("g0+1", ("g0", "g1")), ("g2", ("g2",))))
    put = release("r", [Table(name="t", by=(one, by("q", 3)))], answers_of(counts, "gq"))
    assert put.hidden == 0
