"""``deputy add`` and ``deputy list``: who is told instead of somebody absent."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from mlw_workflow.domain.pause import Deputy
    from mlw_workflow.domain.pilot import Pilot


def register(app: typer.Typer) -> None:
    """Add both commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("add", cls=Command, help=_("Name a deputy from a day to a day; reminders go to the deputy then."))
    def add(
        person: Annotated[str, typer.Argument(metavar=_("PERSON"), help=_("Who is absent: name, address or id."))],
        deputy: Annotated[str, typer.Argument(metavar=_("DEPUTY"), help=_("Who is told instead."))],
        pilots: Annotated[
            list[str] | None,
            typer.Argument(
                metavar=_("PILOT…"), help=_("The municipalities; by default all in which PERSON has a role.")
            ),
        ] = None,
        since: Annotated[
            str, typer.Option("--since", metavar=_("DATE"), help=_("From this day; by default today."))
        ] = "",
        until: Annotated[
            str,
            typer.Option(
                "--until", metavar=_("DATE"), help=_("To this day; the day before --since takes the deputy back.")
            ),
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_add(person, deputy, tuple(pilots or ()), (since, until), json=json)

    @app.command("list", cls=Command, help=_("List who stands in for whom."))
    def list_(
        pilot: Annotated[str, params.pilot_argument()] = "", json: Annotated[bool, params.json_option()] = False
    ) -> None:
        run_list(pilot, json=json)


def run_add(person: str, deputy: str, pilots: tuple[str, ...], span: tuple[str, str], *, json: bool) -> None:
    """Name a deputy in all these pilots or in none."""
    from mlw_workflow.interfaces.cli.reminders import person_id
    from mlw_workflow.services.deputies import name_deputy
    from mlw_workflow.storage import repositories

    desk = session.desk(writing=True)
    until = params.day_of(span[1], "--until")
    if until is None:
        raise BadInput("until_missing")
    absent = person_id(person)
    if pilots:
        chosen = [session.pilot(name) for name in pilots]
    else:
        with desk.database.read() as connection:
            held = repositories.memberships_of(connection, absent)
        chosen = [pilot for pilot in session.pilots() if pilot.id in held]
        if not chosen:
            raise BadInput("person_without_role", person=person, pilot="–")
    since = params.day_of(span[0], "--since") or desk.today(desk.programme(chosen[0].definition))
    chosen.sort(key=lambda pilot: pilot.id)
    named = name_deputy(desk, chosen, absent, person_id(deputy), since, until)
    _tell(list(zip(chosen, named, strict=True)), json=json)


def run_list(name: str, *, json: bool) -> None:
    """The deputies of one pilot, or of all."""
    from mlw_workflow.services.deputies import deputies

    desk = session.desk()
    chosen = [session.pilot(name)] if name else list(session.pilots())
    _tell([(pilot, deputy) for pilot in chosen for deputy in deputies(desk, pilot)], json=json)


def _tell(found: "list[tuple[Pilot, Deputy]]", *, json: bool) -> None:
    from mlw_workflow.interfaces.cli.reminders import names
    from mlw_workflow.interfaces.wording.dates import day_short

    if json:
        from mlw_workflow.interfaces import people_shapes

        told = [people_shapes.deputy(item, session.name_of(pilot)) for pilot, item in found]
        output.answer_json({"deputies": told})
        return
    if not found:
        output.say(_("Nobody stands in for anybody."))
        return
    known, language = names(), messages.language()
    rows = [
        (
            pilot.municipality,
            known.get(item.person, item.person),
            known.get(item.deputy, item.deputy),
            day_short(item.since, language),
            day_short(item.until, language) if item.since <= item.until else _("taken back"),
        )
        for pilot, item in found
    ]
    output.table((_("Municipality"), _("Absent"), _("Deputy"), _("From"), _("To")), rows, wide=1)
