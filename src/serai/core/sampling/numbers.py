"""Numbers from people, checked: finite, of the right length, inside their scale."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from serai.core.sampling.reasons import (
    N_,
    BadNumberError,
    LengthsDifferError,
    NoAnswersError,
    because,
)

PLAIN = {float, int, bool}  # types that need no look at each value
FloatArray = npt.NDArray[np.float64]


def same_length(found: int, wanted: int) -> None:
    """Raises LengthsDifferError unless the two are equal."""
    if found != wanted:
        text = N_("%(found)d values stand beside %(wanted)d answers.")
        raise LengthsDifferError(because("lengths_differ", text, found=found, wanted=wanted))


def finite(values: Sequence[float | None], what: str) -> FloatArray:
    """The values as an array; BadNumberError names the first that is missing, not a number or infinite."""
    if set(map(type, values)) <= PLAIN:
        found = np.array(values, dtype=np.float64)
        if np.isfinite(found).all():
            return found
    for place, value in enumerate(values):
        if value is None or not _is_number(value):
            text = N_("Value %(place)d of %(what)s is not a number.")
            raise BadNumberError(because("not_a_number", text, place=place + 1, what=what))
    return np.array(values, dtype=np.float64)


def _is_number(value: object) -> bool:
    if isinstance(value, (bool, np.bool_)):
        return True
    return isinstance(value, (int, float, np.integer, np.floating)) and math.isfinite(value)


def positive(values: Sequence[float], what: str, *, length: int | None = None) -> FloatArray:
    """Finite values above 0; NoAnswersError when there are none."""
    if length is not None:
        same_length(len(values), length)
    if len(values) == 0:
        raise NoAnswersError(because("no_answers", N_("There are no answers.")))
    found = finite(values, what)
    if found.min() <= 0:
        place = int(np.argmax(found <= 0)) + 1
        text = N_("Value %(place)d of %(what)s is not above 0.")
        raise BadNumberError(because("not_positive", text, place=place, what=what))
    return found


def on_scale(values: Sequence[float], scale: tuple[float, float]) -> FloatArray:
    """Finite values between the ends of the scale, ends included."""
    low, high = scale
    if not low < high or not (math.isfinite(low) and math.isfinite(high)):
        text = N_("A scale runs from a lower to a higher number.")
        raise BadNumberError(because("bad_scale", text))
    found = finite(values, "answer")
    outside = (found < low) | (found > high)
    if outside.any():
        text = N_("Answer %(value)g lies outside the scale %(low)g to %(high)g.")
        value = float(found[int(np.argmax(outside))])
        raise BadNumberError(because("outside_scale", text, value=value, low=low, high=high))
    return found
