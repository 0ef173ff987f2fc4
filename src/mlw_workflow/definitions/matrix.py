"""The rule matrix: a machine's rules as rows of words, for a terminal, a document or a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlw_workflow.domain.definition import Field, Need, Rule, Workflow
    from mlw_workflow.domain.obligation import DeadlineRule, Due


@dataclass(frozen=True, slots=True)
class Row:
    """One rule, in the words of the definition."""

    trigger: str
    from_state: str
    to_state: str
    by: tuple[str, ...]
    needs: tuple[str, ...]
    evidence: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    """The effect if it is not an advance, and what the rule says about dates and corrections."""


def rule_matrix(workflow: Workflow) -> tuple[Row, ...]:
    """One row for each rule, in the order of the machine's states and then of its rules."""
    order = {state.id: number for number, state in enumerate(workflow.states)}
    rules = sorted(workflow.rules, key=lambda rule: order[rule.from_state])
    return tuple(_row(rule) for rule in rules)


def as_lines(workflow: Workflow) -> list[str]:
    """The matrix as lines of text, one rule a line, and after them one line for each deadline."""
    lines = []
    for row in rule_matrix(workflow):
        parts = [f"{row.from_state} → {row.to_state}: {row.trigger} by {', '.join(row.by)}"]
        parts += [f"needs {'; '.join(row.needs)}"] if row.needs else []
        parts += [f"evidence {'; '.join(row.evidence)}"] if row.evidence else []
        parts += [", ".join(row.remarks)] if row.remarks else []
        lines.append(" | ".join(parts))
    return lines + [_deadline_line(rule) for rule in workflow.deadlines]


def due_words(due: Due) -> str:
    """When a deadline falls, as it is written: ``5 working_days after period_end``."""
    if due.day is not None:
        return due.day.isoformat()
    start = " or ".join(due.evidence) or due.reached or due.anchor
    if not due.offset:
        return start
    return f"{abs(due.offset)} {due.unit} {'after' if due.offset > 0 else 'before'} {start}"


def _deadline_line(rule: DeadlineRule) -> str:
    parts = [f"deadline {rule.id}: {' or '.join(rule.reaches)} by {due_words(rule.due)}", f"day off {rule.day_off}"]
    parts += [f"ladder {rule.ladder}"] if rule.ladder else []
    return " | ".join([*parts, f"{rule.basis}, {rule.source}"])


def need_words(need: Need) -> str:
    """A need as it is written: ``w07.appointed``, ``any(…)``, ``every monthly.accepted``."""
    if need.of:
        members = ", ".join(need_words(member) for member in need.of)
        word = "any" if need.at_least == 1 else "all" if need.at_least == len(need.of) else f"{need.at_least} of"
        return f"{word}({members})"
    if need.every:
        return f"{need.at_least or 'every'} of {need.name}" if need.at_least else f"every {need.name}"
    return need.name


def field_words(field: Field) -> str:
    """A field with what it demands: ``members: records ≥ 5 (institution: text, function: text?)``."""
    words = f"{field.id}: {field.type}" + ("" if field.required else "?")
    if field.many:
        words += " of many"
    if field.minimum is not None:
        words += f" ≥ {field.minimum:g}"
    if field.maximum is not None:
        words += f" ≤ {field.maximum:g}"
    if field.options:
        words += f" [{', '.join(option.id for option in field.options)}]"
    if field.among:
        words += f" among {'.'.join(filter(None, (field.among.machine, field.among.field, field.among.subfield)))}"
    if field.fields:
        words += f" ({', '.join(field_words(column) for column in field.fields)})"
    if field.min_each:
        words += f" ≥ {field.min_each.at_least} for each {field.min_each.field}"
    if field.collects:
        words += f" from {field.collects}"
    if field.default:
        words += f" = {field.default}"
    return words


def _row(rule: Rule) -> Row:
    remarks = [] if rule.effect == "advance" else [f"effect {rule.effect}"]
    remarks += ["exceptional"] if rule.exceptional else []
    remarks += [f"takes {rule.takes} working days"] if rule.takes else []
    remarks += [f"may lie {side} the span" for side in rule.outside_span]
    remarks += [f"not before {rule.not_before}"] if rule.not_before else []
    remarks += [f"corrected by {', '.join(rule.corrected_by)}"] if rule.corrected_by else []
    return Row(
        rule.trigger,
        rule.from_state,
        rule.to_state,
        rule.by,
        tuple(need_words(need) for need in rule.needs),
        tuple(field_words(field) for field in rule.evidence),
        (*remarks, rule.source),
    )
