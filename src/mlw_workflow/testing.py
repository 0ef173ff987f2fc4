"""Builders and a manual clock for tests: a small programme, and a course of events in it, in a few lines.

::

    task = workflow("w01", "open working done*", rule("begin", "open", "working"), rule("finish", "working", "done"))
    then = workflow("w02", "open done*", rule("finish", "open", "done", needs=["w01.done"]))
    course = Course(programme(task, then))
    course.take("w01", "begin", on="2014-02-03")
    course.ask("w02", "finish", on="2014-02-04")  # Refused: w01.done

Nothing here touches a file or a database; the ids stand for the titles.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.decision import Actor, Admitted, Attempt, Decision
from mlw_workflow.domain.definition import (
    CORRECT,
    CorrectionRule,
    Field,
    Kind,
    Need,
    Option,
    Programme,
    Role,
    Rule,
    Series,
    State,
    Workflow,
)
from mlw_workflow.domain.ledger import advanced, taken_back
from mlw_workflow.domain.machine import decide
from mlw_workflow.domain.pilot import Pilot, Position, Standing, Step
from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from mlw_workflow.domain.definition import FieldType

START, END = date(2013, 12, 1), date(2014, 8, 31)
"""The span of a pilot that does not say otherwise."""
ROLE = "clerk"
"""The role that may take a rule, and in which a course acts, when nothing else is said."""

Days = date | str
Needs = Iterable[Need | str]


def day(given: Days) -> date:
    """A day from a date or from ``YYYY-MM-DD``."""
    return given if isinstance(given, date) else date.fromisoformat(given)


def text(name: str) -> Text:
    """The same wording in each language."""
    return Text(name, name)


class ManualClock:
    """A clock that stands still until it is told to move, and refuses to go back."""

    def __init__(self, now: datetime | Days = START) -> None:
        """Begin at an aware instant, or at noon (UTC) of a day."""
        self._now = _instant(now)

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._now

    def advance(self, by: timedelta | None = None, **units: float) -> datetime:
        """Move on by a duration, or by ``days=…``, ``hours=…``, ``minutes=…``. Raises ValueError for going back."""
        return self.set(self._now + (by or timedelta()) + timedelta(**units))

    def set(self, now: datetime | Days) -> datetime:
        """Move to an instant, or to noon (UTC) of a day. Raises ValueError for going back."""
        instant = _instant(now)
        if instant < self._now:
            raise ValueError(f"the clock shows {self._now.isoformat()} and does not go back to {instant.isoformat()}")
        self._now = instant
        return instant


def _instant(given: datetime | Days) -> datetime:
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return given.astimezone(UTC)
    return datetime.combine(day(given), datetime.min.time(), UTC) + timedelta(hours=12)


def need(given: Need | str) -> Need:
    """A leaf from its name, ``w07.appointed``."""
    if isinstance(given, Need):
        return given
    machine, _, state = given.rpartition(".")
    return Need(machine, state)


def every(name: str, at_least: int = 0) -> Need:
    """All instances of a series (or so many of them): ``every("monthly.accepted")``."""
    machine, _, state = name.rpartition(".")
    return Need(machine, state, every=True, at_least=at_least)


def all_of(*members: Need | str) -> Need:
    """A group of which all members must hold."""
    return at_least(len(members), *members)


def any_of(*members: Need | str) -> Need:
    """A group of which one member must hold."""
    return at_least(1, *members)


def at_least(number: int, *members: Need | str) -> Need:
    """A group of which so many members must hold."""
    return Need(at_least=number, of=tuple(need(member) for member in members))


def field(name: str, kind: FieldType = "text", *, options: Iterable[str] = (), **given: Any) -> Field:
    """A piece of evidence; ``options`` by id, everything else as in ``definition.Field``."""
    return Field(name, kind, text(name), options=tuple(Option(o, text(o)) for o in options), **given)


def rule(
    trigger: str,
    from_state: str,
    to_state: str,
    by: str | Iterable[str] = ROLE,
    needs: Needs = (),
    evidence: Iterable[Field] = (),
    **given: Any,
) -> Rule:
    """A transition; everything else as in ``definition.Rule``."""
    roles = (by,) if isinstance(by, str) else tuple(by)
    return Rule(
        trigger,
        from_state,
        to_state,
        roles,
        text(trigger),
        needs=tuple(need(member) for member in needs),
        evidence=tuple(evidence),
        **given,
    )


def workflow(
    name: str,
    states: str,
    *rules: Rule,
    series: Series | None = None,
    corrected_by: str | Iterable[str] = ROLE,
    correction_evidence: Iterable[Field] = (),
) -> Workflow:
    """A machine. ``states`` lists them, the initial one first: ``open working done* accepted! halted~``.

    The marks: ``*`` done, ``!`` final, ``~`` suspended (``done*!`` is both); without a mark work is under way.
    """
    by = (corrected_by,) if isinstance(corrected_by, str) else tuple(corrected_by)
    return Workflow(
        name,
        "task",
        text(name),
        tuple(_state(word, initial=number == 0) for number, word in enumerate(states.split())),
        rules,
        CorrectionRule(by, tuple(correction_evidence)),
        series,
    )


def _state(word: str, *, initial: bool) -> State:
    name = word.rstrip("*!~")
    done, final, suspended = (mark in word for mark in "*!~")
    working = not (initial or done or final or suspended)
    return State(name, text(name), initial=initial, done=done, final=final, working=working)


def programme(*workflows: Workflow, start: Days = START, end: Days = END) -> Programme:
    """A programme of these machines, with every role that their rules name."""
    named = [role for w in workflows for r in w.rules for role in (*r.by, *r.corrected_by, *w.correction.by)]
    roles = tuple(Role(name, text(name)) for name in dict.fromkeys(named))
    return Programme("probe", text("probe"), roles, (Kind("task", text("task")),), workflows, day(start), day(end))


def pilot(of: Programme, start: Days | None = None, end: Days | None = None) -> Pilot:
    """A pilot of a programme, over the programme's span unless said otherwise."""
    first, last = start or of.start or START, end or of.end or END
    return Pilot("probe", "probe", "Próbna", of.id, "sha256:" + "0" * 64, day(first), day(last))


