"""Findings and verdicts from a real record: derived, answered, replayed, and the difference between two days."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.services.conftest import CASES
from tests.integration.services.test_audit import Forger

from mlw_workflow.domain.compliance import VERDICTS
from mlw_workflow.domain.errors import AccessRefused, BadInput, IntegrityBroken
from mlw_workflow.services import scope
from mlw_workflow.services.answer_finding import Replied, Reply, answer_finding
from mlw_workflow.services.audit import replay_pilot, verify
from mlw_workflow.services.control import Span, compliance_of, difference_of, findings_of
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.services.read_evidence import read_evidence
from mlw_workflow.services.standing import AsOf

if TYPE_CHECKING:
    from mlw_workflow.domain.finding import Finding
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot

FEBRUARY, MARCH = date(2014, 2, 3), date(2014, 3, 1)


def found(office: Any, *codes: str, day: date = MARCH, pilot: Pilot | None = None) -> list[Finding]:
    """What control finds; of these codes, or all but the missed reports."""
    everything = findings_of(office.desk, pilot or office.pilot, AsOf(day))
    return [f for f in everything if (f.code in codes if codes else f.code != "deadline_missed")]


def reply(office: Any, code: str, place: str, answer: Any, by: str, text: str = "sprawdzono") -> Replied:
    return answer_finding(office.desk, Reply(office.pilot, code, place, answer, text, by))


@pytest.fixture
def late(office: Any) -> Any:
    """A team appointed in February and recorded in March, and work that relied on it."""
    office.appoint_team(FEBRUARY)
    office.take("w08", "begin", "coordinator", FEBRUARY)
    return office


def test_findings_are_told_explained_and_closed(late: Any) -> None:
    """What was recorded four weeks later is found; answers are entries, after which the log still holds."""
    assert {f.code for f in found(late)} == {"recorded_late"}
    seq = found(late)[0].place.seq
    told = reply(late, "recorded_late", str(seq), "explained", "coordinator", "urlop")
    assert (told.entry.kind, told.entry.role, told.entry.finding["state"]) == ("finding", "coordinator", "explained")
    assert found(late)[0].state == "explained"
    reply(late, "recorded_late", str(seq), "closed", "implementing_body")
    closed = found(late)[0]
    assert (closed.state, closed.answer is not None and closed.answer.role) == ("closed", "implementing_body")
    assert late.holds()
    with pytest.raises(BadInput, match="finding_closed"):
        reply(late, "recorded_late", str(seq), "closed", "implementing_body")


def test_whoever_may_not_answer_is_refused_and_nothing_is_recorded(late: Any) -> None:
    """The role decides; an empty text, an unknown place and an unknown code are bad input."""
    seq, before = str(found(late)[0].place.seq), len(late.entries())
    for answer, by in (("closed", "coordinator"), ("explained", "implementing_body"), ("explained", "mayor")):
        with pytest.raises(AccessRefused, match="finding_role"):
            reply(late, "recorded_late", seq, answer, by)
    for code, place, text, error in (
        ("recorded_late", seq, " ", "finding_text_missing"),
        ("recorded_late", seq, "x" * 2_001, "finding_text_too_long"),
        ("recorded_late", "999", "x", "finding_not_there"),
        ("recorded_early", seq, "x", "finding_unknown"),
        ("recorded_late", "w99", "x", "unknown_machine"),
    ):
        with pytest.raises(BadInput, match=error):
            reply(late, code, place, "explained", "coordinator", text)
    assert len(late.entries()) == before


def test_acceptance_is_compared_with_the_access_log(late: Any) -> None:
    """An acceptance without reading is found; one after the evidence was read is not."""
    for name in ("Jan Rewident", "Ewa Rewident"):
        add_person(late.desk, name)
        give_role(late.desk, name, "implementing_body", [late.pilot], FEBRUARY)
    late.take("w03", "accept", "Jan Rewident")
    assert [f.place.machine for f in found(late, "accepted_unread")] == ["w03"]
    late.take("w02", "begin", "animator")
    opened = late.take("w02", "open_library", "animator", items=60, place="OPS")
    reader = scope.reader_of(late.desk, "Ewa Rewident", [late.pilot.definition])
    late.later(minutes=5)
    read_evidence(late.desk, reader, late.pilot, opened.seq)
    late.later(minutes=5)
    late.take("w02", "accept", "Ewa Rewident")
    assert [f.place.machine for f in found(late, "accepted_unread")] == ["w03"]


def test_a_reopened_prerequisite_is_confirmed_on_the_record(late: Any) -> None:
    """The coordinator's appointment is returned: what relied on it is in doubt until the body confirms it."""
    late.take("w03", "return", "implementing_body", reason="brak podpisu")
    doubted = found(late, "suspect")
    assert [f.place.machine for f in doubted][:2] == ["w07", "w08"]
    for finding in doubted:
        if finding.place.machine == "w07":
            reply(late, "suspect", str(finding.place.seq), "confirmed", "implementing_body")
    assert {f.state for f in found(late, "suspect")} == {"closed"}, "what relied on the team stands with it"
    assert late.holds()


@pytest.fixture
def alone(office: Any) -> Any:
    """One person of the municipality who also holds the implementing body's role prepares and accepts a library."""
    for name, roles in (("Jan Sam", ("animator", "implementing_body")), ("Ewa Druga", ("implementing_body",))):
        add_person(office.desk, name)
        for role in roles:
            give_role(office.desk, name, role, [office.pilot], FEBRUARY)
    office.take("w02", "begin", "Jan Sam")
    office.take("w02", "open_library", "Jan Sam", items=60, place="OPS")
    office.take("w02", "accept", "Jan Sam")
    return office


