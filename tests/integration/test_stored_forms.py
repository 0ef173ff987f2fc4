"""Somebody writes into a SQLite file what no column of ours may hold: every audit command still ends with a verdict."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from itertools import cycle

import pytest
from tests.acceptance.conftest import Office

from mlw_workflow.storage.tables import metadata

RECORD = (
    "ledger_entry", "pilot", "pilot_head", "position", "evidence", "membership", "definition", "tree_span", "tree_tile",
    "checkpoint", "cosignature", "timestamp_token", "access_entry", "access_head", "auditor",
)  # fmt: skip
WILD = {
    "a text": "'zz'",
    "bytes": "x'00ff'",
    "nothing": "NULL",
    "a huge number": "9223372036854775807",
    "a negative number": "-1",
    "no such day": "'2014-02-31'",
}
VERIFY = "audit verify --json"
OTHERS = ("audit replay --json", "audit pack --all --out {home}/pack.zip", "audit checkpoint --json")
"""The one that writes comes last."""
REST = (
    "audit findings Tłuszcz --json",
    "compliance Tłuszcz --json",
    "audit export --format csv --out {home}/out.csv",
    "audit export --format jsonl --out {home}/out.jsonl",
)
STATEMENTS = (
    "UPDATE checkpoint SET made_at = 'x'",
    "UPDATE checkpoint SET size = 'abc' WHERE size = (SELECT max(size) FROM checkpoint)",
    "UPDATE checkpoint SET size = 9223372036854775807 WHERE size = (SELECT max(size) FROM checkpoint)",
    "UPDATE checkpoint SET note = zeroblob(10)",
    "UPDATE pilot_head SET recorded_at = 'junk'",
    "UPDATE tree_tile SET hashes = hashes || zeroblob(32)",
    "UPDATE tree_span SET entries = 'zz'",
    "UPDATE ledger_entry SET body = 5",
    "UPDATE ledger_entry SET body = 'text'",
    "UPDATE evidence SET value = x'ff'",
    "UPDATE access_entry SET body = 5",
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A small record with something in every table, and no trigger and no constraint in the way."""
    office = Office(tmp_path_factory.mktemp("wild") / "home")
    office.done("init")
    office.done("pilot open Tłuszcz --start 2013-12-01 --end 2014-11-30")
    office.done('person add "Anna Wolska" --email anna@ops.example')
    office.done('member add "Anna Wolska" coordinator Tłuszcz --since 2013-12-02')
    office.done('person add "Jan Kos" --email jan@nik.example')
    office.done('auditor add "Jan Kos" --programme mlw-pilot --until 2015-01-31')
    office.done("audit checkpoint")
    office.done("advance Tłuszcz w10 prepare --as coordinator")
    office.done("advance Tłuszcz conference announce --as coordinator -e date=2014-10-10 -e place=Tłuszcz")
    office.done("audit checkpoint")
    with closing(sqlite3.connect(office.database)) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        size = raw.execute("SELECT max(size) FROM checkpoint").fetchone()[0]
        at = "2014-05-31T10:00:00.000000Z"
        raw.execute("INSERT INTO cosignature VALUES (?, 'a witness', 'a line', ?)", (size, at))
        raw.execute("INSERT INTO timestamp_token VALUES (?, 'an authority', x'00', ?)", (size, at))
        raw.commit()
        raw.execute("PRAGMA journal_mode = DELETE")
    shutil.copy(office.database, office.home / "kept")
    shutil.copytree(office.home / "keys", office.home / "kept-keys")
    return office


def put_back(office: Office) -> None:
    for end in ("-wal", "-shm"):
        office.database.with_name(office.database.name + end).unlink(missing_ok=True)
    shutil.copy(office.home / "kept", office.database)
    shutil.copytree(office.home / "kept-keys", office.home / "keys", dirs_exist_ok=True)


def wild(office: Office, table: str, column: str, value: str) -> bool:
    """Write a value into a column of all rows; whether the database took it."""
    with closing(sqlite3.connect(office.database)) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        try:
            one = f"rowid = (SELECT max(rowid) FROM {table})"
            assert raw.execute(f"UPDATE {table} SET {column} = {value} WHERE {one}").rowcount == 1
        except sqlite3.IntegrityError:
            return False
        raw.commit()
    return True


