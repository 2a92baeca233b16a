"""The task list of an exchange: what is done before, during and after, by whom, and when it is due.

Lead times follow docs/glossary.md "Timeline"; they are ours (no authoritative source was found).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

ORGANISER, EACH, EACH_CITY = "organiser", "each", "each city"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: `days` counts from the first day (before, during) or the last (after)."""

    phase: str
    code: str
    whose: str
    days: int
    minutes: int


LINES = (
    Line(phase="before", code="agree_goals", whose=ORGANISER, days=-60, minutes=10),
    Line(phase="before", code="agree_dates", whose=ORGANISER, days=-56, minutes=5),
    Line(phase="before", code="name_delegates", whose=EACH, days=-21, minutes=5),
    Line(phase="before", code="draft_programme", whose=ORGANISER, days=-21, minutes=30),
    Line(phase="before", code="site_rules", whose=ORGANISER, days=-14, minutes=10),
    Line(phase="before", code="city_presentation", whose=EACH_CITY, days=-14, minutes=20),
    Line(phase="before", code="safety_check", whose=ORGANISER, days=-10, minutes=10),
    Line(phase="before", code="release_programme", whose=ORGANISER, days=-7, minutes=2),
    Line(phase="during", code="follow_programme", whose=EACH, days=0, minutes=1),
    Line(phase="during", code="capture", whose=EACH, days=0, minutes=1),
    Line(phase="after", code="weigh", whose=EACH_CITY, days=14, minutes=30),
    Line(phase="after", code="promise", whose=EACH_CITY, days=14, minutes=10),
    Line(phase="after", code="report_promises", whose=EACH_CITY, days=90, minutes=5),
    Line(phase="after", code="tell_story", whose=ORGANISER, days=365, minutes=20),
)

WORDS = {
    "agree_goals": _("Agree on what each city wants to learn"),
    "agree_dates": _("Agree on dates and place"),
    "name_delegates": _("Name your delegates"),
    "draft_programme": _("Draft the programme"),
    "site_rules": _("Write down the rules of each site"),
    "city_presentation": _("Prepare your city’s presentation"),
    "safety_check": _("Answer the ten safety questions, with a second person"),
    "release_programme": _("Release the programme"),
    "follow_programme": _("Follow the programme"),
    "capture": _("Capture ideas as they come"),
    "weigh": _("Weigh what you took home"),
    "promise": _("Turn ideas into promises, with an owner and a day"),
    "report_promises": _("Say what became of your promises"),
    "tell_story": _("Tell the story"),
}

SAFETY_QUESTIONS = (
    _("Could naming a group or an area brand the people there?"),
    _("Could taking part expose anyone: to the state, to a group, to the media?"),
    _("Does it make a social service look like a security measure?"),
    _("Are minors, victims or families of returnees involved?"),
    _("Is there a gap of power in the room: police, civil society, donors?"),
    _("Does how we speak of it make a community look like a threat?"),
    _("Is anyone left out who should be there?"),
    _("Is what we share lawful, as little as possible, and labelled?"),
    _("What if the political climate turns?"),
    _("Do people know how to complain and how to withdraw?"),
)

SESSION_KINDS = [
    ("opening", _("Opening")),
    ("presentation", _("City presentation")),
    ("debate", _("Debate")),
    ("workshop", _("Workshop")),
    ("site_visit", _("Site visit")),
    ("practitioners", _("Practitioners’ meeting")),
    ("reflection", _("Reflection")),
    ("planning", _("Action planning")),
    ("informal", _("Informal time")),
    ("meal", _("Meal")),
    ("transfer", _("Transfer")),
]
