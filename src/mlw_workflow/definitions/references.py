"""Whether the names in a definition mean anything: machines, states, roles, vocabularies, fields, sections."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mlw_workflow.definitions import schema
from mlw_workflow.definitions.audit_references import check_audit
from mlw_workflow.definitions.deadline_references import check_deadlines, check_reminders, unused_ladders
from mlw_workflow.definitions.series_checks import check_series, names_no_day
from mlw_workflow.domain.definition import DONE
from mlw_workflow.domain.pilot import periods

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlw_workflow.definitions.expand import Expanded
    from mlw_workflow.definitions.findings import Finding
    from mlw_workflow.definitions.places import Place
    from mlw_workflow.domain.definition import Field

LEAVES_MAX = 200
"""States that the needs of one rule may name."""


class Names:
    """What a programme declares, as far as it could be read."""

    def __init__(
        self, programme: schema.ProgrammeModel, known: frozenset[str], expanded: Mapping[str, Expanded]
    ) -> None:
        self.programme = programme
        self.known = known
        """Ids of all machines, those that could not be read included."""
        self.expanded = expanded

    def fields_of(self, machine: str, trigger: str = "") -> dict[str, Field] | None:
        """The evidence that a machine's rules record; None when the machine could not be read in full."""
        found = self.expanded.get(machine)
        if found is None or not found.sound:
            return None
        rules = found.workflow.rules
        return {f.id: f for rule in rules if not trigger or rule.trigger == trigger for f in rule.evidence}


