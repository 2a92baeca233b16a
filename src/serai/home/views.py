"""The front for everyone, and the homes: what is due comes first."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serai.exchanges.queries import now_and_next, programme_sessions
from serai.home import beginnings, queries
from serai.home.came import what_came
from serai.home.front import sky
from serai.stories.queries import stories_readable, story_page, told
from serai.web import dates
from serai.web.pages import Here, member_page, page, same_for_visitors, show, table_file
from serai.web.strips import beside, days
from serai.web.world import crop_step, near_svg, world_dots, world_svg

USUAL = {"need": 60, "match": 30, "planned": 60, "released": 30, "live": 5, "follow": 365}


@page
@same_for_visitors
def front(request: HttpRequest, here: Here) -> HttpResponse:
    """The world drawn from its cities, the pairs as a table, one story, and how it is kept safe."""
    seen = sky()
    story = stories_readable().first()
    latest = None
    if story is not None:
        lines = told(list(story_page(story.id).passages.all()), as_source=False)
        latest = {"story": story, "passages": [line.passage for line in lines[:2]]}
    title = _("The world, drawn from its cities")
    description = _("Lit: the cities of this network. Arcs: the exchanges between them.")
    near = tuple(city for city in seen.lit if city.latitude > 40 and 19 < city.longitude < 24)
    keys = {city.key for city in near}
    context = {
        "world": world_svg(seen.lit, seen.arcs, title=title, description=description),
        "near": near_svg(
            near, tuple(a for a in seen.arcs if {a.start, a.end} <= keys), title=title, description=description
        )
        if len(near) > 1
        else None,
        "crop": crop_step(seen.lit),
        "dots": format_decimal(world_dots(), locale=dates.locale()),
        "rows": seen.rows,
        "latest": latest,
        "steps": _steps(),
    }
    return show(request, "home/front.html", context)


def _steps() -> list[dict[str, Any]]:
    pairs = [
        (_("Need"), _("What a city must learn")),
        (_("Match"), _("Who can show it, and why")),
        (_("Exchange"), _("Days together")),
        (_("Takeaways"), _("What delegates bring home")),
        (_("Activities"), _("What the city does with it")),
        (_("Measurements"), _("Did the number move")),
        (_("Story"), _("Told to all who took part")),
    ]
    return [{"name": name, "text": text} for name, text in pairs]


@member_page
def home(request: HttpRequest, here: Here) -> HttpResponse:
    """The secretariat's home for who runs a network, else one's own list."""
    if here.standing.runs is not None:
        return _secretariat(request, here)
    return _own(request, here)


def _own(request: HttpRequest, here: Here) -> HttpResponse:
    standing = here.standing
    due = queries.your_turn(standing, today=here.today)
    founding = beginnings.to_found(standing)
    coming = queries.under_way(here.today).filter(starts_on__gte=here.today).first()
    live = queries.under_way(here.today).filter(state="live").first()
    others = queries.waiting_for_others(standing, today=here.today)
    promises = list(queries.promises_of(here.actor.source)[:5])
    for_you = queries.for_you(standing)
    open_needs = [] if due else queries.open_needs(here.actor.source)
    came = None if due or coming or live else what_came(standing)
    shown = [*due, *promises, *for_you, *open_needs, coming, live, came.exchange if came else None]
    context = {
        "standing": standing,
        "first": founding or (due[0] if due else None),
        "due": due if founding else due[1:],
        "founding": founding,
        "others": others,
        "coming": _coming(coming, here) if coming else None,
        "today": _today(live, here) if live else None,
        "promises": promises,
        "for_you": for_you,
        "open_needs": open_needs,
        "came": came,
        "illustrative": any(r.illustrative for r in shown if r) or any(o["illustrative"] for o in others),
    }
    return show(request, "home/own.html", context)


def _coming(exchange: Any, here: Here) -> dict[str, Any]:
    left = (exchange.starts_on - here.today).days
    asked = exchange.created_at.date()
    whole = max((exchange.starts_on - asked).days, 1)
    words = ngettext("%(n)d day to %(place)s.", "%(n)d days to %(place)s.", left) % {
        "n": left,
        "place": exchange.place.name if exchange.place else exchange.title,
    }
    return {
        "exchange": exchange,
        "lead": words,
        "share": 1 - left / whole,
        "here": dates.day(here.today),
        "there": dates.day(exchange.starts_on),
    }


def _today(exchange: Any, here: Here) -> dict[str, Any]:
    running, coming = now_and_next(programme_sessions(exchange.pk), here.now)
    zone = exchange.time_zone
    shown = running or coming
    if shown is None or shown.starts_at is None:
        return {"exchange": exchange, "session": None}
    until = dates.clock(shown.ends_at, zone) if shown.ends_at else ""
    own, place = here.standing.city, exchange.place
    there = (own.name, own.time_zone) if own else None
    clocks = dates.clocks(shown.starts_at, (place.name if place else "", zone), there, shown.ends_at)
    share = None
    if running is not None and running.ends_at and running.starts_at:
        share = (here.now - running.starts_at) / (running.ends_at - running.starts_at)
    return {
        "exchange": exchange,
        "session": shown,
        "running": running is not None,
        "until": until,
        "clocks": clocks,
        "from": dates.clock(shown.starts_at, zone),
        "share": share,
    }


def _secretariat(request: HttpRequest, here: Here) -> HttpResponse:
    lanes = queries.pipeline(now=here.now)
    help_wanted = queries.needs_help(now=here.now)
    open_lanes = [lane for lane in lanes if lane.key in ("planned", "released", "live")]
    running = sum(len(lane.ages) for lane in open_lanes)
    late = [[age for _title, _href, age in lane.ages if age > USUAL[lane.key]] for lane in lanes[:5]]
    soon = (
        queries.under_way(here.today)
        .filter(starts_on__gte=here.today, starts_on__lte=dates.later(here.today, 30))
        .count()
    )
    own = queries.your_turn(here.standing, today=here.today)
    follow = queries.follow_through(now=here.now)
    if request.GET.get("as") == "promises":
        head = [_("After months"), _("Made"), _("Kept"), _("Changed"), _("Let go"), _("Silent")]
        return table_file("promises", head, [[row["months"], row["made"], *row["counts"]] for row in follow])
    if request.GET.get("as") == "pipeline":
        stages = {lane.key: _lane(lane)["name"] for lane in lanes}
        rows = [[stages[lane.key], title, age] for lane in lanes for title, _href, age in lane.ages]
        return table_file("pipeline", [_("Stage"), _("Title"), _("Days")], rows)
    young = not any(lane.ages for lane in lanes) and not any(row["made"] for row in follow)
    own += [*help_wanted, *beginnings.of_network(here.standing, young=young, today=here.today)]
    context = {
        "network": here.standing.runs,
        "stands": _stands(running, len(late[0]) + len(late[1]), sum(map(len, late[2:])), soon),
        "young": young,
        "help": own,
        "minutes": sum(due.minutes for due in own),
        "lanes": [_lane(lane) for lane in lanes],
        "ticks": ["0", "30", "60", "90", "120+"],
        "follow": follow,
        "illustrative": any(due.illustrative for due in own)
        or any(lane.illustrative for lane in lanes)
        or any(row["illustrative"] for row in follow),
    }
    return show(request, "home/secretariat.html", context)


def _stands(running: int, needs: int, held: int, soon: int) -> str:
    """Where everything stands, in one sentence that leaves out what is not."""
    said = [
        (running, ngettext("%(n)d exchange is under way", "%(n)d exchanges are under way", running)),
        (held, ngettext("%(n)d exchange is stuck", "%(n)d exchanges are stuck", held)),
        (needs, ngettext("%(n)d need waits for an answer", "%(n)d needs wait for an answer", needs)),
        (soon, ngettext("%(n)d visit begins within 30 days", "%(n)d visits begin within 30 days", soon)),
    ]
    there = [words % {"n": number} for number, words in said if number]
    return ", ".join(there) + "." if there else _("Nothing is under way.")


def _lane(lane: queries.Lane) -> dict[str, Any]:
    names = {
        "need": _("Need"),
        "match": _("Matched"),
        "planned": _("Planned"),
        "released": _("Programme released"),
        "live": _("Live"),
        "follow": _("Follow-up"),
    }
    # Dots at the same place are one dot: thousands of exchanges need no more than one a day.
    ages = sorted({min(age, 120) for _title, _href, age in lane.ages})
    stuck = [
        line
        for line in sorted(lane.ages, key=lambda line: -line[2])
        if line[2] > USUAL[lane.key] and lane.key != "follow"
    ]
    words = ", ".join(str(age) for age in sorted({age for _title, _href, age in lane.ages}))
    late = sorted({min(age, 120) for _title, _href, age in stuck})
    return {
        "name": names[lane.key],
        "count": len(lane.ages),
        "strip": days(ages=ages, stuck=late, usual=min(USUAL[lane.key], 120), most=120),
        "ages": _("%(ages)s days") % {"ages": words} if words else _("none"),
        "held": [{"title": title, "text": dates.span(age), "href": href} for title, href, age in stuck[:2]],
        "more": len(stuck) - 2,
        "place": beside([day / 120 for day in late]) if 0 < len(stuck) <= 2 else "below",
    }


@page
@same_for_visitors
def kept_safe(request: HttpRequest, here: Here) -> HttpResponse:
    """How it is kept safe, in users' words: who could still read this."""
    return show(request, "home/kept_safe.html")
