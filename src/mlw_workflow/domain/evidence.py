"""Typed evidence: turn what somebody gave into normal values, and say everything that is missing or wrong."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.decision import Attempt, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlw_workflow.domain.definition import Field

TEXT_MAX = 10_000
"""Characters in one text, unless the field says otherwise."""
RECORDS_MAX = 2_000
"""Rows in one list of records."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FILE_KEYS = frozenset({"name", "sha256", "size", "media_type"})


def check_evidence(fields: tuple[Field, ...], attempt: Attempt) -> tuple[Mapping[str, Any], tuple[Reason, ...]]:
    """Check the attempt's evidence against the fields a rule asks for.

    Returns the normalised values (dates as ISO strings, numbers as numbers, records as lists of mappings) and the
    reasons, each naming the field and, within a list, the row (counted from 1) and column.
    """
    checker = _Checker(attempt)
    values = checker.mapping(fields, attempt.evidence, "")
    return values, tuple(checker.reasons)


class _Checker:
    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.reasons: list[Reason] = []

    def refuse(self, code: str, place: str, **facts: str | int) -> None:
        self.reasons.append(
            Reason(code, self.attempt.machine, field=place, who=self.attempt.actor.roles, facts=tuple(facts.items()))
        )

    def mapping(self, fields: Iterable[Field], given: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        known = set()
        for field in fields:
            known.add(field.id)
            value = given.get(field.id)
            if _empty(value) and field.default == "occurred_on":
                value = self.attempt.occurred_on
            place = f"{prefix}{field.id}"
            if _empty(value):
                if field.required:
                    self.refuse("evidence_missing", place)
                continue
            before = len(self.reasons)
            normal = self.value(field, value, place)
            if len(self.reasons) == before:
                values[field.id] = normal
        for key in given:
            if key not in known and not _empty(given[key]):
                self.refuse("evidence_unknown_field", f"{prefix}{key}"[:200])
        return values

    def value(self, field: Field, value: Any, place: str) -> Any:
        match field.type:
            case "text":
                return self.text(field, value, place)
            case "date":
                return self.day(value, place)
            case "number":
                return self.number(field, value, place)
            case "choice":
                return self.choice(field, value, place)
            case "records":
                return self.records(field, value, place)
            case "file":
                return self.file(value, place)

    def text(self, field: Field, value: Any, place: str) -> str | None:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return self.refuse("evidence_not_text", place)
        text = str(value).strip()
        longest = int(field.maximum or TEXT_MAX)
        if len(text) > longest:
            return self.refuse("evidence_too_long", place, maximum=longest)
        if field.minimum is not None and len(text) < field.minimum:
            return self.refuse("evidence_too_short", place, minimum=int(field.minimum))
        if any(ord(c) < 32 and c not in "\n\r\t" for c in text) or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
            return self.refuse("evidence_not_text", place)
        return text

    def day(self, value: Any, place: str) -> str | None:
        if isinstance(value, date):
            return value.isoformat()[:10]
        try:
            if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
                return date.fromisoformat(value.strip()).isoformat()
        except ValueError:
            pass
        return self.refuse("evidence_not_date", place)

    def number(self, field: Field, value: Any, place: str) -> float | int | None:
        if isinstance(value, str):
            text = value.strip().replace(",", ".")
            if not re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", text):
                return self.refuse("evidence_not_number", place)
            value = float(text) if "." in text else int(text)
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= 10**15 or value != value:
            return self.refuse("evidence_not_number", place)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if field.integer and not isinstance(value, int):
            return self.refuse("evidence_not_integer", place)
        if field.minimum is not None and value < field.minimum:
            return self.refuse("evidence_too_small", place, minimum=_plain(field.minimum))
        if field.maximum is not None and value > field.maximum:
            return self.refuse("evidence_too_large", place, maximum=_plain(field.maximum))
        return value

    def choice(self, field: Field, value: Any, place: str) -> Any:
        given = value if isinstance(value, list | tuple) else [value]
        if not field.many and len(given) != 1:
            return self.refuse("evidence_one_choice", place)
        chosen: list[str] = []
        for item in given:
            if not isinstance(item, str) or not item.strip():
                return self.refuse("evidence_not_option", place)
            chosen.append(item.strip())
        allowed = self.allowed(field)
        if allowed is not None and any(item not in allowed for item in chosen):
            return self.refuse("evidence_not_option", place, options=", ".join(o.id for o in field.options))
        chosen = list(dict.fromkeys(chosen))
        if field.many and field.minimum is not None and len(chosen) < field.minimum:
            return self.refuse("evidence_too_few", place, minimum=int(field.minimum), given=len(chosen))
        return chosen if field.many else chosen[0]

    def allowed(self, field: Field) -> set[str] | None:
        if field.among is None:
            return {option.id for option in field.options}
        recorded = self.attempt.known.get((field.among.machine, field.among.field))
        if recorded is None:
            return None
        found: set[str] = set()
        for value in recorded:
            for item in value if isinstance(value, list | tuple) else [value]:
                name = item.get(field.among.subfield) if isinstance(item, dict) else item
                if isinstance(name, str):
                    found.add(name)
        return found

    def records(self, field: Field, value: Any, place: str) -> list[dict[str, Any]] | None:
        if not isinstance(value, list | tuple):
            return self.refuse("evidence_not_records", place)
        if len(value) > int(field.maximum or RECORDS_MAX):
            return self.refuse("evidence_too_many", place, maximum=int(field.maximum or RECORDS_MAX), given=len(value))
        rows: list[dict[str, Any]] = []
        for number, item in enumerate(value, start=1):
            row = {field.fields[0].id: item} if isinstance(item, str) and field.fields else item
            if not isinstance(row, dict):
                self.refuse("evidence_not_record", f"{place}[{number}]")
                continue
            rows.append(self.mapping(field.fields, row, f"{place}[{number}]."))
        if field.minimum is not None and len(value) < field.minimum:
            self.refuse("evidence_too_few", place, minimum=int(field.minimum), given=len(value))
        if field.min_each is not None:
            self.each(field, rows, place)
        return rows

    def each(self, field: Field, rows: list[dict[str, Any]], place: str) -> None:
        rule = field.min_each
        assert rule is not None
        column = next(column for column in field.fields if column.id == rule.field)
        for option in column.options:
            count = sum(1 for row in rows if option.id in _as_list(row.get(column.id)))
            if count < rule.at_least:
                self.refuse(
                    "evidence_too_few_of", place, option=option.id, minimum=rule.at_least, given=count, column=column.id
                )

    def file(self, value: Any, place: str) -> dict[str, Any] | None:
        if not isinstance(value, dict) or not isinstance(value.get("name"), str) or not value["name"].strip():
            return self.refuse("evidence_not_file", place)
        digest, size = value.get("sha256"), value.get("size")
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest) or set(value) - _FILE_KEYS:
            return self.refuse("evidence_not_file", place)
        if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
            return self.refuse("evidence_not_file", place)
        return {**value, "name": value["name"].strip()[:255]}


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plain(number: float) -> int | str:
    return int(number) if float(number).is_integer() else str(number)
