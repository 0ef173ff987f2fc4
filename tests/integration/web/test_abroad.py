"""Logging in at an OpenID provider: a real one, on this computer."""

from __future__ import annotations

import base64
import hashlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mlw_workflow.services.accounts import manage
from mlw_workflow.services.accounts.provider import Provider, ProviderFailed
from mlw_workflow.settings.accounts import ProviderSettings

if TYPE_CHECKING:
    from conftest import Browser, Panel

LOGIN = "mayor.tluszcz@demo.invalid"
EMAIL = {"email": LOGIN, "email_verified": True}


@dataclass
class Running:
    """A provider, and what it was asked."""

    issuer: str
    users: dict[str, dict[str, Any]]
    """Claims by subject."""
    challenges: dict[str, str] = field(default_factory=dict)
    proved: list[bool] = field(default_factory=list)
    """Whether each code was redeemed by whoever had asked for it (PKCE)."""


@pytest.fixture(scope="module")
def provider() -> Iterator[Running]:
    """``oidc-provider-mock`` on a free port; it does not check PKCE itself, so we do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import flask
        from oidc_provider_mock import User, app
        from oidc_provider_mock._server import _threaded_server

        users = {
            "s-1": EMAIL,
            "s-2": EMAIL,
            "s-3": {"email": "nobody@demo.invalid", "email_verified": True},
            "s-4": {"email": "coordinator.tluszcz@demo.invalid", "email_verified": False},
            "s-5": {"email": "mentor.tluszcz@demo.invalid", "email_verified": True},
        }
        made = app(require_nonce=True, user_claims=[User(sub=sub, claims=claims) for sub, claims in users.items()])
        running = Running("", users)

        def watch() -> None:
            given = flask.request.values
            if "code_challenge" in given:
                assert given["code_challenge_method"] == "S256"
                running.challenges[given["state"]] = given["code_challenge"]
            if "code_verifier" in given:
                sha = hashlib.sha256(given["code_verifier"].encode()).digest()
                proof = base64.urlsafe_b64encode(sha).rstrip(b"=").decode()
                running.proved.append(proof in running.challenges.values())

        made.before_request(watch)
        with _threaded_server(made) as server:
            running.issuer = f"http://localhost:{server.server_port}"
            yield running


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The provider's own warnings are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture
def panel(open_panel: Callable[..., Panel], provider: Running) -> Panel:
    return open_panel(provider=ProviderSettings(provider.issuer, "panel", "a secret", name="Urząd"))


def there(browser: Browser, on: str = "/") -> str:
    """The provider's address that the button leads to."""
    answer = browser.get(f"/login/oidc?next={on}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def back(address: str, sub: str) -> str:
    """Log in there; the address that leads back, without its host."""
    answer = httpx.post(address, data={"sub": sub})
    assert answer.status_code == 302, answer.text
    found = urlsplit(answer.headers["location"])
    return f"{found.path}?{found.query}"


def told(answer: Any) -> str:
    return " ".join(answer.text.split())


def test_the_first_login_goes_by_the_address_and_the_next_by_the_name_there(panel: Panel, provider: Running) -> None:
    """A verified address links the account; afterwards only the provider's subject counts. The session is a new one."""
    browser = panel.browser()
    assert "Zaloguj się przez Urząd" in told(browser.get("/"))
    browser.client.cookies.set("mlw_session", "known-to-somebody-else", domain="panel.test")
    answer = browser.get(back(there(browser, "/pilots/tluszcz/w07"), "s-1"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/pilots/tluszcz/w07")
    assert browser.client.cookies["mlw_session"] != "known-to-somebody-else"
    assert browser.get("/pilots/tluszcz").status_code == 200
    assert provider.proved
    assert all(provider.proved)
    with panel.desk.database.work() as work:
        work.connection.execute("UPDATE account SET login = 'other@demo.invalid' WHERE login = ?", LOGIN)
        work.commit()
    again = panel.browser()
    assert again.get(back(there(again), "s-1")).status_code == 303
    assert again.get("/pilots/tluszcz").status_code == 200


def test_an_address_that_changed_hands_opens_nothing(panel: Panel) -> None:
    """Somebody else who has the address there now is not the person of the account."""
    first, second = panel.browser(), panel.browser()
    assert first.get(back(there(first), "s-1")).status_code == 303
    answer = second.get(back(there(second), "s-2"))
    assert answer.status_code == 422
    assert "należy na stronie logowania do kogoś innego" in told(answer)
    assert "mlw_session" not in second.client.cookies


@pytest.mark.parametrize(
    ("sub", "words"),
    [("s-3", "W panelu nie ma konta"), ("s-4", "nie potwierdziła, że adres"), ("s-5", "jest wyłączone")],
)
def test_whom_no_account_fits_is_told_so(panel: Panel, sub: str, words: str) -> None:
    """No account, an address that nobody has made sure of, a shut account: a page in plain words, and no session."""
    manage.disable(panel.desk, "mentor.tluszcz@demo.invalid")
    browser = panel.browser()
    answer = browser.get(back(there(browser), sub))
    assert answer.status_code == 422
    assert words in told(answer)
    assert "mlw_session" not in browser.client.cookies
    assert browser.get("/pilots/tluszcz").status_code == 303


def test_an_answer_fits_only_the_browser_that_asked_and_only_once(panel: Panel) -> None:
    """Another browser, a changed state, a second time: nobody is let in."""
    victim, attacker = panel.browser(), panel.browser()
    address = back(there(attacker), "s-1")
    for path in (address, address.replace("state=", "state=x")):
        there(victim)
        answer = victim.get(path)
        assert (answer.status_code, "w innej przeglądarce" in told(answer)) == (422, True)
        assert "mlw_session" not in victim.client.cookies
    assert attacker.get(address).status_code == 303
    assert attacker.get(address).status_code == 422


def test_a_refusal_there_is_told_here(panel: Panel) -> None:
    """Whoever breaks off at the provider comes back to a page that says so."""
    browser = panel.browser()
    state = parse_qs(urlsplit(there(browser)).query)["state"][0]
    answer = browser.get(f"/login/oidc/back?error=access_denied&state={state}")
    assert (answer.status_code, "zostało przerwane" in told(answer)) == (422, True)
    bad_code = panel.browser()
    state = parse_qs(urlsplit(there(bad_code)).query)["state"][0]
    assert bad_code.get(f"/login/oidc/back?code=made-up&state={state}").status_code == 422


def test_a_provider_that_is_away_keeps_nobody_from_logging_in(open_panel: Callable[..., Panel]) -> None:
    """The button's answer is a page that says so, with the form for the password."""
    panel = open_panel(provider=ProviderSettings("http://localhost:1", "panel"))
    answer = panel.browser().get("/login/oidc")
    assert (answer.status_code, "teraz nie odpowiada" in told(answer)) == (503, True)
    assert 'name="password"' in answer.text


def test_without_a_provider_there_is_no_such_page(open_panel: Callable[..., Panel]) -> None:
    """No button and no address."""
    panel = open_panel()
    browser = panel.browser()
    assert "/login/oidc" not in browser.get("/").text
    assert browser.get("/login/oidc").status_code == browser.get("/login/oidc/back").status_code == 404


def test_a_forged_token_proves_nothing() -> None:
    """Another key, no signature, another addressee, another nonce, an old one, a foreign issuer: each is refused."""
    import time

    from joserfc import jwt
    from joserfc.jwk import OctKey, RSAKey

    issuer, browser = "https://login.test", "b" * 43
    own, foreign = RSAKey.generate_key(2048, {"kid": "k"}), RSAKey.generate_key(2048, {"kid": "k"})
    from mlw_workflow.services.accounts.provider import _part

    now = int(time.time())
    good = {"iss": issuer, "sub": "s", "aud": "panel", "exp": now + 60, "iat": now, "nonce": _part(browser, "nonce"),
            "email": "A@b.pl", "email_verified": True}  # fmt: skip
    given = ""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("openid-configuration"):
            return httpx.Response(200, json={
                "issuer": issuer, "authorization_endpoint": f"{issuer}/a", "token_endpoint": f"{issuer}/t",
                "jwks_uri": f"{issuer}/k"})  # fmt: skip
        if request.url.path == "/k":
            return httpx.Response(200, json={"keys": [own.as_dict(private=False)]})
        return httpx.Response(200, json={"access_token": "x", "token_type": "Bearer", "id_token": given})

    asked = Provider(issuer, "panel", lambda: "", ("openid",), httpx.MockTransport(answer))
    callback = {"state": _part(browser, "state"), "code": "c"}

    def known(claims: dict[str, Any], key: Any = own, alg: str = "RS256") -> Any:
        nonlocal given
        given = jwt.encode({"alg": alg, "kid": "k"}, claims, key, algorithms=[alg])
        return asked.known(browser, "https://panel.test/back", callback)

    assert known(good).email == "a@b.pl"
    for changed in (
        {"aud": "another"}, {"nonce": "another"}, {"nonce": None}, {"exp": now - 600}, {"iss": "https://evil.test"},
        {"sub": ""},
    ):  # fmt: skip
        with pytest.raises(ProviderFailed, match="provider_untrusted"):
            known({**good, **changed})
    with pytest.raises(ProviderFailed, match="provider_untrusted"):
        known(good, foreign)
    with pytest.raises(ProviderFailed, match="provider_untrusted"):
        known(good, OctKey.import_key("x" * 32), "HS256")
    body = jwt.encode({"alg": "RS256", "kid": "k"}, good, own).split(".")[1]
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    given = f"{unsigned}.{body}."
    with pytest.raises(ProviderFailed, match="provider_untrusted"):
        asked.known(browser, "https://panel.test/back", callback)
    with pytest.raises(ProviderFailed, match="provider_untrusted"):
        asked.known(browser, "https://panel.test/back", {**callback, "iss": "https://evil.test"})
