"""The ways through one machine: its forward steps, and the courses that its branches make."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from mlw_workflow.definitions.machine_checks import closure, edges, suspended_states

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.definition import Rule, Workflow

COURSES_MAX = 64
"""Courses of one machine that are told apart."""


@dataclass(frozen=True, slots=True)
class Course:
    """One way through a machine: the rules that lie on it and the states they lead to."""

    rules: frozenset[int]
    places: tuple[frozenset[str], ...]
    """Its states in order; states that lead to each other share a place."""

    def until(self, state: str) -> frozenset[str]:
        """The states up to ``state``, those that share its place included; all of them when it lies elsewhere."""
        found: frozenset[str] = frozenset()
        for place in self.places:
            found |= place
            if state in place:
                break
        return found

    def only_way_on(self, index: int, forward: Mapping[int, Rule]) -> bool:
        """Whether a rule is the course's only one that leaves the place of the state it leaves."""
        state = forward[index].from_state
        here = next((place for place in self.places if state in place), frozenset())
        return {index} == {i for i in self.rules if forward[i].from_state in here and forward[i].to_state not in here}


class Map:
    """One machine prepared for the search: its forward steps and the courses they make."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self.suspended = suspended_states(workflow)
        ahead = edges(rule for rule in workflow.rules if rule.effect == "advance")
        self.forward: dict[int, Rule] = {}
        """Steps that add to what is reached. A return to a state that lies on no way to it is one of them, and a step
        that its definition marks as exceptional is not: like a waiver it is no plan."""
        ordinary = closure([workflow.initial], ahead)
        beyond = {r.to_state: closure([r.to_state], ahead) for r in workflow.rules if r.effect == "return"}
        for index, rule in enumerate(workflow.rules):
            if rule.exceptional:
                continue
            passed = rule.to_state in ordinary
            back = rule.effect == "return" and passed and rule.from_state in beyond[rule.to_state]
            if rule.effect == "advance" or (rule.effect == "return" and not back and rule.to_state != workflow.initial):
                self.forward[index] = rule
        self.leaving: dict[str, list[int]] = {}
        self.halts: dict[tuple[str, str], list[int]] = {}
        """Rules that suspend, by the state they leave and the one they lead to."""
        self.resumes: dict[tuple[str, str], list[int]] = {}
        for index, rule in enumerate(workflow.rules):
            self.leaving.setdefault(rule.from_state, []).append(index)
            if rule.effect == "resume":
                self.resumes.setdefault((rule.from_state, rule.to_state), []).append(index)
            if rule.effect == "suspend":
                self.halts.setdefault((rule.from_state, rule.to_state), []).append(index)
        self.waivable = any(rule.exceptional_way for rule in workflow.rules)

    @cached_property
    def courses(self) -> tuple[Course, ...] | None:
        """Every maximal way forward; None when there are more than are looked at.

        States that lead to each other (a step and its repetition) count as one place.
        """
        sources: dict[int, set[str]] = {}
        halts = [rule for rule in self.workflow.rules if rule.effect == "suspend"]
        for index, rule in self.forward.items():
            starts = {rule.from_state}
            if rule.from_state in self.suspended:
                starts |= {halt.from_state for halt in halts if halt.to_state == rule.from_state}
            sources[index] = starts
        graph: dict[str, dict[str, None]] = {}  # ordered, so that courses come in the same order each time
        for index, starts in sources.items():
            for start in starts:
                graph.setdefault(start, {})[self.forward[index].to_state] = None
        reach = {state.id: closure([state.id], graph) for state in self.workflow.states}
        place = {s: frozenset(t for t in reach[s] if s in reach[t]) for s in reach}
        after: dict[frozenset[str], list[frozenset[str]]] = {}
        for state in reach:
            here = after.setdefault(place[state], [])
            here.extend(dict.fromkeys(place[t] for t in graph.get(state, ()) if place[t] not in (place[state], *here)))
        found: list[Course] = []
        stack: list[tuple[frozenset[str], ...]] = [(place[self.workflow.initial],)]
        while stack:
            way = stack.pop()
            onward = after.get(way[-1], [])
            if onward:
                stack.extend((*way, there) for there in reversed(onward))
            else:
                found.append(self._course(way, sources))
            if len(found) + len(stack) > COURSES_MAX:
                return None
        return tuple(found)

    def _course(self, way: tuple[frozenset[str], ...], sources: Mapping[int, set[str]]) -> Course:
        steps = set(pairwise(way)) | {(a, a) for a in way}
        inside = {state: place for place in way for state in place}
        rules = {
            index
            for index, starts in sources.items()
            for start in starts
            if start in inside and (inside[start], inside.get(self.forward[index].to_state)) in steps
        }
        return Course(frozenset(rules), way)
