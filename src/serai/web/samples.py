"""What the style guide shows: the fictive cities Arbreva, Lipovar and Valdora. All of it is illustrative."""

from __future__ import annotations

from functools import cache
from typing import Any

from serai.web.arcs import CityArc, LitCity
from serai.web.loom import Loom, Node, Stage, weave
from serai.web.shapes import SECTORS
from serai.web.strips import Scale, beside, days, interval, scale_over
from serai.web.world import crop_step, near_svg, world_svg

_WEEK = scale_over([41, 79, 80])
_MOTHERS = Scale(least=20, most=70)

CITIES = (
    LitCity(key="a", name="Arbreva", latitude=42.13, longitude=21.72, warm=True),
    LitCity(key="l", name="Lipovar", latitude=41.6, longitude=20.5),
    LitCity(key="v", name="Valdora", latitude=41.11, longitude=21.1),
    LitCity(key="p", name="Peshawar", latitude=34.008, longitude=71.57849),
    LitCity(key="b", name="Birmingham", latitude=52.48142, longitude=-1.89983),
    LitCity(key="k", name="Kristiansand", latitude=58.14671, longitude=7.9956),
    LitCity(key="m", name="Mombasa", latitude=-4.05466, longitude=39.66359),
    LitCity(key="q", name="Montréal", latitude=45.50884, longitude=-73.58781),
    LitCity(key="d", name="Dakar", latitude=14.6937, longitude=-17.44406),
)
ARCS = (
    CityArc(start="a", end="l", warm=True),
    CityArc(start="a", end="v", warm=True),
    CityArc(start="b", end="p"),
    CityArc(start="k", end="m"),
    CityArc(start="q", end="d"),
)

_TAKEAWAYS = [
    ("Young people run the evenings", "evenings", True),
    ("Peer mentors from the age of 16", "evenings", True),
    ("Open the sports hall after eight", "", False),
    ("Mothers are the first contact", "circle", False),
    ("A seat for women in the team", "", False),
    ("A public round table before the plan", "table", False),
    ("Agree who speaks after an incident", "", False),
    ("Founding group first, training next", "group", False),
    ("A deputy mayor chairs the team", "group", False),
    ("Meet every quarter, on a fixed date", "", False),
]


def thread() -> Loom:
    """A thread of the fictive cities, woven."""
    takeaways = tuple(
        Node(key=f"t{n}", title=title, href=f"#t{n}", followed=followed, loose=not to, to=(to,) if to else ())
        for n, (title, to, followed) in enumerate(_TAKEAWAYS)
    )
    activities = (
        Node(
            key="evenings",
            title="Evenings run by young people",
            href="#e",
            followed=True,
            to=("week",),
            state="done",
            state_word="Delivered",
            note="Arbreva",
        ),
        Node(
            key="circle",
            title="Mothers’ circle in two schools",
            href="#c",
            to=("mothers",),
            state="done",
            state_word="Delivered",
            note="Arbreva",
        ),
        Node(
            key="table",
            title="Round table on the plan",
            href="#r",
            to=("organisations",),
            state="done",
            state_word="Delivered",
            note="Arbreva",
        ),
        Node(
            key="group",
            title="Founding group of a local team",
            href="#g",
            note="Lipovar",
            state="theirs",
            state_word="Under way",
        ),
    )
    week = interval(scale=_WEEK, value=68, low=57, high=79, base=41)
    mothers = interval(scale=_MOTHERS, value=52, low=44, high=60, base=34)
    measurements = (
        Node(
            key="week",
            title="Young people in a week",
            href="#w",
            strip=week,
            number="41, now 68",
            doubt="57 to 79",
            followed=True,
            to=("story",),
        ),
        Node(
            key="mothers",
            title="Mothers who know whom to ask",
            href="#m",
            strip=mothers,
            number="34, now 52 %",
            doubt="44 to 60",
            to=("story",),
        ),
        Node(
            key="organisations",
            title="Organisations with a task",
            note="Too early to say. Next reading in March",
            loose=True,
        ),
    )
    return weave(
        (
            Stage(
                key="need",
                label="Need",
                nodes=(
                    Node(
                        key="need",
                        title="How do young people stay involved after 16?",
                        href="#n",
                        note="Arbreva asked",
                        followed=True,
                        to=("match",),
                    ),
                ),
            ),
            Stage(
                key="match",
                label="Match",
                nodes=(
                    Node(
                        key="match",
                        title="Lipovar can show it",
                        href="#ma",
                        note="Agreed by both",
                        followed=True,
                        to=("exchange",),
                    ),
                ),
            ),
            Stage(
                key="exchange",
                label="Exchange",
                nodes=(
                    Node(
                        key="exchange",
                        title="Three days in Lipovar",
                        href="#x",
                        note="24 delegates, 4 sites",
                        here=True,
                        to=tuple(t.key for t in takeaways),
                    ),
                ),
            ),
            Stage(key="takeaways", label="Takeaways", nodes=takeaways, count=10, others="8 others"),
            Stage(key="activities", label="Activities", nodes=activities, count=4, others="3 others, in 2 cities"),
            Stage(key="measurements", label="Measurements", nodes=measurements, count=3, others="2 others"),
            Stage(
                key="story",
                label="Story",
                nodes=(
                    Node(
                        key="story",
                        title="What Arbreva took home",
                        href="#s",
                        note="Sent to all who took part",
                        followed=True,
                    ),
                ),
            ),
        )
    )


