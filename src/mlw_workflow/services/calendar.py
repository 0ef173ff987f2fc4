"""A pilot's deadlines as a calendar: what is due, what is done, and what no longer holds but was once in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mlw_workflow.audit.read import decode
from mlw_workflow.domain.deadline import affected_by, deadlines_of, shifted
from mlw_workflow.domain.ledger import advanced, step_of, taken_back
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.domain.reminder import ladder_of
from mlw_workflow.notifications.values import CalendarEvent
from mlw_workflow.services.deadlines import evidence_reader, rule_of
from mlw_workflow.services.letters import machine_title
from mlw_workflow.storage import circle, obligations, repositories

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from mlw_workflow.domain.obligation import DeadlineRule, Ladder
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.notifications.values import Language
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.obligations import Obligation

ALARM_DAYS_MAX = 366


def calendar_of(desk: Desk, pilot: Pilot, language: Language, domain: str, roles: Collection[str] = ()) -> bytes:
    """The calendar of a pilot's dated deadlines; with ``roles`` only of those that one of them is reminded of.

    A deadline that was withdrawn stays in it as cancelled. The same record gives the same bytes.
    """
    from mlw_workflow.notifications.calendar_feed import calendar_feed  # its library is large, and few ask for it

    name = f"{pilot.municipality}: {desk.programme(pilot.definition).title[language]}"
    return calendar_feed(events_of(desk, pilot, language, roles), name=name, language=language, domain=domain)


def events_of(desk: Desk, pilot: Pilot, language: Language, roles: Collection[str] = ()) -> list[CalendarEvent]:
    """The same as events, in the order of the definition."""
    programme = desk.programme(pilot.definition)
    with desk.database.read() as connection:
        rows = obligations.obligations(connection, pilot.id)
        policy = circle.policies(connection, [pilot.id]).get(pilot.id, programme.reminders)
        needed = {row.since_seq for row in rows}
        recorded = {
            seq: decode(body).recorded_at
            for seq, _, body in repositories.entries(connection, pilot.id)
            if seq in needed
        }
    gone = {(row.machine, row.rule) for row in rows if row.due_on is None and row.revision}
    last_days = _last_days(desk, pilot, gone) if gone else {}
    rows = [_withdrawn(row, last_days.get((row.machine, row.rule))) for row in rows]
    order = {name: number for number, name in enumerate(w.id for w in programme.workflows)}
    rows.sort(key=lambda row: (order.get(row.machine.partition("/")[0], 0), row.due_on or pilot.end, row.machine))
    events = []
    for row in rows:
        rule = rule_of(programme, row.machine, row.rule)
        ladder = ladder_of(policy, rule.ladder) if rule else None
        told = {role for rung in ladder.rungs for role in rung.to} if ladder else set()
        if rule is None or row.due_on is None or (roles and not told & set(roles)):
            continue
        kind = next(k.title for k in programme.kinds if k.id == programme.workflow[row.machine.partition("/")[0]].kind)
        events.append(
            _event(
                pilot, row, rule, machine_title(programme, row.machine, language), kind[language], language,
                recorded[row.since_seq], _alarms(desk, pilot, ladder, row),
            )
        )  # fmt: skip
    return events


def _withdrawn(row: Obligation, last_day: date | None) -> Obligation:
    """A deadline whose day was taken back is cancelled on that day, until it has another."""
    return row if last_day is None else replace(row, due_on=last_day, status="withdrawn")


def _last_days(desk: Desk, pilot: Pilot, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], date]:
    """The last day that each of these deadlines had, from the log."""
    programme, calendar = desk.programme(pilot.definition), desk.calendar(pilot.voivodeship)
    found: dict[tuple[str, str], date] = {}
    with desk.database.transition(pilot.id, readonly=True) as work:
        read = evidence_reader(work)
        standing = Standing(pilot, programme, {})
        for _, _, body in repositories.entries(work.connection, pilot.id):
            entry = decode(body)
            if entry.kind not in ("transition", "correction"):
                continue
            position = standing.position(entry.machine)
            standing = standing.with_position(
                taken_back(position) if entry.kind == "correction" else advanced(position, step_of(entry))
            )
            for instance in affected_by(standing, entry.machine):
                for deadline in deadlines_of(standing, instance, calendar, read):
                    key = (deadline.machine, deadline.rule.id)
                    if key in wanted and deadline.due_on is not None:
                        found[key] = deadline.due_on
    return found


def _event(
    pilot: Pilot,
    row: Obligation,
    rule: DeadlineRule,
    title: str,
    kind: str,
    language: Language,
    changed_at: datetime,
    alarms: tuple[int, ...],
) -> CalendarEvent:
    assert row.due_on is not None
    return CalendarEvent(
        key=f"{pilot.id}/{row.machine}/{row.rule}",
        title=title,
        what=rule.title[language],
        municipality=pilot.municipality,
        due_on=row.due_on,
        changed_at=changed_at,
        revision=row.revision,
        status=row.status,
        basis=rule.basis,
        basis_note=rule.basis_note[language],
        categories=(kind,),
        alarm_days=alarms,
    )


def _alarms(desk: Desk, pilot: Pilot, ladder: Ladder | None, row: Obligation) -> tuple[int, ...]:
    """How many days before the due day the ladder warns."""
    if ladder is None or row.due_on is None:
        return ()
    calendar = desk.calendar(pilot.voivodeship)
    days = {
        (row.due_on - shifted(calendar, row.due_on, rung.offset, rung.unit)).days
        for rung in ladder.rungs
        if rung.offset <= 0 and not rung.every
    }
    return tuple(sorted(day for day in days if 0 <= day <= ALARM_DAYS_MAX))
