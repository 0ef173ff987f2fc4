"""Many writers at once: no update is lost, no rule across machines is broken, nobody is turned away."""

from __future__ import annotations

import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import pytest

from mlw_workflow.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable

WRITERS = 6
TURNS = 25


def test_no_update_is_lost_between_threads(database: Database, clerk: Any) -> None:
    """Every acknowledged transition is in the log, one after the other."""
    pilot = clerk.opened(database)

    def write(_: int) -> None:
        for _ in range(TURNS):
            with database.transition(pilot) as tx:
                clerk.advance(tx, "w01", note="x")
                tx.commit()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    assert clerk.check(database) == {"tluszcz": 1 + WRITERS * TURNS}


def test_no_update_is_lost_between_processes(database_url: str, clerk: Any) -> None:
    """The same with processes that share nothing but the database."""
    database = Database.open(database_url)
    pilot = clerk.opened(database)
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        counts = list(pool.map(_write_alone, [(database_url, pilot, TURNS)] * 3))
    assert counts == [TURNS] * 3
    with database.read() as connection:
        rows = connection.rows("SELECT seq FROM ledger_entry ORDER BY seq")
    assert [seq for (seq,) in rows] == list(range(1, 2 + 3 * TURNS))
    database.close()


def _write_alone(task: tuple[str, str, int]) -> int:
    from datetime import UTC, datetime

    from mlw_workflow.audit.seal import seal
    from mlw_workflow.domain.ledger import Entry

    url, pilot, turns = task
    database = Database.open(url)
    for _ in range(turns):
        with database.transition(pilot) as tx:
            now = max(datetime.now(UTC), tx.head.recorded_at or datetime.min.replace(tzinfo=UTC))
            tx.append(seal(Entry(pilot, tx.head.seq + 1, tx.head.hash.hex(), "refusal", now, "p1")))
            tx.commit()
    database.close()
    return turns


@pytest.mark.parametrize("others", ["same machine", "two machines"])
def test_exactly_one_wins(database: Database, clerk: Any, others: str) -> None:
    """Of two who both saw that they may, one is first; the other, let in after it, sees what changed.

    The rule is "only while no machine of the two has moved": on one machine a lost update would break it, on two a
    write skew.
    """
    machines = ("w01", "w01") if others == "same machine" else ("w01", "w02")
    for round_ in range(30):
        pilot = clerk.opened(database, f"p{round_}")
        barrier = threading.Barrier(2)
        won = _race(database, clerk, pilot, machines, barrier.wait)
        assert sorted(won) == [False, True]
    assert set(clerk.check(database).values()) == {2}


def _race(
    database: Database, clerk: Any, pilot: str, machines: tuple[str, str], start: Callable[[], Any]
) -> list[bool]:
    def attempt(machine: str) -> bool:
        start()
        with database.transition(pilot) as tx:
            if any(other in tx.moved for other in machines):
                return False
            clerk.advance(tx, machine)
            tx.commit()
            return True

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(attempt, machines))


def test_reader_sees_one_state_throughout(database: Database, clerk: Any) -> None:
    """What is committed while a reader reads, the reader does not see."""
    from mlw_workflow.storage import repositories

    pilot = clerk.opened(database)
    with database.read() as connection:
        before = repositories.head(connection, pilot)
        with database.transition(pilot) as tx:
            clerk.advance(tx)
            tx.commit()
        assert repositories.head(connection, pilot) == before
        assert repositories.positions(connection, pilot) == {}
    with database.read() as connection:
        assert dict(repositories.positions(connection, pilot)).keys() == {"w01"}


@pytest.mark.postgres
def test_pilots_do_not_wait_for_each_other(postgres_url: str, clerk: Any) -> None:
    """On PostgreSQL a transition holds only its own pilot."""
    database = Database.open(postgres_url)
    first, second = clerk.opened(database, "a"), clerk.opened(database, "b")
    with database.transition(first) as one, database.transition(second) as two:
        clerk.advance(one)
        clerk.advance(two)
        two.commit()
        one.commit()
    assert clerk.check(database) == {"a": 2, "b": 2}
    database.close()
