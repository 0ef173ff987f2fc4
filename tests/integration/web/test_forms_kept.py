"""Nobody is punished by a form: sent twice it counts once, stale or unfinished it loses nothing."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from mlw_workflow.interfaces.web.app import create_app
from mlw_workflow.services.demo_people import PASSWORD
from mlw_workflow.services.standing import history
from mlw_workflow.settings.accounts import ProviderSettings
from mlw_workflow.storage import accounts, repositories

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Browser, Panel

ON = {"on-day": "31", "on-month": "5", "on-year": "2014"}
MEETING = "/pilots/tluszcz/w01?step=hold_meeting"
MET = {**ON, "e-place": "świetlica w Jasienicy", "e-audience": "residents"}
BOARD = "/pilots/tluszcz"


def recorded(panel: Panel, code: str = "tluszcz") -> int:
    """How many entries the log has."""
    with panel.desk.database.read() as connection:
        pilot = next(one for one in repositories.pilots(connection) if one.code == code)
    return len(history(panel.desk, pilot))


def send(browser: Browser, path: str, data: dict[str, str]) -> object:
    return browser.client.post(path, data=data, follow_redirects=False)


@pytest.mark.both_databases
def test_a_form_sent_twice_counts_once_whichever_process_takes_it(panel: Panel) -> None:
    """A step that leads back to its own state, too: the second copy leads to the first's entry, also elsewhere."""
    browser = panel.as_("animator.tluszcz")
    form = {**browser.form(MEETING), **MET}
    first = browser.client.post(MEETING, data=form, follow_redirects=False)
    assert first.status_code == 303
    entries = recorded(panel)
    with TestClient(create_app(panel.settings), base_url="http://panel.test", cookies=browser.client.cookies) as other:
        again = other.post(MEETING, data=form, follow_redirects=False)
    assert again.headers["location"] == f"{first.headers['location']}&twice=1"
    assert recorded(panel) == entries
    assert "To było już zapisane, jeden raz" in browser.get(again.headers["location"]).text


def test_the_same_form_with_something_else_in_it_is_another(panel: Panel) -> None:
    """Whoever goes back and types a second meeting is told of the first, and can record the second."""
    browser = panel.as_("animator.tluszcz")
    form = {**browser.form(MEETING), **MET}
    send(browser, MEETING, form)
    entries = recorded(panel)
    other = browser.client.post(MEETING, data={**form, "e-place": "remiza w Stryjkach"}, follow_redirects=False)
    assert other.status_code == 422
    assert "Od otwarcia tego formularza" in other.text
    assert "remiza w Stryjkach" in other.text
    hidden = dict(re.findall(r'name="(seen|key)" value="([^"]*)"', other.text))
    last = browser.client.post(
        MEETING, data={**form, **hidden, "e-place": "remiza w Stryjkach"}, follow_redirects=False
    )
    assert last.status_code == 303
    assert recorded(panel) == entries + 2  # the refusal is an entry, too


@pytest.mark.both_databases
def test_a_stale_form_is_told_what_changed_and_keeps_what_was_typed(panel: Panel) -> None:
    """Somebody else took a step meanwhile: the page says which, whose and when; the text is still there."""
    browser, other = panel.as_("coordinator.tluszcz"), panel.as_("animator.tluszcz")
    form = {**browser.form(MEETING), **MET}
    other.client.post(MEETING, data={**other.form(MEETING), **MET, "e-place": "remiza"}, follow_redirects=False)
    answer = browser.client.post(MEETING, data=form, follow_redirects=False)
    assert answer.status_code == 422
    told = " ".join(answer.text.split('id="meanwhile"')[1].split("</div>")[0].split())
    assert "Zapisz spotkanie, 31 maja 2014, Animator MLW, Tłuszcz" in told
    assert "W międzyczasie" in answer.text
    assert "--seen" not in answer.text
    assert "świetlica w Jasienicy" in answer.text
    # A browser goes back to the answer of a form only if it may keep a copy.
    assert answer.headers["cache-control"] == "private, no-cache"


