"""The office's signing key, its keyring, and what the signer itself remembers: files outside the database.

::

    keys/                 folder of the owner alone (0700)
      signing.key         the private key (0600), or the variable MLW_SIGNING_KEY in its place
      keyring.json        every key there was (public)
      checkpoint          the last checkpoint that was signed, whatever the database says
      tail                where each log ended when it was last written to

Nothing here is imported before a key is used, because most commands use none.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput, ClockBackwards
from mlw_workflow.services.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from mlw_workflow.audit.keyring import Keyring
    from mlw_workflow.audit.keys import SigningKey
    from mlw_workflow.audit.seal import Head

KEYRING = "keyring.json"
MEMORY = "checkpoint"
_NEXT = ".next"
_SIZE_MAX = 1 << 20
_OTHERS = 0o077
_OTHERS_WRITE = 0o022
_Stamp = tuple[int, int, int, int] | None


class KeyStore:
    """Where the key lies. A key that appears, changes or goes while the program runs is noticed at the next use."""

    def __init__(self, file: Path, secret: str = "", origin: str = "") -> None:
        """Only remembers the places. ``secret``: the key itself; ``origin``: what a new log is named."""
        self.file = file
        self.origin = origin
        self._secret = secret
        self._known: tuple[_Stamp, _Stamp] | None = None
        self._key: SigningKey | None = None
        self._ring: Keyring | None = None
        self._since: datetime | None = None
        """What was recorded before is not the key's to sign; None: the first key may sign anything."""
        self.was_signed: Callable[[], bool] = lambda: False
        """Whether the database says that there was a key. Asked only where the folder says that there was none."""

    def __repr__(self) -> str:
        """The place, no secret."""
        return f"KeyStore({str(self.file)!r})"

    @property
    def ring_file(self) -> Path:
        """The keyring."""
        return self.file.with_name(KEYRING)

    @property
    def memory_file(self) -> Path:
        """The last checkpoint that was signed."""
        return self.file.with_name(MEMORY)

    # Reading

    def key(self) -> SigningKey | None:
        """The key in force; None where none was ever made.

        Raises BadInput: ``key_missing`` where the keyring, or the database, tells of a key that is not here,
        ``keyring_missing``,
        ``key_permissions``, ``key_malformed``, ``key_not_current``, ``keyring_broken``.
        """
        stamps = (_stamp(self.file), _stamp(self.ring_file))
        if stamps != self._known:
            self._load(stamps)
        return self._key

    def ring(self) -> Keyring | None:
        """The keyring; None where no key was ever made. Raises BadInput ``keyring_broken``."""
        stamp = _stamp(self.ring_file)
        if self._known is None or self._known[1] != stamp:
            self._ring = self._read_ring() if stamp else None
            self._known = None
        return self._ring

    def required_ring(self) -> Keyring:
        """The keyring. Raises BadInput ``key_none`` where no key was ever made."""
        ring = self.ring()
        if ring is None:
            raise BadInput("key_none")
        return ring

    def required_key(self) -> SigningKey:
        """The key in force. Raises BadInput ``key_none`` where no key was ever made, and as ``key`` does."""
        key = self.key()
        if key is None:
            raise BadInput("key_none")
        return key

    def sign_entry(self, leaf: bytes, recorded_at: datetime | None = None) -> bytes | None:
        """The signature of an entry by its leaf hash; None where no key was ever made.

        Raises as ``key`` does; ClockBackwards ``clock_before_key`` for an entry recorded before the key's time, whose
        signature would never hold.
        """
        key = self.key()
        if key is None:
            return None
        if recorded_at is not None and self._since is not None and recorded_at < self._since:
            raise ClockBackwards("clock_before_key", now=_told(recorded_at), last=_told(self._since))
        return key.sign_entry(leaf)

    def _load(self, stamps: tuple[_Stamp, _Stamp]) -> None:
        from mlw_workflow.audit.keyring import OVERLAP_SECONDS
        from mlw_workflow.audit.note import NoteInvalid

        self._known = None
        self._key = None
        self._ring = ring = self._read_ring() if stamps[1] else None
        if not self._secret and stamps[0] is None:
            if ring is not None and not self._finish_rotation(ring):
                raise BadInput("key_missing", place=str(self.file))
            if ring is None:
                if self.was_signed():
                    raise BadInput("key_missing", place=str(self.file))
                self._known = stamps
                return
        if ring is None:
            raise BadInput("keyring_missing", place=str(self.ring_file))
        try:
            key = _parsed(self._secret or read_secret(self.file))
            if key.verifier != ring.current.key and not self._secret and self._finish_rotation(ring):
                key = _parsed(read_secret(self.file))
        except NoteInvalid as problem:
            raise BadInput("key_malformed", place=self._place, problem=problem.problem) from None
        if key.verifier != ring.current.key:
            raise BadInput("key_not_current", place=self._place, key=ring.current.key.text)
        overlap = timedelta(seconds=OVERLAP_SECONDS)
        self._since = ring.current.since - overlap if len(ring.keys) > 1 else None
        self._key, self._known = key, (_stamp(self.file), stamps[1])

    @property
    def _place(self) -> str:
        return "MLW_SIGNING_KEY" if self._secret else str(self.file)

    def _read_ring(self) -> Keyring:
        from mlw_workflow.audit.keyring import Keyring, KeyringInvalid

        try:
            with self.ring_file.open("rb") as stream:
                return Keyring.parse(stream.read(_SIZE_MAX))
        except KeyringInvalid as problem:
            raise BadInput("keyring_broken", place=str(self.ring_file), problem=problem.problem) from problem
        except OSError as problem:
            raise BadInput(
                "key_unreadable", place=str(self.ring_file), problem=problem.strerror or str(problem)
            ) from problem

    # Making

    def make(self, now: datetime, unsigned: int) -> Keyring:
        """Make the first key, or enter the one given by the environment. ``unsigned``: how many entries there are.

        Raises BadInput ``key_exists``, ``key_malformed``, ``key_name_invalid``; ``key_exists_elsewhere`` where the
        database tells of a key that is not here.
        """
        from mlw_workflow.audit.keyring import Keyring
        from mlw_workflow.audit.keys import SigningKey
        from mlw_workflow.audit.note import NoteInvalid

        if self.ring_file.exists() or (not self._secret and self.file.exists()):
            raise BadInput("key_exists", place=str(self.ring_file if self.ring_file.exists() else self.file))
        if self.was_signed():
            raise BadInput("key_exists_elsewhere", place=str(self.file.parent))
        try:
            key = _parsed(self._secret) if self._secret else SigningKey.new(self.origin or _new_origin())
        except NoteInvalid as problem:
            if self._secret:
                raise BadInput("key_malformed", place=self._place, problem=problem.problem) from None
            raise BadInput("key_name_invalid", name=self.origin[:80], problem=problem.problem) from None
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        ring = Keyring.begin(key.name, key, now, unsigned)
        if not self._secret:
            try:
                write_secret(self.file, key.secret)
            except FileExistsError:
                raise BadInput("key_exists", place=str(self.file)) from None
        replace_file(self.ring_file, ring.document())
        return ring

    def rotate(self, now: datetime, size: int, root: bytes) -> Keyring:
        """Put a new key in force, vouched for by the old one, which is then gone.

        ``size``, ``root``: of the tree that was signed last; the old key is good for nothing larger.

        Raises BadInput ``key_from_environment`` where the key is no file of ours; ClockBackwards.
        """
        from mlw_workflow.audit.keys import SigningKey

        old, ring = self.required_key(), self.required_ring()
        if self._secret:
            raise BadInput("key_from_environment")
        if now <= ring.current.since:
            raise ClockBackwards(now=_told(now), last=_told(ring.current.since))
        new = SigningKey.new(ring.origin)
        rotated = ring.rotated(old, new, now, size, root)
        following = self.file.with_name(self.file.name + _NEXT)
        with suppress(FileNotFoundError):
            following.unlink()
        write_secret(following, new.secret)
        replace_file(self.ring_file, rotated.document())
        following.replace(self.file)
        return rotated

    def renew(self, now: datetime, unsigned: int) -> None:
        """Enter a key that signed nothing yet anew, where entries from before it were brought in.

        Raises BadInput ``restore_key_used`` for a key that may have signed something.
        """
        from mlw_workflow.audit.keyring import Keyring

        key, ring = self.required_key(), self.required_ring()
        if len(ring.keys) > 1 or self.remembered() is not None or self.tail.kept():
            raise BadInput("restore_key_used", place=str(self.file.parent))
        replace_file(self.ring_file, Keyring.begin(ring.origin, key, now, unsigned).document())

    def _finish_rotation(self, ring: Keyring) -> bool:
        """A rotation that was cut off after the keyring was written: the new key takes the old one's place."""
        following = self.file.with_name(self.file.name + _NEXT)
        if not following.exists() or _parsed(read_secret(following)).verifier != ring.current.key:
            return False
        following.replace(self.file)
        return True

    # What the signer remembers

    @property
    def tail(self) -> Tail:
        """Where each log ended when it was last written to."""
        return Tail(self.file.parent)

    def note_heads(self, heads: Iterable[tuple[str, Head]]) -> None:
        """Remember where logs end now; nothing where no key was ever made."""
        if self._key is not None:
            self.tail.note(heads)

    def remembered(self) -> str | None:
        """The last checkpoint that was signed here; None: none, or the signer has no memory of it."""
        try:
            with self.memory_file.open("rb") as stream:
                return stream.read(_SIZE_MAX).decode("utf-8", "replace")
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise BadInput(
                "key_unreadable", place=str(self.memory_file), problem=problem.strerror or str(problem)
            ) from problem

    def remember(self, note: str) -> None:
        """Remember a checkpoint that was signed."""
        replace_file(self.memory_file, note.encode("utf-8"))


