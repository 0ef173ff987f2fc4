"""The access log and its projection: who may look from outside, and who looked at what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.access import decode_access
from mlw_workflow.audit.seal import Head
from mlw_workflow.domain.access import Auditor
from mlw_workflow.domain.errors import IntegrityBroken
from mlw_workflow.storage import access_statements as sql
from mlw_workflow.storage.mapping import day_of, instant_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.audit.seal import Sealed
    from mlw_workflow.domain.access import AccessEntry
    from mlw_workflow.storage.connection import Connection


def head(connection: Connection) -> Head | None:
    """The end of the access log as its head row tells it."""
    return _head(connection.row(sql.ACCESS_HEAD))


def entry_hash(connection: Connection, seq: int) -> bytes | None:
    """The stored leaf hash of an entry."""
    row = connection.row(sql.ACCESS_HASH, seq)
    return None if row is None or not isinstance(row[0], bytes | memoryview) else bytes(row[0])


def lock(connection: Connection) -> Head:
    """The end of the access log, which nobody else moves until this transaction ends. Raises IntegrityBroken."""
    found = _head(connection.row(sql.LOCK_ACCESS))
    if found is None:
        raise IntegrityBroken(check="access_head", seq=0, pilot="")
    return found


def append(connection: Connection, sealed: Sealed, signature: bytes | None) -> None:
    """Append an entry sealed onto the locked head."""
    connection.execute(sql.ADD_ACCESS, sealed.seq, sealed.hash, sealed.body, signature)
    connection.execute(sql.MOVE_ACCESS, sealed.seq, sealed.hash, connection.driver.instant(sealed.recorded_at))


def rows(connection: Connection) -> Iterator[tuple[int, bytes, bytes]]:
    """The access log as stored, in order: number, leaf hash, body."""
    return connection.stream(sql.ACCESS_ENTRIES)


def signed_rows(connection: Connection, after: int = 0) -> Iterator[tuple[int, bytes, bytes, bytes | None]]:
    """The same, with signatures; what comes after that number."""
    return connection.stream(sql.ACCESS_SIGNED, after)


def entries(connection: Connection) -> Iterator[AccessEntry]:
    """The entries of the access log, oldest first. Raises EntryUnreadable."""
    for _, _, body in connection.stream(sql.ACCESS_ENTRIES):
        yield decode_access(body if isinstance(body, bytes) else b"")  # SQLite keeps what it is given


def auditors(connection: Connection, person_id: str = "") -> tuple[Auditor, ...]:
    """Who may audit what, in the order in which it was given; of one person or of all."""
    found = connection.rows(sql.AUDITORS_OF, person_id) if person_id else connection.rows(sql.AUDITORS)
    return tuple(Auditor(person, of, day_of(since), day_of(until), seq) for person, of, since, until, seq in found)


def set_auditor(connection: Connection, auditor: Auditor) -> None:
    """Enter a right, or another end for one."""
    day = connection.driver.day
    values = (auditor.person, auditor.programme, day(auditor.since), day(auditor.until), auditor.seq)
    connection.execute(sql.SET_AUDITOR, *values)


def drop_auditors(connection: Connection) -> None:
    """Drop the projection, before it is written anew."""
    connection.execute(sql.DROP_AUDITORS)


def _head(row: Any) -> Head | None:
    return None if row is None else Head(row[0], bytes(row[1]), instant_or_none(row[2]))
