"""Hours as people say them."""

from __future__ import annotations

from datetime import UTC, datetime

from serai.web import dates

AT = datetime(2019, 11, 26, 2, 30, tzinfo=UTC)
SKOPJE = ("Skopje", "Europe/Skopje")


def test_an_hour_elsewhere_is_said_with_its_cities_and_with_its_day_where_that_is_another() -> None:
    there = [
        ("Birmingham", "Europe/London"),
        ("Elbasan", "Europe/Tirane"),
        ("Montréal", "America/Toronto"),
        ("Dakar", "Africa/Dakar"),
    ]
    assert (
        dates.elsewhere(AT, SKOPJE, there)
        == "03:30 in Skopje is 02:30 in Birmingham and Dakar, Mon 25 Nov 2019, 21:30 in Montréal."
    )


def test_an_hour_that_is_the_same_everywhere_is_not_said() -> None:
    assert dates.elsewhere(AT, SKOPJE, [("Elbasan", "Europe/Tirane")]) == ""
    assert dates.elsewhere(AT, SKOPJE, []) == ""
