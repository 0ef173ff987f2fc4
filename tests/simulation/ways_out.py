"""Ways out followed to their end: ``python -m tests.simulation.ways_out --seed 1 --courses 50``.

After a random course some step is refused; the steps that the refusal proposes are taken through the services, each on
its day and with evidence that fits, and then the refused step must be admitted on the day that was promised.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from tests.simulation.__main__ import memory, say
from tests.simulation.course import act, begin, possible, some_day
from tests.simulation.evidence import make
from tests.simulation.programmes import named
from tests.simulation.world import Run, World

from mlw_workflow.storage.database import Database

if TYPE_CHECKING:
    from mlw_workflow.domain.wayout import WayOut


def ways_out(seed: int, programme: str, steps: int, asked: int) -> Counter[str]:
    """One course, then so many refused steps with their ways out. Raises AssertionError where one leads nowhere."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(dir=memory()) as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'pilots.sqlite3'}", create=True)
        world = World(database, named(programme))
        try:
            begin(world, rng)
            for _ in range(rng.randint(0, steps)):
                act(world, rng)
            counted: Counter[str] = Counter()
            for _ in range(asked):
                counted[follow(world, rng)] += 1
        finally:
            world.close()
            database.close()
    return counted


def follow(world: World, rng: random.Random) -> str:
    """Ask for a random step and go where its refusal points; what came of it."""
    run = world.runs[0]
    machine = rng.choice(list(run.model.workflow))
    rule = rng.choice(run.model.workflow[machine]["rules"])
    asked_on = world.today(run) if rng.random() < 0.6 else some_day(world, run, machine, rng)
    returns = [(m, r) for m, r in possible(world, run) if r.get("effect") == "return"]
    if returns and rng.random() < 0.2:  # as early as can be, so that others may rely on what is given back
        machine, rule = rng.choice(returns)
        asked_on = run.model.course(machine)[-1].on
    outcome = attempt(world, run, machine, rule, asked_on, rng)
    if outcome.admitted:
        return "admitted at once"
    way: WayOut | None = outcome.way_out
    assert way is not None
    if not way.possible:
        return "no way"
    if way.earliest_on is None:
        return "too late"
    proposed = [(s.machine, s.trigger, s.earliest_on) for s in way.steps]
    for step in way.steps:
        taken = next(
            r
            for r in run.model.workflow[step.machine]["rules"]
            if (r["trigger"], r["from_state"], r["to_state"]) == (step.trigger, step.from_state, step.to_state)
        )
        reach(world, step.earliest_on)
        outcome = attempt(world, run, step.machine, taken, step.earliest_on, rng)
        if unfillable(run, taken):
            return "nothing to choose from"
        assert outcome.admitted, (machine, rule["trigger"], proposed, step.machine, step.trigger, outcome.decision)
    reach(world, way.earliest_on)
    here = run.model.state(machine)
    last = next(
        r
        for r in run.model.workflow[machine]["rules"]
        if r["trigger"] == rule["trigger"] and r["from_state"] == here and run.model.leads_back(machine, r)
    )
    outcome = attempt(world, run, machine, last, way.earliest_on, rng)
    if unfillable(run, last):
        return "nothing to choose from"
    assert outcome.admitted, (machine, rule["trigger"], proposed, way.earliest_on, outcome.decision)
    return "out in no step" if not proposed else "out in one step" if len(proposed) == 1 else "out in several steps"


def attempt(world: World, run: Run, machine: str, rule: dict[str, Any], on: date, rng: random.Random) -> Any:
    evidence = make(rng, rule.get("evidence", ()), run.model.recorded, on)
    return world.attempt(run, machine, rule["trigger"], on, rng.choice(rule["by"]), evidence)[1]


def unfillable(run: Run, rule: dict[str, Any]) -> bool:
    """A choice among what a machine recorded that was waived, and so recorded nothing."""
    among = [field["among"] for field in rule.get("evidence", ()) if "among" in field]
    return any(not run.model.recorded(origin["machine"], origin["field"]) for origin in among)


def reach(world: World, day: date) -> None:
    """Let the day come."""
    noon = datetime.combine(day, hour(12), world.zone).astimezone(UTC)
    world.clock.instant = max(world.clock.instant + timedelta(seconds=1), noon)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.ways_out", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--courses", type=int, default=20)
    parser.add_argument("--steps", type=int, default=80, help="at most, in each course")
    parser.add_argument("--asked", type=int, default=10, help="refused steps after each course")
    parser.add_argument("--programme", default="mlw-pilot")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    started, counted = time.perf_counter(), Counter[str]()
    for seed in range(given.seed, given.seed + given.courses):
        try:
            counted += ways_out(seed, given.programme, given.steps, given.asked)
        except AssertionError:
            say(f"failed: --seed {seed} --steps {given.steps} --asked {given.asked} --programme {given.programme}")
            raise
    say(f"{given.courses} courses: {dict(counted)}, {time.perf_counter() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
