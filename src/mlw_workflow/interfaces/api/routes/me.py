"""Whose token it is, and the programmes within its reach."""

from collections import Counter
from typing import Annotated, Any

from fastapi import Path, Query

from mlw_workflow.audit.seal import instant
from mlw_workflow.definitions.normal_form import to_normal
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import Nothing, Paged
from mlw_workflow.interfaces.api.paging import page
from mlw_workflow.interfaces.api.problems import Problem
from mlw_workflow.interfaces.api.routing import Routes

routes = Routes("me")


@routes.get("/me", "me")
def get_me(call: Call, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """Who the token speaks for, what it may, and the roles that are held today."""
    token, viewer = call.token, call.viewer
    return {
        "person": viewer.person.id,
        "name": viewer.person.name,
        "language": viewer.person.language,
        "admin": viewer.is_admin,
        "token": {
            "token": token.id,
            "name": token.name,
            "scopes": list(token.scopes),
            "expires_at": instant(token.expires_at),
        },
        "roles": [
            {"pilot": call.name_of(pilot), "code": pilot.code, "roles": list(roles)}
            for pilot, roles in viewer.seen.values()
        ],
    }


@routes.get("/programmes", "programmes", paged=True)
def get_programmes(call: Call, asked: Annotated[Paged, Query()]) -> Any:  # noqa: ARG001
    """The programmes of the pilots within reach; one that was changed stands there once for each definition."""
    counted = Counter(pilot.definition for pilot, _ in call.viewer.seen.values())
    found = [(call.desk.programme(definition), definition) for definition in counted]
    return page(
        call, "programmes", sorted(found, key=lambda item: (item[0].id, item[1])), lambda item: (item[0].id, item[1]),
        lambda item: {
            "id": item[0].id,
            "title": item[0].title[call.language],
            "definition": item[1],
            "pilots": counted[item[1]],
        },
    )  # fmt: skip


@routes.get("/programmes/{definition}", "show")
def get_programme(
    call: Call,
    definition: Annotated[
        str, Path(pattern=r"^sha256:[0-9a-f]{64}$", description="The content hash, as /programmes names it.")
    ],
    asked: Annotated[Nothing, Query()],  # noqa: ARG001
) -> Any:
    """A programme's definition in its normal form."""
    if definition not in {pilot.definition for pilot, _ in call.viewer.seen.values()}:
        raise Problem(404, "not_found")
    programme = call.desk.programme(definition)
    return {"programme": programme.id, "definition": definition, "normal": to_normal(programme)}
