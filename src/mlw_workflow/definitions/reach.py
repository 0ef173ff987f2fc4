"""The courses a programme can take, as far as its definition tells: which rules can ever be taken, and which together.

Prerequisites ask for "this state or beyond", so a forward step of one machine never takes away what another one waits
for. That makes what can happen a fixpoint: start from the initial states, take every rule whose needs are met, until
nothing is added. Where a machine branches the branches exclude each other, so the fixpoint is computed for each choice
of branches (each *selection*). Courses in which finished work is returned are left out: they add no new obstacle.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING

from mlw_workflow.definitions.courses import Course, Map
from mlw_workflow.domain.definition import DONE, Need

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mlw_workflow.domain.definition import Programme, Rule, Workflow

SELECTIONS_MAX = 512
"""Choices of a course for each branching machine that are looked at."""
WORK_MAX = 400_000
"""Rules looked at, over all selections."""

RuleId = tuple[str, int]
"""A machine, and the number of one of its rules."""


@dataclass(slots=True)
class Reach:
    """What can be reached in one selection."""

    fired: set[RuleId] = field(default_factory=set)
    present: set[tuple[str, str]] = field(default_factory=set)
    """(machine, state) in which the machine can stand."""
    marks: set[tuple[str, str]] = field(default_factory=set)
    """(machine, state) that a need finds reached: entered by a step forward."""
    waived: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Survey:
    """What can be reached in some of several selections."""

    rules: set[RuleId] = field(default_factory=set)
    present: set[tuple[str, str]] = field(default_factory=set)
    found: list[tuple[Mapping[str, Course], Reach]] = field(default_factory=list)


class Atlas:
    """A programme prepared for the search. Needs on machines in ``assumed``, which could not be read, count as met."""

    def __init__(self, programme: Programme, assumed: frozenset[str] = frozenset()) -> None:
        self.programme = programme
        read = [w for w in programme.workflows if w.id not in assumed]
        self.maps = {w.id: Map(_sensible(w, {w.id: w for w in read})) for w in read}
        self.size = sum(len(m.workflow.rules) for m in self.maps.values())
        self.spare = WORK_MAX
        """Rules that may still be looked at to confirm others; after that machines become loose."""
        self.named = {
            leaf.machine for m in self.maps.values() for rule in m.workflow.rules for leaf in rule.need_leaves()
        }
        self.waiting: dict[tuple[str, str], list[RuleId]] = {}
        """Rules by the states they need; under no state all that need the machine at all."""
        for name, m in self.maps.items():
            for index, rule in enumerate(m.workflow.rules):
                for key in {key for leaf in rule.need_leaves() for key in self._wakers(leaf)}:
                    self.waiting.setdefault(key, []).append((name, index))
        self.loose: list[str] = []
        """Machines whose branches are not told apart everywhere: there are too many of them."""
        self.branching = self._branching()

    def _wakers(self, leaf: Need) -> Iterator[tuple[str, str]]:
        """What may make a leaf hold: one of its states is reached, or the machine is waived."""
        machine = self.maps.get(leaf.machine)
        if machine is not None:
            yield leaf.machine, ""
            for state in machine.workflow.done_states if leaf.state == DONE else (leaf.state,):
                yield leaf.machine, state

    def _branching(self) -> dict[str, tuple[Course, ...]]:
        """Machines whose choice of a course can matter to others: some need names them."""
        some = {
            leaf.machine
            for m in self.maps.values()
            for rule in m.workflow.rules
            for leaf in rule.need_leaves()
            if leaf.every and leaf.at_least
        }  # "three of the reports" may be reports that took different branches
        found: dict[str, tuple[Course, ...]] = {}
        for name, machine in self.maps.items():
            if name not in self.named or name in some:
                continue
            courses = machine.courses
            if courses is None:
                self.loose.append(name)
            elif len(courses) > 1:
                found[name] = courses
        most = max(1, min(SELECTIONS_MAX, WORK_MAX // max(1, self.size)))
        while _product(found) > most:
            worst = max(found, key=lambda name: len(found[name]))
            self.loose.append(worst)
            del found[worst]
        return found

    def selections(self, among: Mapping[str, tuple[Course, ...]] | None = None) -> Iterator[dict[str, Course]]:
        """Each choice of a course for each branching machine (or for those in ``among`` only)."""
        free = self.branching if among is None else among
        for chosen in product(*free.values()):
            yield dict(zip(free, chosen, strict=True))

    def reach(
        self,
        selection: Mapping[str, Course],
        waive: frozenset[str] = frozenset(),
        within: tuple[str, frozenset[str]] | None = None,
    ) -> Reach:
        """The fixpoint for one selection.

        Machines in ``waive`` may also be waived, and take steps marked as exceptional. ``within`` keeps one machine to
        some of its states.
        """
        return _Search(self, selection, waive, within).run()

    def live(self, selections: Iterable[Mapping[str, Course]], waive: frozenset[str] = frozenset()) -> Survey:
        """What can happen in some of the selections."""
        survey = Survey()
        for selection in selections:
            reach = self.reach(selection, waive)
            survey.found.append((selection, reach))
            survey.present |= reach.present
            survey.rules.update(
                rule_id
                for rule_id in reach.fired
                if rule_id not in survey.rules and self._confirmed(rule_id, selection, waive)
            )
        return survey

    def _confirmed(self, rule_id: RuleId, selection: Mapping[str, Course], waive: frozenset[str]) -> bool:
        before = self.before(rule_id, selection, waive)
        return before is None or rule_id in before.fired

    def before(self, rule_id: RuleId, selection: Mapping[str, Course], waive: frozenset[str]) -> Reach | None:
        """What is reached while a rule's machine still stands in the state the rule leaves; None: no need to ask.

        The fixpoint forgets that a machine which went on does not come back. That matters for a rule with needs
        whose state can be left another way: what it needs may come only after the machine has gone on.
        """
        machine, index = rule_id
        here = self.maps[machine]
        rule = here.workflow.rules[index]
        if not rule.needs or machine not in self.named or rule.from_state in here.suspended:
            return None
        course = selection.get(machine) or (here.courses or (None,))[0]
        if course is None or machine in self.loose:
            return None
        if index in here.forward and course.only_way_on(index, here.forward):
            return None
        if self.spare < self.size:
            self.loose.append(machine)
            return None
        self.spare -= self.size
        return self.reach(selection, waive, (machine, course.until(rule.from_state)))

    def holds(self, need: Need, reach: Reach) -> bool:
        """Whether a need can be met by what is reached."""
        if need.of:
            return sum(self.holds(member, reach) for member in need.of) >= need.at_least
        machine = self.maps.get(need.machine)
        if machine is None or need.machine in reach.waived:
            return True
        if need.state == DONE:
            return any((need.machine, state) in reach.marks for state in machine.workflow.done_states)
        return (need.machine, need.state) in reach.marks


def _sensible(workflow: Workflow, read: Mapping[str, Workflow]) -> Workflow:
    """The workflow without needs that mean nothing (an unknown state, the machine itself): they are told elsewhere."""

    def sense(need: Need) -> Need:
        if need.of:
            return replace(need, of=tuple(sense(member) for member in need.of))
        other = read.get(need.machine)
        if other is None or other is workflow:
            return Need()
        if need.state == DONE:
            return need if other.done_states else Need()
        state = other.state.get(need.state)
        entered = any(rule.to_state == need.state and rule.effect == "advance" for rule in other.rules)
        return need if state and (entered or not state.initial) else Need()

    if not any(rule.needs for rule in workflow.rules):
        return workflow
    rules = tuple(replace(r, needs=tuple(sense(need) for need in r.needs)) if r.needs else r for r in workflow.rules)
    return replace(workflow, rules=rules)


def _product(found: Mapping[str, tuple[Course, ...]]) -> int:
    number = 1
    for courses in found.values():
        number *= len(courses)
    return number


class _Search:
    """One fixpoint: rules wait for the state they leave and for the machines they need; each change wakes them."""

    def __init__(
        self,
        atlas: Atlas,
        selection: Mapping[str, Course],
        waive: frozenset[str],
        within: tuple[str, frozenset[str]] | None,
    ) -> None:
        self.atlas = atlas
        self.selection = selection
        self.waive = waive
        self.within = within
        self.reach = Reach()
        self.todo: list[RuleId] = []

    def run(self) -> Reach:
        for name, machine in self.atlas.maps.items():
            self.enter(name, machine.workflow.initial)
        while self.todo:
            self.try_rule(self.todo.pop())
        return self.reach

    def enter(self, machine: str, state: str) -> None:
        if (machine, state) in self.reach.present:
            return
        self.reach.present.add((machine, state))
        self.wake(machine, state)

    def wake(self, machine: str, state: str) -> None:
        self.todo.extend((machine, index) for index in self.atlas.maps[machine].leaving.get(state, ()))

    def mark(self, machine: str, state: str) -> None:
        if (machine, state) not in self.reach.marks:
            self.reach.marks.add((machine, state))
            self.todo.extend(self.atlas.waiting.get((machine, state), ()))

    def try_rule(self, rule_id: RuleId) -> None:
        name, index = rule_id
        machine = self.atlas.maps[name]
        rule = machine.workflow.rules[index]
        if rule_id in self.reach.fired or (name, rule.from_state) not in self.reach.present:
            return
        course = self.selection.get(name)
        if index in machine.forward and course is not None and index not in course.rules:
            return
        if rule.effect == "resume" and not self.left(name, rule):
            return
        if not all(self.atlas.holds(need, self.reach) for need in rule.needs):
            return
        self.reach.fired.add(rule_id)
        self.apply(name, index, rule)

    def left(self, machine: str, resume: Rule) -> bool:
        """Whether the machine can have been suspended in the state to which ``resume`` leads back."""
        halts = self.atlas.maps[machine].halts.get((resume.to_state, resume.from_state), ())
        return any((machine, index) in self.reach.fired for index in halts)

    def apply(self, name: str, index: int, rule: Rule) -> None:
        """What a rule adds. A resume leads back to where the machine was, and so does a return: they add nothing."""
        if index in self.atlas.maps[name].forward:
            if self.within is None or self.within[0] != name or rule.to_state in self.within[1]:
                self.enter(name, rule.to_state)
                self.mark(name, rule.to_state)
        elif rule.effect == "suspend":
            self.enter(name, rule.to_state)
            back = self.atlas.maps[name].resumes.get((rule.to_state, rule.from_state), ())
            self.todo.extend((name, other) for other in back)
        elif rule.effect == "waive" and name in self.waive:
            self.enter(name, rule.to_state)
            if name not in self.reach.waived:
                self.reach.waived.add(name)
                self.todo.extend(self.atlas.waiting.get((name, ""), ()))
        elif rule.effect == "advance" and name in self.waive:  # one marked as exceptional
            self.enter(name, rule.to_state)
            self.mark(name, rule.to_state)
