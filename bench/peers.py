"""A peer is asked in a process of its own: it can be stopped, and what it needs is not counted as ours."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

PEER_PATIENCE = 400.0  # seconds


def asked(module: str, question: object) -> Any:
    """What this module of the bench answers in its last line of JSON; None where it gives no answer in time.

    It is told the question as JSON, sets as sorted lists.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", module],
            input=json.dumps(question, default=sorted),
            capture_output=True,
            text=True,
            timeout=PEER_PATIENCE,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as broken:
        print(f"the peer of {module}: {broken}", file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])
