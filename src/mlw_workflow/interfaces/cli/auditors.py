"""``auditor add``, ``auditor end`` and ``auditor list``: who may look from outside, and until when."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mlw_workflow.domain.access import Auditor


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    person = typer.Argument(metavar=_("PERSON"), help=_("Name, e-mail address or id."))
    of_programme = typer.Option(
        "--programme", metavar=_("PROGRAMME"), help=_("The programme whose pilots are audited.")
    )

    @app.command("add", cls=Command, help=_("Let a person look at the pilots of a programme, from a day to a day."))
    def add(
        name: Annotated[str, person],
        programme: Annotated[str, of_programme] = "",
        since: Annotated[
            str, typer.Option("--since", metavar=_("DATE"), help=_("From this day; by default today."))
        ] = "",
        until: Annotated[str, typer.Option("--until", metavar=_("DATE"), help=_("To this day; it must be said."))] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_add(name, programme, (since, until), json=json)

    @app.command("end", cls=Command, help=_("Set the last day of what an auditor may look at."))
    def end(
        name: Annotated[str, person],
        programme: Annotated[str, of_programme] = "",
        until: Annotated[
            str, typer.Option("--until", metavar=_("DATE"), help=_("The last day; by default today."))
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_end(name, programme, until, json=json)

    @app.command("list", cls=Command, help=_("List the auditors."))
    def list_(json: Annotated[bool, params.json_option()] = False) -> None:
        from mlw_workflow.services.auditors import list_auditors

        _tell(list_auditors(session.desk()), json=json)


def run_add(name: str, programme: str, span: tuple[str, str], *, json: bool) -> None:
    """Give one person the right to look."""
    from mlw_workflow.services.auditors import add_auditor

    desk = session.desk(writing=True)
    until = params.day_of(span[1], "--until")
    if until is None:
        raise BadInput("until_missing")
    chosen = _programme(programme)
    given = add_auditor(desk, name, chosen, params.day_of(span[0], "--since") or _today(chosen), until)
    _tell([given], json=json)


def run_end(name: str, programme: str, until: str, *, json: bool) -> None:
    """End what a person may look at in one programme."""
    from mlw_workflow.services.auditors import end_auditor

    desk = session.desk(writing=True)
    chosen = _programme(programme)
    _tell(end_auditor(desk, name, chosen, params.day_of(until, "--until") or _today(chosen)), json=json)


def _programme(given: str) -> str:
    """The programme that is meant: the one given, else the only one that has pilots, else that of the settings."""
    if given:
        return given
    found = {pilot.programme for pilot in session.pilots()}
    return found.pop() if len(found) == 1 else session.settings().programme


def _today(programme: str) -> "date":
    desk = session.desk()
    pilot = next((pilot for pilot in session.pilots() if pilot.programme == programme), None)
    if pilot is not None:
        return desk.today(desk.programme(pilot.definition))
    from mlw_workflow.domain.clock import local_day

    return local_day(desk.clock.now(), "Europe/Warsaw")


def _tell(found: "Iterable[Auditor]", *, json: bool) -> None:
    from mlw_workflow.interfaces.wording.dates import day_short
    from mlw_workflow.storage import repositories

    auditors = list(found)
    if json:
        output.answer_json({"auditors": [_shape(auditor) for auditor in auditors]})
        return
    if not auditors:
        output.say(_("There is no auditor."))
        return
    with session.desk().database.read() as connection:
        names = {person.id: person.name for person in repositories.people(connection)}
    language = messages.language()
    rows = [
        (names.get(a.person, a.person), a.programme, day_short(a.since, language), _until(a, language))
        for a in auditors
    ]
    output.table((_("Person"), _("Programme"), _("From"), _("To")), rows, wide=0)


def _until(auditor: "Auditor", language: str) -> str:
    from mlw_workflow.interfaces.wording.dates import day_short

    return day_short(auditor.until, language) if auditor.since <= auditor.until else _("taken back")


def _shape(auditor: "Auditor") -> dict[str, Any]:
    return {
        "person": auditor.person,
        "programme": auditor.programme,
        "since": auditor.since.isoformat(),
        "until": auditor.until.isoformat(),
    }
