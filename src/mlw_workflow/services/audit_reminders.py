"""Were people reminded as they should have been? A second reading, from the ledger and the pinned definition alone.

It knows nothing of how reminders are planned. It walks through a pilot's log, sees which deadlines stood open from when
to when and who was to be told on each warning's day, and compares that with the notices and mails there are.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.read import decode
from mlw_workflow.audit.replay import pilot_of
from mlw_workflow.domain.clock import local_day, zone
from mlw_workflow.domain.deadline import deadlines
from mlw_workflow.domain.ladder import warnings
from mlw_workflow.domain.ledger import Membership, advanced, step_of, taken_back
from mlw_workflow.domain.pause import deputies_of
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.storage import circle, obligations, repositories

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.ladder import Warning  # noqa: A004
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.obligation import ReminderPolicy
    from mlw_workflow.domain.pause import Deputy
    from mlw_workflow.domain.pilot import Pilot, Step
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.obligations import Notice

RACE = timedelta(minutes=15)
"""What is recorded so shortly before a digest may miss it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reminder that was not as it should be."""

    pilot: str
    """Its code."""
    key: str
    machine: str
    rule: str
    rung: str
    recipient: str
    due_on: date | None
    expected_on: date
    """The last local day on which it would have been in time."""
    sent_on: date | None
    why: str
    """Missing: ``no_notice``, ``not_sent``, ``dead``, ``skipped``. Doubled: ``twice``, ``not_due``.
    Late: ``sent_late``, ``superseded`` (a later warning was sent instead), ``settled`` (nothing ran before that)."""


@dataclass(slots=True)
class RemindersAudited:
    """What was found in a span of days."""

    expected: int = 0
    """Reminders that were due."""
    missing: list[Finding] = field(default_factory=list)
    doubled: list[Finding] = field(default_factory=list)
    late: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not (self.missing or self.doubled or self.late)


def audit_reminders(desk: Desk, first: date, last: date, pilots: Iterable[Pilot] | None = None) -> RemindersAudited:
    """Every reminder that was due between two local days (both included) and had time to go out until now."""
    found = RemindersAudited()
    with desk.database.read() as connection:
        no_address = {person.id for person in repositories.people(connection) if not person.email}
        chosen = list(pilots) if pilots is not None else list(repositories.pilots(connection))
    for pilot in chosen:
        with desk.database.read() as connection:
            entries = [decode(body) for _, _, body in repositories.entries(connection, pilot.id)]
            values: dict[tuple[int, str], Any] = {
                (stored.seq, stored.field): msgspec.json.decode(stored.value)
                for stored in repositories.evidence_of(connection, pilot.id)
                if stored.value is not None
            }
            notices = obligations.notices(connection, pilot.id)
        course = _Course(desk.programme(pilot.definition), desk.calendar(pilot.voivodeship), entries, values)
        _Audit(course, notices, no_address, desk.clock.now(), first, last, found).run()
    return found


# What the log says


@dataclass(slots=True)
class Episode:
    """A time during which a deadline stood open with one due day."""

    machine: str
    rule: str
    ladder: str
    due_on: date | None
    seq: int
    begins: datetime
    policy: ReminderPolicy
    ends: datetime | None = None
    goes_on: bool = False
    """The deadline stood open before, under another policy: the day of the change is nobody's fault."""


@dataclass(frozen=True, slots=True)
class Silence:
    """One person's acknowledgement (for good) or snooze (until a day) of a deadline."""

    person: str
    machine: str
    rule: str
    seq: int
    at: datetime
    until: date | None


