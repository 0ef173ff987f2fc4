"""Where a pilot stands: now, on a day in the past, or as it was known at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from mlw_workflow.audit.read import decode
from mlw_workflow.domain.ledger import fold
from mlw_workflow.domain.pilot import Standing, roster
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot, Position
    from mlw_workflow.services.desk import Desk


@dataclass(frozen=True, slots=True)
class AsOf:
    """Which standing is meant."""

    day: date
    """What had happened by the end of this local day."""
    known_at: datetime | None = None
    """What had been recorded by this instant (UTC); None: all that is recorded."""


def standing_of(desk: Desk, pilot: Pilot, as_of: AsOf) -> Standing:
    """Where the pilot stood. What is recorded now comes from the projection, what was known earlier from the ledger."""
    programme = desk.programme(pilot.definition)
    with desk.database.read() as connection:
        if as_of.known_at is None:
            moved: Mapping[str, Position] = repositories.positions(connection, pilot.id)
        else:
            known_at = as_of.known_at
            entries = (decode(body) for _, _, body in repositories.entries(connection, pilot.id))
            initial = {name: i.workflow.initial for name, i in roster(programme, pilot.start, pilot.end).items()}
            moved = fold(initial, takewhile(lambda entry: entry.recorded_at <= known_at, entries))
    cut = {machine: position.by(as_of.day) for machine, position in moved.items()}
    return Standing(pilot, programme, {machine: position for machine, position in cut.items() if position.steps})


def history(desk: Desk, pilot: Pilot) -> list[tuple[Entry, bytes]]:
    """Every entry of the pilot's log with its hash, oldest first."""
    with desk.database.read() as connection:
        return [(decode(body), hash_) for _, hash_, body in repositories.entries(connection, pilot.id)]
