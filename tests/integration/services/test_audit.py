"""What an audit finds: changes that a chain alone cannot show, and projections that went astray."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.read import decode
from mlw_workflow.audit.seal import commitment, new_salt, seal
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.services.audit import replay_pilot, verify
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.storage import repositories

FEBRUARY = date(2014, 2, 3)


@pytest.fixture
def busy(office: Any) -> Any:
    """A pilot with a little of everything in its log."""
    add_person(office.desk, "Anna Nowak")
    give_role(office.desk, "Anna Nowak", "coordinator", [office.pilot], date(2014, 1, 1), date(2014, 12, 31))
    office.appoint_team(FEBRUARY)
    office.ask("w06", "code", "coordinator", FEBRUARY)
    office.take("w10", "prepare", "Anna Nowak", FEBRUARY)
    office.take("w10", "correct", "coordinator", reason="pomyłka")
    office.take("w10", "prepare", "Anna Nowak", FEBRUARY)
    assert office.holds()
    return office


class Forger:
    """Somebody with all rights on the database: takes the triggers off and rewrites the log, seals and all."""

    def __init__(self, office: Any) -> None:
        self.office = office
        self.sqlite = not office.database.place.startswith("postgresql")

    def run(self, *statements: tuple[str, tuple[Any, ...]]) -> None:
        """Run statements on a connection of one's own, one by one."""
        driver = self.office.database.driver
        connection = driver.connect()
        for statement, values in statements:
            driver.execute(connection, statement, values)
        connection.close()

    def unlock(self) -> None:
        """Take away what keeps the ledger append-only."""
        if self.sqlite:
            names = ("ledger_entry_no_update", "ledger_entry_no_delete", "definition_no_update")
            self.run(*((f"DROP TRIGGER {name}", ()) for name in names))
        else:
            self.run(
                ("DROP TRIGGER ledger_entry_append_only ON ledger_entry", ()),
                ("DROP TRIGGER definition_no_update ON definition", ()),
            )

    def rewrite(self, change: Callable[[Entry], Entry]) -> None:
        """Change entries and seal the whole chain anew, head included."""
        self.unlock()
        pilot = self.office.pilot.id
        with self.office.database.read() as connection:
            entries = [decode(body) for _, _, body in repositories.entries(connection, pilot)]
        prev = "0" * 64
        statements = []
        for entry in entries:
            sealed = seal(replace(change(entry), prev=prev))
            prev = sealed.hash.hex()
            values = (sealed.hash, sealed.body, pilot, sealed.seq)
            statements.append(("UPDATE ledger_entry SET hash = ?, body = ? WHERE pilot_id = ? AND seq = ?", values))
        statements.append(("UPDATE pilot_head SET hash = ? WHERE pilot_id = ?", (bytes.fromhex(prev), pilot)))
        self.run(*statements)


@pytest.fixture
def forger(busy: Any) -> Forger:
    return Forger(busy)


def only(machine: str, trigger: str, **changed: Any) -> Callable[[Entry], Entry]:
    """A change of the transition of that machine and trigger."""

    def change(entry: Entry) -> Entry:
        meant = (entry.kind, entry.machine, entry.trigger) == ("transition", machine, trigger)
        return replace(entry, **changed) if meant else entry

    return change


def refusal_made_a_transition(entry: Entry) -> Entry:
    if entry.kind != "refusal":
        return entry
    return replace(
        entry, kind="transition", reasons=(), effect="advance", from_state="not_started", to_state="preparing",
        trigger="prepare", role="coordinator",
    )  # fmt: skip


def reason_dropped(entry: Entry) -> Entry:
    return replace(entry, reasons=entry.reasons[1:]) if entry.kind == "refusal" else entry


def other_definition(entry: Entry) -> Entry:
    return replace(entry, definition="sha256:" + "0" * 64) if entry.machine == "w10" else entry


def span_widened(entry: Entry) -> Entry:
    return replace(entry, pilot={**entry.pilot, "start": "2014-02-04"}) if entry.kind == "opening" else entry


def membership_ended(entry: Entry) -> Entry:
    return replace(entry, until=date(2014, 1, 2)) if entry.kind == "membership" else entry


def correction_of_another(entry: Entry) -> Entry:
    return replace(entry, undoes=2) if entry.kind == "correction" else entry


