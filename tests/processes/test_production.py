"""A site that is no demo: no language made for proving, no link in its log, no advice that misleads."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import ProgrammingError
from django.test import Client

from serai import children
from serai.cli import parser
from serai.web import foreign_host


@pytest.mark.parametrize(("demo", "languages"), [("", "en"), ("1", "en ar-x-pseudo")])
def test_the_pseudo_language_is_the_demo_s_alone(demo: str, languages: str) -> None:
    told = {name: value for name, value in os.environ.items() if name not in ("SERAI_LOUD", "SERAI_DEMO")}
    said = subprocess.run(
        [sys.executable, "-c", "from serai.settings import LANGUAGES; print(*(code for code, _ in LANGUAGES))"],
        env={**told, "SERAI_DEMO": demo, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == languages.split()


def test_a_request_for_another_host_is_said_in_one_line_that_helps(
    caplog: pytest.LogCaptureFixture, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALLOWED_HOSTS = ["serai.example.org"]
    settings.PUBLIC_ADDRESS = "https://serai.example.org"
    monkeypatch.setattr(foreign_host.Said, "said_at", -foreign_host.EVERY)
    for said in (1, 1):  # and once only
        page = Client().get("/", headers={"host": "elsewhere"})
        assert page.status_code == 400
        assert '<a href="https://serai.example.org">https://serai.example.org</a>' in page.content.decode()
        assert len(caplog.records) == said
    assert "let the proxy pass the Host header" in caplog.text
    assert "Traceback" not in caplog.text


@pytest.mark.django_db(databases=["default", "apart"])
def test_a_one_time_link_pressed_without_cookies_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    assert Client(enforce_csrf_checks=True).post("/account/first/once/").status_code == 403
    assert "once" not in caplog.text


@pytest.mark.parametrize(("words", "said"), [([], "serai user E-MAIL"), (["--quiet"], "")])
def test_a_link_that_is_not_due_is_said_to_whoever_asked(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serai.accounts.first._no_administrator", lambda: False)
    assert children.link(parser().parse_args(["link", *words])) == 0
    assert said in capsys.readouterr().err
    assert bool(said) or not capsys.readouterr().err


def test_a_link_before_the_first_start_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> str:
        raise ProgrammingError("function serai_no_administrator() does not exist")

    monkeypatch.setattr("serai.accounts.first.one_time_link", missing)
    assert children.link(parser().parse_args(["link"])) == 1
    assert capsys.readouterr().err.count("\n") == 1
