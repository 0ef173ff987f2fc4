"""The matrix of municipalities and tasks: which verdict stands where; filtered, sorted, counted, in pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain.compliance import VERDICTS
from mlw_workflow.services.verdicts import AT_ONCE, Mark, When, rank, verdicts, worst
from mlw_workflow.storage.repositories import fold_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mlw_workflow.domain.compliance import Verdict
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.domain.texts import Text
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.verdicts import Marks

    Known = tuple[Pilot, Marks]

PAGE = 20
"""Municipalities on one page."""
SECONDS = 1.5
"""How long one page may derive verdicts that are not known yet."""
NAME, WHOLE = "name", "whole"
"""What a matrix is sorted by beside its columns."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the matrix somebody wants; what is empty or unknown narrows nothing."""

    when: When
    programme: str = ""
    voivodeship: str = ""
    column: str = ""
    """Only this one; ``verdict`` then means the verdict in it, else that on the municipality as a whole."""
    verdict: str = ""
    text: str = ""
    sort: str = NAME
    descending: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A task, or all tasks of a kind."""

    id: str
    title: Text
    workflows: tuple[str, ...]
    single: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A municipality."""

    pilot: Pilot
    whole: Mark
    cells: tuple[Mark | None, ...]
    """By column; None: its definition has no such task."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """What is shown."""

    wanted: Wanted
    programmes: Mapping[str, Programme]
    """All there are to choose from, by id."""
    voivodeships: tuple[str, ...]
    columns: tuple[Column, ...]
    """Those shown."""
    choices: tuple[Column, ...]
    """Those there are."""
    rows: tuple[Row, ...]
    """Of this page."""
    counts: Mapping[Verdict, int]
    """How many rows each verdict has; all other filters apply."""
    total: int
    """Rows on all pages."""
    pages: int
    pending: int
    """Municipalities whose verdicts are still to be derived. They are in no list and no count yet."""


@dataclass(frozen=True, slots=True)
class _Asked:
    wanted: Wanted
    programmes: Mapping[str, Programme]
    voivodeships: tuple[str, ...]
    choices: tuple[Column, ...]
    columns: tuple[Column, ...]
    pilots: tuple[Pilot, ...]
    """Those that the filters of names leave, in the order of names."""

    def judged(self, marks: Marks) -> Mark | None:
        """What the filter and the counts look at."""
        return _cell(marks, self.columns[0]) if self.wanted.column else marks.whole

    def filtered(self, known: Iterable[Known]) -> list[Known]:
        """Those with the wanted verdict, sorted."""
        verdict = self.wanted.verdict
        found = [one for one in known if not verdict or ((mark := self.judged(one[1])) and mark.verdict == verdict)]
        sort, column = self.wanted.sort, next((one for one in self.columns if one.id == self.wanted.sort), None)
        if sort == WHOLE:
            found.sort(key=lambda one: rank(one[1].whole), reverse=self.wanted.descending)
        elif column is not None:
            found.sort(key=lambda one: _rank(_cell(one[1], column)), reverse=self.wanted.descending)
        elif self.wanted.descending:
            found.reverse()
        return found

    def row(self, one: Known) -> Row:
        """A municipality as it is shown."""
        pilot, marks = one
        return Row(pilot, marks.whole, tuple(_cell(marks, column) for column in self.columns))


def matrix(desk: Desk, pilots: Sequence[Pilot], wanted: Wanted, seconds: float | None = SECONDS) -> Matrix:
    """The matrix of these pilots, which come in the order of their names."""
    asked = _asked(desk, pilots, wanted)
    known = verdicts(desk, asked.pilots, asked.wanted.when, seconds)
    judged = [(pilot, known[pilot.id]) for pilot in asked.pilots if pilot.id in known]
    counts: dict[Verdict, int] = dict.fromkeys(VERDICTS, 0)
    for _, marks in judged:
        mark = asked.judged(marks)
        if mark is not None:
            counts[mark.verdict] += 1
    found = asked.filtered(judged)
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, wanted.page), pages)
    return Matrix(
        asked.wanted,
        asked.programmes,
        asked.voivodeships,
        asked.columns,
        asked.choices,
        tuple(asked.row(one) for one in found[(page - 1) * PAGE : page * PAGE]),
        counts,
        len(found),
        pages,
        len(asked.pilots) - len(known),
    )


def whole_list(desk: Desk, pilots: Sequence[Pilot], wanted: Wanted) -> tuple[tuple[Column, ...], Iterator[Row]]:
    """The columns and every row of the list, on whichever page; verdicts are derived as the rows are asked for."""
    asked = _asked(desk, pilots, wanted)

    def rows() -> Iterator[Row]:
        in_order = asked.wanted.sort == NAME and not asked.wanted.descending
        gathered: list[Known] = []
        for at in range(0, len(asked.pilots), AT_ONCE):
            some = asked.pilots[at : at + AT_ONCE]
            known = verdicts(desk, some, asked.wanted.when)
            judged = [(pilot, known[pilot.id]) for pilot in some]
            if in_order:
                yield from map(asked.row, asked.filtered(judged))
            else:
                gathered += judged
        yield from map(asked.row, asked.filtered(gathered))

    return asked.columns, rows()


def _asked(desk: Desk, pilots: Sequence[Pilot], wanted: Wanted) -> _Asked:
    """What the filters of names leave. A programme is always chosen: columns are those of one."""
    definitions: dict[str, dict[str, Programme]] = {}
    for pilot in pilots:
        of_programme = definitions.setdefault(pilot.programme, {})
        if pilot.definition not in of_programme:
            of_programme[pilot.definition] = desk.programme(pilot.definition)
    programmes = {name: next(iter(known.values())) for name, known in definitions.items()}
    chosen = wanted.programme if wanted.programme in programmes else next(iter(programmes), "")
    choices = tuple(_columns(definitions.get(chosen, {}).values()))
    columns = tuple(column for column in choices if column.id == wanted.column)
    verdict = wanted.verdict if wanted.verdict in VERDICTS else ""
    folded = fold_name(wanted.text)
    left = [pilot for pilot in pilots if pilot.programme == chosen]
    voivodeships = tuple(sorted({pilot.voivodeship for pilot in left if pilot.voivodeship}, key=fold_name))
    voivodeship = wanted.voivodeship if wanted.voivodeship in voivodeships else ""
    if voivodeship:
        left = [pilot for pilot in left if pilot.voivodeship == voivodeship]
    if folded:
        left = [pilot for pilot in left if folded in fold_name(pilot.municipality) or folded in pilot.code]
    settled = Wanted(
        wanted.when,
        chosen,
        voivodeship,
        columns[0].id if columns else "",
        verdict,
        wanted.text,
        wanted.sort,
        wanted.descending,
        wanted.page,
    )
    return _Asked(settled, programmes, voivodeships, choices, columns or choices, tuple(left))


def _columns(programmes: Iterable[Programme]) -> Iterator[Column]:
    """The tasks of the first kind singly, those of each other kind together; of all definitions in force."""
    found: dict[str, Column] = {}
    for programme in programmes:
        first, *others = programme.kinds
        for workflow in programme.workflows:
            if workflow.kind == first.id:
                found.setdefault(workflow.id, Column(workflow.id, workflow.title, (workflow.id,), single=True))
        for kind in others:
            known = found.get(f"kind:{kind.id}")
            ids = [workflow.id for workflow in programme.workflows if workflow.kind == kind.id]
            ids = list(dict.fromkeys([*(known.workflows if known else ()), *ids]))
            if ids:
                found[f"kind:{kind.id}"] = Column(f"kind:{kind.id}", kind.heading, tuple(ids), single=False)
    singles = [column for column in found.values() if column.single]
    yield from (*singles, *(column for column in found.values() if not column.single))


def _cell(marks: Marks, column: Column) -> Mark | None:
    if column.single:
        return marks.by_workflow.get(column.id)
    known = [marks.by_workflow[name] for name in column.workflows if name in marks.by_workflow]
    return worst(known) if known else None


def _rank(mark: Mark | None) -> tuple[int, int]:
    return (-1, 0) if mark is None else rank(mark)
