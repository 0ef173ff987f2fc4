"""The OpenAPI document, and what each problem means."""

from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import Response

from mlw_workflow.interfaces.api import openapi, problems
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import Nothing
from mlw_workflow.interfaces.api.problems import ROOT, Problem
from mlw_workflow.interfaces.api.routing import Routes

routes = Routes("document")


@routes.get("/openapi.json", scope="", media=("application/vnd.oai.openapi+json",))
def get_document(call: Call, asked: Annotated[Nothing, Query()]) -> Response:  # noqa: ARG001
    """This document, in OpenAPI 3.1."""
    tag = openapi.tag()
    return call.unchanged(tag) or Response(
        openapi.body(), 200, {**call.headers(tag), "cache-control": "public, max-age=300"}, openapi.MEDIA
    )


@routes.get("/problems/{problem}", "problem_type", scope="")
def get_problem_type(
    call: Call,
    problem: Annotated[str, Path(pattern=r"^[a-z_]{1,60}$", examples=["stale"])],
    asked: Annotated[Nothing, Query()],  # noqa: ARG001
) -> Any:
    """What a problem's code means."""
    found = problems.described(problem, call.language)
    if found is None:
        raise Problem(404, "not_found")
    return {"code": problem, "detail": found, "type": f"{ROOT}/problems/{problem}"}
