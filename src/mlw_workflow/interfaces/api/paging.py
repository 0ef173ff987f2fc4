"""Lists page by page: a cursor says after which item the next page begins, so that what is added meanwhile shifts
nothing. It belongs to one query.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from mlw_workflow.interfaces.api.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.responses import Response

    from mlw_workflow.interfaces.api.call import Call

LIMIT, LIMIT_MAX = 50, 200
CURSOR_MAX = 1_000
Key = tuple[Any, ...]


def position(call: Call) -> Key | None:
    """After which item the page begins; None: at the beginning. Raises Problem ``cursor_invalid``."""
    given = call.request.query_params.get("cursor", "")
    if not given:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (ValueError, RecursionError):
        raise Problem(400, "cursor_invalid") from None
    if not isinstance(told, list) or len(told) != 2 or told[0] != _query(call) or not isinstance(told[1], list):
        raise Problem(400, "cursor_invalid")
    return tuple(told[1])


def limit_of(call: Call) -> int:
    """How many items a page has."""
    return int(call.request.query_params.get("limit") or LIMIT)


def page(
    call: Call, name: str, items: Iterable[Any], key: Callable[[Any], Key], shape: Callable[[Any], Any]
) -> Response:
    """The page of a list that is sorted by ``key``, whose parts are texts and numbers."""
    after, limit = position(call), limit_of(call)
    try:
        rest = [item for item in items if after is None or key(item) > after]
    except TypeError:
        raise Problem(400, "cursor_invalid") from None
    shown = rest[:limit]
    following = key(shown[-1]) if len(rest) > limit else None
    return answer(call, name, [shape(item) for item in shown], following)


def answer(call: Call, name: str, told: list[Any], following: Key | None) -> Response:
    """A page, and where the next one is."""
    address = None
    headers = {}
    if following is not None:
        address = f"{call.here}?{urlencode([*_given(call), ('cursor', _cursor(call, following))])}"
        headers["link"] = f'<{address}>; rel="next"'
    return call.json({name: told, "next": address}, headers=headers)


def _cursor(call: Call, following: Key) -> str:
    told = json.dumps([_query(call), list(following)], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _given(call: Call) -> list[tuple[str, str]]:
    return [(name, value) for name, value in call.request.query_params.multi_items() if name != "cursor"]


def _query(call: Call) -> str:
    """The query that a cursor belongs to: its address and filters, and for whom it was made."""
    filters = sorted((name, value) for name, value in _given(call) if name != "limit")
    return hashlib.sha256(repr((call.here, filters, call.person)).encode()).hexdigest()[:16]
