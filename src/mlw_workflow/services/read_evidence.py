"""Reading the values that an entry commits to: written down first, compared with their commitments, then shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.read import decode
from mlw_workflow.audit.seal import SALT_SIZE, commitment
from mlw_workflow.domain.errors import BadInput, IntegrityBroken
from mlw_workflow.services import access, scope
from mlw_workflow.storage import repositories
from mlw_workflow.storage import statements as sql
from mlw_workflow.storage.mapping import instant_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.scope import Reader
    from mlw_workflow.storage.connection import Connection

FILE_KEYS = frozenset({"name", "sha256", "size"})
"""What a reference to a copied file holds."""


@dataclass(frozen=True, slots=True)
class Value:
    """One field of an entry's evidence. Erased: ``value`` is None and ``erased_at`` says since when."""

    field: str
    value: Any
    erased_at: datetime | None

    @property
    def files(self) -> tuple[dict[str, Any], ...]:
        """The files that the value refers to, in lists too."""
        return tuple(files_in(self.value))


@dataclass(frozen=True, slots=True)
class EvidenceRead:
    """An entry's evidence as far as it was asked for."""

    entry: Entry
    values: tuple[Value, ...]


def read_evidence(desk: Desk, reader: Reader, pilot: Pilot, seq: int, field: str = "") -> EvidenceRead:
    """The evidence of an entry, or one field of it. That it was read stands in the access log before this returns.

    Raises AccessRefused; BadInput ``entry_unknown`` (facts: last) and ``evidence_field_unknown`` (facts: known);
    IntegrityBroken for a value that is not the one committed to, which nobody is shown.
    """
    scope.may_read(desk, reader, pilot)
    with desk.database.read() as connection:
        entry = entry_of(connection, pilot, seq)
        fields = sorted(entry.evidence)
        if field and field not in entry.evidence:
            raise BadInput("evidence_field_unknown", pilot=pilot.municipality, seq=seq, field=field[:80], known=fields)
        values = tuple(values_of(connection, pilot, entry, field))
    log = access.reading(
        desk, reader.id, access.EVIDENCE, programme=pilot.programme, pilot=pilot.id, entry=seq, field=field
    )
    access.log_reading(desk, log)
    return EvidenceRead(entry, values)


def entry_of(connection: Connection, pilot: Pilot, seq: int) -> Entry:
    """An entry by its number. Raises BadInput ``entry_unknown``."""
    row = connection.row(sql.ENTRY, pilot.id, seq) if 0 < seq < 1 << 31 else None
    if row is None:
        head = repositories.head(connection, pilot.id)
        raise BadInput("entry_unknown", pilot=pilot.municipality, seq=seq, last=head.seq if head else 0)
    return decode(bytes(row[2]))


def values_of(connection: Connection, pilot: Pilot, entry: Entry, field: str = "") -> Iterator[Value]:
    """The values of an entry, each compared with its commitment. Raises IntegrityBroken."""
    stored = {row[0]: row[1:] for row in connection.rows(sql.EVIDENCE_OF_ENTRY_WHOLE, pilot.id, entry.seq)}
    for name in sorted(entry.evidence):
        if field not in ("", name):
            continue
        if name not in stored:
            raise _broken(pilot, "evidence_missing", entry.seq, name)
        salt, value, erased_at = stored[name]
        if value is None:
            yield Value(name, None, instant_or_none(erased_at))
        elif len(salt) != SALT_SIZE or commitment(name, bytes(salt), bytes(value)) != entry.evidence[name]:
            raise _broken(pilot, "evidence", entry.seq, name)
        else:
            yield Value(name, json.loads(bytes(value)), None)


def files_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every reference to a copied file within a value."""
    if isinstance(value, dict):
        if value.keys() == FILE_KEYS:
            yield value
        else:
            for member in value.values():
                yield from files_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from files_in(member)


def _broken(pilot: Pilot, check: str, seq: int, field: str) -> IntegrityBroken:
    return IntegrityBroken(check=check, seq=seq, pilot=pilot.municipality, field=field)
