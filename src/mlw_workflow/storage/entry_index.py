"""Entries of many logs, the newest first, looked for by who, what and when.

The index is a projection that follows the logs when somebody looks, so nobody who records waits for it. A row leads to
the entry's own bytes; what is shown is what they say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from mlw_workflow.storage.driver import Bulk
from mlw_workflow.storage.mapping import day_or_none, instant_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from typing import Any

    from mlw_workflow.storage.connection import Connection

BEHIND = (
    "SELECT h.pilot_id, h.seq, COALESCE((SELECT max(i.seq) FROM entry_index i WHERE i.pilot_id = h.pilot_id), 0) AS k"
    " FROM pilot_head h WHERE h.seq > COALESCE((SELECT max(i.seq) FROM entry_index i WHERE i.pilot_id = h.pilot_id), 0)"
)
_COLUMNS = "pilot_id, seq, recorded_at, occurred_on, kind, task, step, actor, role, late"
_LATER = " ON CONFLICT (pilot_id, seq) DO NOTHING"
ADD = Bulk(
    f"INSERT INTO entry_index ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?){_LATER}",  # noqa: S608
    f"INSERT INTO entry_index ({_COLUMNS}) SELECT * FROM unnest(?::text[], ?::int[], ?::timestamptz[], ?::date[],"  # noqa: S608
    f" ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::boolean[]){_LATER}",
)

# CROSS JOIN: SQLite then walks the index and looks the bytes up, never the other way round.
_FOUND = (
    "SELECT i.pilot_id, i.seq, i.recorded_at, i.occurred_on, i.kind, i.task, i.step, i.actor, i.role, i.late,"
    " e.hash, e.body FROM entry_index i CROSS JOIN ledger_entry e WHERE e.pilot_id = i.pilot_id AND e.seq = i.seq"
)
_NEWEST = " ORDER BY i.recorded_at DESC, i.pilot_id DESC, i.seq DESC LIMIT ?"
_SPAN = " AND i.recorded_at >= ? AND (i.recorded_at, i.pilot_id, i.seq) < (?, ?, ?)"
OF_ALL = f"{_FOUND}{_SPAN}{_NEWEST}"
OF_PILOT = f"{_FOUND} AND i.pilot_id = ?{_SPAN}{_NEWEST}"
OF_ACTOR = f"{_FOUND} AND i.actor = ?{_SPAN}{_NEWEST}"
OF_TASK = f"{_FOUND} AND i.task = ?{_SPAN}{_NEWEST}"
OF_KIND = f"{_FOUND} AND i.kind = ?{_SPAN}{_NEWEST}"
OF_LATE = f"{_FOUND} AND i.late{_SPAN}{_NEWEST}"
PREPARED = {
    name: text for name, text in globals().items() if name.isupper() and name[0] != "_" and isinstance(text, str)
} | {"ADD": ADD.each}
"""All of them by name, for the test."""
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


class Place(NamedTuple):
    """Where a list goes on: below this entry."""

    recorded_at: datetime
    pilot_id: str = ""
    seq: int = 0


class Indexed(NamedTuple):
    """What an entry is looked for by."""

    pilot_id: str
    seq: int
    recorded_at: datetime
    occurred_on: date | None
    kind: str
    task: str
    step: str
    actor: str
    role: str
    late: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An entry of the list, with its bytes."""

    about: Indexed
    hash: bytes
    body: bytes

    @property
    def place(self) -> Place:
        """Where the list goes on after it."""
        return Place(self.about.recorded_at, self.about.pilot_id, self.about.seq)


def behind(connection: Connection) -> dict[str, tuple[int, int]]:
    """The logs that the index has not followed to their ends: up to which entry it has, and their last."""
    return {row[0]: (row[2], row[1]) for row in connection.rows(BEHIND)}


def add(connection: Connection, rows: list[Indexed]) -> None:
    """Enter entries; those that are there already stay."""
    driver = connection.driver
    values = [
        (
            row.pilot_id, row.seq, driver.instant(row.recorded_at), driver.day(row.occurred_on), row.kind, row.task,
            row.step, row.actor, row.role, row.late,
        )
        for row in rows
    ]  # fmt: skip
    if values:
        driver.write_many(connection.raw, ADD, values)


def newest(connection: Connection, by: tuple[str, str], since: datetime, below: Place, limit: int) -> Iterator[Found]:
    """At most ``limit`` entries from the newest on, recorded from ``since`` on and standing below a place.

    ``by``: by what the list is walked: ``all``, ``late``, or ``pilot``, ``actor``, ``task``, ``kind`` with its value.
    """
    name, value = by
    statement = {
        "all": OF_ALL, "late": OF_LATE, "pilot": OF_PILOT, "actor": OF_ACTOR, "task": OF_TASK, "kind": OF_KIND,
    }[name]  # fmt: skip
    moment = connection.driver.instant
    given: list[Any] = [] if name in ("all", "late") else [value]
    given += [moment(since), moment(below.recorded_at), below.pilot_id, below.seq, limit]
    for row in connection.stream(statement, *given):
        kind, task, step, actor, role = row[4:9]
        day = day_or_none(row[3])
        about = Indexed(row[0], row[1], instant_of(row[2]), day, kind, task, step, actor, role, bool(row[9]))
        yield Found(about, as_bytes(row[10]), as_bytes(row[11]))


def as_bytes(value: object) -> bytes:
    """What a column of bytes holds; SQLite keeps a text, too, for whoever meddles with the ledger."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return bytes(value) if isinstance(value, bytes | memoryview) else b""
