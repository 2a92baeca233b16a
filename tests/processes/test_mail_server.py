"""The mail server is told once: its address is kept, its password is a secret, the doctor asks whether it answers."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clusters import throwaway_state
from serai import cli, doctor
from serai.answers import AnswerError, settle
from serai.db.address import WEB, WORKER
from serai.installation import Installation, found
from serai.mail_server import mail_server
from serai.state import State

WORDS = ("--address", "https://a.example", "--behind", "::1")


def settled(state: State, *words: str) -> dict[str, str]:
    return settle(state, cli.parser().parse_args(["up", *WORDS, *words]))


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[State]:
    for name in ("SERAI_DEMO", "SERAI_MAIL_PASSWORD", "SERAI_MAIL_HOST", "SERAI_MAIL_PORT"):
        monkeypatch.delenv(name, raising=False)
    with throwaway_state() as made:
        yield made


@pytest.mark.parametrize(
    ("text", "host", "port", "tls", "user"),
    [
        ("smtps://serai%40a.example@mail.example.org", "mail.example.org", 465, "tls", "serai@a.example"),
        ("smtp+starttls://me@mail.example.org:2525", "mail.example.org", 2525, "starttls", "me"),
        ("smtp://localhost", "localhost", 25, "", ""),
        ("smtp://me@127.0.0.1:26", "127.0.0.1", 26, "", "me"),
    ],
)
def test_an_address_says_where_and_how(text: str, host: str, port: int, tls: str, user: str) -> None:
    server = mail_server(text)
    assert (server.host, server.port, server.tls, server.user) == (host, port, tls, user)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--mail", "mail.example.org"], "looks like smtps://"),
        (["--mail", "smtps://a.example:port"], "looks like smtps://"),
        (["--mail", "smtps://me:secret@a.example"], "Leave the password out"),
        (["--mail", "smtp://me@a.example"], "never goes out unencrypted"),
        (["--mail", "smtps://me@a.example"], "SERAI_MAIL_PASSWORD this once"),
        (["--mail-from", "nobody"], "no sender"),
    ],
)
def test_a_wrong_one_is_refused_with_what_to_say(state: State, words: list[str], why: str) -> None:
    with pytest.raises(AnswerError, match=why):
        settled(state, *words)
    assert not state.config.exists()


def test_it_is_kept_and_only_the_worker_is_told(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERAI_MAIL_PASSWORD", "hush")
    settled(state, "--mail", "smtps://me@mail.example.org", "--mail-from", "serai@a.example", "--name", " Cities  here")
    monkeypatch.delenv("SERAI_MAIL_PASSWORD")
    settled(state)
    assert "hush" not in state.config.read_text("utf-8")
    house = found(state, None)
    worker, web = (house.environment(role) for role in (WORKER, WEB))
    assert worker["SERAI_MAIL_HOST"] == "mail.example.org"
    assert (worker["SERAI_MAIL_PASSWORD"], worker["SERAI_MAIL_FROM"]) == ("hush", "serai@a.example")
    assert not [name for name in web if name.startswith("SERAI_MAIL")]
    assert web["SERAI_SITE_NAME"] == worker["SERAI_SITE_NAME"] == "Cities here"
    monkeypatch.setenv("SERAI_MAIL_HOST", "other.example.org")
    assert house.environment(WORKER)["SERAI_MAIL_HOST"] == "other.example.org", "the environment has the last word"


class Polite(socketserver.StreamRequestHandler):
    """As much of a mail server as the doctor asks."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            over = line.upper().startswith(b"QUIT")
            self.wfile.write(b"221 bye\r\n" if over else b"250 well\r\n")
            if over:
                return


@contextmanager
def listening() -> Iterator[int]:
    with socketserver.TCPServer(("127.0.0.1", 0), Polite) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_the_doctor_says_whether_it_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SERAI_MAIL_HOST", "SERAI_MAIL_PORT", "SERAI_MAIL_USER", "SERAI_MAIL_TLS"):
        monkeypatch.delenv(name, raising=False)
    state = State(root=tmp_path / "state").create()
    with listening() as port:
        house = Installation(state=state, user=None, mail=f"smtp://127.0.0.1:{port}")
        (well,) = doctor._mail(house)
        assert well.well
        assert well.text == f"Mail goes out by 127.0.0.1:{port}."
    (ill,) = doctor._mail(house)
    assert not ill.well
    assert "nobody gets a code: name a server by serai up --mail" in ill.text
