"""The embedded server: whole after kill -9, closed to strangers, refused where it is of another time."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from clusters import ended, own_environment, serving_user, throwaway_state
from serai.confine import LINUX
from serai.db import binaries
from serai.db.embedded import Cluster, ClusterError, end_servers
from serai.service_user import reaches
from serai.state import State


@pytest.fixture(scope="module")
def made() -> Iterator[Cluster]:
    """A data folder that keeps what it acknowledges, not running."""
    with throwaway_state() as state:
        cluster = Cluster(state=state, user=serving_user())
        cluster.initialise()
        yield cluster


@pytest.fixture
def cluster(made: Cluster) -> Iterator[Cluster]:
    yield made
    made.end_leftovers()


def running(cluster: Cluster) -> subprocess.Popen[bytes]:
    process = cluster.start()
    cluster.wait_ready(process, seconds=60)
    return process


def test_initialising_again_changes_nothing(cluster: Cluster) -> None:
    assert not cluster.initialise()


def test_it_listens_on_its_socket_alone_and_asks_for_a_password(cluster: Cluster) -> None:
    process = running(cluster)
    with psycopg.connect(cluster.admin_url()) as admin:
        shown = {
            name: admin.execute("SELECT current_setting(%s)", [name]).fetchone()[0]
            for name in ("listen_addresses", "fsync", "data_checksums", "password_encryption", "full_page_writes")
        }
    assert shown == {
        "listen_addresses": "", "fsync": "on", "data_checksums": "on", "full_page_writes": "on",
        "password_encryption": "scram-sha-256",
    }  # fmt: skip
    assert not psutil.Process(process.pid).net_connections(kind="inet")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://postgres:wrong@/postgres?host={cluster.state.sockets}")
    assert stat.S_IMODE(cluster.state.postgres.stat().st_mode) == 0o700
    cluster.stop(process)
    assert process.poll() == 0


def test_what_was_acknowledged_survives_kill_9_at_once(cluster: Cluster) -> None:
    process = running(cluster)
    with psycopg.connect(cluster.admin_url(), autocommit=True) as admin:
        admin.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
        admin.execute("TRUNCATE kept")
        for number in range(200):
            admin.execute("INSERT INTO kept VALUES (%s)", [number])
        process.kill()  # and not waited for: a zombie looks alive
    again = running(cluster)
    process.wait()
    with psycopg.connect(cluster.admin_url()) as admin:
        assert admin.execute("SELECT count(*) FROM kept").fetchone() == (200,)
    cluster.stop(again)


def test_a_killed_servers_backends_do_not_stop_the_next(cluster: Cluster) -> None:
    process = running(cluster)
    busy = psycopg.connect(cluster.admin_url(), autocommit=True)
    backend = psutil.Process(busy.info.backend_pid)
    backend.suspend()  # it cannot notice that its postmaster died
    process.kill()
    process.wait()
    assert backend.is_running()
    end_servers(cluster.state.postgres, patience=0.3)
    process = running(cluster)
    assert ended(backend, seconds=1)
    cluster.stop(process)
    busy.close()


def test_the_mark_of_a_dead_server_whose_number_lives_on_is_cleared(cluster: Cluster) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        mark = cluster.state.postgres / "postmaster.pid"
        mark.write_text(f"{stranger.pid}\n{cluster.state.postgres}\n")
        cluster.stop(running(cluster))
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.skipif(not LINUX, reason="the kernel's promise is Linux's")
def test_it_ends_with_its_supervisor(cluster: Cluster) -> None:
    code = f"""
import signal
from pathlib import Path
from clusters import serving_user
from serai.confine import Confinement
from serai.db.embedded import Cluster
from serai.state import State
cluster = Cluster(state=State(root=Path({str(cluster.state.root)!r})), user=serving_user())
process = cluster.start(Confinement(death=signal.SIGINT).applied())
cluster.wait_ready(process, seconds=60)
print(process.pid, flush=True)
signal.pause()
"""
    supervisor = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=own_environment())
    assert supervisor.stdout is not None
    server = psutil.Process(int(supervisor.stdout.readline()))
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    assert ended(server)


def test_a_folder_of_another_major_is_refused_with_the_way_out(cluster: Cluster) -> None:
    version = cluster.state.postgres / "PG_VERSION"
    here = version.read_text()
    try:
        version.write_text("17\n")
        for use in (cluster.initialise, cluster.start):
            with pytest.raises(ClusterError, match=r"PostgreSQL 17, and this Serai carries 18.*serai restore"):
                use()
    finally:
        version.write_text(here)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with throwaway_state() as state:
        state.postgres.mkdir()
        (state.postgres / "letter.txt").write_text("mine")
        with pytest.raises(ClusterError, match="no PostgreSQL data folder"):
            Cluster(state=state, user=serving_user()).initialise()
        assert (state.postgres / "letter.txt").read_text() == "mine"


def test_a_server_that_cannot_start_says_why(cluster: Cluster) -> None:
    conf = cluster.state.postgres / "postgresql.conf"
    here = conf.read_text()
    try:
        conf.write_text("nonsense = 1\n")
        with pytest.raises(ClusterError, match="configuration"):
            running(cluster)
    finally:
        conf.write_text(here)


def linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root copies the programs")
def test_programs_in_a_closed_folder_are_copied_and_no_folder_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    site = closed / "site-packages"
    source = binaries.installed().parents[2]
    site.mkdir(parents=True)
    closed.chmod(0o700)
    for name in (binaries.PACKAGE, binaries.LIBRARIES):
        if (source / name).is_dir():
            shutil.copytree(source / name, site / name, symlinks=True, copy_function=linked)
    monkeypatch.setattr(binaries, "installed", lambda: site / binaries.PACKAGE / binaries.INSTALL / "bin")
    with throwaway_state() as state:
        user = serving_user()
        folder = binaries.programs(State(root=state.root), user)
        assert folder.is_relative_to(state.program)
        assert reaches(user, folder / "postgres")
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        cluster = Cluster(state=state, user=user, durable=False)
        cluster.initialise()
        cluster.stop(running(cluster))
