"""Auditors, readings, erasure and a person's own data, as they are typed."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

EWA = "Ewa Rewident"
ANNA = "Anna Niezapomniana"


@pytest.fixture
def agency(tluszcz: Any) -> Any:
    """Tłuszcz, with a coordinator and an auditor, and a file among the evidence."""
    tluszcz.done(f'person add "{EWA}" --email ewa@nik.example')
    tluszcz.done(f'auditor add "{EWA}" --until 2014-12-31')
    tluszcz.done(f'person add "{ANNA}" --email anna@ops.example')
    tluszcz.done(f'member add "{ANNA}" coordinator Tłuszcz')
    return tluszcz


def lines(office: Any) -> list[tuple[str, str | None, int | None]]:
    """What the access log says beside who was added."""
    told = office.done("audit access --json").json["access"]
    return [(line["kind"], line["what"], line["entry"]) for line in told if line["what"] != "added"]


def test_an_auditor_reads_and_is_written_down(agency: Any) -> None:
    """Board, history, evidence and checks; each leaves a line, in the order of reading."""
    for command in ("status Tłuszcz", "history", "evidence Tłuszcz 2 order_number", "audit verify", "audit replay"):
        agency.done(f'{command} --as "{EWA}"')
    assert lines(agency) == [
        ("grant", None, None), ("read", "status", None), ("read", "history", None), ("read", "evidence", 2),
        ("read", "verify", None), ("read", "replay", None),
    ]  # fmt: skip
    assert "0050.127.2013" in agency.done(f'evidence Tłuszcz 2 --as "{EWA}"').out
    assert len(agency.done(f'audit access --person "{EWA}" --json').json["access"]) == 8
    assert agency.done("audit access --from 2014-06-01 --json").json["access"] == []


def test_an_auditor_writes_nothing_and_sees_nothing_after_the_last_day(agency: Any) -> None:
    """Both refusals say why, in both languages, and end with 1."""
    step = "advance Tłuszcz w07 appoint -e order_number=1 --as"
    for language, word in (("en", "auditors only read"), ("pl", "audytor tylko czyta")):
        answer = agency(f'{step} "{EWA}" --lang {language}')
        assert answer.code == 1
        assert word in answer.err
    answer = agency(f'audit replay --repair --as "{EWA}"')
    assert answer.code == 2
    agency.done(f'auditor end "{EWA}" --until 2014-05-31')
    agency.on("2014-06-01")
    for command in ("history", "status Tłuszcz", "evidence Tłuszcz 2", "audit verify", "audit pack --all --out x.zip"):
        answer = agency(f'{command} --as "{EWA}" --json')
        assert (answer.code, answer.json["error"]["code"]) == (1, "auditor_expired"), command
    assert ("read", "pack", None) not in lines(agency)


def test_a_pilot_out_of_reach(agency: Any) -> None:
    """An auditor of one programme does not see the pilots of another."""
    agency.done("pilot open Bielsko --programme model-kooperacji --start 2014-01-01 --end 2014-12-31")
    answer = agency(f'history Bielsko --as "{EWA}" --json')
    assert (answer.code, answer.json["error"]["code"]) == (1, "auditor_out_of_scope")
    assert agency.done(f'history --as "{EWA}"').out
    assert "mlw-pilot" in agency(f'status Bielsko --as "{EWA}"').err


READERS = (
    "deadlines Tłuszcz", "forecast Tłuszcz", "audit reminders Tłuszcz", "notices Tłuszcz", "next Tłuszcz",
    "calendar Tłuszcz", "member list Tłuszcz",
)  # fmt: skip


def test_every_reader_takes_an_auditor(agency: Any) -> None:
    """Within their reach auditors see what there is, and each look is written down; outside it they see nothing."""
    agency.done("pilot open Bielsko --programme model-kooperacji --start 2014-01-01 --end 2014-12-31")
    agency.done('person add "Obca Osoba"')
    agency.done('member add "Obca Osoba" leader Bielsko')
    agency.on("2014-06-01")
    agency("remind")
    for command in READERS:
        answer = agency(f'{command} --as "{EWA}"')
        if command != "audit reminders Tłuszcz":  # what a worker missed before is told with 3
            assert answer.code == 0, (command, answer)
            assert answer.out == agency(command).out, command
        other = agency(f'{command.replace("Tłuszcz", "Bielsko")} --as "{EWA}"')
        assert other.code == 1, command
        assert "mlw-pilot" in other.err, command
    listed = agency.done(f'pilot list --as "{EWA}" --json').json["pilots"]
    assert [pilot["municipality"] for pilot in listed] == ["Tłuszcz"]
    people = agency.done(f'person list --as "{EWA}" --json').json["people"]
    assert [person["name"] for person in people] == [ANNA]
    seen = agency.done(f'audit access --as "{EWA}" --json').json["access"]
    whats = {command.rpartition(" ")[0] for command in READERS} | {"pilot list", "person list", "audit access"}
    assert {line["what"] for line in seen if line["kind"] == "read"} == whats
    agency.on("2015-01-01")
    for command in (*READERS, "pilot list", "person list", "audit access"):
        assert agency(f'{command} --as "{EWA}"').code == 1, command


def test_the_access_log_of_other_programmes_stays_closed(agency: Any) -> None:
    """An auditor of one programme is not told who looked at the pilots of another."""
    agency.done("pilot open Bielsko --programme model-kooperacji --start 2014-01-01 --end 2014-12-31")
    agency.done('person add "Jan Drugi"')
    agency.done('auditor add "Jan Drugi" --programme model-kooperacji --until 2014-12-31')
    agency.done('status Bielsko --as "Jan Drugi"')
    seen = agency.done(f'audit access --as "{EWA}" --json').json["access"]
    assert {line["programme"] for line in seen if line["what"] != "added"} == {"mlw-pilot"}
    assert len(agency.done("audit access --json").json["access"]) > len(seen)


FORMATS = ("xes", "ocel-json", "ocel-sqlite", "csv", "jsonl", "oscal", "prov")


def test_packs_and_exports_hold_what_the_auditor_may_see(agency: Any, tmp_path: Path) -> None:
    """Of two programmes an auditor of one gets that one's pilots, and nothing that names the other or who looked."""
    agency.done("pilot open Bielsko --programme model-kooperacji --start 2014-01-01 --end 2014-12-31")
    agency.done('person add "Obca Osoba"')
    agency.done('member add "Obca Osoba" leader Bielsko')
    agency.done("audit checkpoint")
    ids = [p["id"] for p in agency.done("person list --json").json["people"] if p["name"] == "Obca Osoba"]
    with closing(sqlite3.connect(agency.database)) as database:
        ids += database.execute("SELECT id FROM pilot WHERE code = 'bielsko'").fetchone()
    foreign = [word.encode() for word in ("Bielsko", "bielsko", "model-kooperacji", "Obca Osoba", *ids)]
    pack = tmp_path / "pack.zip"
    agency.done(f'audit pack --all --out {pack} --as "{EWA}"')
    with zipfile.ZipFile(pack) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members["manifest.json"])
    assert ([p["code"] for p in manifest["pilots"]], manifest["scope"], manifest["access"]) == (
        ["tluszcz"], "pilots", None,
    )  # fmt: skip
    assert [name for name, content in members.items() if any(word in content for word in foreign)] == []
    assert agency(f"audit verify {pack}").code == 0
    for form in FORMATS:
        out, names = tmp_path / form, "" if form == "jsonl" else " --with-names"
        agency.done(f'audit export all --format {form}{names} --out {out} --as "{EWA}"')
        content = out.read_bytes()
        assert len(content) > 1_000, form
        assert [word for word in foreign if word in content] == [], form
    for command in ("audit pack Bielsko", "audit export Bielsko --format csv", "audit proof Bielsko 1"):
        where = "" if "proof" in command else f"--out {tmp_path / 'none'}"
        answer = agency(f'{command} {where} --as "{EWA}" --json')
        assert (answer.code, answer.json["error"]["code"]) == (1, "auditor_out_of_scope"), command
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["why", "advance"])
def test_asking_for_a_step_is_no_way_to_look_into_a_pilot(agency: Any, command: str) -> None:
    """Outside their programmes, before and after their time auditors are told nothing, and nothing is recorded."""
    agency.done("pilot open Bielsko --programme model-kooperacji --start 2014-01-01 --end 2014-12-31")
    asked, step = (
        f'{command} Bielsko film begin --as "{EWA}" --json',
        f'{command} Tłuszcz w07 appoint --as "{EWA}" --json',
    )
    before = [len(agency.done(f"history {name} --json").json["entries"]) for name in ("Bielsko", "Tłuszcz")]
    told = [agency(asked)]
    agency.done(f'auditor end "{EWA}" --until 2014-05-01')
    told.append(agency(step))
    agency.done('person add "Jan Przyszły"')
    agency.done('auditor add "Jan Przyszły" --since 2014-09-01 --until 2014-12-31')
    told.append(agency(f'{command} Tłuszcz w07 appoint --as "Jan Przyszły" --json'))
    assert [(answer.code, answer.json["error"]["code"]) for answer in told] == [
        (1, "auditor_out_of_scope"), (1, "auditor_expired"), (1, "auditor_not_yet"),
    ]  # fmt: skip
    assert all("reasons" not in answer.out for answer in told)
    after = [len(agency.done(f"history {name} --json").json["entries"]) for name in ("Bielsko", "Tłuszcz")]
    assert after == before
    agency.done(f'member add "{EWA}" mayor Tłuszcz --since 2014-05-02')
    assert agency(step).code in (0, 1)
    assert "error" not in agency(step).json or agency(step).json["error"]["code"] != "auditor_expired"


