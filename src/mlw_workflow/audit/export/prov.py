"""W3C PROV-JSON: each pilot a bundle; its steps are activities, its states entities, whoever acts an agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.export.course import is_person, recorded, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlw_workflow.audit.export.course import Choice, Course, Told

_encode = msgspec.json.Encoder().encode
PREFIX = {
    "mlw": "urn:mlw-workflow:prov#",
    "pilot": "urn:mlw-workflow:pilot:",
    "state": "urn:mlw-workflow:state:",
    "entry": "urn:mlw-workflow:entry:",
    "person": "urn:mlw-workflow:person:",
    "role": "urn:mlw-workflow:role:",
    "agent": "urn:mlw-workflow:agent:",
    "definition": "urn:mlw-workflow:definition:",
}


def prov(courses: Iterable[Course], choice: Choice) -> Iterator[bytes]:
    """The document, pilot by pilot. Memory grows with the largest pilot."""
    yield b'{"prefix":' + _encode(PREFIX) + b',\n"bundle":{'
    between = b"\n"
    for course in courses:
        yield between + _encode(f"pilot:{course.pilot.id}") + b":" + _encode(_Bundle(course, choice).document())
        between = b",\n"
    yield b"}}\n"


class _Bundle:
    """What one pilot's log says of where its states come from."""

    def __init__(self, course: Course, choice: Choice) -> None:
        self.course = course
        self.choice = choice
        self.found: dict[str, dict[str, Any]] = {}

    def document(self) -> dict[str, Any]:
        plan = f"definition:{self.course.pilot.definition.partition(':')[2]}"
        self.add("entity", plan, {"prov:type": {"$": "prov:Plan", "type": "prov:QUALIFIED_NAME"}})
        steps = self.course.steps(self.choice)
        reached = {told.entry.seq: self.entity(told.entry.machine, told.entry.seq) for told in steps}
        course: dict[str, list[str]] = {}
        for told in steps:
            trail = course.setdefault(told.entry.machine, [self.start(told.entry.machine)])
            self.step(told, plan, trail, reached)
        return {"prefix": PREFIX, **self.found}

    def step(self, told: Told, plan: str, trail: list[str], reached: dict[int, str]) -> None:
        """``trail``: the states of the machine that hold, oldest first."""
        entry = told.entry
        activity = f"entry:{self.course.pilot.id}.{entry.seq}"
        when = stamp(told.time)
        facts = {
            "prov:startTime": when, "prov:endTime": when, "prov:label": told.activity, "mlw:kind": entry.kind,
            "mlw:seq": entry.seq, "mlw:occurredOn": told.day.isoformat(), "mlw:recordedAt": recorded(entry),
            "mlw:hash": told.hash.hex(),
        }  # fmt: skip
        self.add("activity", activity, facts)
        relation = {"prov:activity": activity, "prov:agent": self.agent(entry.actor), "prov:plan": plan}
        self.relate("wasAssociatedWith", {**relation, **({"mlw:role": entry.role} if entry.role else {})})
        if entry.kind == "refusal":
            return
        before = trail[-1]
        self.relate("used", {"prov:activity": activity, "prov:entity": before, "prov:time": when})
        after = self.entity(entry.machine, entry.seq)
        self.add("entity", after, {"mlw:machine": entry.machine, "mlw:state": entry.to_state})
        self.relate("wasGeneratedBy", {"prov:entity": after, "prov:activity": activity, "prov:time": when})
        self.relate("wasInvalidatedBy", {"prov:entity": before, "prov:activity": activity, "prov:time": when})
        kind = "prov:Revision" if entry.kind == "correction" else "mlw:Step"
        told_as = {"$": kind, "type": "prov:QUALIFIED_NAME"}
        derived = {"prov:generatedEntity": after, "prov:usedEntity": before, "prov:activity": activity}
        self.relate("wasDerivedFrom", {**derived, "prov:type": told_as})
        for need, seq in entry.relies_on.items():
            if seq in reached:
                self.relate(
                    "used",
                    {"prov:activity": activity, "prov:entity": reached[seq], "prov:time": when, "mlw:need": need},
                )
        trail.append(after)

    def start(self, machine: str) -> str:
        found = self.course.machines.get(machine)
        state = found.workflow.initial if found else ""
        name = self.entity(machine, 0)
        self.add("entity", name, {"mlw:machine": machine, "mlw:state": state})
        return name

    def entity(self, machine: str, seq: int) -> str:
        return f"state:{self.course.pilot.id}.{machine}.{seq}"

    def agent(self, actor: str) -> str:
        if is_person(actor):
            name, kind = f"person:{actor}", "prov:Person"
        elif actor.startswith("role:"):
            name, kind = actor, "mlw:Role"
        else:
            name, kind = f"agent:{actor}", "prov:SoftwareAgent" if actor == "import" else "mlw:Operator"
        facts: dict[str, Any] = {"prov:type": {"$": kind, "type": "prov:QUALIFIED_NAME"}}
        if actor in self.choice.names:
            facts["prov:label"] = self.choice.names[actor]
        self.add("agent", name, facts)
        return name

    def add(self, kind: str, name: str, facts: dict[str, Any]) -> None:
        self.found.setdefault(kind, {})[name] = facts

    def relate(self, kind: str, facts: dict[str, Any]) -> None:
        known = self.found.setdefault(kind, {})
        known[f"_:{kind}{len(known) + 1}"] = facts
