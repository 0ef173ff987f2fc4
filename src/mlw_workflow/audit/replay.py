"""Decide again every entry of a pilot's log, under its pinned definition and from nothing but the log.

What the chain proves is that nobody changed an entry; what a replay proves is that each entry *should have been*
recorded: the same standing, the same rules and the same evidence give the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from mlw_workflow.audit.verify import Failure
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.decision import Actor, Admitted, Attempt, Decision, Refused
from mlw_workflow.domain.definition import CORRECT, Programme, Workflow
from mlw_workflow.domain.errors import WorkflowError
from mlw_workflow.domain.finding import TEXT, is_place, objection, place_of
from mlw_workflow.domain.ledger import Entry, Membership, advanced, roles_on, step_of, taken_back
from mlw_workflow.domain.machine import decide
from mlw_workflow.domain.pilot import Instance, Pilot, Position, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

SOURCE_NOTE = "$source"
"""The evidence field that keeps, under its commitment, what a history file says of an event's source."""
IMPORTER = "import"
"""The actor of entries that come from a history file: it may act in every role."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """Where a log leads, and the first entry (if any) that should not have been recorded as it was."""

    pilot: Pilot | None
    moved: Mapping[str, Position]
    memberships: tuple[Membership, ...]
    entries: int
    first_failure: Failure | None
    erased: int = 0
    """Entries whose evidence was erased, so that its content could not be checked again."""
    instances: Mapping[str, Instance] = field(default_factory=dict)
    """The pilot's machines."""


class EvidenceSource(Protocol):
    """Evidence values by entry; what was erased is not there."""

    def __call__(self, seq: int) -> Mapping[str, Any]:
        """The values recorded with an entry, by field."""
        ...


class _Unheld(Exception):
    def __init__(self, check: str, **facts: object) -> None:
        super().__init__(check)
        self.check = check
        self.facts = {key: str(value) for key, value in facts.items()}


def replay(
    entries: Iterable[Entry], definition_of: Callable[[str], Programme | None], evidence: EvidenceSource
) -> Replayed:
    """Re-decide a whole log in order. Never raises for what the log says: the first failure ends the replay.

    ``definition_of`` gives the programme that a content hash names, None when it is not to be had.
    """
    run = _Replay(definition_of, evidence)
    count = 0
    for entry in entries:
        try:
            run.take(entry)
        except _Unheld as unheld:
            return run.result(count, Failure(unheld.check, entry.seq, unheld.facts))
        except WorkflowError as error:
            facts = {key: str(value) for key, value in error.facts.items() if key != "known"}
            return run.result(count, Failure(error.code, entry.seq, facts))
        count += 1
    return run.result(count, None)


