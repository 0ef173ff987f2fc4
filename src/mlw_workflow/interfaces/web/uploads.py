"""Reading a form with files: what is too large is let go by, so that what was typed beside it is not lost."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.web.security import FORM_MAX, TooLarge

if TYPE_CHECKING:
    from starlette.requests import Request

FIELDS_MAX, FILES_MAX = 5_000, 20


async def read_form(request: Request, files_max_mb: int) -> FormData:
    """What a form holds. A file that makes its files too large together raises BadInput when it is read.

    Raises TooLarge when the texts are too large; HTTPException for what is no form.
    """
    kind = request.headers.get("content-type", "").lower()
    if kind.startswith("application/x-www-form-urlencoded"):
        try:
            return await _PlainParser(request).parse()
        except MultiPartException as error:
            raise HTTPException(400, error.message) from error
    if not kind.startswith("multipart/form-data"):
        return FormData()
    charset = parse_options_header(request.headers["content-type"])[1].get(b"charset", b"utf-8")
    if charset.lower() != b"utf-8":  # Python knows encodings that make no text, and browsers send none of them
        raise HTTPException(400)
    try:
        return await _Parser(request, files_max_mb).parse()
    except MultiPartException as error:
        raise HTTPException(400, error.message) from error


class _Overlong(io.BytesIO):
    """In the place of a file that was too large: nothing of it is here."""

    def __init__(self, name: str, megabytes: int) -> None:
        super().__init__()
        self.refusal = BadInput("upload_too_large", file=name[-255:], megabytes=megabytes)

    def read(self, *_size: Any) -> bytes:
        raise self.refusal


class _PlainParser(FormParser):
    """Counts what a form without files holds."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.headers, request.stream(), max_fields=FIELDS_MAX, max_part_size=FORM_MAX)
        self._left = FORM_MAX

    def on_field_name(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        super().on_field_name(data, start, end)

    def on_field_data(self, data: bytes, start: int, end: int) -> None:
        self._count(end - start)
        super().on_field_data(data, start, end)

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise TooLarge


class _Parser(MultiPartParser):
    """Counts what the texts and the files of a form hold together."""

    def __init__(self, request: Request, files_max_mb: int) -> None:
        super().__init__(
            request.headers, request.stream(), max_files=FILES_MAX, max_fields=FIELDS_MAX, max_part_size=FORM_MAX
        )
        self._megabytes = files_max_mb
        self._texts_left = FORM_MAX
        self._files_left = files_max_mb * 1_000_000

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        file = self._current_part.file
        if file is None:
            self._texts_left -= end - start
            if self._texts_left < 0:
                raise TooLarge
        elif isinstance(file.file, _Overlong):
            return
        elif end - start > self._files_left:
            file.file.close()
            file.file = _Overlong(file.filename or "", self._megabytes)
            self._file_parts_to_write = [(part, kept) for part, kept in self._file_parts_to_write if part.file != file]
            return
        else:
            self._files_left -= end - start
        super().on_part_data(data, start, end)
