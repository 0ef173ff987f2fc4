"""Having the last checkpoint stamped by a time-stamping authority (RFC 3161)."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from socket import gaierror
from ssl import SSLError
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import structlog

from mlw_workflow.audit import timestamp
from mlw_workflow.audit.timestamp import TimestampInvalid
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.storage import heartbeat, tree
from mlw_workflow.storage.tree import StoredToken

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.services.desk import Desk

TIMEOUT_S = 30


TIMESTAMP = "timestamp"
"""The heartbeat of the day's time stamp, with the code of what went wrong."""
log = structlog.get_logger("mlw.timestamp")


@dataclass(frozen=True, slots=True)
class Authority:
    """Who is asked for time stamps; without an address nobody is."""

    url: str = ""
    ca_file: str = ""


NOBODY = Authority()


@dataclass(frozen=True, slots=True)
class Stamped:
    """A checkpoint with a time stamp."""

    size: int
    authority: str
    at: datetime
    new: bool


def daily(desk: Desk, authority: Authority, now: datetime) -> Stamped | None:
    """Have the last checkpoint stamped once a day, after the day's checkpoint; None when there is nothing to do.

    What goes wrong is told in the log and by the doctor, and tried again the next day: nothing else waits for it.
    """
    with desk.database.read() as connection:
        made = heartbeat.heartbeat(connection, tree.CHECKPOINT)
        tried = heartbeat.heartbeat(connection, TIMESTAMP)
    today = local_day(now)
    wanted = made is not None and local_day(made.at) >= today and (tried is None or local_day(tried.at) < today)
    forgotten = not authority.url and tried is not None and tried.detail  # nobody is asked any more
    if not forgotten and not (authority.url and wanted):
        return None
    stamped, problem = None, ""
    if authority.url:
        try:
            stamped = stamp(desk, authority.url, authority.ca_file)
        except (BadInput, OSError) as error:
            problem = error.code if isinstance(error, BadInput) else "timestamp_ca_unreadable"
            log.error("timestamp_failed", code=problem, problem=str(error)[:200])
    with desk.database.work() as work:
        heartbeat.beat(work.connection, TIMESTAMP, now, problem)
        work.commit()
    return stamped


class _NoRedirect(HTTPRedirectHandler):
    """An authority answers where it was asked."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def stamp(desk: Desk, url: str, ca_file: str) -> Stamped:
    """Have the last checkpoint stamped, unless that authority did; what it answers is checked before it is kept.

    Raises BadInput ``timestamp_not_set``, ``timestamp_address``, ``timestamp_unreachable``, ``timestamp_invalid`` or
    ``checkpoint_none``.
    """
    if not url or not ca_file:
        raise BadInput("timestamp_not_set")
    if urlsplit(url).scheme not in ("http", "https"):
        raise BadInput("timestamp_address", url=url[:200])
    roots = Path(ca_file).read_bytes()
    with desk.database.read() as connection:
        last = tree.last_checkpoint(connection)
        if last is None:
            raise BadInput("checkpoint_none")
        known = next((token for token in tree.tokens(connection, last.size) if token.authority == url), None)
    if known is not None:
        return Stamped(last.size, url, known.stamped_at, new=False)
    asked = timestamp.ask(last.note)
    token = _answer(url, asked.request)
    try:
        at = timestamp.check(token, last.note, roots, asked.nonce)
    except TimestampInvalid as problem:
        raise BadInput("timestamp_invalid", url=url, problem=problem.problem) from problem
    with desk.database.work() as work:
        new = tree.add_timestamp(work.connection, last.size, StoredToken(url, token, at))
        work.commit()
    return Stamped(last.size, url, at, new)


def _answer(url: str, request: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    asked = Request(url, data=request, headers=headers, method="POST")  # noqa: S310 - the scheme was looked at
    try:
        with build_opener(_NoRedirect).open(asked, timeout=TIMEOUT_S) as answer:
            token: bytes = answer.read(timestamp.TOKEN_MAX + 1)
    except (URLError, HTTPException, OSError) as problem:
        raise BadInput("timestamp_unreachable", url=url, problem=_why(problem), detail=str(problem)[:200]) from problem
    if len(token) > timestamp.TOKEN_MAX:
        raise BadInput("timestamp_invalid", url=url, problem="timestamp_long")
    return token


def _why(problem: Exception) -> str:
    """The code of why there is no answer."""
    if isinstance(problem, HTTPError):
        return f"timestamp_http:{problem.code}"
    reason = problem.reason if isinstance(problem, URLError) else problem
    kinds = {gaierror: "no_host", SSLError: "tls", TimeoutError: "slow", ConnectionRefusedError: "closed"}
    return "timestamp_" + next((code for kind, code in kinds.items() if isinstance(reason, kind)), "no_answer")
