"""Name a deputy: from a day to a day, what a person would be told is told to somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.audit.seal import seal
from mlw_workflow.domain.errors import BadInput, UnknownPerson
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.domain.pause import Deputy
from mlw_workflow.services.desk import OPERATOR
from mlw_workflow.services.recording import instant_after
from mlw_workflow.storage import circle, repositories

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.repositories import Person
    from mlw_workflow.storage.unit_of_work import PilotWork, Work


def name_deputy(
    desk: Desk, pilots: Iterable[Pilot], person: str, deputy: str, since: date, until: date, *, by: str = OPERATOR
) -> list[Deputy]:
    """Whom to tell in a person's place from a day to a day (both included), in some pilots; all of them or none.

    Naming the same deputy from the same day again sets another end; an end on the day before the first takes it back.
    ``by`` is who records it: the id of a person, or the operator.
    Raises BadInput ``deputy_span``, ``deputy_self``, ``deputy_unreachable`` (no address), ``deputy_twice`` (somebody
    stands in already at that time) and ``deputy_circle``; UnknownPerson.
    """
    named = []
    with desk.database.work() as work:
        absent, other = _known(work, person), _known(work, deputy)
        if absent.id == other.id:
            raise BadInput("deputy_self", person=absent.name)
        if (until - since).days < -1:
            raise BadInput("deputy_span", since=since, until=until)
        if not other.email and since <= until:
            raise BadInput("deputy_unreachable", deputy=other.name)
        for pilot in sorted(pilots, key=lambda pilot: pilot.id):
            opened = work.pilot(pilot)
            found = Deputy(absent.id, other.id, since, until)
            _refuse_tangle(opened, found)
            entry = Entry(
                log=opened.id,
                seq=opened.head.seq + 1,
                prev=opened.head.hash.hex(),
                kind="deputy",
                recorded_at=instant_after(opened.head, desk.clock.now()),
                actor=by,
                person=absent.id,
                since=since,
                until=until,
                deputy=other.id,
            )
            opened.append(seal(entry))
            circle.set_deputy(work.connection, opened.id, found, entry.seq)
            named.append(found)
        work.commit()
    return named


def deputies(desk: Desk, pilot: Pilot) -> list[Deputy]:
    """Who stands in for whom in a pilot, in the order of recording; those taken back are left out."""
    with desk.database.read() as connection:
        found = circle.deputies(connection, [pilot.id]).get(pilot.id, [])
    return [deputy for deputy in found if deputy.since <= deputy.until]


@dataclass(frozen=True, slots=True)
class Cover:
    """Who stands in for whom in a pilot, and who could."""

    today: date
    deputies: tuple[Deputy, ...]
    """The latest first; those taken back are left out."""
    people: Mapping[str, Person]
    """Everybody who is named, by id."""
    members: tuple[Person, ...]
    """Who holds a role in the pilot today, by name."""
    names_anybody: bool
    """Whether the person who looks may name a deputy for others too: whoever keeps the record, or oversees it."""


def cover(desk: Desk, pilot: Pilot, roles: tuple[str, ...]) -> Cover:
    """The deputies of a pilot as somebody with these roles sees them."""
    programme = desk.programme(pilot.definition)
    today = desk.today(programme)
    with desk.database.read() as connection:
        found = [d for d in circle.deputies(connection, [pilot.id]).get(pilot.id, []) if d.since <= d.until]
        held = circle.memberships(connection, [pilot.id]).get(pilot.id, [])
        here = {m.person for m in held if m.holds_on(today)}
        people = circle.people(connection, list(here | {name for d in found for name in (d.person, d.deputy)}))
    members = sorted((people[name] for name in here), key=lambda person: repositories.fold_name(person.name))
    keepers = {role for workflow in programme.workflows for role in workflow.correction.by}
    oversee = {role.id for role in programme.roles if role.acts and role.scope == "programme"}
    return Cover(
        today,
        tuple(sorted(found, key=lambda d: (d.since, d.until), reverse=True)),
        people,
        tuple(members),
        bool(set(roles) & (keepers | oversee)),
    )


def _refuse_tangle(work: PilotWork, new: Deputy) -> None:
    """Nobody stands in for their own deputy, nor two people for one at a time. Raises BadInput."""
    if new.until < new.since:
        return
    known = circle.deputies(work.connection, [work.id]).get(work.id, [])
    others = [d for d in known if (d.person, d.deputy, d.since) != (new.person, new.deputy, new.since)]
    meeting = [d for d in others if d.since <= d.until and d.since <= new.until and new.since <= d.until]
    for other in meeting:
        if other.person == new.person:
            raise BadInput(
                "deputy_twice",
                person=_name(work, new.person),
                deputy=_name(work, other.deputy),
                since=other.since,
                until=other.until,
            )
    replaced = {d.person: d.deputy for d in meeting} | {new.person: new.deputy}
    person, seen = new.deputy, {new.person}
    while person in replaced:
        if person in seen:
            break
        seen.add(person)
        person = replaced[person]
    if person in seen:
        raise BadInput("deputy_circle", person=_name(work, new.person), deputy=_name(work, new.deputy))


def _name(work: PilotWork, person: str) -> str:
    known = repositories.person(work.connection, person)
    return known.name if known else person


def _known(work: Work, name: str) -> Person:
    person = repositories.find_person(work.connection, name)
    if person is None:
        raise UnknownPerson(person=name, known=())
    return person
