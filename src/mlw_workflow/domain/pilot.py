"""One pilot: its span, the machines it runs, and where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from mlw_workflow.domain.definition import DONE, Effect, Need, Programme, Series, Workflow
from mlw_workflow.domain.recurrence import within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """A span of local days, both ends included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Instance:
    """A machine of a pilot: a workflow, and for a recurring one the period it reports on."""

    id: str
    workflow: Workflow
    period: Period | None = None


def periods(series: Series, start: date, end: date) -> tuple[tuple[str, Period], ...]:
    """The periods of a series within a span, each with its key, in order.

    Periods are whole calendar months counted from the month of ``start``; the first begins no earlier than
    ``start`` and the last ends no later than ``end``. With a rule each ends on one of its days, and what is left
    after the last belongs to none.
    """
    if series.rule is not None:
        return tuple(_ruled(series, start, end))
    found: list[tuple[str, Period]] = []
    month: date | None = date(start.year, start.month, 1)
    number = 0
    while month is not None and month <= end:
        number += 1
        after = _add_months(month, series.months)
        last_day = after - timedelta(days=1) if after else date.max
        if last_day <= end or not series.whole:
            key = f"{month:%Y-%m}" if series.key == "month" else str(number)
            found.append((key, Period(max(month, start), min(last_day, end))))
        month = after
    return tuple(found)


def _ruled(series: Series, start: date, end: date) -> Iterator[tuple[str, Period]]:
    begin = start
    assert series.rule is not None
    for number, occurrence in enumerate(within(series.rule, start, end, series.starts), start=1):
        yield (
            str(number) if series.key == "number" else occurrence.day.isoformat(),
            Period(begin, occurrence.day),
        )
        begin = min(occurrence.day, date.max - timedelta(days=1)) + timedelta(days=1)


def _add_months(first_of_month: date, months: int) -> date | None:
    """None beyond the last month that a calendar has."""
    index = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1) if index // 12 <= date.max.year else None


@dataclass(frozen=True, slots=True)
class Step:
    """A transition that took place and has not been corrected."""

    seq: int
    trigger: str
    from_state: str
    to_state: str
    effect: Effect
    occurred_on: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Trail:
    """The states a machine has reached and not given back, each with the step that reached it."""

    reached: tuple[tuple[str, Step | None], ...]
    """From the initial state (reached by no step) to the present one."""
    suspended: bool = False
    waived_by: Step | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where one machine stands: its steps, oldest first; they never go back in time."""

    machine: str
    initial: str
    steps: tuple[Step, ...] = ()

    @property
    def state(self) -> str:
        """The present state."""
        return self.steps[-1].to_state if self.steps else self.initial

    @property
    def last(self) -> Step | None:
        """The step that led to the present state."""
        return self.steps[-1] if self.steps else None

    @property
    def entered(self) -> Step | None:
        """The step since which the machine is in its present state; steps that stay in the state do not count."""
        entered = None
        for step in reversed(self.steps):
            if step.to_state != self.steps[-1].to_state:
                break
            entered = step
            if step.from_state != step.to_state:
                break
        return entered

    @property
    def arrived(self) -> Step | None:
        """The step that brought the machine to its present state, as people count: a suspension that was resumed since
        does not count; a return does. None: it is in its initial state since it began.
        """
        entered, steps = self.entered, self.steps
        while entered is not None and entered.effect == "resume":
            paused = next((at for at in reversed(range(steps.index(entered))) if steps[at].effect == "suspend"), None)
            if paused is None or steps[paused].from_state != entered.to_state:
                break  # it went on elsewhere than it had left
            steps = steps[:paused]
            entered = Position(self.machine, self.initial, steps).entered
        return entered

    def by(self, day: date, before_seq: int | None = None) -> Position:
        """The position at the end of ``day``; with ``before_seq``, as it was when that entry was decided.

        Events of the same day count in the order in which they were recorded.
        """
        kept = tuple(
            step
            for step in self.steps
            if step.occurred_on < day or (step.occurred_on == day and (before_seq is None or step.seq < before_seq))
        )
        return self if len(kept) == len(self.steps) else Position(self.machine, self.initial, kept)

    def trail(self) -> Trail:
        """Fold the steps: a return gives states back, a suspension keeps them, a waiver reaches all."""
        reached: list[tuple[str, Step | None]] = [(self.initial, None)]
        suspended, waived_by = False, None
        for step in self.steps:
            suspended = False
            match step.effect:
                case "advance":
                    reached.append((step.to_state, step))
                case "return":
                    waived_by = None
                    before = [state for state, _ in reached]
                    if step.to_state in before:
                        del reached[before.index(step.to_state) + 1 :]
                    else:  # back to a stage the machine had not been through
                        reached[1:] = [(step.to_state, step)]
                case "suspend":
                    suspended = True
                case "waive":
                    waived_by = step
                case "resume" | "correct":
                    pass
        return Trail(tuple(reached), suspended, waived_by)

    def left(self) -> str:
        """The state a suspended machine left, to which it will resume."""
        return next((step.from_state for step in reversed(self.steps) if step.effect == "suspend"), self.state)

    def reached(self, state: str, workflow: Workflow) -> Step | None:
        """The step by which ``state`` was reached (and still is), or None.

        ``$done`` asks for any state that counts as done. A waived machine has reached every state. The initial
        state is reached by no step and can be asked for by nobody.
        """
        trail = self.trail()
        if trail.waived_by is not None:
            return trail.waived_by
        for reached, step in trail.reached:
            if step is not None and (reached == state or (state == DONE and reached in workflow.done_states)):
                return step
        return None


@dataclass(frozen=True, slots=True)
class Pilot:
    """One municipality's run of a programme."""

    id: str
    code: str
    municipality: str
    programme: str
    definition: str
    """The content hash of the definition it was opened with, ``sha256:…``; it never changes."""
    start: date
    end: date
    voivodeship: str = ""


