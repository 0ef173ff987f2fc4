"""XES (IEEE 1849-2016), for process mining: a trace for each machine (or each pilot), an event for each step."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from mlw_workflow.audit.export.course import recorded, stamp, workflow_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlw_workflow.audit.export.course import Choice, Course, Told

_EXTENSIONS = (
    ("Concept", "concept"), ("Time", "time"), ("Lifecycle", "lifecycle"), ("Organizational", "org"),
    ("Identity", "identity"),
)  # fmt: skip
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NAMESPACE = uuid.UUID("5a2f6c0e-4f0b-5c39-9d0e-0f3e6a8d7b14")
"""Under which names of ours become UUIDs; fixed, so the same record gives the same ids."""
_LIFECYCLE = {"refusal": "ate_abort"}


def xes(courses: Iterable[Course], choice: Choice) -> Iterator[bytes]:
    """The log, pilot by pilot. A machine (or pilot) without a chosen step has no trace."""
    yield "".join(_head()).encode()
    for course in courses:
        yield "".join(_traces(course, choice)).encode()
    yield b"</log>\n"


def _head() -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">\n'
    for name, prefix in _EXTENSIONS:
        uri = f"http://www.xes-standard.org/{prefix}.xesext"
        yield f'  <extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n'
    yield '  <global scope="trace">\n    <string key="concept:name" value="-"/>\n  </global>\n'
    yield '  <global scope="event">\n    <string key="concept:name" value="-"/>\n'
    yield '    <date key="time:timestamp" value="1970-01-01T12:00:00.000Z"/>\n'
    yield '    <string key="lifecycle:transition" value="complete"/>\n  </global>\n'
    yield '  <classifier name="Activity" keys="concept:name"/>\n'
    yield '  <classifier name="Activity and state" keys="concept:name to"/>\n'
    yield '  <string key="lifecycle:model" value="standard"/>\n'


def _traces(course: Course, choice: Choice) -> Iterator[str]:
    pilot = course.pilot
    steps = course.steps(choice)
    if choice.case == "pilot":
        if steps:
            yield from _trace(course, pilot.code, "", steps, choice)
        return
    for machine, taken in course.by_machine(steps).items():
        yield from _trace(course, f"{pilot.code}/{machine}", machine, taken, choice)


def _trace(course: Course, name: str, machine: str, steps: list[Told], choice: Choice) -> Iterator[str]:
    pilot = course.pilot
    yield "  <trace>\n"
    yield _attribute("string", "concept:name", name)
    yield _attribute("id", "identity:id", str(uuid.uuid5(NAMESPACE, f"{pilot.id}/{machine}")))
    yield _attribute("string", "pilot", pilot.code)
    yield _attribute("string", "municipality", pilot.municipality)
    yield _attribute("string", "programme", pilot.programme)
    yield _attribute("string", "definition", pilot.definition)
    if machine:
        yield _attribute("string", "machine", machine)
        yield _attribute("string", "workflow", workflow_of(machine))
    for told in steps:
        yield from _event(course, told, choice)
    yield "  </trace>\n"


def _event(course: Course, told: Told, choice: Choice) -> Iterator[str]:
    entry = told.entry
    yield "    <event>\n"
    for kind, key, value in (
        ("string", "concept:name", told.activity),
        ("date", "time:timestamp", stamp(told.time)),
        ("string", "lifecycle:transition", _LIFECYCLE.get(entry.kind, "complete")),
        ("string", "org:resource", choice.names.get(entry.actor, entry.actor)),
        ("string", "org:role", entry.role),
        ("string", "org:group", course.pilot.code),
        ("id", "identity:id", str(uuid.uuid5(NAMESPACE, told.hash.hex()))),
        ("string", "kind", entry.kind),
        ("string", "machine", entry.machine),
        ("string", "from", entry.from_state),
        ("string", "to", entry.to_state),
        ("string", "effect", entry.effect),
        ("string", "occurred_on", told.day.isoformat()),
        ("date", "recorded_at", recorded(entry)),
        ("string", "precision", entry.precision),
        ("string", "source", entry.source),
        ("int", "seq", entry.seq),
        ("int", "undoes", entry.undoes or ""),
        ("int", "corrected_by", told.corrected_by or ""),
        ("string", "reasons", " ".join(sorted({str(reason.get("code", "")) for reason in entry.reasons}))),
        ("string", "hash", told.hash.hex()),
    ):
        if value != "":
            yield f"  {_attribute(kind, key, value)}"
    yield "    </event>\n"


def _attribute(kind: str, key: str, value: object) -> str:
    return f'    <{kind} key="{key}" value={quoteattr(_FORBIDDEN.sub("�", str(value)))}/>\n'
