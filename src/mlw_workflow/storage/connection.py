"""A connection in a transaction, the same to look at for both databases.

Every row of the record is looked at (see ``form``) before it is handed on: reading raises ``StoredForm``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.storage.form import checked, form_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.storage.driver import Driver


@dataclass(frozen=True, slots=True)
class Connection:
    """What the queries in ``repositories`` are given. ``raw`` is the driver's own connection."""

    driver: Driver
    raw: Any

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """All rows of an answer."""
        found: list[Any] = self.driver.execute(self.raw, statement, values).fetchall()
        form = form_of(statement)
        return found if form is None else [checked(form, row) for row in found]

    def row(self, statement: str, *values: Any) -> Any:
        """The first row of an answer, or None."""
        found = self.driver.execute(self.raw, statement, values).fetchone()
        form = None if found is None else form_of(statement)
        return found if form is None else checked(form, found)

    def stream(self, statement: str, *values: Any) -> Iterator[Any]:
        """The rows of a large answer, without holding them all."""
        found, form = self.driver.stream(self.raw, statement, values), form_of(statement)
        return found if form is None else (checked(form, row) for row in found)

    def execute(self, statement: str, *values: Any) -> int:
        """Run a statement that writes; the number of rows it touched."""
        count: int = self.driver.execute(self.raw, statement, values).rowcount
        return count
