"""``advance``, ``why`` and ``correct``: record a step, ask about one, take a mistake back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.exit_codes import DONE, REFUSED
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from mlw_workflow.domain.definition import Field, Programme, Rule
    from mlw_workflow.domain.pilot import Pilot, Standing
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.advance import Outcome, Request
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.files import FileStore


CORRECT = "correct"
"""The trigger of a correction (``domain.definition.CORRECT``, which costs too much to import for a help page)."""


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("advance", cls=Command, help=_("Record a step that was taken, or be told all that it lacks."))
    def advance(  # noqa: PLR0913, PLR0917 (the options of a command)
        pilot: Annotated[str, params.pilot_argument()],
        machine: Annotated[str, params.machine_argument()],
        trigger: Annotated[str, params.trigger_argument()],
        on: Annotated[str, params.on_option()] = "",
        acting: Annotated[str, params.as_option()] = "",
        evidence: Annotated[list[str] | None, params.evidence_option()] = None,
        seen: Annotated[
            str,
            typer.Option("--seen", metavar="N", help=_("The last entry of the task that you have seen; 0 for none.")),
        ] = "",
        as_role: Annotated[str, _as_role()] = "",
        dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only say what would happen."))] = False,
        json: Annotated[bool, params.json_option()] = False,
    ) -> int:
        asked = _Asked(pilot, machine, trigger, on, acting, tuple(evidence or ()), seen, as_role)
        return _answer(asked, json=json, really=not dry_run)

    @app.command("why", cls=Command, help=_("Say what a step lacks and the shortest way to it, without taking it."))
    def why(
        pilot: Annotated[str, params.pilot_argument()],
        machine: Annotated[str, params.machine_argument()],
        trigger: Annotated[str, params.trigger_argument()],
        on: Annotated[str, params.on_option()] = "",
        acting: Annotated[str, params.as_option()] = "",
        evidence: Annotated[list[str] | None, params.evidence_option()] = None,
        as_role: Annotated[str, _as_role()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> int:
        asked = _Asked(pilot, machine, trigger, on, acting, tuple(evidence or ()), "", as_role, anybody=True)
        return _answer(asked, json=json, really=False)

    @app.command("correct", cls=Command, help=_("Take back a task's last record because it was a mistake."))
    def correct(  # noqa: PLR0913, PLR0917 (the options of a command)
        pilot: Annotated[str, params.pilot_argument()],
        machine: Annotated[str, params.machine_argument()],
        reason: Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("What the mistake was."))] = "",
        acting: Annotated[str, params.as_option()] = "",
        on: Annotated[str, params.on_option()] = "",
        evidence: Annotated[list[str] | None, params.evidence_option()] = None,
        seen: Annotated[
            str,
            typer.Option("--seen", metavar="N", help=_("The last entry of the task that you have seen; 0 for none.")),
        ] = "",
        dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only say what would happen."))] = False,
        json: Annotated[bool, params.json_option()] = False,
    ) -> int:
        asked = _Asked(pilot, machine, CORRECT, on, acting, tuple(evidence or ()), seen, reason=reason)
        return _answer(asked, json=json, really=not dry_run)


def _as_role() -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        "--as-role", metavar=_("ROLE"), help=_("Prefer a way out whose steps this role can take.")
    )
    return option


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed, not yet understood."""

    pilot: str
    machine: str
    trigger: str
    on: str
    acting: str
    evidence: tuple[str, ...]
    seen: str
    as_role: str = ""
    reason: str = ""
    anybody: bool = False
    """Whether the question is about the step, whoever takes it."""


def _answer(asked: _Asked, *, json: bool, really: bool) -> int:
    from mlw_workflow.interfaces import shapes
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services import advance as service
    from mlw_workflow.services.files import FileStore

    desk = session.desk(writing=True)
    pilot = session.pilot(asked.pilot)
    programme = desk.programme(pilot.definition)
    store = FileStore(session.settings().files, session.settings().file_size_max_mb)
    try:
        request = _request(asked, desk, pilot, programme, store)
        outcome = service.advance(desk, request) if really else service.preview(desk, request)
        if really and outcome.admitted:
            store.keep()
    finally:
        store.drop()
    titles = Titles(programme, messages.language())
    if json:
        output.answer_json(shapes.outcome(outcome, titles))
    elif outcome.admitted:
        _tell_admitted(outcome, titles, really=really)
    else:
        _tell_refused(outcome, titles, asked, request, desk.today(programme), session.name_of(pilot))
    return DONE if outcome.admitted else REFUSED


