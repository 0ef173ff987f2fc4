"""``feed new``, ``feed list`` and ``feed revoke``: calendars that programs subscribe to, each by a token of its own."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from typing import Any

    from mlw_workflow.storage.feeds import Feed


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("new", cls=Command, help=_("Make a token by which a calendar program may read deadlines."))
    def new(
        pilot: Annotated[str, params.pilot_argument()] = "",
        person: Annotated[
            str,
            typer.Option("--person", metavar=_("PERSON"), help=_("Only what this person is told of: name or id.")),
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_new(pilot, person, json=json)

    @app.command("list", cls=Command, help=_("List the tokens: for whom, since when, until when."))
    def list_(json: Annotated[bool, params.json_option()] = False) -> None:
        run_list(json=json)

    @app.command("revoke", cls=Command, help=_("Take a token back. Whoever has it reads nothing more."))
    def revoke(
        feed: Annotated[str, typer.Argument(metavar=_("FEED"), help=_("The feed's id, or its token."))],
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_revoke(feed, json=json)


def run_new(pilot: str, person: str, *, json: bool) -> None:
    """Make a token and show it, once."""
    from mlw_workflow.interfaces.cli.reminders import person_id
    from mlw_workflow.services.feeds import feed_address, new_feed

    desk = session.desk(writing=True)
    token, feed = new_feed(desk, person_id(person) if person else "", session.pilot(pilot) if pilot else None)
    address = feed_address(session.settings().server.url, token)
    if json:
        output.answer_json({"feeds": [_shape(feed) | {"token": token, "address": address}]})
        return
    output.say(_("Address of feed {id}, while the panel runs:").format(id=feed.id))
    output.say(f"    {address}")
    output.paragraph(
        _(
            "It is shown only now and is not stored. Whoever knows it can read the calendar until you take it back: "
            "{command}"
        ).format(command=output.command("feed", "revoke", feed.id))
    )


def run_list(*, json: bool) -> None:
    """All tokens, those taken back too."""
    from mlw_workflow.services.feeds import all_feeds

    _tell(all_feeds(session.desk()), json=json)


def run_revoke(feed: str, *, json: bool) -> None:
    """Take one back."""
    from mlw_workflow.services.feeds import revoke_feed

    _tell([revoke_feed(session.desk(writing=True), feed)], json=json)


def _shape(feed: "Feed") -> "dict[str, Any]":
    from mlw_workflow.interfaces.reminder_shapes import moment

    pilots = {pilot.id: session.name_of(pilot) for pilot in session.pilots()}
    return {
        "feed": feed.id,
        "person": feed.person or None,
        "pilot": pilots.get(feed.pilot_id, feed.pilot_id) or None,
        "created_at": moment(feed.created_at),
        "revoked_at": moment(feed.revoked_at),
    }


def _tell(found: "list[Feed]", *, json: bool) -> None:
    from mlw_workflow.interfaces.cli.reminders import names
    from mlw_workflow.interfaces.wording.dates import instant_short

    if json:
        output.answer_json({"feeds": [_shape(feed) for feed in found]})
        return
    if not found:
        output.say(_("Nobody reads deadlines with a token."))
        return
    known, language = names(), messages.language()
    pilots = {pilot.id: pilot.municipality for pilot in session.pilots()}
    rows = [
        (
            feed.id,
            known.get(feed.person, feed.person) or _("everybody"),
            pilots.get(feed.pilot_id, feed.pilot_id) or _("all"),
            instant_short(feed.created_at, language),
            instant_short(feed.revoked_at, language),
        )
        for feed in found
    ]
    output.table((_("Feed"), _("Person"), _("Municipality"), _("Since"), _("Taken back")), rows, wide=1)