def test_a_form_that_says_nonsense_of_what_it_saw_is_stale(panel: Panel) -> None:
    """It is no way around being told what others recorded."""
    browser = panel.as_("animator.tluszcz")
    answer = browser.client.post(MEETING, data={**browser.form(MEETING), **MET, "seen": "abc"}, follow_redirects=False)
    assert answer.status_code == 422
    assert "W międzyczasie" in answer.text


def test_a_day_far_off_is_told_once(panel: Panel) -> None:
    """An empty day that would have been the day of the event is not to blame for it."""
    browser = panel.as_("mayor.tluszcz")
    path = "/pilots/tluszcz/w07?step=appoint"
    form = {**browser.form(path), "on-day": "31", "on-month": "5", "on-year": "1914", "e-order_number": "1/2014"}
    answer = browser.client.post(path, data=form, follow_redirects=False)
    assert answer.status_code == 422
    summary = answer.text.split("govuk-error-summary__list")[1].split("</ul>")[0]
    assert 'href="#on-day"' in summary
    assert "e-order_date" not in summary
    assert 'id="e-order_date-error"' not in answer.text


def test_a_step_that_is_done_is_called_done(panel: Panel) -> None:
    """Its page says when it happened and whose it was, not that there is no way; nobody is asked to record it again."""
    mayor, browser = panel.as_("mayor.tluszcz"), panel.as_("coordinator.tluszcz")
    appoint, code = "/pilots/tluszcz/w07?step=appoint", "/pilots/tluszcz/w06?step=code"
    on = {"on-day": "31", "on-month": "5", "on-year": "2014"}
    mayor.client.post(appoint, data={**mayor.form(appoint), **on, "e-order_number": "0050.60.2014"})
    stale = {**browser.form(code), **on}
    assert 'id="past"' not in browser.get(code).text
    again = {**browser.form(code), **on}
    assert browser.client.post(code, data=stale, follow_redirects=False).status_code == 303
    late = browser.client.post(code, data=again, follow_redirects=False)
    assert late.status_code == 422
    assert 'id="meanwhile"' in late.text
    for page in (late.text, browser.get(code).text):
        told = " ".join(page.split('id="past"')[1].split("</p>")[0].split())
        assert "Ten krok jest już wykonany" in told
        assert "zdarzyło się 31 maja 2014" in told
        assert "koordynator" in told.lower()
        assert "nie ma już drogi" not in page
        assert "jeszcze raz" not in page


@pytest.mark.both_databases
def test_a_draft_is_kept_listed_taken_up_and_thrown_away(panel: Panel) -> None:
    """It records nothing, stands on its owner's board alone, fills the form again and goes when it is not wanted."""
    browser = panel.as_("coordinator.tluszcz")
    before = recorded(panel)
    empty = browser.get(BOARD)
    answer = browser.client.post(MEETING, data={**browser.form(MEETING), **MET, "do": "draft"}, follow_redirects=False)
    assert "Szkic zapisany" in browser.get(answer.headers["location"]).text
    assert recorded(panel) == before
    board = browser.get(BOARD, headers={"if-none-match": empty.headers["etag"]})
    assert board.status_code == 200
    assert "Moje szkice" in board.text
    assert "Moje szkice" not in panel.as_("animator.tluszcz").get(BOARD).text
    assert "świetlica w Jasienicy" in browser.get(MEETING).text
    browser.post(MEETING, {"do": "forget"}, shown=BOARD)
    assert "Moje szkice" not in browser.get(BOARD).text


