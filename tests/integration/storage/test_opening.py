"""Opening what is ours, and telling in one code what is wrong with the rest."""

# ruff: noqa: PT012 - a unit of work is entered inside the block that expects the error

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from mlw_workflow.domain.errors import StorageUnavailable
from mlw_workflow.storage.database import Database, driver_for

if TYPE_CHECKING:
    from collections.abc import Callable


def refused(url: str, *, create: bool = False) -> str:
    """The code with which the database cannot be opened."""
    with pytest.raises(StorageUnavailable) as told:
        Database.open(url, create=create)
    assert told.value.facts["place"]
    assert told.value.facts["problem"]
    return told.value.code


def test_missing_file_is_made_only_when_asked(tmp_path: Path) -> None:
    """Opening does not create; creating makes folder and file, and a second time finds them."""
    path = tmp_path / "new folder" / "żółć 100%.sqlite3"
    url = f"sqlite:///{path}".replace("%", "%25")
    assert refused(url) == "storage_missing"
    assert not path.parent.exists()
    Database.open(url, create=True).close()
    Database.open(url, create=True).close()
    Database.open(url).close()
    assert path.read_bytes()[:16] == b"SQLite format 3\x00"


def test_empty_file_is_missing(tmp_path: Path) -> None:
    """An empty file is no database yet, but may become one."""
    path = tmp_path / "empty.sqlite3"
    path.touch()
    assert refused(f"sqlite:///{path}") == "storage_missing"
    Database.open(f"sqlite:///{path}", create=True).close()


def test_settings_of_a_sqlite_connection(sqlite_url: str) -> None:
    """Durable, referentially sound, in WAL mode."""
    database = Database.open(sqlite_url)
    with database.read() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys")
        pragmas = {name: connection.row(f"PRAGMA {name}")[0] for name in names}
        assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    database.close()


def _text(path: Path) -> None:
    path.write_text("to nie jest baza danych\n" * 500)


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")
    connection.close()


def _folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [_text, _foreign, _folder])
@pytest.mark.parametrize("create", [False, True])
def test_what_is_not_ours_is_left_alone(tmp_path: Path, make: Callable[[Path], None], create: bool) -> None:
    """A text, another program's file and a folder are told apart from ours and never written to."""
    path = tmp_path / "x.sqlite3"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    assert refused(f"sqlite:///{path}", create=create) == "storage_not_ours"
    assert (path.read_bytes() if path.is_file() else b"") == before
    assert [found.name for found in tmp_path.iterdir()] == ["x.sqlite3"]


def test_device_is_not_ours() -> None:
    """Neither is a device."""
    assert refused("sqlite:////dev/null") == "storage_not_ours"


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///", "", "pilots.sqlite3", "sqlite:///:memory:"])
def test_address_of_another_kind(url: str) -> None:
    """Only SQLite files and PostgreSQL."""
    with pytest.raises(StorageUnavailable, match=r"storage_(address|missing)"):
        Database.open(url)


def test_path_below_a_file(tmp_path: Path) -> None:
    """A folder that cannot be made is told as such."""
    (tmp_path / "file").write_text("x")
    for create in (False, True):
        assert refused(f"sqlite:///{tmp_path}/file/x.sqlite3", create=create) == "storage_folder_impossible"
    assert refused("sqlite:////proc/x/x.sqlite3", create=True) == "storage_folder_impossible"


