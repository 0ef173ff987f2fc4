"""The tree over all logs as it is stored: spans, tiles, checkpoints, and what others signed under them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.audit.note import Note, NoteInvalid, Signature
from mlw_workflow.audit.seal import Head
from mlw_workflow.audit.tiles import TileMissing
from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.storage import access, access_statements, heartbeat, repositories
from mlw_workflow.storage import tree_statements as sql
from mlw_workflow.storage.form import StoredForm
from mlw_workflow.storage.mapping import instant_of, instant_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from mlw_workflow.storage.connection import Connection

    SignedRow = tuple[int, bytes, bytes, bytes | None]

CHECKPOINT = "checkpoint"
"""The heartbeat of checkpoints; its row is what two who make one wait for."""
_AT_ONCE = 2_000
"""Entries that are fetched together."""
_CACHED = 2_048
"""Tiles kept while reading: 16 MiB."""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of a log's entries, side by side in the tree."""

    first_leaf: int
    pilot_id: str
    """The id under which the log is sealed: a pilot's, or that of the access log."""
    first_seq: int
    entries: int


@dataclass(frozen=True, slots=True)
class Log:
    """A pilot's log, or the access log, as the tables tell it, before anything is checked."""

    pilot_id: str
    code: str
    head: Head | None
    sequenced: int
    """Up to which entry the tree has it; 0: not at all."""
    last_leaf: bytes | None
    """The tree's leaf of that entry."""

    @property
    def head_seq(self) -> int:
        """The number of the last entry, as the head row tells it; 0 without a head."""
        return self.head.seq if self.head else 0


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint as it was signed."""

    size: int
    note: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A time-stamping authority's answer."""

    authority: str
    token: bytes
    stamped_at: datetime


# Reading


def logs(connection: Connection) -> list[Log]:
    """Every pilot's log, in the order of their opening, and the access log."""
    found = []
    for pilot_id, code, seq, digest, recorded_at, sequenced, leaf in connection.rows(sql.LOGS):
        head = None if seq is None else Head(seq, _bytes(digest) or b"", instant_or_none(recorded_at))
        found.append(Log(pilot_id, code, head, sequenced or 0, _bytes(leaf)))
    seq, digest, recorded_at, sequenced, leaf = connection.row(sql.ACCESS)
    head = None if seq is None else Head(seq, _bytes(digest) or b"", instant_or_none(recorded_at))
    return [*found, Log(ACCESS_LOG, ACCESS_LOG, head, sequenced or 0, _bytes(leaf))]


def new_entries(connection: Connection, logs: Iterable[Log]) -> Iterator[tuple[Log, Iterable[SignedRow]]]:
    """What each log has and the tree has not: number, leaf hash, body, signature.

    Logs that grew a little come together in portions, so that they cost one question for all; long ones row by row.
    """
    portion, entries = list[Log](), 0
    for log in logs:
        new = log.head_seq - log.sequenced
        alone = log.pilot_id == ACCESS_LOG or new > _AT_ONCE
        if alone or entries + new > _AT_ONCE:
            yield from _together(connection, portion)
            portion, entries = [], 0
        if alone:
            yield log, _alone(connection, log)
        else:
            portion.append(log)
            entries += new
    yield from _together(connection, portion)


def ends(connection: Connection, entries: Mapping[str, int]) -> dict[str, tuple[int, bytes | None]]:
    """Of each log by id: the number that it ends with, and the stored leaf hash of the asked entry (None: not there).

    A log that is not there is not among them. Raises StoredForm.
    """
    asked = [(seq, log) for log, seq in entries.items() if log != ACCESS_LOG]
    found = {log: (seq, _bytes(digest)) for log, seq, digest in connection.rows_of(sql.ENDS, asked)}
    beside = access.head(connection) if ACCESS_LOG in entries else None
    if beside is not None:
        found[ACCESS_LOG] = beside.seq, access.entry_hash(connection, entries[ACCESS_LOG])
    for log, (seq, _) in found.items():
        if not isinstance(seq, int):
            raise StoredForm(table="pilot_head", column="seq", row=log)
    return found


def _alone(connection: Connection, log: Log) -> Iterable[SignedRow]:
    if log.pilot_id == ACCESS_LOG:
        return access.signed_rows(connection, log.sequenced)
    return repositories.signed_entries(connection, log.pilot_id, log.sequenced)


