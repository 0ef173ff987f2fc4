"""Reminders: who was told what and why, who was not and why not, and whether that was as it should have been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote

from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces import reminder_shapes
from mlw_workflow.interfaces.web.filters import Filter
from mlw_workflow.interfaces.web.lists import Programmes, in_reach, looked_at, the_code
from mlw_workflow.interfaces.web.pages.board import task_href
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.wording.deadlines import audit_words, rung_words
from mlw_workflow.interfaces.wording.notices import became
from mlw_workflow.services import reminded as service
from mlw_workflow.services.audit_reminders import audit_reminders
from mlw_workflow.services.explore import people_called
from mlw_workflow.storage import circle

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from starlette.responses import Response

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.titles import PageTitles
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.audit_reminders import Finding, RemindersAudited
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.obligations import Notice

pages = Pages()
WAIT = 0.7
"""Seconds that a page waits for an audit that is soon over."""
WRONG_SHOWN = 100
BECAME: Mapping[str, Text] = {
    "sent": Text("wysłane", "sent"),
    "coming": Text("jeszcze nie wysłane", "not sent yet"),
    "failed": Text("niedoręczone", "not delivered"),
    "skipped": Text("pominięte", "left out"),
    "withdrawn": Text("wycofane", "taken back"),
}
"""What one may ask for."""


@dataclass(frozen=True, slots=True)
class Row:
    """A reminder as the page shows it."""

    day: date
    municipality: str
    who: str
    href: str
    what: str
    why: str
    became: str
    bad: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """A reminder that was not as it should have been."""

    day: date
    municipality: str
    who: str
    task: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Audited:
    """What the second reading found."""

    first: date
    last: date
    expected: int
    groups: tuple[tuple[str, tuple[Wrong, ...], int], ...]
    """``missing``, ``doubled`` and ``late``: those shown, and how many there are."""

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not any(count for _, _, count in self.groups)


@pages.page("/reminders")
def show(visit: Visit) -> Response:
    """The reminders on record, the newest first, and the last audit of them."""
    pilots, programmes, chosen = in_reach(visit), Programmes(visit), Filter(visit)
    codes = {pilot.code: pilot for pilot in pilots}
    code, who = the_code(visit, chosen), chosen.text("who")
    wanted = service.Wanted(
        codes[code].id if code else "",
        people_called(visit.office.desk, who) if who else None,
        chosen.choice("became", service.BECAME),
        chosen.day("from"),
        chosen.day("to"),
    )
    found = service.reminded(visit.office.desk, looked_at(visit, chosen), wanted, place_of(visit.query("below")))
    audit = visit.office.jobs.find(audit_key(visit))
    older = chosen.query(below=f"{found.below[0].isoformat()}~{found.below[1]}") if found.below else ""
    return visit.page(
        "reminder_audit.html",
        status=chosen.status,
        rows=[row_of(visit, pilot, notice, programmes.of(pilot), found.names) for pilot, notice in found.notices],
        chosen=chosen,
        pilots={pilot.code: pilot.municipality for pilot in pilots},
        became={name: text[visit.language] for name, text in BECAME.items()},
        older=f"/reminders?{older}" if older else "",
        first=f"/reminders?{chosen.query()}" if visit.query("below") else "",
        audit=audit,
        audited=told(visit, audit.result, programmes) if audit is not None and audit.result is not None else None,
    )


def place_of(text: str) -> tuple[date, str] | None:
    """The place that an address names; None, so the top of the list, for what names none."""
    day, _, key = text[:600].partition("~")
    try:
        return date.fromisoformat(day), key.replace("\0", "")
    except ValueError:
        return None


def row_of(visit: Visit, pilot: Pilot, notice: Notice, titles: PageTitles, names: Mapping[str, str]) -> Row:
    """A reminder in words."""
    language = visit.language
    words = reminder_shapes.sentence(notice, titles, names)
    why = reminder_shapes.reason(notice, titles, names)
    return Row(
        notice.send_on,
        pilot.municipality,
        names.get(notice.recipient, notice.recipient) or titles.role(notice.role),
        task_href(pilot.code, notice.machine),
        words.removesuffix(f"; {why}."),
        why,
        became(notice, language, visit.office.settings.mail.transport),
        (notice.mail_status or notice.status) in service.BECAME["failed"],
    )


# The audit


def audit_key(visit: Visit) -> Hashable:
    """Whoever reaches the same pilots is shown the same audit."""
    return ("reminders", frozenset(pilot.id for pilot in in_reach(visit)))


@pages.page("/reminders", methods=("POST",))
def audit(visit: Visit) -> Response:
    """Compute from the record who should have been reminded, and compare; long ones go on behind the page."""
    desk, pilots = visit.office.desk, visit.person.pilots
    if pilots:
        visit.office.jobs.start(audit_key(visit), lambda _progress: audited(desk, pilots), WAIT)
    return visit.go("/reminders#check")


def audited(desk: Desk, pilots: tuple[Pilot, ...]) -> tuple[date, date, RemindersAudited, dict[str, str]]:
    """The audit of all days until today; names by id go along."""
    first = min(pilot.start for pilot in pilots)
    last = max(desk.today(desk.programme(pilot.definition)) for pilot in pilots)
    found = audit_reminders(desk, first, max(first, last), pilots)
    people = {one.recipient for group in (found.missing, found.doubled, found.late) for one in group if one.recipient}
    with desk.database.read() as connection:
        names = {one.id: one.name for one in circle.people(connection, sorted(people)).values()}
    return first, max(first, last), found, names


def told(visit: Visit, result: tuple[date, date, RemindersAudited, dict[str, str]], programmes: Programmes) -> Audited:
    """What was found, in words."""
    first, last, found, names = result
    pilots = {pilot.code: pilot for pilot in in_reach(visit)}
    groups = tuple(
        (name, tuple(wrong(visit, one, pilots, programmes, names) for one in items[:WRONG_SHOWN]), len(items))
        for name, items in (("missing", found.missing), ("doubled", found.doubled), ("late", found.late))
    )
    return Audited(first, last, found.expected, groups)


def wrong(
    visit: Visit, one: Finding, pilots: Mapping[str, Pilot], programmes: Programmes, names: Mapping[str, str]
) -> Wrong:
    """One reminder that was not as it should have been."""
    pilot, language = pilots.get(one.pilot), visit.language
    return Wrong(
        one.expected_on,
        pilot.municipality if pilot else quote(one.pilot),
        names.get(one.recipient, one.recipient),
        programmes.of(pilot).plain_machine(one.machine) if pilot else one.machine,
        rung_words(one.rung, language, one.due_on),
        audit_words(one.why, language),
    )
