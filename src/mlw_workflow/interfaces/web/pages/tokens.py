"""The tokens of whoever looks: by which programs use the API for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services.accounts import api_tokens

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()
HERE = "/account/tokens"
DAYS = (30, 90, 365)


@pages.page(HERE)
def show(visit: Visit) -> Response:
    """The list, and the form for a new one."""
    return _page(visit)


@pages.page(HERE, methods=("POST",))
def make(visit: Visit) -> Response:
    """Make a token. Its secret stands in the answer, which is shown once."""
    chosen = [str(value) for value in visit.form.getlist("scope") if isinstance(value, str)]
    days = visit.typed("days")
    try:
        made, secret = api_tokens.new_api_token(
            visit.office.desk, visit.person.person.id, visit.typed("name"), chosen, int(days) if days.isdecimal() else 0
        )
    except BadInput as refused:
        return _page(visit, {"token_scopes": "scope", "token_days": "days"}.get(refused.code, "name"),
                     page_sentence(refused, visit.language))  # fmt: skip
    return visit.page("token_made.html", token=made, secret=secret, until=local_day(made.expires_at))


@pages.page(f"{HERE}/revoke", methods=("POST",))
def revoke(visit: Visit) -> Response:
    """Take a token back."""
    api_tokens.revoke(visit.office.desk, visit.typed("number")[:40], visit.person.person.id)
    return visit.go(f"{HERE}?saved=revoked")


def _page(visit: Visit, place: str = "", error: str = "") -> Response:
    mine = api_tokens.api_tokens(visit.office.desk, visit.person.person.id)
    rows = [(token, local_day(token.expires_at)) for token, _ in mine if token.revoked_at is None]
    scopes = [scope for scope in api_tokens.SCOPES if scope != "admin" or visit.person.is_admin]
    return visit.page(
        "tokens.html",
        422 if error else 200,
        rows=rows,
        scopes=scopes,
        days=DAYS,
        chosen=visit.form.getlist("scope") or ["read"],
        name=visit.typed("name"),
        held=visit.typed("days") or "90",
        place=place,
        error=error,
        saved=visit.query("saved"),
    )
