"""docs/reference/cli.md is what the commands say of themselves."""

from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import session
from mlw_workflow.interfaces.cli.app import build

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "cli.md"


def help_pages(command: Any, path: str) -> dict[str, str]:
    """The English help of a command and of all below it, a hundred columns wide."""
    context = command.context_class(command, info_name=path, terminal_width=100, max_content_width=100)
    pages = {path: command.get_help(context)}
    if isinstance(command, TyperGroup):
        for name, member in command.commands.items():
            pages |= help_pages(member, f"{path} {name}")
    return pages


def test_the_reference_holds_every_help_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command is in the reference with the help that it shows."""
    monkeypatch.setenv("LANGUAGE", "en")
    messages.use("en")
    session.begin({})
    text = REFERENCE.read_text("utf-8")
    for path, page in help_pages(build(), "mlw").items():
        assert f"## `{path}`\n\n```\n{page}\n```\n" in text, path


def _told(command: Any, path: str) -> dict[str, str]:
    """What each command (not a group of them) says that it does."""
    if not isinstance(command, TyperGroup):
        return {path: command.help}
    return {
        name: text for sub, member in command.commands.items() for name, text in _told(member, f"{path} {sub}").items()
    }


def test_every_command_is_told_in_one_mood(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Polish as an order to the program ("Pokaż", "Zapisz"), whose verb never ends in a vowel ("Pokazuje")."""
    monkeypatch.setenv("LANGUAGE", "pl")
    messages.use("pl")
    session.begin({})
    told = _told(build(), "mlw")
    messages.use("en")
    assert len(told) > 60
    assert {path: text for path, text in told.items() if text.split()[0].rstrip(",:")[-1] in "aeiouyąęó"} == {}
