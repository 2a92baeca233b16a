"""A full disk: nothing acknowledged is lost, nobody gives up, and it recovers by itself once there is room."""

from __future__ import annotations

import ctypes
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from clusters import serving_user
from serai.confine import LINUX
from serai.db.embedded import Cluster
from serai.processes import Member, Tree
from serai.state import State

MEGABYTES = 160


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with little room; only root may make one."""
    if os.geteuid() != 0 or not LINUX:
        pytest.skip("only root on Linux can make a small disk")
    libc = ctypes.CDLL(None, use_errno=True)
    disk = Path("/tmp") / f"serai-full-{os.getpid()}"
    disk.mkdir()
    if libc.mount(b"tmpfs", os.fsencode(disk), b"tmpfs", 0, b"size=%dm,mode=0700" % MEGABYTES) != 0:
        disk.rmdir()
        pytest.skip("this machine lets nobody mount")
    try:
        yield disk
    finally:
        libc.umount2(os.fsencode(disk), 2)
        disk.rmdir()


def test_a_full_disk_costs_nothing_that_was_acknowledged(small_disk: Path) -> None:
    state = State(root=small_disk).create(serving_user())
    cluster = Cluster(state=state, user=serving_user())
    cluster.initialise()
    said: list[str] = []
    tree = Tree(state, said.append)
    try:
        cluster.wait_ready(tree.add(Member(name="database", start=cluster.start)))
        with psycopg.connect(cluster.admin_url(), autocommit=True) as admin:
            admin.execute("CREATE TABLE kept (id int, body bytea)")
        filler = small_disk / "filler"
        acknowledged = filled(cluster, filler, shutil.disk_usage(small_disk).free - 24 * 2**20)
        assert acknowledged > 0
        for _ in range(20):
            tree.tend()
            time.sleep(0.05)
        filler.unlink()
        there = recovered(cluster, tree)
        assert there >= set(range(acknowledged)), said
        assert len(there) <= acknowledged + 1, "one write may have been kept without anyone hearing of it"
    finally:
        tree.stop()


def filled(cluster: Cluster, filler: Path, size: int) -> int:
    """Writes rows until the disk is full; how many of them were acknowledged."""
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
    acknowledged = 0
    with suppress(psycopg.Error), psycopg.connect(cluster.admin_url(), autocommit=True) as admin:
        while True:
            admin.execute("INSERT INTO kept VALUES (%s, %s)", [acknowledged, os.urandom(60_000)])
            acknowledged += 1
    return acknowledged


def recovered(cluster: Cluster, tree: Tree) -> set[int]:
    """The rows that stand once the database takes new ones again."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        tree.tend()
        try:
            with psycopg.connect(cluster.admin_url(), autocommit=True, connect_timeout=5) as admin:
                admin.execute("INSERT INTO kept VALUES (-1, '')")
                return {id for (id,) in admin.execute("SELECT id FROM kept WHERE id >= 0")}
        except psycopg.Error:
            time.sleep(0.1)
    return set()
