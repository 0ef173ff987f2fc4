"""``webhook``: have addresses told of events, see which are, try one out, end it."""

from typing import Annotated

import typer

from mlw_workflow import bootstrap
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.exit_codes import DONE, REFUSED
from mlw_workflow.interfaces.messages import _

EVENTS = "entry.recorded|entry.refused|deadline.due|finding.opened|checkpoint.made"


def register(app: typer.Typer) -> None:
    """Add the four commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    number = typer.Argument(metavar=_("WEBHOOK"), help=_("The webhook's id, as the list has it."))

    @app.command("new", cls=Command, help=_("Have an address told of events, within what a person may see."))
    def new(
        person: Annotated[str, typer.Argument(metavar=_("PERSON"), help=_("The person's name, e-mail address or id."))],
        url: Annotated[str, typer.Argument(metavar="URL", help=_("An address that begins with https://."))],
        event: Annotated[
            list[str] | None,
            typer.Option("--event", metavar=EVENTS, help=_("Of what; by default entry.recorded. May be repeated.")),
        ] = None,
        pilot: Annotated[
            str,
            typer.Option(
                "--pilot", metavar=_("PILOT"), help=_("Only of this pilot; by default of all that the person may see.")
            ),
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_new(person, url, tuple(event or ("entry.recorded",)), pilot, json=json)

    @app.command("list", cls=Command, help=_("List the addresses that are told of events."))
    def list_(json: Annotated[bool, params.json_option()] = False) -> None:
        run_list(json=json)

    @app.command("disable", cls=Command, help=_("Tell an address nothing more; what waits is not sent."))
    def disable(webhook: Annotated[str, number], json: Annotated[bool, params.json_option()] = False) -> None:
        from mlw_workflow.services.webhooks import disable

        done = disable(session.desk(writing=True), webhook)
        if json:
            output.answer_json({"webhook": done.id, "disabled": True})
        else:
            output.say(_("Webhook {id} is told nothing more.").format(id=done.id))

    @app.command("test", cls=Command, help=_("Send a test event at once, and say what became of it."))
    def test(webhook: Annotated[str, number], json: Annotated[bool, params.json_option()] = False) -> int:
        return run_test(webhook, json=json)


def run_new(person: str, url: str, events: tuple[str, ...], pilot: str, *, json: bool) -> None:
    """Make a webhook and show its secret, once."""
    from mlw_workflow.interfaces import people_shapes
    from mlw_workflow.services.webhooks import new_webhook

    desk = session.desk(writing=True)
    chosen = session.pilot(pilot) if pilot else None
    hooks = bootstrap.open_webhooks(session.settings())
    made, secret = new_webhook(desk, hooks, person, url, events, chosen)
    if json:
        code = chosen.code if chosen is not None else None
        output.answer_json(people_shapes.webhook(made, code) | {"secret": secret})
        return
    output.say(_("Webhook {id}. What is sent is signed with:").format(id=made.id))
    output.say(f"    {secret}")
    output.paragraph(
        _("The secret is shown only now. To try the address out: {command}").format(
            command=output.command("webhook", "test", made.id)
        )
    )


def run_list(*, json: bool) -> None:
    """All webhooks, the ended ones too."""
    from mlw_workflow.interfaces import people_shapes
    from mlw_workflow.interfaces.cli.reminders import names
    from mlw_workflow.services.webhooks import webhooks

    found = webhooks(session.desk())
    codes = {pilot.id: pilot.code for pilot in session.pilots()}
    if json:
        output.answer_json({"webhooks": [people_shapes.webhook(h, codes.get(h.pilot or "")) for h in found]})
        return
    if not found:
        output.say(_("No address is told of events."))
        return
    known = names()
    rows = [
        (
            hook.id,
            known.get(hook.person, hook.person),
            hook.url,
            codes.get(hook.pilot or "", _("all")),
            ", ".join(hook.events),
            _("ended") if hook.disabled_at else "",
        )
        for hook in found
    ]
    output.table((_("Webhook"), _("Person"), _("Address"), _("Municipality"), _("Events"), ""), rows, wide=2)


def run_test(webhook: str, *, json: bool) -> int:
    """Send one event."""
    from mlw_workflow.interfaces import messages
    from mlw_workflow.interfaces.wording.webhooks import why_not
    from mlw_workflow.services.webhooks import try_out

    taken = try_out(session.desk(), bootstrap.open_webhooks(session.settings()), webhook)
    if json:
        output.answer_json({"taken": taken.ok, "reason": taken.reason or None, "status": taken.status or None})
    elif taken.ok:
        output.say(_("The event was taken (status {status}).").format(status=taken.status))
    else:
        why = why_not(taken.reason, taken.status, messages.language()) or taken.reason
        output.say(_("The event was not taken: {why}.").format(why=why))
    return DONE if taken.ok else REFUSED
