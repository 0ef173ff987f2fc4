"""Exports as they are asked for on the command line, and the way back of a complete one."""

import csv
import io
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

FORMATS = ("xes", "ocel-json", "ocel-sqlite", "csv", "jsonl", "oscal", "prov")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written_to_a_file(tluszcz: Any, tmp_path: Path, form: str) -> None:
    """The answer says how much; nothing else is left beside the file."""
    out = tmp_path / "out" / f"log.{form}"
    out.parent.mkdir()
    answer = tluszcz.run("audit", "export", "Tłuszcz", "--format", form, "--out", str(out))
    assert answer.code == 0, answer
    assert "1 pilot, 22 entries" in answer.out
    assert [file.name for file in out.parent.iterdir()] == [out.name]
    assert out.stat().st_size > 1000


def moved(office: Any, bare: Any, tmp_path: Path) -> Any:
    """A second office, made as docs/reference/exports.md says: the folder of keys first, then the database."""
    second = type(bare)(tmp_path / "second")
    shutil.copytree(office.home / "keys", second.home / "keys")
    second.done("init")
    return second


def test_without_the_keys_nothing_is_taken_in_that_would_look_forged(tluszcz: Any, bare: Any, tmp_path: Path) -> None:
    """The office of ``mlw init`` has a key of its own: the import says so; knowingly it goes without signatures."""
    tluszcz.done("audit checkpoint")
    file, one, again = (tmp_path / f"{name}.jsonl" for name in ("all", "one", "again"))
    tluszcz.done(f"audit export all --format jsonl --out {file}")
    tluszcz.done(f"audit export Tłuszcz --format jsonl --out {one}")
    second = type(bare)(tmp_path / "second")
    second.done("init")
    for name in (file, one):
        for flag in ("", "--dry-run"):
            answer = second(f"import {name} {flag} --json")
            assert (answer.code, answer.json["error"]["code"]) == (2, "restore_keys")
            assert "keys" in answer.json["error"]["message"]
    assert second.done("pilot list --json").json["pilots"] == []
    second.done(f"import {file} --without-signatures --dry-run")
    assert '"unsigned": 0' in (second.home / "keys" / "keyring.json").read_text()
    second.done(f"import {file} --without-signatures")
    assert '"unsigned": 22' in (second.home / "keys" / "keyring.json").read_text()
    second.done("audit verify --deep")
    second.done("advance Tłuszcz w10 correct --as coordinator -e reason=próba")
    second.done("audit checkpoint")
    second.done("audit verify --deep")
    second.done(f"audit export all --format jsonl --out {again}")
    third = moved(second, bare, tmp_path / "third")
    third.done(f"import {again}")
    third.done("audit verify --deep")
    assert third("import ../nothing.yaml --without-signatures").code == 2


def test_a_record_without_signatures_comes_to_an_office_with_a_key(tluszcz: Any, bare: Any, tmp_path: Path) -> None:
    """What was never signed is no forgery: the keyring tells how many entries are from before its key."""
    shutil.rmtree(tluszcz.home / "keys")
    connection = sqlite3.connect(tluszcz.database)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("UPDATE ledger_entry SET signature = NULL")
    connection.commit()
    connection.close()
    file = tmp_path / "one.jsonl"
    tluszcz.done(f"audit export Tłuszcz --format jsonl --out {file}")
    second = type(bare)(tmp_path / "second")
    second.done("init")
    second.done(f"import {file}")
    second.done("audit verify --deep")


def test_keys_of_another_log_are_told_apart_from_a_forgery(tluszcz: Any, bare: Any, tmp_path: Path) -> None:
    """With other keys in their place, the first signature is told to be by a key that is not known."""
    other = type(bare)(tmp_path / "other")
    other.done("init")
    shutil.rmtree(tluszcz.home / "keys")
    shutil.copytree(other.home / "keys", tluszcz.home / "keys")
    found = tluszcz("audit verify Tłuszcz --json")
    assert found.code == 3
    assert "signature_key" in found.out


