"""Which task waits for which, as a drawing and as a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlw_workflow.interfaces.web.drawing.layers import Box, Line, drawn
from mlw_workflow.interfaces.web.drawing.words import lines
from mlw_workflow.interfaces.web.pages.board import row_of
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.titles import code_of
from mlw_workflow.services.board import board, state_of
from mlw_workflow.services.prerequisites import prerequisites

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from mlw_workflow.interfaces.web.pages.board import Row
    from mlw_workflow.interfaces.web.titles import PageTitles
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.board import Board
    from mlw_workflow.services.prerequisites import Prerequisite

pages = Pages()
SIGNS, LINES = 21, 3
"""Of a title in its box."""


@dataclass(frozen=True, slots=True)
class Node:
    """A task; a recurring report is one, with all its periods."""

    id: str
    row: Row
    box: Box
    lines: tuple[str, ...]
    done: int
    total: int
    """Of a recurring report."""


@dataclass(frozen=True, slots=True)
class Link:
    """A prerequisite, from the side of either task."""

    href: str
    title: str
    state: str
    steps: str
    """The steps that need it."""
    met: bool
    choice: bool


@pages.page("/graph/{code}", kept=True)
def show(visit: Visit) -> Response:
    """The graph of a pilot's prerequisites, with where each task stands today."""
    pilot, titles = visit.pilot, visit.titles
    same = visit.unchanged(state_of(visit.office.desk, pilot))
    if same is not None:
        return same
    found = board(visit.office.desk, pilot, ())
    needs = prerequisites(found.standing, found.today)
    rows = rows_of(found, titles)
    drawing = drawn(list(rows), [(need.needs, need.task) for need in needs])
    nodes = [
        Node(box.id, rows[box.id][0], box, lines(rows[box.id][0].title, SIGNS, LINES), *rows[box.id][1:])
        for box in drawing.boxes
    ]
    return visit.page(
        "graph.html",
        pilot=pilot,
        today=found.today,
        drawing=drawing,
        nodes=nodes,
        lines=[(line, _met(line, needs)) for line in drawing.lines],
        needs={node.id: [link(rows, titles, one, one.needs) for one in needs if one.task == node.id] for node in nodes},
        frees={node.id: [link(rows, titles, one, one.task) for one in needs if one.needs == node.id] for node in nodes},
    )


def rows_of(found: Board, titles: PageTitles) -> dict[str, tuple[Row, int, int]]:
    """The tasks as the board shows them; of a recurring report the first that is not done, and how many are."""
    groups: dict[str, list[Row]] = {}
    for task in found.tasks:
        groups.setdefault(task.machine.partition("/")[0], []).append(row_of(found, task, titles))
    rows: dict[str, tuple[Row, int, int]] = {}
    for name, members in groups.items():
        done = sum(row.status == "done" for row in members)
        shown = next((row for row in members if row.status != "done"), members[-1])
        rows[name] = (replace(shown, title=titles.plain_machine(name), code=code_of(name)), done, len(members))
    return rows


def link(rows: dict[str, tuple[Row, int, int]], titles: PageTitles, need: Prerequisite, other: str) -> Link:
    """One end of a prerequisite."""
    row = rows[other][0]
    title = f"{row.code} {row.title}".strip()
    steps = ", ".join(titles.plain_trigger(need.task, trigger) for trigger in need.triggers)
    return Link(row.href, title, titles.plain_state(need.needs, need.state), steps, need.met, need.choice)


def _met(line: Line, needs: Sequence[Prerequisite]) -> bool:
    return all(need.met for need in needs if (need.needs, need.task) == line.edge)
