"""A graph in columns: what is needed stands left of what needs it, and nothing lies on anything else.

Columns by the longest way from the left; ways over several columns pass between the boxes of those in the middle; the
order within a column is the one of a few that crosses least. The same graph always gives the same drawing.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDTH, HEIGHT = 200, 96
"""Of a box."""
ACROSS, DOWN = 48, 20
"""Between boxes."""
LANE = 10
"""What a way takes where it passes a column."""
ARROW = 9
_SWEEPS = 12
_RELAXED = 24

Edge = tuple[str, str]
"""From what is needed to what needs it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node of the drawing; ``x`` and ``y`` are its upper left corner."""

    id: str
    x: int
    y: int
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class Line:
    """An edge of the drawing: its path, and the three corners of its arrow's head."""

    edge: Edge
    path: str
    head: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole graph."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


@dataclass(slots=True)
class _Spot:
    """A place in a column: a node, or a lane that an edge passes by."""

    column: int
    height: int
    y: float = 0
    left: list[_Spot] = field(default_factory=list)
    right: list[_Spot] = field(default_factory=list)
    node: str = ""


def drawn(nodes: Sequence[str], edges: Iterable[Edge]) -> Drawing:
    """The graph's drawing. Circles are allowed: the edge that closes one runs from right to left.

    An edge to itself, or of a node that is not there, is left out; nodes without an edge stand below, in rows.
    """
    known = [edge for edge in dict.fromkeys(edges) if edge[0] != edge[1] and set(edge) <= set(nodes)]
    joined = [node for node in nodes if any(node in edge for edge in known)]
    back = _closing(joined, known)
    forward = [(b, a) if (a, b) in back else (a, b) for a, b in known]
    column = _columns(joined, forward)
    spots = {node: _Spot(column[node], HEIGHT, node=node) for node in joined}
    ways = {edge: _way(spots, there) for edge, there in zip(known, forward, strict=True)}
    columns = _placed(spots, ways)
    boxes = [Box(node, _x(spot.column), round(spot.y)) for node, spot in spots.items()]
    bottom = max((box.y + HEIGHT for box in boxes), default=-DOWN)
    width = max(_x(len(columns)) - ACROSS, 0)
    alone = [node for node in nodes if node not in spots]
    in_row = max(1, (width + ACROSS) // (WIDTH + ACROSS)) if joined else 4
    for number, node in enumerate(alone):
        row, place = divmod(number, in_row)
        boxes.append(Box(node, _x(place), bottom + 2 * DOWN + row * (HEIGHT + DOWN)))
    order = {node: number for number, node in enumerate(nodes)}
    boxes.sort(key=lambda box: order[box.id])
    lines = _lines(known, ways, back)
    right = max((box.x + box.width for box in boxes), default=0)
    return Drawing(right, max((box.y + box.height for box in boxes), default=0), tuple(boxes), lines)


def _closing(nodes: Sequence[str], edges: Sequence[Edge]) -> set[Edge]:
    """The edges that close a circle, in the order of the nodes."""
    after: dict[str, list[str]] = {node: [b for a, b in edges if a == node] for node in nodes}
    found: set[Edge] = set()
    done: set[str] = set()

    def walk(node: str, way: tuple[str, ...]) -> None:
        for other in after[node]:
            if other in way:
                found.add((node, other))
            elif other not in done:
                walk(other, (*way, other))
        done.add(node)

    for node in nodes:
        if node not in done:
            walk(node, (node,))
    return found


def _columns(nodes: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """How far from the left each node stands: one further than all that it needs."""
    column = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for a, b in edges:
            column[b] = max(column[b], column[a] + 1)
    return column


def _way(spots: Mapping[str, _Spot], edge: Edge) -> list[_Spot]:
    """The spots that an edge passes, from left to right, each made known to its neighbours."""
    first, last = spots[edge[0]], spots[edge[1]]
    way = [first, *(_Spot(column, LANE) for column in range(first.column + 1, last.column)), last]
    for a, b in itertools.pairwise(way):
        a.right.append(b)
        b.left.append(a)
    return way


def _placed(spots: Mapping[str, _Spot], ways: Mapping[Edge, list[_Spot]]) -> list[list[_Spot]]:
    """Order the columns so that few edges cross, then move each spot towards its neighbours."""
    columns: list[list[_Spot]] = [[] for _ in range(max((spot.column for spot in spots.values()), default=-1) + 1)]
    for spot in (*spots.values(), *(spot for way in ways.values() for spot in way[1:-1])):
        columns[spot.column].append(spot)
    best, least = [list(column) for column in columns], _crossings(columns)
    for sweep in range(_SWEEPS):
        rightwards = sweep % 2 == 0
        for column in columns if rightwards else reversed(columns):
            rank = {id(spot): place for other in columns for place, spot in enumerate(other)}
            middle = {id(spot): _middle(spot.left if rightwards else spot.right, spot, rank) for spot in column}
            column.sort(key=lambda spot, middle=middle: middle[id(spot)])  # type: ignore[misc]
        crossing = _crossings(columns)
        if crossing < least:
            best, least = [list(column) for column in columns], crossing
    for column in best:
        _spread(column, [0] * len(column))
    for turn in range(_RELAXED):
        for column in best if turn % 2 == 0 else reversed(best):
            _spread(column, [_towards(spot) for spot in column])
    top = min((spot.y for column in best for spot in column), default=0)
    for column in best:
        for spot in column:
            spot.y -= top
    return best


def _middle(beside: Sequence[_Spot], spot: _Spot, rank: Mapping[int, int]) -> float:
    places = [rank[id(other)] for other in beside] or [rank[id(spot)]]
    return sum(places) / len(places)


def _crossings(columns: Sequence[Sequence[_Spot]]) -> int:
    found = 0
    for column, following in itertools.pairwise(columns):
        rank = {id(spot): place for place, spot in enumerate(following)}
        pairs = [(place, rank[id(other)]) for place, spot in enumerate(column) for other in spot.right]
        found += sum((a - c) * (b - d) < 0 for n, (a, b) in enumerate(pairs) for c, d in pairs[:n])
    return found


def _towards(spot: _Spot) -> float:
    """Where a spot would like to begin: level with its neighbours."""
    beside = [other.y + other.height / 2 for other in (*spot.left, *spot.right)]
    return sum(beside) / len(beside) - spot.height / 2 if beside else spot.y


def _spread(column: Sequence[_Spot], wanted: Sequence[float]) -> None:
    """Give each spot a place near the wanted one, in order and apart: midway between pushing all down and all up."""
    down: list[float] = []
    for spot, y in zip(column, wanted, strict=True):
        before = column[len(down) - 1] if down else None
        down.append(y if before is None else max(y, down[-1] + before.height + DOWN + 1))
        del spot
    up: list[float] = [0] * len(column)
    for place in reversed(range(len(column))):
        below = up[place + 1] - column[place].height - DOWN - 1 if place + 1 < len(column) else wanted[place]
        up[place] = min(wanted[place], below)
    for spot, low, high in zip(column, down, up, strict=True):
        spot.y = (low + high) / 2


def _lines(edges: Sequence[Edge], ways: Mapping[Edge, list[_Spot]], back: set[Edge]) -> tuple[Line, ...]:
    leaving: dict[int, list[tuple[float, Edge]]] = {}
    coming: dict[int, list[tuple[float, Edge]]] = {}
    for edge, way in ways.items():
        leaving.setdefault(id(way[0]), []).append((way[1].y + way[1].height / 2, edge))
        coming.setdefault(id(way[-1]), []).append((way[-2].y + way[-2].height / 2, edge))
    found = []
    for edge in edges:
        way = ways[edge]
        start, end = _port(way[0], leaving[id(way[0])], edge), _port(way[-1], coming[id(way[-1])], edge)
        points = [(_x(way[0].column) + WIDTH, start)]
        for spot in way[1:-1]:
            level = round(spot.y + spot.height / 2)
            points += [(_x(spot.column), level), (_x(spot.column) + WIDTH, level)]
        points.append((_x(way[-1].column), end))
        found.append(_line(edge, points, backwards=edge in back))
    return tuple(found)


def _port(spot: _Spot, here: list[tuple[float, Edge]], edge: Edge) -> int:
    """Where on a box's side an edge begins or ends: each has a place of its own, in the order of where they go."""
    place = [other for _, other in sorted(here)].index(edge)
    return round(spot.y + spot.height * (place + 1) / (len(here) + 1))


def _line(edge: Edge, points: list[tuple[int, int]], *, backwards: bool) -> Line:
    tip = points[0] if backwards else points[-1]
    base = tip[0] + ARROW if backwards else tip[0] - ARROW
    head = f"{tip[0]},{tip[1]} {base},{tip[1] - 5} {base},{tip[1] + 5}"
    points = [(base, tip[1]), *points[1:]] if backwards else [*points[:-1], (base, tip[1])]
    path = f"M{points[0][0]} {points[0][1]}"
    for number, ((x, y), (to_x, to_y)) in enumerate(itertools.pairwise(points)):
        half = (x + to_x) // 2
        path += f"H{to_x}" if number % 2 else f"C{half} {y} {half} {to_y} {to_x} {to_y}"
    return Line(edge, path, head)


def _x(column: int) -> int:
    return column * (WIDTH + ACROSS)
