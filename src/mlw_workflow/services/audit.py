"""The auditor's two questions about a pilot's log: was it changed, and should each entry have been recorded?"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.read import EntryUnreadable, decode
from mlw_workflow.audit.replay import Replayed, pilot_of, replay
from mlw_workflow.audit.verify import Failure, verify_chain, verify_evidence
from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.domain.errors import IntegrityBroken
from mlw_workflow.domain.pilot import Pilot
from mlw_workflow.services import access, rebuild
from mlw_workflow.services.verify_tree import Record
from mlw_workflow.storage import projection, repositories
from mlw_workflow.storage.form import StoredForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.rebuild import Unlike
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.projection import Difference, Projection


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer for one pilot."""

    pilot: Pilot
    entries: int
    first_failure: Failure | None
    erased: int = 0
    """Erased values (verify) or entries with erased evidence (replay): their commitments stand, no more can be told."""
    repaired: bool = False
    """The projection was written anew from the ledger."""

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.first_failure is None


def verify(desk: Desk, pilot: Pilot, *, deep: bool = False, record: Record | None = None) -> Checked:
    """Whether the pilot's log is whole and unchanged, and the evidence beside it is what was committed to.

    The log is also compared with the signed tree, and what was recorded since with its own signatures. ``record``: what
    is known of the tree, where many logs are looked at. The time of checking grows with the log, its memory does not.
    ``deep`` also checks that each entry's bytes are in the one canonical form, and every signature.
    """
    try:
        return _verified(desk, pilot, record, deep=deep)
    except StoredForm as problem:
        return Checked(pilot, 0, stored_form(problem))


def stored_form(problem: IntegrityBroken) -> Failure:
    """What cannot stand in a column, as a verdict."""
    return Failure("stored_form", 0, {key: str(problem.facts.get(key, "")) for key in ("table", "column", "row")})


def _verified(desk: Desk, pilot: Pilot, record: Record | None, *, deep: bool) -> Checked:
    known = record or Record(desk, whole=False)
    failures: list[Failure] = []
    with desk.database.read() as connection:
        chain = verify_chain(
            pilot.id,
            known.watched(connection, pilot, failures, deep=deep),
            repositories.head(connection, pilot.id),
            deep=deep,
        )
        if failures or not chain.holds:
            return Checked(pilot, chain.entries, failures[0] if failures else chain.first_failure)
        other = unlike_opened(connection, pilot)
        if other is not None:
            return Checked(pilot, chain.entries, other)
        if record is None and known.failures:
            return Checked(pilot, chain.entries, known.failures[0][1])
        beside = verify_evidence(
            repositories.entries(connection, pilot.id), repositories.evidence_of(connection, pilot.id)
        )
    return Checked(pilot, chain.entries, beside.first_failure, beside.erased)


def surroundings(
    desk: Desk, *, repair: bool = False, record: Record | None = None, deep: bool = False
) -> list[tuple[str, Failure]]:
    """What no single log can show: logs whose pilot was removed, guards of the ledger that were taken away, and the
    access log with the auditors that it leads to (with ``repair`` written anew from it).

    The access log is checked as a pilot's log is, with its place in the tree. ``record``, ``deep``: as for ``verify``.

    Each with the place: a pilot's id, the database, or ``access``.
    """
    with desk.database.read() as connection:
        found = [(log, Failure("pilot_missing", 0)) for log in repositories.logs_without_pilot(connection)]
        missing = connection.driver.triggers_missing(connection.raw)
    if missing:
        found.append((desk.database.place, Failure("triggers_missing", 0, {"triggers": ", ".join(missing)})))
    try:
        looked = access.compare_auditors(desk, record, repair=repair, deep=deep)
    except StoredForm as problem:
        looked = stored_form(problem)
    return found if looked is None else [*found, (ACCESS_LOG, looked)]


def replay_pilot(desk: Desk, pilot: Pilot, *, repair: bool = False) -> Checked:
    """Decide every entry again under the pinned definition, and compare where that leads with the stored state.

    With ``repair`` a stored state that differs is written anew from the ledger, under the pilot's lock; a log that
    does not hold is never repaired.
    """
    try:
        return _replayed(desk, pilot, repair=repair)
    except StoredForm as problem:
        return Checked(pilot, 0, stored_form(problem))


