"""What an erasure would take along, and what stands against it. Nothing is changed here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import AccessRefused, BadInput, UnknownPerson
from mlw_workflow.services import scope
from mlw_workflow.services.desk import OPERATOR
from mlw_workflow.services.mentions import Mention, Mentions
from mlw_workflow.services.read_evidence import entry_of, files_in
from mlw_workflow.storage import access as access_storage
from mlw_workflow.storage import erasure as storage
from mlw_workflow.storage import repositories
from mlw_workflow.storage import statements as sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.definition import Role
    from mlw_workflow.domain.ledger import Membership
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.scope import Reader
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.erasure import MailContent
    from mlw_workflow.storage.repositories import Person

REASON_MAX = 500
EVERYWHERE = "*"
"""A legal hold on all pilots."""


@dataclass(frozen=True, slots=True)
class Place:
    """Evidence to be erased: a field of an entry, or (``field`` empty) all of the entry's."""

    pilot: Pilot
    seq: int
    field: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be erased, why, and at whose word."""

    reason: str
    person: str = ""
    """By id, e-mail address or full name; empty: nobody."""
    evidence: tuple[Place, ...] = ()
    by: str = ""
    """A person or role of the implementing body; empty: the operator."""
    end_roles: bool = False
    holds: Mapping[str, str] = field(default_factory=dict)
    """Legal holds: pilots' codes (or ``*``), and why nothing may be erased there."""


@dataclass(slots=True)
class Plan:
    """All that will go, and what a person has to look at."""

    person: Person | None = None
    actor: str = OPERATOR
    role: str = ""
    values: list[Place] = field(default_factory=list)
    """Every single value, with its field."""
    pilots: list[Pilot] = field(default_factory=list)
    """Where an entry of the erasure belongs, by id."""
    roles: list[tuple[Pilot, Membership]] = field(default_factory=list)
    """Roles that are still held and will be ended."""
    audits: list[str] = field(default_factory=list)
    """Programmes that the person still audits."""
    mails: list[MailContent] = field(default_factory=list)
    mails_waiting: int = 0
    """Mails to others, not sent yet, that name the person: they cannot be erased before they went."""
    digests: list[str] = field(default_factory=list)
    """Copied files that nothing refers to any more."""
    mentions: list[Mention] = field(default_factory=list)
    """Evidence that names the person, for a human decision."""


