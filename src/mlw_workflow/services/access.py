"""The access log: who was let look, who looked at what. Nothing is shown before its line is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlw_workflow.audit.access import decode_access, seal_access, verify_access_chain
from mlw_workflow.audit.verify import Failure
from mlw_workflow.domain.access import ACCESS_LOG, AccessEntry, Auditor, Read, auditors
from mlw_workflow.services.recording import instant_after
from mlw_workflow.storage import access as storage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.audit.verify import Verdict
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.verify_tree import Record
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.unit_of_work import Work

EVIDENCE = "evidence"
"""What was asked for when evidence was read."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry of the access log with its hash."""

    entry: AccessEntry
    hash: bytes


def record(desk: Desk, work: Work, *drafts: AccessEntry) -> tuple[AccessEntry, ...]:
    """Append entries within a transaction that goes on; number, place and instant are set here.

    Whoever else wants to append waits until the transaction ends. Raises ClockBackwards.
    """
    connection = work.connection
    head = storage.lock(connection)
    written = []
    for draft in drafts:
        recorded_at = instant_after(head, desk.clock.now())
        entry = replace(draft, seq=head.seq + 1, prev=head.hash.hex(), recorded_at=recorded_at)
        sealed = seal_access(entry)
        storage.append(connection, sealed, work.sign(sealed.hash, recorded_at) if work.sign is not None else None)
        head = sealed.head
        written.append(entry)
    if written:
        work.note_end(ACCESS_LOG, head)
    return tuple(written)


def reading(desk: Desk, person: str, what: str, **facts: object) -> AccessEntry:
    """A reading about to be recorded. ``facts``: programme, pilot, entry, field, about."""
    return AccessEntry(0, "", "read", desk.clock.now(), person, what=what, **facts)  # type: ignore[arg-type]


def log_reading(desk: Desk, *drafts: AccessEntry) -> None:
    """Write that somebody looks, in a transaction of its own. Only when this returns may the answer be shown."""
    if drafts:
        with desk.database.work() as work:
            record(desk, work, *drafts)
            work.commit()


def reads(connection: Connection, pilot: str) -> Iterator[Read]:
    """Who looked at which evidence of a pilot (by id) and when, oldest first. Raises EntryUnreadable."""
    for entry in storage.entries(connection):
        if entry.kind == "read" and entry.what == EVIDENCE and entry.pilot == pilot:
            yield Read(entry.person, entry.recorded_at, pilot, entry.entry, entry.field)


def entries(desk: Desk) -> Iterator[Shown]:
    """The whole access log, oldest first. Raises EntryUnreadable."""
    with desk.database.read() as connection:
        for _, digest, body in storage.rows(connection):
            yield Shown(decode_access(bytes(body)), bytes(digest))


def verify_access(desk: Desk, record: Record | None = None, *, deep: bool = False) -> Verdict:
    """Whether the access log is whole and unchanged: its chain, its end, its place in the tree, its signatures, and
    that it can be read. ``record``: what is known of the tree; ``deep`` checks every signature.
    """
    from mlw_workflow.services.verify_tree import Record

    known, failures = record or Record(desk, whole=False), list[Failure]()
    with desk.database.read() as connection:
        rows = known.watched_log(connection, ACCESS_LOG, storage.signed_rows(connection), failures, deep=deep)
        verdict = verify_access_chain(rows, storage.head(connection))
    return replace(verdict, first_failure=failures[0]) if failures else verdict


def compare_auditors(
    desk: Desk, record: Record | None = None, *, repair: bool = False, deep: bool = False
) -> Failure | None:
    """What the access log fails at, else the first right that is stored otherwise than it says.

    With ``repair`` the stored rights are written anew from a log that holds (``projection_auditor`` is mended).
    """
    verdict = verify_access(desk, record, deep=deep)
    if not verdict.holds:
        return verdict.first_failure
    with desk.database.read() as connection:
        failure = _unlike(auditors(storage.entries(connection)), storage.auditors(connection))
    if failure is None or not repair:
        return failure
    with desk.database.work() as work:
        storage.lock(work.connection)
        said = auditors(storage.entries(work.connection))
        storage.drop_auditors(work.connection)
        for auditor in said:
            storage.set_auditor(work.connection, auditor)
        work.commit()
    return None


def _unlike(said: tuple[Auditor, ...], stored: tuple[Auditor, ...]) -> Failure | None:
    ours = {(a.person, a.programme, a.since): a for a in said}
    theirs = {(a.person, a.programme, a.since): a for a in stored}
    for key in dict.fromkeys([*ours, *theirs]):
        expected, found = ours.get(key), theirs.get(key)
        if expected != found:
            facts = {"what": f"{key[0]} {key[1]}", "expected": _told(expected), "found": _told(found)}
            return Failure("projection_auditor", expected.seq if expected else 0, facts)
    return None


def _told(auditor: Auditor | None) -> str:
    return "" if auditor is None else f"{auditor.since}–{auditor.until} by entry {auditor.seq}"
