"""Who is in the demo world: the network, its cities, and people who are roles."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from serai.audit.actions import Actor
from serai.core.audience import group
from serai.db.acting import Asker, acting_as, person
from serai.directory import actions
from serai.directory.models import City, Network, Organisation, Person, Team

BEGAN = datetime(2017, 9, 1, 8, 0, tzinfo=UTC)
SINCE = date(2017, 9, 1)


@dataclass(frozen=True, kw_only=True)
class Role:
    """One person of the demo world, who is a role, acting for an organisation."""

    person: Person
    organisation: Organisation
    actor: Actor

    def asks(self) -> AbstractContextManager[Asker]:
        """Everything inside is done by this role."""
        return acting_as(person(self.person.id))


@dataclass(kw_only=True)
class Cast:
    """The demo world's directory, by short names."""

    administrator: Actor
    network: Network
    hub: Network
    roles: dict[str, Role] = field(default_factory=dict)
    cities: dict[str, City] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Role:
        return self.roles[name]

    @property
    def everyone_here(self) -> list[str]:
        """The audience that is the whole network."""
        return [group("network", self.network.id)]

    def enter(
        self,
        key: str,
        by: Actor,
        organisation: Organisation,
        *,
        name: str,
        coordinates: bool = False,
        languages: Iterable[str] = ("en",),
    ) -> Role:
        """A role joins its organisation, with an account, and takes the organisation over."""
        with acting_as(person(by.person)):
            someone = actions.add_member(
                by,
                organisation,
                name=name,
                role=name,
                now=BEGAN,
                readers=self.everyone_here,
                email=f"{key}@demo.example",
                coordinates=coordinates,
                languages=languages,
                since=SINCE,
            )
        actor = Actor(person=someone.id, organisation=organisation.id)
        with acting_as(person(someone.id)):
            actions.claim(actor, organisation.id)
        self.roles[key] = Role(person=someone, organisation=organisation, actor=actor)
        return self.roles[key]


# Real cities by their GeoNames number (CC BY 4.0): name in its own spelling, country, zone, languages, place.
REAL = {
    "Kumanovo": (788886, "MK", 42.13222, 21.71444, "Europe/Skopje", ["mk", "sq"], 76275),
    "Gostivar": (790295, "MK", 41.79601, 20.90819, "Europe/Skopje", ["sq", "mk"], 50974),
    "Čair": (833262, "MK", 42.01528, 21.44111, "Europe/Skopje", ["sq", "mk"], 68395),
    "Skopje": (785842, "MK", 41.99646, 21.43141, "Europe/Skopje", ["mk", "sq"], 474889),
    "Elbasan": (783263, "AL", 41.1125, 20.08222, "Europe/Tirane", ["sq"], 100903),
    "Peshawar": (1168197, "PK", 34.008, 71.57849, "Asia/Karachi", ["ur", "en"], 1218773),
    "Birmingham": (2655603, "GB", 52.48142, -1.89983, "Europe/London", ["en"], 1144919),
    "Kristiansand": (3149318, "NO", 58.14671, 7.9956, "Europe/Oslo", ["nb"], 64057),
    "Mombasa": (186301, "KE", -4.05466, 39.66359, "Africa/Nairobi", ["sw", "en"], 1208333),
    "Montréal": (6077243, "CA", 45.50884, -73.58781, "America/Toronto", ["fr", "en"], 1762949),
    "Dakar": (2253354, "SN", 14.6937, -17.44406, "Africa/Dakar", ["fr"], 2646503),
}
FICTIVE = {
    "Arbreva": (-1, "AL", 40.62, 20.35, "Europe/Tirane", ["sq", "en"], 61000),
    "Lipovar": (-2, "MK", 41.52, 22.1, "Europe/Skopje", ["mk", "sq", "en"], 48000),
    "Valdora": (-3, "MK", 41.35, 21.05, "Europe/Skopje", ["mk", "en"], 22000),
}


def assemble(administrator: Actor) -> Cast:
    """Founds the network with its hub, takes in the cities, and brings in the roles."""
    with acting_as(person(administrator.person)):
        network = actions.found_network(
            administrator, name="Cities Network", secretariat="Network secretariat", now=BEGAN, languages=["en", "fr"]
        )
    cast = Cast(administrator=administrator, network=network, hub=network)
    office_of = network.secretariat
    assert office_of is not None
    office = cast.enter(
        "secretariat", administrator, office_of, name="Network secretariat, programme officer", coordinates=True
    )
    with office.asks():
        actions.place_organisation(office.actor, network, office_of)
        actions.change_network(office.actor, network, data_protection_id=office.person.id)  # who is told of reports
        cast.hub = actions.found_network(
            office.actor,
            name="Western Balkans hub",
            secretariat="Western Balkans hub",
            parent=network,
            languages=["en", "sq", "mk"],
            now=BEGAN,
        )
    assert cast.hub.secretariat is not None
    cast.enter(
        "hub",
        office.actor,
        cast.hub.secretariat,
        name="Local prevention coordinator, Western Balkans",
        coordinates=True,
    )
    with office.asks():
        actions.place_organisation(office.actor, cast.hub, cast.hub.secretariat)
    for name in REAL:
        _city(cast, name, REAL[name], fictive=False)
    for name in FICTIVE:
        _city(cast, name, FICTIVE[name], fictive=True)
    _national(cast)
    for name in ("Kumanovo", "Gostivar", "Čair", "Elbasan"):
        _municipality(cast, name, key=KEYS[name])
    for name in FICTIVE:
        _municipality(cast, name, key=name.lower())
    _teams(cast)
    _fictive_people(cast)
    return cast


