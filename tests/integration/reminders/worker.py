"""Worker processes for the tests: on a database, with a mail server, by a clock that runs fast, until they are killed.

``python -m tests.integration.reminders.worker URL PORT BEGINNING STARTED SPEED``: the clock showed BEGINNING (ISO) when
the computer's showed STARTED (seconds), and runs SPEED times as fast. The process has everything imported and forks a
worker for each line ``start``, so that it is at work within milliseconds. Other lines: ``kill PID``, ``stop PID`` (it
finishes what is in its hands). Lines out: the worker's number, or how it ended. At the end of input all are killed.
"""

from __future__ import annotations

import os
import signal
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
from mlw_workflow.storage.database import Database, driver_for


class FastClock:
    """Every process sees the same time."""

    def __init__(self, beginning: datetime, started: float, speed: float) -> None:
        self.beginning, self.started, self.speed = beginning, started, speed

    def now(self) -> datetime:
        return self.beginning + timedelta(seconds=(time.time() - self.started) * self.speed)


def work() -> None:
    """Run until killed, or until SIGTERM; it waits in a thread, as a handler could interrupt anything."""
    url, port, beginning, started, speed = sys.argv[1:]
    clock = FastClock(datetime.fromisoformat(beginning), float(started), float(speed))
    smtp = SmtpSettings("127.0.0.1", int(port), security="none", timeout=5, local_hostname="worker.example")
    worker = Worker(Desk(Database.open(url), clock), Mailroom(), SmtpTransport(smtp))
    done = threading.Event()

    def wait_for_the_end() -> None:
        signal.sigwait({signal.SIGTERM})
        done.set()
        worker.stop()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    while not done.is_set():
        with suppress(StorageUnavailable):
            worker.run_once()
        time.sleep(0.02)


def main() -> None:
    """Fork workers, and end them, as told."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    driver_for(sys.argv[1])  # imports the driver
    ends = {"kill": signal.SIGKILL, "stop": signal.SIGTERM}
    workers = set[int]()
    for line in sys.stdin:
        command, *number = line.split()
        if command == "start":
            told = os.fork()
            if not told:
                try:
                    work()
                    os._exit(0)
                finally:
                    os._exit(1)
            workers.add(told)
        else:
            pid = int(number[0])
            os.kill(pid, ends[command])
            told = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            workers.remove(pid)
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()
    for pid in workers:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