def _replayed(desk: Desk, pilot: Pilot, *, repair: bool) -> Checked:
    with desk.database.transition(pilot.id, readonly=not repair) as work:
        connection = work.connection
        try:
            replayed = replayed_log(desk, connection, pilot)
        except EntryUnreadable as error:
            return Checked(pilot, 0, Failure("readable", 0, {"problem": error.problem}))
        if replayed.first_failure is not None:
            return Checked(pilot, replayed.entries, replayed.first_failure, replayed.erased)
        other = unlike_opening(replayed.pilot, repositories.pilot(connection, pilot.id))
        if other is not None:
            return Checked(pilot, replayed.entries, other, replayed.erased)
        initial = {name: instance.workflow.initial for name, instance in replayed.instances.items()}
        expected = projection.folded(connection, pilot.id, initial)
        found = projection.stored(connection, pilot.id)
        differences = projection.differences(expected, found)
        said = rebuild.read_log(desk, work)
        unlike = next(rebuild.differences(desk, work, said, erased=replayed.erased > 0), None)
        failure = _unlike(differences, expected) or (_other(unlike) if unlike else None)
        if failure is None or not repair or expected.head != found.head:
            return Checked(pilot, replayed.entries, failure, replayed.erased)
        projection.rewrite(work, expected)
        if unlike is not None:
            rebuild.rewrite(work, said)
        work.commit()
    return Checked(pilot, replayed.entries, None, replayed.erased, repaired=True)


def unlike_opened(connection: Connection, pilot: Pilot) -> Failure | None:
    """The first thing stored about a pilot that its log's first entry says otherwise; None: nothing, or no entry."""
    body = next((body for _, _, body in repositories.entries(connection, pilot.id)), None)
    if body is None:
        return None
    try:
        opened = pilot_of(decode(body))
    except (EntryUnreadable, KeyError, TypeError, ValueError):
        opened = None
    return unlike_opening(opened, repositories.pilot(connection, pilot.id)) if opened else Failure("not_opened", 1)


def unlike_opening(opened: Pilot | None, found: Pilot) -> Failure | None:
    """The first thing stored about a pilot that is not what it was opened with. Decisions go by it, so it is told."""
    for name in (field.name for field in fields(Pilot)):
        expected = getattr(opened, name, None)
        if expected != getattr(found, name):
            facts = {"what": name, "expected": str(expected), "found": str(getattr(found, name))}
            return Failure("projection_pilot", 1, facts)
    return None


def _unlike(differences: tuple[Difference, ...], expected: Projection) -> Failure | None:
    """The first difference between the stored state and the ledger, with the entry that the ledger's side rests on."""
    if not differences:
        return None
    first = differences[0]
    place = expected.places.get(first.what)
    seq = place.seq if place else expected.head.seq if expected.head else 0
    return Failure(
        f"projection_{first.kind}", seq, {"what": first.what, "expected": first.expected, "found": first.found}
    )


def _other(unlike: Unlike) -> Failure:
    facts = {"what": unlike.what, "expected": unlike.expected, "found": unlike.found}
    return Failure(f"projection_{unlike.kind}", unlike.seq, facts)


def replayed_log(desk: Desk, connection: Connection, pilot: Pilot) -> Replayed:
    """The pilot's log decided again, as the connection sees it. Raises EntryUnreadable."""
    values = _Values(connection, pilot.id)
    return replay(_entries(connection, pilot.id), _pinned(desk), values)


def _entries(connection: Connection, pilot_id: str) -> Iterator[Entry]:
    for _, _, body in repositories.entries(connection, pilot_id):
        yield decode(body)


class _Values:
    """A log's evidence, read in one pass (a pilot's evidence fits in memory; a whole country's is never asked for)."""

    def __init__(self, connection: Connection, pilot_id: str) -> None:
        self.by_seq: dict[int, dict[str, Any]] = {}
        for stored in repositories.evidence_of(connection, pilot_id):
            if stored.value is not None:
                try:
                    value = msgspec.json.decode(stored.value)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
                    raise StoredForm(table="evidence", column="value", row=f"{stored.seq}, {stored.field}") from problem
                self.by_seq.setdefault(stored.seq, {})[stored.field] = value

    def __call__(self, seq: int) -> Mapping[str, Any]:
        return self.by_seq.get(seq, {})


def _pinned(desk: Desk) -> Callable[[str], Programme | None]:
    """Definitions by content hash; None for one that is missing or is not what was hashed."""

    def programme(definition: str) -> Programme | None:
        try:
            return desk.programme(definition)
        except IntegrityBroken:
            return None

    return programme
