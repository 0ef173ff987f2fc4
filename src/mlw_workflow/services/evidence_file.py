"""A file of an entry's evidence, for whoever may see the pilot. Who looks is written down first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import IntegrityBroken, WorkflowError
from mlw_workflow.services import scope
from mlw_workflow.services.file_kinds import fitting_name, kind_of
from mlw_workflow.services.read_evidence import entry_of, read_evidence, values_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.scope import Reader

_CHUNK = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
UNKNOWN_TYPE = "application/octet-stream"


class FileGone(WorkflowError):
    """A file of the record cannot be given. Facts: day for ``file_erased``, file for ``file_missing``."""

    code = "file_missing"


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file, and as what it is given away."""

    path: Path
    name: str
    """As its owner called it, with an ending that says what it is."""
    media_type: str


def evidence_file(desk: Desk, reader: Reader, pilot: Pilot, seq: int, digest: str, folder: Path) -> EvidenceFile | None:
    """The file with that SHA-256 among the evidence of an entry; None where there is none.

    That it was read stands in the access log before this returns. Raises FileGone ``file_erased`` and ``file_missing``;
    AccessRefused; BadInput ``entry_unknown``; IntegrityBroken for one that is not the one recorded.
    """
    scope.may_read(desk, reader, pilot)
    with desk.database.read() as connection:
        values = list(values_of(connection, pilot, entry_of(connection, pilot, seq)))
    if not _DIGEST.fullmatch(digest):
        return None
    field, name = next(
        ((value.field, str(file["name"])) for value in values for file in value.files if file["sha256"] == digest),
        ("", ""),
    )
    if not field:
        erased: datetime | None = min((value.erased_at for value in values if value.erased_at), default=None)
        if erased is not None:
            raise FileGone("file_erased", day=erased.date())
        return None
    read_evidence(desk, reader, pilot, seq, field)
    path = folder / digest[:2] / digest
    try:
        with path.open("rb") as stream:
            kind, found = kind_of(stream), sha256()
            while chunk := stream.read(_CHUNK):
                found.update(chunk)
    except OSError:
        raise FileGone(file=name) from None
    if found.hexdigest() != digest:
        raise IntegrityBroken(check="file", seq=seq, pilot=pilot.municipality, field=field)
    return EvidenceFile(path, fitting_name(name, kind), kind.media_type if kind else UNKNOWN_TYPE)
