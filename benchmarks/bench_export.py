"""How fast the record is written for other programs, and how much memory that takes.

    python -m benchmarks.bench_export [--entries 1000000] [--pilots 1000] [--postgres-entries 300000] [--postgres URL]
        [--formats jsonl,csv,…]

A country of pilots is written by the unit of work: steps of the real programme's machines, each with one piece of
evidence. Each export runs in a process of its own, to a file, as ``mlw audit export`` does it; its memory is the most
that the process ever held, the program itself included.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.bench_advance import postgres

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.seal import GENESIS, commitment, new_salt, seal
from mlw_workflow.definitions.bundled import programme_folder
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.definitions.normal_form import content_hash, normal_bytes
from mlw_workflow.domain.clock import SystemClock
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.domain.pilot import Pilot, roster
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.export import Order, export
from mlw_workflow.storage import repositories
from mlw_workflow.storage.database import Database

START, END = date(2013, 12, 1), date(2014, 8, 31)
TITLES = {"jsonl": "JSON Lines", "jsonl-": "JSON Lines without evidence"}


def written(url: str, entries: int, pilots: int) -> None:
    """The country."""
    database = Database.open(url, create=True)
    programme = load_programme(programme_folder("mlw-pilot")).programme
    body = normal_bytes(programme)
    machines = list(roster(programme, START, END).values())
    each, now = entries // pilots, datetime.now(UTC)
    with database.work() as work:
        work.add_definition(content_hash(body), programme.id, body, now)
        work.commit()
    begun = time.perf_counter()
    for number in range(pilots):
        code = f"p{number:05}"
        pilot = Pilot(code, code, f"Gmina {number}", programme.id, content_hash(body), START, END)
        with database.work() as work:
            given = {"code": code, "municipality": pilot.municipality, "programme": programme.id}
            opening = Entry(
                code, 1, GENESIS.hash.hex(), "opening", now, "operator", definition=content_hash(body),
                pilot=given | {"start": str(START), "end": str(END)},
            )  # fmt: skip
            tx = work.open_pilot(pilot, seal(opening), now)
            for count in range(each - 1):
                step(tx, machines[count % len(machines)], pilot)
            work.commit()
    database.close()
    print(f"  {entries:,} entries written at {entries / (time.perf_counter() - begun):,.0f} a second", flush=True)


def step(tx: Any, instance: Any, pilot: Pilot) -> None:
    """One entry; what it leads to does not matter here."""
    salt, value = new_salt(), canonical("0050.127.2013")
    rule = instance.workflow.rules[tx.head.seq % len(instance.workflow.rules)]
    entry = Entry(
        pilot.id, tx.head.seq + 1, tx.head.hash.hex(), "transition", datetime.now(UTC), "role:coordinator",
        role="coordinator", definition=pilot.definition, machine=instance.id, trigger=rule.trigger,
        from_state=rule.from_state, to_state=rule.to_state, effect=rule.effect, occurred_on=START,
        evidence={"order_number": commitment("order_number", salt, value)}, relies_on={"w05.drafted": 12},
    )  # fmt: skip
    tx.append(seal(entry), evidence=[("order_number", salt, value)])


def one(url: str, form: str, out: str) -> tuple[float, float, int, int, int]:
    """Seconds, seconds of the processor, entries, bytes and megabytes of memory of one export."""
    database = Database.open(url)
    with database.read() as connection:
        pilots = repositories.pilots(connection)
    desk = Desk(database, SystemClock())
    begun, worked = time.perf_counter(), time.process_time()
    order = Order(form.removesuffix("-"), pilots, whole=True, evidence=not form.endswith("-"))
    entries = export(desk, order, Path(out))
    took, work = time.perf_counter() - begun, time.process_time() - worked
    database.close()
    return took, work, entries, Path(out).stat().st_size, most_memory()


def most_memory() -> int:
    """The most that this process held, in megabytes. (getrusage would also count what its parent held.)"""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))) // 1024


def measure(title: str, url: str, entries: int, pilots: int, formats: list[str]) -> None:
    """Every format, one after another."""
    print(title)
    written(url, entries, pilots)
    with tempfile.TemporaryDirectory(prefix="mlw") as folder:
        for form in formats:
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                took, work, count, size, memory = pool.apply(one, (url, form, f"{folder}/out"))
            name = TITLES.get(form, form)
            rate = f"{count / took:,.0f} entries a second ({count / work:,.0f} per CPU second)"
            rate += f", {size / 1e6:,.0f} MB in {took:.1f} s, memory {memory} MB"
            print(f"  {name}: {rate}", flush=True)


def main() -> None:
    """Run on both databases."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--pilots", type=int, default=1_000)
    parser.add_argument("--postgres-entries", type=int, default=300_000)
    parser.add_argument("--postgres", help="a server's address ending in /postgres?…; else one of our own")
    parser.add_argument("--formats", default="jsonl,jsonl-,csv,xes,ocel-json,ocel-sqlite,prov")
    args = parser.parse_args()
    formats = args.formats.split(",")
    print(datetime.now(UTC).date())
    with tempfile.TemporaryDirectory(prefix="mlw") as folder:
        measure("SQLite", f"sqlite:///{folder}/bench.sqlite3", args.entries, args.pilots, formats)
    if args.postgres_entries:
        with postgres(args.postgres) as url:
            measure("PostgreSQL", url, args.postgres_entries, args.pilots, formats)


if __name__ == "__main__":
    main()
