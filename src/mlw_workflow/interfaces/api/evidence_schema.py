"""What a step asks for as JSON Schema, so that a program can look at its evidence before it sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mlw_workflow.domain.definition import Field

    Options = Callable[[Field], tuple[str, ...]]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILE = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "size": {"type": "integer"},
    },
    "required": ["sha256"],
}


def of_fields(fields: Iterable[Field], options: Options, language: str) -> dict[str, Any]:
    """The schema of a step's evidence."""
    return {"$schema": DIALECT, **_object(tuple(fields), options, language)}


def _object(fields: tuple[Field, ...], options: Options, language: str) -> dict[str, Any]:
    needed = [field.id for field in fields if field.required and not field.default and not field.collects]
    return {
        "type": "object",
        "properties": {field.id: _field(field, options, language) for field in fields},
        "required": needed,
        "additionalProperties": False,
    }


def _field(field: Field, options: Options, language: str) -> dict[str, Any]:
    told = {"title": field.title[language], "description": field.help[language]}
    return {key: value for key, value in told.items() if value} | _kind(field, options, language)


def _kind(field: Field, options: Options, language: str) -> dict[str, Any]:
    bounds = (field.minimum, field.maximum)
    match field.type:
        case "text":
            return {"type": "string", **_bounds("Length", *bounds)}
        case "number":
            limits = {"minimum": field.minimum, "maximum": field.maximum}
            kept = {key: value for key, value in limits.items() if value is not None}
            return {"type": "integer" if field.integer else "number", **kept}
        case "date":
            return {"type": "string", "format": "date"}
        case "choice":
            known = list(options(field)) if field.among is not None else [option.id for option in field.options]
            one: dict[str, Any] = {"type": "string", "enum": known} if known else {"type": "string"}
            return {"type": "array", "items": one, **_bounds("Items", *bounds)} if field.many else one
        case "records":
            return {"type": "array", "items": _object(field.fields, options, language), **_bounds("Items", *bounds)}
        case "file":
            return dict(_FILE)
    return {}


def _bounds(what: str, least: float | None, most: float | None) -> dict[str, int]:
    found = {f"min{what}": least, f"max{what}": most}
    return {key: int(value) for key, value in found.items() if value is not None}
