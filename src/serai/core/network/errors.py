"""What the network engine refuses, each kind by its own name; the message is one plain sentence."""

from __future__ import annotations


class NetworkError(ValueError):
    """Any input the network engine refuses."""


class BadRoster(NetworkError):
    """An organisation without key or group, a key twice, or no organisation at all."""


class BadReport(NetworkError):
    """A report that cannot be read."""


class SelfReport(BadReport):
    """An organisation reported a tie with itself."""


class DuplicateReport(BadReport):
    """Two answers of one organisation about the same other one, or the same tie twice."""


class UnknownOrganisation(BadReport):
    """A report names an organisation that is not on the roster."""


class NotARespondent(BadReport):
    """A report comes from an organisation that is listed as not having answered."""


class ValueOutOfRange(BadReport):
    """A ladder step, yes-no answer or trust score that the question does not offer."""


class EmptyWave(NetworkError):
    """Nobody answered: there is nothing to measure."""


class DifferentRosters(NetworkError):
    """Two things that must share one roster do not; two waves are compared on their common roster only."""


class BadRule(NetworkError):
    """A tie rule that does not fit its layer, or an unknown way of grouping."""


class WrongDirection(NetworkError):
    """A measure of undirected ties was given directed ones, or the other way round."""


class BadEffort(NetworkError):
    """A number of shuffles or draws below one, or a share outside 0 to 1."""
