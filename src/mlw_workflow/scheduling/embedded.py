"""The worker in one process: APScheduler as a mere wake-up, every minute.

Nothing depends on a wake-up being in time, coming once, or coming at all: each run asks the database what is due and
not yet sent. So the job lives in memory, runs that were missed become one, and two never run at a time.
"""

from __future__ import annotations

import signal
import threading
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import WorkflowError
from mlw_workflow.services import stamping, uploads
from mlw_workflow.services.announce import announce
from mlw_workflow.services.checkpoint_post import REFUSED, Post, daily
from mlw_workflow.services.deliver import Delivered, deliver
from mlw_workflow.services.digest import OUTAGE, Digested, digest
from mlw_workflow.services.doctor import TICK
from mlw_workflow.services.no_return import warn
from mlw_workflow.services.post_events import post_events
from mlw_workflow.services.refused_checkpoint import RefusedCheckpoint, as_code
from mlw_workflow.services.remind import Ticked, tick
from mlw_workflow.services.stamping import NOBODY
from mlw_workflow.storage import heartbeat

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from mlw_workflow.notifications.transport import Transport
    from mlw_workflow.services.checkpoint import Made
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.mailroom import Mailroom
    from mlw_workflow.services.refused_checkpoint import Words
    from mlw_workflow.services.stamping import Authority
    from mlw_workflow.services.webhooks import Webhooks

log = structlog.get_logger("mlw.worker")
EVERY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run did."""

    ticked: Ticked
    digested: Digested
    delivered: Delivered
    checkpoint: Made | None = None
    """The day's checkpoint, if this run made it."""
    refusal: RefusedCheckpoint | None = None
    """Why the last one was refused."""

    @property
    def refused(self) -> str:
        """The check for which the last one was refused; empty: it was not."""
        return self.refusal.check if self.refusal else ""

    @property
    def idle(self) -> bool:
        """Whether there was nothing to do."""
        made = self.checkpoint is not None and self.checkpoint.fresh
        return not (self.ticked.deadlines or self.digested.mails or self.delivered.numbers or made)


class Worker:
    """Reminds people, once or until it is told to stop."""

    def __init__(
        self,
        desk: Desk,
        mailroom: Mailroom,
        transport: Transport,
        checkpoints_to: tuple[str, ...] = (),
        authority: Authority = NOBODY,
        words: Words = as_code,
        webhooks: Webhooks | None = None,
        files: Path | None = None,
    ) -> None:
        """Nothing runs yet. ``checkpoints_to``: who gets each checkpoint besides the auditors; ``authority``: who
        stamps it; ``words``: the sentence that tells why one was refused; ``webhooks``: how programs are told of
        events, None: they are not; ``files``: where copies of evidence files lie, None: nothing is cleared away there.
        """
        self.files = files
        self.webhooks = webhooks
        self.authority = authority
        self.post = Post(mailroom, checkpoints_to, words)
        self.desk = desk
        self.mailroom = mailroom
        self.transport = transport
        self._stopping = threading.Event()

    def run_once(self, now: datetime | None = None) -> Ran:
        """One run: what is due, the mails it makes, and whatever waits to be handed over.

        ``now`` decides what is due; mails are handed over by the clock.
        """
        now = now or self.desk.clock.now()
        self._note_outage(now)
        ticked = tick(self.desk, now)
        warned = warn(self.desk, now)
        ticked.notices += warned.notices
        ticked.skipped += warned.skipped
        digested = digest(self.desk, self.mailroom, now)
        checkpoint = daily(self.desk, self.post, now)
        delivered = deliver(self.desk, self.mailroom, self.transport, self._going_on)
        with self.desk.database.work() as work:
            refused = heartbeat.heartbeat(work.connection, REFUSED)
            heartbeat.beat(work.connection, TICK, now, delivered.stopped)
            work.commit()
        self._tell_programs()
        if self.files is not None:
            uploads.daily(self.desk, self.files)
        stamping.daily(self.desk, self.authority, now)  # last, because it waits for somebody outside
        refusal = RefusedCheckpoint.read(refused.detail) if refused else None
        return Ran(ticked, digested, delivered, checkpoint, refusal)

    def _tell_programs(self) -> None:
        """Tell webhooks what happened; that must not keep reminders from going out."""
        if self.webhooks is None:
            return
        try:
            announce(self.desk, self.webhooks)
            post_events(self.desk, self.webhooks, self._going_on)
        except WorkflowError as problem:
            log.error("webhooks_failed", code=problem.code)

    def run(self, every_seconds: float = EVERY_SECONDS) -> None:
        """Run until SIGTERM, SIGINT or ``stop``; the mail that is just being handed over is finished first."""
        scheduler = self._scheduler(every_seconds)
        before = _on_signals(lambda *_: self.stop())
        scheduler.start()
        log.info("worker_started", every_seconds=every_seconds)
        try:
            while not self._stopping.wait(1):  # a wait without end would keep signals from being heard
                pass
        finally:
            self._stopping.set()
            scheduler.shutdown(wait=True)
            for number, handler in before.items():
                signal.signal(number, handler)
            log.info("worker_stopped")

    def stop(self) -> None:
        """Stop after the mail that is just being handed over."""
        self._stopping.set()

    def _going_on(self) -> bool:
        return not self._stopping.is_set()

    def _job(self) -> None:
        try:
            self.run_once()
        except WorkflowError as problem:  # the database is away: the next run finds what this one left
            log.error("run_failed", code=problem.code)

    def _note_outage(self, now: datetime) -> None:
        """Remember the days on which nothing ran, for the mails of today."""
        with self.desk.database.read() as connection:
            last = heartbeat.heartbeat(connection, TICK)
        if last is None or (local_day(now) - local_day(last.at)).days < 2:
            return
        first_day, last_day = local_day(last.at) + timedelta(days=1), local_day(now) - timedelta(days=1)
        with self.desk.database.work() as work:
            heartbeat.beat(work.connection, OUTAGE, now, f"{first_day}/{last_day}")
            work.commit()
        log.warning("nothing_ran", first=str(first_day), last=str(last_day))

    def _scheduler(self, every_seconds: float) -> Any:
        from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.jobstores.memory import MemoryJobStore
        from apscheduler.schedulers.background import BackgroundScheduler

        scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )
        scheduler.add_job(self._job, "interval", seconds=every_seconds, id=TICK, next_run_time=_at_once())
        scheduler.add_listener(_heard, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        return scheduler


def _at_once() -> datetime:
    """The scheduler's own clock, which decides nothing but when to wake up."""
    from datetime import datetime

    return datetime.now(UTC)


def _heard(event: Any) -> None:
    """What the scheduler tells only its listeners."""
    failed = getattr(event, "exception", None)
    if failed is not None:
        log.error("run_crashed", problem=type(failed).__name__, trace=event.traceback)
    else:
        log.warning("run_left_out", code=event.code)


def _on_signals(handler: Callable[..., None]) -> dict[int, Any]:
    """Handle the signals that end a process, where this thread may; what handled them before."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    return {number: signal.signal(number, handler) for number in (signal.SIGTERM, signal.SIGINT)}
