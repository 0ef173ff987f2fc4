"""What a programme is: roles, machines, states, rules, needs and evidence, as immutable values.

Everything here is *read* from a definition (YAML, or the pinned normal form in the database) and never
computed from what happened in a pilot. The words are those of ``docs/glossary.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from mlw_workflow.domain.control import NO_CONTROL, ControlRules
from mlw_workflow.domain.obligation import NO_POLICY, DeadlineRule, ReminderPolicy
from mlw_workflow.domain.recurrence import Recurrence
from mlw_workflow.domain.texts import NO_TEXT, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Source = Literal["stated", "assumed"]
Effect = Literal["advance", "return", "suspend", "resume", "waive", "correct"]
"""What a step does to the trail of states reached. ``correct`` belongs to no rule."""
FieldType = Literal["text", "date", "number", "choice", "records", "file"]
Bound = Literal["period_start", "period_end"]
Side = Literal["before", "after"]

CORRECT = "correct"
"""The trigger of a correction. It is no rule of a machine: it undoes the machine's last step."""
DONE = "$done"
"""In a need, any state that counts as done (or beyond): ``w12.$done``."""


@dataclass(frozen=True, slots=True)
class State:
    """One state of a machine."""

    id: str
    title: Text
    initial: bool = False
    done: bool = False
    """The work is finished; what remains is its acceptance."""
    final: bool = False
    working: bool = False
    """Neither initial, done, final nor suspended: work is under way and may be suspended."""
    returns_to: str = ""
    """For a done state: where the machine goes when the work is returned."""
    help: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Need:
    """A prerequisite: states that other machines must have reached by the day of the event.

    A leaf names a ``machine`` and a ``state``; with ``every`` the machine is a series (a recurring report) and
    the leaf stands for all its instances. A group names its members in ``of`` and how many of them must hold
    in ``at_least`` (all of them: ``len(of)``; any: 1). On an ``every`` leaf ``at_least`` 0 means all.
    """

    machine: str = ""
    state: str = ""
    every: bool = False
    at_least: int = 0
    of: tuple[Need, ...] = ()

    @property
    def name(self) -> str:
        """The leaf's name for people and scripts: ``w07.appointed``."""
        return f"{self.machine}.{self.state}"

    def leaves(self) -> Iterator[Need]:
        """Every leaf below this need, itself included when it is one; an empty group has none."""
        for member in self.of:
            yield from member.leaves()
        if self.machine:
            yield self


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class MinEach:
    """At least ``at_least`` records for each option of the choice ``field``."""

    field: str
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Among:
    """A choice whose options are what another machine's evidence recorded earlier."""

    machine: str
    field: str
    subfield: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One piece of evidence that a rule asks for."""

    id: str
    type: FieldType
    title: Text
    help: Text = NO_TEXT
    required: bool = True
    minimum: float | None = None
    """Number: smallest value. Text: fewest characters. Records, and a choice of many: fewest items."""
    maximum: float | None = None
    integer: bool = False
    options: tuple[Option, ...] = ()
    many: bool = False
    """A choice that takes several answers."""
    among: Among | None = None
    fields: tuple[Field, ...] = ()
    """The columns of a list of records."""
    min_each: MinEach | None = None
    default: Literal["", "occurred_on"] = ""
    """What is taken when the field is left out: the day the event happened."""
    collects: str = ""
    """Records only: a trigger of the same machine whose earlier evidence fills the list when it is left out."""
    public: bool = False
    """Whether the municipality's public page may show it: never true of what may name a person."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One transition of a machine: who may take it, when, and on what evidence."""

    trigger: str
    from_state: str
    to_state: str
    by: tuple[str, ...]
    title: Text
    effect: Effect = "advance"
    needs: tuple[Need, ...] = ()
    evidence: tuple[Field, ...] = ()
    outside_span: tuple[Side, ...] = ()
    """On which sides of the pilot's span the event may lie."""
    not_before: Bound | Literal[""] = ""
    """For a report: not before the first (or the last) day of its period."""
    corrected_by: tuple[str, ...] = ()
    """Who may correct a step taken by this rule; empty: whoever may correct in this machine."""
    takes: int = 0
    """Lead time: the working days that this step normally takes."""
    exceptional: bool = False
    """Taken only when there is no ordinary way, so it is never advised before one; a waiver always is."""
    source: Source = "assumed"
    help: Text = NO_TEXT

    @property
    def exceptional_way(self) -> bool:
        """Whether advice counts the step as an exception: a waiver, or a rule that its definition marks."""
        return self.exceptional or self.effect == "waive"

    def need_leaves(self) -> Iterator[Need]:
        """Every leaf among the rule's needs."""
        for need in self.needs:
            yield from need.leaves()


