"""Lays the thread out as a loom: which row each node takes, and the threads drawn between two stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

ROWS = 64
SPANS = {"need": 8, "match": 6, "exchange": 8, "takeaways": 2, "activities": 4, "measurements": 4, "story": 6}


@dataclass(frozen=True, kw_only=True)
class Node:
    """One record of the thread, as shown.

    `state`: a state of `turn` ("done", "theirs", "later", "yours") with `state_word`, or "".
    `to`: keys of the nodes of later stages it leads to. `strip`: a drawing of `strips.interval`, with `doubt` in words.
    """

    key: str
    title: str
    href: str = ""
    note: str = ""
    state: str = ""
    state_word: str = ""
    strip: Markup | None = None
    number: str = ""
    doubt: str = ""
    here: bool = False
    followed: bool = False
    loose: bool = False
    language: str = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One of the seven stages: `key` is one of need, match, exchange, takeaways, activities, measurements, story.

    `others`: the words of the fold on a phone ("12 others"); `ahead`: said when no node is there yet.
    """

    key: str
    label: str
    nodes: tuple[Node, ...] = ()
    count: int | None = None
    others: str = ""
    ahead: str = ""


Places = tuple[tuple[Node, int, int], ...]  # node, first row from 1, rows taken


@dataclass(frozen=True, kw_only=True)
class Column:
    """A stage with its places, and the threads to the next stage."""

    stage: Stage
    places: Places
    threads: Markup
    rows: int


@dataclass(frozen=True, kw_only=True)
class Loom:
    """Seven columns that share one number of rows."""

    columns: tuple[Column, ...]
    rows: int


def _height(stage: Stage) -> int:
    return SPANS.get(stage.key, 4)


def _settle(wishes: Sequence[tuple[float, int]], rows: int) -> list[int]:
    """First rows (from 0) for nodes in order, each as near its wished centre as the room allows.

    Blocks that would overlap are moved together so that their mean displacement is nil (pool adjacent violators).
    """
    blocks: list[list[float]] = []  # wished start, height, members
    for centre, height in wishes:
        blocks.append([centre - height / 2, height, 1])
        while len(blocks) > 1 and blocks[-2][0] + blocks[-2][1] > blocks[-1][0]:
            start, tall, many = blocks.pop()
            before = blocks[-1]
            before[0] = (before[0] * before[2] + (start - before[1]) * many) / (before[2] + many)
            before[1] += tall
            before[2] += many
    starts: list[int] = []
    heights = iter(height for _, height in wishes)
    floor = 0
    remaining = sum(height for _, height in wishes)
    for start, _tall, many in blocks:
        at = max(floor, min(round(start), rows - remaining))
        for _ in range(int(many)):
            starts.append(at)
            height = next(heights)
            at += height
            remaining -= height
        floor = at
    return starts


def _rows_needed(stages: Sequence[Stage]) -> int:
    tallest = max((len(stage.nodes) * _height(stage) for stage in stages), default=0)
    return min(ROWS, max(8, tallest + tallest % 2))


def _fitting(stage: Stage, rows: int) -> tuple[Node, ...]:
    """The nodes that fit, followed ones first in their own order."""
    ordered = sorted(stage.nodes, key=lambda node: not (node.followed or node.here))
    return tuple(ordered[: rows // _height(stage)])


def _centres(column: Places) -> dict[str, float]:
    return {node.key: start - 1 + span / 2 for node, start, span in column}


def _place(stage: Stage, nodes: Sequence[Node], wishes: dict[str, float], rows: int) -> Places:
    middle = rows / 2
    if wishes:
        nodes = sorted(nodes, key=lambda node: wishes.get(node.key, rows))
    wanted = [(wishes.get(node.key, middle), _height(stage)) for node in nodes]
    starts = _settle(wanted, rows)
    return tuple((node, start + 1, height) for node, start, (_, height) in zip(nodes, starts, wanted, strict=True))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _threads(left: Places, right: Places, rows: int) -> Markup:
    ends = {node.key: (start - 1 + span / 2, node) for node, start, span in right}
    dim: list[str] = []
    bright: list[str] = []
    for node, start, span in left:
        y0 = start - 1 + span / 2
        for target in node.to:
            if target not in ends:
                continue
            y1, other = ends[target]
            followed = (node.followed or node.here) and (other.followed or other.here)
            (bright if followed else dim).append(f"M0 {y0:g}C6 {y0:g} 4 {y1:g} 10 {y1:g}")
    drawn = "".join(
        f'<path{name} d="{"".join(paths)}"/>' for name, paths in (("", dim), (' class="followed"', bright)) if paths
    )
    if not drawn:
        return Markup("")
    return Markup(  # noqa: S704
        f'<svg class="threads" viewBox="0 0 10 {rows}" preserveAspectRatio="none" aria-hidden="true"'
        f' focusable="false">{drawn}</svg>'
    )


def weave(stages: Sequence[Stage]) -> Loom:
    """The loom of a thread: every node gets its rows near those it comes from, every link its thread.

    The fullest stage is set first; stages after it follow their parents, stages before it their children.
    More nodes than 64 rows hold are left to the table.
    """
    rows = _rows_needed(stages)
    kept = [_fitting(stage, rows) for stage in stages]
    sizes = [len(nodes) * _height(stage) for stage, nodes in zip(stages, kept, strict=True)]
    anchor = sizes.index(max(sizes)) if sizes else 0
    placed: dict[int, Places] = {}
    order = [*range(anchor, len(stages)), *range(anchor - 1, -1, -1)]
    for index in order:
        wishes: dict[str, float] = {}
        if index > anchor:
            before = _centres(placed[index - 1])
            for node in kept[index]:
                mean = _mean([before[n.key] for n, _, _ in placed[index - 1] if node.key in n.to])
                wishes[node.key] = rows / 2 if mean is None else mean
        elif index < anchor:
            after = _centres(placed[index + 1])
            for node in kept[index]:
                mean = _mean([after[key] for key in node.to if key in after])
                wishes[node.key] = rows / 2 if mean is None else mean
        placed[index] = _place(stages[index], kept[index], wishes, rows)
    columns = tuple(
        Column(stage=stage, places=placed[at], rows=rows, threads=_threads(placed[at], placed.get(at + 1, ()), rows))
        for at, stage in enumerate(stages)
    )
    return Loom(columns=columns, rows=rows)
