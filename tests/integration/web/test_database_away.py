"""A database that is away or may only be read: plain words, and nothing typed is lost."""

from __future__ import annotations

import html
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import httpx
import pytest
from starlette.testclient import TestClient
from tests.conftest import PostgresServer, _made
from tests.integration.web.conftest import Panel, fill, settings_for

from mlw_workflow import bootstrap
from mlw_workflow.interfaces.web.app import create_app
from mlw_workflow.interfaces.wording.refused import refused_words
from mlw_workflow.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Browser

MEETING = "/pilots/tluszcz/w01?step=hold_meeting"
MET = {
    "on-day": "31", "on-month": "5", "on-year": "2014", "e-place": 'świetlica "Pod lipą"', "e-audience": "residents"
}  # fmt: skip
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def failing(browser: Browser) -> list[str]:
    """What keeps the panel from working."""
    answer = browser.get("/readyz")
    told: list[str] = answer.json()["failing"]
    assert answer.status_code == (503 if told else 200)
    return told


def kept_on(page: str) -> dict[str, str]:
    """The form that waits on a page to be sent once more."""
    waiting = page.split('<form method="post" action="/pilots')[1]
    return {name: html.unescape(value) for name, value in _HIDDEN.findall(waiting)}


def test_a_form_for_a_database_that_is_away_waits_on_its_page(panel: Panel) -> None:
    """The page holds all that was typed and sends it again by a button; the second time it is recorded, once."""
    browser = panel.as_("animator.tluszcz")
    form = {**browser.form(MEETING), **MET}
    database: Path = panel.settings.home / "mlw.sqlite3"
    database.rename(database.with_name("elsewhere"))
    assert failing(browser) == ["database", "migrations", "reminders"]
    answer = browser.client.post(MEETING, data=form, follow_redirects=False)
    assert answer.status_code == 503
    assert "Wpisane dane są zachowane na tej stronie" in answer.text
    database.with_name("elsewhere").rename(database)
    again = kept_on(answer.text)
    assert again == form
    recorded = browser.client.post(MEETING, data=again, follow_redirects=False)
    assert recorded.status_code == 303
    assert "Pod lipą" in browser.get(recorded.headers["location"]).text


@pytest.fixture(scope="module")
def stopping(own_postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    """A panel on a PostgreSQL that may be stopped."""
    with _made(own_postgres_server.url, f"mlw_stopping_{os.getpid()}") as url:
        settings = settings_for(tmp_path_factory.mktemp("stopping"), database_url=url)
        fill(settings)
        desk = bootstrap.open_desk(settings)
        yield Panel(settings, desk, create_app(settings, desk=desk))
        desk.database.close()


@pytest.mark.postgres
def test_a_server_that_stops_is_told_of_and_comes_back(stopping: Panel, own_postgres_server: PostgresServer) -> None:
    """Pages, programs and whoever watches are told, nobody of its address; once it runs the same form is recorded."""
    browser, program = stopping.as_("animator.tluszcz"), stopping.program("animator.tluszcz")
    worker = bootstrap.open_worker(stopping.settings, stopping.desk, stopping.app.state.office.mailroom, refused_words)
    form = {**browser.form(MEETING), **MET}
    own_postgres_server.stop()
    try:
        for path in ("/pilots/tluszcz", "/", "/public/tluszcz"):
            page = browser.get(path)
            assert page.status_code == 503
            assert "Baza danych jest teraz niedostępna" in page.text
            assert "Wcześniejsze zapisy są bezpieczne" in page.text
            assert "wysłano" not in page.text
        answer = browser.client.post(MEETING, data=form, follow_redirects=False)
        assert answer.status_code == 503
        assert "Ponowne wysłanie niczego nie zapisze dwa razy" in answer.text
        refused = program.get("/api/v1/pilots")
        assert (refused.status_code, refused.json()["code"]) == (503, "storage_unreachable")
        assert browser.get("/readyz").json()["database"] == "storage_unreachable"
        assert failing(browser) == ["database", "migrations", "reminders"]
        worker._job()  # as it is woken every minute: it leaves the work to its next run
        for told in (page, answer, refused):
            assert "mlwpg" not in told.text
    finally:
        own_postgres_server.start()
    recorded = browser.client.post(MEETING, data=kept_on(answer.text), follow_redirects=False)
    assert recorded.status_code == 303
    assert "Pod lipą" in browser.get(recorded.headers["location"]).text
    assert program.get("/api/v1/pilots").status_code == 200
    worker._job()
    assert failing(browser) == []


@pytest.mark.postgres
def test_a_server_that_only_reads_is_written_to_as_soon_as_it_may_be(stopping: Panel) -> None:
    """Pages are there, forms keep what was typed and say why; no session goes on reading only when that is over."""
    import psycopg

    def set_reading(value: str) -> None:
        with psycopg.connect(stopping.settings.database_url, autocommit=True) as owner:
            name = owner.info.dbname
            owner.execute("SET default_transaction_read_only = off")
            owner.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}')

    browser, body = stopping.as_("coordinator.tluszcz"), stopping.as_("implementing-body")
    form = {**browser.form(MEETING), **MET, "e-place": "remiza"}
    set_reading("on")
    stopping.desk.database.close()
    assert browser.get("/readyz").json()["database"] == "storage_read_only"
    for path in ("/my", "/pilots/tluszcz", "/requests/tluszcz", MEETING):
        assert browser.get(path).status_code == 200, path
    for do in ({}, {"do": "draft"}):
        answer = browser.client.post(MEETING, data={**form, **do}, follow_redirects=False)
        assert answer.status_code == 503
        assert "remiza" in answer.text
        assert "Do bazy danych nie można teraz zapisywać" in answer.text
    evidence = body.get("/queue/tluszcz/w05")
    assert evidence.status_code == 503
    assert "Otwarcie tej strony trzeba odnotować" in evidence.text
    set_reading("off")
    assert browser.client.post(MEETING, data=form, follow_redirects=False).status_code == 303
    assert "database" not in failing(browser)


