"""``audit access``: who was let look, and who looked at what."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.access import AccessEntry


def register(app: typer.Typer) -> None:
    """Add the command."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("access", cls=Command, help=_("Show who was let look at the record, and who looked at what."))
    def access(
        person: Annotated[
            str, typer.Option("--person", metavar=_("PERSON"), help=_("Only this person: name, e-mail address or id."))
        ] = "",
        since: Annotated[str, typer.Option("--from", metavar=_("DATE"), help=_("From this day."))] = "",
        until: Annotated[str, typer.Option("--to", metavar=_("DATE"), help=_("To this day."))] = "",
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_access(person, since, until, acting, json=json)


def run_access(person: str, since: str, until: str, acting: str, *, json: bool) -> None:
    """The access log, or what of it is asked for; to a reader what concerns the pilots and programmes in reach."""
    from mlw_workflow.domain.clock import local_day
    from mlw_workflow.services import access
    from mlw_workflow.storage import repositories

    desk = session.desk()
    first, last = params.day_of(since, "--from"), params.day_of(until, "--to")
    reach = reading.pilots(acting, "audit access")
    seen = {pilot.id for pilot in reach} | ({reading.reader(acting).id} if acting else set())
    audited = reading.audited(acting)
    with desk.database.read() as connection:
        names = {known.id: known.name for known in repositories.people(connection)}
        found = repositories.find_person(connection, person) if person else None
    wanted = found.id if found else person  # somebody erased is still known by id
    shown = []
    for line in access.entries(desk):
        day = local_day(line.entry.recorded_at, "Europe/Warsaw")
        entry = line.entry
        if acting and entry.programme not in audited and not seen & {entry.pilot, entry.person}:
            continue
        if wanted in ("", line.entry.person) and (not first or first <= day) and (not last or day <= last):
            shown.append(line)
    if json:
        from mlw_workflow.interfaces import record_shapes

        output.answer_json({"access": [record_shapes.access(line) for line in shown]})
        return
    if not shown:
        output.say(_("The access log has nothing of that."))
        return
    pilots = {pilot.id: pilot.municipality for pilot in session.pilots()}
    headers = (_("No."), _("When"), _("Who"), _("What"), _("Of what"))
    output.table(headers, [_row(line.entry, names, pilots) for line in shown], wide=4)


def _row(entry: "AccessEntry", names: "Mapping[str, str]", pilots: "Mapping[str, str]") -> tuple[str, ...]:
    from mlw_workflow.interfaces.wording.access import entry_words
    from mlw_workflow.interfaces.wording.dates import day_short, instant_short

    language = messages.language()
    of = [pilots.get(entry.pilot, entry.pilot) if entry.pilot else entry.programme]
    if entry.entry:
        of.append(_("entry {seq}").format(seq=entry.entry))
    if entry.since and entry.until:
        of.append(f"{day_short(entry.since, language)} – {day_short(entry.until, language)}")
    of += [entry.field, names.get(entry.about, entry.about)]
    what = entry_words(entry, language)
    who = names.get(entry.person, entry.person)
    if entry.person == "operator":
        who = _("at the computer")
    at = instant_short(entry.recorded_at, language, "Europe/Warsaw")
    return (str(entry.seq), at, who, what, ", ".join(part for part in of if part))
