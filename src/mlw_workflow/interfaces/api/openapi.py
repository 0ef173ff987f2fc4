"""The OpenAPI 3.1 document: what FastAPI knows of the routes, and what they say of themselves beside that."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi.openapi.utils import get_openapi

import mlw_workflow
from mlw_workflow.interfaces.api import schemas
from mlw_workflow.interfaces.api.call import JSON
from mlw_workflow.interfaces.api.examples import EXAMPLES
from mlw_workflow.interfaces.api.problems import MEDIA as PROBLEM
from mlw_workflow.interfaces.api.problems import ROOT, title
from mlw_workflow.services.accounts.api_tokens import SCOPES

if TYPE_CHECKING:
    from mlw_workflow.interfaces.api.routing import Meta

MEDIA = "application/vnd.oai.openapi+json;version=3.1"
DESCRIPTION = """\
Everything that the panel and the command line show and record, for programs. Answers have the shapes of `--json`
(docs/reference/json.md); a guide with worked examples is docs/reference/api.md.

* **Tokens**: `Authorization: Bearer mlw_…`, made by `mlw token new` or on the page `/account/tokens`.
* **Language**: `Accept-Language: pl` or `en`; only sentences differ.
* **Lost updates**: what is read of a pilot has an `ETag` that begins with the end of its log. A write names it in
  `If-Match`, or is refused with 428; a stale one with 412, and nothing is recorded.
* **Sent twice**: a write with an `Idempotency-Key` is recorded once; sent again it gets the same answer for 48 hours.
* **What takes long** (verification, the check of reminders, exports, lists over everything) is answered when done.
  It runs beside the pages, a few requests at a time, so it may take its time and keeps nobody else waiting.
* **Lists** go on at `next`, also in the header `Link`.
* **Problems** are RFC 9457 (`application/problem+json`), with a stable `code`.
"""
_TAGS = {
    "document": "This document, and what problems mean.",
    "me": "Whose token it is, and the programmes within its reach.",
    "pilots": "Pilots, and where each stands.",
    "tasks": "The machines of a pilot: what can be done, trying it out, doing it.",
    "entries": "The log, its evidence, and proofs.",
    "control": "Verdicts, differences, findings, verification.",
    "reminders": "Deadlines, notices, the calendar, health.",
    "people": "Roles, deputies, and who looked.",
    "checkpoints": "What is signed of the whole record.",
    "exports": "The record in other forms, and audit packs.",
    "files": "Files for evidence.",
    "tokens": "Tokens of programs.",
    "webhooks": "Who is told of what happens.",
}
_READS = (400, 401, 403, 404, 422, 429, 500, 503)
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the pilot as it was read.",
    "schema": {"type": "string", "minLength": 1},
    "example": '"21-3f9a5cc018d2b7e4"',
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes it safe to send this again: a name that the sender thinks up, such as a UUID.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
}
_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the answer that is at hand; 304 where it still holds.",
    "schema": {"type": "string"},
}


@cache
def body() -> bytes:
    """The document."""
    return msgspec.json.encode(document())


@cache
def tag() -> str:
    """Its ETag."""
    return f'"{hashlib.sha256(body()).hexdigest()[:32]}"'


@cache
def document() -> dict[str, Any]:
    """The same as a value."""
    from mlw_workflow.interfaces.api.app import application
    from mlw_workflow.interfaces.api.routes import MODULES

    app = application()
    made = get_openapi(
        title="mlw-workflow", version=mlw_workflow.__version__, openapi_version="3.1.0", summary=None,
        description=DESCRIPTION, routes=app.routes, servers=[{"url": ROOT}],
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        license_info={"name": "European Union Public Licence 1.2", "identifier": "EUPL-1.2"},
    )  # fmt: skip
    every = [meta for module in MODULES for meta in module.routes.metas]
    metas = {(meta.path.replace(":machine", ""), meta.method.lower()): meta for meta in every}
    paths: dict[str, Any] = {}
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _complete(operation, metas[path, method])
        paths[path] = operations
    made["paths"] = paths
    components = made.setdefault("components", {})
    kept = {name: kind for name, kind in components.get("schemas", {}).items() if "ValidationError" not in name}
    assert not kept.keys() & schemas.components().keys(), "two things of one name"
    components["schemas"] = {**kept, **schemas.components()}
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": f"A token with scopes ({', '.join(SCOPES)}), which runs out.",
        }
    }
    return made


def _complete(operation: dict[str, Any], meta: Meta) -> None:
    parameters = operation.setdefault("parameters", [])
    if meta.head:
        parameters.append(_IF_MATCH)
    if meta.writes:
        parameters.append(_KEY)
    if meta.method == "GET" and not meta.media:
        parameters.append(_NONE_MATCH)
    if meta.raw:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    operation["security"] = [{"token": []}] if meta.scope else []
    if meta.scope:
        about = operation.get("description", "")
        operation["description"] = f"{about}\n\nScope: `{meta.scope}`.".strip()
    operation["responses"] = _responses(meta)
    if meta.body and operation["operationId"] in EXAMPLES:
        content = operation["requestBody"]["content"][JSON]
        content["examples"] = EXAMPLES[operation["operationId"]]
    if not parameters:
        del operation["parameters"]


def _responses(meta: Meta) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "As asked.", "headers": {"X-Request-Id": _text("The number in the log.")}}
    if meta.media:
        good["content"] = {media: {} for media in meta.media}
    elif meta.answer:
        shape = schemas.answer(meta.answer, paged=meta.paged)
        good["content"] = {JSON: {"schema": shape}}
        if meta.method == "GET" or meta.head:
            good["headers"]["ETag"] = _text("What the answer, or the pilot after the write, may be known by.")
    if meta.paged:
        good["headers"]["Link"] = _text('The next page, rel="next".')
    told: dict[str, Any] = {str(meta.status): good}
    if meta.method == "GET" and not meta.media:
        told["304"] = {"description": "What is at hand still holds."}
    codes = set(_READS)
    if meta.writes or meta.body or meta.raw:
        codes |= {409, 413, 415}
    if meta.head:
        codes |= {412, 428}
    if not meta.scope:
        codes -= {401, 403, 429}
    for code in sorted(codes):
        told[str(code)] = _problem(code, "Refusal" if meta.refuses and code in (409, 422) else "Problem")
    return told


def _problem(code: int, shape: str) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{shape}"}}
    found: dict[str, Any] = {"description": title(code, "en"), "content": {PROBLEM: content}}
    if code == 401:
        found["headers"] = {"WWW-Authenticate": _text("Bearer, and why the token does not count.")}
    if code == 429:
        found["headers"] = {"Retry-After": _text("Seconds.")}
    return found


def _text(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}
