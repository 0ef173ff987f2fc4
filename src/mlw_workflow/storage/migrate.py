"""Running the migrations: to make a new database or to bring an older one up to date. Imports Alembic, so only then.

A new SQLite database is made without them, from a script of what they come to (see ``sqlite.SqliteDriver.fill``); after
a change to a migration: ``python -m mlw_workflow.storage.migrate > src/mlw_workflow/storage/migrations/new_sqlite.sql``
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine, text

from mlw_workflow.storage.driver import REVISION, revision_number
from mlw_workflow.storage.sqlite import APPLICATION_ID, SqliteDriver

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from mlw_workflow.storage.driver import Driver

_LOCK = 0x4D4C5731
"""The advisory lock under which one process migrates at a time on PostgreSQL."""


def engine_for(driver: Driver) -> Engine:
    """An SQLAlchemy engine on the driver's own connections: the same settings, the same explicit transactions."""
    sqlite = driver.url.startswith("sqlite")
    return create_engine(
        "sqlite://" if sqlite else "postgresql+psycopg://",
        creator=driver.connect,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT" if sqlite else None,
    )


def upgrade(driver: Driver) -> None:
    """Run the missing migrations in one transaction: all of them or none. Two who try at once take turns."""
    engine = engine_for(driver)
    try:
        with engine.connect() as connection:
            _run(connection)
    except Exception as error:
        cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
        raise driver.translated(cause) or error from error
    finally:
        engine.dispose()


def _run(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            command.upgrade(config(connection), "head")
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version = {revision_number(REVISION)}")
        except BaseException:
            if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")
    else:
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            command.upgrade(config(connection), "head")


def config(connection: Any = None) -> Config:
    """Alembic's configuration, without a file: the scripts of this package, on the connection given."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def new_sqlite() -> str:
    """The statements that make of an empty SQLite file what all migrations make of it."""
    with tempfile.TemporaryDirectory() as folder:
        driver = SqliteDriver(Path(folder) / "new.sqlite3")
        driver.create()
        upgrade(driver)
        connection = driver.connect()
        begin, *statements, commit = connection.iterdump()
        connection.close()
    assert (begin, commit) == ("BEGIN TRANSACTION;", "COMMIT;")  # whoever runs them begins and commits
    return "".join(f"{statement}\n" for statement in statements)


if __name__ == "__main__":
    sys.stdout.write(new_sqlite())
