"""Workers killed with -9 at random moments, under a mail server that refuses and loses its acknowledgements.

``python -m tests.integration.reminders.campaign --kills 100 --reminders 3000`` (``--url`` for PostgreSQL).
"""

from __future__ import annotations

import argparse
import asyncio
import email
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from tests.integration.reminders.office import EVERYBODY, Office, local, reminded

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.ledger import Membership
from mlw_workflow.domain.obligation import Ladder, ReminderPolicy, Rung
from mlw_workflow.services.audit_reminders import audit_reminders
from mlw_workflow.services.open_pilot import Opening, membership_entry, open_within
from mlw_workflow.storage.database import Database
from mlw_workflow.storage.repositories import Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

ROOT = Path(__file__).parents[3]
OPENED, BEGINNING = local("2014-02-06", 5), local("2014-02-06", 5, 30)
"""A day before the January report is due, so long before the digest that a first tick can end."""
SPEED = 900.0
"""A quarter of an hour a second: leases run out and pauses end while the test waits."""
EACH = 10
"""Animators in each pilot."""


@dataclass
class MoodyServer:
    """Takes mail, refuses some of it for now, and takes some without saying so."""

    dice: random.Random
    refused: float = 0.08
    unsaid: float = 0.05
    received: Counter[str] = field(default_factory=Counter)
    recipients: dict[str, str] = field(default_factory=dict)
    refusals: int = 0
    lost: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self.dice.random() < self.refused / 2:
            self.refusals += 1
            return "450 later"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.dice.random() * 0.01)
        if self.dice.random() < self.refused / 2:
            self.refusals += 1
            return "451 not now"
        identity = email.message_from_bytes(envelope.content)["Message-ID"]
        self.received[identity] += 1
        self.recipients[identity] = envelope.rcpt_tos[0]
        if self.dice.random() < self.unsaid:
            self.lost += 1
            server.transport.abort()
        return "250 taken"


@contextmanager
def serving(handler: Any) -> Iterator[int]:
    """A real mail server on a port of its own."""
    bound = socket.create_server(("127.0.0.1", 0))

    class Server(Controller):
        def _create_server(self) -> Any:
            return self.loop.create_server(self._factory_invoker, sock=bound)

    server = Server(handler, hostname="127.0.0.1", port=bound.getsockname()[1])
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


def peopled(database: Database, reminders: int, beginning: datetime = OPENED) -> Office:
    """An office in which so many people are each to be reminded of one report, entered in one transaction."""
    once = Ladder("report", (Rung("-1wd", -1, "working_days", EVERYBODY[:1]),))
    office = Office(database, beginning, reminded(ReminderPolicy((once,), EVERYBODY[:1])))
    with database.work() as work:
        for number in range(-(-reminders // EACH)):
            opened = open_within(office.desk, work, Opening(f"Gmina {number}", office.definition), beginning)
            for index in range(min(EACH, reminders - number * EACH)):
                person = Person(f"p{number}-{index}", f"Osoba {number} {index}", f"p{number}-{index}@example.org")
                work.add_person(person, beginning)
                member = Membership(person.id, EVERYBODY[0], opened.pilot.start)
                opened.append(membership_entry(opened, member, beginning), membership=member)
        work.commit()
    return office


@dataclass
class Outcome:
    """What came of a campaign."""

    reminders: int
    kills: int
    mails: int
    copies: int
    """Mails on the wire beyond the first of each Message-ID."""
    refusals: int
    lost: int
    seconds: float


class Crowd:
    """Worker processes that are killed and replaced. None is left behind."""

    def __init__(self, url: str, port: int, started: float, size: int) -> None:
        arguments = [url, str(port), BEGINNING.isoformat(), repr(started), str(SPEED)]
        command = [sys.executable, "-m", "tests.integration.reminders.worker", *arguments]
        self.forking = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.workers = [self.told("start") for _ in range(size)]

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        self.forking.communicate()

    def told(self, line: str) -> int:
        """What is answered: a worker's number, or how it ended."""
        assert self.forking.stdin is not None
        assert self.forking.stdout is not None
        self.forking.stdin.write(f"{line}\n")
        self.forking.stdin.flush()
        return int(self.forking.stdout.readline())

    def kill(self, index: int) -> None:
        assert self.told(f"kill {self.workers[index]}") == -signal.SIGKILL
        self.workers[index] = self.told("start")

    def stop(self) -> None:
        """Let each finish the mail in its hands."""
        for worker in self.workers:
            assert self.told(f"stop {worker}") == 0


def campaign(
    url: str, *, reminders: int, kills: int, workers: int = 4, seed: int = 1, patience: float = 600
) -> Outcome:
    """Kill workers from the first mail on until ``kills`` is reached (longer than there is work, if need be), then wait
    until all is sent.
    """
    dice = random.Random(seed)
    database = Database.open(url)
    office = peopled(database, reminders)
    handler = MoodyServer(random.Random(seed))
    began = time.monotonic()
    with serving(handler) as port, Crowd(url, port, time.time(), workers) as crowd:
        while not handler.received:
            assert time.monotonic() - began < patience, "no mail has come"
            time.sleep(0.02)
        for _ in range(kills):
            time.sleep(dice.uniform(0.02, 0.25))
            crowd.kill(dice.randrange(workers))
        while unsettled(office, reminders):
            assert time.monotonic() - began < patience, f"{unsettled(office, reminders)} are still to be sent"
            time.sleep(0.2)
        crowd.stop()
    seconds = time.monotonic() - began
    check(office, handler, reminders)
    copies = sum(handler.received.values()) - len(handler.received)
    database.close()
    return Outcome(reminders, kills, len(handler.received), copies, handler.refusals, handler.lost, seconds)


def unsettled(office: Office, reminders: int) -> int:
    """How many of the people have not been sent their mail."""
    mails = office.mails()
    done = {mail.recipient for mail in mails if mail.status == "sent"}
    open_ = sum(mail.status != "sent" for mail in mails)
    return max(reminders - len(done), open_)


def check(office: Office, handler: MoodyServer, reminders: int) -> None:
    """Nobody was left out, and nobody got two different mails of one reminder."""
    mails = office.mails()
    assert {mail.status for mail in mails} == {"sent"}
    assert set(handler.received) == {mail.message_id for mail in mails}, "each mail arrived at least once"
    assert len({mail.recipient for mail in mails}) == reminders
    office.at(local_day(BEGINNING) + timedelta(days=1), 0)
    audited = audit_reminders(office.desk, local_day(BEGINNING), local_day(BEGINNING))
    assert audited.missing == []
    assert audited.doubled == []
    assert audited.expected >= reminders
    doubts = {mail.message_id: mail.doubts for mail in mails}
    for identity, number in handler.received.items():
        assert number <= 1 + doubts[identity], "every copy is one of which we knew that it might be one"


def main() -> None:
    """Run a campaign and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--reminders", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", default="", help="an empty database; left out: SQLite in a temporary folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mlw") as folder:
        url = given.url or f"sqlite:///{folder}/campaign.sqlite3"
        Database.open(url, create=True).close()
        outcome = campaign(
            url, reminders=given.reminders, kills=given.kills, workers=given.workers, seed=given.seed, patience=3600
        )
    print(outcome)  # noqa: T201


if __name__ == "__main__":
    main()
