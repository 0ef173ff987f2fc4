"""Who may be told about a pilot: memberships, deputies, pauses and policies of many pilots, each kind in one query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.domain.ledger import Membership
from mlw_workflow.domain.obligation import ReminderPolicy
from mlw_workflow.domain.pause import Deputy, Pause
from mlw_workflow.storage import reminder_statements as sql
from mlw_workflow.storage.mapping import DaysRead, day_of, day_or_none, pilot_of
from mlw_workflow.storage.repositories import Person

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.storage.connection import Connection

_policy = msgspec.json.Decoder(ReminderPolicy)


def pilots(connection: Connection, ids: list[str]) -> dict[str, Pilot]:
    """Pilots by id."""
    return {row[0]: pilot_of(row) for row in _rows(connection, sql.PILOTS_AMONG, ids)}


def people(connection: Connection, ids: list[str]) -> dict[str, Person]:
    """People by id."""
    return {row[0]: Person(*row) for row in _rows(connection, sql.PEOPLE_AMONG, ids)}


def reachable(connection: Connection, ids: list[str]) -> set[str]:
    """Which of these people have an address."""
    return {row[0] for row in _rows(connection, sql.REACHABLE_AMONG, ids)}


def memberships(connection: Connection, ids: list[str]) -> dict[str, list[Membership]]:
    """Who holds which role, by pilot, in the order in which roles were given."""
    found: dict[str, list[Membership]] = {}
    on = DaysRead()
    for pilot_id, person, role, since, until in _rows(connection, sql.MEMBERSHIPS_AMONG, ids):
        found.setdefault(pilot_id, []).append(Membership(person, role, on[since], on[until]))
    return found


def pauses(connection: Connection, ids: list[str]) -> dict[tuple[str, str, str], list[Pause]]:
    """Who acknowledged or snoozed what, by deadline."""
    found: dict[tuple[str, str, str], list[Pause]] = {}
    for pilot_id, person, machine, rule, kind, seq, since, until in _rows(connection, sql.PAUSES_AMONG, ids):
        pause = Pause(person, machine, rule, kind, seq, day_of(since), day_or_none(until))
        found.setdefault((pilot_id, machine, rule), []).append(pause)
    return found


def deputies(connection: Connection, ids: list[str]) -> dict[str, list[Deputy]]:
    """Who stands in for whom, by pilot, in the order of recording."""
    found: dict[str, list[Deputy]] = {}
    for pilot_id, person, deputy, since, until, _ in _rows(connection, sql.DEPUTIES_AMONG, ids):
        found.setdefault(pilot_id, []).append(Deputy(person, deputy, day_of(since), day_of(until)))
    return found


def policies(connection: Connection, ids: list[str]) -> dict[str, ReminderPolicy]:
    """The policies of the pilots that are not reminded as their programme says."""
    return {row[0]: _policy.decode(row[1]) for row in _rows(connection, sql.POLICIES_AMONG, ids)}


def add_pause(connection: Connection, pilot_id: str, pause: Pause) -> None:
    """Enter an acknowledgement or a snooze."""
    day = connection.driver.day
    connection.execute(
        sql.ADD_PAUSE, pilot_id, pause.person, pause.machine, pause.rule, pause.kind, pause.seq, day(pause.since),
        day(pause.until),
    )  # fmt: skip


def set_deputy(connection: Connection, pilot_id: str, deputy: Deputy, seq: int) -> None:
    """Enter a deputy, or another end for one."""
    day = connection.driver.day
    values = (pilot_id, deputy.person, deputy.deputy, day(deputy.since), day(deputy.until), seq)
    connection.execute(sql.SET_DEPUTY, *values)


def set_policy(connection: Connection, pilot_id: str, policy: ReminderPolicy | None, seq: int) -> None:
    """Keep a pilot's own policy, or None: as the programme says."""
    if policy is None:
        connection.execute(sql.DROP_POLICY, pilot_id)
    else:
        connection.execute(sql.SET_POLICY, pilot_id, canonical(policy_value(policy)).decode(), seq)


def forget(connection: Connection, pilot_id: str) -> None:
    """Drop a pilot's deadlines, pauses, deputies and policy, before they are written anew."""
    for statement in (sql.DROP_DEADLINES, sql.DROP_PAUSES, sql.DROP_DEPUTIES, sql.DROP_POLICY):
        connection.execute(statement, pilot_id)


def policy_value(policy: ReminderPolicy) -> Any:
    """A policy as a plain value."""
    return msgspec.to_builtins(policy)


def policy_of(value: object) -> ReminderPolicy:
    """The policy that a plain value says. Raises msgspec.ValidationError."""
    return msgspec.convert(value, ReminderPolicy)


def _rows(connection: Connection, statement: str, ids: list[str]) -> list[Any]:
    return connection.rows(statement, connection.driver.listed(ids)) if ids else []


def holding(held: list[Membership], role: str, day: date) -> list[str]:
    """The people who hold a role on a local day, in the order in which it was given to them."""
    return list(dict.fromkeys(m.person for m in held if m.role == role and m.holds_on(day)))
