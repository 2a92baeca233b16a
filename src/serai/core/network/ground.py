"""Two waves on common ground: the organisations of both rosters, and the reports of those that answered twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from serai.core.network.disclosure import Coverage
from serai.core.network.errors import DifferentRosters, EmptyWave
from serai.core.network.measures import count_cells, mixing
from serai.core.network.roster import KINDS, Bools, Ints, Kind, Roster, Wave, grouping, wave_from_arrays
from serai.core.network.ties import TieRule, Ties, ties, told


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """Both waves on the common roster with only the reports of the `panel` (n,), who answered in both.

    Only so is a change a change of ties, not of who was asked or who answered. `joined`, `left`: organisations of
    one roster only.
    """

    before: Wave
    after: Wave
    panel: Bools
    joined: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def roster(self) -> Roster:
        """The common roster."""
        return self.before.roster

    def coverage(self, kind: Kind | None = None, name: str | None = None) -> Coverage:
        """Organisations that answered both times, of the common roster or of one group of it."""
        if kind is None or name is None:
            return Coverage(answered=int(self.panel.sum()), asked=self.roster.n)
        groups = self.roster.grouping(kind)
        members = groups.codes == groups.names.index(name)
        return Coverage(answered=int(self.panel[members].sum()), asked=int(members.sum()))


def common_ground(before: Wave, after: Wave) -> Ground:
    """The two waves made comparable; raises DifferentRosters or EmptyWave when nothing can be compared.

    An organisation whose sector, level or city differs between the rosters is refused: the caller says which holds.
    """
    first, second = before.roster, after.roster
    shared = [key for key in first.keys if key in second.index]
    if not shared:
        raise DifferentRosters("The two waves have no organisation in common.")
    for kind in KINDS:
        for key in shared:
            was, now = (_group(one, kind, key) for one in (first, second))
            if was != now:
                raise DifferentRosters(f"The {kind} of {key!r} is {was!r} in one wave and {now!r} in the other.")
    roster = Roster(
        keys=tuple(shared), groups={kind: grouping(_group(first, kind, key) for key in shared) for kind in KINDS}
    )
    panel = np.array(
        [before.answered[first.index[key]] and after.answered[second.index[key]] for key in shared], dtype=np.bool_
    )
    if not panel.any():
        raise EmptyWave("No organisation answered in both waves.")
    panel.setflags(write=False)
    return Ground(
        before=_onto(roster, before, panel),
        after=_onto(roster, after, panel),
        panel=panel,
        joined=tuple(key for key in second.keys if key not in first.index),
        left=tuple(key for key in first.keys if key not in second.index),
    )


def _group(roster: Roster, kind: Kind, key: str) -> str:
    groups = roster.groups[kind]
    return groups.names[int(groups.codes[roster.index[key]])]


def _onto(roster: Roster, wave: Wave, panel: Bools) -> Wave:
    place = np.array([roster.index.get(key, -1) for key in wave.roster.keys], dtype=np.int64)
    source, target = place[wave.source], place[wave.target]
    keep = (source >= 0) & (target >= 0)
    keep[keep] = panel[source[keep]]
    return _only(wave, keep, roster, source, target, panel)


def _only(wave: Wave, keep: Bools, roster: Roster, source: Ints, target: Ints, panel: Bools) -> Wave:
    return wave_from_arrays(
        roster,
        source=source[keep],
        target=target[keep],
        ladder=wave.ladder[keep],
        channel=wave.channel[keep],
        goal=wave.goal[keep],
        place=wave.place[keep],
        trust=wave.trust[keep],
        answered=panel,
        name=wave.name,
    )


def told_twice(ground: Ground, rule: TieRule) -> Ground:
    """The ground with only those reports whose question the same organisation answered in both waves.

    For the ladder that is every report: no report means none.
    """
    if rule.layer == "work":
        return ground
    asking = TieRule(layer=rule.layer, at_least=rule.at_least, count="reported")
    both = np.intersect1d(told(ground.before, asking).keys, told(ground.after, asking).keys)

    def kept(wave: Wave) -> Wave:
        keep = np.isin(wave.source * wave.roster.n + wave.target, both)
        return _only(wave, keep, wave.roster, wave.source, wave.target, ground.panel)

    return Ground(
        before=kept(ground.before),
        after=kept(ground.after),
        panel=ground.panel,
        joined=ground.joined,
        left=ground.left,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """Ties of both waves under one rule, and by cell (g, g) ties before, ties after and pairs asked about.

    `told`: the pairs asked about, where the question can be left out; None for the ladder, where all were.
    """

    before: Ties
    after: Ties
    told: Ties | None
    names: tuple[str, ...]
    codes: Ints
    was: Ints
    now: Ints
    asked: Ints


def compared(ground: Ground, rule: TieRule, kind: Kind) -> Compared:
    """Both waves under one rule, on pairs that were asked about in both."""
    ground = told_twice(ground, rule)
    before, after = ties(ground.before, rule), ties(ground.after, rule)
    groups = ground.roster.grouping(kind)
    table = mixing(before, kind)
    asked_pairs = None if rule.layer == "work" else told(ground.before, rule)
    asked = table.asked

    def cells(network: Ties) -> Ints:
        return count_cells(
            groups.codes[network.u], groups.codes[network.v], len(groups.names), directed=network.directed
        )

    if asked_pairs is not None:
        asked = cells(asked_pairs)
    return Compared(
        before=before,
        after=after,
        told=asked_pairs,
        names=groups.names,
        codes=groups.codes,
        was=table.ties,
        now=cells(after),
        asked=asked,
    )
