"""What waits for one person: an animator's day, a mayor's signature; reminders put off; deputies; requests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mlw_workflow.services.deputies import deputies
from mlw_workflow.services.standing import history
from mlw_workflow.storage import circle, repositories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Browser, Panel
    from mlw_workflow.domain.pilot import Pilot

ON = {"on-day": "31", "on-month": "5", "on-year": "2014"}
REMINDERS = "/my/reminders/tluszcz/submit/monthly/2014-04"


def pilot(panel: Panel, code: str = "tluszcz") -> Pilot:
    with panel.desk.database.read() as connection:
        return next(one for one in repositories.pilots(connection) if one.code == code)


def person(panel: Panel, login: str) -> str:
    with panel.desk.database.read() as connection:
        found = repositories.find_person(connection, f"{login}@demo.invalid")
    assert found is not None
    return found.id


def record(browser: Browser, path: str, **typed: str) -> str:
    """Hand in the form of a step; where it leads to."""
    answer = browser.client.post(path, data={**browser.form(path), **ON, **typed}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    location: str = answer.headers["location"]
    return location


def section(text: str, begin: str, end: str) -> str:
    return " ".join(text.split(f'id="{begin}"')[1].split(f'id="{end}"', maxsplit=1)[0].split())


def test_everybody_begins_where_their_work_is(panel: Panel) -> None:
    """The animator and the mayor at what waits for them, the coordinator at the board, who only reads at the board."""
    first = {who: panel.as_(f"{who}.tluszcz").get("/").headers["location"] for who in ("animator", "mayor")}
    assert first == {"animator": "/my", "mayor": "/my"}
    for who in ("coordinator", "mentor"):
        assert panel.as_(f"{who}.tluszcz").get("/").headers["location"] == "/pilots"


def test_an_animator_sees_late_deadlines_first_and_logs_a_meeting_in_one_tap(panel: Panel) -> None:
    """The late report before what is due in August; the meeting's form has today in it and asks for three things."""
    browser = panel.as_("animator.tluszcz")
    page = browser.get("/my").text
    assert 'href="/pilots/tluszcz/w01?step=hold_meeting" role="button"' in page
    due = page.split('id="deadlines"')[1]
    assert due.index("9\u00a0stycznia 2014") < due.index("8\u00a0maja 2014") < due.index("31\u00a0sierpnia 2014")
    headings = re.findall(r"<h3[^>]*>([^<]+)</h3>", due)
    assert headings[:2] == ["Po terminie", "6\u00a0czerwca 2014"]
    assert headings[-1] == "Nie ustalono jeszcze terminu"
    assert len(headings) == len(set(headings))
    record(browser, "/pilots/tluszcz/w01?step=hold_meeting", **{"e-place": "remiza", "e-audience": "employers"})


def test_steps_stand_in_the_order_of_the_board(panel: Panel) -> None:
    """Somebody's own page begins with what the board tells them first: by deadline, then by what a step frees."""
    step = re.compile(r'govuk-!-font-weight-bold" href="(/pilots/tluszcz/[^"]*\?step=[^"]*)"')
    for who in ("coordinator", "animator", "mayor"):
        browser = panel.as_(f"{who}.tluszcz")
        mine = step.findall(section(browser.get("/my").text, "steps", "deadlines"))
        assert len(mine) > 1
        told = step.findall(section(browser.get("/pilots/tluszcz").text, "next", "kind-guideline"))
        assert mine == [href for href in told if href in mine], who


def test_a_mayor_sees_what_waits_for_a_signature(panel: Panel) -> None:
    """A report that was handed in waits to be noted, one click away; nothing waits that is somebody else's."""
    animator, mayor = panel.as_("animator.tluszcz"), panel.as_("mayor.tluszcz")
    assert "Przyjmij raport do wiadomości" not in mayor.get("/my").text
    record(animator, "/pilots/tluszcz/monthly/2014-04?step=draft")
    record(animator, "/pilots/tluszcz/monthly/2014-04?step=submit", **{"e-summary": "Trzy spotkania."})
    waiting = section(mayor.get("/my").text, "steps", "deadlines")
    assert 'href="/pilots/tluszcz/monthly/2014-04?step=note">Przyjmij raport' in waiting
    assert 'href="/pilots/tluszcz/w07?step=appoint">Powołaj zespół' in waiting
    assert "Zakończ promocję" not in waiting
    record(mayor, "/pilots/tluszcz/monthly/2014-04?step=note")
    assert "Przyjmij raport" not in section(mayor.get("/my").text, "steps", "deadlines")


