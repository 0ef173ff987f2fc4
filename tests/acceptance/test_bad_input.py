"""Whatever is wrong with what was given: one sentence, the right exit code, no traceback, nothing half-written."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

GOOD = "municipality: Wzór\nprogramme: mlw-pilot\nevents:\n"


def one_sentence(answer: Any, code: int, *needed: str) -> None:
    """Exit code and sentence: told once, on standard error, naming the place."""
    assert answer.code == code, answer
    assert "Traceback" not in answer.out + answer.err
    assert len(answer.err.strip().splitlines()) == 1, answer.err
    assert answer.err.strip().endswith((".", "?", "--help", ")")), answer.err
    for word in needed:
        assert word in answer.err


def history(folder: Path, *events: str) -> Path:
    file = folder / "history.yaml"
    file.write_text(GOOD + "".join(f"  - {event}\n" for event in events), "utf-8")
    return file


@pytest.mark.parametrize(
    ("line", "code", "needed"),
    [
        ("advance Tłuszcz w66 code --as coordinator", 2, ["w66", "w06"]),
        ("advance Tłuszcz w06 kode --as coordinator", 2, ["kode", "code"]),
        ("advance Tłuszcz w06 code --as coordinator --on 2014-02-30", 2, ["--on", "2014-02-30"]),
        ("advance Tłuszcz w06 code --as coordinatr", 2, ["coordinatr", "coordinator"]),
        ("advance Tłuszcz w06 code --as mentor", 2, ["mentor", "only reads"]),
        ("advance Tłuszcz w06 code", 2, ["--as"]),
        ("advance Tłuszcz w06 code --as coordinator --seen three", 2, ["--seen", "three"]),
        ("advance Tłuszcz w06 code --as coordinator -e nonsense", 2, ["nonsense"]),
        ("advance Tłuszcz w06 code --as coordinator -e missing.yaml", 2, ["missing.yaml"]),
        ("advance Tłuszcz w06 approve --as coordinator -e file=@missing.pdf", 2, ["missing.pdf"]),
        ("advance Tłuszcz w07 propose --as coordinator -e members[2].institution=A", 2, ["members", "item 1"]),
        ("advance Tłuszcz w06 code --as coordinator --on ''", 2, ["--on", "date"]),
        ("advance Tłuszcz w06 code --as ''", 2, ["--as"]),
        ("correct Tłuszcz w06 --as coordinator --reason ''", 2, ["--reason"]),
        ("status Tłuszcz --as-of ''", 2, ["--as-of", "date"]),
        ("status Tłuszcz --known-at ' '", 2, ["--known-at", "instant"]),
        ("pilot open Inna --start 9999-11-01 --end 9999-12-31", 2, ["9999", "2100"]),
        ("status Tłuszc", 2, ["Tłuszc", "Tłuszcz"]),
        ("status Tłuszcz --as-of 31.02.2014", 2, ["--as-of", "31.02.2014"]),
        ("status Tłuszcz --known-at yesterday", 2, ["--known-at", "yesterday"]),
        ("history Tłuszcz --machine w99", 2, ["w99"]),
        ("next Tłuszcz --as coordinatr", 2, ["coordinatr", "coordinator"]),
        ("pilot open Inna --programme mlw-pilto", 2, ["mlw-pilto", "mlw-pilot"]),
        ("pilot open Tłuszcz", 2, ["tluszcz", "--code"]),
        ("pilot open Inna --start 2014-09-01 --end 2014-01-01", 2, ["Inna"]),
        ("pilot open Inna --code 'Zły kod'", 2, ["Zły kod"]),
        ("person add ' '", 2, ["name"]),
        ("person add Anna --email nowhere", 2, ["nowhere"]),
        ("member add Nikt coordinator Tłuszcz", 2, ["Nikt"]),
        ("workflow check nowhere", 2, ["nowhere"]),
        ("workflow show nowhere", 2, ["nowhere"]),
        ("workflow show mlw-pilot w99", 2, ["w99"]),
        ("import nowhere.yaml", 2, ["nowhere.yaml"]),
        ("--lang de status", 2, ["de", "pl, en"]),
        ("advance Tłuszcz", 2, ["MACHINE"]),
        ("status --bar", 2, ["--bar"]),
        ("statsu", 2, ["statsu", "status"]),
        ("audit verfiy", 2, ["verfiy", "verify"]),
    ],
)
def test_a_slip_is_answered_with_its_place_and_remedy(tluszcz: Any, line: str, code: int, needed: list[str]) -> None:
    """Every slip of the hand gets one sentence that names it, and records nothing."""
    before = len(tluszcz.done("history Tłuszcz --json").json["entries"])
    one_sentence(tluszcz(line), code, *needed)
    assert len(tluszcz.done("history Tłuszcz --json").json["entries"]) == before


def test_evidence_of_the_wrong_type_is_refused_field_by_field(tluszcz: Any) -> None:
    """Wrong evidence is a refusal: every wrong field at once, each with its place, and nothing changes."""
    line = "advance Tłuszcz w01 hold_meeting --as animator -e place=OPS -e audience=everybody -e attendance=many --json"
    answer = tluszcz(line)
    assert answer.code == 1
    found = {(reason["code"], reason["field"]) for reason in answer.json["reasons"]}
    assert found == {("evidence_not_option", "audience"), ("evidence_not_number", "attendance")}


@pytest.mark.parametrize(
    ("name", "value", "needed"),
    [
        ("MLW_TODAY", "2014-02-30", ["MLW_TODAY", "2014-02-30"]),
        ("MLW_LANG", "xx", ["MLW_LANG", "xx"]),
        ("MLW_LOG", "loud", ["MLW_LOG", "loud"]),
        ("MLW_DATABASE_URL", "mysql://here", ["MLW_DATABASE_URL"]),
    ],
)
def test_a_wrong_variable_is_named(office: Any, name: str, value: str, needed: list[str]) -> None:
    """A variable that makes no sense is named, with what it should be."""
    one_sentence(office("status", **{name: value}), 2, *needed)


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ('langauge = "pl"', ["langauge", "language"]),
        ("language = 5", ["language"]),
        ("[files]\nsize_max_mb = 0", ["files.size_max_mb"]),
        ("language = ", ["config.toml"]),
    ],
)
def test_a_wrong_setting_is_named(office: Any, text: str, needed: list[str]) -> None:
    """A slip in config.toml is named with its file."""
    (office.home / "config.toml").write_text(text, "utf-8")
    one_sentence(office("status"), 2, *needed)


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("municipality: [unclosed\n", ["history.yaml", "line"]),
        ("", ["history.yaml"]),
        ("a: &x 1\nb: *x\n", ["history.yaml"]),
        ("- just text\n", ["history.yaml", "line 1"]),
        (GOOD + "  - {guideline: w02, trigger: begin, on: 2014-02-30}\n", ["line 4", "2014-02-30"]),
        (GOOD + "  - {guideline: w02, trigger: begin}\n", ["line 4", "on"]),
        (GOOD + "  - {guideline: w02, trigger: begin, on: 2014-01-31, surprise: 1}\n", ["line 4", "surprise"]),
        (GOOD + "  - {guideline: w99, trigger: begin, on: 2014-01-31}\n", ["w99"]),
        (GOOD + "  - {guideline: w02, trigger: bgein, on: 2014-01-31}\n", ["bgein", "begin"]),
    ],
)
def test_a_history_that_cannot_be_read_records_nothing(
    office: Any, tmp_path: Path, text: str, needed: list[str]
) -> None:
    """A malformed history file is answered with its line, and no pilot is opened."""
    file = tmp_path / "history.yaml"
    file.write_text(text, "utf-8")
    one_sentence(office(f"import {file}"), 2, *needed)
    assert office.done("pilot list --json").json == {"pilots": []}


def test_a_history_that_breaks_a_prerequisite_in_its_middle_records_nothing(office: Any, tmp_path: Path) -> None:
    """The first event that breaks a rule is named with its line and every reason; nothing before it stays either."""
    order = "evidence: {order_number: '1', institution: OPS}"
    file = history(
        tmp_path,
        f"{{guideline: w03, trigger: appoint, on: 2013-12-30, {order}}}",
        "{guideline: w05, trigger: begin, on: 2014-01-31}",
        "{guideline: w04, trigger: designate, on: 2014-02-28, evidence: {maker: OPS}}",
    )
    answer = office(f"import {file}")
    assert answer.code == 2
    assert "line 5" in answer.err
    assert "Nothing of the file was recorded" in answer.err
    assert "w04" in answer.err
    assert "Traceback" not in answer.err
    told = office(f"import {file} --json").json["error"]
    assert told["code"] == "history_refused"
    assert [reason["needs"] for reason in told["reasons"]] == ["w04.designated"]
    assert told["line"] == 5
    assert office.done("pilot list --json").json == {"pilots": []}


def test_a_cyclic_definition_is_refused_and_not_installed(office: Any, tmp_path: Path) -> None:
    """A definition whose tasks wait for each other is reported with the circle, and is not installed."""
    folder = tmp_path / "circle"
    folder.mkdir()
    (folder / "programme.yaml").write_text(
        "id: circle\ntitle: {pl: Koło, en: Circle}\nsource: assumed\nspan: {start: 2014-01-01, end: 2014-12-31}\n"
        "roles: {clerk: {title: {pl: Urzędnik, en: Clerk}}}\n"
        "kinds:\n  task:\n    title: {pl: Zadanie, en: Task}\n    states:\n"
        "      open: {initial: true, title: {pl: Otwarte, en: Open}}\n"
        "      closed: {final: true, title: {pl: Zamknięte, en: Closed}}\n"
        "    correct: {by: [clerk], source: assumed}\nmachines: [a, b]\n",
        "utf-8",
    )
    for name, other in (("a", "b"), ("b", "a")):
        (folder / f"{name}.yaml").write_text(
            f"id: {name}\nkind: task\ntitle: {{pl: Zadanie {name}, en: Task {name}}}\nsource: assumed\ntransitions:\n"
            f"  - {{trigger: close, title: {{pl: Zamknij, en: Close}}, from: open, to: closed, by: [clerk],"
            f" needs: [{other}.closed], source: assumed}}\n",
            "utf-8",
        )
    checked = office(f"workflow check {folder} --json")
    assert checked.code == 1
    assert not checked.json["ok"]
    assert any(finding["counterexample"] for finding in checked.json["findings"])
    assert office(f"workflow check {folder}").code == 1
    one_sentence(office(f"init --programme {folder}"), 2, "circle")
    one_sentence(office("pilot open X --programme circle"), 2, "circle")


def test_malformed_yaml_in_a_definition_is_told_with_its_line(office: Any, tmp_path: Path) -> None:
    """A definition that is no YAML gives findings with file and line, and exit code 1."""
    (tmp_path / "programme.yaml").write_text("id: [\n", "utf-8")
    answer = office(f"workflow check {tmp_path} --json")
    assert answer.code == 1
    assert answer.json["findings"][0]["line"] >= 1
    assert answer.json["findings"][0]["file"].endswith("programme.yaml")


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to look at" * 50, b"SQLite format 3\x00junk" * 99]
)
def test_a_foreign_or_damaged_database_is_left_alone(bare: Any, content: bytes) -> None:
    """A file that is no database of ours is named, and not one byte of it changes."""
    bare.home.mkdir()
    bare.database.write_bytes(content)
    for line in ("status", "init", "audit verify"):
        one_sentence(bare(line), 2, str(bare.database))
    assert bare.database.read_bytes() == content


def test_another_programs_database_is_left_alone(bare: Any) -> None:
    """A sound SQLite file of some other program is not taken for ours."""
    bare.home.mkdir()
    with sqlite3.connect(bare.database) as other:
        other.execute("CREATE TABLE letters (text)")
    other.close()
    before = bare.database.read_bytes()
    one_sentence(bare("init"), 2, str(bare.database))
    assert bare.database.read_bytes() == before


def test_without_a_database_the_remedy_is_named(bare: Any) -> None:
    """Before anything was set up, the command that sets it up is named, and nothing is created."""
    one_sentence(bare("status"), 2, "mlw init")
    assert not bare.database.exists()


def test_a_broken_record_ends_with_three(tluszcz: Any) -> None:
    """An entry changed behind the program's back is found by verification, which names it."""
    with sqlite3.connect(tluszcz.database) as raw:
        triggers = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in triggers:
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute("UPDATE ledger_entry SET body = CAST(replace(body, '2014', '2013') AS BLOB) WHERE seq = 5")
    raw.close()
    answer = tluszcz("audit verify Tłuszcz")
    assert answer.code == 3
    assert "Entry 5" in answer.out
    told = tluszcz("audit verify Tłuszcz --json")
    assert told.code == 3
    assert not told.json["holds"]
    assert told.json["first_failure"]["seq"] == 5


