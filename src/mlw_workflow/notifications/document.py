"""A short document that can be read as plain text or as HTML: headings, paragraphs and lists of entries.

A mail is written once, as blocks; so both of its forms say the same.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from html import escape
from itertools import groupby

from mlw_workflow.notifications.clean import one_line, web_address

WIDTH = 72


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (once, the first block) to 3."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of an entry: a label, a value, and a link or a command where the value is one."""

    label: str
    value: str = ""
    url: str = ""
    """Stands for the value; the label is then the link's text."""
    command: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a list, with a line for each of its facts. Entries that follow each other make one list."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """The last line: who writes."""

    text: str


Block = Heading | Paragraph | Entry | Signature


def as_text(blocks: tuple[Block, ...]) -> str:
    """Plain text of lines up to 72 characters; longer ones only where a link or a command may not be broken."""
    return "\n\n".join(filter(None, map(_text_of, blocks))) + "\n"


def as_html(blocks: tuple[Block, ...], language: str) -> str:
    """A whole HTML page: no script, no image, nothing fetched, readable in any order of styles; all values escaped."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    body: list[str] = []
    for are_entries, run in groupby(blocks, key=lambda block: isinstance(block, Entry)):
        parts = [_html_of(block) for block in run]
        body += ["<ul>", *parts, "</ul>"] if are_entries else parts
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{_quoted(language)}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_quoted(title)}</title>",
            "</head>",
            '<body style="font-family: sans-serif; line-height: 1.5; max-width: 42em; margin: 1em">',
            *filter(None, body),
            "</body>",
            "</html>",
            "",
        ]
    )


def _text_of(block: Block) -> str:
    match block:
        case Heading(level, text):
            line = one_line(text)
            return {1: line, 2: f"{line}\n{'-' * min(max(len(line), 3), WIDTH)}"}.get(level, f"{line}:")
        case Paragraph(text):
            return _wrapped(one_line(text, 2000))
        case Entry(title, facts):
            lines = [_wrapped(one_line(title), "* ", "  "), *(_fact_text(fact) for fact in facts)]
            return "\n".join(lines)
        case Signature(text):
            return f"-- \n{_wrapped(one_line(text))}" if text else ""


def _fact_text(fact: Fact) -> str:
    label = one_line(fact.label)
    if web_address(fact.url):
        return f"  {label}:\n    {web_address(fact.url)}"
    if fact.command:
        return f"  {label}:\n    {one_line(fact.value, 900)}"
    return _wrapped(f"{label}: {one_line(fact.value)}", "  ", "    ")


def _wrapped(text: str, first: str = "", later: str = "") -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _html_of(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level}>{_quoted(text)}</h{level}>"
        case Paragraph(text):
            return f"<p>{_quoted(text, 2000)}</p>"
        case Entry(title, facts):
            lines = [f"<strong>{_quoted(title)}</strong>", *(_fact_html(fact) for fact in facts)]
            return "<li>" + "<br>\n".join(lines) + "</li>"
        case Signature(text):
            return f"<p><small>{_quoted(text)}</small></p>" if text else ""


def _fact_html(fact: Fact) -> str:
    url = web_address(fact.url)
    if url:
        return f'<a href="{escape(url)}">{_quoted(fact.label)}</a>'
    value = _quoted(fact.value, 900)
    return f"{_quoted(fact.label)}: " + (f"<code>{value}</code>" if fact.command else value)


def _quoted(text: str, limit: int = 500) -> str:
    return escape(one_line(text, limit))
