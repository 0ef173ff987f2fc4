"""The made-up people of the demonstration, one for each role, with accounts that anybody may use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text
from mlw_workflow.services.accounts.login import CLOCK
from mlw_workflow.services.accounts.passwords import password_hash
from mlw_workflow.services.auditors import SPAN_DAYS_MAX, add_auditor
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.storage import accounts
from mlw_workflow.storage.repositories import fold_name

if TYPE_CHECKING:
    from mlw_workflow.domain.definition import Programme, Role
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.repositories import Person

PASSWORD = "wytyczne-2014"  # noqa: S105 (of a demonstration, printed and shown on its first page)
DOMAIN = "demo.invalid"
AUDITOR = Text("Audytor z zewnątrz", "Auditor from outside")
ADMIN = Text("Administrator panelu", "Administrator of the panel")


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to log in as."""

    login: str
    password: str
    name: str
    role: str
    place: str
    """The municipality; empty for the whole programme."""


def people_demo(desk: Desk, programme: Programme, pilots: list[Pilot], closer: str, language: str) -> list[DemoPerson]:
    """Everybody in the municipality of the closer look, a first role in each other one, who sees them all, and who
    administers the panel without seeing any.
    """
    kept = password_hash(PASSWORD)
    ordered = sorted(pilots, key=lambda pilot: (pilot.municipality != closer, pilot.municipality))
    local = [role for role in programme.roles if role.scope == "pilot"]
    parts = [(role, [pilot]) for pilot in ordered for role in (local if pilot is ordered[0] else local[:1])]
    parts += [(role, pilots) for role in programme.roles if role.scope == "programme"]
    made = [
        _person(desk, role, reach, "" if role.scope == "programme" else reach[0].municipality, kept, language)
        for role, reach in parts
    ]
    admin = add_person(desk, ADMIN[language], f"admin@{DOMAIN}", language)
    _account(desk, admin, kept, is_admin=True)
    return [*made, DemoPerson(admin.email, PASSWORD, admin.name, "admin", "")]


def auditor_demo(desk: Desk, programme: Programme, pilots: list[Pilot], language: str) -> DemoPerson:
    """Somebody from outside who audits the programme for as long as that may be."""
    person = add_person(desk, AUDITOR[language], f"auditor@{DOMAIN}", language)
    since = min(pilot.start for pilot in pilots)
    add_auditor(desk, person.id, programme.id, since, since + timedelta(days=SPAN_DAYS_MAX))
    _account(desk, person, password_hash(PASSWORD), is_admin=False)
    return DemoPerson(person.email, PASSWORD, person.name, "auditor", "")


def _person(desk: Desk, role: Role, pilots: list[Pilot], place: str, kept: str, language: str) -> DemoPerson:
    name = ", ".join(filter(None, (role.title[language], place)))
    folded = re.sub(r"[^a-z0-9]+", "-", fold_name(place)).strip("-")
    login = f"{role.id.replace('_', '-')}{'.' + folded if folded else ''}@{DOMAIN}"
    person = add_person(desk, name, login, language)
    give_role(desk, person.id, role.id, pilots)
    _account(desk, person, kept, is_admin=False)
    return DemoPerson(login, PASSWORD, name, role.id, place)


def _account(desk: Desk, person: Person, kept: str, *, is_admin: bool) -> None:
    with desk.database.work() as work:
        accounts.add_account(work.connection, person.id, person.email, is_admin=is_admin, now=CLOCK.now())
        accounts.set_password(work.connection, person.id, kept)
        work.commit()