KEYS = {"Kumanovo": "kumanovo", "Gostivar": "gostivar", "Čair": "cair", "Elbasan": "elbasan"}
BALKAN = ("Kumanovo", "Gostivar", "Čair", "Elbasan", *FICTIVE)


def _city(cast: Cast, name: str, facts: tuple[int, str, float, float, str, list[str], int], *, fictive: bool) -> None:
    id, country, latitude, longitude, zone, languages, population = facts
    office = cast["secretariat"]
    with office.asks():
        city = actions.add_city(
            office.actor,
            id=id,
            name=name,
            country=country,
            latitude=latitude,
            longitude=longitude,
            time_zone=zone,
            languages=languages,
            population=population,
            fictive=fictive,
        )
        if name != "Skopje":  # a place where an exchange was held, not a member
            actions.place_city(office.actor, cast.network, city)
        if name in BALKAN:
            actions.place_city(office.actor, cast.hub, city)
    cast.cities[name] = city


def _municipality(cast: Cast, name: str, *, key: str) -> None:
    office = cast["secretariat"]
    city = cast.cities[name]
    with office.asks():
        town = actions.add_organisation(
            office.actor,
            name=f"Municipality of {name}",
            sector="municipal_admin",
            city=city,
            now=BEGAN,
            readers=cast.everyone_here,
            illustrative=city.fictive,
            named_to_public="name",
            in_kind=f"the municipality of {name}",
        )
        actions.set_coordinator(office.actor, cast.network, city, town)
    cast.enter(key, office.actor, town, name=f"Coordinator of {name}", coordinates=True, languages=city.languages)


def _national(cast: Cast) -> None:
    office = cast["secretariat"]
    with office.asks():
        body = actions.add_organisation(
            office.actor,
            name="National coordination, North Macedonia",
            sector="national_coordination",
            level="national",
            country="MK",
            now=BEGAN,
            readers=cast.everyone_here,
            named_to_public="name",
        )
        actions.place_organisation(office.actor, cast.network, body)
    cast.enter("national", office.actor, body, name="Deputy National CVE Coordinator of North Macedonia")


def _teams(cast: Cast) -> None:
    for name, stage in (
        ("Kumanovo", "plan"),
        ("Gostivar", "founding_group"),
        ("Čair", "founding_group"),
        ("Arbreva", "plan"),
    ):
        role = cast[KEYS.get(name, name.lower())]
        with role.asks():
            team = actions.add_team(
                role.actor,
                name=f"Community Action Team of {name}",
                city=cast.cities[name],
                stage=stage,
                readers=cast.everyone_here,
                now=BEGAN,
                illustrative=cast.cities[name].fictive,
            )
            actions.seat(role.actor, team, role.person, sector="municipal_admin", now=BEGAN, since=SINCE)
        cast.teams[name] = team


ORGANISATIONS = [
    # city, key, organisation, sector, role, seat in the team
    ("Arbreva", "arbreva-youth", "Youth House of Arbreva", "youth_work", "Youth worker, Arbreva", True),
    (
        "Arbreva",
        "arbreva-mothers",
        "Mothers’ Association of Arbreva",
        "women_organisation",
        "Chair of the mothers’ association, Arbreva",
        True,
    ),
    ("Arbreva", "arbreva-police", "Police of Arbreva", "law_enforcement", "Community police officer, Arbreva", True),
    ("Arbreva", "arbreva-mayor", "Mayor’s office of Arbreva", "elected_leadership", "Deputy Mayor of Arbreva", False),
    (
        "Lipovar",
        "lipovar-youth",
        "Youth Centre Most, Lipovar",
        "youth_work",
        "Head of the youth centre, Lipovar",
        False,
    ),
    ("Lipovar", "lipovar-police", "Police of Lipovar", "law_enforcement", "Community police officer, Lipovar", False),
    ("Valdora", "valdora-ngo", "Open Door, Valdora", "civil_society", "Practitioner, Valdora", False),
]


def _fictive_people(cast: Cast) -> None:
    for city_name, key, name, sector, role_name, seated in ORGANISATIONS:
        coordinator = cast[city_name.lower()]
        city = cast.cities[city_name]
        with coordinator.asks():
            organisation = actions.add_organisation(
                coordinator.actor,
                name=name,
                sector=sector,
                city=city,
                now=BEGAN,
                readers=cast.everyone_here,
                illustrative=True,
                in_kind=f"a partner from {city_name}",
            )
        role = cast.enter(key, coordinator.actor, organisation, name=role_name, languages=city.languages)
        if seated:
            with coordinator.asks():
                actions.seat(
                    coordinator.actor, cast.teams[city_name], role.person, sector=sector, now=BEGAN, since=SINCE
                )
    # The one organisation with two people: what one of them translates, the other can check.
    head, spoken = cast["lipovar-youth"], [*cast.cities["Lipovar"].languages, "fr"]
    cast.enter("lipovar-worker", head.actor, head.organisation, name="Youth worker, Lipovar", languages=spoken)
