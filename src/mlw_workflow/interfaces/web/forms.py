"""Forms made from a definition: from fields to controls, and from what was typed to evidence.

A control's name is its place in the evidence: ``e-order_number``, ``e-members-3-function``, ``e-order_date-year``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.datastructures import FormData, UploadFile

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.wording.dates import month_number
from mlw_workflow.interfaces.wording.numbers import EXAMPLE, plain_number

if TYPE_CHECKING:
    from mlw_workflow.domain.definition import Field
    from mlw_workflow.services.files import FileStore
    from mlw_workflow.services.task import Asked

ROWS_MAX = 300
"""Rows of a list on one page."""
ROWS_FIRST = 3
PASTE = "-paste"
"""Behind a list's name: lines that are to become rows."""
CHOSEN = "-chosen"
"""Behind a file field's name: the name of the file that was chosen, which a browser does not fill in again."""
PARTS = ("day", "month", "year")
_PLACE = re.compile(r"\[(\d+)\]\.?|\.")


@dataclass(frozen=True, slots=True)
class Control:
    """One field as a page shows it."""

    id: str
    kind: str
    """``text``, ``long``, ``number``, ``date``, ``radios``, ``checkboxes``, ``select``, ``file`` or ``records``."""
    label: str
    hint: str
    required: bool
    value: str = ""
    chosen: tuple[str, ...] = ()
    parts: tuple[str, str, str] = ("", "", "")
    """Of a date."""
    options: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[Control, ...], ...] = ()
    error: str = ""
    public: bool = False
    """Whether the municipality's public page shows it."""
    columns: tuple[str, ...] = ()
    """Of a list: what its rows hold, in order."""


class UploadRefused(Exception):
    """A file is not taken."""

    def __init__(self, control: str, reason: BadInput) -> None:
        """``control`` is where it was chosen."""
        super().__init__(control, reason)
        self.control = control
        self.reason = reason


class Typed(Mapping[str, list[str]]):
    """What was typed, by the controls' names; also what a draft keeps."""

    def __init__(self, values: Mapping[str, list[str]] | None = None) -> None:
        """Nothing, or what was typed before."""
        self._values = dict(values or {})

    @classmethod
    def of(cls, form: FormData) -> Typed:
        """The texts of a form; of its files only the names, so that it can be said which to choose again."""
        found: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            if not name.startswith(("e-", "on-")):
                continue
            if isinstance(value, str):
                found.setdefault(name, []).append(value)
            elif value.filename:
                found[name + CHOSEN] = [plain_name(value.filename)]
        return cls(found)

    def __getitem__(self, name: str) -> list[str]:
        return self._values[name]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def one(self, name: str) -> str:
        """A single value."""
        return next(iter(self._values.get(name, ())), "").strip()

    def parts(self, name: str) -> tuple[str, str, str]:
        """The parts of a date."""
        day, month, year = (self.one(f"{name}-{part}") for part in PARTS)
        return day, month, year

    def day(self, name: str) -> str:
        """A date as evidence takes it; what is none stays recognisable as such, and nothing stays nothing."""
        day, month, year = self.parts(name)
        if not (day or month or year):
            return ""
        month = month if month.isdecimal() else month_number(month)
        if day.isdecimal() and month.isdecimal() and year.isdecimal() and len(year) == 4:
            return f"{year}-{month.zfill(2)}-{day.zfill(2)}"
        return f"{year}-{month}-{day}?"

    def rows(self, name: str) -> int:
        """How many rows of a list were on the page."""
        given = self.one(f"{name}-rows")
        return min(int(given), ROWS_MAX) if given.isdecimal() and len(given) < 6 else 0


def compact(fields: tuple[Field, ...], typed: Typed) -> Typed:
    """The same without the empty rows of lists, so that rows are numbered as the evidence numbers them."""
    for name in (f"e-{field.id}" for field in fields if field.type == "records"):
        rows = range(1, typed.rows(name) + 1)
        typed = _renumbered(typed, name, [number for number in rows if _filled(typed, f"{name}-{number}-")])
    return typed


