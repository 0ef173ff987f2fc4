"""Lists as files for a spreadsheet, written row by row however long they are.

In CSV, a text that a spreadsheet would take for a formula gets an apostrophe before it, as people type it to say: a
text. In XLSX every cell is marked as a text and says what it says.
"""

from __future__ import annotations

import csv
import io
import tempfile
from typing import TYPE_CHECKING, Any

from starlette.responses import StreamingResponse

from mlw_workflow.audit.export.csv import guarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from starlette.responses import Response

DELIMITER = {"pl": ";", "en": ","}
"""As spreadsheets in that language expect it; in Polish the comma belongs to numbers."""
PIECE = 1 << 16
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]], language: str) -> Response:
    """A CSV file: UTF-8 with a mark by which Excel knows it."""
    return _sent(f"{name}.csv", "text/csv; charset=utf-8", _csv(head, rows, DELIMITER[language]))


def xlsx_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """An Excel file with one sheet; every cell is a text."""
    return _sent(f"{name}.xlsx", XLSX, _xlsx(head, rows))


def _sent(name: str, kind: str, pieces: Iterator[bytes]) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return StreamingResponse(pieces, media_type=kind, headers=headers)


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    buffer.write("\ufeff")
    writer.writerow([guarded(cell) for cell in head])
    for row in rows:
        writer.writerow([guarded(_text(cell)) for cell in row])
        if buffer.tell() >= PIECE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _xlsx(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    from xlsxwriter import Workbook

    with tempfile.TemporaryFile() as file:
        options: dict[str, Any] = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = Workbook(file, options)
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for at, title in enumerate(head):
            sheet.write_string(0, at, title, bold)
        for number, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                sheet.write_string(number, at, _text(cell))
        sheet.freeze_panes(1, 1)
        book.close()
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
