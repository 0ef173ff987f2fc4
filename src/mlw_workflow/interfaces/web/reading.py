"""Auditors look on the record: what a page shows them is written down before it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.services import scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.scope import Reader


def reader_of(visit: Visit) -> Reader:
    """Who looks, as services that write readings down know them."""
    return scope.reader_of(visit.office.desk, visit.person.person.id)


def note_reading(visit: Visit, what: str, pilots: Iterable[Pilot], *, every: bool = False) -> None:
    """Write down that an auditor looks at these pilots (``every``: at all in reach); nothing for people in roles."""
    scope.log_reading(visit.office.desk, reader_of(visit), what, pilots, every=every)
