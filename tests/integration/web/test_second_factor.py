"""Codes from a telephone: turned on, asked for, used once, lost, taken away."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest

from mlw_workflow.domain.errors import BadInput, StorageUnavailable
from mlw_workflow.services.accounts import login, manage, second_factor
from mlw_workflow.services.accounts.vault import Vault
from mlw_workflow.services.demo_people import PASSWORD

if TYPE_CHECKING:
    from conftest import Browser, Panel
    from mlw_workflow.storage.accounts import Account

FACTOR = "/account/second-factor"
WHO = "mayor.tluszcz"
LOGIN = f"{WHO}@demo.invalid"


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.instant = datetime.now(UTC)

    def now(self) -> datetime:
        return self.instant

    def code(self, secret: str) -> str:
        return pyotp.TOTP(secret).at(self.instant)


def account(panel: Panel) -> Account:
    return next(one for one in manage.list_accounts(panel.desk) if one.login == LOGIN)


def vault(panel: Panel) -> Vault:
    return Vault(panel.settings.accounts_key_file)


def enrolled(panel: Panel, browser: Browser) -> tuple[str, list[str]]:
    """Turn codes on by the pages; the secret, and the codes on paper."""
    assert browser.post(f"{FACTOR}/begin", {}, shown=FACTOR).headers["location"] == f"{FACTOR}/enrol"
    page = browser.get(f"{FACTOR}/enrol").text
    found = re.search(r'mlw-secret">([A-Z2-7 ]+)<', page)
    assert found is not None
    secret = found[1].replace(" ", "")
    assert "<svg" in page
    assert " style=" not in page
    codes = browser.post(f"{FACTOR}/enrol", {"code": pyotp.TOTP(secret).now()})
    assert codes.status_code == 200
    return secret, re.findall(r'mlw-secret">([a-z0-9-]+)<', codes.text)


def on_with(panel: Panel, clock: Clock) -> tuple[str, list[str]]:
    """The same without pages, by a clock of our own; its codes of this half minute are used."""
    second_factor.begin(panel.desk, vault(panel), account(panel), clock)
    found = second_factor.enrolment(panel.desk, vault(panel), account(panel), "test")
    assert found is not None
    code = clock.code(found.secret)
    return found.secret, second_factor.confirm(panel.desk, vault(panel), account(panel), code, "", clock)


def half(panel: Panel, clock: Clock) -> str:
    entrance = login.log_in(panel.desk, LOGIN, PASSWORD, clock=clock)
    assert not entrance.complete
    return entrance.token


def test_a_password_alone_lets_nobody_in_any_more(panel: Panel) -> None:
    """With codes on, the password leads to a page that asks for one; no page is seen before it, then every one."""
    _secret, codes = enrolled(panel, panel.as_(WHO))
    assert len(codes) == len(set(codes)) == 10
    browser = panel.browser()
    answer = browser.log_in(LOGIN, PASSWORD)
    assert answer.headers["location"] == "/login/code?next=/"
    assert "mlw_session" not in browser.client.cookies
    assert browser.get("/pilots/tluszcz").status_code == 303
    half_token = browser.client.cookies["mlw_half"]
    assert login.session_of(panel.desk, half_token) is None
    wrong = browser.post("/login/code", {"code": "000000", "next": "/"})
    assert (wrong.status_code, "Ten kod się nie zgadza" in wrong.text) == (422, True)
    right = browser.post("/login/code", {"code": codes[0].upper(), "next": "/pilots/tluszcz/w07"})
    assert right.headers["location"] == "/pilots/tluszcz/w07"
    assert browser.get("/pilots/tluszcz").status_code == 200
    assert browser.client.cookies["mlw_session"] != half_token
    assert "mlw_half" not in browser.client.cookies


def test_what_was_typed_waits_for_the_code_too(panel: Panel) -> None:
    """A form of which the browser forgot the cookies goes along past the password and a wrong code into a draft."""
    browser, path = panel.as_(WHO), "/pilots/tluszcz/w07?step=appoint"
    _secret, codes = enrolled(panel, browser)
    typed = {**browser.form(path), "e-order_number": "0050.60.2014"}
    browser.client.cookies.clear()

    def go_on(to: str, page: str, **more: str) -> Any:
        carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.split("<main")[1]))
        sent, ours = {**carried, "next": path, **more}, {"sec-fetch-site": "same-origin"}
        return browser.client.post(to, data=sent, headers=ours, follow_redirects=False)

    asked = browser.client.post(path, data=typed, headers={"sec-fetch-site": "same-origin"})
    page = go_on("/", asked.text, login=LOGIN, password=PASSWORD)
    assert page.status_code == 200
    page = go_on("/login/code", page.text, code="000000")
    assert page.status_code == 422
    assert go_on("/login/code", page.text, code=codes[0]).headers["location"] == path
    assert "0050.60.2014" in browser.get(path).text


@pytest.mark.both_databases
def test_a_code_works_once(panel: Panel) -> None:
    """Neither the code that turned codes on, nor one that let in, nor an earlier one lets in again; the next does."""
    clock = Clock()
    secret, codes = on_with(panel, clock)

    def enter(code: str) -> str:
        return second_factor.pass_code(panel.desk, vault(panel), half(panel, clock), code, clock=clock)[0]

    with pytest.raises(BadInput, match="code_refused"):
        enter(clock.code(secret))
    clock.instant += timedelta(seconds=30)
    used = clock.code(secret)
    assert login.session_of(panel.desk, enter(f"{used[:3]} {used[3:]}"), clock) is not None
    clock.instant += timedelta(seconds=30)
    with pytest.raises(BadInput, match="code_refused"):
        enter(used)
    assert enter(codes[3])
    with pytest.raises(BadInput, match="code_refused"):
        enter(codes[3])
    clock.instant += timedelta(minutes=5)
    assert enter(clock.code(secret))
    assert second_factor.codes_left(panel.desk, account(panel)) == 9


def test_guessing_codes_is_slowed_down_and_waiting_has_an_end(panel: Panel) -> None:
    """After five wrong codes even the right one waits, however often the password is given; ten minutes end a login."""
    clock = Clock()
    secret, _codes = on_with(panel, clock)
    clock.instant += timedelta(seconds=30)
    for _ in range(6):
        with pytest.raises(BadInput, match="code_refused"):
            second_factor.pass_code(panel.desk, vault(panel), half(panel, clock), "123456", clock=clock)
    with pytest.raises(BadInput, match="login_throttled"):
        second_factor.pass_code(panel.desk, vault(panel), half(panel, clock), clock.code(secret), clock=clock)
    clock.instant += timedelta(hours=1)
    token = half(panel, clock)
    clock.instant += timedelta(minutes=10)
    with pytest.raises(BadInput, match="half_login_over"):
        second_factor.pass_code(panel.desk, vault(panel), token, clock.code(secret), clock=clock)
    with pytest.raises(BadInput, match="half_login_over"):
        second_factor.pass_code(panel.desk, vault(panel), "made-up", clock.code(secret), clock=clock)


def test_the_secret_is_sealed_with_a_key_that_the_database_does_not_hold(panel: Panel) -> None:
    """The key lies in a file of its owner's; without it, or with another, nobody gets past the code. A visitor is told
    that the panel cannot work, not where its files lie.
    """
    clock = Clock()
    secret, codes = on_with(panel, clock)
    key = panel.settings.accounts_key_file
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    panel.desk.database.close()
    content = b"".join(file.read_bytes() for file in panel.settings.home.glob("mlw.sqlite3*"))
    assert secret.encode() not in content
    assert codes[0].replace("-", "").encode() not in content
    key.rename(key.with_name("elsewhere"))
    browser = panel.browser()
    browser.log_in(LOGIN, PASSWORD)
    answer = browser.post("/login/code", {"code": "123456", "next": "/"})
    assert answer.status_code == 503
    assert "accounts.key" not in answer.text
    coordinator = next(one for one in manage.list_accounts(panel.desk) if one.login != LOGIN)
    with pytest.raises(StorageUnavailable, match="accounts_key_missing"):  # no new key where others have secrets
        second_factor.begin(panel.desk, vault(panel), coordinator, clock)
    key.write_text("00" * 32 + "\n")
    key.chmod(0o600)
    with pytest.raises(StorageUnavailable, match="accounts_key_other"):
        second_factor.pass_code(panel.desk, vault(panel), half(panel, clock), "123456", clock=clock)


def test_codes_are_turned_off_by_whoever_knows_the_password(panel: Panel) -> None:
    """A session somebody left open is not enough to turn codes off or to see new ones."""
    browser = panel.as_(WHO)
    _secret, codes = enrolled(panel, browser)
    for place in ("off", "codes"):
        assert browser.post(f"{FACTOR}/{place}", {f"{place}-password": "wrong"}, shown=FACTOR).status_code == 422
    other = browser.post(f"{FACTOR}/codes", {"codes-password": PASSWORD}, shown=FACTOR)
    assert other.status_code == 200
    assert not set(codes) & set(re.findall(r'mlw-secret">([a-z0-9-]+)<', other.text))
    assert browser.post(f"{FACTOR}/off", {"off-password": PASSWORD}, shown=FACTOR).status_code == 303
    assert not panel.browser().log_in(LOGIN, PASSWORD).headers["location"].startswith("/login")


def test_turning_codes_on_logs_everybody_else_out(panel: Panel) -> None:
    """Whoever else was logged in to the account is out, and this session stays."""
    other, browser = panel.as_(WHO), panel.as_(WHO)
    enrolled(panel, browser)
    assert other.get("/pilots/tluszcz").status_code == 303
    assert browser.get("/pilots/tluszcz").status_code == 200


def test_a_lost_telephone_is_put_right_by_whoever_administers(panel: Panel) -> None:
    """After the reset the password alone lets in; sessions and waiting logins end."""
    clock = Clock()
    secret, _codes = on_with(panel, clock)
    token = half(panel, clock)
    assert second_factor.reset(panel.desk, LOGIN)
    with pytest.raises(BadInput, match="half_login_over"):
        second_factor.pass_code(panel.desk, vault(panel), token, clock.code(secret), clock=clock)
    assert login.log_in(panel.desk, LOGIN, PASSWORD, clock=clock).complete
    assert not second_factor.reset(panel.desk, LOGIN)


def test_who_needs_codes_sees_nothing_before_they_are_on(open_panel: Callable[..., Panel]) -> None:
    """A role that the settings name is led to the page that turns codes on, and nowhere else; others are not."""
    settings = open_panel_settings()
    panel = open_panel(accounts=settings)
    browser = panel.as_(WHO)
    for path in ("/pilots", "/pilots/tluszcz", "/pilots/tluszcz/w07"):
        assert browser.get(path).headers["location"] == FACTOR
    form = {"token": browser.token(FACTOR), "seen": "19"}
    answer = browser.client.post("/pilots/tluszcz/w07?step=appoint", data=form, follow_redirects=False)
    assert answer.headers["location"] == FACTOR
    assert "Ta rola wymaga" in browser.get(FACTOR).text
    enrolled(panel, browser)
    assert browser.get("/pilots/tluszcz").status_code == 200
    assert panel.as_("coordinator.tluszcz").get("/pilots/tluszcz").status_code == 200


def open_panel_settings() -> Any:
    from mlw_workflow.settings.accounts import AccountsSettings

    return replace(AccountsSettings(), second_factor_for=("mayor", "admin"))
