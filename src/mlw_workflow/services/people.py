"""People and the roles they hold. Names sit outside the ledger; every role given or ended is an entry in it."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from mlw_workflow.domain.access import ADDED, AccessEntry
from mlw_workflow.domain.errors import BadInput, UnknownPerson, UnknownRole
from mlw_workflow.domain.ledger import Membership
from mlw_workflow.services import access
from mlw_workflow.services.auditors import refuse_role
from mlw_workflow.services.desk import OPERATOR
from mlw_workflow.services.open_pilot import membership_entry
from mlw_workflow.services.recording import instant_after
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.repositories import Person

NAME_MAX = 120
_EMAIL = re.compile(r"[^@\s<>\"',;:]{1,64}@[^@\s<>\"',;:]{1,190}")


def add_person(desk: Desk, name: str, email: str = "", language: str = "pl", by: str = OPERATOR) -> Person:
    """Add a person, at the word of ``by``; the access log says that, and never the name.

    Raises BadInput for a name or address that will not do, or a name that is taken.
    """
    person = repositories.Person(uuid.uuid4().hex, checked_name(name), checked_address(email), language)
    with desk.database.work() as work:
        if repositories.find_person(work.connection, person.name) is not None:
            raise BadInput("person_exists", name=person.name)
        work.add_person(person, desk.clock.now())
        access.record(desk, work, AccessEntry(0, "", "change", desk.clock.now(), person.id, actor=by, what=ADDED))
        work.commit()
    return person


def checked_name(name: str) -> str:
    """The name with single spaces. Raises BadInput ``person_name_invalid``."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise BadInput("person_name_invalid", name=name[:NAME_MAX])
    return name


def checked_address(email: str) -> str:
    """The address, or nothing. Raises BadInput ``person_email_invalid``."""
    if email and not _EMAIL.fullmatch(email):
        raise BadInput("person_email_invalid", email=email[:200])
    return email


def give_role(
    desk: Desk,
    name: str,
    role: str,
    pilots: list[Pilot],
    since: date | None = None,
    until: date | None = None,
    by: str = OPERATOR,
) -> list[Membership]:
    """Give a person a role in pilots of one programme, from a day to a day (both included); ``by`` whom.

    A role whose scope is the whole programme must be given in all its pilots: pass them all. Giving the same role
    from the same day again sets another end. ``since`` None: from each pilot's first day. All pilots or none. Raises
    AccessRefused ``role_of_auditor`` for whoever audits the programme within that time.
    """
    given = []
    with desk.database.work() as work:
        person = repositories.find_person(work.connection, name)
        if person is None:
            raise UnknownPerson(person=name, known=())
        for pilot in sorted(pilots, key=lambda pilot: pilot.id):
            work.pilot(pilot)  # locked in one order, so that no two givers wait for each other
        for pilot in pilots:
            programme = desk.programme(pilot.definition)
            known = programme.role.get(role)
            if known is None:
                raise UnknownRole(role=role, known=tuple(programme.role))
            membership = Membership(person.id, role, since or pilot.start, until)
            if until is not None and until < membership.since:
                raise BadInput("membership_span", since=membership.since, until=until)
            refuse_role(work, person, programme, membership)
            opened = work.pilot(pilot)
            recorded_at = instant_after(opened.head, desk.clock.now())
            opened.append(membership_entry(opened, membership, recorded_at, by), membership=membership)
            given.append(membership)
        work.commit()
    return given