def test_a_file_among_the_evidence_can_be_copied(agency: Any, tmp_path: Path) -> None:
    """Under a name, into a folder, never over something; and it goes when it is erased."""
    file = tmp_path / "report.pdf"
    file.write_bytes(b"the list")
    agency.done("advance Tłuszcz monthly/2013-12 draft --as coordinator")
    step = "advance Tłuszcz monthly/2013-12 submit --as coordinator -e summary=Spotkania"
    seq = agency.done(f"{step} -e file=@{file} --json").json["entry"]["seq"]
    told = agency.done(f"evidence Tłuszcz {seq} --out {tmp_path / 'copy.pdf'} --json").json
    (file,) = [file for value in told["evidence"] for file in value["files"]]
    assert (tmp_path / "copy.pdf").read_bytes() == b"the list"
    assert Path(file["path"]).read_bytes() == b"the list"
    assert agency(f"evidence Tłuszcz {seq} --out {tmp_path / 'copy.pdf'}").code == 2
    assert agency(f"evidence Tłuszcz 2 --out {tmp_path / 'other'}").code == 2
    for name, members in (("before.zip", [f"files/{file['sha256']}"]), ("after.zip", [])):
        agency.done(f"audit pack Tłuszcz --with-files --out {tmp_path / name}")
        with zipfile.ZipFile(tmp_path / name) as pack:
            assert [member for member in pack.namelist() if member.startswith("files/")] == members
        agency.done(f"audit verify {tmp_path / name}")
        if members:
            assert agency.done(f"erase --evidence Tłuszcz:{seq} --reason RODO --json").json["files"] == 1
    assert not Path(file["path"]).exists()
    told = agency.done(f"evidence Tłuszcz {seq} --json").json
    assert all(value["value"] is None and value["erased_at"] for value in told["evidence"])
    agency.done("audit verify")
    agency.done("audit replay")