def test_definitions_are_as_old_as_they_were(tluszcz: Any, bare: Any, tmp_path: Path) -> None:
    """The second office was made at another instant, and still gives the same export."""
    file, again = tmp_path / "all.jsonl", tmp_path / "again.jsonl"
    connection = sqlite3.connect(tluszcz.database)
    connection.execute(
        "UPDATE definition SET installed_at = strftime('%Y-%m-%dT%H:%M:%f', installed_at, '-3 days') || '000Z'"
    )
    connection.commit()
    connection.close()
    tluszcz.done(f"audit export all --format jsonl --out {file}")
    second = moved(tluszcz, bare, tmp_path)
    second.done(f"import {file}")
    second.done(f"audit export all --format jsonl --out {again}")
    assert again.read_bytes() == file.read_bytes()


def test_standard_output_holds_the_file_and_nothing_else(tluszcz: Any) -> None:
    """So it can go down a pipe."""
    done = tluszcz.process("audit", "export", "--format", "csv", "--out", "-")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"))))) == 22
    parsed = ET.fromstring(tluszcz.process("audit", "export", "all", "--format", "xes", "--out", "-").stdout)
    assert parsed.tag.endswith("log")


def test_quiet_says_nothing(tluszcz: Any, tmp_path: Path) -> None:
    """For scripts that only want the file."""
    answer = tluszcz(f"audit export --format csv --out {tmp_path / 'a.csv'} --quiet")
    assert (answer.code, answer.out, answer.err) == (0, "", "")


def test_a_complete_export_is_imported_into_an_empty_office(tluszcz: Any, bare: Any, tmp_path: Path) -> None:
    """First as a trial, then in earnest; the second office verifies, replays and exports the same bytes."""
    file, again = tmp_path / "all.jsonl", tmp_path / "again.jsonl"
    tluszcz.done(f"audit export all --format jsonl --out {file}")
    second = moved(tluszcz, bare, tmp_path)
    assert second.done(f"import {file} --dry-run --json").json == {
        "dry_run": True, "pilots": 1, "entries": 22, "people": 0, "definitions": 2,
    }  # fmt: skip
    assert second.done("pilot list --json").json["pilots"] == []
    assert "1 pilotaż, 22 wpisy. Niczego nie" in second.done(f"--lang pl import {file} --dry-run").out
    assert "The record is as it was: 1 pilot, 22 entries." in second.done(f"import {file}").out
    assert second.done("status Tłuszcz --json").json == tluszcz.done("status Tłuszcz --json").json
    assert second.done("deadlines Tłuszcz --json").json == tluszcz.done("deadlines Tłuszcz --json").json
    second.done("audit replay")
    second.done(f"audit export all --format jsonl --out {again}")
    assert again.read_bytes() == file.read_bytes()
    assert second(f"import {file}").code == 2


