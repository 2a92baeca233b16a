"""Why two cities fit, as codes with values, and the same in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

Value = str | int | float | tuple[str, ...] | tuple[int, ...]


def N_(text: str) -> str:  # noqa: N802 - the mark gettext extraction looks for
    """Marks a text for translation without translating it here: core knows no language of the reader."""
    return text


SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "shows_us": N_("They can show you: %(theme)s (%(evidence)s)."),
        "shows_us_groups": N_("They can show you: %(theme)s, for %(groups)s (%(evidence)s)."),
        "shown_them": N_("You can show them: %(theme)s (%(evidence)s)."),
        "shown_them_groups": N_("You can show them: %(theme)s, for %(groups)s (%(evidence)s)."),
        "both_learn": N_("Both cities would learn from each other."),
        "language": N_("You can speak together in %(languages)s."),
        "interpreted": N_("You need an interpreter: %(languages)s."),
        "language_not_told": N_("Ask which language you could share: one of you has not said."),
        "alike": N_("Your cities are alike: %(context)s."),
        "size_alike": N_("Your cities are of similar size."),
        "distance": N_("%(km)d km apart."),
        "met_before": N_("You have met before."),
        "first_meeting": N_("This would be your first meeting."),
        "months": N_("Both are free in %(months)s."),
        "barred_not_with": N_("One of the two cities asked not to be matched with the other."),
        "barred_language": N_("The cities share no language, and neither has interpreters for it."),
        "barred_months": N_("There is no month in which both are free."),
        "barred_nothing": N_("They offer nothing that you ask for."),
        "barred_self": N_("A city cannot visit itself."),
        "first_visit": N_("It is this city's first visit of the season."),
        "newcomer": N_("This city has never met another city before."),
        "visit_back": N_("The two cities visit each other this season."),
        "together": N_("%(count)d guest cities come to the same exchange."),
        "learning": N_("It is worth %(points)d of 100 points of learning."),
        "in_plan": N_("This visit is in the plan."),
        "no_host": N_("This city hosts no exchange in the season."),
        "no_visits": N_("This city makes no visit in the season."),
        "no_payer": N_("No funder pays for this city and theme."),
        "guest_served": N_("The guest's visits are already planned."),
        "need_served": N_("This need is met by another host."),
        "host_full": N_("All guest places of this host are taken."),
        "months_taken": N_("The host's exchanges are in months that do not suit this guest."),
        "host_wanted": N_("A place at this host is worth %(points)d points to other cities."),
        "too_dear": N_("The visit costs %(cost)d; that money brings %(points)d points elsewhere."),
        "limit_reached": N_("This limit is reached: %(limit)s."),
        "small_gain": N_("It would teach %(points)d of 100 points; other visits do more."),
        "price_money": N_("1,000 more in %(limit)s would bring up to %(points)d points."),
        "price_visit": N_("Changing this limit by one visit would bring up to %(points)d points: %(limit)s."),
        "price_host": N_("One more guest place at %(city)s would bring up to %(points)d points."),
        "gone": N_("This city no longer takes part."),
        "month_gone": N_("The month no longer suits both cities."),
        "no_room": N_("The limits that are left do not allow it any more."),
    }
)

AS_SAID = frozenset({"city", "limit"})
"""Values that are names, not codes of a vocabulary."""

EVIDENCE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "E0": N_("an idea"),
        "E1": N_("in place and described"),
        "E2": N_("followed with figures and feedback"),
        "E3": N_("evaluated before and after"),
        "E4": N_("evaluated beside a comparison group"),
        "E5": N_("repeated elsewhere and evaluated"),
        "EX": N_("evaluated, and it did not work"),
    }
)

MONTH_WORDS = (
    "",
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason: a code of SENTENCES, its values, and the points of the score (0 to 1) it stands for.

    The keys of `values` are also the kinds that `words` asks labels for: theme, groups, languages, evidence,
    context, months, km.
    """

    code: str
    values: tuple[tuple[str, Value], ...] = ()
    points: float = 0.0


def plain_label(kind: str, code: str) -> str:
    """A code of a vocabulary in plain English: `youth_engagement` reads "youth engagement"."""
    if kind == "evidence":
        return EVIDENCE_WORDS[code]
    if kind == "months":
        return MONTH_WORDS[int(code)]
    return code.replace("_", " ")


def words(
    reason: Reason,
    *,
    translate: Callable[[str], str] = str,
    label: Callable[[str, str], str] = plain_label,
) -> str:
    """The reason as one sentence.

    `translate` is gettext; `label(kind, code)` names a theme, group, language, evidence level, month or
    context tag to the reader; what it returns is passed through `translate` too.
    """

    def said(kind: str, value: Value) -> object:
        if isinstance(value, tuple):
            return ", ".join(translate(label(kind, str(one))) for one in value)
        if kind in AS_SAID:
            return value
        return translate(label(kind, value)) if isinstance(value, str) else value

    return translate(SENTENCES[reason.code]) % {kind: said(kind, value) for kind, value in reason.values}
