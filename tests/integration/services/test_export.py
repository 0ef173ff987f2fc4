"""The record in other programs' languages: whole or not at all, and from JSON Lines back into an equal database."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from mlw_workflow.audit.export.course import Choice
from mlw_workflow.domain.errors import BadInput, HistoryInvalid, IntegrityBroken, WorkflowError
from mlw_workflow.interfaces.problems import sentence
from mlw_workflow.services.audit import replay_pilot, verify
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.export import FORMATS, Order, export
from mlw_workflow.services.keystore import KeyStore
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.services.restore import restore
from mlw_workflow.services.signing import new_key
from mlw_workflow.storage import repositories
from mlw_workflow.storage.database import Database

FEBRUARY = date(2014, 2, 3)
TABLES = (
    "definition", "pilot", "pilot_head", "ledger_entry", "evidence", "person", "position", "membership", "deadline",
    "pause", "deputy", "policy",
)  # fmt: skip
XES = "{http://www.xes-standard.org/}"


@pytest.fixture
def busy(office: Any) -> Any:
    """Two pilots; in one of them a little of everything: roles, a refusal, a correction, erased evidence."""
    add_person(office.desk, "Anna Nowak", "anna@ops.example")
    add_person(office.desk, "Jan Obcy", "jan@obcy.example")
    give_role(office.desk, "Anna Nowak", "coordinator", [office.pilot], date(2014, 1, 1), date(2014, 12, 31))
    office.appoint_team(FEBRUARY)
    office.ask("w06", "code", "coordinator", FEBRUARY)
    office.take("w10", "prepare", "Anna Nowak", FEBRUARY)
    office.take("w10", "correct", "coordinator", reason="=pomyłka\n„w dwóch wierszach”")
    office.take("w10", "prepare", "Anna Nowak", FEBRUARY)
    office.erase((3, ""))
    office.open("=Działdowo", code="other")
    return office


@pytest.fixture
def other(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A second, empty database of the other kind than the first."""
    kind = "postgres_url" if database_url.startswith("sqlite") else "sqlite_url"
    opened = Database.open(request.getfixturevalue(kind))
    yield opened
    opened.close()


def order(office: Any, form: str, *chosen: Any, **given: Any) -> Order:
    pilots = tuple(pilot for _, pilot in sorted(office.pilots().items()))
    return Order(form, chosen or pilots, whole=not chosen, **given)


def written(office: Any, form: str, *chosen: Any, **given: Any) -> bytes:
    out = io.BytesIO()
    export(office.desk, order(office, form, *chosen, **given), out)
    return out.getvalue()


