"""Sentences for people: short, plain, with their doubt, and never "caused"."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from rosters import WAVE_1, WAVE_2, eight, first_wave, golden, numbered, told_by_both, towns

from serai.core.network.barriers import barriers
from serai.core.network.bridges import fragility, resting
from serai.core.network.change import BlockChange, network_change
from serai.core.network.disclosure import Floor, State
from serai.core.network.ground import common_ground
from serai.core.network.new_ties import new_ties
from serai.core.network.permutation import ei_test
from serai.core.network.sentences import (
    LAYER_WORDS,
    SENTENCES,
    THING_WORDS,
    Sentence,
    p_words,
    say_barrier,
    say_barriers,
    say_block_change,
    say_change,
    say_confirmation,
    say_ei,
    say_fragility,
    say_new_tie,
    say_resting,
    say_trust_change,
    words,
)
from serai.core.network.ties import TieRule, confirmation, ties_from_pairs
from serai.core.network.trust_change import trust_changes


def in_words(said: tuple[Sentence, ...]) -> str:
    return " ".join(words(one) for one in said)


def test_no_sentence_says_what_brought_a_change_about() -> None:
    for text in (*SENTENCES.values(), *LAYER_WORDS.values(), *THING_WORDS.values()):
        assert not re.search(r"caus|because|due to|led to|thanks to|result of|effect|impact|owing", text, re.IGNORECASE)


def test_every_sentence_is_short_and_ends() -> None:
    for text in SENTENCES.values():
        assert len(text.split()) < 20
        assert text.endswith(".")


def test_the_barrier_between_police_and_youth_work() -> None:
    found = barriers(first_wave(towns()), "sector", seed=1, shuffles=500)
    assert in_words(say_barrier(found.between("police", "youth work"), found.rule)) == (
        "Police and youth work cooperate in 14 of 60 possible pairs. "
        "Chance would give 29, mostly 21 to 36. "
        "Fewer than chance gives. "
        "Missing in most pairs: trust (there in 0 of 60). "
        "Missing in most pairs: a place to meet (there in 5 of 60)."
    )
    said = say_barriers(found)
    assert in_words(said["prison", "prison"]) == "Too few answers to show this without pointing at someone."
    assert in_words(said["youth work", "youth work"]).startswith(
        "Within youth work, 45 of 45 possible pairs cooperate."
    )


def change(**values: object) -> BlockChange:
    whole = BlockChange(
        first="police",
        second="youth work",
        state=State.TESTS,
        pairs=60,
        before=14,
        after=20,
        change=6,
        density_change=0.1,
        low=1.2,
        high=10.8,
        gain=None,
        p=0.012,
        p_holm=0.036,
    )
    return replace(whole, **values)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (change(), "Between the two waves 6 more, 95 % 1 to 11. This is more than chance would explain (p = 0.036)."),
        (
            change(change=-6, low=-10.8, high=-1.2, p_holm=0.2),
            "Between the two waves 6 fewer, 95 % 1 to 11. This could be chance (p = 0.200).",
        ),
        (
            change(change=2, low=-4.4, high=8.4, p_holm=None, p=0.00001),
            "Between the two waves 2 more, 95 % -4 to 8. This is more than chance would explain (p < 0.001).",
        ),
        (change(change=0, low=-2.0, high=2.0), "Between the two waves no change, 95 % -2 to 2."),
        (
            change(state=State.DESCRIPTIVE, low=None, high=None, p=None, p_holm=None),
            "Between the two waves 6 more. Low coverage: read this as a description, not as a finding.",
        ),
        (
            change(state=State.COUNTS, change=0, low=None, high=None, p=None, p_holm=None),
            "Between the two waves the number stayed the same. Under half of them answered: only counts are shown.",
        ),
        (change(state=State.HIDDEN, change=None), "Too few answers to show this without pointing at someone."),
    ],
)
def test_changes_in_words(given: BlockChange, expected: str) -> None:
    assert in_words(say_block_change(given)) == expected


def test_the_headline_of_two_waves() -> None:
    on = eight()
    ground = common_ground(told_by_both(on, WAVE_1), told_by_both(on, WAVE_2))
    open_floor = Floor(raters=1, rated=1, width=1)
    said = in_words(say_change(network_change(ground, "sector", seed=1, draws=200, floor=open_floor)))
    assert said.startswith("Between the two waves 4 more, 95 % ")
    assert "Of the pairs still free, 100 % lie across; of the new ties, 100 %." in said
    assert said.endswith("8 of 8 organisations answered.")


def test_the_rest_in_words() -> None:
    network = golden(WAVE_1)
    assert words(say_ei(ei_test(network, "sector", seed=1))) == (
        "Ties stay inside groups more than chance would give (p = 0.002)."
    )
    assert in_words(say_fragility(fragility(network))) == (
        "The network is in 2 parts; the largest holds 5 organisations. "
        "Without one organisation, 4 pairs of others could no longer reach each other."
    )
    assert words(say_confirmation(confirmation(told_by_both(eight(), WAVE_1), TieRule()))) == (
        "Both sides report 7 of the 7 ties that both could report."
    )
    (link,) = resting(golden(WAVE_2), "sector", from_ties=2)
    assert words(say_resting(link)) == "1 of 2 ties between civil society and youth work rest on one organisation."
    empty = ties_from_pairs(numbered([0, 1]), np.zeros(0, dtype=int), np.zeros(0, dtype=int))
    assert words(say_ei(ei_test(empty, "sector", seed=1))) == "No ties were reported, so there is no mix to judge."


def test_new_ties_come_with_their_reasons() -> None:
    network = golden(WAVE_1)
    tie = new_ties(network, count=1).pairs[0]
    said = in_words(say_new_tie(tie, network.roster))
    one, two = (network.roster.keys[end] for end in (tie.one, tie.two))
    assert said.startswith(f"Introduce {one} to {two}. It would let 15 pairs of organisations reach each other.")
    assert "It would be the first tie between" in said


def test_trust_without_enough_answers() -> None:
    on = eight()
    ground = common_ground(told_by_both(on, WAVE_1), told_by_both(on, WAVE_2))
    assert {words(say_trust_change(one)) for one in trust_changes(ground, "sector", seed=1)} == {
        "Not enough data on trust."
    }


def test_p_in_words_is_never_zero() -> None:
    assert [p_words(p) for p in (1e-12, 0.00099, 0.001, 0.5)] == ["< 0.001", "< 0.001", "= 0.001", "= 0.500"]


def test_sentences_can_be_translated_with_the_readers_own_group_names() -> None:
    found = barriers(first_wave(towns()), "sector", seed=1, shuffles=50)
    said = say_barrier(found.between("police", "youth work"), found.rule)[0]
    turned = words(
        said, translate=lambda text: text.replace("cooperate", "samarbeider"), label=lambda name: f"«{name}»"
    )
    assert turned == "«police» and «youth work» samarbeider in 14 of 60 possible pairs."
