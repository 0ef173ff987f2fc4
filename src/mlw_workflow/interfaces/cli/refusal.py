"""A refusal for people: every reason, then the shortest way out, with the commands to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output
from mlw_workflow.interfaces.messages import _
from mlw_workflow.interfaces.wording import reasons as wording
from mlw_workflow.interfaces.wording.titles import Titles

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mlw_workflow.domain.decision import Reason
    from mlw_workflow.domain.definition import Field
    from mlw_workflow.domain.errors import WorkflowError
    from mlw_workflow.domain.wayout import PlannedStep, WayOut


def tell_reasons(reasons: Iterable[Reason], titles: Titles, trigger: str) -> None:
    """Every reason, one paragraph each."""
    for reason in reasons:
        output.paragraph(wording.sentence(reason, titles, trigger), indent="    ", first="  - ")


def tell_way_out(
    found: WayOut | None, titles: Titles, pilot: str, machine: str, trigger: str, today: date, own: PlannedOwn
) -> None:
    """The steps that would make the transition possible, in order, and then the transition itself."""
    if found is None:
        return
    output.say()
    if not found.possible and found.gave_up:
        output.paragraph(_("The shortest way was too long to search for. The reasons above say what to begin with."))
        return
    if not found.possible:
        lost = ", ".join(f"{titles.machine(m)}: {titles.state(m, s)}" for m, _dot, s in map(_split, found.lost))
        output.paragraph(_("There is no way to this step any more. Out of reach: {lost}.").format(lost=lost or machine))
        return
    output.say(_("The shortest way:"))
    for number, step in enumerate(found.steps, start=1):
        tell_step(number, step, titles, pilot, today)
    number = len(found.steps) + 1
    words = _("Then this step: {step}") if found.steps else _("Then it goes: {step}")
    step_title = f"{titles.trigger(machine, trigger)} – {titles.machine(machine)}"
    output.paragraph(f"{words.format(step=step_title)}{_earliest(found.earliest_on, titles)}", "     ", f"  {number}. ")
    if found.earliest_on is None:
        output.paragraph(_("This can no longer happen within the pilot's span."), "     ")
        return
    _tell_evidence(own.evidence, titles, own.day or max(found.earliest_on, today))
    day = max(found.earliest_on, own.day or today)
    output.say("     " + advance_command(pilot, machine, trigger, own.roles, own.evidence, day))


class PlannedOwn:
    """What the refused step itself asks for: roles, evidence, and the day that was asked about."""

    def __init__(self, roles: tuple[str, ...], evidence: tuple[Field, ...], day: date | None) -> None:
        self.roles = roles
        self.evidence = evidence
        self.day = day


def tell_step(number: int, step: PlannedStep, titles: Titles, pilot: str, today: date) -> None:
    """One step of a way out: what, who, on what evidence, from when, and the command."""
    title = f"{titles.trigger(step.machine, step.trigger)} – {titles.machine(step.machine)}"
    output.paragraph(title + _earliest(step.earliest_on, titles), "     ", f"  {number}. ")
    output.paragraph(_("who: {roles}").format(roles=titles.roles(step.roles)), "       ", "     ")
    if step.exceptional:
        output.paragraph(_("only where this cannot apply in the municipality"), "       ", "     ")
    day = max(step.earliest_on, today)
    _tell_evidence(step.evidence, titles, day)
    output.say("     " + advance_command(pilot, step.machine, step.trigger, step.roles, step.evidence, day, step.fixed))


def _earliest(day: date | None, titles: Titles) -> str:
    from datetime import date as day_type

    if day is None or day == day_type.min:
        return ""
    return _(", from {day}").format(day=titles.day(day))


def _tell_evidence(fields: tuple[Field, ...], titles: Titles, day: date) -> None:
    del day
    if fields:
        told = "; ".join(_field(field, titles) for field in fields)
        output.paragraph(_("evidence: {fields}").format(fields=told), "       ", "     ")


def _field(field: Field, titles: Titles) -> str:
    notes = [field.id]
    if field.options:
        notes.append(", ".join(option.id for option in field.options))
    if field.type == "records" and field.minimum:
        notes.append(_("at least {count}").format(count=int(field.minimum)))
    if field.collects:
        notes.append(_("gathered from earlier records"))
    elif not field.required or field.default:
        notes.append(_("may be left out"))
    return f"{field.title[titles.language]} ({'; '.join(notes)})"


def advance_command(
    pilot: str,
    machine: str,
    trigger: str,
    roles: tuple[str, ...],
    evidence: tuple[Field, ...],
    day: date,
    fixed: tuple[tuple[str, str], ...] = (),
) -> str:
    """The command that records a step, with a place to fill in for each piece of evidence that must be given."""
    words = ["advance", pilot, machine, trigger, "--on", day.isoformat(), "--as", roles[0] if roles else "…"]
    values = dict(fixed)
    for field in evidence:
        if field.id in values:
            words += ["--evidence", f"{field.id}={values[field.id]}"]
        elif field.required and not field.default and not field.collects:
            for given in _placeholders(field):
                words += ["--evidence", given]
    return output.command(*words)


def _placeholders(field: Field) -> list[str]:
    match field.type:
        case "file":
            return [f"{field.id}=@…"]
        case "records":
            columns = [column.id for column in field.fields if column.required]
            if len(columns) <= 1 and columns == [field.fields[0].id]:
                return [f"{field.id}[]=…"] * max(1, int(field.minimum or 1))
            return [f"{field.id}[1].{column}=…" for column in columns or [field.fields[0].id]]
        case "choice" if field.many:
            return [f"{field.id}[]=…"] * max(1, int(field.minimum or 1))
    return [f"{field.id}=…"]


def _split(name: str) -> tuple[str, str, str]:
    return name.rpartition(".")


def tell_refused_history(error: WorkflowError) -> None:
    """Why an event of a history file was refused, and what would have had to come before it."""
    facts: dict[str, Any] = error.facts
    titles = Titles(facts["programme"], messages.language())
    for reason in facts["reasons"]:
        output.note("  - " + wording.sentence(reason, titles, facts["trigger"]))
    found = facts.get("way_out")
    steps = found.steps if found is not None else ()
    if steps:
        output.note(_("What would have to be recorded before it:"))
        for number, step in enumerate(steps, start=1):
            output.note(f"  {number}. {titles.trigger(step.machine, step.trigger)} – {titles.machine(step.machine)}")