def contents(database: Database, tables: tuple[str, ...] = TABLES) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is stored, told alike by both kinds of database."""
    with database.read() as connection:
        return {
            table: sorted(tuple(told(value) for value in row) for row in connection.rows(f"SELECT * FROM {table}"))
            for table in tables
        }


def told(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text.replace("+00:00", "Z").replace(".000000Z", "Z")


def test_a_complete_export_becomes_an_equal_database_of_the_other_kind(
    busy: Any, other: Database, tmp_path: Path
) -> None:
    """The same bytes, hashes, evidence, positions, memberships and deadlines; and the same export again."""
    file = tmp_path / "all.jsonl"
    export(busy.desk, order(busy, "jsonl"), file)
    done = restore(Desk(other, busy.clock), file)
    assert (done.pilots, done.people) == (2, 2)
    assert contents(other) == contents(busy.database)
    desk = Desk(other, busy.clock)
    again = io.BytesIO()
    with other.read() as connection:
        pilots = repositories.pilots(connection)
    export(desk, Order("jsonl", pilots, whole=True), again)
    assert again.getvalue() == file.read_bytes()
    for pilot in pilots:
        assert verify(desk, pilot, deep=True).holds
        assert replay_pilot(desk, pilot).holds


def test_signatures_and_the_tree_come_along(busy: Any, other: Database, tmp_path: Path) -> None:
    """With the same key the other database signs the same checkpoint again, and goes on from there."""
    store = KeyStore(tmp_path / "keys" / "signing.key")
    busy.desk = Desk(busy.database, busy.clock, signer=store)
    new_key(busy.desk)
    busy.take("w10", "correct", "coordinator", reason="raz jeszcze")
    make_checkpoint(busy.desk)
    busy.take("w10", "prepare", "coordinator", FEBRUARY)
    last = make_checkpoint(busy.desk)
    file = tmp_path / "all.jsonl"
    export(busy.desk, order(busy, "jsonl"), file)
    desk = Desk(other, busy.clock, signer=store)
    restore(desk, file)
    lying_over = ("tree_span", "tree_tile", "checkpoint")
    assert contents(other, lying_over) == contents(busy.database, lying_over)
    assert contents(other) == contents(busy.database)
    assert make_checkpoint(desk).note == last.note
    busy.desk = desk
    busy.take("w10", "correct", "coordinator", reason="i jeszcze")
    assert make_checkpoint(desk).size == last.size + 1


def test_a_restored_pilot_goes_on(busy: Any, other: Database, tmp_path: Path) -> None:
    """The next step is decided and recorded as it would have been in the first database."""
    file = tmp_path / "all.jsonl"
    export(busy.desk, order(busy, "jsonl"), file)
    busy.desk = Desk(other, busy.clock)
    restore(busy.desk, file)
    busy.take("w10", "correct", "coordinator", reason="znowu")
    assert verify(busy.desk, busy.pilot).holds
    assert replay_pilot(busy.desk, busy.pilot).holds


def test_every_body_is_in_the_file_as_it_is(busy: Any) -> None:
    """Any program can hash what stands after ``"body":`` and gets the entry's hash."""
    lines = [line for line in written(busy, "jsonl").splitlines() if line.startswith(b'{"record":"entry"')]
    assert len(lines) == sum(len(busy.entries(pilot)) for pilot in busy.pilots().values())
    for line in lines:
        body = line.partition(b',"body":')[2][:-1]
        assert sha256(b"\0" + body).hexdigest() == json.loads(line)["hash"]


def test_the_digest_at_the_end_is_that_of_all_lines_before(busy: Any) -> None:
    """A file that was cut or changed can be told by anybody."""
    whole = written(busy, "jsonl")
    before, _, last = whole[:-1].rpartition(b"\n")
    assert json.loads(last)["sha256"] == sha256(before + b"\n").hexdigest()


def test_one_pilot_leaves_without_other_peoples_data(busy: Any, other: Database, tmp_path: Path) -> None:
    """Only whom its log names; and it can be restored alone."""
    (tmp_path / "one.jsonl").write_bytes(written(busy, "jsonl", busy.pilot))
    told_of = (tmp_path / "one.jsonl").read_text("utf-8")
    assert "Anna Nowak" in told_of
    assert "Jan Obcy" not in told_of
    assert restore(Desk(other, busy.clock), tmp_path / "one.jsonl").pilots == 1


def test_without_evidence_nothing_typed_leaves(busy: Any, other: Database, tmp_path: Path) -> None:
    """And such a file says itself that no database can be made of it."""
    (tmp_path / "some.jsonl").write_bytes(written(busy, "jsonl", evidence=False))
    assert "w dwóch wierszach" not in (tmp_path / "some.jsonl").read_text("utf-8")
    with pytest.raises(HistoryInvalid) as found:
        restore(Desk(other, busy.clock), tmp_path / "some.jsonl")
    assert (found.value.code, found.value.facts["line"]) == ("ledger_file_without_evidence", 1)


def _swap(lines: list[bytes]) -> None:
    first = next(at for at, line in enumerate(lines) if b'"kind":"membership"' in line)
    lines[first], lines[first + 1] = lines[first + 1], lines[first]


def _drop_entry(lines: list[bytes]) -> None:
    del lines[next(at for at, line in enumerate(lines) if b'"kind":"membership"' in line)]


def _edit(old: bytes, new: bytes) -> Callable[[list[bytes]], None]:
    def run(lines: list[bytes]) -> None:
        at = next(at for at, line in enumerate(lines) if old in line)
        lines[at] = lines[at].replace(old, new, 1)

    run.__name__ = new.decode()
    return run


def _cut_last(lines: list[bytes]) -> None:
    del lines[-1]


def _half_line(lines: list[bytes]) -> None:
    lines[-1] = lines[-1][:20]


def _twice(lines: list[bytes]) -> None:
    lines.insert(1, lines[1])
    person = next(at for at, line in enumerate(lines) if line.startswith(b'{"record":"person"'))
    lines.insert(person, lines[person])


