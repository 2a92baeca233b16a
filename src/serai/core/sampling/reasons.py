"""Why a number is as it is, or why there is none: a code, a sentence to translate and the values in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Value = str | int | float
Stop = Callable[[], bool]
Progress = Callable[[str, int, int], None]


def N_(text: str) -> str:  # noqa: N802 - the keyword by which Babel finds texts that are translated later
    """The text as it is; marks it for translation where it is shown."""
    return text


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason in words. `text` is the English sentence with %(names)s: translate it, then fill in."""

    code: str
    text: str
    values: tuple[tuple[str, Value], ...] = ()

    def said(self, translate: Callable[[str], str] = str) -> str:
        """The sentence with its values filled in."""
        return translate(self.text) % dict(self.values)


def because(code: str, text: str, **values: Value) -> Reason:
    """A reason from its code, its sentence and the values in it."""
    return Reason(code=code, text=text, values=tuple(values.items()))


class SamplingError(ValueError):
    """Numbers cannot be had from this input. `reasons` says why, for the person who gave it."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(" ".join(reason.said() for reason in reasons))
        self.reasons = reasons


class BadNumberError(SamplingError):
    """A number is missing, not finite, negative, or outside its scale."""


class LengthsDifferError(SamplingError):
    """Lists that must go together are not of the same length."""


class NoAnswersError(SamplingError):
    """Nobody answered: there is nothing to work on."""


class DuplicateAnswerError(SamplingError):
    """The same respondent answers twice in one wave."""


class BadDesignError(SamplingError):
    """The description of the sample contradicts itself, or the floor is set too low."""


class EmptyTargetCellError(SamplingError):
    """A target group has no respondents; `merges` says what to put together (weighting.Merge)."""

    def __init__(self, *reasons: Reason, merges: tuple[object, ...] = ()) -> None:
        super().__init__(*reasons)
        self.merges = merges


class UnknownCategoryError(SamplingError):
    """An answer belongs to no target group, or to one whose target is nothing."""


class LimitsTooTightError(SamplingError):
    """No weights within the limits meet all targets; `highest`: the least upper limit that would, if any."""

    def __init__(self, *reasons: Reason, highest: float | None = None) -> None:
        super().__init__(*reasons)
        self.highest = highest


class BadTableError(SamplingError):
    """A table, a filter or a release is not well described."""


class EarlierDiffersError(SamplingError):
    """What an earlier release says does not follow from the answers given: the base has changed."""


class TooEntangledError(SamplingError):
    """So many variables are linked that the attack cannot be computed: release fewer tables together."""


class NotSafeError(SamplingError):
    """The engine's own attack got through: nothing may be released."""
