"""The audit explorer: who did what and when, refused attempts too, within reach and no further."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from mlw_workflow.services import advance, explore
from mlw_workflow.services.explore import Wanted
from mlw_workflow.storage import entry_index, repositories

if TYPE_CHECKING:
    from conftest import Browser, Panel
    from mlw_workflow.domain.pilot import Pilot

_ROW = re.compile(r'<a class="govuk-link" href="(/audit/[^"]+)">(.*?)</a>', re.DOTALL)


def pilots(panel: Panel) -> dict[str, Pilot]:
    with panel.desk.database.read() as connection:
        return {pilot.code: pilot for pilot in repositories.pilots(connection)}


def rows(browser: Browser, **chosen: str) -> list[tuple[str, str]]:
    """The entries of the list as address and sentence."""
    page = browser.get(f"/audit?{urlencode(chosen)}").text
    table = page.split("<tbody", 1)[1].split("</tbody>")[0] if "<tbody" in page else ""
    return [(href, unescape(text)) for href, text in _ROW.findall(table)]


def attempt(panel: Panel, trigger: str, evidence: dict[str, Any], on: date | None = None) -> None:
    asked = advance.Request(pilots(panel)["tluszcz"], "w07", trigger, "mayor", on, evidence)
    advance.advance(panel.desk, asked)


def test_a_refused_attempt_is_found_and_told_whole(panel: Panel) -> None:
    """It stands first in the list, alone among refused attempts, with its reasons on its own page."""
    browser = panel.as_("coordinator.tluszcz")
    browser.post("/pilots/tluszcz/w06?step=code", {"seen": "14"}, shown="/pilots/tluszcz/w06?step=code")
    found = rows(browser, refused="only")
    assert found == [("/audit/tluszcz/30", "Kodowanie Katalogu Lokalnych Interesariuszy: Zakoduj katalog")]
    assert rows(browser)[0] == found[0]
    assert found[0] not in rows(browser, refused="without")
    page = browser.get("/audit/tluszcz/30").text
    assert "Dlaczego odmówiono" in page
    assert "Organizacja pierwszego Zespołu Synergii Lokalnej" in page.split("Dlaczego odmówiono")[1]


@pytest.mark.both_databases
def test_each_filter_leaves_what_it_names(panel: Panel) -> None:
    """Municipality, who, role, task, step, kind, and both dates; together they narrow further."""
    browser = panel.as_("implementing-body")
    everything = rows(browser)
    assert len(everything) == 38
    assert {href.split("/")[2] for href, _ in rows(browser, pilot="goscieradow")} == {"goscieradow"}
    meetings = rows(browser, task="w01", step="hold_meeting")
    assert len(meetings) == 6
    assert all("Zapisz spotkanie" in text for _, text in meetings)
    inside = {"task": "w01", "occurred-from": "2014-05-05", "occurred-to": "12.05.2014"}
    assert len(rows(browser, **inside)) == 2
    assert rows(browser, **{"recorded-to": "30.05.2014"}) == []
    assert len(rows(browser, **{"recorded-from": "31.5.2014"})) == 38
    assert len(rows(browser, kind="opening")) == 4
    assert len(rows(browser, role="mayor")) == 1
    assert rows(browser, who="nikt taki") == []
    for path in ("/audit", "/findings", "/reminders"):
        wrong = browser.get(f"{path}?pilot=Tluszczz<b>")
        assert wrong.status_code == 404
        assert wrong.text.count("Nie ma tu gminy „Tluszczz&lt;b&gt;”. Proszę sprawdzić pisownię.") == 2
        assert 'value="Tluszczz&lt;b&gt;"' in wrong.text
    assert rows(browser, pilot="no-such") == []


@pytest.mark.both_databases
def test_the_list_goes_on_below_the_last_entry(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page each entry comes once, in the same order, whatever is recorded meanwhile."""
    browser = panel.as_("implementing-body")
    whole = [href for href, _ in rows(browser)]
    monkeypatch.setattr(explore, "PAGE", 7)
    monkeypatch.setitem(explore.explore.__kwdefaults__, "most", (7, explore.LOOKED_MAX))
    found, path = [], "/audit"
    while path:
        page = browser.get(path).text
        found += [href for href, _ in _ROW.findall(page.split("<tbody", 1)[1])]
        following = re.search(r'href="(/audit\?[^"]*below=[^"]+)" rel="next"', page)
        path = unescape(following[1]) if following else ""
        if len(found) == 7:
            attempt(panel, "propose", {})
    assert [href for href in found if href != "/audit/tluszcz/30"] == whole


def test_looking_ends_where_enough_was_looked_at(panel: Panel) -> None:
    """What is rare is looked for in portions, each going on where the last one ended."""
    chosen = tuple(pilots(panel).values())
    place, seen = None, 0
    for _ in range(4):
        found = explore.explore(panel.desk, chosen, Wanted(role="mayor"), place, most=(5, 10))
        seen += len(found.entries)
        assert found.looked_short == (found.below is not None)
        place = found.below
    assert (seen, place) == (1, None)


