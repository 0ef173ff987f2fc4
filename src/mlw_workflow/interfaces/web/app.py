"""The panel as an ASGI application; ``mlw serve``, ``mlw demo`` and the tests all make it here."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route

from mlw_workflow import bootstrap
from mlw_workflow.interfaces.api.app import ROOT, Api
from mlw_workflow.interfaces.web.office import Office
from mlw_workflow.interfaces.web.pages import (
    abroad,
    accessibility,
    account,
    admin,
    audit,
    board,
    calendar,
    checkpoints,
    demo,
    deputies,
    entry,
    files,
    findings,
    graph,
    health,
    home,
    judge,
    language,
    login,
    matrix,
    my,
    notices,
    password,
    past,
    people,
    public,
    queue,
    requests,
    task,
    timeline,
    tokens,
    webhooks,
)
from mlw_workflow.interfaces.web.routing import on_http_error
from mlw_workflow.interfaces.web.security import FORM_MAX, Guard
from mlw_workflow.services import known_verdicts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from mlw_workflow.services.desk import Desk
    from mlw_workflow.settings import Settings

PAGES = (  # a request is compared with their addresses in this order: what is looked at most comes first
    board,
    login,
    abroad,
    password,
    account,
    admin,
    people,
    tokens,
    webhooks,
    language,
    home,
    files,
    graph,
    timeline,
    audit,
    entry,
    findings,
    notices,
    calendar,
    checkpoints,
    public,
    matrix,
    accessibility,
    queue,
    judge,
    my,
    requests,
    deputies,
    past,
    task,
)


def create_app(settings: Settings, *, desk: Desk | None = None, reminders: bool = False) -> Starlette:
    """The panel on a desk (by default that of the settings, which is closed in the end).

    With ``reminders`` it also sends them, for an office of one process. Raises StorageUnavailable, BadInput.
    """
    own = desk is None
    office = _open_office(settings, desk or bootstrap.open_desk(settings), reminds=reminders)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        known_verdicts.load(office.desk, settings.known_verdicts)
        stop = _start_reminders(office) if reminders else None
        try:
            yield
        finally:
            if stop is not None:
                stop()
            known_verdicts.save(office.desk, settings.known_verdicts)
            if own:
                office.desk.database.close()

    app = Starlette(lifespan=lifespan)
    app.state.office = office
    app.router.routes.append(Route("/static/{digest}/{name}", office.assets.serve, name="static"))
    for module in (*PAGES, *((demo,) if office.demonstration else ())):
        app.router.routes.extend(module.pages.routes)
    app.router.routes.extend(calendar.routes)
    app.router.routes.extend(health.routes)
    app.router.routes.append(Mount(ROOT, Api(office), name="api"))
    app.add_exception_handler(HTTPException, on_http_error)
    body_max = settings.file_size_max_mb * 1_000_000 + FORM_MAX
    app.add_middleware(Guard, secure=office.secure, body_max=body_max, metrics=office.metrics)
    return app


def _open_office(settings: Settings, desk: Desk, *, reminds: bool) -> Office:
    """The panel's surroundings; a demonstration's clock is one that its visitors move."""
    mailroom = bootstrap.open_mailroom(settings, settings.server.url)
    if not settings.is_demo or settings.today is None:
        return Office(settings, desk, mailroom, reminds=reminds)
    from mlw_workflow.domain.clock import PlayedClock
    from mlw_workflow.interfaces.web.demonstration import Demonstration
    from mlw_workflow.interfaces.wording.refused import refused_words

    clock = PlayedClock(settings.today)
    desk = replace(desk, clock=clock)
    worker = bootstrap.open_worker(settings, desk, mailroom, refused_words)
    return Office(settings, desk, mailroom, Demonstration(clock, worker, settings), reminds=reminds)


def _start_reminders(office: Office) -> Callable[[], None]:
    """The worker in a thread of its own; what stops it, once the mail in hand is over."""
    from mlw_workflow.interfaces.wording.refused import refused_words
    from mlw_workflow.services.local_policies import apply_local_policies

    apply_local_policies(office.desk, office.settings.reminders_folder)
    worker = bootstrap.open_worker(office.settings, office.desk, office.mailroom, refused_words)
    thread = threading.Thread(target=worker.run, name="reminders")
    thread.start()

    def stop() -> None:
        worker.stop()
        thread.join()
        worker.transport.close()

    return stop
