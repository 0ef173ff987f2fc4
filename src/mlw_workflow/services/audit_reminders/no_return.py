"""What should have been told of the point of no return: on which mornings which step pressed, and whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mlw_workflow.domain.deadline import deadlines
from mlw_workflow.domain.forecast import forecast
from mlw_workflow.domain.no_return import RULE, Pressing, look_again, pressing, told_roles
from mlw_workflow.services.audit_reminders.course import Episode
from mlw_workflow.services.audit_reminders.expected import Due
from mlw_workflow.services.forecast import finish_by

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from mlw_workflow.domain.forecast import Forecast
    from mlw_workflow.services.audit_reminders.course import Course, Stage
    from mlw_workflow.services.audit_reminders.expected import Expected

Name = tuple[str, "date", str]
"""A warning: machine, the last day on which its step can begin, rung."""


class Mornings:
    """The local mornings of a course on which a step of the way to the goal pressed."""

    def __init__(self, course: Course, expected: Expected, until: datetime) -> None:
        self.course = course
        self.expected = expected
        self.until = until
        self.drawn: dict[tuple[int, date], Forecast] = {}

    def due(self, last: date) -> Iterator[Due]:
        """What became due up to a day."""
        told: set[tuple[Name, str]] = set()
        for number, stage in enumerate(self.course.stages):
            following = self.course.stages[number + 1 :]
            ends = min(following[0].begins if following else self.until, self.until)
            for morning, (at, day, of) in enumerate(self.pressing(stage, ends, last)):
                name = _name(of)
                gone = next((s.begins for s in following if self.passed(s, name)), None)
                episode = Episode(of.step.machine, RULE, "", name[1], stage.seq, at, stage.policy, gone)
                to = told_roles(of, stage.policy)
                people = self.expected.recipients(to, episode, at)
                if (
                    morning == 0
                ):  # it may have been looked at on the day of the entry: whoever was away then is not told
                    people &= self.expected.recipients(to, episode, stage.begins)
                for person in self.expected.everybody():
                    if person in people and (name, person) not in told:
                        told.add((name, person))
                        yield Due(episode, person, (of.rung,), to, at, day, urgent=False)

    def pressing(self, stage: Stage, ends: datetime, last: date) -> Iterator[tuple[datetime, date, Pressing]]:
        """The mornings of a stage on which there may be something new to tell."""
        calendar, policy = self.course.calendar, stage.policy
        day: date | None = self.course.day(stage.begins) + timedelta(days=1)
        while day is not None and day <= last and self.course.midnight(day) < ends:
            if calendar.why_off(day) is not None:
                day += timedelta(days=1)
                continue
            found = self.forecast(stage, day)
            of = pressing(found, policy)
            if of is not None:
                yield self.course.midnight(day), day, of
            day = look_again(found, policy, calendar, day)

    def passed(self, stage: Stage, name: Name) -> bool:
        """Whether another step pressed from a stage on, or none."""
        of = pressing(self.forecast(stage, self.course.day(stage.begins)), stage.policy)
        return of is None or _name(of)[:2] != name[:2]

    def may_be(self, machine: str, rung: str, due_on: date | None, at: datetime) -> bool:
        """Whether such a warning was right at an instant."""
        of = self.at(at)
        return of is not None and _name(of) == (machine, due_on, rung)

    def step(self, at: datetime) -> tuple[str, str] | None:
        """The step that pressed at an instant: machine and trigger."""
        of = self.at(at)
        return None if of is None else (of.step.machine, of.step.trigger)

    def at(self, at: datetime) -> Pressing | None:
        """What pressed at an instant."""
        stage = next((stage for stage in reversed(self.course.stages) if stage.begins <= at), None)
        return None if stage is None else pressing(self.forecast(stage, self.course.day(at)), stage.policy)

    def forecast(self, stage: Stage, day: date) -> Forecast:
        """The forecast from a day on, as things stood."""
        key = (stage.seq, day)
        if key not in self.drawn:
            open_ = finish_by(deadlines(stage.standing, self.course.calendar, self.course.day_in_evidence))
            goal = self.course.programme.reminders.goal
            self.drawn[key] = forecast(stage.standing, self.course.calendar, day, goal, open_)
        return self.drawn[key]


def _name(of: Pressing) -> Name:
    return of.step.machine, of.step.latest_start, of.rung
