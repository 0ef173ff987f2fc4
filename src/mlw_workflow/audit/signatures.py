"""Which entries must bear a signature, and whether it holds: what convicts an edit of what no checkpoint covers yet.

An entry may be without a signature only if it was recorded before the log had a key: that is, if no entry before it in
its log bears one, it was recorded before the first key's time, and there were entries at all when that key was made.
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
    from mlw_workflow.audit.note import VerifierKey

    Row = tuple[int, bytes, bytes]
    SignedRow = tuple[int, bytes, bytes, bytes | None]

_LATEST = "9999-12-31T23:59:59.999999Z"


class EntrySignatures:
    """The rules of one log's keyring, for the entries of any of its pilots. Without a ring nothing is asked."""

    def __init__(self, ring: Keyring | None) -> None:
        """Prepare the keys' times."""
        self.ring = ring
        self.required_from = ""
        self.unsigned = 0
        """How many entries without a signature were let pass."""
        self._times: list[tuple[str, str, int]] = []
        if ring is None:
            return
        self.required_from = instant(ring.keys[0].since) if ring.unsigned else ""
        overlap = timedelta(seconds=OVERLAP_SECONDS)
        for number, key in enumerate(ring.keys):
            since = instant(key.since - overlap) if number else ""
            until = instant(key.until + overlap) if key.until is not None else _LATEST
            self._times.append((since, until, number))

    def may_be_unsigned(self, recorded_at: str) -> bool:
        """Whether an entry recorded then (as it is sealed) was recorded before there was a key."""
        return self.ring is None or recorded_at <= self.required_from

    def holds(self, leaf: bytes, recorded_at: str, signature: object) -> bool:
        """Whether it is the signature of a key that was in force at that instant."""
        ring = self.ring
        if ring is None or not isinstance(signature, bytes):  # a database keeps what it is given
            return False
        return any(
            _checker(ring.keys[number].key)(leaf, signature)
            for since, until, number in reversed(self._times)
            if since <= recorded_at < until
        )

    def checked(
        self,
        rows: Iterable[SignedRow],
        failures: list[Failure],
        *,
        proved: int = 0,
        all_signed: bool = False,
        signed_before: bool = False,
    ) -> Iterator[Row]:
        """Pass the rows of a log on, and stop at the first whose signature is missing or does not hold.

        The failure is added to ``failures``: ``signature_missing`` or ``signature``. A row is looked at only when the
        next one is asked for, so whoever checks the chain speaks first. Up to the number ``proved`` a checkpoint
        vouches for the entries: there a signature must only be there. ``all_signed``: no later one may be without;
        ``signed_before``: the entry before the first row was signed.
        """
        if self.ring is None:
            for seq, digest, body, _ in rows:
                yield seq, digest, body
            return
        for seq, digest, body, signature in rows:
            yield seq, digest, body
            if signature is None:
                recorded_at = _recorded_at(body)
                if signed_before or (all_signed and seq > proved) or not self.may_be_unsigned(recorded_at):
                    failures.append(Failure("signature_missing", seq))
                    return
                self.unsigned += 1
                continue
            signed_before = True
            if seq > proved and not self.holds(digest, _recorded_at(body), signature):
                failures.append(Failure("signature", seq))
                return


@lru_cache(maxsize=64)
def _checker(key: VerifierKey) -> Callable[[bytes, bytes], bool]:
    from mlw_workflow.audit.keys import entry_checker

    return entry_checker(key)


def _recorded_at(body: bytes) -> str:
    try:
        return header(body).recorded_at
    except EntryUnreadable:  # the chain's check has spoken before
        return _LATEST