def _parsed(secret: str) -> SigningKey:
    from mlw_workflow.audit.keys import SigningKey

    return SigningKey.parse(secret)


def read_secret(file: Path) -> str:
    """The line in a file that only its owner can read, in a folder that only its owner can change.

    Raises BadInput ``key_permissions`` or ``key_unreadable``.
    """
    try:
        if os.name == "posix" and (file.stat().st_mode & _OTHERS or file.parent.stat().st_mode & _OTHERS_WRITE):
            raise BadInput("key_permissions", place=str(file), folder=str(file.parent))
        with file.open("rb") as stream:
            return stream.read(_SIZE_MAX).decode("ascii", "replace")
    except OSError as problem:
        raise BadInput("key_unreadable", place=str(file), problem=problem.strerror or str(problem)) from problem


def read_key(file: Path) -> SigningKey:
    """The key in a file. Raises BadInput, also ``key_malformed``."""
    from mlw_workflow.audit.note import NoteInvalid

    try:
        return _parsed(read_secret(file))
    except NoteInvalid as problem:
        raise BadInput("key_malformed", place=str(file), problem=problem.problem) from None


def _new_origin() -> str:
    """A name that no other log has."""
    return f"mlw-workflow/{secrets.token_hex(8)}"


def _told(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _stamp(file: Path) -> _Stamp:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode


def write_secret(file: Path, text: str) -> None:
    """Write a file that only its owner may read, where there is none. Raises FileExistsError."""
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "w", encoding="ascii") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def replace_file(file: Path, content: bytes) -> None:
    """Put a file in the place of another, whole or not at all."""
    number, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if os.name == "posix":
            Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