def _tasks() -> list[dict[str, Any]]:
    return [
        {"title": "Agree on dates and place", "href": "#", "turn": "done"},
        {
            "title": "Name your delegates",
            "href": "#",
            "turn": "yours",
            "now": True,
            "why": "5 of 7 named. No one yet from youth work.",
        },
        {
            "title": "Book interpreters",
            "href": "#",
            "turn": "theirs",
            "turn_word": "Lipovar’s turn",
            "why": "Asked on Wed 20 Nov.",
        },
        {"title": "Follow the programme", "href": "#", "turn": "later", "turn_word": "From Mon 25 Nov"},
    ]


def _hours() -> list[dict[str, Any]]:
    return [
        {"time": "11:40", "what": "Leave by bus from the front door, 12 minutes", "kind": "walk"},
        {"time": "12:00", "what": "Youth agency", "where": "Room on the first floor, lift at the back", "kind": "next"},
        {"time": "13:15", "what": "Lunch", "kind": "plain"},
        {
            "time": "14:50",
            "was": "14:30",
            "what": "Mothers’ association",
            "where": "Practitioners’ meeting. Nothing is recorded",
            "kind": "moved",
        },
        {"time": "16:00", "what": "What would we try at home?", "kind": "same"},
    ]


def _progress() -> list[dict[str, Any]]:
    return [
        {"when": "Sep 2019", "number": "41", "kind": "base", "strip": interval(scale=_WEEK, base=41, target=80)},
        {
            "when": "Mar 2020",
            "number": "52",
            "doubt": "44 to 60",
            "strip": interval(scale=_WEEK, value=52, low=44, high=60, target=80),
        },
        {
            "when": "Sep 2020",
            "number": "68",
            "doubt": "57 to 79",
            "strip": interval(scale=_WEEK, value=68, low=57, high=79, target=80),
        },
        {"when": "Dec 2020", "number": "80", "kind": "target", "strip": interval(scale=_WEEK, target=80)},
    ]


def _lanes() -> list[dict[str, Any]]:
    def lane(name: str, ages: list[int], usual: int, stuck: list[int] | None = None, held: str = "") -> dict[str, Any]:
        strip = days(ages=ages, stuck=stuck or [], usual=usual, most=120)
        spoken = ", ".join(f"{age} days" for age in ages)
        return {
            "name": name,
            "count": len(ages),
            "strip": strip,
            "ages": spoken,
            "held": [{"title": "", "text": held, "href": "#"}] if stuck else [],
            "place": beside([age / 120 for age in stuck]) if stuck else "",
        }

    return [
        lane("Need", [4, 9, 12, 20, 31, 33], 60),
        lane("Matched", [6, 15, 38], 30, [38], "38 days, waits for one city’s yes"),
        lane("Agreed", [11, 71], 45, [71], "71 days, waits for a host"),
        lane("Planned", [8, 19, 26], 60),
        lane("Live", [2], 5),
        lane("Follow-up", [22, 47, 58, 90, 112], 120),
    ]


def _heat() -> dict[str, Any]:
    def cell(number: str, span: str, step: int = 0) -> dict[str, Any]:
        return {"number": number, "range": span, "step": step}

    columns = [("municipal_admin", "Municipality"), ("law_enforcement", "Police"), ("youth_work", "Youth work")]
    rows = [
        ("law_enforcement", "Police", [cell("0.9", "0.7 to 1.2"), None, None]),
        ("youth_work", "Youth work", [cell("1.3", "1.0 to 1.6"), cell("0.3", "0.1 to 0.6", 3), None]),
        (
            "civil_society",
            "Civil society",
            [cell("0.6", "0.3 to 0.9", 1), cell("0.2", "0.0 to 0.5", 4), {"text": "not enough answers"}],
        ),
        (
            "education",
            "Education",
            [cell("1.1", "0.8 to 1.4"), cell("0.4", "0.2 to 0.7", 2), cell("1.0", "0.7 to 1.3")],
        ),
    ]
    return {
        "columns": [{"sector": code, "word": word} for code, word in columns],
        "rows": [{"sector": code, "word": word, "cells": cells} for code, word, cells in rows],
    }


_READERS = [
    ("municipal_admin", "Municipality of Lipovar", 7),
    ("youth_work", "Youth centre, Lipovar", 5),
    ("civil_society", "A local NGO, Lipovar", 4),
    ("municipal_admin", "Municipality of Arbreva", 4),
    ("youth_work", "Youth service, Arbreva", 3),
]


@cache
def everything() -> dict[str, Any]:
    """All samples by name."""
    near = CITIES[:3]
    near_arcs = ARCS[:2]
    words = {
        "title": "The cities of this network",
        "description": "Nine cities and five exchanges. The table beside it says the same.",
    }
    return {
        "sectors": [{"sector": code, "word": code.replace("_", " ").capitalize()} for code in SECTORS],
        "tasks": _tasks(),
        "hours": _hours(),
        "progress": _progress(),
        "lanes": _lanes(),
        "heat": _heat(),
        "loom": thread(),
        "ci": interval(scale=_WEEK, value=68, low=57, high=79, base=41),
        "readers": [{"sector": code, "name": name, "count": count} for code, name, count in _READERS],
        "world": world_svg(CITIES, ARCS, **words, key="world"),
        "near": near_svg(near, near_arcs, **words, key="near"),
        "close": near_svg(near, near_arcs, **words, key="close"),
        "crop": crop_step(CITIES),
    }
