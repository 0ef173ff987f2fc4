"""The shapes of answers about deadlines and reminders: exactly what docs/reference/json.md promises, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.seal import instant
from mlw_workflow.domain.deadline import explained
from mlw_workflow.domain.no_return import RULE
from mlw_workflow.interfaces.wording import deadlines as wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.deadline import Deadline
    from mlw_workflow.domain.forecast import Forecast
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.audit_reminders import Finding, RemindersAudited
    from mlw_workflow.services.deadlines import Shown
    from mlw_workflow.services.doctor import Health
    from mlw_workflow.storage.obligations import Notice
    from mlw_workflow.storage.outbox import Mail

Json = dict[str, Any]


def day(given: date | None) -> str | None:
    """A day."""
    return given.isoformat() if given is not None else None


def moment(given: datetime | None) -> str | None:
    """An instant."""
    return instant(given) if given is not None else None


def deadline(
    shown: Shown, today: date, starts: Mapping[str, date], titles: Titles, calendar: WorkCalendar, pilot: str = ""
) -> Json:
    """One deadline; ``pilot`` only where several pilots are told of."""
    of = shown.deadline
    status = wording.status_of(of, today)
    told: Json = {"pilot": pilot} if pilot else {}
    return told | {
        "machine": of.machine,
        "rule": of.rule.id,
        "due_on": day(of.due_on),
        "basis": of.rule.basis,
        "derivation": _derivation(of, titles, calendar),
        "status": status,
        "last_start": day(starts.get(of.machine)) if status in ("open", "late") else None,
    }


def _derivation(of: Deadline, titles: Titles, calendar: WorkCalendar) -> list[Json]:
    """The rule, what it rests on, and every step from the day that counting begins with."""
    told = [
        {"step": "rule", "day": None, "why": of.rule.title[titles.language]},
        {"step": "basis", "day": None, "why": wording.basis_words(of, titles.language)},
    ]
    return told + [{"step": step.step, "day": day(step.day), "why": step.why} for step in explained(of, calendar)]


def forecast(pilot: str, found: Forecast) -> Json:
    """What the goal hangs on."""
    return {
        "pilot": pilot,
        "end": found.end.isoformat(),
        "critical_path": [
            {
                "machine": step.machine,
                "trigger": step.trigger,
                "latest_start": step.latest_start.isoformat(),
                "latest_finish": step.latest_finish.isoformat(),
            }
            for step in found.critical_path
        ],
        "slack": dict(found.slack),
        "rescuable_until": day(found.rescuable_until),
    }


def reason(notice: Notice, titles: Titles, people: Mapping[str, str]) -> str:
    """Why this person is told, in a sentence."""
    language, role = titles.language, titles.role(notice.role)
    why = notice.reason
    if why.deputy_for:
        person = people.get(why.deputy_for, why.deputy_for)
        told = wording.DEPUTY[language].format(person=person, role=role)
    elif why.in_place_of:
        told = wording.HANDED_ON[language].format(other=titles.role(why.in_place_of), role=role)
    else:
        told = wording.ROLE[language].format(role=role)
    if why.moved_from:
        told += "; " + wording.MOVED_FROM[language].format(day=titles.day(why.moved_from))
    if why.missed:
        told += "; " + wording.MISSED[language].format(count=why.missed)
    return told


def sentence(notice: Notice, titles: Titles, people: Mapping[str, str]) -> str:
    """Why this person is told of this on that day: the deadline, the rung, the role."""
    language, due_on = titles.language, notice.due_on
    rung = wording.rung_words(notice.rung, language, due_on)
    facts = {"task": titles.machine(notice.machine), "rung": rung, "day": titles.day(due_on) if due_on else ""}
    if notice.rule == RULE:
        words = wording.BECAUSE_OF_SLACK
    else:
        workflow = titles.workflow(notice.machine)
        rules = workflow.deadlines if workflow else ()
        what = next((rule.title[language] for rule in rules if rule.id == notice.rule), notice.rule)
        facts["what"] = titles.quoted(what)
        words = wording.BECAUSE_OF_DEADLINE if due_on else wording.BECAUSE_OF_NO_DATE
    return f"{words[language].format(**facts)}; {reason(notice, titles, people)}."


def status(notice: Notice) -> str:
    """What became of a notice: of its mail, where it is in one."""
    return notice.mail_status or notice.status


def foreseen(notice: Notice, pilot: str, why: str) -> Json:
    """One reminder that would go out on a day."""
    return {
        "key": notice.key,
        "recipient": notice.recipient,
        "role": notice.role,
        "pilot": pilot,
        "machine": notice.machine,
        "rung": notice.rung,
        "due_on": day(notice.due_on),
        "send_on": notice.send_on.isoformat(),
        "reason": why,
        "digest": not notice.urgent,
    }


def notice(of: Notice, pilot: str, why: str) -> Json:
    """One reminder on record, and what became of it."""
    return foreseen(of, pilot, why) | {
        "rule": of.rule,
        "status": of.status,
        "skipped_because": of.skip_reason or None,
        "mail": of.outbox_id,
        "mail_status": of.mail_status or None,
        "sent_at": moment(of.sent_at),
    }


def mail(of: Mail) -> Json:
    """One mail of the outbox."""
    return {
        "mail": of.id,
        "kind": of.kind,
        "recipient": of.recipient,
        "subject": of.subject,
        "message_id": of.message_id,
        "status": of.status,
        "attempts": of.attempts,
        "error": of.last_error or None,
        "created_at": moment(of.created_at),
        "next_attempt_at": moment(of.next_attempt_at) if of.status in ("waiting", "leased") else None,
        "sent_at": moment(of.sent_at),
    }


def health(of: Health) -> Json:
    """Whether reminders go out."""
    return {
        "status": of.status,
        "problems": list(of.problems),
        "at": instant(of.at),
        "last_tick": moment(of.last_tick),
        "due": of.due,
        "due_since": day(of.due_since),
        "next_on": day(of.next_on),
        "waiting": of.waiting,
        "waiting_since": moment(of.waiting_since),
        "unsent": of.unsent,
        "unsent_since": moment(of.unsent_since),
        "dead": of.dead,
        "in_doubt": of.in_doubt,
        "clock_back": moment(of.clock_back),
        "reminder_files": [{"file": file.name, "problem": file.problem} for file in of.reminder_files],
        "checkpoint_at": moment(of.checkpoint_at),
        "checkpoint_refused": of.checkpoint_refused or None,
        "timestamp_failed": of.timestamp_failed or None,
    }


def audited(found: RemindersAudited, pilots: Mapping[str, str]) -> Json:
    """Which reminders were not as they should be; ``pilots``: what each is called, by code."""
    return {
        "holds": found.holds,
        "expected": found.expected,
        "missing": _findings(found.missing, pilots),
        "doubled": _findings(found.doubled, pilots),
        "late": _findings(found.late, pilots),
    }


def _findings(found: Iterable[Finding], pilots: Mapping[str, str]) -> list[Json]:
    return [
        {
            "pilot": pilots.get(item.pilot, item.pilot),
            "key": item.key,
            "machine": item.machine,
            "rule": item.rule,
            "rung": item.rung,
            "recipient": item.recipient,
            "due_on": day(item.due_on),
            "expected_on": item.expected_on.isoformat(),
            "sent_on": day(item.sent_on),
            "why": item.why,
        }
        for item in found
    ]
