"""Deadlines as an iCalendar file (RFC 5545) that any calendar program can subscribe to or import.

The same deadlines give the same bytes: nothing in the file depends on when it was written.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from icalendar import Alarm, Calendar, Event, vDuration, vText

from mlw_workflow.domain.texts import Text
from mlw_workflow.notifications.address import mail_domain
from mlw_workflow.notifications.clean import one_line, web_address
from mlw_workflow.notifications.messages import BASIS
from mlw_workflow.notifications.words import BASES, with_note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlw_workflow.notifications.values import CalendarEvent, Language

ALARM_HOUR = timedelta(hours=8)
REFRESH = timedelta(hours=12)
"""How often a calendar program is asked to look again. Some look less often whatever they are told."""

DONE = Text("Wykonane: {title}", "Done: {title}")
WITHDRAWN = Text("Odwołane: {title}", "Withdrawn: {title}")


def calendar_feed(events: Iterable[CalendarEvent], *, name: str, language: Language, domain: str) -> bytes:
    """The calendar of these deadlines, in the order given.

    ``name`` is what calendar programs call it. A deadline keeps its UID for ever; one that is done or withdrawn stays
    in the file, because a program that was told of it has to be told that too. Raises BadInput ``mail_domain_invalid``.
    """
    domain = mail_domain(domain)
    calendar = Calendar()
    calendar.add("prodid", f"-//mlw-workflow//{domain}//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for title in ("name", "x-wr-calname"):
        calendar.add(title, one_line(name))
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for event in events:
        calendar.add_component(_event(event, language, domain))
    content: bytes = calendar.to_ical()
    return content


def event_uid(key: str, domain: str) -> str:
    """The UID of the deadline with this key, for ever. It tells nothing about the deadline."""
    return f"{hashlib.sha256(key.encode()).hexdigest()[:40]}@{mail_domain(domain)}"


def _event(of: CalendarEvent, language: Language, domain: str) -> Event:
    assert of.changed_at.tzinfo is not None
    changed_at = of.changed_at.astimezone(UTC).replace(microsecond=0)
    event = Event()
    event.add("uid", event_uid(of.key, domain))
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", of.revision)
    event.add("dtstart", of.due_on)
    event.add("dtend", of.due_on + timedelta(days=1))
    event.add("summary", _titled(of, language), parameters={"LANGUAGE": language})
    event.add("description", _description(of, language), parameters={"LANGUAGE": language})
    event.add("status", "CANCELLED" if of.status == "withdrawn" else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # a deadline does not make a person busy all day
    categories = [one_line(category, 100) for category in of.categories]
    if any(categories):
        event.add("categories", [category for category in categories if category])
    if web_address(of.url):
        event.add("url", web_address(of.url))
    if of.status == "open":
        for days in sorted(set(of.alarm_days), reverse=True):
            event.add_component(_alarm(days, _titled(of, language)))
    return event


def _titled(of: CalendarEvent, language: Language) -> str:
    title = f"{one_line(of.municipality, 100)}: {one_line(of.title, 200)}"
    if of.status == "open":
        return title
    return (DONE if of.status == "done" else WITHDRAWN)[language].format(title=title)


def _description(of: CalendarEvent, language: Language) -> str:
    basis = BASES[of.basis][language]
    lines = [one_line(of.what), f"{BASIS[language]}: {with_note(basis, of.basis_note)}"]
    return "\n".join(one_line(line, 700) for line in lines if line)


def _alarm(days: int, text: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", vText(text))
    alarm.add("trigger", ALARM_HOUR - timedelta(days=days))
    return alarm
