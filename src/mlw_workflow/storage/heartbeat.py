"""When a recurring piece of work was last done, and what waits: what tells that reminders have stood still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.storage import reminder_statements as sql
from mlw_workflow.storage.mapping import day_or_none, instant_of, instant_or_none

if TYPE_CHECKING:
    from datetime import date, datetime

    from mlw_workflow.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The last time, and a word about it."""

    at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits to be done."""

    deadlines: int
    """Deadlines with a warning that is to be considered."""
    deadline_since: date | None
    next_on: date | None
    """The day of the next warning of all."""
    notices: int
    """Notices that wait for their digest."""
    notice_since: datetime | None
    """The oldest that should have gone out."""


def heartbeat(connection: Connection, name: str) -> Heartbeat | None:
    """When it was last done; None: never."""
    row = connection.row(sql.HEARTBEAT, name)
    return None if row is None else Heartbeat(instant_of(row[0]), row[1])


def beat(connection: Connection, name: str, at: datetime, detail: str = "") -> None:
    """It was done."""
    connection.execute(sql.BEAT, name, connection.driver.instant(at), detail)


def watched(connection: Connection, name: str) -> list[tuple[str, int, str | None]]:
    """Every pilot with its last entry and the word about ``name`` and its id; None where there is none."""
    return [(pilot_id, seq, detail) for pilot_id, seq, detail in connection.rows(sql.WATCHED, f"{name}/")]


def queue(connection: Connection, today: date, now: datetime) -> Queue:
    """What waits."""
    day, instant = connection.driver.day(today), connection.driver.instant(now)
    oldest = connection.row(sql.DEADLINE_DUE, day)
    ready = connection.row(sql.NOTICE_READY, instant)
    return Queue(
        connection.row(sql.DEADLINES_DUE_COUNT, day)[0],
        None if oldest is None else day_or_none(oldest[0]),
        day_or_none(connection.row(sql.DEADLINE_NEXT)[0]),
        connection.row(sql.NOTICES_WAITING_COUNT)[0],
        None if ready is None else instant_of(ready[0]),
    )


def entry_count(connection: Connection) -> int:
    """How many entries the pilots' logs have together, as their ends tell it."""
    count: int = connection.row(sql.LAST_ENTRIES)[0]
    return int(count)


def newest_entry(connection: Connection) -> datetime | None:
    """When the newest entry of all logs was recorded."""
    return instant_or_none(connection.row(sql.NEWEST_ENTRY)[0])
