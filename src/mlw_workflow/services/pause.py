"""Acknowledge a deadline, or ask to be reminded later: entries of the pilot's log, with the reason outside the seal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.seal import commitment, new_salt, seal
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import BadInput, UnknownMachine, UnknownPerson
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.domain.pause import Pause
from mlw_workflow.domain.pilot import roster
from mlw_workflow.services import scope
from mlw_workflow.services.desk import OPERATOR
from mlw_workflow.services.recording import instant_after
from mlw_workflow.storage import circle, obligations, repositories

if TYPE_CHECKING:
    from datetime import date, datetime

    from mlw_workflow.domain.obligation import ReminderPolicy
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.obligations import Obligation
    from mlw_workflow.storage.repositories import Person
    from mlw_workflow.storage.unit_of_work import PilotWork

REASON = "reason"
REASON_MAX = 500


@dataclass(frozen=True, slots=True)
class Paused:
    """What was recorded of one deadline."""

    pause: Pause
    due_on: date | None


def acknowledge(
    desk: Desk, pilot: Pilot, machine: str, person: str, *, rule: str = "", reason: str = "", by: str = OPERATOR
) -> list[Paused]:
    """The person knows: no more reminders of this deadline, until it changes. Without ``rule``: of the machine's all.

    ``by`` is who records it, the person or the operator. Raises BadInput: ``deadline_unknown``,
    ``deadline_not_open``, ``deadline_acknowledged``, ``person_without_role``, ``reason_invalid``;
    UnknownMachine, UnknownPerson; AccessRefused for an auditor.
    """
    return _Pausing(desk, pilot, machine, rule, person, reason, by).record("acknowledgement")


def snooze(
    desk: Desk, pilot: Pilot, machine: str, person: str, until: date, reason: str, *, rule: str = "", by: str = OPERATOR
) -> list[Paused]:
    """The person is reminded again on ``until`` and not before; the reason is kept as a commitment.

    Raises BadInput as ``acknowledge`` does, and ``snooze_day`` (not after today), ``snooze_too_long`` (facts:
    maximum), ``snooze_too_often`` (facts: maximum), ``reason_missing``.
    """
    if not reason.strip():
        raise BadInput("reason_missing", machine=machine)
    return _Pausing(desk, pilot, machine, rule, person, reason, by).record("snooze", until)


class _Pausing:
    def __init__(self, desk: Desk, pilot: Pilot, machine: str, rule: str, person: str, reason: str, by: str) -> None:
        self.desk = desk
        self.pilot = pilot
        self.machine = machine
        self.rule = rule
        self.name = person
        self.reason = " ".join(reason.split())
        self.by = by
        if len(self.reason) > REASON_MAX:
            raise BadInput("reason_invalid", maximum=REASON_MAX)

    def record(self, kind: Literal["acknowledgement", "snooze"], until: date | None = None) -> list[Paused]:
        done = []
        with self.desk.database.transition(self.pilot.id) as work:
            recorded_at = instant_after(work.head, self.desk.clock.now())
            programme = self.desk.programme(self.pilot.definition)
            today = local_day(recorded_at, programme.timezone)
            person, by = self.known(work, self.name), OPERATOR if self.by == OPERATOR else self.known(work, self.by).id
            for acting in {person.id, by}:
                scope.refuse_auditor(work.connection, acting, programme.id, today, self.name)
            self.told_of_anything(work, person, today)
            rows = self.chosen(work)
            if kind == "acknowledgement":
                rows = self.not_acknowledged(work, rows, person)
            for row in rows:
                # Before the pauses are read by a tick or written by us, so that one of the two comes first.
                obligations.lock(work.connection, row.pilot_id, row.machine, row.rule)
                if until is not None:
                    self.limits(work, row, person, until, today)
                pause = self.append(work, row, person.id, by, kind, recorded_at, today, until)
                obligations.withdraw_from(work.connection, row, kind, person.id)
                if until is not None:
                    obligations.wake(work.connection, row.pilot_id, row.machine, row.rule, until)
                done.append(Paused(pause, row.due_on))
            work.commit()
        return done

    def known(self, work: PilotWork, name: str) -> Person:
        person = repositories.find_person(work.connection, name)
        if person is None:
            raise UnknownPerson(person=name, known=())
        return person

    def chosen(self, work: PilotWork) -> list[Obligation]:
        programme = self.desk.programme(self.pilot.definition)
        machines = roster(programme, self.pilot.start, self.pilot.end)
        if self.machine not in machines:
            raise UnknownMachine(machine=self.machine, known=tuple(machines), pilot=self.pilot.municipality)
        rows = obligations.obligations(work.connection, self.pilot.id, [self.machine])
        named = [row for row in rows if self.rule in ("", row.rule)]
        if not named:
            known = tuple(rule.id for rule in machines[self.machine].workflow.deadlines)
            raise BadInput("deadline_unknown", machine=self.machine, rule=self.rule, known=known)
        found = [row for row in named if row.status == "open"]
        if not found:
            raise BadInput("deadline_not_open", machine=self.machine, rule=named[0].rule, status=named[0].status)
        return found

    def told_of_anything(self, work: PilotWork, person: Person, today: date) -> None:
        """Only who holds a role in the pilot, or stands in for somebody, is reminded of anything in it."""
        held = any(m.person == person.id and m.holds_on(today) for m in work.memberships())
        named = circle.deputies(work.connection, [self.pilot.id]).get(self.pilot.id, [])
        if not held and not any(d.deputy == person.id and d.holds_on(today) for d in named):
            raise BadInput("person_without_role", person=person.name, pilot=self.pilot.municipality)

    def not_acknowledged(self, work: PilotWork, rows: list[Obligation], person: Person) -> list[Obligation]:
        """Without the deadlines that the person has acknowledged as they are now. Raises if there is none left."""
        pauses = circle.pauses(work.connection, [self.pilot.id])
        left = [
            row
            for row in rows
            if not any(
                p.person == person.id and p.kind == "acknowledgement" and p.seq > row.since_seq
                for p in pauses.get((self.pilot.id, row.machine, row.rule), ())
            )
        ]
        if not left:
            raise BadInput("deadline_acknowledged", machine=self.machine, person=person.name)
        return left

    def limits(self, work: PilotWork, row: Obligation, person: Person, until: date, today: date) -> None:
        policy = self.policy(work)
        if until <= today:
            raise BadInput("snooze_day", until=until, today=today)
        if until > today + timedelta(days=policy.snooze_days_max):
            raise BadInput("snooze_too_long", until=until, maximum=policy.snooze_days_max)
        pauses = circle.pauses(work.connection, [self.pilot.id]).get((self.pilot.id, row.machine, row.rule), [])
        earlier = [p for p in pauses if p.person == person.id and p.kind == "snooze" and p.seq > row.since_seq]
        if len(earlier) >= policy.snoozes_max:
            raise BadInput("snooze_too_often", machine=row.machine, rule=row.rule, maximum=policy.snoozes_max)

    def policy(self, work: PilotWork) -> ReminderPolicy:
        own = circle.policies(work.connection, [self.pilot.id]).get(self.pilot.id)
        return own or self.desk.programme(self.pilot.definition).reminders

    def append(
        self,
        work: PilotWork,
        row: Obligation,
        person: str,
        by: str,
        kind: Literal["acknowledgement", "snooze"],
        recorded_at: datetime,
        today: date,
        until: date | None,
    ) -> Pause:
        evidence = [(REASON, new_salt(), canonical(self.reason))] if self.reason else []
        entry = Entry(
            log=work.id,
            seq=work.head.seq + 1,
            prev=work.head.hash.hex(),
            kind=kind,
            recorded_at=recorded_at,
            actor=by,
            machine=row.machine,
            trigger=row.rule,
            evidence={name: commitment(name, salt, value) for name, salt, value in evidence},
            person=person,
            until=until,
        )
        work.append(seal(entry), evidence=evidence)
        pause = Pause(person, row.machine, row.rule, kind, entry.seq, today, until)
        circle.add_pause(work.connection, work.id, pause)
        return pause
