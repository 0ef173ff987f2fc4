"""``token``: let a program speak for a person by the API, see which do, take it back."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from mlw_workflow.storage.api_tokens import ApiToken


def register(app: typer.Typer) -> None:
    """Add the three commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("new", cls=Command, help=_("Make a token by which a program may use the API for a person."))
    def new(
        person: Annotated[str, typer.Argument(metavar=_("PERSON"), help=_("The person's name, e-mail address or id."))],
        name: Annotated[str, typer.Option("--name", metavar=_("NAME"), help=_("What the token is for."))] = "",
        scope: Annotated[
            list[str] | None,
            typer.Option(
                "--scope",
                metavar="read|write|audit|admin",
                help=_("What it may be used for; by default read. May be repeated."),
            ),
        ] = None,
        days: Annotated[
            str, typer.Option("--days", metavar=_("NUMBER"), help=_("How many days it holds; by default 90."))
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_new(person, name, tuple(scope or ("read",)), days, json=json)

    @app.command("list", cls=Command, help=_("List the tokens: whose, for what, until when, last used when."))
    def list_(json: Annotated[bool, params.json_option()] = False) -> None:
        run_list(json=json)

    @app.command("revoke", cls=Command, help=_("Take a token back. Whoever has it can do nothing more with it."))
    def revoke(
        token: Annotated[str, typer.Argument(metavar=_("TOKEN"), help=_("The token's id, as the list has it."))],
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_revoke(token, json=json)


def run_new(person: str, name: str, scopes: tuple[str, ...], days: str, *, json: bool) -> None:
    """Make a token and show its secret, once."""
    from mlw_workflow.interfaces import people_shapes
    from mlw_workflow.services.accounts import api_tokens

    if not name.strip():
        raise BadInput("option_missing", origin="--name")
    desk = session.desk(writing=True)
    held = params.count_of(days, "--days")
    made, secret = api_tokens.new_api_token(desk, person, name, scopes, api_tokens.DAYS if held is None else held)
    if json:
        holder = next(holder for token, holder in api_tokens.api_tokens(desk, made.person) if token.id == made.id)
        output.answer_json(people_shapes.token(made, holder) | {"secret": secret})
        return
    output.say(_("Token {id}:").format(id=made.id))
    output.say(f"    {secret}")
    output.paragraph(
        _("It is shown only now and is not stored. Until you take it back, it holds to {day}: {command}").format(
            day=_day(made), command=output.command("token", "revoke", made.id)
        )
    )


def run_list(*, json: bool) -> None:
    """All tokens, those taken back too."""
    from mlw_workflow.interfaces import people_shapes
    from mlw_workflow.interfaces.wording.dates import day_short
    from mlw_workflow.services.accounts.api_tokens import api_tokens

    found = api_tokens(session.desk())
    if json:
        output.answer_json({"tokens": [people_shapes.token(*item) for item in found]})
        return
    if not found:
        output.say(_("No program speaks for anybody."))
        return
    language = messages.language()
    rows = [
        (
            token.id,
            holder,
            token.name,
            ", ".join(token.scopes),
            _("taken back") if token.revoked_at else _day(token),
            day_short(token.used_on, language),
        )
        for token, holder in found
    ]
    heads = (_("Token"), _("Person"), _("What for"), _("Scopes"), _("Holds to"), _("Last used"))
    output.table(heads, rows, wide=2)


def run_revoke(token: str, *, json: bool) -> None:
    """Take one back."""
    from mlw_workflow.services.accounts.api_tokens import revoke

    done = revoke(session.desk(writing=True), token)
    if json:
        output.answer_json({"token": done.id, "revoked": True})
        return
    output.say(_("Token {id} counts no more.").format(id=done.id))


def _day(token: "ApiToken") -> str:
    from mlw_workflow.domain.clock import local_day
    from mlw_workflow.interfaces.wording.dates import day_short

    return day_short(local_day(token.expires_at), messages.language())
