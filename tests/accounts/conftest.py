"""A small world whose coordinator of Arbreva can sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.second import House
    from serai.accounts.models import Account
    from serai.db.embedded import Cluster
    from worlds import World


@pytest.fixture
def world() -> World:
    """A network with three cities."""
    from worlds import small_world  # models are not ready when this file is read

    return small_world()


@pytest.fixture
def account(world: World) -> Account:
    """The account of the coordinator of Arbreva."""
    from letters import opened_account

    return opened_account(world)


@pytest.fixture(scope="session")
def house(cluster: Cluster, django_db_setup: None) -> House:
    """A second database, where things are committed and real processes run."""
    from accounts import second

    return second.made(cluster)
