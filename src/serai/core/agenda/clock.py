"""Wall-clock minutes and elapsed minutes of a visit, and the named errors of times that make no sense.

People give and read wall times: minutes since the visit's first midnight in the place's zone, so 10:40 on day two
is 1440 + 640 and 00:30 after day one is 1470. Engines count elapsed minutes, in which every minute is as long as
every other; the two differ only after a clock change during the visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = 1440


class BadAgenda(ValueError):
    """Something in the wishes contradicts itself; the message says what."""


class BadTime(BadAgenda):
    """A time or window that cannot be: backwards, not whole minutes, an unknown zone."""


class ClockChange(BadTime):
    """A wall time that does not exist, or exists twice, on the night the clocks change."""


@dataclass(frozen=True, kw_only=True, order=True)
class Window:
    """From `start` up to, not including, `end`: minutes since the visit's first midnight. Past midnight the
    count goes on: 22:00 to 02:00 on day one is 1320 to 1560."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (isinstance(self.start, int) and isinstance(self.end, int)):
            raise BadTime(f"times are whole minutes, not {self.start} to {self.end}")
        if self.end <= self.start:
            raise BadTime(
                f"{spoken(self.start)} to {spoken(self.end)} ends before it starts; "
                "past midnight the minutes go on counting (00:30 after day one is 1470)"
            )


def at(day: int, clock: str) -> int:
    """Minutes of "10:40" on day 1, 2, …; "24:30" is half past midnight after that day. BadTime otherwise."""
    hours, _, minutes = clock.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(minutes) < 60 and int(hours) < 48 and day >= 1):
        raise BadTime(f"{clock!r} on day {day} is not a time of day")
    return (day - 1) * DAY + int(hours) * 60 + int(minutes)


def spoken(minute: int) -> str:
    """A wall minute as "day 2, 10:40"."""
    day, rest = divmod(minute, DAY)
    return f"day {day + 1}, {rest // 60:02d}:{rest % 60:02d}"


@dataclass(frozen=True)
class Clock:
    """The wall clock of one visit. Wall minutes run from 0 to `until`."""

    first_day: date
    zone: str
    until: int

    @cached_property
    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as wrong:
            raise BadTime(f"{self.zone!r} is not a time zone such as Europe/Skopje") from wrong

    @cached_property
    def _midnight(self) -> datetime:
        """The moment minute 0 happens. Where midnight is skipped, the first moment after it."""
        wall = datetime(self.first_day.year, self.first_day.month, self.first_day.day, tzinfo=self._zone)
        return wall.astimezone(UTC)

    @cached_property
    def changes(self) -> tuple[tuple[int, int], ...]:
        """(elapsed minute, jump) of each clock change in the visit: +60 is an hour skipped, -60 an hour twice."""
        found: list[tuple[int, int]] = []
        before = 0
        for minute in range(0, self.until + DAY, 30):
            while self._ahead(minute) != before:
                low, high = max(minute - 30, found[-1][0] if found else 0), minute
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (middle, high) if self._ahead(middle) == before else (low, middle)
                found.append((high, self._ahead(high) - before))
                before = self._ahead(high)
        return tuple(found)

    def _ahead(self, elapsed: int) -> int:
        """How many minutes the wall clock is ahead of the elapsed count."""
        now = (self._midnight + timedelta(minutes=elapsed)).astimezone(self._zone)
        midnight = datetime(self.first_day.year, self.first_day.month, self.first_day.day, tzinfo=UTC)
        return int((now.replace(tzinfo=UTC) - midnight).total_seconds()) // 60 - elapsed

    def wall(self, elapsed: int) -> int:
        """The wall minute shown after so many elapsed minutes."""
        return elapsed + sum(jump for when, jump in self.changes if elapsed >= when)

    def elapsed(self, wall: int) -> int:
        """Elapsed minutes at a wall minute. ClockChange where that time is skipped or comes twice."""
        passed = 0
        for when, jump in self.changes:
            shown = when + passed
            if min(shown, shown + jump) <= wall < max(shown, shown + jump):
                what = "is skipped" if jump > 0 else "comes twice"
                raise ClockChange(f"{spoken(wall)} {what}: the clocks in {self.zone} change then")
            if wall < shown:
                break
            passed += jump
        return wall - passed

    def doubled(self) -> tuple[tuple[int, int], ...]:
        """Elapsed stretches whose wall times come twice; nothing can be announced to start or end there."""
        return tuple((when + jump, when - jump) for when, jump in self.changes if jump < 0)

    def moment(self, wall: int) -> datetime:
        """The moment of a wall minute, with its zone (for calendars). ClockChange as for `elapsed`."""
        return (self._midnight + timedelta(minutes=self.elapsed(wall))).astimezone(self._zone)
