"""The application: every command registered, in the language that is in use when it is built."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

import typer

from mlw_workflow.interfaces.cli import usage
from mlw_workflow.interfaces.exit_codes import BAD_INPUT, DONE, INTERRUPTED
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_COMMANDS: Mapping[str, str] = {
    "init": "start",
    "demo": "start",
    "status": "status",
    "next": "status",
    "advance": "advance",
    "why": "advance",
    "correct": "advance",
    "history": "history",
    "evidence": "read_evidence",
    "erase": "erase",
    "import": "imports",
    "deadlines": "deadlines",
    "forecast": "deadlines",
    "compliance": "compliance",
    "diff": "compliance",
    "calendar": "deadlines",
    "remind": "reminders",
    "notices": "reminders",
    "ack": "reminders",
    "snooze": "reminders",
    "worker": "worker",
    "doctor": "worker",
    "serve": "serve",
}
"""Commands and the modules that register them, in the order of the help page."""


def _groups() -> Mapping[str, tuple[str, str]]:
    """Groups of commands: their module and their help."""
    return {
        "pilot": ("pilot", _("Open pilots and list them.")),
        "person": ("people", _("Add people, list them, and hand out what is held of one.")),
        "member": ("members", _("Give people roles, from a day to a day.")),
        "auditor": ("auditors", _("Let people look from outside, from a day to a day.")),
        "account": ("accounts", _("Let people into the panel.")),
        "token": ("tokens", _("Let programs speak for people, and take that back.")),
        "webhook": ("webhooks", _("Tell programs what happens.")),
        "workflow": ("workflow", _("Check programmes and show them.")),
        "deputy": ("deputies", _("Say who is told instead of somebody absent.")),
        "feed": ("feeds", _("Let calendar programs read deadlines, and take that back.")),
        "outbox": ("outbox", _("List the mails, and decide on those that did not arrive.")),
        "audit": ("audit", _("Prove that the record is whole and right.")),
    }


def build(only: str = "") -> Any:
    """The command ``mlw`` as it is now to be spoken; of its commands all, or ``only`` the one that will run."""
    from mlw_workflow.interfaces.cli import root

    app = typer.Typer(
        cls=usage.Group,
        help=_(
            "Guides a municipality through a programme: what is done, what is blocked and by what, what comes next."
        ),
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
    )
    root.register(app)
    groups = _groups()
    for name in dict.fromkeys(_COMMANDS[command] for command in _COMMANDS if only in ("", command)):
        _module(name).register(app)
    for name, (module, help_text) in groups.items():
        if only in ("", name):
            group = typer.Typer(cls=usage.Group, help=help_text, rich_markup_mode=None, no_args_is_help=True)
            _module(module).register(group)
            app.add_typer(group, name=name)
    return usage.translate(typer.main.get_command(app))


def _module(name: str) -> Any:
    return importlib.import_module(f"mlw_workflow.interfaces.cli.{name}")


def _meant(arguments: Sequence[str]) -> str:
    """The command that will run, where that is plain to see; building the others would only cost time."""
    name = next(iter(arguments), "")
    completing = any(key.endswith("_COMPLETE") for key in os.environ)
    return name if not completing and (name in _COMMANDS or name in _groups()) else ""


def run(arguments: Sequence[str]) -> int:
    """Run one command line; its exit code. Raises what the commands raise."""
    command = build(_meant(arguments))
    try:
        result = command.main(args=list(arguments), prog_name="mlw", standalone_mode=False)
    except typer.TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            sys.stdout.write(error.format_message() + "\n")
            return DONE if not arguments else BAD_INPUT
        return _misused(error, json="--json" in arguments)
    except typer.Abort:
        return INTERRUPTED
    return result if isinstance(result, int) else 0


def _misused(error: typer.TyperException, *, json: bool) -> int:
    from mlw_workflow.interfaces.cli import output

    told = usage.sentence(error)
    if json:
        output.answer_json({"error": {"code": "usage", "message": told}})
    else:
        output.note(told)
    return BAD_INPUT
