"""What a browser is told of its copy of a page, and until when that is not found out anew."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from mlw_workflow.interfaces.web import copies, routing, viewers
from mlw_workflow.services.viewer import viewer_of
from mlw_workflow.storage import repositories
from mlw_workflow.storage.database import Database

if TYPE_CHECKING:
    from conftest import Panel

BOARD = "/pilots/tluszcz"


class Asked:
    """Counts how often it is found out whether a copy is good."""

    def __init__(self, url: str) -> None:
        self.times = 0
        self.database = Database.open(url)
        self.at = datetime(2014, 5, 31, 21, 30, tzinfo=UTC)
        self.clock = SimpleNamespace(now=lambda: self.at)
        self.copies = copies.Copies(SimpleNamespace(database=self.database, clock=self.clock))  # type: ignore[arg-type]

    def again(self, **headers: str) -> bool:
        """Whether it was found out for this question."""
        given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "path": BOARD, "query_string": b"", "headers": given}
        before = self.times
        assert self.copies.same(Request(scope), self.ask) is not None
        return self.times > before

    def ask(self) -> Response:
        self.times += 1
        return Response(status_code=304, headers={"etag": "x"})


@pytest.fixture
def asked(sqlite_url: str) -> Any:
    found = Asked(sqlite_url)
    yield found
    found.database.close()


def written(url: str) -> None:
    with Database.open(url).work() as work:
        work.add_definition("x", "p", b"", datetime(2014, 5, 31, tzinfo=UTC))
        work.commit()


def test_the_same_question_is_answered_from_memory_until_somebody_writes(asked: Asked, sqlite_url: str) -> None:
    """Whoever writes, from wherever; another cookie or another copy is another question."""
    assert asked.again(cookie="a", if_none_match="1")
    assert not asked.again(cookie="a", if_none_match="1")
    assert asked.again(cookie="b", if_none_match="1")
    assert asked.again(cookie="a", if_none_match="2")
    written(sqlite_url)
    assert asked.again(cookie="a", if_none_match="1")
    with asked.database.work() as work:
        work.add_definition("y", "p", b"", datetime(2014, 5, 31, tzinfo=UTC))
        work.commit()
    assert asked.again(cookie="a", if_none_match="1")


def test_an_answer_from_memory_ends_with_the_hour_and_soon(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """So no day begins unseen, and no session outlives its end for long."""
    assert asked.again(cookie="a")
    asked.at += timedelta(minutes=30)
    assert asked.again(cookie="a")
    assert not asked.again(cookie="a")
    monkeypatch.setattr(copies, "time", SimpleNamespace(monotonic=lambda: 10**9))
    assert asked.again(cookie="a")


def test_another_file_in_the_place_of_the_database_is_another_state(asked: Asked, sqlite_url: str) -> None:
    """A backup that was put back, for example."""
    assert asked.again(cookie="a")
    file = asked.database.place
    shutil.copyfile(file, file + ".copy")
    shutil.move(file + ".copy", file)
    assert asked.again(cookie="a")


def test_nobody_sees_longer_what_is_no_longer_theirs(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy found good a moment ago is not good for a session that was ended, and not after a role has ended."""
    mayor, coordinator = panel.as_("mayor.tluszcz"), panel.as_("coordinator.tluszcz")
    tags = {one: {"if-none-match": one.get(BOARD).headers["etag"]} for one in (mayor, coordinator)}
    found, times = routing._same, []

    def counted(*given: Any) -> Response | None:
        times.append(given)
        return found(*given)

    monkeypatch.setattr(routing, "_same", counted)
    for one, tag in tags.items():
        assert [one.get(BOARD, headers=tag).status_code for _ in range(3)] == [304, 304, 304]
    assert len(times) == 2
    cookies = dict(coordinator.client.cookies)
    coordinator.post("/logout", {}, shown=BOARD)
    coordinator.client.cookies.update(cookies)
    assert coordinator.get(BOARD, headers=tags[coordinator]).status_code == 303
    with panel.desk.database.work() as work:
        person = panel.holder("mayor.tluszcz").person.id
        work.connection.execute("DELETE FROM membership WHERE person_id = ?", person)
        work.commit()
    assert mayor.get(BOARD, headers=tags[mayor]).status_code == 404


@pytest.mark.both_databases
def test_who_looks_is_found_out_anew_once_anything_was_committed(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A role that was taken away is gone at the next look. On SQLite no sooner; PostgreSQL counts all its databases."""
    times = []

    def counted(*given: Any) -> Any:
        times.append(given)
        return viewer_of(*given)

    monkeypatch.setattr(viewers, "viewer_of", counted)
    browser = panel.as_("implementing-body")
    assert [browser.get(path).status_code for path in ("/matrix", BOARD, "/matrix", BOARD)] == [200] * 4
    assert len(times) == 1 or not panel.settings.database_url.startswith("sqlite")
    with panel.desk.database.work() as work:
        person = panel.holder("implementing-body").person.id
        work.connection.execute("DELETE FROM membership WHERE person_id = ? AND pilot_id = ?", person, tluszcz(panel))
        work.commit()
    assert [browser.get(path).status_code for path in ("/matrix", BOARD)] == [200, 404]


def tluszcz(panel: Panel) -> str:
    with panel.desk.database.read() as connection:
        return next(pilot.id for pilot in repositories.pilots(connection) if pilot.code == "tluszcz")
