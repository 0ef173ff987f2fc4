"""Typer's own words in the person's language: the help pages, and what it says of a command it cannot parse."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from mlw_workflow.interfaces.messages import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator


_TYPED = "mlw.typed"
TYPERS_OWN = (N_("Arguments"), N_("Options"), N_("Commands"), N_("required"), N_("default: {default}"))
"""What Typer itself asks gettext for; named here so that the catalogue has it."""


class Command(TyperCommand):
    """A command whose help is in the person's language."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """An option that was typed holds something: an empty one is a script's variable that was not set."""
        rest = super().parse_args(ctx, args)
        if not ctx.resilient_parsing:
            for param in self.params:
                _refuse_empty(ctx, param)
        return rest

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The first line of the help."""
        write_usage(self, ctx, formatter)


def _refuse_empty(ctx: Any, param: Any) -> None:
    value = ctx.params.get(param.name)
    if param.param_type_name != "option" or not isinstance(value, str) or value.strip():
        return
    if ctx.get_parameter_source(param.name).name != "COMMANDLINE":
        return
    from mlw_workflow.domain.errors import BadInput

    code = {_("DATE"): "day_invalid", _("INSTANT"): "instant_invalid"}.get(param.metavar or "", "option_empty")
    raise BadInput(code, origin=param.opts[0], value=value[:40])


class Group(TyperGroup):
    """A group of commands whose help is in the person's language."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Remember what was typed, to tell of a command that does not exist."""
        ctx.meta.setdefault(_TYPED, tuple(args))
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The first line of the help."""
        write_usage(self, ctx, formatter)


def write_usage(command: Any, ctx: Any, formatter: Any) -> None:
    """The first line of a help page; what must be given stands there without braces."""
    pieces = " ".join(command.collect_usage_pieces(ctx)).replace("{", "").replace("}", "")
    formatter.write_usage(ctx.command_path, pieces, prefix=_("Usage:") + " ")


def translate(command: Any) -> Any:
    """Say in the person's language what Typer has fixed words for."""
    words = {
        "install_completion": _("Set up completion of commands in this shell."),
        "show_completion": _("Show the completion script of this shell, to copy or adapt it."),
    }
    for each in _all(command):
        each.options_metavar = _("[OPTIONS]")
        if isinstance(each, TyperGroup):
            each.subcommand_metavar = _("COMMAND …")
        each.short_help = each.help
        option = each.get_help_option(typer_context(each))
        if option is not None:
            option.help = _("Show this help.")
        for param in (*each.params, option):
            if getattr(param, "_runtime_param", _AS_TYPED) is None:
                param._runtime_param = _AS_TYPED
            if getattr(param, "param_type_name", "") == "argument":
                param.display_type_rich = _no_type
            if getattr(param, "name", "") in words:
                param.help = words[param.name]
    return command


def _no_type(**_context: Any) -> None:
    """Every argument is text; saying so helps nobody."""


class _AsTyped:
    """What was typed, left as it is. Typer would load pydantic to turn text into text, a tenth of a second each time.

    Every argument of ours is text, a list of texts or a flag, and is read by ``params`` in the person's language.
    """

    def coerce(self, value: Any, **_context: Any) -> Any:
        return list(value) if isinstance(value, tuple) else value


_AS_TYPED = _AsTyped()


def typer_context(command: Any) -> Any:
    """A bare context, which is all that asking for the help option takes."""
    return command.context_class(command)


def _all(command: Any) -> Iterator[Any]:
    yield command
    if isinstance(command, TyperGroup):
        for member in command.commands.values():
            yield from _all(member)


def sentence(error: typer.TyperException) -> str:
    """What is wrong with a command line, and where its help is."""
    kind = type(error).__name__
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "mlw"
    hint = _("Help: {command} --help").format(command=path)
    return f"{_problem(error, kind, context)} {hint}"


def _problem(error: Any, kind: str, context: Any) -> str:
    if kind == "MissingParameter" and error.param is not None:
        return _("Missing: {what}.").format(what=error.param.get_error_hint().strip("'"))
    if kind == "NoSuchOption":
        close = ", ".join(sorted(error.possibilities or ()))
        told = _("There is no option {option}.").format(option=error.option_name)
        return f"{told} {_close(close)}" if close else told
    if kind == "BadOptionUsage":
        return _("The option {option} is not used rightly.").format(option=error.option_name)
    if kind == "BadParameter" and error.param is not None:
        hint = error.param.get_error_hint().strip("'")
        return _("The value of {what} is not right.").format(what=hint)
    command = getattr(context, "command", None)
    if isinstance(command, TyperGroup):
        name = next((word for word in _given(context) if not word.startswith("-")), "")
        if name and name not in command.commands:
            told = _("There is no command “{name}”.").format(name=name)
            close = ", ".join(get_close_matches(name, command.commands, n=2))
            return f"{told} {_close(close)}" if close else told
        return _("A command is missing; there are: {names}.").format(names=", ".join(command.commands))
    return _("The command was not understood.")


def _close(options: str) -> str:
    return _("Did you mean {options}?").format(options=options)


def _given(context: Any) -> list[str]:
    """What was typed after the group's name."""
    words = list(context.find_root().meta.get(_TYPED, ()))
    return words[words.index(context.info_name) + 1 :] if context.info_name in words else words
