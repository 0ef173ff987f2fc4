"""Who acts: a person with the roles held on the day, or an unnamed holder of a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.decision import Actor
from mlw_workflow.domain.errors import UnknownPerson, UnknownRole
from mlw_workflow.domain.ledger import roles_on
from mlw_workflow.services import scope
from mlw_workflow.services.scope import ROLE_PREFIX, acting_roles
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.storage.unit_of_work import PilotWork

__all__ = ["ROLE_PREFIX", "acting_roles", "actor_of"]


def actor_of(work: PilotWork, programme: Programme, pilot: Pilot, name: str, today: date) -> Actor:
    """The actor that ``--as`` names: a role of the programme, else a person by id, e-mail or full name.

    A person's roles are those held in this pilot on ``today``, the day of recording. Raises UnknownRole for a role
    that only reads, UnknownPerson when there is no such person (or several of that name), AccessRefused for an auditor:
    of this programme, or of whatever at whatever time who holds no role here, so that nothing of the pilot is told.
    """
    role = programme.role.get(name)
    if role is not None:
        if not role.acts:
            raise UnknownRole("role_only_reads", role=name, known=acting_roles(programme))
        return Actor(ROLE_PREFIX + name, (name,))
    person = repositories.find_person(work.connection, name)
    if person is None:
        raise UnknownPerson(person=name, known=acting_roles(programme))
    scope.refuse_auditor(work.connection, person.id, programme.id, today, name)
    roles = roles_on(work.memberships(person.id), person.id, today)
    if not roles:
        scope.refuse_outsider(work.connection, person.id, pilot, today, name)
    return Actor(person.id, roles)