def _together(connection: Connection, logs: list[Log]) -> Iterator[tuple[Log, Iterable[SignedRow]]]:
    found: dict[str, list[SignedRow]] = {log.pilot_id: [] for log in logs}
    for pilot_id, *row in connection.rows_of(sql.NEW_ENTRIES, [(log.pilot_id, log.sequenced) for log in logs]):
        found[pilot_id].append(tuple(row))
    for log in logs:
        yield log, found[log.pilot_id]


def _bytes(value: object) -> bytes | None:
    return bytes(value) if isinstance(value, bytes | memoryview) else None


def spans(connection: Connection) -> Iterator[Span]:
    """Every span, from left to right."""
    for first_leaf, pilot_id, first_seq, entries in connection.stream(sql.SPANS):
        yield Span(first_leaf, pilot_id, first_seq, entries)


def spans_of(connection: Connection, pilot_id: str) -> Iterator[Span]:
    """A pilot's spans, in order."""
    for first_leaf, first_seq, entries in connection.rows(sql.SPANS_OF, pilot_id):
        yield Span(first_leaf, pilot_id, first_seq, entries)


def leaf_of(connection: Connection, pilot_id: str, seq: int) -> int | None:
    """Which leaf of the tree an entry is; None for one that the tree does not have yet."""
    row = connection.row(sql.SPAN_OF_ENTRY, pilot_id, seq)
    if row is None or seq >= row[1] + row[2]:
        return None
    leaf: int = row[0] + seq - row[1]
    return leaf


def first_after(connection: Connection, size: int) -> bytes | None:
    """The sealed bytes of an entry that the tree took in next after it had that size, as it had at a checkpoint; None
    where there is none.
    """
    span = connection.row(sql.SPAN_AT, size)
    if span is None:
        return None
    log, seq = span
    beside = log == ACCESS_LOG
    row = connection.row(access_statements.ACCESS_BODY, seq) if beside else connection.row(sql.ENTRY_BODY, log, seq)
    return None if row is None else _bytes(row[0])


def logs_without_pilot(connection: Connection) -> tuple[str, ...]:
    """The ids of pilots that the tree has and the database has not."""
    return tuple(str(row[0]) for row in connection.rows(sql.SPANS_WITHOUT_PILOT))


def tiles(connection: Connection) -> Callable[[int, int], bytes]:
    """What hands out tiles, keeping the last ones read. It raises TileMissing for one that is not there."""
    cached: dict[tuple[int, int], bytes] = {}

    def tile(level: int, position: int) -> bytes:
        found = cached.get((level, position))
        if found is None:
            row = connection.row(sql.TILE, level, position)
            found = _bytes(row[0]) if row is not None else None
            if found is None:
                raise TileMissing(level, position)
            if len(cached) >= _CACHED:
                cached.pop(next(iter(cached)))
            cached[level, position] = found
        return found

    return tile


def level(connection: Connection, number: int) -> Iterator[tuple[int, bytes]]:
    """All tiles of a level, from left to right: position and hashes."""
    for position, hashes in connection.stream(sql.TILES, number):
        yield position, _bytes(hashes) or b""


def levels(connection: Connection) -> int:
    """How many levels of tiles there are."""
    highest: int = connection.row(sql.LEVELS)[0]
    return highest + 1


def last_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    """The newest checkpoint."""
    row = connection.row(sql.LAST_CHECKPOINT)
    return None if row is None else StoredCheckpoint(row[0], row[1], instant_of(row[2]))


def checkpoint(connection: Connection, size: int) -> StoredCheckpoint | None:
    """The checkpoint of that size."""
    row = connection.row(sql.CHECKPOINT, size)
    return None if row is None else StoredCheckpoint(row[0], row[1], instant_of(row[2]))


def checkpoints(connection: Connection) -> Iterator[StoredCheckpoint]:
    """Every checkpoint, oldest first."""
    for size, note, made_at in connection.stream(sql.CHECKPOINTS):
        yield StoredCheckpoint(size, note, instant_of(made_at))


def newest_checkpoints(connection: Connection, below: int, limit: int) -> list[StoredCheckpoint]:
    """The newest checkpoints smaller than ``below``, the newest first."""
    rows = connection.rows(sql.NEWEST_CHECKPOINTS, below, limit)
    return [StoredCheckpoint(size, note, instant_of(made_at)) for size, note, made_at in rows]


