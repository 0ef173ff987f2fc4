"""Files of the evidence, to be kept and opened elsewhere: nothing that anybody handed in is shown as a page of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import FileResponse

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.web.downloads import disposition
from mlw_workflow.interfaces.web.routing import NotThere, Pages
from mlw_workflow.services.evidence_file import evidence_file

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()
SEALED = "default-src 'none'; sandbox"
"""For a browser that shows a file all the same."""


@pages.page("/files/{code}/{seq}/{digest}")
def download(visit: Visit) -> Response:
    """One file; as if it were not there unless it is evidence of that entry of that pilot."""
    pilot, parts = visit.pilot, visit.request.path_params
    if not (parts["seq"].isascii() and parts["seq"].isdigit()) or len(parts["seq"]) > 9:
        raise NotThere
    desk, folder = visit.office.desk, visit.office.settings.files
    try:
        found = evidence_file(desk, visit.person.reader, pilot, int(parts["seq"]), parts["digest"], folder)
    except BadInput as unknown:
        raise NotThere from unknown
    if found is None:
        raise NotThere
    headers = {
        "content-disposition": disposition(found.name),
        "content-security-policy": SEALED,
        "cache-control": "private, no-store",
    }
    return FileResponse(found.path, media_type=found.media_type, headers=headers)


def href(code: str, seq: int, digest: str) -> str:
    """Where a file is fetched from."""
    return f"/files/{code}/{seq}/{digest}"
