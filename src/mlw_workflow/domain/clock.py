"""The one clock. It is read at the edge of a request, command or job; below, time is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

WARSAW = "Europe/Warsaw"


class Clock(Protocol):
    """Tells the instant; everything else about time is computed from it."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant in UTC, to the microsecond."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedDayClock:
    """A simulated day: always its noon, so that the commands of one day are recorded in one order."""

    day: date
    timezone: str = WARSAW

    def now(self) -> datetime:
        """Noon of the simulated day, in UTC."""
        return datetime.combine(self.day, time(12), tzinfo=zone(self.timezone)).astimezone(UTC)


class PlayedClock:
    """A simulated clock that somebody moves on; it shows the instant it was last set to."""

    def __init__(self, day: date, timezone: str = WARSAW) -> None:
        """It begins at noon of a local day."""
        self.timezone = timezone
        self._now = datetime.combine(day, time(12), zone(timezone))

    def set(self, day: date, hour: time) -> datetime:
        """Move on to a local time. Raises ValueError for going back."""
        instant = datetime.combine(day, hour, zone(self.timezone))
        if instant < self._now:
            raise ValueError("the clock does not go back")
        self._now = instant
        return self.now()

    def now(self) -> datetime:
        """The instant, in UTC."""
        return self._now.astimezone(UTC)


@lru_cache(maxsize=16)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Raises ``zoneinfo.ZoneInfoNotFoundError``."""
    return ZoneInfo(name)


def local_day(instant: datetime, timezone: str = WARSAW) -> date:
    """The local day an aware instant falls on."""
    return instant.astimezone(zone(timezone)).date()
