"""What the measures say, as sentences for people: what is seen and what changed, never what brought it about.

A sentence is a code with values; `words` says it in the reader's language. No sentence names an organisation but
those of new ties and those made for that organisation alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from serai.core.network.barriers import Barrier, Barriers
from serai.core.network.bridges import Fragility, Resting
from serai.core.network.change import BlockChange, NetworkChange
from serai.core.network.disclosure import Coverage, State
from serai.core.network.new_ties import NewTie
from serai.core.network.permutation import EITest
from serai.core.network.roster import Kind, Roster
from serai.core.network.ties import Confirmation, Layer, TieRule
from serai.core.network.trust_change import TrustChange

Value = str | int


def N_(text: str) -> str:  # noqa: N802 - the mark gettext extraction looks for
    """Marks a text for translation without translating it here: core knows no language of the reader."""
    return text


LAYER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "work1": N_("know of each other"),
        "work2": N_("cooperate"),
        "work3": N_("coordinate"),
        "work4": N_("work as one"),
        "channel": N_("have a channel"),
        "goal": N_("share a goal"),
        "place": N_("have a place to meet"),
        "trust": N_("trust each other"),
    }
)

THING_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "channel": N_("a channel"),
        "goal": N_("a shared goal"),
        "place": N_("a place to meet"),
        "trust": N_("trust"),
    }
)

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "block": N_("%(first)s and %(second)s %(verb)s in %(ties)d of %(asked)d possible pairs."),
        "block_inside": N_("Within %(first)s, %(ties)d of %(asked)d possible pairs %(verb)s."),
        "chance": N_("Chance would give %(expected)d, mostly %(low)d to %(high)d."),
        "fewer": N_("Fewer than chance gives."),
        "as_chance": N_("About what chance gives."),
        "more": N_("More than chance gives."),
        "missing": N_("Missing in most pairs: %(thing)s (there in %(there)d of %(told)d)."),
        "not_missing": N_("Of the four things asked, none is missing in most pairs."),
        "hidden": N_("Too few answers to show this without pointing at someone."),
        "counts_only": N_("Under half of them answered: only counts are shown."),
        "low_coverage": N_("Low coverage: read this as a description, not as a finding."),
        "rose": N_("Between the two waves %(change)d more, 95 %% %(low)d to %(high)d."),
        "fell": N_("Between the two waves %(change)d fewer, 95 %% %(low)d to %(high)d."),
        "rose_bare": N_("Between the two waves %(change)d more."),
        "fell_bare": N_("Between the two waves %(change)d fewer."),
        "same": N_("Between the two waves the number stayed the same."),
        "same_doubt": N_("Between the two waves no change, 95 %% %(low)d to %(high)d."),
        "clear": N_("This is more than chance would explain (p %(p)s)."),
        "unclear": N_("This could be chance (p %(p)s)."),
        "opportunity": N_("Of the pairs still free, %(free)d %% lie across; of the new ties, %(new)d %%."),
        "siloed": N_("Ties stay inside groups more than chance would give (p %(p)s)."),
        "open": N_("Ties cross groups more than chance would give (p %(p)s)."),
        "mixed": N_("Ties cross groups about as often as chance would give."),
        "no_ties": N_("No ties were reported, so there is no mix to judge."),
        "confirmed": N_("Both sides report %(confirmed)d of the %(heard)d ties that both could report."),
        "parts": N_("The network is in %(parts)d parts; the largest holds %(largest)d organisations."),
        "whole": N_("The network hangs together."),
        "depends": N_("Without one organisation, %(pairs)d pairs of others could no longer reach each other."),
        "robust": N_("It would hang together without any single organisation."),
        "resting": N_("%(on_one)d of %(ties)d ties between %(first)s and %(second)s rest on one organisation."),
        "tie": N_("Introduce %(one)s to %(two)s."),
        "tie_reach": N_("It would let %(pairs)d pairs of organisations reach each other."),
        "tie_relief": N_("It would end %(cases)d cases of two organisations depending on a third."),
        "tie_first": N_("It would be the first tie between %(first)s and %(second)s."),
        "tie_barrier": N_("%(first)s and %(second)s have %(ties)d ties; chance would give %(expected)d."),
        "tie_in_common": N_("Contacts in common who could introduce them: %(contacts)d."),
        "tie_know": N_("They know of each other already."),
        "trust_no_data": N_("Not enough data on trust."),
        "trust_clear": N_("Trust changed by %(points)+d points of 100, 95 %% %(low)+d to %(high)+d: notable."),
        "trust_small": N_("Trust changed by %(points)+d points of 100, 95 %% %(low)+d to %(high)+d: small."),
        "trust_none": N_("No clear change in trust: %(points)+d points of 100, 95 %% %(low)+d to %(high)+d."),
        "coverage": N_("%(answered)d of %(asked)d organisations answered."),
    }
)

ALPHA = 0.05


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A code of SENTENCES and its values. Text values are group names, words of LAYER_WORDS or THING_WORDS."""

    code: str
    values: tuple[tuple[str, Value], ...] = ()


