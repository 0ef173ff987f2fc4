"""A small programme with deadlines of every kind, and an office that runs it on a simulated clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mlw_workflow.definitions.normal_form import content_hash, normal_bytes
from mlw_workflow.domain.definition import Programme, Role, Series
from mlw_workflow.domain.obligation import DeadlineRule, Due, Ladder, ReminderPolicy, Rung
from mlw_workflow.notifications.transport import Accepted
from mlw_workflow.scheduling.embedded import Worker
from mlw_workflow.services.advance import Request, advance
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.mailroom import Mailroom
from mlw_workflow.services.open_pilot import Opening, open_pilot
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.storage import obligations, outbox
from mlw_workflow.testing import field, programme, rule, text, workflow

if TYPE_CHECKING:
    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.notifications.mail import Letter
    from mlw_workflow.notifications.transport import Result
    from mlw_workflow.services.advance import Outcome
    from mlw_workflow.storage.database import Database
    from mlw_workflow.storage.obligations import Notice, Obligation
    from mlw_workflow.storage.outbox import Mail
    from mlw_workflow.storage.repositories import Person

WARSAW = ZoneInfo("Europe/Warsaw")
EVERYBODY = ("animator", "coordinator", "body")


class Hand:
    """A clock that can be set to anything, also back."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def local(day: str | date, hour: int = 12, minute: int = 0) -> datetime:
    """An instant by its local day and hour."""
    on = day if isinstance(day, date) else date.fromisoformat(day)
    return datetime.combine(on, time(hour, minute), WARSAW).astimezone(UTC)


def deadline(name: str, reaches: str, due: Due, ladder: str = "", **given: Any) -> DeadlineRule:
    return DeadlineRule(name, text(name), tuple(reaches.split()), due, ladder=ladder, **given)


REPORT = Ladder(
    "report",
    (
        Rung("-5wd", -5, "working_days", ("animator",)),
        Rung("-3wd", -3, "working_days", ("animator",)),
        Rung("-1wd", -1, "working_days", ("animator",)),
        Rung("0", 0, "days", ("animator", "coordinator")),
        Rung("+1wd", 1, "working_days", ("animator", "coordinator")),
        Rung("+3wd", 3, "working_days", ("animator", "coordinator", "body"), urgent=True),
    ),
)
CONFERENCE = Ladder(
    "conference",
    (
        Rung("-60d", -60, "days", ("coordinator",)),
        Rung("-7d", -7, "days", ("coordinator",)),
        Rung("+7d", 7, "days", ("coordinator",), every=7),
    ),
    (Rung("-90d", -90, "days", ("coordinator",), every=7),),
)
ANNOUNCED = ("announce.day", "announce_again.day")
POLICY = ReminderPolicy((REPORT, CONFERENCE), EVERYBODY, goal="conference.held")


def reminded(policy: ReminderPolicy = POLICY) -> Programme:
    """Monthly reports, a conference whose date is not known at first, and a paper counted from an appointment."""
    monthly = workflow(
        "monthly",
        "due drafted submitted* accepted!",
        rule("draft", "due", "drafted", EVERYBODY),
        rule("submit", "drafted", "submitted", EVERYBODY, takes=1),
        rule("accept", "submitted", "accepted", EVERYBODY),
        replace(rule("return", "submitted", "drafted", EVERYBODY), effect="return"),
        series=Series(1),
        corrected_by=EVERYBODY,
    )
    team = workflow("team", "open appointed*", rule("appoint", "open", "appointed", EVERYBODY), corrected_by=EVERYBODY)
    paper = workflow("paper", "open written*", rule("write", "open", "written", EVERYBODY, needs=["team.appointed"]))
    conference = workflow(
        "conference",
        "planned announced held*",
        rule("announce", "planned", "announced", EVERYBODY, evidence=[field("day", "date")]),
        rule("announce_again", "announced", "announced", EVERYBODY, evidence=[field("day", "date")]),
        rule("hold", "announced", "held", EVERYBODY, needs=["paper.written"], takes=2),
        corrected_by=EVERYBODY,
    )
    made = programme(
        replace(
            monthly,
            deadlines=(
                deadline(
                    "submit", "submitted accepted", Due(anchor="period_end", offset=5, unit="working_days"), "report"
                ),
            ),
        ),
        team,
        replace(
            paper,
            deadlines=(
                deadline(
                    "write", "written", Due(reached="team.appointed", offset=14), "report", day_off="next_working_day"
                ),
            ),
        ),
        replace(
            conference,
            deadlines=(deadline("hold", "held", Due(evidence=("announce.day", "announce_again.day")), "conference"),),
        ),
    )
    roles = tuple(Role(name, text(name)) for name in EVERYBODY)
    return replace(made, roles=roles, reminders=policy)


