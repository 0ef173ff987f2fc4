"""Files that people send: how much a day; and those sent ahead of a step, noted with whoever sent them, found again,
and cleared away where no evidence names them after two days.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from mlw_workflow.domain.clock import WARSAW, local_day
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services.accounts.login import CLOCK
from mlw_workflow.services.control import end_of
from mlw_workflow.services.read_evidence import files_in
from mlw_workflow.storage import api_tokens, erasure, heartbeat

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.files import FileStore
    from mlw_workflow.storage.connection import Connection

log = structlog.get_logger("mlw.worker")
LASTS = timedelta(days=2)
"""How long a file waits for the step whose evidence it is."""
DAILY = "uploads"
_TOUCHED_WITHIN = 24 * 3600
"""Seconds: a copy that somebody was about to use within them stays, whatever the database says by now."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much a person may send on a day, to the panel and the API together."""

    desk: Desk
    person: str
    """The person's id."""
    megabytes: int
    clock: Clock = CLOCK

    def __call__(self, name: str, size: int) -> None:
        """Count a file that was sent, whether or not it becomes evidence.

        Raises BadInput ``upload_quota`` (facts: file, megabytes, used, minutes until the next day) for one beyond what
        is allowed; it is not counted.
        """
        now = self.clock.now()
        day = local_day(now)
        with self.desk.database.work() as work:
            total = api_tokens.add_uploaded(work.connection, self.person, day, size)
            if total > self.megabytes * 1_000_000:
                minutes = -(int((now - end_of(day, WARSAW)).total_seconds()) // 60)
                used = (total - size) // 1_000_000
                raise BadInput("upload_quota", file=name, megabytes=self.megabytes, used=used, minutes=minutes)
            work.commit()


def sent_file(desk: Desk, store: FileStore, person: str, digest: str) -> dict[str, Any] | None:
    """The file of that digest that this person sent, held back from being cleared away; None: there is none."""
    with desk.database.read() as connection:
        found = api_tokens.upload(connection, person, digest)
    return found if found is not None and store.touch(digest) else None


def daily(desk: Desk, folder: Path, clock: Clock = CLOCK) -> int:
    """Clear away, once a day, what was sent two days ago and is no evidence; how many files went.

    A file is on no database's side, so what is about to be used is touched first, and only what was not goes.
    """
    now = clock.now()
    with desk.database.read() as connection:
        last = heartbeat.heartbeat(connection, DAILY)
    if last is not None and local_day(last.at) == local_day(now):
        return 0
    with desk.database.work() as work:
        old = set(api_tokens.drop_uploads(work.connection, now - LASTS))
        unused = old - set(api_tokens.uploaded(work.connection)) - _named(work.connection) if old else set()
        api_tokens.drop_upload_days(work.connection, local_day(now - LASTS))
        gone = sum(_cleared(folder / digest[:2] / digest) for digest in unused)
        heartbeat.beat(work.connection, DAILY, now)
        work.commit()
    gone += sum(_cleared(aside) for aside in folder.glob(".*.*"))  # left behind by a process that was killed
    if gone:
        log.info("uploads_cleared", files=gone)
    return gone


def _named(connection: Connection) -> set[str]:
    """The digests of all files that are evidence."""
    raws: Iterable[bytes] = (raw for _, _, _, raw in erasure.values(connection) if b'"sha256"' in raw)
    return {str(file["sha256"]) for raw in raws for file in files_in(json.loads(raw))}


def _cleared(file: Path) -> bool:
    try:
        if time.time() - file.stat().st_mtime < _TOUCHED_WITHIN:
            return False
        file.unlink()
    except OSError:
        return False
    with suppress(OSError):
        file.parent.rmdir()  # the digest's folder, if it is empty now
    return True
