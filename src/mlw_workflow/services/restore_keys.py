"""Whose signatures are in a complete export: with those of a key that is not here it would look forged.

A signature does not say by which key it was made. One that holds under a key of the ring shows that the keys came
along; whether all of them hold is for ``audit verify`` to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.audit.keyring import Keyring, KeyringInvalid
from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.audit.export.jsonl_lines import KeyringLine
    from mlw_workflow.audit.export.jsonl_read import Reader
    from mlw_workflow.services.desk import Desk


class KeysBack:
    """The signatures of one file beside the keys that are here."""

    def __init__(self, desk: Desk, reader: Reader, *, drop: bool) -> None:
        """``drop``: leave all signatures out, so that the entries count as recorded before there was a key."""
        self.signer = desk.signer
        self.reader = reader
        self.drop = drop
        self.ring = desk.signer.ring() if desk.signer is not None else None
        self.known = False
        """Whether a signature was found to be by a key that is here."""
        self.unsigned = 0
        self.latest: datetime = desk.clock.now()

    def keyring(self, item: KeyringLine) -> None:
        """The keyring of where the file comes from: its keys must be here. Raises BadInput ``restore_keys``."""
        try:
            theirs = Keyring.parse(bytes(item.body))
        except KeyringInvalid as problem:
            raise self.reader.wrong("ledger_file_line", problem=problem.problem) from problem
        ours = self.ring.verifiers if self.ring is not None else ()
        if not self.drop and not set(theirs.verifiers) <= set(ours):
            raise self._refused()

    def taken(self, leaf: bytes, signature: bytes | None) -> bytes | None:
        """The signature as it is to be stored. Raises BadInput ``restore_keys`` if no key here made the first."""
        if signature is None or self.drop:
            self.unsigned += 1
            return None
        if not self.known:
            from mlw_workflow.audit.keys import entry_checker

            ring = self.ring
            if ring is None or not any(entry_checker(key)(leaf, signature) for key in ring.verifiers):
                raise self._refused()
            self.known = True
        return signature

    def until(self, recorded_at: datetime | None) -> None:
        """Note when a log ended."""
        if recorded_at is not None:
            self.latest = max(self.latest, recorded_at)

    def done(self) -> None:
        """Let the keyring say how many entries are from before its first key. Raises BadInput ``restore_key_used``."""
        ring = self.ring
        if self.signer is not None and ring is not None and not self.known and ring.unsigned < self.unsigned:
            self.signer.renew(self.latest, self.unsigned)

    def _refused(self) -> BadInput:
        place = str(self.signer.file.parent) if self.signer is not None else "keys"
        return BadInput("restore_keys", file=self.reader.file, line=self.reader.number, place=place)
