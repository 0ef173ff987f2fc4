"""Fault at every point: whatever statement fails, and however, the record is that of before or that of after."""

from __future__ import annotations

import itertools
import sqlite3
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from mlw_workflow.domain.errors import StorageUnavailable
from mlw_workflow.storage import unit_of_work
from mlw_workflow.storage.database import Database
from mlw_workflow.storage.postgresql import PostgresDriver
from mlw_workflow.storage.sqlite import SqliteDriver

if TYPE_CHECKING:
    from collections.abc import Callable

HOWS = ("before", "after", "gone")
"""The statement is not run; it is run and its answer lost; the connection is gone from there on."""


class Fault:
    """Counts statements over all connections and fails the n-th (and, when the connection is gone, all that follow)."""

    def __init__(self, at: int, how: str, error: Callable[[], Exception]) -> None:
        self.at, self.how, self.error = at, how, error
        self.count = 0

    @property
    def struck(self) -> bool:
        return self.count >= self.at

    def run(self, raw: Any, statement: Callable[[], Any]) -> Any:
        self.count += 1
        if self.how == "gone" and self.struck:
            raw.close()
            raise self.error()
        if self.count == self.at and self.how == "before":
            raise self.error()
        result = statement()
        if self.count == self.at:
            raise self.error()
        return result


class Faulty:
    """A driver's connection (or cursor) whose statements pass through a fault."""

    def __init__(self, raw: Any, fault: Fault, connection: Any = None) -> None:
        self.raw, self.fault, self.connection = raw, fault, connection or raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)

    def execute(self, *args: Any, **options: Any) -> Any:
        return self.fault.run(self.connection, lambda: self.raw.execute(*args, **options))

    def executemany(self, *args: Any) -> Any:
        return self.fault.run(self.connection, lambda: self.raw.executemany(*args))

    @property
    def prepared(self) -> Any:
        return Faulty(self.raw.prepared, self.fault, self.raw)

    @property
    def simple(self) -> Any:
        return Faulty(self.raw.simple, self.fault, self.raw)

    def cursor(self, *args: Any, **options: Any) -> Any:
        self.fault.run(self.raw, lambda: None)
        return self.raw.cursor(*args, **options)


def sqlite_error() -> Exception:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    error.sqlite_errorname = "SQLITE_IOERR_WRITE"
    return error


def postgres_error() -> Exception:
    return psycopg.OperationalError("the connection is lost")


def faulty(url: str, at: int, how: str) -> tuple[Database, Fault]:
    """The database, with a fault to come."""
    sqlite = url.startswith("sqlite")
    fault = Fault(at, how, sqlite_error if sqlite else postgres_error)
    kind: type[Any] = SqliteDriver if sqlite else PostgresDriver

    class FaultyDriver(kind):  # type: ignore[misc]
        def connect(self) -> Any:
            return Faulty(super().connect(), fault)

    database = Database.open(url)
    given = database.driver.path if sqlite else url  # type: ignore[attr-defined]
    database.close()
    database.driver = FaultyDriver(given)
    return database, fault


def one_transition(database: Database, clerk: Any) -> None:
    with database.transition("id-tluszcz") as tx:
        clerk.advance(tx, "w01", note="x", number=5)
        tx.commit()


def one_refusal(database: Database, clerk: Any) -> None:
    with database.transition("id-tluszcz") as tx:
        clerk.refuse(tx)
        tx.commit()


def an_import(database: Database, clerk: Any) -> None:
    with database.work() as work:
        for code in ("a", "b"):
            tx = clerk.open(work, code)
            for number in range(12):
                clerk.advance(tx, f"w{number % 5 + 1:02}", note="x")
            clerk.correct(tx, "w02")
            clerk.give_role(tx, "p1", "koordynator")
        clerk.advance(work.pilot("id-tluszcz"), "w01")
        work.commit()


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("action", [one_transition, one_refusal, an_import])
def test_no_fault_leaves_half_an_entry(
    database_url: str, clerk: Any, action: Callable[..., None], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The n-th statement fails, n = 1, 2, 3, …: acknowledged is kept, refused is gone, and nothing is half."""
    monkeypatch.setattr(unit_of_work, "FLUSH_AFTER", 10)
    sound = Database.open(database_url)
    clerk.opened(sound)
    before = clerk.check(sound)
    for at in itertools.count(1):
        database, fault = faulty(database_url, at, how)
        acknowledged = False
        try:
            action(database, clerk)
            acknowledged = True
        except StorageUnavailable:
            pass
        database.close()
        after = clerk.check(sound)
        if after == before:
            assert not acknowledged
            continue
        # Written: with every statement run, or with the answer to COMMIT lost.
        assert acknowledged or how == "after"
        break
    assert at >= 3
    assert acknowledged is not fault.struck
    sound.close()
