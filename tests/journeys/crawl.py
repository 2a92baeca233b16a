"""Which kinds of pages somebody can reach, found by following links: the first address of each kind."""

from __future__ import annotations

import re

from playwright.sync_api import APIRequestContext

LINK = re.compile(r'<a [^>]*?href="(/[^"#?]*)')
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)-?\d+(?=/)")
ELSEWHERE = re.compile(r"^/(static|account/(2fa|sign-ins|logout|everywhere)|demo)/")


def kind(path: str) -> str:
    """The address without the record it names."""
    return ID.sub("*", path)


def reachable(request: APIRequestContext, site: str, starts: tuple[str, ...], *, follow: bool = True) -> dict[str, str]:
    """One address of each kind of page, wide first; `follow` its links, or stay with the starts."""
    found: dict[str, str] = {}
    waiting = list(starts)
    while waiting:
        path = waiting.pop(0)
        if kind(path) in found or ELSEWHERE.match(path):
            continue
        answer = request.get(site + path)
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        found[kind(path)] = path
        if follow:
            waiting += LINK.findall(answer.text())
    return found
