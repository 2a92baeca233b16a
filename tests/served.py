"""The demo world in a database of its own on the suite's server, and the product's web process in front of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from serai.db import address
from serai.db.embedded import Cluster
from serai.demo.stages import ADMINISTRATOR, MOMENTS

MIGRATED = "serai_migrated"  # the suite's database as it was migrated, in which nobody has written anything
_BUILD = """
import sys, django
django.setup()
from serai.demo import build
build(sys.argv[1])
"""


def environment(cluster: Cluster, database: str, stage: str) -> dict[str, str]:
    """What a process of the demo is told: the address of the web role, and the moment it plays in."""
    told = {k: v for k, v in os.environ.items() if not k.startswith("SERAI_") and k != "DJANGO_SETTINGS_MODULE"}
    return told | {
        "DJANGO_SETTINGS_MODULE": "serai.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SERAI_DATABASE": cluster.url(address.WEB, database),
        "SERAI_STATE": os.environ["SERAI_STATE"],
        "SERAI_SECRET_KEY": os.environ["SERAI_SECRET_KEY"],
        "SERAI_DEMO": "1",
        "SERAI_CLOCK": MOMENTS[stage].isoformat(),
    }


def build_demo(cluster: Cluster, database: str, stage: str) -> None:
    """The demo world at this stage, built by the web role in a copy of the migrated database."""
    copy_database(cluster, MIGRATED, database)
    with psycopg.connect(cluster.url(address.OWNER, database), autocommit=True) as owner:
        made = owner.execute(
            "INSERT INTO serai_account (id, password, email, person_id, is_active, language, created_at)"
            " VALUES (gen_random_uuid(), '', %s, gen_random_uuid(), true, '', now()) RETURNING id",
            [ADMINISTRATOR],
        ).fetchone()
        assert made
        owner.execute("INSERT INTO serai_administrator (account_id) VALUES (%s)", made)
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, stage],
        env=environment(cluster, database, stage),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def copy_database(cluster: Cluster, source: str, target: str) -> None:
    """A copy of a database nobody uses at the moment: a journey may change it."""
    with psycopg.connect(cluster.admin_url(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(target)))
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER serai_owner").format(
                sql.Identifier(target), sql.Identifier(source)
            )
        )
        admin.execute(
            sql.SQL(
                "REVOKE ALL ON DATABASE {0} FROM PUBLIC; GRANT CONNECT ON DATABASE {0} TO serai_web, serai_worker,"
                " serai_keeper, serai_backup"
            ).format(sql.Identifier(target))
        )


@contextmanager
def served(cluster: Cluster, database: str, stage: str) -> Iterator[str]:
    """The product's own web process before this database; its address. Ended afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = environment(cluster, database, stage) | {
        "SERAI_PUBLIC_ADDRESS": f"http://localhost:{port}",
        "SERAI_WEB_WORKERS": "1",
    }
    command = (
        f"from serai.serve import serve; serve(host='127.0.0.1', port={port}, certificate=None, key=None, proxy='')"
    )
    process = subprocess.Popen([sys.executable, "-c", command], env=told, stderr=subprocess.PIPE)
    try:
        _wait(f"http://localhost:{port}/kept-safe/", process)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _wait(url: str, process: subprocess.Popen[bytes], *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            if process.poll() is not None or time.monotonic() > until:
                said = process.stderr.read().decode()[-3000:] if process.stderr and process.poll() is not None else ""
                raise AssertionError(f"the web process does not answer: {error} {said}") from error
            time.sleep(0.1)
