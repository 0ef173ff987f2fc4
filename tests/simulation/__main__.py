"""A longer campaign: ``python -m tests.simulation --seed 1 --steps 2000 --programme mlw-pilot``."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

import structlog
from tests.simulation.course import act, begin
from tests.simulation.programmes import named
from tests.simulation.world import World

from mlw_workflow.storage.database import Database


def main() -> int:
    """Run courses one after the other; at a failure, print the seed that repeats it."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first course; the next ones count on from it")
    parser.add_argument("--courses", type=int, default=1)
    parser.add_argument("--steps", type=int, default=1000, help="in each course")
    parser.add_argument(
        "--programme", default="", help="mlw-pilot, model-kooperacji or small-N; empty: one after the other"
    )
    parser.add_argument("--audit-every", type=int, default=25, help="steps between verifying and replaying the log")
    parser.add_argument(
        "--url", default="", help="an empty PostgreSQL database; left out: SQLite in a temporary folder"
    )
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    started = time.perf_counter()
    counted: Counter[str] = Counter()
    for seed in range(given.seed, given.seed + given.courses):
        programme = given.programme or ("mlw-pilot", "model-kooperacji", f"small-{seed}")[seed % 3]
        try:
            counted += course(seed, given.steps, programme, given.audit_every, given.url)
        except Exception:  # noqa: BLE001
            traceback.print_exc()
            say(f"failed: --seed {seed} --steps {given.steps} --programme {programme}")
            return 1
        say(f"seed {seed}: {programme} holds; in all {dict(counted)}, {time.perf_counter() - started:.0f} s")
    return 0


def memory() -> str | None:
    """A folder in memory, where the system has one: a course writes much and nothing of it is to outlive it."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def say(line: str) -> None:
    """A line, at once."""
    print(line, flush=True)  # noqa: T201


def course(seed: int, steps: int, programme: str, audit_every: int = 1, url: str = "") -> Counter[str]:
    """One course from a seed; what it did. Raises AssertionError where services and model part."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        database = Database.open(url or f"sqlite:///{Path(folder) / 'pilots.sqlite3'}", create=True)
        world = World(database, named(programme))
        try:
            begin(world, rng)
            for number in range(1, steps + 1):
                act(world, rng)
                if number % audit_every == 0 or number == steps:
                    for run in world.runs:
                        world.audit(run)
                        world.same_view(run, world.today(run), None)
        finally:
            world.close()
            database.close()
    return Counter({"courses": 1, "steps": steps, **world.told})


if __name__ == "__main__":
    sys.exit(main())
