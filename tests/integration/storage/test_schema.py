"""Tables, migrations, statements and triggers say the same, on both databases."""

# ruff: noqa: PT012, SIM117 - a unit of work is entered inside the block that expects the error

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, create_engine, inspect
from sqlalchemy.exc import StatementError
from sqlmodel import Session

from mlw_workflow.storage import (
    access_statements,
    account_statements,
    api_statements,
    entry_index,
    migrate,
    sqlite,
    statements,
    transfer_statements,
    tree_statements,
)
from mlw_workflow.storage.database import Database, driver_for
from mlw_workflow.storage.driver import CLAIM, REVISION, revision_number
from mlw_workflow.storage.sqlite import SqliteDriver
from mlw_workflow.storage.tables import metadata
from mlw_workflow.storage.tables.columns import UtcInstant
from mlw_workflow.storage.tables.ledger import DefinitionRow
from mlw_workflow.storage.tables.people import PersonRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

LEDGER = ("UPDATE ledger_entry SET body = hash", "DELETE FROM ledger_entry")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An SQLAlchemy engine on the migrated database."""
    made = migrate.engine_for(driver_for(database_url))
    yield made
    made.dispose()


def test_migrations_equal_tables(engine: Engine) -> None:
    """What the migrations made is what the tables declare."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_check_constraints_equal_tables(engine: Engine) -> None:
    """The same for check constraints, which Alembic does not compare."""
    found = inspect(engine)
    for table in metadata.sorted_tables:
        declared = {c.name for c in table.constraints if isinstance(c, CheckConstraint)}
        assert {c["name"] for c in found.get_check_constraints(table.name)} == declared


def test_the_program_knows_the_newest_migration() -> None:
    """The constant that opening compares with is the last revision; revisions are numbered in order."""
    scripts = ScriptDirectory.from_config(migrate.config())
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert revisions[0] == REVISION
    assert [revision_number(revision) for revision in revisions] == list(range(len(revisions), 0, -1))


def test_a_new_sqlite_database_is_what_the_migrations_make(tmp_path: Path) -> None:
    """Table by table, trigger by trigger; so its script has to be written anew after a change to a migration."""
    made, migrated = (SqliteDriver(tmp_path / name) for name in ("made.sqlite3", "migrated.sqlite3"))
    Database.open(made.url, create=True).close()
    migrated.create()
    migrate.upgrade(migrated)

    def everything(driver: SqliteDriver) -> list[Any]:
        connection = driver.connect()
        objects = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
        rows = [(name, connection.execute(f"SELECT * FROM {name}").fetchall()) for kind, name, *_ in objects
                if kind == "table"]  # fmt: skip
        numbers = [connection.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")]
        connection.close()
        return [*objects, *rows, *numbers]

    assert everything(made) == everything(migrated)


def test_a_database_that_another_program_is_just_making_is_not_made_twice(tmp_path: Path) -> None:
    """Whoever comes second finds it made."""
    driver = SqliteDriver(tmp_path / "x.sqlite3")
    driver.create()
    assert driver.fill()
    assert not driver.fill()


def test_every_statement_can_be_prepared(database: Database) -> None:
    """Each statement of the running program fits the schema."""
    sqlite = database.driver.url.startswith("sqlite")
    assert len(statements.PREPARED) > 25
    with database.work() as work:
        every = (statements, access_statements, account_statements, api_statements, entry_index, transfer_statements,
                 tree_statements)  # fmt: skip
        for name, text in [pair for module in every for pair in module.PREPARED.items()]:
            if sqlite:
                work.raw.execute(f"EXPLAIN {text.replace(CLAIM, '')}", (None,) * text.count("?"))
            else:
                numbered = "".join(part if not at else f"${at}{part}" for at, part in enumerate(text.split("?")))
                work.connection.execute(f"PREPARE {name.lower()} AS {numbered}")


@pytest.mark.postgres
def test_instants_are_timestamptz_and_days_are_dates(postgres_url: str) -> None:
    """In the DDL of PostgreSQL, for every column that holds a time."""
    with psycopg.connect(postgres_url) as connection:
        found = connection.execute(
            "SELECT table_name || '.' || column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' AND (data_type LIKE 'time%' OR data_type = 'date')"
        ).fetchall()
    types = dict(found)
    declared = {
        f"{table.name}.{column.name}": "timestamp with time zone" if isinstance(column.type, UtcInstant) else "date"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, UtcInstant) or column.type.python_type is date
    }
    assert types == declared
    assert types["pilot_head.recorded_at"] == "timestamp with time zone"


@pytest.mark.parametrize("statement", LEDGER)
def test_the_ledger_refuses_change(database: Database, clerk: Any, statement: str) -> None:
    """UPDATE and DELETE are refused by the database itself, in words that name the ledger."""
    clerk.opened(database)
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError), match="ledger is append-only"):
        with database.work() as work:
            work.connection.execute(statement)
    clerk.check(database)


