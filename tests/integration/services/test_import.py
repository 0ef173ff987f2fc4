"""Importing a history: every event is decided like a live one, all of the file is recorded or nothing is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.integration.services.conftest import CASES

from mlw_workflow.domain.errors import HistoryInvalid
from mlw_workflow.services.standing import AsOf, standing_of

MAY = date(2014, 5, 31)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "history.yaml"


HEAD = "municipality: {name}\nprogramme: mlw-pilot\n"
APPOINT = "  - {machine: w03, trigger: appoint, on: 2014-01-07, evidence: {order_number: '1', institution: OPS}}\n"
DESIGNATE = "  - {machine: w04, trigger: designate, on: 2014-02-03, evidence: {maker: OPS}}\n"
BEGIN = "  - {machine: w05, trigger: begin, on: 2014-02-04, source: assumed, precision: month}\n"


def written(file: Path, *events: str, name: str = "Klembów", more: str = "") -> Path:
    file.write_text(HEAD.format(name=name) + more + "events:\n" + "".join(events), "utf-8")
    return file


def test_history_is_recorded_in_the_order_of_its_days(empty_office: Any, file: Path) -> None:
    """Events are taken by day, wherever they stand in the file; source and precision are kept."""
    (done,) = empty_office.bring_in(written(file, BEGIN, DESIGNATE, APPOINT))
    assert (done.opened, done.recorded, done.already, done.later) == (True, 3, 0, [])
    entries = empty_office.entries(done.pilot)
    assert [(e.machine, e.actor, e.source, e.precision) for e in entries[1:]] == [
        ("w03", "import", "stated", ""),
        ("w04", "import", "stated", ""),
        ("w05", "import", "assumed", "month"),
    ]
    assert empty_office.holds(done.pilot)


def test_same_file_again_records_nothing(empty_office: Any) -> None:
    """What is on record is known by machine, trigger and day; importing a whole case again leaves the log as it is."""
    empty_office.clock.set(MAY)
    (first,) = empty_office.bring_in(CASES / "tluszcz.yaml")
    empty_office.later(days=1)
    (again,) = empty_office.bring_in(CASES / "tluszcz.yaml")
    assert (again.opened, again.recorded, again.already) == (False, 0, first.recorded)
    assert len(empty_office.entries(first.pilot)) == 1 + first.recorded
    assert empty_office.holds(first.pilot)


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "2101-01-01", "9999-12-31"])
def test_far_days_are_named_with_their_line(empty_office: Any, file: Path, day: str) -> None:
    """A day of the pilot, of an event or in evidence; nothing is recorded."""
    announce = (
        f"  - {{machine: conference, trigger: announce, on: 2014-05-30, evidence: {{date: '{day}', place: A}}}}\n"
    )
    event = f"  - {{machine: w01, trigger: begin, on: {day}}}\n"
    for lines, more, line, code in (
        ((APPOINT, event), "", 5, "history_day_far"),
        ((APPOINT,), f"pilot_start: {day}\n", 3, "history_day_far"),
        ((APPOINT, announce), "", 5, "history_refused"),
    ):
        empty_office.clock.set(MAY)
        with pytest.raises(HistoryInvalid) as caught:
            empty_office.bring_in(written(file, *lines, more=more))
        assert (caught.value.code, caught.value.facts["file"], caught.value.facts["line"]) == (code, file.name, line)
        if code == "history_refused":
            assert [reason.code for reason in caught.value.facts["reasons"]] == ["evidence_day_far"]
        else:
            assert caught.value.facts["value"] == day


def test_two_equal_events_are_two(empty_office: Any, file: Path) -> None:
    """A file that states two accessions on one day has both recorded, once."""
    begin = "  - {machine: w01, trigger: begin, on: 2014-01-07}\n"
    meeting = "  - {machine: w01, trigger: hold_meeting, on: 2014-01-08, evidence: {place: A, audience: residents}}\n"
    (first,) = empty_office.bring_in(written(file, begin, meeting, meeting))
    (again,) = empty_office.bring_in(file)
    assert (first.recorded, again.recorded, again.already) == (3, 0, 3)


def test_second_of_two_equal_events_is_new(empty_office: Any, file: Path) -> None:
    """A meeting that the file now tells twice, once more than is on record, is recorded once more."""
    begin = "  - {machine: w01, trigger: begin, on: 2014-01-07}\n"
    meeting = "  - {machine: w01, trigger: hold_meeting, on: 2014-01-08, evidence: {place: A, audience: residents}}\n"
    empty_office.bring_in(written(file, begin, meeting))
    (done,) = empty_office.bring_in(written(file, begin, meeting, meeting))
    assert (done.recorded, done.already) == (1, 2)


def test_only_what_is_new_is_recorded(empty_office: Any, file: Path) -> None:
    """A file that has grown since adds its new events to the pilot that is open."""
    empty_office.bring_in(written(file, APPOINT))
    empty_office.later(days=1)
    (done,) = empty_office.bring_in(written(file, APPOINT, DESIGNATE, BEGIN))
    assert (done.opened, done.recorded, done.already) == (False, 2, 1)
    assert empty_office.holds(done.pilot)


@pytest.mark.parametrize("known", [False, True], ids=["new pilot", "open pilot"])
def test_refused_event_rolls_everything_back(empty_office: Any, file: Path, known: bool) -> None:
    """An event that breaks a rule in the middle of a file is named with its line and its way out; nothing is kept."""
    if known:
        empty_office.bring_in(written(file, APPOINT))
    before = {code: len(empty_office.entries(pilot)) for code, pilot in empty_office.pilots().items()}
    with pytest.raises(HistoryInvalid) as caught:
        empty_office.bring_in(written(file, APPOINT, BEGIN, BEGIN.replace("w05", "w10").replace("begin", "prepare")))
    facts = caught.value.facts
    assert (caught.value.code, facts["line"], facts["machine"], facts["trigger"]) == (
        "history_refused",
        5,
        "w05",
        "begin",
    )
    assert [(r.code, r.needs) for r in facts["reasons"]] == [("prerequisite_unmet", "w04.designated")]  # type: ignore[attr-defined]
    assert [step.machine for step in facts["way_out"].steps] == ["w04"]  # type: ignore[attr-defined]
    assert {code: len(empty_office.entries(pilot)) for code, pilot in empty_office.pilots().items()} == before


def test_second_pilot_of_a_file_breaks_a_rule(empty_office: Any, file: Path) -> None:
    """All pilots of a file are recorded or none is."""
    good = HEAD.format(name="Klembów") + "events:\n" + APPOINT
    bad = HEAD.format(name="Radzymin") + "events:\n" + BEGIN
    file.write_text("".join("- " + part.replace("\n", "\n  ").rstrip(" ") for part in (good, bad)), "utf-8")
    with pytest.raises(HistoryInvalid) as caught:
        empty_office.bring_in(file)
    assert caught.value.facts["pilot"] == "Radzymin"
    assert empty_office.pilots() == {}


def test_events_that_have_not_happened_yet(empty_office: Any, file: Path) -> None:
    """Without a limit a future event is refused; with ``only_until`` it is left for later and listed."""
    empty_office.clock.set(date(2014, 2, 1))
    with pytest.raises(HistoryInvalid) as caught:
        empty_office.bring_in(written(file, APPOINT, DESIGNATE))
    assert [reason.code for reason in caught.value.facts["reasons"]] == ["date_in_future"]  # type: ignore[attr-defined]
    (done,) = empty_office.bring_in(file, only_until=date(2014, 2, 1))
    assert done.recorded == 1
    assert done.later == [("w04", "designate", date(2014, 2, 3))]
    empty_office.clock.set(date(2014, 2, 3))
    (again,) = empty_office.bring_in(file)
    assert (again.recorded, again.already, again.later) == (1, 1, [])


def test_what_is_no_dated_event_is_left_aside(empty_office: Any, file: Path) -> None:
    """Keys that are no events, and items of a section that have no day, are told and not recorded."""
    more = "coordinator: OPS\ntrainings:\n  - Wprowadzenie\n  - {place: Słupno}\n"
    (done,) = empty_office.bring_in(written(file, APPOINT, more=more))
    assert done.left_aside == ["coordinator", "trainings[1]", "trainings[2]"]


def test_sections_become_steps(empty_office: Any, file: Path) -> None:
    """Meetings and trainings of a file are steps of the promotion, in the order of their days with the events."""
    more = (
        "meetings:\n  - {on: 2014-01-09, place: A, audience: residents, note: seniors}\n"
        "trainings:\n  - {from: 2014-01-10, to: 2014-01-11, place: B, participants: 30}\n"
    )
    begin = "  - {machine: w01, trigger: begin, on: 2014-01-07}\n"
    (done,) = empty_office.bring_in(written(file, begin, more=more))
    assert [e.trigger for e in empty_office.entries(done.pilot)[1:]] == ["begin", "hold_meeting", "training_trip"]
    assert empty_office.holds(done.pilot)


def test_dry_run_leaves_nothing(empty_office: Any, file: Path) -> None:
    """A dry run tells what would be recorded, and opens no pilot."""
    (done,) = empty_office.bring_in(written(file, APPOINT), dry_run=True)
    assert (done.opened, done.recorded) == (True, 1)
    assert empty_office.pilots() == {}


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ("  - {machine: w99, trigger: begin, on: 2014-01-07}\n", "unknown_machine"),
        ("  - {machine: w01, trigger: fly, on: 2014-01-07}\n", "unknown_trigger"),
        ("  - {machine: w01, trigger: begin, on: 2014-02-30}\n", "history_not_date"),
        ("  - {machine: w01, trigger: begin}\n", "history_key_missing"),
        ("  - {machine: w01, trigger: begin, on: 2014-01-07, when: now}\n", "history_key_unknown"),
        ("  - just text\n", "history_not_mapping"),
    ],
)
def test_event_that_is_not_understood(empty_office: Any, file: Path, event: str, code: str) -> None:
    """The line is named and nothing is recorded."""
    with pytest.raises(HistoryInvalid) as caught:
        empty_office.bring_in(written(file, APPOINT, event))
    assert (caught.value.code, caught.value.facts["line"]) == (code, 5)
    assert empty_office.pilots() == {}


def test_two_municipalities_of_one_name(empty_office: Any, file: Path) -> None:
    """Where two pilots share a municipality's name, the file must say which is meant, and its line is named."""
    for code in ("dabrowa-1", "dabrowa-2"):
        empty_office.open("Dąbrowa", code=code)
    with pytest.raises(HistoryInvalid) as caught:
        empty_office.bring_in(written(file, APPOINT, name="Dąbrowa"))
    assert (caught.value.code, caught.value.facts["line"]) == ("ambiguous_pilot", 1)
    (done,) = empty_office.bring_in(written(file, APPOINT, name="Dąbrowa", more="code: dabrowa-2\n"))
    assert done.pilot.code == "dabrowa-2"


def test_second_programme_in_the_same_file(empty_office: Any) -> None:
    """A file that also tells of the successor programme opens its pilots under that definition."""
    empty_office.clock.set(date(2018, 5, 1))
    done = {item.pilot.code: item for item in empty_office.bring_in(CASES / "others.yaml")}
    programmes = {item.pilot.programme for item in done.values()}
    assert programmes == {"mlw-pilot", "model-kooperacji"}
    assert len(done) == 8
    assert all(empty_office.holds(item.pilot) for item in done.values())
    lesniowice = standing_of(empty_office.desk, done["lesniowice"].pilot, AsOf(date(2018, 5, 1)))
    assert lesniowice.position("partner_team").state == "waiting"


def test_only_the_programmes_asked_for(empty_office: Any) -> None:
    """The others of the file are passed over."""
    done = empty_office.bring_in(CASES / "others.yaml", programmes=frozenset({"mlw-pilot"}))
    assert {item.pilot.municipality for item in done} == {"Janów Lubelski", "Działdowo (miasto)"}
