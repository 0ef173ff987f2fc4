"""Advance a machine: the one way by which a state changes, whoever asks. Corrections go the same way."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import structlog

from mlw_workflow.audit.read import decode
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.decision import Admitted, Attempt, Decision
from mlw_workflow.domain.definition import CORRECT
from mlw_workflow.domain.errors import UnknownMachine
from mlw_workflow.domain.ledger import step_of
from mlw_workflow.domain.machine import decide
from mlw_workflow.domain.pilot import Pilot, Standing
from mlw_workflow.domain.wayout import WayOut, way_out
from mlw_workflow.services.actor import actor_of
from mlw_workflow.services.collecting import collects_anything, with_collected
from mlw_workflow.services.deadlines import follow
from mlw_workflow.services.gather import gathered, known_evidence
from mlw_workflow.services.objections import NONE, Objections, judges, objections_to
from mlw_workflow.services.recording import instant_after, record
from mlw_workflow.storage import accounts, repositories

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from mlw_workflow.audit.seal import Sealed
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.unit_of_work import PilotWork

log = structlog.get_logger("mlw.decision")


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for: who, which pilot, machine, trigger, the day it happened, evidence."""

    pilot: Pilot
    machine: str
    trigger: str
    acting: str
    """A person (id, e-mail, full name) or a role."""
    on: date | None = None
    """The local day on which it happened; None: today."""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    seen_seq: int | None = None
    as_role: str = ""
    """For the way out: prefer steps this role can take."""
    apart: bool = False
    """Keep whoever asks from judging steps of their own, or evidence that they have not read. The command line does not
    ask: it also records what happened on paper, and control finds it."""
    once: str = ""
    """The digest of a form that is to lead to one entry, however often and from wherever it is sent; empty: no form."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision, what was sealed (nothing in a preview), and for a refusal the way out."""

    decision: Decision
    standing: Standing
    attempt: Attempt
    entry: Entry | None = None
    sealed: Sealed | None = None
    way_out: WayOut | None = None
    repeated: bool = False
    """Nothing was sealed now: the form had led to ``entry`` before."""

    @property
    def admitted(self) -> bool:
        """Whether the transition was (or would be) recorded."""
        return isinstance(self.decision, Admitted)


def advance(desk: Desk, request: Request) -> Outcome:
    """Decide and record one attempt, in one transaction under the pilot's lock.

    A refusal is recorded too, as a refusal, and changes nothing else. Raises BadInput (unknown machine, trigger,
    person, role) or, if the request asks for it, AccessRefused (``acceptance_own``, ``acceptance_unread``) without
    recording anything, StorageUnavailable, ClockBackwards.
    """
    started = time.perf_counter()
    with desk.database.transition(request.pilot.id) as work:
        recorded_at = instant_after(work.head, desk.clock.now())
        standing, attempt = prepare(desk, work, request, recorded_at)
        before = _recorded_before(work, request)
        if before is not None:
            return Outcome(_as_decided(before), standing, attempt, before, repeated=True)
        if request.apart:
            objections_to(desk, work.connection, standing, attempt).refuse()
        decision = decide(standing, attempt)
        made = record(work.head, standing, attempt, decision, recorded_at)
        work.append(made.sealed, position=made.position, evidence=made.evidence)
        if made.position is not None:
            follow(desk, work, standing.with_position(made.position), request.machine, recorded_at)
            if request.once:
                accounts.add_sent_form(work.connection, request.once, work.id, made.entry.seq, recorded_at)
        work.commit()
    tell(request, decision, started)
    return _answered(desk, request, Outcome(decision, standing, attempt, made.entry, made.sealed))


def _recorded_before(work: PilotWork, request: Request) -> Entry | None:
    """The entry to which the same form led. Asked under the pilot's lock, so two copies sent at once are told apart."""
    seq = accounts.sent_form(work.connection, request.once, work.id) if request.once else 0
    if not seq:
        return None
    rows = repositories.entries(work.connection, work.id, seq - 1)
    return next((decode(body) for at, _, body in rows if at == seq), None)


def _as_decided(entry: Entry) -> Admitted:
    """The decision that an entry holds."""
    effect = step_of(entry).effect
    return Admitted(entry.machine, entry.trigger, entry.from_state, entry.to_state, effect, entry.role, {})


def objected(desk: Desk, request: Request) -> Objections:
    """What speaks against an attempt now. Raises BadInput, as ``advance`` does."""
    if not judges(desk.programme(request.pilot.definition), request.trigger):
        return NONE
    with desk.database.transition(request.pilot.id, readonly=True) as work:
        standing, attempt = prepare(desk, work, request, desk.clock.now())
        return objections_to(desk, work.connection, standing, attempt)


def preview(desk: Desk, request: Request) -> Outcome:
    """What ``advance`` would answer now, objections apart; nothing is recorded."""
    with desk.database.transition(request.pilot.id, readonly=True) as work:
        standing, attempt = prepare(desk, work, request, desk.clock.now())
    return _answered(desk, request, Outcome(decide(standing, attempt), standing, attempt))


def prepare(desk: Desk, work: PilotWork, request: Request, now: datetime) -> tuple[Standing, Attempt]:
    """Where the pilot stands, and the request as an attempt: the actor's roles known, the evidence gathered.

    Today is the local day of ``now``, the very instant that is recorded, so that a replay sees the same day.
    """
    pilot = request.pilot
    programme = desk.programme(pilot.definition)
    standing = Standing(pilot, programme, work.moved)
    if request.machine not in standing.instances:
        raise UnknownMachine(machine=request.machine, known=tuple(standing.instances), pilot=pilot.municipality)
    today = local_day(now, programme.timezone)
    attempt = Attempt(
        request.machine,
        request.trigger,
        request.on or today,
        actor_of(work, programme, pilot, request.acting, today),
        gathered(work, standing, request.machine, request.trigger, request.evidence),
        known_evidence(work, standing, request.machine, request.trigger),
        request.seen_seq,
        today,
    )
    return standing, attempt


def _answered(desk: Desk, request: Request, outcome: Outcome) -> Outcome:
    """The outcome, a refusal with its way out (a correction has none: its reasons name what to correct first)."""
    if outcome.admitted or request.trigger == CORRECT:
        return outcome
    found = way_out(outcome.standing, request.machine, request.trigger, request.as_role)
    if found.possible and collects_anything(outcome.standing, outcome.attempt, found):
        with desk.database.transition(request.pilot.id, readonly=True) as work:
            found = with_collected(work, outcome.standing, outcome.attempt, found)
    return replace(outcome, way_out=found)


def tell(request: Request, decision: Decision, started: float) -> None:
    """One log event for each decision; never a person's data nor evidence."""
    reasons = [] if isinstance(decision, Admitted) else sorted({reason.code for reason in decision.reasons})
    log.info(
        "decision",
        pilot=request.pilot.code,
        machine=decision.machine,
        trigger=decision.trigger,
        outcome="admitted" if isinstance(decision, Admitted) else "refused",
        reasons=reasons,
        duration_ms=round((time.perf_counter() - started) * 1000, 3),
    )
