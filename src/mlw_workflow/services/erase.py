"""Erasure: evidence and names go, digests stay, so everything still verifies; the erasure itself is an entry.

All of it in one transaction, or nothing. Files follow after the commit, from a note that outlives a power cut.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.seal import commitment, new_salt, seal
from mlw_workflow.domain.access import AccessEntry
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import BadInput, StorageUnavailable
from mlw_workflow.domain.ledger import Entry, Membership
from mlw_workflow.services import access, auditors, erasure_files
from mlw_workflow.services.erasure_plan import Asked, Plan, Planning
from mlw_workflow.services.open_pilot import membership_entry
from mlw_workflow.services.recording import instant_after
from mlw_workflow.storage import erasure as storage

if TYPE_CHECKING:
    from mlw_workflow.audit.seal import Sealed
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.erasure_files import Folders, Left
    from mlw_workflow.storage.unit_of_work import PilotWork, Work

REASON = "reason"
"""The evidence field of an erasure's own reason."""


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
        return Planning(desk, connection, asked).plan()


def erase(desk: Desk, asked: Asked, folders: Folders) -> Erased:
    """Erase, in one transaction; what was erased already is passed over.

    Raises UnknownPerson; BadInput ``erase_nothing``, ``reason_missing``, ``reason_invalid``, ``entry_unknown``,
    ``evidence_field_unknown``, ``mail_being_sent``; AccessRefused ``erase_not_allowed``, ``legal_hold`` (facts:
    why) and ``roles_open`` (facts: roles), unless they are to be ended.
    """
    erasure_files.finish_interrupted(desk, folders)
    with desk.database.read() as connection:
        touched = Planning(desk, connection, asked).touched()
    with desk.database.work() as work:
        opened = {pilot_id: work.pilot(pilot_id) for pilot_id in sorted(touched)}
        found = Planning(desk, work.connection, asked).plan()
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
