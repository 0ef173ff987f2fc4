"""Who holds which role, who stands in for whom, and who looked."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import Query

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import BadInput, UnknownRole
from mlw_workflow.domain.pilot import Pilot
from mlw_workflow.interfaces import people_shapes, record_shapes
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import (
    AccessAsked,
    Code,
    EndedDeputy,
    EndedMember,
    NewDeputy,
    NewMember,
    NewPerson,
    Paged,
)
from mlw_workflow.interfaces.api.paging import page
from mlw_workflow.interfaces.api.problems import Problem
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.services import access
from mlw_workflow.services.deputies import deputies, name_deputy
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.storage import circle, repositories

routes = Routes("people")


@routes.get("/people", "people", paged=True)
def get_people(call: Call, asked: Annotated[Paged, Query()]) -> Any:  # noqa: ARG001
    """Those who hold or held a role in a pilot within reach; to the scope `admin` everybody."""
    with call.desk.database.read() as connection:
        found = repositories.people(connection)
        if not call.is_admin:
            near = [pilot.id for pilot, _ in call.viewer.seen.values()]
            here = {held.person for roles in circle.memberships(connection, near).values() for held in roles}
            found = tuple(person for person in found if person.id in here)
    key = lambda person: (repositories.fold_name(person.name), person.id)  # noqa: E731
    return page(call, "people", sorted(found, key=key), key, people_shapes.person)


@routes.post("/people", "Person", scope="admin", status=201)
def add_a_person(call: Call, body: NewPerson) -> Any:
    """Add somebody; what they may do is said by roles."""
    return people_shapes.person(add_person(call.desk, body.name, body.email, body.language, call.person))


@routes.get("/pilots/{code}/members", "members", paged=True, managed=True)
def get_members(call: Call, code: Code, asked: Annotated[Paged, Query()]) -> Any:  # noqa: ARG001
    """Who holds or held which role, from a day to a day."""
    with call.desk.database.read() as connection:
        found = list(enumerate(repositories.memberships(connection, call.pilot.id)))
    return page(call, "members", found, lambda item: (item[0],), lambda item: people_shapes.member(item[1], call.pilot))


@routes.post("/pilots/{code}/members", "members", scope="admin", head=True, status=201, managed=True)
def give_a_role(call: Call, code: Code, body: NewMember) -> Any:  # noqa: ARG001
    """Give a role in a pilot; one of the whole programme goes to all its pilots."""
    pilots = _reach(call, body.role)
    given = give_role(call.desk, body.person, body.role, pilots, body.since, body.until, call.person)
    return {"members": [people_shapes.member(held, pilot) for pilot, held in zip(pilots, given, strict=True)]}


@routes.post("/pilots/{code}/members/end", "members", scope="admin", head=True, managed=True)
def end_a_role(call: Call, code: Code, body: EndedMember) -> Any:  # noqa: ARG001
    """Set the last day of a role that somebody holds."""
    last = body.until or call.today
    pilots = _reach(call, body.role)
    with call.desk.database.read() as connection:
        held = repositories.memberships_of(connection, body.person)
    going = [
        (pilot, membership)
        for pilot in pilots
        for membership in held.get(pilot.id, ())
        if membership.role == body.role and (membership.until is None or membership.until > last)
    ]
    if not going:
        raise BadInput("membership_unknown", person=body.person, role=body.role)
    told = []
    for since in sorted({membership.since for _, membership in going}):
        alike = [pilot for pilot, membership in going if membership.since == since]
        ended = give_role(call.desk, body.person, body.role, alike, since, last, call.person)
        told += [people_shapes.member(membership, pilot) for pilot, membership in zip(alike, ended, strict=True)]
    return {"members": told}


@routes.get("/pilots/{code}/deputies", "deputies", paged=True, managed=True)
def get_deputies(call: Call, code: Code, asked: Annotated[Paged, Query()]) -> Any:  # noqa: ARG001
    """Who is told in whose place, from a day to a day."""
    found = list(enumerate(deputies(call.desk, call.pilot)))
    name = call.name_of(call.pilot)
    return page(call, "deputies", found, lambda item: (item[0],), lambda item: people_shapes.deputy(item[1], name))


@routes.post("/pilots/{code}/deputies", "deputies", head=True, status=201, managed=True)
def name_a_deputy(call: Call, code: Code, body: NewDeputy) -> Any:  # noqa: ARG001
    """Name a deputy of one's own; with the scope `admin` of anybody."""
    person = _absent(call, body.person)
    since = body.since or call.today
    return _named(call, name_deputy(call.desk, [call.pilot], person, body.deputy, since, body.until))


@routes.post("/pilots/{code}/deputies/end", "deputies", head=True, managed=True)
def end_a_deputy(call: Call, code: Code, body: EndedDeputy) -> Any:  # noqa: ARG001
    """Set the last day of a deputy, or take the deputy back."""
    person = _absent(call, body.person)
    known = [
        one
        for one in deputies(call.desk, call.pilot)
        if (one.person, one.deputy, one.since) == (person, body.deputy, body.since)
    ]
    if not known:
        raise BadInput("deputy_unknown")
    until = max(body.until or call.today - timedelta(days=1), body.since - timedelta(days=1))
    return _named(call, name_deputy(call.desk, [call.pilot], person, body.deputy, body.since, until))


@routes.get("/access", "access", paged=True, scope="audit", slow=True)
def get_access(call: Call, asked: Annotated[AccessAsked, Query()]) -> Any:
    """Who was let look, and who looked at what, as far as it concerns the pilots within reach."""
    seen = {pilot.id for pilot, _ in call.viewer.seen.values()} | {call.person}
    shown = []
    for line in access.entries(call.desk):
        entry, day = line.entry, local_day(line.entry.recorded_at)
        if not call.is_admin and not seen & {entry.pilot, entry.person}:
            continue
        if asked.person in (None, entry.person) and _within(day, asked):
            shown.append(line)
    return page(call, "access", shown, lambda line: (line.entry.seq,), record_shapes.access)


@routes.get("/members", "members", paged=True, scope="admin")
def get_all_members(call: Call, asked: Annotated[Paged, Query()]) -> Any:  # noqa: ARG001
    """The same of every pilot there is."""
    with call.desk.database.read() as connection:
        pilots = sorted(repositories.pilots(connection), key=lambda pilot: pilot.code)
        roles = circle.memberships(connection, [pilot.id for pilot in pilots])
    found = [
        ((pilot.code, number), (pilot, held)) for pilot in pilots for number, held in enumerate(roles.get(pilot.id, ()))
    ]
    return page(call, "members", found, lambda item: item[0], lambda item: people_shapes.member(item[1][1], item[1][0]))


def _within(day: Any, asked: AccessAsked) -> bool:
    return (asked.first is None or asked.first <= day) and (asked.last is None or day <= asked.last)


def _absent(call: Call, person: str | None) -> str:
    """Whom a deputy is named for. Raises Problem ``forbidden`` for somebody else."""
    if person not in (None, call.person) and not call.is_admin:
        raise Problem(403, "forbidden")
    return person or call.person


def _named(call: Call, named: Any) -> Any:
    return {"deputies": [people_shapes.deputy(one, call.name_of(call.pilot)) for one in named]}


def _reach(call: Call, role: str) -> list[Pilot]:
    """The pilots that a role reaches: this one, or all of its programme."""

    known = call.programme.role
    if role not in known:
        raise UnknownRole(role=role, known=tuple(known))
    if known[role].scope != "programme":
        return [call.pilot]
    with call.desk.database.read() as connection:
        return [pilot for pilot in repositories.pilots(connection) if pilot.programme == call.pilot.programme]
