"""PostgreSQL, for the country: many writers, each holding the head rows of its own pilots.

A transition is three round trips: ``BEGIN``, the lock and the positions go out together, then one prepared statement
writes everything, then ``COMMIT``. (psycopg's pipeline would make it two, but costs more than it saves.) The positions
are read by a statement of their own, *after* the lock: joined to the locking statement they would be those of before
the wait (READ COMMITTED re-reads only the row it waited for).
"""

from __future__ import annotations

import itertools
import select
from contextlib import closing
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import errors as pg

from mlw_workflow.domain.errors import StorageUnavailable, WorkflowError
from mlw_workflow.storage import statements as sql
from mlw_workflow.storage.driver import REVISION_PREFIX, refuse_other_revision, revision_number
from mlw_workflow.storage.mapping import steps_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from mlw_workflow.domain.pilot import Position
    from mlw_workflow.storage.batch import Batch
    from mlw_workflow.storage.driver import Bulk


LOCK_TIMEOUT = "10s"
CONNECT_TIMEOUT_S = 10
_GONE = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "30000"}
"""Within a minute a server that vanished without a word is given up; the system's own patience is two hours."""
_BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_SETTINGS = (
    "SELECT set_config('TimeZone', 'UTC', false), set_config('lock_timeout', %s, false),"
    " CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END"
)
_PREPARE = ";".join(
    f"PREPARE mlw_{name}(text) AS {statement.replace('?', '$1')}"
    for name, statement in (("lock", f"{sql.HEAD} FOR UPDATE"), ("head", sql.HEAD), ("positions", sql.POSITIONS))
)
_FETCH = 2_000
_COPY_FROM = 8
"""Fewer rows go as statements, more as one COPY."""
_EVIDENCE_MAX = 12
"""Values that go along in the statement of a single entry."""
_CODES = {
    "08": "storage_unreachable",  # connection failures
    "53": "storage_busy",  # insufficient resources, but see the next
    "53100": "storage_full",
    "55P03": "storage_busy",  # the lock was not to be had in time
    "40P01": "storage_busy",  # deadlock
    "40001": "storage_busy",
    "57014": "storage_busy",  # cancelled by a timeout
    "57P": "storage_unreachable",  # shutting down, starting up
    "25006": "storage_read_only",
    "42501": "storage_read_only",  # insufficient privilege
    "28": "storage_unreachable",
    "3D000": "storage_missing",
    "58030": "storage_unreachable",  # I/O error
    "42P01": "storage_corrupt",  # a table is gone
    "42703": "storage_corrupt",  # a column is gone
    "XX001": "storage_corrupt",
    "XX002": "storage_corrupt",
}


@lru_cache(maxsize=64)
def _single(positions: int, evidence: int) -> Any:
    """One statement for one entry and what goes with it. It writes nothing unless the head is where it was loaded."""
    head = (
        "WITH head AS (UPDATE pilot_head SET seq = ?, hash = ?, recorded_at = ?"
        " WHERE pilot_id = ? AND seq = ? AND hash = ? RETURNING pilot_id, seq)"
    )
    entry = (
        "entry AS (INSERT INTO ledger_entry (pilot_id, seq, hash, body, signature)"
        " SELECT pilot_id, seq, ?::bytea, ?::bytea, ?::bytea FROM head)"
    )
    parts = [head, entry]
    if positions:
        parts.append(
            "place AS (INSERT INTO position (pilot_id, machine, state, since, recorded_at, seq, steps)"
            " SELECT pilot_id, ?, ?, ?::date, ?::timestamptz, ?::int, ? FROM head"
            " ON CONFLICT (pilot_id, machine) DO UPDATE SET state = excluded.state, since = excluded.since,"
            " recorded_at = excluded.recorded_at, seq = excluded.seq, steps = excluded.steps)"
        )
    if evidence:
        rows = ", ".join(["(?::text, ?::bytea, ?::bytea)"] * evidence)
        parts.append(
            "evidence AS (INSERT INTO evidence (pilot_id, seq, field, salt, value)"  # noqa: S608
            f" SELECT pilot_id, seq, v.* FROM head, (VALUES {rows}) v)"
        )
    return _marked(f"{', '.join(parts)} SELECT count(*) FROM head")  # noqa: S608


@lru_cache(maxsize=256)
def _marked(statement: str) -> Any:
    spoken = statement.replace("ROW_ID AMONG ?", "ctid = ANY(?::tid[])").replace("ROW_ID", "ctid::text")
    return spoken.replace("AMONG ?", "= ANY(?)").replace("?", "%s")


