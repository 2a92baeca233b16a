"""The earlier pairs, exactly as far as they are known: nothing is added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from serai.core.audience import group
from serai.demo.cast import Cast
from serai.exchanges import actions as exchanges
from serai.partnerships import actions as partnerships
from serai.partnerships.models import Partnership

PUBLIC = [group("everyone")]
WROTE = datetime(2022, 7, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One exchange of a pair, as exact as it is known."""

    title: str
    cities: tuple[str, str]
    place: str | None = None
    when: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    form: str = "in_person"


SINGLE = [
    Visit(title="Peshawar–Birmingham", cities=("Peshawar", "Birmingham")),
    Visit(title="Montréal–Dakar", cities=("Montréal", "Dakar")),
]
PAIR = ("Kristiansand", "Mombasa")
TOGETHER = [
    Visit(title="Visit to Kristiansand", cities=PAIR, place="Kristiansand", when="March 2018"),
    Visit(title="Return visit to Mombasa", cities=PAIR, place="Mombasa", when="November 2018"),
    Visit(title="Youth exchange online", cities=PAIR, when="June 2022", form="online"),
]


def tell(cast: Cast) -> None:
    """Peshawar–Birmingham, Montréal–Dakar; Kristiansand–Mombasa as one partnership with three exchanges."""
    office = cast["secretariat"]
    with office.asks():
        for visit in SINGLE:
            _record(cast, visit, None)
        partnership = partnerships.begin_partnership(
            office.actor,
            title="Kristiansand–Mombasa",
            cities=[cast.cities[name] for name in PAIR],
            readers=PUBLIC,
            now=WROTE,
        )
        partnerships.sign_agreement(office.actor, partnership, kind="mou", signed="November 2018", now=WROTE)
        for visit in TOGETHER:
            _record(cast, visit, partnership)


def _record(cast: Cast, visit: Visit, partnership: Partnership | None) -> None:
    office = cast["secretariat"]
    exchange = exchanges.record_exchange(
        office.actor,
        title=visit.title,
        organiser=office.organisation,
        place=cast.cities[visit.place] if visit.place else None,
        starts_on=visit.starts_on,
        ends_on=visit.ends_on,
        when=visit.when,
        form=visit.form,
        partnership=partnership,
        readers=PUBLIC,
        now=WROTE,
    )
    for name in visit.cities:
        exchanges.add_party(office.actor, exchange, kind="city", city=cast.cities[name], readers=PUBLIC, now=WROTE)
