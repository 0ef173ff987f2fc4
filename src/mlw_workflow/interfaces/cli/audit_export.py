"""``audit export``: the record for process mining, spreadsheets and compliance tools; and its way back."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.exit_codes import DONE, PipeClosed
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from mlw_workflow.domain.compliance import Judged
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.finding import Finding
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.wording.titles import Titles

_FORMATS = "xes|ocel-json|ocel-sqlite|csv|jsonl|oscal|prov"
_ALL = "all"


def register(app: typer.Typer) -> None:
    """Add the command."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("export", cls=Command, help=_("Write the record for other programs."))
    def export(  # noqa: PLR0913, PLR0917 - its options
        pilots: Annotated[
            list[str] | None,
            typer.Argument(metavar=_("PILOT|all"), help=_("Municipalities (or codes of pilots), or all of them.")),
        ] = None,
        form: Annotated[str, typer.Option("--format", metavar=_FORMATS, help=_("In which form."))] = "",
        out: Annotated[
            str, typer.Option("--out", metavar=_("FILE|-"), help=_("Where to write it; - is standard output."))
        ] = "",
        first: Annotated[
            str, typer.Option("--from", metavar=_("DATE"), help=_("Only what happened on this day or later."))
        ] = "",
        last: Annotated[
            str, typer.Option("--to", metavar=_("DATE"), help=_("Only what happened on this day or earlier."))
        ] = "",
        case: Annotated[
            str,
            typer.Option("--case", metavar="machine|pilot", help=_("XES: a trace for each task, or for each pilot.")),
        ] = "machine",
        with_refusals: Annotated[bool, typer.Option("--with-refusals", help=_("Also what was refused."))] = False,
        without_corrected: Annotated[
            bool,
            typer.Option("--without-corrected", help=_("Leave out steps that were taken back, and their corrections.")),
        ] = False,
        with_names: Annotated[
            bool, typer.Option("--with-names", help=_("Name people, not only give their ids."))
        ] = False,
        no_evidence: Annotated[
            bool, typer.Option("--no-evidence", help=_("JSON Lines without what was given as evidence."))
        ] = False,
        quiet: Annotated[bool, typer.Option("--quiet", help=_("No progress bar and no summary."))] = False,
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> int:
        from mlw_workflow.audit.export.course import Choice
        from mlw_workflow.services.export import Order, check

        for given, origin in ((form, "--format"), (out, "--out")):
            if not given.strip():
                raise BadInput("option_missing", origin=origin)
        if case not in ("machine", "pilot"):
            raise BadInput("export_case_unknown", case=case[:40])
        choice = Choice(
            params.day_of(first, "--from"),
            params.day_of(last, "--to"),
            with_refusals,
            not without_corrected,
            "pilot" if case == "pilot" else "machine",
        )
        order = Order(form, (), choice=choice, with_names=with_names, evidence=not no_evidence)
        check(order)
        if json and out == "-":
            raise BadInput("export_json_to_output")
        chosen, whole = _chosen(pilots or [], acting)
        return _run(order, chosen, out, whole=whole, quiet=quiet, json=json)


def _chosen(names: list[str], acting: str) -> "tuple[tuple[Pilot, ...], bool]":
    """The pilots that are meant, and whether they are all there are."""
    if not names or names == [_ALL]:
        found = reading.pilots(acting, "export")
        if not found:
            raise BadInput("no_pilots")
        return found, not acting
    chosen = {pilot.id: pilot for pilot in (reading.pilot(name, acting, "export") for name in names)}
    return tuple(sorted(chosen.values(), key=lambda pilot: pilot.code)), False


def _run(order: Any, chosen: "tuple[Pilot, ...]", out: str, *, whole: bool, quiet: bool, json: bool) -> int:
    from dataclasses import replace

    from mlw_workflow.interfaces.cli.progress import Progress
    from mlw_workflow.services.export import export

    words = _Words() if order.format == "oscal" else None
    order = replace(order, pilots=chosen, whole=whole, words=words, language=messages.language())
    with Progress(_("Exporting"), quiet=quiet or json) as progress:
        if out != "-":
            entries = export(session.desk(), order, Path(out), progress)
        else:
            try:
                entries = export(session.desk(), order, sys.stdout.buffer, progress)
            except BrokenPipeError:
                raise PipeClosed from None
    if json:
        told = {"file": out, "format": order.format, "pilots": len(chosen), "entries": entries}
        output.answer_json({**told, "size": Path(out).stat().st_size})
    elif out != "-" and not quiet:
        pilots = messages.ngettext("{count} pilot", "{count} pilots", len(chosen))
        count = messages.ngettext("{count} entry", "{count} entries", entries)
        output.paragraph(_("{file}: {pilots}, {entries}.").format(file=out, pilots=pilots, entries=count))
    return DONE


class _Words:
    """Findings and verdicts as sentences, in the language in use."""

    def machine(self, programme: "Programme", machine: str) -> str:
        return self._titles(programme).plain_machine(machine)

    def because(self, programme: "Programme", judged: "Judged") -> str:
        from mlw_workflow.interfaces.wording.compliance import ground_sentence

        titles = self._titles(programme)
        return " ".join(ground_sentence(ground, judged.machine, titles) for ground in judged.grounds)

    def finding(self, programme: "Programme", finding: "Finding") -> str:
        from mlw_workflow.interfaces.wording.findings import message

        return message(finding, self._titles(programme), {})

    def _titles(self, programme: "Programme") -> "Titles":
        from mlw_workflow.interfaces.wording.titles import Titles

        return Titles(programme, messages.language())


def run_restore(file: Path, *, dry_run: bool, without_signatures: bool, json: bool) -> None:
    """Put a complete export into an empty database."""
    from mlw_workflow.interfaces.cli.progress import Progress
    from mlw_workflow.services.restore import restore

    desk = session.desk(writing=True)
    with Progress(_("Importing"), quiet=json) as progress:
        done = restore(desk, file, dry_run=dry_run, without_signatures=without_signatures, progress=progress)
    if json:
        counts = {"pilots": done.pilots, "entries": done.entries, "people": done.people}
        output.answer_json({"dry_run": dry_run, **counts, "definitions": done.definitions})
        return
    pilots = messages.ngettext("{count} pilot", "{count} pilots", done.pilots)
    entries = messages.ngettext("{count} entry", "{count} entries", done.entries)
    words = (
        _("The export holds: {pilots}, {entries}. Nothing was written.")
        if dry_run
        else _("The record is as it was: {pilots}, {entries}.")
    )
    output.paragraph(words.format(pilots=pilots, entries=entries))