@pytest.mark.both_databases
def test_a_reminder_is_put_off_with_a_reason_and_within_limits(panel: Panel) -> None:
    """Too far and without a reason are told; the day then stands on the page; twice is the limit."""
    browser, who = panel.as_("animator.tluszcz"), person(panel, "animator.tluszcz")
    far = {"on-day": "30", "on-month": "7", "on-year": "2014", "e-reason": "urlop", "do": "snooze"}
    assert "najwyżej o 14 dni" in browser.post(REMINDERS, far).text
    soon = {**far, "on-day": "5", "on-month": "6"}
    lacking = browser.post(REMINDERS, {**soon, "e-reason": " "})
    assert (lacking.status_code, 'href="#e-reason"' in lacking.text) == (422, True)
    assert browser.post(REMINDERS, soon).headers["location"] == "/my?done=snoozed"
    assert "przypomnimy 5\u00a0czerwca 2014" in browser.get("/my?done=snoozed").text
    assert browser.post(REMINDERS, {**soon, "on-day": "6"}).status_code == 303
    assert "nie można już odłożyć" in browser.get(REMINDERS).text
    browser.post(REMINDERS, {"do": "acknowledge"})
    assert "nie przypominamy już o tym" in browser.get("/my").text
    with panel.desk.database.read() as connection:
        found = circle.pauses(connection, [pilot(panel).id])[pilot(panel).id, "monthly/2014-04", "submit"]
    assert [(one.person, one.kind) for one in found] == [(who, "snooze"), (who, "snooze"), (who, "acknowledgement")]
    assert panel.as_("coordinator.goscieradow").get(REMINDERS).status_code == 404


def test_a_deputy_is_named_and_the_time_ended(panel: Panel) -> None:
    """The coordinator for anybody, others for themselves alone; it is recorded under their name."""
    animator, mayor = person(panel, "animator.tluszcz"), person(panel, "mayor.tluszcz")
    path = "/deputies/tluszcz"
    form = {
        "e-person": animator, "e-deputy": mayor, "on-since-day": "1", "on-since-month": "6", "on-since-year": "2014",
        "on-until-day": "14", "on-until-month": "6", "on-until-year": "2014",
    }  # fmt: skip
    assert panel.as_("mayor.tluszcz").post(path, form).status_code == 403
    assert panel.as_("mentor.tluszcz").post(path, form).status_code == 403
    browser = panel.as_("coordinator.tluszcz")
    wrong = browser.post(path, {**form, "e-deputy": "nobody", "on-until-day": "31"})
    assert 'href="#e-deputy"' in wrong.text
    assert 'href="#on-until-day"' in wrong.text
    assert browser.post(path, {**form, "on-until-month": "5"}).status_code == 422
    assert browser.post(path, form).status_code == 303
    assert "od 1\u00a0czerwca 2014 do 14\u00a0czerwca 2014" in browser.get(path).text
    assert [(d.person, d.deputy) for d in deputies(panel.desk, pilot(panel))] == [(animator, mayor)]
    assert history(panel.desk, pilot(panel))[-1][0].actor == person(panel, "coordinator.tluszcz")
    assert browser.post(path, {"do": f"end:{animator}/{mayor}/2014-06-01"}).status_code == 303
    assert deputies(panel.desk, pilot(panel)) == []


