"""Small surveys for the tests of disclosure: from a table of counts, or by chance from a seed."""

from __future__ import annotations

from itertools import product

import numpy as np

from serai.core.sampling.disclosure import Answers, Grouping, Table


def by(variable, size):
    """A grouping with one group a code: variable a of size 2 has the codes a0 and a1."""
    return Grouping(variable=variable, groups=tuple((f"{variable}{i}", (f"{variable}{i}",)) for i in range(size)))


def answers_of(counts, variables):
    """One respondent for each count of a table; axis k holds the codes of variable k."""
    counts = np.asarray(counts)
    rows = []
    for place in product(*map(range, counts.shape)):
        code = tuple(f"{v}{i}" for v, i in zip(variables, place, strict=True))
        rows += [code] * int(counts[place])
    return Answers(variables=tuple(variables), rows=tuple(rows))


class Chance:
    """A random world: answers, the codes there are, and random linked tables over them."""

    def __init__(self, seed, *, late=False):
        rng = self.rng = np.random.default_rng(seed)
        self.names = "abcd"[: rng.integers(2, 4)]
        sizes = [int(k) for k in rng.integers(2, 4, len(self.names))]
        self.codes = {v: [f"{v}{i}" for i in range(k)] for v, k in zip(self.names, sizes, strict=True)}
        people = int(rng.integers(20, 300))
        odds = rng.dirichlet(np.full(int(np.prod(sizes)), rng.choice([0.4, 1.0, 5.0])))
        cells = np.unravel_index(rng.choice(len(odds), people, p=odds), sizes)
        rows = tuple(tuple(f"{v}{i}" for v, i in zip(self.names, r, strict=True)) for r in zip(*cells, strict=True))
        batches = tuple("first" if early else "late" for early in rng.random(people) < 0.9) if late else ()
        self.batches = tuple(sorted(set(batches)))
        self.answers = Answers(variables=tuple(self.names), rows=rows, batches=batches)

    def grouping(self, variable):
        """Each code alone, or two bands cut at a random place."""
        codes = self.codes[variable]
        if self.rng.random() < 0.6:
            return by(variable, len(codes))
        cut = int(self.rng.integers(1, len(codes)))
        return Grouping(variable=variable, groups=(("low", tuple(codes[:cut])), ("high", tuple(codes[cut:]))))

    def tables(self):
        """One to three tables over one or two variables, a third of them with a filter on another."""
        found = []
        for t in range(self.rng.integers(1, 4)):
            chosen = sorted(self.rng.choice(len(self.names), int(self.rng.integers(1, 3)), replace=False))
            rest = [v for i, v in enumerate(self.names) if i not in chosen]
            only = ()
            if rest and self.rng.random() < 0.33:
                only = ((rest[0], (f"{rest[0]}0",)),)
            groupings = tuple(self.grouping(self.names[i]) for i in chosen)
            found.append(Table(name=f"t{t}", by=groupings, only=only))
        return found
