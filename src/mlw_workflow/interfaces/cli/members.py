"""``member add``, ``member end`` and ``member list``: who holds which role in which pilot, and when."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput, UnknownPerson, UnknownRole
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.ledger import Membership
    from mlw_workflow.domain.pilot import Pilot


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    person = typer.Argument(metavar=_("PERSON"), help=_("Name, e-mail address or id."))
    role_of = typer.Argument(metavar=_("ROLE"), help=_("The role's id, such as coordinator."))
    pilots_of = typer.Argument(
        metavar=_("PILOT…"), help=_("The municipalities; a role of the whole programme goes to all of them by itself.")
    )

    @app.command("add", cls=Command, help=_("Give a person a role in a pilot, or in the whole programme."))
    def add(
        name: Annotated[str, person],
        role: Annotated[str, role_of],
        pilots: Annotated[list[str] | None, pilots_of] = None,
        since: Annotated[
            str, typer.Option("--since", metavar=_("DATE"), help=_("From this day; by default the pilot's first."))
        ] = "",
        until: Annotated[
            str, typer.Option("--until", metavar=_("DATE"), help=_("To this day; by default without end."))
        ] = "",
        programme: Annotated[
            str,
            typer.Option("--programme", metavar=_("PROGRAMME"), help=_("For a role of the whole programme: which.")),
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_add(name, role, tuple(pilots or ()), (since, until), programme, json=json)

    @app.command("end", cls=Command, help=_("Set the last day of a role that a person holds."))
    def end(
        name: Annotated[str, person],
        role: Annotated[str, role_of],
        pilots: Annotated[list[str] | None, pilots_of] = None,
        until: Annotated[
            str, typer.Option("--until", metavar=_("DATE"), help=_("The last day; by default today."))
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_end(name, role, tuple(pilots or ()), until, json=json)

    @app.command("list", cls=Command, help=_("List who holds which role."))
    def list_(
        pilot: Annotated[str, params.pilot_argument()] = "",
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_list(pilot, acting, json=json)


def run_add(
    name: str, role: str, pilots: tuple[str, ...], span: tuple[str, str], programme: str, *, json: bool
) -> None:
    """Give a role, in all the pilots it reaches or in none."""
    from mlw_workflow.services.people import give_role

    desk = session.desk(writing=True)
    chosen = _reach(role, pilots, programme)
    since, until = params.day_of(span[0], "--since"), params.day_of(span[1], "--until")
    given = give_role(desk, name, role, chosen, since, until)
    _tell(list(zip(chosen, given, strict=True)), json=json)


def run_end(name: str, role: str, pilots: tuple[str, ...], until: str, *, json: bool) -> None:
    """Set the end of every such role that goes on at that day."""
    from mlw_workflow.services.people import give_role
    from mlw_workflow.storage import repositories

    desk = session.desk(writing=True)
    wanted = [session.pilot(pilot) for pilot in pilots] or list(session.pilots())
    with desk.database.read() as connection:
        person = repositories.find_person(connection, name)
        if person is None:
            raise UnknownPerson(person=name, known=())
        held = repositories.memberships_of(connection, person.id)
    ended: list[tuple[Pilot, Membership]] = []
    groups: dict[tuple[date, date], list[Pilot]] = {}
    for pilot in wanted:
        last = params.day_of(until, "--until") or desk.today(desk.programme(pilot.definition))
        for membership in held.get(pilot.id, ()):
            if membership.role == role and (membership.until is None or membership.until > last):
                groups.setdefault((membership.since, last), []).append(pilot)
    if not groups:
        raise BadInput("membership_unknown", person=name, role=role)
    for (since, last), members in groups.items():
        ended += zip(members, give_role(desk, name, role, members, since, last), strict=True)
    _tell(ended, json=json)


def run_list(name: str, acting: str, *, json: bool) -> None:
    """Roles of one pilot, or of all."""
    from mlw_workflow.storage import repositories

    desk = session.desk()
    chosen = reading.named(name, acting, "member list")
    with desk.database.read() as connection:
        found = [(pilot, held) for pilot in chosen for held in repositories.memberships(connection, pilot.id)]
    _tell(found, json=json, listing=True)


def _reach(role: str, pilots: tuple[str, ...], programme: str) -> "list[Pilot]":
    """The pilots that a role is to be given in: those named, or all of the programme for a role of its whole."""
    desk = session.desk()
    named = [session.pilot(pilot) for pilot in pilots]
    ids = {pilot.programme for pilot in named} or {programme or session.settings().programme}
    every = [pilot for pilot in session.pilots() if pilot.programme in ids]
    for pilot in named or every:
        known = desk.programme(pilot.definition).role
        if role not in known:
            raise UnknownRole(role=role, known=tuple(known))
        if known[role].scope == "programme":
            return every
    if named:
        return named
    if len(every) == 1:
        return every
    if not every:
        raise BadInput("no_pilots")
    raise BadInput("pilot_not_named", known=session.names_of(tuple(every)))


def _tell(found: "list[tuple[Pilot, Membership]]", *, json: bool, listing: bool = False) -> None:
    from mlw_workflow.interfaces.wording.dates import day_short
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.storage import repositories

    desk, language = session.desk(), messages.language()
    if json:
        from mlw_workflow.interfaces import people_shapes

        told = [people_shapes.member(held, pilot) for pilot, held in found]
        output.answer_json({"members": told})
        return
    if not found and listing:
        output.say(_("Nobody holds a role here yet."))
        return
    with desk.database.read() as connection:
        names = {person.id: person.name for person in repositories.people(connection)}
    rows = []
    for pilot, held in found:
        titles = Titles(desk.programme(pilot.definition), language)
        since, until = day_short(held.since, language), day_short(held.until, language)
        rows.append((pilot.municipality, names.get(held.person, held.person), titles.role(held.role), since, until))
    output.table((_("Municipality"), _("Person"), _("Role"), _("From"), _("To")), rows, wide=1)
