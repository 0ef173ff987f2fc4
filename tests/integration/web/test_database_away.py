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

import pytest
from starlette.testclient import TestClient

from mlw_workflow.interfaces.web.app import create_app
from mlw_workflow.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Panel

MEETING = "/pilots/tluszcz/w01?step=hold_meeting"
MET = {
    "on-day": "31", "on-month": "5", "on-year": "2014", "e-place": 'świetlica "Pod lipą"', "e-audience": "residents"
}  # fmt: skip
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def test_a_form_for_a_database_that_is_away_waits_on_its_page(panel: Panel) -> None:
    """The page holds all that was typed and sends it again by a button; the second time it is recorded, once."""
    browser = panel.as_("animator.tluszcz")
    form = {**browser.form(MEETING), **MET}
    database: Path = panel.settings.home / "mlw.sqlite3"
    panel.desk.database.close()
    database.rename(database.with_name("elsewhere"))
    answer = browser.client.post(MEETING, data=form, follow_redirects=False)
    assert answer.status_code == 503
    assert "Wpisane dane są zachowane na tej stronie" in answer.text
    database.with_name("elsewhere").rename(database)
    waiting = answer.text.split('<form method="post" action="/pilots')[1]
    again = {name: html.unescape(value) for name, value in _HIDDEN.findall(waiting)}
    assert again == form
    recorded = browser.client.post(MEETING, data=again, follow_redirects=False)
    assert recorded.status_code == 303
    assert "Pod lipą" in browser.get(recorded.headers["location"]).text


def test_a_password_never_waits_on_a_page(panel: Panel) -> None:
    """Logging in while the database is away keeps nothing of what was typed."""
    browser = panel.browser()
    token = browser.token("/")
    panel.desk.database.close()
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
