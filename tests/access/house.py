"""A small world whose every row is known: two networks, four cities, and what their people keep and share."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import models
from psycopg.types.json import Jsonb

from access.ground import Ground
from access.rowmaking import NOW, TODAY, Row, filled, lay
from serai.accounts.models import Account, Administrator, Mail
from serai.audit.models import AuditEntry
from serai.core.audience import group
from serai.db.acting import Asker, link, person
from serai.db.rows import new_id
from serai.directory import models as d
from serai.exchanges import models as e
from serai.needs.models import Match, MatchAnswer, Need
from serai.plans.models import Plan
from serai.practices.models import Practice, PracticeTranslation, PracticeVersion
from serai.sharing.models import Invitation, Purged
from serai.stories.models import Naming, Passage, PassageTranslation, Story, StoryTranslation

RNG = random.Random(0)
TRANSLATED = (
    ("version_words", PracticeTranslation, "version"),
    ("story_words", StoryTranslation, "story"),
    ("passage_words", PassageTranslation, "passage_practice"),
)


@dataclass(kw_only=True)
class House:
    """Ids by short names: `people`, `bodies` (organisations), `rows` (everything else)."""

    people: dict[str, uuid.UUID] = field(default_factory=dict)
    bodies: dict[str, uuid.UUID] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)

    def __getitem__(self, name: str) -> uuid.UUID:
        """The id behind a short name."""
        if name in self.people:
            return self.people[name]
        return self.bodies[name] if name in self.bodies else self.rows[name].id

    def asker(self, name: str, also: str | None = None) -> Asker:
        """A person of the house, or a link of it, asking."""
        if name.startswith("link"):
            return link(self[name])
        return person(self[name], also=self[also] if also else None)

    def only(self, *names: str) -> frozenset[str]:
        """The audience of these people and organisations."""
        return frozenset(group("person" if n in self.people else "organisation", self[n]) for n in names)

    def put(
        self, name: str, model: type[models.Model], source: str | None = None, groups: Any = (), /, **given: Any
    ) -> Row:
        """One more row of the house."""
        if source is not None:
            given["source_id"] = self[source]
        self.rows[name] = Row(model=model, values=filled(model, RNG, **given), groups=frozenset(groups))
        return self.rows[name]


# person: organisation, or none
PEOPLE = {
    "officer": "office",
    "contact": "office",
    "clerk": "office_m",
    "anna": "town_a",
    "alba": "town_a",
    "ngo": "ngo_a",
    "berta": "town_b",
    "carla": "town_c",
    "outsider": None,
    "admin": None,
}
# organisation: city, who wrote it down (itself, once it has members of its own)
BODIES = {
    "office": (None, "office"),
    "office_m": (None, "office_m"),
    "town_a": (-2001, "town_a"),
    "ngo_a": (-2001, "ngo_a"),
    "new_a": (-2001, "town_a"),
    "town_b": (-2002, "town_b"),
    "town_c": (-2003, "town_c"),
}


def built() -> House:
    """The house, not laid out yet."""
    house = House(people={name: new_id() for name in PEOPLE}, bodies={name: new_id() for name in BODIES})
    _places(house)
    _people(house)
    _records(house)
    _exchange(house)
    return house


def laid(ground: Ground) -> House:
    """The house, laid out by the owner."""
    house = built()
    lay(ground, house.rows.values())
    return house


def _places(house: House) -> None:
    house.put("network", d.Network, name="N", secretariat_id=house["office"], data_protection_id=house["contact"])
    house.put("network_m", d.Network, name="M", secretariat_id=house["office_m"])
    for name, id in (("city_a", -2001), ("city_b", -2002), ("city_c", -2003), ("city_d", -2004)):
        house.put(name, d.City, id=id, fictive=True)
    for city, network in (("city_a", "network"), ("city_b", "network"), ("city_c", "network_m")):
        house.put(f"place_{city}", d.NetworkCity, network_id=house[network], city_id=house[city])
    house.put("body", d.NetworkOrganisation, network_id=house["network"], organisation_id=house["office"])
    house.put("body_m", d.NetworkOrganisation, network_id=house["network_m"], organisation_id=house["office_m"])


def _people(house: House) -> None:
    green, green_m = [group("network", house["network"])], [group("network", house["network_m"])]
    for name, (city, source) in BODIES.items():
        groups = green_m if name in ("office_m", "town_c") else green
        claimed = TODAY if name == source else None
        house.put(f"body_{name}", d.Organisation, source, groups, id=house[name], city_id=city, claimed_on=claimed)
    for name, body in PEOPLE.items():
        groups = green_m if name in ("clerk", "carla") else green if body else house.only(name)
        house.put(f"card_{name}", d.Person, body or name, groups, id=house[name])
        if body:
            house.put(
                f"in_{name}",
                d.Membership,
                body,
                groups,
                person_id=house[name],
                organisation_id=house[body],
                started_on=TODAY,
            )
    for name in ("admin", "berta", "late"):
        id = house.people.get(name) or new_id()
        house.put(f"account_{name}", Account, person_id=id, email=f"{name}@example.org")
        house.people.setdefault(name, id)
    house.put("administrator", Administrator, account_id=house["account_admin"])


def _of_anna(house: House) -> None:
    """What hangs on one person, and copies of one practice: what erasing and purging must reach."""
    green = [group("network", house["network"])]
    day = NOW.replace(hour=0, minute=0)
    note = {"chatham": True, "id": uuid.uuid4(), "created_at": day, "changed_at": day, "source_id": None}
    house.put("note_anna", e.Note, None, house.only("town_b"), session_id=house["chatham"], **note)
    house.put("noteauthor_anna", e.NoteAuthor, note_id=house["note_anna"], person_id=house["anna"])
    here = {"person_id": house["anna"], "started_on": TODAY}
    house.put("seat_anna", d.TeamMember, "town_a", green, team_id=house["team"], **here)
    part = {"exchange_id": house["exchange"], "party_id": house["party_a"]}
    house.put("part_anna", e.Participant, "town_a", house.only("town_a"), **part, **here)
    house.put("purged", Purged, actor_id=house["contact"])
    told = f"told:{house['practice']}"
    house.put("mail_anna", Mail, person_id=house["anna"], posted_by=house["berta"], failed="x", occasion="anna")
    house.put("mail_practice", Mail, occasion=told)
    house.put("version", PracticeVersion, "town_a", green, practice_id=house["practice"], number=1)
    told_of = {"story_id": house["story"], "position": 2, "record_id": house["practice"], "noun": "practice"}
    house.put("passage_practice", Passage, "town_a", green, **told_of)
    for name, model, original in TRANSLATED:
        words = {"language": "de", "written_by_id": house["anna"], "written_at": NOW}
        house.put(name, model, "town_a", green, original_id=house[original], **words)
    entry = {"record_id": house["practice"], "noun": "Practice", "because": "why"}
    house.put("entry_practice", AuditEntry, "town_a", green, **entry)
    programme = Jsonb([{"id": str(house["session"]), "title": "told", "where": "there"}])
    released = {"exchange_id": house["exchange"], "number": 1, "programme": programme}
    house.put("release", e.ProgrammeRelease, "town_a", green, **released)


def _records(house: House) -> None:
    green = [group("network", house["network"])]
    city = {"city_id": -2001}
    house.put("need", Need, "town_a", green, **city)
    house.put("kept", Need, "town_a", house.only("town_a"), **city)
    house.put("lent", Need, "town_a", house.only("town_a", "town_b"), **city)
    house.put("red", Need, "anna", house.only("anna", "berta"), **city)
    house.put("elsewhere", Need, "town_c", [group("network", house["network_m"])], city_id=-2003)
    house.put("team", d.Team, "town_a", green, city_id=-2001)
    house.put("team_c", d.Team, "town_c", house.only("town_c"), city_id=-2003)
    house.put("plan", Plan, "town_a", house.only("town_a"), city_id=-2001, team_id=house["team"])
    house.put("practice", Practice, "town_a", green, organisation_id=house["town_a"])
    asked = house.only("town_a", "town_b")
    house.put("match", Match, "town_a", asked, need_id=house["need"], proposed_by_id=house["anna"])
    answer = {"match_id": house["match"], "city_id": -2002, "organisation_id": house["town_b"]}
    house.put("answer", MatchAnswer, "town_a", asked, **answer)


def _exchange(house: House) -> None:
    inner = house.only("town_a", "town_b")
    house.put("exchange", e.Exchange, "town_a", inner, organiser_id=house["town_a"])
    house.put("other_exchange", e.Exchange, "town_b", house.only("town_b"), organiser_id=house["town_b"])
    for name, exchange, body in (
        ("party_a", "exchange", "town_a"),
        ("party_b", "exchange", "town_b"),
        ("other_party", "other_exchange", "town_b"),
    ):
        source = "town_a" if exchange == "exchange" else "town_b"
        house.put(name, e.Party, source, inner, exchange_id=house[exchange], speaker_id=house[body], kind="city")
    house.put("session", e.Session, "town_a", inner, exchange_id=house["exchange"], kind="debate")
    house.put("chatham", e.Session, "town_a", inner, exchange_id=house["exchange"], kind="debate", chatham=True)
    day = NOW.replace(hour=0, minute=0)
    note = {"chatham": True, "id": uuid.uuid4(), "created_at": day, "changed_at": day, "source_id": None}
    house.put("note", e.Note, None, inner, session_id=house["chatham"], **note)
    house.put("noteauthor", e.NoteAuthor, note_id=house["note"], person_id=house["berta"])
    caught = {"exchange_id": house["exchange"], "person_id": house["anna"], "text": "x"}
    house.put("takeaway", e.Takeaway, "anna", house.only("anna"), **caught)
    house.put("photo", e.Photo, "anna", house.only("anna"), takeaway_id=house["takeaway"])
    house.put("shared", e.Takeaway, "town_a", inner, **caught)
    house.put("story", Story, "town_a", inner, exchange_id=house["exchange"])
    house.put("passage", Passage, "town_a", inner, story_id=house["story"], position=1)
    house.put("naming", Naming, "town_a", inner, passage_id=house["passage"], organisation_id=house["town_b"])
    house.put(
        "naming_anna", Naming, "town_a", inner, passage_id=house["passage"], person_id=house["anna"], answer="yes"
    )
    _of_anna(house)
    named = [house[name] for name in ("need", "kept", "lent", "naming", "answer")]
    # Berta answers for the town that is asked; Anna does not, or does not any more.
    links = {
        "link_a": ("town_a", "berta", 3), "link_b": ("town_b", "berta", 3), "link_old": ("town_a", "berta", -1),
        "link_left": ("town_a", "anna", 3),
    }  # fmt: skip
    for name, (source, whom, days) in links.items():
        until = NOW + timedelta(days=days)
        house.put(
            name, Invitation, source, house.only(source), record_ids=named, expires_at=until,
            person_id=house[whom], address=f"{whom}@example.org",
        )  # fmt: skip
