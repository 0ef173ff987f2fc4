"""A witness: a municipality that co-signs checkpoints, so that the agency alone cannot rewrite the record.

It needs no database, only its key and a file that remembers the last checkpoint it signed of each log. It signs what
continues that one and nothing else (c2sp.org/tlog-witness).
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from mlw_workflow.audit.keys import SigningKey, signed_by
from mlw_workflow.audit.merkle import ProofInvalid
from mlw_workflow.audit.note import COSIGNATURE, ED25519, Checkpoint, Note, NoteInvalid, VerifierKey
from mlw_workflow.audit.proof import Consistency, ProofMalformed
from mlw_workflow.domain.errors import BadInput, IntegrityBroken
from mlw_workflow.services.keystore import replace_file, write_secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mlw_workflow.audit.keyring import Keyring

FORMAT = "mlw-witness/1"
_STATE_MAX = 16 << 20


class Seen(msgspec.Struct, forbid_unknown_fields=True):
    """What a witness knows of a log."""

    keys: list[str]
    """The log's verifier keys, as the witness was told them."""
    note: str = ""
    """The last checkpoint it signed."""


class _State(msgspec.Struct, forbid_unknown_fields=True):
    format: str = FORMAT
    logs: dict[str, Seen] = {}


@dataclass(frozen=True, slots=True)
class Cosigned:
    """What a witness answers."""

    line: str
    origin: str
    size: int
    before: int
    """The size that it had signed before; 0: none."""


def new_witness_key(name: str, file: Path) -> VerifierKey:
    """Make a witness's key in a new file. Raises BadInput ``key_exists`` or ``key_name_invalid``."""
    try:
        key = SigningKey.new(name, COSIGNATURE)
    except NoteInvalid as problem:
        raise BadInput("key_name_invalid", name=name[:80], problem=problem.problem) from None
    try:
        write_secret(file, key.secret)
    except FileExistsError:
        raise BadInput("witness_key_exists", place=str(file)) from None
    return key.verifier


def cosign(
    request: str,
    key: SigningKey,
    state_file: Path,
    now: datetime,
    log_key: VerifierKey | None,
    keyring: Keyring | None = None,
) -> Cosigned:
    """Sign the checkpoint of a request if it continues the last one signed. What was signed is kept before it is told.

    ``log_key``: another key of the log, to be believed from now on; for a log's first checkpoint there must be one.
    ``keyring``: the log's, so that keys are believed which a known one vouched for. Raises BadInput
    ``witness_request_malformed``, ``witness_log_unknown``, ``witness_key_unknown``, ``witness_old_size`` (the request
    does not begin at the last checkpoint signed, or is older than that), ``witness_key_kind``,
    ``witness_state_broken``; IntegrityBroken ``witness_refused`` for what contradicts the checkpoint signed last, with
    the two kept beside the state as evidence.
    """
    if key.kind != COSIGNATURE:
        raise BadInput("witness_key_kind")
    try:
        asked = Consistency.parse(request)
        note = Note.parse(asked.note)
        checkpoint = Checkpoint.parse(note.text)
    except (ProofMalformed, NoteInvalid) as problem:
        raise BadInput("witness_request_malformed", problem=problem.problem) from problem
    with _locked(state_file):
        state = _read_state(state_file)
        seen = state.logs.setdefault(checkpoint.origin, Seen([]))
        if log_key is not None and log_key.text not in seen.keys:
            if log_key.name != checkpoint.origin or log_key.kind != ED25519:
                raise BadInput("witness_other_log", origin=checkpoint.origin, key=log_key.name)
            seen.keys.append(log_key.text)
        if not seen.keys:
            raise BadInput("witness_log_unknown", origin=checkpoint.origin)
        if keyring is not None:
            _follow(seen, keyring, checkpoint.origin)
        _signed(note, checkpoint.origin, tuple(VerifierKey.parse(text) for text in seen.keys))
        last = _last(seen, state_file)
        _continues(asked, checkpoint, last, state_file, seen.note)
        seen.note = str(note)
        time = int(now.timestamp())
        signature = key.cosign(note.text, time)
        replace_file(state_file, msgspec.json.format(msgspec.json.encode(state), indent=2) + b"\n")
    return Cosigned(signature.line, checkpoint.origin, checkpoint.size, last.size if last else 0)


