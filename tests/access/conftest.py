"""The ground the access tests stand on: one transaction a module, never committed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from serai.db.embedded import Cluster

if TYPE_CHECKING:
    from access.ground import Ground
    from access.randomworld import World


@pytest.fixture(scope="module")
def ground(cluster: Cluster, django_db_setup: None) -> Iterator[Ground]:
    """One open transaction for a module's tests."""
    from access.ground import opened  # a conftest is read before Django is set up
    from access.rowmaking import NOW

    with opened(cluster, NOW) as open_ground:
        yield open_ground


@pytest.fixture(scope="module")
def world(ground: Ground) -> World:
    """A rich world, laid out for the whole module; what a test changes it takes back."""
    from access.randomworld import grown, laid

    return laid(ground, grown(7, rows=5, people=10))
