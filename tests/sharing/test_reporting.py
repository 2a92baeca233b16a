"""A report hides at once; the contact alone releases or destroys; a purge leaves nothing, and nobody else can."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, models, transaction

from serai import erased
from serai.audit.actions import NotYours, add
from serai.core.audience import group
from serai.core.lifecycle import NotAllowedNow
from serai.db.acting import acting_as, person
from serai.db.rows import protected_models
from serai.directory import actions as directory
from serai.directory.models import Network
from serai.exchanges import actions as exchanges
from serai.exchanges.models import Exchange, Note, ProgrammeRelease, Session
from serai.needs import actions as needs
from serai.needs.models import Need
from serai.practices import actions as practices
from serai.practices.models import Practice, PracticeVersion
from serai.sharing.actions import purge_record, release_record, report_record
from serai.sharing.content import content_columns
from serai.sharing.models import Purged, Report
from sharing.stage import arranged, everyone, text
from threads import with_session
from worlds import NOW, Someone, World, browsing, member, small_world

SECRET = "Zarzevara"


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def contact(world: World) -> Someone:
    """The network's data-protection contact, named by its secretariat."""
    found = member(
        world.secretariat.actor, world.secretariat.organisation, name="Data-protection contact", network=world.network
    )
    with world.secretariat.asks():
        Network.objects.filter(pk=world.network.pk).update(data_protection_id=found.person.pk)
    return found


@pytest.fixture(autouse=True)
def list_of_erasures() -> Iterator[None]:
    """Each test has an empty list of what was erased."""
    path = settings.STATE / "erased.jsonl"
    path.write_text("")
    yield
    path.write_text("")


def stated(world: World) -> Need:
    arbreva = world["Arbreva"]
    with arbreva.asks():
        return needs.state_need(
            arbreva.actor,
            city=world.cities["Arbreva"],
            question=f"What about {SECRET}?",
            theme="youth_engagement",
            readers=[group("network", world.network.id)],
            because=f"{SECRET} is our own street",
            now=NOW,
        )


def reported(world: World, record: Any, name: str = "Lipovar") -> Report:
    with world[name].asks():
        return report_record(world[name].actor, record, reason=f"It names {SECRET}", now=NOW)


def everywhere(words: str) -> list[str]:
    """The tables in which these words stand, whoever reads, as the owner sees them."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()[0]
        assert before == "serai_web"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
    for table in tables:
        if words in _dumped(table):
            found.append(table)
    return found


def _dumped(table: str) -> str:
    """A table as text, read in this transaction by a function of the owner's role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sharing_test_dump(%s)", [table])
        return str(cursor.fetchone()[0])


@pytest.fixture(autouse=True)
def dump(django_db_setup: None) -> Iterator[None]:
    """A way to look into every table inside the test's own transaction, for this test alone."""
    with psycopg.connect(os.environ["SERAI_OWNER_DATABASE"], autocommit=True) as owner:
        owner.execute(
            "CREATE OR REPLACE FUNCTION sharing_test_dump(name text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER"
            " SET search_path = pg_catalog, public AS $$ DECLARE found text; BEGIN"
            " EXECUTE format('SELECT string_agg(t::text, chr(10)) FROM %I t', name) INTO found;"
            " RETURN coalesce(found, ''); END $$"
        )
        owner.execute("GRANT EXECUTE ON FUNCTION sharing_test_dump(text) TO serai_web")
    yield
    with psycopg.connect(os.environ["SERAI_OWNER_DATABASE"], autocommit=True) as owner:
        owner.execute("SET lock_timeout = '5s'")
        owner.execute("DROP FUNCTION IF EXISTS sharing_test_dump(text)")


CODES = {
    "kind", "state", "form", "level", "sector", "theme", "themes", "target_groups", "urgency", "language", "languages",
    "evidence", "channel", "answer", "phase", "code", "verb", "noun", "decision", "settlement", "digest", "stage",
    "country", "reasons", "months", "named_to_participants", "named_to_network", "named_to_public", "programme_digest",
    "city_ids", "record_ids", "given_for", "made",
}  # fmt: skip


