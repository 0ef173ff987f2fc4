"""Auditors: people from outside who may look at the pilots of a programme, from a day to a day, and write nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.access import AccessEntry, Auditor
from mlw_workflow.domain.errors import AccessRefused, BadInput, UnknownPerson
from mlw_workflow.services.access import record
from mlw_workflow.services.desk import OPERATOR
from mlw_workflow.storage import access as storage
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mlw_workflow.domain.access import AccessKind
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.ledger import Membership
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.repositories import Person
    from mlw_workflow.storage.unit_of_work import Work

SPAN_DAYS_MAX = 1830
"""No audit is open for longer than five years: a right without an end is one that nobody looks after."""


def add_auditor(desk: Desk, name: str, programme: str, since: date, until: date) -> Auditor:
    """Let a person audit a programme from a day to a day (both included). From the same day again: another end.

    Raises UnknownPerson; BadInput ``unknown_programme`` (no pilot has it) and ``auditor_span``;
    AccessRefused ``auditor_holds_role`` for whoever acts in one of its pilots within that time: nobody audits their
    own work.
    """
    if until < since or (until - since).days > SPAN_DAYS_MAX:
        raise BadInput("auditor_span", since=since, until=until, years=SPAN_DAYS_MAX // 366)
    with desk.database.work() as work:
        person = known_person(work, name)
        pilots = [pilot for pilot in repositories.pilots(work.connection) if pilot.programme == programme]
        if not pilots:
            known = tuple(dict.fromkeys(pilot.programme for pilot in repositories.pilots(work.connection)))
            raise BadInput("unknown_programme", programme=programme, known=known)
        held = repositories.memberships_of(work.connection, person.id)
        for pilot in pilots:
            acting = {role.id for role in desk.programme(pilot.definition).roles if role.acts}
            own = next((m for m in held.get(pilot.id, ()) if m.role in acting and _meets(m, since, until)), None)
            if own is not None:
                told = {"pilot": pilot.municipality, "role": own.role}
                raise AccessRefused(
                    "auditor_holds_role", person=name, programme=desk.programme(pilot.definition), **told
                )
        given = _write(desk, work, "grant", person.id, programme, since, until)
        work.commit()
    return given


def end_auditor(desk: Desk, name: str, programme: str, until: date) -> list[Auditor]:
    """Set the last day of a person's rights to audit a programme; of those that go on after it.

    One that has not begun by then is taken back: it ends on the day before its first. Raises UnknownPerson and
    BadInput ``auditor_unknown``.
    """
    with desk.database.work() as work:
        person = known_person(work, name)
        ended = end_within(desk, work, person.id, until, (programme,))
        if not ended:
            raise BadInput("auditor_unknown", person=name, programme=programme)
        work.commit()
    return ended


def end_within(
    desk: Desk, work: Work, person_id: str, until: date, programmes: Iterable[str] | None = None
) -> list[Auditor]:
    """End a person's rights to audit (these programmes, or all) inside a transaction that goes on."""
    wanted = None if programmes is None else set(programmes)
    ended = []
    for auditor in storage.auditors(work.connection, person_id):
        going_on = auditor.since <= auditor.until and auditor.until > until
        if going_on and (wanted is None or auditor.programme in wanted):
            last = max(until, auditor.since - timedelta(days=1))
            if last < auditor.until:
                ended.append(_write(desk, work, "revoke", person_id, auditor.programme, auditor.since, last))
    return ended


def list_auditors(desk: Desk) -> tuple[Auditor, ...]:
    """Everybody who may or might audit, in the order in which it was given; what was taken back is left out."""
    with desk.database.read() as connection:
        return tuple(auditor for auditor in storage.auditors(connection) if auditor.since <= auditor.until)


def known_person(work: Work, name: str) -> Person:
    """The person of that id, e-mail address or full name. Raises UnknownPerson."""
    person = repositories.find_person(work.connection, name)
    if person is None:
        raise UnknownPerson(person=name, known=())
    return person


def refuse_role(work: Work, person: Person, programme: Programme, membership: Membership) -> None:
    """Raise AccessRefused ``role_of_auditor`` for a role in which one acts, given to who audits within that time."""
    role = programme.role.get(membership.role)
    if role is None or not role.acts:
        return
    for auditor in storage.auditors(work.connection, person.id):
        if auditor.programme == programme.id and _meets(membership, auditor.since, auditor.until):
            told = {"role": role.id, "until": auditor.until}
            raise AccessRefused("role_of_auditor", person=person.name, programme=programme, **told)


def _meets(held: Membership, since: date, until: date) -> bool:
    """Whether a role is held on a day of the span; neither of the two counts when it was taken back."""
    if until < since or (held.until is not None and held.until < held.since):
        return False
    return held.since <= until and (held.until is None or since <= held.until)


def _write(
    desk: Desk, work: Work, kind: AccessKind, person_id: str, programme: str, since: date, until: date
) -> Auditor:
    span: dict[str, Any] = {"programme": programme, "since": since, "until": until}
    (entry,) = record(desk, work, AccessEntry(0, "", kind, desk.clock.now(), person_id, actor=OPERATOR, **span))
    auditor = Auditor(person_id, programme, since, until, entry.seq)
    storage.set_auditor(work.connection, auditor)
    return auditor