class Raw(psycopg.Connection[tuple[Any, ...]]):
    """A connection with two cursors kept: making one costs as much as a small statement."""

    prepared: psycopg.Cursor[tuple[Any, ...]]
    """Prepares what it runs often; answers in binary."""
    simple: psycopg.ClientCursor[tuple[Any, ...]]
    """Runs several statements in one round trip."""
    ready: bool = False
    """Whether the statements of ``load`` are prepared; not before the tables are there."""


TRIGGERS = (
    "ledger_entry_append_only", "definition_no_update", "access_entry_append_only", "checkpoint_append_only",
)  # fmt: skip
"""The triggers of the migrations."""


class PostgresDriver:
    """One PostgreSQL database."""

    errors: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, url: str) -> None:
        """Only remembers the address; nothing is opened."""
        parts = urlsplit(url)
        self.conninfo = parts._replace(scheme="postgresql").geturl()
        named = parse_qs(parts.query)
        self._patience: dict[str, Any] = {name: value for name, value in _GONE.items() if name not in named}
        self.url = parts._replace(scheme="postgresql+psycopg").geturl()
        host = parts.netloc.rpartition("@")[2] or ",".join(parse_qs(parts.query).get("host", ["localhost"]))
        self.place = f"postgresql://{host}{parts.path}"
        self._names = itertools.count()

    # Opening

    def connect(self) -> Raw:
        """A new connection in autocommit mode. Raises StorageUnavailable."""
        try:
            connection = Raw.connect(
                self.conninfo,
                autocommit=True,
                **self._patience,
                connect_timeout=CONNECT_TIMEOUT_S,
                client_encoding="utf8",
                application_name="mlw-workflow",
            )
            connection.prepared = connection.cursor(binary=True)
            connection.simple = psycopg.ClientCursor(connection)
            connection.simple.execute(_SETTINGS, (LOCK_TIMEOUT,))
        except psycopg.Error as error:
            raise self._unavailable(error, "storage_unreachable") from error
        return connection

    def check(self, connection: Raw) -> None:
        """Ours, and of the program's revision."""
        try:
            connection.execute("BEGIN READ ONLY")
            tables = {row[0] for row in connection.execute(_TABLES)}
            versions: list[str] = []
            if "alembic_version" in tables:
                versions = [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")]
            connection.execute("COMMIT")
        except psycopg.Error as error:
            raise self._unavailable(error, "storage_unavailable") from error
        if not tables:
            raise StorageUnavailable("storage_missing", problem="the database is empty", place=self.place)
        number = revision_number(versions[0]) if len(versions) == 1 else None
        if number is None:
            problem = f"no {REVISION_PREFIX}… revision"
            raise StorageUnavailable("storage_not_ours", problem=problem, place=self.place)
        refuse_other_revision(number, self.place)

    def create(self) -> None:
        """Nothing: a database is made by its administrator; the tables are made by the migrations."""

    def fill(self) -> bool:
        """Never: the migrations know how to wait for each other."""
        return False

    # Transactions

    def alive(self, connection: Raw) -> bool:
        """Nothing is to be read from an idle connection, unless the server said good-bye or is gone."""
        if connection.closed:
            return False
        return not _readable(connection.fileno())

    def usable(self, connection: Raw) -> bool:
        """Whether the server answers on it and no transaction is left open.

        What a session begins with it keeps: one that may only read would still only read when others may write again.
        """
        info = connection.info
        if connection.closed or info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            return False
        return info.parameter_status("default_transaction_read_only") != "on"

    def read_only(self, connection: Raw) -> bool:
        """A replica, or a database that was set so."""
        row = connection.execute("SELECT current_setting('transaction_read_only')").fetchone()
        return row == ("on",)

    def version(self, connection: Raw) -> object:
        """What is visible now: which transactions have committed. It costs a round trip."""
        row = connection.execute("SELECT pg_current_snapshot()::text").fetchone()
        return None if row is None else row[0]

    def begin_write(self, connection: Raw) -> None:
        """Begin; what is read before the head is locked may change."""
        connection.execute("BEGIN")

    def begin_read(self, connection: Raw) -> None:
        """One state of the database throughout."""
        connection.execute(_BEGIN_READ)

    def load(self, connection: Raw, pilot_id: str, *, begun: bool, lock: bool) -> tuple[Any, list[Any]]:
        """Begin, lock and read, in one round trip."""
        begin = "" if begun else "BEGIN;" if lock else f"{_BEGIN_READ};"
        cursor = connection.simple
        if not connection.ready:
            command: Any = _PREPARE
            cursor.execute(command)
            connection.ready = True
        cursor.execute(_LOADS[begin, lock], (pilot_id, pilot_id))
        if begin:
            cursor.nextset()
        head = cursor.fetchone()
        cursor.nextset()
        return head, cursor.fetchall()

    def execute(self, connection: Raw, statement: str, values: tuple[Any, ...] = ()) -> psycopg.Cursor[Any]:
        """Run a statement."""
        return connection.execute(_marked(statement), values, binary=True)

    def execute_many(self, connection: Raw, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement for each row."""
        with connection.cursor() as cursor:
            cursor.executemany(_marked(statement), rows)

    def write_many(self, connection: Raw, statements: Bulk, rows: list[tuple[Any, ...]]) -> int:
        """All rows in one statement, as an array for each column."""
        columns = [list(column) for column in zip(*rows, strict=True)]
        return connection.execute(_marked(statements.arrays), columns).rowcount

    def read_many(self, connection: Raw, statements: Bulk, keys: list[tuple[Any, ...]]) -> list[Any]:
        """All keys in one query, as an array for each column."""
        columns = [list(column) for column in zip(*keys, strict=True)]
        return connection.execute(_marked(statements.arrays), columns, binary=True).fetchall()

    def listed(self, values: list[Any]) -> list[Any]:
        """An array."""
        return values

    def stream(self, connection: Raw, statement: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        """Rows fetched in portions by a cursor of the server's."""
        with closing(connection.cursor(name=f"mlw_{next(self._names)}", binary=True)) as cursor:
            cursor.itersize = _FETCH
            cursor.execute(_marked(statement), values)
            yield from cursor

    def stream_log(self, connection: Raw, statement: str, log: str, after: int) -> Iterator[Any]:
        """Rows in portions, each asked for behind the last of the one before: an ordinary log comes in one round trip,
        where a cursor of the server's takes three.
        """
        portion = f"{statement} LIMIT {_FETCH}"
        rows = self.execute(connection, portion, (log, after)).fetchall()
        yield from rows
        while len(rows) == _FETCH:
            rows = self.execute(connection, portion, (log, rows[-1][0])).fetchall()
            yield from rows

    def flush(self, connection: Raw, batch: Batch, *, commit: bool) -> None:
        """Write the batch: one entry by one statement, many by COPY."""
        if commit and _is_single(batch):
            self._flush_single(connection, batch)
        else:
            self._flush_many(connection, batch)
            if commit:
                connection.simple.execute("COMMIT")

    def _flush_single(self, connection: Raw, batch: Batch) -> None:
        ((pilot_id, seq, digest, body, signature),) = batch.entries
        ((before, head),) = batch.heads.values()
        values = [seq, digest, head.recorded_at, pilot_id, before.seq, before.hash, digest, body, signature]
        for (_, machine), position in batch.positions.items():
            values += self.position_row(pilot_id, machine, position)[1:]
        for row in batch.evidence:
            values += row[2:]
        statement = _single(len(batch.positions), len(batch.evidence))
        moved = connection.prepared.execute(statement, values).fetchone()
        assert moved == (1,), "the head moved under the writer's lock"
        connection.simple.execute("COMMIT")

    def _flush_many(self, connection: Raw, batch: Batch) -> None:
        self._insert(connection, sql.ADD_ENTRY, _COPY_ENTRIES, _ENTRY_TYPES, batch.entries)
        self._insert(connection, sql.ADD_EVIDENCE, _COPY_EVIDENCE, _EVIDENCE_TYPES, batch.evidence)
        memberships = [(p, m.person, m.role, m.since, m.until, seq) for p, m, seq in batch.memberships]
        if memberships:
            self.execute_many(connection, sql.SET_MEMBERSHIP, memberships)
        positions = [
            self.position_row(pilot, machine, at) for (pilot, machine), at in batch.positions.items() if at.steps
        ]
        dropped = [key for key, at in batch.positions.items() if not at.steps]
        if dropped:
            self.execute_many(connection, sql.DROP_POSITION, dropped)
        if positions:
            self.execute_many(connection, sql.SET_POSITION, positions)
        for pilot_id, (before, head) in batch.heads.items():
            values = (head.seq, head.hash, head.recorded_at, pilot_id, before.seq, before.hash)
            moved = self.execute(connection, sql.MOVE_HEAD, values).rowcount
            assert moved == 1, "the head moved under the writer's lock"

    def _insert(
        self, connection: Raw, statement: str, copy: str, types: tuple[str, ...], rows: list[tuple[Any, ...]]
    ) -> None:
        if len(rows) < _COPY_FROM:
            if rows:
                self.execute_many(connection, statement, rows)
            return
        command: Any = copy
        with connection.cursor() as cursor, cursor.copy(command) as target:
            target.set_types(types)
            for row in rows:
                target.write_row(row)

    def position_row(self, pilot_id: str, machine: str, position: Position) -> tuple[Any, ...]:
        """A position as ``SET_POSITION`` takes it."""
        last, entered = position.last, position.entered
        assert last is not None
        assert entered is not None
        since, recorded_at = entered.occurred_on, last.recorded_at
        return (pilot_id, machine, position.state, since, recorded_at, last.seq, steps_text(position))

    def rollback(self, connection: Raw) -> None:
        """Undo what is not committed."""
        if connection.closed:
            return
        if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            # Past psycopg: at the sight of a ROLLBACK it deallocates whatever is prepared, also by `load`.
            connection.pgconn.exec_(b"ROLLBACK")

    def commit(self, connection: Raw) -> None:
        """Keep."""
        connection.execute("COMMIT")

    # Values and errors

    def instant(self, moment: datetime) -> datetime:
        """Aware, as ``timestamptz`` takes it."""
        assert moment.tzinfo is not None, "an instant without a time zone"
        return moment

    def day(self, day: date | None) -> date | None:
        """As it is."""
        return day

    def triggers_missing(self, connection: Raw) -> tuple[str, ...]:
        """By the names in the catalogue; one that is switched off guards nothing."""
        rows = connection.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        found = {row[0] for row in rows}
        return tuple(name for name in TRIGGERS if name not in found)

    def is_duplicate(self, error: Exception) -> bool:
        """A primary key or a unique constraint was hit."""
        return isinstance(error, pg.UniqueViolation)

    def translated(self, error: Exception) -> WorkflowError | None:
        """By SQLSTATE; an error without one is a connection that broke."""
        if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
            return self._unavailable(error, "storage_unreachable")
        return self._unavailable(error, "") if isinstance(error, psycopg.Error) and _code(error) else None

    def _unavailable(self, error: psycopg.Error, otherwise: str) -> StorageUnavailable:
        problem = (error.diag.message_primary or str(error)).strip().splitlines()
        code = _code(error) or otherwise
        if not error.sqlstate and "does not exist" in str(error) and "database" in str(error):
            code = "storage_missing"  # while connecting there is only the server's sentence
        return StorageUnavailable(code, problem=problem[0] if problem else type(error).__name__, place=self.place)


def _readable(number: int) -> bool:
    """Whether a socket has something to read; ``select`` alone would know no more than the first 1,024 of a process."""
    if not hasattr(select, "poll"):
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))


