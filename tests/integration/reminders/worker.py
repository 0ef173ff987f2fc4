"""A worker process for the tests: on a database, with a mail server, by a clock that runs fast. It runs until killed.

``python -m tests.integration.reminders.worker URL PORT BEGINNING STARTED SPEED``: the clock showed BEGINNING (ISO) when
the computer's showed STARTED (seconds), and runs SPEED times as fast.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from mlw_workflow.domain.errors import StorageUnavailable
from mlw_workflow.notifications.smtp_settings import SmtpSettings
from mlw_workflow.notifications.smtp_transport import SmtpTransport
from mlw_workflow.scheduling.embedded import Worker
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.mailroom import Mailroom
from mlw_workflow.storage.database import Database


class FastClock:
    """Every process sees the same time."""

    def __init__(self, beginning: datetime, started: float, speed: float) -> None:
        self.beginning, self.started, self.speed = beginning, started, speed

    def now(self) -> datetime:
        return self.beginning + timedelta(seconds=(time.time() - self.started) * self.speed)


def main() -> None:
    """Run until killed, or until the parent closes our input."""
    url, port, beginning, started, speed = sys.argv[1:]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    clock = FastClock(datetime.fromisoformat(beginning), float(started), float(speed))
    smtp = SmtpSettings("127.0.0.1", int(port), security="none", timeout=5, local_hostname="worker.example")
    worker = Worker(Desk(Database.open(url), clock), Mailroom(), SmtpTransport(smtp))
    done = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        done.set()
        worker.stop()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not done.is_set():
        with suppress(StorageUnavailable):
            worker.run_once()
        time.sleep(0.02)


if __name__ == "__main__":
    main()
