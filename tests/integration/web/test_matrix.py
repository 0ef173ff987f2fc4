"""The matrix of municipalities and guidelines: its counts are its lists, on any day, as a page and as files."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from starlette.testclient import TestClient

from mlw_workflow.domain.compliance import VERDICTS
from mlw_workflow.interfaces.web.app import create_app
from mlw_workflow.interfaces.wording.compliance import VERDICT
from mlw_workflow.services import known_verdicts, verdicts
from mlw_workflow.services.advance import Request, advance
from mlw_workflow.services.control import compliance_of, end_of
from mlw_workflow.services.matrix import Wanted, matrix
from mlw_workflow.services.standing import AsOf
from mlw_workflow.services.verdicts import When
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Browser, Panel
    from mlw_workflow.domain.pilot import Pilot

COUNT = re.compile(r'href="([^"]*)"[^>]*>(?:<span[^>]*>.</span> )?[\w ]+ <strong data-count="(\w+)">(\d+)</strong>')
ROW = re.compile(r'<th scope="row"[^>]*><a [^>]*>([^<]*)</a></th>(.*?)</tr>', re.DOTALL)
CELL = re.compile(r'<td class="mlw-v mlw-v--(\w+)"><a class="mlw-v__link" href="([^"]*)">')
HEAD = re.compile(r'id="sort-([^"]*)"')
TODAY = date(2014, 5, 31)


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    """Verdicts kept from another test's database would say nothing of this one's."""
    verdicts._KEPT.clear()
    yield
    verdicts._KEPT.clear()


def pilots(panel: Panel) -> tuple[Pilot, ...]:
    with panel.desk.database.read() as connection:
        return repositories.pilots(connection)


def rows(page: str) -> dict[str, list[str]]:
    """The verdicts by municipality: as a whole, then by column."""
    return {name: [verdict for verdict, _ in CELL.findall(cells)] for name, cells in ROW.findall(page)}


def counts(page: str) -> dict[str, tuple[str, int]]:
    """Each count with the list it leads to."""
    return {name: (href.replace("&amp;", "&"), int(number)) for href, name, number in COUNT.findall(page)}


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine shows no matrix that is only half derived."""
    monkeypatch.setattr(matrix, "__defaults__", (None,))


def body(panel: Panel) -> Browser:
    return panel.as_("implementing-body")


def test_who_looks_after_all_municipalities_begins_with_the_matrix(panel: Panel) -> None:
    """The implementing body lands there after logging in; a coordinator lands on their board."""
    assert body(panel).get("/").headers["location"] == "/matrix"
    assert panel.as_("coordinator.tluszcz").get("/").headers["location"] == "/pilots"


def test_each_cell_says_what_the_command_line_says(panel: Panel) -> None:
    """Verdicts of every municipality and guideline equal those of `mlw compliance`; a cell leads to its task."""
    page = body(panel).get("/matrix").text
    shown, columns = rows(page), HEAD.findall(page)[2:]
    assert columns[:13] == [f"w{number:02}" for number in range(1, 14)]
    for pilot in pilots(panel):
        judged = compliance_of(panel.desk, pilot, AsOf(TODAY))
        expected = {one.machine: one.verdict for one in judged.machines}
        assert shown[pilot.municipality][0] == judged.verdict
        assert shown[pilot.municipality][1:14] == [expected[column] for column in columns[:13]]
        reports = [verdict for machine, verdict in expected.items() if machine.startswith(("monthly/", "partial/"))]
        assert shown[pilot.municipality][1 + columns.index("kind:report")] == max(reports, key=VERDICTS.index)
    assert 'href="/pilots/tluszcz/w06"><span class="mlw-v__sign" aria-hidden="true">' in page


@pytest.mark.parametrize("query", ["", "column=w06", "text=l", "column=w07&on-day=1&on-month=3&on-year=2014"])
def test_each_count_is_the_length_of_the_list_it_leads_to(panel: Panel, query: str) -> None:
    """For the municipalities as a whole, for one guideline, within a search and on another day."""
    browser = body(panel)
    found = counts(browser.get(f"/matrix?{query}").text)
    assert set(found) == {"all", *VERDICTS}
    assert found["all"][1] == sum(number for name, (_, number) in found.items() if name != "all")
    for name, (href, number) in found.items():
        listed = rows(browser.get(href).text)
        assert len(listed) == number, name
        at = 1 if "column" in query else 0
        assert {cells[at] for cells in listed.values()} <= ({name} if name in VERDICTS else set(VERDICTS))


