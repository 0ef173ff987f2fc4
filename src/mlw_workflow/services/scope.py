"""Who may look at what, in one place: the operator at everything, people at the pilots of their roles, auditors at
those of their programmes and within their dates. Auditors look, and do nothing else.

``Reader`` decides, for ``--as`` of the command line as for whoever is logged in to the panel (``viewer``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.errors import AccessRefused, UnknownPerson
from mlw_workflow.domain.ledger import roles_on
from mlw_workflow.services import access
from mlw_workflow.services.desk import OPERATOR
from mlw_workflow.storage import access as storage
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mlw_workflow.domain.access import Auditor
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.ledger import Membership
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection

ROLE_PREFIX = "role:"
"""Marks the actor of an entry that names only the role, not the person."""


def acting_roles(programme: Programme) -> tuple[str, ...]:
    """The roles somebody can act in."""
    return tuple(role.id for role in programme.roles if role.acts)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks."""

    id: str
    """A person's id, ``role:<role>`` or ``operator``."""
    name: str
    """As it was typed."""
    held: Mapping[str, tuple[Membership, ...]]
    """A person's roles by pilot id."""
    audits: tuple[Auditor, ...] = ()
    """The programmes that a person may audit, or might once."""

    def roles(self, pilot: Pilot, today: date) -> tuple[str, ...]:
        """The roles held in the pilot today."""
        return roles_on(self.held.get(pilot.id, ()), self.id, today)

    def has_role(self, pilot: Pilot, today: date) -> bool:
        """Whether a role in the pilot is held today."""
        return bool(self.roles(pilot, today))

    def audits_on(self, pilot: Pilot, today: date) -> bool:
        """Whether the pilot's programme may be audited today."""
        return _right_on(self.audits, pilot.programme, today) is not None

    def reaches(self, pilot: Pilot, today: date) -> bool:
        """Whether a person may look at the pilot today."""
        return self.has_role(pilot, today) or self.audits_on(pilot, today)


THE_OPERATOR = Reader(OPERATOR, OPERATOR, {})
"""Whoever sits at the machine and names nobody: sees everything, as the database file does to them anyway."""


def reader_of(desk: Desk, name: str, programmes: Iterable[str] = ()) -> Reader:
    """Who is meant by ``--as`` of a command that reads: nobody named, a role (of definitions with these hashes) or a
    person by id, e-mail address or full name. Raises UnknownPerson.
    """
    if not name:
        return THE_OPERATOR
    known = [desk.programme(definition) for definition in dict.fromkeys(programmes)]
    if any(name in programme.role for programme in known):
        return Reader(ROLE_PREFIX + name, name, {})
    with desk.database.read() as connection:
        person = repositories.find_person(connection, name)
        if person is None:
            raise UnknownPerson(person=name, known=tuple(dict.fromkeys(r for p in known for r in acting_roles(p))))
        return person_reading(connection, person.id, name)


def person_reading(connection: Connection, person_id: str, name: str) -> Reader:
    """A person as a reader; ``name`` is how they are told of."""
    held = repositories.memberships_of(connection, person_id)
    return Reader(person_id, name, held, storage.auditors(connection, person_id))


def may_read(desk: Desk, reader: Reader, pilot: Pilot) -> None:
    """Raise AccessRefused unless the reader may look at the pilot today.

    ``auditor_expired`` (facts: until), ``auditor_not_yet`` (facts: since), ``auditor_out_of_scope`` (facts: known, the
    programmes in reach), ``reader_without_role``.
    """
    if reader.id == OPERATOR:
        return
    programme = desk.programme(pilot.definition)
    if reader.id.startswith(ROLE_PREFIX):
        if reader.id.removeprefix(ROLE_PREFIX) in programme.role:
            return
        raise AccessRefused("reader_without_role", person=reader.name, pilot=pilot.municipality)
    today = desk.today(programme)
    if reader.reaches(pilot, today):
        return
    raise _refusal(reader, pilot, today)


