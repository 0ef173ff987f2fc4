"""The whole ``advance`` (load, guards, sealed entry, projection, commit, log event) beside the same writes by hand.

    python -m benchmarks.bench_service [--seconds 6] [--rounds 12] [--only sqlite]

The other ways, the rows and the ratios are those of ``bench_advance.py``. The service decides on a programme of 40
machines, each with a prerequisite and a piece of evidence; it goes round many pilots, so that machines have a few
steps as real ones do.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import cycle, pairwise
from typing import TYPE_CHECKING

import structlog
from benchmarks import bench_advance

from mlw_workflow.definitions.normal_form import content_hash, normal_bytes
from mlw_workflow.domain.clock import SystemClock
from mlw_workflow.domain.definition import Field, Kind, Need, Programme, Role, Rule, State, Text, Workflow
from mlw_workflow.services.advance import Request, advance
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.open_pilot import Opening, open_pilot

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlw_workflow.storage.database import Database

PILOTS = 100
T = Text("t", "t")


def programme() -> Programme:
    """Forty machines that go round, each needing that another has been moved."""

    def machine(number: int) -> Workflow:
        ids = [f"s{n}" for n in range(bench_advance.STEPS + 1)]
        states = tuple(State(s, T, initial=s == "s0", working=s != "s0") for s in ids)
        onward = [*pairwise(ids), (ids[-1], "s1")]
        asks = (Field("order_number", "text", T),)
        other = Need(f"w{(number + 1) % bench_advance.MACHINES:02}", "s1")
        rules = tuple(
            Rule("advance", a, b, ("coordinator",), T, evidence=asks, needs=(other,) if a != "s0" else ())
            for a, b in onward
        )
        return Workflow(f"w{number:02}", "guideline", T, states, rules)

    workflows = tuple(machine(number) for number in range(bench_advance.MACHINES))
    return Programme("bench", T, (Role("coordinator", T),), (Kind("guideline", T),), workflows)


def whole_advance(database: Database) -> bench_advance.Way:
    """The service, on pilots of its own whose machines have all been moved once."""
    desk = Desk(database, SystemClock())
    body = normal_bytes(programme())
    with database.work() as work:
        work.add_definition(content_hash(body), "bench", body, datetime.now(UTC))
        work.commit()
    day, evidence = date(2014, 5, 31), {"order_number": "0050.127.2013"}
    machines = [f"w{number:02}" for number in range(bench_advance.MACHINES)]
    opening = {"definition": content_hash(body), "start": day, "end": day}
    pilots = [open_pilot(desk, Opening(f"Gmina {number}", **opening)) for number in range(PILOTS)]  # type: ignore[arg-type]
    turns = cycle([(pilot, machine) for machine in machines for pilot in pilots])

    def run(_: str) -> None:
        pilot, machine = next(turns)
        outcome = advance(desk, Request(pilot, machine, "advance", "coordinator", day, evidence))
        assert outcome.admitted

    for _ in range(PILOTS * len(machines)):
        run("")
    return run


def more(database: Database) -> dict[str, Callable[[], bench_advance.Way]]:
    """The way that this benchmark adds."""
    return {"whole advance": lambda: whole_advance(database)}


if __name__ == "__main__":
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(open("/dev/null", "w")),  # noqa: PTH123, SIM115
    )
    bench_advance.main(more)
