"""Reminders side by side with SQL written by hand: claiming what is due, an idle tick, recomputing deadlines.

``python -m benchmarks.bench_reminders`` measures on SQLite and on a PostgreSQL of its own.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from benchmarks.bench_advance import postgres
from tests.integration.reminders.office import EVERYBODY, Office, local

from mlw_workflow.domain.ledger import Membership
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.scheduling.embedded import Worker
from mlw_workflow.services.advance import Request, advance
from mlw_workflow.services.deadlines import Book, every_instance
from mlw_workflow.services.open_pilot import Opening, membership_entry, open_within
from mlw_workflow.services.remind import BATCH, tick
from mlw_workflow.storage.database import Database
from mlw_workflow.storage.repositories import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlw_workflow.storage.unit_of_work import PilotWork

TODAY = date(2014, 2, 6)
PILOTS = 500
DUE = 1000


def filled(database: Database, deadlines: int) -> Office:
    """Pilots with people, 1,000 deadlines due today (two a pilot), and all others due another day."""
    office = Office(database, local(TODAY, 6))
    with database.work() as work:
        for number in range(PILOTS):
            opened = open_within(office.desk, work, Opening(f"Gmina {number}", office.definition), local(TODAY, 6))
            person = Person(f"p{number}", f"Osoba {number}", f"p{number}@example.org")
            work.add_person(person, local(TODAY, 6))
            member = Membership(person.id, EVERYBODY[0], opened.pilot.start)
            opened.append(membership_entry(opened, member, local(TODAY, 6)), membership=member)
        work.commit()
    with database.work() as work:
        connection, day = work.connection, database.driver.day
        connection.execute("UPDATE deadline SET next_on = NULL")
        pilots = [row[0] for row in connection.rows("SELECT id FROM pilot")]
        later = [
            (pilot, f"monthly/x{number}", "submit", day(TODAY), "open", 1, day(TODAY), 0,
             day(TODAY + timedelta(days=1 + number % 200)), day(TODAY))
            for number in range(deadlines // PILOTS) for pilot in pilots
        ]  # fmt: skip
        statement = (
            "INSERT INTO deadline (pilot_id, machine, rule, due_on, status, since_seq, since_on, revision, next_on,"
            " handled_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        for begin in range(0, len(later), 50_000):
            database.driver.execute_many(work.raw, statement, later[begin : begin + 50_000])
        work.commit()
    connection = database.driver.connect()
    connection.execute("ANALYZE")
    connection.close()
    return office


def arm(database: Database) -> None:
    """Make 1,000 deadlines due, and forget their notices."""
    with database.work() as work:
        day = database.driver.day
        for month in ("2014-01", "2014-02"):
            work.connection.execute(
                "UPDATE deadline SET next_on = ?, handled_until = ?, since_on = ?, due_on = ? WHERE machine = ?"
                " AND rule = 'submit'",
                day(TODAY), day(TODAY - timedelta(days=1)), day(TODAY - timedelta(days=90)),
                day(TODAY + timedelta(days=1)), f"monthly/{month}",
            )  # fmt: skip
        work.connection.execute("DELETE FROM notice")
        work.commit()


def by_hand_sqlite(database: Database) -> Callable[[], None]:
    """The same claim: find, see whom to tell, enter notices, remember; in as many transactions as ours."""
    connection = database.driver.connect()

    def run() -> None:
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        for _ in range(DUE // BATCH):
            connection.execute("BEGIN IMMEDIATE")
            rows = connection.execute(
                "SELECT d.pilot_id, d.machine, d.rule, d.due_on, m.person_id FROM deadline d"
                " JOIN membership m ON m.pilot_id = d.pilot_id AND m.role = 'animator'"
                f" WHERE d.next_on <= ? ORDER BY d.next_on LIMIT {BATCH}",
                (TODAY.isoformat(),),
            ).fetchall()
            connection.executemany(NOTICE.replace("%s", "?"), [notice(row, now, TODAY.isoformat()) for row in rows])
            connection.executemany(
                "UPDATE deadline SET next_on = ?, handled_until = ? WHERE pilot_id = ? AND machine = ? AND rule = ?",
                [("2014-02-07", TODAY.isoformat(), row[0], row[1], row[2]) for row in rows],
            )
            connection.execute("COMMIT")

    return run


def by_hand_postgres(database: Database) -> Callable[[], None]:
    """The same with psycopg, which sends the statements of executemany in a pipeline."""
    connection = database.driver.connect()

    def run() -> None:
        now = datetime.now(UTC)
        for _ in range(DUE // BATCH):
            connection.execute("BEGIN")
            rows = connection.execute(
                "SELECT d.pilot_id, d.machine, d.rule, d.due_on, m.person_id FROM deadline d"
                " JOIN membership m ON m.pilot_id = d.pilot_id AND m.role = 'animator'"
                f" WHERE d.next_on <= %s ORDER BY d.next_on LIMIT {BATCH} FOR UPDATE OF d SKIP LOCKED",
                (TODAY,),
            ).fetchall()
            with connection.cursor() as cursor:
                cursor.executemany(NOTICE, [notice(row, now, TODAY) for row in rows])
                cursor.executemany(
                    "UPDATE deadline SET next_on = %s, handled_until = %s"
                    " WHERE pilot_id = %s AND machine = %s AND rule = %s",
                    [(date(2014, 2, 7), TODAY, row[0], row[1], row[2]) for row in rows],
                )
            connection.execute("COMMIT")

    return run


NOTICE = (
    "INSERT INTO notice (key, pilot_id, machine, rule, rung, recipient, role, due_on, send_on, ready_at, reason,"
    " urgent, status, skip_reason, created_at) VALUES"
    " (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING"
)


def notice(row: Any, now: Any, today: Any) -> tuple[Any, ...]:
    """One notice's values."""
    pilot, machine, rule, due_on, person = row
    key = f"{pilot}/{machine}/{rule}/-1wd/{person}/{due_on}"
    return (key, pilot, machine, rule, "-1wd", person, "animator", due_on, today, now, "{}", False, "waiting", "", now)


