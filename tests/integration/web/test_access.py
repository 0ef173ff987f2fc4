"""Who gets to see what, and what a page carries: scope, forms from elsewhere, headers, problems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from mlw_workflow.services.standing import history
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Panel

ROLES = ("coordinator.tluszcz", "animator.tluszcz", "mayor.tluszcz", "zsl-member.tluszcz", "mentor.tluszcz",
         "stakeholder.tluszcz", "coordinator.janow-lubelski")  # fmt: skip
ELSEWHERE = {"code": "goscieradow", "machine": "w07", "seq": "1", "digest": "0" * 64, "kind": "deadline_missed",
             "place": "monthly/2013-12", "rule": "done"}  # fmt: skip


def addresses(panel: Panel) -> Iterator[tuple[str, str]]:
    """Every page of the panel that names an object, as method and address in another municipality."""
    for route in panel.app.routes:
        path = getattr(route, "path", "")
        if "{code}" in path:
            filled = re.sub(r"\{(\w+)(:path)?\}", lambda found: ELSEWHERE[found[1]], path)
            for method in route.methods - {"HEAD"}:
                yield method, filled
                yield method, f"{filled}?step=propose"


def test_nobody_sees_or_changes_another_municipality(panel: Panel) -> None:
    """Every page × every local role × another municipality: as if it were not there, and nothing is recorded."""
    tried = 0
    with panel.desk.database.read() as connection:
        other = next(one for one in repositories.pilots(connection) if one.code == ELSEWHERE["code"])
    before = history(panel.desk, other)
    for role in ROLES:
        browser = panel.as_(role)
        own = "/pilots/tluszcz" if role.endswith("tluszcz") else "/pilots/janow-lubelski"
        for method, path in addresses(panel):
            answer = browser.get(path) if method == "GET" else browser.post(path, {"seen": "0"}, shown=own)
            assert answer.status_code == 404, (role, method, path)
            assert "Gościeradów" not in answer.text
            tried += 1
    assert tried >= 7 * 4
    assert history(panel.desk, other) == before


def test_nobody_sees_anything_without_logging_in(panel: Panel) -> None:
    """Each page leads to the first one; a municipality's public page is one that is off."""
    for method, path in addresses(panel):
        if path.startswith("/public/"):
            assert panel.browser().get(path).status_code == 404
            continue
        browser = panel.browser()
        answer = browser.get(path) if method == "GET" else browser.post(path, {}, shown="/")
        assert (answer.status_code, answer.headers["location"][:7]) == (303, "/?next=")
    assert panel.browser().get("/pilots").status_code == 303


def test_the_implementing_body_sees_every_municipality(panel: Panel) -> None:
    """A role of the whole programme reaches all its pilots; a local one goes to its own at once."""
    page = panel.as_("implementing-body").get("/pilots").text
    assert page.count("govuk-task-list__item--with-link") == 4
    assert panel.as_("mayor.tluszcz").get("/pilots").headers["location"] == "/pilots/tluszcz"


def test_who_only_reads_is_offered_no_form(panel: Panel) -> None:
    """A mentor sees what a step needs and who takes it; a form sent all the same is refused."""
    browser = panel.as_("mentor.tluszcz")
    page = browser.get("/pilots/tluszcz/w07?step=appoint").text
    assert 'name="e-order_number"' not in page
    assert "Ten krok wykonuje: Burmistrz lub wójt, Koordynator MLW." in page
    answer = browser.post(
        "/pilots/tluszcz/w07?step=appoint", {"seen": "19", "e-order_number": "1"}, shown="/pilots/tluszcz"
    )
    assert answer.status_code == 422
    assert "nie należy do ról tego konta" in answer.text


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, ""),
        ({}, "0" * 64),
        ({"sec-fetch-site": "cross-site"}, None),
        ({"sec-fetch-site": "same-site"}, None),
        ({"origin": "https://evil.test"}, None),
        ({"origin": "null"}, None),
    ],
)
def test_a_form_from_elsewhere_changes_nothing(panel: Panel, headers: dict[str, str], token: str | None) -> None:
    """Without the page's secret, or from another site with it."""
    browser = panel.as_("mayor.tluszcz")
    path = "/pilots/tluszcz/w07?step=appoint"
    own = browser.token(path) if token is None else token
    form = {"token": own, "seen": "19", "e-order_number": "1"}
    answer = browser.client.post(path, data=form, headers=headers, follow_redirects=False)
    assert answer.status_code == 403
    assert "Niczego nie zapisano" in answer.text
    # Whoever has an old page open is told about the form, not about rights.
    assert "Ten formularz jest nieaktualny</h1>" in answer.text


