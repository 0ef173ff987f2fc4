"""Writing to the terminal or the pipe: paragraphs, tables, JSON. No meaning is in a colour; a pipe gets plain text."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlw_workflow.interfaces.cli import session
from mlw_workflow.interfaces.exit_codes import PipeClosed

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH_MAX = 100
"""Longer lines are hard to read."""
_SHORT = 10
"""Cells up to this length (days) stay on one line."""
_ID = 26
"""Likewise in the first column: a machine's id is copied into commands."""


def on_terminal() -> bool:
    """Whether a person is looking."""
    return sys.stdout.isatty()


def width() -> int:
    """Columns for running text; a pipe has no edge to wrap at."""
    return min(shutil.get_terminal_size((80, 24)).columns, WIDTH_MAX) if on_terminal() else 1_000_000


def say(text: str = "") -> None:
    """One line, as it is."""
    try:
        sys.stdout.write(text + "\n")
    except BrokenPipeError:
        raise PipeClosed from None


def paragraph(text: str, indent: str = "", first: str | None = None) -> None:
    """Running text, wrapped to the terminal; ``first`` begins the first line, ``indent`` the others.

    Some of it may come from a pack that anybody made: no sign of it moves the cursor or turns the line around.
    """
    start = indent if first is None else first
    shown = "".join(sign if sign.isprintable() or sign.isspace() else ascii(sign)[1:-1] for sign in text)
    say(
        textwrap.fill(
            shown,
            width(),
            initial_indent=start,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def note(text: str) -> None:
    """A remark that is no part of the answer, on standard error."""
    sys.stderr.write(text + "\n")


def answer_json(value: Any) -> None:
    """The answer for a program: one JSON value in UTF-8."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None and not sys.stdout.isatty():
        reconfigure(encoding="utf-8")
    say(json.dumps(value, ensure_ascii=False, indent=2))


def exactly(text: str) -> None:
    """An answer whose every byte counts, such as a signed note: UTF-8, and lines end in one way on every system."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", newline="\n")
    say(text.removesuffix("\n"))


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, wide: int = -1, below: bool = False) -> None:
    """A table: wrapped to the terminal, in plain columns in a pipe.

    ``wide`` is the column that gives way first when the terminal is narrow, where empty columns are left out too.
    ``below``: that column, the last one, holds sentences, which in a pipe stand below the row.
    """
    if not rows:
        return
    if not on_terminal():
        if below:
            _plain_below(headers, rows)
        else:
            _plain(headers, rows, wide)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    kept = [index for index in range(len(headers)) if any(row[index] for row in rows)]
    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold underline")
    for index in kept:
        longest = max(len(row[index]) for row in rows)
        drawn.add_column(
            headers[index], overflow="fold", no_wrap=index != wide and longest <= (_SHORT if index else _ID)
        )
    for row in rows:
        drawn.add_row(*(Text(row[index]) for index in kept))
    Console(highlight=False, width=min(shutil.get_terminal_size((80, 24)).columns, 140)).print(drawn)


def _plain(headers: Sequence[str], rows: Sequence[Sequence[str]], wide: int) -> None:
    """Columns; from the one that gives way on nothing is padded, for its longest cell may be a page."""
    cells = [[" ".join(cell.split()) for cell in row] for row in (headers, *rows)]
    padded = wide if wide > 0 and any(len(row[wide]) > WIDTH_MAX for row in cells) else len(headers)
    widths = [max(len(row[index]) for row in cells) if index < padded else 0 for index in range(len(headers))]
    for row in cells:
        say("  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip())


def _plain_below(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns, and under each row the sentences of the last one, at a width that can be read."""
    cells = [[" ".join(cell.split()) for cell in row[:-1]] for row in (headers, *rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(headers) - 1)]
    for at, row in enumerate(cells):
        say("  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip())
        if at and rows[at - 1][-1]:
            wrapped = textwrap.wrap(rows[at - 1][-1], WIDTH_MAX - 4, break_long_words=False, break_on_hyphens=False)
            say("\n".join(f"    {line}" for line in wrapped))


def program() -> str:
    """How this program was called, so that a command can be copied: ``mlw`` where the shell finds it by that name."""
    called = Path(sys.argv[0])
    name = called.stem
    if not name.startswith("mlw"):
        name = "mlw"
    elif shutil.which(name) is None:
        try:
            name = str(called.resolve().relative_to(Path.cwd()))
        except ValueError:
            name = str(called)
    return f"{quoted(name)} --demo" if session.is_demo() else quoted(name)


def command(*words: str) -> str:
    """A command of ours to copy, every word quoted where a shell would need it."""
    return " ".join([program(), *(quoted(word) for word in words)])


def quoted(word: str) -> str:
    """A word for a shell, in double quotes where it needs any: they work in every office's shell."""
    if word and all(sign.isalnum() or sign in "-_./=@:,+…" for sign in word):
        return word
    escaped = "".join(f"\\{sign}" if sign in '"$`\\' else sign for sign in word)
    return f'"{escaped}"'
