"""What may have been meant by a name that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

CLOSEST = Text("Czy chodziło o: {choices}?", "Did you mean: {choices}?")
CHOICES = Text("Do wyboru: {choices}.", "Choose one of: {choices}.")
LISTING: Mapping[str, Text] = {
    "unknown_machine": Text("Listę zadań pokaże: mlw status {pilot}.", "To see its tasks: mlw status {pilot}."),
    "unknown_programme_machine": Text(
        "Listę zadań pokaże: mlw workflow show {programme}.", "To see its tasks: mlw workflow show {programme}."
    ),
    "unknown_pilot": Text("Listę pokaże: mlw pilot list.", "To see them: mlw pilot list."),
    "unknown_person": Text("Listę osób pokaże: mlw person list.", "To see the people: mlw person list."),
}
"""Where to look when nothing comes close."""
