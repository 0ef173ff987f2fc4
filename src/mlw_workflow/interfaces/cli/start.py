"""``init`` and ``demo``: where everything begins."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.cli.serve import port_option
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.pilot import Pilot, Standing
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.import_history import Imported
    from mlw_workflow.settings import Settings


def register(app: typer.Typer) -> None:
    """Add both commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("init", cls=Command, help=_("Make the data folder and the database, and install the programmes."))
    def init(
        programme: Annotated[
            list[str] | None,
            typer.Option("--programme", metavar=_("PATH"), help=_("Also install the programme in this folder.")),
        ] = None,
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_init(tuple(programme or ()), json=json)

    @app.command("demo", cls=Command, help=_("Show four municipalities of the pilot on a day in the past."))
    def demo(
        serve: Annotated[
            bool, typer.Option("--serve/--no-serve", help=_("Open the panel afterwards, or only print."))
        ] = True,
        port: Annotated[str, port_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
        year: Annotated[
            bool, typer.Option("--year", help=_("Play a whole pilot and print the reminders that would have gone out."))
        ] = False,
    ) -> None:
        if year:
            from mlw_workflow.interfaces.cli.year import run_year

            run_year()
            return
        run_demo(serve=serve, port=port, json=json)


def run_init(programmes: tuple[str, ...], *, json: bool) -> None:
    """Make or bring up to date the database, and install the programmes that come with the product."""
    from pathlib import Path

    from mlw_workflow.definitions.bundled import bundled_programmes, programme_folder
    from mlw_workflow.definitions.loader import load_programme
    from mlw_workflow.domain.errors import StorageUnavailable
    from mlw_workflow.services.install_definition import install_definition
    from mlw_workflow.services.signing import ensure_key
    from mlw_workflow.storage.database import Database

    settings = session.settings()
    loaded = [load_programme(Path(programme_folder(name))) for name in (*bundled_programmes(), *programmes)]
    try:
        desk = session.desk(writing=True, create=True)
    except StorageUnavailable as problem:
        if problem.code != "storage_outdated":
            raise
        Database.upgrade(settings.database_url)
        desk = session.desk(writing=True)
    installed = [(item.programme, install_definition(desk, item)) for item in loaded]
    ensure_key(desk)
    if json:
        told = [{"id": programme.id, "definition": hash_} for programme, hash_ in installed]
        place = desk.database.place
        output.answer_json({"home": str(settings.home), "database": place, "programmes": told})
        return
    output.say(_("Data folder: {place}").format(place=settings.home))
    output.say(_("Database: {place}").format(place=desk.database.place))
    output.say(_("Signing key: {place}").format(place=settings.key_file))
    for programme, _hash in installed:
        title = programme.title[messages.language()]
        output.say(_("Programme: {title} ({id})").format(title=title, id=programme.id))
    output.say(_("Next: {command}").format(command=output.command("pilot", "open", _("MUNICIPALITY"))))


def run_demo(*, serve: bool, port: str = "", json: bool = False) -> None:
    """Make the demo data anew; then open the panel on it, or print the boards and look closer at one municipality."""
    session.demo(on=True)
    if serve:
        _refuse_taken_port(port)
    done = _make_demo(people=serve)
    session.demo(on=True)  # the folder is new, and so are the settings in it
    if serve:
        _serve_demo(port, json=json)
    else:
        _print_demo(done)


def _refuse_taken_port(port: str) -> None:
    """Raise BadInput ``port_taken`` before anything is made anew: the demo that is open there would lose its data."""
    from mlw_workflow.interfaces.cli.serve import bound, listening

    server = listening(session.settings(), "", port).server
    bound(server.host, server.port).close()


def _serve_demo(port: str, *, json: bool) -> None:
    from dataclasses import asdict

    from mlw_workflow import logs
    from mlw_workflow.interfaces.cli.serve import listening, run_panel
    from mlw_workflow.interfaces.web.office import demo_accounts

    settings = listening(session.settings(), "", port)
    logs.configure_log(settings)

    def opened(at: "Settings") -> None:
        accounts = demo_accounts(at)
        if json:
            told = {"address": at.server.url, "accounts": [asdict(account) for account in accounts]}
            output.answer_json(told)
            return
        output.paragraph(_("Demo data: {place}. Your own data is not touched.").format(place=at.home))
        output.say()
        output.say(_("The panel is open: {address}").format(address=at.server.url))
        output.say()
        rows = [(account.login, account.password, account.name) for account in accounts]
        output.table((_("Log in as"), _("Password"), _("Who that is")), rows, wide=2)
        output.say()
        output.say(_("To print the boards instead: {command}").format(
            command=output.command("demo", "--no-serve").replace(" --demo", "")))  # fmt: skip
        output.say(_("To close it: Ctrl+C."))

    run_panel(settings, opened)


def _print_demo(done: "list[Imported]") -> None:
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.standing import AsOf, standing_of

    settings, desk = session.settings(), session.desk()
    day = settings.demo_day
    output.paragraph(_("Demo data: {place}. Your own data is not touched.").format(place=settings.home))
    closer: tuple[Standing, Titles] | None = None
    for item in done:
        programme = desk.programme(item.pilot.definition)
        titles = Titles(programme, messages.language())
        standing = standing_of(desk, item.pilot, AsOf(day))
        _tell_board(item, standing, titles, settings)
        if item.pilot.municipality == settings.demo_closer_look:
            closer = standing, titles
    if closer is not None:
        _tell_closer(*closer, desk, day)


def _make_demo(*, people: bool) -> "list[Imported]":
    """New demo data in place of the old, whole or not at all."""
    from dataclasses import replace

    from mlw_workflow import bootstrap, logs
    from mlw_workflow.definitions.bundled import programme_folder
    from mlw_workflow.definitions.loader import load_programme
    from mlw_workflow.interfaces.cli.progress import Progress
    from mlw_workflow.services.demo import DemoFolder, clock_file, fill_demo
    from mlw_workflow.services.signing import ensure_key
    from mlw_workflow.settings import places

    settings = session.settings()
    folder = DemoFolder(settings.home, places.DEMO_MARK, {"config.toml": clock_file(settings.demo_day)})
    loaded = load_programme(programme_folder(settings.programme))
    cases = places.data_folder("workflows") / "_cases"
    draft = folder.begin()
    try:
        url = places.sqlite_url(draft / places.DATABASE)
        own = replace(settings, home=draft, database_url=url, today=settings.demo_day)
        logs.configure_log(own)
        desk = bootstrap.open_desk(own, create=True)
        try:
            ensure_key(desk)
            with Progress(_("Importing")) as progress:
                files = [cases / name for name in settings.demo_histories]
                done = fill_demo(desk, loaded, files, settings.demo_day, progress)
            if people:
                _people_demo(desk, own, [item.pilot for item in done])
        finally:
            desk.database.close()
        folder.finish()
    except BaseException:
        folder.abandon()
        raise
    return done


def _people_demo(desk: "Desk", settings: "Settings", pilots: "list[Pilot]") -> None:
    """People to log in as; the first page shows them, so their list lies beside the data."""
    import json
    from dataclasses import asdict

    from mlw_workflow.services.demo_people import auditor_demo, people_demo

    programme = desk.programme(pilots[0].definition)
    made = people_demo(desk, programme, pilots, settings.demo_closer_look, messages.language())
    made.append(auditor_demo(desk, programme, pilots, messages.language()))
    told = json.dumps([asdict(person) for person in made], ensure_ascii=False, indent=1)
    settings.demo_accounts.write_text(told, "utf-8")


def _tell_board(item: "Imported", standing: "Standing", titles: "Titles", settings: "Settings") -> None:
    from mlw_workflow.interfaces.cli.status import tell_board, tell_heading

    output.say()
    output.say()
    tell_heading(standing, titles, settings.demo_day)
    tell_board(standing, titles, settings.demo_kind, settings.demo_day)
    if not item.recorded:
        output.paragraph(_("The sources date no step of this municipality up to this day."))
    for machine, trigger, day in item.later:
        words = _("Left for later, because it is still ahead: {step} – {machine}, {day}.")
        step = titles.trigger(machine, trigger)
        output.paragraph(words.format(step=step, machine=titles.machine(machine), day=titles.day(day)))


def _tell_closer(standing: "Standing", titles: "Titles", desk: "Desk", day: "date") -> None:
    """What stands still in one municipality, the way out of each standstill, and what would help most."""
    from mlw_workflow.domain.outlook import open_now
    from mlw_workflow.interfaces.cli.refusal import advance_command
    from mlw_workflow.interfaces.cli.status import tell_heading

    output.say()
    output.say()
    tell_heading(standing, titles, day)
    name = session.name_of(standing.pilot)
    example = _tell_ways(standing, titles, name, day)
    best = max(open_now(standing, day, desk.clock.now()), key=lambda item: len(item.unblocks), default=None)
    tries = [output.command("next", name)]
    if example is not None:
        machine, trigger, roles = example
        tries.append(advance_command(name, machine, trigger, roles, (), day))
    if best is not None and best.unblocks:
        output.say()
        count = messages.ngettext("{count} step", "{count} steps", len(best.unblocks))
        step, machine = titles.trigger(best.machine, best.trigger), titles.machine(best.machine)
        words = _("What would help most: {step} – {machine}. It frees {count}. Who: {roles}.")
        told = words.format(step=step, machine=machine, count=count, roles=titles.roles(best.rule.by))
        output.paragraph(told)
        tries.append(output.command("why", name, best.machine, best.trigger))
    output.say()
    tries.append(f"{output.command('demo', '--year').replace(' --demo', '')}")
    output.say(_("Try these:"))
    for line in tries:
        output.say(f"  {line}")


def _tell_ways(
    standing: "Standing", titles: "Titles", name: str, day: "date"
) -> tuple[str, str, tuple[str, ...]] | None:
    """Each standstill with its way out; the first of them, as an example to try."""
    from mlw_workflow.domain.outlook import blocked
    from mlw_workflow.domain.wayout import way_out
    from mlw_workflow.interfaces.cli.status import waits_words

    example = None
    output.say()
    output.say(_("What waits, for what, since when, and the way out:"))
    for machine, instance in standing.instances.items():
        for item in blocked(standing, machine, day):
            needs = [reason for reason in item.reasons if reason.needs]
            if not needs:
                continue
            step = titles.quoted(titles.plain_trigger(machine, item.trigger))
            words = _("{machine} {step} – since {day}, for: {waits}")
            told = words.format(
                machine=machine, step=step, day=titles.day(item.since), waits=waits_words(needs, titles)
            )
            output.paragraph(told, "    ", "  - ")
            found = way_out(standing, machine, item.trigger)
            output.paragraph(_way(found, titles, output.command("why", name, machine, item.trigger)), "      ", "    ")
            if example is None and standing.position(machine).steps and len(found.steps) == 1:
                rule = instance.workflow.rules_of(item.trigger)[0]
                done = instance.workflow.state[rule.from_state].done
                example = None if done else (machine, item.trigger, rule.by)
    return example


def _way(found: "object", titles: "Titles", command: str) -> str:
    from mlw_workflow.domain.wayout import WayOut

    assert isinstance(found, WayOut)
    if not found.possible:
        return _("no way out any more: {command}").format(command=command)
    told = ", ".join(
        f"{step.machine} {titles.quoted(titles.plain_trigger(step.machine, step.trigger))}" for step in found.steps[:4]
    )
    if len(found.steps) > 4:
        more = messages.ngettext(" and {count} more", " and {count} more", len(found.steps) - 4)
        return _("way out: {steps}{more}: {command}").format(steps=told, more=more, command=command)
    day = _(", from {day}").format(day=titles.day(found.earliest_on)) if found.earliest_on else ""
    return _("way out: {steps}{day}").format(steps=told, day=day)
