"""Notices as the lines of a mail: titles, days and people in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mlw_workflow.domain.no_return import RULE, pressing
from mlw_workflow.notifications.values import DigestLine, DigestPart, LastChance, Why
from mlw_workflow.notifications.words import of_period
from mlw_workflow.services.deadlines import rule_of
from mlw_workflow.storage import circle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.forecast import Forecast, Planned
    from mlw_workflow.domain.ledger import Membership
    from mlw_workflow.domain.no_return import Pressing
    from mlw_workflow.domain.obligation import ReminderPolicy
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.notifications.values import Language
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.mailroom import Mailroom
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.obligations import Notice
    from mlw_workflow.storage.repositories import Person


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the mail, and on which local day."""

    person: Person
    language: Language
    today: date


class Writer:
    """Writes the lines of many mails of one run; what several of them need is read once."""

    def __init__(
        self,
        desk: Desk,
        connection: Connection,
        mailroom: Mailroom,
        notices: Iterable[Notice],
        forecasts: Mapping[str, Forecast],
    ) -> None:
        """``notices`` are all that will be written about; ``forecasts`` those of their pilots, where there are any."""
        self.desk = desk
        self.mailroom = mailroom
        given = list(notices)
        ids = list(dict.fromkeys(notice.pilot_id for notice in given))
        desk.pilots.update(circle.pilots(connection, [pilot_id for pilot_id in ids if pilot_id not in desk.pilots]))
        self.memberships: dict[str, list[Membership]] = circle.memberships(connection, ids)
        people = {notice.recipient for notice in given} | {notice.reason.deputy_for for notice in given}
        people |= {m.person for held in self.memberships.values() for m in held}
        self.people: dict[str, Person] = circle.people(connection, [person for person in people if person])
        self.forecasts = forecasts
        self.own = circle.policies(connection, ids)

    def policy(self, notice: Notice) -> ReminderPolicy:
        """How the notice's pilot is reminded."""
        own = self.own.get(notice.pilot_id)
        return own or self.desk.programme(self.desk.pilots[notice.pilot_id].definition).reminders

    def timezone(self, notice: Notice) -> str:
        """Where the notice's pilot is."""
        return self.desk.programme(self.desk.pilots[notice.pilot_id].definition).timezone

    def pressing(self, notice: Notice) -> Pressing | None:
        """What a warning of the point of no return speaks of; None when it holds no more."""
        found = pressing(self.forecasts[notice.pilot_id], self.policy(notice))
        same = found is not None and (found.step.machine, found.step.latest_start) == (notice.machine, notice.due_on)
        return found if same else None

    def reader(self, person_id: str, today: date) -> Reader | None:
        """The recipient of a mail; None when the person is not known any more."""
        person = self.people.get(person_id)
        if person is None:
            return None
        return Reader(person, "en" if person.language == "en" else "pl", today)

    def parts(self, reader: Reader, notices: Iterable[Notice]) -> tuple[DigestPart, ...]:
        """What a mail says, by municipality in the order of their names."""
        by_pilot: dict[str, list[Notice]] = {}
        for notice in notices:
            by_pilot.setdefault(notice.pilot_id, []).append(notice)
        pilots = sorted((self.desk.pilots[pilot_id] for pilot_id in by_pilot), key=lambda pilot: pilot.municipality)
        return tuple(
            DigestPart(
                pilot.municipality,
                tuple(self.line(reader, pilot, notice) for notice in by_pilot[pilot.id] if notice.rule != RULE),
                tuple(self.last_chance(reader, pilot, notice) for notice in by_pilot[pilot.id] if notice.rule == RULE),
            )
            for pilot in pilots
        )

    def line(self, reader: Reader, pilot: Pilot, notice: Notice) -> DigestLine:
        """One deadline, as this person is told of it."""
        programme = self.desk.programme(pilot.definition)
        calendar = self.desk.calendar(pilot.voivodeship)
        rule = rule_of(programme, notice.machine, notice.rule)
        assert rule is not None, "a notice of a deadline that its definition does not have"
        language, today, due_on = reader.language, reader.today, notice.due_on
        absent = self.people.get(notice.reason.deputy_for)
        in_place_of = notice.reason.in_place_of
        name = reader.person.email or reader.person.id
        later = calendar.working_days_from(today, 3)
        return DigestLine(
            "" if self.mailroom.panel else notice.machine,
            machine_title(programme, notice.machine, language),
            rule.title[language],
            due_on,
            Why(
                role_title(programme, notice.role, language),
                "" if not notice.reason.deputy_for else absent.name if absent else notice.reason.deputy_for,
                role_title(programme, in_place_of, language) if in_place_of else "",
            ),
            0 if due_on is None else calendar.working_days_between(today, due_on),
            rule.basis,
            rule.basis_note[language],
            notice.reason.missed,
            (calendar.school_holiday(due_on) or "") if due_on is not None else "",
            self.mailroom.acknowledge(pilot, notice.machine, name),
            self.mailroom.snooze(pilot, notice.machine, name, max(later, today + timedelta(days=1))),
            notice.reason.moved_from,
        )

    def last_chance(self, reader: Reader, pilot: Pilot, notice: Notice) -> LastChance:
        """A step that can hardly wait: what has to be done, what depends on it, and who can do it."""
        programme = self.desk.programme(pilot.definition)
        of = self.pressing(notice)
        assert of is not None, "a warning of a step that does not press any more was taken back"
        step, after = of.step, of.after
        found = self.forecasts[pilot.id]
        language = reader.language
        goal = found.critical_path[-1]
        held = self.memberships.get(pilot.id, [])
        who = [
            self.people[person].name if person in self.people else person
            for role in step.roles
            for person in circle.holding(held, role, reader.today)
        ]
        return LastChance(
            "" if self.mailroom.panel else step.machine,
            machine_title(programme, step.machine, language),
            step_title(programme, step, language),
            step.latest_start,
            step.slack,
            machine_title(programme, goal.machine, language),
            goal.latest_finish,
            tuple(step_title(programme, other, language) for other in after),
            tuple(dict.fromkeys(who)),
        )


def machine_title(programme: Programme, machine: str, language: Language) -> str:
    """A machine's title; of a recurring one with its period."""
    name, _, key = machine.partition("/")
    workflow = programme.workflow.get(name)
    return machine if workflow is None else of_period(workflow.title[language], key, language)


def role_title(programme: Programme, role: str, language: str) -> str:
    """A role's title."""
    known = programme.role.get(role)
    return role if known is None else known.title[language]


def step_title(programme: Programme, step: Planned, language: str) -> str:
    """What has to be done."""
    workflow = programme.workflow[step.machine.partition("/")[0]]
    return next((rule.title[language] for rule in workflow.rules_of(step.trigger)), step.trigger)
