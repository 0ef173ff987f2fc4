"""What webhooks are told of. The log is the outbox: what is committed to it is told of, all else is not.

So nothing is written beside an entry, whoever records it and in whatever way. How far each log was told of is kept,
and moves in the transaction that enters the messages. Everything has an identifier by which it is told once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.read import decode
from mlw_workflow.audit.seal import instant
from mlw_workflow.domain.clock import local_day
from mlw_workflow.services.accounts.login import CLOCK
from mlw_workflow.services.control import findings_of
from mlw_workflow.services.standing import AsOf
from mlw_workflow.services.viewer import viewer_of
from mlw_workflow.services.webhooks import event
from mlw_workflow.storage import accounts, heartbeat, obligations, repositories, tree
from mlw_workflow.storage import webhooks as storage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.webhooks import Webhooks
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.webhooks import Webhook

LOGS_MAX, ENTRIES_MAX = 200, 500
"""For one run; what is left is told of by the next."""
DAILY = "webhooks"
LATE_MAX = timedelta(days=7)
"""A deadline that passed longer ago, while nothing ran, is not told of any more."""

_Of = tuple[str, date, dict[str, Any]]
"""Something about a day: its identifier, the day, and what is told of it."""


@dataclass(frozen=True, slots=True)
class _Listener:
    hook: Webhook
    pilots: Mapping[str, Pilot]
    """Those in which the person holds a role today, by id; what an auditor sees of one is written down, so it is told
    of nowhere else."""
    sees: bool
    """Whether anything is within the person's reach today."""

    def hears(self, kind: str, pilot: str) -> bool:
        return kind in self.hook.events and pilot in self.pilots and self.hook.pilot in (None, pilot)


def announce(desk: Desk, hooks: Webhooks) -> int:
    """Enter the messages about all that happened since the last run; how many they are."""
    with desk.database.read() as connection:
        found = storage.open_webhooks(connection)
        accounts_of = {hook.person: accounts.account(connection, hook.person) for hook in found}
    listeners = []
    for hook in found:
        account = accounts_of[hook.person]
        if account is not None and account.disabled_at is None:
            seen = viewer_of(desk, account).seen.values()
            listeners.append(_Listener(hook, {pilot.id: pilot for pilot, roles in seen if roles}, bool(seen)))
    if not found:
        return 0
    made, moved = _entries(desk, hooks, listeners)
    made += _checkpoints(desk, hooks, listeners)
    return made + _daily(desk, hooks, listeners, moved)


def _entries(desk: Desk, hooks: Webhooks, listeners: list[_Listener]) -> tuple[int, set[str]]:
    with desk.database.read() as connection:
        ahead = storage.ahead(connection, LOGS_MAX)
    made = 0
    for log, after in ahead:
        with desk.database.work() as work:
            last = after
            for seq, hash_, body in islice(repositories.entries(work.connection, log, after), ENTRIES_MAX):
                last = seq
                entry = decode(body)
                kind = "entry.refused" if entry.kind == "refusal" else "entry.recorded"
                for listener in listeners:
                    if listener.hears(kind, log):
                        pilot = listener.pilots[log]
                        number = f"{pilot.code}/{seq}"
                        told = event(hooks, kind, number, number, entry.recorded_at, _told(hooks, pilot, entry, hash_))
                        made += _add(work.connection, listener, number, kind, told)
            storage.set_place(work.connection, log, last)
            work.commit()
    return made, {log for log, _ in ahead}


def _told(hooks: Webhooks, pilot: Pilot, entry: Entry, hash_: bytes) -> dict[str, Any]:
    """What is told of an entry: no person, no evidence; whoever may read more finds it at ``href``."""
    return {
        "pilot": pilot.code,
        "seq": entry.seq,
        "kind": entry.kind,
        "machine": entry.machine or None,
        "trigger": entry.trigger or None,
        "from": entry.from_state or None,
        "to": entry.to_state or None,
        "occurred_on": entry.occurred_on.isoformat() if entry.occurred_on else None,
        "recorded_at": instant(entry.recorded_at),
        "hash": hash_.hex(),
        "href": f"{hooks.origin}/api/v1/pilots/{pilot.code}/entries/{entry.seq}",
    }


