"""The choke point: every decision about a transition is made here. The only module that knows ``transitions``.

One shared ``Machine`` for each workflow definition; a throw-away cursor carries the state. Both conditions of a rule
are plain functions: *selected* asks silently whether this is the rule meant, *admitted* runs all guards and collects
every reason. No callback has an effect.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from transitions import EventData, Machine

from mlw_workflow.domain import guards
from mlw_workflow.domain.correction import decide_correction
from mlw_workflow.domain.decision import Admitted, Attempt, Decision, Reason, Refused
from mlw_workflow.domain.definition import CORRECT, Rule, Workflow
from mlw_workflow.domain.errors import UnknownMachine, UnknownTrigger
from mlw_workflow.domain.pilot import Instance, Position, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping


def decide(standing: Standing, attempt: Attempt) -> Decision:
    """Decide one attempt; nothing is changed and nothing is recorded.

    Raises UnknownMachine or UnknownTrigger when the pilot has no such thing to decide about.
    """
    instance = standing.instances.get(attempt.machine)
    if instance is None:
        raise UnknownMachine(
            machine=attempt.machine, known=tuple(standing.instances), pilot=standing.pilot.municipality
        )
    if attempt.trigger == CORRECT:
        return decide_correction(standing, instance, attempt)
    workflow = instance.workflow
    if attempt.trigger not in workflow.triggers:
        known = (*workflow.triggers, CORRECT)
        raise UnknownTrigger(machine=attempt.machine, trigger=attempt.trigger, known=known)
    moment = Moment(standing, instance, attempt)
    fire(workflow, moment)
    return moment.answer()


class Moment:
    """One attempt at one standing, and what the rules that were tried had to say."""

    __slots__ = ("admitted", "attempt", "evidence", "instance", "position", "reasons", "rule", "standing")

    def __init__(self, standing: Standing, instance: Instance, attempt: Attempt) -> None:
        """Nothing is computed before a rule asks for it."""
        self.standing = standing
        self.instance = instance
        self.attempt = attempt
        self.position: Position = standing.position(instance.id)
        self.rule: Rule | None = None
        self.admitted = False
        self.evidence: Mapping[str, Any] = {}
        self.reasons: tuple[Reason, ...] = ()

    def selects(self, rule: Rule) -> bool:
        """Whether ``rule`` is the one meant: right way back, and a role of the actor's that may take it."""
        if rule.effect == "resume" and rule.to_state != self.position.left():
            return False
        return any(role in rule.by for role in self.attempt.actor.roles)

    def admits(self, rule: Rule) -> bool:
        """Whether all guards are content with ``rule``; keeps every reason of the rule with the fewest."""
        evidence, reasons = self.conditions(rule)
        if self.rule is None or len(reasons) < len(self.reasons):
            self.rule, self.evidence, self.reasons = rule, evidence, reasons
        self.admitted = not reasons
        return self.admitted

    def conditions(self, rule: Rule) -> tuple[Mapping[str, Any], tuple[Reason, ...]]:
        """Run every guard: the normalised evidence, and all that is unmet."""
        standing, attempt = self.standing, self.attempt
        evidence, wrong = guards.evidence_reasons(rule, attempt)
        unmet = (
            *guards.changed_meanwhile(self.position, attempt),
            *guards.role_unmet(rule, attempt),
            *guards.prerequisite_reasons(standing, rule, attempt),
            *wrong,
            *guards.date_reasons(standing, self.instance, rule, attempt),
            *guards.footing_reasons(standing, self.position, rule, attempt),
        )
        return evidence, unmet

    def answer(self) -> Decision:
        """What the machine answers, after it was fired."""
        attempt, state = self.attempt, self.position.state
        rule, reasons = self.rule, self.reasons
        if rule is not None and self.admitted:
            role = next(role for role in attempt.actor.roles if role in rule.by)
            relies_on = guards.reliances(self.standing, rule, attempt.occurred_on) if rule.needs else ()
            return Admitted(
                attempt.machine, attempt.trigger, state, rule.to_state, rule.effect, role, self.evidence, relies_on
            )
        if rule is None:
            fitting = self.fitting()
            rule = self.meant(fitting or self.instance.workflow.rules_of(attempt.trigger))
            _, reasons = self.conditions(rule)
            if not fitting:
                reasons = (self.wrong_state(), *reasons)
        role = next((role for role in attempt.actor.roles if role in rule.by), "")
        return Refused(attempt.machine, attempt.trigger, state, rule.to_state, reasons, role)

    def fitting(self) -> tuple[Rule, ...]:
        """The trigger's rules from the present state, whoever may take them."""
        here = self.instance.workflow.rules_for.get((self.position.state, self.attempt.trigger), ())
        return tuple(rule for rule in here if rule.effect != "resume" or rule.to_state == self.position.left())

    def meant(self, rules: tuple[Rule, ...]) -> Rule:
        """The rule an attempt that no rule takes comes closest to: one that the actor may take, else the first."""
        held = self.attempt.actor.roles
        return next((rule for rule in rules if any(role in rule.by for role in held)), rules[0])

    def wrong_state(self) -> Reason:
        """The machine is not in a state that this trigger leaves."""
        workflow, state = self.instance.workflow, self.position.state
        leaves = dict.fromkeys(rule.from_state for rule in workflow.rules_of(self.attempt.trigger))
        onward = (rule for rule in workflow.rules_from[state] if rule.effect in ("advance", "resume"))
        last = self.position.last
        facts: tuple[tuple[str, str | int], ...] = (("state", state), ("expected", ", ".join(leaves)))
        if last is not None:
            facts = (*facts, ("since", last.occurred_on.isoformat()), ("seq", last.seq), ("last_trigger", last.trigger))
        who = dict.fromkeys(role for rule in onward for role in rule.by)
        return Reason("wrong_state", self.attempt.machine, who=tuple(who), facts=facts)


def fire(workflow: Workflow, moment: Moment) -> str:
    """Fire the attempt's trigger on a cursor at the machine's state; the state after it.

    Equal by test to reading the table ``workflow.rules_for`` in its order.
    """
    cursor = _Cursor(moment.position.state)
    event = _machine(workflow).events[moment.attempt.trigger]
    if cursor.state in event.transitions:  # else the library would write a warning to the log
        event.trigger(cursor, moment=moment)
    return cursor.state


class _Cursor:
    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


@lru_cache(maxsize=1024)
def _machine(workflow: Workflow) -> Machine:
    """The shared machine of a workflow (cached by the workflow's identity)."""
    machine = Machine(
        model=None,
        states=[state.id for state in workflow.states],
        initial=workflow.initial,
        auto_transitions=False,
        send_event=True,
        ignore_invalid_triggers=True,
    )
    for rule in workflow.rules:
        machine.add_transition(
            rule.trigger, rule.from_state, rule.to_state, conditions=[_Selected(rule), _Admitted(rule)]
        )
    return machine


class _Selected:
    """The silent condition: is this the rule meant?"""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __call__(self, event: EventData) -> bool:
        moment: Moment = event.kwargs["moment"]
        return moment.selects(self.rule)


class _Admitted:
    """The telling condition: are all guards content? Keeps the reasons."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __call__(self, event: EventData) -> bool:
        moment: Moment = event.kwargs["moment"]
        return moment.admits(self.rule)
