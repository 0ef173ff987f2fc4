"""The real municipalities: what their sources state goes in, and the board says what they said of themselves."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from mlw_workflow.interfaces.cli import main  # noqa: F401 (imported before any clock is simulated)

ROOT = Path(__file__).resolve().parents[2]
CASE = yaml.safe_load((ROOT / "workflows/_cases/tluszcz.yaml").read_text("utf-8"))
REFUSED = CASE["refused_at_2014_05_31"]


def test_the_board_of_tluszcz_is_what_tluszcz_reported(tluszcz: Any) -> None:
    """After the import every guideline stands where the partial report of May 2014 puts it."""
    states = tluszcz.states("Tłuszcz")
    assert {name: states[name] for name in CASE["expected_at_2014_05_31"]} == CASE["expected_at_2014_05_31"]


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: f"{row['guideline']}.{row['trigger']}")
def test_what_was_out_of_reach_is_refused_with_what_it_waited_for(tluszcz: Any, row: dict[str, Any]) -> None:
    """Each step that was out of reach is refused, names exactly what was missing, and leaves the board as it was."""
    before = tluszcz.states("Tłuszcz")
    answer = tluszcz(f"advance Tłuszcz {row['guideline']} {row['trigger']} --as coordinator --on 2014-05-31 --json")
    assert answer.code == 1
    needs = [reason["needs"] for reason in answer.json["reasons"] if "needs" in reason]
    assert needs == row["missing"]
    assert answer.json["outcome"] == "refused"
    assert answer.json["way_out"]
    assert tluszcz.states("Tłuszcz") == before
    last = tluszcz.done("history Tłuszcz --json").json["entries"][-1]
    assert (last["kind"], last["outcome"], last["machine"]) == ("refusal", "refused", row["guideline"])
    assert last["hash"] == answer.json["entry"]["hash"]


def test_the_way_out_of_the_coding_is_the_appointment(tluszcz: Any) -> None:
    """The coding waits for one step, the ZSL's appointment, and the command to copy records it."""
    asked = tluszcz("why Tłuszcz w06 code --json")
    assert asked.code == 1
    assert [(step["machine"], step["trigger"]) for step in asked.json["way_out"]] == [("w07", "appoint")]
    assert asked.json["entry"] is None
    told = tluszcz("why Tłuszcz w06 code").out
    line = next(line.strip() for line in told.splitlines() if "advance Tłuszcz w07 appoint" in line)
    command = line.replace("…", "0050.60.2014").partition(" ")[2]
    assert tluszcz(command).code == 0
    assert tluszcz("why Tłuszcz w06 code").code == 0


def test_an_import_twice_records_nothing_new(tluszcz: Any, cases: Path) -> None:
    """Running the same file again finds every event on record."""
    before = len(tluszcz.done("history Tłuszcz --json").json["entries"])
    again = tluszcz.done(f"import {cases / 'tluszcz.yaml'} --json").json["pilots"][0]
    assert (again["recorded"], again["opened"]) == (0, False)
    assert again["already"] == before - 1
    assert len(tluszcz.done("history Tłuszcz --json").json["entries"]) == before


def test_a_dry_run_of_an_import_leaves_nothing(office: Any, cases: Path) -> None:
    """A dry run tells what it would record and opens no pilot."""
    told = office.done(f"import {cases / 'tluszcz.yaml'} --dry-run --json").json
    assert told["dry_run"]
    assert told["pilots"][0]["recorded"] == 21
    assert office.done("pilot list --json").json == {"pilots": []}


def test_goscieradow_held_its_conference_in_time_with_sixteen_parties(office: Any, cases: Path) -> None:
    """Gościeradów's source gives the conference of 23 August 2014, within the span, and 16 parties to the Pact."""
    case = yaml.safe_load((cases / "goscieradow.yaml").read_text("utf-8"))
    office.on("2014-09-15").done(f"import {cases / 'goscieradow.yaml'}")
    board = {machine["id"]: machine for machine in office.done("status Gościeradów --json").json["machines"]}
    assert board["conference"]["state"] == case["expected"]["conference"]
    assert (board["conference"]["since"] <= "2014-08-31") is case["expected"]["within_deadline"]
    assert len(parties(office)) == case["expected"]["pact_parties"]


def parties(office: Any) -> list[dict[str, str]]:
    """The Pact's parties as they were recorded."""
    import json

    from mlw_workflow.storage import repositories
    from mlw_workflow.storage.database import Database

    database = Database.open(f"sqlite:///{office.database}")
    try:
        with database.read() as connection:
            pilot = repositories.find_pilot(connection, "Gościeradów")
            stored = [item for item in repositories.evidence_of(connection, pilot.id) if item.field == "parties"]
            assert stored[0].value is not None
            found: list[dict[str, str]] = json.loads(stored[0].value)
            return found
    finally:
        database.close()


def test_a_later_event_is_left_for_later_on_request(office: Any, cases: Path) -> None:
    """With ``--until`` an event after that day is listed and not recorded; without it the import is refused."""
    refused = office(f"import {cases / 'goscieradow.yaml'}")
    assert refused.code == 2
    assert "23 August 2014" in refused.err
    told = office.done(f"import {cases / 'goscieradow.yaml'} --until 2014-05-31 --json").json["pilots"][0]
    assert told["later"] == [{"machine": "conference", "trigger": "record_held", "on": "2014-08-23"}]


def test_status_looks_back_on_both_times(tluszcz: Any) -> None:
    """``--as-of`` asks what had happened, ``--known-at`` what had been recorded."""
    past = tluszcz.done("status Tłuszcz --as-of 2014-01-15 --json").json
    states = {machine["id"]: machine["state"] for machine in past["machines"]}
    assert (states["w03"], states["w01"], states["w07"]) == ("appointed", "not_started", "not_started")
    assert past["as_of"] == "2014-01-15"
    unknown = tluszcz.done("status Tłuszcz --known-at 2014-05-31T11:59 --json").json
    assert {m["since"] for m in unknown["machines"]} == {None}
    known = tluszcz.done("status Tłuszcz --known-at 2014-05-31T12:00 --json").json
    assert any(machine["state"] == "proposed" for machine in known["machines"])


def test_the_demo_shows_four_boards_and_touches_nothing_else(office: Any) -> None:
    """``mlw demo`` prints four boards, what stands still in Tłuszcz and four commands that work; own data stays."""
    before = office.database.read_bytes()
    told = office.done("demo --no-serve").out
    for town in ("Tłuszcz", "Gościeradów", "Janów Lubelski", "Działdowo (miasto)"):
        assert f"{town} – " in told
    assert told.count("w13  ") == 4
    assert "what waits, for what, since when, and the way out" in told.lower()
    assert "since 30 April 2014" in told
    assert office.database.read_bytes() == before
    assert office.done("pilot list --json").json == {"pilots": []}
    commands = told.partition("Try these:")[2].strip().splitlines()
    codes = [office(command.strip().partition(" ")[2], MLW_TODAY="").code for command in commands]
    assert codes == [0, 1, 1, 0]
    assert office.done("demo --no-serve").out == told


def test_the_demo_never_replaces_a_folder_that_is_not_its_own(office: Any) -> None:
    """A folder called demo that holds something else is left alone."""
    (office.home / "demo").mkdir()
    (office.home / "demo" / "letters.txt").write_text("keep me")
    answer = office("demo --no-serve")
    assert answer.code == 2
    assert str(office.home / "demo") in answer.err
    assert (office.home / "demo" / "letters.txt").read_text() == "keep me"
