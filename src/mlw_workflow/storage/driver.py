"""What the unit of work and the queries ask of a database; ``sqlite`` and ``postgresql`` each answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from mlw_workflow.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from mlw_workflow.domain.errors import WorkflowError
    from mlw_workflow.storage.batch import Batch

REVISION = "mlw0005"
"""The newest migration. The program opens a database of this revision and of no other (a test keeps it equal)."""
REVISION_PREFIX = "mlw"
CLAIM = " FOR UPDATE SKIP LOCKED"
"""At the end of a statement that takes rows which no other worker is to take meanwhile."""


class Bulk(NamedTuple):
    """One statement for many rows: with ``?`` for a value, and with ``?`` for an array of each column's values."""

    each: str
    arrays: str


def revision_number(revision: str) -> int | None:
    """The number of one of our revisions; None for anybody else's."""
    number = revision.removeprefix(REVISION_PREFIX)
    return int(number) if revision.startswith(REVISION_PREFIX) and number.isdecimal() else None


def refuse_other_revision(version: int, place: str) -> None:
    """Raise StorageUnavailable unless the database is of the program's revision."""
    expected = revision_number(REVISION)
    assert expected is not None
    if version < expected:
        raise StorageUnavailable("storage_outdated", problem=f"{version} < {expected}", place=place)
    if version > expected:
        raise StorageUnavailable("storage_newer", problem=f"{version} > {expected}", place=place)


class Driver(Protocol):
    """One kind of database at one place. Connections are the driver's own objects."""

    place: str
    """The database as people may see it: no password."""
    url: str
    """The same for SQLAlchemy."""
    errors: tuple[type[Exception], ...]
    """What the driver raises when a statement fails."""

    def connect(self) -> Any:
        """A new connection in autocommit mode. Raises StorageUnavailable."""
        ...

    def check(self, connection: Any) -> None:
        """Raise StorageUnavailable unless this is our database at the program's revision."""
        ...

    def create(self) -> None:
        """Make room for a new database where there is none, and refuse what is not ours."""
        ...

    def fill(self) -> bool:
        """Make all tables at once in a database that has none; False: here that is for the migrations to do."""
        ...

    def alive(self, connection: Any) -> bool:
        """Whether a connection that lay idle still reaches the database, as far as can be told without asking it."""
        ...

    def usable(self, connection: Any) -> bool:
        """Whether the connection may serve another unit of work."""
        ...

    def read_only(self, connection: Any) -> bool:
        """Whether nothing can be written now, as far as can be told without trying."""
        ...

    def version(self, connection: Any) -> object:
        """What is another once anybody has committed anything by another connection, and equal while nobody has."""
        ...

    def begin_write(self, connection: Any) -> None:
        """Begin a transaction that will write (on SQLite: as the only writer)."""
        ...

    def begin_read(self, connection: Any) -> None:
        """Begin a transaction that sees one state of the database throughout."""
        ...

    def load(self, connection: Any, pilot_id: str, *, begun: bool, lock: bool) -> tuple[Any, list[Any]]:
        """Lock the pilot's head; its row (None: no such pilot) and the rows of its positions, read after the lock.

        Begins the transaction unless it has ``begun``; without ``lock`` as one that reads.
        """
        ...

    def execute(self, connection: Any, statement: str, values: tuple[Any, ...] = ()) -> Any:
        """Run one of ``statements``; the driver's cursor."""
        ...

    def execute_many(self, connection: Any, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run one of ``statements`` for each row."""
        ...

    def stream(self, connection: Any, statement: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        """The rows of a large answer, without holding them all."""
        ...

    def stream_log(self, connection: Any, statement: str, log: str, after: int) -> Iterator[Any]:
        """A log's rows behind an entry, without holding them all: the statement asks for them by log and number, in
        their order, and each row begins with its number.
        """
        ...

    def flush(self, connection: Any, batch: Batch, *, commit: bool) -> None:
        """Write the batch; with ``commit`` also end the transaction."""
        ...

    def rollback(self, connection: Any) -> None:
        """End the transaction, if there is one, and undo it."""
        ...

    def commit(self, connection: Any) -> None:
        """End the transaction and keep it."""
        ...

    def write_many(self, connection: Any, statements: Bulk, rows: list[tuple[Any, ...]]) -> int:
        """Run a statement for many rows at once; how many it touched."""
        ...

    def read_many(self, connection: Any, statements: Bulk, keys: list[tuple[Any, ...]]) -> list[Any]:
        """Run a query for many keys at once; all rows, those of one key in the query's order."""
        ...

    def listed(self, values: list[Any]) -> Any:
        """Texts (or row ids) as ``AMONG ?`` takes them."""
        ...

    def instant(self, moment: datetime) -> Any:
        """An instant as this database takes it."""
        ...

    def day(self, day: date | None) -> Any:
        """A day as this database takes it."""
        ...

    def translated(self, error: Exception) -> WorkflowError | None:
        """What the error means to a person; None for our own mistakes (a broken constraint, wrong SQL)."""
        ...

    def is_duplicate(self, error: Exception) -> bool:
        """Whether a row of that key was there already."""
        ...

    def triggers_missing(self, connection: Any) -> tuple[str, ...]:
        """Which of the triggers that guard the ledger and the definitions are gone or switched off."""
        ...