@pytest.mark.both_databases
def test_another_day_as_it_happened_and_as_was_known_then(panel: Panel) -> None:
    """What was imported in May says nothing of March as March knew it, and everything as it happened."""
    browser = body(panel)
    for known in ("", "&known=then"):
        page = browser.get(f"/matrix?on-day=1&on-month=5&on-year=2014{known}").text
        for pilot in pilots(panel):
            instant = end_of(date(2014, 5, 1), "Europe/Warsaw") if known else None
            judged = compliance_of(panel.desk, pilot, AsOf(date(2014, 5, 1), instant))
            singles = [one.verdict for one in judged.machines if re.fullmatch(r"w\d\d", one.machine)]
            assert rows(page)[pilot.municipality][1:14] == singles, (pilot.code, known)
    happened = rows(browser.get("/matrix?on-day=1&on-month=5&on-year=2014").text)
    assert happened["Tłuszcz"] != rows(page)["Tłuszcz"]


@pytest.mark.parametrize("day", ["on-day=30&on-month=2&on-year=2014", "on-day=1&on-month=6&on-year=2014"])
def test_a_day_that_is_none_is_told(panel: Panel, day: str) -> None:
    """The thirtieth of February and tomorrow are told above the list, and the list is today's."""
    page = body(panel).get(f"/matrix?{day}").text
    assert 'href="#on-day"' in page
    assert "31\u00a0maja 2014" in page


