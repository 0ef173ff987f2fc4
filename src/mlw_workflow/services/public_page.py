"""A municipality's public page: what is done, what is planned, what took place. No account, and no word of a person.

Of the evidence only what a definition marks as public is shown; no text of anybody's remarks, no name, no refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.read import decode
from mlw_workflow.domain.errors import UnknownPilot
from mlw_workflow.services.board import board
from mlw_workflow.storage import public_pages, repositories

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from mlw_workflow.domain.definition import Field, Programme, Workflow
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.board import Task
    from mlw_workflow.services.desk import Desk


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """Something that took place and that people may know of."""

    seq: int
    machine: str
    trigger: str
    occurred_on: date
    recorded_at: datetime
    facts: tuple[tuple[Field, Any], ...]
    """Public fields with their values."""


@dataclass(frozen=True, slots=True)
class PublicPage:
    """What anybody may see of a pilot."""

    pilot: Pilot
    today: date
    tasks: tuple[Task, ...]
    events: tuple[PublicEvent, ...]
    """The newest first."""
    changed_at: datetime
    """When the last entry was recorded, or the page switched on if that was later."""


def public_pilot(desk: Desk, code: str) -> Pilot:
    """The pilot whose page that code names. Raises UnknownPilot, whether there is none or its page is off."""
    with desk.database.read() as connection:
        found = public_pages.shown_pilot(connection, code)
        if found is None:
            raise UnknownPilot(pilot=code[:80], known=())
        return repositories.pilot(connection, found)


def public_page(desk: Desk, pilot: Pilot) -> PublicPage:
    """What a pilot's page shows. The page must be on: see ``public_pilot``."""
    found = board(desk, pilot, ())
    workflows = {machine: instance.workflow for machine, instance in found.standing.instances.items()}
    with desk.database.transition(pilot.id, readonly=True) as work:
        entries = [decode(body) for _, _, body in repositories.entries(work.connection, pilot.id)]
        undone = {entry.undoes for entry in entries if entry.undoes}
        events = [
            PublicEvent(entry.seq, entry.machine, entry.trigger, entry.occurred_on, entry.recorded_at, facts)
            for entry in entries
            if entry.kind == "transition" and entry.occurred_on is not None and entry.seq not in undone
            if (facts := _facts(workflows.get(entry.machine), entry.trigger, work.evidence(entry.seq)))
        ]
        since = public_pages.shown_since(work.connection, pilot.id)
    changed = max([entries[-1].recorded_at, *([since] if since else [])])
    events.sort(key=lambda event: (event.occurred_on, event.seq), reverse=True)
    return PublicPage(pilot, found.today, found.tasks, tuple(events), changed)


def shown_since(desk: Desk, pilot: Pilot) -> datetime | None:
    """Since when the pilot has a public page; None: it has none."""
    with desk.database.read() as connection:
        return public_pages.shown_since(connection, pilot.id)


def set_shown(desk: Desk, pilot: Pilot, person_id: str, *, shown: bool) -> None:
    """Switch a pilot's page on or off."""
    with desk.database.work() as work:
        if shown:
            public_pages.show(work.connection, pilot.id, person_id, desk.clock.now())
        else:
            public_pages.hide(work.connection, pilot.id)
        work.commit()


def may_publish(programme: Programme, roles: Iterable[str]) -> bool:
    """Whether whoever holds these roles in a pilot switches its page on and off."""
    return any(programme.role[role].publishes for role in roles)


def _facts(workflow: Workflow | None, trigger: str, evidence: Mapping[str, Any]) -> tuple[tuple[Field, Any], ...]:
    """The public part of what was recorded with a step."""
    rules = workflow.rules_of(trigger) if workflow else ()
    fields = {field.id: field for rule in rules for field in rule.evidence if field.public}
    return tuple((fields[name], value) for name, value in evidence.items() if name in fields)