def test_a_password_never_waits_on_a_page(panel: Panel) -> None:
    """Logging in while the database is away keeps nothing of what was typed."""
    browser = panel.browser()
    token = browser.token("/")
    database: Path = panel.settings.home / "mlw.sqlite3"
    database.rename(database.with_name("elsewhere"))
    form = {"token": token, "login": "animator.tluszcz@demo.invalid", "password": "bardzo tajne", "next": "/"}
    answer = browser.client.post("/", data=form, follow_redirects=False)
    assert answer.status_code == 503
    assert "bardzo tajne" not in answer.text
    database.with_name("elsewhere").rename(database)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of the superuser, who may write what nobody may."""
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    try:
        yield
    finally:
        if superuser:
            os.seteuid(0)


@pytest.fixture
def open_folder(panel: Panel) -> Iterator[Path]:
    """The panel's folder where everybody may look; pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory(prefix="mlw") as name:
        folder = Path(name)
        shutil.copytree(panel.settings.home, folder, dirs_exist_ok=True)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        yield folder


def test_a_database_that_may_only_be_read_is_read(panel: Panel, open_folder: Path) -> None:
    """Every page is still there; a form says that nothing could be saved and why, with the text in its fields."""
    browser = panel.as_("animator.tluszcz")
    panel.desk.database.close()
    shutil.copyfile(panel.settings.home / "mlw.sqlite3", open_folder / "mlw.sqlite3")
    (open_folder / "mlw.sqlite3").chmod(0o444)
    given = {"MLW_HOME": str(open_folder), "MLW_TODAY": "2014-05-31", "MLW_LOG": "off"}
    with (
        as_nobody(),
        TestClient(
            create_app(load_settings(given)), base_url="http://panel.test", cookies=browser.client.cookies
        ) as there,
    ):
        for path in ("/my", "/pilots/tluszcz", "/requests/tluszcz", "/deputies/tluszcz", MEETING):
            assert there.get(path).status_code == 200, path
        token = dict(_HIDDEN.findall(there.get(MEETING).text))
        for do in ({}, {"do": "draft"}):
            answer = there.post(MEETING, data={**token, **MET, **do}, follow_redirects=False)
            assert answer.status_code == 503
            assert html.escape(MET["e-place"], quote=True).replace("&quot;", "&#34;") in answer.text
            assert "Do bazy danych nie można teraz zapisywać" in answer.text
            assert str(open_folder) not in answer.text


def test_nobody_who_reads_waits_for_a_form_that_waits(panel: Panel) -> None:
    """Another program holds the lock of SQLite: a form waits for it, pages of others do not; then it is recorded."""
    writer, reader = panel.as_("animator.tluszcz"), panel.as_("mayor.tluszcz")
    form, found = {**writer.form(MEETING), **MET}, []
    lock = panel.desk.database.driver.connect()

    def like(browser: Browser) -> httpx.AsyncClient:
        cookies = dict(browser.client.cookies)
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(panel.app), base_url="http://panel.test", cookies=cookies
        )

    async def both() -> None:
        async with like(writer) as one, like(reader) as other, anyio.create_task_group() as group:

            async def send() -> None:
                found.append((await one.post(MEETING, data=form)).status_code)

            group.start_soon(send)
            await anyio.sleep(0.3)
            assert (await other.get("/pilots/tluszcz")).status_code == 200
            found.append("read")
            lock.execute("ROLLBACK")

    lock.execute("BEGIN IMMEDIATE")
    anyio.run(both)
    lock.close()
    assert found == ["read", 303]
