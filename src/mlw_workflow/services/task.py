"""What the page of one task shows: where it stands, each step from here, its deadlines, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.read import decode
from mlw_workflow.domain.deadline import Deadline, deadlines_of
from mlw_workflow.domain.definition import CORRECT
from mlw_workflow.domain.errors import UnknownMachine, UnknownTrigger
from mlw_workflow.domain.footing import standing_steps
from mlw_workflow.domain.guards import corrected_by
from mlw_workflow.domain.ledger import reasons_of
from mlw_workflow.domain.outlook import conditions, rules_here
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.services.deadlines import evidence_reader
from mlw_workflow.services.gather import known_evidence
from mlw_workflow.storage import overview, repositories

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from mlw_workflow.domain.decision import Reason
    from mlw_workflow.domain.definition import Field, Rule, Workflow
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot, Position
    from mlw_workflow.services.desk import Desk

HISTORY_MAX = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that leaves the task's present state."""

    rule: Rule
    mine: bool
    """Whether the person who looks may take it."""
    reasons: tuple[Reason, ...]
    """What keeps it today; empty: it can be taken."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the task's history, with both of its days."""

    seq: int
    kind: str
    trigger: str
    occurred_on: date | None
    recorded_at: datetime
    actor: str
    """A person's name; empty where only the role is known."""
    role: str
    from_state: str
    to_state: str
    reasons: tuple[Reason, ...]
    """Of a refusal."""
    undone: bool
    """Whether a correction took it back."""
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A task as its page shows it."""

    pilot: Pilot
    standing: Standing
    machine: str
    today: date
    choices: tuple[Choice, ...]
    correctable: bool
    """Whether there is a last step that the person who looks may take back."""
    deadlines: tuple[Deadline, ...]
    events: tuple[Event, ...]
    """The newest first."""

    @property
    def workflow(self) -> Workflow:
        """What the task is."""
        return self.standing.instances[self.machine].workflow

    @property
    def position(self) -> Position:
        """Where it stands."""
        return self.standing.position(self.machine)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of one step asks for."""

    pilot: Pilot
    standing: Standing
    machine: str
    today: date
    trigger: str
    rule: Rule | None
    """None for a correction."""
    fields: tuple[Field, ...]
    by: tuple[str, ...]
    """The roles that may take it."""
    mine: bool
    here: bool
    """Whether the step leaves the present state."""
    done: Entry | None
    """Of a step that does not leave the present state: the entry by which it was taken, if it was and still counts."""
    seen_seq: int
    """The task's last step as this form knows it."""
    known: Mapping[tuple[str, str], tuple[Any, ...]]

    def options(self, field: Field) -> tuple[str, ...]:
        """The names a field chooses from, recorded earlier elsewhere."""
        found: dict[str, None] = {}
        if field.among is not None:
            for value in self.known.get((field.among.machine, field.among.field), ()):
                for item in value if isinstance(value, list | tuple) else [value]:
                    name = item.get(field.among.subfield) if isinstance(item, dict) else item
                    if isinstance(name, str):
                        found[name] = None
        return tuple(found)


def task_page(desk: Desk, pilot: Pilot, machine: str, roles: tuple[str, ...]) -> TaskPage:
    """The page of a task as somebody with these roles sees it. Raises UnknownMachine."""
    programme = desk.programme(pilot.definition)
    today = desk.today(programme)
    with desk.database.transition(pilot.id, readonly=True) as work:
        standing = Standing(pilot, programme, dict(work.moved))
        instance = _known(standing, machine)
        entries = [
            entry
            for entry in (decode(body) for _, _, body in repositories.entries(work.connection, pilot.id))
            if entry.machine == machine
        ][-HISTORY_MAX:]
        names = {entry.actor: _name(repositories.person(work.connection, entry.actor)) for entry in entries}
        undone = {entry.undoes for entry in entries if entry.undoes}
        events = tuple(
            Event(
                entry.seq,
                entry.kind,
                entry.trigger,
                entry.occurred_on,
                entry.recorded_at,
                names[entry.actor],
                entry.role,
                entry.from_state,
                entry.to_state,
                reasons_of(entry),
                entry.seq in undone,
                work.evidence(entry.seq),
            )
            for entry in reversed(entries)
        )
        due = tuple(deadlines_of(standing, instance, desk.calendar(pilot.voivodeship), evidence_reader(work)))
    choices = tuple(
        Choice(rule, bool(set(roles) & set(rule.by)), conditions(standing, instance, rule, today))
        for rule in rules_here(standing, instance)
    )
    last = standing.position(machine).last
    correctable = last is not None and bool(set(roles) & set(corrected_by(instance.workflow, last)))
    return TaskPage(pilot, standing, machine, today, choices, correctable, due, events)


def asked(desk: Desk, pilot: Pilot, machine: str, trigger: str, roles: tuple[str, ...]) -> Asked:
    """What the form of a step asks for. Raises UnknownMachine, UnknownTrigger."""
    programme = desk.programme(pilot.definition)
    with desk.database.transition(pilot.id, readonly=True) as work:
        standing = Standing(pilot, programme, dict(work.moved))
        workflow = _known(standing, machine).workflow
        last = standing.position(machine).last
        rule: Rule | None = None
        if trigger == CORRECT:
            here, fields, by = last is not None, workflow.correction.evidence, corrected_by(workflow, last)
        else:
            leaving = workflow.rules_for.get((standing.position(machine).state, trigger), ())
            rule = next(iter(leaving or workflow.rules_of(trigger)), None)
            if rule is None:
                raise UnknownTrigger(machine=machine, trigger=trigger[:80], known=workflow.triggers)
            here, fields, by = bool(leaving), rule.evidence, rule.by
        known = known_evidence(work, standing, machine, trigger)
        taken = [step.seq for step in standing_steps(standing.position(machine)) if step.trigger == trigger]
        done = None
        if taken and not here:
            done = overview.numbered(work.connection, [pilot.id], taken[-1:])[pilot.id, taken[-1]]
    return Asked(
        pilot, standing, machine, desk.today(programme), trigger, rule, fields, by, bool(set(roles) & set(by)), here,
        done, last.seq if last else 0, known,
    )  # fmt: skip


def _known(standing: Standing, machine: str) -> Any:
    instance = standing.instances.get(machine)
    if instance is None:
        raise UnknownMachine(machine=machine[:80], known=(), pilot=standing.pilot.municipality)
    return instance


def _name(person: Any) -> str:
    return "" if person is None else person.name
