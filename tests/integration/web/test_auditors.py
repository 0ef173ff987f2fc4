"""Auditors in the panel: they see the pilots of their programmes, write nothing, and their looking is written down."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.interfaces.wording.access import WHAT
from mlw_workflow.services import access
from mlw_workflow.services.install_definition import install_definition
from mlw_workflow.services.open_pilot import Opening, open_pilot
from mlw_workflow.services.standing import history
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from conftest import Panel

LINK = re.compile(r'service-navigation__link" href="([^"]*)"')
COOPERATION = Path(__file__).parents[3] / "workflows" / "model-kooperacji"
YESTERDAY, TOMORROW = date(2014, 5, 30), date(2014, 6, 1)


def looked(panel: Panel) -> list[tuple[str, str, str]]:
    """What the access log says was looked at: what, in which programme, in which pilot."""
    with panel.desk.database.read() as connection:
        code = {pilot.id: pilot.code for pilot in repositories.pilots(connection)}
    lines = [line.entry for line in access.entries(panel.desk)]
    return [(one.what, one.programme, code.get(one.pilot, "")) for one in lines if one.kind == "read"]


def open_elsewhere(panel: Panel) -> None:
    """A pilot of another programme."""
    install_definition(panel.desk, loaded := load_programme(COOPERATION))
    open_pilot(panel.desk, Opening("Mrozy", loaded.content_hash, date(2014, 1, 1), date(2014, 12, 31)))


@pytest.mark.parametrize(("programme", "seen"), [("mlw-pilot", 4), ("model-kooperacji", 1)])
def test_an_auditor_sees_the_pilots_of_the_audited_programme(panel: Panel, programme: str, seen: int) -> None:
    """Those of another are as if they were not there."""
    open_elsewhere(panel)
    browser = panel.as_auditor(programme)
    other = "tluszcz" if programme == "model-kooperacji" else "mrozy"
    assert browser.get(f"/pilots/{other}").status_code == 404
    answer = browser.get("/pilots")
    if seen == 1:
        assert answer.headers["location"] == "/pilots/mrozy"
    else:
        assert answer.text.count("govuk-task-list__item--with-link") == seen
        assert "Mrozy" not in answer.text
    assert {where for _, where, _ in looked(panel)} == {programme}


def test_what_an_auditor_looks_at_is_written_down(panel: Panel) -> None:
    """Each page with its pilot, the list with its programme; of people in roles, and of what was not shown, nothing."""
    panel.as_("coordinator.tluszcz").get("/pilots/tluszcz")
    browser = panel.as_auditor()
    for path in ("/pilots/nowhere", "/pilots/tluszcz/nothing", "/password/new", "/"):
        browser.get(path)
    assert looked(panel) == []
    board = browser.get("/pilots/tluszcz")
    for path in ("/pilots/tluszcz/w07?step=appoint", "/timeline/goscieradow", "/pilots"):
        assert browser.get(path).status_code == 200
    assert browser.get("/pilots/tluszcz", headers={"if-none-match": board.headers["etag"]}).status_code == 304
    assert looked(panel) == [
        ("board", "mlw-pilot", "tluszcz"),
        ("task", "mlw-pilot", "tluszcz"),
        ("timeline", "mlw-pilot", "goscieradow"),
        ("home", "mlw-pilot", ""),
        ("board", "mlw-pilot", "tluszcz"),
    ]
    assert access.verify_access(panel.desk).holds
    assert "Wgląd audytora" in board.text
    for path in (*LINK.findall(board.text), "/audit/tluszcz/1", "/past/tluszcz?on-day=1&on-month=3&on-year=2014"):
        browser.get(path)
    assert {what for what, _, _ in looked(panel)} <= set(WHAT)


def test_an_auditor_writes_nothing(panel: Panel) -> None:
    """Every form of every page is refused with the reason, and no page shows a form of a step."""
    browser = panel.as_auditor()
    assert 'name="e-order_number"' not in browser.get("/pilots/tluszcz/w07?step=appoint").text
    with panel.desk.database.read() as connection:
        pilot = next(one for one in repositories.pilots(connection) if one.code == "tluszcz")
    before = history(panel.desk, pilot)
    tried = 0
    for route in panel.app.routes:
        path = getattr(route, "path", "")
        if "POST" in (getattr(route, "methods", None) or ()) and "{code}" in path:
            filled = path.replace("{code}", "tluszcz").replace("{machine:path}", "w07")
            answer = browser.post(filled, {"seen": "19", "e-order_number": "1"}, shown="/pilots/tluszcz")
            assert answer.status_code == 403, path
            assert "audytor tylko czyta" in answer.text, path
            tried += 1
    assert tried >= 2
    assert history(panel.desk, pilot) == before


@pytest.mark.parametrize(("since", "until"), [(TOMORROW, TOMORROW), (YESTERDAY, YESTERDAY)])
def test_a_right_holds_on_its_days_only(panel: Panel, since: date, until: date) -> None:
    """Before the first day and after the last, from midnight on, an auditor sees no pilot, and is told the day."""
    browser = panel.as_auditor(since=since, until=until)
    first_hour = SimpleNamespace(now=lambda: datetime(2014, 5, 30, 22, 30, tzinfo=UTC))  # of 31 May in Warsaw
    object.__setattr__(panel.desk, "clock", first_hour)
    assert browser.get("/pilots/tluszcz").status_code == 404
    page = browser.get("/pilots").text
    assert "Tłuszcz" not in page
    assert ("skończył się 30\u00a0maja 2014" if until == YESTERDAY else "zaczyna się 1\u00a0czerwca 2014") in page
    assert looked(panel) == []
