"""An independent reader takes our process logs, and its conformance check agrees with what the engine would refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from mlw_workflow.audit.export.course import Choice, Course
from mlw_workflow.audit.export.ocel import event_types
from mlw_workflow.audit.export.ocel_json import ocel_json
from mlw_workflow.audit.export.xes import xes
from mlw_workflow.audit.seal import seal
from mlw_workflow.definitions.bundled import programme_folder
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.domain.clock import FixedDayClock
from mlw_workflow.domain.decision import Admitted
from mlw_workflow.domain.definition import CORRECT, CorrectionRule, Programme, Workflow
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.domain.pilot import Pilot
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.export import Order, export
from mlw_workflow.services.import_history import import_history
from mlw_workflow.services.install_definition import install_definition
from mlw_workflow.storage import repositories
from mlw_workflow.storage.database import Database
from mlw_workflow.testing import ROLE, START
from mlw_workflow.testing import Course as Engine
from mlw_workflow.testing import programme as programme_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READER = Path(__file__).with_name("pm4py_reads.py")
CASES = Path(__file__).parents[3] / "workflows" / "_cases"
NOW = datetime(2014, 9, 1, 10, tzinfo=UTC)
TRACES = 40


@pytest.fixture(scope="module")
def read() -> Iterator[Callable[[str, Path], Any]]:
    """Asks the independent reader: one process for all tests, since importing it takes longer than its answers."""
    command = [sys.executable, "-W", "ignore", str(READER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        asked, answers = reader.stdin, reader.stdout
        assert asked is not None
        assert answers is not None

        def ask(question: str, folder: Path) -> Any:
            asked.write(json.dumps([question, str(folder)]) + "\n")
            asked.flush()
            answer = answers.readline()
            assert answer, "the reader ended; why is on standard error"
            return json.loads(answer)

        yield ask


@pytest.fixture
def desk(sqlite_url: str) -> Any:
    """The real programme with the histories that come with it, as of the end of the pilot."""
    database = Database.open(sqlite_url)
    desk = Desk(database, FixedDayClock(date(2014, 9, 1)))
    hashes = {name: install_definition(desk, load_programme(programme_folder(name))) for name in ("mlw-pilot",)}
    for case in ("tluszcz", "goscieradow"):
        import_history(
            desk, CASES / f"{case}.yaml", definition_of=lambda programme: hashes[programme],
            only_until=date(2014, 8, 31), programmes=frozenset(hashes),
        )  # fmt: skip
    yield desk
    database.close()


def order(desk: Desk, form: str, **given: Any) -> Order:
    with desk.database.read() as connection:
        return Order(form, repositories.pilots(connection), whole=True, choice=Choice(**given))


def test_pm4py_reads_xes(desk: Desk, tmp_path: Path, read: Any) -> None:
    """Every trace with its events in our order, on the days on which they happened."""
    export(desk, order(desk, "xes"), tmp_path / "log.xes")
    found = read("xes", tmp_path)
    expected: dict[str, list[tuple[date, int, str]]] = {}
    days = set()
    with desk.database.read() as connection:
        for pilot in repositories.pilots(connection):
            from mlw_workflow.audit.read import decode

            for _, _, body in repositories.entries(connection, pilot.id):
                entry = decode(body)
                if entry.kind == "transition":
                    assert entry.occurred_on is not None
                    activity = f"{entry.machine.partition('/')[0]}.{entry.trigger}"
                    days.add(str(entry.occurred_on))
                    expected.setdefault(f"{pilot.code}/{entry.machine}", []).append(
                        (entry.occurred_on, entry.seq, activity)
                    )
    assert found["cases"] == {case: [item[2] for item in sorted(items)] for case, items in expected.items()}
    assert found["days"] == sorted(days)
    assert {"org:role", "recorded_at", "lifecycle:transition", "case:municipality"} <= set(found["columns"])


def test_pm4py_reads_both_forms_of_ocel_alike(desk: Desk, tmp_path: Path, read: Any) -> None:
    """The same events, objects, relations and changes of state; no constraint of the standard is broken."""
    export(desk, order(desk, "ocel-json"), tmp_path / "log.json")
    export(desk, order(desk, "ocel-sqlite"), tmp_path / "log.sqlite")
    found = read("ocel", tmp_path)
    assert found["broken"] == []
    assert found["json"] == found["sqlite"]
    assert len(found["json"]["states"]) == sum(1 for _, activity in found["json"]["events"] if "." in activity)


def _bare(workflow: Workflow) -> Workflow:
    """The machine alone: whoever may, on any day, without evidence and without waiting for others."""
    rules = tuple(
        replace(
            rule, by=(ROLE,), needs=(), evidence=(), not_before="", outside_span=("before", "after"), corrected_by=()
        )
        for rule in workflow.rules
    )
    return Workflow(workflow.id, "task", workflow.title, workflow.states, rules, CorrectionRule((ROLE,)), None, ())


def _net(workflow: Workflow) -> dict[str, Any]:
    """The machine as a net: a place for each state, a transition for each rule.

    A suspended machine resumes where it left, so a suspended state is a place for each state it can be left from.
    """
    suspended = {rule.to_state for rule in workflow.rules if rule.effect == "suspend"}
    arcs = []
    for rule in workflow.rules:
        label = f"{workflow.id}.{rule.trigger}"
        if rule.to_state in suspended:
            arcs.append((rule.from_state, label, f"{rule.to_state}<{rule.from_state}"))
        elif rule.from_state in suspended:
            arcs.append((f"{rule.from_state}<{rule.to_state}", label, rule.to_state))
        else:
            arcs.append((rule.from_state, label, rule.to_state))
    places = {place for source, _, target in arcs for place in (source, target)} | {workflow.initial}
    return {"initial": workflow.initial, "places": sorted(places), "arcs": arcs}


def _course(random: Random, of: Programme, workflow: Workflow) -> tuple[list[Entry], bool]:
    """A course of steps, half of the time with one deviation; and whether the engine would have refused any of it."""
    engine = Engine(of)
    triggers: list[str] = []
    for _ in range(random.randint(1, 8)):
        here = workflow.rules_from[engine.state(workflow.id)]
        if not here:
            break
        triggers.append(random.choice(here).trigger)
        engine.take(workflow.id, triggers[-1], START + timedelta(len(triggers)))
    if random.random() < 0.5:
        at = random.randrange(len(triggers))
        match random.choice(["drop", "double", "swap", "other"]):
            case "drop" if len(triggers) > 1:
                del triggers[at]
            case "double":
                triggers.insert(at, triggers[at])
            case "swap" if at + 1 < len(triggers):
                triggers[at], triggers[at + 1] = triggers[at + 1], triggers[at]
            case _:
                triggers[at] = random.choice(workflow.triggers)
    return _entries(of, workflow, triggers)


def _entries(of: Programme, workflow: Workflow, triggers: list[str]) -> tuple[list[Entry], bool]:
    """Entries as somebody would forge them who asks no engine; and what the engine says of them."""
    engine, entries, refused = Engine(of), [], False
    for number, trigger in enumerate(triggers, start=1):
        on = START + timedelta(number)
        decision = engine.ask(workflow.id, trigger, on) if not refused else None
        if isinstance(decision, Admitted):
            engine.take(workflow.id, trigger, on)
            ends = (decision.from_state, decision.to_state)
        else:
            refused, ends = True, ("?", "?")
        entries.append(
            Entry(
                "log",
                number,
                "0" * 64,
                "transition",
                NOW,
                "role:clerk",
                role="clerk",
                machine=workflow.id,
                trigger=trigger,
                from_state=ends[0],
                to_state=ends[1],
                effect="advance",
                occurred_on=on,
            )
        )
    return entries, refused


def _written(folder: Path, of: Programme, logs: dict[str, list[Entry]], choice: Choice) -> None:
    courses = [
        Course(
            Pilot(code, code, code, of.id, "sha256:0", START, START + timedelta(300)),
            of,
            [(entry, seal(entry).hash) for entry in entries],
        )
        for code, entries in logs.items()
    ]
    (folder / "log.xes").write_bytes(b"".join(xes(courses, choice)))


@pytest.mark.parametrize("machine", ["w06", "w07", "w10", "monthly"])
def test_conformance_checking_agrees_with_the_engine(machine: str, tmp_path: Path, read: Any) -> None:
    """On seeded courses, half of them with a deviation, both name the same ones as deviating: not one more or less."""
    real = load_programme(programme_folder("mlw-pilot")).programme
    workflow = _bare(next(w for w in real.workflows if w.id == machine))
    of = programme_of(workflow)
    random = Random(f"{machine} 2014")
    made = {f"case{number}": _course(random, of, workflow) for number in range(TRACES)}
    _written(tmp_path, of, {code: entries for code, (entries, _) in made.items()}, Choice())
    (tmp_path / "net.json").write_text(json.dumps(_net(workflow)))
    found = read("deviating", tmp_path)
    assert found["cases"] == [f"{code}/{machine}" for code in made]
    expected = [f"{code}/{machine}" for code, (_, refused) in made.items() if refused]
    assert TRACES // 8 < len(expected) < TRACES * 3 // 4
    assert found["alignments"] == expected
    assert set(found["replay"]) >= set(expected), "token-based replay overlooks a deviation"


def test_corrected_steps_deviate_unless_they_are_left_out(tmp_path: Path, read: Any) -> None:
    """A log with a step that was taken back fits the machine once --without-corrected leaves both out."""
    real = load_programme(programme_folder("mlw-pilot")).programme
    workflow = _bare(real.workflow["w10"])
    of = programme_of(workflow)
    first = workflow.rules_from[workflow.initial][0].trigger
    entries, refused = _entries(of, workflow, [first])
    assert not refused
    step = entries[0]
    undo = replace(
        step, seq=2, kind="correction", trigger=CORRECT, from_state=step.to_state, to_state=step.from_state,
        effect="correct", undoes=1,
    )  # fmt: skip
    again = replace(step, seq=3)
    (tmp_path / "net.json").write_text(json.dumps(_net(workflow)))
    for choice, deviating in ((Choice(), ["case/w10"]), (Choice(corrected=False), [])):
        _written(tmp_path, of, {"case": [step, undo, again]}, choice)
        assert read("deviating", tmp_path)["alignments"] == deviating


def test_a_log_without_any_event_is_still_a_log(tmp_path: Path) -> None:
    """Nothing chosen: the file says so and declares its types."""
    real = load_programme(programme_folder("mlw-pilot")).programme
    assert b"<trace>" not in b"".join(xes([], Choice()))
    empty = json.loads(b"".join(ocel_json([real], [], Choice())))
    assert (empty["events"], empty["objects"]) == ([], [])
    assert [kind["name"] for kind in empty["eventTypes"]] == list(event_types([real], Choice()))
