"""What holds for every answer and every form of the panel, whichever page it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from mlw_workflow.interfaces.web.security import HEADERS
from mlw_workflow.services.accounts import second_factor
from mlw_workflow.services.demo_people import PASSWORD
from mlw_workflow.settings.accounts import ProviderSettings
from mlw_workflow.settings.server import ServerSettings
from mlw_workflow.storage import outbox, second_factors

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from conftest import Browser, Panel

LOGIN = "mayor.tluszcz@demo.invalid"
FILLED = {"code": "tluszcz", "machine": "w07", "seq": "1", "digest": "0" * 64, "language": "pl"}


def forms(panel: Panel) -> Iterator[str]:
    """The address of everything that takes a form; the API takes none, and no cookie."""
    for route in panel.app.routes:
        path = getattr(route, "path", "")
        if "POST" in (getattr(route, "methods", None) or ()) and not path.startswith("/api/"):
            yield re.sub(r"\{(\w+)(:path)?\}", lambda found: FILLED.get(found[1], "x"), path)


def https(panel: Panel) -> Browser:
    """A visitor by TLS."""
    browser = panel.browser()
    browser.client.base_url = "https://panel.test"  # type: ignore[assignment]
    return browser


def test_no_form_is_taken_from_elsewhere(panel: Panel) -> None:
    """Every route that takes a form: without the page's secret, with another's, from another site nothing happens."""
    paths = sorted(set(forms(panel)))
    assert {"/", "/logout", "/account/password", "/login/code", "/admin/health", "/pilots/tluszcz/w07"} <= set(paths)
    browser = panel.as_("mayor.tluszcz")
    own, stolen = browser.token("/account"), panel.as_("coordinator.tluszcz").token("/account")
    for path in paths:
        for token, headers in (
            ("", {}),
            (stolen, {}),
            (own, {"sec-fetch-site": "cross-site"}),
            (own, {"origin": "https://evil.test"}),
        ):
            answer = browser.client.post(path, data={"token": token}, headers=headers, follow_redirects=False)
            assert answer.status_code == 403, (path, token, headers)
            assert "Niczego nie zapisano" in answer.text
    assert browser.get("/account").status_code == 200


def test_a_form_is_no_link(panel: Panel) -> None:
    """What changes something cannot be asked for by an address: GET of such a route changes nothing or is no page."""
    browser = panel.as_("mayor.tluszcz")
    for path in ("/logout", "/account/sessions", "/account/language", "/account/second-factor/off"):
        assert browser.get(path).status_code == 405, path
    assert browser.get("/account").status_code == 200


def answers(panel: Panel) -> Iterator[tuple[str, Any]]:
    """One answer of each sort."""
    browser = panel.as_("coordinator.tluszcz")
    page = browser.get("/pilots/tluszcz")
    found = re.search(r'"(/static/\w+/panel\.css)"', page.text)
    assert found is not None
    ask: TestClient = browser.client
    yield "a page", page
    yield "an unchanged page", browser.get("/pilots/tluszcz", headers={"if-none-match": page.headers["etag"]})
    yield "a redirect", browser.get("/")
    yield "a file of pages", browser.get(found[1])
    yield "no file", browser.get("/static/x/nothing.css")
    yield "no page", browser.get("/nowhere")
    yield "no method", ask.delete("/pilots")
    yield "no form of ours", ask.post("/logout", data={})
    yield "not theirs", browser.get("/admin")
    yield "broken form", ask.post("/logout", content=b"x", headers={"content-type": "multipart/form-data"})
    yield "too large", ask.post("/logout", content=b"x" * 60_000_000)
    yield "lives", browser.get("/healthz")
    yield "ready", browser.get("/readyz")
    yield "metrics", browser.get("/metrics")


def test_every_answer_carries_the_headers_of_safety(open_panel: Callable[..., Panel]) -> None:
    """Pages, redirects, files, refusals, failures: each has all of them, and by TLS it stays with TLS."""
    panel = open_panel()
    for what, answer in answers(panel):
        for name, value in HEADERS.items():
            assert answer.headers.get(name) == value, (what, name)
        assert "strict-transport-security" not in answer.headers, what
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "server" not in answer.headers
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"]), what
        assert "cache-control" in answer.headers


def test_behind_tls_browsers_are_told_to_stay_there(open_panel: Callable[..., Panel]) -> None:
    """HSTS on whatever is answered; and every cookie is for this host, by TLS, not for scripts, not for other sites."""
    provider = ProviderSettings("http://localhost:1", "panel")
    panel = open_panel(server=ServerSettings(address="https://panel.test"), provider=provider)
    panel.app.state.office.provider._told = (  # what it would say of itself
        1e18, {"authorization_endpoint": "http://localhost:1/a"},
    )  # fmt: skip
    browser = https(panel)
    told = [browser.get("/"), browser.get("/nowhere"), browser.get("/language/en?back=/"), browser.get("/login/oidc")]
    told.append(browser.log_in(LOGIN, PASSWORD))
    with_codes(panel)
    told.append(https(panel).log_in(LOGIN, PASSWORD))
    cookies: dict[str, str] = {}
    for answer in told:
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        cookies |= {given.partition("=")[0]: given for given in answer.headers.get_list("set-cookie")}
    assert set(cookies) == {
        "__Host-mlw_visit", "__Host-mlw_session", "__Host-mlw_half", "__Host-mlw_abroad", "mlw_language",
    }  # fmt: skip
    for given in cookies.values():
        assert {"httponly", "secure", "path=/", "samesite=lax"} <= {part.strip().lower() for part in given.split(";")}
        assert "domain" not in given.lower()


def with_codes(panel: Panel) -> None:
    """The mayor has codes from a telephone."""
    from mlw_workflow.services.accounts import manage
    from mlw_workflow.services.accounts.login import CLOCK
    from mlw_workflow.services.accounts.vault import Vault

    account = next(one for one in manage.list_accounts(panel.desk) if one.login == LOGIN)
    second_factor.begin(panel.desk, Vault(panel.settings.accounts_key_file), account)
    with panel.desk.database.work() as work:
        second_factors.confirm(work.connection, account.person.id, 1, CLOCK.now())
        work.commit()


@pytest.mark.parametrize("break_", ["\r\nSet-Cookie: evil=1", "\nX-Evil: 1", "\r", "\x00", "\u2028x"])
def test_nothing_typed_becomes_a_header(panel: Panel, break_: str) -> None:
    """A line that ends in an address to go on to, in a language, in a file's name, in a request's number."""
    browser = panel.browser()
    told = [
        browser.get("/language/pl", params={"back": f"/{break_}"}),
        browser.post("/", {"login": LOGIN, "password": PASSWORD, "next": f"/pilots{break_}"}),
        browser.get("/pilots/tluszcz", params={"step": break_}),
        panel.browser().get(f"/pilots/x{break_.encode().hex()}"),
    ]
    for answer in told:
        assert "evil" not in str(answer.headers).lower()
        assert "x-evil" not in answer.headers
        location = answer.headers.get("location", "/")
        assert location.isprintable()
        assert location.startswith("/")


def test_a_number_that_a_stranger_gives_is_taken_only_if_it_is_one(panel: Panel) -> None:
    """A proxy's request number stays; anything else gets one of ours."""
    browser = panel.browser()
    assert (
        browser.get("/healthz", headers={"x-request-id": "proxy-0123456789"}).headers["x-request-id"]
        == "proxy-0123456789"
    )
    for odd in ("short", "x" * 65, "a b c d e f g h", "<script>alert(1)</script>"):
        assert browser.get("/healthz", headers={"x-request-id": odd}).headers["x-request-id"] != odd


def test_mails_never_lead_where_a_stranger_says(panel: Panel) -> None:
    """The link in a mail has the panel's own address, whatever host the request named."""
    browser = panel.browser()
    token = browser.token("/password/forgotten")
    form = {"token": token, "login": LOGIN}
    browser.client.post(
        "/password/forgotten", data=form, headers={"host": "evil.test", "x-forwarded-host": "evil.test"}
    )
    with panel.desk.database.read() as connection:
        mail = outbox.mails(connection)[-1]
    assert "evil" not in mail.text + mail.html
    assert f"{panel.settings.server.url}/password?link=" in mail.text
