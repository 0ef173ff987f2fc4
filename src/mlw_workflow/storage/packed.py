"""What a pack is made of, exactly as the tables have it: also where somebody has meddled with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.seal import instant
from mlw_workflow.storage.mapping import instant_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.storage.connection import Connection

_BODIES = "SELECT body FROM ledger_entry WHERE pilot_id = ? ORDER BY seq"
_SIGNATURES = "SELECT signature FROM ledger_entry WHERE pilot_id = ? ORDER BY seq"
_COUNT = "SELECT count(*) FROM ledger_entry WHERE pilot_id = ?"
_HEAD = "SELECT seq, hash, recorded_at FROM pilot_head WHERE pilot_id = ?"
_EVIDENCE = "SELECT seq, field, salt, value, erased_at FROM evidence WHERE pilot_id = ? ORDER BY seq"
_FIELDS = "SELECT DISTINCT field FROM evidence WHERE pilot_id = ?"
_ACCESS_BODIES = "SELECT body FROM access_entry ORDER BY seq"
_ACCESS_SIGNATURES = "SELECT signature FROM access_entry ORDER BY seq"
_ACCESS_HEAD = "SELECT seq, hash, recorded_at FROM access_head WHERE id = 1"
_DEFINITION = "SELECT body FROM definition WHERE hash = ?"


def bodies(connection: Connection, pilot_id: str) -> Iterator[bytes]:
    """The sealed bytes of a pilot's entries, in order."""
    for (body,) in connection.stream(_BODIES, pilot_id):
        yield _raw(body)


def signatures(connection: Connection, pilot_id: str) -> Iterator[bytes | None]:
    """The entries' own signatures, in order; None for one without."""
    for (signature,) in connection.stream(_SIGNATURES, pilot_id):
        yield None if signature is None else _raw(signature)


def entry_count(connection: Connection, pilot_id: str) -> int:
    """How many entries there are, counted."""
    count: int = connection.row(_COUNT, pilot_id)[0]
    return count


def head(connection: Connection, pilot_id: str) -> tuple[int, str, str] | None:
    """The head row: number, hash in hex, instant."""
    return _told(connection.row(_HEAD, pilot_id))


def _told(row: Any) -> tuple[int, str, str] | None:
    if row is None:
        return None
    recorded_at = instant_or_none(row[2])
    return int(row[0]), _raw(row[1]).hex(), instant(recorded_at) if recorded_at else ""


def access_bodies(connection: Connection) -> Iterator[bytes]:
    """The sealed bytes of the access log, in order."""
    for (body,) in connection.stream(_ACCESS_BODIES):
        yield _raw(body)


def access_signatures(connection: Connection) -> Iterator[bytes | None]:
    """Its entries' signatures, in order; None for one without."""
    for (signature,) in connection.stream(_ACCESS_SIGNATURES):
        yield _raw_or_none(signature)


def access_head(connection: Connection) -> tuple[int, str, str] | None:
    """The end of the access log: number, hash in hex, instant."""
    return _told(connection.row(_ACCESS_HEAD))


def evidence(connection: Connection, pilot_id: str) -> Iterator[tuple[int, str, bytes | None, bytes | None, str]]:
    """Number, field, salt, value and the instant of erasure, by number and then by field (in every database alike)."""
    of_entry: list[tuple[int, str, bytes | None, bytes | None, str]] = []
    for seq, field, salt, value, erased_at in connection.stream(_EVIDENCE, pilot_id):
        if of_entry and of_entry[0][0] != seq:
            yield from sorted(of_entry, key=_field)
            of_entry.clear()
        at = instant_or_none(erased_at)
        of_entry.append((seq, field, _raw_or_none(salt), _raw_or_none(value), instant(at) if at else ""))
    yield from sorted(of_entry, key=_field)


def fields(connection: Connection, pilot_id: str) -> frozenset[str]:
    """The fields that a pilot has values of, erased ones included."""
    return frozenset(str(field) for (field,) in connection.stream(_FIELDS, pilot_id))


def definition(connection: Connection, digest: str) -> bytes | None:
    """The bytes kept under a definition's name."""
    row = connection.row(_DEFINITION, digest)
    return None if row is None else _raw(row[0])


def _field(row: tuple[int, str, bytes | None, bytes | None, str]) -> str:
    return row[1]


def _raw(stored: Any) -> bytes:
    """Bytes; a SQLite file that somebody wrote to may hold anything in their place."""
    if isinstance(stored, bytes | bytearray | memoryview):
        return bytes(stored)
    return str(stored).encode("utf-8", "replace")


def _raw_or_none(stored: Any) -> bytes | None:
    return None if stored is None else _raw(stored)
