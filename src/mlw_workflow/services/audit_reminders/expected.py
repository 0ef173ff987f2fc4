"""What should have been: each reminder that became due for somebody, and until when it was to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mlw_workflow.domain.ladder import Warning  # noqa: A004
    from mlw_workflow.services.audit_reminders.addresses import Addresses
    from mlw_workflow.services.audit_reminders.course import Course, Episode, Silence

RACE = timedelta(minutes=15)
"""What is recorded so shortly before a digest may miss it."""


@dataclass(frozen=True, slots=True)
class Due:
    """A warning that became due for a person at an instant."""

    episode: Episode
    person: str
    labels: tuple[str, ...]
    """The rungs under which it may have been sent."""
    to: tuple[str, ...]
    at: datetime
    send_on: date
    urgent: bool


class Expected:
    """What a course of events made due."""

    def __init__(
        self, course: Course, until: datetime, reachable: Addresses, not_reached: Callable[[str, str], set[str]]
    ) -> None:
        """``until``: how far it is looked at; ``not_reached(machine, rule)``: who was found without an address."""
        self.course = course
        self.until = until
        self.reachable = reachable
        self.not_reached = not_reached

    def everybody(self) -> list[str]:
        found = [m.person for held, _ in self.course.around for m in held]
        return list(dict.fromkeys([*found, *(d.deputy for _, named in self.course.around for d in named)]))

    def due(self, episode: Episode, passed: Sequence[Warning], person: str) -> Iterator[Due]:
        """What became due for a person while a deadline stood open."""
        began = self.course.day(episode.begins)
        silences = [
            s for s in self.course.silences
            if (s.person, s.machine, s.rule) == (person, episode.machine, episode.rule)
            and s.seq > episode.seq and s.at < (episode.ends or self.until)
        ]  # fmt: skip
        moments = [] if episode.goes_on else [(episode.begins, began)]
        moments += [(self.course.midnight(day), day) for day in dict.fromkeys(w.send_on for w in passed) if day > began]
        for at, day in moments:
            if self.silent(silences, at):
                continue
            highest = self.highest(episode, passed, person, at, day, exactly=None if day == began else day)
            if highest is not None:
                again = f"{highest.rung}@{began}"
                labels = (highest.rung, again) if highest.send_on < began else (highest.rung,)
                yield Due(episode, person, labels, highest.to, at, highest.send_on, highest.urgent)
        for snooze in silences:
            if snooze.until is None:
                continue
            at = self.course.midnight(snooze.until)
            if at < episode.begins:
                continue
            told_anyway = any(w.send_on == snooze.until and self.tells(episode, w, person, at) for w in passed)
            if not told_anyway and not self.silent(silences, at):
                highest = self.highest(episode, passed, person, at, snooze.until)
                if highest is not None:
                    label = f"{highest.rung}@{snooze.until}"
                    yield Due(episode, person, (label,), highest.to, at, snooze.until, highest.urgent)

    def highest(
        self,
        episode: Episode,
        passed: Sequence[Warning],
        person: str,
        at: datetime,
        day: date,
        exactly: date | None = None,
    ) -> Warning | None:
        """The last warning up to a day (or of that very day) that names the person."""
        for warning in reversed(passed):
            if (
                warning.send_on <= day
                and exactly in (None, warning.send_on)
                and self.tells(episode, warning, person, at)
            ):
                return warning
        return None

    def silent(self, silences: list[Silence], at: datetime) -> bool:
        return any(s.at <= at and (s.until is None or at < self.course.midnight(s.until)) for s in silences)

    def tells(self, episode: Episode, warning: Warning, person: str, at: datetime) -> bool:
        return person in self.recipients(warning.to, episode, at)

    def recipients(self, roles: tuple[str, ...], episode: Episode, at: datetime) -> set[str]:
        """Whom a warning to these roles reaches at an instant."""
        held, deputies = self.course.people(at)
        day, line = self.course.day(at), episode.policy.escalation
        without = self.reachable.without(at, self.not_reached(episode.machine, episode.rule))

        def of_role(role: str) -> set[str]:
            found = set()
            for membership in held:
                if membership.role == role and membership.holds_on(day):
                    person, passed = membership.person, set()
                    while person and person not in passed:
                        passed.add(person)
                        named = [d.deputy for d in deputies if d.person == person and d.holds_on(day)]
                        if not named:
                            break
                        person = named[-1]
                    else:
                        person = membership.person  # deputies in a circle stand in for nobody
                    if person in without and membership.person not in without:
                        person = membership.person  # nor do those who cannot be reached
                    found.add(person)
            return found

        reached = set()
        for role in roles:
            found = of_role(role)
            reached |= found - without
            if not found or found & without:
                following = line[line.index(role) + 1 :] if role in line else line
                reached |= next((of_role(other) - without for other in following if of_role(other) - without), set())
        return reached

    def held_until(self, due: Due) -> datetime:
        """Until when the person was to be told of it: the end of the deadline, of the role, or silence."""
        episode = due.episode
        ends = [episode.ends or self.until, self.until]
        ends += [
            s.at for s in self.course.silences
            if (s.person, s.machine, s.rule) == (due.person, episode.machine, episode.rule)
            and s.seq > episode.seq and s.at > due.at
        ]  # fmt: skip
        end = min(ends)
        for at in self.changes(due.at, end):
            if due.person not in self.recipients(due.to, episode, at):
                return at
        return end

    def changes(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        """The instants at which the people around the pilot may have changed."""
        at = {at for at in (*self.course.instants, *self.reachable.instants()) if begin < at < end}
        for held, deputies in self.course.around:
            days = [(m.since, m.until) for m in held] + [(d.since, d.until) for d in deputies]
            for since, until in days:
                for day in (since, since if until is None else until + timedelta(days=1)):
                    at |= {moment for moment in [self.course.midnight(day)] if begin < moment < end}
        yield from sorted(at)

    def expected_on(self, due: Due) -> date:
        """The local day by the end of which it is in time."""
        day, local = self.course.day(due.at), (due.at + RACE).astimezone(self.course.zone)
        policy = due.episode.policy
        if not due.urgent:
            digest_at = self.course.midnight(day, self.course.programme.reminders.digest_hour)
            return day if due.at + RACE <= digest_at else day + timedelta(days=1)
        begin, end, hour = policy.quiet_from, policy.quiet_to, local.hour
        quiet = begin <= hour < end if begin <= end else hour >= begin or hour < end
        return local.date() + timedelta(days=quiet and hour >= end)
