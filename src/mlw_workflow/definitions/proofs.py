"""What can be proved of the machines together: rules that are dead, needs in a circle, traps behind a branch."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from mlw_workflow.definitions.courses import Course
from mlw_workflow.definitions.findings import Finding, Hop
from mlw_workflow.definitions.machine_checks import closure, course_to, edges, step_hop
from mlw_workflow.definitions.needs_chain import Chains
from mlw_workflow.definitions.reach import Atlas, Reach, RuleId, Survey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlw_workflow.definitions.places import Places
    from mlw_workflow.domain.definition import Need, Programme, Rule


def prove(programme: Programme, places: Places, assumed: frozenset[str] = frozenset()) -> list[Finding]:
    """Every finding about the machines together.

    ``assumed`` names machines that could not be read in full: nothing is said of them, and needs on them count as met.
    """
    return _Proof(programme, places, assumed).findings()


FINDINGS_MAX = 50
"""Dead rules told, and traps told: a definition with more of them has one cause for many."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One selection in which a rule cannot be taken although its machine stands before it."""

    selection: Mapping[str, Course]
    unmet: list[tuple[int, Need]]
    late: bool
    """What is missing comes only after the machine has gone on."""


class _Proof:
    def __init__(self, programme: Programme, places: Places, assumed: frozenset[str]) -> None:
        self.places = places
        self.atlas = Atlas(programme, assumed)
        self.waivable = frozenset(name for name, machine in self.atlas.maps.items() if machine.waivable)
        self.survey: Survey = self.atlas.live(self.atlas.selections())
        self.widest: Reach = self.atlas.reach({})
        """More than can happen without waivers: branches do not exclude each other here."""
        self.waived: dict[str, Survey] = {}
        self.structural = {
            (name, state)
            for name, machine in self.atlas.maps.items()
            for state in closure([machine.workflow.initial], edges(machine.workflow.rules))
        }

    def findings(self) -> list[Finding]:
        found = [*islice(self.dead(), FINDINGS_MAX)]
        traps = [*islice(self.traps(), FINDINGS_MAX)]
        if not found and not any(trap.severity == "error" for trap in traps):
            found += self.common_end()
        for name in dict.fromkeys(self.atlas.loose):
            found.append(self.places.machine(name).report("too_many_courses", "warning", (), machine=name))
        return found + traps

    def rule(self, rule_id: RuleId) -> Rule:
        return self.atlas.maps[rule_id[0]].workflow.rules[rule_id[1]]

    def unmet(self, rule_id: RuleId, reach: Reach) -> list[tuple[int, Need]]:
        """The leaves that keep a rule from being taken, each with the number of the need it belongs to.

        Where more is asked for than there is, all that there is may hold, and the need still does not.
        """
        found = []
        for number, need in enumerate(self.rule(rule_id).needs):
            if not self.atlas.holds(need, reach):
                leaves = list(need.leaves())
                missing = [leaf for leaf in leaves if not self.atlas.holds(leaf, reach)]
                found += [(number, leaf) for leaf in missing or leaves[:1] or [need]]
        return found

    # Rules that can never be taken

    def dead(self) -> Iterator[Finding]:
        """Rules that are not taken on any ordinary course although their machine can stand before them.

        A circle of needs and needs that exclude each other are errors even if a waiver would break them: a waiver is
        an exception, not a plan. A need of something that only a waiver brings is a warning.
        """
        chains = Chains(self.atlas, self.widest)
        told: set[object] = set()
        for machine, here in self.atlas.maps.items():
            for index, rule in enumerate(here.workflow.rules):
                rule_id = (machine, index)
                before = (machine, rule.from_state)
                if rule_id in self.survey.rules or not rule.needs or before not in self.structural:
                    continue
                if rule_id not in self.widest.fired and before in self.widest.present:
                    finding = self.impossible(rule_id, chains)
                elif rule_id in self.widest.fired and next(self.refusals(rule_id), None):
                    finding = self.exclusive(rule_id)
                else:
                    continue  # it waits for another rule of its own machine, which is told
                key = frozenset(finding.counterexample) if finding.code == "needs_cycle" else (machine, rule.trigger)
                if key not in told:
                    told.add(key)
                    yield finding

    def impossible(self, rule_id: RuleId, chains: Chains) -> Finding:
        number = self.unmet(rule_id, self.widest)[0][0]
        facts = {"machine": rule_id[0], "trigger": self.rule(rule_id).trigger}
        place = self.places.rule(*rule_id)
        cycle = chains.cycle(rule_id)
        if cycle:
            return place.report("needs_cycle", "error", cycle, "needs", number, **facts)
        chain = chains.obstacle(rule_id)
        if rule_id in self.with_waivers(rule_id[0]).rules:
            return place.report("only_waiver", "warning", chain, "needs", number, **facts)
        return place.report("dead_rule", "error", chain, "needs", number, **facts)

    def with_waivers(self, machine: str) -> Survey:
        """What can happen to a machine when every other one that can be waived may be."""
        known = self.waived.get(machine)
        if known is None:
            waive = self.waivable - {machine}
            fixed = {name: courses for name, courses in self.atlas.branching.items() if name not in waive}
            known = self.waived[machine] = self.atlas.live(self.atlas.selections(among=fixed), waive)
        return known

    def refusals(self, rule_id: RuleId) -> Iterator[Refusal]:
        """The selections in which a rule's machine stands before it in vain."""
        for selection, reach in self.survey.found:
            if (rule_id[0], self.rule(rule_id).from_state) in reach.present:
                before = self.atlas.before(rule_id, selection, frozenset()) if rule_id in reach.fired else None
                unmet = self.unmet(rule_id, before or reach)
                if unmet:
                    yield Refusal(selection, unmet, before is not None)

    def exclusive(self, rule_id: RuleId) -> Finding:
        """The rule's needs can be met one by one, but never all of them in one course of events."""
        rule = self.rule(rule_id)
        hops: dict[Hop, None] = {}
        number = 0
        for refusal in self.refusals(rule_id):
            number, leaf = refusal.unmet[0]
            chosen = leaf.machine if leaf.machine in refusal.selection else next(iter(refusal.selection), "")
            if refusal.late:
                hops[Hop("late", (leaf.name, rule_id[0], rule.from_state))] = None
            elif chosen:
                hops[Hop("without", (self.course(chosen, refusal.selection[chosen]), leaf.name))] = None
            else:
                hops[Hop("needs", (self.name(rule_id), leaf.name))] = None
        facts = {"machine": rule_id[0], "trigger": rule.trigger}
        most = tuple(hops)[:6]
        return self.places.rule(*rule_id).report("needs_exclusive", "error", most, "needs", number, **facts)

    def name(self, rule_id: RuleId) -> str:
        return f"{rule_id[0]}.{self.rule(rule_id).trigger}"

    def course(self, machine: str, course: Course) -> str:
        return f"{machine}: {' → '.join(' / '.join(sorted(place)) for place in course.places)}"

    # Branches

    def traps(self) -> Iterator[Finding]:
        """Steps after which something that others wait for can no longer come."""
        told: set[object] = set()
        for machine, courses in self.atlas.branching.items():
            possible = {course: self.on(machine, course) for course in courses}
            for course, (rules, states) in possible.items():
                for rule_id in sorted(self.survey.rules - rules):
                    if rule_id[0] == machine or (rule_id[0], self.rule(rule_id).from_state) not in states:
                        continue
                    missing = next((r.unmet for r in self.refusals(rule_id) if r.selection[machine] is course), None)
                    step = self.decisive(course, possible, rule_id)
                    key = (machine, course.places[: step + 1], rule_id[0], self.rule(rule_id).trigger)
                    if missing and key not in told:
                        told.add(key)
                        yield self.trap(machine, step, course, rule_id, missing)

    def on(self, machine: str, course: Course) -> tuple[set[RuleId], set[tuple[str, str]]]:
        """The rules that can be taken, and the states reached, when a machine takes this course."""
        rules: set[RuleId] = set()
        states: set[tuple[str, str]] = set()
        for selection, reach in self.survey.found:
            if selection[machine] is course:
                rules |= reach.fired
                states |= reach.present
        return rules, states

    def decisive(
        self,
        course: Course,
        possible: Mapping[Course, tuple[set[RuleId], set[tuple[str, str]]]],
        rule_id: RuleId,
    ) -> int:
        """How far a machine must follow a course before a rule is lost on every course that begins so."""
        for length in range(1, len(course.places)):
            start = course.places[: length + 1]
            if all(
                rule_id not in rules for other, (rules, _) in possible.items() if other.places[: length + 1] == start
            ):
                return length
        return len(course.places) - 1

    def trap(
        self, machine: str, step: int, course: Course, rule_id: RuleId, missing: list[tuple[int, Need]]
    ) -> Finding:
        """The finding about one step: it is an error when it keeps another machine from its end."""
        workflow = self.atlas.maps[machine].workflow
        index = self.entry(machine, course, step)
        taken = workflow.rules[index]
        hops = [*course_to(workflow, taken.from_state), step_hop(workflow, taken)]
        hops += [Hop("needs", (self.name(rule_id), leaf.name)) for _, leaf in missing[:4]]
        facts = {"machine": machine, "trigger": taken.trigger, "other": rule_id[0], "rule": self.name(rule_id)}
        place = self.places.rule(machine, index)
        if self.ends(rule_id[0]) and not self.ends(rule_id[0], machine, course):
            return place.report("branch_deadlock", "error", tuple(hops), **facts)
        return place.report("branch_trap", "warning", tuple(hops), **facts)

    def entry(self, machine: str, course: Course, step: int) -> int:
        """The first rule by which a course enters its place number ``step``."""
        rules = self.atlas.maps[machine].workflow.rules
        after = course.places[step]
        entering = [i for i in sorted(course.rules) if rules[i].to_state in after and rules[i].from_state not in after]
        direct = [i for i in entering if rules[i].from_state in course.places[step - 1]]
        return (direct or entering)[0]

    # The end

    def ends(self, machine: str, other: str = "", course: Course | None = None) -> bool:
        """Whether a machine can reach a final state, when ``other`` takes ``course``."""
        finals = {(machine, s.id) for s in self.atlas.maps[machine].workflow.states if s.final}
        return any(
            finals & reach.present for selection, reach in self.survey.found if not other or selection[other] is course
        )

    def common_end(self) -> Iterator[Finding]:
        """That there is one course of events in which every machine comes to an end."""
        ending = [name for name in self.atlas.maps if self.ends(name)]
        short: list[str] | None = None
        for _, reach in self.survey.found:
            left = [
                name
                for name in ending
                if not any((name, s.id) in reach.present for s in self.atlas.maps[name].workflow.states if s.final)
            ]
            if not left:
                return
            if short is None or len(left) < len(short):
                short = left
        if short:
            hops = tuple(Hop("open", (name,)) for name in short[:6])
            yield self.places.programme.report("no_common_end", "error", hops, machines=", ".join(short[:20]))