def test_every_typed_column_is_destroyed_by_a_purge() -> None:
    for model in protected_models():
        content = set(content_columns(model))
        written = {
            f.column
            for f in model._meta.concrete_fields
            if isinstance(f, models.CharField | models.TextField | models.JSONField)
            or f.get_internal_type() == "ArrayField"
        }
        assert content <= written, model
        assert written - content <= CODES, (model, written - content - CODES)


def test_a_report_hides_at_once_from_all_but_the_source_and_the_contact(world: World, contact: Someone) -> None:
    need = stated(world)
    browser = browsing(world["Lipovar"])
    assert browser.get(f"/report/need/{need.id}/").status_code == 200
    assert browser.post(f"/report/need/{need.id}/", {"reason": ""}).status_code == 422
    page = browser.post(f"/report/need/{need.id}/", {"reason": "It must not be here."}, follow=True)
    assert "It is hidden now." in text(page)
    assert "hidden, waiting for a decision" in text(page)
    for someone in [*everyone(world), contact]:
        with someone.asks():
            assert Need.objects.filter(pk=need.pk).exists() is (someone in (world["Arbreva"], contact)), someone
    page = text(browsing(world["Arbreva"]).get(f"/needs/{need.id}/"))
    assert "Hidden after a report: only its source and the data-protection contact can read this." in page


def test_nobody_but_the_contact_learns_who_reported(world: World, contact: Someone) -> None:
    reported(world, stated(world))
    for someone in [*everyone(world), contact]:
        with someone.asks():
            assert Report.objects.exists() is (someone in (world["Lipovar"], contact))


def test_a_report_does_not_repeat_the_number(world: World, contact: Someone) -> None:
    need = stated(world)
    browser = browsing(world["Lipovar"])
    page = browser.post(f"/report/need/{need.id}/", {"reason": "It says 070 123 454.", "keep_because": "x"})
    assert page.status_code == 422
    assert "It cannot be kept here." in text(page)


def test_without_a_contact_a_report_says_so(world: World) -> None:
    need = stated(world)
    page = browsing(world["Lipovar"]).post(f"/report/need/{need.id}/", {"reason": "Bad."})
    assert page.status_code == 422
    assert "No network here has named a data-protection contact." in text(page)
    with world["Valdora"].asks():
        assert Need.objects.exists()


def test_the_contact_shows_it_again(world: World, contact: Someone) -> None:
    need = stated(world)
    report = reported(world, need)
    browser = browsing(contact)
    assert "One report waits for you." in text(browser.get("/reports/"))
    assert SECRET in text(browser.get(f"/reports/{report.id}/"))
    assert browser.post(f"/reports/{report.id}/release/").status_code == 302
    with world["Valdora"].asks():
        assert Need.objects.exists()
    assert browser.get(f"/reports/{report.id}/").status_code == 404
    with contact.asks(), pytest.raises(NotAllowedNow):
        release_record(contact.actor, Report.objects.get(), now=NOW)


def test_a_purge_leaves_nothing_in_any_table(world: World, contact: Someone) -> None:
    need = stated(world)
    report = reported(world, need)
    assert {"serai_need", "serai_auditentry", "serai_report"} <= set(everywhere(SECRET))
    page = browsing(contact).post(f"/reports/{report.id}/purge/", {"why": "It named a child."}, follow=True)
    assert "It is destroyed." in text(page)
    assert everywhere(SECRET) == []
    with contact.asks():
        left = Purged.objects.get()
        assert (left.record_id, left.actor_id, left.why) == (need.pk, contact.person.pk, "It named a child.")
    written = (settings.STATE / "erased.jsonl").read_text()
    assert SECRET not in written
    assert json.loads(written)["gone"]["serai_need"] == [str(need.pk)]
    with world["Arbreva"].asks():
        assert not Need.objects.exists()


