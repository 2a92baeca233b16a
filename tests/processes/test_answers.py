"""What `serai` is told: bad input is one line and status 2, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusters import throwaway_state
from serai import cli
from serai.answers import IDENTITY, AnswerError, public_address, settle
from serai.archive import identity, recipients


@pytest.mark.parametrize(
    "bad",
    ["", "serai.example.org", "http://serai.example.org", "https://", "https://a.example/path", "https://a.example?x=1",
     "https://me@a.example"],
)  # fmt: skip
def test_a_public_address_is_an_https_root(bad: str) -> None:
    with pytest.raises(AnswerError):
        public_address(bad)


def test_a_public_address_loses_its_slash() -> None:
    assert public_address(" https://serai.example.org:8443/ ") == "https://serai.example.org:8443"


def given(*words: str) -> object:
    return cli.parser().parse_args(["up", *words])


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "public address"),
        (["--address", "https://a.example"], "TLS is missing"),
        (["--address", "https://a.example", "--behind", "proxy"], "no proxy's address"),
        (["--address", "https://a.example", "--certificate", "/nowhere"], "needs its key"),
        (["--address", "https://a.example", "--certificate", "/no", "--key", "/no"], "cannot be read"),
        (["--address", "https://a.example", "--certificate", "/no", "--key", "/no", "--behind", "::1"], "Either"),
        (["--address", "https://a.example", "--behind", "::1", "--backup-to", "age1x"], "no age key"),
        (["--address", "https://a.example", "--behind", "::1", "--database", "mysql://x"], "postgresql://"),
    ],
)
def test_missing_or_wrong_answers_are_refused(words: list[str], why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERAI_DEMO", raising=False)
    with throwaway_state() as state, pytest.raises(AnswerError, match=why):
        settle(state, given(*words))
    assert not state.config.exists()


def test_answers_are_asked_once_and_a_backup_key_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERAI_DEMO", raising=False)
    with throwaway_state() as state:
        settle(state, given("--address", "https://a.example", "--behind", "10.0.0.0/24"))
        again = settle(state, given())
        assert again["address"] == "https://a.example"
        assert again["proxy"] == "10.0.0.0/24"
        made = identity((state.root / IDENTITY).read_text())
        assert str(made.to_public()) == again["backup_keys"]
        assert recipients(again["backup_keys"].split())


def test_who_does_tls_is_told_anew_and_the_other_is_forgotten(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SERAI_DEMO", raising=False)
    names = ("certificate", "key")
    files = [word for name in names for word in (f"--{name}", str(tmp_path / f"{name}.pem"))]
    for name in names:
        (tmp_path / f"{name}.pem").touch()
    with throwaway_state() as state:
        settle(state, given("--address", "https://a.example", "--behind", "127.0.0.1"))
        settle(state, given(*files))
        assert state.settings().keys() & {"proxy", *names} == {*names}
        settle(state, given("--behind", "127.0.0.1"))
        assert state.settings().keys() & {"proxy", *names} == {"proxy"}


def test_a_demo_is_never_served_as_a_site(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("--address", "https://a.example", "--behind", "::1")
    with throwaway_state() as state:
        monkeypatch.setenv("SERAI_DEMO", "1")
        with pytest.raises(AnswerError, match="SERAI_DEMO"):
            settle(state, given(*words))
        monkeypatch.delenv("SERAI_DEMO")
        state.keep({"demo": "1"})
        with pytest.raises(AnswerError, match="demo"):
            settle(state, given(*words))


@pytest.mark.parametrize(
    "words",
    [[], ["nonsense"], ["demo", "--port", "0"], ["demo", "--stage", "never"], ["restore"], ["database", "prepare"]],
)
def test_bad_words_are_one_line_and_status_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "--help" in said


def test_a_refusal_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with throwaway_state() as state:
        monkeypatch.setenv("SERAI_STATE", str(state.root))
        assert cli.main(["backup"]) == 2
        assert cli.main(["backup", "--not-encrypted", "--to", "/nowhere"]) == 2
        assert cli.main(["database", "prepare", "--admin", "mysql://x"]) == 2
        assert cli.main(["database", "prepare", "--admin", "postgresql:///x?host=/nowhere"]) == 1
    assert capsys.readouterr().err.count("\n") == 4


def test_a_site_with_its_embedded_database_is_not_led_to_an_empty_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with throwaway_state() as state:
        monkeypatch.setenv("SERAI_STATE", str(state.root))
        state.postgres.mkdir()
        (state.postgres / "PG_VERSION").write_text("18\n")
        assert cli.main(["database", "prepare", "--admin", "postgresql:///x?host=/nowhere"]) == 2
        assert "restore in another SERAI_STATE" in capsys.readouterr().err
        assert "database" not in state.settings()
