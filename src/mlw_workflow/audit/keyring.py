"""The keyring: every key a log was signed with, from when to when, each new one vouched for by the one before.

It is public. A reader who trusts a key can follow the notes from there to the key of today, and not the other way: a
key that was retired vouches for nothing new. So the note that enters a key also says which tree was signed until then.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.merkle import EMPTY_ROOT, HASH_SIZE
from mlw_workflow.audit.note import Note, NoteInvalid, VerifierKey
from mlw_workflow.audit.seal import instant

if TYPE_CHECKING:
    from collections.abc import Collection

    from mlw_workflow.audit.keys import SigningKey

FORMAT = "mlw-keyring/1"
STATEMENT = "mlw-workflow/key/v1"
"""The first line of the note in which a key is entered."""
KEYS_MAX = 1_000
OVERLAP_SECONDS = 300
"""An entry recorded this close to a change of keys may bear either: its instant is read before it is signed."""


class KeyringInvalid(ValueError):
    """No keyring, or one that does not hold together. ``code``: ``keyring_malformed`` or ``keyring_broken``."""

    def __init__(self, code: str, problem: str) -> None:
        """Keep both."""
        self.code = code
        self.problem = problem
        super().__init__(f"{code}: {problem}")


@dataclass(frozen=True, slots=True)
class RingKey:
    """A key and its time."""

    key: VerifierKey
    since: datetime
    until: datetime | None
    """The instant at which the next one took over; None: in force."""
    statement: str
    """A signed note that says all this, by the key and by the one before."""
    size: int = 0
    """Of the tree that had been signed when the key came into force."""
    root: bytes = EMPTY_ROOT
    """Of that tree."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one log, oldest first."""

    origin: str
    """The log's name; the keys bear it too."""
    unsigned: int
    """How many entries there were before the first key: only so many may be unsigned."""
    keys: tuple[RingKey, ...]

    @property
    def current(self) -> RingKey:
        """The key in force."""
        return self.keys[-1]

    @property
    def verifiers(self) -> tuple[VerifierKey, ...]:
        """Every key."""
        return tuple(ring.key for ring in self.keys)

    def may_sign(self, number: int, size: int) -> bool:
        """Whether the key of that number may have signed a checkpoint of that size: one of its own time."""
        last = self.keys[number + 1].size if number + 1 < len(self.keys) else size
        return self.keys[number].size <= size <= last

    def signed(self, note: Note, size: int) -> bool:
        """Whether a key signed the checkpoint of that size, in the key's time."""
        from mlw_workflow.audit.keys import signed_by

        return any(self.may_sign(number, size) and signed_by(note, ring.key) for number, ring in enumerate(self.keys))

    def vouched(self, named: Collection[VerifierKey], number: int, size: int, root: bytes) -> bool:
        """Whether a checkpoint that a key signed is vouched for by one of the keys that a reader named.

        That is so if the key is named, or a later one than a named key; or if a key of which that holds was entered by
        a note that says this very tree.
        """
        first = next((place for place, ring in enumerate(self.keys) if ring.key in named), len(self.keys))
        return number >= first or any((ring.size, ring.root) == (size, root) for ring in self.keys[max(first, 1) :])

    @classmethod
    def begin(cls, origin: str, key: SigningKey, since: datetime, unsigned: int) -> Keyring:
        """A ring of one key, entered by its own word."""
        entered = RingKey(key.verifier, since, None, "")
        note = Note(_statement(origin, entered, unsigned, ""))
        note = note.with_signatures(key.sign_note(note.text))
        return cls(origin, unsigned, (replace(entered, statement=str(note)),))

    def rotated(self, old: SigningKey, new: SigningKey, since: datetime, size: int, root: bytes) -> Keyring:
        """The ring with a new key in force, vouched for by the old one. ``size``, ``root``: of the tree signed so far.

        The old key may have signed no larger one.
        """
        entered = RingKey(new.verifier, since, None, "", size, root)
        note = Note(_statement(self.origin, entered, self.unsigned, old.verifier.text))
        note = note.with_signatures(old.sign_note(note.text), new.sign_note(note.text))
        last = replace(self.current, until=since)
        return replace(self, keys=(*self.keys[:-1], last, replace(entered, statement=str(note))))

    def document(self) -> bytes:
        """The ring as it is written to a file: JSON, one form only."""
        wire = _Wire(FORMAT, self.origin, self.unsigned, [_written(key) for key in self.keys])
        return msgspec.json.format(msgspec.json.encode(wire), indent=2) + b"\n"

    @classmethod
    def parse(cls, raw: bytes) -> Keyring:
        """Read a ring and check that each key was vouched for. Raises KeyringInvalid."""
        try:
            wire = msgspec.json.decode(raw, type=_Wire)
            if wire.format != FORMAT or not 1 <= len(wire.keys) <= KEYS_MAX or wire.unsigned < 0:
                raise KeyringInvalid("keyring_malformed", "form")
            keys = tuple(_read(key) for key in wire.keys)
        except (msgspec.MsgspecError, UnicodeDecodeError, NoteInvalid, ValueError) as problem:
            if isinstance(problem, KeyringInvalid):
                raise
            raise KeyringInvalid("keyring_malformed", "form") from problem
        ring = cls(wire.origin, wire.unsigned, keys)
        ring.check()
        return ring

    def check(self) -> None:
        """Check that every key was entered by a note of its own and the one before. Raises KeyringInvalid."""
        from mlw_workflow.audit.keys import signed_by

        before: RingKey | None = None
        for number, ring in enumerate(self.keys, start=1):
            after = before.key.text if before else ""
            try:
                note = Note.parse(ring.statement)
            except NoteInvalid as problem:
                raise KeyringInvalid("keyring_broken", f"ring_key:{number}") from problem
            expected = _statement(self.origin, ring, self.unsigned, after)
            vouching = [ring.key] if before is None else [ring.key, before.key]
            if (
                ring.key.name != self.origin
                or note.text != expected
                or not all(signed_by(note, key) for key in vouching)
                or not 1000 <= ring.since.year < 9999  # else its minutes of change have no place in time
                or (before is not None and (before.until != ring.since or before.since >= ring.since))
                or not _grew(before, ring)
            ):
                raise KeyringInvalid("keyring_broken", f"ring_key:{number}")
            before = ring
        if self.current.until is not None:
            raise KeyringInvalid("keyring_broken", "ring_last")


