"""From the vocabulary of deadlines and reminders to the domain's values."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

from mlw_workflow.definitions import schema_reminders as schema
from mlw_workflow.definitions.convert import text
from mlw_workflow.domain.obligation import DeadlineRule, Due, Ladder, ReminderPolicy, Rung

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlw_workflow.domain.obligation import Anchor, Unit

_MARKS: dict[Unit, str] = {"days": "d", "working_days": "wd", "weeks": "w"}


def deadlines(models: Iterable[schema.DeadlineModel]) -> tuple[DeadlineRule, ...]:
    """The deadlines of a machine, in the order of the file."""
    return tuple(
        DeadlineRule(
            id=model.id,
            title=text(model.title),
            reaches=tuple(model.reaches),
            due=due(model.due),
            basis=model.basis,
            basis_note=text(model.basis_note),
            day_off=model.day_off,
            ladder=model.ladder or "",
            source=model.source,
        )
        for model in models
    )


def due(model: schema.Due) -> Due:
    """When a deadline falls."""
    match model:
        case schema.OnDue():
            return Due(day=date.fromisoformat(model.on))
        case schema.AtDue():
            return _counted(model.at, 0, "days")
        case schema.AfterDue():
            return _counted(model.after, *offset(model))
        case schema.BeforeDue():
            number, unit = offset(model)
            return _counted(model.before, -number, unit)
        case schema.EvidenceDue():
            return Due(evidence=tuple(field_refs(model)))


def field_refs(model: schema.EvidenceDue) -> list[str]:
    """The fields whose day counts."""
    return model.evidence if isinstance(model.evidence, list) else [model.evidence]


def offset(model: schema.AfterDue | schema.BeforeDue) -> tuple[int, Unit]:
    """How many of which unit."""
    units: tuple[Unit, ...] = ("days", "weeks", "months", "working_days")
    return next((getattr(model, unit), unit) for unit in units if getattr(model, unit) is not None)


def _counted(anchor: str, number: int, unit: Unit) -> Due:
    if "." in anchor:
        return Due(reached=anchor, offset=number, unit=unit)
    return Due(anchor=cast("Anchor", anchor), offset=number, unit=unit)


def rung(model: schema.RungModel) -> Rung:
    """A warning, with the name that it has within its ladder: ``-5wd``, ``0``, ``+3wd``."""
    unit: Unit = next(unit for unit in _MARKS if getattr(model, unit) is not None)
    number: int = getattr(model, unit)
    name = f"{number:+d}{_MARKS[unit]}" if number else "0"
    return Rung(name, number, unit, tuple(model.to), model.urgent, model.every or 0, model.times or 0)


def policy(model: schema.RemindersModel | None) -> ReminderPolicy:
    """How a programme reminds; the domain's defaults where nothing is said."""
    if model is None:
        return ReminderPolicy()
    quiet = model.quiet or schema.QuietModel.model_validate({"from": 20, "to": 7})
    snooze = model.snooze or schema.SnoozeModel()
    return ReminderPolicy(
        ladders=tuple(_ladder(name, ladder) for name, ladder in model.ladders.items()),
        escalation=tuple(model.escalation),
        digest_hour=model.digest_hour,
        quiet_from=quiet.from_,
        quiet_to=quiet.to,
        snooze_days_max=snooze.days_max,
        snoozes_max=snooze.times_max,
        goal=model.goal or "",
        slack_days=model.slack_days,
    )


def _ladder(name: str, model: schema.LadderModel) -> Ladder:
    rungs = tuple(rung(r) for r in model.rungs)
    if model.no_date is None:
        return Ladder(name, rungs)
    return Ladder(name, rungs, tuple(rung(r) for r in model.no_date.rungs), model.no_date.from_)
