"""Who is let in, how, and for how long."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mlw_workflow import bootstrap
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services.accounts import links, login, manage
from mlw_workflow.services.demo_people import PASSWORD
from mlw_workflow.services.people import add_person
from mlw_workflow.settings.server import ServerSettings
from mlw_workflow.storage import outbox

if TYPE_CHECKING:
    from conftest import Panel

COORDINATOR = "coordinator.tluszcz@demo.invalid"


class Clock:
    """Security goes by the computer's clock; this one is moved by hand."""

    def __init__(self) -> None:
        self.instant = datetime(2026, 1, 1, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant


def link_in(panel: Panel, person: str) -> str:
    """The link in the last mail to a person."""
    with panel.desk.database.read() as connection:
        mail = [mail for mail in outbox.mails(connection) if mail.recipient == person][-1]
    found = re.search(r"link=([\w-]+)", mail.text)
    assert found is not None
    return found[1]


def test_a_session_begins_anew_with_each_login(panel: Panel) -> None:
    """Whatever session cookie a browser brings, logging in gives it another one that nobody can have known."""
    browser = panel.browser()
    browser.client.cookies.set("mlw_session", "known-to-somebody-else", domain="panel.test")
    browser.log_in(COORDINATOR, PASSWORD)
    first = browser.client.cookies["mlw_session"]
    assert first != "known-to-somebody-else"
    panel.browser().log_in(COORDINATOR, PASSWORD)
    assert login.session_of(panel.desk, first) is not None
    assert login.session_of(panel.desk, "known-to-somebody-else") is None


def test_logging_out_ends_the_session_on_the_server(panel: Panel) -> None:
    """A copied cookie is worth nothing once its owner has logged out."""
    browser = panel.as_("coordinator.tluszcz")
    token = browser.client.cookies["mlw_session"]
    assert browser.post("/logout", {}, shown="/pilots/tluszcz").status_code == 303
    assert login.session_of(panel.desk, token) is None
    assert browser.get("/pilots/tluszcz").headers["location"].startswith("/?next=")


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(panel: Panel) -> None:
    """Nobody learns from the login page who has an account."""
    told = []
    for name in (COORDINATOR, "nobody@demo.invalid"):
        answer = panel.browser().log_in(name, "wrong")
        assert answer.status_code == 422
        told.append(re.sub(r'value="[^"]*"', "", answer.text))
    assert told[0] == told[1]


@pytest.mark.both_databases
def test_guessing_is_slowed_down(panel: Panel) -> None:
    """After five failures the account is closed for a while, also for the right password; then it opens again."""
    clock = Clock()
    for _ in range(6):
        with pytest.raises(BadInput, match="login_refused"):
            login.log_in(panel.desk, COORDINATOR, "wrong", clock=clock)
    with pytest.raises(BadInput, match="login_throttled"):
        login.log_in(panel.desk, COORDINATOR, PASSWORD, clock=clock)
    clock.instant += timedelta(minutes=1)
    assert login.log_in(panel.desk, COORDINATOR, PASSWORD, clock=clock).complete


@pytest.mark.both_databases
def test_failures_at_the_same_moment_are_all_counted(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever guesses with many connections at once is slowed down no later."""
    clock, together = Clock(), threading.Barrier(6)

    def guess(_: int) -> None:
        with pytest.raises(BadInput, match="login_refused"):
            login.log_in(panel.desk, COORDINATOR, "wrong", clock=clock)

    with monkeypatch.context() as patch, ThreadPoolExecutor(6) as pool:
        patch.setattr(login, "matches", lambda *_: together.wait() < 0)
        list(pool.map(guess, range(6)))
    with pytest.raises(BadInput, match="login_throttled"):
        login.log_in(panel.desk, COORDINATOR, PASSWORD, clock=clock)


@pytest.mark.both_databases
def test_a_session_runs_out(panel: Panel) -> None:
    """After two idle hours, and after twelve in any case; a person who is busy stays logged in between."""
    clock = Clock()
    token = login.log_in(panel.desk, COORDINATOR, PASSWORD, clock=clock).token
    for _ in range(6):
        clock.instant += timedelta(minutes=115)
        found = login.session_of(panel.desk, token, clock)
        assert found is not None
        assert not found.expired
        assert found.unnoted
        login.note_use(panel.desk, token, clock)
    clock.instant += timedelta(minutes=60)
    late = login.session_of(panel.desk, token, clock)
    assert late is not None
    assert late.expired
    token = login.log_in(panel.desk, COORDINATOR, PASSWORD, clock=clock).token
    clock.instant += timedelta(hours=2)
    idle = login.session_of(panel.desk, token, clock)
    assert idle is not None
    assert idle.expired


def test_an_invitation_lets_a_person_choose_a_password_once(panel: Panel) -> None:
    """The mailed link shows the form as often as it is looked at, takes one password, and then works no more."""
    person = add_person(panel.desk, "Nowa Osoba", "nowa@demo.invalid")
    links.invite(panel.desk, bootstrap.open_mailroom(panel.settings), "http://panel.test", person.name)
    page = f"/password?link={link_in(panel, person.id)}"
    browser = panel.browser()
    assert browser.get(page).status_code == browser.get(page).status_code == 200
    assert browser.post(page, {"password": "krótkie", "again": "krótkie"}).status_code == 422
    assert browser.post(page, {"password": "zielony rower 7", "again": "zielony rower 8"}).status_code == 422
    assert browser.post(page, {"password": "zielony rower 7", "again": "zielony rower 7"}).status_code == 200
    assert browser.get(page).status_code == 400
    assert panel.browser().log_in("nowa@demo.invalid", "zielony rower 7").status_code == 303


def test_a_link_runs_out(panel: Panel) -> None:
    """A link for a new password works for an hour."""
    clock = Clock()
    links.ask_for_reset(
        panel.desk, bootstrap.open_mailroom(panel.settings), "http://panel.test", COORDINATOR, clock=clock
    )
    account = next(one for one in manage.list_accounts(panel.desk) if one.login == COORDINATOR)
    token = link_in(panel, account.person.id)
    assert links.owner_of(panel.desk, token, clock).login == COORDINATOR
    clock.instant += timedelta(hours=1)
    with pytest.raises(BadInput, match="link_invalid"):
        links.choose_password(panel.desk, token, "zielony rower 7", clock)


def test_a_new_password_logs_everybody_out(panel: Panel) -> None:
    """Whoever had taken the account over is out once its owner has chosen a new password."""
    browser = panel.as_("coordinator.tluszcz")
    asked = panel.browser()
    assert asked.post("/password/forgotten", {"login": COORDINATOR}).status_code == 200
    account = next(one for one in manage.list_accounts(panel.desk) if one.login == COORDINATOR)
    links.choose_password(panel.desk, link_in(panel, account.person.id), "zielony rower 7")
    assert browser.get("/pilots/tluszcz").status_code == 303
    assert panel.browser().log_in(COORDINATOR, PASSWORD).status_code == 422


def test_asking_for_a_password_tells_nobody_who_has_an_account(panel: Panel) -> None:
    """The answer is the same for a name that nobody has, and no mail is written."""
    known = panel.browser().post("/password/forgotten", {"login": COORDINATOR})
    unknown = panel.browser().post("/password/forgotten", {"login": "nobody@demo.invalid"})
    assert known.text == unknown.text
    with panel.desk.database.read() as connection:
        assert len(outbox.mails(connection)) == 1


def test_a_disabled_account_is_out_at_once(panel: Panel) -> None:
    """Its sessions end, and its password lets nobody in."""
    browser = panel.as_("coordinator.tluszcz")
    manage.disable(panel.desk, COORDINATOR)
    assert browser.get("/pilots/tluszcz").status_code == 303
    assert panel.browser().log_in(COORDINATOR, PASSWORD).status_code == 422


def test_no_secret_is_kept(panel: Panel) -> None:
    """The database holds digests: no session's token and no password is in it."""
    token = panel.as_("coordinator.tluszcz").client.cookies["mlw_session"]
    panel.desk.database.close()
    content = b"".join(file.read_bytes() for file in panel.settings.home.glob("mlw.sqlite3*"))
    assert token.encode() not in content
    assert PASSWORD.encode() not in content
    assert b"$argon2id$v=19$m=19456,t=2,p=1$" in content


def test_cookies_are_for_the_browser_and_this_site_only(open_panel: Callable[..., Panel]) -> None:
    """Behind TLS they are bound to the host as well, and browsers are told to use nothing else."""
    settings = ServerSettings(address="https://panel.test")
    panel = open_panel(server=settings)
    browser = panel.browser()
    browser.client.base_url = "https://panel.test"  # type: ignore[assignment]
    answer = browser.log_in(COORDINATOR, PASSWORD)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if "mlw_session" in value)
    assert cookie.startswith("__Host-mlw_session=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert replace(settings, address="").url == "http://127.0.0.1:8014"


def test_nobody_is_sent_elsewhere_after_logging_in(panel: Panel) -> None:
    """A page to go on to is one of ours, or the first one."""
    for there in ("https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)"):
        browser = panel.browser()
        answer = browser.post("/", {"login": COORDINATOR, "password": PASSWORD, "next": there})
        assert answer.headers["location"] == "/"
    answer = panel.browser().post("/", {"login": COORDINATOR, "password": PASSWORD, "next": "/pilots/tluszcz/w07"})
    assert answer.headers["location"] == "/pilots/tluszcz/w07"
