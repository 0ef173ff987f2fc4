"""One machine from its file and its kind: states are joined, selectors (``$done``, ``$left``) become rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlw_workflow.definitions import convert, convert_reminders
from mlw_workflow.definitions.places import Place
from mlw_workflow.domain.definition import CORRECT, Rule, State, Workflow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlw_workflow.definitions import schema, vocabulary
    from mlw_workflow.definitions.findings import Finding

RULES_MAX = 2_000
"""Rules of one machine after selectors are replaced."""


@dataclass(frozen=True, slots=True)
class Part:
    """Half of a machine: its own file, or its kind in programme.yaml."""

    states: Mapping[str, schema.StateModel]
    transitions: tuple[schema.TransitionModel, ...]
    place: Place
    own: bool = False


@dataclass(slots=True)
class Expanded:
    """A machine's workflow, where its parts stand in the files, and what was wrong."""

    workflow: Workflow
    place: Place
    """Its own file."""
    rules: list[Place] = field(default_factory=list)
    """The place of each rule, in the order of ``workflow.rules``."""
    states: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    sound: bool = True
    """Whether the workflow is all that the file says, so that something can be proved of it."""
    matched: set[int] = field(default_factory=set)
    """Which of the kind's transitions leave some state of this machine."""


def expand(
    machine: schema.Machine,
    place: Place,
    kind: schema.KindModel,
    kind_place: Place,
    vocabularies: Mapping[str, Mapping[str, vocabulary.Text]],
) -> Expanded:
    """The workflow of a machine. What cannot be made sense of is left out and reported."""
    own = Part(machine.states, tuple(machine.transitions), place, own=True)
    common = Part(kind.states, tuple(kind.transitions), kind_place)
    work = _Expansion(machine.id, own, common, vocabularies)
    work.join_states()
    work.add_rules()
    correct = machine.correct or kind.correct
    workflow = Workflow(
        id=machine.id,
        kind=machine.kind,
        title=convert.text(machine.title),
        states=tuple(work.states.values()),
        rules=tuple(work.rules),
        correction=convert.correction(correct, vocabularies),
        series=convert.series(machine.series),
        deadlines=convert_reminders.deadlines(machine.deadlines),
        source=machine.source,
        help=convert.text(machine.help),
    )
    return Expanded(workflow, place, work.rule_places, work.state_places, work.findings, work.sound, work.matched)


