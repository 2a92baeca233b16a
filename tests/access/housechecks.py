"""What must hold of reports, notes, links, mails and clocks, tried on the house."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta

from access.asking import seen
from access.ground import Ground
from access.house import RNG, House
from access.randomworld import World
from access.rowmaking import NOW, TODAY, Row, filled, give_audiences, insert, lay
from serai.accounts.models import Mail
from serai.db.address import BACKUP, KEEPER, OWNER, WEB, WORKER
from serai.exchanges.models import Note, NoteAuthor, Participant
from serai.needs.models import Need
from serai.practices.models import PracticeVersion
from serai.sharing.models import Invitation, Report
from serai.stories.models import Passage

YEARS = timedelta(days=3660)  # after these every clock has run out


class HouseChecks:
    """Each check answers whether it holds, and takes back what it did."""

    def __init__(self, ground: Ground, world: World, house: House) -> None:
        self.ground, self.world, self.house = ground, world, house

    def reports(self) -> bool:
        """A report hides at once; once settled as released, and never settled again, the record is shown."""
        ground, house = self.ground, self.house
        given = {
            "noun": "Need",
            "record_id": house["need"],
            "contact_id": house["contact"],
            "source_id": house["town_b"],
        }
        report = Row(model=Report, values=filled(Report, RNG, **given), groups=house.only("town_b"))
        give_audiences(ground, [report])
        shown: list[bool] = []
        with ground.tried():
            for who, statement in (
                ("berta", insert(report)),
                (
                    "contact",
                    ("UPDATE serai_report SET settled_at = now(), settlement = 'released' WHERE id = %s", [report.id]),
                ),
            ):
                ground.role(WEB)
                ground.ask(house.asker(who))
                ground.done(*statement)
                shown.append(str(house["need"]) in seen(ground, house.asker("officer"), ["serai_need"]))
            again = ground.refused("UPDATE serai_report SET settled_at = NULL WHERE id = %s", [report.id])
        return shown == [False, True] and again is not None

    def words_of_a_record(self) -> bool:
        """A report takes along the rows that hold the record's words; a release shows those that nothing else hides."""
        names = ("practice", "version", "version_words", "passage_practice", "passage_words")
        own = {"version", "version_words"}  # what a report of the version hides
        fresh = self._written_meanwhile()
        every = [*names, *(str(row.id) for row in fresh)]
        for settled, shown_then in (("version", set()), ("practice", set(every) - own)):
            with self.ground.tried():
                reports = {name: self._reported(name) for name in ("version", "practice")}
                for row in fresh:
                    self.ground.done(*insert(row))
                if self._shown("berta", every) or self._shown("contact", names) != {"practice", *own}:
                    return False
                self._released(reports.pop(settled))
                if self._shown("berta", every) != shown_then:
                    return False
                self._released(*reports.values())
                if self._shown("berta", every) != set(every):
                    return False
        return True

    def _written_meanwhile(self) -> list[Row]:
        """A further version of the practice, and a passage that tells of it."""
        green, house = [f"network:{self.house['network']}"], self.house
        told_of = {"story_id": house["story"], "position": 9, "record_id": house["practice"], "noun": "practice"}
        given = [(PracticeVersion, {"practice_id": house["practice"], "number": 9}), (Passage, told_of)]
        rows = [
            Row(model=m, values=filled(m, RNG, **g, source_id=house["town_a"]), groups=frozenset(green))
            for m, g in given
        ]
        give_audiences(self.ground, rows)
        return rows

    def _shown(self, who: str, names: Iterable[str]) -> set[str]:
        """Which of these rows of the house, or ids, somebody reads; whoever was asking asks again afterwards."""
        found = seen(self.ground, self.house.asker(who))
        return {name for name in names if (str(self.house[name]) if name in self.house.rows else name) in found}

    def _released(self, *reports: uuid.UUID) -> None:
        self.ground.role(WEB)
        self.ground.ask(self.house.asker("contact"))
        for report in reports:
            self.ground.done(
                "UPDATE serai_report SET settled_at = now(), settlement = 'released' WHERE id = %s", [report]
            )

    def authors(self) -> bool:
        """A Chatham House note's author is written down and read by them alone."""
        told = {"session_id": self.house["chatham"], "chatham": True, "source_id": None, "id": uuid.uuid4()}
        day = NOW.replace(hour=0, minute=0)
        values = filled(Note, RNG, **told, created_at=day, changed_at=day)
        row = Row(model=Note, values=values, groups=self.house.only("town_b"))
        give_audiences(self.ground, [row])
        with self.ground.asked(self.house.asker("berta")):
            if self.ground.refused(*insert(row)):
                return False
            self.ground.done(*insert(row))
            mine = {id for (id,) in self.ground.rows("SELECT note_id FROM serai_noteauthor")}
            self.ground.ask(self.house.asker("berta", also="anna"))
            hidden = self.ground.rows("SELECT 1 FROM serai_noteauthor")
            self.ground.ask(self.house.asker("anna"))
            others = self.ground.rows("SELECT note_id FROM serai_noteauthor")
        own = {self.house["note_anna"]}
        return mine == {row.id, self.house["note"]} and not hidden and {id for (id,) in others} == own

    def links(self) -> bool:
        """An answered link opens again for seven days; one that came to the wrong person is closed by them."""
        ground, house = self.ground, self.house
        with ground.tried():
            ground.done("UPDATE serai_invitation SET answered_at = %s WHERE id = %s", [NOW, house["link_a"]])
            with ground.asked(house.asker("link_a")):
                reopened = ground.one("SELECT serai_link_reopens()")[0]
        with ground.asked(house.asker("link_b")):
            closed = ground.one("SELECT serai_link_not_mine()")[0]
        return bool(reopened and closed)

    def mails(self) -> bool:
        """A mail is read by its person, sent and marked by the worker; its poster hears that it did not arrive."""
        ground, house, found = self.ground, self.house, {}
        mail = filled(Mail, RNG, person_id=house["berta"], posted_by=house["anna"], failed="x", occasion="new")
        with ground.tried():
            ground.role(WEB)
            ground.ask(house.asker("anna"))
            if ground.refused(*insert(Row(model=Mail, values=mail))):
                return False
            ground.done(*insert(Row(model=Mail, values=mail)))
            for who, also in (("anna", None), ("berta", None), ("berta", "anna"), ("carla", None)):
                ground.ask(house.asker(who, also))
                mails, failed = "SELECT id FROM serai_mail", "SELECT id FROM serai_mail_failed()"
                found[who, also] = [{id for (id,) in ground.rows(query)} for query in (mails, failed)]
            outbox = {id for (id,) in ground.rows("SELECT id FROM serai_outbox()")}
            ground.role(WORKER)
            sent = ground.done("UPDATE serai_mail SET sent_at = now() WHERE id = %s", [mail["id"]])
        new, old, told = mail["id"], house["mail_anna"], house["mail_practice"]
        return (outbox, sent) == ({new, old, told}, 1) and found == {
            ("anna", None): [{old}, {new}],
            ("berta", None): [{new}, {old}],
            ("berta", "anna"): [set(), set()],
            ("carla", None): [set(), set()],
        }

    def purged(self) -> bool:
        """What was purged is told to who purged it."""
        told = []
        for who in ("contact", "anna"):
            with self.ground.asked(self.house.asker(who)):
                told.append(len(self.ground.rows("SELECT 1 FROM serai_purged")))
        return told == [1, 0]

    def purges(self) -> bool:
        """The contact destroys what was reported with its copies: versions, passages, reasons, mails, authors."""
        house = self.house
        after = {
            "practice": [
                ("SELECT summary, description FROM serai_practiceversion WHERE id = %s", "version", None),
                ("SELECT text FROM serai_passage WHERE id = %s", "passage_practice", None),
                ("SELECT title, summary FROM serai_practicetranslation WHERE id = %s", "version_words", None),
                ("SELECT text FROM serai_passagetranslation WHERE id = %s", "passage_words", None),
                ("SELECT because FROM serai_auditentry WHERE id = %s", "entry_practice", None),
                ("SELECT 1 FROM serai_mail WHERE id = %s", "mail_practice", []),
            ],
            "story": [
                ("SELECT title FROM serai_storytranslation WHERE id = %s", "story_words", None),
                ("SELECT text FROM serai_passage WHERE id = %s", "passage", None),
                ("SELECT text FROM serai_passagetranslation WHERE id = %s", "passage_words", None),
            ],
            "session": [("SELECT programme FROM serai_programmerelease WHERE id = %s", "release", None)],
            "note": [("SELECT 1 FROM serai_noteauthor WHERE note_id = %s", "note", [])],
            "takeaway": [("SELECT 1 FROM serai_photo WHERE id = %s", "photo", [])],
        }
        for name, looks in after.items():
            with self.ground.tried():
                report = self._reported(name)
                self.ground.ask(house.asker("contact"))
                before = [self._seen(query, row) for query, row, _ in looks]
                self.ground.role(WEB)
                self.ground.ask(house.asker("contact"))
                if self.ground.one("SELECT serai_purge(%s, 'x')", [report])[0] is None:
                    return False
                settled = self.ground.rows("SELECT settlement FROM serai_report WHERE id = %s", [report])
                found = [self._seen(query, row) for query, row, _ in looks]
            for was, now, (_, _, expected) in zip(before, found, looks, strict=True):
                if was == now or (expected is not None and now != expected) or "told" in str(now):
                    return False
            if settled != [("purged",)]:
                return False
        return True

    def _seen(self, query: str, row: str) -> list[tuple[object, ...]]:
        """What stands in a row, as the backup sees it."""
        with self.ground.asked(None, BACKUP):
            return self.ground.rows(query, [self.house[row]])

    def _reported(self, name: str) -> uuid.UUID:
        """Berta or Anna reports a row of the house to the contact."""
        row = self.house.rows[name]
        who, source = ("anna", "town_a")
        given = {"noun": row.model.__name__, "record_id": row.id, "contact_id": self.house["contact"]}
        values = filled(Report, RNG, **given, source_id=self.house[source])
        report = Row(model=Report, values=values, groups=self.house.only(source))
        self.ground.role(OWNER)
        give_audiences(self.ground, [report])
        self.ground.role(WEB)
        self.ground.ask(self.house.asker(who))
        self.ground.done(*insert(report))
        return report.id

    def erases(self) -> bool:
        """Whoever erases themselves leaves an empty card; what was theirs alone is gone, what they held is over."""
        house, ground = self.house, self.ground
        looks = [
            ("SELECT name, erased_on FROM serai_person WHERE id = %s", "anna", [("former member", TODAY)]),
            ("SELECT ended_on FROM serai_membership WHERE id = %s", "in_anna", [(TODAY,)]),
            ("SELECT ended_on FROM serai_teammember WHERE id = %s", "seat_anna", [(TODAY,)]),
            ("SELECT ended_on FROM serai_participant WHERE id = %s", "part_anna", [(TODAY,)]),
            ("SELECT answer FROM serai_naming WHERE id = %s", "naming_anna", [("withdrawn",)]),
            ("SELECT address, called_back_at IS NULL FROM serai_invitation WHERE id = %s", "link_left", [("", False)]),
            ("SELECT 1 FROM serai_mail WHERE id = %s", "mail_anna", []),
            ("SELECT 1 FROM serai_noteauthor WHERE note_id = %s", "note_anna", []),
            ("SELECT 1 FROM serai_takeaway WHERE id = %s", "takeaway", []),
            ("SELECT 1 FROM serai_photo WHERE id = %s", "photo", []),
        ]
        with ground.tried():
            ground.role(WEB)
            ground.ask(house.asker("anna"))
            if ground.one("SELECT serai_erase_me() ? 'gone'") != (True,):
                return False
            return all(self._seen(query, row) == expected for query, row, expected in looks)

    def takes_over(self) -> bool:
        """Whoever follows an invitation takes over what points to the card that was written for them; the card goes."""
        house, ground, berta = self.house, self.ground, self.house["berta"]
        told = {"kind": "join", "answer": "begin", "address": "berta@example.org", "called_back_at": None}
        named = {"alba": house.only("town_a", "alba"), "both": house.only("town_a", "alba", "berta")}
        rows = [
            Row(model=Invitation, values=filled(Invitation, RNG, **told, person_id=house[who], record_ids=[],
                source_id=house["town_a"]), groups=house.only("town_a")) for who in ("alba", "anna")
        ] + [
            Row(model=Need, values=filled(Need, RNG, city_id=-2001, source_id=house["town_a"]), groups=groups)
            for groups in named.values()
        ]  # fmt: skip
        with ground.tried():
            lay(ground, rows)
            ground.role(OWNER)
            ground.done("UPDATE serai_person SET hidden_at = now() WHERE id = %s", [house["alba"]])
            ground.role(WEB)
            taken = []
            for who in ("anna", "berta", "berta", "berta"):
                ground.ask(house.asker(who))
                taken += ground.one("SELECT serai_take_seats()")
                if len(taken) == 2:  # what is reported waits
                    ground.role(OWNER)
                    waited = ground.done("UPDATE serai_person SET hidden_at = NULL WHERE id = %s", [house["alba"]])
                    ground.role(WEB)
            ground.ask(house.asker("berta"))
            if (taken, waited) != ([False, True, True, False], 1):
                return False
            asked = "SELECT id FROM serai_need WHERE id = ANY (%s)"
            if len(ground.rows(asked, [[row.id for row in rows[2:]]])) != len(named):
                return False
            looks = [("membership", "in_alba"), ("membership", "in_anna"), ("teammember", "seat_anna"),
                     ("participant", "part_anna"), ("naming", "naming_anna")]  # fmt: skip
            held = [self._seen(f"SELECT person_id FROM serai_{table} WHERE id = %s", row) for table, row in looks]
            cards = [bool(self._seen("SELECT 1 FROM serai_person WHERE id = %s", who)) for who in ("alba", "anna")]
        return held == [[(berta,)]] * len(looks) and cards == [False, True]  # Anna's holds what she wrote

    def clocks(self) -> bool:
        """In ten years every clock has run out: notes, attendance, addresses and mails are gone."""
        world, ground = self.world, self.ground
        notes = len(world.of(Note)) + 2
        rows = [*world.of(Participant), *world.of(Invitation)]
        attended = sum(1 for r in rows if r.model is Participant) + 1
        sent = sum(1 for r in rows if r.model is Invitation and r["address"]) + 4
        with ground.tried():
            before, ground.now = ground.now, NOW + YEARS
            ground.role(KEEPER)
            ground.now = before
            ran = {n: ground.one(f"SELECT serai_keep_{n}()")[0] for n in ("notes", "attendance", "links", "mails")}
            ground.role("serai_backup")
            left = [
                ground.one(f"SELECT count(*) FROM {table}")[0]
                for table in ("serai_note", "serai_noteauthor", "serai_mail")
            ]
            purged = ground.one("SELECT count(*) FROM serai_purged")[0]
        expected = {"notes": notes, "attendance": attended, "links": sent, "mails": 2}
        return ran == expected and left == [0, 0, 0] and purged == notes + 1 and bool(world.of(NoteAuthor))
