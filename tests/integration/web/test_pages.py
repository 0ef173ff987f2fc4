"""The coordinator's pages: the board, a task, its forms, and a refusal with its way out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from starlette.responses import Response

from mlw_workflow.interfaces.web import routing
from mlw_workflow.interfaces.web.pages import board
from mlw_workflow.services.standing import AsOf, history, standing_of
from mlw_workflow.storage import accounts, repositories

if TYPE_CHECKING:
    from datetime import datetime

    from conftest import Browser, Panel
    from mlw_workflow.domain.pilot import Pilot

ON = {"on-day": "31", "on-month": "5", "on-year": "2014"}
APPOINT = "/pilots/tluszcz/w07?step=appoint"


def pilot(panel: Panel, code: str = "tluszcz") -> Pilot:
    with panel.desk.database.read() as connection:
        return next(one for one in repositories.pilots(connection) if one.code == code)


def state(panel: Panel, machine: str) -> str:
    found = pilot(panel)
    today = panel.desk.today(panel.desk.programme(found.definition))
    return standing_of(panel.desk, found, AsOf(today)).position(machine).state


def seen(browser: Browser, path: str) -> str:
    """The task as the form of a page knows it."""
    return browser.get(path).text.split('name="seen" value="')[1].split('"')[0]


def test_the_board_says_what_is_done_what_waits_for_what_and_by_when(panel: Panel) -> None:
    """Each guideline with its state and since when; coding waits for the team; what helps most is among the steps."""
    page = panel.as_("coordinator.tluszcz").get("/pilots/tluszcz")
    assert page.status_code == 200
    text = " ".join(page.text.split())
    assert text.count("govuk-task-list__item--with-link") == 30
    assert 'id="kind-guideline">Wytyczne</h2>' in text
    assert "W06. Przygotowanie do kodowania, od 30 kwietnia 2014" in text
    assert 'Czeka na: <a class="govuk-link" href="/pilots/tluszcz/w07">' in text
    assert "Termin: 31 sierpnia 2014; zapas: 8 dni roboczych" in text
    assert "odblokuje: Wyznaczenie koordynatora przejściowego, Kodowanie Katalogu Lokalnych Interesariuszy" in text
    steps = text.partition("Co teraz")[2].partition("Jeszcze")[0]
    assert steps.index("Raport miesięczny, grudzień 2013") < steps.index("Powołaj zespół")


def test_a_task_tells_both_days_of_each_event(panel: Panel) -> None:
    """When it happened, and when it was recorded."""
    page = " ".join(panel.as_("coordinator.tluszcz").get("/pilots/tluszcz/w07").text.split())
    assert "zdarzyło się 29 kwietnia 2014, zapisano 31.05.2014 12:00" in page
    assert "Biblioteka Publiczna w Tłuszczu" in page


def test_a_step_is_recorded_and_told(panel: Panel) -> None:
    """The mayor appoints the team by a form; the board then says that coding can be done."""
    browser = panel.as_("mayor.tluszcz")
    answer = browser.post(APPOINT, {**ON, "seen": seen(browser, APPOINT), "e-order_number": "0050.60.2014"})
    assert answer.status_code == 303
    assert "Powołaj zespół, 31\u00a0maja 2014" in browser.get(answer.headers["location"]).text
    assert state(panel, "w07") == "appointed"
    entry = history(panel.desk, pilot(panel))[-1][0]
    assert (entry.role, entry.kind) == ("mayor", "transition")
    board = panel.as_("coordinator.tluszcz").get("/pilots/tluszcz").text
    assert "Zakoduj katalog" in board


def test_a_refusal_has_every_reason_and_the_way_out_with_links(panel: Panel) -> None:
    """Coding before the team: the reason leads to the team's page, the way out to the form that appoints it."""
    browser = panel.as_("coordinator.tluszcz")
    path = "/pilots/tluszcz/w06?step=code"
    answer = browser.post(path, {**ON, "seen": seen(browser, path)})
    assert answer.status_code == 422
    assert "Nie zapisano tego kroku" in answer.text
    assert 'href="/pilots/tluszcz/w07">Najpierw' in answer.text
    assert 'href="/pilots/tluszcz/w07?step=appoint">Powołaj zespół' in answer.text
    entry = history(panel.desk, pilot(panel))[-1][0]
    assert entry.kind == "refusal"
    for page in ("/pilots/tluszcz/w06", f"/audit/tluszcz/{entry.seq}"):
        told = browser.get(page).text.split("odmowa", 1)[1]
        assert "musi osiągnąć stan „Zespół powołany”" in told, page


def test_the_form_of_a_blocked_step_says_so_before_anything_is_typed(panel: Panel) -> None:
    """Looking at it records nothing."""
    before = len(history(panel.desk, pilot(panel)))
    page = panel.as_("coordinator.tluszcz").get("/pilots/tluszcz/w06?step=code").text
    assert "Tego kroku nie można teraz zapisać" in page
    assert "Powołaj zespół" in page
    assert len(history(panel.desk, pilot(panel))) == before


