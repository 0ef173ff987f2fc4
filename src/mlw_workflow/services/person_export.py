"""Everything that is kept of a person, for that person: profile, roles, entries, evidence, notices, mails, readings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.read import decode
from mlw_workflow.audit.seal import instant
from mlw_workflow.domain.errors import AccessRefused, UnknownPerson
from mlw_workflow.services import access
from mlw_workflow.services.desk import OPERATOR
from mlw_workflow.services.mentions import Mentions
from mlw_workflow.services.read_evidence import files_in
from mlw_workflow.storage import access as access_storage
from mlw_workflow.storage import access_statements as sql
from mlw_workflow.storage import erasure as storage
from mlw_workflow.storage import repositories
from mlw_workflow.storage.mapping import day_or_none, instant_of, instant_or_none

if TYPE_CHECKING:
    from datetime import date, datetime

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.scope import Reader
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.repositories import Person

FORMAT = "mlw-person-export/1"
WHAT = "person_export"
"""How the access log calls it."""
_ROLES = ("actor", "person", "deputy")


@dataclass(frozen=True, slots=True)
class PersonExport:
    """What is held, as plain values of JSON, and the copied files that the person's own evidence refers to."""

    person: Person
    held: dict[str, Any]
    files: dict[str, str]
    """Names by digest."""


def export_person(desk: Desk, name: str, reader: Reader) -> PersonExport:
    """Collect all that is held of a person. That it was collected, and by whom, stands in the access log first.

    Only the operator and the person may. Raises UnknownPerson; AccessRefused ``export_not_allowed``.
    """
    with desk.database.read() as connection:
        person = repositories.find_person(connection, name)
    if person is None:
        raise UnknownPerson(person=name, known=())
    if reader.id not in (OPERATOR, person.id):
        raise AccessRefused("export_not_allowed", person=reader.name)
    access.log_reading(desk, access.reading(desk, reader.id, WHAT, about=person.id))
    with desk.database.read() as connection:
        return _Collecting(desk, connection, person).all()


class _Collecting:
    def __init__(self, desk: Desk, connection: Connection, person: Person) -> None:
        self.desk = desk
        self.connection = connection
        self.person = person
        self.pilots: dict[str, Pilot] = {pilot.id: pilot for pilot in repositories.pilots(connection)}
        self.files: dict[str, str] = {}

    def all(self) -> PersonExport:
        person = self.person
        created_at = self.connection.row(sql.PERSON_CREATED, person.id)[0]
        entries, acted = self.entries()
        given, naming = self.evidence(acted)
        held = {
            "format": FORMAT,
            "made_at": instant(self.desk.clock.now()),
            "person": {
                "id": person.id,
                "name": person.name,
                "email": person.email,
                "language": person.language,
                "since": instant(instant_of(created_at)),
            },
            "roles": self.roles(),
            "audits": self.audits(),
            "entries": entries,
            "evidence_given": given,
            "evidence_naming": naming,
            "notices": self.notices(),
            "mails": self.mails(),
            "calendar_feeds": self.feeds(),
            "access": self.looked(),
            "files": [{"sha256": digest, "name": name} for digest, name in self.files.items()],
        }
        return PersonExport(person, held, self.files)

    def named(self, pilot_id: str) -> str:
        pilot = self.pilots.get(pilot_id)
        return pilot.municipality if pilot else pilot_id

    def roles(self) -> list[dict[str, Any]]:
        return [
            {"pilot": self.named(pilot_id), "role": m.role, "since": m.since.isoformat(), "until": _day(m.until)}
            for pilot_id, held in repositories.memberships_of(self.connection, self.person.id).items()
            for m in held
        ]

    def audits(self) -> list[dict[str, Any]]:
        return [
            {"programme": a.programme, "since": a.since.isoformat(), "until": a.until.isoformat()}
            for a in access_storage.auditors(self.connection, self.person.id)
        ]

    def entries(self) -> tuple[list[dict[str, Any]], set[tuple[str, int]]]:
        """Every entry that names the person, as it is sealed; and those that the person recorded."""
        wanted = f'"{self.person.id}"'.encode()
        found: list[dict[str, Any]] = []
        acted: set[tuple[str, int]] = set()
        for pilot_id, seq, body in storage.entries(self.connection):
            if wanted not in body:
                continue
            entry = decode(body)
            named_as = [name for name in _ROLES if getattr(entry, name) == self.person.id]
            if named_as:
                found.append({"pilot": self.named(pilot_id), "named_as": named_as, "entry": json.loads(body)})
            if entry.actor == self.person.id:
                acted.add((pilot_id, seq))
        return found, acted

    def evidence(self, acted: set[tuple[str, int]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What the person gave, and what others gave that names the person."""
        mentions = Mentions.of(self.person)
        given, naming = [], []
        for pilot_id, seq, field, raw in storage.values(self.connection):
            mine = (pilot_id, seq) in acted
            certain = None if mine else mentions.within(raw)
            if not mine and certain is None:
                continue
            value = json.loads(raw)
            told = {"pilot": self.named(pilot_id), "seq": seq, "field": field, "value": value}
            if mine:
                given.append(told)
                self.files.update((str(file["sha256"]), str(file["name"])) for file in files_in(value))
            else:
                naming.append({**told, "certain": certain})
        return given, naming

    def notices(self) -> list[dict[str, Any]]:
        return [
            {
                "pilot": self.named(pilot_id), "machine": machine, "rule": rule, "rung": rung, "role": role,
                "due_on": _day(day_or_none(due_on)), "send_on": _day(day_or_none(send_on)), "status": status,
                "skipped_because": why or None, "created_at": instant(instant_of(created_at)),
            }
            for pilot_id, machine, rule, rung, role, due_on, send_on, status, why, created_at in self.connection.rows(
                sql.NOTICES_OF_PERSON, self.person.id
            )
        ]  # fmt: skip

    def mails(self) -> list[dict[str, Any]]:
        return [
            {
                "number": number, "kind": kind, "status": status, "subject": subject, "text": text,
                "created_at": instant(instant_of(created_at)), "sent_at": _instant(instant_or_none(sent_at)),
            }
            for number, kind, status, subject, text, created_at, sent_at in self.connection.rows(
                sql.MAILS_OF_PERSON, self.person.id
            )
        ]  # fmt: skip

    def feeds(self) -> list[dict[str, Any]]:
        return [
            {
                "pilot": self.named(pilot_id) if pilot_id else None,
                "created_at": instant(instant_of(created_at)),
                "revoked_at": _instant(instant_or_none(revoked_at)),
            }
            for pilot_id, created_at, revoked_at in self.connection.rows(sql.FEEDS_OF_PERSON, self.person.id)
        ]

    def looked(self) -> list[dict[str, Any]]:
        """Lines of the access log: what the person looked at, and who collected the person's data."""
        return [
            {
                "seq": entry.seq,
                "kind": entry.kind,
                "at": instant(entry.recorded_at),
                "who": "person" if entry.person == self.person.id else "somebody_else",
                "what": entry.what or None,
                "programme": entry.programme or None,
                "pilot": self.named(entry.pilot) if entry.pilot else None,
                "entry": entry.entry or None,
                "field": entry.field or None,
            }
            for entry in access_storage.entries(self.connection)
            if self.person.id in (entry.person, entry.about)
        ]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _instant(moment: datetime | None) -> str | None:
    return instant(moment) if moment else None
