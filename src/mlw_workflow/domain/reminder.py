"""Who is told what on a day: the warnings of a deadline whose day has come, and why some are not sent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from mlw_workflow.domain import news
from mlw_workflow.domain.ladder import warnings
from mlw_workflow.domain.pause import stands_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.ladder import Warning  # noqa: A004
    from mlw_workflow.domain.ledger import Membership
    from mlw_workflow.domain.obligation import Ladder, ReminderPolicy
    from mlw_workflow.domain.pause import Deputy, Pause
    from mlw_workflow.domain.pilot import Pilot

Skip = Literal["", "superseded", "acknowledged", "snoozed", "no_holder", "no_address", "just_told"]
"""Why nothing is sent: a later warning says more, the person knows, wants it later, is nobody, cannot be reached, was
told of it just before."""


class Recipient(NamedTuple):
    """One person who is to be told, and as what."""

    person: str
    role: str
    deputy_for: str = ""
    """Whose deputy the person is."""
    in_place_of: str = ""
    """The role that nobody holds, or that somebody holds who cannot be reached."""


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a warning reaches."""

    people: tuple[Recipient, ...]
    vacant: tuple[str, ...] = ()
    """Roles that nobody holds; they were handed on."""
    unreachable: tuple[Recipient, ...] = ()
    """People without an address; what they should have been told was handed on."""


@dataclass(slots=True)
class Circle:
    """The people around a pilot on a local day."""

    held: Sequence[Membership]
    deputies: Sequence[Deputy]
    reachable: Callable[[str], bool]
    escalation: tuple[str, ...]
    day: date
    _found: dict[tuple[str, ...], Told] = field(default_factory=dict)

    def told(self, roles: tuple[str, ...]) -> Told:
        """Whom a warning to these roles reaches, each person once.

        A role that nobody holds, or whose holder cannot be reached, is handed on to the next role of the escalation
        in which somebody can be.
        """
        found = self._found.get(roles)
        if found is None:
            found = self._found[roles] = self._resolved(roles)
        return found

    def _resolved(self, roles: tuple[str, ...]) -> Told:
        people: dict[str, Recipient] = {}
        vacant: list[str] = []
        unreachable: dict[str, Recipient] = {}
        handed_on: list[str] = []
        for role in roles:
            holders = self._holders(role)
            reached = 0
            for holder in holders:
                able = self._able(holder)
                if able is not None:
                    reached += 1
                    people.setdefault(able.person, able)
                if able != holder:
                    unreachable.setdefault(holder.person, holder)
            if not holders:
                vacant.append(role)
            if not holders or reached < len(holders):
                handed_on.append(role)
        for role in handed_on:
            for other in self._line_after(role):
                found = self._holders(other, role)
                able_ones = [self._able(holder) for holder in found]
                for holder, able in zip(found, able_ones, strict=True):
                    if able is not None:
                        people.setdefault(able.person, able)
                    if able != holder:
                        unreachable.setdefault(holder.person, holder)
                if any(able_ones):
                    break
        return Told(tuple(people.values()), tuple(vacant), tuple(unreachable.values()))

    def _able(self, holder: Recipient) -> Recipient | None:
        """The holder of a role, or the absent person whose deputy cannot be reached; None: neither can be."""
        if self.reachable(holder.person):
            return holder
        absent = holder.deputy_for
        return Recipient(absent, holder.role, "", holder.in_place_of) if absent and self.reachable(absent) else None

    def _holders(self, role: str, in_place_of: str = "") -> list[Recipient]:
        found = []
        for held in self.held:
            if held.role == role and held.holds_on(self.day):
                person = held.person
                told = stands_in(self.deputies, person, self.day) if self.deputies else person
                found.append(Recipient(told, role, "" if told == person else person, in_place_of))
        return found

    def _line_after(self, role: str) -> tuple[str, ...]:
        line = self.escalation
        return line[line.index(role) + 1 :] if role in line else line


