"""What a municipality has asked for and what became of it: requests for change, and the waivers in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.read import decode
from mlw_workflow.domain.acceptance import REQUEST, decided_by, deciders
from mlw_workflow.domain.outlook import conditions, rules_here
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.storage import circle, overview, repositories
from mlw_workflow.storage.repositories import fold_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from mlw_workflow.domain.definition import Rule, Workflow
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Act:
    """One step of a request: asking, or what ended it."""

    seq: int
    trigger: str
    occurred_on: date | None
    recorded_at: datetime
    actor: str
    """A person's name; empty where only the role is known."""
    role: str
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asking:
    """A request and its end."""

    asked: Act
    ended: Act | None
    """None: it waits for a decision."""
    concerns: tuple[str, ...]
    """Machines that it names as those to be waived."""
    granted: bool = False


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests of one kind."""

    machine: str
    workflow: Workflow
    state: str
    choices: tuple[tuple[Rule, bool], ...]
    """What can be done now: each step, and whether the person who looks may take it."""
    deciders: tuple[str, ...]
    """The roles that end a request, other than whoever asks."""
    askings: tuple[Asking, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True)
class Waived:
    """A task that the municipality is released from."""

    machine: str
    act: Act


@dataclass(frozen=True, slots=True)
class Trail:
    """Everything that was asked for, by kind; and the waivers in force."""

    standing: Standing
    kinds: tuple[Requests, ...]
    waived: tuple[Waived, ...]


def requests(desk: Desk, pilot: Pilot, roles: tuple[str, ...]) -> Trail:
    """The trail of a pilot's requests, in a number of queries that does not depend on its length."""
    programme = desk.programme(pilot.definition)
    today = desk.today(programme)
    with desk.database.transition(pilot.id, readonly=True) as work:
        standing = Standing(pilot, programme, dict(work.moved))
        machines = [name for name, one in standing.instances.items() if one.workflow.kind == REQUEST]
        waivers = {
            name: step.seq
            for name in standing.instances
            if (step := standing.position(name).trail().waived_by) is not None
        }
        entries = [decode(body) for _, _, body in repositories.entries(work.connection, pilot.id)]
        undone = {entry.undoes for entry in entries if entry.undoes}
        wanted = [
            entry
            for entry in entries
            if (entry.machine in machines and entry.kind == "transition" and entry.seq not in undone)
            or entry.seq in waivers.values()
        ]
        fields = dict.fromkeys(name for entry in wanted for name in entry.evidence)
        values = overview.values(work.connection, [pilot.id], fields) if fields else {}
        people = circle.people(work.connection, list({entry.actor for entry in wanted}))
    names = {key: person.name for key, person in people.items()}
    acts = {entry.seq: _act(entry, names, values) for entry in wanted}
    kinds = []
    for machine in machines:
        instance = standing.instances[machine]
        here = [rule for rule in rules_here(standing, instance) if not conditions(standing, instance, rule, today)]
        kinds.append(
            Requests(
                machine,
                instance.workflow,
                standing.position(machine).state,
                tuple((rule, bool(set(roles) & set(rule.by))) for rule in here),
                deciders(instance.workflow),
                _askings(instance.workflow, [entry for entry in wanted if entry.machine == machine], acts, standing),
            )
        )
    return Trail(standing, tuple(kinds), tuple(Waived(name, acts[seq]) for name, seq in waivers.items()))


def _act(entry: Entry, names: Mapping[str, str], values: Mapping[tuple[str, int, str], Any]) -> Act:
    kept = {name: values.get((entry.log, entry.seq, name)) for name in entry.evidence}
    return Act(
        entry.seq,
        entry.trigger,
        entry.occurred_on,
        entry.recorded_at,
        names.get(entry.actor, ""),
        entry.role,
        {name: value for name, value in kept.items() if value is not None},
    )


def _granting(workflow: Workflow) -> str:
    """The trigger that grants a request: of the deciders' steps the first that the definition names."""
    deciding = set(deciders(workflow))
    ending = (rule for rule in workflow.rules if workflow.state[rule.from_state].working)
    return next((rule.trigger for rule in ending if deciding & set(rule.by)), "")


def _askings(
    workflow: Workflow, course: list[Entry], acts: Mapping[int, Act], standing: Standing
) -> tuple[Asking, ...]:
    """A request begins with a step into a working state, and ends with the step out of it."""
    found: list[Asking] = []
    for entry in course:
        act = acts[entry.seq]
        if workflow.state[entry.to_state].working:
            named = [name for value in act.evidence.values() if isinstance(value, list) for name in value]
            found.append(Asking(act, None, tuple(name for name in named if name in standing.instances)))
        elif found and found[-1].ended is None:
            found[-1] = replace(found[-1], ended=act, granted=entry.trigger == _granting(workflow))
    return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Undecided:
    """A request that waits for the decision of whoever looks."""

    pilot: Pilot
    machine: str
    since: date
    """The day on which it was made."""


def undecided(desk: Desk, viewer: Viewer, text: str = "") -> tuple[Undecided, ...]:
    """The requests that somebody may decide today, the oldest first, in one query; ``text``: where to look."""
    folded = fold_name(text)
    pilots = [pilot for pilot in viewer.pilots if not folded or folded in fold_name(pilot.municipality)]
    states: dict[tuple[str, tuple[str, ...]], dict[str, frozenset[str]]] = {}
    for pilot in pilots:
        key = (pilot.definition, viewer.roles(pilot))
        if key not in states:
            known = ((one.id, decided_by(one, key[1])) for one in desk.programme(pilot.definition).workflows)
            states[key] = {workflow: found for workflow, found in known if found}
    among = [pilot for pilot in pilots if states[pilot.definition, viewer.roles(pilot)]]
    wanted = {state for kinds in states.values() for some in kinds.values() for state in some}
    if not among:
        return ()
    with desk.database.read() as connection:
        positions = overview.positions_in(connection, [pilot.id for pilot in among], sorted(wanted))
    found = []
    for pilot in among:
        kinds = states[pilot.definition, viewer.roles(pilot)]
        for machine, position in positions[pilot.id].items():
            if position.state in kinds.get(machine.partition("/")[0], ()) and position.entered is not None:
                found.append(Undecided(pilot, machine, position.entered.occurred_on))
    found.sort(key=lambda one: (one.since, fold_name(one.pilot.municipality), one.machine))
    return tuple(found)
