"""Everything that could be true of the respondents, as the points a linear programme can search.

Variables are cut into atoms, the finest pieces any table, filter or release tells apart. Their full cross
would be the space of an attacker; it is written as tables over cliques of a junction tree that agree where
they overlap, which describes the same margins exactly (Vorob'ev 1962; Lauritzen, Graphical Models, 1996) and
is far smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import sparse

from serai.core.sampling.cells import BATCH, Answers, Code, Condition
from serai.core.sampling.reasons import N_, BadTableError, TooEntangledError, because

IntArray = npt.NDArray[np.intp]
FloatArray = npt.NDArray[np.float64]
Key = tuple[tuple[int, tuple[int, ...]], ...]  # (variable, its atoms) for each variable the cell restricts

MOST_CELLS = 50_000
OTHER = "\x00other"


@dataclass(frozen=True)
class Space:
    """Variables with their atoms, the cliques that cover all conditions, and the links between cliques."""

    variables: tuple[str, ...]
    atoms: tuple[dict[Code, int], ...]
    sizes: tuple[int, ...]
    cliques: tuple[tuple[int, ...], ...]
    tree: tuple[tuple[int, int], ...]

    @cached_property
    def offsets(self) -> list[int]:
        """Where the cells of each clique begin; the last is the number of all cells."""
        lengths = [int(np.prod([self.sizes[v] for v in clique])) for clique in self.cliques]
        return [0, *np.cumsum(lengths).tolist()]

    @property
    def columns(self) -> int:
        """Number of cells of all cliques."""
        return self.offsets[-1]

    def key(self, where: Condition) -> Key:
        """The condition by atoms: equal keys are the same people whatever the tables call them."""
        found = []
        for name, codes in where.items():
            v = self.variables.index(name)
            atoms = tuple(sorted({self.atoms[v][code] for code in codes if code in self.atoms[v]}))
            if len(atoms) < self.sizes[v]:
                found.append((v, atoms))
        return tuple(sorted(found))

    def described(self, key: Key) -> tuple[tuple[str, tuple[Code, ...]], ...]:
        """The condition of a key in the words of the answers: (variable, codes)."""
        return tuple(
            (self.variables[v], tuple(code for code, atom in self.atoms[v].items() if atom in atoms))
            for v, atoms in key
        )

    def home(self, key: Key) -> int:
        """The smallest clique that holds all variables of the key."""
        needed = {v for v, _ in key}
        holding = [c for c, clique in enumerate(self.cliques) if needed <= set(clique)]
        return min(holding, key=lambda c: (self.offsets[c + 1] - self.offsets[c], c))

    @cached_property
    def _found(self) -> dict[Key, IntArray]:
        return {}

    def row(self, key: Key) -> IntArray:
        """The columns whose sum is the number of people who meet the key."""
        if key not in self._found:
            self._found[key] = self._row(key)
        return self._found[key]

    def _row(self, key: Key) -> IntArray:
        c = self.home(key)
        picked = dict(key)
        shape = [self.sizes[v] for v in self.cliques[c]]
        axes = [np.array(picked.get(v, range(self.sizes[v])), dtype=np.intp) for v in self.cliques[c]]
        grid = np.zeros(1, dtype=np.intp)
        for axis, size in zip(axes, shape, strict=True):
            grid = (grid[:, None] * size + axis[None, :]).ravel()
        return grid + self.offsets[c]

    def rows(self, keys: Sequence[Key]) -> sparse.csr_array:
        """One row of ones a key."""
        columns = [self.row(key) for key in keys]
        ends = np.concatenate([[0], np.cumsum([len(column) for column in columns])]).astype(np.intp)
        flat = np.concatenate(columns) if columns else np.zeros(0, dtype=np.intp)
        return sparse.csr_array((np.ones(len(flat)), flat, ends), shape=(len(keys), self.columns))

    @cached_property
    def links(self) -> sparse.csr_array:
        """Rows that are 0 where two neighbouring cliques agree on what they share."""
        blocks = []
        for a, b in self.tree:
            shared = [v for v in self.cliques[a] if v in self.cliques[b]]
            size = int(np.prod([self.sizes[v] for v in shared]))
            place = np.concatenate([self._shared(a, shared), self._shared(b, shared)])
            column = np.concatenate([np.arange(self.offsets[c], self.offsets[c + 1]) for c in (a, b)])
            sign = np.where(np.arange(len(place)) < self.offsets[a + 1] - self.offsets[a], 1.0, -1.0)
            blocks.append(sparse.csr_array((sign, (place, column)), shape=(size, self.columns)))
        if not blocks:
            return sparse.csr_array((0, self.columns))
        return sparse.csr_array(sparse.vstack(blocks))

    def _shared(self, c: int, shared: list[int]) -> IntArray:
        """For each cell of clique c, its place in the cross of the shared variables."""
        clique = self.cliques[c]
        index = np.indices([self.sizes[v] for v in clique]).reshape(len(clique), -1)
        place = np.zeros(index.shape[1], dtype=np.intp)
        for v in shared:
            place = place * self.sizes[v] + index[clique.index(v)]
        return place

    def count(self, answers: Answers) -> FloatArray:
        """The truth: people in each cell of each clique. Answers of no release count nowhere."""
        codes, counted = _by_atom(self, answers)
        found = np.zeros(self.columns)
        for c, clique in enumerate(self.cliques):
            place = np.zeros(int(counted.sum()), dtype=np.intp)
            for v in clique:
                place = place * self.sizes[v] + codes[v][counted]
            begin, end = self.offsets[c], self.offsets[c + 1]
            found[begin:end] = np.bincount(place, minlength=end - begin)
        return found


def _by_atom(space: Space, answers: Answers) -> tuple[list[IntArray], npt.NDArray[np.bool_]]:
    counted = np.ones(len(answers.rows), dtype=np.bool_)
    codes = []
    for v, name in enumerate(space.variables):
        atoms = space.atoms[v]
        if name == BATCH:
            found = np.array([atoms.get(batch, -1) for batch in answers.batches], dtype=np.intp)
            counted &= found >= 0
        else:
            place = answers.variables.index(name)
            found = np.array([atoms[row[place]] for row in answers.rows], dtype=np.intp)
        codes.append(found)
    return codes, counted


def space_of(
    conditions: Iterable[Condition],
    families: Iterable[frozenset[str]],
    answers: Answers | None,
    others: frozenset[str] = frozenset(),
) -> Space:
    """The space of all conditions; `families` are sets of variables that stand in one table.

    Codes that no table names exist where `answers` have them, or without answers for the variables in `others`:
    the attacker is taken to know that there are no more.
    Errors: BadTableError for a variable or batch that is not there, TooEntangledError.
    """
    sets: dict[str, dict[frozenset[Code], None]] = {}
    for where in conditions:
        for name, codes in where.items():
            sets.setdefault(name, {})[codes] = None
    variables = tuple(sorted(sets))
    atoms = tuple(_atoms(name, list(sets[name]), answers, name in others) for name in variables)
    sizes = tuple(len(set(found.values())) for found in atoms)
    place = {name: v for v, name in enumerate(variables)}
    edges = [frozenset(place[name] for name in family) for family in families]
    cliques = _cliques(edges, sizes)
    space = Space(variables, atoms, sizes, cliques, _tree(cliques))
    if space.columns > MOST_CELLS:
        widest = max(cliques, key=lambda clique: np.prod([sizes[v] for v in clique]))
        names = ", ".join(variables[v].lstrip("\x00") for v in widest)
        text = N_("Too many variables hang together to check what a release tells: %(names)s.")
        raise TooEntangledError(because("too_entangled", text, names=names))
    return space


def _atoms(name: str, sets: list[frozenset[Code]], answers: Answers | None, other: bool) -> dict[Code, int]:
    """The atom of each code: codes that no table tells apart share one."""
    codes: dict[Code, None] = {}
    for group in sets:
        codes.update(dict.fromkeys(sorted(group, key=lambda code: (code is not None, code or ""))))
    if name == BATCH:
        if answers is not None and not codes.keys() <= set(answers.batches):
            raise BadTableError(because("no_batch", N_("A release counts a batch that has no answers.")))
    elif answers is None:
        codes.update({OTHER: None} if other else {})
    else:
        if name not in answers.variables:
            text = N_("No variable is named %(variable)s.")
            raise BadTableError(because("no_variable", text, variable=name))
        place = answers.variables.index(name)
        codes.update(dict.fromkeys(row[place] for row in answers.rows))
    pieces: dict[tuple[bool, ...], int] = {}
    return {code: pieces.setdefault(tuple(code in group for group in sets), len(pieces)) for code in codes}


def _cliques(edges: list[frozenset[int]], sizes: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Cliques of a triangulation, smallest weight first, none within another; () without variables."""
    near: dict[int, set[int]] = {v: set() for v in range(len(sizes))}
    for edge in edges:
        for a, b in combinations(sorted(edge), 2):
            near[a].add(b)
            near[b].add(a)
    found: list[frozenset[int]] = []
    while near:
        v = min(near, key=lambda v: (float(np.prod([sizes[u] for u in near[v]])) * sizes[v], v))
        clique = frozenset({v} | near[v])
        if not any(clique <= other for other in found):
            found.append(clique)
        for a, b in combinations(sorted(near[v]), 2):
            near[a].add(b)
            near[b].add(a)
        for u in near.pop(v):
            near[u].discard(v)
    return tuple(tuple(sorted(clique)) for clique in found) or ((),)


def _tree(cliques: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, int], ...]:
    """A spanning tree that shares the most: a junction tree of these cliques (Kruskal)."""
    pairs = sorted(
        combinations(range(len(cliques)), 2),
        key=lambda pair: (-len(set(cliques[pair[0]]) & set(cliques[pair[1]])), pair),
    )
    part = list(range(len(cliques)))
    found = []
    for a, b in pairs:
        if part[a] != part[b]:
            found.append((a, b))
            old, new = part[b], part[a]
            part = [new if p == old else p for p in part]
    return tuple(found)
