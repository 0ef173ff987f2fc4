"""A refusal as pages tell it: every reason with the place where it can be put right, and the way out as links."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlw_workflow.domain.definition import CORRECT
from mlw_workflow.interfaces.web import forms
from mlw_workflow.interfaces.web.pages.board import task_href
from mlw_workflow.interfaces.wording import reasons as wording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlw_workflow.domain.decision import Reason
    from mlw_workflow.interfaces.web.titles import PageTitles
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.advance import Outcome
    from mlw_workflow.services.task import Asked


@dataclass(frozen=True, slots=True)
class Told:
    """A reason of a refusal: its sentence, and where it can be put right."""

    text: str
    href: str
    field: bool


@dataclass(frozen=True, slots=True)
class WayStep:
    """A step of a way out."""

    href: str
    step: str
    task: str
    roles: str
    evidence: tuple[str, ...]
    earliest_on: date
    exceptional: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is told of a form above and beside its fields."""

    told: tuple[Told, ...] = ()
    way: Way | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    """Sentences by control."""
    refused: bool = False
    """The form was handed in, and nothing of it was recorded."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way out of a refusal."""

    possible: bool
    gave_up: bool
    steps: tuple[WayStep, ...]
    earliest_on: date | None
    lost: tuple[str, ...]


NO_VERDICT = Verdict()


def told_text(reason: Reason, titles: PageTitles, trigger: str) -> str:
    """A reason in words for a page."""
    return wording.sentence(reason, titles, trigger, wording.ON_PAGE)


def told_of(reason: Reason, visit: Visit, wanted: Asked) -> Told:
    """A reason with the place where it can be put right."""
    text = told_text(reason, visit.titles, wanted.trigger)
    if reason.field:
        types = {field.id: field.type for field in wanted.fields}
        place = forms.control_at(reason.field)
        return Told(text, f"#{place}-day" if types.get(reason.field) == "date" else f"#{place}", field=True)
    if reason.code.startswith("date_"):
        return Told(text, "#on-day", field=True)
    if reason.needs:
        return Told(text, task_href(visit.pilot.code, reason.machine), field=False)
    if reason.code == "relied_upon":
        return Told(text, task_href(visit.pilot.code, reason.machine, CORRECT), field=False)
    return Told(text, "", field=False)


def way_of(outcome: Outcome, visit: Visit) -> Way | None:
    """The way out as the page shows it."""
    found, titles = outcome.way_out, visit.titles
    if found is None:
        return None
    steps = tuple(
        WayStep(
            task_href(visit.pilot.code, step.machine, step.trigger),
            titles.plain_trigger(step.machine, step.trigger),
            titles.plain_machine(step.machine),
            titles.roles(step.roles),
            tuple(field.title[visit.language] for field in step.evidence if field.required and not field.default),
            step.earliest_on,
            step.exceptional,
        )
        for step in found.steps
    )
    lost = []
    for name in found.lost:
        machine, _, state = name.rpartition(".")
        lost.append(f"{titles.plain_machine(machine)}: {titles.plain_state(machine, state)}")
    return Way(found.possible, found.gave_up, steps, found.earliest_on, tuple(lost))