class Course:
    """A course of events in one pilot, recorded step by step; ``standing`` is where it has led.

    Every step gets the next sequence number and is recorded at the clock's instant.
    """

    def __init__(
        self, of: Programme, start: Days | None = None, end: Days | None = None, clock: ManualClock | None = None
    ) -> None:
        """Open a pilot of the programme."""
        self.standing = Standing(pilot(of, start, end), of, {})
        self.clock = clock or ManualClock(self.standing.pilot.start)
        self.seq = 0

    def attempt(
        self,
        machine: str,
        trigger: str,
        on: Days | None = None,
        by: str | Iterable[str] = ROLE,
        evidence: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> Attempt:
        """An attempt as somebody would make it; everything else as in ``decision.Attempt``."""
        roles = (by,) if isinstance(by, str) else tuple(by)
        occurred_on = day(on) if on is not None else self.standing.pilot.start
        return Attempt(machine, trigger, occurred_on, Actor("probe", roles), evidence or {}, **given)

    def ask(self, machine: str, trigger: str, on: Days | None = None, **given: Any) -> Decision:
        """What would be answered; nothing is recorded."""
        return decide(self.standing, self.attempt(machine, trigger, on, **given))

    def take(self, machine: str, trigger: str, on: Days | None = None, **given: Any) -> Admitted:
        """Decide and record. Raises AssertionError with the reasons when it is refused."""
        attempt = self.attempt(machine, trigger, on, **given)
        decision = decide(self.standing, attempt)
        assert isinstance(decision, Admitted), decision.reasons
        return self.record(attempt, decision)

    def correct(self, machine: str, on: Days | None = None, **given: Any) -> Admitted:
        """Undo the machine's last step. Raises AssertionError with the reasons when it is refused."""
        return self.take(machine, CORRECT, on, **given)

    def record(self, attempt: Attempt, admitted: Admitted) -> Admitted:
        """Record what was decided."""
        position = self.standing.position(attempt.machine)
        self.seq += 1
        if admitted.undoes is not None:
            position = taken_back(position)
        else:
            position = advanced(position, self._step(admitted, attempt.occurred_on))
        self.standing = self.standing.with_position(position)
        return admitted

    def _step(self, admitted: Admitted, occurred_on: date) -> Step:
        return Step(
            self.seq,
            admitted.trigger,
            admitted.from_state,
            admitted.to_state,
            admitted.effect,
            occurred_on,
            self.clock.now(),
        )

    def position(self, machine: str) -> Position:
        """Where a machine stands."""
        return self.standing.position(machine)

    def state(self, machine: str) -> str:
        """The present state of a machine."""
        return self.position(machine).state


ROLES = ("p", "q")
"""The roles of a random programme."""


def random_programme(
    random: Random, machines: int = 3, states: int = 3, days: int = 4, *, forward: bool = False
) -> Programme:
    """A small programme with needs of all shapes, some of them impossible or in a circle; for searches and fuzzing.

    Machines ``m0``, ``m1``, … have states ``s0`` (initial) to ``s<states>`` and may be waived and halted. From one
    state each trigger has one rule. With ``forward`` the work never goes back to an earlier state.
    """
    names = [f"m{number}" for number in range(machines)]
    start = date(2014, 6, 1)
    flows = [_random_workflow(random, name, names, states, forward=forward) for name in names]
    return programme(*flows, start=start, end=start + timedelta(days=days - 1))


def _random_workflow(random: Random, name: str, names: list[str], states: int, *, forward: bool) -> Workflow:
    words = ["s0", *(f"s{n}{random.choice(['', '', '*', '*!'])}" for n in range(1, states + 1)), "waived!", "halted~"]
    ids = [word.rstrip("*!~") for word in words][: states + 1]
    rules = []
    for number, state in enumerate(ids):
        targets = [other for n, other in enumerate(ids) if n > number or (not forward and n < number and n > 0)]
        chosen = random.sample(targets, min(len(targets), random.choice([1, 1, 2])))
        for trigger, target in zip(random.sample(["go", "on", "up"], len(chosen)), chosen, strict=True):
            rules.append(_random_rule(random, trigger, state, target, names, states))
        if number and random.random() < 0.2:
            rules.append(rule("return", state, ids[number - 1], by=ROLES[0], effect="return"))
        if random.random() < 0.3:
            rules += [
                rule("halt", state, "halted", by=ROLES[0], effect="suspend"),
                rule("resume", "halted", state, by=random.choice(ROLES), effect="resume"),
            ]
    if random.random() < 0.4:
        rules.append(rule("waive", "s0", "waived", by=random.choice(ROLES), effect="waive"))
    return workflow(name, " ".join(words), *rules, corrected_by=ROLES[0])


def _random_rule(random: Random, trigger: str, state: str, target: str, names: list[str], states: int) -> Rule:
    return rule(
        trigger,
        state,
        target,
        by=random.choice([ROLES, ROLES[:1], ROLES[1:]]),
        needs=[_random_need(random, names, states, depth=2) for _ in range(random.choice([0, 0, 1, 1, 2]))],
        evidence=[field("paper")] if random.random() < 0.2 else [],
        outside_span=random.choice([(), (), (), ("before",), ("after",)]),
    )


def _random_need(random: Random, names: list[str], states: int, depth: int) -> Need:
    if depth == 0 or random.random() < 0.5:
        return Need(random.choice(names), random.choice([*(f"s{n}" for n in range(1, states + 1)), "$done"]))
    members = [_random_need(random, names, states, depth - 1) for _ in range(random.choice([1, 2, 2, 3]))]
    return at_least(random.randint(1, len(members)), *members)


def random_attempt(random: Random, course: Course, days: int = 4) -> Attempt:
    """Any attempt at any machine of a course: about half of them would be refused."""
    machine, instance = random.choice(list(course.standing.instances.items()))
    here = [r.trigger for r in instance.workflow.rules_from[course.state(machine)]]
    trigger = random.choice(here or [CORRECT]) if random.random() < 0.8 else random.choice(instance.workflow.triggers)
    return course.attempt(
        machine,
        trigger,
        course.standing.pilot.start + timedelta(days=random.randint(-1, days)),
        random.choice([ROLES, ROLES, ROLES[:1], ROLES[1:], ()]),
        random.choice([{"paper": "x"}, {}, {"typo": "x"}])
        if random.random() < 0.3
        else _asked(course, machine, trigger),
    )


def _asked(course: Course, machine: str, trigger: str) -> dict[str, str]:
    rules = course.standing.instances[machine].workflow.rules_for.get((course.state(machine), trigger), ())
    return {asked.id: "x" for r in rules[:1] for asked in r.evidence}
