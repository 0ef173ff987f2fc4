"""What anybody may read of a municipality, and what switches it on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response

from mlw_workflow.interfaces.web.atom import AtomEntry, atom_feed
from mlw_workflow.interfaces.web.routing import Forbidden, Pages
from mlw_workflow.interfaces.web.titles import PageTitles, code_of
from mlw_workflow.interfaces.wording.dates import day_words
from mlw_workflow.interfaces.wording.values import value_words
from mlw_workflow.notifications.clean import one_line
from mlw_workflow.services.public_page import PublicPage, may_publish, public_page, public_pilot, set_shown, shown_since

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.board import Task
    from mlw_workflow.services.public_page import PublicEvent

pages = Pages()
ATOM = "application/atom+xml; charset=utf-8"
ATOM_TITLE_MAX = 120


@dataclass(frozen=True, slots=True)
class PublicTask:
    """A task, or all the periods of a recurring one, as the page shows it."""

    code: str
    title: str
    state: str
    since: date | None
    due_on: date | None
    status: str
    """``done``, ``working`` or ``planned``."""
    count: int = 1
    done: int = 0
    """Of a recurring one: how many there are, and how many are done."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that took place."""

    seq: int
    title: str
    task: str
    occurred_on: date
    facts: tuple[tuple[str, str], ...]


@pages.page("/public/{code}", public=True)
def show(visit: Visit) -> Response:
    """The municipality's page. 404 where it is switched off, as where there is no such municipality."""
    pilot = public_pilot(visit.office.desk, visit.request.path_params["code"])
    found = public_page(visit.office.desk, pilot)
    same = visit.unchanged("public", found.changed_at, found.today)
    if same is not None:
        return same
    programme = visit.office.desk.programme(pilot.definition)
    titles = PageTitles(programme, visit.language)
    rows = tasks(found.tasks, titles)
    return visit.page(
        "public.html",
        pilot=pilot,
        programme=programme.title[visit.language],
        groups=[(status, [row for row in rows if row.status == status]) for status in ("done", "working", "planned")],
        events=[event_row(event, titles, visit.language) for event in found.events],
        done=sum(task.done for task in found.tasks),
        total=len(found.tasks),
        today=found.today,
        changed_at=found.changed_at,
        feed=f"/public/{quote(pilot.code)}/feed.atom",
    )


@pages.page("/public/{code}/feed.atom", public=True)
def feed(visit: Visit) -> Response:
    """The same events for programs that watch for news (RFC 4287)."""
    pilot = public_pilot(visit.office.desk, visit.request.path_params["code"])
    found = public_page(visit.office.desk, pilot)
    same = visit.unchanged("atom", found.changed_at, forms=False)
    if same is not None:
        return same
    programme = visit.office.desk.programme(pilot.definition)
    titles = PageTitles(programme, visit.language)
    body = atom_feed(
        address=f"{visit.office.settings.server.url}/public/{quote(pilot.code)}",
        title=f"{pilot.municipality}: {programme.title[visit.language]}",
        updated=found.changed_at,
        language=visit.language,
        entries=[atom_entry(found, event, titles, visit.language) for event in found.events],
    )
    return Response(body, media_type=ATOM, headers=visit.kept())


@pages.page("/publish/{code}")
def switch(visit: Visit) -> Response:
    """What the public page is, whether it is on, and the button for whoever may switch it."""
    pilot = visit.pilot
    return visit.page(
        "publish.html",
        pilot=pilot,
        since=shown_since(visit.office.desk, pilot),
        may=_may(visit),
        address=f"{visit.office.settings.server.url}/public/{quote(pilot.code)}",
        path=f"/public/{quote(pilot.code)}",
    )


@pages.page("/publish/{code}", methods=("POST",))
def switched(visit: Visit) -> Response:
    """Switch it on or off."""
    if not _may(visit):
        raise Forbidden
    set_shown(visit.office.desk, visit.pilot, visit.person.person.id, shown=visit.typed("do") == "show")
    return visit.go(f"/publish/{quote(visit.pilot.code)}")


def _may(visit: Visit) -> bool:
    return may_publish(visit.office.desk.programme(visit.pilot.definition), visit.person.roles(visit.pilot))


def tasks(found: Iterable[Task], titles: PageTitles) -> list[PublicTask]:
    """One row for each task; the periods of a recurring one are counted, not listed."""
    groups: dict[str, list[Task]] = {}
    for task in found:
        groups.setdefault(task.machine.partition("/")[0], []).append(task)
    return [_row(workflow, group, titles) for workflow, group in groups.items()]


def _row(workflow: str, group: list[Task], titles: PageTitles) -> PublicTask:
    done = sum(task.done for task in group)
    begun = any(task.begun for task in group)
    due = min((task.deadline.due_on for task in group if task.deadline and task.deadline.due_on), default=None)
    status = "done" if done == len(group) else "working" if begun else "planned"
    alone = group[0] if len(group) == 1 else None
    return PublicTask(
        code_of(workflow),
        titles.plain_machine(alone.machine if alone else workflow),
        titles.plain_state(alone.machine, alone.state) if alone and alone.begun else "",
        alone.since if alone else None,
        None if status == "done" else due,
        status,
        len(group),
        done,
    )


def event_row(event: PublicEvent, titles: PageTitles, language: str) -> EventRow:
    """An event in words."""
    facts = tuple((field.title[language], value_words(field, value, language)) for field, value in event.facts)
    step = titles.plain_trigger(event.machine, event.trigger)
    return EventRow(event.seq, step, titles.plain_machine(event.machine), event.occurred_on, facts)


def atom_entry(found: PublicPage, event: PublicEvent, titles: PageTitles, language: str) -> AtomEntry:
    """An event as the feed has it."""
    row = event_row(event, titles, language)
    told = "; ".join(f"{name}: {value}" for name, value in row.facts)
    what = one_line(f"{row.task}: {', '.join(value for _, value in row.facts if value)}", ATOM_TITLE_MAX)
    return AtomEntry(
        f"urn:mlw:{found.pilot.id}:{event.seq}",
        f"{what}, {day_words(row.occurred_on, language)}",
        event.recorded_at,
        f"{row.task}. {told}",
    )
