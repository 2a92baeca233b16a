"""Who stands between others: constraint, effective size and Gould-Fernandez roles, a number an organisation.

These say what depends on one organisation; they are shown to that organisation, never as a list of the best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import sparse

from serai.core.network.errors import WrongDirection
from serai.core.network.roster import Bools, Floats, Ints, Kind
from serai.core.network.ties import Ties
from serai.core.network.triangles import Skeleton, Triangles, skeleton, triangles

Role = Literal["coordinator", "itinerant", "gatekeeper", "representative", "liaison"]
ROLES: tuple[Role, ...] = get_args(Role)


def constraint(ties: Ties) -> Floats:
    """Burt's constraint of each organisation (n,): low means it bridges holes. NaN without contacts.

    c_i = sum_j (p_ij + sum_q p_iq p_qj)^2 over contacts j, p_ij = (a_ij + a_ji) / sum_k (a_ik + a_ki) (Burt 1992).
    The sum over q runs over common contacts, so over triangles; in one pair it is the same for both up to the
    factor 1 / sum_k, which is what makes one pass over the triangles enough.
    """
    contacts = skeleton(ties)
    n = ties.n
    weight = contacts.forth.astype(np.float64) + contacts.back
    strength = np.bincount(contacts.u, weight, n) + np.bincount(contacts.v, weight, n)
    inverse = np.divide(1.0, strength, out=np.zeros(n), where=strength > 0)
    shared = np.zeros(len(contacts.u))
    for three in triangles(contacts):
        ab, ac, bc = weight[three.ab], weight[three.ac], weight[three.bc]
        _add(shared, three.bc, ab * ac * inverse[three.a])
        _add(shared, three.ac, ab * bc * inverse[three.b])
        _add(shared, three.ab, ac * bc * inverse[three.c])
    held = (weight + shared) ** 2
    total = np.bincount(contacts.u, held, n) + np.bincount(contacts.v, held, n)
    scaled: Floats = np.asarray(total * inverse**2, dtype=np.float64)
    scaled[strength == 0] = np.nan
    return scaled


def _add(to: Floats, at: Ints, amount: Floats) -> None:
    to += np.bincount(at, amount, len(to))


def effective_size(ties: Ties) -> Floats:
    """Contacts that do not repeat one another (n,): n_i - 2 t_i / n_i, t_i ties among them. NaN without contacts.

    Borgatti's (1997) form for undirected ties; raises WrongDirection for directed ones.
    """
    if ties.directed:
        raise WrongDirection("Effective size needs undirected ties.")
    among = np.zeros(ties.n)
    contacts = skeleton(ties)
    for three in triangles(contacts):
        for corner in (three.a, three.b, three.c):
            among += np.bincount(corner, minlength=ties.n)
    degree = contacts.degree
    repeated = np.full(ties.n, np.nan)
    np.divide(2 * among, degree, out=repeated, where=degree > 0)
    size: Floats = degree - repeated
    return size


@dataclass(frozen=True, kw_only=True, eq=False)
class Brokerage:
    """Gould-Fernandez roles: open two-paths a to v to b (no tie a to b), by the groups of a, v, b.

    `counts` (n, 5) in the order of ROLES: coordinator A-A-A, itinerant A-B-A, gatekeeper A-B-B, representative
    A-A-B, liaison A-B-C. `expected` (n, 5): the same paths if the groups of a and b were drawn from the roster
    without the broker, its own group kept. Undirected ties are taken both ways, so each path counts twice.
    """

    counts: Ints
    expected: Floats

    def totals(self) -> dict[Role, int]:
        """Sum over all organisations by role."""
        return dict(zip(ROLES, (int(total) for total in self.counts.sum(axis=0)), strict=True))


def brokerage(ties: Ties, kind: Kind) -> Brokerage:
    """Brokerage roles of every organisation between the groups of one kind (Gould & Fernandez 1989)."""
    groups = ties.roster.grouping(kind)
    contacts = skeleton(ties)
    counts = _two_paths(contacts, groups.codes, len(groups.names))
    for three in triangles(contacts):
        _take_closed(counts, contacts, groups.codes, three)
    counts.setflags(write=False)
    return Brokerage(counts=counts, expected=_expected(counts, groups.codes, groups.sizes))


def _two_paths(contacts: Skeleton, codes: Ints, g: int) -> Ints:
    """Two-paths a to v to b with a other than b, open or closed, by role (n, 5)."""
    n = contacts.n
    starts = np.concatenate((contacts.u[contacts.forth], contacts.v[contacts.back]))
    stops = np.concatenate((contacts.v[contacts.forth], contacts.u[contacts.back]))

    def by_group(at: Ints, other: Ints) -> sparse.csr_array:
        ones = np.ones(len(at), dtype=np.int64)
        return sparse.csr_array((ones, (at, codes[other])), shape=(n, g))

    into, out = by_group(stops, starts), by_group(starts, stops)
    mutual = contacts.forth & contacts.back
    one, two = contacts.u[mutual], contacts.v[mutual]
    same = codes[one] == codes[two]
    back_same = np.bincount(one[same], minlength=n) + np.bincount(two[same], minlength=n)
    back_all = np.bincount(one, minlength=n) + np.bincount(two, minlength=n)
    in_all, out_all = np.bincount(stops, minlength=n), np.bincount(starts, minlength=n)
    own_in = np.bincount(stops[codes[starts] == codes[stops]], minlength=n)
    own_out = np.bincount(starts[codes[starts] == codes[stops]], minlength=n)
    alike = np.asarray(into.multiply(out).sum(axis=1)).reshape(-1)  # a and b of one group, any
    coordinator = own_in * own_out
    gatekeeper = (in_all - own_in) * own_out
    representative = own_in * (out_all - own_out)
    liaison = in_all * out_all - alike - gatekeeper - representative
    paths: Ints = np.stack(
        [
            coordinator - back_same,
            alike - coordinator - (back_all - back_same),
            gatekeeper,
            representative,
            liaison,
        ],
        axis=1,
    )
    return paths


def _take_closed(counts: Ints, contacts: Skeleton, codes: Ints, three: Triangles) -> None:
    """Takes the paths of these triangles that a tie from their start to their end closes off the counts."""
    n = contacts.n

    def runs(tie: Ints, start: Ints) -> Bools:
        forward = contacts.u[tie] == start
        return np.where(forward, contacts.forth[tie], contacts.back[tie])

    sides = {"ab": three.ab, "ac": three.ac, "bc": three.bc}
    for start, middle, end in (("a", "b", "c"), ("a", "c", "b"), ("b", "a", "c")):
        first, second = sides["".join(sorted(start + middle))], sides["".join(sorted(middle + end))]
        across = sides["".join(sorted(start + end))]
        for x, y, one, two in ((start, end, first, second), (end, start, second, first)):
            a, v, b = (getattr(three, corner) for corner in (x, middle, y))
            closed = runs(one, a) & runs(two, v) & runs(across, a)
            role = role_of(codes[a], codes[v], codes[b])[closed]
            counts -= np.bincount(v[closed] * 5 + role, minlength=n * 5).reshape(n, 5)


def role_of(a: Ints, v: Ints, b: Ints) -> Ints:
    """Position in ROLES of paths from group a through group v to group b, all (p,)."""
    choices = [(a == v) & (v == b), a == b, v == b, a == v]
    role: Ints = np.select(choices, [0, 1, 2, 3], default=4)
    return role


def _expected(counts: Ints, codes: Ints, sizes: Ints) -> Floats:
    """Open paths of each organisation x chance of each role, a and b drawn without repeats from the others."""
    n = int(sizes.sum())
    pairs = (n - 1) * (n - 2)
    if pairs <= 0:
        return np.zeros(counts.shape)
    own = sizes[codes] - 1
    others = n - 1 - own
    alike = int((sizes * (sizes - 1)).sum()) - sizes[codes] * own  # ordered pairs of one other group
    ways = np.stack([own * (own - 1), alike, others * own, own * others, others * (others - 1) - alike], axis=1)
    expected: Floats = counts.sum(axis=1, keepdims=True) * ways / pairs
    return expected
