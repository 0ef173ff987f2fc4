"""The four verdicts on a machine, a pilot and a day: satisfied, on course, at risk, violated.

Derived from the deadlines, the plan of what is still to be done and the standing as of that day; decision 23 says how.
As long as nothing is recorded, a verdict only ever gets worse from one day to the next, and what is at risk becomes
violated on the day after ``until``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from mlw_workflow.domain.deadline import deadlines_of
from mlw_workflow.domain.definition import DONE
from mlw_workflow.domain.forecast import ends, way_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.deadline import Deadline
    from mlw_workflow.domain.forecast import Node, Way
    from mlw_workflow.domain.pilot import Instance, Standing, Step

Verdict = Literal["satisfied", "on_course", "at_risk", "violated"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""From the best to the worst."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that a verdict rests on. Facts, not wording."""

    code: str
    """``done``, ``accepted``, ``waived``, ``done_late``; ``missed``, ``out_of_reach``; ``tight``; ``in_time``,
    ``nothing_due``; beside them ``suspended``, ``returned``, ``no_date``."""
    machine: str = ""
    """The machine whose step it hangs on, where that is another one."""
    rule: str = ""
    """The deadline."""
    day: date | None = None
    trigger: str = ""
    slack: int = 0
    """Working days that the tightest step can still slip."""
    begin_on: date | None = None
    """Of ``tight``: the last day on which beginning would do at the usual pace; it may have passed."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on one machine, with all it rests on."""

    machine: str
    verdict: Verdict
    until: date | None
    """Of what is at risk: the last day on which it can still be met."""
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Compliance:
    """The verdicts on a pilot's machines, and the pilot's own: the worst of them."""

    day: date
    machines: tuple[Judged, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of the machines' verdicts."""
        return max((judged.verdict for judged in self.machines), key=VERDICTS.index, default="satisfied")

    @property
    def until(self) -> date | None:
        """When the first machine that is at risk becomes violated; None unless the pilot is at risk."""
        if self.verdict != "at_risk":
            return None
        return min(judged.until for judged in self.machines if judged.until is not None)


class Ways:
    """The ways that lie ahead of a standing, each looked for when it is first asked for; the same on any day."""

    def __init__(self, standing: Standing) -> None:
        """Nothing is looked for yet."""
        self.standing = standing
        self._found: dict[tuple[str, tuple[str, ...]], Way | None] = {}

    def to(self, machine: str, states: tuple[str, ...]) -> Way | None:
        """The way to the first of these states that can be reached."""
        key = (machine, states)
        if key not in self._found:
            self._found[key] = way_to(self.standing, machine, states)
        return self._found[key]


def compliance(
    standing: Standing,
    calendar: WorkCalendar,
    day: date,
    evidence_day: Callable[[str, Step, str], date | None],
    ways: Ways | None = None,
) -> Compliance:
    """Judge every machine on a day; ``standing`` is what had happened by its end.

    ``evidence_day`` as for ``deadline.deadlines``. ``ways`` saves looking for them again where only the day is another.
    """
    judge = _Judge(standing, calendar, day, ways or Ways(standing))
    return Compliance(
        day,
        tuple(
            judge.machine(instance, list(deadlines_of(standing, instance, calendar, evidence_day)))
            for instance in standing.instances.values()
        ),
    )


def _done(standing: Standing, instance: Instance) -> bool:
    state = instance.workflow.state[standing.position(instance.id).state]
    return state.done or state.final


def _open(deadline: Deadline) -> bool:
    return deadline.status == "open" and deadline.due_on is not None


class _Judge:
    def __init__(self, standing: Standing, calendar: WorkCalendar, day: date, ways: Ways) -> None:
        self.standing = standing
        self.calendar = calendar
        self.day = day
        self.ways = ways
        self.end = standing.pilot.end

    def machine(self, instance: Instance, deadlines: list[Deadline]) -> Judged:
        """The verdict on one machine."""
        open_ = [deadline for deadline in deadlines if _open(deadline)]
        done = _done(self.standing, instance)
        if done and not open_:
            return Judged(instance.id, "satisfied", None, tuple(self._satisfied(instance, deadlines)))
        beside = tuple(self._beside(instance, deadlines))
        bounds = [bound for deadline in open_ for bound in self._by_deadline(instance, deadline)]
        if not done:
            bounds += self._by_the_end(instance, open_)
        broken = [bound for bound in bounds if bound.broken(self.day)]
        if broken:
            return Judged(instance.id, "violated", None, (*self._grounds(broken), *beside))
        tight = [bound for bound in bounds if bound.slack <= 0]
        if tight:
            until = min(bound.last for bound in bounds)
            return Judged(instance.id, "at_risk", until, (*self._grounds(tight), *beside))
        if bounds:
            least = min(bounds, key=lambda bound: (bound.slack, not bound.rule))
            return Judged(instance.id, "on_course", None, (least.ground("in_time"), *beside))
        return Judged(instance.id, "on_course", None, (Ground("nothing_due"), *beside))

    def _satisfied(self, instance: Instance, deadlines: list[Deadline]) -> Iterator[Ground]:
        position = self.standing.position(instance.id)
        arrived = position.arrived
        day = arrived.occurred_on if arrived else None
        if position.trail().waived_by is not None:
            yield Ground("waived", day=day)
            return
        state = instance.workflow.state[position.state]
        yield Ground("accepted" if state.final and not state.done else "done", day=day)
        for deadline in deadlines:
            if deadline.due_on and deadline.satisfied_on and deadline.satisfied_on > deadline.due_on:
                yield Ground("done_late", rule=deadline.rule.id, day=deadline.due_on)

    def _beside(self, instance: Instance, deadlines: list[Deadline]) -> Iterator[Ground]:
        position = self.standing.position(instance.id)
        last = position.last
        if position.trail().suspended and last is not None:
            yield Ground("suspended", day=last.occurred_on)
        if last is not None and last.effect == "return":
            yield Ground("returned", day=last.occurred_on)
        for deadline in deadlines:
            if deadline.status == "open" and deadline.due_on is None:
                yield Ground("no_date", rule=deadline.rule.id)

    def _by_deadline(self, instance: Instance, deadline: Deadline) -> list[_Bound]:
        """The days by which the steps to a deadline's states must be taken."""
        due, rule = deadline.due_on, deadline.rule.id
        assert due is not None
        way = self.ways.to(instance.id, deadline.rule.reaches)
        if way is None:  # no way is known: whatever can be done must be done by then
            return [_Bound(due, 0, self.day, instance.id, "", rule, "")]
        finish = way.finish(self.calendar, self.day)
        return [*self._in_span(way, finish, instance), self._bound(way, finish, way.target, due, instance, rule)]

    def _by_the_end(self, instance: Instance, open_: list[Deadline]) -> list[_Bound]:
        """The days by which the steps to the machine's end must be taken; a report's deadlines say enough of it."""
        if instance.period is not None and instance.workflow.deadlines:
            return []
        if self.standing.position(instance.id).reached(DONE, instance.workflow) is not None:
            return []
        known = [self.ways.to(instance.id, d.rule.reaches) for d in open_]
        if any(way is not None and way.target[2] in instance.workflow.done_states for way in known):
            return []  # the deadline's own way leads to the end
        way = self.ways.to(instance.id, ends(instance.workflow))
        if way is None:
            return [_Bound(self.end, 0, self.day, instance.id, "", "", "", lost=True)]
        return list(self._in_span(way, way.finish(self.calendar, self.day), instance))

    def _in_span(self, way: Way, finish: Mapping[Node, date], instance: Instance) -> Iterator[_Bound]:
        """The steps of a way that must lie within the pilot's span."""
        for node, step in way.steps.items():
            if "after" not in step.rule.outside_span:
                yield self._bound(way, finish, node, self.end, instance, "")

    def _bound(
        self, way: Way, finish: Mapping[Node, date], node: Node, last: date, instance: Instance, rule: str
    ) -> _Bound:
        slack = self.calendar.working_days_between(finish[node], last)
        other = "" if node[0] == instance.id else node[0]
        return _Bound(last, slack, way.steps[node].lawful, instance.id, other, rule, node[1])

    def _grounds(self, bounds: Iterable[_Bound]) -> Iterator[Ground]:
        """One ground for each deadline, and for each machine on which it hangs the one that leaves the least."""
        told: dict[tuple[str, str], _Bound] = {}
        for bound in sorted(bounds, key=lambda b: (b.last, b.slack, not b.rule, b.machine, b.other, b.trigger)):
            told.setdefault((bound.rule, bound.other), bound)
        if any(bound.rule for bound in told.values()):  # the end of the span says nothing more than a deadline on it
            dues = {bound.last for bound in told.values() if bound.rule}
            told = {key: b for key, b in told.items() if b.rule or b.other or b.lost or b.last not in dues}
        for bound in told.values():
            broken = bound.broken(self.day)
            if broken:
                yield bound.ground("missed" if bound.rule and self.day > bound.last else "out_of_reach")
            else:
                begin_on = self.calendar.working_days_from(self.day, bound.slack)
                yield replace(bound.ground("tight"), begin_on=begin_on)


@dataclass(frozen=True, slots=True)
class _Bound:
    """A day by which a step must be taken, for a machine's sake."""

    last: date
    slack: int
    lawful: date
    machine: str
    other: str
    rule: str
    trigger: str
    lost: bool = False
    """There is no way at all."""

    def broken(self, day: date) -> bool:
        return self.lost or day > self.last or self.lawful > self.last

    def ground(self, code: str) -> Ground:
        return Ground(code, self.other, self.rule, self.last, self.trigger, self.slack)
