"""The keeper process: runs every domain's clocks, so that what must go goes (product.md, "Safe to share" 13)."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import signal
import threading

from django.db import close_old_connections

from serai.db.acting import KEEPER, acting_as
from serai.db.carried import DOMAINS

log = logging.getLogger("serai")

PAUSE = 60.0  # seconds between two looks at the clocks


def keep() -> None:
    """Looks at the clocks until told to end (SIGTERM, SIGINT). Needs Django set up in the keeper's role."""
    ending = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: ending.set())
    while not ending.is_set():
        run_clocks()
        ending.wait(PAUSE)


def run_clocks() -> int:
    """Calls `keep()` of each domain's tasks.py that has one, as the keeper; how many rows went or changed.

    A domain that fails is logged and does not hold up the others.
    """
    changed = 0
    for domain in DOMAINS:
        if importlib.util.find_spec(f"serai.{domain}.tasks") is None:
            continue
        clocks = getattr(importlib.import_module(f"serai.{domain}.tasks"), "keep", None)
        if clocks is None:
            continue
        try:
            with acting_as(KEEPER):
                changed += clocks()
        except Exception:
            log.exception("The clocks of %s failed", domain)
            close_old_connections()
    return changed
