"""What should hold before a step is taken that judges the steps before it: another person, who has looked at them.

Control finds afterwards where it did not (``inspection``); pages ask before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mlw_workflow.domain.control import ControlRules
    from mlw_workflow.domain.definition import Rule, Workflow
    from mlw_workflow.domain.ledger import Entry

REQUEST = "request"
"""The kind of the machines by which people ask for a change; they have a page of their own and are no tasks."""


def own_steps(before: Iterable[Entry], actor: str, rules: ControlRules) -> list[Entry]:
    """The earlier steps of the trail that the actor took, those that judged apart."""
    return [entry for entry in before if entry.actor == actor and entry.trigger not in rules.two_people]


def unread(before: Iterable[Entry], read: Collection[int]) -> list[int]:
    """The entries of the trail with evidence that is not among those ``read``."""
    given = (entry for entry in before if any(not name.startswith("$") for name in entry.evidence))
    return [entry.seq for entry in given if entry.seq not in read]


def judged_by(workflow: Workflow, roles: Collection[str]) -> dict[str, tuple[Rule, Rule]]:
    """The states in which a machine waits for somebody with these roles to accept it or give it back, with both rules.

    What can only be given back, or only taken on, waits for nobody's judgement.
    """
    found = {}
    for state in workflow.states:
        mine = [rule for rule in workflow.rules_from.get(state.id, ()) if set(rule.by) & set(roles)]
        onwards = next((rule for rule in mine if rule.effect == "advance" and not rule.exceptional), None)
        back = next((rule for rule in mine if rule.effect == "return"), None)
        if onwards is not None and back is not None:
            found[state.id] = (onwards, back)
    return found


def deciders(workflow: Workflow) -> tuple[str, ...]:
    """The roles that end a request, other than whoever asks: a request waits in its working states."""
    askers = {role for rule in workflow.rules if workflow.state[rule.to_state].working for role in rule.by}
    ending = (rule for rule in workflow.rules if workflow.state[rule.from_state].working)
    return tuple(dict.fromkeys(role for rule in ending for role in rule.by if role not in askers))


def decided_by(workflow: Workflow, roles: Collection[str]) -> frozenset[str]:
    """The states in which a request waits for the decision of somebody with these roles; none of other machines."""
    if workflow.kind != REQUEST:
        return frozenset()
    mine = set(roles) & set(deciders(workflow))
    return frozenset(
        rule.from_state for rule in workflow.rules if workflow.state[rule.from_state].working and mine & set(rule.by)
    )
