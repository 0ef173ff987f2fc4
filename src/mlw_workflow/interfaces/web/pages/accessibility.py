"""The accessibility statement that the Polish act of 4 April 2019 asks of public bodies.

The ids in its template are those of the ministry's technical conditions, by which programs find the parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.interfaces.web.routing import Pages

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()


@pages.page("/accessibility", public=True)
def statement(visit: Visit) -> Response:
    """The statement, with what the settings say of the office."""
    settings = visit.office.settings
    return visit.page("accessibility.html", of=settings.accessibility, address=settings.server.url)