def _drop_deadline(lines: list[bytes]) -> None:
    del lines[next(at for at, line in enumerate(lines) if line.startswith(b'{"record":"deadline"'))]


def _more(lines: list[bytes]) -> None:
    lines.append(b"{}\n")


MEDDLED: list[tuple[Callable[[list[bytes]], None], str, str | None]] = [
    (_swap, "ledger_file_broken", "seq_sealed"),
    (_drop_entry, "ledger_file_broken", "seq_sealed"),
    (_edit(b'"trigger":"propose","v"', b'"trigger":"appoint","v"'), "ledger_file_broken", "body_hash"),
    (_edit(b'"value":"0050.1.2014"', b'"value":"0050.2.2014"'), "ledger_file_broken", "evidence"),
    (_edit(b'"id":"mlw-pilot"', b'"id":"mlw-palot"'), "ledger_file_broken", "definition_missing"),
    (_edit(b'"voivodeship":"mazowieckie"', b'"voivodeship":"\xc5\x82"'), "ledger_file_broken", "projection_pilot"),
    (_edit(b'"status":"open"', b'"status":"done"'), "ledger_file_broken", "projection_deadline"),
    (_drop_deadline, "ledger_file_broken", "projection_deadline"),
    (_edit(b'"name":"Anna Nowak"', b'"name":"Anna Kowal"'), "ledger_file_digest", None),
    (_edit(b'"name":"Anna Nowak"', b'"name":"\\u0000"'), "ledger_file_line", None),
    (_edit(b'"record":"person"', b'"record":"ghost"'), "ledger_file_line", None),
    (_edit(b'"language":"pl"', b'"language":"pl","more":1'), "ledger_file_line", None),
    (_edit(b"mlw-ledger/1", b"mlw-ledger/2"), "ledger_file_format", None),
    (_cut_last, "ledger_file_cut", None),
    (_half_line, "ledger_file_cut", None),
    (_edit(b'"code":"tluszcz"', b'"code":"access"'), "ledger_file_reserved", None),
    (_twice, "ledger_file_twice", None),
    (_more, "ledger_file_after_end", None),
    (list.reverse, "ledger_file_format", None),
]


def test_what_was_meddled_with_is_told_with_its_line(busy: Any, other: Database, tmp_path: Path) -> None:
    """All or nothing: after any of it the database is as empty as before."""
    file, before, whole = tmp_path / "all.jsonl", contents(other), written(busy, "jsonl")
    for number, (meddle, code, check) in enumerate(MEDDLED):
        lines = whole.splitlines(keepends=True)
        meddle(lines)
        file.write_bytes(b"".join(lines))
        with pytest.raises(WorkflowError) as found:
            restore(Desk(other, busy.clock), file)
        assert (found.value.code, found.value.facts.get("check")) == (code, check), number
        assert "`" not in sentence(found.value, "pl"), "a decoder's words are not the reader's"
        assert isinstance(found.value.facts["line"], int)
        assert found.value.facts["line"] >= 1
        assert contents(other) == before, number


def test_a_decision_that_nobody_made_is_not_taken_in(busy: Any, other: Database, tmp_path: Path) -> None:
    """A log whose hashes all fit, but whose decisions do not: the replay finds it."""
    from mlw_workflow.audit.read import decode
    from mlw_workflow.audit.seal import seal

    lines = [json.loads(line) for line in written(busy, "jsonl").splitlines()]
    raw = written(busy, "jsonl").splitlines()
    at = next(
        n for n, line in enumerate(lines) if line["record"] == "entry" and line["body"].get("trigger") == "select"
    )
    entry = replace(decode(raw[at].partition(b',"body":')[2][:-1]), to_state="appointed")
    forged = seal(entry)
    head = {"expected": forged.hash.hex()}
    raw[at] = b'{"record":"entry","hash":"%b","signature":"","body":%b}' % (forged.hash.hex().encode(), forged.body)
    start = max(n for n in range(at) if lines[n]["record"] == "pilot")
    raw[start] = json.dumps(lines[start] | {"entries": entry.seq, "head": head["expected"]}).encode()
    file = tmp_path / "forged.jsonl"
    file.write_bytes(b"\n".join([*raw[: at + 1], *raw[-1:]]) + b"\n")
    with pytest.raises(IntegrityBroken) as found:
        restore(Desk(other, busy.clock), file)
    assert (found.value.facts["check"], found.value.facts["seq"]) == ("decision_differs", entry.seq)


