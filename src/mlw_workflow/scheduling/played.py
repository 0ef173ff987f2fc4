"""Days that pass because somebody moved a demonstration's clock: each is lived through as the worker would live it."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from mlw_workflow.domain.clock import PlayedClock
    from mlw_workflow.scheduling.embedded import Worker

DAYS_MAX = 366
"""A move further than that is refused: whoever asks for it has mistyped the year."""
MORNING, NOON = time(9), time(12)


def pass_days(clock: PlayedClock, worker: Worker, to: date) -> int:
    """Move the clock on to noon of ``to``; what fell due on the days between is sent on them. How many mails that made.

    The worker's desk must be on this clock. Raises BadInput ``clock_moved_back`` and ``clock_moved_far``.
    """
    day, mails = local_day(clock.now(), clock.timezone), 0
    if to < day:
        raise BadInput("clock_moved_back", today=day, day=to)
    if (to - day).days > DAYS_MAX:
        raise BadInput("clock_moved_far", today=day, day=to, most=DAYS_MAX)
    while day < to:
        day += timedelta(days=1)
        clock.set(day, MORNING)
        mails += worker.run_once().delivered.sent
        clock.set(day, NOON)
    return mails
