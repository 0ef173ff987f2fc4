"""How one municipality is reminded otherwise than its programme says: `reminders` in a file of its own.

What the file does not say stays as in the programme; a ladder in it takes the place of the programme's of that name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mlw_workflow.definitions.convert_reminders import policy
from mlw_workflow.definitions.findings import has_errors, in_order
from mlw_workflow.definitions.places import Place
from mlw_workflow.definitions.schema_reminders import RemindersModel
from mlw_workflow.definitions.schema_report import parse
from mlw_workflow.definitions.source import read_yaml
from mlw_workflow.domain.errors import DefinitionInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlw_workflow.definitions.findings import Finding
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.obligation import ReminderPolicy


def local_policy(file: Path, programme: Programme) -> ReminderPolicy:
    """The policy that a municipality's file makes of its programme's. Raises DefinitionInvalid with all findings."""
    document = read_yaml(file)
    parsed = parse(RemindersModel, document)
    findings = [*document.findings, *parsed.findings]
    if parsed.model is not None:
        findings += _unknown(parsed.model, programme, Place(parsed.origin))
    if parsed.model is None or has_errors(findings):
        raise DefinitionInvalid(path=file.as_posix(), findings=in_order(findings))
    given, own, base = parsed.model.model_fields_set, policy(parsed.model), programme.reminders
    changed = {ladder.id: ladder for ladder in own.ladders}
    ladders = tuple(changed.get(ladder.id, ladder) for ladder in base.ladders)
    merged = replace(base, ladders=ladders)
    if "escalation" in given:
        merged = replace(merged, escalation=own.escalation)
    if "digest_hour" in given:
        merged = replace(merged, digest_hour=own.digest_hour)
    if "slack_days" in given:
        merged = replace(merged, slack_days=own.slack_days)
    if "quiet" in given:
        merged = replace(merged, quiet_from=own.quiet_from, quiet_to=own.quiet_to)
    if "snooze" in given:
        merged = replace(merged, snooze_days_max=own.snooze_days_max, snoozes_max=own.snoozes_max)
    return merged


def _unknown(model: RemindersModel, programme: Programme, place: Place) -> Iterator[Finding]:
    """Names that the programme does not have, and the goal, which no municipality can choose."""
    if model.goal is not None:
        yield place.finding("unknown_key", "goal", key="goal")
    known = {ladder.id for ladder in programme.reminders.ladders}
    roles = [(role, place.below("escalation", n)) for n, role in enumerate(model.escalation)]
    for name, ladder in model.ladders.items():
        here = place.below("ladders", name)
        if name not in known:
            yield here.finding("unknown_ladder", ladder=name)
        lists = [(ladder.rungs, here.below("rungs"))]
        lists += [(ladder.no_date.rungs, here.below("no_date", "rungs"))] if ladder.no_date else []
        for rungs, at in lists:
            for number, rung in enumerate(rungs):
                roles += [(role, at.below(number, "to", n)) for n, role in enumerate(rung.to)]
    for role, at in roles:
        if role not in programme.role:
            yield at.finding("unknown_role", role=role)
