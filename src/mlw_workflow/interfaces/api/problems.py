"""Problems as RFC 9457 tells them: every answer of the API that is no success has this form, and it is made here."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

from mlw_workflow.interfaces.problems import as_json
from mlw_workflow.interfaces.statuses import status_of
from mlw_workflow.interfaces.wording.api import INVALID, NOT_VALID, PROBLEMS, TITLES
from mlw_workflow.interfaces.wording.errors import ERRORS
from mlw_workflow.interfaces.wording.on_page import page_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlw_workflow.domain.errors import WorkflowError

ROOT = "/api/v1"
MEDIA = "application/problem+json"
REALM = 'Bearer realm="mlw"'


class Problem(Exception):
    """What keeps a request from being answered as asked."""

    def __init__(self, status: int, code: str, *, headers: Mapping[str, str] | None = None, **facts: Any) -> None:
        """``facts`` fill the sentence and stand in the answer."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.facts = facts


def answer(problem: Problem, language: str, instance: str, request_id: str) -> Response:
    """A problem of the API's own."""
    words = PROBLEMS.get(problem.code) or TITLES[problem.status]
    detail = words[language].format_map(_Plain(problem.facts))
    return told(problem.status, problem.code, detail, language, instance, request_id, problem.facts, problem.headers)


def of_error(error: WorkflowError, language: str, instance: str, request_id: str) -> Response:
    """An error of the engine, with its facts as the command line tells them."""
    status = status_of(error)
    facts = {} if status >= 500 else as_json(error, language)["error"]
    facts = {key: value for key, value in facts.items() if key not in ("code", "message")}
    headers = {}
    if status == 401:
        headers["www-authenticate"] = f'{REALM}, error="invalid_token"'
    if status == 429:
        headers["retry-after"] = str(int(error.facts.get("minutes", 1)) * 60)  # type: ignore[call-overload]
    detail = page_sentence(error, language)
    return told(status, error.code, detail, language, instance, request_id, facts, headers)


def invalid(errors: Sequence[Any], language: str, instance: str, request_id: str) -> Response:
    """What the data of a request lack; what was sent is not repeated."""
    listed = [
        {
            "at": ".".join(str(part) for part in item.get("loc", ())),
            "code": str(item.get("type", "")),
            "message": INVALID.get(str(item.get("type", "")), NOT_VALID)[language],
        }
        for item in errors
    ]
    detail = PROBLEMS["invalid_request"][language]
    return told(422, "invalid_request", detail, language, instance, request_id, {"errors": listed[:50]})


def told(
    status: int, code: str, detail: str, language: str, instance: str, request_id: str,
    facts: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """The answer."""
    body = {
        "type": f"{ROOT}/problems/{code}",
        "title": title(status, language),
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code,
        "request": request_id,
    }
    body = {**(facts or {}), **body}
    sent = {"content-language": language, **(headers or {})}
    return Response(msgspec.json.encode(body, enc_hook=str), status, sent, MEDIA)


def title(status: int, language: str) -> str:
    """What a status is called."""
    return TITLES[status][language] if status in TITLES else HTTPStatus(status).phrase


def described(code: str, language: str) -> str | None:
    """What a code means, with the places for its facts left open; None for no code of ours."""
    words = PROBLEMS.get(code) or ERRORS.get(code)
    return None if words is None else words[language].format_map(_Open())


class _Plain(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


class _Open(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
