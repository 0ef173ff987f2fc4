"""The access log of a pack: who was let look, and who looked. It is checked as a pilot's log is, and not decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.audit import pack_format as form
from mlw_workflow.audit.access import verify_access_chain
from mlw_workflow.audit.pack_pilot import PilotCheck
from mlw_workflow.domain.access import ACCESS_LOG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.audit.pack_reader import PackReader
    from mlw_workflow.audit.verify import Verdict


@dataclass(slots=True)
class AccessCheck(PilotCheck):
    """Checks the access log. It has no evidence, and nothing in it is a decision."""

    @classmethod
    def of(cls, pack: PackReader) -> AccessCheck | None:
        """None where the pack says that it is not in it."""
        said = pack.manifest.access
        return None if said is None else cls(pack, form.PackedPilot(ACCESS_LOG, "", "", "", said.entries, said.head))

    @property
    def prefix(self) -> str:
        """What the names of its members begin with."""
        return form.ACCESS

    @property
    def members(self) -> tuple[str, ...]:
        """What must be there."""
        return form.ENTRIES_OF_ACCESS, form.SIGNATURES_OF_ACCESS

    def verified(self, rows: Iterator[tuple[int, bytes, bytes]]) -> Verdict:
        """The chain, the form of each entry's bytes, and that this program knows all that is in it."""
        return verify_access_chain(rows, self.head(), deep=True)
