"""The switch between Polish and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.interfaces.language import LANGUAGES
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.security import local_path

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()


@pages.page("/language/{language}", public=True)
def speak(visit: Visit) -> Response:
    """Remember the language, and back to where the visitor was."""
    response = visit.go(local_path(visit.query("back")))
    chosen = visit.request.path_params["language"]
    if chosen in LANGUAGES:
        visit.cookies.speak(response, chosen)
    return response
