"""Safe reading of YAML, and so of JSON: plain values, the line of each of them, and findings instead of exceptions.

The subset is small on purpose: one document, no anchors, aliases or tags, no key twice, and only the scalars of YAML
1.2's core schema. What YAML 1.1 would turn into something else (``on``, ``no``, ``12:30``, ``2014-08-31``) stays text.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import yaml

from mlw_workflow.definitions.findings import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FINDINGS_MAX = 50
"""Findings kept for one file: a hostile file may hold a problem in every node."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# YAML 1.2 reads 0050 as 50. Here it stays text: the number of an order must not lose its zeros.
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_MAX = 2**53 - 1
"""The largest whole number that every reader of JSON understands exactly."""
_SURROGATE_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read before it is refused."""

    size: int = 512 * 1024
    """Bytes."""
    depth: int = 32
    nodes: int = 50_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds: its value, where each part of it stands, and what is wrong with it.

    With an unreadable file the value is None and ``readable`` is false; findings that leave a value (a key given
    twice, a tag) do not stop a reader from looking on.
    """

    name: str
    value: Any
    findings: tuple[Finding, ...] = ()
    lines: Mapping[Path, int] = field(default_factory=dict)
    readable: bool = True

    def line_of(self, path: Path) -> int:
        """The line, from 1, of the value at ``path``, or of the nearest value above it that the file has."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)

    def finding(self, code: str, path: Path = (), **facts: str | int) -> Finding:
        """An error at a place of this document."""
        return Finding(code, "error", self.name, self.line_of(path), path, tuple(facts.items()))


def read_yaml(source: File | str | bytes, name: str = "", limits: Limits = LIMITS) -> Document:
    """Read a file (a Path), or a text or bytes that somebody gave; never raises for what they hold.

    ``name`` is what findings call the file; by default its path.
    """
    json = False
    if isinstance(source, File):
        name = name or source.as_posix()
        json = source.suffix == ".json"
        try:
            if not source.is_file():
                return _unreadable(name, "file_missing")
            with source.open("rb") as stream:
                source = stream.read(limits.size + 1)
        except (OSError, ValueError):
            return _unreadable(name, "file_unreadable")
    if isinstance(source, bytes):
        if len(source) > limits.size:
            return _unreadable(name, "file_too_large", limit=limits.size)
        try:
            text = source.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return _unreadable(name, "not_utf8", source.count(b"\n", 0, error.start) + 1)
    elif len(source) > limits.size:
        return _unreadable(name, "file_too_large", limit=limits.size)
    else:
        text = source
    stray = _UNPRINTABLE.search(text)
    if stray:
        line = text.count("\n", 0, stray.start()) + 1
        return _unreadable(name, "yaml_bad_character", line, character=f"U+{ord(stray.group()):04X}")
    if json:
        # JSON writes characters beyond U+FFFF as two escapes; YAML knows only the long one.
        text = _SURROGATE_PAIR.sub(_long_escape, text)
        # These three are line breaks to libyaml and ordinary characters to JSON, which has them only inside strings.
        text = text.replace("\x85", "\\x85").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return _Reader(name, limits).read(text)


def _unreadable(name: str, code: str, line: int = 1, **facts: str | int) -> Document:
    return Document(name, None, (Finding(code, "error", name, line, (), tuple(facts.items())),), readable=False)


def _long_escape(match: re.Match[str]) -> str:
    backslashes, high, low = match.groups()
    return f"{backslashes}\\U{0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00:08x}"


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Stop(Exception):
    """Reading on would make no sense."""


_NO_KEY = object()


class _Frame:
    """A collection that is being filled."""

    __slots__ = ("key", "path", "value")

    def __init__(self, value: dict[str, Any] | list[Any], path: Path) -> None:
        self.value = value
        self.path = path
        self.key: Any = _NO_KEY


class _Reader:
    """Builds the value from parser events with a stack of its own, so that depth costs no recursion."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []
        self.frames: list[_Frame] = []
        self.root: Any = None
        self.nodes = 0
        self.skipped = 0
        """How deep we are inside a value that is thrown away, that of a key given twice."""

    def read(self, text: str) -> Document:
        readable = True
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                self.take(event)
        except _Stop:
            readable = False
        except yaml.YAMLError as error:
            readable = False
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            problem = str(getattr(error, "problem", None) or "not YAML")
            line = mark.line + 1 if mark else 1
            self.findings.append(Finding("yaml_syntax", "error", self.name, line, (), (("problem", problem[:200]),)))
        except RecursionError:
            # Only PyYAML's own parser, used where libyaml is absent, could come to this.
            readable = False
            self.findings.append(Finding("yaml_too_deep", "error", self.name, 1, (), (("limit", self.limits.depth),)))
        value = self.root if readable else None
        return Document(self.name, value, tuple(self.findings), self.lines, readable)

    def report(self, code: str, event: yaml.Event, path: Path = (), **facts: str | int) -> None:
        line = _line(event)
        if len(self.findings) < _FINDINGS_MAX:
            self.findings.append(Finding(code, "error", self.name, line, path, tuple(facts.items())))

    def stop(self, code: str, event: yaml.Event, **facts: str | int) -> None:
        self.report(code, event, (), **facts)
        raise _Stop

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.stop("yaml_alias", event, name=str(event.anchor)[:100])
        if isinstance(event, yaml.DocumentStartEvent) and () in self.lines:
            self.stop("yaml_many_documents", event)
        if isinstance(event, yaml.NodeEvent):
            self.nodes += 1
            if self.nodes > self.limits.nodes:
                self.stop("yaml_too_many_nodes", event, limit=self.limits.nodes)
        if isinstance(event, yaml.ScalarEvent):
            self.scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self.opening(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.closing()

    def scalar(self, event: yaml.ScalarEvent) -> None:
        self.plainness(event)
        frame = self.frames[-1] if self.frames else None
        if self.skipped == 0 and frame is not None and isinstance(frame.value, dict) and frame.key is _NO_KEY:
            self.key(frame, event)
        else:
            self.place(event, self.scalar_value(event))

    def plainness(self, event: yaml.NodeEvent) -> None:
        """Report an anchor or a tag. Both are otherwise ignored: nothing is ever built from a tag."""
        if event.anchor is not None:
            self.report("yaml_anchor", event, name=str(event.anchor)[:100])
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.report("yaml_tag", event, tag=str(tag)[:100])

    def key(self, frame: _Frame, event: yaml.ScalarEvent) -> None:
        """Take the next key of a mapping. Keys are text, whatever they look like."""
        path = (*frame.path, event.value)
        if event.value in frame.value:
            self.report("yaml_duplicate_key", event, path, key=event.value[:100], first=self.lines[path])
            self.skipped = -1  # the value that follows is not kept
        else:
            self.lines[path] = _line(event)
        frame.key = event.value

    def opening(self, event: yaml.CollectionStartEvent) -> None:
        self.plainness(event)
        if self.skipped:
            self.skipped = 1 if self.skipped < 0 else self.skipped + 1
        frame = self.frames[-1] if self.frames else None
        if not self.skipped and frame is not None and isinstance(frame.value, dict) and frame.key is _NO_KEY:
            self.stop("yaml_key_not_text", event)
        if len(self.frames) + self.skipped >= self.limits.depth:
            self.stop("yaml_too_deep", event, limit=self.limits.depth)
        if self.skipped:
            return
        value: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.frames.append(_Frame(value, self.place(event, value)))

    def closing(self) -> None:
        if not self.skipped:
            self.frames.pop()
            return
        self.skipped -= 1
        if self.skipped == 0:
            self.frames[-1].key = _NO_KEY

    def place(self, event: yaml.NodeEvent, value: Any) -> Path:
        """Put a value where it belongs and note its line; the path of it."""
        if self.skipped:
            if self.skipped < 0:
                self.skipped = 0
                self.frames[-1].key = _NO_KEY
            return ()
        if not self.frames:
            self.root = value
            self.lines[()] = _line(event)
            return ()
        frame = self.frames[-1]
        if isinstance(frame.value, dict):
            path = (*frame.path, frame.key)
            frame.value[frame.key] = value
            frame.key = _NO_KEY
        else:
            path = (*frame.path, len(frame.value))
            frame.value.append(value)
            self.lines[path] = _line(event)
        return path

    def scalar_value(self, event: yaml.ScalarEvent) -> Any:
        """The value of a scalar; a finding and None for a number nothing can be done with."""
        text: str = event.value
        if not event.implicit[0]:  # quoted, or tagged
            return text
        if text in _NULL:
            return None
        if text in _BOOL:
            return _BOOL[text]
        number: int | float | None = None
        if _INT.fullmatch(text):
            if len(text) <= 24:
                number = int(text, 0)
        elif _FLOAT.fullmatch(text):
            number = float(text)
        elif not _NOT_A_NUMBER.fullmatch(text):
            return text
        if number is None or abs(number) > _NUMBER_MAX:
            self.report("yaml_bad_number", event, number=text[:40])
            return None
        return number


def yaml_files(folder: File, most: int = 500) -> Iterator[File]:
    """Every ``*.yaml`` file below a folder in a fixed order, ``most`` of them at the most; links are not followed."""
    found = 0
    for here, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".yaml") and found < most:
                found += 1
                yield File(here) / name