class _Replay:
    def __init__(self, definition_of: Callable[[str], Programme | None], evidence: EvidenceSource) -> None:
        self.definition_of = definition_of
        self.evidence = evidence
        self.standing: Standing | None = None
        self.held: dict[tuple[str, str, date], Membership] = {}
        self.by_field: dict[tuple[str, str], list[int]] = {}
        self.steps: dict[int, str] = {}
        """Each step's machine, for what is said of findings."""
        self.actors: dict[int, str] = {}
        """Who took each step."""
        self.sealed: dict[int, tuple[str, ...]] = {}
        """The fields of evidence that each entry commits to, which an erasure may name; equal ones are kept once."""
        self.shapes: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.erased = 0

    def result(self, count: int, failure: Failure | None) -> Replayed:
        standing = self.standing
        moved = {name: p for name, p in standing.moved.items() if p.steps} if standing else {}
        pilot = standing.pilot if standing else None
        instances = standing.instances if standing else {}
        return Replayed(pilot, moved, tuple(self.held.values()), count, failure, self.erased, instances)

    def take(self, entry: Entry) -> None:
        """Check one entry against the standing before it, then let it take effect."""
        if entry.evidence:
            fields = tuple(entry.evidence)
            self.sealed[entry.seq] = self.shapes.setdefault(fields, fields)
        if entry.kind == "opening":
            self.open(entry)
            return
        if self.standing is None:
            raise _Unheld("not_opened")
        if entry.kind == "membership":
            self.member(entry)
            return
        if entry.kind in ("acknowledgement", "snooze", "deputy", "policy"):
            self.remind(entry)
            return
        if entry.kind == "erasure":
            self.erasure(entry)
            return
        if entry.definition != self.standing.pilot.definition:
            raise _Unheld("definition_changed", expected=self.standing.pilot.definition, found=entry.definition)
        if entry.kind == "finding":
            self.answer(entry)
            return
        decision = self.decide(entry)
        if entry.kind == "refusal":
            self.compare_refusal(entry, decision)
            return
        if isinstance(decision, Refused):
            raise _Unheld("should_be_refused", reasons=", ".join(reason.code for reason in decision.reasons))
        self.compare(entry, decision)
        self.move(entry)

    def open(self, entry: Entry) -> None:
        if self.standing is not None or entry.seq != 1:
            raise _Unheld("opened_twice")
        programme = self.definition_of(entry.definition)
        if programme is None:
            raise _Unheld("definition_missing", definition=entry.definition)
        self.standing = Standing(pilot_of(entry), programme, {})

    def member(self, entry: Entry) -> None:
        assert self.standing is not None
        if entry.since is None or entry.role not in self.standing.programme.role:
            raise _Unheld("unknown_role", role=entry.role)
        membership = Membership(entry.person, entry.role, entry.since, entry.until)
        self.held[(entry.person, entry.role, entry.since)] = membership

    def remind(self, entry: Entry) -> None:
        """What concerns reminders moves nothing; it must speak of something that the programme has."""
        assert self.standing is not None
        if entry.kind in ("acknowledgement", "snooze"):
            instance = self.standing.instances.get(entry.machine)
            rules = {rule.id for rule in instance.workflow.deadlines} if instance else set()
            if not entry.person or entry.trigger not in rules:
                raise _Unheld("unknown_deadline", machine=entry.machine, rule=entry.trigger)
        if entry.kind == "snooze" and entry.until is None:
            raise _Unheld("no_day")
        if entry.kind == "deputy" and not (entry.person and entry.deputy and entry.since and entry.until):
            raise _Unheld("no_deputy")

    def erasure(self, entry: Entry) -> None:
        """An erasure moves nothing; what it names must have been recorded before it, and must be gone."""
        if not entry.erased and not entry.person:
            raise _Unheld("erased_nothing")
        for gone in entry.erased:
            seq, name = gone.get("seq"), gone.get("field")
            if not isinstance(seq, int) or seq >= entry.seq or name not in self.sealed.get(seq, ()):
                raise _Unheld("erased_unknown", of=seq, field=name)
            if name in self.evidence(seq):
                raise _Unheld("erased_still_there", of=seq, field=name)

    def answer(self, entry: Entry) -> None:
        """An answer to a finding moves nothing; whoever gave it must have been allowed to, and it must have a place.

        Whether there was such a finding on that day is not decided again: that also hangs on the access log.
        """
        assert self.standing is not None
        place, rules = place_of(entry), self.standing.programme.audit
        code, answer = str(entry.finding.get("code")), str(entry.finding.get("state"))
        if not is_place(place, self.standing.instances, self.steps, code):
            raise _Unheld("finding_place", code=code, machine=place.machine, of=place.seq)
        roles = self.roles(entry, local_day(entry.recorded_at, self.standing.programme.timezone))
        held = [role for role in roles if role == entry.role]
        why = objection(rules, code, answer, held, entry.actor, self.actors.get(place.seq, ""))
        if why is not None:
            raise _Unheld("finding_answer", code=code, answer=answer, role=entry.role, why=why)
        if TEXT not in entry.evidence:
            raise _Unheld("finding_text", code=code)

    def decide(self, entry: Entry) -> Decision:
        assert self.standing is not None
        if entry.occurred_on is None:
            raise _Unheld("no_day")
        today = local_day(entry.recorded_at, self.standing.programme.timezone)
        given = self.given(entry)
        seen = next((r["facts"]["seen"] for r in entry.reasons if r.get("code") == "changed_meanwhile"), None)  # type: ignore[index]
        attempt = Attempt(
            entry.machine,
            entry.trigger,
            entry.occurred_on,
            Actor(entry.actor, self.roles(entry, today)),
            given,
            self.known(entry),
            int(seen) if seen is not None else None,
            today,
        )
        decision = decide(self.standing, attempt)
        if entry.kind != "refusal" and set(given) < set(_sealed_fields(entry)):
            self.erased += 1
            if isinstance(decision, Refused):
                return self.without_erased(entry, attempt, decision)
        return decision

    def without_erased(self, entry: Entry, attempt: Attempt, decision: Refused) -> Decision:
        """Erased evidence cannot be read again: its commitments stand for it, everything else must still hold."""
        if any(not reason.code.startswith("evidence_") for reason in decision.reasons):
            return decision
        assert self.standing is not None
        workflow = self.standing.instances[entry.machine].workflow
        bare = _asking_nothing(self.standing, workflow)
        return decide(bare, replace(attempt, evidence={}))

    def given(self, entry: Entry) -> Mapping[str, Any]:
        return {name: value for name, value in self.evidence(entry.seq).items() if name in _sealed_fields(entry)}

    def roles(self, entry: Entry, today: date) -> tuple[str, ...]:
        assert self.standing is not None
        if entry.actor == IMPORTER:
            acting = tuple(role.id for role in self.standing.programme.roles if role.acts)
            return (entry.role, *(role for role in acting if role != entry.role)) if entry.role else acting
        if entry.actor.startswith("role:"):
            return (entry.actor.removeprefix("role:"),)
        held = roles_on(self.held.values(), entry.actor, today)
        return tuple(sorted(held, key=lambda role: role != entry.role))

    def known(self, entry: Entry) -> Mapping[tuple[str, str], tuple[Any, ...]]:
        """Evidence recorded before this entry that its fields refer to."""
        assert self.standing is not None
        found: dict[tuple[str, str], tuple[Any, ...]] = {}
        for machine, name in borrowed(self.standing, entry.machine, entry.trigger):
            steps = {step.seq for step in self.standing.position(machine).steps}
            values = [self.evidence(seq) for seq in self.by_field.get((machine, name), ()) if seq in steps]
            if all(name in value for value in values):
                found[(machine, name)] = tuple(value[name] for value in values)
        return found

    def compare_refusal(self, entry: Entry, decision: Decision) -> None:
        """A refusal holds when what was unmet is still unmet; the evidence of a refused attempt is not kept."""
        recorded = {_place(reason) for reason in entry.reasons if not str(reason["code"]).startswith("evidence_")}
        found: set[tuple[str, str, str]] = set()
        if isinstance(decision, Refused):
            found = {
                (reason.code, reason.machine, reason.needs)
                for reason in decision.reasons
                if not reason.code.startswith("evidence_")
            }
        if found != recorded:
            raise _Unheld("refusal_differs", expected=sorted(found), found=sorted(recorded))

    def compare(self, entry: Entry, decision: Admitted) -> None:
        found = (entry.from_state, entry.to_state, entry.effect, entry.role)
        expected = (decision.from_state, decision.to_state, decision.effect, decision.role)
        if found != expected:
            raise _Unheld("decision_differs", expected=expected, found=found)
        relies_on = {reliance.needs: reliance.seq for reliance in decision.relies_on}
        if dict(entry.relies_on) != relies_on:
            raise _Unheld("reliance_differs", expected=relies_on, found=dict(entry.relies_on))
        undoes = decision.undoes.seq if decision.undoes else 0
        if entry.undoes != undoes or (entry.kind == "correction") != bool(undoes):
            raise _Unheld("correction_differs", expected=undoes, found=entry.undoes)

    def move(self, entry: Entry) -> None:
        assert self.standing is not None
        position = self.standing.position(entry.machine)
        if entry.kind == "transition":
            self.steps[entry.seq], self.actors[entry.seq] = entry.machine, entry.actor
        moved = taken_back(position) if entry.kind == "correction" else advanced(position, step_of(entry))
        self.standing = self.standing.with_position(moved)
        for name in _sealed_fields(entry):
            self.by_field.setdefault((entry.machine, name), []).append(entry.seq)