def without_row(typed: Typed, row: str) -> Typed:
    """The same without one row of a list, named ``e-members-3``."""
    name, _, number = row.rpartition("-")
    rows = range(1, typed.rows(name) + 1)
    return _renumbered(typed, name, [one for one in rows if str(one) != number]) if name else typed


def _renumbered(typed: Typed, name: str, kept: list[int]) -> Typed:
    """The rows that are kept, numbered from 1."""
    moved: dict[str, list[str]] = {}
    for to, number in enumerate(kept, start=1):
        before = f"{name}-{number}-"
        moved |= {f"{name}-{to}-{key[len(before) :]}": typed[key] for key in typed if key.startswith(before)}
    found = {key: typed[key] for key in typed if not re.match(rf"{re.escape(name)}-\d+-", key)}
    return Typed(found | moved | {f"{name}-rows": [str(len(kept))]})


def with_pasted(fields: tuple[Field, ...], typed: Typed) -> tuple[Typed, tuple[str, ...]]:
    """What was pasted as lines becomes rows of its list; and the cells in which no answer was recognised."""
    unknown: list[str] = []
    for field in (field for field in fields if field.type == "records"):
        name = f"e-{field.id}"
        text = typed.one(name + PASTE)
        if not text:
            continue
        typed = compact((field,), typed)
        number, cells = typed.rows(name), dict(typed)
        for row in _lines(field, text)[: ROWS_MAX - number]:
            number += 1
            for column, cell in zip(field.fields, row, strict=False):
                cells |= _cell(column, f"{name}-{number}-{column.id}", cell, unknown)
        del cells[name + PASTE]
        typed = Typed(cells | {f"{name}-rows": [str(number)]})
    return typed, tuple(unknown)


def _lines(field: Field, text: str) -> list[list[str]]:
    """Lines of cells, parted as a spreadsheet does or by semicolons; a first line of headings is left out."""
    rows = [[cell.strip() for cell in re.split(r"\t" if "\t" in line else ";", line)] for line in text.splitlines()]
    rows = [row for row in rows if any(row)]
    titles = {title.casefold() for column in field.fields for title in (column.title.pl, column.title.en)}
    return rows[1:] if rows and all(cell.casefold() in titles for cell in rows[0] if cell) else rows


def _cell(column: Field, name: str, cell: str, unknown: list[str]) -> dict[str, list[str]]:
    if column.type == "date":
        numbers = re.findall(r"\d+", cell)
        parts = numbers[::-1] if numbers and len(numbers[0]) == 4 else numbers
        return {f"{name}-{part}": [value] for part, value in zip(PARTS, parts, strict=False)}
    if column.type == "choice" and column.options:
        for option in column.options:
            if cell.casefold() in (option.id.casefold(), option.title.pl.casefold(), option.title.en.casefold()):
                return {name: [option.id]}
        unknown += [cell] if cell else []
        return {}
    return {name: [cell]}


def _filled(typed: Typed, prefix: str) -> bool:
    return any(value.strip() for key in typed if key.startswith(prefix) for value in typed[key])


def evidence(
    fields: tuple[Field, ...], typed: Typed, form: FormData, store: FileStore, prefix: str = "e"
) -> dict[str, Any]:
    """What was typed, as plain values; files are set aside. Raises UploadRefused for a file that is not taken."""
    found: dict[str, Any] = {}
    for field in fields:
        name = f"{prefix}-{field.id}"
        match field.type:
            case "date":
                found[field.id] = typed.day(name)
            case "number":
                found[field.id] = plain_number(typed.one(name), whole=field.integer)
            case "choice" if field.many:
                found[field.id] = [value for value in typed.get(name, []) if value]
            case "records":
                rows = range(1, typed.rows(name) + 1)
                found[field.id] = [evidence(field.fields, typed, form, store, f"{name}-{number}") for number in rows]
            case "file":
                given = form.get(name)
                if isinstance(given, UploadFile) and given.filename:
                    try:
                        found[field.id] = store.take_stream(given.file, plain_name(given.filename))
                    except BadInput as refused:
                        raise UploadRefused(name, refused) from refused
            case _:
                found[field.id] = typed.one(name)
    return found