def test_a_changed_export_is_refused_with_its_line(tluszcz: Any, bare: Any, tmp_path: Path) -> None:
    """Exit code 3 where the record does not hold, 2 where the file cannot be read; in words and for programs."""
    file = tmp_path / "all.jsonl"
    tluszcz.done(f"audit export all --format jsonl --out {file}")
    second = moved(tluszcz, bare, tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"trigger":"hold_meeting","v"', b'"trigger":"hold_meetinx","v"', 1))
    answer = second(f"import {file} --json")
    assert answer.code == 3
    assert answer.json["error"]["code"] == "ledger_file_broken"
    assert answer.json["error"]["check"] == "body_hash"
    assert f"line {answer.json['error']['line']}" in answer.json["error"]["message"]
    file.write_bytes(whole[: len(whole) // 2])
    assert second(f"import {file}").code == 2
    assert second("pilot list --json").json["pilots"] == []


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("--format pdf --out x", "export_format_unknown"),
        ("--out x", "option_missing"),
        ("--format csv", "option_missing"),
        ("--format csv --out x --case town", "export_case_unknown"),
        ("--format jsonl --out x --from 2014-01-01", "export_jsonl_whole"),
        ("--format csv --out x --from 2014-02-01 --to 2014-01-01", "days_backwards"),
        ("--format xes --out x --no-evidence", "export_no_evidence"),
        ("--format csv --out -", "export_json_to_output"),
        ("--format csv --out nowhere/x", "file_unwritable"),
        ("--format csv --out .", "file_unwritable"),
        ("Nowhere --format csv --out x", "unknown_pilot"),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_written(
    tluszcz: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, code: str
) -> None:
    """With a stable code and exit code 2."""
    monkeypatch.chdir(tmp_path)
    answer = tluszcz(f"audit export {line} --json")
    assert answer.code == 2
    assert answer.json["error"]["code"] == code
    assert not (tmp_path / "x").exists()


def test_an_auditor_exports_what_they_may_see_and_it_is_written_down(tluszcz: Any, tmp_path: Path) -> None:
    """Nobody else's pilots; somebody without a right gets nothing."""
    tluszcz.done('person add "Ewa Audyt" --email ewa@audyt.example')
    answer = tluszcz(f'audit export --as "Ewa Audyt" --format csv --out {tmp_path / "a.csv"}')
    assert answer.code == 1
    assert not (tmp_path / "a.csv").exists()
    tluszcz.done('auditor add "Ewa Audyt" --programme mlw-pilot --since 2014-01-01 --until 2014-12-31')
    tluszcz.done(f'audit export --as "Ewa Audyt" --format csv --out {tmp_path / "a.csv"}')
    assert (tmp_path / "a.csv").exists()
    looked = json.dumps(tluszcz.done("audit access --json").json)
    assert '"export"' in looked


def test_the_signed_tree_and_the_access_log_come_along(tluszcz: Any, bare: Any, tmp_path: Path) -> None:
    """In the second office the last checkpoint is signed again byte for byte, and everything still holds."""
    first = tluszcz.done("audit checkpoint").out
    tluszcz.done('person add "Ewa Audyt" --email ewa@audyt.example')
    tluszcz.done('auditor add "Ewa Audyt" --programme mlw-pilot --since 2014-01-01 --until 2014-12-31')
    tluszcz.done('status Tłuszcz --as "Ewa Audyt"')
    tluszcz.done("advance Tłuszcz w07 appoint --as mayor -e order_number=1")
    tluszcz.done("audit checkpoint")
    file, again = tmp_path / "all.jsonl", tmp_path / "again.jsonl"
    tluszcz.done(f"audit export all --format jsonl --out {file}")
    second = moved(tluszcz, bare, tmp_path)
    second.done(f"import {file}")
    assert tables(second.database) == tables(tluszcz.database)
    assert "access" in {pilot for _, pilot, *_ in tables(second.database)["tree_span"]}
    second.done(f"audit export all --format jsonl --out {again}")
    assert again.read_bytes() == file.read_bytes()
    assert first.splitlines()[0] in second.done("audit checkpoint").out
    assert second.done("audit checkpoint").out == tluszcz.done("audit checkpoint").out
    second.done("audit verify")
    second.done("audit replay")


def tables(database: Path) -> dict[str, list[Any]]:
    """What lies over all logs, as it is stored."""
    names = ("tree_span", "tree_tile", "checkpoint", "cosignature", "access_entry", "access_head", "auditor")
    connection = sqlite3.connect(database)
    found = {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}
    connection.close()
    return found


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        (b'"record":"span","first_leaf":0', b'"record":"span","first_leaf":1', "tree_spans"),
        (b'"first_seq":1,"entries":22', b'"first_seq":1,"entries":21', "tree_spans"),
        (b'"first_seq":1,"entries":22', b'"first_seq":1,"entries":23', "tree_spans"),
        (b'"pilot":"access","first_seq":1', b'"pilot":"access","first_seq":2', "tree_spans"),
        (b'"what":"status"', b'"what":"stotus"', "body_hash"),
    ],
)
def test_a_tree_that_is_not_the_signed_one_is_refused(
    tluszcz: Any, bare: Any, tmp_path: Path, old: bytes, new: bytes, check: str
) -> None:
    """Spans must lie side by side, checkpoints must have the tree's root, the access log's bytes their hashes."""
    tluszcz.done('person add "Ewa Audyt" --email ewa@audyt.example')
    tluszcz.done('auditor add "Ewa Audyt" --programme mlw-pilot --since 2014-01-01 --until 2014-12-31')
    tluszcz.done('status Tłuszcz --as "Ewa Audyt"')
    tluszcz.done("audit checkpoint")
    file = tmp_path / "all.jsonl"
    tluszcz.done(f"audit export all --format jsonl --out {file}")
    assert old in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(old, new, 1))
    second = moved(tluszcz, bare, tmp_path)
    answer = second(f"import {file} --json")
    assert (answer.code, answer.json["error"]["check"]) == (3, check)
