"""``audit findings``, ``explain``, ``confirm`` and ``close``: what control found, and what is said of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.exit_codes import DONE, REFUSED
from mlw_workflow.interfaces.messages import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlw_workflow.domain.finding import Answer, Finding
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.wording.titles import Titles


def register(app: typer.Typer) -> None:
    """Add the four commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    code_of = typer.Argument(metavar=_("CODE"), help=_("The finding's code, such as recorded_late."))
    place_of = typer.Argument(metavar=_("ENTRY|MACHINE"), help=_("The entry's number; where it has none, the task."))
    text_of = typer.Option("--text", metavar=_("TEXT"), help=_("Why; kept beside the seal, as evidence is."))
    rule_of = typer.Option("--rule", metavar=_("RULE"), help=_("Which deadline, where several were missed."))

    @app.command("findings", cls=Command, help=_("Show what control finds beside the rules, and what to do about it."))
    def findings(
        pilot: Annotated[str, params.pilot_argument()] = "",
        as_of: Annotated[
            str, typer.Option("--as-of", metavar=_("DATE"), help=_("As it was by the end of this day."))
        ] = "",
        known_at: Annotated[str, params.known_at_option()] = "",
        state: Annotated[
            str, typer.Option("--state", metavar="open|explained|closed", help=_("Only findings in this state."))
        ] = "",
        fail_on: Annotated[
            str,
            typer.Option(
                "--fail-on",
                metavar="minor|major|critical",
                help=_("End with exit code 1 if a finding of this severity or a graver one is open."),
            ),
        ] = "",
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> int:
        return run_findings(pilot, (as_of, known_at), state, fail_on, acting, json=json)

    def answer(given: "Answer") -> "Callable[..., None]":
        def run(
            pilot: Annotated[str, params.pilot_argument()],
            code: Annotated[str, code_of],
            place: Annotated[str, place_of],
            text: Annotated[str, text_of] = "",
            acting: Annotated[str, params.as_option()] = "",
            rule: Annotated[str, rule_of] = "",
            json: Annotated[bool, params.json_option()] = False,
        ) -> None:
            run_answer(given, (pilot, code, place, rule), text, acting, json=json)

        return run

    explain = _("Say how a finding came about. It stays until it is closed.")
    app.command("explain", cls=Command, help=explain)(answer("explained"))

    @app.command("confirm", cls=Command, help=_("Say that a step which is in doubt stands nevertheless."))
    def confirm(
        pilot: Annotated[str, params.pilot_argument()],
        code: Annotated[str, code_of],
        place: Annotated[str, place_of],
        text: Annotated[str, text_of] = "",
        acting: Annotated[str, params.as_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_answer("confirmed", (pilot, code, place, ""), text, acting, json=json)

    close = _("Say that nothing more is to be done about a finding.")
    app.command("close", cls=Command, help=close)(answer("closed"))


def run_findings(name: str, axes: tuple[str, str], state: str, fail_on: str, acting: str, *, json: bool) -> int:
    """The findings of one pilot, or of all."""
    from mlw_workflow.domain.finding import SEVERITIES, STATES
    from mlw_workflow.interfaces import control_shapes
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.control import findings_of
    from mlw_workflow.services.standing import AsOf

    if state and state not in STATES:
        raise BadInput("state_unknown", value=state[:40], known=STATES)
    if fail_on and fail_on not in SEVERITIES:
        raise BadInput("severity_unknown", value=fail_on[:40], known=SEVERITIES)
    desk = session.desk()
    chosen = [reading.pilot(name, acting, "findings")] if name else list(reading.pilots(acting, "findings"))
    known, failed, told = names(), False, []
    for pilot in chosen:
        programme = desk.programme(pilot.definition)
        day = params.day_of(axes[0], "--as-of") or desk.today(programme)
        instant = params.instant_of(axes[1], "--known-at", programme.timezone)
        everything = findings_of(desk, pilot, AsOf(day, instant))
        failed |= bool(fail_on) and any(
            f.state == "open" and SEVERITIES.index(f.severity) >= SEVERITIES.index(fail_on) for f in everything
        )
        shown = [f for f in everything if state in ("", f.state)]
        titles = Titles(programme, messages.language())
        if json:
            label = session.name_of(pilot)
            told += [control_shapes.finding(f, label, titles, known) for f in shown]
        else:
            _tell(pilot, shown, titles, known, titles.day(day))
    if json:
        output.answer_json({"findings": told})
    elif not chosen:
        output.say(_("There is no pilot yet, so there is nothing to check."))
    return REFUSED if failed else DONE


def names() -> "Mapping[str, str]":
    """Everybody's name by id."""
    from mlw_workflow.storage import repositories

    with session.desk().database.read() as connection:
        return {person.id: person.name for person in repositories.people(connection)}


def _tell(pilot: "Pilot", found: "list[Finding]", titles: "Titles", known: "Mapping[str, str]", day: str) -> None:
    from mlw_workflow.interfaces.wording.dates import day_short
    from mlw_workflow.interfaces.wording.findings import CODE, SEVERITY, STATE, action, actor_words, message, title

    language = titles.language
    if not found:
        output.say(_("{pilot}, {day}: no findings.").format(pilot=pilot.municipality, day=day))
        return
    count = ngettext("{count} finding", "{count} findings", len(found))
    still = sum(item.state == "open" for item in found)
    told = _("{pilot}, {day}: {count}, of which open: {open}.")
    output.paragraph(told.format(pilot=pilot.municipality, day=day, count=count, open=still))
    for item in found:
        place = item.place.machine
        if item.place.seq:
            place += " " + _("(entry {seq})").format(seq=item.place.seq)
        heading = _("{place}: {code}; severity: {severity}; state: {state}; since {day}").format(
            place=place,
            code=title(item.code, language) + CODE[language].format(code=item.code),
            severity=SEVERITY[item.severity][language],
            state=STATE[item.state][language],
            day=day_short(item.since, language),
        )
        output.paragraph(heading, "    ", "  - ")
        output.paragraph(message(item, titles, known), "    ")
        if item.state != "closed":
            output.paragraph(action(item, language), "    ", "    → ")
        if item.answer is not None:
            words = _("Answered by {who} in entry {seq}.")
            who = actor_words(item.answer.actor, titles, known)
            output.paragraph(words.format(who=who, seq=item.answer.seq), "    ")


def run_answer(answer: "Answer", where: tuple[str, str, str, str], text: str, acting: str, *, json: bool) -> None:
    """Record what is said of a finding."""
    from mlw_workflow.interfaces import control_shapes
    from mlw_workflow.services.answer_finding import Reply, answer_finding

    desk, pilot = session.desk(writing=True), session.pilot(where[0])
    if not acting.strip():
        from mlw_workflow.domain.finding import answered_by

        example = next(iter(answered_by(desk.programme(pilot.definition).audit, answer)), "…")
        raise BadInput("as_missing", example=example)
    done = answer_finding(desk, Reply(pilot, where[1], where[2].strip(), answer, text, acting, where[3]))
    if json:
        output.answer_json(control_shapes.replied(done))
        return
    from mlw_workflow.interfaces.wording.findings import answer_words

    told = answer_words(done.finding.code, done.finding.place.seq, answer, messages.language())
    place = done.finding.place.machine
    output.paragraph(_("Recorded as entry {seq}: {place}, {told}.").format(seq=done.entry.seq, place=place, told=told))