def test_a_draft_of_another_tab_is_not_replaced_unseen(panel: Panel) -> None:
    """The same step in two tabs: the second is shown what the first kept, and replaces it only when sent once more."""
    browser = panel.as_("animator.tluszcz")
    first, second = browser.form(MEETING), browser.form(MEETING)
    send(browser, MEETING, {**first, **MET, "do": "draft"})
    mine = {**MET, "e-place": "remiza w Stryjkach", "do": "draft"}
    told = browser.client.post(MEETING, data={**second, **mine}, follow_redirects=False)
    assert told.status_code == 409
    other, form = told.text.split('id="other-draft"')[1].split("<form", 1)
    assert "świetlica w Jasienicy" in other
    assert "mieszkańcy" in other.casefold()
    assert "remiza w Stryjkach" in form
    assert "świetlica w Jasienicy" in browser.get(MEETING).text
    hidden = dict(re.findall(r'name="(seen|key|draft)" value="([^"]*)"', told.text))
    again = browser.client.post(MEETING, data={**second, **mine, **hidden}, follow_redirects=False)
    assert again.status_code == 303
    shown = browser.get(again.headers["location"]).text
    assert "remiza w Stryjkach" in shown
    assert "świetlica" not in shown
    # Who goes on from what was kept is asked nothing.
    onwards = {**browser.form(MEETING), **mine, "e-place": "szkoła"}
    assert browser.client.post(MEETING, data=onwards, follow_redirects=False).status_code == 303


def test_the_file_to_be_chosen_again_is_named(panel: Panel) -> None:
    """A browser does not keep a file: a draft and a refusal both say which one it was."""
    browser = panel.as_("animator.tluszcz")
    path = "/pilots/tluszcz/monthly/2014-03?step=submit"
    upload = {"e-file": ("raport marzec.pdf", b"%PDF-1.4", "application/pdf")}
    kept = browser.post(path, {**ON, "e-summary": "Trzy spotkania.", "do": "draft"}, files=upload)
    assert "Proszę ponownie wybrać plik raport marzec.pdf" in browser.get(kept.headers["location"]).text
    refused = browser.post(path, {**ON, "e-file-chosen": "raport marzec.pdf", "seen": "0"})
    assert refused.status_code == 422
    assert "Proszę ponownie wybrać plik raport marzec.pdf" in refused.text


def test_a_list_shrinks_by_a_button_and_takes_pasted_lines(panel: Panel) -> None:
    """Rows from a spreadsheet, with or without headings; what was typed before stays, and so do the other rows."""
    browser = panel.as_("coordinator.goscieradow")
    path = "/pilots/goscieradow/w07?step=propose"
    rows = {"e-members-rows": "2", "e-members-1-institution": "OPS", "e-members-2-institution": "Szkoła"}
    less = browser.post(path, {**ON, **rows, "do": "less:e-members-1"})
    assert 'value="OPS"' not in less.text
    assert 'name="e-members-1-institution" type="text" value="Szkoła"' in less.text
    lines = "Instytucja lub środowisko\tFunkcja\nNadleśnictwo\tleśniczy\nGOK; \nOSP; naczelnik"
    more = browser.post(path, {**ON, **rows, "e-members-paste": lines, "do": "paste:e-members"})
    assert 'name="e-members-3-institution" type="text" value="Nadleśnictwo"' in more.text
    assert 'name="e-members-5-function" type="text" value="naczelnik"' in more.text
    assert "Nadleśnictwo\tleśniczy" not in more.text


def test_what_a_step_would_take_back_is_told_before_it_is_taken(panel: Panel) -> None:
    """A return tells what rests on it, a correction what it undoes, a waiver what it frees, a pause what stops."""
    body = panel.as_("implementing-body")
    back = " ".join(body.get("/pilots/tluszcz/w03?step=return").text.split())
    assert "Opiera się na tym i będzie trzeba to ponownie sprawdzić" in back
    assert "Wyznacz wykonawcę katalogu" in back.split('id="follows"')[1].split("<form")[0]
    waived = " ".join(body.get("/pilots/tluszcz/w08?step=waive").text.split())
    assert "Inne zadania nie czekają już na to" in waived
    browser = panel.as_("coordinator.tluszcz")
    assert "Zadanie przejdzie do stanu" in browser.get("/pilots/tluszcz/w07?step=correct").text
    assert "Terminy biegną dalej" in browser.get("/pilots/tluszcz/w07?step=suspend").text


