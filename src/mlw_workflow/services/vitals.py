"""A few numbers that tell whether an office's panel does its work, each quick to be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.services.doctor import doctor
from mlw_workflow.storage import heartbeat, outbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.doctor import Health


@dataclass(frozen=True, slots=True)
class Vitals:
    """How things stand."""

    health: Health
    entries: int
    """Of all pilots' logs."""
    mails: Mapping[str, int]
    """By status: ``waiting``, ``leased``, ``sent``, ``dead``, ``in_doubt``."""


def vitals(desk: Desk) -> Vitals:
    """The numbers now. Raises StorageUnavailable."""
    health = doctor(desk)
    with desk.database.read() as connection:
        return Vitals(health, heartbeat.entry_count(connection), outbox.counts(connection))
