"""Copies of pages that browsers hold, and that were good a moment ago.

A browser that has a page asks whether it is still good. As long as nobody has committed anything, the answer to one and
the same question stays the same; so it need not be found out again who asks, and what they may see.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from starlette.responses import Response

from mlw_workflow.domain.errors import WorkflowError
from mlw_workflow.interfaces.web.viewers import moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from mlw_workflow.services.desk import Desk

SECONDS = 20
"""For so long an answer is given again: a session may outlive its end by that, and is noted as used no later."""
MOST = 1000


class Copies:
    """What was found good, by a digest of the question. For one thread: the one in which requests arrive."""

    def __init__(self, desk: Desk) -> None:
        """Nothing yet."""
        self.desk = desk
        self._good: dict[bytes, tuple[object, float, dict[str, str]]] = {}

    def same(self, request: Request, ask: Callable[[], Response | None]) -> Response | None:
        """That a copy is still good, as ``ask`` finds out unless it was found just now; None: ask for the page."""
        try:
            state = moment(self.desk)
        except WorkflowError:
            return None
        question, now = _question(request), time.monotonic()
        before, until, headers = self._good.get(question, (None, 0.0, {}))
        if before == state and now < until:
            return Response(status_code=304, headers=headers)
        found = ask()
        if found is not None and found.status_code == 304:
            if len(self._good) >= MOST:
                self._good.clear()
            kept = {name: found.headers[name] for name in found.headers}
            self._good[question] = (state, now + SECONDS, kept)
        return found


def _question(request: Request) -> bytes:
    """Everything of a request that an answer may depend on; a digest, because a session's secret is among it."""
    given = [request.scope["path"].encode(), request.scope["query_string"]]
    given += [value for name, value in request.scope["headers"] if name in (b"cookie", b"if-none-match")]
    return hashlib.sha256(b"\0".join(given)).digest()
