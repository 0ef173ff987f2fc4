"""A connection in a transaction, the same to look at for both databases.

Every row of the record is looked at (see ``form``) before it is handed on: reading raises ``StoredForm``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.storage.form import StoredForm, checked, form_of, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.storage.driver import Bulk, Driver


@dataclass(frozen=True, slots=True)
class Connection:
    """What the queries in ``repositories`` are given. ``raw`` is the driver's own connection."""

    driver: Driver
    raw: Any

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """All rows of an answer."""
        try:
            found: list[Any] = self.driver.execute(self.raw, statement, values).fetchall()
        except self.driver.errors as error:
            raise self._placed(error, statement) from error
        form = form_of(statement)
        return found if form is None else [checked(form, row) for row in found]

    def rows_of(self, statements: Bulk, keys: list[tuple[Any, ...]]) -> list[Any]:
        """The answers to one query for many keys; those of one key in the query's order."""
        try:
            return self.driver.read_many(self.raw, statements, keys) if keys else []
        except self.driver.errors as error:
            raise self._placed(error, statements.each) from error

    def row(self, statement: str, *values: Any) -> Any:
        """The first row of an answer, or None."""
        try:
            found = self.driver.execute(self.raw, statement, values).fetchone()
        except self.driver.errors as error:
            raise self._placed(error, statement) from error
        form = None if found is None else form_of(statement)
        return found if form is None else checked(form, found)

    def stream(self, statement: str, *values: Any) -> Iterator[Any]:
        """The rows of a large answer, without holding them all."""
        found, form = self._streamed(statement, values), form_of(statement)
        return found if form is None else (checked(form, row) for row in found)

    def stream_log(self, statement: str, log: str, after: int) -> Iterator[Any]:
        """The rows of a log behind an entry, without holding them all; each row begins with its number."""
        try:
            yield from self.driver.stream_log(self.raw, statement, log, after)
        except self.driver.errors as error:
            raise self._placed(error, statement) from error

    def _streamed(self, statement: str, values: tuple[Any, ...]) -> Iterator[Any]:
        try:
            yield from self.driver.stream(self.raw, statement, values)
        except self.driver.errors as error:
            raise self._placed(error, statement) from error

    def _placed(self, error: Exception, statement: str) -> Exception:
        """The error, with its table where it is a text that cannot be read: the driver knows only the column."""
        found = self.driver.translated(error)
        if not isinstance(found, StoredForm) or found.facts.get("table"):
            return error
        column = str(found.facts["column"])
        return StoredForm(table=table_of(statement, column), column=column)

    def execute(self, statement: str, *values: Any) -> int:
        """Run a statement that writes; the number of rows it touched."""
        count: int = self.driver.execute(self.raw, statement, values).rowcount
        return count
