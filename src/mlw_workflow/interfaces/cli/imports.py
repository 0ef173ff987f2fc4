"""``import``: record what a history file states, all of it or nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from mlw_workflow.services.import_history import Imported


def register(app: typer.Typer) -> None:
    """Add the command."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("import", cls=Command, help=_("Record what a history file states: all of it, or nothing."))
    def import_(
        file: Annotated[
            str, typer.Argument(metavar=_("FILE"), help=_("A YAML or JSON file of dated events, or a complete export."))
        ],
        dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only say what would happen."))] = False,
        until: Annotated[
            str, typer.Option("--until", metavar=_("DATE"), help=_("Leave events after this day for later."))
        ] = "",
        without_signatures: Annotated[
            bool,
            typer.Option(
                "--without-signatures",
                help=_("A complete export without its signatures and checkpoints, when the keys are lost."),
            ),
        ] = False,
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_import(file, until, dry_run=dry_run, without_signatures=without_signatures, json=json)


def run_import(name: str, until: str, *, dry_run: bool, without_signatures: bool, json: bool) -> None:
    """Import one file."""
    from mlw_workflow.interfaces import shapes
    from mlw_workflow.interfaces.cli.installed import definition_of
    from mlw_workflow.interfaces.cli.progress import Progress
    from mlw_workflow.services.import_history import import_history

    file = Path(name)
    if not file.is_file():
        import os

        raise BadInput("file_unreadable", file=name, problem=os.strerror(21 if file.is_dir() else 2))
    from mlw_workflow.services.restore import is_export

    if is_export(file):
        from mlw_workflow.interfaces.cli.audit_export import run_restore

        if until:
            raise BadInput("restore_option", file=name, origin="--until")
        run_restore(file, dry_run=dry_run, without_signatures=without_signatures, json=json)
        return
    if without_signatures:
        raise BadInput("import_option", file=name, origin="--without-signatures")
    desk = session.desk(writing=True)
    with Progress(_("Importing"), quiet=json) as progress:
        done = import_history(
            desk,
            file,
            definition_of=lambda programme: definition_of(desk, programme),
            dry_run=dry_run,
            only_until=params.day_of(until, "--until"),
            progress=progress,
        )
    if json:
        output.answer_json(shapes.imported(done, dry_run=dry_run))
        return
    for item in done:
        _tell(item, dry_run=dry_run)


def _tell(item: "Imported", *, dry_run: bool) -> None:
    from mlw_workflow.interfaces.wording.titles import Titles

    desk = session.desk()
    titles = Titles(desk.programme(item.pilot.definition), messages.language())
    events = messages.ngettext("{count} event", "{count} events", item.recorded)
    words = _("{pilot}: would record {events}.") if dry_run else _("{pilot}: recorded {events}.")
    line = words.format(pilot=item.pilot.municipality, events=events)
    if item.already:
        already = messages.ngettext("{count} event", "{count} events", item.already)
        line += " " + _("On record before: {events}.").format(events=already)
    if item.opened:
        line += " " + (_("The pilot would be opened.") if dry_run else _("The pilot was opened."))
    output.paragraph(line)
    for machine, trigger, day in item.later:
        step = f"{titles.trigger(machine, trigger)} – {titles.machine(machine)}, {titles.day(day)}"
        output.paragraph(_("left for later: {step}").format(step=step), "    ", "  - ")
    if item.left_aside:
        keys = ", ".join(item.left_aside)
        output.paragraph(_("not events, so not recorded: {keys}").format(keys=keys), "    ", "  - ")