def test_the_banner_says_what_has_become_possible_and_what_is_next(panel: Panel) -> None:
    """After the appointment coding and the regular coordinator are free, each a link; and there is a next step."""
    browser = panel.as_("coordinator.tluszcz")
    path = "/pilots/tluszcz/w07?step=appoint"
    answer = browser.client.post(
        path, data={**browser.form(path), **ON, "e-order_number": "0050.60.2014"}, follow_redirects=False
    )
    banner = browser.get(answer.headers["location"]).text.split('role="alert"')[1].split("<h1")[0]
    assert 'href="/pilots/tluszcz/w06?step=code"' in banner
    assert 'href="/pilots/tluszcz/w03?step=designate_regular"' in banner
    assert "Następny krok" in banner


@pytest.mark.parametrize("do", ["draft", "more:e-members", ""])
def test_nothing_is_kept_for_whoever_may_not_look(panel: Panel, do: str) -> None:
    """A form for another municipality is answered as if there were none."""
    browser = panel.as_("coordinator.tluszcz")
    answer = browser.post("/pilots/goscieradow/w07?step=propose", {**ON, "do": do}, shown=BOARD)
    assert answer.status_code == 404


OURS = {"sec-fetch-site": "same-origin"}
UNSEEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def hidden(page: str, action: str) -> dict[str, str]:
    """What the form that goes to an address carries unseen."""
    form = page.partition(f'method="post" action="{action}"')[2].partition("</form>")[0]
    return {name: html.unescape(value) for name, value in UNSEEN.findall(form)}


def test_a_form_of_which_the_browser_forgot_the_cookies_comes_back_after_logging_in(panel: Panel) -> None:
    """The login page carries the text, as text, also past a wrong password; then it is that person's draft."""
    browser = panel.as_("animator.tluszcz")
    text = '"><script>alert(1)</script>'
    form = {**browser.form(MEETING), **MET, "e-place": text}
    entries = recorded(panel)
    browser.client.cookies.clear()
    answer = browser.client.post(MEETING, data=form, headers=OURS, follow_redirects=False)
    assert answer.status_code == 403
    assert "Wpisane dane są zachowane na tej stronie" in answer.text
    assert text not in answer.text
    login = {**hidden(answer.text, "/"), "login": "animator.tluszcz@demo.invalid"}
    wrong = browser.client.post("/", data={**login, "password": "nie to"}, headers=OURS)
    assert wrong.status_code == 422
    login = {**hidden(wrong.text, "/"), "login": "animator.tluszcz@demo.invalid", "password": PASSWORD}
    let_in = browser.client.post("/", data=login, headers=OURS, follow_redirects=False)
    assert let_in.headers["location"] == MEETING
    shown = browser.get(MEETING).text
    assert "wpisane wcześniej i jeszcze niezapisane" in shown
    assert html.escape(text, quote=False).replace('"', "&#34;") in shown
    assert recorded(panel) == entries
    assert "jeszcze niezapisane" not in panel.as_("coordinator.tluszcz").get(MEETING).text


def test_whoever_logs_in_elsewhere_finds_the_form_in_its_tab(open_panel: Callable[..., Panel]) -> None:
    """With an OpenID provider its page opens in a tab of its own, and the form waits beside, to be sent again."""
    panel = open_panel(provider=ProviderSettings("http://localhost:1", "panel"))
    answer = panel.browser().client.post(MEETING, data=MET, headers=OURS)
    assert re.search(r'<a[^>]*id="abroad"[^>]*target="_blank"[^>]*href="/login/oidc\?next=/"', answer.text)
    assert hidden(answer.text, MEETING).items() >= MET.items()


