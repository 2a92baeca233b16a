"""Who stands in front of the site is believed only if it was named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from serai.serve import MOST_BYTES, Application, from_proxy, within_limit, without_forwarded


def asked(wrap: Callable[[Application], Application], **environ: str) -> tuple[str, dict[str, Any] | None]:
    """The status answered, and what the application behind saw (None: nothing)."""
    said: list[str] = []
    seen: list[dict[str, Any]] = []

    def behind(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.append(environ)
        start_response("200 OK", [])
        return []

    list(wrap(behind)(dict(environ), lambda status, headers: said.append(status)))
    return said[0], seen[0] if seen else None


def proxied(application: Application) -> Application:
    return from_proxy(application, "10.0.0.0/24")


def test_without_a_proxy_nothing_forwarded_is_believed() -> None:
    _, seen = asked(
        without_forwarded, REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR="1.1.1.1", HTTP_X_FORWARDED_PROTO="https"
    )
    assert seen == {"REMOTE_ADDR": "9.9.9.9"}


@pytest.mark.parametrize("peer", ["10.0.0.7", "::ffff:10.0.0.7"])
def test_the_proxy_says_who_the_visitor_is(peer: str) -> None:
    _, seen = asked(proxied, REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR="6.6.6.6, 1.2.3.4")
    assert seen is not None
    assert seen["REMOTE_ADDR"] == "1.2.3.4"


@pytest.mark.parametrize("peer", ["10.0.1.7", "::1", "127.0.0.1"])
def test_nobody_else_is_answered(peer: str) -> None:
    status, seen = asked(proxied, REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR="1.2.3.4")
    assert status.startswith("403")
    assert seen is None


@pytest.mark.parametrize(
    ("length", "answered"), [("", "200"), (str(MOST_BYTES), "200"), (str(MOST_BYTES + 1), "413"), ("-1", "413")]
)
def test_a_body_that_would_fill_the_disk_is_not_read(length: str, answered: str) -> None:
    status, seen = asked(within_limit, CONTENT_LENGTH=length)
    assert status.startswith(answered)
    assert (seen is None) == (answered == "413")
