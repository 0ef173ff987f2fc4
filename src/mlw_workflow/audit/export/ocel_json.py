"""OCEL 2.0 as JSON: types, then objects, then events, which wait aside until the objects are written."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import msgspec

from mlw_workflow.audit.export import ocel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlw_workflow.audit.export.course import Choice, Course
    from mlw_workflow.domain.definition import Programme

_encode = msgspec.json.Encoder().encode
_PART = 1 << 20


def ocel_json(programmes: Iterable[Programme], courses: Iterable[Course], choice: Choice) -> Iterator[bytes]:
    """The log. Memory grows with the largest pilot and the number of people."""
    yield b'{"objectTypes":' + _encode([_type(name, given) for name, given in ocel.OBJECT_TYPES.items()])
    attributes = dict(ocel.EVENT_ATTRIBUTES)
    yield b',\n"eventTypes":' + _encode([_type(name, attributes) for name in ocel.event_types(programmes, choice)])
    yield b',\n"objects":['
    roles: dict[str, dict[str, str]] = {}
    between = b"\n"
    with tempfile.SpooledTemporaryFile(max_size=_PART) as spool:
        aside = cast("BinaryIO", spool)
        for course in courses:
            for item in ocel.of_pilot(course, choice):
                if isinstance(item, ocel.Event):
                    aside.write((b",\n" if aside.tell() else b"\n") + _encode(_event(item)))
                else:
                    yield between + _encode(_object(item))
                    between = b",\n"
            for person, held in ocel.roles_in(course).items():
                roles.setdefault(person, {})
                if held:
                    roles[person][course.pilot.id] = held
        for person_object in ocel.people(roles, choice):
            yield between + _encode(_object(person_object))
            between = b",\n"
        yield b'],\n"events":['
        aside.seek(0)
        while part := aside.read(_PART):
            yield part
    yield b"]}\n"


def _type(name: str, attributes: Any) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": key, "type": kind} for key, kind in attributes.items()]}


def _object(item: ocel.Object) -> dict[str, Any]:
    return {
        "id": item.id,
        "type": item.type,
        "attributes": [{"name": name, "time": since, "value": value} for name, since, value in item.attributes],
        "relationships": _relations(item.relations),
    }


def _event(item: ocel.Event) -> dict[str, Any]:
    return {
        "id": item.id,
        "type": item.type,
        "time": item.time,
        "attributes": [{"name": name, "value": value} for name, value in item.attributes],
        "relationships": _relations(item.relations),
    }


def _relations(given: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"objectId": target, "qualifier": qualifier} for target, qualifier in given]
