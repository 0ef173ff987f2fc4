"""Which entries must bear a signature, and whether it holds: what convicts an edit of what no checkpoint covers yet.

An entry may be without a signature only if it was recorded before the log had a key: that is, if no entry before it in
its log bears one, it was recorded before the first key's time, and there were entries at all when that key was made.

A retired key may have signed what the tree held when it was retired. Past that, only what was recorded in the minutes
of the change: whoever got hold of the old key cannot put in an entry with an old date.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from mlw_workflow.audit.keyring import OVERLAP_SECONDS
from mlw_workflow.audit.read import EntryUnreadable, header
from mlw_workflow.audit.seal import instant
from mlw_workflow.audit.verify import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mlw_workflow.audit.keyring import Keyring
    from mlw_workflow.audit.keys import SigningKey
    from mlw_workflow.audit.note import VerifierKey

    Row = tuple[int, bytes, bytes]
    SignedRow = tuple[int, bytes, bytes, bytes | None]

_SIGNATURE_SIZE = 64
_LATEST = "9999-12-31T23:59:59.999999Z"


class EntrySignatures:
    """The rules of one keyring, for the entries of any of its log's pilots. Without a ring nothing is asked.

    ``own``: the key in force with its private half, for whoever has it. Signatures are deterministic, so making one
    again and comparing is as good as checking it, and takes a third of the time.
    """

    def __init__(self, ring: Keyring | None, own: SigningKey | None = None) -> None:
        """Prepare the keys' times."""
        self.ring = ring
        self.required_from = ""
        self.unsigned = 0
        """How many entries without a signature were let pass."""
        self._own = own
        self._own_since = ""
        self._times: list[tuple[str, str, str, int]] = []
        if ring is None:
            return
        self.required_from = instant(ring.keys[0].since) if ring.unsigned else ""
        overlap = timedelta(seconds=OVERLAP_SECONDS)
        for number, key in enumerate(ring.keys):
            since = instant(key.since - overlap) if number else ""
            until = instant(key.until + overlap) if key.until is not None else _LATEST
            late = instant(key.until - overlap) if key.until is not None else since
            self._times.append((since, max(since, late), until, number))
        self._own_since = self._times[-1][0]

    def limits(self, spans: Iterable[tuple[int, int]]) -> tuple[int, ...]:
        """For each key, how many of a log's entries the tree held when the key was retired.

        ``spans``: first leaf and number of entries of each of the log's spans.
        """
        if self.ring is None or len(self.ring.keys) == 1:
            return ()
        held = list(spans)
        return tuple(sum(entries for first, entries in held if first < key.size) for key in self.ring.keys[1:])

    def may_be_unsigned(self, recorded_at: str) -> bool:
        """Whether an entry recorded then (as it is sealed) was recorded before there was a key."""
        return self.ring is None or recorded_at <= self.required_from

    def holds(
        self, leaf: bytes, recorded_at: str, signature: object, seq: int = 0, limits: tuple[int, ...] | None = None
    ) -> bool:
        """Whether it is the signature of a key that was in force at that instant.

        ``limits``: up to which number of the log each retired key's entries may be older than the minutes of its
        retirement; None where that is not known.
        """
        ring = self.ring
        if ring is None or not isinstance(signature, bytes):  # a database keeps what it is given
            return False
        if self._own is not None and recorded_at >= self._own_since and self._own.sign_entry(leaf) == signature:
            return True
        made: bytes = signature
        return any(
            _checker(ring.keys[number].key)(leaf, made)
            for since, late, until, number in reversed(self._times)
            if (late if limits is not None and _past(seq, number, limits) else since) <= recorded_at < until
        )

    def known(self, leaf: bytes, signature: object) -> bool:
        """Whether it is the signature of any key of the ring, whatever its time."""
        if self.ring is None or not isinstance(signature, bytes):
            return False
        return any(_checker(key)(leaf, signature) for key in self.ring.verifiers)

    def checked(
        self, rows: Iterable[SignedRow], failures: list[Failure], *, proved: int = 0, all_signed: bool = False
    ) -> Iterator[Row]:
        """Pass the rows of a log on, and stop at the first whose signature is missing or does not hold.

        The failure is added to ``failures``. A row is looked at only when the next one is asked for, so whoever checks
        the chain speaks first. For ``proved`` and ``all_signed`` see ``of_log``.
        """
        log = self.of_log(proved=proved, all_signed=all_signed)
        for seq, digest, body, signature in rows:
            yield seq, digest, body
            failure = log.failure(seq, digest, body, signature)
            if failure is not None:
                failures.append(failure)
                return

    def of_log(
        self,
        *,
        proved: int = 0,
        all_signed: bool = False,
        deep: bool = False,
        limits: tuple[int, ...] | None = (),
    ) -> LogSignatures:
        """For the entries of one log, in order.

        Up to the number ``proved`` a checkpoint vouches for the entries: there a signature need only be there.
        ``all_signed``: no later one may be without. ``deep``: those that are there are checked nevertheless.
        ``limits``: as for ``holds``; without them no entry is taken to be older than a change of keys.
        """
        return LogSignatures(self, proved, all_signed, deep, limits)


class LogSignatures:
    """Looks at the signatures of one log's entries, one after the other."""

    __slots__ = ("_all_signed", "_covered", "_limits", "_rules", "asked", "proved", "signed_before")

    def __init__(
        self, rules: EntrySignatures, proved: int, all_signed: bool, deep: bool, limits: tuple[int, ...] | None
    ) -> None:
        """Use ``EntrySignatures.of_log``."""
        self._limits = limits
        self._rules = rules
        self._all_signed = all_signed
        self.asked = rules.ring is not None
        self._covered = proved
        self.proved = 0 if deep else proved
        self.signed_before = False

    def failure(self, seq: int, leaf: bytes, body: bytes, signature: bytes | None) -> Failure | None:
        """``signature_missing`` or ``signature``; None where the entry is as it should be.

        Whoever checks the chain has let the entry pass before. An entry with what ``is_signature``, up to ``proved``
        and with ``signed_before`` set, need not be brought here.
        """
        rules = self._rules
        if not self.asked:
            return None
        if signature is None:
            late = self._all_signed and seq > self._covered
            if self.signed_before or late or not rules.may_be_unsigned(_recorded_at(body)):
                return Failure("signature_missing", seq)
            rules.unsigned += 1
            return None
        if not is_signature(signature):
            return Failure("signature", seq)
        first = not self.signed_before and not self._covered  # nothing of this log is known to be by a key of ours
        self.signed_before = True
        if seq > self.proved and not rules.holds(leaf, _recorded_at(body), signature, seq, self._limits):
            return Failure("signature_key" if first and not rules.known(leaf, signature) else "signature", seq)
        return None


def _past(seq: int, number: int, limits: tuple[int, ...]) -> bool:
    """Whether an entry came into the tree after the key of that number was retired, or is in no tree yet."""
    return seq > (limits[number] if number < len(limits) else 0)


def is_signature(stored: object) -> bool:
    """Whether it can be a signature at all: 64 bytes."""
    return isinstance(stored, bytes) and len(stored) == _SIGNATURE_SIZE


@lru_cache(maxsize=64)
def _checker(key: VerifierKey) -> Callable[[bytes, bytes], bool]:
    from mlw_workflow.audit.keys import entry_checker

    return entry_checker(key)


def _recorded_at(body: bytes) -> str:
    try:
        return header(body).recorded_at
    except EntryUnreadable:  # the chain's check has spoken before
        return _LATEST
