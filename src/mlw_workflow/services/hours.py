"""Local hours: when a digest goes out, and how long an urgent notice waits for the quiet hours to end."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from mlw_workflow.domain.clock import local_day, zone

if TYPE_CHECKING:
    from mlw_workflow.domain.obligation import ReminderPolicy


def digest_time(policy: ReminderPolicy, now: datetime, timezone: str) -> datetime:
    """When today's digest goes out, or now when that hour has passed."""
    return max(now, local_hour(local_day(now, timezone), policy.digest_hour, timezone))


def after_quiet(policy: ReminderPolicy, now: datetime, timezone: str) -> datetime:
    """Now, or the end of the quiet hours in which it lies."""
    begin, end, hour = policy.quiet_from, policy.quiet_to, now.astimezone(zone(timezone)).hour
    quiet = begin <= hour < end if begin <= end else hour >= begin or hour < end
    if not quiet:
        return now
    today = local_day(now, timezone)
    return local_hour(today + timedelta(days=hour >= end), end, timezone)


def local_hour(day: date, hour: int, timezone: str) -> datetime:
    """The instant of a local hour."""
    return datetime.combine(day, time(hour), zone(timezone)).astimezone(zone("UTC"))