class Planning:
    """Makes a plan from one state of the database."""

    def __init__(self, desk: Desk, connection: Connection, asked: Asked) -> None:
        """Nothing is looked up yet, but the pilots."""
        self.desk = desk
        self.connection = connection
        self.asked = asked
        self.found = Plan()
        self.every = {pilot.id: pilot for pilot in repositories.pilots(connection)}

    def plan(self) -> Plan:
        """All that will go. Raises as ``erase`` does."""
        self.found.pilots = [self.every[pilot_id] for pilot_id in sorted(self.touched())]
        self.allowed()
        self.held()
        self.roles()
        self.texts()
        return self.found

    def touched(self) -> set[str]:
        """Who and what is meant, and the pilots in whose logs it will be said."""
        found, asked = self.found, self.asked
        if not asked.person and not asked.evidence:
            raise BadInput("erase_nothing")
        if not asked.reason.strip():
            raise BadInput("reason_missing")
        if len(asked.reason.strip()) > REASON_MAX:
            raise BadInput("reason_invalid", maximum=REASON_MAX)
        self.values()
        touched = {place.pilot.id for place in found.values}
        if asked.person:
            found.person = repositories.find_person(self.connection, asked.person)
            if found.person is None:
                raise UnknownPerson(person=asked.person, known=())
            touched |= self.parts(found.person.id)
        return touched

    def values(self) -> None:
        """Each single value that is still there, once."""
        for place in self.asked.evidence:
            entry = entry_of(self.connection, place.pilot, place.seq)
            if place.field and place.field not in entry.evidence:
                facts = {"pilot": place.pilot.municipality, "seq": place.seq, "field": place.field[:80]}
                raise BadInput("evidence_field_unknown", **facts, known=sorted(entry.evidence))
            stored = dict(self.connection.rows(sql.EVIDENCE_OF_ENTRY, place.pilot.id, place.seq))
            for name in sorted(entry.evidence):
                single = Place(place.pilot, place.seq, name)
                if place.field in ("", name) and stored.get(name) is not None and single not in self.found.values:
                    self.found.values.append(single)

    def parts(self, person_id: str) -> set[str]:
        """The pilots whose log names the person."""
        wanted = f'"{person_id}"'.encode()
        return {pilot_id for pilot_id, _, body in storage.entries(self.connection) if wanted in body}

    def allowed(self) -> None:
        """The operator may erase, and whoever acts in a role of the whole programme: the implementing body."""
        name = self.asked.by
        if not name:
            return
        reader = scope.reader_of(self.desk, name, [pilot.definition for pilot in self.every.values()])
        self.found.actor = reader.id
        may = [(pilot, self.erasing_role(reader, pilot)) for pilot in self.found.pilots or self.every.values()]
        lacking = [pilot for pilot, role in may if not role]
        if lacking and (self.found.pilots or len(lacking) == len(may)):
            programme, town = self.desk.programme(lacking[0].definition), lacking[0].municipality
            known = tuple(role.id for role in programme.roles if _erases(role))
            raise AccessRefused("erase_not_allowed", person=name, pilot=town, roles=known, programme=programme)
        self.found.role = next((role for _, role in may if role), "")

    def erasing_role(self, reader: Reader, pilot: Pilot) -> str:
        """The role in which the reader may erase in a pilot; empty: none."""
        programme = self.desk.programme(pilot.definition)
        today = self.desk.today(programme)
        held = [m.role for m in reader.held.get(pilot.id, ()) if m.holds_on(today)]
        if reader.id.startswith(scope.ROLE_PREFIX):
            held = [reader.id.removeprefix(scope.ROLE_PREFIX)]
        return next((role for role in held if role in programme.role and _erases(programme.role[role])), "")

    def held(self) -> None:
        """Nothing goes while a legal hold stands."""
        for code in (EVERYWHERE, *(pilot.code for pilot in self.found.pilots)):
            if code in self.asked.holds:
                raise AccessRefused("legal_hold", pilot=code, why=self.asked.holds[code])

    def roles(self) -> None:
        """Roles, and rights to audit, that go on."""
        person = self.found.person
        if person is None:
            return
        now = self.desk.clock.now()
        for pilot_id, held in repositories.memberships_of(self.connection, person.id).items():
            pilot = self.every.get(pilot_id)
            if pilot is None:
                continue
            today = self.desk.today(self.desk.programme(pilot.definition))
            self.found.roles += [(pilot, m) for m in held if m.until is None or m.until > max(today, m.since)]
        today = local_day(now, "Europe/Warsaw")
        rights = access_storage.auditors(self.connection, person.id)
        self.found.audits = [a.programme for a in rights if a.since <= a.until and a.until > today]
        if (self.found.roles or self.found.audits) and not self.asked.end_roles:
            roles = tuple(f"{pilot.municipality}: {m.role}" for pilot, m in self.found.roles)
            of = self.desk.programme(self.found.roles[0][0].definition) if roles else None
            still = (*roles, *self.found.audits)
            raise AccessRefused("roles_open", person=self.asked.person, roles=still, programme=of)

    def texts(self) -> None:
        """Mails that name the person, copied files that nothing else refers to, and evidence for a human decision."""
        found = self.found
        mentions = Mentions.of(found.person)
        going = {(place.pilot.id, place.seq, place.field) for place in found.values}
        goes: dict[str, None] = {}
        stays: set[str] = set()
        if found.person is not None or going:
            for pilot_id, seq, name, raw in storage.values(self.connection):
                erased = (pilot_id, seq, name) in going
                if b'"sha256"' in raw:
                    digests = {str(file["sha256"]): None for file in files_in(json.loads(raw))}
                    goes.update(digests) if erased else stays.update(digests)
                certain = None if erased else mentions.within(raw)
                if certain is not None and pilot_id in self.every:
                    found.mentions.append(Mention(self.every[pilot_id], seq, name, certain))
        found.digests = [digest for digest in goes if digest not in stays]
        if found.person is None:
            return
        for mail in storage.mails(self.connection):
            if mail.recipient == found.person.id:
                found.mails.append(mail)
            elif any(mentions.names(part) for part in (mail.subject, mail.text, mail.html, mail.last_error)):
                if mail.status == "sent":
                    found.mails.append(mail)
                else:
                    found.mails_waiting += 1


def _erases(role: Role) -> bool:
    """Whether somebody in that role may erase: it acts, and in the whole programme, as the implementing body does."""
    return role.acts and role.scope == "programme"
