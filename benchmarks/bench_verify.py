"""How fast a log is verified from its stored bytes.

    python -m benchmarks.bench_verify [--entries 1000000] [--postgres-entries 300000] [--postgres URL]

One pilot's log of that many entries is written by the unit of work (which also measures a very long import), then the
whole of it is verified three times through the same reader that ``mlw audit verify`` uses.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC, datetime

from benchmarks.bench_advance import append, opened, postgres

from mlw_workflow.audit.verify import verify_chain
from mlw_workflow.storage import repositories
from mlw_workflow.storage.database import Database

PART = 50_000


def measure(title: str, url: str, entries: int) -> None:
    """Write and verify one long log."""
    database = Database.open(url, create=True)
    opened(database, ["long"])
    start = time.perf_counter()
    done = 0
    while done < entries:
        with database.transition("long") as tx:
            for number in range(min(PART, entries - done)):
                append(tx, f"w{number % 40:02}")
            tx.commit()
        done += PART
    written = entries / (time.perf_counter() - start)
    print(f"{title}: {entries:,} entries written at {written:,.0f} a second")
    for deep in (False, False, False, True):
        start = time.perf_counter()
        with database.read() as connection:
            head = repositories.head(connection, "long")
            verdict = verify_chain("long", repositories.entries(connection, "long"), head, deep=deep)
        rate = verdict.entries / (time.perf_counter() - start)
        assert verdict.holds
        print(f"  verified{' with canonical form' if deep else ''}: {rate:,.0f} entries a second")
    database.close()


def main() -> None:
    """Run on both databases."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--postgres-entries", type=int, default=300_000)
    parser.add_argument("--postgres", help="a server's address ending in /postgres?…; else one of our own")
    args = parser.parse_args()
    print(datetime.now(UTC).date())
    with tempfile.TemporaryDirectory(prefix="mlw") as folder:
        measure("SQLite", f"sqlite:///{folder}/bench.sqlite3", args.entries)
    if args.postgres_entries:
        with postgres(args.postgres) as url:
            measure("PostgreSQL", url, args.postgres_entries)


if __name__ == "__main__":
    main()
