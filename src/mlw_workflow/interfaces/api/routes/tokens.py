"""The tokens of whoever asks. They are made on a page or a command line, where a person is."""

from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from mlw_workflow.interfaces import people_shapes
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import Number, Paged
from mlw_workflow.interfaces.api.paging import page
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.services.accounts.api_tokens import api_tokens, revoke

routes = Routes("tokens")


@routes.get("/tokens", "tokens", paged=True)
def get_tokens(call: Call, asked: Annotated[Paged, Query()]) -> Any:  # noqa: ARG001
    """One's tokens, without their secrets; with the scope `admin` everybody's."""
    found = api_tokens(call.desk, "" if call.is_admin else call.person)
    key = lambda item: (item[0].created_at.isoformat(), item[0].id)  # noqa: E731
    return page(call, "tokens", sorted(found, key=key), key, lambda item: people_shapes.token(*item))


@routes.delete("/tokens/{number}")
def revoke_token(call: Call, number: Number) -> Response:
    """Revoke a token of one's own at once; with the scope `admin` anybody's."""
    revoke(call.desk, number, "" if call.is_admin else call.person)
    return Response(status_code=204, headers=call.headers())
