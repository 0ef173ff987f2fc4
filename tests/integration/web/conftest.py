"""The panel on a demo's data, asked as a browser would, without a network."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient
from tests.conftest import _made

from mlw_workflow import bootstrap
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.interfaces.web.app import create_app
from mlw_workflow.services.accounts.api_tokens import new_api_token
from mlw_workflow.services.accounts.manage import list_accounts
from mlw_workflow.services.accounts.passwords import password_hash
from mlw_workflow.services.auditors import add_auditor
from mlw_workflow.services.demo import fill_demo
from mlw_workflow.services.demo_people import PASSWORD, people_demo
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.people import add_person
from mlw_workflow.settings import Settings, load_settings
from mlw_workflow.storage import accounts
from mlw_workflow.storage.accounts import Account

WORKFLOWS = Path(__file__).parents[3] / "workflows"
DAY = date(2014, 5, 31)
_HIDDEN = re.compile(r'<input type="hidden" name="(token|seen|key|draft)" value="([^"]*)">')
_TOKEN = re.compile(r'name="token" value="([0-9a-f]{64})"')
_numbers = itertools.count()


@dataclass(frozen=True)
class Panel:
    """A running panel and its desk."""

    settings: Settings
    desk: Desk
    app: Any

    def browser(self, **given: Any) -> Browser:
        """A new visitor."""
        return Browser(TestClient(self.app, base_url="http://panel.test", raise_server_exceptions=False, **given))

    def holder(self, login: str) -> Account:
        """The account of somebody of the demo."""
        return next(one for one in list_accounts(self.desk) if one.login == f"{login}@demo.invalid")

    def program(self, login: str, *scopes: str, **given: Any) -> TestClient:
        """A program with a token of that person; by default one that reads and writes."""
        secret = new_api_token(self.desk, self.holder(login).person.id, "test", scopes or ("read", "write"))[1]
        headers = {"authorization": f"Bearer {secret}"}
        return TestClient(
            self.app, base_url="http://panel.test", headers=headers, raise_server_exceptions=False, **given
        )

    def as_(self, login: str, password: str = PASSWORD) -> Browser:
        """A visitor who has logged in, by the first part of the demo's address: ``coordinator.tluszcz``."""
        browser = self.browser()
        answer = browser.log_in(f"{login}@demo.invalid", password)
        assert answer.status_code == 303, answer.text
        return browser

    def as_auditor(self, programme: str = "mlw-pilot", since: date = DAY, until: date = DAY) -> Browser:
        """A visitor who has logged in and audits a programme from a day to a day."""
        person = add_person(self.desk, "Anna Audytor", "auditor@demo.invalid", "pl")
        with self.desk.database.work() as work:
            accounts.add_account(work.connection, person.id, person.email, is_admin=False, now=self.desk.clock.now())
            accounts.set_password(work.connection, person.id, password_hash(PASSWORD))
            work.commit()
        add_auditor(self.desk, person.id, programme, since, until)
        return self.as_("auditor")


class Browser:
    """Follows no redirect by itself, and fills in the secret of each form from the page that shows it."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, **given: Any) -> Any:
        return self.client.get(path, follow_redirects=False, **given)

    def token(self, path: str) -> str:
        """The secret of a page's forms."""
        found = _TOKEN.search(self.get(path).text)
        assert found is not None, path
        return found[1]

    def form(self, path: str) -> dict[str, str]:
        """What the form of a page carries unseen: its secret, its number, the task as it was."""
        return dict(_HIDDEN.findall(self.get(path).text))

    def post(self, path: str, data: dict[str, Any], shown: str = "", **given: Any) -> Any:
        """Send the form that the page ``shown`` (by default the same) has."""
        return self.client.post(
            path, data={"token": self.token(shown or path), **data}, follow_redirects=False, **given
        )

    def log_in(self, login: str, password: str) -> Any:
        return self.post("/", {"login": login, "password": password, "next": "/"})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that is marked so has its panel once on each kind of database."""
    if metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])


@pytest.fixture
def kind() -> str:
    """The kind of database of the test's panel."""
    return "sqlite"


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's database."""
    home = tmp_path_factory.mktemp("demo")
    fill(settings_for(home))
    return home


@pytest.fixture(scope="session")
def postgres_demo(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[tuple[Path, str]]:
    """The folder of a demo, and the PostgreSQL database that holds its data."""
    home = tmp_path_factory.mktemp("demo")
    with _made(postgres_server, f"mlw_demo_{os.getpid()}") as url:
        fill(settings_for(home, database_url=url))
        yield home, url


def fill(settings: Settings) -> None:
    """Make the demo's data."""
    desk = bootstrap.open_desk(settings, create=True)
    loaded = load_programme(WORKFLOWS / "mlw-pilot")
    done = fill_demo(desk, loaded, [WORKFLOWS / "_cases" / name for name in settings.demo_histories], DAY)
    people_demo(desk, loaded.programme, [item.pilot for item in done], "Tłuszcz", "pl")
    desk.database.close()


def settings_for(home: Path, **given: Any) -> Settings:
    settings = load_settings({"MLW_HOME": str(home), "MLW_TODAY": "2014-05-31", "MLW_LOG": "off"})
    return replace(settings, **given)


@pytest.fixture
def open_panel(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Panel]]:
    """Opens a panel of its own for a test, with the settings that differ."""
    with ExitStack() as stack:

        def make(**given: Any) -> Panel:
            if kind == "sqlite":
                template = request.getfixturevalue("demo_template")
            else:
                template, filled = request.getfixturevalue("postgres_demo")
                server, name = request.getfixturevalue("postgres_server"), f"mlw_panel_{os.getpid()}_{next(_numbers)}"
                given["database_url"] = stack.enter_context(_made(server, name, template=urlsplit(filled).path[1:]))
            home = tmp_path / "home"
            shutil.copytree(template, home)
            settings = settings_for(home, **given)
            desk = bootstrap.open_desk(settings)
            stack.callback(desk.database.close)
            return Panel(settings, desk, create_app(settings, desk=desk))

        yield make


@pytest.fixture(scope="module")
def module_panel(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    """The same for all tests of a module."""
    home = tmp_path_factory.mktemp("panel") / "home"
    shutil.copytree(demo_template, home)
    settings = settings_for(home)
    desk = bootstrap.open_desk(settings)
    yield Panel(settings, desk, create_app(settings, desk=desk))
    desk.database.close()


@pytest.fixture
def panel(open_panel: Callable[..., Panel]) -> Panel:
    """A panel with four municipalities on 31 May 2014, and somebody for each role."""
    return open_panel()
