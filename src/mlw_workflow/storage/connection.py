"""A connection in a transaction, the same to look at for both databases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
        return found

    def row(self, statement: str, *values: Any) -> Any:
        """The first row of an answer, or None."""
        return self.driver.execute(self.raw, statement, values).fetchone()

    def stream(self, statement: str, *values: Any) -> Iterator[Any]:
        """The rows of a large answer, without holding them all."""
        return self.driver.stream(self.raw, statement, values)

    def execute(self, statement: str, *values: Any) -> int:
        """Run a statement that writes; the number of rows it touched."""
        count: int = self.driver.execute(self.raw, statement, values).rowcount
        return count
