"""How far a number moved: by table, and for any numbers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.core.indicators import Moved, Reading, progress

DAY = date(2019, 11, 26)
NUMBER = st.decimals(min_value=-1000, max_value=1000, places=3)
few = settings(max_examples=60, deadline=None)


def reading(value: int, low: int | None = None, high: int | None = None, after: int = 0) -> Reading:
    ends = [None if end is None else Decimal(end) for end in (low, high)]
    return Reading(value=Decimal(value), low=ends[0], high=ends[1], on=DAY + timedelta(days=after))


@pytest.mark.parametrize(
    ("readings", "baseline", "target", "rising_is_good", "moved", "share"),
    [
        ([], 11, 40, True, Moved.NO_NUMBER, None),
        ([reading(34)], None, 40, True, Moved.NO_BASELINE, None),
        ([reading(11)], 11, 40, True, Moved.SAME, 0),
        ([reading(11, 5, 20)], 11, 40, True, Moved.SAME, 0),
        ([reading(40)], 11, 40, True, Moved.TOWARDS, 1),
        ([reading(69)], 11, 40, True, Moved.TOWARDS, 2),
        ([reading(12, 8, 16)], 11, 21, True, Moved.NOT_SURE, Decimal("0.1")),
        ([reading(12, 11, 16)], 11, 21, True, Moved.NOT_SURE, Decimal("0.1")),
        ([reading(16, 12, 20)], 11, 21, True, Moved.TOWARDS, Decimal("0.5")),
        ([reading(1)], 11, 21, True, Moved.AWAY, -1),
        ([reading(5)], 10, 0, True, Moved.TOWARDS, Decimal("0.5")),  # the target says which way is good
        ([reading(15)], 10, 0, True, Moved.AWAY, Decimal("-0.5")),
        ([reading(15)], 10, None, True, Moved.TOWARDS, None),
        ([reading(15)], 10, None, False, Moved.AWAY, None),
        ([reading(5)], 10, 10, False, Moved.AWAY, None),  # it was to stay: every way leads away, none to share out
        ([reading(15)], 10, 10, True, Moved.AWAY, None),
        ([reading(5)], 10, 10, True, Moved.AWAY, None),
        ([reading(10)], 10, 10, True, Moved.SAME, None),
        ([reading(12, 8, 16)], 10, 10, True, Moved.NOT_SURE, None),
        ([reading(20, after=9), reading(5)], 10, 20, True, Moved.TOWARDS, 1),  # the latest day counts
        ([reading(5), reading(15)], 10, 20, True, Moved.TOWARDS, Decimal("0.5")),  # of one day, the later written
    ],
)
def test_what_may_be_said(
    readings: list[Reading],
    baseline: int | None,
    target: int | None,
    rising_is_good: bool,
    moved: Moved,
    share: Decimal | None,
) -> None:
    ends = [None if end is None else Decimal(end) for end in (baseline, target)]
    found = progress(readings, baseline=ends[0], target=ends[1], rising_is_good=rising_is_good)
    assert (found.moved, found.share) == (moved, share)


@few
@given(value=NUMBER, baseline=NUMBER, target=NUMBER, shift=NUMBER)
def test_the_same_further_along_the_scale_and_in_the_mirror(
    value: Decimal, baseline: Decimal, target: Decimal, shift: Decimal
) -> None:
    def said(number: Decimal, base: Decimal, aim: Decimal, good: bool) -> tuple[Moved, Decimal | None]:
        found = progress([Reading(value=number, on=DAY)], baseline=base, target=aim, rising_is_good=good)
        return found.moved, found.share

    plain = said(value, baseline, target, True)
    assert said(value + shift, baseline + shift, target + shift, True) == plain
    assert said(-value, -baseline, -target, False) == plain


@few
@given(
    value=NUMBER, baseline=NUMBER, target=NUMBER, below=st.decimals(0, 50, places=2), above=st.decimals(0, 50, places=2)
)
def test_doubt_never_turns_a_number_round(
    value: Decimal, baseline: Decimal, target: Decimal, below: Decimal, above: Decimal
) -> None:
    sure = progress([Reading(value=value, on=DAY)], baseline=baseline, target=target)
    doubted = Reading(value=value, low=value - below, high=value + above, on=DAY)
    unsure = progress([doubted], baseline=baseline, target=target)
    holds = value - below <= baseline <= value + above and value != baseline
    assert unsure.moved == (Moved.NOT_SURE if holds else sure.moved)
    assert unsure.share == sure.share


@few
@given(value=NUMBER, baseline=NUMBER, target=NUMBER)
def test_towards_means_a_positive_share(value: Decimal, baseline: Decimal, target: Decimal) -> None:
    found = progress([Reading(value=value, on=DAY)], baseline=baseline, target=target)
    if found.share is not None:
        wanted = Moved.TOWARDS if found.share > 0 else Moved.AWAY if found.share < 0 else Moved.SAME
        assert found.moved == wanted
