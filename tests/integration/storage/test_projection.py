"""Projections compared with the ledger, and rewritten from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mlw_workflow.storage import projection

if TYPE_CHECKING:
    from mlw_workflow.storage.database import Database


@pytest.fixture
def pilot(database: Database, clerk: Any) -> str:
    """A pilot with positions, one taken back, and memberships."""
    pilot_id: str = clerk.opened(database)
    with database.transition(pilot_id) as tx:
        clerk.advance(tx, "w01")
        clerk.advance(tx, "w02")
        clerk.advance(tx, "w02")
        clerk.correct(tx, "w02")
        clerk.advance(tx, "w03")
        clerk.correct(tx, "w03")
        assert "w03" not in tx.moved
        clerk.give_role(tx, "p1", "koordynator")
        clerk.give_role(tx, "p2", "animator")
        clerk.give_role(tx, "p1", "koordynator")
        tx.commit()
    return pilot_id


@pytest.mark.parametrize(
    ("damage", "kind", "what"),
    [
        ("UPDATE position SET state = 'accepted' WHERE machine = 'w01'", "position", "w01"),
        ("UPDATE position SET steps = '[]' WHERE machine = 'w01'", "position", "w01"),
        ("UPDATE position SET seq = 7 WHERE machine = 'w02'", "position", "w02"),
        ("DELETE FROM position WHERE machine = 'w01'", "position", "w01"),
        ("UPDATE position SET machine = 'w09' WHERE machine = 'w02'", "position", "w02"),
        ("DELETE FROM membership WHERE person_id = 'p1'", "membership", "p1 koordynator"),
        ("UPDATE membership SET until = '2014-06-30' WHERE person_id = 'p2'", "membership", "p2 animator"),
    ],
)
def test_damage_is_named_and_mended(
    database: Database, clerk: Any, pilot: str, damage: str, kind: str, what: str
) -> None:
    """Each difference says what and where; rewriting gives what the log leads to."""
    with database.work() as work:
        work.connection.execute(damage)
        work.commit()
    with database.transition(pilot) as tx:
        expected = projection.folded(tx.connection, pilot, clerk.initial_of)
        told = projection.differences(expected, projection.stored(tx.connection, pilot))
        assert (told[0].kind, told[0].what) == (kind, what)
        projection.rewrite(tx, expected)
        tx.commit()
    clerk.check(database)


@pytest.mark.parametrize("damage", ["seq = seq + 1", "seq = seq - 1", "recorded_at = NULL"])
def test_a_head_is_reported_and_never_mended(database: Database, clerk: Any, pilot: str, damage: str) -> None:
    """A head that names another end is the trace of a cut log."""
    with database.work() as work:
        work.connection.execute(f"UPDATE pilot_head SET {damage}")
        work.commit()
    with database.transition(pilot) as tx:
        expected = projection.folded(tx.connection, pilot, clerk.initial_of)
        told = projection.differences(expected, projection.stored(tx.connection, pilot))
        assert [difference.kind for difference in told] == ["head"]
        with pytest.raises(ValueError, match="head"):
            projection.rewrite(tx, expected)
