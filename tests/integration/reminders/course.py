"""A random course of events in an office: work done, undone and returned, people coming and going, time passing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.integration.reminders.office import EVERYBODY, Post

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import BadInput, ClockBackwards
from mlw_workflow.notifications.transport import Accepted, Temporary, Unknown
from mlw_workflow.services.advance import Request, advance
from mlw_workflow.services.audit import replay_pilot
from mlw_workflow.services.audit_reminders import audit_reminders
from mlw_workflow.services.deputies import name_deputy
from mlw_workflow.services.pause import acknowledge, snooze
from mlw_workflow.services.people import give_role

if TYPE_CHECKING:
    import random

    from tests.integration.reminders.office import Office

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.audit_reminders import RemindersAudited


class Moody(Post):
    """A mail server that now and then is away, or takes a mail and does not say so."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self.dice = dice
        self.handed_over: list[str] = []

    def deliver(self, letter):  # type: ignore[no-untyped-def]
        mood = self.dice.random()
        if mood < 0.05:
            return Temporary("unreachable", server=True)
        if mood < 0.1:
            return Temporary("recipient_deferred", 450)
        self.handed_over.append(letter.message_id)
        return Unknown("no_answer_after_data") if mood < 0.15 else Accepted()


class RandomCourse:
    """Everything that happens is drawn from ``dice``, so a seed repeats it."""

    def __init__(self, office: Office, dice: random.Random, *, outages: bool = True) -> None:
        self.office = office
        self.dice = dice
        self.outages = outages
        self.first = local_day(office.clock.now())
        if outages:
            office.post = Moody(dice)
        self.off_until = office.clock.now()
        self.pilots: list[Pilot] = []
        self.newest = office.clock.now()
        self.told: list[str] = []

    def run(self, days: int) -> None:
        """Hours pass, things happen, the worker runs unless it is off."""
        self.pilots = [self.office.open("Tłuszcz"), self.office.open("Gościeradów", staffed=False)]
        end = self.office.clock.now() + timedelta(days=days)
        while self.office.clock.now() < end:
            self.pass_hours()
            if self.dice.random() < 0.15:
                self.something()
            if self.office.clock.now() >= self.off_until:
                self.office.run()
        if self.outages:
            self.office.post = Post()
        for _ in range(3 * 24):  # until what was postponed or deferred has gone out
            self.office.pass_time(hours=1)
            self.office.run()

    def pass_hours(self) -> None:
        clock = self.office.clock
        clock.moment += timedelta(minutes=self.dice.choice([30, 60, 60, 60, 120, 180]) if not self.outages
                                  else self.dice.choice([30, 60, 180, 360, 600]))  # fmt: skip
        self.newest = max(self.newest, clock.moment)
        if not self.outages:
            return
        mood = self.dice.random()
        if mood < 0.02:
            self.off_until = clock.moment + timedelta(days=self.dice.choice([1, 2, 3, 7, 14]))
        elif mood < 0.03:
            clock.moment -= timedelta(hours=self.dice.choice([1, 5, 30, 75]))
            self.note("the clock goes back")

    def something(self) -> None:
        pilot = self.dice.choice(self.pilots)
        things = [self.step, self.step, self.step, self.undo, self.hire, self.end_role, self.ack, self.sleep, self.away]
        thing = self.dice.choice(things)
        try:
            thing(pilot)
        except (BadInput, ClockBackwards) as problem:
            self.note(f"{thing.__name__}: {problem}")

    def note(self, what: str) -> None:
        self.told.append(f"{self.office.clock.now():%Y-%m-%d %H:%M} {what}")

    # What may happen

    def step(self, pilot: Pilot) -> None:
        today = local_day(self.office.clock.now())
        month = self.dice.choice([today, today - timedelta(days=31)])
        machine, trigger = self.dice.choice(
            [(f"monthly/{month:%Y-%m}", t) for t in ("draft", "submit", "submit", "accept", "return")]
            + [("team", "appoint"), ("paper", "write"), ("conference", "announce"), ("conference", "announce_again")]
        )
        evidence = (
            {"day": str(today + timedelta(days=self.dice.choice([5, 8, 16, 30, 70])))}
            if machine == "conference"
            else {}
        )
        if trigger == "submit":
            advance(self.office.desk, Request(pilot, machine, "draft", "animator"))
        done = advance(self.office.desk, Request(pilot, machine, trigger, "animator", None, evidence))
        self.note(f"{pilot.code} {machine} {trigger} {evidence or ''} {'' if done.admitted else 'refused'}")

    def undo(self, pilot: Pilot) -> None:
        today = local_day(self.office.clock.now())
        machine = self.dice.choice(["team", "paper", "conference", f"monthly/{today - timedelta(days=31):%Y-%m}"])
        done = advance(self.office.desk, Request(pilot, machine, "correct", "animator"))
        self.note(f"{pilot.code} {machine} correct {'' if done.admitted else 'refused'}")

    def hire(self, pilot: Pilot) -> None:
        role = self.dice.choice(EVERYBODY)
        name = self.dice.choice(["ola", "ela", "iza", "bezadresu"])
        today = local_day(self.office.clock.now())
        since = today + timedelta(days=self.dice.choice([-3, 0, 0, 2]))
        until = self.dice.choice([None, today + timedelta(days=20)])
        email = "" if name == "bezadresu" else None
        self.office.hire(pilot, role, name, email, since=since, until=until)
        self.note(f"{pilot.code} {name} is {role} {since} {until}")

    def end_role(self, pilot: Pilot) -> None:
        person, role, since, _ = self.membership(pilot)
        today = local_day(self.office.clock.now())
        if since <= today:
            give_role(self.office.desk, person, role, [pilot], since, today)
            self.note(f"{pilot.code} {person} ends {role}")

    def membership(self, pilot: Pilot) -> tuple[str, str, date, date | None]:
        with self.office.database.transition(pilot.id, readonly=True) as work:
            held = work.memberships()
        if not held:
            raise BadInput("nobody")
        one = self.dice.choice(held)
        return one.person, one.role, one.since, one.until

    def ack(self, pilot: Pilot) -> None:
        notice = self.notice(pilot)
        acknowledge(self.office.desk, pilot, notice[0], notice[1], rule=notice[2])
        self.note(f"{pilot.code} {notice} acknowledged")

    def sleep(self, pilot: Pilot) -> None:
        machine, person, rule = self.notice(pilot)
        until = local_day(self.office.clock.now()) + timedelta(days=self.dice.choice([1, 2, 5, 10]))
        snooze(self.office.desk, pilot, machine, person, until, "powód", rule=rule)
        self.note(f"{pilot.code} {machine} {person} snoozed until {until}")

    def notice(self, pilot: Pilot) -> tuple[str, str, str]:
        found = [n for n in self.office.notices(pilot) if n.recipient]
        if not found:
            raise BadInput("nothing")
        one = self.dice.choice(found[-8:])
        return one.machine, one.recipient, one.rule

    def away(self, pilot: Pilot) -> None:
        people = [person.id for person in self.office.people.values()]
        absent, deputy = self.dice.choice(people), self.dice.choice(people)
        since = local_day(self.office.clock.now()) + timedelta(days=self.dice.choice([0, 1]))
        until = since + timedelta(days=self.dice.choice([-1, 2, 10]))
        name_deputy(self.office.desk, [pilot], absent, deputy, since, until)
        self.note(f"{pilot.code} {absent} away {since} {until}: {deputy}")

    # What must hold

    def audited(self) -> RemindersAudited:
        last = local_day(self.office.clock.now()) - timedelta(days=2 if self.outages else 0)
        return audit_reminders(self.office.desk, self.first, last)

    def check(self, seed: str, *, in_time: bool = False) -> None:
        """Nothing missing, nothing doubled, and in time where nothing was ever off."""
        audited = self.audited()
        story = "\n".join([seed, *self.told[-400:]])
        assert audited.expected >= 5, story
        assert audited.missing == [], f"{story}\n{audited.missing[0]}"
        assert audited.doubled == [], f"{story}\n{audited.doubled[0]}"
        if in_time:
            assert audited.late == [], f"{story}\n{audited.late[0]}"
        for pilot in self.pilots:
            assert replay_pilot(self.office.desk, pilot).first_failure is None, story
        mails = self.office.mails()
        assert len({mail.message_id for mail in mails}) == len(mails)
        assert {mail.status for mail in mails} <= {"sent"}, story
