"""Which HTTP status an error of ours is told with: the same on pages and in the API."""

from __future__ import annotations

from mlw_workflow.domain.errors import (
    AccessRefused,
    BadInput,
    ClockBackwards,
    IntegrityBroken,
    StorageUnavailable,
    UnknownMachine,
    UnknownPilot,
    UnknownTrigger,
    WorkflowError,
)
from mlw_workflow.services.evidence_file import FileGone

BY_CODE = {
    "acceptance_own": 409,
    "acceptance_unread": 409,
    "account_unknown": 404,
    "checkpoint_none": 404,
    "checkpoint_unknown": 404,
    "deadline_acknowledged": 409,
    "deadline_not_open": 409,
    "deadline_unknown": 404,
    "deputy_circle": 409,
    "deputy_twice": 409,
    "deputy_unknown": 404,
    "entry_not_sequenced": 409,
    "entry_unknown": 404,
    "evidence_field_unknown": 404,
    "file_too_large": 413,
    "finding_closed": 409,
    "finding_not_there": 409,
    "idempotency_in_progress": 409,
    "idempotency_mismatch": 422,
    "login_throttled": 429,
    "membership_unknown": 409,
    "person_exists": 409,
    "token_refused": 401,
    "token_unknown": 404,
    "upload_quota": 429,
    "webhook_unknown": 404,
}
BY_KIND: tuple[tuple[type[WorkflowError], int], ...] = (
    (UnknownPilot, 404),
    (UnknownMachine, 404),
    (UnknownTrigger, 404),
    (AccessRefused, 403),
    (FileGone, 410),
    (BadInput, 400),
    (StorageUnavailable, 503),
    (ClockBackwards, 503),
    (IntegrityBroken, 500),
)


def status_of(error: WorkflowError) -> int:
    """The status; 500 for what has none."""
    return BY_CODE.get(error.code) or next((status for kind, status in BY_KIND if isinstance(error, kind)), 500)
