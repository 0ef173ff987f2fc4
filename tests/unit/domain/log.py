"""A pilot's log in a few lines, decided as life decides it, and what control finds in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from mlw_workflow.definitions.law import Calendars
from mlw_workflow.domain.control import ControlRules, Term
from mlw_workflow.domain.decision import Admitted, Attempt
from mlw_workflow.domain.finding import Place
from mlw_workflow.domain.inspection import Inspection
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.testing import Course, ManualClock, field, programme, rule, workflow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlw_workflow.domain.access import Read
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.finding import Finding
    from mlw_workflow.domain.obligation import DeadlineRule
    from mlw_workflow.domain.pilot import Step

CALENDAR = Calendars()("")
RULES = ControlRules(
    recorded_within=Term(14, "days"),
    two_people=("accept",),
    read_first=("accept",),
    waiver_holds=Term(2, "months"),
    late=("task",),
    role_held_on=("recorded", "occurred"),
    reconfirm=True,
    explained_by=("clerk",),
    closed_by=("chief",),
)
"""Everything is looked after."""


def task(name: str, *needs: str, deadlines: Iterable[DeadlineRule] = ()) -> Any:
    """A machine that is begun, finished (for which it needs others) and accepted; it may be returned and waived."""
    flow = workflow(
        name,
        "open working done* accepted! waived!",
        rule("begin", "open", "working", by="clerk"),
        rule("finish", "working", "done", by="clerk", needs=needs, evidence=[field("paper", required=False)]),
        rule("accept", "done", "accepted", by="chief", outside_span=("after",)),
        rule("return", "done", "working", by="chief", effect="return"),
        rule("waive", "open", "waived", by="chief", effect="waive"),
    )
    return replace(flow, deadlines=tuple(deadlines))


def controlled(*flows: Any, rules: ControlRules = RULES) -> Programme:
    """A programme of these machines that is looked after."""
    return replace(programme(*flows), audit=rules)


class Log:
    """A pilot's entries, one at a time; by default recorded at noon of the day on which things happened."""

    def __init__(self, of: Programme) -> None:
        self.course = Course(of)
        self.programme = of
        self.entries = [self._entry("opening", datetime(2013, 12, 1, 12, tzinfo=UTC), "operator")]
        self.values: dict[tuple[int, str], date] = {}

    def take(
        self,
        machine: str,
        trigger: str,
        on: str,
        by: str = "role:clerk",
        recorded: str = "",
        role: str = "",
        **evidence: Any,
    ) -> Entry:
        """One step (or correction) that must be admitted."""
        role = role or by.removeprefix("role:")
        attempt = self.course.attempt(machine, trigger, on, by=role, evidence=evidence)
        self.course.clock = ManualClock(noon(recorded or on))
        self.course.seq = len(self.entries)
        from mlw_workflow.domain.machine import decide

        decision = decide(self.course.standing, attempt)
        assert isinstance(decision, Admitted), decision.reasons
        self.course.record(attempt, decision)
        return self._decided(attempt, decision, by, role)

    def _decided(self, attempt: Attempt, decision: Admitted, by: str, role: str) -> Entry:
        entry = replace(
            self._entry("correction" if decision.undoes else "transition", self.course.clock.now(), by),
            role=role,
            machine=decision.machine,
            trigger=decision.trigger,
            from_state=decision.from_state,
            to_state=decision.to_state,
            effect=decision.effect,
            occurred_on=attempt.occurred_on,
            evidence=dict.fromkeys(decision.evidence, "0" * 64),
            relies_on={reliance.needs: reliance.seq for reliance in decision.relies_on},
            undoes=decision.undoes.seq if decision.undoes else 0,
        )
        return self._keep(entry)

    def through(self, machine: str, day: str, upto: str = "finish", **given: Any) -> Entry:
        """Begin a machine, finish it and accept it, as far as said, all on one day."""
        taken = None
        for trigger in ("begin", "finish", "accept"):
            by = given.get("by", "role:clerk") if trigger != "accept" else given.get("chief", "role:chief")
            taken = self.take(machine, trigger, day, by, role="chief" if trigger == "accept" else "clerk")
            if trigger == upto:
                break
        assert taken is not None
        return taken

    def member(self, person: str, role: str, since: str, until: str = "", recorded: str = "") -> Entry:
        entry = self._entry("membership", noon(recorded or since), "operator")
        last = date.fromisoformat(until) if until else None
        return self._keep(replace(entry, person=person, role=role, since=date.fromisoformat(since), until=last))

    def answer(self, code: str, machine: str, seq: int, state: str, on: str, *, rule: str = "") -> Entry:
        entry = replace(self._entry("finding", noon(on), "role:chief"), role="chief", machine=machine, trigger=rule)
        return self._keep(replace(entry, finding={"code": code, "seq": seq, "state": state}))

    def findings(self, day: str, reads: Iterable[Read] | None = None) -> tuple[Finding, ...]:
        """What control finds by the end of a day."""
        pilot = self.course.standing.pilot
        given = None if reads is None else tuple(reads)
        looked = Inspection(
            pilot, self.programme, self.entries, date.fromisoformat(day), CALENDAR, self.day_named, given
        )
        return looked.findings()

    def found(self, day: str, *codes: str, **given: Any) -> list[tuple[str, Place, str]]:
        """The same in short: code, place and state; only of these codes, if any are named."""
        return [(f.code, f.place, f.state) for f in self.findings(day, **given) if not codes or f.code in codes]

    def day_named(self, machine: str, step: Step, name: str) -> date | None:
        return self.values.get((step.seq, name))

    def _entry(self, kind: Any, at: datetime, actor: str) -> Entry:
        seq = len(self.entries) + 1 if hasattr(self, "entries") else 1
        return Entry("probe", seq, "", kind, at, actor)

    def _keep(self, entry: Entry) -> Entry:
        last = self.entries[-1].recorded_at
        entry = entry if entry.recorded_at > last else replace(entry, recorded_at=last + timedelta(seconds=1))
        self.entries.append(entry)
        return entry


def noon(day: str) -> datetime:
    """Noon (UTC) of a day."""
    return datetime.combine(date.fromisoformat(day), time(12), UTC)
