"""Municipalities that are reminded otherwise: a file each in the office's `reminders` folder, named by pilot code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from mlw_workflow.services.policy import set_policy
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from pathlib import Path

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk

log = structlog.get_logger("mlw.reminders")


def apply_local_policies(desk: Desk, folder: Path) -> list[Pilot]:
    """Have each pilot reminded as its file says, and those without one as their programme; the pilots that changed.

    All files are read before anything is written. Raises DefinitionInvalid for the first that is wrong.
    """
    from mlw_workflow.definitions.local_reminders import local_policy

    with desk.database.read() as connection:
        pilots = repositories.pilots(connection)
    wanted = {}
    for pilot in pilots:
        file = folder / f"{pilot.code}.yaml"
        wanted[pilot.id] = local_policy(file, desk.programme(pilot.definition)) if file.is_file() else None
    changed = [pilot for pilot in pilots if set_policy(desk, pilot, wanted[pilot.id])]
    for pilot in changed:
        log.info("policy_set", pilot=pilot.code, own=wanted[pilot.id] is not None)
    return changed