def check_programme(names: Names, place: Place) -> Iterator[Finding]:
    """References of programme.yaml, and declarations that nothing uses."""
    model = names.programme
    try:
        ZoneInfo(model.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield place.finding("unknown_timezone", "timezone", timezone=model.timezone)
    for name, kind in model.kinds.items():
        here = place.below("kinds", name)
        if kind.correct:
            yield from _correct(names, kind.correct, here.below("correct"), "")
        for index, transition in enumerate(kind.transitions):
            yield from check_transition(names, transition, here.below("transitions", index), "")
    yield from _history(names, place)
    yield from check_reminders(names, place)
    yield from check_audit(names, place)
    yield from _unused(names, place)


def check_machine(names: Names, model: schema.Machine, place: Place) -> Iterator[Finding]:
    """References of a machine's file."""
    if model.correct:
        yield from _correct(names, model.correct, place.below("correct"), model.id)
    for index, transition in enumerate(model.transitions):
        here = place.below("transitions", index)
        if transition.not_before and not model.series:
            yield here.finding("not_before_without_series", "not_before", machine=model.id)
        yield from check_transition(names, transition, here, model.id)
    yield from check_series(names.programme, model, place.below("series"))
    yield from check_deadlines(names, model, place)


def check_transition(names: Names, model: schema.TransitionModel, place: Place, machine: str) -> Iterator[Finding]:
    """References of one transition. ``machine`` is empty for a transition of a kind."""
    yield from _roles(names, model.by, place.below("by"))
    yield from _roles(names, model.corrected_by or [], place.below("corrected_by"))
    leaves = 0
    for index, need in enumerate(model.needs):
        leaves += sum(1 for _ in _leaves(need))
        yield from _need(names, need, place.below("needs", index), machine)
    if leaves > LEAVES_MAX:
        yield place.finding("too_many", "needs", limit=LEAVES_MAX)
    yield from _fields(names, model.evidence, place.below("evidence"), machine)


def _roles(names: Names, roles: list[str], place: Place) -> Iterator[Finding]:
    seen = set()
    for index, role in enumerate(roles):
        declared = names.programme.roles.get(role)
        if role in seen:
            yield place.finding("duplicate_item", index, item=role)
        elif declared is None:
            yield place.finding("unknown_role", index, role=role)
        elif not declared.acts:
            yield place.finding("role_only_reads", index, role=role)
        seen.add(role)


def _correct(names: Names, model: schema.CorrectModel, place: Place, machine: str) -> Iterator[Finding]:
    yield from _roles(names, model.by, place.below("by"))
    yield from _fields(names, model.evidence, place.below("evidence"), machine)


# Needs


def _leaves(need: schema.Need) -> Iterator[str]:
    match need:
        case str():
            yield need
        case schema.EveryNeed():
            yield need.every
        case _:
            for _, member in _members(need):
                yield from _leaves(member)


def _members(need: schema.Need) -> list[tuple[str, schema.Need]]:
    match need:
        case schema.AllNeed():
            return [("all", member) for member in need.all]
        case schema.AnyNeed():
            return [("any", member) for member in need.any]
        case schema.SomeNeed():
            return [("of", member) for member in need.of]
        case _:
            return []


def _need(names: Names, need: schema.Need, place: Place, machine: str) -> Iterator[Finding]:
    match need:
        case str():
            yield from _leaf(names, need, place, machine, every=False)
        case schema.EveryNeed():
            yield from _leaf(names, need.every, place.below("every"), machine, every=True)
            yield from _enough_periods(names, need, place)
        case _:
            members = _members(need)
            if isinstance(need, schema.SomeNeed) and need.at_least > len(need.of):
                yield place.finding("at_least_too_large", "at_least", at_least=need.at_least, of=len(need.of))
            seen: list[schema.Need] = []
            for index, (key, member) in enumerate(members):
                if member in seen:
                    yield place.finding("duplicate_item", key, index, item=", ".join(_leaves(member))[:200])
                seen.append(member)
                yield from _need(names, member, place.below(key, index), machine)


def _leaf(names: Names, leaf: str, place: Place, machine: str, *, every: bool) -> Iterator[Finding]:
    other, state = leaf.split(".")
    if other == machine:
        yield place.finding("needs_itself", machine=machine, state=state)
        return
    if other not in names.known:
        yield place.finding("unknown_machine", machine=other)
        return
    found = names.expanded.get(other)
    if found is None or not found.sound:
        return
    workflow = found.workflow
    if every and workflow.series is None:
        yield place.finding("every_without_series", machine=other)
    elif not every and workflow.series is not None:
        yield place.finding("series_without_every", machine=other, state=state)
    if state == DONE:
        if not workflow.done_states:
            yield place.finding("no_done_state", machine=other)
    elif state not in workflow.state:
        yield place.finding("unknown_state", machine=other, state=state)
    elif workflow.state[state].initial and not any(
        rule.effect == "advance" and rule.to_state == state for rule in workflow.rules
    ):
        yield place.finding("needs_initial", machine=other, state=state)


def _enough_periods(names: Names, need: schema.EveryNeed, place: Place) -> Iterator[Finding]:
    machine = need.every.split(".")[0]
    found = names.expanded.get(machine)
    number = periods_of(names.programme, found)
    if need.at_least and number is not None and need.at_least > number:
        yield place.finding("at_least_too_large", "at_least", at_least=need.at_least, of=number)


def periods_of(programme: schema.ProgrammeModel, machine: Expanded | None) -> int | None:
    """How many machines a series gives in the programme's own span; None when there is none to count in."""
    if programme.span is None or machine is None or machine.workflow.series is None:
        return None
    start, end = date.fromisoformat(programme.span.start), date.fromisoformat(programme.span.end)
    if (end - start).days > 366 * 100:
        return None
    return len(periods(machine.workflow.series, start, end))


# Evidence


def _fields(names: Names, fields: Mapping[str, schema.EvidenceField], place: Place, machine: str) -> Iterator[Finding]:
    for name, field in fields.items():
        here = place.below(name)
        low, high = getattr(field, "min", None), getattr(field, "max", None)
        if low is not None and high is not None and low > high:
            yield here.finding("bounds_crossed", "min", min=f"{low:g}", max=f"{high:g}")
        if isinstance(field, schema.ChoiceField):
            yield from _choice(names, field, here)
        elif isinstance(field, schema.RecordsField):
            yield from _records(names, field, here, machine)
            yield from _fields(names, field.fields, here.below("fields"), machine)


def _choice(names: Names, field: schema.ChoiceField, place: Place) -> Iterator[Finding]:
    if isinstance(field.options, str) and field.options not in names.programme.vocabularies:
        yield place.finding("unknown_vocabulary", "options", vocabulary=field.options)
        return
    options = names.programme.vocabularies[field.options] if isinstance(field.options, str) else field.options
    if options is not None and field.min is not None and field.min > len(options):
        yield place.finding("at_least_too_large", "min", at_least=field.min, of=len(options))
    if field.among is None:
        return
    place = place.below("among")
    if field.among.machine not in names.known:
        yield place.finding("unknown_machine", "machine", machine=field.among.machine)
        return
    recorded = names.fields_of(field.among.machine)
    if recorded is None:
        return
    source = recorded.get(field.among.field)
    if source is None:
        yield place.finding("unknown_field", "field", machine=field.among.machine, field=field.among.field)
    elif field.among.subfield is None:
        if source.type == "records":
            yield place.finding("subfield_missing", field=field.among.field)
    elif field.among.subfield not in {column.id for column in source.fields}:
        yield place.finding("unknown_field", "subfield", machine=field.among.machine, field=field.among.subfield)


def _records(names: Names, field: schema.RecordsField, place: Place, machine: str) -> Iterator[Finding]:
    if field.min_each:
        column = field.fields.get(field.min_each.field)
        if column is None:
            yield place.finding("unknown_column", "min_each", "field", column=field.min_each.field)
        elif not isinstance(column, schema.ChoiceField) or column.options is None:
            yield place.finding("min_each_not_choice", "min_each", "field", column=field.min_each.field)
    found = names.expanded.get(machine)
    if field.collects and found is not None and found.sound and field.collects not in found.workflow.triggers:
        yield place.finding("unknown_trigger", "collects", machine=machine, trigger=field.collects)


# The rest of programme.yaml


def _history(names: Names, place: Place) -> Iterator[Finding]:
    for section, steps in names.programme.history.items():
        if section == "events":
            yield place.finding("section_reserved", "history", section, section=section)
        for index, step in enumerate(steps):
            here = place.below("history", section, index)
            if step.machine not in names.known:
                yield here.finding("unknown_machine", "machine", machine=step.machine)
                continue
            found = names.expanded.get(step.machine)
            if found is None or not found.sound:
                continue
            if found.workflow.series is not None:
                yield here.finding("history_of_series", "machine", machine=step.machine)
            if step.trigger not in found.workflow.triggers:
                yield here.finding("unknown_trigger", "trigger", machine=step.machine, trigger=step.trigger)
                continue
            recorded = names.fields_of(step.machine, step.trigger) or {}
            for field in step.evidence:
                if field not in recorded:
                    yield here.finding("unknown_field", "evidence", field, machine=step.machine, field=field)


def _unused(names: Names, place: Place) -> Iterator[Finding]:
    """Warnings on what is declared and never named; only when every machine could be read."""
    model = names.programme
    machines = [expanded.workflow for expanded in names.expanded.values() if expanded.sound]
    if len(machines) != len(names.known):
        return
    for name in model.kinds:
        mine = [names.expanded[w.id] for w in machines if w.kind == name]
        if not mine:
            yield place.report("kind_unused", "warning", (), "kinds", name, kind=name)
            continue
        for index, transition in enumerate(model.kinds[name].transitions):
            if not any(index in expanded.matched for expanded in mine):
                yield place.report(
                    "selector_unused", "warning", (), "kinds", name, "transitions", index, "from",
                    kind=name, trigger=transition.trigger,
                )  # fmt: skip
    acting = {role for w in machines for rule in w.rules for role in (*rule.by, *rule.corrected_by)}
    acting |= {role for w in machines for role in w.correction.by}
    for name, role in model.roles.items():
        if role.acts and name not in acting:
            yield place.report("role_unused", "warning", (), "roles", name, role=name)
    yield from unused_ladders(names, {rule.ladder for w in machines for rule in w.deadlines}, place)
    for w in machines:
        if periods_of(model, names.expanded[w.id]) == 0 and not names_no_day(w.series, model.span):
            yield names.expanded[w.id].place.report("series_empty", "warning", (), "series", machine=w.id)
