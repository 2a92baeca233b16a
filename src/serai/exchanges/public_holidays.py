"""Public holidays on the days of an exchange, in the countries of its place and its cities: from a file, no network."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

MOST_DAYS = 60


@cache
def _of_year(country: str, year: int) -> dict[date, str]:
    """The days of one country in a year with their English names; none for a country that is not known."""
    from holidays import country_holidays  # late: it is needed by the organiser of an exchange alone

    try:
        return dict(country_holidays(country, years=year, language="en_US"))
    except NotImplementedError:
        return {}


def holidays_on(first: date, last: date, countries: Iterable[str]) -> list[tuple[date, str, str]]:
    """Day, country and English name of each public holiday of the whole country from `first` to `last`.

    Countries by their two letters (ISO 3166-1). At most sixty days are looked at.
    """
    days = [first + timedelta(days=n) for n in range(min((last - first).days + 1, MOST_DAYS))]
    return [
        (day, country, _of_year(country, day.year)[day])
        for day in days
        for country in sorted(set(countries))
        if day in _of_year(country, day.year)
    ]