def sentence(code: str, **values: Value) -> Sentence:
    """A sentence of this code."""
    return Sentence(code=code, values=tuple(values.items()))


def words(
    said: Sentence,
    *,
    translate: Callable[[str], str] = str,
    label: Callable[[str], str] = str,
) -> str:
    """The sentence in words. `translate` is gettext; `label` names a group or organisation to the reader."""

    def shown(kind: str, value: Value) -> Value:
        if not isinstance(value, str):
            return value
        if kind == "verb":
            return translate(LAYER_WORDS[value])
        if kind == "thing":
            return translate(THING_WORDS[value])
        return value if kind == "p" else label(value)

    text = translate(SENTENCES[said.code]) % {kind: shown(kind, value) for kind, value in said.values}
    return text[:1].upper() + text[1:]


def _verb(rule: TieRule) -> str:
    layer: Layer = rule.layer
    return f"work{int(rule.step)}" if layer == "work" else layer


def p_words(p: float) -> str:
    """A p value for a sentence: three decimals, never 0.000."""
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"


def say_barrier(cell: Barrier, rule: TieRule) -> tuple[Sentence, ...]:
    """One cell of the barrier matrix: how many, against chance, and what is missing."""
    if cell.state == State.HIDDEN or cell.ties is None:
        return (sentence("hidden"),)
    inside = cell.first == cell.second
    said = [
        sentence(
            "block_inside" if inside else "block",
            first=cell.first,
            second=cell.second,
            verb=_verb(rule),
            ties=cell.ties,
            asked=cell.asked,
        )
    ]
    if cell.state == State.COUNTS:
        return (*said, sentence("counts_only"))
    if cell.expected is not None and cell.low is not None and cell.high is not None:
        said.append(sentence("chance", expected=round(cell.expected), low=round(cell.low), high=round(cell.high)))
        side = "fewer" if cell.ties < cell.low else "more" if cell.ties > cell.high else "as_chance"
        said.append(sentence(side))
    said += _say_things(cell)
    if cell.state == State.DESCRIPTIVE:
        said.append(sentence("low_coverage"))
    return tuple(said)


def _say_things(cell: Barrier) -> list[Sentence]:
    by_name = {one.thing: one for one in cell.things}
    said = []
    for thing in cell.missing:
        one = by_name[thing]
        if one.there is not None and one.told is not None:
            said.append(sentence("missing", thing=thing, there=one.there, told=one.told))
    if not said and all(one.state == "there" for one in cell.things):
        said.append(sentence("not_missing"))
    return said


def say_barriers(found: Barriers) -> dict[tuple[str, str], tuple[Sentence, ...]]:
    """Every cell of the barrier matrix."""
    return {(cell.first, cell.second): say_barrier(cell, found.rule) for cell in found.cells}


