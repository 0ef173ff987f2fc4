"""Drawings: nothing lies on anything else, everything is drawn, and the same is always drawn alike."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from mlw_workflow.interfaces.web.drawing import layers, timeline
from mlw_workflow.interfaces.web.drawing.timeline import Mark, Stretch, Task
from mlw_workflow.interfaces.web.drawing.words import lines

NODES = [f"n{number}" for number in range(9)]
EDGES = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=24)


@given(EDGES)
def test_boxes_keep_apart_and_every_edge_is_drawn(edges: list[tuple[str, str]]) -> None:
    """Any graph, circles too: no two boxes meet, each edge has one line, and all lies within the drawing."""
    found = layers.drawn(NODES, edges)
    assert [box.id for box in found.boxes] == NODES
    for one, other in combinations(found.boxes, 2):
        apart_x = one.x + one.width <= other.x or other.x + other.width <= one.x
        apart_y = one.y + one.height <= other.y or other.y + other.height <= one.y
        assert apart_x or apart_y, (one, other)
    assert {line.edge for line in found.lines} == {edge for edge in edges if edge[0] != edge[1]}
    assert len(found.lines) == len({line.path for line in found.lines})
    assert all(0 <= box.x <= found.width - box.width and 0 <= box.y <= found.height - box.height for box in found.boxes)
    assert layers.drawn(NODES, edges) == found


@given(EDGES)
def test_a_way_past_a_column_touches_none_of_its_boxes(edges: list[tuple[str, str]]) -> None:
    """Where an edge passes a column it runs level, between the boxes."""
    found = layers.drawn(NODES, edges)
    for line in found.lines:
        for part in line.path.split("H")[:-1]:
            level = int(part.split()[-1])
            x = int(part.split()[-2])
            assert not [box for box in found.boxes if box.x == x and box.y < level < box.y + box.height]


def test_what_is_needed_stands_left_of_what_needs_it() -> None:
    """A chain runs from left to right; the edge that closes a circle runs back; a node without edges stands below."""
    found = layers.drawn(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("a", "c"), ("c", "a")])
    at = {box.id: box for box in found.boxes}
    assert at["a"].x < at["b"].x < at["c"].x
    assert at["d"].y >= max(at[name].y + at[name].height for name in "abc")
    tips = {line.edge: int(line.head.split(",")[0]) for line in found.lines}
    assert tips["c", "a"] == at["a"].x + at["a"].width
    assert tips["a", "b"] == at["b"].x


def test_long_titles_break_between_words() -> None:
    """So many lines and no more; what is left out is marked."""
    assert lines("Realizacja zadań przez Zespół Synergii Lokalnej", 22, 3) == (
        "Realizacja zadań przez", "Zespół Synergii", "Lokalnej",
    )  # fmt: skip
    assert lines("jeden dwa trzy cztery", 5, 2) == ("jeden", "dwa…")
    assert lines("", 10, 2) == ()


DAYS = st.dates(date(2012, 1, 1), date(2017, 12, 31))
SPAN = (date(2013, 12, 1), date(2014, 8, 31))


@given(st.lists(st.tuples(DAYS, st.integers(0, 400)), max_size=6), DAYS)
def test_days_keep_their_order_and_stay_within_the_drawing(given: list[tuple[date, int]], today: date) -> None:
    """Months are without gaps and hold the whole pilot; a later day is never left of an earlier one."""
    tasks = [
        Task((Stretch(day, day + timedelta(days=more), "done"),), (Mark(day, "due"), Mark(day + timedelta(1), "late")))
        for day, more in given
    ]
    found = timeline.drawn(tasks, SPAN, today)
    firsts = [month.first for month in found.months]
    assert firsts[0] <= SPAN[0]
    assert firsts[-1] >= SPAN[1].replace(day=1)
    assert all(31 >= (b - a).days >= 28 and a.day == b.day == 1 for a, b in pairwise(firsts))
    assert len(found.rows) == len(tasks)
    for row in found.rows:
        for bar in row.bars:
            assert timeline.LABEL <= bar.x < bar.x + bar.width <= found.width + 3
        tips = [int(sign.corners.split(",")[0]) for sign in row.signs]
        assert tips == sorted(tips)
    assert found == timeline.drawn(tasks, SPAN, today)


def test_a_bar_begins_and_ends_with_its_days() -> None:
    """All of January is all of its column; a task without days has an empty row; a far today is not drawn."""
    found = timeline.drawn(
        [Task((Stretch(date(2014, 1, 1), date(2014, 1, 31), "done"),), ()), Task((), ())], SPAN, date(2026, 1, 1)
    )
    month = next(month for month in found.months if month.first == date(2014, 1, 1))
    bar = found.rows[0].bars[0]
    assert (bar.x, bar.width) == (month.x, month.width)
    assert (found.rows[1].bars, found.rows[1].signs, found.today) == ((), (), None)
