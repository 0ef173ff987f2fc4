"""What speaks against somebody's judging the steps before: some are their own, or they have not read the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain.acceptance import own_steps, unread
from mlw_workflow.domain.errors import AccessRefused
from mlw_workflow.domain.footing import standing_steps
from mlw_workflow.storage import overview

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlw_workflow.domain.decision import Attempt
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot, Standing
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class Objections:
    """The entries that are the reason, of the trail that the machine's present state rests on."""

    own: tuple[int, ...] = ()
    """Those that the person took."""
    unread: tuple[int, ...] = ()
    """Those whose evidence the person has not read."""

    def refuse(self) -> None:
        """Raise AccessRefused ``acceptance_own`` or ``acceptance_unread`` (facts: entries), unless there are none."""
        if self.own:
            raise AccessRefused("acceptance_own", entries=self.own)
        if self.unread:
            raise AccessRefused("acceptance_unread", entries=self.unread)


NONE = Objections()


def judges(programme: Programme, trigger: str) -> bool:
    """Whether a step judges what others did, so that the question is asked."""
    return trigger in programme.audit.two_people or trigger in programme.audit.read_first


def objections(
    desk: Desk, connection: Connection, person: str, pilot: Pilot, trigger: str, before: Sequence[Entry]
) -> Objections:
    """What speaks against a person's taking a step that judges the entries ``before``."""
    rules = desk.programme(pilot.definition).audit
    own = own_steps(before, person, rules) if trigger in rules.two_people else []
    missed: list[int] = []
    if trigger in rules.read_first:
        missed = unread(before, desk.read_marks.of(connection, person, pilot.id))
    return Objections(tuple(entry.seq for entry in own), tuple(missed))


def objections_to(desk: Desk, connection: Connection, standing: Standing, attempt: Attempt) -> Objections:
    """What speaks against an attempt, as the pilot stands; none against one that the engine refuses by itself because
    the step does not leave the present state, or is not the person's.
    """
    if not judges(standing.programme, attempt.trigger):
        return NONE
    pilot = standing.pilot
    position = standing.position(attempt.machine)
    leaving = standing.instances[attempt.machine].workflow.rules_for.get((position.state, attempt.trigger), ())
    if not any(set(attempt.actor.roles) & set(rule.by) for rule in leaving):
        return NONE
    known = overview.numbered(connection, [pilot.id], [step.seq for step in standing_steps(position)])
    return objections(desk, connection, attempt.actor.id, pilot, attempt.trigger, [known[key] for key in sorted(known)])