def test_nobody_finds_what_is_not_theirs(panel: Panel) -> None:
    """A coordinator's list, table and entries end at the municipality's border."""
    browser = panel.as_("coordinator.tluszcz")
    assert rows(browser, pilot="goscieradow") == []
    assert {href.split("/")[2] for href, _ in rows(browser)} == {"tluszcz"}
    assert "Gościeradów" not in browser.get("/audit.csv").text
    for path in ("/audit", "/findings", "/audit.csv"):
        foreign, none = browser.get(f"{path}?pilot=goscieradow"), browser.get(f"{path}?pilot=no-such")
        assert (foreign.status_code, none.status_code) == (404, 404)
        assert browser.get(f"{path}?pilot=tluszcz").status_code == 200
    assert browser.get("/audit?recorded-from=x").status_code == 400
    for path in ("/audit/goscieradow/1", "/audit/goscieradow/1/proof.json", "/audit/tluszcz/999", "/audit/tluszcz/x"):
        assert browser.get(path).status_code == 404


def test_the_table_runs_no_formula(panel: Panel) -> None:
    """What somebody called a person begins no formula in a spreadsheet; the columns are those of the list."""
    with panel.desk.database.work() as work:
        work.connection.execute("UPDATE person SET name = '=HYPERLINK(1)' WHERE name LIKE 'Koordynator%Tłuszcz'")
        work.commit()
    browser = panel.as_("coordinator.tluszcz")
    browser.post("/pilots/tluszcz/w06?step=code", {"seen": "14"}, shown="/pilots/tluszcz/w06?step=code")
    answer = browser.get("/audit.csv?refused=only")
    assert answer.headers["content-disposition"] == 'attachment; filename="wpisy.csv"'
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert table[0][:4] == ["Gmina", "Wpis", "Zdarzyło się", "Zapisano"]
    assert len(table) == 2
    assert table[1][9] == "'=HYPERLINK(1) (Koordynator MLW)"


def test_an_entry_can_be_taken_along_with_its_proof(panel: Panel) -> None:
    """The proof leads from the entry's bytes to the checkpoint; a file stands there to be kept, under its own name."""
    from mlw_workflow.services.checkpoint import make_checkpoint

    browser = panel.as_("implementing-body")
    assert "nie obejmuje go jeszcze" in browser.get("/audit/tluszcz/12").text
    if panel.desk.signer is not None and panel.desk.signer.ring() is not None:
        make_checkpoint(panel.desk)
        told = json.loads(browser.get("/audit/tluszcz/12/proof.json").text)
        assert (told["pilot"], told["seq"], json.loads(told["body"])["seq"]) == ("Tłuszcz", 12, 12)


def test_the_index_is_walked_and_never_sorted(panel: Panel) -> None:
    """Each way of looking follows an index of its own, whatever there is beside it."""
    with panel.desk.database.read() as connection:
        for name, text in entry_index.PREPARED.items():
            if not name.startswith("OF_"):
                continue
            plan = connection.raw.execute(f"EXPLAIN QUERY PLAN {text}", ("x",) * text.count("?")).fetchall()
            told = " ".join(str(step[3]) for step in plan)
            assert "TEMP B-TREE" not in told, (name, told)
            assert "ix_entry_index" in told, (name, told)


def test_an_entry_that_was_changed_is_told_as_such(panel: Panel) -> None:
    """Bytes behind the program's back: the page says so, and values that do not fit are not shown."""
    changed = "CAST(replace(CAST(body AS TEXT), '2014-04-29', '2014-04-28') AS BLOB)"
    with panel.desk.database.work() as work:
        run = work.connection.raw.execute
        run("DROP TRIGGER ledger_entry_no_update")
        run(f"UPDATE ledger_entry SET body = {changed} WHERE seq = 12")
        run("UPDATE evidence SET value = CAST('\"gdzie indziej\"' AS BLOB) WHERE seq = 12")
        run("COMMIT")
    page = panel.as_("implementing-body").get("/audit/tluszcz/12").text
    assert "zmieniona po zapisaniu" in page
    assert "nie są tymi, które zapisano" in page
    assert "gdzie indziej" not in page


def test_the_number_of_queries_does_not_grow_with_the_list(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four municipalities ask as many questions of the database as one, a long list as many as a short one."""
    rows(panel.as_("implementing-body"))  # indexes the logs; who looks is found out anew after such a commit
    counts = []
    for chosen in ({}, {"pilot": "goscieradow"}, {"kind": "opening"}):
        browser = panel.as_("implementing-body")
        rows(browser)
        with counted(panel, monkeypatch) as asked:
            rows(browser, **chosen)
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 16


class counted:  # noqa: N801
    """What is asked of the database meanwhile."""

    def __init__(self, panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
        self.driver, self.monkeypatch, self.asked = type(panel.desk.database.driver), monkeypatch, []

    def __enter__(self) -> list[str]:
        for name in ("execute", "stream"):
            told = getattr(self.driver, name)

            def also(own: Any, raw: Any, statement: str, *given: Any, told: Any = told) -> Any:
                self.asked.append(statement)
                return told(own, raw, statement, *given)

            self.monkeypatch.setattr(self.driver, name, also)
        return self.asked

    def __exit__(self, *_: object) -> None:
        self.monkeypatch.undo()
