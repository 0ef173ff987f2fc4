"""One request for a page: who asks, in which language, what was typed; and the answers a page can give."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mlw_workflow import __version__
from mlw_workflow.interfaces.language import DEFAULT, LANGUAGES
from mlw_workflow.interfaces.web.navigation import navigation
from mlw_workflow.interfaces.web.packing import LEAST, packed
from mlw_workflow.interfaces.web.security import Cookies
from mlw_workflow.interfaces.web.titles import PageTitles
from mlw_workflow.services.accounts.login import Origin, Session, note_use, session_of
from mlw_workflow.services.accounts.tokens import form_token, new_token
from mlw_workflow.services.viewer import Viewer

if TYPE_CHECKING:
    from starlette.requests import Request

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.office import Office
    from mlw_workflow.storage.accounts import Account

ADMIN = "admin"
"""How the settings name whoever administers the panel, beside the roles."""


class Elsewhere(Exception):
    """A brief visit will not do: the page has to be made."""


@dataclass
class Visit:
    """A request, with everything a page asks of it. Lives as long as the request."""

    office: Office
    request: Request
    form: FormData = field(default_factory=FormData)
    anonymous: bool = False
    """Nothing is asked of the database: for the page that tells that it is away."""
    brief: bool = False
    """It only asks whether the browser's copy is still good, writes nothing, and raises Elsewhere for all else."""

    etag: str = ""
    """What a browser may compare its copy of the page by; empty: it keeps none."""

    @cached_property
    def cookies(self) -> Cookies:
        """The cookies' names."""
        return Cookies(secure=self.office.secure)

    @cached_property
    def token(self) -> str:
        """The session's secret; empty for none."""
        return self.request.cookies.get(self.cookies.session, "")

    @cached_property
    def session(self) -> Session | None:
        """Whose session it is."""
        found = None if self.anonymous else session_of(self.office.desk, self.token)
        if self.brief and found is not None and found.unnoted:
            raise Elsewhere
        return found

    @cached_property
    def viewer(self) -> Viewer | None:
        """Who looks; None: nobody who is logged in."""
        found = self.session
        return None if found is None or found.expired else self.office.viewers.of(found.account)

    @property
    def person(self) -> Viewer:
        """Who looks, on a page that is only for those who are logged in."""
        assert self.viewer is not None, "a page without a guard"
        return self.viewer

    @cached_property
    def pilot(self) -> Pilot:
        """The pilot that the address names. Raises UnknownPilot, also for one that is not the viewer's."""
        return self.person.pilot(self.request.path_params["code"])

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The viewer's roles in that pilot."""
        return self.person.roles(self.pilot)

    @cached_property
    def switched(self) -> str:
        """The language in which a half-filled form is to be shown on; empty: the form was sent for what it is for."""
        wanted = self.typed("speak")
        return wanted if wanted in LANGUAGES else ""

    @cached_property
    def language(self) -> str:
        """As chosen on a page, else as the person speaks, else as the office does."""
        if self.switched:
            return self.switched
        chosen = self.request.cookies.get(self.cookies.language, "")
        if chosen in LANGUAGES:
            return chosen
        if self.viewer is not None and self.viewer.person.language in LANGUAGES:
            return self.viewer.person.language
        return self.office.settings.language or DEFAULT

    @cached_property
    def titles(self) -> PageTitles:
        """What the pilot's programme calls things."""
        return PageTitles(self.office.desk.programme(self.pilot.definition), self.language)

    @cached_property
    def visit_token(self) -> str:
        """The secret of a visitor who is not logged in; a new one where the browser has none."""
        return self.request.cookies.get(self.cookies.visit, "") or new_token()

    @cached_property
    def form_token(self) -> str:
        """What this visitor's forms carry."""
        return form_token(self.token or self.visit_token)

    @property
    def account(self) -> Account:
        """The account of whoever looks."""
        assert self.session is not None, "a page without a guard"
        return self.session.account

    @cached_property
    def must_enrol(self) -> bool:
        """Whether whoever looks has to turn a second factor on before they see anything else."""
        asked = self.office.settings.accounts.second_factor_for
        if not asked or self.viewer is None or self.account.second_factor_since is not None:
            return False
        held = {role for _, roles in self.viewer.seen.values() for role in roles}
        return bool(held & set(asked)) or (ADMIN in asked and self.viewer.is_admin)

    @property
    def origin(self) -> Origin:
        """Where the visitor comes from."""
        return Origin(self.address, self.request.headers.get("user-agent", ""))

    @property
    def address(self) -> str:
        """Where the visitor comes from, as far as is known."""
        return self.request.client.host if self.request.client else ""

    @cached_property
    def here(self) -> str:
        """This page's address."""
        path, query = self.request.scope["path"], self.request.scope["query_string"].decode("latin-1")
        return f"{path}?{query}" if query else str(path)

    @property
    def back(self) -> str:
        """Where a form that stands on every page leads back to: this page, or the first one after a form."""
        return self.here if self.request.method == "GET" else "/"

    def query(self, name: str) -> str:
        """A value of the address."""
        return self.request.query_params.get(name, "")

    def typed(self, name: str) -> str:
        """A value of the form."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def noted(self, response: Response) -> Response:
        """The answer; once it is sent, it is written down that the session is in use, where that is due."""
        if self.session is not None and self.session.unnoted and response.background is None:
            response.background = BackgroundTask(note_use, self.office.desk, self.token)
        return response

    def unchanged(self, *facts: object, forms: bool = True) -> Response | None:
        """The answer for a browser that has this very page already: nothing is rendered.

        ``facts`` are all that the page depends on beside who looks, in which session and language, and the program.
        ``forms``: the page has some, whose secret is the session's own.
        """
        viewer, who = self.viewer, None
        if viewer is not None:
            seen = [(pilot.id, roles, viewer.audits(pilot)) for pilot, roles in viewer.seen.values()]
            who = (viewer.person, viewer.is_admin, seen)
        secret = self.form_token if forms else ""
        told = repr((who, secret, self.language, self.here, self.office.assets.digest, __version__, facts))
        self.etag = f'W/"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'
        if self.etag not in self.request.headers.get("if-none-match", ""):
            if self.brief:
                raise Elsewhere
            return None
        return Response(status_code=304, headers=self.kept())

    def kept(self) -> dict[str, str]:
        """The headers by which a browser keeps its copy of an answer, and asks before it shows it again."""
        return (
            {"etag": self.etag, "cache-control": "private, no-cache", "vary": "cookie, accept-encoding"}
            if self.etag
            else {}
        )

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page from a template."""
        shown = {"visit": self, "viewer": self.viewer, "navigation": navigation(self), **values}
        body, headers = self.office.renderer.render(template, self.language, shown).encode(), self.kept()
        if len(body) > LEAST and "gzip" in self.request.headers.get("accept-encoding", ""):
            body, headers = packed(body), {"vary": "accept-encoding", **headers, "content-encoding": "gzip"}
        response = HTMLResponse(body, status, headers)
        if not self.token and not self.request.cookies.get(self.cookies.visit):
            self.cookies.set(response, self.cookies.visit, self.visit_token)
        if self.switched:
            self.cookies.speak(response, self.switched)
        return response

    def part(self, template: str, **values: Any) -> Markup:
        """A part of a page from a template, with nothing of the visitor's own: others may be shown it too."""
        return Markup(self.office.renderer.render(template, self.language, values))  # noqa: S704 (a template escapes)

    def go(self, path: str) -> Response:
        """On to another page, after a form."""
        return RedirectResponse(path, 303)
