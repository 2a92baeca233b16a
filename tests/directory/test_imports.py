"""A list of members comes in: looked over first, then all of it or nothing, and the same list twice changes nothing."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from serai.accounts.models import Account, Mail
from serai.audit.actions import NotYours
from serai.core.audience import group
from serai.db.acting import acting_as, person
from serai.directory import actions
from serai.directory.columns import NoSuchColumn, read_entries
from serai.directory.imports import Plan, plan
from serai.directory.models import Membership, Organisation, Person
from serai.directory.queries import standing
from serai.documents.sheets import read, read_text
from serai.sharing.invitations import invite, invited
from worlds import NOW, World, browsing, small_world

HEAD = "Organisation\tSector\tCity\tName\tRole\tE-mail\tLanguages\tAnswers for it"
LIST = f"""{HEAD}
Reading Room\tNGO\tArbreva\tLibrarian\tHead\tlibrarian@example.org\tAlbanian, English\tyes
Reading Room\t\tArbreva\tHelper\t\t\t\t
School 5\tSchool\tАРБРЕВА\tTeacher\t\tteacher@example.org\tshqip\tno
Municipality of Arbreva\t\t\tCoordinator of Arbreva\t\t\t\t
"""


@pytest.fixture
def world() -> World:
    made = small_world()
    browsing(made["Arbreva"])  # their account is there before anything is counted
    return made


def planned(world: World, text: str, who: str = "Arbreva") -> Plan:
    someone = world.secretariat if who == "secretariat" else world[who]
    with someone.asks() as asker:
        here = standing(asker, today=NOW.date())
        assert here is not None
        return plan(read_entries(read_text(text)), here, today=NOW.date(), invited=invited)


def fates(found: Plan) -> list[str]:
    return [line.fate for line in found.lines]


def reasons(found: Plan) -> str:
    return " ".join(why for line in found.lines for why in line.why)


def counts(world: World) -> Counter[str]:
    """Everything that stands in the directory, as Arbreva reads it, and what went out."""
    with world["Arbreva"].asks():
        found: Counter[str] = Counter(
            {model.__name__: model.objects.count() for model in (Organisation, Person, Membership, Account)}
        )
        versions = Person.objects.values_list("version", flat=True)
        found["versions"] = sum(versions) + sum(Organisation.objects.values_list("version", flat=True))
        return found


def looked_over(browser: Client, text: str) -> str:
    page = browser.post("/directory/import/", {"pasted": text})
    assert page.status_code == 200, page.content.decode()
    found = re.search('name="looked_over" value="([0-9a-f]+)"', page.content.decode())
    assert found is not None, page.content.decode()
    return found.group(1)


def brought_in(browser: Client, world: World, text: str) -> Any:
    told = {"pasted": text, "looked_over": looked_over(browser, text)}
    ring = f"network-{world.network.id}"
    assert "people in" in browser.post("/directory/import/", told).content.decode()
    return browser.post("/directory/import/", {**told, "readers": ring, "confirmed": ring})


def test_a_list_comes_in_after_it_was_looked_over(world: World) -> None:
    before = counts(world)
    browser = browsing(world["Arbreva"])
    shown = browser.post("/directory/import/", {"pasted": LIST}).content.decode()
    assert "Nothing is saved yet" in shown
    assert "2 people get an invitation by mail" in shown
    assert counts(world) == before
    assert brought_in(browser, world, LIST).status_code == 302
    after = counts(world)
    assert {key: after[key] - before[key] for key in before if key != "versions"} == {
        "Organisation": 2, "Person": 3, "Membership": 3, "Account": 2,
    }  # fmt: skip
    with world["Lipovar"].asks():
        librarian = Membership.objects.select_related("person", "organisation").get(person__name="Librarian")
    assert librarian.person is not None
    assert librarian.organisation is not None
    assert (librarian.role, librarian.coordinates, librarian.person.languages) == ("Head", True, ["sq", "en"])
    assert (librarian.organisation.sector, librarian.organisation.city_id) == ("civil_society", -1)
    assert librarian.organisation.source_id == world["Arbreva"].organisation.id


def test_the_same_list_twice_changes_nothing(world: World) -> None:
    browser = browsing(world["Arbreva"])
    brought_in(browser, world, LIST)
    before = counts(world)
    assert fates(planned(world, LIST)) == ["same"] * 4
    told = {"pasted": LIST, "looked_over": looked_over(browser, LIST)}
    page = browser.post("/directory/import/", told, follow=True)
    assert "Nothing changed" in page.content.decode()
    assert counts(world) == before


def test_one_row_with_an_error_and_nothing_comes_in(world: World) -> None:
    before = counts(world)
    text = LIST + "Nowhere Club\tNGO\tAtlantis\tSomeone\t\t\t\t\n"
    browser = browsing(world["Arbreva"])
    page = browser.post("/directory/import/", {"pasted": text})
    assert page.status_code == 422
    assert "1 row needs correcting" in page.content.decode()
    assert "Atlantis is not a city of your network" in page.content.decode()
    assert 'name="looked_over"' not in page.content.decode()
    found = planned(world, text)
    ring = f"network-{world.network.id}"
    told = {"pasted": text, "looked_over": found.digest, "readers": ring, "confirmed": ring}
    assert browser.post("/directory/import/", told).status_code == 422
    with world["Arbreva"].asks(), pytest.raises(actions.NotWhole):
        actions.bring_in(world["Arbreva"].actor, found, readers=[ring], now=NOW, invite=invite)
    assert counts(world) == before


def test_a_row_that_the_database_refuses_takes_everything_with_it(world: World) -> None:
    before = counts(world)
    found = planned(
        world, f"{HEAD}\nClub\tNGO\tLipovar\tSomeone\t\t\t\t\nClub 2\tNGO\tLipovar\tOther\t\t\t\t\n", "Lipovar"
    )
    assert fates(found) == ["new", "new"]
    with world["Arbreva"].asks(), pytest.raises(NotYours):
        actions.bring_in(
            world["Arbreva"].actor, found, readers=[group("network", world.network.id)], now=NOW, invite=invite
        )
    assert counts(world) == before


def test_what_changed_between_looking_and_saving_is_looked_over_again(world: World) -> None:
    browser = browsing(world["Arbreva"])
    told = {"pasted": LIST, "looked_over": looked_over(browser, LIST)}
    with world["Arbreva"].asks():
        actions.add_organisation(
            world["Arbreva"].actor, name="Reading  room", sector="civil_society", city=world.cities["Arbreva"],
            readers=[group("network", world.network.id)], now=NOW,
        )  # fmt: skip
    page = browser.post("/directory/import/", told).content.decode()
    assert "Something changed meanwhile" in page
    assert brought_in(browser, world, LIST).status_code == 302
    with world["Arbreva"].asks():
        assert Organisation.objects.filter(city=-1, name__startswith="Reading").count() == 1


def test_what_differs_is_said_and_changed_only_where_it_is_ours(world: World) -> None:
    browser = browsing(world["Arbreva"])
    brought_in(browser, world, LIST)
    other = LIST.replace("NGO\tArbreva\tLibrarian\tHead", "youth\tArbreva\tLibrarian\tDirector")
    found = planned(world, other)
    assert fates(found) == ["differs", "same", "same", "same"]
    assert "Its sector changes" in reasons(found)
    brought_in(browser, world, other)
    with world["Arbreva"].asks():
        changed = Membership.objects.select_related("organisation").get(person__name="Librarian")
    assert changed.organisation is not None
    assert (changed.role, changed.organisation.sector) == ("Director", "youth_work")
    strangers = planned(world, f"{HEAD}\nMunicipality of Lipovar\tmedia\tLipovar\t\t\t\t\t\n")
    assert fates(strangers) == ["left"]
    theirs = planned(world, f"{HEAD}\nMunicipality of Lipovar\t\tLipovar\tCoordinator of Lipovar\tMayor\t\t\t\n")
    assert fates(theirs) == ["left"]


def test_nobody_lets_people_into_an_organisation_of_others(world: World) -> None:
    found = planned(world, f"{HEAD}\nMunicipality of Lipovar\t\tLipovar\tStranger\t\ts@example.org\t\t\n")
    assert fates(found) == ["error"]
    assert "Only members of Municipality of Lipovar add members" in reasons(found)
    found = planned(world, f"{HEAD}\nNew NGO\tNGO\tLipovar\t\t\t\t\t\n")
    assert "Only organisations of Lipovar add others there" in reasons(found)
    national = "Organisation\tSector\tLevel\nOffice\tministry\tnational\n"
    assert "secretariat" in reasons(planned(world, national))
    assert fates(planned(world, national, "secretariat")) == ["new"]


def test_an_address_that_is_here_already(world: World) -> None:
    with world["Lipovar"].asks():
        hidden = actions.add_member(
            world["Lipovar"].actor, world["Lipovar"].organisation, name="Hidden", role="", now=NOW,
            readers=[group("organisation", world["Lipovar"].organisation.id)], email="hidden@example.org",
        )  # fmt: skip
        actions.add_member(
            world["Lipovar"].actor, world["Lipovar"].organisation, name="Guest", role="", now=NOW,
            readers=[group("network", world.network.id)], email="guest@example.org",
        )  # fmt: skip
    row = "Reading Room\tNGO\tArbreva\t{}\t\t{}@example.org\t\t"
    found = planned(world, "\n".join([HEAD, row.format("X", "hidden"), row.format("Guest", "guest")]))
    assert fates(found) == ["new", "new"]
    assert "X is new" in reasons(found)
    assert hidden.name not in reasons(found)
    assert "Guest becomes a member" in reasons(found)
    only_guest = f"{HEAD}\n" + row.format("Guest", "guest")
    before = counts(world)
    brought_in(browsing(world["Arbreva"]), world, only_guest)
    after = counts(world)
    assert (after["Person"], after["Account"]) == (before["Person"], before["Account"])
    assert fates(planned(world, only_guest)) == ["same"]


def test_a_member_without_an_address_gets_one_later(world: World) -> None:
    browser = browsing(world["Arbreva"])
    brought_in(browser, world, f"{HEAD}\nReading Room\tNGO\tArbreva\tHelper\t\t\t\t\n")
    rows = "\n".join(f"Reading Room\t\tArbreva\tHelper\t\thelper{n}@example.org\t\t" for n in (1, 2))
    found = planned(world, f"{HEAD}\n{rows}\n")
    assert fates(found) == ["differs", "new"]
    brought_in(browser, world, f"{HEAD}\n{rows}\n")
    assert fates(planned(world, f"{HEAD}\n{rows}\n")) == ["same", "same"]
    with world["Arbreva"].asks():
        assert Person.objects.filter(name="Helper").count() == 2


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("=A1\tNGO\tArbreva\t\t\t\t\t", "Cell A2 holds a formula"),
        ("\tNGO\tArbreva\t\t\t\t\t", "The organisation is missing"),
        ("Club\tspies\tArbreva\t\t\t\t\t", "“spies” is not one of: Municipal administration"),
        ("Club\t\tArbreva\t\t\t\t\t", "Say its sector"),
        ("Club\tNGO\tArbreva\tX\t\tnot an address\t\t", "is not an e-mail address"),
        ("Club\tNGO\tArbreva\t\t\tx@example.org\t\t", "Say what this person is called"),
        ("Club\tNGO\tArbreva\tX\t\t\tKlingonish\t", "We know no language called “Klingonish”"),
        ("Club\tNGO\tArbreva\tX\t\t\t\tperhaps", "Write yes or no"),
        ("C" * 200 + "\tNGO\tArbreva\t\t\t\t\t", "is too long"),
        ("Club\tNGO\tArbreva\tX\tHead\t\t\t\nClub\tNGO\tArbreva\tX\tCook\t\t\t", "Row 2 says otherwise"),
        ("Club\tNGO\tArbreva\t\t\t\t\t\nClub\tmedia\tArbreva\t\t\t\t\t", "Row 2 says something else"),
    ],
)
def test_each_error_says_how_to_mend_it(world: World, rows: str, why: str) -> None:
    found = planned(world, f"{HEAD}\n{rows}\n")
    assert found.count("error") == 1
    assert why in reasons(found)


HEADS = [
    "Organizata\tSektori\tQyteti\tEmri\tPosta elektronike",
    "Организација\tСектор\tОпштина\tИме и презиме\tЕ-пошта",
    "Kurum\tSektör\tŞehir\tAd Soyad\tE-posta",
    "INSTITUTION;secteur;Commune;Personne;Courriel",
    "المؤسسة,القطاع,المدينة,الاسم,البريد الالكتروني",
]


@pytest.mark.parametrize("head", HEADS)
def test_columns_are_known_in_the_spellings_people_use(head: str) -> None:
    cells = ["Club", "NGO", "Arbreva", "Teacher", "T@Example.org"]
    separator = next(s for s in "\t;," if s in head)
    entries = read_entries(read_text(f"{head}\n{separator.join(cells)}\n"))
    assert entries.unread == ()
    assert entries.rows[0].said == {
        "organisation": "Club", "sector": "civil_society", "city": "Arbreva", "name": "Teacher",
        "email": "t@example.org",
    }  # fmt: skip


def test_columns_nobody_asked_for_are_left_out_and_said() -> None:
    entries = read_entries(read_text("NGO\tPhone\tNotes\tOrganisation\nClub\t070\tx\tother\n"))
    assert entries.unread == ("Phone", "Notes", "Organisation")
    assert entries.rows[0].said == {"organisation": "Club"}
    with pytest.raises(NoSuchColumn):
        read_entries(read_text("Phone\tNotes\n070\tx\n"))


def excel(text: str) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for line in text.splitlines():
        sheet.append(line.split("\t"))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_files_come_in_like_what_is_pasted(world: World) -> None:
    browser = browsing(world["Arbreva"])
    for name, data in (("list.xlsx", excel(LIST)), ("list.csv", LIST.replace("\t", ";").encode("utf-16"))):
        page = browser.post("/directory/import/", {"file": SimpleUploadedFile(name, data), "pasted": ""})
        assert page.status_code == 200
        assert "Nothing is saved yet" in page.content.decode()
        assert "Librarian" in page.content.decode()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no table here"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "old Excel file"),
        (b"Phone;Notes\n1;2\n", "No column is called"),
        (b"Organisation;City\n" + b"Club;Arbreva\n" * 2_001, "more than 2,000 rows"),
        (b"x" * 2_000_001, "larger than 2 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(world: World, data: bytes, why: str) -> None:
    file = SimpleUploadedFile("list.xlsx", data or b" ")
    page = browsing(world["Arbreva"]).post("/directory/import/", {"file": file, "pasted": "kept"})
    assert page.status_code == 422
    assert why in page.content.decode()
    assert "kept</textarea>" in page.content.decode()


def test_letters_that_look_wrong_are_read_as_said(world: World) -> None:
    data = "Organisation;Sector;City\nÇağdaş;NGO;Arbreva\n".encode("cp1254")
    told = {"file": SimpleUploadedFile("list.csv", data), "encoding": "cp1254"}
    assert "Çağdaş" in browsing(world["Arbreva"]).post("/directory/import/", told).content.decode()


def test_what_is_taken_away_is_what_one_may_read_and_comes_back_as_the_same(world: World) -> None:
    with world["Arbreva"].asks():
        actions.add_organisation(
            world["Arbreva"].actor, name="=Quiet", sector="media", city=world.cities["Arbreva"], now=NOW,
            readers=[group("city", -1)],
        )  # fmt: skip
    for who, reads in (("Arbreva", True), ("Lipovar", False)):
        browser = browsing(world[who])
        as_csv = browser.get("/directory/export/?as=csv")
        as_excel = browser.get("/directory/export/?as=xlsx")
        assert ("Quiet" in as_csv.content.decode()) is reads
        rows = list(load_workbook(io.BytesIO(as_excel.content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
        assert any("=Quiet" in row for row in rows) is reads
        assert {row[-1] for row in rows[1:]} == ({"TLP:GREEN", "TLP:AMBER"} if reads else {"TLP:GREEN"})
        assert "list" in as_csv["Content-Disposition"]
        for sheet in (read(as_csv.content), read(as_excel.content)):
            found = planned(world, sheet.text(), who)
            assert set(fates(found)) == {"same"}, reasons(found)
    assert "'=Quiet" in browsing(world["Arbreva"]).get("/directory/export/?as=csv").content.decode()
    assert browsing().get("/directory/export/").status_code == 302
    empty = load_workbook(io.BytesIO(browsing(world["Arbreva"]).get("/directory/export/?empty=1").content)).active
    assert empty is not None
    assert empty.max_row == 1


def test_invitations_go_out_once(world: World) -> None:
    brought_in(browsing(world["Arbreva"]), world, LIST)
    brought_in(browsing(world["Arbreva"]), world, LIST.replace("Helper", "Second helper"))
    with world["Arbreva"].asks():
        librarian = Person.objects.get(name="Librarian")
    with acting_as(person(librarian.id)):
        assert Mail.objects.count() == 1
