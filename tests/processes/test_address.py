"""Nothing that a database address says is dropped on its way to the driver or to PostgreSQL's programs."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import psycopg
import pytest
from django.db.backends.postgresql.base import DatabaseWrapper

from clusters import throwaway_cluster
from serai.backup import client_environment
from serai.db.address import for_role, parts
from serai.db.embedded import Cluster
from serai.settings import database

TLS = "sslmode=verify-full&sslrootcert=%2Fetc%2Fa%20b%2Froot.crt&channel_binding=require&connect_timeout=7"
FAR = f"postgresql://land%40lord:pass%2Fword@db.example.org:6432/se%20rai?{TLS}"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with throwaway_cluster() as made:
        yield made


@pytest.mark.parametrize("owner", [False, True])
def test_every_option_reaches_the_driver(owner: bool) -> None:
    told = database(FAR, owner=owner)
    assert (told["NAME"], told["USER"], told["PASSWORD"]) == ("se rai", "land@lord", "pass/word")
    assert (told["HOST"], told["PORT"]) == ("db.example.org", "6432")
    given = DatabaseWrapper({**told, "TIME_ZONE": None}, "default").get_connection_params()
    assert given["sslmode"] == "verify-full"
    assert given["sslrootcert"] == "/etc/a b/root.crt"
    assert given["channel_binding"] == "require"
    assert given["connect_timeout"] == "7"
    assert given["host"] == "db.example.org"
    options = told["OPTIONS"]
    assert isinstance(options, dict)
    assert ("prepare_threshold" in options) != owner, "migrations prepare nothing"


def test_every_option_reaches_the_programs() -> None:
    told = client_environment(FAR)
    assert told["PGSSLMODE"] == "verify-full"
    assert told["PGSSLROOTCERT"] == "/etc/a b/root.crt"
    assert told["PGCHANNELBINDING"] == "require"
    assert told["PGCONNECT_TIMEOUT"] == "7"
    assert told["PGDATABASE"] == "se rai"


def test_a_role_keeps_what_the_address_says() -> None:
    mine = parts(for_role(FAR, role="serai_web", password="x y"))
    assert mine == {**parts(FAR), "user": "serai_web", "password": "x y"}


def test_what_is_asked_for_is_what_a_server_sees(cluster: Cluster) -> None:
    url = cluster.admin_url() + "&application_name=the%20web&options=-c%20statement_timeout%3D4321"
    wrapper = DatabaseWrapper({**database(url, owner=True), "TIME_ZONE": None}, "default")
    with psycopg.connect(**wrapper.get_connection_params()) as connection:
        seen = connection.execute("SELECT current_setting('application_name'), current_setting('statement_timeout')")
        assert seen.fetchone() == ("the web", "4321ms")


def test_a_server_without_the_tls_that_is_asked_for_is_not_told_the_password() -> None:
    heard = b""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        told = database(f"postgresql://web:secret@127.0.0.1:{port}/serai?sslmode=require", owner=True)

        def answer() -> None:
            nonlocal heard
            with server.accept()[0] as peer:
                peer.recv(8)  # the request for TLS
                peer.sendall(b"N")
                heard = peer.recv(1000)

        listening = threading.Thread(target=answer)
        listening.start()
        wrapper = DatabaseWrapper({**told, "TIME_ZONE": None}, "default")
        with pytest.raises(psycopg.OperationalError, match="SSL"):
            psycopg.connect(**wrapper.get_connection_params())
        listening.join(10)
    assert heard == b""
