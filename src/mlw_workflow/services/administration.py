"""What whoever administers the panel sees: people and their roles, and the programmes. Nothing of what pilots hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.definitions.deadline_proofs import prove_days, prove_lead_times
from mlw_workflow.definitions.findings import has_errors
from mlw_workflow.definitions.places import Places
from mlw_workflow.definitions.proofs import prove
from mlw_workflow.domain.errors import UnknownPerson
from mlw_workflow.storage import accounts, circle, repositories

if TYPE_CHECKING:
    from datetime import date, datetime

    from mlw_workflow.definitions.findings import Finding
    from mlw_workflow.domain.definition import Programme, Role
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.accounts import Account, Identity
    from mlw_workflow.storage.repositories import Person

PAGE = 50
"""People on one page."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody in the list."""

    person: Person
    account: Account | None


@dataclass(frozen=True, slots=True)
class Held:
    """A role somebody holds, held or will hold; of a role in a whole programme all its pilots together."""

    programme: Programme
    role: Role
    pilots: tuple[Pilot, ...]
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything about one person that is not in the pilots."""

    person: Person
    account: Account | None
    identities: tuple[Identity, ...]
    held: tuple[Held, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A definition that pilots may be pinned to, and what is found about it."""

    programme: Programme
    hash: str
    installed_at: datetime
    pilots: int
    findings: tuple[Finding, ...]


def found_people(desk: Desk, wanted: str, page: int) -> tuple[tuple[PersonRow, ...], int]:
    """One page (counted from 1) of the people whose name or address holds what is wanted, by name; and how many."""
    with desk.database.read() as connection:
        everybody = repositories.people(connection)
        known = {one.person.id: one for one in accounts.accounts(connection)}
    folded = repositories.fold_name(wanted)
    found = [one for one in everybody if folded in repositories.fold_name(f"{one.name} {one.email}")]
    found.sort(key=lambda one: (repositories.fold_name(one.name), one.id))
    first = PAGE * (page - 1)
    return tuple(PersonRow(one, known.get(one.id)) for one in found[first : first + PAGE]), len(found)


def person_of(desk: Desk, person_id: str) -> PersonPage:
    """One person. Raises UnknownPerson."""
    with desk.database.read() as connection:
        person = repositories.person(connection, person_id)
        if person is None:
            raise UnknownPerson(person=person_id[:80], known=())
        account = accounts.account(connection, person_id)
        identities = tuple(accounts.identities_of(connection, person_id))
        roles = repositories.memberships_of(connection, person_id)
        pilots = circle.pilots(connection, list(roles))
    groups: dict[tuple[str, str, str, date, date | None], list[Pilot]] = {}
    for pilot_id, members in roles.items():
        pilot = pilots[pilot_id]
        for one in members:
            whole = desk.programme(pilot.definition).role[one.role].scope == "programme"
            place = "" if whole else pilot.id
            groups.setdefault((pilot.programme, one.role, place, one.since, one.until), []).append(pilot)
    held = [
        Held(programme := desk.programme(found[0].definition), programme.role[role], tuple(found), since, until)
        for (_, role, _, since, until), found in groups.items()
    ]
    held.sort(key=lambda one: (one.since, one.role.id), reverse=True)
    return PersonPage(person, account, identities, tuple(held))


def pilots_of(desk: Desk) -> tuple[Pilot, ...]:
    """Every pilot, by the name of its municipality: where roles can be given."""
    with desk.database.read() as connection:
        found = repositories.pilots(connection)
    return tuple(sorted(found, key=lambda pilot: (repositories.fold_name(pilot.municipality), pilot.code)))


def offered_roles(desk: Desk, pilots: tuple[Pilot, ...]) -> tuple[tuple[Programme, Role], ...]:
    """The roles that can be given in these pilots, each once for its programme."""
    found: dict[tuple[str, str], tuple[Programme, Role]] = {}
    for definition in dict.fromkeys(pilot.definition for pilot in pilots):
        programme = desk.programme(definition)
        for role in programme.roles:
            found.setdefault((programme.id, role.id), (programme, role))
    return tuple(found.values())


def unlink(desk: Desk, person_id: str) -> None:
    """Forget who somebody is to OpenID providers, so that another name there may be linked."""
    with desk.database.work() as work:
        accounts.drop_identities_of(work.connection, person_id)
        work.commit()


def programmes(desk: Desk) -> tuple[Installed, ...]:
    """Every definition that is installed, each with what is found in it."""
    with desk.database.read() as connection:
        infos = repositories.definitions(connection)
        pinned = [pilot.definition for pilot in repositories.pilots(connection)]
    found = ((one, desk.programme(one.hash)) for one in infos)
    return tuple(
        Installed(programme, one.hash, one.installed_at, pinned.count(one.hash), proved(programme, one.hash))
        for one, programme in found
    )


_proved: dict[str, tuple[Finding, ...]] = {}
"""By the definition's hash: what is found in it never changes, and finding it takes a second."""


def proved(programme: Programme, content_hash: str) -> tuple[Finding, ...]:
    """What can be found in a definition without its files: what is out of reach, traps, days that cannot be kept."""
    if content_hash not in _proved:
        _proved[content_hash] = _prove(programme)
    return _proved[content_hash]


def _prove(programme: Programme) -> tuple[Finding, ...]:
    places = Places()
    found = [*prove(programme, places), *prove_days(programme, places, frozenset())]
    if not has_errors(found):
        found += prove_lead_times(programme, places)
    return tuple(found)
