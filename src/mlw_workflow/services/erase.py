"""Erasure: evidence and names go, digests stay, so everything still verifies; the erasure itself is an entry.

All of it in one transaction, or nothing. Files follow after the commit, from a note that outlives a power cut.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.seal import commitment, new_salt, seal
from mlw_workflow.domain.access import AccessEntry
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import AccessRefused, BadInput, StorageUnavailable, UnknownPerson
from mlw_workflow.domain.ledger import Entry, Membership
from mlw_workflow.services import access, auditors, erasure_files, scope
from mlw_workflow.services.desk import OPERATOR
from mlw_workflow.services.mentions import Mention, Mentions
from mlw_workflow.services.open_pilot import membership_entry
from mlw_workflow.services.read_evidence import entry_of, files_in
from mlw_workflow.services.recording import instant_after
from mlw_workflow.storage import access as access_storage
from mlw_workflow.storage import erasure as storage
from mlw_workflow.storage import repositories
from mlw_workflow.storage import statements as sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.audit.seal import Sealed
    from mlw_workflow.domain.definition import Role
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.erasure_files import Folders, Left
    from mlw_workflow.services.scope import Reader
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.erasure import MailContent
    from mlw_workflow.storage.repositories import Person
    from mlw_workflow.storage.unit_of_work import PilotWork, Work

REASON = "reason"
"""The evidence field of an erasure's own reason."""
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


@dataclass(frozen=True, slots=True)
class Erased:
    """What went."""

    plan: Plan
    entries: tuple[tuple[Pilot, int], ...] = ()
    """The entries of the erasure; none in a dry run, or when there was nothing to erase."""
    files: int = 0
    """Copies of evidence files and of mails."""
    left: Left = field(default_factory=erasure_files.Left)


def plan(desk: Desk, asked: Asked) -> Plan:
    """What ``erase`` would do now; nothing is changed. Raises as ``erase`` does."""
    with desk.database.read() as connection:
        return _Planning(desk, connection, asked).plan()


def erase(desk: Desk, asked: Asked, folders: Folders) -> Erased:
    """Erase, in one transaction; what was erased already is passed over.

    Raises UnknownPerson; BadInput ``erase_nothing``, ``reason_missing``, ``reason_invalid``, ``entry_unknown``,
    ``evidence_field_unknown``, ``mail_being_sent``; AccessRefused ``erase_not_allowed``, ``legal_hold`` (facts:
    why) and ``roles_open`` (facts: roles), unless they are to be ended.
    """
    erasure_files.finish_interrupted(desk, folders)
    with desk.database.read() as connection:
        touched = _Planning(desk, connection, asked).touched()
    with desk.database.work() as work:
        opened = {pilot_id: work.pilot(pilot_id) for pilot_id in sorted(touched)}
        found = _Planning(desk, work.connection, asked).plan()
        if any(pilot.id not in opened for pilot in found.pilots):
            raise StorageUnavailable("storage_busy", place=desk.database.place)
        if not found.values and found.person is None:
            return Erased(found)
        carried = _Carrying(desk, work, opened, found, asked)
        sealed = carried.out()
        files = [folders.copy_of(digest) for digest in found.digests]
        files += folders.mails(mail.identity for mail in found.mails)
        if found.person is not None:
            files += folders.drafts()
        there = [file for file in files if file.exists()]
        note = erasure_files.note(folders, there, sealed)
        work.commit()
    left = erasure_files.finish(desk, folders, note)
    return Erased(found, tuple(carried.written), len(there) - len(left.files), left)


class _Planning:
    def __init__(self, desk: Desk, connection: Connection, asked: Asked) -> None:
        self.desk = desk
        self.connection = connection
        self.asked = asked
        self.found = Plan()
        self.every = {pilot.id: pilot for pilot in repositories.pilots(connection)}

    def plan(self) -> Plan:
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
            known = [role.id for role in self.desk.programme(lacking[0].definition).roles if _erases(role)]
            raise AccessRefused("erase_not_allowed", person=name, pilot=lacking[0].municipality, roles=tuple(known))
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
            raise AccessRefused("roles_open", person=self.asked.person, roles=(*roles, *self.found.audits))

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


class _Carrying:
    """Carries a plan out within a transaction."""

    def __init__(self, desk: Desk, work: Work, opened: dict[str, PilotWork], found: Plan, asked: Asked) -> None:
        self.desk = desk
        self.work = work
        self.opened = opened
        self.found = found
        self.reason = " ".join(asked.reason.split())
        self.written: list[tuple[Pilot, int]] = []

    def out(self) -> list[Sealed]:
        """Everything but the commit; what was sealed."""
        person = self.found.person
        if person is not None:
            self.end_roles()
        sealed = [self.entry(self.opened[pilot.id], pilot) for pilot in self.found.pilots]
        if person is not None:
            storage.forget_person(self.work.connection, person.id)
            for mail in self.found.mails:
                if not storage.forget_mail(self.work.connection, mail):
                    raise BadInput("mail_being_sent", number=mail.id)
            sealed.append(self.access_entry(person.id))
        return sealed

    def end_roles(self) -> None:
        for pilot, held in self.found.roles:
            opened = self.opened[pilot.id]
            recorded_at = instant_after(opened.head, self.desk.clock.now())
            today = self.desk.today(self.desk.programme(pilot.definition))
            ended = Membership(held.person, held.role, held.since, max(today, held.since - timedelta(days=1)))
            opened.append(membership_entry(opened, ended, recorded_at), membership=ended)
        if self.found.audits and self.found.person is not None:
            today = local_day(self.desk.clock.now(), "Europe/Warsaw")
            auditors.end_within(self.desk, self.work, self.found.person.id, today)

    def entry(self, opened: PilotWork, pilot: Pilot) -> Sealed:
        """The erasure as an entry of a pilot's log; its reason is evidence, so that it can be erased too."""
        gone = [place for place in self.found.values if place.pilot.id == pilot.id]
        recorded_at = instant_after(opened.head, self.desk.clock.now())
        for place in gone:
            self.work.erase_evidence(pilot.id, place.seq, place.field, recorded_at)
        evidence = [(REASON, new_salt(), canonical(self.reason))]
        sealed = seal(
            Entry(
                log=pilot.id,
                seq=opened.head.seq + 1,
                prev=opened.head.hash.hex(),
                kind="erasure",
                recorded_at=recorded_at,
                actor=self.found.actor,
                role=self.found.role,
                evidence={name: commitment(name, salt, value) for name, salt, value in evidence},
                person=self.found.person.id if self.found.person is not None else "",
                erased=tuple({"seq": place.seq, "field": place.field} for place in gone),
            )
        )
        opened.append(sealed, evidence=evidence)
        self.written.append((pilot, sealed.seq))
        return sealed

    def access_entry(self, person_id: str) -> Sealed:
        """The erasure of a person in the access log, where also those stand who had no part in any pilot."""
        from mlw_workflow.audit.access import seal_access

        draft = AccessEntry(0, "", "erasure", self.desk.clock.now(), person_id, actor=self.found.actor)
        (entry,) = access.record(self.desk, self.work, draft)
        return seal_access(entry)
