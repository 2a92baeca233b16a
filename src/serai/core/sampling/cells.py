"""Tables of counts: how they cut the answers, what a release shows of them, and what is known besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod

from serai.core.sampling.reasons import N_, BadTableError, LengthsDifferError, because

Code = str | None  # None: no answer
Labels = tuple[str | None, ...]  # one group a variable of the table; None: all its groups together
Condition = Mapping[str, frozenset[Code]]
CODES = tuple[tuple[str, tuple[Code, ...]], ...]

MOST_CELLS = 50_000
BATCH = "\x00answers counted"  # the inner variable that says with which release an answer came in


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """How a table cuts one variable: (label, its codes). Codes of no group are not in the table."""

    variable: str
    groups: CODES

    def __post_init__(self) -> None:
        codes = [code for _, group in self.groups for code in group]
        labels = [label for label, _ in self.groups]
        if not self.groups or not all(group for _, group in self.groups):
            text = N_("%(variable)s: a group has no answers that belong to it.")
            raise BadTableError(because("empty_group", text, variable=self.variable))
        if len(set(codes)) < len(codes) or len(set(labels)) < len(labels):
            text = N_("%(variable)s: a label or an answer is in two groups.")
            raise BadTableError(because("groups_overlap", text, variable=self.variable))


@dataclass(frozen=True, kw_only=True)
class Table:
    """Counts crossed by some variables, with all margins, of those who meet `only` (variable, codes)."""

    name: str
    by: tuple[Grouping, ...]
    only: CODES = ()

    def __post_init__(self) -> None:
        names = [*(grouping.variable for grouping in self.by), *(variable for variable, _ in self.only)]
        if len(set(names)) < len(names) or BATCH in names:
            text = N_("%(table)s: a variable is used twice.")
            raise BadTableError(because("variable_twice", text, table=self.name))
        if not all(codes for _, codes in self.only):
            text = N_("%(table)s: a filter lets nobody through.")
            raise BadTableError(because("empty_filter", text, table=self.name))


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Respondents, one row each: a code for each variable. `batches`: when each came in, if that differs."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Code, ...], ...]
    batches: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.variables)) < len(self.variables):
            text = N_("A variable is named twice.")
            raise BadTableError(because("named_twice", text))
        if any(len(row) != len(self.variables) for row in self.rows):
            text = N_("A respondent has more or fewer answers than there are variables.")
            raise LengthsDifferError(because("ragged", text))
        if self.batches and len(self.batches) != len(self.rows):
            text = N_("Each respondent needs a batch, or none does.")
            raise LengthsDifferError(because("batches_differ", text))


@dataclass(frozen=True, kw_only=True)
class Known:
    """What anyone may know without us: so many people at most (and at least) meet a condition."""

    where: CODES
    high: int
    low: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            text = N_("What is known of a group is not a range of people.")
            raise BadTableError(because("bad_known", text))


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One count of a table as readers see it; None where it is hidden. Never says why it is hidden."""

    table: str
    labels: Labels
    count: int | None


@dataclass(frozen=True, kw_only=True)
class Published:
    """A release as it went out; keep it, for later releases must not undo what it hides.

    `counted`: the batches of answers in it; () for all answers.
    """

    name: str
    tables: tuple[Table, ...]
    cells: tuple[Cell, ...]
    counted: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_names(self.tables)
        wanted = [(table.name, labels) for table in self.tables for labels, _ in cells_of(table)]
        if [(cell.table, cell.labels) for cell in self.cells] != wanted:
            text = N_("%(release)s: the cells are not those of its tables, in their order.")
            raise BadTableError(because("cells_differ", text, release=self.name))
        if any(cell.count is not None and cell.count < 0 for cell in self.cells):
            text = N_("%(release)s: a count is negative.")
            raise BadTableError(because("negative", text, release=self.name))

    def placed(self) -> list[tuple[Cell, Condition]]:
        """Each cell with the condition its people meet."""
        conditions = [where for table in self.tables for _, where in cells_of(table, self.counted)]
        return list(zip(self.cells, conditions, strict=True))


def check_names(tables: tuple[Table, ...]) -> None:
    """At least one table, each under a name of its own."""
    if not tables:
        raise BadTableError(because("no_tables", N_("There is no table to release.")))
    if len({table.name for table in tables}) < len(tables):
        raise BadTableError(because("table_twice", N_("Two tables have the same name.")))
    for table in tables:
        if prod(len(grouping.groups) + 1 for grouping in table.by) > MOST_CELLS:
            text = N_("%(table)s has more than %(most)d cells: cut it by fewer variables.")
            raise BadTableError(because("table_too_large", text, table=table.name, most=MOST_CELLS))


def cells_of(table: Table, counted: tuple[str, ...] = ()) -> Iterator[tuple[Labels, Condition]]:
    """All cells of a table, margins last in each variable, with the condition their people meet."""
    rest: dict[str, frozenset[Code]] = {variable: frozenset(codes) for variable, codes in table.only}
    if counted:
        rest[BATCH] = frozenset(counted)
    cuts: list[list[tuple[str | None, frozenset[Code]]]] = []
    for grouping in table.by:
        groups: list[tuple[str | None, frozenset[Code]]] = [
            (label, frozenset(codes)) for label, codes in grouping.groups
        ]
        everyone = frozenset(code for _, codes in grouping.groups for code in codes)
        cuts.append([*groups, (None, everyone)])
    for picked in product(*cuts):
        where = {grouping.variable: codes for grouping, (_, codes) in zip(table.by, picked, strict=True)}
        yield tuple(label for label, _ in picked), {**where, **rest}
