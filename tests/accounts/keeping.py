"""A child in the keeper's role: for each moment it reads, runs the clocks and says how many rows went."""

import sys
from datetime import datetime

import django

django.setup()

from django.conf import settings  # noqa: E402

from serai.db import clock  # noqa: E402
from serai.jobs import run_clocks  # noqa: E402

for line in sys.stdin:
    settings.CLOCK = datetime.fromisoformat(line.strip())
    clock._started = datetime.now(tz=settings.CLOCK.tzinfo)
    print(run_clocks(), flush=True)  # noqa: T201
