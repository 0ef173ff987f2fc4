"""``deadlines``, ``forecast`` and ``calendar``: by when, how much time is left, and the same for a calendar program."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.forecast import Forecast
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.deadlines import Shown


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("deadlines", cls=Command, help=_("Show by when what is due, and why on that day."))
    def deadlines(
        pilot: Annotated[str, params.pilot_argument()] = "",
        first: Annotated[
            str, typer.Option("--from", metavar=_("DATE"), help=_("Only deadlines from this day on."))
        ] = "",
        last: Annotated[str, typer.Option("--to", metavar=_("DATE"), help=_("Only deadlines up to this day."))] = "",
        explain: Annotated[
            bool, typer.Option("--explain", help=_("Also show how each day was found, with every day off."))
        ] = False,
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_deadlines(pilot, (first, last), acting, explain=explain, json=json)

    @app.command("forecast", cls=Command, help=_("Show what the goal hangs on and when each step must begin."))
    def forecast(
        pilot: Annotated[str, params.pilot_argument()] = "",
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_forecast(pilot, acting, json=json)

    @app.command("calendar", cls=Command, help=_("Print the deadlines as a calendar file (iCalendar)."))
    def calendar(
        pilot: Annotated[str, params.pilot_argument()] = "",
        role: Annotated[
            str, typer.Option("--as", metavar=_("PERSON_OR_ROLE"), help=_("Only what this person or role is told of."))
        ] = "",
    ) -> None:
        run_calendar(pilot, role)


def run_deadlines(name: str, span: tuple[str, str], acting: str, *, explain: bool, json: bool) -> None:
    """The deadlines of one pilot, or of all."""
    from mlw_workflow.interfaces import reminder_shapes
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.deadlines import deadlines_shown
    from mlw_workflow.services.forecast import forecast_of

    desk = session.desk()
    first, last = params.days_of(span)
    chosen = reading.named(name, acting, "deadlines")
    told = []
    for pilot in chosen:
        today = desk.today(desk.programme(pilot.definition))
        shown = deadlines_shown(desk, pilot, first, last)
        starts = forecast_of(desk, pilot).last_start
        if json:
            label = "" if name or len(chosen) == 1 else session.name_of(pilot)
            titles = Titles(desk.programme(pilot.definition), messages.language())
            calendar = desk.calendar(pilot.voivodeship)
            told += [reminder_shapes.deadline(item, today, starts, titles, calendar, label) for item in shown]
        else:
            _tell_deadlines(pilot, shown, today, explain=explain)
    if json:
        output.answer_json({"deadlines": told})


def _tell_deadlines(pilot: "Pilot", shown: "list[Shown]", today: "date", *, explain: bool) -> None:
    from mlw_workflow.interfaces.wording.deadlines import derivation_words, status_of, status_words
    from mlw_workflow.interfaces.wording.titles import Titles

    desk, language = session.desk(), messages.language()
    titles = Titles(desk.programme(pilot.definition), language)
    output.say(_("Deadlines: {pilot}, as of {day}").format(pilot=pilot.municipality, day=titles.day(today)))
    if not shown:
        output.say(_("There are none in that time."))
        return
    ordered = sorted(shown, key=lambda item: (item.deadline.due_on is not None, item.deadline.due_on or today))
    calendar = desk.calendar(pilot.voivodeship)
    if explain:
        for item in ordered:
            deadline = item.deadline
            output.say()
            day = titles.day(deadline.due_on) if deadline.due_on else _("no date set yet")
            title = f"{titles.machine(deadline.machine)}: {deadline.rule.title[language]}"
            output.paragraph(f"{day}  {title} ({status_words(status_of(deadline, today), language)})", "    ", "")
            for line in derivation_words(deadline, titles, calendar):
                output.paragraph(line, "        ", "    - ")
        return
    rows = [
        (
            _day(item.deadline.due_on),
            item.deadline.machine,
            item.deadline.rule.title[language],
            status_words(status_of(item.deadline, today), language),
        )
        for item in ordered
    ]
    output.table((_("Due"), _("Task"), _("What"), _("State")), rows, wide=2)
    output.say(
        _("Why on that day: {command}").format(command=output.command("deadlines", session.name_of(pilot), "--explain"))
    )


def _day(day: "date | None") -> str:
    from mlw_workflow.interfaces.wording.dates import day_short

    return day_short(day, messages.language()) or _("no date")


def run_forecast(name: str, acting: str, *, json: bool) -> None:
    """What the goal hangs on."""
    from mlw_workflow.interfaces import reminder_shapes
    from mlw_workflow.services.forecast import forecast_of

    desk, pilot = session.desk(), reading.pilot(name, acting, "forecast")
    found = forecast_of(desk, pilot)
    if json:
        output.answer_json(reminder_shapes.forecast(session.name_of(pilot), found))
        return
    _tell_forecast(pilot, found)


def _tell_forecast(pilot: "Pilot", found: "Forecast") -> None:
    from mlw_workflow.interfaces.wording.dates import day_short
    from mlw_workflow.interfaces.wording.titles import Titles

    desk, language = session.desk(), messages.language()
    programme = desk.programme(pilot.definition)
    titles = Titles(programme, language)
    goal_machine, _dot, goal_state = programme.reminders.goal.partition(".")
    if not programme.reminders.goal:
        output.paragraph(_("This programme names no goal, so there is no way to draw to it."))
    elif found.lost:
        lost = ", ".join(found.lost)
        output.paragraph(_("The goal can no longer be reached. Lost: {states}.").format(states=lost))
    elif not found.critical_path:
        goal = f"{titles.machine(goal_machine)} {titles.state(goal_machine, goal_state)}"
        output.paragraph(_("The goal is reached: {goal}.").format(goal=goal))
    else:
        last = found.critical_path[-1]
        words = _("What the goal hangs on: {goal}, by {day}.")
        output.paragraph(words.format(goal=titles.machine(goal_machine), day=titles.day(last.latest_finish)))
        if found.rescuable_until is not None:
            told = _("Time in hand: {count}. The last day to begin: {day}.").format(
                count=messages.ngettext("{count} working day", "{count} working days", last.slack),
                day=titles.day(found.rescuable_until),
            )
        else:
            told = _("It is too late by {count}, if everything takes as long as usual.").format(
                count=messages.ngettext("{count} working day", "{count} working days", -last.slack)
            )
        output.paragraph(told)
        output.say()
        rows = [
            (
                step.machine,
                titles.plain_trigger(step.machine, step.trigger),
                day_short(step.latest_start, language),
                day_short(step.latest_finish, language),
                titles.roles(step.roles),
            )
            for step in found.critical_path
        ]
        output.table((_("Task"), _("Step"), _("Begin by"), _("Done by"), _("Who")), rows, wide=1)
    if found.slack:
        output.say()
        output.say(_("Time in hand of everything still open, in working days:"))
        slack = [
            (machine, titles.plain_machine(machine), str(days), day_short(found.last_start[machine], language))
            for machine, days in sorted(found.slack.items(), key=lambda item: item[1])
        ]
        output.table((_("Task"), _("Title"), _("Days"), _("Begin by")), slack, wide=1)


def run_calendar(name: str, whom: str) -> None:
    """The calendar file, byte for byte, on standard output."""
    import sys

    from mlw_workflow import bootstrap
    from mlw_workflow.interfaces.cli.reminders import roles_of
    from mlw_workflow.services.calendar import calendar_of

    desk = session.desk()
    looks = bool(whom) and reading.looks_only(name, whom)
    pilot = reading.pilot(name, whom, "calendar") if looks else session.pilot(name)
    domain = bootstrap.open_mailroom(session.settings()).domain
    content = calendar_of(
        desk,
        pilot,
        "en" if messages.language() == "en" else "pl",
        domain,
        roles_of(pilot, whom) if whom and not looks else (),
    )
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:
        sys.stdout.write(content.decode("utf-8"))
    else:
        sys.stdout.flush()
        binary.write(content)
        binary.flush()
