"""What each column of the record may hold. SQLite keeps whatever it is given, so what is read is looked at first.

``Connection`` brings every row here before anybody else sees it. The bodies of the ledger are not looked at: their
chain is checked, which says more.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.errors import IntegrityBroken
from mlw_workflow.storage import tree_statements

if TYPE_CHECKING:
    from collections.abc import Callable

    Holds = Callable[[Any], bool]

_WHOLE_MAX = 1 << 53
_YEARS_APART = (1, 9999)
_KEYS = 3
"""So many of a row's first values say which row it is."""


class StoredForm(IntegrityBroken):
    """A column holds what none of ours may. Facts: check (``stored_form``), seq, pilot, table, column, row."""

    def __init__(self, table: str, column: str, row: str = "", pilot: str = "") -> None:
        """``row``: the row's first values but the wrong one, by which it is found again."""
        super().__init__(check="stored_form", seq=0, pilot=pilot, table=table, column=column, row=row)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value < _WHOLE_MAX


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _blob(value: Any) -> bool:
    return isinstance(value, bytes | memoryview)


def _day(value: Any) -> bool:
    if not isinstance(value, str):
        return isinstance(value, date)
    try:
        return date.fromisoformat(value).year not in _YEARS_APART
    except ValueError:
        return False


def _instant(value: Any) -> bool:
    if not isinstance(value, str):
        return isinstance(value, datetime)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return False
    return moment.tzinfo is not None and moment.year not in _YEARS_APART


def _or_nothing(holds: Holds) -> Holds:
    return lambda value: value is None or holds(value)


_COLUMNS: dict[str, dict[str, Holds]] = {
    "pilot": {
        **dict.fromkeys(("id", "code", "municipality", "programme", "definition", "voivodeship"), _text),
        **dict.fromkeys(("start_on", "end_on"), _day),
    },
    "pilot_head": {"seq": _whole, "hash": _blob, "recorded_at": _or_nothing(_instant)},
    "access_head": {"seq": _whole, "hash": _blob, "recorded_at": _or_nothing(_instant)},
    "position": {
        **dict.fromkeys(("pilot_id", "machine", "state", "steps"), _text),
        "since": _day,
        "recorded_at": _instant,
        "seq": _whole,
    },
    "evidence": {
        "pilot_id": _text,
        "seq": _whole,
        "field": _text,
        "erased_at": _or_nothing(_instant),
        **dict.fromkeys(("salt", "value"), _or_nothing(_blob)),
    },
    "membership": {
        **dict.fromkeys(("pilot_id", "person_id", "role"), _text),
        "since": _day,
        "until": _or_nothing(_day),
        "seq": _whole,
    },
    "auditor": {
        **dict.fromkeys(("person_id", "programme"), _text),
        **dict.fromkeys(("since", "until"), _day),
        "seq": _whole,
    },
    "definition": {"hash": _text, "programme": _text, "body": _blob, "installed_at": _instant},
    "tree_span": {"first_leaf": _whole, "pilot_id": _text, "first_seq": _whole, "entries": _whole},
    "tree_tile": {"level": _whole, "position": _whole, "hashes": _blob},
    "checkpoint": {"size": _whole, "note": _text, "made_at": _instant},
    "cosignature": {"size": _whole, "witness": _text, "line": _text, "added_at": _instant},
    "timestamp_token": {"size": _whole, "authority": _text, "token": _blob, "stamped_at": _instant},
}
_SIMPLE = re.compile(r"SELECT (\w+(?:, \w+)*) FROM (\w+)\b")
_FROM = re.compile(r"\bFROM (\w+)")
_END = (
    ("pilot_head", "seq", _or_nothing(_whole)),
    ("pilot_head", "hash", _or_nothing(_blob)),
    ("pilot_head", "recorded_at", _or_nothing(_instant)),
    ("tree_span", "entries", _or_nothing(_whole)),
    ("tree_tile", "hashes", _or_nothing(_blob)),
)
Form = tuple[tuple[str, str, "Holds"], ...]


@lru_cache(maxsize=512)
def form_of(statement: str) -> Form | None:
    """What the columns of a statement's answer must hold; None where nobody says."""
    if statement == tree_statements.LOGS:
        return (("pilot", "id", _text), ("pilot", "code", _text), *_END)
    if statement == tree_statements.ACCESS:
        return tuple((table.replace("pilot_head", "access_head"), column, holds) for table, column, holds in _END)
    read = _SIMPLE.match(statement)
    columns = _COLUMNS.get(read[2]) if read else None
    if read is None or columns is None:
        return None
    return tuple((read[2], name, columns.get(name, _anything)) for name in read[1].split(", "))


def table_of(statement: str, column: str) -> str:
    """The table from which a statement has that column; where it joins several and nobody says, the first."""
    for table, name, _ in form_of(statement) or ():
        if name == column:
            return table
    read = _FROM.search(statement)
    return read[1] if read else ""


def _anything(value: Any) -> bool:  # noqa: ARG001
    return True


def checked(form: Form, row: Any) -> Any:
    """The row. Raises StoredForm for one that holds what it may not."""
    for value, (_, _, holds) in zip(row, form, strict=True):  # of thousands of rows: nothing else is done here
        if not holds(value):
            raise _not_held(form, row)
    return row


def _not_held(form: Form, row: Any) -> StoredForm:
    at, (table, column, _) = next((at, form[at]) for at, value in enumerate(row) if not form[at][2](value))
    keys = [part for place, part in enumerate(row[:_KEYS]) if place != at and not isinstance(part, bytes)]
    told = ", ".join(str(part)[:40].partition("\n")[0] for part in keys if part is not None)
    return StoredForm(table=table, column=column, row=told)
