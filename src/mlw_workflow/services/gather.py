"""Evidence that is already on record: lists collected from earlier steps, and options drawn from other machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.replay import borrowed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.definition import Field
    from mlw_workflow.domain.pilot import Standing, Step
    from mlw_workflow.storage.unit_of_work import PilotWork


def gathered(
    work: PilotWork, standing: Standing, machine: str, trigger: str, given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The evidence given, with the rows of the earlier steps that a list collects put before the rows given.

    A row takes the columns that the earlier step's evidence has; an empty date column takes the day the step
    happened on. A row given that is on record already does not count twice.
    """
    filled = dict(given)
    steps = standing.position(machine).steps
    for rule in standing.instances[machine].workflow.rules_of(trigger):
        for field in rule.evidence:
            more = given.get(field.id) or []
            if field.collects and isinstance(more, list | tuple):
                rows = [_row(work, field, step) for step in steps if step.trigger == field.collects]
                if rows:
                    filled[field.id] = [*rows, *(row for row in more if row not in rows)]
    return filled


def _row(work: PilotWork, field: Field, step: Step) -> dict[str, Any]:
    recorded = work.evidence(step.seq)
    row = {column.id: recorded[column.id] for column in field.fields if column.id in recorded}
    for column in field.fields:
        if column.type == "date" and column.id not in row:
            row[column.id] = step.occurred_on.isoformat()
            break
    return row


def known_evidence(
    work: PilotWork, standing: Standing, machine: str, trigger: str
) -> dict[tuple[str, str], tuple[Any, ...]]:
    """The recorded evidence that a trigger's fields choose from, by (machine, field); what was erased is left out."""
    found = {}
    for other, field in borrowed(standing, machine, trigger):
        values = _recorded(work, standing, other, field)
        if values is not None:
            found[(other, field)] = values
    return found


def _recorded(work: PilotWork, standing: Standing, machine: str, field: str) -> tuple[Any, ...] | None:
    """Every value that a machine's steps recorded in a field; None when one of them was erased."""
    found = []
    for step in standing.position(machine).steps:
        if field in work.evidence_fields(step.seq):
            recorded = work.evidence(step.seq)
            if field not in recorded:
                return None
            found.append(recorded[field])
    return tuple(found)
