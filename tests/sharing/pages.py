"""Every page of the house that answers to a GET, as somebody gets them."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from serai.db.rows import protected_models
from worlds import Someone

# Ends or begins a sign-in, or belongs to the sign-in package and the demo: nothing of a record stands there.
ELSEWHERE = re.compile(r"^(account|demo|l|styleguide|static)/")
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+|("X-CSRFToken": ")[^"]+')
CAPTURE = re.compile(r'(name="sent_id" value=")[^"]+')  # made anew for each form


def routes() -> list[str]:
    """Every address as it is written in the urlconf, with its places for ids."""
    return [route for route in _walk(get_resolver().url_patterns, "") if not ELSEWHERE.match(route)]


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
        else:
            yield route


def addresses(people: list[Someone], cities: list[int], *, always: Iterable[uuid.UUID] = ()) -> list[str]:
    """Every address with the newest id of each kind of record that these people read, and with the ids of `always`."""
    ids: dict[str, set[str]] = {}
    for someone in people:
        with someone.asks():
            for model in protected_models():
                found = ids.setdefault(model.__name__.lower(), set())
                found |= {str(pk) for pk in model._default_manager.values_list("pk", flat=True)}
    kept = {str(id) for id in always}
    ids = {noun: {*sorted(found)[-1:], *(found & kept)} for noun, found in ids.items()}
    return sorted({address for route in routes() for address in _filled(route, ids, cities)})


def _filled(route: str, ids: dict[str, set[str]], cities: list[int]) -> Iterator[str]:
    if "<slug:noun>" in route:
        for noun, found in ids.items():
            for id in found:
                yield "/" + route.replace("<slug:noun>", noun).replace("<uuid:id>", id)
    elif "<uuid:id>" in route:
        for id in {id for noun in _nouns_of(route, ids) for id in ids[noun]}:
            yield "/" + re.sub(r"<slug:to>", "live", route).replace("<uuid:id>", id)
    elif "<signed:id>" in route or "<int:id>" in route:
        yield from ("/" + re.sub(r"<(signed|int):id>", str(city), route) for city in cities)
    elif "<" not in route:
        yield "/" + route


def _nouns_of(route: str, ids: dict[str, set[str]]) -> list[str]:
    first = route.split("/")[0]
    known = {
        "needs": "need", "offers": "offer", "exchanges": "exchange", "parties": "party", "participants": "participant",
        "tasks": "task", "sessions": "session", "takeaways": "takeaway", "promises": "commitment",
        "library": "practice",
        "plans": "plan", "objectives": "objective", "activities": "activity", "indicators": "indicator",
        "stories": "story", "passages": "passage", "namings": "naming", "organisations": "organisation",
        "people": "person", "memberships": "membership", "teams": "team", "seats": "teammember", "reports": "report",
    }  # fmt: skip
    if route.startswith("matches/answers/"):
        return ["matchanswer"]
    if first == "matches":
        return ["match"]
    return [known[first]] if first in known else list(ids)


def got(browser: Client, wanted: list[str]) -> dict[str, tuple[int, str]]:
    """What a browser gets for each address: status and body, without the tokens that are new each time."""
    return {address: _got(browser, address) for address in wanted}


def _got(browser: Client, address: str) -> tuple[int, str]:
    answer = browser.get(address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = TOKEN.sub(r"\1\2", _unpacked(body).decode("utf-8", "replace"))
    return answer.status_code, CAPTURE.sub(r"\1", text) + answer.headers.get("Location", "")


def _unpacked(body: bytes) -> bytes:
    """A workbook as what stands in it, without the moment at which it was packed."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        parts = b"\n".join(name.encode() + b"\n" + packed.read(name) for name in sorted(packed.namelist()))
    return re.sub(rb"<dcterms:(created|modified)[^>]*>[^<]*", b"", parts)