def test_another_visitors_secret_opens_no_form(panel: Panel) -> None:
    """A form's secret belongs to one session."""
    stolen = panel.as_("coordinator.tluszcz").token("/pilots/tluszcz")
    browser = panel.as_("mayor.tluszcz")
    answer = browser.client.post(
        "/pilots/tluszcz/w07?step=appoint", data={"token": stolen, "seen": "19"}, follow_redirects=False
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/", "/pilots/tluszcz", "/nowhere", "/healthz", "/static/x/panel.css"])
def test_every_answer_carries_the_headers_of_safety(panel: Panel, path: str) -> None:
    """Nothing inline, no frame, no guessing of types, nothing kept; and the number of the request."""
    answer = panel.as_("coordinator.tluszcz").get(path)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert answer.headers["cache-control"] in ("no-store", "private, no-cache")


def test_pages_have_nothing_inline(panel: Panel) -> None:
    """No script, style or handler in any page: the policy would not let it run."""
    browser = panel.as_("coordinator.tluszcz")
    for path in ("/", "/pilots/tluszcz", "/pilots/tluszcz/w07", "/pilots/tluszcz/w06?step=code", "/nowhere"):
        page = browser.get(path).text
        assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page) == []


def test_files_of_pages_never_grow_old(panel: Panel) -> None:
    """Under their digest they are kept for ever; under another one, not at all; and no folder can be climbed."""
    browser = panel.browser()
    found = re.search(r'href="(/static/\w+/panel\.css)"', browser.get("/").text)
    assert found is not None
    answer = browser.get(found[1])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert browser.get("/static/old/panel.css").headers["cache-control"] == "no-store"
    for path in ("/static/x/stamp.json", "/static/x/..%2Fapp.py", "/static/x/../../app.py"):
        assert browser.get(path).status_code == 404


def test_an_unknown_page_says_so_in_plain_words(panel: Panel) -> None:
    """An address that is none, a method a page does not take, a task the pilot does not have."""
    browser = panel.as_("coordinator.tluszcz")
    for path, status in (("/nowhere", 404), ("/pilots/tluszcz/w99", 404), ("/pilots/nowhere", 404),
                         ("/pilots/tluszcz/w07?step=fly", 404)):  # fmt: skip
        answer = browser.get(path)
        assert answer.status_code == status, path
        assert "Nie ma takiej strony" in answer.text
    assert browser.client.delete("/pilots").status_code == 405


def test_a_database_that_is_away_is_told_in_plain_words(panel: Panel) -> None:
    """The page says what was saved and what to do, with the number that stands in the log; readiness says no."""
    browser = panel.as_("coordinator.tluszcz")
    database: Path = panel.settings.home / "mlw.sqlite3"
    panel.desk.database.close()
    database.rename(database.with_name("elsewhere"))
    answer = browser.get("/pilots/tluszcz")
    assert answer.status_code == 503
    assert "Panel nie może teraz działać" in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert browser.get("/readyz").status_code == 503
    assert browser.get("/healthz").status_code == 200
    database.with_name("elsewhere").rename(database)
    assert browser.get("/pilots/tluszcz").status_code == 200
    assert browser.get("/readyz").json()["database"] == "ok"


def test_a_page_that_fails_tells_no_secret(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own mistake: a page with a number, and no trace of the program."""
    from mlw_workflow.interfaces.web.pages import board as page

    def broken(*_: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(page, "board", broken)
    answer = panel.as_("coordinator.tluszcz").get("/pilots/tluszcz")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"] in answer.text


def test_the_demos_accounts_are_shown_in_a_demo_only(panel: Panel) -> None:
    """A real panel shows nobody's account, even with such a file in its folder."""
    panel.settings.demo_accounts.write_text('[{"login":"a","password":"b","name":"c","role":"d","place":"e"}]')
    assert "Konta tego pokazu" not in panel.browser().get("/").text