def test_a_clock_set_back_is_noticed(tluszcz: Any) -> None:
    """Recording before the last record is refused with both times."""
    tluszcz.on("2014-05-01")
    one_sentence(tluszcz("advance Tłuszcz w07 appoint --as mayor -e order_number=1"), 2, "2014-05-31")


def test_an_error_is_told_to_programs_as_json(tluszcz: Any) -> None:
    """With ``--json`` an error is one object on standard output, with its code and facts."""
    answer = tluszcz("advance Tłuszcz w66 code --as coordinator --json")
    assert answer.code == 2
    assert answer.err == ""
    assert answer.json["error"]["code"] == "unknown_machine"
    assert answer.json["error"]["machine"] == "w66"
    assert "w06" in answer.json["error"]["message"]
    assert tluszcz("status --bar --json").json["error"]["code"] == "usage"


def test_our_own_mistake_is_told_without_a_traceback(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception ends with 70, one sentence, and a log entry that holds no message of the exception."""
    from mlw_workflow.interfaces.cli import session

    def fails() -> None:
        raise RuntimeError("Jan Kowalski")

    monkeypatch.setattr(session, "pilots", fails)
    answer = office("pilot list")
    log = office.home / "log" / "mlw.jsonl"
    one_sentence(answer, 70, str(log))
    assert "RuntimeError" in log.read_text("utf-8")
    assert "Kowalski" not in log.read_text("utf-8") + answer.err


def test_a_full_disk_is_told_and_nothing_is_recorded(tluszcz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the database cannot grow, the step is not recorded and the disk is named."""
    from mlw_workflow.storage.sqlite import SqliteDriver

    before = len(tluszcz.done("history Tłuszcz --json").json["entries"])
    connect = SqliteDriver.connect

    def cramped(driver: SqliteDriver) -> Any:
        connection = connect(driver)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    monkeypatch.setattr(SqliteDriver, "connect", cramped)
    text = "x" * 9_000
    line = ["advance", "Tłuszcz", "w01", "hold_meeting", "--as", "animator"]
    answer = tluszcz.run(*line, "-e", "audience=residents", "-e", "place=OPS", "-e", f"note={text}")
    one_sentence(answer, 2, str(tluszcz.database), "full")
    monkeypatch.undo()
    assert len(tluszcz.done("history Tłuszcz --json").json["entries"]) == before
    assert tluszcz.done("audit verify Tłuszcz --json").json["holds"]


def test_an_interrupted_import_leaves_nothing(office: Any, cases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle of an import ends quietly, and no pilot was opened."""
    from mlw_workflow.services import import_history

    decide, calls = import_history.decide, iter(range(10))

    def interrupted(*arguments: Any) -> Any:
        if next(calls) == 7:
            raise KeyboardInterrupt
        return decide(*arguments)

    monkeypatch.setattr(import_history, "decide", interrupted)
    answer = office(f"import {cases / 'tluszcz.yaml'}")
    assert (answer.code, answer.out, answer.err) == (130, "", "")
    monkeypatch.undo()
    assert office.done("pilot list --json").json == {"pilots": []}


def test_a_board_that_differs_is_found_and_mended(tluszcz: Any) -> None:
    """A board changed behind the program's back is found by the replay, and ``--repair`` writes it anew."""
    raw = sqlite3.connect(tluszcz.database)
    with raw:
        raw.execute("DELETE FROM position WHERE machine = 'w07'")
    raw.close()
    found = tluszcz("audit replay Tłuszcz --json")
    assert found.code == 3
    assert found.json["first_failure"]["check"] == "projection_position"
    assert "--repair" in found.json["first_failure"]["message"]
    assert tluszcz("audit verify Tłuszcz").code == 0
    tluszcz.done("audit replay Tłuszcz --repair")
    assert tluszcz.states("Tłuszcz")["w07"] == "proposed"
    tluszcz.done("audit replay Tłuszcz")


@pytest.mark.parametrize("table", ["evidence", "ledger_entry"])
def test_a_missing_table_is_a_damaged_database(tluszcz: Any, table: str) -> None:
    """A table that somebody dropped is told as a damaged database, not as a mistake of the program."""
    with sqlite3.connect(tluszcz.database) as connection:
        connection.execute(f"DROP TABLE {table}")
    connection.close()
    for line in ("audit verify Tłuszcz", "advance Tłuszcz w06 code --as coordinator --dry-run", "history Tłuszcz"):
        answer = tluszcz(line)
        assert answer.code != 70, (line, answer)
        assert "Traceback" not in answer.out + answer.err
    assert any("damaged" in tluszcz(line).err for line in ("audit verify Tłuszcz", "history Tłuszcz"))


def test_whoever_comes_second_is_told_that_the_step_is_recorded(tluszcz: Any) -> None:
    """A step that somebody else has just recorded is told as recorded, with its entry, and not as out of reach."""
    line = "advance Tłuszcz w07 appoint --as coordinator -e order_number=1"
    tluszcz.done(line)
    answer = tluszcz(line)
    assert answer.code == 1
    assert "recorded already" in answer.out
    assert "no way to this step" not in answer.out


def test_a_history_may_be_longer_than_a_definition(office: Any, tmp_path: Path) -> None:
    """A history of a megabyte is read; one beyond the limit is to be split."""
    file = tmp_path / "history.yaml"
    file.write_text(GOOD.replace("events:", "remarks: " + "x" * 1_000_000 + "\nevents: []"), "utf-8")
    office.done(f"import {file} --dry-run")
    file.write_text(GOOD + "#" * (17 << 20), "utf-8")
    one_sentence(office(f"import {file}"), 2, "history.yaml", "16 MiB", "Split the file")


def test_a_piped_history_is_not_padded_to_its_longest_refusal(tluszcz: Any) -> None:
    """A long refusal makes its own line long, not every other one."""
    assert tluszcz("advance Tłuszcz w13 finish --as coordinator").code in (1, 2)
    tluszcz("advance Tłuszcz w06 approve --as coordinator")
    lines = tluszcz.done("history Tłuszcz").out.splitlines()
    assert max(map(len, lines)) > 250
    assert "   " not in lines[2].rpartition("→")[2]
