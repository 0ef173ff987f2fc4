"""``pilot open`` and ``pilot list``."""

from typing import Annotated

import typer

from mlw_workflow.interfaces import messages, people_shapes
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.messages import _


def register(app: typer.Typer) -> None:
    """Add both commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("open", cls=Command, help=_("Open the pilot of a municipality."))
    def open_(
        municipality: Annotated[str, typer.Argument(metavar=_("MUNICIPALITY"), help=_("Its name."))],
        programme: Annotated[
            str, typer.Option("--programme", metavar=_("PROGRAMME"), help=_("The programme's id; see workflow show."))
        ] = "",
        start: Annotated[
            str, typer.Option("--start", metavar=_("DATE"), help=_("First day; by default the programme's."))
        ] = "",
        end: Annotated[
            str, typer.Option("--end", metavar=_("DATE"), help=_("Last day; by default the programme's."))
        ] = "",
        code: Annotated[str, typer.Option("--code", metavar=_("CODE"), help=_("A code; by default the name's."))] = "",
        voivodeship: Annotated[str, typer.Option("--voivodeship", metavar=_("NAME"), help=_("Its voivodeship."))] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_open(municipality, programme, (start, end), code, voivodeship, json=json)

    @app.command("list", cls=Command, help=_("List the pilots."))
    def list_(
        acting: Annotated[str, params.reader_option()] = "", json: Annotated[bool, params.json_option()] = False
    ) -> None:
        run_list(acting, json=json)


def run_open(
    municipality: str, programme: str, span: tuple[str, str], code: str, voivodeship: str, *, json: bool
) -> None:
    """Open one pilot."""
    from mlw_workflow.interfaces.cli.installed import definition_of
    from mlw_workflow.services.open_pilot import Opening, open_pilot

    desk = session.desk(writing=True)
    definition = definition_of(desk, programme or session.settings().programme)
    start, end = params.day_of(span[0], "--start"), params.day_of(span[1], "--end")
    pilot = open_pilot(desk, Opening(municipality, definition, start, end, code, voivodeship))
    if json:
        output.answer_json(people_shapes.pilot(pilot, session.name_of(pilot)))
        return
    day = messages.language()
    from mlw_workflow.interfaces.wording.dates import day_words

    words = _("Opened: {municipality} (code {code}), from {start} to {end}.")
    told = words.format(
        municipality=pilot.municipality,
        code=pilot.code,
        start=day_words(pilot.start, day),
        end=day_words(pilot.end, day),
    )
    output.paragraph(told)
    output.say(_("Next: {command}").format(command=output.command("next", session.name_of(pilot))))


def run_list(acting: str, *, json: bool) -> None:
    """Every pilot."""
    from mlw_workflow.interfaces.wording.dates import day_short

    found = reading.pilots(acting, "pilot list")
    if json:
        output.answer_json({"pilots": [people_shapes.pilot(pilot, session.name_of(pilot)) for pilot in found]})
        return
    if not found:
        words = _("There is no pilot yet. Open one: {command}")
        output.say(words.format(command=output.command("pilot", "open", _("MUNICIPALITY"))))
        return
    language = messages.language()
    rows = [
        (p.municipality, p.code, p.programme, day_short(p.start, language), day_short(p.end, language)) for p in found
    ]
    output.table((_("Municipality"), _("Code"), _("Programme"), _("First day"), _("Last day")), rows, wide=0)
