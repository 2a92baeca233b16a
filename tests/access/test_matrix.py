"""Every address of the house × every persona: the answer is the one the rule gives, worked out beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from matrix import MATRIX, Cell
from personas import Archive, Persona, Row

from serai.accounts.models import Account
from serai.audit.actions import Actor
from serai.core.audience import Record
from serai.db import address, clock
from serai.db.acting import acting_as, person
from serai.db.embedded import Cluster
from serai.directory.models import Person
from serai.needs.models import MatchAnswer
from serai.sharing import links

SAMPLES = 4  # records of each noun, of as many different audiences and sources as there are
NO_RECORD = Row(record=Record(id="", groups=frozenset(), source=None), columns={})


@pytest.fixture(scope="module")
def archive(demo_world: str, cluster: Cluster) -> Iterator[Archive]:
    found = Archive(cluster.url(address.OWNER, demo_world), date(2025, 12, 1))
    found.secrets = dict(one for one in map(sent, found.personas()) if one)
    yield found
    for id in found.secrets:
        found.connection.execute("DELETE FROM serai_auditentry WHERE record_id = %s", [id])
        found.connection.execute("DELETE FROM serai_invitation WHERE id = %s", [id])
    found.connection.close()


def sent(persona: Persona) -> tuple[str, str] | None:
    """A link that asks a city, by whoever asked one: its id and its secret. The demo world itself holds none."""
    if persona.person is None or persona.organisation is None:
        return None
    with acting_as(person(UUID(persona.person))):
        mine = MatchAnswer.objects.filter(source_id=persona.organisation).order_by("id")
        answer = mine.select_related("match__need").exclude(match__need=None).first()
        if answer is None:
            return None
        whom = Person.objects.filter(memberships__organisation=answer.organisation_id).earliest("id")
        actor = Actor(person=UUID(persona.person), organisation=UUID(persona.organisation))
        records = [answer, answer.match, answer.match.need]
        made = links.make(actor, kind="match", person=whom.pk, address="", records=records, now=clock.now())
    return str(made.link.pk), resolve(urlsplit(made.address).path).kwargs["secret"]


@pytest.fixture(scope="module")
def browsers(demo_world: str, archive: Archive) -> dict[str, tuple[Persona, Client]]:
    found = {}
    for persona in archive.personas():
        client = Client(raise_request_exception=True)
        if persona.account:
            account = Account.objects.get(pk=persona.account)
            client.force_login(account)
        found[persona.name] = (persona, client)
    return found


def names(patterns: Any, seen: set[str] | None = None) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name)


def test_every_address_has_a_row() -> None:
    from other_pages import ROWS

    known = {name.split(":")[0] for name in MATRIX} | set(ROWS)
    there = set(names(get_resolver().url_patterns))
    assert there <= known
    assert known <= there, "a row of an address that is no more"


def sample(rows: list[Row]) -> list[Row]:
    """A few records, each of an audience and source of its own first."""
    different = {(row.record.groups, row.record.source): row for row in rows}
    return [*different.values()][:SAMPLES]


def where(name: str, cell: Cell, row: Row) -> str:
    arguments = [cell.noun] if cell.with_noun else []
    if cell.noun:
        arguments.append(row.columns["secret"] if cell.by_secret else row.record.id)
    return reverse(name.split(":")[0], args=[*arguments, *cell.extra])


def expected(cell: Cell, persona: Persona, row: Row) -> tuple[int, str]:
    """The status, and where the answer leads on, if anywhere."""
    if cell.signed_in and persona.person is None:
        return 302, reverse(settings.LOGIN_URL)
    if not cell.allowed(persona, row):
        return 404, ""
    if cell.leads and cell.led(persona, row):
        name, *words = cell.leads
        return 302, reverse(name, args=[*words, *([row.record.id] if cell.noun else [])])
    return 200, ""


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_each_gets_what_the_rule_says(name: str, archive: Archive, browsers: dict[str, tuple[Persona, Client]]) -> None:
    cell = MATRIX[name]
    rows = sample(archive.rows(cell.noun)) if cell.noun else [NO_RECORD]
    assert rows, f"the demo world holds no {cell.noun}: nothing could leak"
    wrong = []
    for row in rows:
        for persona, client in browsers.values():
            url, should = where(name, cell, row), expected(cell, persona, row)
            if cell.post:
                wrong += refused_posts(url, should[0], persona, client)
                continue
            answer = client.get(url)
            found = answer.status_code, answer.headers.get("Location", "").partition("?")[0]
            if found != should:
                wrong.append(f"{persona.name}: {url} answered {found}, not {should}")
    assert not wrong, "\n".join(wrong)


def refused_posts(url: str, should: int, persona: Persona, client: Client) -> list[str]:
    """A button looks at nobody's GET, and refuses whoever may not press it; it is not pressed here for the others."""
    found = []
    if client.get(url).status_code != 405:
        found.append(f"{persona.name}: {url} answers to a GET")
    if should != 200 and (status := client.post(url).status_code) != should:
        found.append(f"{persona.name}: a POST to {url} answered {status}, not {should}")
    return found


def test_the_matrix_holds_records_that_could_leak(
    archive: Archive, browsers: dict[str, tuple[Persona, Client]]
) -> None:
    """For each noun with a page there is a record some may read and some may not."""
    one_sided = []
    for noun in sorted({c.noun for c in MATRIX.values() if c.noun}):
        answers = {
            (persona.name, expected(Cell(noun=noun, allowed=MATRIX_READS), persona, row))
            for row in archive.rows(noun)
            for persona, _client in browsers.values()
        }
        if len({status for _name, (status, _leads) in answers if status != 302}) < 2:
            one_sided.append(noun)
    assert not one_sided


def MATRIX_READS(persona: Persona, row: Row) -> bool:
    from matrix import reads

    return reads(persona, row)
