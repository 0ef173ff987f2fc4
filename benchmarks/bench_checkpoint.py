"""How long a checkpoint, a proof and a verification take on a large record.

    python -m benchmarks.bench_checkpoint [--entries 1000000] [--postgres-entries 1000000] [--pilots 2000]

Pilots' logs are written (unsigned, as if from before there was a key), then a key is made and a first checkpoint of
all of them. What is measured: a checkpoint after 1,000 new signed entries in 1,000 pilots, inclusion proofs, and the
verification of every chain together with the tree, as ``mlw audit verify`` does it before it looks at evidence.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.bench_advance import DEFINITION, postgres

from mlw_workflow.audit.seal import GENESIS, seal
from mlw_workflow.audit.verify import Failure, verify_chain
from mlw_workflow.domain.clock import SystemClock
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.domain.pilot import Pilot
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.keystore import KeyStore
from mlw_workflow.services.proofs import prove_entry
from mlw_workflow.services.signing import new_key
from mlw_workflow.services.verify_tree import Record
from mlw_workflow.storage import repositories
from mlw_workflow.storage.database import Database
from mlw_workflow.storage.unit_of_work import PilotWork

DAY = date(2014, 5, 31)
NEW = 1_000
PROOFS = 200


def append(tx: PilotWork) -> None:
    """One entry, like a step's."""
    head = tx.head
    entry = Entry(
        log=tx.id, seq=head.seq + 1, prev=head.hash.hex(), kind="transition", recorded_at=datetime.now(UTC),
        actor="role:coordinator", role="coordinator", definition=DEFINITION, machine="w06", trigger="advance",
        from_state="s1", to_state="s2", effect="advance", occurred_on=DAY, relies_on={"w05.drafted": 12},
    )  # fmt: skip
    tx.append(seal(entry))


def fill(database: Database, pilots: int, each: int) -> None:
    """Every pilot with that many entries."""
    now = datetime.now(UTC)
    with database.work() as work:
        work.add_definition(DEFINITION, "mlw-pilot", b"{}", now)
        work.commit()
    for first in range(0, pilots, 100):
        with database.work() as work:
            for number in range(first, min(first + 100, pilots)):
                name = f"p{number:05}"
                opening = Entry(
                    name, 1, GENESIS.hash.hex(), "opening", now, "operator", definition=DEFINITION,
                    pilot={
                        "code": name, "municipality": name, "programme": "mlw-pilot", "voivodeship": "",
                        "start": DAY.isoformat(), "end": DAY.isoformat(),
                    },
                )  # fmt: skip
                tx = work.open_pilot(Pilot(name, name, name, "mlw-pilot", DEFINITION, DAY, DAY), seal(opening), now)
                for _ in range(each - 1):
                    append(tx)
            work.commit()


def sign(database: Database) -> None:
    """As if the entries had been signed when they were made. Whose signature it is nobody asks below a checkpoint."""
    connection = database.driver.connect()
    if database.place.startswith("postgresql"):
        connection.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
        connection.execute("UPDATE ledger_entry SET signature = decode(repeat('00', 64), 'hex')")
        connection.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ALL")
        connection.execute("VACUUM ANALYZE")
    else:
        connection.execute("DROP TRIGGER ledger_entry_no_update")
        connection.execute("UPDATE ledger_entry SET signature = zeroblob(64)")
        connection.execute("VACUUM")
    connection.close()


def memory() -> float:
    """The most that this process ever took, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(title: str, url: str, entries: int, pilots: int, folder: Path) -> None:
    """Fill, then measure."""
    database = Database.open(url, create=True)
    start = time.perf_counter()
    fill(database, pilots, entries // pilots)
    print(f"{title}: {entries:,} entries of {pilots:,} pilots written in {time.perf_counter() - start:.0f} s")
    desk = Desk(database, SystemClock(), signer=KeyStore(folder / title / "signing.key"))
    new_key(desk)
    start = time.perf_counter()
    first = make_checkpoint(desk)
    took = time.perf_counter() - start
    print(f"  first checkpoint: {first.size:,} entries in {took:.1f} s ({first.size / took:,.0f}/s)")
    sign(database)
    times = []
    for turn in range(5):
        for number in range(NEW):
            with database.transition(f"p{(number * 7 + turn) % pilots:05}") as tx:
                append(tx)
                tx.commit()
        start = time.perf_counter()
        made = make_checkpoint(desk)
        times.append(time.perf_counter() - start)
        assert made.added == NEW
    print(f"  checkpoint after {NEW:,} more: {statistics.median(times):.3f} s (worst {max(times):.3f})")
    chosen = random.Random(1)
    with database.read() as connection:
        known = repositories.pilots(connection)
    times = []
    for _ in range(PROOFS):
        pilot, seq = chosen.choice(known), chosen.randrange(1, entries // pilots)
        start = time.perf_counter()
        prove_entry(desk, pilot, seq)
        times.append((time.perf_counter() - start) * 1000)
    print(f"  inclusion proof: {statistics.median(times):.2f} ms (worst {max(times):.2f})")
    before = memory()
    for _ in range(2):
        verify(desk, known)
    print(f"  memory: {before:.0f} MB before verifying, {memory():.0f} MB after")
    database.close()


def verify(desk: Desk, known: tuple[Pilot, ...]) -> None:
    """Every chain, every leaf and the tree."""
    start, began = time.perf_counter(), time.process_time()
    count = 0
    with Record(desk, whole=True) as record:
        tree = time.perf_counter() - start
        # The definition is a made-up one here.
        assert {failure.check for _, failure in record.failures} <= {"definition_broken"}
        for pilot in known:
            failures: list[Failure] = []
            with desk.database.read() as connection:
                head = repositories.head(connection, pilot.id)
                verdict = verify_chain(pilot.id, record.watched(connection, pilot, failures), head)
            assert verdict.holds, verdict
            assert not failures, failures
            count += verdict.entries
    took, busy = time.perf_counter() - start, time.process_time() - began
    print(
        f"  chains and tree verified: {count / took:,.0f} entries/s ({took:.2f} s, of it the tree {tree:.2f}; "
        f"{count / busy:,.0f} in a second of this process's own)"
    )
    start = time.perf_counter()
    for pilot in known:
        with desk.database.read() as connection:
            verify_chain(pilot.id, repositories.entries(connection, pilot.id), repositories.head(connection, pilot.id))
    print(f"  the chains alone: {count / (time.perf_counter() - start):,.0f} entries/s")


def main() -> None:
    """Run on both databases."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--postgres-entries", type=int, default=1_000_000)
    parser.add_argument("--pilots", type=int, default=2_000)
    parser.add_argument("--postgres", help="a server's address ending in /postgres?…; else one of our own")
    args = parser.parse_args()
    print(datetime.now(UTC).date())
    with tempfile.TemporaryDirectory(prefix="mlw") as place:
        folder = Path(place)
        if args.entries:
            measure("SQLite", f"sqlite:///{folder}/bench.sqlite3", args.entries, args.pilots, folder)
        if args.postgres_entries:
            with postgres(args.postgres) as url:
                measure("PostgreSQL", url, args.postgres_entries, args.pilots, folder)


if __name__ == "__main__":
    main()