def _request(asked: _Asked, desk: "Desk", pilot: "Pilot", programme: "Programme", store: "FileStore") -> "Request":
    from mlw_workflow.interfaces.cli import evidence
    from mlw_workflow.services.advance import Request
    from mlw_workflow.services.standing import AsOf, standing_of

    on, seen = params.day_of(asked.on, "--on"), params.count_of(asked.seen, "--seen")
    standing = standing_of(desk, pilot, AsOf(desk.today(programme)))
    machine = _known_machine(standing, asked.machine)
    fields = _fields(standing, machine, asked.trigger)
    given = evidence.read(asked.evidence, fields, store)
    if asked.reason:
        first = next((field.id for field in fields if field.type == "text"), "reason")
        given = {first: asked.reason, **given}
    acting = asked.acting
    if not acting:
        roles = _roles(standing, machine, asked.trigger)
        if not asked.anybody:
            raise BadInput("as_missing", example=roles[0] if roles else "coordinator")
        acting = roles[0] if roles else next(role.id for role in programme.roles if role.acts)
    if asked.as_role and asked.as_role not in programme.role:
        from mlw_workflow.domain.errors import UnknownRole

        raise UnknownRole(role=asked.as_role, known=tuple(programme.role))
    return Request(pilot, machine, asked.trigger, acting, on, given, seen, asked.as_role)


def _known_machine(standing: "Standing", machine: str) -> str:
    """The id as the pilot has it: upper and lower case make no difference."""
    from mlw_workflow.domain.errors import UnknownMachine

    if machine in standing.instances:
        return machine
    for known in standing.instances:
        if known.casefold() == machine.strip().casefold():
            return known
    raise UnknownMachine(machine=machine[:80], known=tuple(standing.instances), pilot=standing.pilot.municipality)


def _rule(standing: "Standing", machine: str, trigger: str) -> "Rule | None":
    """The rule that is meant: from where the machine stands, else the first of that trigger."""
    workflow = standing.instances[machine].workflow
    here = workflow.rules_for.get((standing.position(machine).state, trigger), ())
    return next(iter(here or workflow.rules_of(trigger)), None)


def _fields(standing: "Standing", machine: str, trigger: str) -> "tuple[Field, ...]":
    if trigger == CORRECT:
        return standing.instances[machine].workflow.correction.evidence
    rule = _rule(standing, machine, trigger)
    return rule.evidence if rule else ()


def _roles(standing: "Standing", machine: str, trigger: str) -> tuple[str, ...]:
    if trigger == CORRECT:
        return standing.instances[machine].workflow.correction.by
    rule = _rule(standing, machine, trigger)
    return rule.by if rule else ()


def _tell_admitted(outcome: "Outcome", titles: "Titles", *, really: bool) -> None:
    decision = outcome.decision
    step = titles.trigger(decision.machine, decision.trigger)
    words = _("Recorded as entry {seq}: {step}.") if really else _("This would be recorded: {step}. Nothing was.")
    output.paragraph(words.format(step=step, seq=outcome.entry.seq if outcome.entry else 0))
    before, after = (titles.state(decision.machine, state) for state in (decision.from_state, decision.to_state))
    day = titles.day(outcome.attempt.occurred_on)
    output.paragraph(f"{titles.machine(decision.machine)}: {before} → {after}, {day}")


def _tell_refused(
    outcome: "Outcome", titles: "Titles", asked: _Asked, request: "Request", today: object, name: str
) -> None:
    from datetime import date

    from mlw_workflow.domain.decision import Refused
    from mlw_workflow.interfaces.cli.refusal import PlannedOwn, tell_reasons, tell_way_out
    from mlw_workflow.interfaces.wording import reasons as wording

    decision = outcome.decision
    assert isinstance(decision, Refused)
    assert isinstance(today, date)
    step, machine = titles.trigger(decision.machine, decision.trigger), titles.machine(decision.machine)
    words = _("The step {step} of {machine} is not possible on {day}, because:")
    output.paragraph(words.format(step=step, machine=machine, day=titles.day(outcome.attempt.occurred_on)))
    tell_reasons(decision.reasons, titles, decision.trigger)
    told = {wording.variant(reason, titles, decision.trigger) for reason in decision.reasons}
    possible = outcome.way_out is not None and outcome.way_out.possible
    if decision.trigger == CORRECT or ("wrong_state.recorded" in told and not possible):
        return
    rule = _rule(outcome.standing, decision.machine, decision.trigger)
    roles = (request.acting,) if asked.acting and decision.role else rule.by if rule else ()
    day = request.on if request.on and request.on <= today else None
    own = PlannedOwn(roles, rule.evidence if rule else (), day)
    tell_way_out(outcome.way_out, titles, name, decision.machine, decision.trigger, today, own)
