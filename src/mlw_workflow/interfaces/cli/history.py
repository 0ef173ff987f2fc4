"""``history``: every entry of a pilot's log, refusals included, with both dates."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.interfaces.wording.titles import Titles


def register(app: typer.Typer) -> None:
    """Add the command."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("history", cls=Command, help=_("Show everything that was recorded, refusals included, oldest first."))
    def history(
        pilot: Annotated[str, params.pilot_argument()] = "",
        machine: Annotated[str, typer.Option("--machine", metavar=_("MACHINE"), help=_("Only this task."))] = "",
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_history(pilot, machine, acting, json=json)


def run_history(name: str, machine: str, acting: str, *, json: bool) -> None:
    """The log of one pilot."""
    from mlw_workflow.interfaces import shapes
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.standing import history
    from mlw_workflow.storage import repositories

    desk = session.desk()
    pilot = reading.pilot(name, acting, "history")
    programme = desk.programme(pilot.definition)
    entries = history(desk, pilot)
    if machine:
        if not any(machine in (w.id, w.id + "/") or machine.startswith(w.id + "/") for w in programme.workflows):
            from mlw_workflow.domain.errors import UnknownMachine

            known = tuple(workflow.id for workflow in programme.workflows)
            raise UnknownMachine(machine=machine[:80], known=known, pilot=pilot.municipality)
        entries = [pair for pair in entries if pair[0].machine == machine or pair[0].machine.startswith(machine + "/")]
    if json:
        output.answer_json({"entries": [shapes.entry(entry, hash_) for entry, hash_ in entries]})
        return
    with desk.database.read() as connection:
        names = {person.id: person.name for person in repositories.people(connection)}
    titles = Titles(programme, messages.language())
    rows = [_row(entry, titles, names) for entry, _hash in entries]
    output.table((_("No."), _("Happened"), _("Recorded"), _("What"), _("Who"), _("Outcome")), rows, wide=3)


def _row(entry: "Entry", titles: "Titles", names: "Mapping[str, str]") -> tuple[str, ...]:
    from mlw_workflow.interfaces.wording.dates import instant_short
    from mlw_workflow.interfaces.wording.entries import happened, who

    timezone = titles.programme.timezone if titles.programme else "Europe/Warsaw"
    outcome = _("refused") if entry.kind == "refusal" else _("recorded")
    return (
        str(entry.seq),
        happened(entry, titles.language),
        instant_short(entry.recorded_at, titles.language, timezone),
        _what(entry, titles, names),
        who(entry, titles, names),
        outcome,
    )


def _what(entry: "Entry", titles: "Titles", names: "Mapping[str, str]") -> str:
    from mlw_workflow.domain.ledger import reasons_of
    from mlw_workflow.interfaces.wording import reasons as wording
    from mlw_workflow.interfaces.wording.entries import sentence

    told = sentence(entry, titles, names)
    if entry.kind != "refusal":
        return told
    return f"{told}. " + " ".join(wording.sentence(reason, titles, entry.trigger) for reason in reasons_of(entry))
