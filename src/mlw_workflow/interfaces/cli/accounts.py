"""``account``: let people into the panel, see who is let in, shut an account."""

from typing import Annotated, Any

import typer

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _
from mlw_workflow.interfaces.people_shapes import account_state


def register(app: typer.Typer) -> None:
    """Add the commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command(
        "invite",
        cls=Command,
        help=_("Give a person an account: mail them the link by which they choose a password."),
    )
    def invite(
        person: Annotated[str, _person()],
        admin: Annotated[bool, typer.Option("--admin", help=_("The person administers the panel."))] = False,
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_invite(person, admin=admin, json=json)

    @app.command("list", cls=Command, help=_("List the accounts."))
    def list_(json: Annotated[bool, params.json_option()] = False) -> None:
        run_list(json=json)

    @app.command("disable", cls=Command, help=_("Shut an account at once, and log its holder out."))
    def disable(person: Annotated[str, _person()], json: Annotated[bool, params.json_option()] = False) -> None:
        run_disable(person, off=True, json=json)

    @app.command("enable", cls=Command, help=_("Open an account again that was shut."))
    def enable(person: Annotated[str, _person()], json: Annotated[bool, params.json_option()] = False) -> None:
        run_disable(person, off=False, json=json)

    @app.command(
        "reset-codes",
        cls=Command,
        help=_("Turn the codes from a telephone off for a person who has lost it, and log them out."),
    )
    def reset_codes(person: Annotated[str, _person()], json: Annotated[bool, params.json_option()] = False) -> None:
        run_reset_codes(person, json=json)


def _person() -> Any:
    return typer.Argument(metavar=_("PERSON"), help=_("The person's name, e-mail address or id."))


def run_invite(name: str, *, admin: bool, json: bool) -> None:
    """Let one person in."""
    from mlw_workflow import bootstrap
    from mlw_workflow.interfaces.wording.dates import instant_short
    from mlw_workflow.services.accounts.links import invite

    settings, desk = session.settings(), session.desk(writing=True)
    account, until = invite(desk, bootstrap.open_mailroom(settings), settings.server.url, name, is_admin=admin)
    if json:
        told = {"person": account.person.id, "login": account.login, "expires_at": until.isoformat()}
        output.answer_json(told)
        return
    words = _("{name} gets a mail to {address}; its link works until {until}.")
    shown = instant_short(until, messages.language())
    output.paragraph(words.format(name=account.person.name, address=account.person.email, until=shown))
    output.paragraph(
        _("Mails leave while the panel or the worker runs: {serve} or {worker}").format(
            serve=output.command("serve"), worker=output.command("worker")
        )
    )


def run_list(*, json: bool) -> None:
    """Every account."""
    from mlw_workflow.services.accounts.manage import list_accounts

    found = list_accounts(session.desk())
    if json:
        output.answer_json({"accounts": [_shape(account) for account in found]})
        return
    if not found:
        output.say(_("There is no account yet. Make one: {command}").format(
            command=output.command("account", "invite", _("PERSON"))))  # fmt: skip
        return
    states = {"invited": _("invited"), "open": _("open"), "disabled": _("shut")}
    rows = [
        (one.person.name, one.login, states[account_state(one)], _("administers") if one.is_admin else "")
        for one in found
    ]
    output.table((_("Name"), _("Logs in as"), _("State"), ""), rows, wide=0)


def run_disable(name: str, *, off: bool, json: bool) -> None:
    """Shut an account, or open it again."""
    from mlw_workflow.services.accounts.manage import disable

    account = disable(session.desk(writing=True), name, off=off)
    if json:
        output.answer_json({"person": account.person.id, "disabled": off})
        return
    words = _("The account of {name} is shut.") if off else _("The account of {name} is open again.")
    output.say(words.format(name=account.person.name))


def run_reset_codes(name: str, *, json: bool) -> None:
    """Log in with the password alone again."""
    from mlw_workflow.services.accounts.second_factor import reset

    there = reset(session.desk(writing=True), name)
    if json:
        output.answer_json({"person": name, "codes": there})
        return
    words = _("The codes of {name} are off.") if there else _("{name} had no codes.")
    output.say(words.format(name=name))


def _shape(account: Any) -> dict[str, Any]:
    return {
        "person": account.person.id,
        "name": account.person.name,
        "login": account.login,
        "state": account_state(account),
        "admin": account.is_admin,
    }
