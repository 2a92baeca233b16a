"""Days and hours as people say them, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton, format_timedelta
from babel.lists import format_list
from django.utils.translation import get_language
from django.utils.translation import gettext as _

PSEUDO = "ar-x-pseudo"


def locale() -> Locale:
    """CLDR's locale of the interface language; the pseudo-language writes dates as Arabic does."""
    return _locale_of(get_language() or "en")


@cache
def _locale_of(code: str) -> Locale:
    known = {PSEUDO: "ar", "en": "en_GB"}  # days before months
    return Locale.parse(known.get(code, code.replace("-", "_")))


def day(value: date | None) -> str:
    """ "Tue 26 Nov 2019"; a dash where no day is known."""
    return "–" if value is None else _day(value, get_language() or "en")


@lru_cache(maxsize=2048)
def _day(value: date, code: str) -> str:
    locale = _locale_of(code)
    if locale.language == "en":
        return format_date(value, "EEE d MMM y", locale=locale)  # CLDR puts commas there
    return format_skeleton("yMMMEd", value, locale=locale)


def days(first: date | None, last: date | None) -> str:
    """ "25 – 27 Nov 2019", or one day, or a dash."""
    if first is None:
        return "–"
    if last is None or last == first:
        return day(first)
    return format_interval(first, last, "yMMMd", locale=locale())


def clock(value: datetime, zone: str) -> str:
    """The hour at a place: "09:30"."""
    return f"{value.astimezone(ZoneInfo(zone)):%H:%M}"


def clocks(
    value: datetime, here: tuple[str, str], there: tuple[str, str] | None = None, until: datetime | None = None
) -> str:
    """ "09:30–11:00 Skopje (08:30–10:00 London)"; the second clock only where it differs. Each is (city, zone)."""

    def at(place: tuple[str, str]) -> str:
        return f"{clock(value, place[1])}{f'–{clock(until, place[1])}' if until else ''} {place[0]}".strip()

    if there is None or clock(value, there[1]) == clock(value, here[1]):
        return at(here)
    return _("%(first)s (%(second)s)") % {"first": at(here), "second": at(there)}


def elsewhere(value: datetime, here: tuple[str, str], others: Iterable[tuple[str, str]]) -> str:
    """ "10:00 in Skopje is 09:00 in London and Dakar, 14:00 in Lahore."; empty where no clock differs.

    Each is (city, zone).
    """

    def at(hour: str, cities: list[str]) -> str:
        return _("%(hour)s in %(cities)s") % {"hour": hour, "cities": format_list(cities, locale=locale())}

    own = clock(value, here[1])
    told: dict[str, list[str]] = {}
    for city, zone in others:
        if (hour := clock(value, zone)) != own:
            same = day_of(value, zone) == day_of(value, here[1])
            told.setdefault(hour if same else moment(value, zone), []).append(city)
    if not told:
        return ""
    there = _(", ").join(at(hour, cities) for hour, cities in told.items())
    return _("%(first)s is %(second)s.") % {"first": at(own, [here[0]]), "second": there}


def day_of(value: datetime, zone: str) -> date:
    """The calendar day at a place."""
    return value.astimezone(ZoneInfo(zone)).date()


def by_when(due: date | None, today: date) -> str:
    """ "By Sun 24 Nov 2019", "Due today", or empty."""
    if due is None:
        return ""
    if due == today:
        return _("Due today")
    return _("By %(day)s") % {"day": day(due)}


def local(value: datetime, zone: str) -> str:
    """A moment as the hour at a place, as an input of a form wants it: "2019-11-26T09:30"."""
    return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def moment(value: datetime | str, zone: str) -> str:
    """ "Tue 26 Nov 2019, 09:30", at a place."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return _("%(day)s, %(clock)s") % {"day": day(day_of(at, zone)), "clock": clock(at, zone)}


def later(value: date, days: int) -> date:
    """The day so many days later."""
    return value + timedelta(days=days)


def span(days: int) -> str:
    """ "45 days", "7 months", "2 years": coarser where it is long."""
    long = timedelta(days=days)
    if days <= 120:
        return format_timedelta(long, granularity="day", threshold=days + 1, locale=locale())
    return format_timedelta(long, granularity="month", threshold=2, locale=locale())
