"""Errors of the database as pages and the API say them: without places on a disk, which help only whoever runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import StorageUnavailable
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.problems import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.errors import WorkflowError

STORAGE: Mapping[str, Text] = {
    "storage_read_only": Text(
        "Do bazy danych nie można teraz zapisywać, można tylko czytać. Niczego nie zapisano.",
        "The database can only be read at the moment. Nothing was recorded.",
    ),
    "storage_full": Text(
        "Na dysku serwera zabrakło miejsca. Niczego nie zapisano.",
        "The server's disk is full. Nothing was recorded.",
    ),
    "storage_busy": Text(
        "Ktoś inny właśnie zapisuje. Niczego nie zapisano; proszę spróbować za chwilę.",
        "Somebody else is recording at this moment. Nothing was recorded; try again in a moment.",
    ),
}
LOOKING = Text(
    "Kto otwiera tę stronę, musi zostać zapisany, a do bazy danych nie można teraz zapisywać. Inne strony są dostępne.",
    "Who opens this page has to be written down, and the database can only be read now. Other pages are there.",
)
AWAY = Text("Baza danych jest teraz niedostępna.", "The database cannot be reached at the moment.")


def page_sentence(error: WorkflowError, language: str, *, looking: bool = False) -> str:
    """What is wrong, for somebody in an office; ``looking``: they sent nothing."""
    if isinstance(error, StorageUnavailable):
        if looking and error.code == "storage_read_only":
            return LOOKING[language]
        return STORAGE.get(error.code, AWAY)[language]
    return sentence(error, language)
