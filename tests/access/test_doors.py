"""Ways around the wall, each tried by someone who has no business there."""

from __future__ import annotations

import re
import uuid

import pytest

from access.asking import TABLES, changed, seen
from access.doors import DAY, Door, Doors, answer_of
from access.ground import Ground
from access.house import RNG, House, laid
from access.rowmaking import NOW, TODAY, Row, filled, give_audiences, insert, lay
from serai.core.audience import group
from serai.db.acting import VISITOR, person
from serai.db.rows import new_id
from serai.directory.models import Membership, Organisation, Person
from serai.exchanges.models import Note, NoteAuthor
from serai.plans.models import Plan
from serai.sharing.models import Purged, Report

PLAIN = re.compile(
    r'no row|new row violates row-level security policy (\w+ )?for table "\w+"|permission denied for table \w+'
)


@pytest.fixture(scope="module")
def house(ground: Ground) -> House:
    return laid(ground)


@pytest.fixture(scope="module")
def doors(ground: Ground, house: House) -> list[Door]:
    return list(Doors(ground, house).every())


def sees(ground: Ground, house: House, who: str, *names: str, also: str | None = None) -> list[bool]:
    """Whether this asker reads each of these rows."""
    found = seen(ground, house.asker(who, also))
    return [str(house[name]) in found for name in names]


def test_every_door_is_shut_and_opens_to_the_right_person(ground: Ground, house: House, doors: list[Door]) -> None:
    assert len({door.name for door in doors}) == len(doors) > 60
    for door in doors:
        assert answer_of(ground, house, door.right) is None, f"{door.name}: what is right must be possible"
        refusal = answer_of(ground, house, door.wrong)
        assert refusal, f"{door.name}: this stands open"
        assert PLAIN.fullmatch(refusal), f"{door.name}: the refusal tells more: {refusal}"


def test_see_as_writes_nothing(ground: Ground, house: House, doors: list[Door]) -> None:
    for door in doors:
        who = door.right[0]
        other = "alba" if who != "alba" else "anna"
        if not who.startswith("link") and "serai_account" not in door.right[1]:
            assert answer_of(ground, house, door.right, also=other), door.name


def test_a_hidden_parent_and_a_missing_one_give_the_same_answer(ground: Ground, house: House) -> None:
    answers = set()
    for team in (house["team_c"], new_id()):
        values = {"source_id": house["town_a"], "city_id": -2001, "team_id": team}
        row = Row(model=Plan, values=filled(Plan, RNG, **values), groups=house.only("town_a"))
        give_audiences(ground, [row])
        moved = f"UPDATE serai_plan SET team_id = '{team}' WHERE id = '{house['plan']}'"
        for statement, given in (insert(row), (moved, [])):
            with ground.asked(house.asker("anna")):
                answers.add(ground.refused(statement, given))
    assert answers == {'new row violates row-level security policy for table "serai_plan"'}


def test_the_administrator_and_a_stranger_read_what_is_public_and_their_own_card(ground: Ground, house: House) -> None:
    public = seen(ground, VISITOR)
    for who in ("admin", "outsider"):
        assert seen(ground, house.asker(who)) == public | {str(house[who])}


def test_the_secretariat_and_the_contact_read_what_their_network_may(ground: Ground, house: House) -> None:
    for who in ("officer", "contact"):
        assert (
            sees(ground, house, who, "need", "kept", "lent", "red", "takeaway", "note", "elsewhere")
            == [True] + [False] * 6
        )
        assert str(house["need"]) not in changed(ground, house.asker(who))


def test_what_is_red_or_kept_is_not_the_colleagues(ground: Ground, house: House) -> None:
    assert sees(ground, house, "anna", "red", "takeaway", "kept") == [True, True, True]
    assert sees(ground, house, "alba", "red", "takeaway", "kept") == [False, False, True]
    assert sees(ground, house, "berta", "red", "takeaway", "kept") == [True, False, False]
    assert sees(ground, house, "anna", "red", "takeaway", "kept", also="alba") == [False, False, True]


