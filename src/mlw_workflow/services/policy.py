"""Remind one pilot otherwise than its programme says. The policy is sealed as an entry when it takes effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.audit.seal import seal
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.services.deadlines import Book
from mlw_workflow.services.desk import OPERATOR
from mlw_workflow.services.recording import instant_after
from mlw_workflow.storage import circle

if TYPE_CHECKING:
    from mlw_workflow.domain.obligation import ReminderPolicy
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk


def set_policy(desk: Desk, pilot: Pilot, policy: ReminderPolicy | None) -> bool:
    """Have a pilot reminded by its own policy from now on; None: as its programme says. False when it is already.

    The warnings of its open deadlines are planned anew in the same transaction.
    """
    programme = desk.programme(pilot.definition)
    if policy == programme.reminders:
        policy = None
    with desk.database.transition(pilot.id) as work:
        if circle.policies(work.connection, [pilot.id]).get(pilot.id) == policy:
            return False
        recorded_at = instant_after(work.head, desk.clock.now())
        value = {} if policy is None else circle.policy_value(policy)
        entry = Entry(
            log=work.id,
            seq=work.head.seq + 1,
            prev=work.head.hash.hex(),
            kind="policy",
            recorded_at=recorded_at,
            actor=OPERATOR,
            policy=value,
        )
        work.append(seal(entry))
        circle.set_policy(work.connection, pilot.id, policy, entry.seq)
        book = Book(desk, work, pilot, programme)
        book.replan(recorded_at, policy or programme.reminders)
        book.write()
        work.commit()
    return True
