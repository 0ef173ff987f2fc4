"""Evidence as typed: ``field=value``, ``field=@file``, ``list[]=value``, ``list[2].column=value``, or a file of it.

Rows are counted from 1, as in the sentences of a refusal. Values stay text; the engine turns them into what each field
asks for. The files of ``@file`` are kept apart, by digest, and only their names and digests become evidence.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.wording.numbers import plain_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlw_workflow.domain.definition import Field
    from mlw_workflow.services.files import FileStore

_PAIR = re.compile(r"([A-Za-z_]\w*)(?:\[(\d{0,6})\])?(?:\.([A-Za-z_]\w*))?=(.*)", re.DOTALL)


def read(given: Sequence[str], fields: Iterable[Field], store: FileStore) -> dict[str, Any]:
    """What was given, as plain values; files that it names are copied aside. Raises BadInput naming the place."""
    found: dict[str, Any] = {}
    rows: dict[str, dict[int, Any]] = {}
    of_file: set[str] = set()
    for item in given:
        pair = _PAIR.fullmatch(item)
        if pair is None:
            for name, value in _file(item).items():
                if (name in found and name not in of_file) or name in rows:
                    raise BadInput("evidence_conflict", field=name)
                found[name] = value
                of_file.add(name)
            continue
        name, row, column, value = pair.groups()
        if name in of_file:  # said again after the file: that counts
            of_file.discard(name)
            del found[name]
        if row is None and column is None:
            _single(found, rows, name, value)
        else:
            _row(found, rows, name, row, column, value)
    for name, numbered in rows.items():
        for number in range(1, len(numbered) + 1):
            if number not in numbered:
                raise BadInput("evidence_rows", field=name, missing=number)
        found[name] = [numbered[number] for number in sorted(numbered)]
    return {name: _as_declared(value, _named(fields, name), store) for name, value in found.items()}


def _single(found: dict[str, Any], rows: dict[str, dict[int, Any]], name: str, value: str) -> None:
    """A field given several times is a list: several answers of a choice."""
    if name in rows:
        raise BadInput("evidence_conflict", field=name)
    if name not in found:
        found[name] = value
    elif isinstance(found[name], list):
        found[name].append(value)
    else:
        found[name] = [found[name], value]


def _row(
    found: dict[str, Any], rows: dict[str, dict[int, Any]], name: str, row: str | None, column: str | None, value: str
) -> None:
    if name in found or row is None:
        raise BadInput(
            "evidence_conflict" if name in found else "evidence_syntax", field=name, given=f"{name}.{column}"
        )
    numbered = rows.setdefault(name, {})
    number = int(row) if row else len(numbered) + 1
    if column is None:
        if number in numbered:
            raise BadInput("evidence_conflict", field=f"{name}[{number}]")
        numbered[number] = value
        return
    known = numbered.setdefault(number, {})
    if not isinstance(known, dict) or column in known:
        raise BadInput("evidence_conflict", field=f"{name}[{number}].{column}")
    known[column] = value


def _file(item: str) -> dict[str, Any]:
    path = Path(item)
    if not path.is_file():
        if "=" not in item and path.suffix.lower() in (".yaml", ".yml", ".json"):
            raise BadInput("file_unreadable", file=item, problem=os.strerror(2))
        raise BadInput("evidence_syntax", given=item[:80])
    from mlw_workflow.definitions.source import read_yaml

    document = read_yaml(path)
    if document.findings:
        finding = document.findings[0]
        told = finding.message(messages.language())
        raise BadInput("evidence_unreadable", file=item, line=finding.line, problem=told)
    if not isinstance(document.value, dict):
        raise BadInput("evidence_not_mapping", file=item)
    return {name: _relative(value, path.parent) for name, value in document.value.items()}


def _relative(value: Any, folder: Path) -> Any:
    """A file named inside a file lies beside it."""
    if isinstance(value, str) and value.startswith("@"):
        return "@" + str(folder / value[1:])
    if isinstance(value, list):
        return [_relative(item, folder) for item in value]
    if isinstance(value, dict):
        return {key: _relative(item, folder) for key, item in value.items()}
    return value


def _named(fields: Iterable[Field], name: str) -> Field | None:
    return next((field for field in fields if field.id == name), None)


def _as_declared(value: Any, declared: Field | None, store: FileStore) -> Any:
    """Replace ``@path`` by a reference, only where the definition asks for a file: elsewhere it is text. A number is
    read as people write it.
    """
    if declared is None:
        return value
    if declared.type == "number" and isinstance(value, str):
        return plain_number(value, whole=declared.integer)
    if declared.type == "file" and isinstance(value, str) and value.startswith("@"):
        return store.take(Path(value[1:]))
    if declared.type == "records" and isinstance(value, list):
        return [
            {key: _as_declared(cell, _named(declared.fields, key), store) for key, cell in row.items()}
            if isinstance(row, dict)
            else row
            for row in value
        ]
    return value