def timed(run: Callable[[], object], before: Callable[[], None] = lambda: None, rounds: int = 9) -> list[float]:
    """Milliseconds of each round, sorted."""
    found = []
    for _ in range(rounds):
        before()
        gc.collect()
        started = time.perf_counter()
        run()
        found.append((time.perf_counter() - started) * 1000)
    return sorted(found)


def said(found: list[float]) -> str:
    """Smallest, middle and largest."""
    return f"{found[0]:8.2f} {statistics.median(found):8.2f} {found[-1]:8.2f} ms (min, median, max)"


def measure(title: str, url: str, sizes: list[int]) -> None:
    """Everything on one database, with a growing number of deadlines."""
    print(f"\n{title}")
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="mlw") as folder:
            place = f"sqlite:///{folder}/bench.sqlite3" if url.startswith("sqlite") else url
            database = Database.open(place, create=True)
            claim(database, size)
            database.close()
            if not url.startswith("sqlite"):
                empty(url)


def claim(database: Database, size: int) -> None:
    """Claims, idle ticks and a recomputation."""
    office = filled(database, size)
    sqlite = database.driver.url.startswith("sqlite")
    hand = by_hand_sqlite(database) if sqlite else by_hand_postgres(database)
    now = local(TODAY, 8)

    def ours() -> None:
        assert tick(office.desk, now).notices == DUE

    def theirs() -> None:
        hand()
        with database.read() as connection:
            assert connection.row("SELECT count(*) FROM notice")[0] == DUE

    def both() -> tuple[list[float], list[float]]:
        mine, other = [], []
        for _ in range(7):
            mine += timed(ours, lambda: arm(database), 1)
            other += timed(hand, lambda: arm(database), 1)
        return mine, other

    arm(database)
    theirs()
    mine, other = both()
    ratios = sorted(a / b for a, b in zip(mine, other, strict=True))
    print(f"  {size:9,} deadlines: claim of {DUE:,} due: ours    {said(sorted(mine))}")
    print(f"                       claim of {DUE:,} due: by hand {said(sorted(other))}")
    print(f"                       ours / by hand: {statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})")
    with database.work() as work:
        work.connection.execute("UPDATE notice SET status = 'withdrawn'")
        work.commit()
    print(f"                       idle tick               {said(timed(lambda: tick(office.desk, now), rounds=50))}")
    worker = Worker(office.desk, office.mailroom, office.post)
    print(f"                       idle run, heartbeat too {said(timed(lambda: worker.run_once(now), rounds=50))}")
    steps(office)
    recomputed(office)


def steps(office: Office) -> None:
    """Transitions that close and reopen a deadline, beside transitions that concern none."""
    pilot = office.open("Tłuszcz")
    office.clock.moment = local(TODAY, 9)
    with_, without = [], []
    for _ in range(30):
        office.take(pilot, "monthly/2014-01", "draft")
        with_ += timed(lambda: office.take(pilot, "monthly/2014-01", "submit"), rounds=1)
        with_ += timed(lambda: advance(office.desk, Request(pilot, "monthly/2014-01", "correct", "animator")), rounds=1)
        without += timed(lambda: office.take(pilot, "team", "appoint"), rounds=1)
        advance(office.desk, Request(pilot, "team", "correct", "animator"))
        advance(office.desk, Request(pilot, "monthly/2014-01", "correct", "animator"))
    print(f"                       a step that closes or reopens a deadline {said(sorted(with_))}")
    print(f"                       a step that changes one elsewhere        {said(sorted(without))}")


def recomputed(office: Office) -> None:
    """All of one pilot's deadlines computed, compared with their rows, and what changed written; not committed."""
    pilot = office.open("Gościeradów")
    found = []
    for _ in range(50):
        with office.database.transition(pilot.id) as work:
            standing = Standing(pilot, office.programme, work.moved)
            work.connection.execute("UPDATE deadline SET due_on = ? WHERE pilot_id = ?", None, pilot.id)

            def run(work: PilotWork = work, standing: Standing = standing) -> None:
                book = Book(office.desk, work, pilot, office.programme)
                book.follow(standing, every_instance(standing), office.clock.now())
                assert len(book.changed) == 9
                book.write()

            found += timed(run, rounds=1)
    print(f"                       recomputing all deadlines of a pilot     {said(sorted(found))}")


def empty(url: str) -> None:
    """Leave a PostgreSQL database as it was made."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def main() -> None:
    """Run on both databases."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--postgres", help="a server's address ending in /postgres?…; else one of our own")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    args = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    if args.only != "postgresql":
        measure("SQLite, WAL, synchronous=FULL", "sqlite", args.sizes)
    if args.only != "sqlite":
        with postgres(args.postgres) as url:
            measure("PostgreSQL", url, args.sizes)


if __name__ == "__main__":
    main()