def test_a_purge_destroys_every_version_and_what_hangs_on_it_stays(world: World, contact: Someone) -> None:
    lipovar = world["Lipovar"]
    content = practices.Content(
        title=SECRET,
        summary=SECRET,
        description=SECRET,
        did_not_work=[SECRET],
        safeguards=SECRET,
        core_elements=[SECRET],
    )
    with lipovar.asks():
        practice = practices.publish_practice(
            lipovar.actor,
            organisation=lipovar.organisation,
            city=world.cities["Lipovar"],
            content=content,
            readers=[group("network", world.network.id)],
            now=NOW,
        )
        practices.mend_practice(lipovar.actor, practice, content, what_changed=SECRET, expected=1, now=NOW)
    report = reported(world, practice, "Arbreva")
    with contact.asks():
        purge_record(contact.actor, report, why="It named someone.", now=NOW)
    assert everywhere(SECRET) == []
    with world["Valdora"].asks():
        assert Practice.objects.get().title == "–"
        assert PracticeVersion.objects.count() == 2


def test_a_purged_session_is_gone_from_released_programmes(world: World, contact: Someone) -> None:
    exchange, arbreva = arranged(world), world["Arbreva"]
    with arbreva.asks():
        session = exchanges.add_session(arbreva.actor, exchange, title=SECRET, kind="debate", now=NOW)
        kept = exchanges.add_session(arbreva.actor, exchange, title="Lunch", kind="meal", now=NOW)
        rows = [{"id": str(s.id), "title": s.title, "where": ""} for s in (session, kept)]
        release = ProgrammeRelease(exchange=exchange, number=1, programme=rows)
        add(arbreva.actor, release, verb="release_programme", groups=exchange.audience.groups, now=NOW)
    report = reported(world, session)
    with contact.asks():
        purge_record(contact.actor, report, why="It named someone.", now=NOW)
    assert everywhere(SECRET) == []
    with arbreva.asks():
        assert [row["title"] for row in ProgrammeRelease.objects.get().programme] == ["–", "Lunch"]
        assert Exchange.objects.exists()
        assert Session.objects.count() == 1


def test_what_waits_to_replace_a_purged_session_is_emptied_too(world: World, contact: Someone) -> None:
    exchange, arbreva = arranged(world), world["Arbreva"]
    with arbreva.asks():
        session = exchanges.add_session(
            arbreva.actor, exchange, title=SECRET, kind="debate", readers=exchange.audience.groups, now=NOW
        )
        release = ProgrammeRelease(exchange=exchange, number=1, programme=[{"id": str(session.id), "title": SECRET}])
        add(arbreva.actor, release, verb="release_programme", groups=exchange.audience.groups, now=NOW)
        exchanges.change_session(arbreva.actor, session, expected=1, where=SECRET, now=NOW)
        assert Session.objects.filter(title=SECRET).count() == 2
    report = reported(world, session)
    with contact.asks():
        purge_record(contact.actor, report, why="It named someone.", now=NOW)
    assert everywhere(SECRET) == []


def test_a_purged_organisation_is_gone_from_the_mails_that_invited_into_it(world: World, contact: Someone) -> None:
    arbreva = world["Arbreva"]
    with arbreva.asks():
        house = directory.add_organisation(
            arbreva.actor,
            name=f"House of {SECRET}",
            sector="civil_society",
            city=world.cities["Arbreva"],
            readers=[group("network", world.network.id)],
            now=NOW,
        )
    told = {"address": "someone@example.org", "name": "Youth worker", "role": ""}
    for organisation, address in ((house, "one@example.org"), (arbreva.organisation, "two@example.org")):
        page = browsing(arbreva).post(f"/organisations/{organisation.pk}/invite/", told | {"address": address})
        assert page.status_code == 302
    report = reported(world, house)
    assert "serai_mail" in everywhere(SECRET)
    with contact.asks():
        purge_record(contact.actor, report, why="It named a house.", now=NOW)
    assert everywhere(SECRET) == []
    assert "two@example.org" in _dumped("serai_mail")


