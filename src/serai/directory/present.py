"""What is here already, as far as whoever brings a list may read it: cities, organisations, members, addresses."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from serai.accounts.models import Account
from serai.core.words import fold
from serai.directory.columns import Entry
from serai.directory.models import City, Membership, Organisation, Person
from serai.directory.places import world
from serai.directory.queries import Standing, held, may_place


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Someone whom an organisation of the asker invited: at which address, on which card; `came` followed the link."""

    address: str
    card: uuid.UUID
    came: bool


class Invited(Protocol):
    """Whom the asker's organisations invited, the latest last: sharing's `invited`, which lies above this package."""

    def __call__(self, addresses: Collection[str], people: Collection[uuid.UUID]) -> list[Guest]: ...


@dataclass(frozen=True, kw_only=True)
class Present:
    """Cities of the networks; organisations by folded name; members, addresses and people of those in the list.

    An address tells nothing of someone whose card the asker cannot read: it is as unknown as one that nobody has.
    """

    standing: Standing
    cities: tuple[City, ...]
    places: frozenset[int]  # cities of which they may say that an organisation is theirs
    organisations: Mapping[str, list[Organisation]]
    memberships: Mapping[uuid.UUID, list[Membership]]
    people: Mapping[str, Person]  # by address: with it they sign in, or were invited
    arrived: Mapping[str, uuid.UUID]  # by address: who has an account at one that was invited, and came
    addressed: frozenset[uuid.UUID]  # persons with an account or an invitation

    def cities_called(self, name: str, country: str) -> list[City]:
        """Cities of the networks with this name: in their own spelling, else in any."""
        key, ids = fold(name), world().ids_called(name, exactly=True)
        own = [c for c in self.cities if fold(c.name) == key and country in ("", c.country)]
        return own or [c for c in self.cities if c.id in ids and country in ("", c.country)]

    def organisation(self, name: str, city: City | None, country: str) -> Organisation | None:
        """The one with this name in this city; without a city the only one of the name, or the one of this country."""
        found = self.organisations.get(fold(name), [])
        if city is not None:
            return next((o for o in found if o.city_id == city.id), None)
        without = [o for o in found if o.city_id is None and country in ("", o.country)]
        return without[0] if without else found[0] if len(found) == 1 and not country else None


def present(rows: Iterable[Entry], standing: Standing, *, today: date, invited: Invited) -> Present:
    """What is here of what these rows speak of."""
    rows = list(rows)
    cities = City.objects.filter(places__network__in=standing.networks).distinct()
    found = {city.id: city for city in [*cities, *([standing.city] if standing.city else [])]}
    organisations = _organisations(rows, found)
    ids = [o.id for some in organisations.values() for o in some]
    memberships = defaultdict(list)
    inside = Membership.objects.filter(held(today), organisation__in=ids).select_related("person").order_by("id")
    for membership in inside:
        if membership.organisation_id:
            memberships[membership.organisation_id].append(membership)
    addresses = [r.said["email"] for r in rows if r.said.get("email")]
    accounts = dict(Account.objects.filter(email__in=addresses).values_list("email", "person_id"))
    people = [m.person_id for some in memberships.values() for m in some if m.person_id]
    sent = invited(addresses, people)
    cards = Person.objects.in_bulk([*filter(None, accounts.values()), *(guest.card for guest in sent)])
    known = [*((guest.address, guest.card) for guest in sent), *accounts.items()]
    with_account = Account.objects.filter(person_id__in=people).values_list("person_id", flat=True)
    return Present(
        standing=standing,
        cities=tuple(found.values()),
        places=may_place(list(found)),
        organisations=organisations,
        memberships=memberships,
        people={address: cards[id] for address, id in known if id in cards},
        arrived={guest.address: id for guest in sent if guest.came and (id := accounts.get(guest.address))},
        addressed=frozenset([*filter(None, with_account), *(guest.card for guest in sent)]),
    )


def _organisations(rows: Iterable[Entry], cities: Mapping[int, City]) -> Mapping[str, list[Organisation]]:
    wanted = {fold(row.said.get("organisation", "")) for row in rows}
    readable = Organisation.objects.filter(city__in=cities) | Organisation.objects.filter(city=None)
    found = defaultdict(list)
    for organisation in readable.select_related("city").order_by("id"):
        if (key := fold(organisation.name)) in wanted:
            found[key].append(organisation)
    return found
