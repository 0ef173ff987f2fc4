"""Checking the record at a button, its checkpoints, and packs to take along."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

from mlw_workflow.audit.pack_log import Trust
from mlw_workflow.audit.pack_reader import opened
from mlw_workflow.audit.pack_verify import Knowledge, verify_pack
from mlw_workflow.definitions.law import holiday
from mlw_workflow.definitions.normal_form import from_normal
from mlw_workflow.interfaces.web.jobs import Jobs
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Browser, Panel


def test_the_check_says_what_it_looked_at(panel: Panel) -> None:
    """A button checks all that is in reach; until then nobody claims anything; others' checks are not shown."""
    body, coordinator = panel.as_("implementing-body"), panel.as_("coordinator.tluszcz")
    assert "nikt tu jeszcze nie sprawdzał" in body.get("/checkpoints").text
    assert body.post("/checkpoints", {}).headers["location"] == "/checkpoints#check"
    page = body.get("/checkpoints").text
    assert "wszystko się zgadza" in page
    assert "4 gminy, 38 wpisów w ich dziennikach" in page
    assert "nikt tu jeszcze nie sprawdzał" in coordinator.get("/checkpoints").text
    coordinator.post("/checkpoints", {})
    page = coordinator.get("/checkpoints").text
    assert "1 gmina, 29 wpisów w jej dzienniku" in page
    assert "Sprawdzono tylko gminy tego konta." in page


def test_what_does_not_hold_is_told_in_words(panel: Panel) -> None:
    """An entry changed behind the program's back: the first place is named; no pack of it is given away."""
    changed = "CAST(replace(CAST(body AS TEXT), '2014-04-29', '2014-04-28') AS BLOB)"
    with panel.desk.database.work() as work:
        run = work.connection.raw.execute
        run("DROP TRIGGER ledger_entry_no_update")
        run(f"UPDATE ledger_entry SET body = {changed} WHERE seq = 12")
        run("COMMIT")
    body = panel.as_("implementing-body")
    body.post("/checkpoints", {})
    page = body.get("/checkpoints").text
    assert "coś się nie zgadza" in page
    assert "treść wpisu zmieniono po zapisaniu" in page.split("Pierwsze miejsce")[1].split("</p>")[0]
    body.post("/packs", {"pilot": "tluszcz"}, shown="/checkpoints")
    assert "treść wpisu zmieniono po zapisaniu" in body.get("/checkpoints").text.split('id="packs"')[1]
    assert body.get("/packs/last").status_code == 404


def test_a_checkpoint_is_listed_and_given_away(panel: Panel) -> None:
    """Its size, its digest and who signed it; the note as auditors take it; one that is none is no page."""
    open_keystore_for(panel)
    made = make_checkpoint(panel.desk)
    browser = panel.as_("implementing-body")
    page = browser.get("/checkpoints").text
    assert f"/checkpoints/{made.size}.txt" in page
    assert browser.get(f"/checkpoints/{made.size}.txt").text == made.note
    browser.post("/checkpoints", {})
    covers = f"{made.size} wpisów (z dzienników wszystkich gmin i z dziennika dostępu)"
    assert covers in " ".join(browser.get("/checkpoints").text.split())
    for name in ("1", "x", "99999999999999999999"):
        assert browser.get(f"/checkpoints/{name}.txt").status_code == 404


def open_keystore_for(panel: Panel) -> None:
    """The office gets its key, as ``audit key new`` gives it."""
    assert panel.desk.signer is not None
    if panel.desk.signer.ring() is None:
        with panel.desk.database.read() as connection:
            unsigned = repositories.all_entries_count(connection)
        panel.desk.signer.make(panel.desk.clock.now(), unsigned)


def test_a_pack_is_made_fetched_and_holds(panel: Panel, tmp_path: Path) -> None:
    """Of one's own municipality, for oneself; it verifies without the database. Nothing of another one is packed."""
    coordinator, body = panel.as_("coordinator.tluszcz"), panel.as_("implementing-body")
    assert coordinator.post("/packs", {"pilot": "tluszcz"}, shown="/checkpoints").status_code == 303
    assert coordinator.post("/packs", {"pilot": "goscieradow"}, shown="/checkpoints").status_code == 404
    assert body.get("/packs/last").status_code == 404
    answer = coordinator.get("/packs/last")
    assert answer.headers["content-disposition"] == 'attachment; filename="tluszcz.zip"'
    file = tmp_path / "pack.zip"
    file.write_bytes(answer.content)
    with opened(file) as pack:
        verdict = verify_pack(pack, Trust((), (), 0, ()), Knowledge(from_normal, holiday), lambda *_: None)
    assert [one.pilot.municipality for one in verdict.pilots] == ["Tłuszcz"]
    assert all(one.first_failure is None for one in verdict.pilots)
    coordinator.post("/packs", {"pilot": "*"}, shown="/checkpoints")
    names = ZipFile(io.BytesIO(coordinator.get("/packs/last").content)).namelist()
    assert not [name for name in names if "goscieradow" in name]
    assert not [name for name in names if "access" in name]
    assert coordinator.get("/packs/mlw_verify.py").text.startswith("#!")


def test_what_takes_long_goes_on_behind_the_page(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says how far it is and offers to show it again; a second press starts no second one."""
    from mlw_workflow.interfaces.web.pages import checkpoints

    go_on, begun = threading.Event(), []

    def slow(office: Any, pilots: Any, told: Callable[[int, int], None]) -> Any:
        begun.append(1)
        told(3, 4)
        go_on.wait(30)
        return checked(office, pilots, told)

    checked = checkpoints.checked
    monkeypatch.setattr(checkpoints, "checked", slow)
    monkeypatch.setattr(checkpoints, "WAIT", 0.05)
    browser: Browser = panel.as_("implementing-body")
    browser.post("/checkpoints", {})
    page = browser.get("/checkpoints").text
    assert "gotowe gminy 3 z 4" in page
    assert "Pokaż ponownie" in page
    browser.post("/checkpoints", {})
    go_on.set()
    key = next(iter(panel.app.state.office.jobs._jobs))
    panel.app.state.office.jobs.find(key).over.wait(30)
    assert "wszystko się zgadza" in browser.get("/checkpoints").text
    assert begun == [1]


def test_a_job_that_fails_is_over() -> None:
    """An error nobody foresaw ends it, and another may be started."""
    jobs = Jobs()

    def fails(_: Any) -> None:
        raise ZeroDivisionError

    job = jobs.start("key", fails, 10)
    assert (job.running, job.failed, job.result) == (False, True, None)
    assert jobs.start("key", lambda _: 7, 10).result == 7