def test_only_an_empty_database_takes_an_export(busy: Any, tmp_path: Path) -> None:
    """What is there is never mixed with what comes."""
    export(busy.desk, order(busy, "jsonl"), tmp_path / "all.jsonl")
    with pytest.raises(BadInput) as found:
        restore(busy.desk, tmp_path / "all.jsonl")
    assert found.value.code == "restore_not_empty"


def test_a_record_that_does_not_hold_leaves_no_file(busy: Any, tmp_path: Path) -> None:
    """The file that was there stays; nothing half is left beside it."""
    out = tmp_path / "all.jsonl"
    out.write_text("as before")
    driver = busy.database.driver
    connection = driver.connect()
    driver.execute(connection, "UPDATE pilot_head SET seq = seq + 1 WHERE pilot_id = ?", (busy.pilot.id,))
    connection.close()
    with pytest.raises(IntegrityBroken):
        export(busy.desk, order(busy, "jsonl"), out)
    assert out.read_text() == "as before"
    assert [file.name for file in tmp_path.iterdir() if "jsonl" in file.name] == ["all.jsonl"]


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "oscal"])
def test_the_same_record_gives_the_same_bytes(busy: Any, form: str) -> None:
    """No time of writing and no chance is in a file."""
    first = written(busy, form)
    assert first == written(busy, form)


def test_progress_reaches_the_end_of_what_it_said(busy: Any) -> None:
    """How far and of how much, never backwards."""
    seen: list[tuple[int, int]] = []
    export(busy.desk, order(busy, "jsonl"), io.BytesIO(), lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]


def test_xes_has_a_trace_for_each_machine_and_marks_what_was_corrected(busy: Any) -> None:
    """Both times are told; the corrected step names its correction."""
    log = ET.fromstring(written(busy, "xes"))
    assert {e.get("prefix") for e in log.iter(f"{XES}extension")} == {
        "concept", "time", "lifecycle", "org", "identity",
    }  # fmt: skip
    traces = {values(trace)["concept:name"]: list(trace.iter(f"{XES}event")) for trace in log.iter(f"{XES}trace")}
    assert set(traces) == {f"{busy.pilot.code}/{machine}" for machine in ("w03", "w07", "w10")}
    course = [values(event) for event in traces[f"{busy.pilot.code}/w10"]]
    assert [event["concept:name"] for event in course] == ["w10.prepare", "w10.prepare", "w10.correct"]
    first, second, correction = min(course, key=lambda event: int(event["seq"])), course[1], course[2]
    assert first["corrected_by"] == correction["seq"]
    assert "corrected_by" not in second
    assert correction["undoes"] == first["seq"]
    assert first["time:timestamp"].startswith("2014-02-03T12:00:00.")
    assert first["recorded_at"].startswith("2014-03-01T12:")


def values(item: ET.Element) -> dict[str, str]:
    return {child.attrib["key"]: child.attrib["value"] for child in item if "key" in child.attrib}


@pytest.mark.parametrize(
    ("choice", "events"),
    [
        (Choice(), 7),
        (Choice(refusals=True), 8),
        (Choice(corrected=False), 5),
        (Choice(since=FEBRUARY + timedelta(1)), 1),
        (Choice(until=FEBRUARY, case="pilot"), 6),
        (Choice(until=FEBRUARY - timedelta(1)), 0),
    ],
)
def test_xes_holds_what_was_chosen(busy: Any, choice: Choice, events: int) -> None:
    """By day, with or without refusals and corrected steps; a trace for each pilot if that is asked for."""
    log = ET.fromstring(written(busy, "xes", choice=choice))
    assert len(list(log.iter(f"{XES}event"))) == events
    if choice.case == "pilot":
        assert [values(trace)["concept:name"] for trace in log.iter(f"{XES}trace")] == [busy.pilot.code]


def test_names_leave_only_when_asked_for(busy: Any) -> None:
    """Ids are enough for mining; a name is told with --with-names, and never without."""
    for form in ("xes", "csv", "ocel-json", "prov"):
        assert "Anna Nowak" not in written(busy, form).decode(), form
        assert "Anna Nowak" in written(busy, form, with_names=True).decode(), form


