"""The matrix of municipalities and guidelines, as a page and as files for a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from markupsafe import Markup, escape

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.compliance import VERDICTS
from mlw_workflow.interfaces.web import days, sheets
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.titles import code_of
from mlw_workflow.interfaces.wording.compliance import MARK, VERDICT
from mlw_workflow.interfaces.wording.dates import day_short
from mlw_workflow.services.matrix import NAME, WHOLE, Wanted, matrix, whole_list
from mlw_workflow.services.verdicts import state_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.responses import Response

    from mlw_workflow.interfaces.web.days import Chosen
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.matrix import Column, Matrix, Row
    from mlw_workflow.services.verdicts import Mark

pages = Pages()
DOWN = "down"
NONE = "–"


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head."""

    id: str
    short: str
    title: str
    href: str
    """The same list sorted by it; the other way round where it is sorted by it already."""
    sorted: str
    """As ``aria-sort`` says it; empty for a column that the list is not sorted by."""


@dataclass(frozen=True, slots=True)
class Line:
    """A municipality's row, its cells ready as they stand in the page."""

    name: str
    place: str
    href: Markup
    cells: Markup


@dataclass(frozen=True, slots=True)
class Count:
    """How many have a verdict, and the list of them."""

    verdict: str
    mark: str
    word: str
    number: int
    href: str
    current: bool


@pages.page("/matrix")
def show(visit: Visit) -> Response:
    """One page of the matrix."""
    chosen, wanted = asked(visit)
    state = state_of(visit.office.desk, visit.person.pilots)
    same = visit.unchanged(chosen.today, state)
    if same is not None:
        return same
    key = ("matrix", state, chosen, wanted, visit.here, visit.language)
    body, pending = visit.office.kept.of(key, lambda: drawn(visit, chosen, wanted))
    if pending:
        visit.office.kept.forget(key)  # the same question is answered otherwise in a moment
        visit.etag = ""
    return visit.page("matrix.html", body=body, error=chosen.error)


def drawn(visit: Visit, chosen: Chosen, wanted: Wanted) -> tuple[Markup, int]:
    """What everybody who looks after the same municipalities sees; and how many are still to be judged."""
    found = matrix(visit.office.desk, visit.person.pilots, wanted)
    wanted, language = found.wanted, visit.language
    links = Links(wanted, chosen)
    body = visit.part(
        "matrix_body.html",
        here=visit.here,
        found=found,
        wanted=wanted,
        chosen=chosen,
        heads=heads(found, links, language),
        lines=list(lines_of(found, chosen, language)),
        counts=[
            Count(
                verdict,
                MARK[verdict],
                VERDICT[verdict][language],
                found.counts[verdict],
                links.to(verdict="" if wanted.verdict == verdict else verdict),
                wanted.verdict == verdict,
            )
            for verdict in VERDICTS
        ],
        everybody=sum(found.counts.values()),
        all_href=links.to(verdict=""),
        programmes=[(name, programme.title[language]) for name, programme in found.programmes.items()],
        verdicts=[(verdict, VERDICT[verdict][language]) for verdict in VERDICTS],
        choices=[(column.id, choice_title(column, language)) for column in found.choices],
        pager=pager(found, links),
        csv=links.file("csv"),
        xlsx=links.file("xlsx"),
        plain_href="/matrix",
        today_href=Links(wanted, chosen.as_today()).to(),
        narrowed=bool(wanted.verdict or wanted.column or wanted.text or wanted.voivodeship or chosen.past),
    )
    return body, found.pending


@pages.page("/matrix.csv")
def as_csv(visit: Visit) -> Response:
    """The whole list as CSV."""
    chosen, wanted = asked(visit)
    columns, rows = whole_list(visit.office.desk, visit.person.pilots, wanted)
    return sheets.csv_file(
        file_name(chosen), sheet_head(columns, visit.language), sheet(rows, chosen, visit.language), visit.language
    )


@pages.page("/matrix.xlsx")
def as_xlsx(visit: Visit) -> Response:
    """The whole list as an Excel file."""
    chosen, wanted = asked(visit)
    columns, rows = whole_list(visit.office.desk, visit.person.pilots, wanted)
    return sheets.xlsx_file(file_name(chosen), sheet_head(columns, visit.language), sheet(rows, chosen, visit.language))