class _Course:
    """A pilot's log, read as what concerns reminders."""

    def __init__(
        self, programme: Programme, calendar: WorkCalendar, entries: list[Entry], values: dict[tuple[int, str], Any]
    ) -> None:
        self.programme = programme
        self.calendar = calendar
        self.values = values
        self.pilot = pilot_of(entries[0])
        self.episodes: list[Episode] = []
        self.silences: list[Silence] = []
        self.instants: list[datetime] = []
        """When the people around the pilot changed, and below who they were from then on."""
        self.around: list[tuple[tuple[Membership, ...], tuple[Deputy, ...]]] = []
        self.read(entries)

    def read(self, entries: list[Entry]) -> None:
        standing = Standing(self.pilot, self.programme, {})
        policy = self.programme.reminders
        held: dict[tuple[str, str, date], Membership] = {}
        open_: dict[tuple[str, str], Episode] = {}
        for entry in entries:
            if entry.kind in ("opening", "transition", "correction"):
                standing = self.moved(standing, entry)
                self.compare(standing, policy, entry, open_)
            elif entry.kind == "policy":
                policy = circle.policy_of(entry.policy) if entry.policy else self.programme.reminders
                self.change(policy, entry, open_)
            elif entry.kind in ("acknowledgement", "snooze"):
                self.silences.append(
                    Silence(entry.person, entry.machine, entry.trigger, entry.seq, entry.recorded_at, entry.until)
                )
            elif entry.kind == "membership":
                assert entry.since is not None
                held[entry.person, entry.role, entry.since] = Membership(
                    entry.person, entry.role, entry.since, entry.until
                )
            if entry.kind in ("opening", "membership", "deputy"):
                self.instants.append(entry.recorded_at)
                self.around.append((tuple(held.values()), deputies_of(entries[: entry.seq])))

    def change(self, policy: ReminderPolicy, entry: Entry, open_: dict[tuple[str, str], Episode]) -> None:
        """The deadlines stay what they are; their warnings are counted by another policy from now on."""
        for key, before in open_.items():
            before.ends = entry.recorded_at
            open_[key] = replace(before, begins=entry.recorded_at, policy=policy, ends=None, goes_on=True)
            self.episodes.append(open_[key])

    def moved(self, standing: Standing, entry: Entry) -> Standing:
        if entry.kind == "opening":
            return standing
        position = standing.position(entry.machine)
        return standing.with_position(
            taken_back(position) if entry.kind == "correction" else advanced(position, step_of(entry))
        )

    def compare(
        self, standing: Standing, policy: ReminderPolicy, entry: Entry, open_: dict[tuple[str, str], Episode]
    ) -> None:
        seen = set()
        for deadline in deadlines(standing, self.calendar, self.day_in_evidence):
            key = (deadline.machine, deadline.rule.id)
            if deadline.status != "open":
                continue
            seen.add(key)
            if key in open_ and open_[key].due_on == deadline.due_on:
                continue
            if key in open_:
                open_.pop(key).ends = entry.recorded_at
            open_[key] = Episode(*key, deadline.rule.ladder, deadline.due_on, entry.seq, entry.recorded_at, policy)
            self.episodes.append(open_[key])
        for key in [key for key in open_ if key not in seen]:
            open_.pop(key).ends = entry.recorded_at

    def day_in_evidence(self, machine: str, step: Step, name: str) -> date | None:  # noqa: ARG002
        value = self.values.get((step.seq, name))
        return date.fromisoformat(value) if isinstance(value, str) else None

    def people(self, at: datetime) -> tuple[tuple[Membership, ...], tuple[Deputy, ...]]:
        """Who was known to hold what at an instant."""
        return self.around[bisect_right(self.instants, at) - 1]


# What should have been, and what was


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


