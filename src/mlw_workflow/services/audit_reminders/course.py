"""A pilot's log, read as what concerns reminders: which deadlines stood open from when to when, and who was around."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.replay import pilot_of
from mlw_workflow.domain.clock import local_day, zone
from mlw_workflow.domain.deadline import deadlines
from mlw_workflow.domain.ledger import Membership, advanced, step_of, taken_back
from mlw_workflow.domain.pause import deputies_of
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.storage import circle

if TYPE_CHECKING:
    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.definition import Programme, Workflow
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.obligation import ReminderPolicy
    from mlw_workflow.domain.pause import Deputy
    from mlw_workflow.domain.pilot import Step


@dataclass(slots=True)
class Episode:
    """A time during which a deadline stood open with one due day."""

    machine: str
    rule: str
    ladder: str
    due_on: date | None
    seq: int
    begins: datetime
    policy: ReminderPolicy
    ends: datetime | None = None
    goes_on: bool = False
    """The deadline stood open before, under another policy: the day of the change is nobody's fault."""


@dataclass(frozen=True, slots=True)
class Silence:
    """One person's acknowledgement (for good) or snooze (until a day) of a deadline."""

    person: str
    machine: str
    rule: str
    seq: int
    at: datetime
    until: date | None


@dataclass(frozen=True, slots=True)
class Stage:
    """How a pilot stood from an entry on."""

    seq: int
    begins: datetime
    standing: Standing
    policy: ReminderPolicy


class Course:
    """A pilot's log, read as what concerns reminders."""

    def __init__(
        self, programme: Programme, calendar: WorkCalendar, entries: list[Entry], values: dict[tuple[int, str], Any]
    ) -> None:
        self.programme = programme
        self.calendar = calendar
        self.values = values
        self.zone = zone(programme.timezone)
        self.pilot = pilot_of(entries[0])
        self.episodes: list[Episode] = []
        self.silences: list[Silence] = []
        self.stages: list[Stage] = []
        """How the pilot stood after each entry, in order."""
        self.instants: list[datetime] = []
        """When the people around the pilot changed, and below who they were from then on."""
        self.around: list[tuple[tuple[Membership, ...], tuple[Deputy, ...]]] = []
        self.read(entries)

    def read(self, entries: list[Entry]) -> None:
        standing = Standing(self.pilot, self.programme, {})
        policy = self.programme.reminders
        held: dict[tuple[str, str, date], Membership] = {}
        open_: dict[tuple[str, str], Episode] = {}
        for entry in entries:
            if entry.kind in ("opening", "transition", "correction"):
                standing = self.moved(standing, entry)
                self.compare(standing, policy, entry, open_)
            elif entry.kind == "policy":
                policy = circle.policy_of(entry.policy) if entry.policy else self.programme.reminders
                self.change(policy, entry, open_)
            elif entry.kind in ("acknowledgement", "snooze"):
                self.silences.append(
                    Silence(entry.person, entry.machine, entry.trigger, entry.seq, entry.recorded_at, entry.until)
                )
            elif entry.kind == "membership":
                assert entry.since is not None
                held[entry.person, entry.role, entry.since] = Membership(
                    entry.person, entry.role, entry.since, entry.until
                )
            self.stages.append(Stage(entry.seq, entry.recorded_at, standing, policy))
            if entry.kind in ("opening", "membership", "deputy"):
                self.instants.append(entry.recorded_at)
                self.around.append((tuple(held.values()), deputies_of(entries[: entry.seq])))

    def change(self, policy: ReminderPolicy, entry: Entry, open_: dict[tuple[str, str], Episode]) -> None:
        """The deadlines stay what they are; their warnings are counted by another policy from now on."""
        for key, before in open_.items():
            before.ends = entry.recorded_at
            open_[key] = replace(before, begins=entry.recorded_at, policy=policy, ends=None, goes_on=True)
            self.episodes.append(open_[key])

    def moved(self, standing: Standing, entry: Entry) -> Standing:
        if entry.kind == "opening":
            return standing
        position = standing.position(entry.machine)
        return standing.with_position(
            taken_back(position) if entry.kind == "correction" else advanced(position, step_of(entry))
        )

    def compare(
        self, standing: Standing, policy: ReminderPolicy, entry: Entry, open_: dict[tuple[str, str], Episode]
    ) -> None:
        seen = set()
        for deadline in deadlines(standing, self.calendar, self.day_in_evidence):
            key = (deadline.machine, deadline.rule.id)
            if deadline.status != "open":
                continue
            seen.add(key)
            if key in open_ and open_[key].due_on == deadline.due_on:
                continue
            if key in open_:
                open_.pop(key).ends = entry.recorded_at
            open_[key] = Episode(*key, deadline.rule.ladder, deadline.due_on, entry.seq, entry.recorded_at, policy)
            self.episodes.append(open_[key])
        for key in [key for key in open_ if key not in seen]:
            open_.pop(key).ends = entry.recorded_at

    def day_in_evidence(self, machine: str, step: Step, name: str) -> date | None:  # noqa: ARG002
        value = self.values.get((step.seq, name))
        return date.fromisoformat(value) if isinstance(value, str) else None

    def workflow(self, machine: str) -> Workflow:
        """What a machine of this pilot is defined to be."""
        return self.programme.workflow[machine.partition("/")[0]]

    def people(self, at: datetime) -> tuple[tuple[Membership, ...], tuple[Deputy, ...]]:
        """Who was known to hold what at an instant."""
        return self.around[bisect_right(self.instants, at) - 1]

    def day(self, at: datetime) -> date:
        """The local day of an instant."""
        return local_day(at, self.programme.timezone)

    def midnight(self, day: date, hour: int = 0) -> datetime:
        """The instant at which a local day, or an hour of it, begins."""
        return datetime.combine(day, time(hour), self.zone)
