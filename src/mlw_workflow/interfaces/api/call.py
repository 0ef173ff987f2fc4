"""One request of a program: whose token it is, what it may, in which language it is answered, and the answers."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

from mlw_workflow.domain.errors import UnknownPilot
from mlw_workflow.interfaces.api.problems import REALM, ROOT, Problem
from mlw_workflow.interfaces.language import DEFAULT, LANGUAGES
from mlw_workflow.interfaces.wording.titles import Titles
from mlw_workflow.services.accounts.api_tokens import holder_of
from mlw_workflow.services.viewer import Viewer
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from starlette.requests import Request

    from mlw_workflow.audit.seal import Head
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.office import Office
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.scope import Reader
    from mlw_workflow.storage.accounts import Account
    from mlw_workflow.storage.api_tokens import ApiToken
    from mlw_workflow.storage.unit_of_work import PilotWork

JSON = "application/json"
CHANGED_MAX = 20
"""Entries that a stale write is told of."""
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_LANGUAGE = re.compile(r"([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]*)?(?:\s*;\s*q=([01](?:\.\d{0,3})?))?")


@dataclass
class Call:
    """A request, with everything a route asks of it. Lives as long as the request."""

    office: Office
    request: Request
    seen: str = ""
    """The head that a write was told to expect, as ``If-Match`` names it; ``*``: whatever is there."""
    managed: bool = False
    """Whether whoever administers asks this of any pilot."""

    # Who asks

    @cached_property
    def held(self) -> tuple[ApiToken, Account]:
        """The token and its holder. Raises Problem ``token_missing``, AccessRefused, BadInput ``login_throttled``."""
        kind, _, secret = self.request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise Problem(401, "token_missing", headers={"www-authenticate": REALM})
        return holder_of(self.office.desk, secret.strip(), self.request.client.host if self.request.client else "")

    def admit(self, scope: str) -> None:
        """Raise Problem unless there is a good token of that scope."""
        token, account = self.held
        if scope not in token.scopes:
            challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
            known = ", ".join(token.scopes)
            raise Problem(403, "scope_missing", headers={"www-authenticate": challenge}, scope=scope, scopes=known)
        if scope == "admin" and not account.is_admin:
            raise Problem(403, "forbidden")

    @property
    def token(self) -> ApiToken:
        """The token."""
        return self.held[0]

    @property
    def is_admin(self) -> bool:
        """Whether the person administers, and this token is for that."""
        return self.held[1].is_admin and "admin" in self.token.scopes

    @cached_property
    def viewer(self) -> Viewer:
        """The person, with what they may see today."""
        return self.office.viewers.of(self.held[1])

    @property
    def person(self) -> str:
        """The person's id."""
        return self.held[1].person.id

    @property
    def reader(self) -> Reader:
        """The same for the services that write down who reads."""
        return self.viewer.reader

    # What is asked

    @cached_property
    def desk(self) -> Desk:
        """The desk; for a write one that refuses a pilot which is not as its writer knew it."""
        return self.office.desk.watched(self._expect) if self.seen else self.office.desk

    @cached_property
    def pilot(self) -> Pilot:
        """The pilot that the address names. Raises UnknownPilot, also for one that is not the person's to see."""
        return self.pilot_of(self.request.path_params["code"])

    def pilot_of(self, code: str) -> Pilot:
        """A pilot by its code. Raises UnknownPilot, also for one out of reach unless it is only about its people."""
        if code in self.viewer.seen or not (self.managed and self.is_admin):
            return self.viewer.pilot(code)
        with self.office.desk.database.read() as connection:  # ``desk`` is made once the head to expect is known
            found = [pilot for pilot in repositories.pilots(connection) if pilot.code == code]
        if not found:
            raise UnknownPilot(pilot=code[:80], known=())
        return found[0]

    @property
    def roles(self) -> tuple[str, ...]:
        """The person's roles in that pilot."""
        return self.viewer.roles(self.pilot)

    @property
    def programme(self) -> Programme:
        """The definition that the pilot is pinned to."""
        return self.desk.programme(self.pilot.definition)

    @property
    def today(self) -> date:
        """The programme's local day."""
        return self.desk.today(self.programme)

    @cached_property
    def titles(self) -> Titles:
        """What the pilot's programme calls things."""
        return self.titles_of(self.pilot)

    def titles_of(self, pilot: Pilot) -> Titles:
        """What a pilot's programme calls things."""
        return Titles(self.desk.programme(pilot.definition), self.language)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Everybody's name by id."""
        with self.desk.database.read() as connection:
            return {person.id: person.name for person in repositories.people(connection)}

    def name_of(self, pilot: Pilot) -> str:
        """How a pilot is named: its municipality where that is unique among all, else its code."""
        if self.municipalities.count(pilot.municipality) > 1:
            return pilot.code
        return pilot.municipality

    @cached_property
    def municipalities(self) -> list[str]:
        """Of every pilot."""
        with self.desk.database.read() as connection:
            return [pilot.municipality for pilot in repositories.pilots(connection)]

    @cached_property
    def language(self) -> str:
        """As ``Accept-Language`` asks, else as the office speaks."""
        wanted = language_of(self.request.headers.get("accept-language", ""))
        return wanted or self.office.settings.language or DEFAULT

    @property
    def here(self) -> str:
        """The address that was asked for."""
        return self.request.url.path

    @property
    def request_id(self) -> str:
        """The number of the request in the log."""
        number: str = self.request.scope.get("state", {}).get("request_id", "")
        return number

    # Answers

    def tag_of(self, pilot: Pilot) -> str:
        """The ETag of what a pilot's log decides: where the log ends, then what else this answer depends on."""
        with self.desk.database.read() as connection:
            head = repositories.head(connection, pilot.id)
        if head is None:
            raise UnknownPilot(pilot=pilot.code, known=())
        roles = self.viewer.roles(pilot)
        told = repr((self.here, str(self.request.url.query), self.language, self.today, roles, self.person))
        return f'"{head_tag(head)}.{hashlib.sha256(told.encode()).hexdigest()[:16]}"'

    def unchanged(self, tag: str) -> Response | None:
        """The answer for whoever has this very answer already."""
        given = _TAG.findall(self.request.headers.get("if-none-match", ""))
        if tag.strip('"') not in given and self.request.headers.get("if-none-match", "").strip() != "*":
            return None
        return Response(status_code=304, headers=self.headers(tag))

    def headers(self, tag: str = "") -> dict[str, str]:
        """What every answer says."""
        said = {"content-language": self.language, "vary": "authorization, accept-language"}
        return {**said, "etag": tag, "cache-control": "private, no-cache"} if tag else said

    def json(self, value: Any, status: int = 200, tag: str = "", headers: Mapping[str, str] | None = None) -> Response:
        """An answer."""
        body = msgspec.json.encode(value)
        if not tag and status == 200 and self.request.method == "GET":
            tag = f'"{hashlib.sha256(body + self.language.encode()).hexdigest()[:32]}"'
            same = self.unchanged(tag)
            if same is not None:
                return same
        return Response(body, status, {**self.headers(tag), **(headers or {})}, JSON)

    # Writes

    def expect_head(self) -> None:
        """Take over what the writer knew. Raises Problem ``precondition_required``."""
        given = self.request.headers.get("if-match", "").strip()
        if not given:
            code = self.request.path_params.get("code", "{code}")
            raise Problem(428, "precondition_required", pilot=f"{ROOT}/pilots/{code}")
        self.seen = given

    def _expect(self, work: PilotWork) -> None:
        if self.seen == "*" or work.id != self.pilot.id:
            return
        known = {tag.partition(".")[0] for tag in _TAG.findall(self.seen)}
        if head_tag(work.head) not in known:
            raise Problem(412, "stale", **self._meanwhile(work, known))

    def _meanwhile(self, work: PilotWork, known: set[str]) -> dict[str, Any]:
        """What was recorded since the writer looked; nothing of it to whoever does not reach the pilot."""
        from mlw_workflow.audit.read import decode
        from mlw_workflow.interfaces import shapes

        numbers = [int(tag.partition("-")[0]) for tag in known if re.fullmatch(r"\d{1,12}-[0-9a-f]{16}", tag)]
        since = max(numbers, default=work.head.seq)
        after = max(since, work.head.seq - CHANGED_MAX)
        found = list(repositories.entries(work.connection, work.id, after))
        reached = self.pilot.code in self.viewer.seen
        changed = [shapes.entry(decode(body), hash_) for _, hash_, body in found] if reached else []
        return {"changed": changed, "current": f'"{head_tag(work.head)}"'}


def head_tag(head: Head) -> str:
    """The end of a log, as ETags begin with it."""
    return f"{head.seq}-{head.hash.hex()[:16]}"


def language_of(accepted: str) -> str:
    """The language that is asked for most; empty when neither of ours is."""
    found: list[tuple[float, int, str]] = []
    for part in accepted[:200].split(","):
        given = _LANGUAGE.fullmatch(part.strip())
        if given is not None and given[1].lower() in LANGUAGES:
            found.append((-float(given[2] or 1), len(found), given[1].lower()))
    return min(found)[2] if found and min(found)[0] < 0 else ""
