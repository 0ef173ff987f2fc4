"""One entry whole: what it says, the values beside it, what it rests on, its signature and its place in the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mlw_workflow.audit.read import EntryUnreadable, decode
from mlw_workflow.audit.seal import instant, leaf_hash
from mlw_workflow.audit.signatures import EntrySignatures
from mlw_workflow.domain.errors import BadInput, IntegrityBroken
from mlw_workflow.services.proofs import prove_entry
from mlw_workflow.services.read_evidence import Value, read_evidence
from mlw_workflow.storage import circle, repositories
from mlw_workflow.storage.entry_index import as_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.proofs import Proved
    from mlw_workflow.services.scope import Reader

Signed = Literal["holds", "broken", "none", "no_keys"]
"""Of a signature: it holds; it does not; there is none; or there are no keys here to check it with."""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """An entry with all that is known of it."""

    pilot: Pilot
    entry: Entry
    hash: bytes
    unchanged: bool
    """Whether the stored digest is that of the stored bytes."""
    last: int
    """The number of the log's last entry."""
    values: tuple[Value, ...]
    values_broken: bool
    """The values are not those that the entry commits to, so they are not shown."""
    undone_by: int
    """The correction that took it back; 0: none."""
    signed: Signed
    proof: Proved | None
    """None: no checkpoint covers the entry yet."""
    proof_broken: bool
    """The stored tree does not prove it."""
    names: Mapping[str, str]
    """People's names by id."""


def entry_page(desk: Desk, reader: Reader, pilot: Pilot, seq: int) -> EntryPage:
    """An entry by its number. Whoever sees its values stands in the access log before this returns.

    Raises BadInput ``entry_unknown``, AccessRefused, IntegrityBroken for bytes that are no entry.
    """
    with desk.database.read() as connection:
        head = repositories.head(connection, pilot.id)
        rows = repositories.signed_entries(connection, pilot.id, seq - 1) if 0 < seq < 1 << 31 else iter(())
        row = next(iter(rows), None)
        if row is None or row[0] != seq:
            raise BadInput("entry_unknown", pilot=pilot.municipality, seq=seq, last=head.seq if head else 0)
        digest, body, signature = as_bytes(row[1]), as_bytes(row[2]), row[3]
        try:
            entry = decode(body)
            undone_by = _undone_by(entry, (decode(as_bytes(later[2])) for later in rows))
        except EntryUnreadable as problem:
            raise IntegrityBroken(
                pilot=pilot.municipality, seq=seq, check="readable", problem=problem.problem
            ) from problem
        people = circle.people(connection, [name for name in (entry.actor, entry.person, entry.deputy) if name])
    values, broken = _values(desk, reader, pilot, entry)
    proof, unproved = _proof(desk, pilot, seq)
    return EntryPage(
        pilot,
        entry,
        digest,
        leaf_hash(body) == digest,
        head.seq if head else seq,
        values,
        broken,
        undone_by,
        _signed(desk, digest, entry, signature),
        proof,
        unproved,
        {one.id: one.name for one in people.values()},
    )


def _undone_by(entry: Entry, later: Iterable[Entry]) -> int:
    if entry.kind != "transition":
        return 0
    return next((one.seq for one in later if one.kind == "correction" and one.undoes == entry.seq), 0)


def _values(desk: Desk, reader: Reader, pilot: Pilot, entry: Entry) -> tuple[tuple[Value, ...], bool]:
    if not entry.evidence:
        return (), False
    try:
        return read_evidence(desk, reader, pilot, entry.seq).values, False
    except IntegrityBroken:
        return (), True


def _signed(desk: Desk, digest: bytes, entry: Entry, signature: object) -> Signed:
    if signature is None:
        return "none"
    ring = desk.signer.ring() if desk.signer is not None else None
    if ring is None:
        return "no_keys"
    return "holds" if EntrySignatures(ring).holds(digest, instant(entry.recorded_at), signature) else "broken"


def _proof(desk: Desk, pilot: Pilot, seq: int) -> tuple[Proved | None, bool]:
    try:
        return prove_entry(desk, pilot, seq), False
    except BadInput:
        return None, False
    except IntegrityBroken:
        return None, True