def test_what_is_recorded_shows_at_once(panel: Panel) -> None:
    """A kept verdict ends with the next entry of its pilot, and a kept page with it."""
    browser = body(panel)
    first = browser.get("/matrix")
    again = browser.get("/matrix", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    waive = "/pilots/goscieradow/w12?step=waive"
    seen = browser.get(waive).text.split('name="seen" value="')[1].split('"')[0]
    on = {"on-day": "31", "on-month": "5", "on-year": "2014"}
    answer = browser.post(waive, {**on, "seen": seen, "e-reason": "Gmina ma już taki podmiot."})
    assert answer.status_code == 303
    now = browser.get("/matrix", headers={"if-none-match": first.headers["etag"]})
    assert now.status_code == 200
    at = HEAD.findall(now.text).index("w12") - 1
    assert rows(first.text)["Gościeradów"][at] != rows(now.text)["Gościeradów"][at] == "satisfied"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_holds_exactly_the_list(panel: Panel, kind: str) -> None:
    """The rows of the filtered and sorted list on all its pages, each verdict in words."""
    browser = body(panel)
    query = "sort=w06&order=down&text=o"
    shown = rows(browser.get(f"/matrix?{query}").text)
    answer = browser.get(f"/matrix.{kind}?{query}")
    assert answer.headers["content-disposition"] == f'attachment; filename="zestawienie-2014-05-31.{kind}"'
    table = read(answer.content, kind)
    assert [row[0] for row in table[1:]] == list(shown)
    for row in table[1:]:
        assert [row[4], *row[6:]] == [VERDICT[verdict]["pl"] for verdict in shown[row[0]]]


def read(content: bytes, kind: str) -> list[list[str]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    return [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()]


def test_no_name_becomes_a_formula(panel: Panel) -> None:
    """A municipality named like a formula, in narrow signs or wide ones, is a text in either file."""
    browser = body(panel)
    browser.get("/matrix")
    for sign in ("=", "+", "-", "@", "\t", "\r", *(chr(ord(sign) + 0xFEE0) for sign in "=+-@")):
        name = f'{sign}HYPERLINK("http://example.invalid";"Tłuszcz")'
        with panel.desk.database.work() as work:
            work.connection.execute("UPDATE pilot SET municipality = ?", name)
            work.commit()
        panel.desk.pilots.clear()
        table = read(browser.get("/matrix.csv").content, "csv")
        assert [row[0] for row in table[1:]] == [f"'{name}"] * 4
        book = read(browser.get("/matrix.xlsx").content, "xlsx")
        assert [row[0] for row in book[1:]] == [name.replace("\r", "_x000D_")] * 4


def test_asking_costs_the_same_for_however_many_municipalities(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The statements of a matrix of one municipality and of all, known or not, are equally many."""
    every = tuple(sorted(pilots(panel), key=lambda pilot: pilot.municipality))
    asked: list[str] = []
    driver = panel.desk.database.driver
    execute, stream, stream_log = type(driver).execute, type(driver).stream, type(driver).stream_log

    def counted(self: Any, connection: Any, statement: str, values: tuple[Any, ...] = ()) -> Any:
        asked.append(statement)
        return execute(self, connection, statement, values)

    def streamed(self: Any, connection: Any, statement: str, values: tuple[Any, ...] = ()) -> Any:
        asked.append(statement)
        return stream(self, connection, statement, values)

    def streamed_log(self: Any, connection: Any, statement: str, log: str, after: int) -> Any:
        asked.append(statement)
        return stream_log(self, connection, statement, log, after)

    monkeypatch.setattr(type(driver), "execute", counted)
    monkeypatch.setattr(type(driver), "stream_log", streamed_log)
    monkeypatch.setattr(type(driver), "stream", streamed)
    panel.desk.programme(every[0].definition)
    told: dict[str, list[int]] = {}
    for name, when in (("today", When(TODAY)), ("then", When(date(2014, 3, 1), then=True))):
        for some in (every[:1], every):
            verdicts._KEPT.clear()
            for known in ("unknown", "known"):
                asked.clear()
                matrix(panel.desk, some, Wanted(when))
                told.setdefault(f"{name}, {known}", []).append(len(asked))
    for name, (one, all_) in told.items():
        assert one == all_ <= 5, (name, asked)


def test_what_is_not_worked_out_yet_is_told_and_comes_with_the_next_look(panel: Panel) -> None:
    """A matrix that runs out of time says how many are missing, counts only what it knows, and goes on from there."""
    every = pilots(panel)
    first = matrix(panel.desk, every, Wanted(When(TODAY)), seconds=0)
    assert first.pending == len(every) - 1
    assert sum(first.counts.values()) == first.total == 1
    assert matrix(panel.desk, every, Wanted(When(TODAY)), seconds=0).pending == len(every) - 2
    assert matrix(panel.desk, every, Wanted(When(TODAY))).pending == 0


def test_a_verdict_kept_for_days_ahead_is_the_one_of_that_day(panel: Panel) -> None:
    """Looked at on each day from December to September, in this order and that, kept verdicts equal fresh ones."""
    every = [pilot for pilot in pilots(panel) if pilot.code == "tluszcz"]
    for then in (False, True):
        for ordinal in range(date(2013, 12, 1).toordinal(), date(2014, 9, 20).toordinal(), 31):
            day = date.fromordinal(ordinal)
            instant = end_of(day, "Europe/Warsaw") if then else None
            for later in (0, 3):
                asked = day + timedelta(later)
                kept = verdicts.verdicts(panel.desk, every, When(asked, then))[every[0].id].whole
                if later:
                    instant = end_of(asked, "Europe/Warsaw") if then else None
                fresh = compliance_of(panel.desk, every[0], AsOf(asked, instant))
                assert (kept.verdict, kept.until) == (fresh.verdict, fresh.until), asked


def test_what_is_known_outlives_the_panel_and_nothing_stale_does(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A panel that starts derives only what was recorded meanwhile; after another program or calendar everything."""
    derived: list[str] = []
    span = verdicts._span

    def counted(desk: Any, pilot: Pilot, *args: Any, **given: Any) -> Any:
        derived.append(pilot.code)
        return span(desk, pilot, *args, **given)

    def started(**settings: Any) -> tuple[dict[str, list[str]], list[str]]:
        verdicts._KEPT.clear()
        derived.clear()
        given = replace(panel.settings, **settings)
        with TestClient(create_app(given), base_url="http://panel.test", cookies=browser.client.cookies) as there:
            return rows(there.get("/matrix").text), sorted(derived)

    monkeypatch.setattr(verdicts, "_span", counted)
    browser = body(panel)
    every = sorted(pilot.code for pilot in pilots(panel))
    first, anew = started()
    assert anew == every
    assert started() == (first, [])
    tluszcz = next(pilot for pilot in pilots(panel) if pilot.code == "tluszcz")
    assert advance(panel.desk, Request(tluszcz, "w07", "appoint", "mayor", None, {"order_number": "1/2014"})).admitted
    second, anew = started()
    assert anew == ["tluszcz"]
    assert started(school_holidays=(("", TODAY, TODAY, "ferie"),))[1] == every
    monkeypatch.setattr(known_verdicts, "_RULES", ("domain",))
    assert started()[1] == every
    assert started()[1] == []
    panel.settings.known_verdicts.write_bytes(b"{")
    assert started() == (second, every)