def vouched(connection: Connection, first: int, end: int) -> dict[int, list[tuple[str, str, datetime]]]:
    """Who vouches for the checkpoints of these sizes (``end`` left out): ``witness`` or ``authority``, its key or
    name, and when its word came in.
    """
    found: dict[int, list[tuple[str, str, datetime]]] = {}
    for kind, statement in (("witness", sql.COSIGNED_FROM), ("authority", sql.STAMPED_FROM)):
        for size, name, at in connection.rows(statement, first, end):
            found.setdefault(size, []).append((kind, name, instant_of(at)))
    return found


def sizes(connection: Connection) -> tuple[int, ...]:
    """The sizes of all checkpoints."""
    return tuple(row[0] for row in connection.rows(sql.CHECKPOINT_SIZES))


def cosignatures(connection: Connection, size: int) -> tuple[tuple[str, str], ...]:
    """What witnesses signed under the checkpoint of that size: verifier key and line."""
    return tuple((witness, line) for witness, line, _ in connection.rows(sql.COSIGNATURES, size))


def cosigned(connection: Connection, stored: StoredCheckpoint) -> Note:
    """The checkpoint with all that witnesses signed under it. Raises NoteInvalid for a note that is none."""
    note = Note.parse(stored.note)
    lines = []
    for _, line, _ in connection.rows(sql.COSIGNATURES, stored.size):
        try:
            lines.append(Signature.parse(line.removesuffix("\n")))
        except NoteInvalid:  # a line that is none says nothing
            continue
    return note.with_signatures(*lines)


def last_cosigned(connection: Connection, witness: str) -> int:
    """The size of the last checkpoint that a witness (its verifier key) signed; 0: none."""
    row = connection.row(sql.LAST_COSIGNED, witness)
    return row[0] or 0


def tokens(connection: Connection, size: int) -> tuple[StoredToken, ...]:
    """The time stamps of a checkpoint."""
    return tuple(StoredToken(a, bytes(t), instant_of(at)) for a, t, at in connection.rows(sql.TIMESTAMPS, size))


def definitions(connection: Connection) -> Iterator[tuple[str, bytes]]:
    """Every installed definition: the hash that names it, and its bytes."""
    for digest, body in connection.stream(sql.DEFINITION_BODIES):
        yield digest, _bytes(body) or b""


def was_signed(connection: Connection, *, whole: bool = False) -> bool:
    """Whether there ever was a key: a checkpoint, or a signed entry; ``whole``: any, not only at the logs' ends."""
    return connection.row(sql.SIGNED_EVER if whole else sql.SIGNED_LATELY) is not None


# Writing


def lock(connection: Connection, now: datetime) -> None:
    """Wait to be the only one who makes a checkpoint; nobody who writes entries waits for it."""
    heartbeat.beat(connection, CHECKPOINT, now)


def add(connection: Connection, new: Iterable[Span], grown: Iterable[tuple[int, int, bytes]]) -> None:
    """Write what the tree has grown by."""
    driver, raw = connection.driver, connection.raw
    rows = [(span.first_leaf, span.pilot_id, span.first_seq, span.entries) for span in new]
    if rows:
        driver.execute_many(raw, sql.ADD_SPAN, rows)
    driver.execute_many(raw, sql.SET_TILE, list(grown))


def add_checkpoint(connection: Connection, made: StoredCheckpoint) -> None:
    """Write a checkpoint. There is none of its size."""
    connection.execute(sql.ADD_CHECKPOINT, made.size, made.note, connection.driver.instant(made.made_at))


def add_cosignature(connection: Connection, size: int, witness: str, line: str, now: datetime) -> bool:
    """Write a witness's line under the checkpoint of that size. False when it signed that one before."""
    return connection.execute(sql.ADD_COSIGNATURE, size, witness, line, connection.driver.instant(now)) > 0


def add_timestamp(connection: Connection, size: int, token: StoredToken) -> bool:
    """Write a time stamp of the checkpoint of that size. False when the authority stamped it before."""
    at = connection.driver.instant(token.stamped_at)
    return connection.execute(sql.ADD_TIMESTAMP, size, token.authority, token.token, at) > 0
