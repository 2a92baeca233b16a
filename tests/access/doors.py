"""Every door we know of into what is not one's own: how it is tried, and how the same is done rightly.

A door is shut when the wrong attempt is refused while the right one, as like to it as can be, is let through.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from access.ground import Ground
from access.house import RNG, House
from access.rowmaking import NOW, TODAY, Row, filled, give_audiences, insert
from access.translationdoors import translation_doors
from serai.accounts.models import Account, Mail
from serai.audit.models import AuditEntry
from serai.core.audience import group
from serai.db.rows import new_id
from serai.directory import models as d
from serai.exchanges import models as e
from serai.needs.models import Match, MatchAnswer
from serai.plans.models import Plan
from serai.practices.models import PracticeVersion
from serai.sharing.models import Invitation, Report
from serai.stories.models import Passage

Attempt = tuple[str, str, list[Any]]  # who, the statement, its values
DAY = NOW.replace(hour=0, minute=0)


@dataclass(frozen=True, kw_only=True)
class Door:
    """`wrong` must be refused and `right` must not."""

    name: str
    wrong: Attempt
    right: Attempt


class Doors:
    """Builds the attempts on one house."""

    def __init__(self, ground: Ground, house: House) -> None:
        self.ground = ground
        self.house = house

    def adds(self, who: str, model: type, source: str | None = None, groups: Any = None, /, **given: Any) -> Attempt:
        """An insert of one row."""
        if source is not None:
            given["source_id"] = self.house[source]
        readers = groups if groups is not None else self.house.only("town_a")
        row = Row(model=model, values=filled(model, RNG, **given), groups=frozenset(readers))
        give_audiences(self.ground, [row])
        return (who, *insert(row))

    def sets(self, who: str, row: str, /, **given: Any) -> Attempt:
        """An update of one row."""
        table = self.house.rows[row].table
        columns = ", ".join(f"{column} = %s" for column in given)
        return (who, f"UPDATE {table} SET {columns} WHERE id = %s", [*given.values(), self.house[row]])

    def readers(self, *names: str) -> int:
        """The id of the audience of these people and organisations."""
        row = Row(model=d.Person, values={"audience_id": None}, groups=self.house.only(*names))
        give_audiences(self.ground, [row])
        return int(row["audience_id"])

    def every(self) -> Iterator[Door]:
        """All doors."""
        parts = (self._groups, self._places, self._cards, self._records, self._links, self._voices, self._chatham)
        for part in (*parts, lambda: translation_doors(self)):
            for name, (wrong, right) in part().items():
                yield Door(name=name, wrong=wrong, right=right)

    def _groups(self) -> dict[str, tuple[Attempt, Attempt]]:
        house, adds = self.house, self.adds

        def joins(who: str, source: str, body: str, someone: str = "berta") -> Attempt:
            return adds(
                who, d.Membership, source, person_id=house[someone], organisation_id=house[body], started_on=TODAY
            )

        def seat(who: str, source: str) -> Attempt:
            return adds(who, d.TeamMember, source, team_id=house["team"], person_id=house["berta"], started_on=TODAY)

        def comes(who: str, source: str, party: str, exchange: str = "exchange", someone: str = "berta") -> Attempt:
            given = {"exchange_id": house[exchange], "party_id": house[party], "person_id": house[someone]}
            return adds(who, e.Participant, source, started_on=TODAY, **given)

        def party(who: str, source: str) -> Attempt:
            return adds(who, e.Party, source, exchange_id=house["exchange"], speaker_id=house["town_b"], kind="guest")

        return {
            "oneself into another organisation": (
                joins("berta", "town_b", "town_a"),
                joins("anna", "town_a", "town_a"),
            ),
            "the secretariat into a claimed organisation": (
                joins("officer", "office", "town_a", "officer"),
                joins("anna", "town_a", "town_a", "officer"),
            ),
            "a neighbour into an organisation nobody claimed": (
                joins("ngo", "ngo_a", "new_a", "ngo"),
                joins("anna", "town_a", "new_a", "ngo"),
            ),
            "oneself into a team": (seat("berta", "town_b"), seat("anna", "town_a")),
            "a party into another's exchange": (party("berta", "town_b"), party("anna", "town_a")),
            "a friend into another's party": (
                comes("berta", "town_b", "party_a"),
                comes("berta", "town_b", "party_b"),
            ),
            "a friend by a party of one's own exchange": (
                comes("berta", "town_b", "other_party"),
                comes("berta", "town_b", "other_party", "other_exchange"),
            ),
            "a membership moved to another organisation": (
                self.sets("berta", "in_berta", organisation_id=house["town_a"]),
                self.sets("berta", "in_berta", role="y"),
            ),
        }

    def _places(self) -> dict[str, tuple[Attempt, Attempt]]:
        house, adds, sets = self.house, self.adds, self.sets

        def body(who: str, source: str, city: int | None, **given: Any) -> Attempt:
            return adds(who, d.Organisation, source, city_id=city, sector="youth_work", **given)

        def place(who: str, network: str) -> Attempt:
            return adds(who, d.NetworkCity, network_id=house[network], city_id=house["city_d"])

        def hub(who: str, network: str | None) -> Attempt:
            return adds(who, d.Network, parent_id=house[network] if network else None)

        def lists(who: str, network: str, organisation: str) -> Attempt:
            given = {"network_id": house[network], "organisation_id": house[organisation]}
            return adds(who, d.NetworkOrganisation, **given)

        return {
            "an organisation into another's city": (body("carla", "town_c", -2001), body("ngo", "ngo_a", -2001)),
            "the secretariat's friend into a city": (
                body("officer", "office", -2001),
                body("officer", "office", -2004),
            ),
            "one's organisation moved to another city": (
                sets("carla", "body_town_c", city_id=-2001),
                sets("carla", "body_town_c", city_id=None),
            ),
            "an organisation claimed by its writer": (
                body("anna", "town_a", -2001, claimed_on=TODAY),
                body("anna", "town_a", -2001),
            ),
            "a city into another's network": (place("clerk", "network"), place("officer", "network")),
            "one's city moved to another network": (
                sets("clerk", "place_city_c", network_id=house["network"]),
                sets("clerk", "place_city_c", designation="y"),
            ),
            "one's network into another": (
                sets("clerk", "network_m", parent_id=house["network"]),
                sets("clerk", "network_m", name="y"),
            ),
            "another's secretariat": (
                sets("clerk", "network", secretariat_id=house["office_m"]),
                sets("officer", "network", secretariat_id=house["office"]),
            ),
            "a network taken by the administrator": (
                sets("admin", "network", secretariat_id=house["office"]),
                sets("officer", "network", languages=["en"]),
            ),
            "a hub in another's network": (hub("clerk", "network"), hub("officer", "network")),
            "a network founded by a secretariat": (hub("officer", None), hub("admin", None)),
            "a city taken up by anyone": (
                adds("anna", d.City, id=-2005, fictive=True),
                adds("officer", d.City, id=-2005, fictive=True),
            ),
            "a city renamed by anyone": (sets("anna", "city_a", name="y"), sets("officer", "city_a", name="y")),
            "a body into another's network": (
                lists("clerk", "network", "town_c"),
                lists("officer", "network", "ngo_a"),
            ),
        }

    def _cards(self) -> dict[str, tuple[Attempt, Attempt]]:
        house, adds, sets = self.house, self.adds, self.sets

        def account(who: str, someone: uuid.UUID) -> Attempt:
            return adds(who, Account, person_id=someone, email="new@example.org")

        return {
            "an organisation with a person's id": (
                adds("anna", d.Organisation, "town_a", id=house["late"], sector="youth_work"),
                adds("anna", d.Organisation, "town_a", id=new_id(), sector="youth_work"),
            ),
            "the card of somebody who has an account": (
                adds("anna", d.Person, "town_a", id=house["late"]),
                adds("late", d.Person, "late", id=house["late"]),
            ),
            "an account for another's person": (account("anna", house["carla"]), account("anna", house["alba"])),
            "one's account made another's": (
                sets("berta", "account_berta", person_id=house["carla"]),
                sets("berta", "account_berta", language="en"),
            ),
            "another's card": (sets("anna", "card_berta", name="y"), sets("berta", "card_berta", name="y")),
        }

    def _records(self) -> dict[str, tuple[Attempt, Attempt]]:
        house, adds, sets = self.house, self.adds, self.sets
        wide = self.readers("town_a", "town_b", "office")

        def plan(who: str, source: str, team: uuid.UUID) -> Attempt:
            return adds(who, Plan, source, city_id=-2001, team_id=team)

        return {
            "a record lent is not changed": (sets("berta", "lent", question="y"), sets("anna", "lent", question="y")),
            "a record lent is not widened": (
                sets("berta", "lent", audience_id=wide),
                sets("anna", "lent", audience_id=wide),
            ),
            "who is asked does not widen": (
                sets("berta", "answer", audience_id=wide),
                sets("berta", "answer", answer="accepted"),
            ),
            "a record of all taken for oneself": (
                sets("anna", "need", source_id=house["anna"]),
                sets("anna", "takeaway", source_id=house["town_a"]),
            ),
            "a record given to strangers": (
                sets("anna", "takeaway", source_id=house["town_b"]),
                sets("anna", "takeaway", source_id=house["town_a"]),
            ),
            "what was reported, shown again by its source": (
                sets("anna", "need", hidden_at=None),
                sets("anna", "need", version=2),
            ),
            "a row from another source": (
                adds("anna", Plan, "town_b", city_id=-2001),
                adds("anna", Plan, "town_a", city_id=-2001),
            ),
            "a child on a parent one may not read": (
                plan("anna", "town_a", house["team_c"]),
                plan("anna", "town_a", house["team"]),
            ),
            "a child moved to such a parent": (
                sets("anna", "plan", team_id=house["team_c"]),
                sets("anna", "plan", team_id=None),
            ),
            "an answer asked of a city by a reader": (
                adds(
                    "berta", MatchAnswer, "town_b", match_id=house["match"], city_id=-2003,
                    organisation_id=house["town_b"],
                ),
                adds(
                    "anna", MatchAnswer, "town_a", match_id=house["match"], city_id=-2003,
                    organisation_id=house["town_b"],
                ),
            ),
            "a version of another's practice": (
                adds("berta", PracticeVersion, "town_b", practice_id=house["practice"], number=2),
                adds("anna", PracticeVersion, "town_a", practice_id=house["practice"], number=2),
            ),
            "a photo on another's takeaway": (
                adds("berta", e.Photo, "town_b", takeaway_id=house["shared"]),
                adds("anna", e.Photo, "town_a", takeaway_id=house["shared"]),
            ),
            "another picture for a photo": (sets("anna", "photo", whole=b"y"), sets("anna", "photo", version=2)),
            "a release of another's programme": (
                adds("berta", e.ProgrammeRelease, "town_b", exchange_id=house["exchange"], number=2),
                adds("anna", e.ProgrammeRelease, "town_a", exchange_id=house["exchange"], number=2),
            ),
            "a passage in another's story": (
                adds("berta", Passage, "town_b", story_id=house["story"], position=3),
                adds("anna", Passage, "town_a", story_id=house["story"], position=3),
            ),
        }  # fmt: skip

    def _links(self) -> dict[str, tuple[Attempt, Attempt]]:
        house, sets = self.house, self.sets
        later = house.rows["link_a"]["expires_at"]
        answers: Callable[[str], Attempt] = lambda who: sets(who, "answer", answer="accepted")  # noqa: E731
        makes: Callable[[str], Attempt] = lambda source: self.adds("anna", Invitation, source)  # noqa: E731
        return {
            "a link in another's name": (makes("town_b"), makes("town_a")),
            "a link that is over answers": (answers("link_old"), answers("link_a")),
            "who left whom a link asks answers": (answers("link_left"), answers("link_a")),
            "another's link answers": (answers("link_b"), answers("link_a")),
            "a link lengthens itself": (
                sets("link_a", "link_a", expires_at=later),
                sets("link_a", "link_a", answered_at=NOW),
            ),
            "a link names more": (
                sets("link_a", "link_a", record_ids=[house["plan"]]),
                sets("link_a", "link_a", answer="yes"),
            ),
            "a link widens": (
                sets("link_a", "answer", audience_id=self.readers("town_a", "office")),
                sets("link_a", "answer", reason="y"),
            ),
            "an old link marked as new": (
                sets("link_old", "link_old", called_back_at=None),
                sets("anna", "link_old", called_back_at=NOW),
            ),
        }

    def _voices(self) -> dict[str, tuple[Attempt, Attempt]]:
        house, adds, sets = self.house, self.adds, self.sets
        green = [group("network", house["network"])]

        def entry(who: str, source: str, actor: str | None, about: str, groups: Any = green) -> Attempt:
            given = {"actor_id": house[actor] if actor else None, "record_id": house[about], "noun": "Need"}
            return adds(who, AuditEntry, source, groups, **given)

        def report(who: str, source: str, about: str, contact: str) -> Attempt:
            return adds(who, Report, source, noun="Need", record_id=house[about], contact_id=house[contact])

        def mail(who: str, by: str, **given: Any) -> Attempt:
            return adds(who, Mail, posted_by=house[by], address="x@example.org", **given)

        def takes(person: str) -> Attempt:
            return adds("anna", e.Takeaway, "town_a", exchange_id=house["exchange"], person_id=house[person])

        def checks(person: str) -> Attempt:
            return adds("anna", e.SafetyCheck, "town_a", exchange_id=house["exchange"], person_id=house[person])

        def proposes(person: str) -> Attempt:
            return adds("anna", Match, "town_a", need_id=house["need"], proposed_by_id=house[person])

        mine = entry("anna", "town_a", "anna", "need")
        return {
            "the trail names another": (entry("anna", "town_a", "berta", "need"), mine),
            "the trail names nobody": (entry("anna", "town_a", None, "need"), mine),
            "the trail of what one does not read": (entry("anna", "town_c", "anna", "elsewhere"), mine),
            "the trail is read by more": (entry("anna", "town_a", "anna", "need", ["everyone"]), mine),
            "a report to oneself": (
                report("berta", "town_b", "need", "berta"),
                report("berta", "town_b", "need", "contact"),
            ),
            "a report of what one does not read": (
                report("berta", "town_b", "kept", "contact"),
                report("berta", "town_b", "lent", "contact"),
            ),
            "a yes in another's name": (sets("anna", "naming", answer="yes"), sets("berta", "naming", answer="yes")),
            "a passage told before the yes": (sets("anna", "passage", waits=False), sets("anna", "passage", version=2)),
            "a takeaway in another's name": (takes("alba"), takes("anna")),
            "a safety check in another's name": (checks("alba"), checks("anna")),
            "a match proposed in another's name": (proposes("alba"), proposes("anna")),
            "a mail in another's name": (mail("anna", "berta"), mail("anna", "anna")),
            "a mail as if it were sent": (mail("anna", "anna", sent_at=NOW), mail("anna", "anna")),
        }

    def _chatham(self) -> dict[str, tuple[Attempt, Attempt]]:
        house, sets = self.house, self.sets

        def note(who: str = "berta", source: str | None = None, /, **given: Any) -> Attempt:
            told = {"id": uuid.uuid4(), "chatham": True, "created_at": DAY, "changed_at": DAY, "source_id": None}
            readers = house.only("town_b")
            return self.adds(who, e.Note, source, readers, **{"session_id": house["chatham"]} | told | given)

        def entry(**given: Any) -> Attempt:
            told = {
                "because": "",
                "record_id": house["note"],
                "noun": "Note",
                "created_at": DAY,
                "changed_at": DAY,
                "source_id": None,
            }
            return self.adds("berta", AuditEntry, None, house.only("town_a", "town_b"), **told | given)

        plain = {"session_id": house["session"], "chatham": False, "source_id": house["berta"]}
        return {
            "a Chatham House note with its source": (note("berta", "town_b"), note()),
            "a Chatham House note with its hour": (note(created_at=NOW), note()),
            "a Chatham House note with its last hour": (note(changed_at=NOW), note()),
            "a Chatham House note in order of time": (note(id=new_id()), note()),
            "a note with an author in a Chatham House session": (note("berta", "town_b", chatham=False), note(**plain)),
            "a Chatham House note by its reader": (
                sets("anna", "note", text="y", changed_at=DAY),
                sets("berta", "note", text="y", changed_at=DAY),
            ),
            "the hour at which such a note was mended": (
                sets("berta", "note", changed_at=NOW),
                sets("berta", "note", changed_at=DAY),
            ),
            "such a note made an ordinary one": (
                sets("berta", "note", source_id=house["town_b"]),
                sets("berta", "note", language="sq"),
            ),
            "the trail of such a note with its actor": (entry(actor_id=house["berta"]), entry()),
            "the trail of such a note with its hour": (entry(created_at=NOW), entry()),
            "the trail of such a note with a reason": (entry(because="y"), entry()),
        }


def answer_of(ground: Ground, house: House, attempt: Attempt, also: str | None = None) -> str | None:
    """Tries it and takes it back: what PostgreSQL said against it, or None where it was let through."""
    who, statement, values = attempt
    with ground.asked(house.asker(who, also)):
        return ground.refused(statement, values)