@dataclass(frozen=True, slots=True)
class Series:
    """Periods a recurring machine is repeated for: calendar months counted from the pilot's first month, or the days
    of a rule, each of which ends a period."""

    months: int = 0
    """0 with a rule."""
    key: Literal["month", "number", "day"] = "month"
    """What names an instance: its first month (``2014-04``), its number (``3``) or its last day (``2014-04-14``)."""
    whole: bool = False
    """Only periods that end within the pilot's span count (a half-finished last one does not)."""
    rule: Recurrence | None = None
    """Counted from the pilot's first day, or from ``starts``."""
    starts: date | None = None

    def __post_init__(self) -> None:
        """Refuse with ValueError what would go on for ever: a stored definition may come from anywhere."""
        if (self.months > 0) == (self.rule is not None):
            raise ValueError("a series is counted in months or by a rule")


@dataclass(frozen=True, slots=True)
class CorrectionRule:
    """Who may undo a mistake in recording, and on what evidence."""

    by: tuple[str, ...] = ()
    evidence: tuple[Field, ...] = ()
    source: Source = "assumed"


@dataclass(frozen=True, eq=False)
class Workflow:
    """The definition of one machine (or, with a series, of one machine for each period)."""

    id: str
    kind: str
    title: Text
    states: tuple[State, ...]
    rules: tuple[Rule, ...]
    correction: CorrectionRule = CorrectionRule()
    series: Series | None = None
    deadlines: tuple[DeadlineRule, ...] = ()
    source: Source = "assumed"
    help: Text = NO_TEXT

    @cached_property
    def state(self) -> Mapping[str, State]:
        """States by id."""
        return {state.id: state for state in self.states}

    @cached_property
    def initial(self) -> str:
        """The state every machine of this workflow starts in."""
        return next(state.id for state in self.states if state.initial)

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        """Every trigger, in the order of the definition."""
        return tuple(dict.fromkeys(rule.trigger for rule in self.rules))

    @cached_property
    def rules_from(self) -> Mapping[str, tuple[Rule, ...]]:
        """Rules by the state they leave."""
        return {s.id: tuple(r for r in self.rules if r.from_state == s.id) for s in self.states}

    @cached_property
    def rules_for(self) -> Mapping[tuple[str, str], tuple[Rule, ...]]:
        """Rules by state and trigger, in the order of the definition."""
        found: dict[tuple[str, str], list[Rule]] = {}
        for rule in self.rules:
            found.setdefault((rule.from_state, rule.trigger), []).append(rule)
        return {key: tuple(rules) for key, rules in found.items()}

    @cached_property
    def done_states(self) -> frozenset[str]:
        """States that count as done."""
        return frozenset(state.id for state in self.states if state.done)

    def rules_of(self, trigger: str) -> tuple[Rule, ...]:
        """Every rule of a trigger, whatever state it leaves."""
        return tuple(rule for rule in self.rules if rule.trigger == trigger)


@dataclass(frozen=True, slots=True)
class Role:
    """A part that people play in a programme."""

    id: str
    title: Text
    scope: Literal["pilot", "programme"] = "pilot"
    """Held in one pilot, or in every pilot of the programme."""
    acts: bool = True
    """False for a role that only reads: nobody acts in it, so no rule may name it."""
    help: Text = NO_TEXT
    publishes: bool = False
    """Whether whoever holds it may switch the municipality's public page on and off."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A family of machines: guidelines, milestones, reports."""

    id: str
    title: Text
    plural: Text = NO_TEXT
    """What stands above several of them; empty: the title."""

    @property
    def heading(self) -> Text:
        """What stands above several of them."""
        return self.title if self.plural == NO_TEXT else self.plural


@dataclass(frozen=True, slots=True)
class HistorySection:
    """How a section of a history file (meetings, trainings, a conference) becomes transitions.

    Each item of the section becomes one transition for each of ``steps``; a step is left out when the item lacks
    the key that dates it.
    """

    section: str
    steps: tuple[HistoryStep, ...]


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One transition drawn from an item of a history section."""

    machine: str
    trigger: str
    on: str
    """The item's key that holds the day."""
    evidence: tuple[tuple[str, str], ...] = ()
    """Pairs (evidence field, the item's key, or ``$item`` for the whole item)."""


@dataclass(frozen=True, eq=False)
class Programme:
    """A whole programme: what the engine runs. Its identity is the hash of its normal form."""

    id: str
    title: Text
    roles: tuple[Role, ...]
    kinds: tuple[Kind, ...]
    workflows: tuple[Workflow, ...]
    start: date | None = None
    """The first day of a pilot that does not say otherwise."""
    end: date | None = None
    timezone: str = "Europe/Warsaw"
    source: Source = "assumed"
    help: Text = NO_TEXT
    history: tuple[HistorySection, ...] = ()
    reminders: ReminderPolicy = NO_POLICY
    """Ladders of warnings, escalation, hours, limits."""
    audit: ControlRules = NO_CONTROL
    """What is looked after beside the rules."""

    @cached_property
    def workflow(self) -> Mapping[str, Workflow]:
        """Workflows by id."""
        return {workflow.id: workflow for workflow in self.workflows}

    @cached_property
    def role(self) -> Mapping[str, Role]:
        """Roles by id."""
        return {role.id: role for role in self.roles}
