"""One transaction: what is appended appears whole, at commit, or never."""

# ruff: noqa: PT012 - a unit of work is entered inside the block that expects the error

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from mlw_workflow.audit.seal import GENESIS, seal
from mlw_workflow.domain.errors import BadInput, StorageUnavailable, UnknownPilot
from mlw_workflow.domain.ledger import Entry, Membership
from mlw_workflow.storage import postgresql, repositories, unit_of_work
from mlw_workflow.storage.repositories import Person

if TYPE_CHECKING:
    from mlw_workflow.storage.database import Database

NOW = datetime(2014, 5, 31, 10, tzinfo=UTC)


def test_transition_is_kept_with_its_position_and_evidence(database: Database, clerk: Any) -> None:
    """What was appended is there for the next unit of work, in the same form."""
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        assert tx.head.seq == 1
        assert dict(tx.moved) == {}
        entry = clerk.advance(tx, "w03", order="0050.127.2013", members=[{"name": "OPS"}])
        assert tx.evidence(2) == {"order": "0050.127.2013", "members": [{"name": "OPS"}]}
        after = tx.moved["w03"]
        tx.commit()
    with database.transition(pilot) as tx:
        assert tx.head.seq == 2
        assert tx.head.recorded_at == entry.recorded_at
        assert tx.moved["w03"] == after
        assert tx.moved.get("w01") is None
        assert tx.evidence(2) == {"order": "0050.127.2013", "members": [{"name": "OPS"}]}
        assert tx.evidence_fields(2) == {"order", "members"}
        assert tx.evidence(99) == {}
        assert tx.pilot == clerk.pilot("tluszcz")
    assert clerk.check(database) == {"tluszcz": 2}


def test_leaving_without_commit_undoes(database: Database, clerk: Any) -> None:
    """A unit of work that is left, by its end or by an error, has changed nothing."""
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        clerk.advance(tx)
    with pytest.raises(RuntimeError), database.transition(pilot) as tx:
        clerk.advance(tx)
        raise RuntimeError
    with database.work() as work:
        clerk.open(work, "another")
    assert clerk.check(database) == {"tluszcz": 1}


def test_readonly_changes_nothing(database: Database, clerk: Any) -> None:
    """A read-only unit of work sees the same and cannot commit."""
    pilot = clerk.opened(database)
    with pytest.raises(AssertionError), database.transition(pilot, readonly=True) as tx:
        assert tx.head.seq == 1
        clerk.advance(tx)
        tx.commit()
    assert clerk.check(database) == {"tluszcz": 1}


