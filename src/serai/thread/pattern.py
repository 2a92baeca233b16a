"""The thread as it is drawn: seven stages of nodes, one followed path, and that path in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.core.indicators import Moved
from serai.db.rows import Protected
from serai.plans.models import Activity, Indicator
from serai.plans.queries import standing_of
from serai.plans.words import TURNS, number, seen, state_word
from serai.thread.queries import STAGES, Key, Thread
from serai.web import dates
from serai.web.loom import Node, Stage

KEYS = {"takeaway": "takeaways", "activity": "activities", "indicator": "measurements"}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What the thread counts, of what the asker may read."""

    takeaways: int
    activities: int
    cities: int
    delivered: int
    moved: int


def figures(thread: Thread) -> Figures:
    """Counts of the thread."""
    activities: list[Any] = thread.of("activity")
    moved = [i for i in thread.of("indicator") if standing_of(i).moved is Moved.TOWARDS]  # type: ignore[arg-type]
    return Figures(
        takeaways=len(thread.of("takeaway")),
        activities=len(activities),
        cities=len({a.objective.plan.city_id for a in activities}),
        delivered=sum(a.state == "delivered" for a in activities),
        moved=len(moved),
    )


def path_through(thread: Thread) -> list[Key]:
    """One thread through the start, back to its beginning and on to its end: the longest at each step."""
    back, on = [thread.start], [thread.start]
    while earlier := [k for k in thread.before(back[0]) if k not in back and k[0] != "practice"]:
        back.insert(0, max(earlier, key=lambda k: STAGES.index(k[0])))
    while later := [k for k in thread.after(on[-1]) if k not in on and k[0] != "practice"]:
        on.append(min(later, key=lambda k: (STAGES.index(k[0]), -len(thread.after(k)))))
    return back[:-1] + on


def stages(thread: Thread) -> list[Stage]:
    """The seven stages with their nodes, the followed path marked."""
    followed = set(path_through(thread))
    labels = {
        "need": _("Need"),
        "match": _("Match"),
        "exchange": _("Exchange"),
        "takeaway": _("Takeaways"),
        "activity": _("Activities"),
        "indicator": _("Measurements"),
        "story": _("Story"),
    }
    drawn = []
    for noun in STAGES:
        nodes = tuple(_node(thread, noun, record, followed) for record in thread.of(noun))
        others = sum(not node.followed and not node.here for node in nodes)
        drawn.append(
            Stage(
                key=KEYS.get(noun, noun),
                label=labels[noun],
                nodes=nodes,
                count=len(nodes) if noun in KEYS and nodes else None,
                others=ngettext("%(n)d other", "%(n)d others", others) % {"n": others} if others else "",
                ahead=_("Not yet") if not nodes else "",
            )
        )
    return drawn


def title_of(noun: str, record: Any) -> str:
    """How a record is called in the thread."""
    if noun == "need":
        return str(record.question)
    if noun == "match":
        names = [a.city.name for a in record.answers.all() if a.answer == "accepted"]
        return _("%(cities)s can show it") % {"cities": ", ".join(names)} if names else _("Cities are asked")
    return str(record)


def _note(noun: str, record: Any) -> str:
    if noun == "need":
        return str(record.city)
    if noun == "exchange":
        return str(record.when or dates.days(record.starts_on, record.ends_on))
    if noun == "activity":
        return str(record.objective.plan.city)
    if noun in ("takeaway", "story") and record.city_id:
        return str(record.city)
    return ""


def _node(thread: Thread, noun: str, record: Protected, followed: set[Key]) -> Node:
    key: Key = (noun, record.pk)
    to = [f"{n}-{id}" for n, id in thread.after(key) if n in STAGES]
    more: dict[str, Any] = {}
    if noun == "activity":
        assert isinstance(record, Activity)
        more = {"state": TURNS[record.state], "state_word": state_word(record.state)}
    if noun == "indicator":
        assert isinstance(record, Indicator)
        more = _numbers(record)
    return Node(
        key=f"{noun}-{record.pk}",
        title=title_of(noun, record),
        href=reverse(noun, args=[record.pk]),
        note=more.pop("note", "") or _note(noun, record),
        here=key == thread.start,
        followed=key in followed,
        loose=noun in ("takeaway", "activity") and not to,
        language=getattr(record, "language", ""),
        to=tuple(to),
        **more,
    )


def _numbers(indicator: Indicator) -> dict[str, Any]:
    shown = seen(indicator)
    if shown.strip is None:
        return {"note": shown.sentence}
    said = _("now %(now)s") % {"now": shown.number}
    if indicator.baseline is not None:
        said = _("%(before)s, now %(now)s") % {"before": number(indicator.baseline), "now": shown.number}
    return {"strip": shown.strip, "number": said, "doubt": f"({shown.doubt})" if shown.doubt else ""}


def in_words(thread: Thread) -> list[str | dict[str, str]]:
    """The followed thread as one paragraph, every noun a link."""
    before = {
        "need": _("It began with a question: "),
        "match": _(" It was answered: "),
        "exchange": _(" They met: "),
        "takeaway": _(" An idea went home: "),
        "activity": _(" It became: "),
        "indicator": _(" It is measured: "),
        "story": _(" It is told: "),
    }
    parts: list[str | dict[str, str]] = []
    for noun, id in path_through(thread):
        if noun in before:
            record = thread.record((noun, id))
            title = title_of(noun, record)
            end = "" if title.endswith(("?", "!", "…", "؟", "۔")) else "."
            told = {
                "text": title.rstrip("."),
                "href": reverse(noun, args=[id]),
                "lang": getattr(record, "language", ""),
            }
            parts += [before[noun], told, end]
    return parts
