"""Reading sealed bytes back: the whole entry, or only what binds it to its log."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

import msgspec

from mlw_workflow.audit.seal import VERSION
from mlw_workflow.domain.ledger import Entry


class EntryUnreadable(ValueError):
    """The bytes are not an entry this program knows. ``code``: ``entry_unreadable`` or ``entry_newer``."""

    def __init__(self, code: str, problem: str) -> None:
        """Keep the code and the decoder's words, which name places, never values."""
        self.code = code
        self.problem = problem
        super().__init__(f"{code}: {problem}")


class Header(msgspec.Struct, frozen=True, gc=False):
    """The fields that bind an entry to its place in its log."""

    log: str
    seq: int
    prev: str
    recorded_at: str


def _wire() -> Any:
    """The entry as msgspec reads it, made from the domain's own fields so that the two cannot part."""
    hints = typing.get_type_hints(Entry, localns={"Mapping": Mapping})
    required = [(f.name, hints[f.name]) for f in fields(Entry) if f.name in _ALWAYS]
    optional = [(f.name, hints[f.name], _default(f.name)) for f in fields(Entry) if f.name not in _ALWAYS]
    return msgspec.defstruct("Wire", [*required, *optional], frozen=True)


_ALWAYS = frozenset({"log", "seq", "prev", "kind", "recorded_at", "actor", "v"})


def _default(name: str) -> Any:
    declared = Entry.__dataclass_fields__[name]
    return msgspec.field(default_factory=dict) if callable(declared.default_factory) else declared.default


_WIRE = _wire()
_NAMES = tuple(f.name for f in fields(Entry))
_values = attrgetter(*_NAMES)
_entry = msgspec.json.Decoder(_WIRE)
_header = msgspec.json.Decoder(Header)
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_KNOWN = frozenset(_NAMES)
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError)
"""TypeError: SQLite keeps what it is given, a number too."""


class _Version(msgspec.Struct):
    v: int = 0


def decode(body: bytes) -> Entry:
    """The entry that these bytes hold. Fields that this program does not know are passed over.

    Raises EntryUnreadable for bytes that are no entry, and for an entry of a newer form than ``seal.VERSION``.
    """
    try:
        wire = _entry.decode(body)
    except _UNREADABLE as problem:
        raise _unreadable(body, str(problem)) from problem
    if wire.v > VERSION:
        raise EntryUnreadable("entry_newer", f"v = {wire.v}")
    return Entry(*_values(wire))


def _unreadable(body: bytes, problem: str) -> EntryUnreadable:
    """A newer entry may well not fit the fields known here; then its version is what to tell."""
    try:
        version = msgspec.json.decode(body, type=_Version).v
    except _UNREADABLE:
        version = 0
    if version > VERSION:
        return EntryUnreadable("entry_newer", f"v = {version}")
    return EntryUnreadable("entry_unreadable", problem)


def header(body: bytes) -> Header:
    """Only what binds the entry to its place. Raises EntryUnreadable."""
    try:
        return _header.decode(body)
    except _UNREADABLE as problem:
        raise EntryUnreadable("entry_unreadable", str(problem)) from problem


def unknown_fields(body: bytes) -> tuple[str, ...]:
    """The names of an entry's fields that this program does not know. Raises EntryUnreadable."""
    try:
        found = _members.decode(body)
    except _UNREADABLE as problem:
        raise EntryUnreadable("entry_unreadable", str(problem)) from problem
    return tuple(sorted(found.keys() - _KNOWN))