def unforeseen(office: Office, *lines: str) -> list[str]:
    """Those of the commands that end otherwise than with a verdict."""
    answers = [(line, office(line.format(home=office.home)).code) for line in lines]
    return [f"{line}: {code}" for line, code in answers if code not in (0, 2, 3)]


@pytest.mark.parametrize("table", RECORD)
def test_every_audit_command_ends_with_a_verdict(prepared: Office, table: str) -> None:
    """Whatever stands in a column: 0, 2 or 3, never an error that nobody foresaw.

    Every value is verified; replay, pack and checkpoint take turns, so that a column meets each of them twice.
    """
    found = []
    turns = cycle(OTHERS)
    for column in [column.name for column in metadata.tables[table].columns]:
        for called, value in WILD.items():
            put_back(prepared)
            if wild(prepared, table, column, value):
                found += [f"{column}, {called}: {ended}" for ended in unforeseen(prepared, VERIFY, next(turns))]
    put_back(prepared)
    assert found == []


@pytest.mark.parametrize("statement", STATEMENTS)
def test_one_statement_is_told_by_its_place(prepared: Office, statement: str) -> None:
    """``audit verify`` fails with a check that has a sentence, and no other command fails otherwise than it may."""
    put_back(prepared)
    with closing(sqlite3.connect(prepared.database)) as raw:
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute(statement)
        raw.commit()
    answer = prepared(VERIFY)
    ended = unforeseen(prepared, *REST, *OTHERS)
    put_back(prepared)
    assert answer.code == 3, answer
    assert answer.json["first_failure"]["check"]
    assert ended == []


def test_the_place_is_named(prepared: Office) -> None:
    """Table, column and row, in both languages."""
    put_back(prepared)
    wild(prepared, "tree_span", "entries", "'zz'")
    polish, english = prepared("audit verify", MLW_LANG="pl"), prepared("audit verify")
    failure = prepared(VERIFY).json["first_failure"]
    put_back(prepared)
    assert "tabela tree_span, kolumna entries" in " ".join(polish.out.split())
    assert "table tree_span, column entries" in " ".join(english.out.split())
    assert failure["check"] == "stored_form"


UNREADABLE = (
    ("tree_tile", "hashes", "audit verify"),
    ("checkpoint", "note", "audit checkpoint"),
    ("access_entry", "body", "audit verify"),
    ("pilot_head", "hash", "audit replay"),
    ("position", "steps", "audit replay"),
)


@pytest.mark.parametrize(("table", "column", "command"), UNREADABLE)
def test_the_table_of_a_text_that_cannot_be_read_is_named(
    prepared: Office, table: str, column: str, command: str
) -> None:
    """SQLite's own error knows the column alone."""
    put_back(prepared)
    assert wild(prepared, table, column, "CAST(x'c5ff41' AS TEXT)")
    answer = prepared(command, MLW_LANG="pl")
    put_back(prepared)
    assert answer.code == 3
    assert f"tabela {table}, kolumna {column}" in " ".join((answer.out + answer.err).split())


def test_a_checkpoint_that_the_signer_remembers_is_missed(prepared: Office) -> None:
    """Also where a later one stands in the database."""
    put_back(prepared)
    with closing(sqlite3.connect(prepared.database)) as raw:
        (size, note), (later,) = (
            raw.execute("SELECT size, note FROM checkpoint ORDER BY size").fetchone(),
            raw.execute("SELECT max(size) FROM checkpoint").fetchone(),
        )
        raw.execute("DELETE FROM checkpoint WHERE size = ?", (size,))
        raw.commit()
    (prepared.home / "keys" / "checkpoint").write_text(note, "utf-8")
    answer = prepared(VERIFY)
    put_back(prepared)
    assert size < later
    assert answer.code == 3
    assert answer.json["first_failure"]["check"] == "checkpoint_gone"
