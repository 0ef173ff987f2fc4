"""Logging in at an OpenID provider: the way there, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.web.pages import login
from mlw_workflow.interfaces.web.routing import NotThere, Pages
from mlw_workflow.interfaces.web.security import local_path
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services.accounts.abroad import log_in_abroad
from mlw_workflow.services.accounts.provider import ProviderFailed
from mlw_workflow.services.accounts.tokens import new_token

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.domain.errors import WorkflowError
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.accounts.provider import Provider

pages = Pages()
BACK = "/login/oidc/back"
LASTS_SECONDS = 900
"""How long somebody may take to log in there."""


@pages.page("/login/oidc", public=True, apart=True)
def leave(visit: Visit) -> Response:
    """To the provider, with a secret that only this browser keeps."""
    provider, on = _provider(visit), local_path(visit.query("next"))
    secret = new_token()
    try:
        response = visit.go(provider.address(secret, _back(visit)))
    except ProviderFailed as failed:
        return _told(visit, failed, on)
    visit.cookies.set(response, visit.cookies.abroad, f"{secret}.{quote(on, safe='')}", max_age=LASTS_SECONDS)
    return response


@pages.page(BACK, public=True, apart=True)
def come_back(visit: Visit) -> Response:
    """Let in whoever the provider vouches for. The secret works once."""
    provider = _provider(visit)
    secret, _, kept = visit.request.cookies.get(visit.cookies.abroad, "").partition(".")
    on = local_path(unquote(kept))
    try:
        known = provider.known(secret, _back(visit), dict(visit.request.query_params))
        response = login.let_in(visit, log_in_abroad(visit.office.desk, known, visit.origin), on)
    except (BadInput, ProviderFailed) as failed:
        visit.office.metrics.login(ok=False)
        response = _told(visit, failed, on)
    visit.cookies.drop(response, visit.cookies.abroad)
    return response


def _provider(visit: Visit) -> Provider:
    if visit.office.provider is None:
        raise NotThere
    return visit.office.provider


def _back(visit: Visit) -> str:
    return f"{visit.office.settings.server.url}{BACK}"


def _told(visit: Visit, failed: WorkflowError, on: str) -> Response:
    status = 503 if failed.code == "provider_failed" else 422
    return login.form(visit, on, status, error=page_sentence(failed, visit.language), place="abroad")
