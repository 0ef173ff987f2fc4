"""Explain a finding, confirm a step that is in doubt, or close a finding: entries of the pilot's log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from mlw_workflow.audit.read import decode
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import AccessRefused, BadInput, UnknownMachine
from mlw_workflow.domain.finding import CODES, answered_by, objection
from mlw_workflow.services.actor import actor_of
from mlw_workflow.services.control import inspection
from mlw_workflow.services.recording import Answered, instant_after, record_answer
from mlw_workflow.services.standing import AsOf
from mlw_workflow.storage import accounts, repositories

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlw_workflow.domain.decision import Actor
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.finding import Answer, Finding
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.unit_of_work import PilotWork

TEXT_MAX = 2_000

log = structlog.get_logger("mlw.control")


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody wants to say of a finding."""

    pilot: Pilot
    code: str
    place: str
    """The number of the entry it is about, or the machine where it is about none."""
    answer: Answer
    text: str
    acting: str
    """A person (id, e-mail, full name) or a role."""
    rule: str = ""
    """Which deadline, where several of a machine were missed."""
    once: str = ""
    """The digest of a form that is to lead to one entry, however often it is sent; empty: no form."""


@dataclass(frozen=True, slots=True)
class Replied:
    """What was recorded."""

    finding: Finding
    """As it was before."""
    entry: Entry
    hash: bytes
    repeated: bool = False
    """Nothing was recorded now: the form had led to ``entry`` before."""


def answered_before(desk: Desk, pilot: Pilot, once: str) -> int:
    """The entry to which the same form led before; 0 for none."""
    if not once:
        return 0
    with desk.database.read() as connection:
        return accounts.sent_form(connection, once, pilot.id)


def answer_finding(desk: Desk, reply: Reply) -> Replied:
    """Record an answer to a finding that is there now, in one transaction under the pilot's lock.

    Raises BadInput: ``finding_unknown``, ``finding_not_looked_after``, ``finding_not_confirmed``,
    ``finding_not_there``, ``finding_ambiguous``, ``finding_closed``, ``finding_text_missing``,
    ``finding_text_too_long``; UnknownMachine, UnknownPerson, UnknownRole; AccessRefused ``finding_role``,
    ``finding_own``, ``finding_unnamed``. Nothing of what is refused is recorded: it would have moved no machine.
    """
    pilot, text = reply.pilot, " ".join(reply.text.split())
    if not text:
        raise BadInput("finding_text_missing", kind=reply.code)
    if len(text) > TEXT_MAX:
        raise BadInput("finding_text_too_long", maximum=TEXT_MAX)
    if reply.code not in CODES:
        raise BadInput("finding_unknown", kind=reply.code[:60], known=CODES)
    programme = desk.programme(pilot.definition)
    with desk.database.transition(pilot.id) as work:
        recorded_at = instant_after(work.head, desk.clock.now())
        today = local_day(recorded_at, programme.timezone)
        actor = actor_of(work, programme, pilot, reply.acting, today)
        looked = inspection(desk, work.connection, pilot, AsOf(today))
        before = accounts.sent_form(work.connection, reply.once, work.id) if reply.once else 0
        if before:
            return _replied_before(work, reply, looked.findings(), before)
        about = looked.by_seq.get(int(reply.place)) if reply.place.isdecimal() else None
        _may(programme, reply, actor, about.actor if about is not None else "")
        finding = _meant(looked.findings(), reply, _known(programme, pilot))
        role = next(role for role in actor.roles if role in answered_by(programme.audit, reply.answer))
        answered = Answered(finding.place, finding.code, reply.answer, text, actor.id, role)
        made = record_answer(work.head, pilot, answered, recorded_at)
        work.append(made.sealed, evidence=made.evidence)
        if reply.once:
            accounts.add_sent_form(work.connection, reply.once, work.id, made.entry.seq, recorded_at)
        work.commit()
    log.info("finding", pilot=pilot.code, code=finding.code, seq=finding.place.seq, answer=reply.answer)
    return Replied(finding, made.entry, made.sealed.hash)


def _replied_before(work: PilotWork, reply: Reply, found: Sequence[Finding], seq: int) -> Replied:
    """What the same form led to. Asked under the pilot's lock, so two copies sent at once are told apart."""
    entry, digest = next(
        (decode(body), bytes(digest))
        for at, digest, body in repositories.entries(work.connection, work.id, seq - 1)
        if at == seq
    )
    finding = next(f for f in found if f.code == reply.code and reply.place in (str(f.place.seq), f.place.machine))
    return Replied(finding, entry, digest, repeated=True)


def _may(programme: Programme, reply: Reply, actor: Actor, about: str) -> None:
    """Raise unless the actor may give this answer to what is found of a step of ``about``."""
    why = objection(programme.audit, reply.code, reply.answer, actor.roles, actor.id, about)
    match why:
        case "finding_not_looked_after":
            raise BadInput("finding_not_looked_after", kind=reply.code, programme=programme.id)
        case "finding_not_confirmed":
            raise BadInput("finding_not_confirmed", kind=reply.code)
        case "finding_role":
            who = answered_by(programme.audit, reply.answer)
            told = {"person": reply.acting, "answer": reply.answer, "known": who}
            raise AccessRefused("finding_role", programme=programme, **told)
        case "finding_own" | "finding_unnamed":
            raise AccessRefused(why, person=reply.acting, kind=reply.code, place=reply.place[:80])
        case _:
            return


def _known(programme: Programme, pilot: Pilot) -> tuple[str, ...]:
    from mlw_workflow.domain.pilot import roster

    return tuple(roster(programme, pilot.start, pilot.end))


def _meant(found: Sequence[Finding], reply: Reply, machines: Sequence[str]) -> Finding:
    """The finding of that code at that place."""
    if reply.place.isdecimal():
        here = [f for f in found if f.code == reply.code and f.place.seq == int(reply.place)]
    else:
        if reply.place not in machines:
            raise UnknownMachine(machine=reply.place[:80], known=tuple(machines), pilot=reply.pilot.municipality)
        here = [f for f in found if f.code == reply.code and f.place.machine == reply.place]
        here = [f for f in here if reply.rule in ("", f.place.rule)]
    if not here:
        raise BadInput("finding_not_there", kind=reply.code, place=reply.place[:80], pilot=reply.pilot.municipality)
    standing = [f for f in here if f.state != "closed"]
    if not standing:
        answer = here[0].answer
        raise BadInput("finding_closed", kind=reply.code, place=reply.place, seq=answer.seq if answer else 0)
    if len(standing) > 1:
        known = tuple(f.place.rule or str(f.place.seq) for f in standing)
        raise BadInput("finding_ambiguous", kind=reply.code, place=reply.place, known=known)
    return standing[0]