def asked(visit: Visit) -> tuple[Chosen, Wanted]:
    """The day and the filters that the address names."""
    desk, pilots = visit.office.desk, visit.person.pilots
    named = visit.query("programme")
    mine = [pilot for pilot in pilots if pilot.programme == named] or list(pilots)
    today = desk.today(desk.programme(mine[0].definition)) if mine else local_day(desk.clock.now())
    chosen = days.chosen(visit, today, min((pilot.start for pilot in mine), default=today))
    page = visit.query("page")
    wanted = Wanted(
        chosen.when,
        named,
        visit.query("voivodeship"),
        visit.query("column"),
        visit.query("verdict"),
        visit.query("text").strip()[:100],
        visit.query("sort") or NAME,
        visit.query("order") == DOWN,
        int(page) if page.isdecimal() and len(page) < 6 else 1,
    )
    return chosen, wanted


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of this list, and of the same list otherwise."""

    wanted: Wanted
    chosen: Chosen

    def to(self, **other: object) -> str:
        """The list with something else about it, from its first page on."""
        return self._address("/matrix", replace(self.wanted, **{"page": 1, **other}))  # type: ignore[arg-type]

    def file(self, kind: str) -> str:
        """The whole list as a file."""
        return self._address(f"/matrix.{kind}", replace(self.wanted, page=1))

    def sorted_by(self, column: str) -> str:
        """The list sorted by a column: the worst first, and then the other way round; names from A."""
        if self.wanted.sort == column:
            return self.to(descending=not self.wanted.descending)
        return self.to(sort=column, descending=column != NAME)

    def _address(self, path: str, wanted: Wanted) -> str:
        pairs = [
            ("programme", wanted.programme),
            ("voivodeship", wanted.voivodeship),
            ("column", wanted.column),
            ("verdict", wanted.verdict),
            ("text", wanted.text),
            ("sort", "" if wanted.sort == NAME else wanted.sort),
            ("order", DOWN if wanted.descending else ""),
            ("page", "" if wanted.page == 1 else str(wanted.page)),
            *self.chosen.pairs,
        ]
        query = urlencode([(name, value) for name, value in pairs if value])
        return f"{path}?{query}" if query else path


def heads(found: Matrix, links: Links, language: str) -> list[Head]:
    """The heads of the columns of verdicts, and before them those of the names and the verdict as a whole."""
    wanted = found.wanted

    def head(name: str, short: str, title: str) -> Head:
        direction = "descending" if wanted.descending else "ascending"
        return Head(name, short, title, links.sorted_by(name), direction if wanted.sort == name else "")

    return [
        head(NAME, "", ""),
        head(WHOLE, "", ""),
        *(head(column.id, short_title(column, language), column.title[language]) for column in found.columns),
    ]


def short_title(column: Column, language: str) -> str:
    """``W06`` where people call it so, else its title."""
    return (code_of(column.id) if column.single else "") or column.title[language]


def choice_title(column: Column, language: str) -> str:
    """``W06. Kodowanie Katalogu``."""
    code = code_of(column.id) if column.single else ""
    return f"{code}. {column.title[language]}" if code else column.title[language]


def lines_of(found: Matrix, chosen: Chosen, language: str) -> Iterator[Line]:
    """The rows as the page shows them. A matrix has hundreds of cells, so each is put together from ready parts."""
    ends = [
        (quote(column.id), "") if column.single else ("", f"#kind-{quote(column.id.partition(':')[2])}")
        for column in found.columns
    ]
    for row in found.rows:
        code = quote(row.pilot.code)
        board = escape(f"/past/{code}{chosen.query}" if chosen.past else f"/pilots/{code}")
        cells = [cell(row.whole, board, language)]
        for (task, place), mark in zip(ends, row.cells, strict=True):
            # A task is shown as it is today; on another day its municipality's board tells.
            there = f"{board}/{task}" if task and not chosen.past else f"{board}{place}"
            cells.append(cell(mark, there, language))
        yield Line(row.pilot.municipality, row.pilot.voivodeship, board, Markup("".join(cells)))  # noqa: S704 (escaped)


def cell(mark: Mark | None, href: str, language: str) -> str:
    """A verdict: sign, word and colour, with the way (as HTML has it) to what it is about."""
    return _NO_CELL if mark is None else _CELL[mark.verdict, language] % href


_NO_CELL = f'<td class="govuk-table__cell">{NONE}</td>'
_CELL = {
    (verdict, language): (
        f'<td class="mlw-v mlw-v--{verdict}"><a class="mlw-v__link" href="%s">'
        f'<span class="mlw-v__sign" aria-hidden="true">{MARK[verdict]}</span> {VERDICT[verdict][language]}</a></td>'
    )
    for verdict in VERDICTS
    for language in ("pl", "en")
}
"""Written out once: a matrix has hundreds of them, and nothing in them comes from outside but the address."""


def pager(found: Matrix, links: Links) -> list[dict[str, object]]:
    """The pages to go to: the first, the last, and those around this one."""
    here = min(max(1, found.wanted.page), found.pages)
    near = sorted({1, found.pages, *range(max(1, here - 2), min(found.pages, here + 2) + 1)})
    items: list[dict[str, object]] = []
    for before, number in zip([0, *near], near, strict=False):
        if number > before + 1:
            items.append({"ellipsis": True})
        items.append({"number": number, "href": links.to(page=number), "current": number == here})
    return items if found.pages > 1 else []


# The files


def file_name(chosen: Chosen) -> str:
    """Without signs that a header or a file system could trip over."""
    return f"zestawienie-{chosen.when.day.isoformat()}"


def sheet_head(columns: Sequence[Column], language: str) -> list[str]:
    """The heads of the file's columns."""
    first = {
        "pl": ["Gmina", "Kod", "Województwo", "Stan na dzień", "Ogółem", "Ogółem: do dnia"],
        "en": ["Municipality", "Code", "Voivodeship", "As of", "As a whole", "As a whole: until"],
    }
    return [*first[language], *(choice_title(column, language) for column in columns)]


def sheet(rows: Iterator[Row], chosen: Chosen, language: str) -> Iterator[list[str]]:
    """The rows of the file."""
    day = day_short(chosen.when.day, language)
    for row in rows:
        verdicts = [NONE if mark is None else VERDICT[mark.verdict][language] for mark in row.cells]
        until = day_short(row.whole.until, language)
        whole = VERDICT[row.whole.verdict][language]
        yield [row.pilot.municipality, row.pilot.code, row.pilot.voivodeship, day, whole, until, *verdicts]
