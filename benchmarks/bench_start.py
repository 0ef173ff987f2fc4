"""Whole processes and memory: ``mlw --help``, ``mlw status``, and the positions of 2,500 pilots held at once.

python -m benchmarks.bench_start [--runs 10]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MLW = Path(sys.executable).with_name("mlw")
PILOTS, MACHINES = 2_500, 30


def whole_process(arguments: list[str], home: str, runs: int) -> list[float]:
    """Seconds from start to end of each run, after one that is not counted."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"MLW_HOME": home, "MLW_TODAY": "2014-05-31", "MLW_LANG": "pl"}
    found = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run([MLW, *arguments], env=environment, check=True, capture_output=True)
        found.append(time.perf_counter() - start)
    return found[1:]


def positions() -> float:
    """MiB that the positions of all pilots take, every one of them decoded."""
    from mlw_workflow.storage import repositories
    from mlw_workflow.storage.database import Database

    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{folder}/bench.sqlite3", create=True)
        steps = (
            '[[5,"begin","not_started","working","advance","2014-01-31","2014-05-31T10:00:00.000000Z"],'
            '[9,"complete","working","completed","advance","2014-04-30","2014-05-31T10:00:00.000000Z"]]'
        )
        with database.work() as work:
            raw = work.connection.raw
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.executemany(
                "INSERT INTO position (pilot_id, machine, state, since, recorded_at, seq, steps)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        f"{pilot:032x}",
                        f"w{machine:02}",
                        "completed",
                        "2014-04-30",
                        "2014-05-31T10:00:00.000000Z",
                        9,
                        steps,
                    )
                    for pilot in range(PILOTS)
                    for machine in range(MACHINES)
                ],
            )
            work.commit()
        before = _resident()
        with database.read() as connection:
            everything = repositories.all_positions(connection)
        decoded = [position.state for moved in everything.values() for position in moved.values()]
        assert len(decoded) == PILOTS * MACHINES
        grown = _resident() - before
        database.close()
    return grown


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print minimum, median and maximum of each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=10)
    runs = parser.parse_args().runs
    print(f"positions of {PILOTS} pilots with {MACHINES} machines each, all decoded: {positions():.0f} MiB")
    with tempfile.TemporaryDirectory() as home:
        cases = Path(__file__).parents[1] / "workflows" / "_cases" / "tluszcz.yaml"
        for arguments in (["init"], ["import", str(cases)]):
            whole_process(arguments, home, 0)
        for arguments in (["--help"], ["status", "Tłuszcz"], ["status", "Tłuszcz", "--json"]):
            found = whole_process(arguments, home, runs)
            middle = statistics.median(found)
            print(f"mlw {' '.join(arguments)}: {min(found):.2f} {middle:.2f} {max(found):.2f} s (min, median, max)")


if __name__ == "__main__":
    main()