def test_errors_stand_beside_their_fields(panel: Panel) -> None:
    """A missing number and an impossible day are both told, each with a link to where it is put right."""
    browser = panel.as_("mayor.tluszcz")
    answer = browser.post(APPOINT, {**ON, "seen": seen(browser, APPOINT), "e-order_date-day": "31",
                                    "e-order_date-month": "2", "e-order_date-year": "2014"})  # fmt: skip
    assert answer.status_code == 422
    assert '<a href="#e-order_number">' in answer.text
    assert '<a href="#e-order_date-day">' in answer.text
    assert 'id="e-order_number-error"' in answer.text
    assert 'aria-describedby="e-order_date-hint e-order_date-error"' in answer.text
    bad_day = browser.post(APPOINT, {"on-day": "31", "on-month": "2", "on-year": "2014", "seen": "0"})
    assert '<a href="#on-day">' in bad_day.text
    assert 'value="31"' in bad_day.text


def test_a_list_grows_by_a_button_and_is_recorded_without_its_empty_rows(panel: Panel) -> None:
    """Another item without JavaScript; what was typed stays; errors count the rows as they are shown."""
    browser = panel.as_("coordinator.goscieradow")
    path = "/pilots/goscieradow/w07?step=propose"
    rows = {"e-members-rows": "7", "e-members-1-institution": "OPS", "e-members-4-institution": "Szkoła"}
    more = browser.post(path, {**ON, **rows, "do": "more:e-members"})
    assert more.status_code == 200
    assert 'name="e-members-8-institution"' in more.text
    assert 'value="Szkoła"' in more.text
    answer = browser.post(path, {**ON, **rows, "e-members-5-function": "sołtys", "seen": "0"})
    assert answer.status_code == 422
    assert 'name="e-members-2-institution" type="text" value="Szkoła"' in answer.text
    assert '<a href="#e-members-3-institution">' in answer.text


@pytest.mark.both_databases
def test_a_file_is_kept_by_its_digest_only(panel: Panel) -> None:
    """Whatever folders a file's name pretends, it lies under its digest, and nothing is kept of a refused step."""
    from hashlib import sha256

    panel_files = panel.settings.files
    browser = panel.as_("mayor.tluszcz")
    browser.post(APPOINT, {**ON, "seen": seen(browser, APPOINT), "e-order_number": "0050.60.2014"})
    coordinator = panel.as_("coordinator.tluszcz")
    code = "/pilots/tluszcz/w06?step=code"
    assert coordinator.post(code, {**ON, "seen": seen(coordinator, code)}).status_code == 303
    path = "/pilots/tluszcz/w06?step=approve"
    upload = {"e-file": ("../../etc/uchwała.pdf", b"%PDF-1.4 tekst", "text/html")}
    refused = coordinator.post(path, {**ON, "seen": seen(coordinator, path)}, files=upload)
    assert refused.status_code == 422
    assert [file for file in panel_files.rglob("*") if file.is_file()] == []
    form = {**ON, "seen": seen(coordinator, path), "e-resolution_number": "1/2014"}
    assert coordinator.post(path, form, files=upload).status_code == 303
    digest = sha256(b"%PDF-1.4 tekst").hexdigest()
    assert [file.name for file in panel_files.rglob("*") if file.is_file()] == [digest]
    assert "uchwała.pdf" in coordinator.get("/pilots/tluszcz/w06").text


@pytest.mark.both_databases
def test_an_expired_session_keeps_what_was_typed(panel: Panel) -> None:
    """The form comes after two idle hours: after logging in again the text is there, for that person only."""
    browser = panel.as_("mayor.tluszcz")
    token = browser.token(APPOINT)
    with panel.desk.database.work() as work:
        work.connection.execute("UPDATE web_session SET seen_at = '2000-01-01T00:00:00.000000Z'")
        work.commit()
    form = {"token": token, **ON, "seen": "19", "e-order_number": "0050.60.2014"}
    answer = browser.client.post(APPOINT, data=form, follow_redirects=False)
    assert answer.headers["location"] == "/?next=/pilots/tluszcz/w07%3Fstep%3Dappoint"
    assert "wpisane dane są zachowane" in browser.get(answer.headers["location"]).text
    assert "0050.60.2014" not in panel.as_("coordinator.tluszcz").get(APPOINT).text
    again = panel.as_("mayor.tluszcz")
    assert "0050.60.2014" in again.get(APPOINT).text
    again.post(APPOINT, {**ON, "seen": seen(again, APPOINT), "e-order_number": "0050.60.2014"})
    with panel.desk.database.read() as connection:
        person = repositories.find_person(connection, "mayor.tluszcz@demo.invalid")
        assert person is not None
        assert accounts.drafts_of(connection, person.id) == []


def test_a_correction_takes_the_last_record_back(panel: Panel) -> None:
    """The coordinator takes a mistake back by a form; the record stays in the history, marked."""
    browser = panel.as_("coordinator.tluszcz")
    path = "/pilots/tluszcz/w07?step=correct"
    answer = browser.post(path, {**ON, "seen": seen(browser, path), "e-reason": "zły skład"})
    assert answer.status_code == 303, answer.text
    assert state(panel, "w07") == "selecting"
    assert "później cofnięte" in browser.get("/pilots/tluszcz/w07").text


