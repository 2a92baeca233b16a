"""Numbers of a plan in words and as a strip: interval before point, baseline hollow."""

from __future__ import annotations

from dataclasses import dataclass
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

STATES = {"planned": "later", "running": "theirs", "delivered": "done", "stopped": "later"}


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
    doubt = ""
    if last.low is not None and last.high is not None:
        doubt = _("%(low)s to %(high)s") % {"low": number(last.low), "high": number(last.high)}
    return Seen(
        indicator=indicator,
        sentence=_sentence(now.moved),
        strip=strip,
        number=number(last.value),
        doubt=doubt,
        sure=now.moved in (Moved.TOWARDS, Moved.AWAY),
    )


def progress_rows(indicator: Indicator) -> list[dict[str, Any]]:
    """Baseline, every reading and the target as rows with a picture each, all on one scale."""
    readings = list(indicator.measurements.all())
    numbers = [indicator.baseline, indicator.target]
    numbers += [value for m in readings for value in (m.value, m.low, m.high)]
    scale = scale_over([_float(n) for n in numbers])
    rows: list[dict[str, Any]] = []
    if indicator.baseline is not None:
        strip = interval(scale=scale, base=_float(indicator.baseline))
        rows.append(
            {
                "when": dates.day(indicator.baseline_on),
                "number": number(indicator.baseline),
                "kind": "base",
                "strip": strip,
            }
        )
    for m in readings:
        doubt = _("%(low)s to %(high)s") % {"low": number(m.low), "high": number(m.high)} if m.low is not None else ""
        strip = interval(
            scale=scale,
            value=_float(m.value),
            low=_float(m.low),
            high=_float(m.high),
            base=_float(indicator.baseline),
            target=_float(indicator.target),
        )
        rows.append(
            {"when": dates.day(m.measured_on), "number": number(m.value), "doubt": doubt, "note": m.how, "strip": strip}
        )
    if indicator.target is not None:
        strip = interval(scale=scale, target=_float(indicator.target))
        rows.append(
            {
                "when": dates.day(indicator.target_on),
                "number": number(indicator.target),
                "kind": "target",
                "strip": strip,
            }
        )
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


def _sentence(moved: Moved) -> str:
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