@pytest.mark.parametrize("seed", range(8))
def test_corrupted_file(sqlite_url: str, clerk: Any, seed: int) -> None:
    """Garbage within the file is an error of the storage or a broken log, never a traceback or a wrong answer."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = Database.open(sqlite_url)
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        for _ in range(300):
            clerk.advance(tx, "w01", note="x" * 50)
        tx.commit()
    database.close()
    body = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for _ in range(40):
        start = chance.randrange(100, len(body) - 600)
        body[start : start + 600] = chance.randbytes(600)
    path.write_bytes(body)
    with pytest.raises((StorageUnavailable, AssertionError, ValueError)) as told:
        database = Database.open(sqlite_url)
        clerk.check(database)
    if isinstance(told.value, StorageUnavailable):
        assert told.value.code in ("storage_corrupt", "storage_not_ours", "storage_missing", "storage_unavailable")


def test_truncated_file(sqlite_url: str, clerk: Any) -> None:
    """Half a file is corrupt."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    database = Database.open(sqlite_url)
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        for _ in range(300):
            clerk.advance(tx, "w01", note="x" * 50)
        tx.commit()
    database.close()
    os.truncate(path, path.stat().st_size // 3)
    with pytest.raises(StorageUnavailable, match="storage_corrupt"):
        clerk.check(Database.open(sqlite_url))


@pytest.mark.parametrize(("version", "code"), [(0, "storage_outdated"), (999, "storage_newer")])
def test_other_revision_of_sqlite(sqlite_url: str, version: int, code: str) -> None:
    """An older or newer database is refused, and only an older one can be brought up to date."""
    path = sqlite_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    assert refused(sqlite_url) == code
    if code == "storage_newer":
        with pytest.raises(StorageUnavailable, match=code):
            Database.upgrade(sqlite_url)
    else:
        Database.upgrade(sqlite_url)
        Database.open(sqlite_url).close()


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("revision", "code"), [("mlw0000", "storage_outdated"), ("mlw9999", "storage_newer"), ("ab12", "storage_not_ours")]
)
def test_other_revision_of_postgresql(postgres_url: str, revision: str, code: str) -> None:
    """The same by the revision that the migrations left."""
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", (revision,))
    assert refused(postgres_url) == code


@pytest.mark.postgres
def test_empty_and_foreign_postgresql(empty_postgres_url: str) -> None:
    """An empty database may be filled when asked; another program's is left alone."""
    assert refused(empty_postgres_url) == "storage_missing"
    with psycopg.connect(empty_postgres_url) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")
    for create in (False, True):
        assert refused(empty_postgres_url, create=create) == "storage_not_ours"
    with psycopg.connect(empty_postgres_url) as connection:
        connection.execute("DROP TABLE orders")
    Database.open(empty_postgres_url, create=True).close()
    Database.open(empty_postgres_url).close()


@pytest.mark.postgres
def test_missing_postgresql_database(postgres_server: str) -> None:
    """A database that its administrator has not made is missing, and we do not make it."""
    from urllib.parse import urlsplit

    url = urlsplit(postgres_server)._replace(path="/nobody_made_this").geturl()
    assert refused(url) == "storage_missing"
    assert refused(url, create=True) == "storage_missing"


def test_unreachable_postgresql(tmp_path: Path) -> None:
    """Nobody listens there; the password is not told."""
    for url in (
        "postgresql://anna:tajne@127.0.0.1:1/x",
        f"postgresql://anna:tajne@/x?host={tmp_path}",
        "postgresql://no-such-host.invalid/x",
    ):
        with pytest.raises(StorageUnavailable, match="storage_unreachable") as told:
            Database.open(url)
        assert "tajne" not in str(told.value)
    assert driver_for("postgresql://anna:tajne@db.example:5432/mlw").place == "postgresql://db.example:5432/mlw"


@pytest.mark.postgres
def test_read_only_postgresql(postgres_url: str, clerk: Any) -> None:
    """A server that only reads says so at the first write."""
    database = Database.open(postgres_url)
    clerk.opened(database)
    database.close()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    database = Database.open(postgres_url)
    with pytest.raises(StorageUnavailable, match="storage_read_only"), database.transition("id-tluszcz") as tx:
        clerk.advance(tx)
        tx.commit()
    database.close()


def test_busy(database_url: str, clerk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits too long for another writer is told so."""
    from mlw_workflow.storage import postgresql, sqlite

    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 100)
    monkeypatch.setattr(postgresql, "LOCK_TIMEOUT", "100ms")
    first, second = Database.open(database_url), Database.open(database_url)
    pilot = clerk.opened(first)
    with first.transition(pilot) as tx:
        clerk.advance(tx)
        with pytest.raises(StorageUnavailable, match="storage_busy"), second.transition(pilot):
            raise AssertionError
        tx.commit()
    assert clerk.check(second) == {"tluszcz": 2}
    first.close()
    second.close()


def test_full_file(sqlite_url: str, clerk: Any) -> None:
    """A full disk stops an import with one code and leaves the record as it was, ready for more room."""
    database = Database.open(sqlite_url)
    pilot = clerk.opened(database)
    connection = database._idle[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(StorageUnavailable, match="storage_full"), database.transition(pilot) as tx:
        for _ in range(5_000):
            clerk.advance(tx, "w01", note="x" * 100)
        tx.commit()
    assert clerk.check(database) == {"tluszcz": 1}
    with database.transition(pilot) as tx:
        clerk.advance(tx)
        tx.commit()
    assert clerk.check(database) == {"tluszcz": 2}
    database.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Any:
    """A file system of one megabyte, where mounting is allowed."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting needs the administrator; the page limit stands in for it")
    yield folder
    subprocess.run(["umount", "-l", folder], check=False)