class _Audit:
    def __init__(
        self,
        course: _Course,
        notices: list[Notice],
        no_address: set[str],
        now: datetime,
        first: date,
        last: date,
        found: RemindersAudited,
    ) -> None:
        self.course = course
        self.zone = zone(course.programme.timezone)
        self.found = found
        self.first, self.last = first, last
        self.until = min(now, self.midnight(last + timedelta(days=1)))
        self.notices: dict[tuple[str, str, str, date | None], list[Notice]] = {}
        self.no_address = no_address
        self.not_reached: dict[tuple[str, str], set[str]] = {}
        """Who was found to have no address when a deadline's warnings were due."""
        for notice in notices:
            self.notices.setdefault((notice.machine, notice.rule, notice.recipient, notice.due_on), []).append(notice)
            if notice.skip_reason == "no_address":
                self.not_reached.setdefault((notice.machine, notice.rule), set()).add(notice.recipient)

    def run(self) -> None:
        planned: set[tuple[str, str, date | None, str]] = set()
        for episode in self.course.episodes:
            ladder = next((one for one in episode.policy.ladders if one.id == episode.ladder), None)
            if ladder is None:
                continue
            end = min(episode.ends or self.until, self.until)
            of_ladder = warnings(
                ladder,
                self.course.pilot,
                episode.due_on,
                self.course.calendar,
                date.max.replace(year=self.last.year + 2),
            )
            planned |= {(episode.machine, episode.rule, episode.due_on, w.rung) for w in of_ladder}
            passed = [w for w in of_ladder if w.send_on <= self.day(end)]
            for person in self.everybody():
                for due in self.due(episode, passed, person):
                    if self.first <= self.day(due.at) <= self.last and due.at < end:
                        self.judge(due)
        self.unplanned(planned)

    def everybody(self) -> list[str]:
        found = [m.person for held, _ in self.course.around for m in held]
        return list(dict.fromkeys([*found, *(d.deputy for _, named in self.course.around for d in named)]))

    def due(self, episode: Episode, passed: Sequence[Warning], person: str) -> Iterator[Due]:
        """What became due for a person while a deadline stood open."""
        began = self.day(episode.begins)
        silences = [
            s for s in self.course.silences
            if (s.person, s.machine, s.rule) == (person, episode.machine, episode.rule)
            and s.seq > episode.seq and s.at < (episode.ends or self.until)
        ]  # fmt: skip
        moments = [] if episode.goes_on else [(episode.begins, began)]
        moments += [(self.midnight(day), day) for day in dict.fromkeys(w.send_on for w in passed) if day > began]
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
            at = self.midnight(snooze.until)
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
        return any(s.at <= at and (s.until is None or at < self.midnight(s.until)) for s in silences)

    def tells(self, episode: Episode, warning: Warning, person: str, at: datetime) -> bool:
        return person in self.recipients(warning.to, episode, at)

    def recipients(self, roles: tuple[str, ...], episode: Episode, at: datetime) -> set[str]:
        """Whom a warning to these roles reaches at an instant."""
        held, deputies = self.course.people(at)
        day, line = self.day(at), episode.policy.escalation
        without = self.no_address | self.not_reached.get((episode.machine, episode.rule), set())

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
                        continue
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

    def judge(self, due: Due) -> None:
        """Compare one reminder with what was sent."""
        expected_on = self.expected_on(due)
        in_time = self.midnight(expected_on + timedelta(days=1))
        held_until = self.held_until(due)
        if held_until < in_time:
            return
        self.found.expected += 1
        episode = due.episode
        of_deadline = self.notices.get((episode.machine, episode.rule, due.person, episode.due_on), ())
        mine = [n for n in of_deadline if self.of_episode(due, n)]
        named = [n for n in mine if n.rung in due.labels]
        sent = [n for n in named if _arrived(n)]
        if len(sent) > 1:
            self.found.doubled.append(self.finding(due, expected_on, sent[1], "twice"))
        if sent:
            if self.sent_on(sent[0]) > expected_on:
                self.found.late.append(self.finding(due, expected_on, sent[0], "sent_late"))
        elif any(n.skip_reason == "no_address" for n in named):
            pass
        elif any(n.mail_status == "dead" for n in named):
            self.found.missing.append(self.finding(due, expected_on, None, "dead"))
        elif self.told_more(due, mine, by=expected_on):
            pass  # a later warning came in time, and says more
        elif self.told_more(due, mine):
            self.found.late.append(self.finding(due, expected_on, None, "superseded"))
        elif held_until < self.until:
            self.found.late.append(self.finding(due, expected_on, None, "settled"))
        else:
            waits = any(n.status in ("waiting", "queued") for n in named)
            why = "not_sent" if waits else "skipped" if named else "no_notice"
            self.found.missing.append(self.finding(due, expected_on, None, why))

    def of_episode(self, due: Due, notice: Notice) -> bool:
        """A notice from before a deadline was reopened says nothing of what became due by reopening it."""
        assert notice.created_at is not None
        began = due.episode.begins
        return notice.created_at >= began or due.send_on >= self.day(began)

    def told_more(self, due: Due, mine: list[Notice], by: date | None = None) -> bool:
        later = [n for n in mine if n.send_on > due.send_on and n.rung not in due.labels]
        if by is not None:
            return any(_arrived(n) and self.sent_on(n) <= by for n in later)
        return any(_arrived(n) or n.status in ("waiting", "queued") for n in later)

    def expected_on(self, due: Due) -> date:
        """The local day by the end of which it is in time."""
        day, local = self.day(due.at), (due.at + RACE).astimezone(self.zone)
        policy = due.episode.policy
        if not due.urgent:
            digest_at = self.midnight(day, self.course.programme.reminders.digest_hour)
            return day if due.at + RACE <= digest_at else day + timedelta(days=1)
        begin, end, hour = policy.quiet_from, policy.quiet_to, local.hour
        quiet = begin <= hour < end if begin <= end else hour >= begin or hour < end
        return local.date() + timedelta(days=quiet and hour >= end)

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
        at = {at for at in self.course.instants if begin < at < end}
        for held, deputies in self.course.around:
            days = [(m.since, m.until) for m in held] + [(d.since, d.until) for d in deputies]
            for since, until in days:
                for day in (since, since if until is None else until + timedelta(days=1)):
                    at |= {moment for moment in [self.midnight(day)] if begin < moment < end}
        yield from sorted(at)

    def unplanned(self, planned: set[tuple[str, str, date | None, str]]) -> None:
        """What was sent though no warning of that name was ever to be."""
        for (machine, rule, person, due_on), notices in self.notices.items():
            for n in notices:
                day = self.day(n.created_at) if n.created_at else n.send_on
                known = (machine, rule, due_on, n.rung.partition("@")[0]) in planned
                if not known and _arrived(n) and self.first <= day <= self.last:
                    self.found.doubled.append(
                        Finding(self.course.pilot.code, n.key, machine, rule, n.rung, person, due_on, n.send_on,
                                self.sent_on(n), "not_due")
                    )  # fmt: skip

    def finding(self, due: Due, expected_on: date, notice: Notice | None, why: str) -> Finding:
        episode = due.episode
        key = obligations.notice_key(
            self.course.pilot.id, episode.machine, episode.rule, due.labels[0], due.person, episode.due_on
        )
        return Finding(
            self.course.pilot.code, notice.key if notice else key, episode.machine, episode.rule, due.labels[0],
            due.person, episode.due_on, expected_on, self.sent_on(notice) if notice else None, why,
        )  # fmt: skip

    def sent_on(self, notice: Notice) -> date:
        at = notice.sent_at or notice.mail_at
        assert at is not None
        return self.day(at)

    def day(self, at: datetime) -> date:
        return local_day(at, self.course.programme.timezone)

    def midnight(self, day: date, hour: int = 0) -> datetime:
        return datetime.combine(day, time(hour), self.zone)


def _arrived(notice: Notice) -> bool:
    """Handed to the mail server, as far as anybody can know."""
    return notice.status == "queued" and notice.mail_status in ("sent", "in_doubt")