def _is_single(batch: Batch) -> bool:
    """Whether one statement takes it all."""
    return (
        len(batch.entries) == len(batch.heads) == 1
        and len(batch.positions) <= 1
        and len(batch.evidence) <= _EVIDENCE_MAX
        and not batch.memberships
        and all(position.steps for position in batch.positions.values())
    )


def _code(error: psycopg.Error) -> str:
    state = error.sqlstate or ""
    return _CODES.get(state) or _CODES.get(state[:3]) or _CODES.get(state[:2]) or ""


_LOADS: dict[tuple[str, bool], Any] = {
    (begin, lock): f"{begin}EXECUTE mlw_{'lock' if lock else 'head'}(%s);EXECUTE mlw_positions(%s)"
    for begin in ("", "BEGIN;", f"{_BEGIN_READ};")
    for lock in (False, True)
}
_TABLES = (
    "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'v', 'p') AND pg_table_is_visible(oid)"
    " AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
)
_COPY_ENTRIES = "COPY ledger_entry (pilot_id, seq, hash, body, signature) FROM STDIN (FORMAT BINARY)"
_ENTRY_TYPES = ("text", "int4", "bytea", "bytea", "bytea")
_COPY_EVIDENCE = "COPY evidence (pilot_id, seq, field, salt, value) FROM STDIN (FORMAT BINARY)"
_EVIDENCE_TYPES = ("text", "int4", "text", "bytea", "bytea")
