"""Whether deadlines and reminders speak of things that exist: states, fields, ladders, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.definitions import schema_reminders as schema
from mlw_workflow.definitions.convert_reminders import field_refs, rung
from mlw_workflow.domain.definition import DONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.definitions.findings import Finding
    from mlw_workflow.definitions.places import Place
    from mlw_workflow.definitions.references import Names
    from mlw_workflow.definitions.schema import Machine


def check_deadlines(names: Names, model: Machine, place: Place) -> Iterator[Finding]:
    """References of a machine's deadlines."""
    seen = set()
    for index, deadline in enumerate(model.deadlines):
        here = place.below("deadlines", index)
        if deadline.id in seen:
            yield here.finding("duplicate_item", "id", item=deadline.id)
        seen.add(deadline.id)
        for number, state in enumerate(deadline.reaches):
            yield from _state(names, model.id, state, here.below("reaches", number))
        yield from _due(names, model, deadline.due, here.below("due"))
        yield from _ladder(names, deadline, here.below("ladder"))


def _due(names: Names, model: Machine, due: schema.Due, place: Place) -> Iterator[Finding]:
    match due:
        case schema.OnDue():
            pass
        case schema.AtDue():
            yield from _anchor(names, model, due.at, place.below("at"))
        case schema.AfterDue():
            yield from _anchor(names, model, due.after, place.below("after"))
        case schema.BeforeDue():
            yield from _anchor(names, model, due.before, place.below("before"))
        case schema.EvidenceDue():
            for index, name in enumerate(field_refs(due)):
                at = place.below("evidence", index) if isinstance(due.evidence, list) else place.below("evidence")
                yield from _evidence(names, model.id, name, at)


def _anchor(names: Names, model: Machine, anchor: str, place: Place) -> Iterator[Finding]:
    if "." not in anchor:
        if anchor.startswith("period_") and model.series is None:
            yield place.finding("period_without_series", machine=model.id, anchor=anchor)
        return
    machine, state = anchor.split(".")
    if machine not in names.known:
        yield place.finding("unknown_machine", machine=machine)
        return
    found = names.expanded.get(machine)
    if found is not None and found.sound and found.workflow.series is not None and machine != model.id:
        yield place.finding("anchor_of_series", machine=machine, state=state)
    yield from _state(names, machine, state, place)


def _state(names: Names, machine: str, state: str, place: Place) -> Iterator[Finding]:
    """A state that a machine can be said to have reached."""
    found = names.expanded.get(machine)
    if found is None or not found.sound:
        return
    workflow = found.workflow
    if state == DONE:
        if not workflow.done_states:
            yield place.finding("no_done_state", machine=machine)
    elif state not in workflow.state:
        yield place.finding("unknown_state", machine=machine, state=state)
    elif workflow.state[state].initial and not any(
        rule.effect == "advance" and rule.to_state == state for rule in workflow.rules
    ):
        yield place.finding("needs_initial", machine=machine, state=state)


def _evidence(names: Names, machine: str, name: str, place: Place) -> Iterator[Finding]:
    found = names.expanded.get(machine)
    if found is None or not found.sound:
        return
    trigger, field = name.split(".")
    if trigger not in found.workflow.triggers:
        yield place.finding("unknown_trigger", machine=machine, trigger=trigger)
        return
    recorded = (names.fields_of(machine, trigger) or {}).get(field)
    if recorded is None:
        yield place.finding("unknown_field", machine=machine, field=field)
    elif recorded.type != "date":
        yield place.finding("field_not_date", field=field, type=recorded.type)


def _ladder(names: Names, deadline: schema.DeadlineModel, place: Place) -> Iterator[Finding]:
    reminders = names.programme.reminders
    if deadline.ladder is None:
        return
    ladder = reminders.ladders.get(deadline.ladder) if reminders else None
    if ladder is None:
        yield place.finding("unknown_ladder", ladder=deadline.ladder)
    elif isinstance(deadline.due, schema.EvidenceDue) and ladder.no_date is None:
        yield place.report("no_date_unwarned", "warning", (), ladder=deadline.ladder)


def check_reminders(names: Names, place: Place) -> Iterator[Finding]:
    """References of ``reminders`` in programme.yaml, and ladders that no deadline uses."""
    model = names.programme.reminders
    if model is None:
        return
    place = place.below("reminders")
    if model.goal is not None:
        yield from _goal(names, model.goal, place.below("goal"))
    yield from _roles(names, model.escalation, place.below("escalation"))
    for name, ladder in model.ladders.items():
        here = place.below("ladders", name)
        yield from _rungs(names, ladder.rungs, here.below("rungs"))
        if ladder.no_date is not None:
            yield from _rungs(names, ladder.no_date.rungs, here.below("no_date", "rungs"))


def unused_ladders(names: Names, used: set[str], place: Place) -> Iterator[Finding]:
    """Warnings on ladders by which nothing is reminded; ``used`` are the ladders that deadlines name."""
    model = names.programme.reminders
    for name in model.ladders if model else ():
        if name not in used:
            yield place.report("ladder_unused", "warning", (), "reminders", "ladders", name, ladder=name)


def _goal(names: Names, goal: str, place: Place) -> Iterator[Finding]:
    machine, state = goal.split(".")
    if machine not in names.known:
        yield place.finding("unknown_machine", machine=machine)
        return
    found = names.expanded.get(machine)
    if found is not None and found.sound and found.workflow.series is not None:
        yield place.finding("anchor_of_series", machine=machine, state=state)
    yield from _state(names, machine, state, place)


def _rungs(names: Names, rungs: list[schema.RungModel], place: Place) -> Iterator[Finding]:
    seen = set()
    for index, model in enumerate(rungs):
        name = rung(model).id
        if name in seen:
            yield place.finding("duplicate_rung", index, rung=name)
        seen.add(name)
        yield from _roles(names, model.to, place.below(index, "to"))


def _roles(names: Names, roles: list[str], place: Place) -> Iterator[Finding]:
    """Roles that can be told something; they need not act."""
    seen = set()
    for index, role in enumerate(roles):
        if role in seen:
            yield place.finding("duplicate_item", index, item=role)
        elif role not in names.programme.roles:
            yield place.finding("unknown_role", index, role=role)
        seen.add(role)
