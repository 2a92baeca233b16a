"""Throw-away PostgreSQL clusters for tests: fast, unsafe on purpose, gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from serai.db.embedded import Cluster
from serai.service_user import ServiceUser, named
from serai.state import State


def serving_user() -> ServiceUser | None:
    """Whom tests drop to: nobody as root (nothing is added to the machine), else ourselves."""
    return named("nobody") if os.geteuid() == 0 else None


@contextmanager
def throwaway_state() -> Iterator[State]:
    """A state folder with a short path that the test user can reach."""
    root = Path(tempfile.mkdtemp(prefix="serai-", dir="/tmp"))
    try:
        yield State(root=root).create(serving_user())
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def throwaway_cluster() -> Iterator[Cluster]:
    """A running cluster that keeps nothing: about a second to make."""
    with throwaway_state() as state:
        cluster = Cluster(state=state, user=serving_user(), durable=False)
        cluster.initialise()
        process = cluster.start()
        try:
            cluster.wait_ready(process)
            yield cluster
        finally:
            cluster.stop(process)
