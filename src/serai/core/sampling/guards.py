"""Which cells tell on people: small counts, and noughts of small groups, in tables and between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from serai.core.sampling.cells import BATCH, Published, Table
from serai.core.sampling.space import FloatArray, Key, Space

SMALL_GROUP = 50


def with_margins(counts: FloatArray) -> FloatArray:
    """The table with the sum of each variable appended at its end."""
    for axis in range(counts.ndim):
        counts = np.concatenate([counts, counts.sum(axis=axis, keepdims=True)], axis=axis)
    return counts


def telling(counts: FloatArray, *, floor: int, small_group: int) -> npt.NDArray[np.bool_]:
    """Cells of a table with margins (last place of each axis) that must not be shown.

    Counts from 1 to below the floor; and 0 in a group of fewer than `small_group`, for it says of each of them
    what they did not answer (and 100 % what they did).
    """
    nought = np.zeros(counts.shape, dtype=np.bool_)
    for size in range(1, counts.ndim + 1):
        for axes in combinations(range(counts.ndim), size):
            group = counts
            for axis in axes:
                group = np.take(group, [-1], axis=axis)
            nought |= (counts == 0) & (group > 0) & (group < small_group)
    return ((counts > 0) & (counts < floor)) | nought


def family(table: Table, counted: Iterable[str]) -> frozenset[str]:
    """The variables a table speaks of, its filters and the batch it counts among them."""
    names = {grouping.variable for grouping in table.by} | {variable for variable, _ in table.only}
    return frozenset(names | {BATCH} if tuple(counted) else names)


def finest(
    space: Space, families: Sequence[frozenset[str]], truth: FloatArray, *, floor: int, small_group: int
) -> list[Key]:
    """All telling cells at the finest pieces any release tells apart: what differencing would bring out.

    A filter's complement, the step between two age bands, answers that came in late: each is such a piece.
    """
    found: dict[Key, None] = {}
    for names in dict.fromkeys(families):
        held = tuple(v for v, name in enumerate(space.variables) if name in names)
        counts = _counts(space, held, truth)
        told = telling(counts, floor=floor, small_group=small_group)
        found.update(dict.fromkeys(_keys(space, held, told)))
    return list(found)


def crossed(space: Space, truth: FloatArray, *, floor: int) -> list[Key]:
    """Small groups in the cross of all variables that hang together, though no table crosses them."""
    found: dict[Key, None] = {}
    for held in space.cliques:
        counts = _counts(space, held, truth)
        found.update(dict.fromkeys(_keys(space, held, (counts > 0) & (counts < floor))))
    return list(found)


def _counts(space: Space, held: tuple[int, ...], truth: FloatArray) -> FloatArray:
    """The table over these variables with its margins."""
    clique = space.home(tuple((v, ()) for v in held))
    members = space.cliques[clique]
    block = truth[space.offsets[clique] : space.offsets[clique + 1]].reshape([space.sizes[v] for v in members])
    over = tuple(i for i, v in enumerate(members) if v not in held)
    return with_margins(np.asarray(block.sum(axis=over), dtype=np.float64))


def _keys(space: Space, held: tuple[int, ...], told: npt.NDArray[np.bool_]) -> Iterator[Key]:
    for place in np.argwhere(told):
        picked = zip(held, place.tolist(), strict=True)
        yield tuple((v, (a,)) for v, a in picked if a < space.sizes[v] and space.sizes[v] > 1)


def asked(table: Table, counts: FloatArray, *, floor: int, small_group: int) -> npt.NDArray[np.bool_]:
    """For the cells of a table in their order (margins last), which are telling."""
    shape = [len(grouping.groups) + 1 for grouping in table.by]
    return telling(counts.reshape(shape), floor=floor, small_group=small_group).ravel()


def hidden_before(space: Space, earlier: Sequence[Published]) -> list[Key]:
    """What earlier releases hid: it stays hidden."""
    return [space.key(where) for release in earlier for cell, where in release.placed() if cell.count is None]


def places(table: Table) -> Iterable[tuple[bool, ...]]:
    """For the cells of a table in their order: which of its variables are summed over."""
    return product(*[[False] * len(grouping.groups) + [True] for grouping in table.by])
