"""The reminders' statements fit the schema; the short way of planning gives what the long one gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from tests.integration.reminders.campaign import peopled
from tests.integration.reminders.office import local

from mlw_workflow.services import planner
from mlw_workflow.services.remind import tick
from mlw_workflow.storage import overview_statements, reminder_statements
from mlw_workflow.storage.driver import Bulk
from mlw_workflow.storage.postgresql import _marked
from mlw_workflow.storage.sqlite import _spoken

if TYPE_CHECKING:
    from tests.integration.reminders.office import Office

    from mlw_workflow.storage.database import Database


def test_every_statement_can_be_prepared(database: Database) -> None:
    """Each statement fits the schema of both databases, in both of its forms."""
    sqlite = database.driver.url.startswith("sqlite")
    texts = {f"{name}_{kind}": text for name, pair in reminder_statements.BULK.items()
             for kind, text in pair._asdict().items() if (kind == "each") == sqlite}  # fmt: skip
    assert len(reminder_statements.PREPARED) > 40
    with database.work() as work:
        for name, text in (reminder_statements.PREPARED | overview_statements.PREPARED | texts).items():
            if sqlite:
                spoken = _spoken(text)
                work.raw.execute(f"EXPLAIN {spoken}", (None,) * spoken.count("?"))
            else:
                parts = _marked(text).split("%s")
                numbered = "".join(part if not at else f"${at}{part}" for at, part in enumerate(parts))
                work.connection.execute(f"PREPARE {name.lower()} AS {numbered}")


DAY, NOW, FAR = date(2014, 2, 6), local("2014-02-06", 8), local("2014-03-06", 8)


@pytest.mark.parametrize(
    ("statement", "index", "values"),
    [
        ("CLAIM_DEADLINES", "ix_deadline_next_on", (DAY, 10)),
        ("DEADLINE_DUE", "ix_deadline_next_on", (DAY,)),
        ("NOTICE_READY", "ix_notice_ready_at", (NOW,)),
        ("CLAIM_NOTICES", "ix_notice_ready_at", (NOW, 10)),
        ("MAIL_DUE", "ix_outbox_next_attempt_at", (NOW,)),
        ("CLAIM_MAIL", "ix_outbox_next_attempt_at", (NOW,)),
        ("LAPSED", "ix_outbox_lease_until", (NOW, FAR)),
        ("UNDELIVERED_COUNT", "ix_outbox_undelivered", ()),
        ("WITHDRAW_NOTICES", "ix_notice_", ("moved", "p", "m", "r")),
    ],
)
def test_looking_for_work_costs_what_is_due(
    database: Database, statement: str, index: str, values: tuple[object, ...]
) -> None:
    """What is asked every minute goes by an index, on as little as needs something, and not through the tables."""
    driver = database.driver
    given = [
        driver.instant(v) if isinstance(v, datetime) else driver.day(v) if isinstance(v, date) else v for v in values
    ]
    with database.work() as work:
        explain = "EXPLAIN QUERY PLAN"
        if not driver.url.startswith("sqlite"):
            work.connection.execute("SET LOCAL enable_seqscan = off")  # an empty table is read fastest as it is
            explain = "EXPLAIN"
        text = getattr(reminder_statements, statement)
        if isinstance(text, Bulk):  # many rows at once, which SQLite takes one by one
            many = not driver.url.startswith("sqlite")
            text, given = (text.arrays, [[value] for value in given]) if many else (text.each, given)
        plan = work.connection.rows(f"{explain} {text}", *given)
    assert index in str(plan)


def test_the_short_way_plans_what_the_long_one_does(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same notices and the same next days, row for row."""
    office = peopled(database, 30)
    _undo(office)
    everyday = _after_tick(office)
    _undo(office)
    monkeypatch.setattr(planner.Planner, "simply", lambda *_: None)
    assert _after_tick(office) == everyday
    assert len(everyday[0]) >= 30


def _after_tick(office: Office) -> tuple[list[object], list[object]]:
    tick(office.desk, local("2014-02-06", 8))
    with office.database.read() as connection:
        columns = "key, rung, recipient, role, due_on, send_on, ready_at, reason, urgent, status, skip_reason"
        notices = connection.rows(f"SELECT {columns}, created_at FROM notice ORDER BY key")
        return notices, connection.rows("SELECT * FROM deadline ORDER BY pilot_id, machine, rule")


def _undo(office: Office) -> None:
    with office.database.work() as work:
        work.connection.execute("DELETE FROM notice")
        work.connection.execute(
            "UPDATE deadline SET next_on = since_on, handled_until = since_on WHERE status = 'open'"
        )
        before = office.database.driver.day(local("2014-01-07").date())
        work.connection.execute("UPDATE deadline SET handled_until = ? WHERE status = 'open'", before)
        work.commit()
