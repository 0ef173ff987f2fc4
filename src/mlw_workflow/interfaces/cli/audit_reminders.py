"""``audit reminders``: was everybody reminded as they should have been?"""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.exit_codes import DONE, INTEGRITY
from mlw_workflow.interfaces.messages import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.services.audit_reminders import RemindersAudited


def register(app: typer.Typer) -> None:
    """Add the command."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command(
        "reminders", cls=Command, help=_("Compute from the record who should have been reminded, and compare.")
    )
    def reminders(
        pilot: Annotated[str, params.pilot_argument()] = "",
        first: Annotated[
            str, typer.Option("--from", metavar=_("DATE"), help=_("The first day; by default the pilot's first."))
        ] = "",
        last: Annotated[str, typer.Option("--to", metavar=_("DATE"), help=_("The last day; by default today."))] = "",
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> int:
        return run_reminders(pilot, (first, last), acting, json=json)


def run_reminders(name: str, span: tuple[str, str], acting: str, *, json: bool) -> int:
    """Audit one pilot's reminders, or those of all."""
    from mlw_workflow.interfaces import reminder_shapes
    from mlw_workflow.services.audit_reminders import audit_reminders

    desk = session.desk()
    chosen = reading.named(name, acting, "audit reminders")
    if not chosen:
        raise BadInput("no_pilots")
    first = params.day_of(span[0], "--from") or min(pilot.start for pilot in chosen)
    last = params.day_of(span[1], "--to") or max(desk.today(desk.programme(p.definition)) for p in chosen)
    if first > last:
        raise BadInput("days_backwards", first=first, last=last)
    found = audit_reminders(desk, first, last, chosen)
    labels = {pilot.code: session.name_of(pilot) for pilot in chosen}
    if json:
        output.answer_json(reminder_shapes.audited(found, labels))
    else:
        _tell(found, labels)
    return DONE if found.holds else INTEGRITY


def _tell(found: "RemindersAudited", pilots: "Mapping[str, str]") -> None:
    from mlw_workflow.interfaces.cli.reminders import names
    from mlw_workflow.interfaces.wording.dates import day_short
    from mlw_workflow.interfaces.wording.deadlines import audit_words, rung_words

    count = ngettext("{count} reminder was due", "{count} reminders were due", found.expected)
    if found.holds:
        output.say(_("Everything holds: {count}.").format(count=count))
        return
    output.say(_("Not everything holds: {count}.").format(count=count))
    known, language = names(), messages.language()
    for title, items in ((_("Missing"), found.missing), (_("Doubled"), found.doubled), (_("Late"), found.late)):
        if not items:
            continue
        output.say()
        output.say(f"{title}: {len(items)}")
        rows = [
            (
                day_short(item.expected_on, language),
                pilots.get(item.pilot, item.pilot),
                item.machine,
                rung_words(item.rung, language, item.due_on),
                known.get(item.recipient, item.recipient),
                audit_words(item.why, language),
            )
            for item in items
        ]
        output.table(
            (_("Day"), _("Municipality"), _("Task"), _("Reminder"), _("Person"), _("What is wrong")), rows, wide=5
        )