def test_csv_is_for_spreadsheets_and_runs_nothing(busy: Any) -> None:
    """A mark for UTF-8, CRLF, a row for each entry; what looks like a formula begins with an apostrophe."""
    text = written(busy, "csv", choice=Choice(refusals=True))
    assert text.startswith(b"\xef\xbb\xbfpilot,")
    assert text.count(b"\r\n") == text.count(b"\n")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert len(rows) == sum(len(busy.entries(pilot)) for pilot in busy.pilots().values())
    assert {row["municipality"] for row in rows} == {"Tłuszcz", "'=Działdowo"}
    assert [row["outcome"] for row in rows].count("refused") == 1


def test_both_forms_of_ocel_tell_the_same(busy: Any, tmp_path: Path) -> None:
    """Objects, changes of state, events and relations are equal; the SQLite file's keys all lead somewhere."""
    add = Choice(refusals=True)
    given = json.loads(written(busy, "ocel-json", choice=add))
    (tmp_path / "log.sqlite").write_bytes(written(busy, "ocel-sqlite", choice=add))
    connection = sqlite3.connect(tmp_path / "log.sqlite")
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert sorted(connection.execute("SELECT * FROM event")) == sorted((e["id"], e["type"]) for e in given["events"])
    assert sorted(connection.execute("SELECT * FROM object")) == sorted((o["id"], o["type"]) for o in given["objects"])
    for table, items in (("event_object", given["events"]), ("object_object", given["objects"])):
        relations = [(item["id"], r["objectId"], r["qualifier"]) for item in items for r in item["relationships"]]
        assert sorted(connection.execute(f"SELECT * FROM {table}")) == sorted(relations)
    states = [
        (item["id"], attribute["time"], attribute["value"])
        for item in given["objects"]
        for attribute in item["attributes"]
        if attribute["name"] == "state"
    ]
    assert sorted(connection.execute("SELECT ocel_id, ocel_time, state FROM object_machine")) == sorted(states)
    connection.close()
    assert {e["type"] for e in given["events"]} <= {t["name"] for t in given["eventTypes"]}
    people = [o for o in given["objects"] if o["type"] == "person"]
    assert [p["relationships"] for p in people] == [[{"objectId": busy.pilot.id, "qualifier": "coordinator"}]]


def test_ocel_objects_exist_for_every_relation(busy: Any) -> None:
    """No event and no object names one that is not there."""
    given = json.loads(written(busy, "ocel-json"))
    known = {item["id"] for item in given["objects"]}
    named = {r["objectId"] for item in (*given["events"], *given["objects"]) for r in item["relationships"]}
    assert named <= known
    assert any(r["qualifier"] == "relied on" for e in given["events"] for r in e["relationships"])


def test_prov_names_only_what_it_declares(busy: Any) -> None:
    """Each bundle stands for itself: whatever a relation names is an entity, activity or agent of it."""
    document = json.loads(written(busy, "prov", choice=Choice(refusals=True)))
    assert len(document["bundle"]) == 2
    for bundle in document["bundle"].values():
        known = {name for kind in ("entity", "activity", "agent") for name in bundle.get(kind, {})}
        for kind, relations in bundle.items():
            if kind in ("prefix", "entity", "activity", "agent"):
                continue
            for relation in relations.values():
                named = {v for k, v in relation.items() if k.startswith("prov:") and isinstance(v, str) and ":" in v}
                assert {name for name in named if not name[:4].isdigit()} <= known
    bundle = document["bundle"][f"pilot:{busy.pilot.id}"]
    kinds = [relation["prov:type"]["$"] for relation in bundle["wasDerivedFrom"].values()]
    assert kinds.count("prov:Revision") == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"form": "pdf"}, "export_format_unknown"),
        ({"form": "jsonl", "choice": Choice(since=FEBRUARY)}, "export_jsonl_whole"),
        ({"form": "csv", "choice": Choice(FEBRUARY, FEBRUARY - timedelta(1))}, "days_backwards"),
        ({"form": "csv", "evidence": False}, "export_no_evidence"),
    ],
)
def test_what_does_not_go_together_is_refused(busy: Any, given: dict[str, Any], code: str) -> None:
    """Before anything is read or written."""
    with pytest.raises(BadInput) as found:
        written(busy, **given)
    assert found.value.code == code