def test_a_person_gets_their_data_and_goes(agency: Any, tmp_path: Path) -> None:
    """First the export, then the erasure; afterwards the name is in no file of the office, and all holds."""
    agency.done("remind")
    agency.done(f'advance Tłuszcz w10 suspend --as "{ANNA}" -e "reason=Urlop: {ANNA}"')
    agency.done(f'person export "{ANNA}" --out {tmp_path / "anna.zip"}')
    with zipfile.ZipFile(tmp_path / "anna.zip") as pack:
        held = json.loads(pack.read("person.json"))
        text = pack.read("person.txt" if "person.txt" in pack.namelist() else "osoba.txt").decode()
    assert held["person"]["email"] == "anna@ops.example"
    assert held["mails"]
    assert "anna@ops.example" in text
    assert "role: MLW coordinator" in text
    assert "as: who recorded it" in text
    assert "(w10); step: " in text
    assert "role: coordinator" not in text
    assert "state: is in a mail" in text
    assert "working days after" in text
    assert "kind: urgent reminders; state: sent" in text
    assert "T10:00" not in text, "days and hours are told as people tell them"
    assert "somebody_else" not in text
    assert (tmp_path / "anna.zip").stat().st_mode & 0o077 == 0
    assert agency(f'person export "{ANNA}" --out {tmp_path / "anna.zip"}').code == 2
    assert agency(f'person export "{ANNA}" --out {tmp_path / "anna.txt"}').code == 2
    told = agency(f'erase --person "{ANNA}" --reason RODO')
    assert told.code == 1
    assert "Tłuszcz: MLW coordinator" in told.err
    told = agency.done(f'erase --person "{ANNA}" --reason RODO --end-roles --json').json
    (mention,) = told["mentions"]
    assert mention["certain"] is True
    place = f"{mention['pilot']}:{mention['seq']}:{mention['field']}"
    agency.done(f"erase --evidence {place} --reason RODO")
    assert not [file for file in agency.home.rglob("*") if file.is_file() and b"Niezapomnian" in file.read_bytes()]
    assert not [file for file in agency.home.rglob("*") if file.is_file() and b"anna@ops" in file.read_bytes()]
    for command in ("audit verify", "audit replay", "history Tłuszcz", "outbox list --all", "notices", "doctor"):
        agency.done(command)
    assert agency("audit reminders").code in (0, 3)


