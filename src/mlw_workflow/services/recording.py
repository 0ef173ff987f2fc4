"""Turning a decision into a sealed entry, with its evidence beside the seal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.seal import commitment, new_salt, seal
from mlw_workflow.domain.decision import Admitted, Attempt, Decision, Reason
from mlw_workflow.domain.errors import ClockBackwards
from mlw_workflow.domain.finding import TEXT
from mlw_workflow.domain.ledger import Entry, advanced, step_of, taken_back

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.audit.seal import Head, Sealed
    from mlw_workflow.domain.finding import Answer, Place
    from mlw_workflow.domain.pilot import Pilot, Position, Standing

CLOCK_TOLERANCE = timedelta(minutes=2)
"""A clock that was set back by no more than this is taken as standing still."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one decision adds to the store."""

    entry: Entry
    sealed: Sealed
    position: Position | None
    evidence: list[tuple[str, bytes, bytes]]
    """(field, salt, canonical bytes of the value)."""


def instant_after(head: Head, now: datetime) -> datetime:
    """The instant to record: ``now``, or the last entry's when the clock went back a little.

    Raises ClockBackwards when it went back by more than a jump that synchronising clocks explains.
    """
    if head.recorded_at is None or now >= head.recorded_at:
        return now
    if head.recorded_at - now <= CLOCK_TOLERANCE:
        return head.recorded_at
    raise ClockBackwards(now=now.isoformat(timespec="seconds"), last=head.recorded_at.isoformat(timespec="seconds"))


def record(
    head: Head,
    standing: Standing,
    attempt: Attempt,
    decision: Decision,
    recorded_at: datetime,
    *,
    source: str = "",
    precision: str = "",
    notes: dict[str, Any] | None = None,
) -> Recorded:
    """The entry of one decision, sealed onto ``head``, and what goes beside it.

    Of a refused attempt only the reasons are kept: codes and places, nothing that was typed.
    """
    admitted = isinstance(decision, Admitted)
    values = {**decision.evidence, **(notes or {})} if isinstance(decision, Admitted) else {}
    evidence = [(name, new_salt(), canonical(value)) for name, value in values.items()]
    undoes = decision.undoes if isinstance(decision, Admitted) else None
    entry = Entry(
        log=standing.pilot.id,
        seq=head.seq + 1,
        prev=head.hash.hex(),
        kind="refusal" if not admitted else "correction" if undoes else "transition",
        recorded_at=recorded_at,
        actor=attempt.actor.id,
        role=decision.role,
        definition=standing.pilot.definition,
        machine=attempt.machine,
        trigger=attempt.trigger,
        from_state=decision.from_state,
        to_state=decision.to_state,
        effect=decision.effect if isinstance(decision, Admitted) else "",
        occurred_on=attempt.occurred_on,
        precision=precision,
        source=source,
        evidence={name: commitment(name, salt, value) for name, salt, value in evidence},
        relies_on={r.needs: r.seq for r in decision.relies_on} if isinstance(decision, Admitted) else {},
        undoes=undoes.seq if undoes else 0,
        reasons=() if isinstance(decision, Admitted) else tuple(reason_facts(reason) for reason in decision.reasons),
    )
    position = None
    if admitted:
        before = standing.position(attempt.machine)
        position = taken_back(before) if undoes else advanced(before, step_of(entry))
    return Recorded(entry, seal(entry), position, evidence)


def reason_facts(reason: Reason) -> dict[str, object]:
    """A reason as it is sealed: without wording, and without a field's name that somebody made up."""
    told = {
        "code": reason.code,
        "machine": reason.machine,
        "needs": reason.needs,
        "field": reason.field if reason.code != "evidence_unknown_field" else "",
        "who": list(reason.who),
        "facts": reason.fact,
    }
    return {key: value for key, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Answered:
    """What is said of a finding."""

    place: Place
    code: str
    answer: Answer
    text: str
    actor: str
    role: str


def record_answer(head: Head, pilot: Pilot, answered: Answered, recorded_at: datetime) -> Recorded:
    """Seal the answer to a finding onto the log; it moves no machine, and its text stays outside the seal."""
    evidence = [(TEXT, new_salt(), canonical(answered.text))]
    place = answered.place
    entry = Entry(
        log=pilot.id,
        seq=head.seq + 1,
        prev=head.hash.hex(),
        kind="finding",
        recorded_at=recorded_at,
        actor=answered.actor,
        role=answered.role,
        definition=pilot.definition,
        machine=place.machine,
        trigger=place.rule,
        evidence={name: commitment(name, salt, value) for name, salt, value in evidence},
        finding={"code": answered.code, "seq": place.seq, "state": answered.answer},
    )
    return Recorded(entry, seal(entry), None, evidence)