def say_block_change(block: BlockChange) -> tuple[Sentence, ...]:
    """What changed in a cell, with its doubt."""
    if block.state == State.HIDDEN or block.change is None:
        return (sentence("hidden"),)
    said = []
    sized = abs(block.change)
    way = "rose" if block.change > 0 else "fell"
    if block.low is None or block.high is None:
        said.append(sentence(f"{way}_bare", change=sized) if block.change else sentence("same"))
    elif not block.change:
        said.append(sentence("same_doubt", low=round(block.low), high=round(block.high)))
    else:
        ends = (block.low, block.high) if block.change > 0 else (-block.high, -block.low)
        said.append(sentence(way, change=sized, low=round(ends[0]), high=round(ends[1])))
    p = block.p if block.p_holm is None else block.p_holm
    if p is not None and block.change:
        said.append(sentence("clear" if p < ALPHA else "unclear", p=p_words(p)))
    if block.state == State.COUNTS:
        said.append(sentence("counts_only"))
    if block.state == State.DESCRIPTIVE:
        said.append(sentence("low_coverage"))
    return tuple(said)


def say_change(change: NetworkChange) -> tuple[Sentence, ...]:
    """The headline of two waves: ties across groups, beside what was still free."""
    said = list(say_block_change(change.across))
    free = change.opportunity
    if free is not None and free.opportunity_share is not None and free.new_tie_share is not None:
        share, new = round(100 * free.opportunity_share), round(100 * free.new_tie_share)
        said.append(sentence("opportunity", free=share, new=new))
    said.append(say_coverage(change.coverage))
    return tuple(said)


def say_coverage(answered: Coverage) -> Sentence:
    """How many answered."""
    return sentence("coverage", answered=answered.answered, asked=answered.asked)


def say_ei(test: EITest) -> Sentence:
    """Whether ties stay inside their groups."""
    if test.value is None or test.p_low is None or test.p_high is None:
        return sentence("no_ties")
    if test.p_low < ALPHA:
        return sentence("siloed", p=p_words(test.p_low))
    return sentence("open", p=p_words(test.p_high)) if test.p_high < ALPHA else sentence("mixed")


def say_confirmation(found: Confirmation) -> Sentence:
    """How far both sides agree."""
    return sentence("confirmed", confirmed=found.confirmed, heard=found.heard)


def say_fragility(found: Fragility) -> tuple[Sentence, ...]:
    """What falls apart, without naming who holds it together."""
    whole = sentence("parts", parts=found.parts, largest=found.largest) if found.parts > 1 else sentence("whole")
    if found.worst is None:
        return (whole, sentence("robust")) if found.parts == 1 else (whole,)
    return whole, sentence("depends", pairs=found.worst.pairs_parted)


def say_resting(found: Resting) -> Sentence:
    """How much of the link between two groups rests on one organisation, unnamed."""
    return sentence("resting", on_one=found.on_one, ties=found.ties, first=found.first, second=found.second)


def say_new_tie(tie: NewTie, roster: Roster, kind: Kind = "sector") -> tuple[Sentence, ...]:
    """The pair and its reasons, the strongest kinds first."""
    groups = roster.grouping(kind)
    first, second = (groups.names[int(groups.codes[end])] for end in (tie.one, tie.two))
    said = [sentence("tie", one=roster.keys[tie.one], two=roster.keys[tie.two])]
    if tie.newly_reached:
        said.append(sentence("tie_reach", pairs=tie.newly_reached))
    if tie.relieved:
        said.append(sentence("tie_relief", cases=tie.relieved))
    if first != second and tie.ties_between == 0:
        said.append(sentence("tie_first", first=first, second=second))
    elif first != second and tie.ties_between < round(tie.expected_between):
        expected = round(tie.expected_between)
        said.append(sentence("tie_barrier", first=first, second=second, ties=tie.ties_between, expected=expected))
    if tie.in_common:
        said.append(sentence("tie_in_common", contacts=tie.in_common))
    if tie.know:
        said.append(sentence("tie_know"))
    return tuple(said)


def say_trust_change(change: TrustChange) -> Sentence:
    """How trust changed, or that there is not enough data."""
    if change.change is None or change.low is None or change.high is None:
        return sentence("trust_no_data")
    code = {"notable": "trust_clear", "small": "trust_small"}.get(change.band, "trust_none")
    return sentence(code, points=round(change.change), low=round(change.low), high=round(change.high))
