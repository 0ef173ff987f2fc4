"""The findings of a pilot on a day, derived from its log, its definition, the calendar and the access log.

What is found of a *recording* (too late, by one person, unread, in a role not held) is dated by the day of recording,
and only what was recorded by the day in question is looked at. What is found of the *course* (a deadline missed) is
dated by the days on which things happened, as ``status --as-of`` looks at them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from mlw_workflow.domain.acceptance import own_steps, unread
from mlw_workflow.domain.deadline import deadlines_of, shifted
from mlw_workflow.domain.finding import FROM_FILE, Finding, Place, answers, day_of, settled
from mlw_workflow.domain.footing import doubts, standing_steps, taken_back
from mlw_workflow.domain.ledger import fold, memberships
from mlw_workflow.domain.pilot import Standing, roster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from mlw_workflow.domain.access import Read
    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.control import ControlRules, Term
    from mlw_workflow.domain.deadline import Deadline
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.finding import Answers, Code, Severity
    from mlw_workflow.domain.footing import Doubt
    from mlw_workflow.domain.ledger import Entry, Membership
    from mlw_workflow.domain.pilot import Instance, Pilot, Position, Step

NOBODY = frozenset({FROM_FILE, "operator"})
"""Actors that are no person and no role."""
NO_FACTS: Mapping[str, str | int] = MappingProxyType({})


def term_end(term: Term, day: date, calendar: WorkCalendar) -> date:
    """The last day of a term that begins with ``day``."""
    return shifted(calendar, day, term.number, term.unit)


def recorded_by(rules: ControlRules, entry: Entry, calendar: WorkCalendar) -> date | None:
    """The last local day on which a programme allows a step to be recorded; None: whenever."""
    term = rules.recorded_within
    if term is None or entry.occurred_on is None or (entry.actor == FROM_FILE and not rules.imported):
        return None
    return term_end(term, entry.occurred_on, calendar)


@dataclass(frozen=True)
class Inspection:
    """Everything that control looks at."""

    pilot: Pilot
    programme: Programme
    entries: Sequence[Entry]
    """All that is known of the pilot's log, oldest first."""
    day: date
    calendar: WorkCalendar
    evidence_day: Callable[[str, Step, str], date | None]
    reads: Sequence[Read] | None = None
    """Who read which evidence when; None: there is no access log to ask."""
    moved: Mapping[str, Position] | None = field(default=None)
    """Where all entries lead to, if that is known already."""

    def findings(self) -> tuple[Finding, ...]:
        """Every finding by the end of the day, the oldest first, each with its state."""
        found = [settled(item, self.given) for item in self._all()]
        found.sort(key=lambda item: (item.since, item.place.machine, item.place.seq, item.code))
        return tuple(found)

    def _all(self) -> Iterator[Finding]:
        rules = self.rules
        for entry in self.steps:
            yield from self._recorded_late(entry)
            yield from self._role(entry)
            if entry.trigger in rules.two_people:
                yield from self._four_eyes(entry)
            if entry.trigger in rules.read_first and self.reads is not None:
                yield from self._unread(entry)
        if rules.reconfirm:
            yield from self._footing()
        if rules.waiver_holds is not None:
            yield from self._waivers()
        if rules.late:
            yield from self._missed()

    # What there is to look at

    @cached_property
    def rules(self) -> ControlRules:
        """What the programme wants looked after."""
        return self.programme.audit

    @cached_property
    def instances(self) -> Mapping[str, Instance]:
        """The pilot's machines."""
        return roster(self.programme, self.pilot.start, self.pilot.end)

    @cached_property
    def initial(self) -> Mapping[str, str]:
        """Each machine's initial state."""
        return {name: instance.workflow.initial for name, instance in self.instances.items()}

    @cached_property
    def seen(self) -> tuple[Entry, ...]:
        """What was recorded by the end of the day."""
        return tuple(entry for entry in self.entries if self.on(entry) <= self.day)

    @cached_property
    def by_seq(self) -> Mapping[int, Entry]:
        """The same by number."""
        return {entry.seq: entry for entry in self.seen}

    @cached_property
    def positions(self) -> Mapping[str, Position]:
        """Where the machines stood by what was recorded by then."""
        if self.moved is not None and len(self.seen) == len(self.entries):
            return self.moved
        return fold(self.initial, self.seen)

    @cached_property
    def steps(self) -> tuple[Entry, ...]:
        """The steps recorded by then and not corrected, in the order of recording."""
        undone = {entry.undoes for entry in self.seen if entry.kind == "correction"}
        return tuple(entry for entry in self.seen if entry.kind == "transition" and entry.seq not in undone)

    @cached_property
    def given(self) -> Answers:
        """The answers recorded by then."""
        return answers(self.seen)

    @cached_property
    def last_member(self) -> Mapping[tuple[str, str], Entry]:
        """The last word on each (person, role)."""
        return {(entry.person, entry.role): entry for entry in self.seen if entry.kind == "membership"}

    @cached_property
    def held(self) -> tuple[Membership, ...]:
        """Who holds what, as known on the day."""
        return memberships(self.seen)

    def on(self, entry: Entry) -> date:
        """The local day of recording."""
        return day_of(entry, self.programme.timezone)

    def about(
        self,
        entry: Entry,
        code: Code,
        severity: Severity,
        cause: Entry | None = None,
        facts: Mapping[str, str | int] = NO_FACTS,
    ) -> Finding:
        """A finding about an entry; ``cause`` where another one brought it about."""
        by = cause or entry
        since = max(self.on(by), self.on(entry))
        place = Place(entry.machine, entry.seq)
        return Finding(code, severity, place, since, max(by.seq, entry.seq), tuple(facts.items()))

    # Recordings

    def _recorded_late(self, entry: Entry) -> Iterator[Finding]:
        latest = recorded_by(self.rules, entry, self.calendar)
        if latest is not None and entry.occurred_on is not None and self.on(entry) > latest:
            days = {"day": entry.occurred_on, "recorded": self.on(entry), "latest": latest}
            yield self.about(entry, "recorded_late", "minor", facts={k: d.isoformat() for k, d in days.items()})

    def _role(self, entry: Entry) -> Iterator[Finding]:
        rules = self.rules
        if not rules.role_held_on or entry.actor in NOBODY or entry.actor.startswith("role:"):
            return
        days = {"recorded": self.on(entry), "occurred": entry.occurred_on}
        missing = [when for when in rules.role_held_on if not self._holds(self.held, entry, days[when])]
        if not missing:
            return
        then = memberships(item for item in self.seen if item.seq < entry.seq)
        at_once = not all(self._holds(then, entry, days[when]) for when in missing)
        cause = None if at_once else self.last_member.get((entry.actor, entry.role))
        when = missing[0]
        day = days[when]
        facts = {"actor": entry.actor, "role": entry.role, "when": when, "day": day.isoformat() if day else ""}
        yield self.about(entry, "role_outside_dates", "major" if when == "recorded" else "minor", cause, facts)

    def _holds(self, held: Sequence[Membership], entry: Entry, day: date | None) -> bool:
        return day is None or any(m.person == entry.actor and m.role == entry.role and m.holds_on(day) for m in held)

    def _before(self, entry: Entry) -> Iterator[Entry]:
        """The steps that the machine's trail rested on when an entry was recorded."""
        position = self.positions[entry.machine]
        earlier = type(position)(
            position.machine, position.initial, tuple(step for step in position.steps if step.seq < entry.seq)
        )
        return (self.by_seq[step.seq] for step in standing_steps(earlier))

    def _four_eyes(self, entry: Entry) -> Iterator[Finding]:
        if entry.actor in NOBODY:
            return
        own = own_steps(self._before(entry), entry.actor, self.rules)
        if own:
            yield self.about(entry, "four_eyes", "critical", facts={"actor": entry.actor, "other": own[-1].seq})

    def _unread(self, entry: Entry) -> Iterator[Finding]:
        if entry.actor in NOBODY:
            return
        assert self.reads is not None
        read = {
            r.seq
            for r in self.reads
            if r.person == entry.actor and r.pilot == self.pilot.id and r.at <= entry.recorded_at
        }
        missed = unread(self._before(entry), read)
        if missed:
            facts = {"actor": entry.actor, "entries": ", ".join(str(seq) for seq in missed)}
            yield self.about(entry, "accepted_unread", "major", facts=facts)

    # What steps stand on

    def _footing(self) -> Iterator[Finding]:
        gone = taken_back(self.positions.values(), self.seen)

        def confirmed(doubt: Doubt) -> bool:
            return settled(self._doubted(doubt), self.given).state == "closed"

        for doubt in doubts(self.positions, self.instances, self.by_seq, gone, confirmed):
            yield self._doubted(doubt)

    def _doubted(self, doubt: Doubt) -> Finding:
        entry, cause = self.by_seq[doubt.seq], self.by_seq[doubt.cause]
        needs = doubt.needs
        later = self._reached_later(entry, needs) if doubt.corrected and needs else None
        facts: dict[str, str | int] = {
            "other": doubt.relied_on,
            "by": doubt.cause,
            "by_machine": cause.machine,
            "needs": needs,
        }
        if later is not None:
            facts |= {"day": str(entry.occurred_on), "later": later.isoformat()}
            return self.about(entry, "before_reliance", "major", cause, facts)
        facts["why"] = "corrected" if doubt.corrected else "returned"
        return self.about(entry, "suspect", "major", cause, facts)

    def _reached_later(self, entry: Entry, needs: str) -> date | None:
        """The day on which a prerequisite was reached after all, where that is later than the entry's own day."""
        machine, _, state = needs.rpartition(".")
        position = self.positions.get(machine)
        step = position.reached(state, self.instances[machine].workflow) if position is not None else None
        if step is None or entry.occurred_on is None or step.occurred_on <= entry.occurred_on:
            return None
        return step.occurred_on

    def _waivers(self) -> Iterator[Finding]:
        term = self.rules.waiver_holds
        assert term is not None
        for position in self.positions.values():
            step = position.by(self.day).trail().waived_by
            if step is None:
                continue
            place = Place(position.machine, step.seq)
            renewals = [e for e in self.given.get(("waiver_expired", place), ()) if e.finding["state"] == "confirmed"]
            ends = [
                (end, cause)
                for start, cause in [(step.occurred_on, step.seq), *((self.on(e), e.seq) for e in renewals)]
                if (end := term_end(term, start, self.calendar)) < self.day
            ]
            if ends:  # the last term that ran out; a confirmation after it closes the finding
                end, cause = ends[-1]
                facts = (("day", step.occurred_on.isoformat()), ("until", end.isoformat()))
                yield Finding("waiver_expired", "major", place, end + timedelta(days=1), cause, facts)

    # The course of events

    def _missed(self) -> Iterator[Finding]:
        moved = self.moved if self.moved is not None else fold(self.initial, self.entries)
        cut = {machine: position.by(self.day) for machine, position in moved.items()}
        standing = Standing(self.pilot, self.programme, {m: p for m, p in cut.items() if p.steps})
        for instance in self.instances.values():
            if instance.workflow.kind in self.rules.late:
                for deadline in deadlines_of(standing, instance, self.calendar, self.evidence_day):
                    yield from self._late(standing.position(instance.id), deadline)

    def _late(self, position: Position, deadline: Deadline) -> Iterator[Finding]:
        due = deadline.due_on
        if due is None or due >= self.day:
            return
        place = Place(deadline.machine, rule=deadline.rule.id)
        facts = (("due", due.isoformat()),)
        since = due + timedelta(days=1)
        in_time = any(s.to_state in deadline.rule.reaches and s.occurred_on <= due for s in position.steps)
        if deadline.late(self.day):
            last = position.last
            if last is not None and last.effect == "return":  # in time at first, and given back since
                since = max(since, last.occurred_on)
            yield Finding("deadline_missed", "major", place, since, 0, facts)
        elif deadline.status == "done" and not in_time and deadline.satisfied_on is not None:
            done = (("done", deadline.satisfied_on.isoformat()),)
            yield Finding("deadline_missed", "minor", place, since, 0, (*facts, *done))