def plain_name(name: str) -> str:
    """A file's name without folders, as some browsers send them, and without signs that nobody sees."""
    return "".join(sign for sign in re.split(r"[/\\]", name)[-1] if sign.isprintable()).strip() or "plik"


def controls(
    asked: Asked, typed: Typed, errors: Mapping[str, str], language: str, more: str = ""
) -> tuple[Control, ...]:
    """The controls of a step's form, with what was typed; ``more`` names a list that gets another row."""
    maker = _Maker(asked, typed, errors, language, more)
    return tuple(maker.control(field, f"e-{field.id}") for field in asked.fields)


@dataclass(frozen=True, slots=True)
class _Maker:
    asked: Asked
    typed: Typed
    errors: Mapping[str, str]
    language: str
    more: str

    def control(self, field: Field, name: str) -> Control:
        options = tuple((option.id, option.title[self.language]) for option in field.options)
        if field.among is not None:
            options = tuple((known, known) for known in self.asked.options(field))
        return Control(
            name,
            self.kind(field, len(options)),
            field.title[self.language],
            self.hint(field),
            field.required and not field.default and not field.collects,
            self.typed.one(name + CHOSEN if field.type == "file" else name),
            tuple(self.typed.get(name, ())),
            self.typed.parts(name),
            options,
            self.rows(field, name) if field.type == "records" else (),
            self.errors.get(name, ""),
            field.public,
            tuple(column.title[self.language] for column in field.fields),
        )

    def hint(self, field: Field) -> str:
        fraction = field.type == "number" and not field.integer
        return field.help[self.language] or (EXAMPLE[self.language] if fraction else "")

    def kind(self, field: Field, options: int) -> str:
        match field.type:
            case "text":
                ordinary = self.asked.rule is not None and self.asked.rule.effect == "advance"
                return "text" if ordinary and (field.maximum or 0) <= 200 else "long"
            case "choice" if field.many:
                return "checkboxes"
            case "choice":
                return "select" if options > 7 else "radios"
            case kind:
                return kind

    def rows(self, field: Field, name: str) -> tuple[tuple[Control, ...], ...]:
        least = int(field.minimum or ROWS_FIRST)
        count = max(self.typed.rows(name), 1 if field.collects else least) + (self.more == name)
        numbers = range(1, min(count, ROWS_MAX) + 1)
        return tuple(
            tuple(self.control(column, f"{name}-{number}-{column.id}") for column in field.fields) for number in numbers
        )


def read_back(shown: tuple[Control, ...]) -> tuple[tuple[str, str], ...]:
    """What stands in controls, to be read: a label and a text for each that is not empty."""
    found = ((control.label, _read(control)) for control in shown)
    return tuple((label, text) for label, text in found if text)


def _read(control: Control) -> str:
    match control.kind:
        case "date":
            return " ".join(filter(None, control.parts))
        case "radios" | "checkboxes" | "select":
            return ", ".join(title for value, title in control.options if value in control.chosen)
        case "records":
            rows = (", ".join(filter(None, map(_read, row))) for row in control.rows)
            return "; ".join(filter(None, rows))
        case _:
            return control.value


def control_at(place: str) -> str:
    """The control that a place in the evidence is typed into: ``members[3].function`` → ``e-members-3-function``."""
    return "e-" + _PLACE.sub(lambda found: f"-{found[1]}-" if found[1] else "-", place).strip("-")


def first_input(control: Control) -> str:
    """The id that a link to a control goes to."""
    return f"{control.id}-day" if control.kind == "date" else control.id


def day_or_none(text: str) -> date | None:
    """A day as ``Typed.day`` gives it; None for what is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