def test_import_of_several_pilots_is_all_or_nothing(
    database: Database, clerk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entries already handed to the database vanish with the rest."""
    monkeypatch.setattr(unit_of_work, "FLUSH_AFTER", 7)
    clerk.install(database)
    for commit in (False, True):
        with database.work() as work:
            for code in ("a", "b", "c"):
                tx = clerk.open(work, code)
                for number in range(20):
                    clerk.advance(tx, f"w{number % 13 + 1:02}", note=number)
                clerk.refuse(tx)
                clerk.correct(tx, "w01")
                clerk.give_role(tx, "p1", "koordynator")
                assert tx.evidence(2) == {"note": 0}
            if commit:
                work.commit()
        assert clerk.check(database) == (dict.fromkeys("abc", 24) if commit else {})


@pytest.mark.parametrize("after", range(1, 7))
def test_flushing_at_any_point(database: Database, clerk: Any, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """However many entries are left for the commit, all of them and their positions are written."""
    monkeypatch.setattr(unit_of_work, "FLUSH_AFTER", after)
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        for number in range(5):
            clerk.advance(tx, f"w{number + 1:02}", note=number)
        tx.commit()
    assert clerk.check(database) == {"tluszcz": 6}


def test_large_import_in_one_transaction(database: Database, clerk: Any) -> None:
    """Thousands of entries of one pilot, more than are kept in memory at once."""
    clerk.install(database)
    with database.work() as work:
        tx = clerk.open(work, "a")
        for number in range(2 * unit_of_work.FLUSH_AFTER + 10):
            clerk.advance(tx, f"w{number % 13 + 1:02}", **({"note": number} if number % 50 == 0 else {}))
            if number % 3:
                clerk.correct(tx, f"w{number % 13 + 1:02}")
        work.commit()
    assert clerk.check(database)["a"] > 2 * unit_of_work.FLUSH_AFTER


def test_a_log_is_read_whole_in_whatever_portions(
    database: Database, clerk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither an entry twice nor one left out, and other questions may be asked in between."""
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        for _ in range(4):
            clerk.advance(tx)
        tx.commit()
    with database.read() as connection:
        for portion, after in itertools.product((1, 2, 4, 5, 6), (0, 2, 5)):
            monkeypatch.setattr(postgresql, "_FETCH", portion)
            found = []
            for seq, *_ in repositories.signed_entries(connection, pilot, after):
                assert repositories.entry_count(connection, pilot) == 5
                found.append(seq)
            assert found == list(range(after + 1, 6))


def test_pilots_of_an_import_and_existing_ones_together(database: Database, clerk: Any) -> None:
    """One unit of work may open a pilot and append to another."""
    first = clerk.opened(database, "a")
    with database.work() as work:
        clerk.advance(work.pilot(first))
        assert work.pilot(first) is work.pilot(clerk.pilot("a"))
        clerk.advance(clerk.open(work, "b"))
        work.commit()
    assert clerk.check(database) == {"a": 2, "b": 2}


def test_memberships_keep_their_order_and_take_a_new_end(database: Database, clerk: Any) -> None:
    """The same role from the same day is the same membership; an end set later does not move it."""
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        clerk.give_role(tx, "p1", "koordynator")
        clerk.give_role(tx, "p2", "animator")
        tx.commit()
    with database.transition(pilot) as tx:
        clerk.give_role(tx, "p1", "koordynator", until=date(2014, 6, 30))
        expected = (
            Membership("p1", "koordynator", date(2014, 5, 31), date(2014, 6, 30)),
            Membership("p2", "animator", date(2014, 5, 31)),
        )
        assert tx.memberships() == expected
        assert tx.memberships("p2") == expected[1:]
        tx.commit()
    with database.read() as connection:
        assert repositories.memberships(connection, pilot) == expected
        assert repositories.memberships_of(connection, "p2") == {pilot: expected[1:]}
        assert set(repositories.memberships_in(connection, "mlw-pilot")) == set(expected)
        assert repositories.memberships_in(connection, "another") == ()
    clerk.check(database)


def test_a_code_is_taken_once(database: Database, clerk: Any) -> None:
    """A second pilot of the same code is refused, and nothing of its transaction stays."""
    clerk.opened(database)
    with pytest.raises(BadInput, match="pilot_exists"), database.work() as work:
        clerk.open(work, "another")
        clerk.open(work, "tluszcz")
    assert clerk.check(database) == {"tluszcz": 1}


def test_person_is_taken_once(database: Database) -> None:
    """An id names one person."""
    with database.work() as work:
        work.add_person(Person("p1", "Anna Żak"), NOW)
        work.commit()
    with pytest.raises(BadInput, match="person_exists"), database.work() as work:
        work.add_person(Person("p1", "Jan Żak"), NOW)


def test_installing_a_definition_again_keeps_the_first(database: Database) -> None:
    """A content hash names one body."""
    for _ in range(2):
        with database.work() as work:
            work.add_definition("sha256:aa", "p", b"{}", NOW)
            work.commit()
    assert database.definition("sha256:aa") == b"{}"
    assert database.definition("sha256:bb") is None
    with database.read() as connection:
        assert [(d.hash, d.programme, d.installed_at) for d in repositories.definitions(connection)] == [
            ("sha256:aa", "p", NOW)
        ]


def test_unknown_pilot(database: Database) -> None:
    """There is nothing to lock."""
    with pytest.raises(UnknownPilot), database.transition("nobody"):
        raise AssertionError


def test_entry_must_be_sealed_onto_the_head(database: Database, clerk: Any) -> None:
    """An entry of another log, another place or another predecessor is our own mistake."""
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        good = clerk.entry(tx, "refusal")
        for bad in (
            Entry("other", good.seq, good.prev, "refusal", NOW, "p"),
            Entry(good.log, good.seq + 1, good.prev, "refusal", NOW, "p"),
            Entry(good.log, good.seq, GENESIS.hash.hex(), "refusal", NOW, "p"),
        ):
            with pytest.raises(AssertionError):
                tx.append(seal(bad))


def test_naive_instants_are_refused(database: Database, clerk: Any) -> None:
    """An instant without a time zone is stored nowhere."""
    naive = datetime(2014, 5, 31, 10)  # noqa: DTZ001
    pilot = clerk.opened(database)
    with database.work() as work:
        with pytest.raises((ValueError, AssertionError)):
            work.add_definition("sha256:bb", "p", b"{}", naive)
        with pytest.raises((ValueError, AssertionError)):
            work.add_person(Person("p9", "A"), naive)
    with database.transition(pilot) as tx, pytest.raises(ValueError, match="time zone"):
        seal(Entry(tx.id, 2, tx.head.hash.hex(), "refusal", naive, "p"))


def test_erased_evidence_is_gone_and_the_log_still_holds(database: Database, clerk: Any) -> None:
    """Value and salt go together; the fields are still known, the commitment still stands."""
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        clerk.advance(tx, name="Anna Żak", number=5)
        tx.commit()
    with database.work() as work:
        assert work.erase_evidence(pilot, 2, "name", NOW)
        assert not work.erase_evidence(pilot, 2, "name", NOW)
        assert not work.erase_evidence(pilot, 2, "other", NOW)
        tx = work.pilot(pilot)
        erased_fields, later = ({"seq": 2, "field": "name"},), tx.head.recorded_at
        assert later is not None
        tx.append(seal(Entry(pilot, 3, tx.head.hash.hex(), "erasure", later, "operator", erased=erased_fields)))
        work.commit()
    with database.transition(pilot, readonly=True) as tx:
        assert tx.evidence(2) == {"number": 5}
        assert tx.evidence_fields(2) == {"name", "number"}
    with database.read() as connection:
        erased = [kept for kept in repositories.evidence_of(connection, pilot) if kept.erased_at]
        assert [(e.field, e.salt, e.value, e.erased_at) for e in erased] == [("name", None, None, NOW)]
    clerk.check(database)


def test_erased_values_leave_the_sqlite_file(sqlite_url: str, clerk: Any) -> None:
    """The bytes are overwritten, not only forgotten (once the write-ahead log is folded in)."""
    from pathlib import Path

    from mlw_workflow.storage.database import Database

    database = Database.open(sqlite_url)
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        clerk.advance(tx, name="Anna-Zofia-Niezapomniana")
        tx.commit()
    with database.work() as work:
        work.erase_evidence(pilot, 2, "name", NOW)
        work.commit()
    database.close()
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    assert not [file for file in folder.iterdir() if b"Niezapomniana" in file.read_bytes()]


def test_work_that_does_nothing_may_commit(database: Database) -> None:
    """An empty unit of work is no error."""
    with database.work() as work:
        work.commit()
    with pytest.raises(AssertionError), database.work() as work:
        work.commit()
        work.commit()


@pytest.mark.postgres
def test_a_restarted_server_is_not_noticed(postgres_url: str, clerk: Any) -> None:
    """Idle connections that the server has closed are replaced before they are used."""
    from mlw_workflow.storage.database import Database

    database = Database.open(postgres_url)
    pilot = clerk.opened(database)
    others = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(postgres_url, autocommit=True) as administrator:
        administrator.execute(others, (administrator.info.dbname,))
    with pytest.raises(StorageUnavailable, match="storage_unreachable"), database.transition(pilot) as tx:
        clerk.advance(tx)
        with psycopg.connect(postgres_url, autocommit=True) as administrator:
            administrator.execute(others, (administrator.info.dbname,))
        tx.commit()
    assert clerk.check(database) == {"tluszcz": 1}
    database.close()
