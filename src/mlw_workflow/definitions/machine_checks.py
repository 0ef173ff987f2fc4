"""What can be proved of one machine on its own, whatever the others do."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from mlw_workflow.definitions.findings import Hop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mlw_workflow.definitions.findings import Finding
    from mlw_workflow.definitions.places import Places
    from mlw_workflow.domain.definition import Rule, Workflow


def check_workflow(workflow: Workflow, places: Places) -> Iterator[Finding]:
    """Every finding about a machine with one initial state and no unknown state."""
    yield from _final_states(workflow, places)
    yield from _unreachable(workflow, places)
    yield from _no_way_to_end(workflow, places)
    yield from _shadowed(workflow, places)
    yield from _effects(workflow, places)
    yield from _returns(workflow, places)


def suspended_states(workflow: Workflow) -> frozenset[str]:
    """States in which work is halted: those of no other class."""
    return frozenset(s.id for s in workflow.states if not (s.initial or s.working or s.done or s.final))


def course_to(workflow: Workflow, target: str) -> tuple[Hop, ...]:
    """The shortest course from the initial state to ``target``, or nothing when there is none."""
    came: dict[str, Rule | None] = {workflow.initial: None}
    queue = deque([workflow.initial])
    while queue and target not in came:
        for rule in workflow.rules_from[queue.popleft()]:
            if rule.to_state not in came:
                came[rule.to_state] = rule
                queue.append(rule.to_state)
    hops: list[Hop] = []
    here = came.get(target)
    while here is not None:
        hops.append(step_hop(workflow, here))
        here = came[here.from_state]
    return tuple(reversed(hops))


def step_hop(workflow: Workflow, rule: Rule) -> Hop:
    """A rule as a step of a counterexample."""
    return Hop("step", (f"{workflow.id}.{rule.trigger}", rule.from_state, rule.to_state))


def closure(starts: Iterable[str], onward: Mapping[str, Iterable[str]]) -> set[str]:
    """Everything reached from ``starts`` by following ``onward``."""
    found = set(starts)
    stack = list(found)
    while stack:
        for state in onward.get(stack.pop(), ()):
            if state not in found:
                found.add(state)
                stack.append(state)
    return found


def edges(rules: Iterable[Rule], *, back: bool = False) -> dict[str, set[str]]:
    """The graph of some rules, or the graph against their direction."""
    found: dict[str, set[str]] = {}
    for rule in rules:
        here, there = (rule.to_state, rule.from_state) if back else (rule.from_state, rule.to_state)
        found.setdefault(here, set()).add(there)
    return found


def _final_states(workflow: Workflow, places: Places) -> Iterator[Finding]:
    if not any(state.final for state in workflow.states):
        yield places.machine(workflow.id).finding("no_final", machine=workflow.id)
    for index, rule in enumerate(workflow.rules):
        if workflow.state[rule.from_state].final and rule.to_state != rule.from_state:
            yield places.rule(workflow.id, index).finding(
                "leaves_final", machine=workflow.id, trigger=rule.trigger, state=rule.from_state
            )


def _unreachable(workflow: Workflow, places: Places) -> Iterator[Finding]:
    reached = closure([workflow.initial], edges(workflow.rules))
    for state in workflow.states:
        if state.id not in reached:
            yield places.state(workflow.id, state.id).finding("unreachable_state", machine=workflow.id, state=state.id)


def _no_way_to_end(workflow: Workflow, places: Places) -> Iterator[Finding]:
    finals = [state.id for state in workflow.states if state.final]
    if not finals:
        return
    ending = closure(finals, edges(workflow.rules, back=True))
    reached = closure([workflow.initial], edges(workflow.rules))
    into = edges(workflow.rules, back=True)
    for state in workflow.states:
        stuck = state.id in reached and state.id not in ending
        # Only the ways into the trap are told; what lies behind them is stuck for the same reason.
        if stuck and (state.initial or any(before in ending for before in into.get(state.id, ()))):
            yield places.state(workflow.id, state.id).report(
                "no_way_to_end", "error", course_to(workflow, state.id), machine=workflow.id, state=state.id
            )


def _shadowed(workflow: Workflow, places: Places) -> Iterator[Finding]:
    """Rules that are never chosen, because whoever may take them may take an earlier one.

    Rules of resuming that lead to different states are told apart by what the machine remembers.
    """
    for (state, trigger), rules in workflow.rules_for.items():
        for number, rule in enumerate(rules):
            earlier = [
                other
                for other in rules[:number]
                if other.effect != "resume" or (rule.effect == "resume" and other.to_state == rule.to_state)
            ]
            if earlier and set(rule.by) <= {role for other in earlier for role in other.by}:
                index = next(i for i, r in enumerate(workflow.rules) if r is rule)
                yield places.rule(workflow.id, index).report(
                    "shadowed_rule",
                    "error",
                    tuple(step_hop(workflow, other) for other in earlier if set(other.by) & set(rule.by)),
                    machine=workflow.id,
                    trigger=trigger,
                    state=state,
                )


def _effects(workflow: Workflow, places: Places) -> Iterator[Finding]:
    """An effect that does not fit the classes of the states it joins."""
    halted = suspended_states(workflow)
    for index, rule in enumerate(workflow.rules):
        fits = {
            "suspend": rule.to_state in halted,
            "resume": rule.from_state in halted and workflow.state[rule.to_state].working,
            "waive": workflow.state[rule.to_state].final,
        }.get(rule.effect, rule.to_state not in halted or rule.from_state in halted)
        if not fits:
            yield places.rule(workflow.id, index).finding(
                "effect_misfit", "effect", machine=workflow.id, trigger=rule.trigger, effect=rule.effect
            )


def _returns(workflow: Workflow, places: Places) -> Iterator[Finding]:
    """A return to a state that a machine may have come past without visiting."""
    onward = [rule for rule in workflow.rules if rule.effect in ("advance", "suspend", "resume")]
    for index, rule in enumerate(workflow.rules):
        if rule.effect != "return" or rule.to_state == workflow.initial:
            continue
        others = [other for other in onward if rule.to_state not in (other.from_state, other.to_state)]
        around = closure([workflow.initial], edges(others))
        if rule.from_state in around:
            yield places.rule(workflow.id, index).report(
                "return_not_passed",
                "warning",
                (),
                machine=workflow.id,
                trigger=rule.trigger,
                state=rule.from_state,
                target=rule.to_state,
            )
