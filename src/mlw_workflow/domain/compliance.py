"""The four verdicts on a machine, a pilot and a day: satisfied, on course, at risk, violated.

Derived from the deadlines, the plan of what is still to be done and the standing as of that day; decision 23 says how.
As long as nothing is recorded, a verdict only ever gets worse from one day to the next, and what is at risk becomes
violated on the day after ``until``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from mlw_workflow.domain.deadline import deadlines_of
from mlw_workflow.domain.definition import DONE
from mlw_workflow.domain.forecast import ahead, ends

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import date

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.deadline import Deadline
    from mlw_workflow.domain.forecast import Ahead, Node
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


def compliance(
    standing: Standing, calendar: WorkCalendar, day: date, evidence_day: Callable[[str, Step, str], date | None]
) -> Compliance:
    """Judge every machine on a day; ``standing`` is what had happened by its end.

    ``evidence_day`` as for ``deadline.deadlines``.
    """
    due = {
        name: list(deadlines_of(standing, instance, calendar, evidence_day))
        for name, instance in standing.instances.items()
    }
    # A recurring machine is planned as far as its deadlines go, one without any until it is done.
    targets = [
        (name, state)
        for name, instance in standing.instances.items()
        if instance.period is not None and not _done(standing, instance)
        for state in ([d.rule.reaches[0] for d in due[name] if _open(d)] if due[name] else ends(instance.workflow)[:1])
    ]
    judge = _Judge(standing, calendar, day, ahead(standing, calendar, day, targets))
    return Compliance(day, tuple(judge.machine(i, due[name]) for name, i in standing.instances.items()))


def _done(standing: Standing, instance: Instance) -> bool:
    state = instance.workflow.state[standing.position(instance.id).state]
    return state.done or state.final


def _open(deadline: Deadline) -> bool:
    return deadline.status == "open" and deadline.due_on is not None


class _Judge:
    def __init__(self, standing: Standing, calendar: WorkCalendar, day: date, plan: Mapping[Node, Ahead]) -> None:
        self.standing = standing
        self.calendar = calendar
        self.day = day
        self.plan = plan
        self.end = standing.pilot.end
        self.of_machine: dict[str, list[Node]] = {}
        for node in plan:
            self.of_machine.setdefault(node[0], []).append(node)

    def machine(self, instance: Instance, deadlines: list[Deadline]) -> Judged:
        """The verdict on one machine."""
        open_ = [deadline for deadline in deadlines if _open(deadline)]
        done = _done(self.standing, instance)
        if done and not open_:
            return Judged(instance.id, "satisfied", None, tuple(self._satisfied(instance, deadlines)))
        beside = tuple(self._beside(instance, deadlines))
        bounds = [bound for deadline in open_ for bound in self._bounds(instance, deadline)]
        if not done:
            bounds += self._bounds(instance, None)
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
        entered = position.entered
        day = entered.occurred_on if entered else None
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

    def _bounds(self, instance: Instance, deadline: Deadline | None) -> list[_Bound]:
        """The days by which the steps to a deadline's states (None: until the machine is done) must be taken."""
        states: Collection[str] = ends(instance.workflow) if deadline is None else deadline.rule.reaches
        if DONE in states:
            states = (*states, *instance.workflow.done_states)
        nodes = [node for node in self.of_machine.get(instance.id, ()) if node[2] in states]
        target = min(nodes, key=lambda node: (len(self._way_to(node)), node), default=None)
        due = deadline.due_on if deadline is not None else None
        rule = deadline.rule.id if deadline is not None else ""
        if target is None:
            if due is not None:  # no way is known: whatever can be done must be done by then
                return [_Bound(due, 0, self.day, instance.id, "", rule, "")]
            recurring = instance.period is not None and bool(instance.workflow.deadlines)
            return [] if recurring else [_Bound(self.end, 0, self.day, instance.id, "", "", "", lost=True)]
        found = [self._bound(node, self.end, instance.id, "") for node in self._way_to(target) if self._in_span(node)]
        if due is not None:
            found.append(self._bound(target, due, instance.id, rule))
        return found

    def _bound(self, node: Node, last: date, machine: str, rule: str) -> _Bound:
        step = self.plan[node]
        slack = self.calendar.working_days_between(step.finish, last)
        other = "" if step.machine == machine else step.machine
        return _Bound(last, slack, step.lawful, machine, other, rule, step.rule.trigger)

    def _in_span(self, node: Node) -> bool:
        return "after" not in self.plan[node].rule.outside_span

    def _way_to(self, target: Node) -> set[Node]:
        """The step and all that it waits for."""
        found, left = {target}, [target]
        while left:
            for node in self.plan[left.pop()].needs:
                if node not in found:
                    found.add(node)
                    left.append(node)
        return found

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
            yield bound.ground(
                ("missed" if bound.rule and self.day > bound.last else "out_of_reach") if broken else "tight"
            )


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
