"""What came of an organisation's last exchange, in the numbers its home shows while nothing is due."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import npgettext

from serai.directory.queries import Standing
from serai.exchanges.models import Exchange
from serai.exchanges.queries import exchanges_readable
from serai.stories.models import Story
from serai.thread.queries import Thread, thread_of


@dataclass(frozen=True, kw_only=True)
class Came:
    """One exchange that is over, the numbers of its thread as far as the asker may read it, and its story."""

    exchange: Exchange
    figures: tuple[tuple[int, str], ...]
    story: Story | None


def what_came(standing: Standing) -> Came | None:
    """Of the last exchange this city took part in, or this organisation where it has none; None for who has neither."""
    if standing.organisation is None:
        return None
    taking = {"parties__city": standing.city} if standing.city else {"parties__speaker": standing.organisation}
    exchange = exchanges_readable().filter(state="closed", **taking).distinct().first()
    if exchange is None:
        return None
    thread = thread_of("exchange", exchange.id)
    stories = [story for story in thread.of("story") if isinstance(story, Story)]
    return Came(exchange=exchange, figures=_figures(thread), story=stories[-1] if stories else None)


def _figures(thread: Thread) -> tuple[tuple[int, str], ...]:
    """The counts that are not zero, each with its word in that number."""
    takeaways, activities = len(thread.records["takeaway"]), len(thread.records["activity"])
    indicators = len(thread.records["indicator"])
    found = (
        (takeaways, npgettext("counted", "takeaway", "takeaways", takeaways)),
        (activities, npgettext("counted", "activity", "activities", activities)),
        (indicators, npgettext("counted", "indicator", "indicators", indicators)),
    )
    return tuple(pair for pair in found if pair[0])
