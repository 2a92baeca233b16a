"""The oldest server that Serai serves, in short: the catalogue, the start and the rule on Debian's PostgreSQL 15.

At length: `make test-15`, which runs every database and access test there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from clusters import DEBIAN, own_environment

PART = ("test_catalogue.py", "test_boot.py", "test_connection.py", "test_differential.py")


@pytest.mark.skipif(not DEBIAN.exists(), reason="no PostgreSQL 15")
@pytest.mark.skipif(bool(os.environ.get("SERAI_TEST_POSTGRES")), reason="the whole suite runs there")
def test_the_rule_holds_on_postgresql_15() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *(f"tests/access/{name}" for name in PART)],
        env=own_environment(SERAI_TEST_POSTGRES="15", SERAI_WORLDS="3"), cwd=root, capture_output=True, text=True,
        check=False, timeout=400,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert len(re.findall(r"\.", done.stdout)) > 60, done.stdout
