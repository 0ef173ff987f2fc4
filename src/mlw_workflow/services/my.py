"""What waits for one person in all their municipalities: steps, deadlines, what is logged as it happens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mlw_workflow.domain.reminder import ladder_of
from mlw_workflow.services.board import board, urgency
from mlw_workflow.services.deadlines import rule_of
from mlw_workflow.storage import circle, obligations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlw_workflow.domain.definition import Programme, Rule
    from mlw_workflow.domain.obligation import DeadlineRule, ReminderPolicy
    from mlw_workflow.domain.pause import Pause
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.board import Board, NextStep
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.viewer import Viewer
    from mlw_workflow.storage.obligations import Obligation


@dataclass(frozen=True, slots=True)
class MyStep:
    """A step that this person may take today."""

    pilot: Pilot
    machine: str
    rule: Rule
    due_on: date | None
    """By when its task is due next."""
    late: bool = False


@dataclass(frozen=True, slots=True)
class MyDeadline:
    """An open deadline that concerns this person, by a warning or because the next step is theirs."""

    pilot: Pilot
    machine: str
    rule: DeadlineRule
    due_on: date | None
    late: bool
    step: Rule | None
    """What they can do about it today."""
    acknowledged: bool
    """They know, and are not reminded until it changes."""
    snoozed_until: date | None
    snoozes_left: int
    snooze_days_max: int


@dataclass(frozen=True, slots=True)
class My:
    """Everything, in order."""

    today: date
    steps: tuple[MyStep, ...]
    """In the order of the board: by their day, the late ones first, then by what they free."""
    logs: tuple[MyStep, ...]
    """Steps that are taken again and again and gathered later: meetings."""
    deadlines: tuple[MyDeadline, ...]


def my(desk: Desk, viewer: Viewer) -> My:
    """What waits for somebody today, in a number of queries for each municipality, however much it is.

    Roles of a whole programme are left out: whoever holds one has a queue and not a list.
    """
    held = {pilot.id: (pilot, _local(desk, pilot, viewer.roles(pilot))) for pilot in viewer.pilots}
    today = max((desk.today(desk.programme(pilot.definition)) for pilot, _ in held.values()), default=date.min)
    held = {key: value for key, value in held.items() if value[1]}
    ids = list(held)
    with desk.database.read() as connection:
        due = obligations.open_among(connection, ids)
        pauses = circle.pauses(connection, ids)
        policies = circle.policies(connection, ids)
    ahead: list[tuple[NextStep, MyStep]] = []
    logs: list[MyStep] = []
    deadlines: list[MyDeadline] = []
    for pilot, roles in held.values():
        programme = desk.programme(pilot.definition)
        place = _Place(pilot, programme, roles, desk.today(programme), policies.get(pilot.id) or programme.reminders)
        open_here = [row for row in due if row.pilot_id == pilot.id]
        found, gathered = place.steps(board(desk, pilot, tuple(roles)))
        mine = [(item, place.step(item)) for item in found]
        ahead += mine
        logs += gathered
        deadlines += place.deadlines(open_here, [step for _, step in mine], pauses, viewer.person.id)
    order = {pilot.id: number for number, (pilot, _) in enumerate(held.values())}
    ahead.sort(key=lambda one: (urgency(one[0]), order[one[1].pilot.id]))
    deadlines.sort(key=lambda one: (one.due_on or date.max, order[one.pilot.id]))
    return My(today, tuple(step for _, step in ahead), tuple(logs), tuple(deadlines))


def _local(desk: Desk, pilot: Pilot, roles: tuple[str, ...]) -> frozenset[str]:
    known = desk.programme(pilot.definition).role
    return frozenset(role for role in roles if known[role].acts and known[role].scope == "pilot")


def collected(rule: Rule, others: Iterable[Rule]) -> bool:
    """Whether a step is taken again and again, and a later step gathers what was recorded by it."""
    return rule.from_state == rule.to_state and any(
        field.collects == rule.trigger for other in others for field in other.evidence
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """One municipality, as somebody with these roles sees it."""

    pilot: Pilot
    programme: Programme
    roles: frozenset[str]
    today: date
    policy: ReminderPolicy

    def steps(self, drawn: Board) -> tuple[list[NextStep], list[MyStep]]:
        """What can be done today, and what can be logged. What only repeats itself waits for nobody."""
        steps, logs = [], []
        for item in drawn.steps:
            rule = item.step.rule
            if not item.mine:
                continue
            if rule.from_state != rule.to_state:
                steps.append(item)
            elif collected(rule, drawn.standing.instances[item.step.machine].workflow.rules):
                logs.append(self.step(item))
        return steps, logs

    def step(self, item: NextStep) -> MyStep:
        """A step of the board as one of this person's."""
        late = item.due_on is not None and item.due_on < self.today
        return MyStep(self.pilot, item.step.machine, item.step.rule, item.due_on, late)

    def deadlines(
        self,
        due: Iterable[Obligation],
        steps: Iterable[MyStep],
        pauses: Mapping[tuple[str, str, str], list[Pause]],
        person: str,
    ) -> list[MyDeadline]:
        """The deadlines of which this person is told, or towards which the next step is theirs."""
        mine = {step.machine: step.rule for step in reversed(list(steps))}
        found = []
        for row in due:
            rule = rule_of(self.programme, row.machine, row.rule)
            if rule is None or not (row.machine in mine or self.told(rule)):
                continue
            own = [
                pause
                for pause in pauses.get((row.pilot_id, row.machine, row.rule), ())
                if pause.person == person and pause.seq > row.since_seq
            ]
            snoozes = [pause.until for pause in own if pause.until is not None]
            found.append(
                MyDeadline(
                    self.pilot,
                    row.machine,
                    rule,
                    row.due_on,
                    row.due_on is not None and row.due_on < self.today,
                    mine.get(row.machine),
                    any(pause.kind == "acknowledgement" for pause in own),
                    max((day for day in snoozes if day > self.today), default=None),
                    max(0, self.policy.snoozes_max - len(snoozes)),
                    self.policy.snooze_days_max,
                )
            )
        return found

    def told(self, rule: DeadlineRule) -> bool:
        """Whether a warning of this deadline goes to one of these roles."""
        ladder = ladder_of(self.policy, rule.ladder)
        return ladder is not None and any(self.roles & set(rung.to) for rung in (*ladder.rungs, *ladder.no_date))
