"""How the record is proved to others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlw_workflow.settings.layers import Layers


@dataclass(frozen=True)
class AuditSettings:
    """How the record is proved to others."""

    origin: str = ""
    """The name that a new log gets; empty: one that no other log has."""
    key_file: str = ""
    signing_key: str = field(default="", repr=False)
    witnesses: tuple[str, ...] = ()
    quorum: int = 0
    quorum_days: int = 7
    """Under checkpoints younger than that nobody asks for witnesses yet."""
    recipients: tuple[str, ...] = ()
    timestamp_url: str = ""
    timestamp_ca_file: str = ""


def audit_settings(found: Layers, signing_key: str) -> AuditSettings:
    """As the settings say it; the key itself comes from the environment. Raises BadInput for a quorum out of reach."""
    witnesses = found.lines("audit.witnesses")
    quorum = found.values["audit.quorum"]
    if not 0 <= quorum <= len(witnesses):
        raise found.invalid("audit.quorum", quorum, f"0–{len(witnesses)}")
    return AuditSettings(
        origin=found.text("audit.origin"),
        key_file=found.text("audit.key_file"),
        signing_key=signing_key.strip(),
        witnesses=witnesses,
        quorum=quorum,
        quorum_days=found.size("audit.quorum_days"),
        recipients=found.lines("audit.recipients"),
        timestamp_url=found.text("audit.timestamp_url"),
        timestamp_ca_file=found.text("audit.timestamp_ca_file"),
    )
