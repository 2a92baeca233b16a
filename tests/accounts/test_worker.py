"""The real worker process: mail leaves once it is committed, survives a kill, and says why it did not arrive."""

from __future__ import annotations

import json
import signal
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from accounts.letterbox import Letterbox, letterbox
from accounts.second import House, eventually
from serai.db.address import WEB, WORKER
from serai.jobs.worker import name


@pytest.fixture
def box() -> Iterator[Letterbox]:
    """A mail server."""
    with letterbox() as made:
        yield made


def told(box: Letterbox) -> dict[str, str]:
    """What the worker is told about it."""
    return {"SERAI_MAIL_HOST": "127.0.0.1", "SERAI_MAIL_PORT": str(box.port), "SERAI_MAIL_FROM": "serai@example.org"}


def post(web: psycopg.Connection, address: str, **more: Any) -> uuid.UUID:
    """Writes a mail and its job as the web role does, in one transaction."""
    id = uuid.uuid4()
    web.execute(
        "INSERT INTO serai_mail (id, occasion, address, subject, body, created_at, until, failed, posted_by)"
        " VALUES (%s, %s, %s, 'A subject', 'A body', now(), %s, '', serai_person())",
        [id, f"invitation:{id}", address, more.get("until")],
    )
    web.execute("SELECT serai_enqueue('accounts.send_mail', %s::jsonb)", [json.dumps({"mail": str(id)})])
    return id


def asked_by(web: psycopg.Connection, person: uuid.UUID) -> None:
    """Everything after is asked by this person, until the transaction ends."""
    web.execute(
        "SELECT set_config('serai.asker', 'person', true), set_config('serai.asker_id', %s, true)", [str(person)]
    )


def state(house: House, mail: uuid.UUID) -> tuple[bool, str]:
    """Whether a mail was sent, and why not."""
    with house.asks() as owner:
        row = owner.execute("SELECT sent_at IS NOT NULL, failed FROM serai_mail WHERE id = %s", [mail]).fetchone()
    assert row
    return row[0], row[1]


def left(house: House) -> list[tuple[str, int]]:
    """The jobs still kept, with their attempts."""
    with house.asks() as owner:
        return list(owner.execute("SELECT status::text, attempts FROM procrastinate_jobs ORDER BY id").fetchall())


@pytest.fixture(autouse=True)
def _empty(house: House) -> None:
    with house.asks() as owner:
        owner.execute("TRUNCATE serai_mail; TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def test_mail_leaves_when_it_is_committed_and_says_why_when_it_does_not(house: House, box: Letterbox) -> None:
    box.replies = {"gone@": ["550 no such box"], "busy@": ["451 come back later"]}
    someone, other = uuid.uuid4(), uuid.uuid4()
    with house.running("work", role=WORKER, **told(box)), house.asks(WEB) as web:
        with web.transaction():
            post(web, "never@example.org")
            raise psycopg.Rollback
        with web.transaction():
            asked_by(web, someone)
            mail = post(web, "taken@example.org")
            gone = post(web, "gone@example.org")
            busy = post(web, "busy@example.org")
            late = post(web, "late@example.org", until="2020-01-01")
        with web.transaction():
            asked_by(web, someone)
            foreign = json.dumps({"mail": str(mail), "actor": str(other)})
            web.execute("SELECT serai_enqueue('accounts.send_mail', %s::jsonb)", [foreign])
        eventually(lambda: state(house, mail)[0], what="the mail never arrived")
        eventually(lambda: state(house, gone) == (False, "refused 550"))
        eventually(lambda: state(house, busy) == (False, "refused 451"))
        eventually(lambda: state(house, late) == (False, "too late"))
        eventually(lambda: ("failed", 1) in left(house), what="the job with a foreign actor never failed")
        with web.transaction():
            asked_by(web, someone)
            shown = web.execute("SELECT address, failed FROM serai_mail_failed() ORDER BY 1").fetchall()
            assert shown == [("busy@example.org", "refused 451"), ("gone@example.org", "refused 550"),
                             ("late@example.org", "too late")]  # fmt: skip
            asked_by(web, other)
            assert web.execute("SELECT * FROM serai_mail_failed()").fetchall() == []
        eventually(lambda: state(house, busy) == (True, ""), what="it was not tried again")
        eventually(lambda: left(house) == [("failed", 1)], what="jobs that are done go")
    assert "ForeignActor" in house.said.read_text()
    assert [mail["Subject"] for mail in box.to("taken@")] == ["A subject"]
    assert box.to("taken@")[0]["Message-ID"] == f"<{mail}@localhost>"
    assert box.to("taken@")[0]["Auto-Submitted"] == "auto-generated"
    assert not box.to("never@")
    assert not box.to("late@")


def test_a_job_of_a_killed_worker_is_run_again_with_the_same_message_id(house: House, box: Letterbox) -> None:
    box.stalls = "slow@"
    with house.asks(WEB) as web, house.running("work", role=WORKER, **told(box)) as worker:
        with web.transaction():
            mail = post(web, "slow@example.org")
        assert box.stalled.wait(30), "the worker never came so far"
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert left(house) == [("doing", 0)]
    with house.asks() as owner:
        owner.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    box.stalls = ""
    with house.running("work", role=WORKER, **told(box)):
        eventually(lambda: state(house, mail)[0], seconds=30, what="nobody took the job over")
    assert [mail["Message-ID"] for mail in box.to("slow@")] == [f"<{mail}@localhost>"]


def test_a_demo_sends_nothing(house: House, box: Letterbox) -> None:
    with house.asks(WEB) as web, web.transaction():
        mail = post(web, "anyone@example.org")
    once = "import django; django.setup(); from serai.jobs import work; work(forever=False)"
    house.run("-c", once, role=WORKER, SERAI_DEMO="1", **told(box))
    assert left(house) == []
    assert state(house, mail) == (False, "")
    assert box.arrived == []


def test_no_two_workers_have_one_name() -> None:
    assert len({name() for _ in range(100)}) == 100
