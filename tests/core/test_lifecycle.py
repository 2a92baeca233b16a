"""Which state may follow which: closed under itself, reachable, and nothing else."""

from __future__ import annotations

from itertools import product

import pytest

from serai.core.lifecycle import MOVES, NotAllowedNow, moved

FIRST = {"need": "open", "match": "proposed", "exchange": "planned", "takeaway": "captured"}
FIRST |= {"activity": "planned", "story": "draft"}
ENDS = {
    "need": {"met"},
    "match": {"planned", "withdrawn"},
    "exchange": {"closed", "cancelled"},
    "takeaway": set(),
    "activity": {"delivered"},
    "story": set(),
}


def test_every_noun_has_a_first_state_from_which_all_others_are_reached() -> None:
    assert FIRST.keys() == MOVES.keys()
    for noun, table in MOVES.items():
        reached, border = {FIRST[noun]}, [FIRST[noun]]
        while border:
            for to in table[border.pop()] - reached:
                reached.add(to)
                border.append(to)
        assert reached == set(table), noun
        assert {state for state, following in table.items() if not following} == ENDS[noun]


@pytest.mark.parametrize("noun", sorted(MOVES))
def test_a_move_is_made_where_the_table_holds_it_and_nowhere_else(noun: str) -> None:
    for now, to in product(MOVES[noun], [*MOVES[noun], "rubbish", ""]):
        if to in MOVES[noun][now]:
            assert moved(noun, now, to) == to
            continue
        with pytest.raises(NotAllowedNow) as refused:
            moved(noun, now, to)
        assert now in str(refused.value)
        assert to in str(refused.value)


@pytest.mark.parametrize(
    ("noun", "now", "to"),
    [
        ("exchange", "planned", "live"),  # not before its programme is released
        ("exchange", "live", "cancelled"),  # what has begun is ended, not undone
        ("exchange", "closed", "live"),
        ("match", "planned", "proposed"),
        ("takeaway", "adopted", "captured"),  # a weighing is followed by another one, never taken out
        ("story", "draft", "released"),  # whoever is named is asked first
        ("story", "withdrawn", "released"),
        ("activity", "delivered", "running"),
    ],
)
def test_what_must_never_be_possible(noun: str, now: str, to: str) -> None:
    with pytest.raises(NotAllowedNow):
        moved(noun, now, to)