def _follow(seen: Seen, ring: Keyring, origin: str) -> None:
    """Believe the keys that came after a known one: in a ring that holds together each is vouched for by the last."""
    if ring.origin != origin:
        raise BadInput("witness_other_log", origin=origin, key=ring.origin)
    texts = [key.text for key in ring.verifiers]
    known = [number for number, text in enumerate(texts) if text in seen.keys]
    if not known:
        raise BadInput("witness_keyring_unknown", origin=origin)
    seen.keys.extend(text for text in texts[known[0] :] if text not in seen.keys)


def _signed(note: Note, origin: str, keys: tuple[VerifierKey, ...]) -> None:
    """The log signed with a key that is known. Where it did not, nobody is to blame yet: there may be a new key."""
    if any(signed_by(note, key) for key in keys):
        return
    if any(line.is_by(key) for line in note.signatures for key in keys):
        raise BadInput("witness_request_malformed", problem="signature")
    raise BadInput("witness_key_unknown", origin=origin)


def _continues(
    asked: Consistency, checkpoint: Checkpoint, last: Checkpoint | None, state_file: Path, kept: str
) -> None:
    """Whether the checkpoint continues the last one signed; the very same may be signed again, if a mail was lost.

    A smaller one contradicts nothing: it may be an old request that was long on its way.
    """
    size = last.size if last else 0
    if last is not None and checkpoint.size == size:
        if checkpoint.root == last.root:
            return
        raise _refused("witness_forked", asked, checkpoint, state_file, kept, seen=size)
    if asked.old > checkpoint.size:
        raise BadInput("witness_request_malformed", problem="old_size")
    if asked.old != size or checkpoint.size < size:
        raise BadInput("witness_old_size", old=asked.old, size=size)
    if last is not None:
        try:
            asked.check(last.root)
        except ProofInvalid:
            raise _refused("witness_inconsistent", asked, checkpoint, state_file, kept, seen=size) from None
    elif asked.path:
        raise BadInput("witness_request_malformed", problem="proof_from_nothing")


def _refused(
    check: str, asked: Consistency, checkpoint: Checkpoint, state_file: Path, kept: str, *, seen: int
) -> IntegrityBroken:
    """What no witness may sign. Both checkpoints bear the log's signature, so they are evidence; they are kept."""
    evidence = state_file.with_name(f"{state_file.name}.conflict-{checkpoint.size}")
    replace_file(evidence, f"{kept}\n{asked.text}".encode())
    facts = {"size": checkpoint.size, "seen": seen, "evidence": str(evidence)}
    return IntegrityBroken("witness_refused", check=check, seq=0, pilot="", **facts)


def _last(seen: Seen, state_file: Path) -> Checkpoint | None:
    if not seen.note:
        return None
    try:
        return Checkpoint.parse(Note.parse(seen.note).text)
    except NoteInvalid as problem:
        raise BadInput("witness_state_broken", place=str(state_file), problem=problem.problem) from problem


def _read_state(file: Path) -> _State:
    try:
        with file.open("rb") as stream:
            state = msgspec.json.decode(stream.read(_STATE_MAX), type=_State)
        for seen in state.logs.values():
            for key in seen.keys:
                VerifierKey.parse(key)
    except FileNotFoundError:
        return _State(logs={})
    except (msgspec.MsgspecError, UnicodeDecodeError, NoteInvalid) as problem:
        raise BadInput("witness_state_broken", place=str(file), problem="form") from problem
    if state.format != FORMAT:
        raise BadInput("witness_state_broken", place=str(file), problem="form")
    return state


@contextmanager
def _locked(state_file: Path) -> Iterator[None]:
    """One who signs at a time: what was signed last is read, compared and replaced as a whole."""
    if os.name != "posix":  # a desk with one person at it
        yield
        return
    import fcntl

    with state_file.with_name(f".{state_file.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