@pytest.mark.parametrize(("language", "words"), [("pl", "Co teraz"), ("en", "Next steps")])
def test_every_page_speaks_the_language_that_was_chosen(panel: Panel, language: str, words: str) -> None:
    """Polish comes first; the switch leads back to the page it stands on and is remembered."""
    browser = panel.as_("coordinator.tluszcz")
    assert '<html lang="pl"' in browser.get("/pilots/tluszcz").text
    answer = browser.get(f"/language/{language}?back=/pilots/tluszcz")
    assert answer.headers["location"] == "/pilots/tluszcz"
    page = browser.get("/pilots/tluszcz").text
    assert f'<html lang="{language}"' in page
    assert words in page


def test_what_people_typed_is_never_markup(panel: Panel) -> None:
    """A script that somebody types as evidence is shown as text."""
    browser = panel.as_("mayor.tluszcz")
    script = "<script>alert(1)</script>"
    browser.post(APPOINT, {**ON, "seen": seen(browser, APPOINT), "e-order_number": script})
    page = browser.get("/pilots/tluszcz/w07").text
    assert script not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.both_databases
def test_an_unchanged_board_is_not_sent_again(panel: Panel) -> None:
    """A browser that has the page is told so; another language, another person or a new record is another page."""
    browser = panel.as_("mayor.tluszcz")
    first = browser.get("/pilots/tluszcz")
    tag = {"if-none-match": first.headers["etag"]}
    again = browser.get("/pilots/tluszcz", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert panel.as_("mayor.tluszcz").get("/pilots/tluszcz", headers=tag).status_code == 200
    browser.get("/language/en?back=/")
    assert browser.get("/pilots/tluszcz", headers=tag).status_code == 200
    browser.get("/language/pl?back=/")
    browser.post(APPOINT, {**ON, "seen": seen(browser, APPOINT), "e-order_number": "0050.60.2014"})
    assert browser.get("/pilots/tluszcz", headers=tag).status_code == 200


def test_that_a_board_is_unchanged_is_told_while_another_page_is_being_made(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite the comparison waits for no thread; whatever it cannot answer does."""
    browser = panel.as_("mayor.tluszcz")
    tag = {"if-none-match": browser.get("/pilots/tluszcz").headers["etag"]}
    monkeypatch.setattr(routing, "_within", lambda *_: Response("made in the thread"))
    assert browser.get("/pilots/tluszcz", headers=tag).status_code == 304
    for path, given in (("/pilots/tluszcz", {"if-none-match": "another"}), ("/pilots/tluszcz", {}), ("/matrix", tag)):
        assert browser.get(path, headers=given).text == "made in the thread"
    assert panel.browser().get("/pilots/tluszcz", headers=tag).text == "made in the thread"
    monkeypatch.setattr(board, "state_of", lambda *_: 1 // 0)
    tag["if-none-match"] += ', "x"'  # another question, so that it is not answered from memory
    assert browser.get("/pilots/tluszcz", headers=tag).text == "made in the thread"


def test_asking_for_an_unchanged_page_keeps_a_session_alive(panel: Panel) -> None:
    """It is use of the panel as well."""
    browser, mayor = panel.as_("mayor.tluszcz"), panel.holder("mayor.tluszcz").person.id
    tag = {"if-none-match": browser.get("/pilots/tluszcz").headers["etag"]}

    def last_used() -> datetime:
        with panel.desk.database.read() as connection:
            return accounts.sessions_of(connection, mayor)[0].seen_at

    now = last_used()
    with panel.desk.database.work() as work:
        digest = work.connection.row("SELECT hash FROM web_session WHERE person_id = ?", mayor)[0]
        accounts.touch_session(work.connection, digest, now - timedelta(minutes=90))
        work.commit()
    assert last_used() < now
    assert browser.get("/pilots/tluszcz", headers=tag).status_code == 304
    assert last_used() >= now


@pytest.mark.parametrize("path", ["/pilots", "/pilots/tluszcz", "/pilots/tluszcz/w07?step=appoint"])
def test_a_page_asks_the_database_a_constant_number_of_questions(
    panel: Panel, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sees four municipalities costs no more queries than whoever sees one, and none of them many."""
    counted: list[str] = []
    driver = panel.desk.database.driver
    execute = driver.execute

    def counting(connection: object, statement: str, values: tuple[object, ...] = ()) -> object:
        counted.append(statement)
        return execute(connection, statement, values)

    costs = []
    for browser in (panel.as_("coordinator.tluszcz"), panel.as_("implementing-body"), panel.as_auditor()):
        browser.get(path)
        monkeypatch.setattr(driver, "execute", counting)
        counted.clear()
        browser.get(path)
        costs.append(len(counted))
        monkeypatch.undo()
    assert costs[1] <= costs[0] <= 12
    assert costs[2] <= costs[0] + 8, "an auditor's pilots, and the line in the access log"
