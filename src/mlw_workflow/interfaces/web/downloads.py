"""What is given away to be kept: under which name (RFC 6266, RFC 8187)."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from starlette.responses import Response

NAME_MAX = 150
"""Signs; some systems refuse longer ones."""


def disposition(name: str) -> str:
    """``Content-Disposition`` for a file that is kept, never shown; whatever the name holds, it stays one header."""
    plain = "".join(sign for sign in re.split(r"[/\\]", name)[-1] if sign.isprintable()).strip(" .") or "plik"
    stem, dot, ending = plain.rpartition(".")
    plain = stem[: NAME_MAX - len(ending) - 1] + dot + ending if dot and len(ending) < 10 else plain[:NAME_MAX]
    folded = unicodedata.normalize("NFKD", plain.replace("ł", "l").replace("Ł", "L"))
    ascii_name = re.sub(r"[^A-Za-z0-9 ._()-]", "_", "".join(s for s in folded if not unicodedata.combining(s)))
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(plain, safe='')}"


def attached(content: bytes, kind: str, name: str) -> Response:
    """A file to keep."""
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})