def _checkpoints(desk: Desk, hooks: Webhooks, listeners: list[_Listener]) -> int:
    hearing = [one for one in listeners if "checkpoint.made" in one.hook.events and one.sees]
    made = 0
    with desk.database.work() as work:
        last = storage.place(work.connection, storage.TREE)
        new = [stored for stored in tree.checkpoints(work.connection) if stored.size > last] if hearing else []
        for stored in new:
            number = f"checkpoint/{stored.size}"
            data = {
                "size": stored.size,
                "note": stored.note,
                "href": f"{hooks.origin}/api/v1/checkpoints/{stored.size}",
            }
            told = event(hooks, "checkpoint.made", number, "", stored.made_at, data)
            for listener in hearing:
                if stored.made_at >= listener.hook.created_at:
                    made += _add(work.connection, listener, number, "checkpoint.made", told)
            storage.set_place(work.connection, storage.TREE, stored.size)
        if new:
            work.commit()
    return made


def _daily(desk: Desk, hooks: Webhooks, listeners: list[_Listener], moved: set[str]) -> int:
    """Deadlines that fall due, once a day; findings of the pilots that moved, and once a day those of all."""
    now = desk.clock.now()
    with desk.database.read() as connection:
        last = heartbeat.heartbeat(connection, DAILY)
    new_day = last is None or local_day(last.at) != local_day(now)
    every = {number: pilot for listener in listeners for number, pilot in listener.pilots.items()}
    made = 0
    for number, pilot in every.items():
        today = desk.today(desk.programme(pilot.definition))
        for kind, asked in (("deadline.due", new_day), ("finding.opened", new_day or number in moved)):
            hearing = [listener for listener in listeners if listener.hears(kind, number)] if asked else []
            if hearing:
                told = _due(desk, pilot, today) if kind == "deadline.due" else _found(desk, pilot, today)
                made += _tell(desk, hooks, hearing, kind, told)
    if new_day:
        with desk.database.work() as work:
            heartbeat.beat(work.connection, DAILY, now)
            work.commit()
    return made


def _due(desk: Desk, pilot: Pilot, today: date) -> list[_Of]:
    with desk.database.read() as connection:
        open_ = [one for one in obligations.obligations(connection, pilot.id) if one.status == "open"]
    return [
        (
            f"{pilot.code}/deadline/{one.machine}/{one.rule}/{one.due_on}",
            one.due_on,
            {"pilot": pilot.code, "machine": one.machine, "rule": one.rule, "due_on": one.due_on.isoformat()},
        )
        for one in open_
        if one.due_on is not None and today - LATE_MAX <= one.due_on <= today
    ]


def _found(desk: Desk, pilot: Pilot, today: date) -> list[_Of]:
    told = []
    for one in findings_of(desk, pilot, AsOf(today)):
        if one.state == "open":
            place = str(one.place.seq or one.place.rule)
            data: dict[str, Any] = {
                "pilot": pilot.code,
                "machine": one.place.machine,
                "code": one.code,
                "severity": one.severity,
            }
            number = f"{pilot.code}/finding/{one.code}/{one.place.machine}/{place}"
            told.append((number, one.since, data | {"entry": one.place.seq or None, "rule": one.place.rule or None}))
    return told


def _tell(desk: Desk, hooks: Webhooks, hearing: list[_Listener], kind: str, told: list[_Of]) -> int:
    """Enter what is about days; nobody is told of what was so before they asked."""
    made = 0
    with desk.database.work() as work:
        for listener in hearing:
            asked_on = local_day(listener.hook.created_at)
            for number, day, data in told:
                if day >= asked_on:
                    body = event(hooks, kind, number, f"{data['pilot']}/{data['machine']}", desk.clock.now(), data)
                    made += _add(work.connection, listener, number, kind, body)
        work.commit()
    return made


def _add(connection: Connection, listener: _Listener, number: str, kind: str, body: str) -> int:
    return int(storage.add_message(connection, listener.hook.id, number, kind, body, CLOCK.now()))
