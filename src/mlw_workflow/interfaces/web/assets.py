"""What pages fetch: our own files and those that the build made, all under one digest, so that they never grow old.

The digest is of all of them together. A script may therefore import another by its plain name.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response

from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from starlette.requests import Request

STATIC = Path(__file__).resolve().parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
FOREVER = "public, max-age=31536000, immutable"


class Assets:
    """All files, read once. Raises BadInput ``data_missing`` when the front end was not built."""

    def __init__(self, folder: Path = STATIC) -> None:
        """Read them."""
        if not (folder / "vendor" / "panel.css").exists():
            raise BadInput("data_missing", place=str(folder / "vendor"))
        found = [*folder.iterdir(), *(folder / "vendor").iterdir()]
        self.files = {file.name: file.read_bytes() for file in sorted(found) if file.suffix in TYPES}
        self.packed = {name: gzip.compress(content, mtime=0) for name, content in self.files.items()}
        sha = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            sha.update(f"{name}\n{len(content)}\n".encode() + content)
        self.digest = sha.hexdigest()[:16]

    def url(self, name: str) -> str:
        """Where a file is fetched from."""
        assert name in self.files, name
        return f"/static/{self.digest}/{name}"

    async def serve(self, request: Request) -> Response:
        """A file; for ever under its own digest, and never kept under another's."""
        name = request.path_params["name"]
        if name not in self.files:
            return PlainTextResponse("404", 404)
        kept = FOREVER if request.path_params["digest"] == self.digest else "no-store"
        headers = {"cache-control": kept, "vary": "accept-encoding"}
        body = self.files[name]
        if "gzip" in request.headers.get("accept-encoding", ""):
            body = self.packed[name]
            headers["content-encoding"] = "gzip"
        return Response(body, headers=headers, media_type=TYPES[Path(name).suffix])