def pilot_of(entry: Entry) -> Pilot:
    """The pilot that an opening entry opens."""
    given = entry.pilot
    return Pilot(
        entry.log,
        given["code"],
        given["municipality"],
        given["programme"],
        entry.definition,
        date.fromisoformat(given["start"]),
        date.fromisoformat(given["end"]),
        given.get("voivodeship", ""),
    )


def borrowed(standing: Standing, machine: str, trigger: str) -> set[tuple[str, str]]:
    """The (machine, field) pairs of recorded evidence that a trigger's fields choose from."""
    instance = standing.instances.get(machine)
    if instance is None or trigger == CORRECT:
        return set()
    found = set()
    for rule in instance.workflow.rules_of(trigger):
        for asked in rule.evidence:
            for column in (asked, *asked.fields):
                if column.among is not None:
                    found.add((column.among.machine, column.among.field))
    return found


def _sealed_fields(entry: Entry) -> set[str]:
    return {name for name in entry.evidence if not name.startswith("$")}


def _place(reason: Mapping[str, object]) -> tuple[str, str, str]:
    return (str(reason["code"]), str(reason.get("machine", "")), str(reason.get("needs", "")))


def _asking_nothing(standing: Standing, workflow: Workflow) -> Standing:
    """The same standing under a definition whose machine asks for no evidence."""
    bare = Workflow(
        workflow.id,
        workflow.kind,
        workflow.title,
        workflow.states,
        tuple(replace(rule, evidence=()) for rule in workflow.rules),
        replace(workflow.correction, evidence=()),
        workflow.series,
    )
    programme = standing.programme
    workflows = tuple(bare if w is workflow else w for w in programme.workflows)
    changed = Programme(
        programme.id, programme.title, programme.roles, programme.kinds, workflows, timezone=programme.timezone
    )
    return Standing(standing.pilot, changed, standing.moved)
