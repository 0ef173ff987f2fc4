"""Advancing through the services: who acts, evidence already on record, and what is told to the log of the program."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from structlog.testing import capture_logs

from mlw_workflow.domain.errors import UnknownMachine, UnknownPerson, UnknownRole, UnknownTrigger
from mlw_workflow.services.advance import Request, advance, preview
from mlw_workflow.services.people import add_person, give_role

FEBRUARY = date(2014, 2, 3)
MARCH = date(2014, 3, 1)


def test_as_a_role_or_as_a_person(office: Any) -> None:
    """``--as`` takes a role, or a person by full name, e-mail or id; the entry keeps an id, never a name."""
    person = add_person(office.desk, "Anna Nowak", "anna@example.org")
    give_role(office.desk, "Anna Nowak", "coordinator", [office.pilot])
    assert office.take("w10", "prepare", "coordinator").actor == "role:coordinator"
    assert office.take("w02", "begin", "Anna Nowak").actor == person.id
    assert office.take("w01", "begin", "anna@example.org").actor == person.id
    assert office.take("w12", "recognise", person.id, act="a", year=2011, entity="KIS").actor == person.id
    assert office.holds()


@pytest.mark.parametrize(
    ("machine", "trigger", "acting", "error", "code"),
    [
        ("w99", "begin", "coordinator", UnknownMachine, "unknown_machine"),
        ("monthly", "draft", "coordinator", UnknownMachine, "unknown_machine"),
        ("w01", "fly", "coordinator", UnknownTrigger, "unknown_trigger"),
        ("w01", "begin", "Nobody Known", UnknownPerson, "unknown_person"),
        ("w01", "begin", "mentor", UnknownRole, "role_only_reads"),
    ],
)
def test_what_is_not_understood_is_not_recorded(
    office: Any, machine: str, trigger: str, acting: str, error: type[Exception], code: str
) -> None:
    """An unknown machine, trigger, person or role is no refusal: nothing enters the log."""
    with pytest.raises(error) as caught:
        office.ask(machine, trigger, acting)
    assert caught.value.code == code  # type: ignore[attr-defined]
    assert len(office.entries()) == 1


def test_refusal_is_recorded_without_evidence(office: Any) -> None:
    """A refused attempt enters the log with its reasons and nothing that was typed."""
    outcome = office.ask("w06", "code", "mayor", FEBRUARY, note="tajne")
    assert office.codes(outcome) == {
        "wrong_state", "role_not_allowed", "prerequisite_unmet", "evidence_unknown_field",
    }  # fmt: skip
    assert {r.needs for r in outcome.decision.reasons if r.needs} == {"w05.drafted", "w07.appointed"}
    assert outcome.entry.kind == "refusal"
    assert outcome.entry.evidence == {}
    assert b"tajne" not in outcome.sealed.body
    assert outcome.way_out.possible
    assert office.holds()


def test_preview_answers_and_records_nothing(office: Any) -> None:
    """A dry run gives the answer that the attempt would get, and the log stays as it was."""
    asked = preview(office.desk, Request(office.pilot, "w10", "prepare", "coordinator", FEBRUARY))
    assert asked.admitted
    assert asked.entry is None
    assert len(office.entries()) == 1
    assert office.state("w10") == "not_started"


def test_meetings_are_gathered(office: Any) -> None:
    """Meetings recorded one by one make up the list that completing the promotion asks for."""
    office.take("w01", "begin", "animator", FEBRUARY)
    office.take("w01", "hold_meeting", "animator", date(2014, 2, 4), place="A", audience="institutions", attendance=9)
    office.take("w01", "hold_meeting", "animator", date(2014, 2, 5), place="B", audience="residents")
    outcome = office.ask("w01", "complete", "animator", MARCH)
    (reason,) = outcome.decision.reasons
    assert (reason.code, reason.field) == ("evidence_too_few_of", "meetings")
    assert reason.fact["option"] == "employers"
    office.take("w01", "hold_meeting", "animator", date(2014, 2, 6), place="C", audience="employers")
    entry = office.take("w01", "complete", "animator", MARCH)
    with office.database.transition(office.pilot.id, readonly=True) as work:
        meetings = work.evidence(entry.seq)["meetings"]
    assert meetings == [
        {"date": "2014-02-04", "place": "A", "audience": "institutions", "attendance": 9},
        {"date": "2014-02-05", "place": "B", "audience": "residents"},
        {"date": "2014-02-06", "place": "C", "audience": "employers"},
    ]
    assert office.holds()


def test_corrected_meeting_is_not_gathered(office: Any) -> None:
    """A meeting whose record was corrected no longer counts."""
    office.take("w01", "begin", "animator", FEBRUARY)
    for audience in ("institutions", "residents", "employers"):
        office.take("w01", "hold_meeting", "animator", FEBRUARY, place="A", audience=audience)
    office.take("w01", "correct", "coordinator", MARCH, reason="pomyłka")
    outcome = office.ask("w01", "complete", "animator", MARCH)
    assert [reason.fact["option"] for reason in outcome.decision.reasons] == ["employers"]
    assert office.holds()


def test_regular_coordinator_is_one_of_the_team(office: Any) -> None:
    """The regular coordinator's institution must be one of those proposed for the team."""
    office.appoint_team(FEBRUARY)
    outcome = office.ask("w03", "designate_regular", "mayor", MARCH, member="Ktoś obcy")
    assert [(r.code, r.field) for r in outcome.decision.reasons] == [("evidence_not_option", "member")]
    office.take("w03", "designate_regular", "mayor", MARCH, member="Instytucja 3")
    assert office.holds()


