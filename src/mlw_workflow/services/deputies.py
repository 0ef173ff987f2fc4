"""Name a deputy: from a day to a day, what a person would be told is told to somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.audit.seal import seal
from mlw_workflow.domain.errors import BadInput, UnknownPerson
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.domain.pause import Deputy
from mlw_workflow.services.desk import OPERATOR
from mlw_workflow.services.recording import instant_after
from mlw_workflow.storage import circle, repositories

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.unit_of_work import Work


def name_deputy(
    desk: Desk, pilots: Iterable[Pilot], person: str, deputy: str, since: date, until: date
) -> list[Deputy]:
    """Whom to tell in a person's place from a day to a day (both included), in some pilots; all of them or none.

    Naming the same deputy from the same day again sets another end; an end on the day before the first takes it back.
    Raises BadInput ``deputy_span`` and ``deputy_self``; UnknownPerson.
    """
    named = []
    with desk.database.work() as work:
        absent, other = _known(work, person), _known(work, deputy)
        if absent == other:
            raise BadInput("deputy_self", person=person)
        if (until - since).days < -1:
            raise BadInput("deputy_span", since=since, until=until)
        for pilot in sorted(pilots, key=lambda pilot: pilot.id):
            opened = work.pilot(pilot)
            entry = Entry(
                log=opened.id,
                seq=opened.head.seq + 1,
                prev=opened.head.hash.hex(),
                kind="deputy",
                recorded_at=instant_after(opened.head, desk.clock.now()),
                actor=OPERATOR,
                person=absent,
                since=since,
                until=until,
                deputy=other,
            )
            opened.append(seal(entry))
            found = Deputy(absent, other, since, until)
            circle.set_deputy(work.connection, opened.id, found, entry.seq)
            named.append(found)
        work.commit()
    return named


def deputies(desk: Desk, pilot: Pilot) -> list[Deputy]:
    """Who stands in for whom in a pilot, in the order of recording; those taken back are left out."""
    with desk.database.read() as connection:
        found = circle.deputies(connection, [pilot.id]).get(pilot.id, [])
    return [deputy for deputy in found if deputy.since <= deputy.until]


def _known(work: Work, name: str) -> str:
    person = repositories.find_person(work.connection, name)
    if person is None:
        raise UnknownPerson(person=name, known=())
    return person.id
