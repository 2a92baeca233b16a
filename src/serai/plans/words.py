"""Numbers of a plan in words and as a strip: interval before point, baseline hollow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from markupsafe import Markup

from serai.core.indicators import Moved
from serai.plans.models import Indicator
from serai.plans.queries import standing_of
from serai.web import dates
from serai.web.strips import interval, scale_over

TURNS = {"planned": "later", "running": "theirs", "delivered": "done", "stopped": "later"}  # of an activity


def state_word(state: str) -> str:
    """How an activity stands, in words."""
    words = {"planned": _("Planned"), "running": _("Under way"), "delivered": _("Delivered"), "stopped": _("Stopped")}
    return words[state]


def number(value: Decimal | None) -> str:
    """A number as the reader's language writes it, without needless zeros."""
    return "–" if value is None else str(format_decimal(value, locale=dates.locale()))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An indicator as a page shows it: sentence, strip and the last number with its doubt."""

    indicator: Indicator
    sentence: str
    strip: Markup | None
    number: str
    doubt: str
    sure: bool


def seen(indicator: Indicator) -> Seen:
    """The indicator's last reading beside its baseline and target."""
    now = standing_of(indicator)
    if now.last is None:
        return Seen(indicator=indicator, sentence=_("No number yet."), strip=None, number="–", doubt="", sure=False)
    last = now.last
    values = (indicator.baseline, indicator.target, last.value, last.low, last.high)
    strip = interval(
        value=float(last.value),
        low=_float(last.low),
        high=_float(last.high),
        base=_float(indicator.baseline),
        target=_float(indicator.target),
        scale=scale_over([_float(v) for v in values]),
    )
    return Seen(
        indicator=indicator,
        sentence=_sentence(now.moved, aimed=indicator.target is not None),
        strip=strip,
        number=number(last.value),
        doubt=_doubt(last.low, last.high),
        sure=now.moved in (Moved.TOWARDS, Moved.AWAY),
    )


def progress_rows(indicator: Indicator) -> list[dict[str, Any]]:
    """Baseline, every reading and the target as rows with a picture each, all on one scale."""
    readings = list(indicator.measurements.all())
    numbers = [indicator.baseline, indicator.target]
    numbers += [value for m in readings for value in (m.value, m.low, m.high)]
    scale = scale_over([_float(n) for n in numbers])
    base, target = _float(indicator.baseline), _float(indicator.target)
    rows = []
    if base is not None:
        strip = interval(scale=scale, base=base)
        rows.append(_row(indicator.baseline_on, indicator.baseline, kind="base", strip=strip))
    for m in readings:
        ends = {"low": _float(m.low), "high": _float(m.high)}
        strip = interval(scale=scale, value=_float(m.value), base=base, target=target, **ends)
        rows.append(_row(m.measured_on, m.value, doubt=_doubt(m.low, m.high), note=m.how, strip=strip))
    if target is not None:
        strip = interval(scale=scale, target=target)
        rows.append(_row(indicator.target_on, indicator.target, kind="target", strip=strip))
    return rows


def numbers(indicator: Indicator) -> tuple[list[str], list[list[Any]]]:
    """The same as a table to take away: its head, and its rows in order of time, nothing rounded."""
    head = [_("Day"), _("What it is"), _("Value"), _("At least"), _("At most"), _("Unit"), _("How counted")]
    rows: list[list[Any]] = [
        [m.measured_on, _("measured"), m.value, m.low, m.high, indicator.unit, m.how or indicator.method]
        for m in indicator.measurements.all()
    ]
    if indicator.baseline is not None:
        before = [indicator.baseline_on, _("before"), indicator.baseline, None, None]
        rows.insert(0, [*before, indicator.unit, indicator.method])
    if indicator.target is not None:
        rows.append([indicator.target_on, _("target"), indicator.target, None, None, indicator.unit, ""])
    return head, rows


def _row(day: date | None, value: Decimal | None, **more: Any) -> dict[str, Any]:
    return {"when": dates.day(day), "number": number(value), **more}


def _doubt(low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return ""
    return _("%(low)s to %(high)s") % {"low": number(low), "high": number(high)}


def _sentence(moved: Moved, *, aimed: bool) -> str:
    if not aimed and moved in (Moved.TOWARDS, Moved.AWAY):
        return _("It moved. There is no target to compare with.")
    return {
        Moved.NO_NUMBER: _("No number yet."),
        Moved.NO_BASELINE: _("There is no number from before to compare with."),
        Moved.NOT_SURE: _("It may have moved; we are not sure."),
        Moved.TOWARDS: _("It moved towards the target."),
        Moved.AWAY: _("It moved away from the target."),
        Moved.SAME: _("It did not move."),
    }[moved]


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