@pytest.mark.parametrize("given", ["Tłuszcz", "Tłuszcz:x", ":2", "Tłuszcz:2:nothing", "Tłuszcz:99", "Nowhere:2"])
def test_places_that_are_none(agency: Any, given: str) -> None:
    """Each is told precisely, and nothing happens."""
    answer = agency(f"erase --evidence {given} --reason x --json")
    assert answer.code == 2
    assert answer.json["error"]["message"]
    assert not [line for line in lines(agency) if line[0] == "erasure"]


def test_a_legal_hold_stands_in_the_settings(agency: Any) -> None:
    """Its reason is told; a line that is none is refused as a setting."""
    config = agency.home / "config.toml"
    config.write_text('[erasure]\nlegal_hold = ["tluszcz: II SA/Wa 12/14"]\n', "utf-8")
    answer = agency("erase --evidence Tłuszcz:2 --reason x")
    assert answer.code == 1
    assert "II SA/Wa 12/14" in answer.err
    config.write_text('[erasure]\nlegal_hold = ["tluszcz"]\n', "utf-8")
    assert agency("erase --evidence Tłuszcz:2 --reason x --json").json["error"]["code"] == "setting_invalid"


@pytest.mark.slow
def test_a_killed_erasure_is_all_or_nothing(agency: Any) -> None:
    """Killed again and again at random moments, then run to its end: person, entry and mails go together."""
    agency.done("remind")
    chance = random.Random(1914)
    command = ["erase", "--person", ANNA, "--reason", "RODO", "--end-roles", "--json"]
    environment = {**agency.environment, "PATH": "/usr/bin:/bin"}
    program = "import sys; from mlw_workflow.interfaces.cli import main; sys.exit(main())"
    for _ in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", program, *command],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            time.sleep(chance.uniform(0.15, 1.2))
            process.send_signal(signal.SIGKILL)
            process.wait()
        known = any(person["name"] == ANNA for person in agency.done("person list --json").json["people"])
        kinds = [entry["kind"] for entry in agency.done("history Tłuszcz --json").json["entries"]]
        assert kinds.count("erasure") == (0 if known else 1)
        agency.done("audit verify")
        if not known:
            break
    else:
        agency.run(*command)
    agency.done("erase --evidence Tłuszcz:2 --reason RODO")
    assert not [file for file in agency.home.rglob("*") if file.is_file() and b"Niezapomnian" in file.read_bytes()]
    agency.done("audit replay")


def test_the_database_is_its_owners_alone(bare: Any) -> None:
    """Whoever else has an account on the machine reads the database."""
    bare.done("init")
    assert bare.database.stat().st_mode & 0o077 == 0


def test_the_programs_own_log_is_its_owners_alone(bare: Any) -> None:
    """The folder and the file, whatever others may read by default."""
    before = os.umask(0o022)
    try:
        bare.done("init")
        bare.done("worker --once")
    finally:
        os.umask(before)
    folder = bare.home / "log"
    assert [place.stat().st_mode & 0o777 for place in (folder, *folder.iterdir())] == [0o700, 0o600]


def test_an_auditors_own_role_is_told_by_its_title(agency: Any) -> None:
    """Not by the id that definitions use."""
    told = agency(f'member add "{EWA}" coordinator Tłuszcz --lang pl').err
    assert "Koordynator" in told
    told = agency(f'auditor add "{ANNA}" --until 2014-12-31 --lang pl').err
    assert "Koordynator" in told


def test_a_persons_address_is_corrected(agency: Any) -> None:
    """What is named changes; the access log says in words what it was that changed, and not the values."""
    assert agency('person change "Anna" --language pl').code == 2
    assert "--name, --email or --language" in agency(f'person change "{ANNA}"').err
    told = agency.done(f'person change "{ANNA}" --email nowa@gmina.example --language pl --json').json
    assert (told["email"], told["language"], told["changed"]) == ("nowa@gmina.example", "pl", ["address", "language"])
    assert "nic się nie zmienia" in agency.done("--lang pl person change nowa@gmina.example --language pl").out
    assert "usunięty adres e-mail" in agency.done("--lang pl person change nowa@gmina.example --no-email").out
    shown = agency.done("audit access --lang pl").out
    assert "dane osoby zmienione: adres e-mail" in shown
    assert "gmina.example" not in shown
    changes = [line for line in agency.done("audit access --json").json["access"] if line["kind"] == "change"]
    assert [line["what"] for line in changes] == ["added", "added", "address", "language", "address_taken"]
    assert "dane osoby zmienione: dodanie osoby" in shown