def bounded() -> Programme:
    """The same, with a last day for the conference beside the day that is announced."""
    made = reminded()
    last_day = deadline("last_day", "held", Due(anchor="pilot_end"), "conference")
    workflows = tuple(
        replace(w, deadlines=(last_day, *w.deadlines)) if w.id == "conference" else w for w in made.workflows
    )
    return replace(made, workflows=workflows)


class Post:
    """A transport that keeps every letter it accepts, and answers what ``answers`` says, in order, before that."""

    def __init__(self, *answers: Result) -> None:
        self.answers = list(answers)
        self.letters: list[Letter] = []

    def deliver(self, letter: Letter) -> Result:
        answer = self.answers.pop(0) if self.answers else Accepted()
        if isinstance(answer, Accepted):
            self.letters.append(letter)
        return answer

    def close(self) -> None:
        pass


class Office:
    """One office: a database, a clock, people, and pilots of a programme."""

    def __init__(
        self, database: Database, start: datetime, made: Programme | None = None, clock: Clock | None = None
    ) -> None:
        self.clock = Hand(start)
        self.database = database
        self.desk = Desk(database, clock or self.clock)
        self.programme = made or reminded()
        body = normal_bytes(self.programme)
        self.definition = content_hash(body)
        with database.work() as work:
            work.add_definition(self.definition, self.programme.id, body, start)
            work.commit()
        self.people: dict[str, Person] = {}
        self.post = Post()
        self.mailroom = Mailroom()

    def at(self, day: str | date, hour: int = 12, minute: int = 0) -> datetime:
        """Set the clock."""
        self.clock.moment = local(day, hour, minute)
        return self.clock.moment

    def pass_time(self, **units: float) -> datetime:
        self.clock.moment += timedelta(**units)
        return self.clock.moment

    def open(self, name: str = "Tłuszcz", *, staffed: bool = True) -> Pilot:
        """A pilot, with a person in each role unless they are there already."""
        pilot = open_pilot(self.desk, Opening(name, self.definition))
        for role in EVERYBODY if staffed else ():
            self.hire(pilot, role)
        return pilot

    def hire(self, pilot: Pilot, role: str, name: str = "", email: str | None = None, **days: Any) -> Person:
        """Give a role to a person, who is added when new."""
        name = name or f"{role} {pilot.code}"
        if name not in self.people:
            address = f"{name.replace(' ', '.')}@example.org" if email is None else email
            self.people[name] = add_person(self.desk, name, address)
        give_role(self.desk, name, role, [pilot], **days)
        return self.people[name]

    def take(self, pilot: Pilot, machine: str, trigger: str, on: str | date | None = None, **evidence: Any) -> Outcome:
        """Advance a machine, as the animator's role."""
        day = date.fromisoformat(on) if isinstance(on, str) else on
        outcome = advance(self.desk, Request(pilot, machine, trigger, "animator", day, evidence))
        assert outcome.admitted, outcome.decision
        return outcome

    def submit(self, pilot: Pilot, month: str) -> None:
        self.take(pilot, f"monthly/{month}", "draft")
        self.take(pilot, f"monthly/{month}", "submit")

    def run(self, day: str | date | None = None, hour: int = 12, minute: int = 0) -> list[tuple[str, str]]:
        """Let the worker run once; the mails that went out, as (recipient, subject)."""
        if day is not None:
            self.at(day, hour, minute)
        before = {mail.id for mail in self.mails() if mail.status == "sent"}
        Worker(self.desk, self.mailroom, self.post).run_once()
        names = {person.id: name for name, person in self.people.items()}
        return [
            (names[mail.recipient].partition(" ")[0], mail.subject)
            for mail in self.mails()
            if mail.status == "sent" and mail.id not in before
        ]

    def told(self, pilot: Pilot, *status: str) -> list[tuple[str, str, str]]:
        """The notices as (machine, rung, recipient)."""
        names = {person.id: name.partition(" ")[0] for name, person in self.people.items()} | {"": ""}
        return [(n.machine, n.rung, names[n.recipient]) for n in self.notices(pilot, *(status or ("queued",)))]

    # What is stored

    def rows(self, pilot: Pilot) -> dict[tuple[str, str], Obligation]:
        with self.database.read() as connection:
            return {(row.machine, row.rule): row for row in obligations.obligations(connection, pilot.id)}

    def notices(self, pilot: Pilot, *status: str) -> list[Notice]:
        with self.database.read() as connection:
            return [n for n in obligations.notices(connection, pilot.id) if not status or n.status in status]

    def mails(self) -> list[Mail]:
        with self.database.read() as connection:
            return outbox.mails(connection)
