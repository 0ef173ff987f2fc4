"""The worker's scheduler is a mere wake-up: it survives what goes wrong in a run, and stops when it is told to."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from structlog.testing import capture_logs
from tests.integration.reminders.office import POLICY, Office, local, reminded

from mlw_workflow.domain.errors import StorageUnavailable
from mlw_workflow.scheduling.embedded import Worker
from mlw_workflow.services.doctor import TICK
from mlw_workflow.storage import heartbeat

if TYPE_CHECKING:
    import pytest

    from mlw_workflow.storage.database import Database

SCRIPT = """
import sys
from pathlib import Path
from mlw_workflow.domain.clock import SystemClock
from mlw_workflow.notifications.file_transport import FileTransport
from mlw_workflow.scheduling.embedded import Worker
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.mailroom import Mailroom
from mlw_workflow.storage.database import Database
desk = Desk(Database.open(sys.argv[1]), SystemClock())
Worker(desk, Mailroom(), FileTransport(Path(sys.argv[2]))).run(every_seconds=0.1)
print("stopped")
"""


def test_one_run_leaves_a_heartbeat(office: Office) -> None:
    """And does everything that is due."""
    office.open()
    ran = Worker(office.desk, office.mailroom, office.post).run_once(office.at("2014-01-07", 8))
    assert (ran.ticked.deadlines, ran.digested.mails, ran.delivered.sent, ran.idle) == (1, 1, 1, False)
    assert Worker(office.desk, office.mailroom, office.post).run_once().idle
    with office.database.read() as connection:
        beat = heartbeat.heartbeat(connection, TICK)
    assert beat is not None
    assert beat.at == local("2014-01-07", 8)


def test_a_run_that_fails_is_told_and_followed_by_the_next(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the database was away or we made a mistake."""
    worker = Worker(office.desk, office.mailroom, office.post)
    run_once, seen, enough = worker.run_once, [], threading.Event()

    def failing() -> Any:
        seen.append(1)
        if len(seen) == 1:
            raise StorageUnavailable("storage_busy", problem="", place="")
        if len(seen) == 2:
            raise RuntimeError
        enough.set()
        return run_once()

    monkeypatch.setattr(worker, "run_once", failing)
    with capture_logs() as logs:
        thread = threading.Thread(target=worker.run, args=(0.05,))
        thread.start()
        assert enough.wait(30)
        worker.stop()
        thread.join(30)
    assert not thread.is_alive()
    told = {entry["event"]: entry for entry in logs}
    assert told["run_failed"]["code"] == "storage_busy"
    assert told["run_crashed"]["problem"] == "RuntimeError"
    assert "worker_stopped" in told


def test_sigterm_ends_the_worker_cleanly(database: Database, database_url: str, tmp_path: Path) -> None:
    """The process ends by itself, with nothing left in its hands."""
    any_hour = replace(POLICY, digest_hour=0, quiet_from=0, quiet_to=0)  # it runs by the computer's clock
    office = Office(database, local("2014-01-02"), reminded(any_hour))
    office.open()
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, database_url, str(tmp_path / "mail")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while not office.mails() or {mail.status for mail in office.mails()} != {"sent"}:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert said.endswith("stopped\n")
    assert len(list((tmp_path / "mail").glob("*.eml"))) == len(office.mails())


def test_an_outage_is_told_once(office: Office) -> None:
    """In the mails of the day on which the worker runs again, not in those of the next."""
    office.open()
    office.run("2014-02-03", 8)
    office.run("2014-02-07", 8)
    told = [mail.text for mail in office.mails() if mail.created_at >= local("2014-02-07", 0)]
    assert told
    assert all("od 4 do 6 lutego 2014" in text for text in told)
    office.run("2014-02-10", 8)
    office.run("2014-02-11", 8)
    later = [mail.text for mail in office.mails() if mail.created_at >= local("2014-02-11", 0)]
    assert all("Przypomnień nie wysyłano" not in text for text in later)
