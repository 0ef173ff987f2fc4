"""Which municipalities show a public page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.storage.mapping import instant_of

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.storage.connection import Connection

SINCE = "SELECT since FROM public_page WHERE pilot_id = ?"
PILOT = "SELECT p.id FROM public_page s JOIN pilot p ON p.id = s.pilot_id WHERE p.code = ?"
SHOW = "INSERT INTO public_page (pilot_id, person_id, since) VALUES (?, ?, ?) ON CONFLICT (pilot_id) DO NOTHING"
HIDE = "DELETE FROM public_page WHERE pilot_id = ?"


def shown_since(connection: Connection, pilot_id: str) -> datetime | None:
    """Since when a pilot has a public page; None: it has none."""
    row = connection.row(SINCE, pilot_id)
    return None if row is None else instant_of(row[0])


def shown_pilot(connection: Connection, code: str) -> str | None:
    """The id of the pilot with a public page and that code; None: there is no such page."""
    row = connection.row(PILOT, code)
    return None if row is None else str(row[0])


def show(connection: Connection, pilot_id: str, person_id: str, at: datetime) -> None:
    """Switch a page on; one that is on stays as it is."""
    connection.execute(SHOW, pilot_id, person_id, connection.driver.instant(at))


def hide(connection: Connection, pilot_id: str) -> None:
    """Switch a page off."""
    connection.execute(HIDE, pilot_id)
