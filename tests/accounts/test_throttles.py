"""Throttles count in the database: over threads, two real workers, a restart, and addresses that answer 404."""

from __future__ import annotations

import http.client
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from django.core.cache import cache
from django.db import connections
from django.test import RequestFactory

from accounts.second import House, eventually, free_port
from serai.accounts.throttle import origin
from serai.db.address import WEB
from serai.db.cache import forget_expired, hit
from serai.sharing.link_views import GUESSES


def test_no_hit_is_lost_between_threads() -> None:
    what = uuid.uuid4().hex

    def many(_: int) -> list[int]:
        try:
            return [hit(what, "one", seconds=60) for _ in range(25)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        counts = [count for found in threads.map(many, range(8)) for count in found]
    assert sorted(counts) == list(range(1, 201))
    assert hit(what, "another", seconds=60) == 1


def test_of_many_who_add_a_lock_one_gets_it() -> None:
    key = uuid.uuid4().hex

    def grab(_: int) -> bool:
        try:
            return bool(cache.add(key, "mine", timeout=30))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(grab, range(16))).count(True) == 1


def test_a_window_ends_and_a_cached_value_with_it() -> None:
    what = uuid.uuid4().hex
    assert [hit(what, "x", seconds=0), hit(what, "x", seconds=0)] == [1, 1]
    cache.set("gone", 1, timeout=0)
    assert cache.get("gone") is None
    assert cache.add("gone", 2, timeout=30)
    assert not cache.add("gone", 3, timeout=30)
    assert cache.get("gone") == 2
    assert cache.touch("gone", timeout=60)
    assert not cache.touch("never", timeout=60)
    cache.set("stays", {"a": [1]}, timeout=None)
    assert cache.get("stays") == {"a": [1]}


def test_what_still_counts_is_never_thrown_out() -> None:
    what = uuid.uuid4().hex
    hit(what, "kept", seconds=600)
    for number in range(50):
        cache.set(f"{what}{number}", 1, timeout=600)
    forget_expired("apart")
    assert hit(what, "kept", seconds=600) == 2
    assert cache.get(f"{what}0") == 1


def test_the_table_keeps_no_address_and_outlives_a_crash() -> None:
    hit("link", "192.0.2.99", seconds=60)
    with connections["apart"].cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, ' ') FROM serai_cache c")
        assert "192.0.2" not in cursor.fetchone()[0]
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'serai_cache'")
        assert cursor.fetchone()[0] == "p", "what a crash empties forgets how often somebody tried"


@pytest.mark.parametrize(
    ("seen", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_one_household_is_counted_once(seen: str, counted: str) -> None:
    assert origin(RequestFactory().get("/", REMOTE_ADDR=seen)) == counted


def guess(port: int, number: int) -> int:
    """The status of one guessed link, over a connection of its own."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        client.request("GET", f"/l/guess-{number}/", headers={"Host": "localhost"})
        return client.getresponse().status
    finally:
        client.close()


def answers(port: int) -> bool:
    """Whether the server answers at all; a known address, so that nothing is counted."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        client.request("GET", "/account/login/", headers={"Host": "localhost"})
        return client.getresponse().status == 200
    except OSError:
        return False
    finally:
        client.close()


def test_a_throttle_holds_over_two_workers_a_restart_and_addresses_that_answer_404(house: House) -> None:
    port = free_port()
    words = ("serve", "--host", "127.0.0.1", "--port", str(port))
    with house.running(*words, role=WEB, SERAI_WEB_WORKERS="2") as server:
        eventually(lambda: answers(port), seconds=30, what="the server never answered")
        workers = [p for p in psutil.Process(server.pid).children() if "resource_tracker" not in " ".join(p.cmdline())]
        assert len(workers) == 2
        idle = [sum(worker.cpu_times()[:2]) for worker in workers]
        with ThreadPoolExecutor(8) as threads:
            seen = Counter(threads.map(lambda n: guess(port, n), range(GUESSES + 20)))
        assert seen == {404: GUESSES, 429: 20}
        busy = [sum(worker.cpu_times()[:2]) for worker in workers]
        assert all(after > before for before, after in zip(idle, busy, strict=True)), "one worker answered alone"
    with house.running(*words, role=WEB, SERAI_WEB_WORKERS="2"):
        eventually(lambda: answers(port), seconds=30, what="the server never came back")
        assert guess(port, 99) == 429
