"""Whether reminders go out: when the worker last ran, what waits and since when, and what a person has to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services.checkpoint_post import REFUSED
from mlw_workflow.services.local_policies import bad_files
from mlw_workflow.services.recording import CLOCK_TOLERANCE
from mlw_workflow.services.refused_checkpoint import RefusedCheckpoint
from mlw_workflow.services.remind import latest_day
from mlw_workflow.services.stamping import TIMESTAMP
from mlw_workflow.storage import heartbeat, outbox, tree

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.local_policies import BadFile

TICK = "tick"
"""The heartbeat of the worker."""
STILL_AFTER = timedelta(minutes=30)
"""A worker that ticks every minute and has not for so long does not run."""
LATE_AFTER = timedelta(days=2)
"""A day's checkpoint that is older than that is late."""


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the reminders. Instants are in UTC."""

    status: Literal["ok", "standing_still"]
    at: datetime
    last_tick: datetime | None
    """None: no worker has ever run."""
    due: int
    """Deadlines with a warning that nobody has looked at yet."""
    due_since: date | None
    next_on: date | None
    """The day of the next warning."""
    waiting: int
    """Notices waiting for their mail to be written."""
    waiting_since: datetime | None
    """Since when the oldest of them should have been."""
    unsent: int
    """Mails on their way."""
    unsent_since: datetime | None
    dead: int
    in_doubt: int
    clock_back: datetime | None
    """Something was recorded at this instant, which is still to come: the clock was set back."""
    checkpoint_at: datetime | None = None
    """When a checkpoint was last made, or found to be up to date."""
    refused: RefusedCheckpoint | None = None
    """Why the day's checkpoint was refused; None: it was not."""
    timestamp_failed: str = ""
    """Why the day's time stamp was not to be had."""
    key_problem: RefusedCheckpoint | None = None
    """Why nothing can be signed now: ``key_missing`` and the like. Nothing is recorded as long as that is so."""
    reminder_files: tuple[BadFile, ...] = ()
    """Files about single municipalities that change nothing."""

    @property
    def checkpoint_refused(self) -> str:
        """The check for which the day's checkpoint was refused; empty: it was not."""
        return self.refused.check if self.refused else ""

    @property
    def problems(self) -> tuple[str, ...]:
        """Codes of what is not as it should be: ``standing_still``, ``dead``, ``in_doubt``, ``clock_back``,
        ``checkpoint_refused``, ``checkpoint_late``, ``timestamp_failed``, ``reminder_files``; and why nothing can be
        signed, such as ``key_missing``.
        """
        found = {
            "standing_still": self.status == "standing_still",
            "dead": self.dead > 0,
            "in_doubt": self.in_doubt > 0,
            "clock_back": self.clock_back is not None,
            "checkpoint_refused": bool(self.checkpoint_refused),
            "checkpoint_late": self.checkpoint_at is not None and self.at - self.checkpoint_at > LATE_AFTER,
            "timestamp_failed": bool(self.timestamp_failed),
            "reminder_files": bool(self.reminder_files),
        }
        codes = tuple(code for code, holds in found.items() if holds)
        return (*codes, self.key_problem.check) if self.key_problem else codes

    @property
    def holds(self) -> bool:
        """Whether reminders go out, and the record can be signed."""
        return self.status == "ok" and not self.checkpoint_refused and not self.key_problem


def doctor(desk: Desk, now: datetime | None = None, reminders_folder: Path | None = None) -> Health:
    """Look at everything and change nothing; also at the files about single municipalities, if there is a folder.

    Reminders stand still when something has been due for longer than a worker takes, or when a worker that has run
    before stopped while warnings are still to come.
    """
    now = now or desk.clock.now()
    with desk.database.read() as connection:
        ticked = heartbeat.heartbeat(connection, TICK)
        queue = heartbeat.queue(connection, latest_day(desk, connection, now), now)
        unsent, unsent_since = outbox.unsent(connection)
        undelivered = outbox.undelivered(connection)
        newest = heartbeat.newest_entry(connection)
        checkpoint = heartbeat.heartbeat(connection, tree.CHECKPOINT)
        refused = heartbeat.heartbeat(connection, REFUSED)
        stamped = heartbeat.heartbeat(connection, TIMESTAMP)
    last_tick = ticked.at if ticked else None
    ahead = [at for at in (last_tick, newest) if at is not None and at > now + CLOCK_TOLERANCE]
    ran_lately = last_tick is not None and abs(now - last_tick) <= STILL_AFTER
    late = queue.notice_since is not None and now - queue.notice_since > STILL_AFTER
    something = queue.deadlines > 0 or queue.notices > 0 or unsent > 0 or queue.next_on is not None
    still = late or (not ran_lately and (queue.deadlines > 0 or (last_tick is not None and something)))
    return Health(
        "standing_still" if still else "ok", now, last_tick, queue.deadlines, queue.deadline_since, queue.next_on,
        queue.notices, queue.notice_since, unsent, unsent_since,
        sum(mail.status == "dead" for mail in undelivered), sum(mail.status == "in_doubt" for mail in undelivered),
        max(ahead, default=None), checkpoint.at if checkpoint else None,
        RefusedCheckpoint.read(refused.detail) if refused else None,
        stamped.detail if stamped else "", _key_problem(desk),
        bad_files(desk, reminders_folder) if reminders_folder is not None else (),
    )  # fmt: skip


def _key_problem(desk: Desk) -> RefusedCheckpoint | None:
    try:
        if desk.signer is not None:
            desk.signer.key()
    except BadInput as problem:
        return RefusedCheckpoint.of(problem)
    return None