WRONG = {
    "refusal made a transition": (refusal_made_a_transition, "should_be_refused", "prepare"),
    "reason dropped": (reason_dropped, "refusal_differs", "code"),
    "day moved": (only("w07", "appoint", occurred_on=FEBRUARY - timedelta(days=1)), "should_be_refused", "appoint"),
    "role changed": (only("w07", "select", role="zsl_member"), "decision_differs", "select"),
    "reliance dropped": (only("w07", "select", relies_on={}), "reliance_differs", "select"),
    "state changed": (only("w07", "appoint", to_state="allocated"), "decision_differs", "appoint"),
    "actor changed": (only("w07", "appoint", actor="role:animator"), "should_be_refused", "appoint"),
    "other definition": (other_definition, "definition_changed", "prepare"),
    "span changed": (span_widened, "should_be_refused", "appoint"),
    "membership ended": (membership_ended, "should_be_refused", "prepare"),
    "correction of another": (correction_of_another, "correction_differs", "correct"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_decision_in_a_chain_sealed_anew(forger: Forger, wrong: str) -> None:
    """A log rewritten whole, seals and head included, verifies; its replay names the entry that should not be there.

    Another opening no longer fits what is known of the pilot, so it does not even verify.
    """
    change, check, where = WRONG[wrong]
    forger.rewrite(change)
    office = forger.office
    assert verify(office.desk, office.pilot, deep=True).holds == (wrong != "span changed")
    replayed = replay_pilot(office.desk, office.pilot)
    assert replayed.first_failure is not None
    assert replayed.first_failure.check == check
    assert office.entries()[replayed.first_failure.seq - 1].trigger == where


@pytest.mark.parametrize(
    ("statement", "check", "what"),
    [
        ("UPDATE position SET state = 'allocated' WHERE machine = 'w07'", "projection_position", "w07"),
        ("UPDATE position SET steps = '[]' WHERE machine = 'w07'", "projection_position", "w07"),
        ("DELETE FROM position WHERE machine = 'w03'", "projection_position", "w03"),
        ("UPDATE membership SET until = NULL", "projection_membership", "coordinator"),
        ("UPDATE membership SET role = 'mayor'", "projection_membership", "coordinator"),
        ("DELETE FROM membership", "projection_membership", "coordinator"),
    ],
)
def test_changed_projection_is_found_and_repaired(forger: Forger, statement: str, check: str, what: str) -> None:
    """A stored state or role that the log does not lead to is named by the replay, and written anew by a repair."""
    office = forger.office
    forger.run((statement, ()))
    assert verify(office.desk, office.pilot, deep=True).holds
    found = replay_pilot(office.desk, office.pilot).first_failure
    assert found is not None
    assert found.check == check
    assert what in found.facts["what"]
    repaired = replay_pilot(office.desk, office.pilot, repair=True)
    assert repaired.holds
    assert repaired.repaired
    assert office.holds()
    office.take("w07", "allocate", "mayor", FEBRUARY, place="Urząd")
    assert office.holds()


def test_repair_of_what_holds_changes_nothing(busy: Any) -> None:
    """Where nothing differs, nothing is written."""
    checked = replay_pilot(busy.desk, busy.pilot, repair=True)
    assert checked.holds
    assert not checked.repaired


def test_log_that_does_not_hold_is_not_repaired(forger: Forger) -> None:
    """A projection is never made from a log with a wrong decision in it."""
    office = forger.office
    forger.rewrite(only("w07", "appoint", to_state="allocated"))
    before = office.state("w07")
    checked = replay_pilot(office.desk, office.pilot, repair=True)
    assert not checked.holds
    assert not checked.repaired
    assert office.state("w07") == before


def test_head_that_names_another_end_is_not_repaired(forger: Forger) -> None:
    """A log whose tail was cut off is told by both audits, and no repair wipes out the trace."""
    office = forger.office
    forger.unlock()
    forger.run(("DELETE FROM ledger_entry WHERE seq = ?", (len(office.entries()),)))
    assert verify(office.desk, office.pilot).first_failure.check == "head"
    for repair in (False, True):
        found = replay_pilot(office.desk, office.pilot, repair=repair)
        assert found.first_failure is not None
        assert found.first_failure.check == "projection_head"


def test_definition_that_is_missing_or_changed(forger: Forger) -> None:
    """A replay needs the very definition that was pinned: one that is gone, or is not what was hashed, is told."""
    office = forger.office
    forger.unlock()
    wanted = office.pilot.definition
    forger.run(("UPDATE definition SET body = ? WHERE hash = ?", (b"{}", wanted)))
    assert verify(office.desk, office.pilot, deep=True).holds
    found = replay_pilot(Desk(office.database, office.clock), office.pilot).first_failure
    assert found is not None
    assert (found.check, found.seq, found.facts["definition"]) == ("definition_missing", 1, wanted)


def _proposal(office: Any) -> Entry:
    return next(entry for entry in office.entries() if entry.trigger == "propose")


def test_changed_evidence_is_found(forger: Forger) -> None:
    """A value that is not what the entry committed to is found by the verification, with its entry and field."""
    office = forger.office
    entry = _proposal(office)
    forger.run(("UPDATE evidence SET value = ? WHERE seq = ? AND field = 'members'", (b"[]", entry.seq)))
    found = verify(office.desk, office.pilot).first_failure
    assert found is not None
    assert (found.seq, found.facts.get("field")) == (entry.seq, "members")


def test_evidence_changed_with_its_commitment(forger: Forger) -> None:
    """Evidence made to fit a chain sealed anew still has to be what the rule asks for."""
    office = forger.office
    entry = _proposal(office)
    salt, value = new_salt(), canonical([{"institution": "A", "function": "b"}])
    evidence = {**entry.evidence, "members": commitment("members", salt, value)}
    forger.rewrite(only("w07", "propose", evidence=evidence))
    forger.run(
        ("UPDATE evidence SET salt = ?, value = ? WHERE seq = ? AND field = 'members'", (salt, value, entry.seq))
    )
    assert verify(office.desk, office.pilot, deep=True).holds
    found = replay_pilot(office.desk, office.pilot).first_failure
    assert found is not None
    assert (found.check, found.seq, found.facts["reasons"]) == ("should_be_refused", entry.seq, "evidence_too_few")


def test_erased_evidence_still_holds(busy: Any) -> None:
    """What was erased cannot be read again; its commitments stand, all else is decided again, and that is told."""
    erased = sum(len(entry.evidence) for entry in busy.entries())
    busy.erase(*((entry.seq, "") for entry in busy.entries()))
    verified, replayed = verify(busy.desk, busy.pilot, deep=True), replay_pilot(busy.desk, busy.pilot)
    assert verified.holds
    assert verified.erased == erased
    assert replayed.holds
    assert replayed.erased > 0


def test_erasing_does_not_hide_a_wrong_decision(forger: Forger) -> None:
    """With the evidence gone, a step from the wrong state is found all the same."""
    office = forger.office
    office.erase((_proposal(office).seq, ""))
    forger.rewrite(only("w07", "propose", occurred_on=FEBRUARY - timedelta(days=30)))
    found = replay_pilot(office.desk, office.pilot).first_failure
    assert found is not None
    assert found.check == "should_be_refused"


def test_entry_that_nobody_can_read(forger: Forger) -> None:
    """Bytes that are no entry are a failure with a name, not a crash."""
    office = forger.office
    forger.unlock()
    forger.run(("UPDATE ledger_entry SET body = ? WHERE seq = 3", (b"not an entry",)))
    assert verify(office.desk, office.pilot).first_failure.check == "body_hash"
    found = replay_pilot(office.desk, office.pilot).first_failure
    assert found is not None
    assert found.check == "readable"


def test_opening_is_the_truth_about_a_pilot(forger: Forger) -> None:
    """A span changed beside the log is told, since decisions would go by it; no repair hides it."""
    office = forger.office
    end = "2030-01-01" if forger.sqlite else date(2030, 1, 1)
    forger.run(("UPDATE pilot SET end_on = ? WHERE id = ?", (end, office.pilot.id)))
    for repair in (False, True):
        found = replay_pilot(office.desk, office.pilots()["tluszcz"], repair=repair).first_failure
        assert found is not None
        assert (found.check, found.seq) == ("projection_pilot", 1)
        assert found.facts == {"what": "end", "expected": "2014-08-31", "found": "2030-01-01"}
