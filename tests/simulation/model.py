"""The second reading: what the guidelines say, told as plainly as possible from a definition's normal form.

Written from the programme's rules and not from the engine, whose decisions it is there to doubt: it imports nothing of
it, knows no database and no seal, keeps a list of facts and reads everything off that list each time it is asked.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.simulation.evidence import filled, fits

Json = dict[str, Any]
Place = tuple[str, str, str]
"""What a reason is about: code, machine, and the need's name (or the number of the step that relies on this one)."""


@dataclass(frozen=True)
class Fact:
    """One step that was taken."""

    seq: int
    machine: str
    trigger: str
    old: str
    new: str
    effect: str
    on: date
    recorded_at: datetime
    evidence: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    """What somebody asks for."""

    machine: str
    trigger: str
    on: date
    roles: tuple[str, ...]
    evidence: Json
    today: date
    seen: int | None = None


@dataclass(frozen=True)
class Answer:
    """What the rules say to it."""

    admitted: bool
    old: str
    new: str = ""
    effect: str = ""
    relied: dict[str, int] = field(default_factory=dict)
    places: frozenset[Place] = frozenset()
    """Why not, evidence left out."""
    evidence_fits: bool = True
    evidence: Json = field(default_factory=dict)
    undoes: int = 0


class Model:
    """One pilot."""

    def __init__(self, definition: Json, start: date, end: date) -> None:
        self.definition = definition
        self.start, self.end = start, end
        self.facts: list[Fact] = []
        self.undone: dict[int, datetime] = {}
        """Steps taken back, and when that was recorded."""
        self.held: dict[tuple[str, str, date], date | None] = {}
        self.workflow: dict[str, Json] = {}
        self.period: dict[str, tuple[date, date]] = {}
        self.series: dict[str, list[str]] = {}
        for workflow in definition["workflows"]:
            if "series" not in workflow:
                self.workflow[workflow["id"]] = workflow
                continue
            self.series[workflow["id"]] = []
            for name, first, last in _periods(workflow["series"], start, end):
                machine = f"{workflow['id']}/{name}"
                self.workflow[machine] = workflow
                self.period[machine] = (first, last)
                self.series[workflow["id"]].append(machine)

    # Who

    @property
    def acting(self) -> tuple[str, ...]:
        return tuple(role["id"] for role in self.definition["roles"] if role.get("acts", True))

    def roles(self, person: str, day: date) -> tuple[str, ...]:
        found = [r for (p, r, since), until in self.held.items() if p == person and since <= day <= (until or date.max)]
        return tuple(dict.fromkeys(found))

    # What happened

    def course(
        self, machine: str, day: date = date.max, before: int | None = None, known: datetime | None = None
    ) -> list[Fact]:
        """The machine's steps that count: by the end of a day, on that day only those before a number."""
        return [
            fact
            for fact in self.facts
            if fact.machine == machine
            and (known is None or fact.recorded_at <= known)
            and not (fact.seq in self.undone and (known is None or self.undone[fact.seq] <= known))
            and (fact.on < day or (fact.on == day and (before is None or fact.seq < before)))
        ]

    def initial(self, machine: str) -> str:
        return next(state["id"] for state in self.workflow[machine]["states"] if state.get("initial"))

    def state(self, machine: str, course: list[Fact] | None = None) -> str:
        course = self.course(machine) if course is None else course
        return course[-1].new if course else self.initial(machine)

    def reached(self, machine: str, state: str, course: list[Fact]) -> Fact | None:
        """The step by which a state was reached and not given back. What is waived counts as reached everywhere."""
        kept: list[Fact] = []
        waived = None
        for fact in course:
            if fact.effect == "advance":
                kept.append(fact)
            elif fact.effect == "waive":
                waived = fact
            elif fact.effect == "return":
                waived = None
                states = [step.new for step in kept]
                if fact.new == self.initial(machine):
                    kept = []
                elif fact.new in states:
                    kept = kept[: states.index(fact.new) + 1]
                else:
                    kept = [fact]
        if waived:
            return waived
        done = {s["id"] for s in self.workflow[machine]["states"] if s.get("done")}
        return next((f for f in kept if f.new == state or (state == "$done" and f.new in done)), None)

    def view(self, day: date, known: datetime | None) -> dict[str, tuple[str, date | None]]:
        """Where each machine stood, and since when."""
        found = {}
        for machine in self.workflow:
            course = self.course(machine, day, None, known)
            found[machine] = (self.state(machine, course), course[-1].on if course else None)
        return found

    # Needs

    def leaves(self, need: Json) -> list[tuple[str, str]]:
        if need.get("of"):
            return [leaf for member in need["of"] for leaf in self.leaves(member)]
        if need.get("every"):
            return [(machine, need["state"]) for machine in self.series[need["machine"]]]
        return [(need["machine"], need["state"])]

    def met(self, need: Json, day: date, before: int | None, also: dict[str, list[Fact]]) -> bool:
        """Whether a need held; ``also`` gives other courses to some machines."""
        if need.get("of"):
            return sum(self.met(member, day, before, also) for member in need["of"]) >= need["at_least"]
        reached = [self.leaf(m, s, day, before, also) is not None for m, s in self.leaves(need)]
        if need.get("every"):
            return sum(reached) >= (need.get("at_least") or len(reached))
        return reached[0]

    def leaf(self, machine: str, state: str, day: date, before: int | None, also: dict[str, list[Fact]]) -> Fact | None:
        course = also.get(machine)
        if course is None:
            course = self.course(machine, day, before)
        else:
            course = [f for f in course if f.on < day or (f.on == day and (before is None or f.seq < before))]
        return self.reached(machine, state, course)

    def stands(self, fact: Fact, also: dict[str, list[Fact]] | None = None) -> bool:
        """Whether what a step needed was there on its day, by any rule that the step can have followed."""
        return any(
            all(self.met(need, fact.on, fact.seq, also or {}) for need in rule.get("needs", ()))
            for rule in self.workflow[fact.machine]["rules"]
            if (rule["trigger"], rule["from_state"], rule["to_state"]) == (fact.trigger, fact.old, fact.new)
        )

    def relying(self, machine: str, course: list[Fact]) -> set[Place]:
        """Steps of others that would lose what they needed if the machine had taken that course."""
        found = set()
        for other in self.workflow:
            if other != machine:
                for fact in self.course(other):
                    if not self.stands(fact, {machine: course}):
                        found.add(("relied_upon", other, str(fact.seq)))
        return found

    # Answers

    def answer(self, ask: Ask) -> Answer:
        """Admit or refuse."""
        if ask.trigger == "correct":
            return self.correction(ask)
        here = self.state(ask.machine)
        rules = [r for r in self.workflow[ask.machine]["rules"] if r["trigger"] == ask.trigger]
        fitting = [r for r in rules if r["from_state"] == here and self.leads_back(ask.machine, r)]
        mine = [r for r in fitting if self.may(r["by"], ask)]
        refused: list[Answer] = []
        for rule in mine:
            told = self.unmet(ask, rule)
            evidence = filled(rule.get("evidence", ()), ask.evidence, self.course(ask.machine), ask.on)
            fit = fits(rule.get("evidence", ()), evidence, self.recorded)
            effect = rule.get("effect", "advance")
            if not told and fit:
                return Answer(True, here, rule["to_state"], effect, self.relied(ask, rule), evidence=evidence)
            refused.append(Answer(False, here, rule["to_state"], effect, places=frozenset(told), evidence_fits=fit))
        if refused:
            return min(refused, key=lambda answer: len(answer.places))
        meant = fitting or rules
        rule = next((r for r in meant if self.may(r["by"], ask)), meant[0])
        told = self.unmet(ask, rule)
        if not fitting:
            told = {place for place in told if place[0] != "relied_upon"} | {("wrong_state", ask.machine, "")}
        evidence = filled(rule.get("evidence", ()), ask.evidence, self.course(ask.machine), ask.on)
        fit = fits(rule.get("evidence", ()), evidence, self.recorded)
        return Answer(False, here, rule["to_state"], places=frozenset(told), evidence_fits=fit)

    def correction(self, ask: Ask) -> Answer:
        """Undo the machine's last step, unless somebody relies on it."""
        course = self.course(ask.machine)
        told: set[Place] = self.seen(ask, course)
        by: list[str] = self.workflow[ask.machine].get("correction", {}).get("by", [])
        asked = self.workflow[ask.machine].get("correction", {}).get("evidence", ())
        if course:
            last = course[-1]
            for rule in self.workflow[ask.machine]["rules"]:
                if (rule["trigger"], rule["from_state"], rule["to_state"]) == (last.trigger, last.old, last.new):
                    by = rule.get("corrected_by") or by
                    break
            told |= self.relying(ask.machine, course[:-1])
        else:
            told.add(("nothing_to_correct", ask.machine, ""))
        if not self.may(by, ask):
            told.add(("role_not_allowed", ask.machine, ""))
        if ask.on > ask.today:
            told.add(("date_in_future", ask.machine, ""))
        here = self.state(ask.machine)
        fit = fits(asked, ask.evidence, self.recorded)
        if told or not fit:
            return Answer(False, here, places=frozenset(told), evidence_fits=fit)
        back = self.state(ask.machine, course[:-1])
        return Answer(True, here, back, "correct", evidence=ask.evidence, undoes=course[-1].seq)

    def may(self, by: list[str], ask: Ask) -> bool:
        return bool(set(by) & set(ask.roles))

    def leads_back(self, machine: str, rule: Json) -> bool:
        """Resuming leads to where the work was left, and nowhere else."""
        if rule.get("effect") != "resume":
            return True
        left = [fact.old for fact in self.course(machine) if fact.effect == "suspend"]
        return rule["to_state"] == (left[-1] if left else self.state(machine))

    def seen(self, ask: Ask, course: list[Fact]) -> set[Place]:
        last = course[-1].seq if course else 0
        return set() if ask.seen in (None, last) else {("changed_meanwhile", ask.machine, "")}

    def unmet(self, ask: Ask, rule: Json) -> set[Place]:
        """Everything that stands against a rule, evidence left out."""
        course = self.course(ask.machine)
        told = self.seen(ask, course)
        if not self.may(rule["by"], ask):
            told.add(("role_not_allowed", ask.machine, ""))
        for need in rule.get("needs", ()):
            if not self.met(need, ask.on, None, {}):
                told |= self.missing(need, ask.on)
        outside = rule.get("outside_span", ())
        period = self.period.get(ask.machine)
        bound = {"period_start": period and period[0], "period_end": period and period[1]}.get(rule.get("not_before"))
        wrong = {
            "date_in_future": ask.on > ask.today,
            "date_before_pilot": ask.on < self.start and "before" not in outside,
            "date_after_pilot": ask.on > self.end and "after" not in outside,
            "date_before_last_step": bool(course) and ask.on < course[-1].on,
            "date_too_early": bound is not None and ask.on < bound,
        }
        told |= {(code, ask.machine, "") for code, is_wrong in wrong.items() if is_wrong}
        if rule.get("effect") == "return" and course:
            back = Fact(
                10**9, ask.machine, ask.trigger, course[-1].new, rule["to_state"], "return", ask.on,
                course[-1].recorded_at,
            )  # fmt: skip
            told |= self.relying(ask.machine, [*course, back])
        return told

    def missing(self, need: Json, day: date) -> set[Place]:
        found = set()
        for machine, state in self.leaves(need):
            if self.leaf(machine, state, day, None, {}) is None:
                later = self.reached(machine, state, self.course(machine)) is not None
                found.add(("prerequisite_later" if later else "prerequisite_unmet", machine, f"{machine}.{state}"))
        if not found:  # more reports are asked for than there are periods
            first = need
            while first.get("of"):
                first = first["of"][0]
            found.add(("prerequisite_unmet", first["machine"], f"{first['machine']}.{first['state']}"))
        return found

    def relied(self, ask: Ask, rule: Json) -> dict[str, int]:
        found = {}
        for need in rule.get("needs", ()):
            for machine, state in self.leaves(need):
                fact = self.leaf(machine, state, ask.on, None, {})
                if fact is not None:
                    found[f"{machine}.{state}"] = fact.seq
        return found

    def recorded(self, machine: str, name: str) -> list[Any]:
        """What a machine's steps recorded in a field."""
        return [fact.evidence[name] for fact in self.course(machine) if name in fact.evidence]

    # Taking effect

    def copied(self) -> Model:
        """The same pilot, to try things on."""
        twin = copy(self)
        twin.facts, twin.undone, twin.held = list(self.facts), dict(self.undone), dict(self.held)
        return twin

    def take(self, ask: Ask, answer: Answer, seq: int, recorded_at: datetime) -> None:
        """Let an admitted ask take effect."""
        if answer.undoes:
            self.undone[answer.undoes] = recorded_at
            return
        evidence = {name: value for name, value in answer.evidence.items() if value not in (None, "", [], {})}
        self.facts.append(
            Fact(seq, ask.machine, ask.trigger, answer.old, answer.new, answer.effect, ask.on, recorded_at, evidence)
        )

    def on_record(self) -> Counter[tuple[str, str, date]]:
        return Counter((f.machine, f.trigger, f.on) for f in self.facts if f.seq not in self.undone)

    def all_stand(self) -> list[Fact]:
        """Steps that count although what they needed was not there on their day: there must be none."""
        return [f for machine in self.workflow for f in self.course(machine) if not self.stands(f)]


def _periods(series: Json, start: date, end: date) -> list[tuple[str, date, date]]:
    found = []
    first = start.replace(day=1)
    number = 0
    while first <= end:
        number += 1
        last = first
        for _ in range(series["months"]):
            month_end = last.replace(day=monthrange(last.year, last.month)[1])
            last = month_end + timedelta(days=1)
        name = str(number) if series.get("key") == "number" else f"{first.year}-{first.month:02}"
        if not (series.get("whole") and month_end > end):
            found.append((name, max(first, start), min(month_end, end)))
        first = last
    return found
