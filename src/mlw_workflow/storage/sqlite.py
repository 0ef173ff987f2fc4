"""SQLite, for one office: one file in WAL mode, ``synchronous=FULL``, and one writer at a time.

Python's own transaction handling begins at the first write and so loses updates silently; here every transaction is
begun by an explicit statement.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import sqlite3
import stat
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.seal import instant
from mlw_workflow.domain.errors import StorageUnavailable, WorkflowError
from mlw_workflow.storage import statements as sql
from mlw_workflow.storage.driver import CLAIM, REVISION, refuse_other_revision, revision_number
from mlw_workflow.storage.form import StoredForm
from mlw_workflow.storage.mapping import steps_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from mlw_workflow.storage.batch import Batch
    from mlw_workflow.storage.driver import Bulk

APPLICATION_ID = 0x4D4C5731
"""``MLW1`` in the header of the file: this one is ours."""
NEW = Path(__file__).parent / "migrations" / "new_sqlite.sql"
"""What all migrations come to in a new database; a test keeps it equal to them."""
BUSY_TIMEOUT_MS = 10_000
_WHOSE = (
    "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),"
    " (SELECT count(*) FROM sqlite_master)"
)
"""One statement, so that a database that somebody is just making is seen before or after, and not in the middle."""
_MAGIC = b"SQLite format 3\x00"
_FETCH = 500
_ROOM = 1 << 20
_DAMAGE = re.compile(r"no such (table|column)|table \S+ has no column")
_NO_TEXT = re.compile(r"Could not decode to UTF-8 column '(\w+)'")
"""What SQLite says where our own statements find a table or a column gone."""
_CODES = {
    sqlite3.SQLITE_BUSY: "storage_busy",
    sqlite3.SQLITE_LOCKED: "storage_busy",
    sqlite3.SQLITE_FULL: "storage_full",
    sqlite3.SQLITE_READONLY: "storage_read_only",
    sqlite3.SQLITE_PERM: "storage_read_only",
    sqlite3.SQLITE_AUTH: "storage_read_only",
    sqlite3.SQLITE_CANTOPEN: "storage_unreachable",
    sqlite3.SQLITE_CORRUPT: "storage_corrupt",
    sqlite3.SQLITE_NOTADB: "storage_corrupt",
    sqlite3.SQLITE_IOERR: "storage_unreachable",
}


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, in order."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@lru_cache(maxsize=256)
def _spoken(statement: str) -> str:
    """The statement as SQLite has it: the only writer need not claim rows."""
    spoken = statement.replace("ROW_ID", "rowid").replace(CLAIM, "")
    return spoken.replace("AMONG ?", "IN (SELECT value FROM json_each(?))")


TRIGGERS = (
    "ledger_entry_no_update", "ledger_entry_no_delete", "ledger_entry_no_replace", "definition_no_update",
    "access_entry_no_update", "access_entry_no_delete", "access_entry_no_replace",
    "checkpoint_no_update", "checkpoint_no_delete", "checkpoint_no_replace",
)  # fmt: skip
"""The triggers of the migrations."""


class Raw(sqlite3.Connection):
    """A connection that knows which file it was opened on."""

    file: tuple[int, int] = (0, 0)


class SqliteDriver:
    """One SQLite file."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: Path) -> None:
        """Only remembers the path; nothing is opened."""
        self.path = path
        self.place = str(path)
        self.url = f"sqlite:///{path}"

    # Opening

    def connect(self) -> Raw:
        """A new connection to the file, which must exist. Raises StorageUnavailable."""
        file = self._look()
        try:
            connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?{self._mode()}",
                uri=True,
                isolation_level=None,
                timeout=BUSY_TIMEOUT_MS / 1000,
                check_same_thread=False,
                factory=Raw,
            )
            connection.file = file
            try:
                self._configure(connection)
            except sqlite3.Error:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise self._unavailable(error) from error
        return connection

    def _mode(self) -> str:
        """Where nothing can be written (a read-only disk, a colleague's folder) the file can still be read.

        SQLite would make its two files beside it; it need not where nobody is writing, so that they are absent.
        """
        if os.access(self.path.parent, os.W_OK):
            return "mode=rw"
        beside = any(Path(f"{self.path}{end}").exists() for end in ("-wal", "-shm"))
        return "mode=ro" if beside else "mode=ro&immutable=1"

    def _look(self) -> tuple[int, int]:
        """Which file it is. Tells what SQLite would only call "unable to open database file"."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            raise StorageUnavailable("storage_missing", problem="no such file", place=self.place) from None
        except OSError as error:
            code = "storage_folder_impossible" if isinstance(error, NotADirectoryError) else "storage_read_only"
            raise self._refused(error, code) from error
        if not stat.S_ISREG(status.st_mode):
            raise StorageUnavailable("storage_not_ours", problem="not a file", place=self.place)
        if not os.access(self.path, os.R_OK):
            raise StorageUnavailable("storage_read_only", problem="no permission to read", place=self.place)
        return status.st_dev, status.st_ino

    @staticmethod
    def _configure(connection: sqlite3.Connection) -> None:
        for pragma in ("foreign_keys = ON", "synchronous = FULL", "trusted_schema = OFF", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    def check(self, connection: sqlite3.Connection) -> None:
        """Ours, and of the program's revision."""
        try:
            application, version, objects = connection.execute(_WHOSE).fetchone()
            empty = not application and not objects
            if application == APPLICATION_ID and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                with suppress(sqlite3.Error):  # a read-only file stays as it is
                    connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise self._unavailable(error) from error
        if empty:
            raise StorageUnavailable("storage_missing", problem="the file is empty", place=self.place)
        if application != APPLICATION_ID:
            raise StorageUnavailable("storage_not_ours", problem="another program's SQLite file", place=self.place)
        refuse_other_revision(version, self.place)

    def create(self) -> None:
        """An empty file where there is none, with its folder."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._refused(error, "storage_folder_impossible") from error
        try:
            self.path.touch(mode=0o600, exist_ok=True)  # the files beside it get the same mode
        except OSError as error:
            raise self._refused(error, "storage_read_only") from error

    def fill(self) -> bool:
        """Make the tables in an empty file, whole or not at all; False where somebody else has made some meanwhile."""
        connection = self.connect()
        try:
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return False
            for statement in _statements(NEW.read_text("utf-8")):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {revision_number(REVISION)}")
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._unavailable(error) from error
        finally:
            connection.close()  # what was not committed is undone
        return True

    # Transactions

    def alive(self, connection: Raw) -> bool:
        """A file does not hang up; but one that was moved away or deleted would still be written to, unseen."""
        try:
            status = os.stat(self.place)  # noqa: PTH116 (asked before each unit of work)
        except OSError:
            return False
        return connection.file == (status.st_dev, status.st_ino)

    def usable(self, connection: sqlite3.Connection) -> bool:
        """Whether no transaction is left open."""
        return not connection.in_transaction

    def read_only(self, connection: sqlite3.Connection) -> bool:  # noqa: ARG002
        """By the permissions of the file and its folder."""
        return not (os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK))

    def version(self, connection: sqlite3.Connection) -> int:
        """Of the whole file, from the memory that its connections share; a connection's own commits do not count."""
        return int(connection.execute("PRAGMA data_version").fetchone()[0])

    def begin_write(self, connection: sqlite3.Connection) -> None:
        """Wait to be the only writer; from here on no other writer changes anything."""
        connection.execute("BEGIN IMMEDIATE")

    def begin_read(self, connection: sqlite3.Connection) -> None:
        """One state of the database, whatever a writer does meanwhile."""
        connection.execute("BEGIN")

    def load(self, connection: sqlite3.Connection, pilot_id: str, *, begun: bool, lock: bool) -> tuple[Any, list[Any]]:
        """The head and the positions; ``BEGIN IMMEDIATE`` holds the lock of all pilots."""
        if not begun:
            connection.execute("BEGIN IMMEDIATE" if lock else "BEGIN")
        table = "pilot_head"
        try:
            head = connection.execute(sql.HEAD, (pilot_id,)).fetchone()
            table = "position"
            return head, connection.execute(sql.POSITIONS, (pilot_id,)).fetchall()
        except sqlite3.OperationalError as error:
            undecodable = _NO_TEXT.match(str(error))
            if undecodable is None:
                raise
            raise StoredForm(table=table, column=undecodable[1], row=pilot_id) from error

    def execute(self, connection: sqlite3.Connection, statement: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        """Run a statement."""
        return connection.execute(_spoken(statement), values)

    def execute_many(self, connection: sqlite3.Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement for each row."""
        connection.executemany(statement, rows)

    def write_many(self, connection: sqlite3.Connection, statements: Bulk, rows: list[tuple[Any, ...]]) -> int:
        """Row by row, which costs nothing here."""
        return connection.executemany(statements.each, rows).rowcount

    def read_many(self, connection: sqlite3.Connection, statements: Bulk, keys: list[tuple[Any, ...]]) -> list[Any]:
        """Key by key, which costs nothing here."""
        return [row for key in keys for row in connection.execute(statements.each, key)]

    def listed(self, values: list[Any]) -> str:
        """A list in JSON."""
        return json.dumps(values)

    def stream(self, connection: sqlite3.Connection, statement: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        """Rows as SQLite finds them."""
        return connection.execute(_spoken(statement), values)

    def stream_log(self, connection: sqlite3.Connection, statement: str, log: str, after: int) -> Iterator[Any]:
        """Rows as SQLite finds them."""
        return connection.execute(_spoken(statement), (log, after))

    def flush(self, connection: sqlite3.Connection, batch: Batch, *, commit: bool) -> None:
        """Write the batch."""
        execute = connection.execute
        if len(batch.entries) == 1:
            execute(sql.ADD_ENTRY, batch.entries[0])
        else:
            connection.executemany(sql.ADD_ENTRY, batch.entries)
        if batch.evidence:
            connection.executemany(sql.ADD_EVIDENCE, batch.evidence)
        for pilot_id, m, seq in batch.memberships:
            execute(sql.SET_MEMBERSHIP, (pilot_id, m.person, m.role, self.day(m.since), self.day(m.until), seq))
        for (pilot_id, machine), position in batch.positions.items():
            if position.steps:
                execute(sql.SET_POSITION, self.position_row(pilot_id, machine, position))
            else:
                execute(sql.DROP_POSITION, (pilot_id, machine))
        for pilot_id, (before, head) in batch.heads.items():
            assert head.recorded_at is not None
            values = (head.seq, head.hash, instant(head.recorded_at), pilot_id, before.seq, before.hash)
            moved = execute(sql.MOVE_HEAD, values).rowcount
            assert moved == 1, "the head moved under the writer's lock"
        if commit:
            execute("COMMIT")

    def position_row(self, pilot_id: str, machine: str, position: Any) -> tuple[Any, ...]:
        """A position as ``SET_POSITION`` takes it."""
        last, entered = position.last, position.entered
        assert last is not None
        assert entered is not None
        since, recorded_at = entered.occurred_on.isoformat(), instant(last.recorded_at)
        return (pilot_id, machine, position.state, since, recorded_at, last.seq, steps_text(position))

    def rollback(self, connection: sqlite3.Connection) -> None:
        """Undo, unless SQLite did already (it does on a full disk)."""
        if connection.in_transaction:
            connection.execute("ROLLBACK")

    def commit(self, connection: sqlite3.Connection) -> None:
        """Keep."""
        connection.execute("COMMIT")

    # Values and errors

    def instant(self, moment: datetime) -> str:
        """The sealed form; it sorts as time does."""
        return instant(moment)

    def day(self, day: date | None) -> str | None:
        """ISO."""
        return None if day is None else day.isoformat()

    def triggers_missing(self, connection: sqlite3.Connection) -> tuple[str, ...]:
        """By the names in the schema."""
        found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        return tuple(name for name in TRIGGERS if name not in found)

    def is_duplicate(self, error: Exception) -> bool:
        """A primary key or a unique constraint was hit."""
        code = getattr(error, "sqlite_errorcode", 0)
        return code in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)

    def translated(self, error: Exception) -> WorkflowError | None:
        """By SQLite's own code."""
        code = getattr(error, "sqlite_errorcode", None)
        undecodable = _NO_TEXT.match(str(error)) if isinstance(error, sqlite3.OperationalError) else None
        if undecodable is not None:  # text was put where bytes belong, or bytes into a text
            return StoredForm(table="", column=undecodable[1])
        if isinstance(error, sqlite3.OperationalError) and _DAMAGE.match(str(error)):
            return StorageUnavailable("storage_corrupt", problem=str(error), place=self.place)
        if not isinstance(error, sqlite3.Error) or code is None or code & 0xFF not in _CODES:
            return None
        return self._unavailable(error)

    def _unavailable(self, error: sqlite3.Error) -> StorageUnavailable:
        primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        code = _CODES.get(primary, "storage_unavailable")
        if primary == sqlite3.SQLITE_NOTADB and not self._begins_like_sqlite():
            code = "storage_not_ours"
        elif primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
            code = self._by_surroundings(code)
        return StorageUnavailable(code, problem=str(error), place=self.place)

    def _begins_like_sqlite(self) -> bool:
        with suppress(OSError), self.path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
        return False

    def _by_surroundings(self, code: str) -> str:
        """SQLite says "I/O error" or "cannot open" where a full disk or a read-only folder keeps it from its log."""
        with suppress(OSError):
            if shutil.disk_usage(self.path.parent).free < _ROOM:
                return "storage_full"
        if not os.access(self.path.parent, os.W_OK) or not os.access(self.path, os.W_OK):
            return "storage_read_only"
        return code

    def _refused(self, error: OSError, otherwise: str) -> StorageUnavailable:
        code = "storage_full" if error.errno == errno.ENOSPC else otherwise
        return StorageUnavailable(code, problem=error.strerror or str(error), place=self.place)
