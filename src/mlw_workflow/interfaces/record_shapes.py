"""The shapes of answers about the record and its proofs: exactly what docs/reference/json.md promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.seal import instant

if TYPE_CHECKING:
    from mlw_workflow.services.access import Shown
    from mlw_workflow.services.checkpoint import Made
    from mlw_workflow.services.proofs import Continued

Json = dict[str, Any]


def consistency(of: Continued) -> Json:
    """That a checkpoint continues an earlier one."""
    return {
        "old": of.proof.old,
        "new": of.size,
        "proof": [step.hex() for step in of.proof.path],
        "old_checkpoint": of.old_note,
        "new_checkpoint": of.proof.note,
    }


def checkpoint(of: Made) -> Json:
    """A checkpoint that was just made."""
    return {"size": of.size, "added": of.added, "new": of.fresh, "note": of.note}


def access(line: Shown) -> Json:
    """A line of the access log; what it does not say is null."""
    entry = line.entry
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "at": instant(entry.recorded_at),
        "person": entry.person,
        "what": entry.what or None,
        "programme": entry.programme or None,
        "pilot": entry.pilot or None,
        "entry": entry.entry or None,
        "field": entry.field or None,
        "about": entry.about or None,
        "since": entry.since.isoformat() if entry.since else None,
        "until": entry.until.isoformat() if entry.until else None,
        "hash": line.hash.hex(),
        "prev": entry.prev,
    }
