"""``history``: every entry of a pilot's log, refusals included, with both dates."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.decision import Reason
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

    timezone = titles.programme.timezone if titles.programme else "Europe/Warsaw"
    outcome = _("refused") if entry.kind == "refusal" else _("recorded")
    return (
        str(entry.seq),
        _happened(entry, titles.language),
        instant_short(entry.recorded_at, titles.language, timezone),
        _what(entry, titles, names),
        _who(entry, titles, names),
        outcome,
    )


def _happened(entry: "Entry", language: str) -> str:
    """The day it happened; only as exact as the source was."""
    from mlw_workflow.interfaces.wording.dates import day_short

    day = entry.occurred_on or entry.since
    if day is None:
        return ""
    if entry.precision == "year":
        return f"{day.year}"
    if entry.precision == "month":
        return f"{day:%m.%Y}" if language == "pl" else f"{day:%Y-%m}"
    return day_short(day, language)


def _what(entry: "Entry", titles: "Titles", names: "Mapping[str, str]") -> str:
    if entry.kind == "opening":
        return _("The pilot was opened.")
    if entry.kind == "membership":
        until = _(" until {day}").format(day=titles.day(entry.until)) if entry.until else ""
        return _("Role: {role} – {person}{until}").format(
            role=titles.role(entry.role), person=names.get(entry.person, entry.person), until=until
        )
    if entry.kind in ("acknowledgement", "snooze", "deputy", "policy"):
        from mlw_workflow.interfaces.wording.entries import reminding

        return reminding(entry, titles, names)
    if entry.kind == "erasure":
        values = ", ".join(f"{item['seq']}: {item['field']}" for item in entry.erased)
        told = _("Evidence was erased ({values}).").format(values=values) if values else ""
        name = _("The name of a person was erased ({person}).").format(person=entry.person) if entry.person else ""
        return f"{told} {name}".strip()
    if entry.kind == "finding":
        from mlw_workflow.interfaces.wording.findings import answer_words

        said, seq = entry.finding, entry.finding.get("seq")
        state, about = str(said.get("state")), seq if isinstance(seq, int) else 0
        return f"{entry.machine}: {answer_words(str(said.get('code')), about, state, titles.language)}"
    step = titles.plain_trigger(entry.machine, entry.trigger)
    if entry.kind == "correction":
        step += " " + _("(entry {seq})").format(seq=entry.undoes)
    if entry.kind == "refusal":
        from mlw_workflow.interfaces.wording import reasons as wording

        told = " ".join(wording.sentence(_reason(r), titles, entry.trigger) for r in entry.reasons)
        return f"{entry.machine}: {step}. {told}"
    return f"{entry.machine}: {step} → {titles.state(entry.machine, entry.to_state)}"


def _reason(sealed: "Mapping[str, object]") -> "Reason":
    from mlw_workflow.domain.decision import Reason

    facts = sealed.get("facts") or {}
    who = sealed.get("who") or []
    assert isinstance(facts, dict)
    assert isinstance(who, list)
    return Reason(
        str(sealed["code"]),
        str(sealed.get("machine", "")),
        str(sealed.get("needs", "")),
        str(sealed.get("field", "")),
        tuple(str(role) for role in who),
        tuple(facts.items()),
    )


def _who(entry: "Entry", titles: "Titles", names: "Mapping[str, str]") -> str:
    if entry.actor == "import":
        return _("from a file")
    if entry.actor == "operator":
        return _("at the computer")
    if entry.actor.startswith("role:"):
        return titles.role(entry.actor.removeprefix("role:"))
    name = names.get(entry.actor, entry.actor)
    return f"{name} ({titles.role(entry.role)})" if entry.role else name
