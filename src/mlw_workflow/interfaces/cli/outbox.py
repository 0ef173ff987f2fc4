"""``outbox list``, ``outbox resend`` and ``outbox resolve``: mails, and those on which a person has to decide."""

from typing import Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    number_of = typer.Argument(metavar=_("NUMBER"), help=_("The mail's number in mlw outbox list."))

    @app.command("list", cls=Command, help=_("List the mails on which a person has to decide, or all of them."))
    def list_(
        everything: Annotated[bool, typer.Option("--all", help=_("Also mails that were sent or are on their way."))] = (
            False
        ),
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_list(everything=everything, json=json)

    @app.command(
        "resend", cls=Command, help=_("Try a mail again that could not be delivered, or may not have arrived.")
    )
    def resend(number: Annotated[str, number_of], json: Annotated[bool, params.json_option()] = False) -> None:
        run_decision(number, "resend", json=json)

    @app.command("resolve", cls=Command, help=_("Say that a mail which may have arrived did arrive."))
    def resolve(number: Annotated[str, number_of], json: Annotated[bool, params.json_option()] = False) -> None:
        run_decision(number, "resolve", json=json)


def run_list(*, everything: bool, json: bool) -> None:
    """Mails, oldest first."""
    from mlw_workflow.interfaces import reminder_shapes
    from mlw_workflow.interfaces.cli.reminders import names
    from mlw_workflow.interfaces.wording.dates import instant_short
    from mlw_workflow.interfaces.wording.mails import error_words, handed_over_words
    from mlw_workflow.services.deliver import undelivered
    from mlw_workflow.storage import outbox

    desk = session.desk()
    if everything:
        with desk.database.read() as connection:
            found = outbox.mails(connection)
    else:
        found = undelivered(desk)
    known = names()
    if json:
        told = [reminder_shapes.mail(item) for item in found]
        output.answer_json({"mails": told})
        return
    if not found:
        output.say(_("There are no such mails."))
        return
    language = messages.language()
    handed_over = handed_over_words(session.settings().mail.transport, language)
    states = {
        "waiting": _("on its way"),
        "leased": _("on its way"),
        "sent": handed_over,
        "dead": _("could not be delivered"),
        "in_doubt": _("may have arrived"),
    }
    rows = [
        (
            str(item.id),
            known.get(item.recipient, item.recipient),
            item.subject,
            instant_short(item.created_at, language),
            states[item.status],
            error_words(item.last_error, language),
        )
        for item in found
    ]
    output.table(
        (_("Number"), _("Person"), _("Subject"), _("Written"), _("State"), _("What the server said")), rows, wide=2
    )


def run_decision(number: str, decision: str, *, json: bool) -> None:
    """What a person decided on a mail."""
    from mlw_workflow.services import deliver

    chosen = params.count_of(number, _("NUMBER"))
    if chosen is None:
        raise BadInput("number_invalid", origin=_("NUMBER"), value=number)
    desk = session.desk(writing=True)
    (deliver.resend if decision == "resend" else deliver.arrived)(desk, chosen)
    if json:
        output.answer_json({"mail": chosen, "decision": decision})
        return
    words = _("Mail {number} will be tried again.") if decision == "resend" else _("Mail {number} counts as arrived.")
    output.say(words.format(number=chosen))