@pytest.mark.both_databases
def test_a_request_is_asked_decided_and_leaves_a_trail(panel: Panel) -> None:
    """The coordinator asks, the implementing body decides; a waiver that was granted is then recorded at its task."""
    coordinator, body = panel.as_("coordinator.tluszcz"), panel.as_("implementing-body")
    page = "/requests/tluszcz"
    assert "Nie złożono jeszcze żadnego wniosku" in coordinator.get(page).text
    shift = {"e-from_item": "szkolenia", "e-to_item": "promocja", "e-amount": "1 200,50 zł", "e-reason": "druk ulotek"}
    record(coordinator, "/pilots/tluszcz/budget_shift?step=ask", **shift)
    asked = coordinator.get(page).text
    assert "Kwota w złotych: 1\N{NO-BREAK SPACE}200,50" in asked
    assert "Wyraź zgodę" not in asked
    assert "step=ask" not in asked.split("waiver_request")[0]
    record(body, "/pilots/tluszcz/budget_shift?step=refuse", **{"e-reason": "brak środków"})
    assert "Powód odmowy: brak środków" in coordinator.get(page).text
    waiver = {"e-guidelines": "w08", "e-reason": "gmina ma już taki dokument"}
    record(coordinator, "/pilots/tluszcz/waiver_request?step=ask", **waiver)
    record(body, "/pilots/tluszcz/waiver_request?step=grant", **{"e-decision": "CRZL/12/2014"})
    assert "zwolnienie nie jest jeszcze zapisane" in coordinator.get(page).text
    assert 'href="/pilots/tluszcz/w08?step=waive">zapisz zwolnienie' in body.get(page).text
    record(body, "/pilots/tluszcz/w08?step=waive", **{"e-reason": "gmina ma już taki dokument"})
    assert "zwolnienie zapisano" in coordinator.get(page).text


def test_whoever_decides_is_told_that_a_request_waits(panel: Panel) -> None:
    """On the implementing body's own page and list, until it is decided; whoever asked, or works elsewhere, is not."""
    coordinator, body = panel.as_("coordinator.tluszcz"), panel.as_("implementing-body")
    link, first = 'href="/requests/tluszcz#budget_shift">Przesunięcia w budżecie, Tłuszcz', "/my"
    assert 'id="undecided"' not in body.get(first).text
    shift = {"e-from_item": "szkolenia", "e-to_item": "promocja", "e-amount": "1200", "e-reason": "druk ulotek"}
    record(coordinator, "/pilots/tluszcz/budget_shift?step=ask", **shift)
    for path in (first, "/queue", "/queue?text=t%C5%82uszcz"):
        page = body.get(path).text
        assert link in page, path
        assert "1 wniosek czeka na Państwa decyzję" in page
        assert "wniosek z 31\u00a0maja 2014" in page
    assert "Dziś nic na Państwa nie czeka" not in body.get(first).text
    assert link not in body.get("/queue?text=goscierad").text
    for other in (coordinator, panel.as_("mayor.tluszcz"), panel.as_("coordinator.goscieradow")):
        assert 'id="undecided"' not in other.get("/my").text
    assert 'id="budget_shift"' in body.get("/requests/tluszcz").text
    record(body, "/pilots/tluszcz/budget_shift?step=grant", **{"e-decision": "CRZL/12/2014"})
    assert 'id="undecided"' not in body.get(first).text + body.get("/queue").text


def test_requests_are_no_tasks(panel: Panel) -> None:
    """Asking is never advised, and the board does not count it."""
    board = panel.as_("coordinator.tluszcz").get("/pilots/tluszcz").text
    assert "budget_shift" not in board


@pytest.fixture
def counted(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements that the database is asked."""
    asked: list[str] = []
    driver = panel.desk.database.driver
    execute = driver.execute

    def counting(connection: object, statement: str, values: tuple[object, ...] = ()) -> object:
        asked.append(statement)
        return execute(connection, statement, values)

    monkeypatch.setattr(driver, "execute", counting)
    return asked


@pytest.mark.parametrize("path", ["/my", "/requests/tluszcz", "/deputies/tluszcz"])
def test_these_pages_ask_a_constant_number_of_questions(panel: Panel, counted: list[str], path: str) -> None:
    """However much there is to show."""
    browser, body = panel.as_("coordinator.tluszcz"), panel.as_("implementing-body")
    record(browser, "/pilots/tluszcz/waiver_request?step=ask", **{"e-guidelines": "w10", "e-reason": "nie dotyczy"})
    record(body, "/pilots/tluszcz/waiver_request?step=refuse", **{"e-reason": "dotyczy"})
    browser.get(path)
    counted.clear()
    browser.get(path)
    first = len(counted)
    for guideline in ("w12", "w08"):
        ask = {"e-guidelines": guideline, "e-reason": "nie dotyczy"}
        record(browser, "/pilots/tluszcz/waiver_request?step=ask", **ask)
        record(body, "/pilots/tluszcz/waiver_request?step=grant", **{"e-decision": "tak"})
    for month in ("2014-03", "2014-04"):
        record(browser, f"/pilots/tluszcz/monthly/{month}?step=draft")
    browser.get(path)
    counted.clear()
    browser.get(path)
    assert len(counted) == first
    assert first <= 14
