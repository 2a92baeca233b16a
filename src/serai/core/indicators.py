"""How far a number moved: from its baseline towards its target, with its doubt.

Sources: research domain (d), after DFID's logframe (baseline, milestones, target) and the tracking table's
"difference to target". Progress is a share of the way, never a grade.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Moved(StrEnum):
    """What may be said of an indicator."""

    NO_NUMBER = "no number yet"
    NO_BASELINE = "no baseline"
    NOT_SURE = "not sure"  # the doubt of the last reading holds the baseline
    TOWARDS = "towards the target"
    AWAY = "away from it"
    SAME = "the same"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One measurement: value in the indicator's unit, its interval where known, and its day."""

    value: Decimal
    on: date
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The last reading beside baseline and target. `share` is the part of the way gone (may pass 0 and 1)."""

    moved: Moved
    last: Reading | None
    share: Decimal | None


def progress(
    readings: Iterable[Reading], *, baseline: Decimal | None, target: Decimal | None, rising_is_good: bool = True
) -> Progress:
    """What the readings say, compared with the baseline, the last one counting.

    A reading whose interval holds the baseline moved nowhere we could be sure of. Without an interval the
    value is compared as it is. Where the target is to stay at the baseline, every way leads away from it.
    """
    ordered = sorted(readings, key=lambda r: r.on)
    last = ordered[-1] if ordered else None
    if last is None:
        return Progress(moved=Moved.NO_NUMBER, last=None, share=None)
    if baseline is None:
        return Progress(moved=Moved.NO_BASELINE, last=last, share=None)
    share = None
    if target is not None and target != baseline:
        share = (last.value - baseline) / (target - baseline)
    if last.value == baseline:
        return Progress(moved=Moved.SAME, last=last, share=share)
    if last.low is not None and last.high is not None and last.low <= baseline <= last.high:
        return Progress(moved=Moved.NOT_SURE, last=last, share=share)
    good = rising_is_good if target is None else target > baseline
    towards = (last.value > baseline) == good and target != baseline
    return Progress(moved=Moved.TOWARDS if towards else Moved.AWAY, last=last, share=share)
