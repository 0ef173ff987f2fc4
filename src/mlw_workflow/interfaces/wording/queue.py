"""What became of a thing that waited for acceptance, in words; and what keeps somebody from accepting it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN = Text(
    "Wcześniejszy krok tego zadania zapisano z tego konta. Zaakceptować je musi inna osoba.",
    "An earlier step of this task was recorded by you. Somebody else must accept it.",
)
UNREAD = Text(
    "Przed akceptacją trzeba zapoznać się z danymi: wystarczy otworzyć zadanie.",
    "Look at the evidence before you accept: opening the task is enough.",
)
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