def test_full_disk(small_disk: Path, sqlite_template: Path, clerk: Any) -> None:
    """The same on a real full disk, where the write-ahead log is what finds no room; and creating on it."""
    path = small_disk / "x.sqlite3"
    shutil.copyfile(sqlite_template, path)
    database = Database.open(f"sqlite:///{path}")
    pilot = clerk.opened(database)
    for _ in range(3):
        with pytest.raises(StorageUnavailable, match="storage_full"), database.transition(pilot) as tx:
            for _ in range(2_000):
                clerk.advance(tx, "w01", note="x" * 100)
                clerk.correct(tx, "w01")
            tx.commit()
    assert clerk.check(database) == {"tluszcz": 1}
    database.close()
    (small_disk / "filler").write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 8192))
    assert refused(f"sqlite:///{small_disk}/new.sqlite3", create=True) == "storage_full"
    (small_disk / "filler").unlink()
    Database.open(f"sqlite:///{small_disk}/new.sqlite3", create=True).close()


def test_read_only_disk(small_disk: Path, sqlite_template: Path, clerk: Any) -> None:
    """A disk that is mounted read-only is read like any other; only writing says that it cannot be done."""
    path = small_disk / "x.sqlite3"
    shutil.copyfile(sqlite_template, path)
    database = Database.open(f"sqlite:///{path}")
    clerk.opened(database)
    database.close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    database = Database.open(f"sqlite:///{path}")
    assert clerk.check(database) == {"tluszcz": 1}
    with pytest.raises(StorageUnavailable, match="storage_read_only"), database.transition("id-tluszcz") as tx:
        clerk.advance(tx)
        tx.commit()
    database.close()


READ_ONLY = """
import encodings.idna, os, sys
from datetime import UTC, datetime
from mlw_workflow.domain.errors import StorageUnavailable
from mlw_workflow.storage import migrate, sqlite
from mlw_workflow.storage.database import Database
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
try:
    with Database.open(sys.argv[1], create=len(sys.argv) > 2).work() as work:
        work.add_definition("x", "p", b"{}", datetime.now(UTC))
        work.commit()
except StorageUnavailable as problem:
    print(problem.code)
"""


@pytest.mark.parametrize("mode", ["unreadable", "unwritable", "folder"])
def test_missing_permission(sqlite_template: Path, mode: str) -> None:
    """Without permission to read or to write, one code and no traceback."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="mlw") as name:  # pytest's own folders are closed to others
        folder = Path(name)
        folder.chmod(0o755)
        path = folder / "x.sqlite3"
        shutil.copyfile(sqlite_template, path)
        path.chmod(0o000 if mode == "unreadable" else 0o444)
        url = f"sqlite:///{folder / 'new.sqlite3' if mode == 'folder' else path}"
        if os.getuid() != 0:
            folder.chmod(0o555)
        answer = subprocess.run(
            [sys.executable, "-c", READ_ONLY, url, *(["create"] if mode == "folder" else [])],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        folder.chmod(0o755)
    assert answer.stdout.split() == ["storage_read_only"], answer.stderr


def test_two_who_create_at_once(tmp_path: Path) -> None:
    """Both get the database; it was made once."""
    from concurrent.futures import ThreadPoolExecutor

    url = f"sqlite:///{tmp_path}/both.sqlite3"

    def make(_: int) -> None:
        Database.open(url, create=True).close()

    with ThreadPoolExecutor(1) as pool:  # Alembic keeps its context in a global
        list(pool.map(make, range(2)))
    url = url.replace("both", "two")
    program = f"from mlw_workflow.storage.database import Database; Database.open({url!r}, create=True)"
    both = [subprocess.Popen([sys.executable, "-W", "ignore", "-c", program]) for _ in range(3)]
    assert [one.wait() for one in both] == [0, 0, 0]
    Database.open(url).close()


def test_opening_needs_no_orm(sqlite_url: str) -> None:
    """Plain reads and transitions import neither SQLAlchemy nor Alembic, which take longer than a whole command may."""
    program = (
        "import sys; from mlw_workflow.storage.database import Database\n"
        f"with Database.open({sqlite_url!r}).read() as c: c.rows('SELECT 1')\n"
        "print([m for m in ('sqlalchemy', 'sqlmodel', 'alembic', 'pydantic', 'psycopg') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
