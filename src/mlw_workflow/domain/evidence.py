"""Typed evidence: turn what somebody gave into normal values, and say everything that is missing or wrong."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.decision import Attempt, Reason
from mlw_workflow.domain.door import FIRST_DAY, LAST_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlw_workflow.domain.definition import Field

TEXT_MAX = 10_000
"""Characters in one text, unless the field says otherwise."""
RECORDS_MAX = 2_000
"""Rows in one list of records."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,63}/[\w.+-]{1,63}", re.ASCII)
_FILE_KEYS = frozenset({"name", "sha256", "size", "media_type"})
_FILE_NAME_MAX = 255
_NUMBER_END = 10**15
"""Numbers lie below it, so that every JSON reader keeps them exactly."""


def check_evidence(fields: tuple[Field, ...], attempt: Attempt) -> tuple[Mapping[str, Any], tuple[Reason, ...]]:
    """Check the attempt's evidence against the fields a rule asks for.

    Returns the normalised values (dates as ISO strings, numbers as numbers, records as lists of mappings) and the
    reasons, each naming the field and, within a list, the row (counted from 1) and column.
    """
    checker = _Checker(attempt)
    values = checker.mapping(fields, attempt.evidence, "")
    return values, tuple(checker.reasons)


class _Wrong(Exception):
    """A value that will not do: the reason's code and facts."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


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
            try:
                normal = self.value(field, value, place)
            except _Wrong as wrong:
                self.refuse(wrong.code, place, **wrong.facts)
                continue
            if len(self.reasons) == before:
                values[field.id] = normal
        for key in given:
            if key not in known and not _empty(given[key]):
                self.refuse("evidence_unknown_field", f"{prefix}{_printable(str(key))}"[:200])
        return values

    def value(self, field: Field, value: Any, place: str) -> Any:
        match field.type:
            case "text":
                return self.text(field, value)
            case "date":
                return self.day(value)
            case "number":
                return self.number(field, value)
            case "choice":
                return self.choice(field, value)
            case "records":
                return self.records(field, value, place)
            case "file":
                return self.file(value)

    def text(self, field: Field, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise _Wrong("evidence_not_text")
        if not isinstance(value, str) and not abs(value) < _NUMBER_END:
            raise _Wrong("evidence_not_text")
        text = unicodedata.normalize("NFC", str(value)).strip()
        longest = int(field.maximum or TEXT_MAX)
        if len(text) > longest:
            raise _Wrong("evidence_too_long", maximum=longest)
        if field.minimum is not None and len(text) < field.minimum:
            raise _Wrong("evidence_too_short", minimum=int(field.minimum))
        if not _plain_text(text):
            raise _Wrong("evidence_not_text")
        return text

    def day(self, value: Any) -> str:
        day = _as_day(value)
        if day is None:
            raise _Wrong("evidence_not_date")
        if not FIRST_DAY <= day <= LAST_DAY:
            raise _Wrong("evidence_day_far", year_min=FIRST_DAY.year, year_max=LAST_DAY.year)
        return day.isoformat()

    def number(self, field: Field, value: Any) -> float | int:
        number = _as_number(value)
        if field.integer and not isinstance(number, int):
            raise _Wrong("evidence_not_integer")
        if field.minimum is not None and number < field.minimum:
            raise _Wrong("evidence_too_small", minimum=_shown(field.minimum))
        if field.maximum is not None and number > field.maximum:
            raise _Wrong("evidence_too_large", maximum=_shown(field.maximum))
        return number

    def choice(self, field: Field, value: Any) -> list[str] | str:
        given = value if isinstance(value, list | tuple) else [value]
        if not field.many and len(given) != 1:
            raise _Wrong("evidence_one_choice")
        allowed = self.allowed(field)
        options = ", ".join(option.id for option in field.options)
        chosen: list[str] = []
        for item in given:
            name = unicodedata.normalize("NFC", item).strip() if isinstance(item, str) else ""
            if (
                not name
                or len(name) > TEXT_MAX
                or not _plain_text(name)
                or (allowed is not None and name not in allowed)
            ):
                raise _Wrong("evidence_not_option", options=options)
            chosen.append(name)
        chosen = list(dict.fromkeys(chosen))
        if field.many and field.minimum is not None and len(chosen) < field.minimum:
            raise _Wrong("evidence_too_few", minimum=int(field.minimum), given=len(chosen))
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

    def records(self, field: Field, value: Any, place: str) -> list[dict[str, Any]]:
        if not isinstance(value, list | tuple):
            raise _Wrong("evidence_not_records")
        most = int(field.maximum or RECORDS_MAX)
        if len(value) > most:
            raise _Wrong("evidence_too_many", maximum=most, given=len(value))
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

    def file(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or set(value) - _FILE_KEYS:
            raise _Wrong("evidence_not_file")
        name, digest, size, media_type = (value.get(key) for key in ("name", "sha256", "size", "media_type"))
        if not isinstance(name, str) or not name.strip() or not _plain_text(name):
            raise _Wrong("evidence_not_file")
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise _Wrong("evidence_not_file")
        if size is not None and (not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < _NUMBER_END):
            raise _Wrong("evidence_not_file")
        if media_type is not None and not (isinstance(media_type, str) and _MEDIA_TYPE.fullmatch(media_type)):
            raise _Wrong("evidence_not_file")
        return {**value, "name": name.strip()[:_FILE_NAME_MAX]}


def _as_day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass
    return None


def _as_number(value: Any) -> float | int:
    """A finite number, whole ones as int; a string is read with a decimal point or comma."""
    if isinstance(value, str):
        text = value.strip().replace(",", ".")
        if not re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", text):
            raise _Wrong("evidence_not_number")
        value = float(text) if "." in text else int(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _NUMBER_END:
        raise _Wrong("evidence_not_number")  # not a number (NaN) is not below anything
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain_text(text: str) -> bool:
    """Whether a text has no control characters (but line ends and tabs) and no halves of surrogate pairs."""
    return text.isprintable() or all(c in "\n\r\t" or unicodedata.category(c) not in ("Cc", "Cs") for c in text)


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], (), {}) or (isinstance(value, str) and not value.strip())


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _shown(number: float) -> int | str:
    return int(number) if float(number).is_integer() else str(number)
