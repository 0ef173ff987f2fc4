"""The way out through lists that are collected from earlier steps: each row that is lacking is a step of its own.

The domain's search knows states, not values. Where a rule's list is filled from earlier steps of its machine (the
meetings of a campaign), the rows already on record decide how many such steps are still to be taken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.wayout import PlannedStep
from mlw_workflow.services.gather import gathered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from mlw_workflow.domain.decision import Attempt
    from mlw_workflow.domain.definition import Field, Rule
    from mlw_workflow.domain.pilot import Standing
    from mlw_workflow.domain.wayout import WayOut
    from mlw_workflow.storage.unit_of_work import PilotWork


def collects_anything(standing: Standing, attempt: Attempt, found: WayOut) -> bool:
    """Whether any step of a way out, or its target, asks for a list that earlier steps fill."""
    own = [field for rule in _rules(standing, attempt) for field in rule.evidence]
    return any(field.collects for field in (*own, *(field for step in found.steps for field in step.evidence)))


def with_collected(work: PilotWork, standing: Standing, attempt: Attempt, found: WayOut) -> WayOut:
    """The way out with a step for each row that a collected list lacks, just before the step that asks for the list."""
    steps: list[PlannedStep] = []
    for step in found.steps:
        steps += _lacking(work, standing, step.machine, step.trigger, step.from_state, {}, step.earliest_on)
        steps.append(step)
    day = found.earliest_on or attempt.occurred_on
    for rule in _rules(standing, attempt)[:1]:
        given = attempt.evidence
        steps += _lacking(work, standing, attempt.machine, attempt.trigger, rule.from_state, given, day)
    return replace(found, steps=tuple(steps))


def _rules(standing: Standing, attempt: Attempt) -> tuple[Rule, ...]:
    return standing.instances[attempt.machine].workflow.rules_of(attempt.trigger)


def _lacking(
    work: PilotWork,
    standing: Standing,
    machine: str,
    trigger: str,
    from_state: str,
    given: Mapping[str, Any],
    day: date,
) -> Iterator[PlannedStep]:
    workflow = standing.instances[machine].workflow
    evidence = gathered(work, standing, machine, trigger, given)
    for rule in workflow.rules_for.get((from_state, trigger), ()):
        for field in rule.evidence:
            sources = workflow.rules_for.get((from_state, field.collects), ()) if field.collects else ()
            for source in sources[:1]:
                rows = evidence.get(field.id) or []
                for fixed in _missing_rows(field, rows if isinstance(rows, list) else []):
                    yield PlannedStep(
                        machine,
                        source.trigger,
                        from_state,
                        source.to_state,
                        source.by,
                        source.evidence,
                        day,
                        fixed=fixed,
                    )
        return


def _missing_rows(field: Field, rows: list[Any]) -> Iterator[tuple[tuple[str, str], ...]]:
    """What each row still lacking must say: the option that has too few, or nothing in particular."""
    missing = 0
    if field.min_each is not None:
        column = next(column for column in field.fields if column.id == field.min_each.field)
        for option in column.options:
            count = sum(1 for row in rows if isinstance(row, dict) and row.get(column.id) == option.id)
            for _ in range(field.min_each.at_least - count):
                missing += 1
                yield ((column.id, option.id),)
    at_least = int(field.minimum or (1 if field.required else 0))
    for _ in range(at_least - len(rows) - missing):
        yield ()
