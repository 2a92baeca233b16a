"""An attacker of our own making, for the tests: the full cross of all variables, nothing taken from the engine.

Knows what went out (the published cells) and the questionnaire (which codes there are); one column a possible
respondent, one row a published count, `linprog` or, for whole numbers, `milp`.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp


class Reader:
    """Builds the attack from releases (serai Published values) and the possible codes of each variable."""

    def __init__(self, releases, codes, batches=()):
        names = list(codes)
        self.people = [dict(zip(names, picked, strict=True)) for picked in product(*codes.values())]
        if batches:
            self.people = [{**one, "batch": batch} for one in self.people for batch in batches]
        rows, counts = [], []
        self.hidden = []
        for release in releases:
            tables = {table.name: table for table in release.tables}
            for cell in release.cells:
                row = self.members(tables[cell.table], cell.labels, release.counted)
                if cell.count is None:
                    self.hidden.append((release.name, cell, row))
                else:
                    rows.append(row)
                    counts.append(cell.count)
        self.rows = np.array(rows, dtype=float).reshape(len(rows), len(self.people))
        self.counts = np.array(counts, dtype=float)
        self.most = float(self.counts.sum() + 1e4)

    def members(self, table, labels, counted=()):
        """Which possible respondents a cell counts."""
        mine = np.ones(len(self.people), dtype=bool)
        for i, one in enumerate(self.people):
            for grouping, label in zip(table.by, labels, strict=True):
                wanted = {c for name, cs in grouping.groups for c in cs if label in (None, name)}
                mine[i] &= one[grouping.variable] in wanted
            for variable, wanted in table.only:
                mine[i] &= one[variable] in wanted
            if counted:
                mine[i] &= one["batch"] in counted
        return mine.astype(float)

    def small_groups(self, answers, releases, floor):
        """One row for each kind of respondent of whom there are 1 to below the floor, among those counted."""
        used = {g.variable for r in releases for t in r.tables for g in t.by}
        used |= {v for r in releases for t in r.tables for v, _ in t.only}
        counted = {batch for r in releases for batch in r.counted}
        kinds = {}
        for i, one in enumerate(answers.rows):
            if not counted or answers.batches[i] in counted:
                kind = tuple((v, c) for v, c in zip(answers.variables, one, strict=True) if v in used)
                kinds[kind] = kinds.get(kind, 0) + 1
        small = [kind for kind, people in kinds.items() if people < floor]
        return [np.array([float(all(one[v] == c for v, c in kind)) for one in self.people]) for kind in small]

    def interval(self, row, *, whole=False):
        """Least and greatest count the cell can have, given everything published."""
        ends = []
        for sign in (1.0, -1.0):
            if whole:
                exact = LinearConstraint(self.rows, self.counts, self.counts) if len(self.rows) else ()
                done = milp(sign * row, integrality=np.ones(len(row)), bounds=Bounds(0, self.most), constraints=exact)
            else:
                known = {"A_eq": self.rows, "b_eq": self.counts} if len(self.rows) else {}
                done = linprog(sign * row, bounds=(0, self.most), method="highs", **known)
            assert done.status == 0, done.message
            ends.append(sign * done.fun)
        return ends[0], ends[1]

    def width(self, row, *, whole=False):
        """How far from known the cell is; endless where nothing holds it."""
        low, high = self.interval(row, whole=whole)
        return float("inf") if high > self.most / 2 else high - low