@dataclass(frozen=True, slots=True)
class Open:
    """An open deadline, as far as its warnings are concerned."""

    machine: str
    rule: str
    since_seq: int
    since_on: date
    handled_until: date
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One warning to one person; with ``skip``, why it is not sent."""

    rung: str
    send_on: date
    urgent: bool
    recipient: Recipient
    skip: Skip = ""
    missed: int = 0
    """Warnings whose day passed before this one without anything being sent."""
    moved_from: date | None = None
    """The due day that the person was told last, where it has moved since."""


NO_NEWS: Mapping[str, Sequence[news.Told]] = {}


def plan(
    of: Open,
    passed: Sequence[Warning],
    circle: Circle,
    pauses: Iterable[Pause],
    today: date,
    told_before: Mapping[str, Sequence[news.Told]] = NO_NEWS,
) -> list[Line]:
    """What there is to tell of a deadline today.

    ``passed`` holds every warning up to today, earliest first; ``told_before`` what each person was told of this
    deadline and of its rivals. Each person gets the one highest that is not handled yet, unless they were told just
    before; a person whose snooze has ended gets the highest of all once more.
    """
    fresh = [warning for warning in passed if warning.send_on > of.handled_until]
    mine: dict[str, list[tuple[Warning, Recipient]]] = {}
    vacant: dict[str, Warning] = {}
    unreachable: dict[str, tuple[Warning, Recipient]] = {}
    for warning in fresh:
        told = circle.told(warning.to)
        for recipient in told.people:
            mine.setdefault(recipient.person, []).append((warning, recipient))
        vacant |= dict.fromkeys(told.vacant, warning)
        unreachable |= {recipient.person: (warning, recipient) for recipient in told.unreachable}
    lines = [Line(w.rung, w.send_on, w.urgent, Recipient("", role), "no_holder") for role, w in vacant.items()]
    lines += [Line(w.rung, w.send_on, w.urgent, who, "no_address") for w, who in unreachable.values()]
    paused = _by_person(of, pauses)
    for person in dict.fromkeys([*mine, *paused]):
        found = _for_person(of, mine.get(person, []), paused.get(person, []), passed, circle, person, today)
        lines += [_with_news(of, line, told_before.get(person, ())) for line in found]
    return lines


def _with_news(of: Open, line: Line, told: Sequence[news.Told]) -> Line:
    """The line as it is to be for somebody who was told of the deadline before."""
    if line.skip or not told:
        return line
    if line.send_on > of.since_on and "@" not in line.rung and news.just_told(of.rule, of.due_on, line.send_on, told):
        return replace(line, skip="just_told", missed=0)
    return replace(line, moved_from=news.moved_from(of.rule, of.due_on, told))


def _by_person(of: Open, pauses: Iterable[Pause]) -> dict[str, list[Pause]]:
    found: dict[str, list[Pause]] = {}
    for pause in pauses:
        if pause.seq > of.since_seq:
            found.setdefault(pause.person, []).append(pause)
    return found


def _for_person(
    of: Open,
    fresh: list[tuple[Warning, Recipient]],
    pauses: list[Pause],
    passed: Sequence[Warning],
    circle: Circle,
    person: str,
    today: date,
) -> list[Line]:
    if any(pause.kind == "acknowledgement" for pause in pauses):
        return _silenced(fresh, "acknowledged")
    ends = [pause.until for pause in pauses if pause.until is not None]
    if any(until > today for until in ends):
        return _silenced(fresh, "snoozed")
    ended = [until for until in ends if until > of.handled_until]
    if ended and (not fresh or fresh[-1][0].send_on < max(ended)):
        again = _again(passed, circle, person, max(ended))
        return [] if again is None else [*_superseded(of, fresh), again]
    if not fresh:
        return []
    *earlier, (warning, recipient) = fresh
    missed = _superseded(of, earlier)
    days = {line.send_on for line in missed if line.send_on < warning.send_on}
    return [*missed, Line(warning.rung, warning.send_on, warning.urgent, recipient, missed=len(days))]


def _silenced(fresh: list[tuple[Warning, Recipient]], why: Skip) -> list[Line]:
    return [Line(w.rung, w.send_on, w.urgent, recipient, why) for w, recipient in fresh[-1:]]


def _superseded(of: Open, earlier: list[tuple[Warning, Recipient]]) -> list[Line]:
    """Those whose day lay before the deadline became what it is were never due."""
    return [
        Line(w.rung, w.send_on, w.urgent, recipient, "superseded")
        for w, recipient in earlier
        if w.send_on >= of.since_on
    ]


def _again(passed: Sequence[Warning], circle: Circle, person: str, until: date) -> Line | None:
    for warning in reversed(passed):
        for recipient in circle.told(warning.to).people:
            if recipient.person == person:
                return Line(f"{warning.rung}@{until}", until, warning.urgent, recipient)
    return None


def handled_at_first(ladder: Ladder, pilot: Pilot, due_on: date | None, calendar: WorkCalendar, day: date) -> date:
    """Until when a deadline's warnings count as handled when it comes to be (or changes) on a local day.

    So that each role's highest warning up to that day is still to come, and none of those before.
    """
    highest = {role: w.send_on for w in warnings(ladder, pilot, due_on, calendar, day) for role in w.to}
    return min(highest.values()) - timedelta(days=1) if highest else day


def ladder_of(policy: ReminderPolicy, name: str) -> Ladder | None:
    """The policy's ladder of that name; None where nobody is warned."""
    return next((ladder for ladder in policy.ladders if ladder.id == name), None) if name else None