def _grew(before: RingKey | None, ring: RingKey) -> bool:
    """Whether the tree grew from key to key, or stayed as it was."""
    size, root = (0, EMPTY_ROOT) if before is None else (before.size, before.root)
    if len(ring.root) != HASH_SIZE or (before is None and ring.size):
        return False
    return ring.root == root if ring.size == size else ring.size > size


def _statement(origin: str, ring: RingKey, unsigned: int, after: str) -> str:
    lines = [STATEMENT, origin, f"key {ring.key.text}", f"since {instant(ring.since)}", f"unsigned {unsigned}"]
    lines.append(f"tree {ring.size} {_base64(ring.root)}")
    return "".join(f"{line}\n" for line in [*lines, *([f"after {after}"] if after else [])])


class _WireKey(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    since: str
    until: str | None
    size: int
    root: str
    statement: str


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")


class _Wire(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    origin: str
    unsigned: int
    keys: list[_WireKey]


def _written(ring: RingKey) -> Any:
    until = None if ring.until is None else instant(ring.until)
    return _WireKey(ring.key.text, instant(ring.since), until, ring.size, _base64(ring.root), ring.statement)


def _read(wire: Any) -> RingKey:
    until = None if wire.until is None else datetime.fromisoformat(wire.until)
    key, since = VerifierKey.parse(wire.key), datetime.fromisoformat(wire.since)
    return RingKey(key, since, until, wire.statement, wire.size, b64decode(wire.root, validate=True))