def test_a_link_shows_its_rows_and_only_what_its_maker_may_give(ground: Ground, house: House) -> None:
    public = seen(ground, VISITOR)
    mine = {str(house[name]) for name in ("need", "kept", "lent", "naming", "answer", "link_a")}
    assert seen(ground, house.asker("link_a")) == public | mine
    assert seen(ground, house.asker("link_b")) == public | {str(house["need"]), str(house["link_b"])}
    assert seen(ground, house.asker("link_old")) == public
    assert seen(ground, house.asker("link_left")) == public
    with ground.tried():
        ground.done("UPDATE serai_need SET hidden_at = now() WHERE id = %s", [house["kept"]])
        assert sees(ground, house, "link_a", "kept") == [False]
    with ground.tried():
        narrow = Row(model=Plan, values={"audience_id": None}, groups=house.only("town_a"))
        give_audiences(ground, [narrow])
        ground.done("UPDATE serai_need SET audience_id = %s WHERE id = %s", [narrow["audience_id"], house["need"]])
        assert sees(ground, house, "link_b", "need") == [False], "narrowed since"


def _report(ground: Ground, house: House, who: str, source: str) -> uuid.UUID:
    """Reports the need, as this person; their role and asking stay set."""
    given = {"noun": "Need", "record_id": house["need"], "contact_id": house["contact"], "source_id": house[source]}
    row = Row(model=Report, values=filled(Report, RNG, **given), groups=house.only(source))
    give_audiences(ground, [row])
    ground.role("serai_web")
    ground.ask(house.asker(who))
    ground.done(*insert(row))
    return row.id


def test_what_is_reported_is_hidden_at_once_until_the_contact_releases_it(ground: Ground, house: House) -> None:
    with ground.tried():
        first = _report(ground, house, "berta", "town_b")
        ground.role("serai_owner")
        assert sees(ground, house, "berta", "need") == sees(ground, house, "officer", "need") == [False]
        assert sees(ground, house, "anna", "need") == sees(ground, house, "contact", "need") == [True]
        second = _reported_again(ground, house)
        settle = "UPDATE serai_report SET settled_at = %s, settlement = 'released' WHERE id = %s"
        for who in ("berta", "anna", "officer"):
            with ground.asked(house.asker(who)):
                assert ground.refused(settle, [NOW, first]), "only the contact settles"
        for report, shown in ((first, [False]), (second, [True])):
            ground.role("serai_web")
            ground.ask(house.asker("contact"))
            assert ground.done(settle, [NOW, report]) == 1
            ground.role("serai_owner")
            assert sees(ground, house, "berta", "need") == shown
        with ground.asked(house.asker("contact")):
            again = "UPDATE serai_report SET settled_at = NULL WHERE id = %s"
            assert ground.refused(again, [first]), "settled is settled"


def _reported_again(ground: Ground, house: House) -> uuid.UUID:
    """A second report of what its source may still read."""
    id = _report(ground, house, "anna", "town_a")
    ground.role("serai_owner")
    return id


def test_the_author_of_a_chatham_house_note_is_written_by_the_database(ground: Ground, house: House) -> None:
    plain = {"session_id": house["chatham"], "chatham": True, "source_id": None, "created_at": DAY, "changed_at": DAY}
    row = Row(model=Note, values=filled(Note, RNG, **plain | {"id": uuid.uuid4()}), groups=house.only("town_a"))
    give_audiences(ground, [row])
    with ground.asked(house.asker("berta")):
        ground.done(*insert(row))
        assert ground.rows("SELECT person_id FROM serai_noteauthor WHERE note_id = %s", [row.id]) == [(house["berta"],)]
        grab = Row(model=NoteAuthor, values={"note_id": house["need"], "person_id": house["berta"]})
        assert ground.refused(*insert(grab)) == "permission denied for table serai_noteauthor"
        ground.ask(house.asker("anna"))
        assert ground.rows("SELECT 1 FROM serai_note WHERE id = %s", [row.id]) == [(1,)]
        assert ground.rows("SELECT note_id FROM serai_noteauthor") == [(house["note_anna"],)]