class _Expansion:
    def __init__(
        self, machine: str, own: Part, common: Part, vocabularies: Mapping[str, Mapping[str, vocabulary.Text]]
    ) -> None:
        self.machine = machine
        self.own = own
        self.common = common
        self.vocabularies = vocabularies
        self.states: dict[str, State] = {}
        self.state_places: dict[str, Place] = {}
        self.rules: list[Rule] = []
        self.rule_places: list[Place] = []
        self.findings: list[Finding] = []
        self.matched: set[int] = set()
        self.sound = True
        self.full = False
        self.suspended: set[str] = set()
        self.left_out: set[str] = set()
        self.told: set[str] = set()

    def broken(self, finding: Finding) -> None:
        self.findings.append(finding)
        self.sound = False

    # States

    def join_states(self) -> None:
        """The kind's initial state, the machine's own, the kind's others."""
        works = any(not (s.initial or s.done or s.final or s.suspended) for s in self.all_states())
        first = {name: s for name, s in self.common.states.items() if s.initial}
        rest = {name: s for name, s in self.common.states.items() if not s.initial}
        for part, states in ((self.common, first), (self.own, self.own.states), (self.common, rest)):
            for name, state in states.items():
                if state.suspended and not part.own and not works:
                    self.left_out.add(name)  # where no work goes on, none can be suspended
                elif not part.own and name in self.own.states:
                    self.broken(self.own.place.finding("state_redefined", "states", name, state=name))
                else:
                    self.add_state(name, state, part)
        initial = [name for name, state in self.states.items() if state.initial]
        if not initial:
            self.broken(self.own.place.finding("no_initial", "states", machine=self.machine))
        elif len(initial) > 1:
            self.broken(
                self.state_places[initial[1]].finding("many_initial", machine=self.machine, states=", ".join(initial))
            )

    def all_states(self) -> Iterator[schema.StateModel]:
        yield from self.own.states.values()
        yield from self.common.states.values()

    def add_state(self, name: str, state: schema.StateModel, part: Part) -> None:
        if state.suspended:
            self.suspended.add(name)
        self.state_places[name] = part.place.below("states", name)
        self.states[name] = State(
            id=name,
            title=convert.text(state.title),
            initial=state.initial,
            done=state.done,
            final=state.final,
            working=not (state.initial or state.done or state.final or state.suspended),
            returns_to=state.returns_to or "",
            help=convert.text(state.help),
        )
        target = state.returns_to
        if target and target not in self.own.states and target not in self.common.states:
            place = self.state_places[name].below("returns_to")
            self.broken(place.finding("unknown_state", machine=self.machine, state=target))

    # Rules

    def add_rules(self) -> None:
        taken: set[tuple[str, str]] = set()
        for part in (self.own, self.common):
            for index, model in enumerate(part.transitions):
                place = part.place.below("transitions", index)
                if model.trigger == CORRECT:
                    self.findings.append(place.finding("trigger_reserved", "trigger", trigger=CORRECT))
                leaves = self.leaves(model, place)
                if leaves and not part.own:
                    self.matched.add(index)
                for from_state in leaves:
                    if not part.own and (from_state, model.trigger) in taken:
                        continue
                    self.add_rule(model, from_state, place)
            if part.own:
                taken = {(rule.from_state, rule.trigger) for rule in self.rules}

    def leaves(self, model: schema.TransitionModel, place: Place) -> tuple[str, ...]:
        """The states that a transition leaves."""
        given = model.from_ if isinstance(model.from_, list) else [model.from_]
        found: dict[str, None] = {}
        for index, name in enumerate(given):
            if name in self.left_out:
                continue
            if not name.startswith("$") and name not in self.states:
                at = place.below("from", index) if isinstance(model.from_, list) else place.below("from")
                self.broken(at.finding("unknown_state", machine=self.machine, state=name))
                continue
            found.update(dict.fromkeys(self.select(name)))
        return tuple(found)

    def select(self, name: str) -> list[str]:
        match name:
            case "$done":
                return [s.id for s in self.states.values() if s.done]
            case "$working":
                return [s.id for s in self.states.values() if s.working]
            case "$initial":
                return [s.id for s in self.states.values() if s.initial]
            case _:
                return [name]

    def targets(self, model: schema.TransitionModel, from_state: str, place: Place) -> list[str]:
        match model.to:
            case "$left":
                return self.select("$working")
            case "$returns_to":
                target = self.states[from_state].returns_to
                if not target and from_state not in self.told:
                    self.told.add(from_state)
                    at = self.state_places[from_state]
                    self.findings.append(
                        at.finding("done_without_return", machine=self.machine, state=from_state, trigger=model.trigger)
                    )
                return [target] if target in self.states else []
            case "$initial":
                return self.select("$initial")
            case target if target in self.states:
                return [target]
            case target:
                if target not in self.left_out:
                    self.broken(place.finding("unknown_state", "to", machine=self.machine, state=target))
                return []

    def add_rule(self, model: schema.TransitionModel, from_state: str, place: Place) -> None:
        for to_state in self.targets(model, from_state, place):
            if len(self.rules) >= RULES_MAX:
                if not self.full:
                    self.broken(place.finding("too_large", machine=self.machine, limit=RULES_MAX))
                self.full = True
                return
            self.rule_places.append(place)
            self.rules.append(
                Rule(
                    trigger=model.trigger,
                    from_state=from_state,
                    to_state=to_state,
                    by=tuple(model.by),
                    title=convert.text(model.title),
                    effect=model.effect,
                    needs=convert.needs(model.needs),
                    evidence=convert.fields(model.evidence, self.vocabularies),
                    outside_span=tuple(model.outside_span or ()),
                    not_before=model.not_before or "",
                    corrected_by=tuple(model.corrected_by or ()),
                    takes=model.takes,
                    exceptional=model.exceptional,
                    source=model.source,
                    help=convert.text(model.help),
                )
            )