def test_a_purged_chatham_house_note_forgets_its_author(world: World, contact: Someone) -> None:
    session = with_session(world, arranged(world), title="Talk", kind="practitioners", chatham=True)
    with world["Lipovar NGO"].asks():
        note = exchanges.write_note(world["Lipovar NGO"].actor, session, SECRET, now=NOW)
    report = reported(world, note)
    with contact.asks():
        purge_record(contact.actor, report, why="It named someone.", now=NOW)
        assert not Note.objects.exists()
    assert str(note.pk) not in _dumped("serai_noteauthor")
    assert everywhere(SECRET) == []


def test_nobody_else_releases_or_destroys(world: World, contact: Someone) -> None:
    need = stated(world)
    report = reported(world, need)
    others = [s for s in everyone(world) if s != contact]
    for someone in others:
        browser = browsing(someone)
        for address in (f"/reports/{report.id}/purge/", f"/reports/{report.id}/release/"):
            assert browser.post(address, {"why": "I want it gone."}).status_code == 404
        with someone.asks():
            with connection.cursor() as cursor:
                cursor.execute("SELECT serai_purge(%s, 'gone')", [report.pk])
                assert cursor.fetchone()[0] is None
            with pytest.raises(NotYours):
                purge_record(someone.actor, report, why="gone", now=NOW)
    with acting_as(person(contact.person.pk, also=world["Arbreva"].person.pk)), connection.cursor() as cursor:
        cursor.execute("SELECT serai_purge(%s, 'gone')", [report.pk])
        assert cursor.fetchone()[0] is None
    with world["Arbreva"].asks():
        assert Need.objects.get().question == need.question
    assert (settings.STATE / "erased.jsonl").read_text() == ""


@pytest.mark.parametrize(
    "attack",
    [
        "SELECT serai_destroy('serai_need', %s)",
        "SELECT serai_empty('serai_need', ARRAY[%s]::uuid[])",
        "SELECT serai_untitle(%s)",
        "SELECT serai_part_with(%s)",
        "SELECT serai_close_account(%s)",
        "DELETE FROM serai_need WHERE id = %s",
        "DELETE FROM serai_auditentry WHERE record_id = %s",
        "INSERT INTO serai_purged (id, noun, record_id, why, purged_at)"
        " VALUES (gen_random_uuid(), 'need', %s, '', now())",
        "UPDATE serai_need SET hidden_at = NULL WHERE id = %s",
    ],
)
def test_the_web_role_cannot_reach_behind_the_contact(world: World, contact: Someone, attack: str) -> None:
    need = stated(world)
    reported(world, need)
    for someone in (world["Arbreva"], world["Valdora"], contact):
        with (
            someone.asks(),
            pytest.raises(Exception, match=r"permission denied|row-level security"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(attack, [need.pk])


def test_a_report_to_oneself_opens_nothing(world: World, contact: Someone) -> None:
    need, valdora = stated(world), world["Valdora"]
    mine = Report(noun="need", record_id=need.pk, contact_id=valdora.person.pk, reason="x")
    with valdora.asks(), pytest.raises(NotYours):
        add(valdora.actor, mine, verb="report", groups=[group("person", valdora.person.pk)], now=NOW)


def test_a_restore_does_the_purge_again(world: World, contact: Someone) -> None:
    need = stated(world)
    report = reported(world, need)
    with contact.asks():
        purge_record(contact.actor, report, why="It named someone.", now=NOW)
    (entry,) = erased.read(settings.STATE / "erased.jsonl")
    assert entry.what == "purge"
    with psycopg.connect(os.environ["SERAI_OWNER_DATABASE"]) as owner:
        # Nothing of the test's transaction is seen here: every statement must hold for rows that are not there.
        assert erased.replay(owner, [entry]) == {}
        assert erased.standing(owner, [entry]) == []
        owner.rollback()