def _refusal(reader: Reader, pilot: Pilot, today: date) -> AccessRefused:
    told: dict[str, Any] = {"person": reader.name, "pilot": pilot.municipality, "programme": pilot.programme}
    here = [auditor for auditor in reader.audits if auditor.programme == pilot.programme]
    to_come = [auditor.since for auditor in here if auditor.since > today and auditor.since <= auditor.until]
    if to_come:
        return AccessRefused("auditor_not_yet", **told, since=min(to_come))
    if here:
        return AccessRefused("auditor_expired", **told, until=max(auditor.until for auditor in here))
    if reader.audits:
        known = tuple(dict.fromkeys(auditor.programme for auditor in reader.audits if auditor.holds_on(today)))
        return AccessRefused("auditor_out_of_scope", **told, known=known)
    return AccessRefused("reader_without_role", **told)


def readable(desk: Desk, reader: Reader, pilots: Iterable[Pilot]) -> tuple[Pilot, ...]:
    """Those of the pilots that the reader may look at; AccessRefused when there is not one among several."""
    given, found = tuple(pilots), []
    refusal: AccessRefused | None = None
    for pilot in given:
        try:
            may_read(desk, reader, pilot)
        except AccessRefused as refused:
            refusal = refusal or refused
        else:
            found.append(pilot)
    if refusal is not None and not found:
        raise refusal
    return tuple(found)


def reads_everything(desk: Desk, reader: Reader, pilots: Iterable[Pilot]) -> bool:
    """Whether nothing is out of reach, so that the access log may be shown too: it tells of all programmes. To the
    operator, and to whoever audits every programme today. ``pilots``: all there are.
    """
    if reader.id == OPERATOR:
        return True
    return all(reader.audits_on(pilot, desk.today(desk.programme(pilot.definition))) for pilot in pilots)


def log_reading(desk: Desk, reader: Reader, what: str, pilots: Iterable[Pilot], *, every: bool = False) -> None:
    """Write down that an auditor looks at these pilots, before they are shown; people in roles look at their own work.

    One line for each pilot; with ``every`` (all that are in reach) one for each programme.
    """
    audited = [p for p in pilots if reader.audits_on(p, desk.today(desk.programme(p.definition)))]
    if every:
        named = dict.fromkeys(pilot.programme for pilot in audited)
        drafts = [access.reading(desk, reader.id, what, programme=programme) for programme in named]
    else:
        drafts = [access.reading(desk, reader.id, what, programme=p.programme, pilot=p.id) for p in audited]
    access.log_reading(desk, *drafts)


def refuse_auditor(connection: Connection, person_id: str, programme: str, today: date, name: str = "") -> None:
    """Raise AccessRefused ``auditor_only_reads`` for whoever audits the programme today: auditors write nothing."""
    refuse_right(storage.auditors(connection, person_id), programme, today, name or person_id)


def refuse_right(audits: Iterable[Auditor], programme: str, today: date, name: str) -> None:
    """Raise AccessRefused ``auditor_only_reads`` where one of these rights is to audit the programme today."""
    right = _right_on(audits, programme, today)
    if right is not None:
        raise AccessRefused("auditor_only_reads", person=name, programme=programme, until=right.until)


def _right_on(audits: Iterable[Auditor], programme: str, today: date) -> Auditor | None:
    return next((right for right in audits if right.programme == programme and right.holds_on(today)), None)


def refuse_outsider(connection: Connection, person_id: str, pilot: Pilot, today: date, name: str) -> None:
    """Raise AccessRefused, as ``may_read`` does, for whoever audits or ever audited; for people without a role here.

    What a pilot lacks is told to whoever wants to act in it, which would else be a way to look into any pilot.
    """
    audits = storage.auditors(connection, person_id)
    if audits:
        raise _refusal(Reader(person_id, name, {}, audits), pilot, today)
