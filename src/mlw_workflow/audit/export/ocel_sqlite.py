"""OCEL 2.0 as an SQLite file: its tables and their rows, as statements for whoever opens the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlw_workflow.audit.export import ocel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mlw_workflow.audit.export.course import Choice, Course

_TYPES = {"string": "TEXT", "integer": "INTEGER", "time": "TIMESTAMP"}
_SHARED = (
    "CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL)",
    "CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT NOT NULL)",
    "CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT NOT NULL REFERENCES event_map_type (ocel_type))",
    "CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT NOT NULL REFERENCES object_map_type (ocel_type))",
    (
        "CREATE TABLE event_object (ocel_event_id TEXT NOT NULL REFERENCES event (ocel_id),"
        " ocel_object_id TEXT NOT NULL REFERENCES object (ocel_id), ocel_qualifier TEXT NOT NULL,"
        " PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier))"
    ),
    (
        "CREATE TABLE object_object (ocel_source_id TEXT NOT NULL REFERENCES object (ocel_id),"
        " ocel_target_id TEXT NOT NULL REFERENCES object (ocel_id), ocel_qualifier TEXT NOT NULL,"
        " PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier))"
    ),
)
_ADD_EVENT = "INSERT INTO event VALUES (?, ?)"
_ADD_OBJECT = "INSERT INTO object VALUES (?, ?)"
_ADD_EVENT_OBJECT = "INSERT INTO event_object VALUES (?, ?, ?)"
_ADD_OBJECT_OBJECT = "INSERT INTO object_object VALUES (?, ?, ?)"

Statement = tuple[str, tuple[object, ...]]


class Tables:
    """The tables for these types of events, and the statements that fill them.

    Foreign keys are to be checked at the end (``PRAGMA defer_foreign_keys``): people come last.
    """

    def __init__(self, event_types: Iterable[str]) -> None:
        """Each type gets a table of its own, under a name that SQL can bear."""
        self.events = _names(event_types)
        self.objects = _names(ocel.OBJECT_TYPES)
        self._add_event = {
            kind: f'INSERT INTO "event_{name}" VALUES ({_marks(2 + len(ocel.EVENT_ATTRIBUTES))})'  # noqa: S608
            for kind, name in self.events.items()
        }
        self._add_object = {
            kind: f'INSERT INTO "object_{name}" VALUES ({_marks(3 + len(ocel.OBJECT_TYPES[kind]))})'  # noqa: S608
            for kind, name in self.objects.items()
        }

    def made(self) -> Iterator[Statement]:
        """The statements that make the tables and name the types."""
        for text in _SHARED:
            yield text, ()
        for kind, name in self.events.items():
            columns = _columns(ocel.EVENT_ATTRIBUTES)
            key = "ocel_id TEXT PRIMARY KEY REFERENCES event (ocel_id)"
            yield f'CREATE TABLE "event_{name}" ({key}, ocel_time TIMESTAMP{columns})', ()
            yield "INSERT INTO event_map_type VALUES (?, ?)", (kind, name)
        for kind, name in self.objects.items():
            columns = _columns(ocel.OBJECT_TYPES[kind])
            key = "ocel_id TEXT NOT NULL REFERENCES object (ocel_id)"
            changed = "ocel_time TIMESTAMP, ocel_changed_field TEXT"
            yield f'CREATE TABLE "object_{name}" ({key}, {changed}{columns})', ()
            yield "INSERT INTO object_map_type VALUES (?, ?)", (kind, name)

    def event(self, item: ocel.Event) -> Iterator[Statement]:
        """An event and its relations."""
        yield _ADD_EVENT, (item.id, item.type)
        values = dict(item.attributes)
        row = (item.id, item.time, *(values.get(name) for name in ocel.EVENT_ATTRIBUTES))
        yield self._add_event[item.type], row
        for target, qualifier in item.relations:
            yield _ADD_EVENT_OBJECT, (item.id, target, qualifier)

    def object(self, item: ocel.Object) -> Iterator[Statement]:
        """An object as it began, then each change, then its relations."""
        yield _ADD_OBJECT, (item.id, item.type)
        names = tuple(ocel.OBJECT_TYPES[item.type])
        first = {name: value for name, since, value in item.attributes if since == ocel.EPOCH}
        add = self._add_object[item.type]
        yield add, (item.id, ocel.EPOCH, None, *(first.get(name) for name in names))
        for name, since, value in item.attributes:
            if since != ocel.EPOCH:
                yield add, (item.id, since, name, *(value if column == name else None for column in names))
        for target, qualifier in item.relations:
            yield _ADD_OBJECT_OBJECT, (item.id, target, qualifier)


def filled(tables: Tables, courses: Iterable[Course], choice: Choice) -> Iterator[Statement]:
    """The statements that fill the tables, pilot by pilot."""
    roles: dict[str, dict[str, str]] = {}
    for course in courses:
        for item in ocel.of_pilot(course, choice):
            yield from tables.event(item) if isinstance(item, ocel.Event) else tables.object(item)
        for person, held in ocel.roles_in(course).items():
            roles.setdefault(person, {})
            if held:
                roles[person][course.pilot.id] = held
    for person_object in ocel.people(roles, choice):
        yield from tables.object(person_object)


def _names(types: Iterable[str]) -> dict[str, str]:
    """A table's name for each type; no two alike, also not by case."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for kind in types:
        base = re.sub(r"[^A-Za-z0-9]+", "_", kind)
        name, number = base, 1
        while name.lower() in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name.lower())
        found[kind] = name
    return found


def _columns(attributes: Mapping[str, str]) -> str:
    return "".join(f', "{name}" {_TYPES[kind]}' for name, kind in attributes.items())


def _marks(count: int) -> str:
    return ", ".join("?" * count)
