"""Opening the database, keeping its connections, and lending them out for reading and writing."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from mlw_workflow.domain.errors import StorageUnavailable
from mlw_workflow.storage import repositories
from mlw_workflow.storage.connection import Connection
from mlw_workflow.storage.unit_of_work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.storage.driver import Driver
    from mlw_workflow.storage.unit_of_work import Committed, Locked, PilotWork, Sign

_KEEP = 8
"""Idle connections kept for the next unit of work."""


class Database:
    """One database of ours, open. Safe to share between threads; each unit of work has a connection of its own."""

    def __init__(self, driver: Driver) -> None:
        """Use ``Database.open``."""
        self.driver = driver
        self.sign: Sign | None = None
        """What signs the entries that are appended: from leaf hash and instant to a signature, or to None."""
        self.committed: Committed | None = None
        """What is told where logs end, after each commit."""
        self.locked: Locked | None = None
        """What looks at each pilot that is locked in order to be written to, and raises where it must not be."""
        self._idle: list[Any] = []
        self._guard = threading.Lock()
        self._watch = threading.Lock()
        self._watching: Any = None
        self._watched = 0
        """How many connections have watched the database so far; each counts its commits from another beginning."""

    @classmethod
    def open(cls, url: str, *, create: bool = False) -> Database:
        """Open the database at ``sqlite:///path`` or ``postgresql://…``, after making sure that it is ours.

        With ``create`` one that is missing (or empty) is made, whole or not at all. Raises StorageUnavailable.
        """
        database = cls(driver_for(url))
        try:
            database._keep(database._opened())
        except StorageUnavailable as problem:
            if not create or problem.code != "storage_missing":
                raise
            database.driver.create()
            if not database.driver.fill():
                database._migrate()
            database._keep(database._opened())
        return database

    @classmethod
    def upgrade(cls, url: str) -> None:
        """Bring an outdated database to the program's revision, whole or not at all; a current one is left alone."""
        database = cls(driver_for(url))
        try:
            database._keep(database._opened())
        except StorageUnavailable as problem:
            if problem.code != "storage_outdated":
                raise
            database._migrate()
        finally:
            database.close()

    def watched(self, locked: Locked) -> Database:
        """The same database with the same connections, where ``locked`` looks at each pilot before it is written to."""
        other = copy(self)
        other.locked = locked
        return other

    @property
    def place(self) -> str:
        """Where the database is, for people."""
        return self.driver.place

    def close(self) -> None:
        """Close the idle connections. The database may be used again afterwards."""
        with self._guard:
            idle, self._idle = self._idle, []
        with self._watch:
            if self._watching is not None:
                idle.append(self._watching)
                self._watching = None
        for connection in idle:
            with suppress(*self.driver.errors):
                connection.close()

    def check(self) -> None:
        """Raise StorageUnavailable unless the database is there, ours, of the program's revision and writable, now."""
        connection = self._take()
        try:
            self.driver.check(connection)
            if self.driver.read_only(connection):
                raise StorageUnavailable("storage_read_only", problem="read only", place=self.place)
        except self.driver.errors as error:
            raise self._told(error) from error
        finally:
            self._give(connection)

    def version(self) -> object:
        """What is another after each commit by anybody, and equal while there is none.

        It costs next to nothing on SQLite, and a round trip on PostgreSQL. Raises StorageUnavailable.
        """
        with self._watch:
            watching = self._watching
            if watching is None or not self.driver.alive(watching):
                if watching is not None:
                    watching.close()
                self._watching = None
                self._watching = watching = self.driver.connect()
                self._watched += 1
            try:
                return self._watched, self.driver.version(watching)
            except self.driver.errors as error:
                raise self._told(error) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """For the queries of ``repositories``: a connection that sees one state of the database throughout."""
        connection = self._take()
        try:
            self.driver.begin_read(connection)
            yield Connection(self.driver, connection)
        except self.driver.errors as error:
            raise self._told(error) from error
        finally:
            self._give(connection)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One transaction, also over several pilots: ``commit()`` keeps all of it, leaving without it nothing."""
        connection = self._take()
        try:
            yield Work(self.driver, connection, sign=self.sign, committed=self.committed, locked=self.locked)
        except self.driver.errors as error:
            raise self._told(error) from error
        finally:
            self._give(connection)

    @contextmanager
    def transition(self, pilot_id: str, *, readonly: bool = False) -> Iterator[PilotWork]:
        """One transaction on one pilot, which nobody else writes to meanwhile; ``readonly`` locks nothing."""
        connection = self._take()
        try:
            work = Work(
                self.driver, connection, readonly=readonly, sign=self.sign, committed=self.committed, locked=self.locked
            )
            yield work.pilot(pilot_id)
        except self.driver.errors as error:
            raise self._told(error) from error
        finally:
            self._give(connection)

    def definition(self, digest: str) -> bytes | None:
        """The normal form of the definition with that content hash."""
        with self.read() as connection:
            return repositories.definition(connection, digest)

    def _opened(self) -> Any:
        connection = self.driver.connect()
        try:
            self.driver.check(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self) -> None:
        from mlw_workflow.storage import migrate

        migrate.upgrade(self.driver)

    def _take(self) -> Any:
        while True:
            with self._guard:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self.driver.connect()
            if self.driver.alive(connection):
                return connection
            connection.close()

    def _keep(self, connection: Any) -> None:
        with self._guard:
            if len(self._idle) < _KEEP:
                self._idle.append(connection)
                return
        connection.close()

    def _give(self, connection: Any) -> None:
        """Back to the idle ones, after undoing what was not committed; a broken connection is thrown away."""
        try:
            self.driver.rollback(connection)
            usable = self.driver.usable(connection)
        except self.driver.errors:
            usable = False
        if usable:
            self._keep(connection)
        else:
            with suppress(*self.driver.errors):
                connection.close()

    def _told(self, error: Exception) -> Exception:
        return self.driver.translated(error) or error


def driver_for(url: str) -> Driver:
    """The driver of that address. Raises StorageUnavailable for an address of another kind."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        from mlw_workflow.storage.sqlite import SqliteDriver

        return SqliteDriver(Path(unquote(parts.path[1:])))
    if parts.scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        from mlw_workflow.storage.postgresql import PostgresDriver

        return PostgresDriver(url)
    raise StorageUnavailable("storage_address", problem="sqlite:///… / postgresql://…/…", place=parts.scheme)
