"""OCEL 2.0, whatever the file: which objects and events a log holds, of which types, and how they are related.

Objects: pilots, machines and people, by id. A machine's state is an attribute that changes over time. Events: steps of
machines (and refused attempts, if chosen), openings and roles given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.audit.export.course import is_person, recorded, stamp
from mlw_workflow.domain.definition import CORRECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mlw_workflow.audit.export.course import Choice, Course, Told
    from mlw_workflow.domain.definition import Programme

EPOCH = "1970-01-01T00:00:00.000Z"
"""When an attribute has the value it began with, says the standard."""
OBJECT_TYPES: Mapping[str, Mapping[str, str]] = {
    "pilot": {
        "code": "string", "municipality": "string", "voivodeship": "string", "programme": "string",
        "definition": "string", "start": "string", "end": "string",
    },
    "machine": {"workflow": "string", "state": "string"},
    "person": {"name": "string"},
}  # fmt: skip
EVENT_ATTRIBUTES: Mapping[str, str] = {
    "seq": "integer", "kind": "string", "trigger": "string", "from": "string", "to": "string", "effect": "string",
    "occurred_on": "string", "recorded_at": "time", "precision": "string", "source": "string", "actor": "string",
    "role": "string", "undoes": "integer", "corrected_by": "integer", "reasons": "string", "hash": "string",
}  # fmt: skip
OPENING, MEMBERSHIP, REFUSED = "opening", "membership", "refused"

Value = str | int


@dataclass(frozen=True, slots=True)
class Object:
    """An object. Attributes with the instants from which they hold; relations with their qualifiers."""

    id: str
    type: str
    attributes: tuple[tuple[str, str, Value], ...] = ()
    """(name, since, value); the first of a name since ``EPOCH``."""
    relations: tuple[tuple[str, str], ...] = ()
    """(object, qualifier)."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event, related to objects."""

    id: str
    type: str
    time: str
    attributes: tuple[tuple[str, Value], ...]
    relations: tuple[tuple[str, str], ...]


def event_types(programmes: Iterable[Programme], choice: Choice) -> tuple[str, ...]:
    """Every type of event that pilots of these programmes can have, in the order of the definitions."""
    corrections = (CORRECT,) if choice.corrected or choice.refusals else ()
    found = {OPENING: None, MEMBERSHIP: None}
    for programme in programmes:
        for workflow in programme.workflows:
            for trigger in (*workflow.triggers, *corrections):
                found[f"{workflow.id}.{trigger}"] = None
                if choice.refusals:
                    found[f"{workflow.id}.{trigger} {REFUSED}"] = None
    return tuple(found)


def of_pilot(course: Course, choice: Choice) -> Iterator[Object | Event]:
    """The objects and events of one pilot; people come with ``people``."""
    chosen = {told.entry.seq for told in course.steps(choice)}
    log = [told for told in course.log if told.entry.seq in chosen or _about(told, choice)]
    yield _pilot(course)
    states: dict[str, list[tuple[str, str, Value]]] = {}
    for told in course.steps(choice):
        if told.entry.kind != "refusal":
            states.setdefault(told.entry.machine, []).append(("state", stamp(told.time), told.entry.to_state))
    for machine, instance in course.machines.items():
        attributes = (("workflow", EPOCH, instance.workflow.id), ("state", EPOCH, instance.workflow.initial))
        changes = tuple(states.get(machine, ()))
        yield Object(machine_id(course, machine), "machine", (*attributes, *changes), ((course.pilot.id, "part of"),))
    for told in log:
        yield _event(course, told)


def person_ids(course: Course) -> Iterator[str]:
    """The people whom a pilot's events name."""
    for told in course.log:
        for person in (told.entry.actor, told.entry.person if told.entry.kind == "membership" else ""):
            if is_person(person):
                yield person


def people(roles: Mapping[str, Mapping[str, str]], choice: Choice) -> Iterator[Object]:
    """People as objects: by id the pilots in which they hold roles, each with the roles."""
    for person, held in roles.items():
        name = choice.names.get(person)
        attributes = (("name", EPOCH, name),) if name else ()
        yield Object(person, "person", attributes, tuple(held.items()))


def roles_in(course: Course) -> dict[str, str]:
    """For each person that the pilot's log names, the roles given there, as a qualifier."""
    found: dict[str, list[str]] = {person: [] for person in person_ids(course)}
    for told in course.log:
        if told.entry.kind == "membership" and told.entry.person in found:
            roles = found[told.entry.person]
            if told.entry.role not in roles:
                roles.append(told.entry.role)
    return {person: ", ".join(roles) for person, roles in found.items()}


def machine_id(course: Course, machine: str) -> str:
    """A machine's id among all pilots' machines."""
    return f"{course.pilot.id}/{machine}"


def _about(told: Told, choice: Choice) -> bool:
    return told.entry.kind in (OPENING, MEMBERSHIP) and choice.holds(told.day)


def _pilot(course: Course) -> Object:
    pilot = course.pilot
    given = {
        "code": pilot.code, "municipality": pilot.municipality, "voivodeship": pilot.voivodeship,
        "programme": pilot.programme, "definition": pilot.definition, "start": pilot.start.isoformat(),
        "end": pilot.end.isoformat(),
    }  # fmt: skip
    return Object(pilot.id, "pilot", tuple((name, EPOCH, value) for name, value in given.items() if value))


def _event(course: Course, told: Told) -> Event:
    entry = told.entry
    values: dict[str, Value] = {
        "seq": entry.seq, "kind": entry.kind, "trigger": entry.trigger, "from": entry.from_state,
        "to": entry.to_state, "effect": entry.effect, "occurred_on": told.day.isoformat(),
        "recorded_at": recorded(entry), "precision": entry.precision, "source": entry.source, "actor": entry.actor,
        "role": entry.role, "undoes": entry.undoes, "corrected_by": told.corrected_by,
        "reasons": " ".join(sorted({str(reason.get("code", "")) for reason in entry.reasons})),
        "hash": told.hash.hex(),
    }  # fmt: skip
    kind = f"{told.activity} {REFUSED}" if entry.kind == "refusal" else told.activity
    attributes = tuple((name, value) for name, value in values.items() if value not in ("", 0))
    return Event(f"{entry.log}#{entry.seq}", kind, stamp(told.time), attributes, _relations(course, told))


def _relations(course: Course, told: Told) -> tuple[tuple[str, str], ...]:
    """Each object once for each qualifier, as the standard wants it."""
    entry = told.entry
    found = {(course.pilot.id, "pilot"): None}
    if entry.machine:
        found[machine_id(course, entry.machine), "machine"] = None
    if is_person(entry.actor):
        found[entry.actor, "actor"] = None
    if entry.kind == MEMBERSHIP and is_person(entry.person):
        found[entry.person, "member"] = None
    for need in entry.relies_on:
        machine = need.rpartition(".")[0]
        if machine in course.machines:
            found[machine_id(course, machine), "relied on"] = None
    return tuple(found)
