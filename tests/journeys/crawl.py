"""Which kinds of pages somebody can reach, found by following links: the first address of each kind."""

from __future__ import annotations

import re

from hands import Hand
from playwright.sync_api import APIRequestContext

VISITOR = ("/", "/library/", "/stories/", "/needs/", "/cities/", "/kept-safe/", "/styleguide/", "/account/login/")
MEMBER = ("/home/", "/exchanges/", "/plans/", "/library/", "/needs/", "/stories/", "/account/", "/demo/as/")
# In this order: a page that someone before has reached is looked at again only where it is somebody's start.
PEOPLE = {
    "visitor": ("", VISITOR),
    "coordinator": ("Coordinator of Arbreva", MEMBER),
    "secretariat": ("Network secretariat", ("/home/", "/exchanges/", "/needs/")),
    "administrator": ("Administrator", ("/home/",)),
}
EXPECTED = {
    "visitor": {
        "/",
        "/library/",
        "/stories/",
        "/stories/*/",
        "/kept-safe/",
        "/styleguide/",
        "/account/login/",
        "/cities/",
    },
    "coordinator": {
        *("/home/", "/needs/", "/needs/*/", "/needs/new/", "/exchanges/", "/exchanges/*/", "/exchanges/*/programme/"),
        *("/sessions/*/", "/exchanges/*/capture/", "/takeaways/*/", "/library/*/", "/plans/*/", "/activities/*/"),
        *("/indicators/*/", "/stories/*/", "/thread/exchange/*/", "/thread/practice/*/"),
    },
    "secretariat": {"/home/"},
    "administrator": {"/home/"},
}

Reached = tuple[Hand, dict[str, str]]  # who, and an address of each kind of page they reach

LINK = re.compile(r'<a [^>]*?href="(/[^"#?]*)')
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)-?\d+(?=/)")
FILES = re.compile(r"^/static/")


def kind(path: str) -> str:
    """The address without the record it names."""
    return ID.sub("*", path)


def reachable(request: APIRequestContext, site: str, starts: tuple[str, ...], known: set[str]) -> dict[str, str]:
    """One address of each kind of page that can be reached and is not known yet, besides the starts; wide first."""
    found: dict[str, str] = {}
    waiting, passed = list(starts), set[str]()
    while waiting:
        path = waiting.pop(0)
        if kind(path) in passed or FILES.match(path):
            continue
        passed.add(kind(path))
        answer = request.get(site + path)
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        if path in starts or kind(path) not in known:
            found[kind(path)] = path
        waiting += LINK.findall(answer.text())
    known |= passed
    return found