def test_sqlite_ledger_refuses_replacement(sqlite_url: str, clerk: Any) -> None:
    """``INSERT OR REPLACE`` would delete without asking the delete trigger."""
    database = Database.open(sqlite_url)
    clerk.opened(database)
    for statement in (
        "INSERT OR REPLACE INTO ledger_entry SELECT pilot_id, seq, hash, X'00', NULL FROM ledger_entry",
        "UPDATE OR REPLACE ledger_entry SET seq = 1",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="ledger is append-only"), database.work() as work:
            work.connection.execute(statement)
    clerk.check(database)
    database.close()


@pytest.mark.postgres
def test_postgresql_ledger_refuses_truncation(postgres_url: str, clerk: Any) -> None:
    """TRUNCATE too, also by way of another table."""
    database = Database.open(postgres_url)
    clerk.opened(database)
    for statement in ("TRUNCATE ledger_entry", "TRUNCATE pilot CASCADE"):
        with pytest.raises(psycopg.IntegrityError, match="ledger is append-only"), database.work() as work:
            work.connection.execute(statement)
    clerk.check(database)
    database.close()


@pytest.mark.parametrize("column", ["body = hash", "hash = 'x'"])
def test_a_definition_never_changes(database: Database, clerk: Any, column: str) -> None:
    """Its body is what its hash says."""
    if database.driver.url.startswith("postgres"):
        column = column.replace("= hash", "= 'x'::bytea")
    clerk.install(database)
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError), match="definition"):
        with database.work() as work:
            work.connection.execute(f"UPDATE definition SET {column}")


def test_a_pilot_with_a_log_cannot_be_deleted(database: Database, clerk: Any) -> None:
    """Nor can the row that its log refers to."""
    clerk.opened(database)
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)), database.work() as work:
        work.connection.execute("DELETE FROM pilot_head")
        work.connection.execute("DELETE FROM pilot")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pilot SET end_on = '2000-01-01'",
        "UPDATE pilot_head SET seq = -1",
        "UPDATE evidence SET salt = NULL",
        "UPDATE evidence SET erased_at = '2014-05-31T10:00:00.000000Z'",
    ],
)
def test_impossible_rows_are_refused(database: Database, clerk: Any, statement: str) -> None:
    """A span that ends before it begins, a negative number, half an erasure."""
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        clerk.advance(tx, note="x")
        tx.commit()
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)), database.work() as work:
        work.connection.execute(statement)


def test_instants_go_in_aware_and_come_out_in_utc(engine: Engine) -> None:
    """By way of the ORM: any zone in, UTC out, naive refused."""
    summer = datetime(2014, 5, 31, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=2)))
    with Session(engine) as session:
        session.add(PersonRow(id="p1", name="Anna", email="", language="pl", created_at=summer))
        session.commit()
    with Session(engine) as session:
        found = session.get(PersonRow, "p1")
        assert found is not None
        assert found.created_at == summer
        assert found.created_at.tzinfo is UTC
        naive = datetime(2014, 5, 31)  # noqa: DTZ001
        session.add(DefinitionRow(hash="x", programme="p", body=b"", installed_at=naive))
        with pytest.raises(StatementError, match="time zone"):
            session.commit()


def test_orm_and_statements_write_the_same_bytes(database_url: str) -> None:
    """An instant stored by the ORM reads back by statement, and the other way round."""
    from mlw_workflow.storage import repositories

    moment = datetime(2014, 5, 31, 10, 0, 0, 1, tzinfo=UTC)
    engine = migrate.engine_for(driver_for(database_url))
    with Session(engine) as session:
        session.add(DefinitionRow(hash="orm", programme="p", body=b"1", installed_at=moment))
        session.commit()
    database = Database.open(database_url)
    with database.work() as work:
        work.add_definition("sql", "p", b"2", moment)
        work.commit()
    with database.read() as connection:
        assert {d.installed_at for d in repositories.definitions(connection)} == {moment}
        column = "CAST(installed_at AS text)"
        assert len(connection.rows(f"SELECT DISTINCT {column} FROM definition")) == 1
    with Session(engine) as session:
        found = session.get(DefinitionRow, "sql")
        assert found is not None
        assert found.installed_at == moment
    database.close()
    engine.dispose()


def test_a_failed_migration_leaves_nothing(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database is made whole or stays empty, ready for another try."""
    url = f"sqlite:///{tmp_path}/x.sqlite3"
    driver = driver_for(url)
    driver.create()
    for module, make in ((migrate, migrate.upgrade), (sqlite, SqliteDriver.fill)):
        monkeypatch.setattr(module, "APPLICATION_ID", "no number (")
        with pytest.raises(Exception, match=r"syntax error|no number"):
            make(driver)
    plain = create_engine(url)
    assert inspect(plain).get_table_names() == []
    plain.dispose()
    monkeypatch.undo()
    Database.open(url, create=True).close()