def test_a_form_from_before_another_login_is_sent_again_by_a_button(panel: Panel) -> None:
    """Somebody logged in anew in another tab: nothing is done until they say so, and then as who they are now."""
    browser, later = panel.as_("animator.tluszcz"), panel.as_("coordinator.tluszcz")
    form = {**browser.form(MEETING), **MET}
    entries = recorded(panel)
    answer = later.client.post(MEETING, data=form, headers=OURS, follow_redirects=False)
    assert answer.status_code == 403
    assert "Wyślij jako Koordynator" in answer.text
    assert recorded(panel) == entries
    sent = later.client.post(MEETING, data=hidden(answer.text, MEETING), headers=OURS, follow_redirects=False)
    assert sent.status_code == 303
    assert "świetlica w Jasienicy" in later.get(sent.headers["location"]).text


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "cross-site"}, {"origin": "https://evil.test"}])
def test_a_form_from_who_knows_where_is_not_repeated(panel: Panel, headers: dict[str, str]) -> None:
    """Without the page's secret and the browser's word nothing of it stands on the answer, which offers to log in."""
    answer = panel.browser().client.post(MEETING, data=MET, headers=headers, follow_redirects=False)
    assert answer.status_code == 403
    assert "świetlica" not in answer.text
    assert f'href="/?next={MEETING.replace("?", "%3F").replace("=", "%3D")}"' in answer.text


def expire(panel: Panel) -> None:
    """Everybody's session has run out."""
    with panel.desk.database.work() as work:
        work.connection.execute("UPDATE web_session SET seen_at = '2000-01-01T00:00:00.000000Z'")
        work.commit()


@pytest.mark.parametrize(
    "path", ["/pilots/tluszcz/made-up?step=hold_meeting", "/pilots/goscieradow/w01?step=hold_meeting"]
)
def test_no_draft_is_kept_of_a_task_that_there_is_not(panel: Panel, path: str) -> None:
    """A session that has run out leaves none for a name that somebody made up, nor in another municipality."""
    browser = panel.as_("animator.tluszcz")
    form = {**browser.form(MEETING), **MET}
    expire(panel)
    assert browser.client.post(path, data=form, follow_redirects=False).status_code == 403
    with panel.desk.database.read() as connection:
        assert accounts.drafts_of(connection, panel.holder("animator.tluszcz").person.id) == []


def test_a_reason_to_give_something_back_outlives_the_session(panel: Panel) -> None:
    """A form that has no drafts stands on the page after logging in, to be sent again."""
    browser = panel.as_("implementing-body")
    where = re.search(r'href="(/queue/[^"]+)"', browser.get("/queue").text)
    assert where is not None
    form: dict[str, Any] = {**browser.form(where[1]), "do": "back", "e-reason": "Brakuje listy obecności."}
    expire(panel)
    answer = browser.client.post(where[1], data=form, headers=OURS, follow_redirects=False)
    login = {**hidden(answer.text, "/"), "login": "implementing-body@demo.invalid", "password": PASSWORD}
    let_in = browser.client.post("/", data=login, headers=OURS, follow_redirects=False)
    again = hidden(let_in.text, where[1])
    assert again["e-reason"] == "Brakuje listy obecności."
    sent = browser.client.post(where[1], data=again, headers=OURS, follow_redirects=False)
    assert sent.headers["location"].startswith("/queue/result?"), sent.text


@pytest.mark.parametrize(
    ("login", "found", "typed"),
    [
        ("animator.tluszcz", MEETING, {**MET, "e-place": "świetlica w Jasienicy"}),
        ("implementing-body", "/queue", {"e-reason": "Brakuje listy obecności."}),
        ("implementing-body", "/findings", {"text": "Wyjaśniono telefonicznie."}),
    ],
)
def test_another_language_keeps_what_was_typed(panel: Panel, login: str, found: str, typed: dict[str, str]) -> None:
    """The switch beside a form sends it, records nothing, and shows it on in the other language, also from then on."""
    browser = panel.as_(login)
    where = re.search(rf'href="({found}/[^"]+)"', browser.get(found).text)
    path = html.unescape(where[1]) if where else found
    page = browser.get(path).text
    assert re.search(r'<button[^>]* name="speak" value="en"', page)
    entries = recorded(panel)
    answer = browser.post(path, {**typed, "do": "back", "speak": "en"})
    assert answer.status_code == 200
    assert '<html lang="en"' in answer.text
    for text in typed.values():
        assert text in answer.text
    assert recorded(panel) == entries
    assert '<html lang="en"' in browser.get(path).text