@dataclass(frozen=True, eq=False)
class Standing:
    """Everything a decision looks at: the pilot, its programme, and the position of every machine."""

    pilot: Pilot
    programme: Programme
    moved: Mapping[str, Position]
    """Positions of the machines that have taken a step; the others stand in their initial state."""

    @cached_property
    def instances(self) -> Mapping[str, Instance]:
        """The pilot's machines by id, in the order of the definition."""
        return roster(self.programme, self.pilot.start, self.pilot.end)

    @cached_property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        """For each recurring workflow the ids of its instances, in order."""
        found: dict[str, list[str]] = {w.id: [] for w in self.programme.workflows if w.series}
        for instance in self.instances.values():
            if instance.period is not None:
                found[instance.workflow.id].append(instance.id)
        return {key: tuple(ids) for key, ids in found.items()}

    def position(self, machine: str) -> Position:
        """Where a machine of this pilot stands. Raises KeyError for a machine the pilot does not have."""
        found = self.moved.get(machine)
        return found if found is not None else Position(machine, self.instances[machine].workflow.initial)

    def with_position(self, position: Position) -> Standing:
        """The same standing with one machine elsewhere."""
        return Standing(self.pilot, self.programme, {**self.moved, position.machine: position})

    def expand(self, need: Need) -> Need:
        """The need with every series replaced by its instances in this pilot."""
        if need.of:
            return Need(at_least=need.at_least, of=tuple(self.expand(member) for member in need.of))
        if not need.every:
            return need
        leaves = tuple(Need(machine=machine, state=need.state) for machine in self.members[need.machine])
        return Need(at_least=need.at_least or len(leaves), of=leaves)


_ROSTERS: dict[tuple[int, date, date], tuple[Programme, Mapping[str, Instance]]] = {}
_ROSTERS_MAX = 256


def roster(programme: Programme, start: date, end: date) -> Mapping[str, Instance]:
    """The machines of a pilot with this span, by id; computed once for each programme and span."""
    key = (id(programme), start, end)
    cached = _ROSTERS.get(key)
    if cached is not None and cached[0] is programme:
        return cached[1]
    found: dict[str, Instance] = {}
    for workflow in programme.workflows:
        if workflow.series is None:
            found[workflow.id] = Instance(workflow.id, workflow)
        else:
            for name, period in periods(workflow.series, start, end):
                found[f"{workflow.id}/{name}"] = Instance(f"{workflow.id}/{name}", workflow, period)
    if len(_ROSTERS) >= _ROSTERS_MAX:
        _ROSTERS.clear()
    _ROSTERS[key] = (programme, found)
    return found
