"""Who looks: a person with the roles held on the day. The one place that decides what anybody gets to see.

A pilot outside somebody's reach is answered as if it were not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import UnknownPilot
from mlw_workflow.domain.ledger import roles_on
from mlw_workflow.storage import circle, repositories

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.accounts import Account
    from mlw_workflow.storage.repositories import Person


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who is logged in."""

    person: Person
    is_admin: bool
    seen: Mapping[str, tuple[Pilot, tuple[str, ...]]]
    """The pilots in which the person holds a role today, by code, with the roles; in the order of their names."""

    @property
    def pilots(self) -> tuple[Pilot, ...]:
        """What this person gets to see."""
        return tuple(pilot for pilot, _ in self.seen.values())

    def pilot(self, code: str) -> Pilot:
        """The pilot of that code. Raises UnknownPilot, whether there is none or it is not this person's."""
        if code not in self.seen:
            raise UnknownPilot(pilot=code[:80], known=())
        return self.seen[code][0]

    def roles(self, pilot: Pilot) -> tuple[str, ...]:
        """The roles held in a pilot today."""
        return self.seen[pilot.code][1] if pilot.code in self.seen else ()


def viewer_of(desk: Desk, account: Account) -> Viewer:
    """What the holder of an account gets to see today."""
    person = account.person
    with desk.database.read() as connection:
        held = repositories.memberships_of(connection, person.id)
        unread = [pilot_id for pilot_id in held if pilot_id not in desk.pilots]
        if unread:
            desk.pilots.update(circle.pilots(connection, unread))
    known = [desk.pilots[pilot_id] for pilot_id in held]
    seen = {}
    for pilot in sorted(known, key=lambda pilot: (repositories.fold_name(pilot.municipality), pilot.code)):
        day = local_day(desk.clock.now(), desk.programme(pilot.definition).timezone)
        roles = roles_on(held[pilot.id], person.id, day)
        if roles:
            seen[pilot.code] = (pilot, roles)
    return Viewer(person, account.is_admin, seen)
