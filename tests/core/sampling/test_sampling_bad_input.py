"""Bad input to sampling: a clear named error or the right answer, never a wrong number."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import pytest
from sampling_worlds import answers_of, by

from serai.core.sampling import reasons as why
from serai.core.sampling.bases import Drawn, Sample, State
from serai.core.sampling.disclosure import Answers, Cell, Grouping, Known, Published, Table, attack, release
from serai.core.sampling.intervals import mean, mean_se, share, wilson
from serai.core.sampling.scales import cronbach
from serai.core.sampling.waves import Change, answers_needed, detectable, difference, holm, panel
from serai.core.sampling.weighting import (
    Limits,
    Margin,
    cluster_design_effect,
    design_effect,
    effective_n,
    merged,
    rake,
)

RANDOM = Sample(drawn=Drawn.RANDOM)
TEN = ("w", "m") * 5


def sex(answers=TEN, targets=(("w", 52), ("m", 48))):
    return Margin(name="sex", targets=targets, answers=answers)


def raked(*margins, **options):
    return lambda: rake(margins, **options)


WEIGHTING = [
    (raked(), why.BadDesignError, "There is no target to weight to."),
    (raked(sex(answers=())), why.NoAnswersError, "There are no answers."),
    (raked(sex(), sex()), why.BadDesignError, "The same margin is given twice."),
    (raked(sex(), Margin(name="age", targets=(("a", 1),), answers=("a",))), why.LengthsDifferError, "1 values"),
    (raked(sex(answers=(*TEN, None))), why.BadNumberError, "sex: 1 people did not answer."),
    (raked(sex(answers=(None,) * 9), unanswered="own group"), why.NoAnswersError, "sex: nobody answered."),
    (raked(sex(answers=(*TEN, "x"))), why.UnknownCategoryError, "sex: answers say x"),
    (raked(sex(targets=(("w", 52), ("m", 0)))), why.UnknownCategoryError, "sex: answers say m"),
    (raked(sex(targets=(("w", 52), ("m", -1)))), why.BadNumberError, "sex, m: the target"),
    (raked(sex(targets=(("w", 52), ("m", math.nan)))), why.BadNumberError, "sex, m: the target"),
    (raked(sex(targets=(("w", 52), ("m", None)))), why.BadNumberError, "sex, m: the target"),
    (raked(sex(targets=(("w", 0), ("m", 0)))), why.BadNumberError, "sex: all targets are 0."),
    (raked(sex(targets=(("w", 52), ("m", 48), ("w", 1)))), why.BadDesignError, "a category is given twice"),
    (raked(sex(), base=[1.0] * 9), why.LengthsDifferError, "9 values stand beside 10 answers."),
    (raked(sex(), base=[1.0] * 9 + [0.0]), why.BadNumberError, "Value 10 of weight is not above 0."),
    (raked(sex(), base=[1.0] * 9 + [-2.0]), why.BadNumberError, "Value 10 of weight"),
    (raked(sex(), base=[1.0] * 9 + [math.inf]), why.BadNumberError, "Value 10 of weight is not a number."),
    (raked(sex(), base=[1.0] * 9 + [None]), why.BadNumberError, "Value 10 of weight is not a number."),
    (raked(sex(), loops=0), why.BadNumberError, "Loops and tolerance must be above 0."),
    (lambda: Limits(lowest=1.2), why.BadDesignError, "The lower limit must be below 1"),
    (lambda: Limits(highest=math.nan), why.BadDesignError, "The lower limit must be below 1"),
    (lambda: merged(sex(), ["w"]), why.BadDesignError, "sex: only two or more"),
    (lambda: merged(sex(), ["w", "x"]), why.BadDesignError, "sex: only two or more"),
    (lambda: effective_n([]), why.NoAnswersError, "There are no answers."),
    (lambda: design_effect([1, "2"]), why.BadNumberError, "Value 2 of weight is not a number."),
    (lambda: cluster_design_effect(mean_size=0.5, icc=0.1), why.BadDesignError, "A cluster has at least one"),
    (lambda: cluster_design_effect(mean_size=5, icc=-0.1), why.BadDesignError, "A cluster has at least one"),
]

ESTIMATES = [
    (lambda: Sample(drawn=Drawn.RANDOM, floor=4), why.BadDesignError, "The floor cannot be below 5 people."),
    (lambda: Sample(drawn=Drawn.RANDOM, floor=True), why.BadDesignError, "The floor cannot be below 5 people."),
    (lambda: Sample(drawn=Drawn.EVERYONE), why.BadDesignError, "say how many they are"),
    (lambda: Sample(drawn=Drawn.RANDOM, population=0), why.BadDesignError, "The group has no people."),
    (lambda: Sample(drawn=Drawn.RANDOM, level=1.0), why.BadDesignError, "The level must lie"),
    (lambda: Sample(drawn=Drawn.RANDOM, cluster_deff=0.9), why.BadDesignError, "at least 1"),
    (
        lambda: share([True] * 30, sample=Sample(drawn=Drawn.EVERYONE, population=24)),
        why.BadDesignError,
        "30 answers came from a group of 24 people.",
    ),
    (lambda: share([True, 0.5], sample=RANDOM), why.BadNumberError, "neither yes nor no"),
    (lambda: share([True, 7], sample=RANDOM), why.BadNumberError, "Answer 7 lies outside the scale 0 to 1."),
    (lambda: share([True], sample=RANDOM, weights=[]), why.LengthsDifferError, "0 values stand beside 1"),
    (lambda: share([None, True], sample=RANDOM, weights=[-1, 1]), why.BadNumberError, "not above 0"),
    (lambda: mean([11.0], scale=(0, 10), sample=RANDOM), why.BadNumberError, "Answer 11 lies outside"),
    (lambda: mean([math.nan], scale=(0, 10), sample=RANDOM), why.BadNumberError, "Value 1 of answer"),
    (lambda: mean(["3"], scale=(0, 10), sample=RANDOM), why.BadNumberError, "Value 1 of answer"),
    (lambda: mean([3.0], scale=(10, 0), sample=RANDOM), why.BadNumberError, "A scale runs"),
    (lambda: mean_se([4.0]), why.BadNumberError, "at least two answers"),
    (lambda: wilson(1.01, 10), why.BadNumberError, "A share lies between 0 and 1"),
    (lambda: wilson(0.5, 0), why.BadNumberError, "A share lies between 0 and 1"),
    (lambda: wilson(math.nan, 10), why.BadNumberError, "A share lies between 0 and 1"),
    (lambda: holm([0.1, 1.2]), why.BadNumberError, "A p value lies between 0 and 1."),
    (lambda: holm([math.nan]), why.BadNumberError, "Value 1 of p value is not a number."),
    (lambda: detectable(RANDOM, n_eff=0), why.BadNumberError, "A detectable difference needs"),
    (lambda: answers_needed(RANDOM, difference=0), why.BadNumberError, "A difference to find"),
    (
        lambda: answers_needed(Sample(drawn=Drawn.OPT_IN), difference=0.1),
        why.BadDesignError,
        "Those who wished to answer",
    ),
    (lambda: panel([], [("a", 1.0)], scale=(0, 10), sample=RANDOM), why.NoAnswersError, "one of the waves"),
    (
        lambda: panel([("a", 1.0), ("a", 2.0)], [("a", 1.0)], scale=(0, 10), sample=RANDOM),
        why.DuplicateAnswerError,
        "A respondent answers twice in one wave.",
    ),
    (
        lambda: panel([("a", 1.0)], [("a", 2.0)], scale=(0, 10), sample=RANDOM, weights={}),
        why.LengthsDifferError,
        "A respondent of both waves has no weight.",
    ),
    (
        lambda: difference(mean([], scale=(0, 10), sample=RANDOM), share([], sample=RANDOM)),
        why.BadDesignError,
        "do not measure the same thing",
    ),
    (lambda: cronbach([[1.0, 2.0]], sample=RANDOM), why.BadDesignError, "at least 3 questions"),
    (lambda: cronbach([[1.0, 2.0, 3.0], [1.0]], sample=RANDOM), why.LengthsDifferError, "1 values stand"),
    (lambda: cronbach([[1.0, 2.0, math.inf]] * 40, sample=RANDOM), why.BadNumberError, "not a number"),
]

PEOPLE = answers_of([[20, 30], [25, 40]], "ab")
TABLE = Table(name="t", by=(by("a", 2), by("b", 2)))
OUT = release("out", [TABLE], PEOPLE, rounds=0).published


def told(**changes):
    return Published(**{**vars(OUT), **changes})


DISCLOSURE = [
    (lambda: Grouping(variable="a", groups=()), why.BadTableError, "a: a group has no answers"),
    (lambda: Grouping(variable="a", groups=(("x", ()),)), why.BadTableError, "a: a group has no answers"),
    (
        lambda: Grouping(variable="a", groups=(("x", ("1", "2")), ("y", ("2",)))),
        why.BadTableError,
        "a: a label or an answer is in two groups.",
    ),
    (lambda: Table(name="t", by=(by("a", 2), by("a", 2))), why.BadTableError, "t: a variable is used twice."),
    (lambda: Table(name="t", by=(by("a", 2),), only=(("b", ()),)), why.BadTableError, "lets nobody through"),
    (lambda: Answers(variables=("a", "a"), rows=()), why.BadTableError, "A variable is named twice."),
    (lambda: Answers(variables=("a",), rows=(("x", "y"),)), why.LengthsDifferError, "more or fewer answers"),
    (lambda: Answers(variables=("a",), rows=(("x",),), batches=("1", "2")), why.LengthsDifferError, "a batch"),
    (lambda: Known(where=(("a", ("a0",)),), high=3, low=4), why.BadTableError, "not a range"),
    (lambda: release("r", [TABLE], PEOPLE, floor=4), why.BadDesignError, "cannot be below 5"),
    (lambda: release("r", [], PEOPLE), why.BadTableError, "There is no table to release."),
    (lambda: release("r", [TABLE, TABLE], PEOPLE), why.BadTableError, "Two tables have the same name."),
    (
        lambda: release("r", [TABLE], Answers(variables=("a", "b"), rows=())),
        why.NoAnswersError,
        "There are no answers.",
    ),
    (
        lambda: release("r", [Table(name="t", by=(by("z", 2),))], PEOPLE),
        why.BadTableError,
        "No variable is named z.",
    ),
    (lambda: release("r", [TABLE], PEOPLE, counted=("1",)), why.BadTableError, "counts a batch that has no"),
    (
        lambda: release("r", [TABLE], answers_of([[21, 30], [25, 40]], "ab"), earlier=[OUT]),
        why.EarlierDiffersError,
        "out, t: a count does not follow from the answers given.",
    ),
    (
        lambda: release("r", [TABLE], PEOPLE, known=[Known(where=(("a", ("a0",)),), high=3)]),
        why.BadTableError,
        "does not fit the answers",
    ),
    (lambda: told(cells=OUT.cells[1:]), why.BadTableError, "not those of its tables"),
    (lambda: told(cells=tuple(reversed(OUT.cells))), why.BadTableError, "not those of its tables"),
    (
        lambda: told(cells=(Cell(table="t", labels=("a0", "b0"), count=-1), *OUT.cells[1:])),
        why.BadTableError,
        "out: a count is negative.",
    ),
    (
        lambda: attack([told(cells=(Cell(table="t", labels=("a0", "b0"), count=None), *OUT.cells[1:])), OUT2]),
        why.BadTableError,
        "Two releases give different counts of the same people.",
    ),
    (
        lambda: attack(
            [
                told(
                    cells=tuple(
                        replace(c, count=None if c.labels == ("a0", "b0") else 9 if any(c.labels) else 5)
                        for c in OUT.cells
                    )
                )
            ]
        ),
        why.BadTableError,
        "What was published or is known contradicts itself.",
    ),
    (
        lambda: release("r", [Table(name="t", by=tuple(by(v, 9) for v in "abcdef"))], WIDE),
        why.BadTableError,
        "t has more than 50000 cells: cut it by fewer variables.",
    ),
    (
        lambda: release("r", [Table(name=v + w, by=(by(v, 9), by(w, 9))) for v, w in combinations("abcdef", 2)], WIDE),
        why.TooEntangledError,
        "Too many variables hang together to check what a release tells: a, b, c, d, e, f.",
    ),
]
OUT2 = release("out2", [TABLE], answers_of([[20, 30], [25, 41]], "ab"), rounds=0).published
WIDE = Answers(variables=tuple("abcdef"), rows=(tuple(f"{v}0" for v in "abcdef"),) * 100)


@pytest.mark.parametrize(("call", "error", "said"), [*WEIGHTING, *ESTIMATES, *DISCLOSURE])
def test_bad_input_has_a_clear_named_error(call, error, said):
    with pytest.raises(error) as caught:
        call()
    assert said in str(caught.value)
    assert caught.value.reasons
    assert all(len(reason.said().split()) <= 20 for reason in caught.value.reasons)


def test_odd_but_right_input_has_the_right_answer():
    assert rake([sex()], limits=None).weights == pytest.approx([1.04, 0.96] * 5)
    assert rake([sex(answers=("w",) * 3, targets=(("w", 7),))]).weights == (1.0, 1.0, 1.0)
    assert share([], sample=RANDOM).base.state is State.HIDDEN
    assert share([True], sample=RANDOM).value is None
    assert mean([None] * 40, scale=(0, 10), sample=RANDOM).base.state is State.HIDDEN
    assert panel([("a", 1.0)], [("b", 1.0)], scale=(0, 10), sample=RANDOM).change is Change.NOT_ENOUGH
    assert cronbach([], sample=RANDOM).base.state is State.HIDDEN
    equal = mean([float(i % 11) for i in range(60)], scale=(0, 10), sample=RANDOM, weights=[0.25] * 60)
    assert equal.n_eff == pytest.approx(60)
    one = release("r", [TABLE], Answers(variables=("a", "b"), rows=(("a0", "b1"),)), rounds=0)
    assert {cell.count for cell in one.published.cells} == {None}
    unanswered = Answers(variables=("a",), rows=(("a0",),) * 20 + ((None,),) * 3)
    told_of = release("r", [Table(name="t", by=(by("a", 1),))], unanswered, rounds=0)
    assert told_of.published.cells[0].count == 20
