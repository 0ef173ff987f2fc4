"""Evidence as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlw_workflow.interfaces.wording.dates import day_words
from mlw_workflow.interfaces.wording.numbers import number_words

if TYPE_CHECKING:
    from mlw_workflow.domain.definition import Field


def value_words(asked_for: Field, value: Any, language: str) -> str:
    """What was recorded in a field, as text: options by their titles, days and numbers in words, a list by rows."""
    names = {option.id: option.title[language] for option in asked_for.options}
    match asked_for.type:
        case "date":
            return day_words(str(value), language)
        case "number" if isinstance(value, int | float) and not isinstance(value, bool):
            return number_words(value, language)
        case "file" if isinstance(value, dict):
            return str(value.get("name", ""))
        case "records" if isinstance(value, list):
            columns = {column.id: column for column in asked_for.fields}
            return "; ".join(
                ", ".join(value_words(columns[name], cell, language) for name, cell in row.items() if name in columns)
                for row in value
                if isinstance(row, dict)
            )
        case "choice" if isinstance(value, list):
            return ", ".join(names.get(str(item), str(item)) for item in value)
    return names.get(str(value), str(value))