def test_choice_whose_origin_was_erased_is_not_checked(office: Any) -> None:
    """Once the team's list is erased, who was on it cannot be checked; the choice is taken, and the log still holds."""
    office.appoint_team(FEBRUARY)
    proposal = next(entry for entry in office.entries() if entry.trigger == "propose")
    office.erase((proposal.seq, "members"))
    office.take("w03", "designate_regular", "mayor", MARCH, member="Ktoś obcy")
    assert office.holds()


def test_refusal_tells_what_changed(office: Any) -> None:
    """Whoever looked before another moved the machine is told of the last step, and by which entry."""
    office.take("w10", "prepare", "coordinator", FEBRUARY)
    request = Request(office.pilot, "w10", "suspend", "coordinator", FEBRUARY, {"reason": "x"}, seen_seq=0)
    outcome = advance(office.desk, request)
    (reason,) = outcome.decision.reasons  # type: ignore[union-attr]
    assert reason.code == "changed_meanwhile"
    assert reason.fact["seq"] == 2
    assert reason.fact["last_trigger"] == "prepare"
    assert office.holds()


def test_one_event_for_each_decision(office: Any) -> None:
    """The program's log tells pilot, machine, trigger, outcome and duration, and nothing that somebody typed."""
    add_person(office.desk, "Anna Nowak", "anna@example.org")
    give_role(office.desk, "Anna Nowak", "coordinator", [office.pilot])
    with capture_logs() as told:
        office.take("w12", "recognise", "Anna Nowak", FEBRUARY, act="Akt poufny", year=2011, entity="KIS Tajny")
        office.ask("w06", "code", "Anna Nowak", FEBRUARY, note="tajne")
    assert [(e["event"], e["pilot"], e["machine"], e["trigger"], e["outcome"]) for e in told] == [
        ("decision", "tluszcz", "w12", "recognise", "admitted"),
        ("decision", "tluszcz", "w06", "code", "refused"),
    ]
    assert all(event["duration_ms"] >= 0 for event in told)
    assert set(told[0]) == {"event", "log_level", "pilot", "machine", "trigger", "outcome", "reasons", "duration_ms"}
    said = repr(told)
    assert not any(word in said for word in ("Nowak", "example.org", "poufny", "Tajny", "tajne", "2011"))