@pytest.mark.parametrize("code", ["four_eyes", "accepted_unread"])
def test_whoever_a_finding_is_about_does_not_close_it(alone: Any, code: str) -> None:
    """They may not close what is found of themselves, nor may a role without a person close what is for two people."""
    (seq,) = [str(f.place.seq) for f in found(alone, code)]
    before = len(alone.entries())
    with pytest.raises(AccessRefused, match="finding_own"):
        reply(alone, code, seq, "closed", "Jan Sam")
    if code == "four_eyes":
        with pytest.raises(AccessRefused, match="finding_unnamed"):
            reply(alone, code, seq, "closed", "implementing_body")
    assert len(alone.entries()) == before
    reply(alone, code, seq, "closed", "Ewa Druga")
    assert [f.state for f in found(alone, code)] == ["closed"]
    assert alone.holds()


@pytest.mark.parametrize("by", ["step", "role:implementing_body", "import"])
def test_a_replay_finds_that_somebody_closed_what_was_found_of_themselves(alone: Any, by: str) -> None:
    """Sealed anew with the person of the step, or with nobody, as the one who closed it."""
    (finding,) = found(alone, "four_eyes")
    reply(alone, "four_eyes", str(finding.place.seq), "closed", "Ewa Druga")
    own = alone.entries()[finding.place.seq - 1].actor

    def forge(entry: Entry) -> Entry:
        return replace(entry, actor=own if by == "step" else by) if entry.kind == "finding" else entry

    Forger(alone).rewrite(forge)
    failure = replay_pilot(alone.desk, alone.pilot).first_failure
    assert failure is not None
    assert (failure.check, failure.facts["why"]) == (
        "finding_answer",
        "finding_own" if by == "step" else "finding_unnamed",
    )


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"role": "coordinator", "actor": "role:coordinator"}, "finding_answer"),
        ({"actor": "role:mayor"}, "finding_answer"),
        ({"finding": {"code": "recorded_late", "seq": 2, "state": "forgotten"}}, "finding_answer"),
        ({"finding": {"code": "made_up", "seq": 2, "state": "closed"}}, "finding_answer"),
        ({"finding": {"code": "recorded_late", "seq": 2, "state": "confirmed"}}, "finding_answer"),
        ({"finding": {"code": "recorded_late", "seq": 99, "state": "closed"}}, "finding_place"),
        ({"finding": {"code": "deadline_missed", "seq": 0, "state": "closed"}}, "finding_place"),
        ({"machine": "w01"}, "finding_place"),
        ({"definition": "sha256:" + "0" * 64}, "definition_changed"),
    ],
)
def test_a_replay_decides_answers_again(late: Any, change: dict[str, Any], check: str) -> None:
    """An answer that was not allowed, or has no place, is found even in a chain that was sealed anew."""
    reply(late, "recorded_late", "2", "closed", "implementing_body")

    def forge(entry: Entry) -> Entry:
        return replace(entry, **change) if entry.kind == "finding" else entry

    Forger(late).rewrite(forge)
    assert verify(late.desk, late.pilot).holds
    failure = replay_pilot(late.desk, late.pilot).first_failure
    assert failure is not None
    assert (failure.check, failure.seq) == (check, len(late.entries()))


def test_erased_text_of_an_answer_changes_no_finding(late: Any) -> None:
    """The text is evidence: it can be erased, and the answer stays."""
    told = reply(late, "recorded_late", "2", "closed", "implementing_body")
    with late.database.work() as work:
        assert work.erase_evidence(late.pilot.id, told.entry.seq, "text", late.clock.now())
        work.commit()
    assert replay_pilot(late.desk, late.pilot).holds
    assert found(late)[0].state == "closed"


def test_an_unreadable_log_has_no_findings(late: Any) -> None:
    """Where the chain does not hold, control says so instead of finding something."""
    forger = Forger(late)
    forger.unlock()
    forger.run(("UPDATE ledger_entry SET body = ? WHERE seq = 3", (b"not an entry",)))
    with pytest.raises(IntegrityBroken):
        findings_of(late.desk, late.pilot, AsOf(MARCH))


def test_a_verdict_gets_better_only_by_what_happened(office: Any) -> None:
    """Through the whole pilot of Tłuszcz: whatever improves on a day, something happened on it."""
    office.clock.set(date(2014, 9, 30))
    for file in ("tluszcz", "tluszcz-assumed"):
        office.bring_in(CASES / f"{file}.yaml")
    steps = {(entry.occurred_on, entry.machine) for entry in office.entries() if entry.kind == "transition"}
    before = compliance_of(office.desk, office.pilot, AsOf(date(2013, 12, 31)))
    for number in range(1, 39):
        day = date.fromordinal(date(2013, 12, 31).toordinal() + 7 * number)
        week = {machine for on, machine in steps if on and before.day < on <= day}
        after = compliance_of(office.desk, office.pilot, AsOf(day))
        for one, other in zip(before.machines, after.machines, strict=True):
            if VERDICTS.index(other.verdict) < VERDICTS.index(one.verdict):
                assert week, (day, one, other)
        before = after
    assert difference_of(office.desk, office.pilot, Span(date(2014, 8, 26), date(2014, 8, 27))).states[0].machine == (
        "conference"
    )


def test_many_municipalities_are_judged_at_once(empty_office: Any) -> None:
    """Twenty pilots with thirteen guidelines each, their reports and milestones, in about a second even here."""
    pilots = [empty_office.open(f"Gmina {number}") for number in range(20)]
    started = time.perf_counter()
    judged = [compliance_of(empty_office.desk, pilot, AsOf(MARCH)) for pilot in pilots]
    assert time.perf_counter() - started < 5, "far more than it takes; a machine under load must not fail"
    assert all(len(found.machines) >= 30 for found in judged)
