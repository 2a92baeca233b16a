"""Kept pages of the product's own web process on the demo world, which others write to meanwhile."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from serai.db import address
from serai.db.embedded import Cluster
from served import copy_database, served


class Site:
    """The demo a year later, changed by its owner; pages by plain HTTP."""

    def __init__(self, url: str, owner: psycopg.Connection) -> None:
        self.place, self.owner = urlsplit(url).netloc, owner

    def get(self, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
        """One page on a connection of its own."""
        connection = http.client.HTTPConnection(self.place, timeout=20)
        connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text

    def sign_in(self) -> str:
        """The session cookie of somebody of the demo."""
        _, headers, text = self.get("/demo/as/")
        token = re.search(r"csrftoken=([^;]+)", headers["Set-Cookie"])
        account = re.search(r'name="account"[^>]*value="([0-9a-f-]{36})"', text)
        assert token
        assert account
        body = f"csrfmiddlewaretoken={token[1]}&account={account[1]}"
        connection = http.client.HTTPConnection(self.place, timeout=20)
        told = {"Cookie": f"csrftoken={token[1]}", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/demo/as/", body, told)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        session = re.search(r"sessionid=([^;]+)", " ".join(answer.headers.get_all("Set-Cookie") or []))
        assert session, answer.status
        return f"sessionid={session[1]}"


@pytest.fixture(scope="module")
def site(cluster: Cluster, demo_database: str) -> Iterator[Site]:
    copy_database(cluster, demo_database, "serai_kept")
    with (
        served(cluster, "serai_kept", "a-year-later") as url,
        psycopg.connect(cluster.url(address.OWNER, "serai_kept"), autocommit=True) as owner,
    ):
        yield Site(url, owner)


@pytest.fixture(scope="module")
def story(site: Site) -> str:
    """The id of a public story."""
    _, _, text = site.get("/stories/")
    found = re.search(r"/stories/([0-9a-f-]{36})/", text)
    assert found
    return found[1]


def test_a_validator_is_answered_with_304_and_every_header(site: Site, story: str) -> None:
    for path in ("/", f"/stories/{story}/", "/library/", "/cities/", "/kept-safe/"):
        status, headers, text = site.get(path)
        assert status == 200, path
        assert text
        assert headers["Cache-Control"] == "no-cache"
        assert {"Cookie", "Accept-Language"} <= set(re.split(", *", headers["Vary"]))
        again, same, empty = site.get(path, If_None_Match=headers["ETag"])
        assert (again, empty) == (304, "")
        for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy", "Referrer-Policy"):
            assert same[name] == headers[name], (path, name)
        packed, told, _ = site.get(path, If_None_Match=headers["ETag"], Accept_Encoding="gzip")
        assert packed == 304
        assert told["ETag"] == headers["ETag"]
        assert site.get(path, If_None_Match=headers["ETag"], Accept_Language="ar")[0] == 304, "asked for, not chosen"
        other = site.get(path, If_None_Match=headers["ETag"], Cookie="django_language=ar-x-pseudo")
        assert other[0] == 200
        assert other[1]["ETag"] != headers["ETag"]


def test_who_is_signed_in_never_gets_a_kept_page(site: Site, story: str) -> None:
    cookie = site.sign_in()
    for path in ("/", f"/stories/{story}/", "/library/", "/cities/"):
        _, public, text = site.get(path)
        status, headers, own = site.get(path, Cookie=cookie, If_None_Match=public["ETag"])
        assert status == 200, path
        assert headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in headers
        assert own != text
        assert site.get(path)[2] == text


def test_every_public_page_is_the_same_kept_or_drawn(site: Site) -> None:
    waiting, seen, kept = ["/"], set(), 0
    while waiting and len(seen) < 40:
        path = waiting.pop(0)
        if path in seen or path.startswith(("/static/", "/account/", "/demo/")):
            continue
        seen.add(path)
        first, second = site.get(path), site.get(path, User_Agent="another", Cookie="csrftoken=" + "a" * 32)
        if "ETag" in first[1]:
            kept += 1
            # An unknown cookie is never given a kept page: this one is drawn for it alone.
            drawn = site.get(path, Cookie="unknown=1")
            assert "ETag" not in drawn[1]
            assert first[2] == second[2] == drawn[2], path
        elif first[0] == 200 and "text/html" in first[1]["Content-Type"]:
            assert "no-store" in first[1]["Cache-Control"], path
        waiting += re.findall(r'<a [^>]*?href="(/[^"#?]*)', first[2])
    assert kept > 10


_AUDIENCE = "UPDATE serai_story SET audience_id = (SELECT min(id) FROM serai_audience WHERE {}) WHERE id = '%s'"
CHANGES = {
    "reported": (
        "UPDATE serai_story SET hidden_at = now() WHERE id = '%s'",
        "UPDATE serai_story SET hidden_at = NULL WHERE id = '%s'",
    ),
    "narrowed": (_AUDIENCE.format("label = 'TLP:GREEN'"), _AUDIENCE.format("groups = '{everyone}'")),
    "a policy": (
        "ALTER POLICY asker_reads ON serai_story USING (id <> '%s')",
        "ALTER POLICY asker_reads ON serai_story USING (id = '%s')",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_taken_away_is_gone_for_the_very_next_request(site: Site, story: str, change: str) -> None:
    path, (away, back) = f"/stories/{story}/", CHANGES[change]
    ending = threading.Event()

    def visit() -> None:
        while not ending.is_set():
            site.get(path)

    visitors = [threading.Thread(target=visit) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    try:
        for _ in range(15):
            status, headers, _text = site.get(path)
            assert status == 200
            etag = headers["ETag"]
            assert site.get(path, If_None_Match=etag)[0] == 304
            site.owner.execute(
                away.replace("%s", story) if "'%s'" in away else away, None if "'%s'" in away else [story]
            )
            assert site.get(path, If_None_Match=etag)[0] == 404
            site.owner.execute(back.replace("%s", story))
    finally:
        ending.set()
        for visitor in visitors:
            visitor.join()


def test_a_title_mended_is_read_by_the_very_next_request(site: Site, story: str) -> None:
    path = f"/stories/{story}/"
    for number in range(15):
        site.get(path)
        site.owner.execute("UPDATE serai_story SET title = %s WHERE id = %s", [f"Told anew {number}", story])
        assert f"Told anew {number}" in site.get(path)[2]