def test_a_claim_is_a_members_and_takes_no_card_of_others(ground: Ground, house: House) -> None:
    green = [group("network", house["network"])]
    first = Row(
        model=Person, values=filled(Person, RNG, id=new_id(), source_id=house["town_a"]), groups=frozenset(green)
    )
    members = [
        Row(
            model=Membership,
            values=filled(
                Membership,
                RNG,
                person_id=id,
                organisation_id=house["new_a"],
                source_id=house["town_a"],
                started_on=TODAY,
            ),
            groups=frozenset(green),
        )
        for id in (first.id, house["alba"], house["berta"])
    ]
    sources = "SELECT id, source_id FROM serai_person WHERE id = ANY (%s)"
    with ground.tried():
        lay(ground, [first, *members])
        claim = "SELECT serai_claim(%s)"
        for who, taken in (("carla", False), ("officer", False), ("berta", True), ("berta", False)):
            ground.role("serai_web")
            ground.ask(house.asker(who))
            assert ground.one(claim, [house["new_a"]]) == (taken,)
            ground.role("serai_owner")
        found = dict(ground.rows(sources, [[first.id, house["alba"], house["berta"]]]))
        assert found == {
            first.id: house["new_a"],
            house["alba"]: house["town_a"],
            house["berta"]: house["town_b"],
        }
        assert ground.one("SELECT source_id FROM serai_organisation WHERE id = %s", [house["new_a"]]) == (
            house["new_a"],
        )


def test_an_audience_is_made_by_people_and_links_alone(ground: Ground, house: House) -> None:
    make = "SELECT serai_intern(%s)"
    for asker in (None, VISITOR, person(house["anna"], also=house["berta"])):
        with ground.asked(asker):
            assert ground.refused(make, [[group("person", new_id())]]), asker
    with ground.asked(house.asker("anna")):
        (made,) = ground.one(make, [[group("person", house["anna"]), group("person", house["berta"])]])
        assert ground.one("SELECT label FROM serai_audience WHERE id = %s", [made]) == ("TLP:RED",)
        for nonsense in ([], ["everybody"], ["network:"], ["everyone:"], ["person"]):
            with pytest.raises(Exception, match="not an audience"), ground.tried():
                ground.one(make, [nonsense])


def test_that_something_was_purged_is_told_to_who_reads_its_trail(ground: Ground, house: House) -> None:
    purged = Row(model=Purged, values=filled(Purged, RNG, record_id=house["kept"], actor_id=house["contact"]))
    with ground.tried():
        lay(ground, [purged])
        told = [who for who in ("anna", "berta", "contact", "officer", "admin") if _reads_purged(ground, house, who)]
        assert told == ["contact"]
        given = {"noun": "Need", "record_id": house["kept"], "source_id": house["town_a"]}
        from serai.audit.models import AuditEntry

        lay(ground, [Row(model=AuditEntry, values=filled(AuditEntry, RNG, **given), groups=house.only("town_a"))])
        told = [who for who in ("anna", "berta", "contact", "officer", "admin") if _reads_purged(ground, house, who)]
        assert told == ["anna", "contact"]


def _reads_purged(ground: Ground, house: House, who: str) -> bool:
    with ground.asked(house.asker(who)):
        return bool(ground.rows("SELECT why FROM serai_purged"))


def test_another_organisation_reads_no_more_by_writing_itself_somewhere(ground: Ground, house: House) -> None:
    """What one may write down oneself lets nobody read: an organisation without city, a person, a team."""
    before = seen(ground, house.asker("carla"))
    green = [group("network", house["network_m"])]
    own = Row(
        model=Organisation,
        values=filled(Organisation, RNG, source_id=house["town_c"], sector="x"),
        groups=frozenset(green),
    )
    give_audiences(ground, [own])
    with ground.tried():
        ground.role("serai_web")
        ground.ask(house.asker("carla"))
        ground.done(*insert(own))
        query = " UNION ALL ".join(f"SELECT id::text FROM {table}" for table in TABLES)
        assert {id for (id,) in ground.rows(query)} == before | {str(own.id)}
