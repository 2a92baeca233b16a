"""Groups, their label, and who is in which: the pure twin of the rule in SQL (tests/access compares the two)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.core.audience import (
    AMBER,
    CLEAR,
    EVERYONE,
    GREEN,
    KINDS,
    RED,
    STRICT,
    WIDEST_FIRST,
    Directory,
    Membership,
    NotAnAudience,
    at_most_green,
    group,
    groups_of,
    kind_of,
    label_of,
)

GROUPS = st.builds(
    lambda kind, ref: EVERYONE if kind == EVERYONE else group(kind, ref), st.sampled_from(KINDS), st.integers(1, 3)
)
SETS = st.frozensets(GROUPS, min_size=1, max_size=5)
DAY = date(2019, 11, 26)
few = settings(max_examples=80, deadline=None)


@pytest.mark.parametrize(
    ("groups", "label"),
    [
        (["everyone"], CLEAR),
        (["everyone", "person:1"], CLEAR),
        (["network:1", "city:2"], GREEN),
        (["person:1"], RED),
        (["person:1", "person:2"], RED),
        (["organisation:1"], STRICT),
        (["organisation:1", "person:2"], STRICT),
        (["organisation:1", "organisation:2"], AMBER),
        (["exchange:1"], AMBER),
        (["team:1", "organisation:1"], AMBER),
        (["city:-1"], AMBER),
    ],
)
def test_the_label_follows_from_the_groups(groups: list[str], label: str) -> None:
    assert label_of(groups) == label
    assert at_most_green(label) == (label in (CLEAR, GREEN))


@pytest.mark.parametrize("name", ["", "network", "network:", "everyone:1", "cities:1", ":1"])
def test_what_names_no_group_is_refused(name: str) -> None:
    with pytest.raises(NotAnAudience):
        kind_of(name)
    with pytest.raises(NotAnAudience):
        label_of(["person:1", name])


def test_nobody_is_no_audience() -> None:
    with pytest.raises(NotAnAudience):
        label_of([])
    for wrong in ((EVERYONE, 1), ("city", None), ("crowd", 1)):
        with pytest.raises(NotAnAudience):
            group(*wrong)


@few
@given(groups=SETS, more=SETS)
def test_more_groups_never_make_a_narrower_label_but_from_one_organisation_to_more(
    groups: frozenset[str], more: frozenset[str]
) -> None:
    assert WIDEST_FIRST.index(label_of(groups | more)) <= WIDEST_FIRST.index(label_of(groups))


def test_a_membership_holds_from_its_first_day_until_the_first_day_outside() -> None:
    time = Membership(person="p", of="o", started_on=DAY, ended_on=date(2019, 12, 1))
    assert [time.holds(date(2019, 11, d)) for d in (25, 26, 30)] == [False, True, True]
    assert not time.holds(date(2019, 12, 1))


def test_groups_come_with_belonging_and_end_with_it() -> None:
    directory = Directory(
        organisations=(Membership(person="p", of="o", started_on=DAY, ended_on=date(2020, 1, 1)),),
        exchanges=(Membership(person="p", of="e", started_on=DAY),),
        city_of={"o": "c"},
        networks_of_city={"c": frozenset({"hub"})},
        parent_of={"hub": "n", "n": "hub"},  # a ring in the data must not hang
    )
    inside = {"everyone", "person:p", "organisation:o", "city:c", "network:hub", "network:n", "exchange:e"}
    assert groups_of(directory, "p", DAY) == inside
    assert groups_of(directory, "p", date(2020, 1, 1)) == {"everyone", "person:p", "exchange:e"}
    assert groups_of(directory, None, DAY) == {"everyone"}
