"""Checking the record of many pilots, as ``audit verify`` does, and what is known of the newest checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.audit.note import Checkpoint, Note, NoteInvalid, VerifierKey
from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.services import audit
from mlw_workflow.services.checkpoint import read_signed
from mlw_workflow.services.verify_tree import Record
from mlw_workflow.storage import repositories, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Literal

    from mlw_workflow.audit.keyring import Keyring
    from mlw_workflow.audit.verify import Failure
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk

SHOWN = 20
"""Checkpoints of one page."""
_PAST_ALL = 1 << 53


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the record beside its own proofs."""

    witnesses: tuple[VerifierKey, ...] = ()
    roots: bytes = b""
    quorum: int = 0
    quorum_days: int = 0


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that does not hold."""

    place: str
    """A municipality, the access log, or empty for the database itself."""
    failure: Failure


@dataclass(frozen=True, slots=True)
class RecordChecked:
    """The answer."""

    at: datetime
    pilots: int
    entries: int
    erased: int
    """Values that were erased, so that no more can be told of them."""
    broken: tuple[Broken, ...]
    """What does not hold, in the order in which it was found."""
    whole: bool
    """All logs were checked, so nothing can be missing between them."""
    signed: int | None
    """How many entries the last checkpoint covers; None: there is no key, so signatures were not checked."""
    outside: bool
    """Whether the signer remembers a checkpoint outside the database."""

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.broken


def check_record(
    desk: Desk, pilots: tuple[Pilot, ...], asked: Asked, progress: Callable[[int, int], None]
) -> RecordChecked:
    """Check these pilots' logs; where they are all there are, also the tree over them and the access log.

    ``progress`` is told how many of how many logs are done. What fails is an answer, not an error.
    """
    with desk.database.read() as connection:
        every = {pilot.id: pilot.municipality for pilot in repositories.pilots(connection)}
    whole = every.keys() == {pilot.id for pilot in pilots}
    names = {**every, desk.database.place: "", ACCESS_LOG: ACCESS_LOG}
    found: list[Broken] = []
    entries = erased = 0
    given = {"quorum": asked.quorum, "quorum_days": asked.quorum_days}
    with Record(desk, whole=whole, witnesses=asked.witnesses, roots=asked.roots, **given) as record:
        for number, pilot in enumerate(pilots):
            progress(number, len(pilots))
            checked = audit.verify(desk, pilot, record=record)
            entries += checked.entries
            erased += checked.erased
            if checked.first_failure is not None:
                found.append(Broken(pilot.municipality, checked.first_failure))
        around = list(record.failures)
        if whole:
            around += audit.surroundings(desk, record=record)
        around += record.counted() if whole else []
        found += [Broken(names.get(place, place), failure) for place, failure in around]
        signed = None if record.ring is None else record.size
        outside = record.outside
    progress(len(pilots), len(pilots))
    return RecordChecked(desk.clock.now(), len(pilots), entries, erased, tuple(found), whole, signed, outside)


# Checkpoints


@dataclass(frozen=True, slots=True)
class CheckpointSeen:
    """A checkpoint as a page shows it."""

    size: int
    root: bytes
    """Empty where the note is none."""
    made_at: datetime
    signed: Literal["holds", "broken", "no_keys"]
    witnesses: tuple[tuple[str, datetime], ...]
    """Name of each witness that signed it, and when that came in."""
    authorities: tuple[tuple[str, datetime], ...]
    """The same of time-stamping authorities."""


def checkpoints(desk: Desk, below: int = _PAST_ALL) -> tuple[CheckpointSeen, ...]:
    """The newest checkpoints, those from ``below`` on left out, the newest first."""
    ring = desk.signer.ring() if desk.signer is not None else None
    with desk.database.read() as connection:
        found = tree.newest_checkpoints(connection, below, SHOWN)
        if not found:
            return ()
        vouched = tree.vouched(connection, found[-1].size, found[0].size + 1)
    return tuple(_seen(stored, ring, vouched.get(stored.size, [])) for stored in found)


def note_of(desk: Desk, size: int) -> str | None:
    """A checkpoint with all that witnesses signed under it, as it is given away; None: there is no such."""
    with desk.database.read() as connection:
        stored = tree.checkpoint(connection, size)
        if stored is None:
            return None
        try:
            return str(tree.cosigned(connection, stored))
        except NoteInvalid:
            return stored.note


def _seen(
    stored: tree.StoredCheckpoint, ring: Keyring | None, vouched: list[tuple[str, str, datetime]]
) -> CheckpointSeen:
    try:
        root = Checkpoint.parse(Note.parse(stored.note).text).root
    except NoteInvalid:
        root = b""
    signed: Literal["holds", "broken", "no_keys"] = "no_keys"
    if ring is not None:
        signed = "broken" if isinstance(read_signed(stored.note, ring), str) else "holds"
    return CheckpointSeen(
        stored.size,
        root,
        stored.made_at,
        signed,
        tuple((name.partition("+")[0], at) for kind, name, at in vouched if kind == "witness"),
        tuple((name, at) for kind, name, at in vouched if kind == "authority"),
    )
