"""``status`` and ``next``: where a pilot stands, and what can be done now."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from mlw_workflow.domain.decision import Reason
    from mlw_workflow.domain.pilot import Standing
    from mlw_workflow.interfaces.wording.titles import Titles


def register(app: typer.Typer) -> None:
    """Add both commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("status", cls=Command, help=_("Show where a pilot stands, and what is blocked by what since when."))
    def status(
        pilot: Annotated[str, params.pilot_argument()] = "",
        as_of: Annotated[str, params.as_of_option()] = "",
        known_at: Annotated[str, params.known_at_option()] = "",
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        show_status(pilot, as_of, known_at, json=json, acting=acting)

    @app.command("next", cls=Command, help=_("Show what can be done now, by whom, and what it would unblock."))
    def next_steps(
        pilot: Annotated[str, params.pilot_argument()] = "",
        role: Annotated[str, typer.Option("--as", metavar=_("ROLE"), help=_("Only what this role can do."))] = "",
        everything: Annotated[
            bool, typer.Option("--all", help=_("Also suspending, returning, releasing and the like."))
        ] = False,
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        show_next(pilot, role, everything=everything, json=json)


def show_status(name: str, as_of: str, known_at: str, *, json: bool, acting: str = "") -> None:
    """The board of one pilot; without a name and with several pilots, a line for each."""
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.standing import AsOf, standing_of

    desk = session.desk()
    pilot = reading.pilot(name, acting, "status")
    programme = desk.programme(pilot.definition)
    day = params.day_of(as_of, "--as-of") or desk.today(programme)
    instant = params.instant_of(known_at, "--known-at", programme.timezone)
    standing = standing_of(desk, pilot, AsOf(day, instant))
    titles = Titles(programme, messages.language())
    shown = session.name_of(pilot)
    if json:
        from mlw_workflow.interfaces import shapes

        output.answer_json(shapes.status(shown, standing, titles, day))
        return
    tell_heading(standing, titles, day, instant)
    for kind in programme.kinds:
        tell_board(standing, titles, kind.id, day)
    tell_blocked(standing, titles, day)


def tell_heading(standing: "Standing", titles: "Titles", day: "date", known_at: "datetime | None" = None) -> None:
    """Which pilot, and when."""
    from mlw_workflow.interfaces.wording.dates import instant_short

    pilot = standing.pilot
    assert titles.programme is not None
    words = _("{municipality} – {programme}, as of {day}")
    title = titles.programme.title[titles.language]
    line = words.format(municipality=pilot.municipality, programme=title, day=titles.day(day))
    if known_at is not None:
        known = instant_short(known_at, titles.language, titles.programme.timezone)
        line += _(", as far as recorded by {instant}").format(instant=known)
    output.paragraph(line)


def tell_board(standing: "Standing", titles: "Titles", kind: str, day: "date") -> None:
    """One table: the machines of a kind, with state, since when, whether done, and what they wait for."""
    from mlw_workflow.interfaces.shapes import is_done
    from mlw_workflow.interfaces.wording.dates import day_short

    assert titles.programme is not None
    rows = []
    for machine, instance in standing.instances.items():
        if instance.workflow.kind != kind:
            continue
        position = standing.position(machine)
        arrived = position.arrived
        waits = ", ".join(_waits_for(standing, machine, day))
        state = titles.plain_state(machine, position.state)
        done = _("yes") if is_done(standing, machine) else ""
        since = day_short(arrived.occurred_on if arrived else None, titles.language)
        rows.append((machine, titles.plain_machine(machine), state, since, done, waits))
    if rows:
        name = next(k.title[titles.language] for k in titles.programme.kinds if k.id == kind)
        output.say()
        output.table(("", name, _("State"), _("Since"), _("Done"), _("Waits for")), rows, wide=1)


def _waits_for(standing: "Standing", machine: str, day: "date") -> list[str]:
    """The machines that keep this one from its next step."""
    from mlw_workflow.domain.outlook import blocked

    found: dict[str, None] = {}
    for item in blocked(standing, machine, day):
        for reason in item.reasons:
            if reason.needs:
                series = reason.machine.partition("/")
                found[series[0] + "/…" if series[1] else reason.machine] = None
    return list(found)


def tell_blocked(standing: "Standing", titles: "Titles", day: "date") -> bool:
    """What stands still, by what and since when; whether there was anything to tell."""
    from mlw_workflow.domain.outlook import blocked

    lines = []
    for machine in standing.instances:
        for item in blocked(standing, machine, day):
            needs = [reason for reason in item.reasons if reason.needs]
            if needs:
                lines.append((item, needs))
    if not lines:
        return False
    output.say()
    output.say(_("What waits, for what, and since when:"))
    for item, needs in lines:
        step, machine = titles.plain_trigger(item.machine, item.trigger), item.machine
        waits = waits_words(needs, titles)
        words = _("{machine} {step} – since {day}, for: {waits}")
        told = words.format(machine=machine, step=titles.quoted(step), day=titles.day(item.since), waits=waits)
        output.paragraph(told, "    ", "  - ")
    return True


def waits_words(needs: "Sequence[Reason]", titles: "Titles") -> str:
    """What something waits for, a recurring report named once with how many of them it is."""
    groups: dict[tuple[str, str], list[str]] = {}
    for reason in needs:
        key = (reason.machine.partition("/")[0], reason.needs.rpartition(".")[2])
        groups.setdefault(key, []).append(reason.machine)
    words = []
    for (workflow, state), machines in groups.items():
        name = titles.machine(machines[0])
        if len(machines) > 1:
            name = f"{titles.quoted(titles.plain_machine(workflow))} ({workflow}/… × {len(machines)})"
        words.append(f"{name}: {titles.state(workflow, state)}")
    return "; ".join(words)


def show_next(name: str, role: str, *, everything: bool, json: bool) -> None:
    """What can be done now."""
    from mlw_workflow.domain.errors import UnknownPerson, UnknownRole
    from mlw_workflow.domain.outlook import open_now
    from mlw_workflow.interfaces import shapes
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.standing import AsOf, standing_of

    desk = session.desk()
    try:
        looks = bool(role) and reading.looks_only(name, role)
    except UnknownPerson:
        looks = False
    pilot = reading.pilot(name, role, "next") if looks else session.pilot(name)
    role = "" if looks else role
    programme = desk.programme(pilot.definition)
    if role and role not in programme.role:
        raise UnknownRole(role=role, known=tuple(programme.role))
    today = desk.today(programme)
    standing = standing_of(desk, pilot, AsOf(today))
    titles = Titles(programme, messages.language())
    found = [
        item
        for item in open_now(standing, today, desk.clock.now())
        if (everything or item.rule.effect == "advance") and (not role or role in item.rule.by)
    ]
    found.sort(key=lambda item: (-len(item.unblocks), -len(item.leads_to)))
    if json:
        steps = [shapes.open_step(item, titles) for item in found]
        output.answer_json({"pilot": session.name_of(pilot), "as_of": today.isoformat(), "open": steps})
        return
    if not found:
        output.paragraph(_("There is nothing to do today. What waits, and for what: {command}").format(
            command=output.command("status", session.name_of(pilot))))  # fmt: skip
        return
    output.paragraph(_("What can be done on {day}, the most useful first:").format(day=titles.day(today)))
    output.say()
    rows = []
    for item in found:
        step = f"{titles.plain_trigger(item.machine, item.trigger)} ({item.trigger})"
        freed = ", ".join(dict.fromkeys(machine for machine, _trigger in item.unblocks))
        rows.append((item.machine, titles.plain_machine(item.machine), step, titles.roles(item.rule.by), freed))
    output.table(("", _("Task"), _("Step"), _("Who"), _("Unblocks")), rows, wide=1)
