"""Who was told what and when, and who was not and why: the reminders of many pilots, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mlw_workflow.storage import circle, obligations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.obligations import Notice

PAGE = 50
LOOKED_MAX = 10_000
FIRST, LAST = date(1, 1, 2), date(9999, 12, 30)
BECAME: Mapping[str, frozenset[str]] = {
    "sent": frozenset({"sent"}),
    "coming": frozenset({"waiting", "leased", "queued"}),
    "failed": frozenset({"dead", "in_doubt"}),
    "skipped": frozenset({"skipped"}),
    "withdrawn": frozenset({"withdrawn"}),
}
"""What may have become of a reminder, and which states of it or of its mail mean that."""
Place = tuple[date, str]
"""Where the list goes on: below this day and key."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reminders; what is empty does not matter."""

    pilot: str = ""
    """A pilot's id."""
    people: frozenset[str] | None = None
    became: str = ""
    first: date | None = None
    last: date | None = None

    def wants(self, notice: Notice) -> bool:
        """Whether a reminder is meant, its pilot and day aside."""
        if self.people is not None and notice.recipient not in self.people:
            return False
        return not self.became or (notice.mail_status or notice.status) in BECAME[self.became]


@dataclass(frozen=True, slots=True)
class Reminded:
    """A part of the list."""

    notices: tuple[tuple[Pilot, Notice], ...]
    below: Place | None
    """Where it goes on; None: there is no more."""
    names: Mapping[str, str]
    """People's names by id."""


def reminded(desk: Desk, pilots: tuple[Pilot, ...], wanted: Wanted, below: Place | None = None) -> Reminded:
    """The reminders of these pilots, from the newest (or from below a place) on."""
    reach = {pilot.id: pilot for pilot in pilots}
    only = wanted.pilot or (next(iter(reach)) if len(reach) == 1 else "")
    if not reach:
        return Reminded((), None, {})
    if below is None:
        below = (LAST if wanted.last is None else wanted.last + timedelta(days=1), "")
    found: list[tuple[Pilot, Notice]] = []
    on: Place | None = None
    last = below
    with desk.database.read() as connection:
        walk = obligations.newest_notices(connection, only, wanted.first or FIRST, below, LOOKED_MAX + 1)
        for looked, notice in enumerate(walk):
            if looked == LOOKED_MAX:
                on = last
                break
            if notice.pilot_id in reach and wanted.wants(notice):
                if len(found) == PAGE:
                    on = last
                    break
                found.append((reach[notice.pilot_id], notice))
            last = (notice.send_on, notice.key)
        people = {name for _, notice in found for name in (notice.recipient, notice.reason.deputy_for) if name}
        names = {one.id: one.name for one in circle.people(connection, sorted(people)).values()}
    return Reminded(tuple(found), on, names)
