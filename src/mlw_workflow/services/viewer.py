"""Who looks at the panel: a person, with what ``scope`` lets them see on the day.

A pilot outside somebody's reach is answered as if it were not there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import UnknownPilot
from mlw_workflow.services import scope
from mlw_workflow.storage import circle, repositories

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.scope import Reader
    from mlw_workflow.storage.accounts import Account
    from mlw_workflow.storage.repositories import Person


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who is logged in."""

    person: Person
    is_admin: bool
    seen: Mapping[str, tuple[Pilot, tuple[str, ...]]]
    """The pilots in reach today, by code, with the roles held in each (none where it is audited); in the order of their
    names. For whatever shows nothing of a pilot: nobody is told that it was looked at."""
    reader: Reader
    audited: frozenset[str]
    """The codes of those that are audited: they are read, and nothing is written in them."""
    asked: dict[str, Pilot] = field(default_factory=dict, compare=False, repr=False)
    """What was asked for so far, by code; see ``log_looking``."""

    @property
    def pilots(self) -> tuple[Pilot, ...]:
        """What this person gets to see."""
        self.asked.update((code, pilot) for code, (pilot, _) in self.seen.items())
        return tuple(pilot for pilot, _ in self.seen.values())

    def pilot(self, code: str) -> Pilot:
        """The pilot of that code. Raises UnknownPilot, whether there is none or it is not this person's."""
        if code not in self.seen:
            raise UnknownPilot(pilot=code[:80], known=())
        self.asked[code] = self.seen[code][0]
        return self.asked[code]

    def roles(self, pilot: Pilot) -> tuple[str, ...]:
        """The roles held in a pilot today."""
        return self.seen[pilot.code][1] if pilot.code in self.seen else ()

    def audits(self, pilot: Pilot) -> bool:
        """Whether the pilot is only read, because its programme is audited by this person today."""
        return pilot.code in self.audited


def viewer_of(desk: Desk, account: Account) -> Viewer:
    """What the holder of an account gets to see today."""
    person = account.person
    with desk.database.read() as connection:
        reader = scope.person_reading(connection, person.id, person.name)
        unread = [pilot_id for pilot_id in reader.held if pilot_id not in desk.pilots]
        if unread:
            desk.pilots.update(circle.pilots(connection, unread))
        near = {pilot_id: desk.pilots[pilot_id] for pilot_id in reader.held}
        if reader.audits:
            programmes = {right.programme for right in reader.audits}
            every = repositories.pilots(connection)
            near |= {pilot.id: pilot for pilot in every if pilot.programme in programmes}
    seen, audited = {}, set()
    days = {definition: desk.today(desk.programme(definition)) for definition in {p.definition for p in near.values()}}
    for pilot in sorted(near.values(), key=lambda pilot: (repositories.fold_name(pilot.municipality), pilot.code)):
        today = days[pilot.definition]
        roles, read = reader.roles(pilot, today), reader.audits_on(pilot, today)
        if roles or read:
            seen[pilot.code] = (pilot, roles)
            if read:
                audited.add(pilot.code)
    return Viewer(person, account.is_admin, seen, reader, frozenset(audited))


def refuse_auditor(desk: Desk, viewer: Viewer, code: str) -> None:
    """Raise AccessRefused ``auditor_only_reads`` where the pilot of that code is audited by whoever looks."""
    if code in viewer.audited:
        pilot = viewer.seen[code][0]
        today = desk.today(desk.programme(pilot.definition))
        scope.refuse_right(viewer.reader.audits, pilot.programme, today, viewer.person.name)


def log_looking(desk: Desk, viewer: Viewer, what: str) -> None:
    """Write down which audited pilots were asked for, once there is an answer and before it is shown.

    ``what`` is what was asked for. A line for each pilot; one for each programme where several were asked for at once.
    """
    looked = [pilot for code, pilot in viewer.asked.items() if code in viewer.audited]
    if looked:
        scope.log_reading(desk, viewer.reader, what, looked, every=len(looked) > 1)
