"""A pilot along its days: a drawing like Gantt's, and a table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.interfaces.web.drawing import timeline as drawing
from mlw_workflow.interfaces.web.drawing.words import lines
from mlw_workflow.interfaces.web.pages.board import task_href
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.titles import code_of
from mlw_workflow.interfaces.wording.dates import month_short
from mlw_workflow.services.board import state_of
from mlw_workflow.services.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from starlette.responses import Response

    from mlw_workflow.interfaces.web.titles import PageTitles
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.timeline import Course

pages = Pages()
SIGNS = 36


@dataclass(frozen=True, slots=True)
class Label:
    """The title of a row of the drawing."""

    href: str
    lines: tuple[str, ...]
    critical: bool
    row: drawing.Row


@dataclass(frozen=True, slots=True)
class Line:
    """A task in the table."""

    href: str
    title: str
    state: str
    course: Course
    deadlines: tuple[tuple[str, date | None, str], ...]
    """Title, day and ``open``, ``late`` or ``done``."""


@pages.page("/timeline/{code}", kept=True)
def show(visit: Visit) -> Response:
    """The timeline of a pilot as of today."""
    pilot, titles = visit.pilot, visit.titles
    same = visit.unchanged(state_of(visit.office.desk, pilot))
    if same is not None:
        return same
    found = timeline(visit.office.desk, pilot)
    groups: dict[str, list[Course]] = {}
    for course in found.courses:
        groups.setdefault(course.machine.partition("/")[0], []).append(course)
    tasks = [task_of(courses, found.today) for courses in groups.values()]
    drawn = drawing.drawn(tasks, (pilot.start, pilot.end), found.today)
    labels = [
        Label(
            task_href(pilot.code, courses[0].machine),
            lines(title_of(name, titles), SIGNS, 2),
            any(course.critical for course in courses),
            row,
        )
        for (name, courses), row in zip(groups.items(), drawn.rows, strict=True)
    ]
    return visit.page(
        "timeline.html",
        pilot=pilot,
        today=found.today,
        drawing=drawn,
        months=[(month, month_short(month.first, visit.language)) for month in drawn.months],
        labels=labels,
        table=[line_of(course, titles, pilot.code, found.today) for course in found.courses],
        rescuable_until=found.rescuable_until,
        critical=[title_of(course.machine, titles) for course in found.courses if course.critical],
    )


def title_of(machine: str, titles: PageTitles) -> str:
    """A task as people call it."""
    return f"{code_of(machine)} {titles.plain_machine(machine)}".strip()


def task_of(courses: Sequence[Course], today: date) -> drawing.Task:
    """The row of a task; a recurring report has all its periods in one."""
    stretches: list[drawing.Stretch] = []
    marks: list[drawing.Mark] = []
    for course in courses:
        if course.begun_on is not None:
            last = course.done_on or max(today, course.begun_on)
            stretches.append(drawing.Stretch(course.begun_on, last, "done" if course.done_on else "open"))
        if course.start_by is not None and course.finish_by is not None:
            kind = "critical" if course.critical else "ahead"
            first = min(course.start_by, course.finish_by)
            stretches.append(drawing.Stretch(first, course.finish_by, kind))
            marks.append(drawing.Mark(course.start_by, "start"))
        for deadline in course.deadlines:
            assert deadline.due_on is not None
            kind = "late" if deadline.late(today) else "kept" if deadline.status == "done" else "due"
            marks.append(drawing.Mark(deadline.due_on, kind))
    return drawing.Task(tuple(stretches), tuple(marks))


def line_of(course: Course, titles: PageTitles, code: str, today: date) -> Line:
    """A task's row of the table."""
    due = tuple(
        (d.rule.title[titles.language], d.due_on, "late" if d.late(today) else d.status) for d in course.deadlines
    )
    state = titles.plain_state(course.machine, course.state)
    return Line(task_href(code, course.machine), title_of(course.machine, titles), state, course, due)
