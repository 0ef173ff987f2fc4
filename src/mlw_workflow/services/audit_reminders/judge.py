"""What was, beside what should have been."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from mlw_workflow.domain.ladder import warnings
from mlw_workflow.domain.no_return import NO_SLACK, QUIET_DAYS, RULE
from mlw_workflow.services.audit_reminders.expected import Expected
from mlw_workflow.services.audit_reminders.finding import Finding
from mlw_workflow.services.audit_reminders.no_return import Mornings
from mlw_workflow.storage import obligations

if TYPE_CHECKING:
    from mlw_workflow.services.audit_reminders.addresses import Addresses
    from mlw_workflow.services.audit_reminders.course import Course, Episode
    from mlw_workflow.services.audit_reminders.expected import Due
    from mlw_workflow.services.audit_reminders.finding import RemindersAudited
    from mlw_workflow.storage.obligations import Notice


class Judge:
    """Compares the notices and mails there are with what a course of events made due."""

    def __init__(
        self,
        course: Course,
        notices: list[Notice],
        reachable: Addresses,
        now: datetime,
        first: date,
        last: date,
        found: RemindersAudited,
    ) -> None:
        self.course = course
        self.found = found
        self.first, self.last = first, last
        self.until = min(now, course.midnight(last + timedelta(days=1)))
        self.notices: dict[tuple[str, str, str, date | None], list[Notice]] = {}
        self.heard: dict[tuple[str, str], list[Notice]] = {}
        """What arrived of a machine's deadlines with a person, in order."""
        not_reached: dict[tuple[str, str], set[str]] = {}
        """Who was found to have no address when a deadline's warnings were due."""
        for notice in notices:
            self.notices.setdefault((notice.machine, notice.rule, notice.recipient, notice.due_on), []).append(notice)
            if _arrived(notice):
                self.heard.setdefault((notice.machine, notice.recipient), []).append(notice)
            if notice.skip_reason == "no_address":
                not_reached.setdefault((notice.machine, notice.rule), set()).add(notice.recipient)
        for heard in self.heard.values():
            heard.sort(key=_written_at)
        self.expected = Expected(
            course, self.until, reachable, lambda machine, rule: not_reached.get((machine, rule), set())
        )
        self.mornings = Mornings(course, self.expected, self.until)

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
            passed = [w for w in of_ladder if w.send_on <= self.course.day(end)]
            for person in self.expected.everybody():
                for due in self.expected.due(episode, passed, person):
                    if due.at < end and self.concerns(due):
                        self.judge(due)
        if self.course.programme.reminders.goal:
            for due in self.mornings.due(self.last):
                if self.concerns(due):
                    self.judge(due)
        self.unplanned(planned)

    def concerns(self, due: Due) -> bool:
        """Whether a reminder was due in the span, or was sent in it though due before."""
        day = self.course.day(due.at)
        if not day < self.first:
            return day <= self.last
        episode = due.episode
        named = self.notices.get((episode.machine, episode.rule, due.person, episode.due_on), ())
        return any(n.rung in due.labels and _arrived(n) and self.first <= self.sent_on(n) <= self.last for n in named)

    def judge(self, due: Due) -> None:
        """Compare one reminder with what was sent."""
        expected_on = self.expected.expected_on(due)
        in_time = self.course.midnight(expected_on + timedelta(days=1))
        held_until = self.expected.held_until(due)
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
            if self.just_told(due, due.at) and self.just_told(due, _written_at(sent[0])):
                self.found.doubled.append(self.finding(due, expected_on, sent[0], "just_told"))
            if self.sent_on(sent[0]) > expected_on:
                self.found.late.append(self.finding(due, expected_on, sent[0], "sent_late"))
        elif any(n.skip_reason == "no_address" for n in named) or self.quiet(due, named):
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
        return notice.created_at >= began or due.send_on >= self.course.day(began)

    def told_more(self, due: Due, mine: list[Notice], by: date | None = None) -> bool:
        later = [n for n in mine if n.send_on > due.send_on and n.rung not in due.labels]
        if by is not None:
            return any(_arrived(n) and self.sent_on(n) <= by for n in later)
        return any(_arrived(n) or n.status in ("waiting", "queued") for n in later)

    def quiet(self, due: Due, named: list[Notice]) -> bool:
        """Whether it was rightly left out because the person had just been told."""
        left_out = [_written_at(n) for n in named if n.skip_reason == "just_told"]
        return any(self.just_told(due, at) for at in (due.at, *left_out))

    def just_told(self, due: Due, at: datetime) -> bool:
        """Whether fewer days before the warning than are left until the due day the person had heard of it otherwise.

        Of a new due day of this very deadline, or of another that stood open for the same, due no later.
        """
        episode = due.episode
        if episode.rule == RULE:
            return self.just_said(due, at)
        since = min(one.begins for one in self.course.episodes if one.seq == episode.seq)
        asked_for = "@" in due.labels[0]  # the end of a snooze: the person wanted it on that day
        if episode.due_on is None or asked_for or due.send_on <= self.course.day(since):
            return False
        before: Notice | None = None
        for n in self.heard.get((episode.machine, due.person), ()):
            days = (due.send_on - self.course.day(_written_at(n))).days
            soon = 0 < days < (episode.due_on - due.send_on).days
            if n.rule == episode.rule:
                if soon and before is not None and before.due_on != n.due_on == episode.due_on:
                    return True
                before = n
            elif soon and self.same_matter(episode, n, due.send_on, at):
                return True
        return False

    def just_said(self, due: Due, at: datetime) -> bool:
        """Whether the person had lately been warned of the same task before the point of no return.

        Of its last moment: of that very step. What was said is read from the course as it stood when it was said.
        """
        step = self.mornings.step(due.at)
        for n in self.heard.get((due.episode.machine, due.person), ()):
            days = (self.course.day(at) - self.course.day(_written_at(n))).days
            if n.rule != RULE or _written_at(n) >= at or not 0 <= days < QUIET_DAYS:
                continue
            if due.labels[0] != NO_SLACK or (n.rung == NO_SLACK and self.mornings.step(_written_at(n)) == step):
                return True
        return False

    def same_matter(self, episode: Episode, n: Notice, day: date, at: datetime) -> bool:
        """Whether a notice of another deadline spoke of a day no later by which the same had to be done."""
        assert episode.due_on is not None
        if n.due_on is None or not day <= n.due_on <= episode.due_on:
            return False
        rules = {rule.id: set(rule.reaches) for rule in self.course.workflow(episode.machine).deadlines}
        open_ = any(
            (other.machine, other.rule, other.due_on) == (n.machine, n.rule, n.due_on)
            and other.begins <= at < (other.ends or self.until)
            for other in self.course.episodes
        )
        return open_ and n.rule in rules and rules[n.rule] <= rules[episode.rule]

    def unplanned(self, planned: set[tuple[str, str, date | None, str]]) -> None:
        """What was sent though no warning of that name was ever to be."""
        for (machine, rule, person, due_on), notices in self.notices.items():
            for n in notices:
                day = self.course.day(n.created_at) if n.created_at else n.send_on
                known = (machine, rule, due_on, n.rung.partition("@")[0]) in planned
                if rule == RULE:
                    known = self.mornings.may_be(machine, n.rung, due_on, _written_at(n))
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
        return self.course.day(at)


def _written_at(notice: Notice) -> datetime:
    assert notice.created_at is not None
    return notice.created_at


def _arrived(notice: Notice) -> bool:
    """Handed to the mail server, as far as anybody can know."""
    return notice.status == "queued" and notice.mail_status in ("sent", "in_doubt")
