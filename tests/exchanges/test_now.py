"""On a day together the programme says what runs now, warm, and what comes next."""

from __future__ import annotations

import re
from datetime import timedelta

from serai.db import clock
from sharing.stage import arranged
from threads import browsing_as, text, with_session
from worlds import browsing, small_world

HOUR = timedelta(hours=1)


def test_what_runs_now_is_warm_and_nothing_else_is(db: None) -> None:
    world = small_world()
    browsing(world["Lipovar"])
    exchange, now = arranged(world), clock.now()
    for title, starts in (("Over", -3), ("Runs", -1), ("Comes", 1), ("Later", 3)):
        hours = {"starts_at": now + starts * HOUR, "ends_at": now + (starts + 2) * HOUR}
        with_session(world, exchange, title=title, **hours)
    page = text(browsing_as(world, "Lipovar").get(f"/exchanges/{exchange.pk}/programme/"))
    tags = re.findall(r'class="tag( now)?">([^<]+)</span> <span class="what"[^>]*><a[^>]*>(\w+)<', page)
    assert tags == [(" now", "Now", "Runs"), ("", "Next", "Comes")]
