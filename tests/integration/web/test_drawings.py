"""The graph of prerequisites and the timeline: the drawing and the table beside it say the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Panel

_NODE = re.compile(r'<a class="mlw-node mlw-node--(\w+)" href="([^"]+)"')


def test_the_graph_shows_each_task_once_and_what_it_waits_for(panel: Panel) -> None:
    """A box and a row for each task, an arrow for each pair; what waits for the team says so, a met condition too."""
    page = panel.as_("coordinator.tluszcz").get("/graph/tluszcz").text
    nodes = {href: status for status, href in _NODE.findall(page)}
    assert len(nodes) == 19
    assert nodes["/pilots/tluszcz/w03"] == "done"
    assert nodes["/pilots/tluszcz/w06"] == "waits"
    assert page.count('<polygon class="mlw-edge__head') == 16
    assert page.count("mlw-edge--met") == 6  # one of them in the legend
    table = page[page.index("<tbody") :]
    assert table.count("<tr") == 19
    row = re.sub(r"<[^>]+>|\s+", " ", table[table.index("w06") :]).split("W07")[1]
    assert "(Zespół powołany): jeszcze nie" in " ".join(row.split())


def test_the_graph_is_not_drawn_again_for_whoever_has_it(panel: Panel) -> None:
    """The same page is answered without a body until something is recorded."""
    browser = panel.as_("coordinator.tluszcz")
    first = browser.get("/graph/tluszcz")
    assert browser.get("/graph/tluszcz", headers={"if-none-match": first.headers["etag"]}).status_code == 304


def test_the_timeline_shows_what_happened_and_what_presses(panel: Panel) -> None:
    """Bars from begun to done, late reports, the critical path by word and pattern; the table gives the same days."""
    page = panel.as_("coordinator.tluszcz").get("/timeline/tluszcz").text
    drawing, table = page[page.index("mlw-drawing__svg") : page.index("<tbody")], page[page.index("<tbody") :]
    assert drawing.count("mlw-bar--critical") == drawing.count(">krytyczne<") == 3
    assert drawing.count("mlw-mark--late") == 7
    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in table.split("<tr")[1:]]
    assert next(row for row in rows if "W05" in row).count("28.02.2014") == 1
    critical = [row[row.index(">") + 2 :][:3] for row in rows if "ścieżka krytyczna" in row]
    assert critical == ["W07", "W09", "Kon"]
    assert sum("po terminie" in row for row in rows) == 7
