"""What became of a thing that waited for acceptance, in words; and what keeps somebody from accepting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.wording.errors.access import ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN, UNREAD = ERRORS["acceptance_own"], ERRORS["acceptance_unread"]
MOVED = Text(
    "Nic nie zapisano: w tym zadaniu coś się tymczasem zmieniło albo już na nic nie czeka.",
    "Nothing was recorded: something has changed in this task meanwhile, or it waits no longer.",
)
DONE = Text("Zapisano.", "Recorded.")
DONE_BEFORE = Text("Było już zapisane wcześniej, jeden raz.", "This was recorded before, once.")
WOULD_BE_DONE = Text("Zostanie zaakceptowane.", "Will be accepted.")
FORESEEN: Mapping[str, Text] = {
    "done": WOULD_BE_DONE,
    "done_before": DONE_BEFORE,
    "own": OWN,
    "unread": UNREAD,
    "moved": MOVED,
}
BECAME: Mapping[str, Text] = {**FORESEEN, "done": DONE}
