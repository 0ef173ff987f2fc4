"""Auditors look within their programmes and dates, write nothing, and leave a line wherever they looked."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mlw_workflow.domain.access import ADDED, Read
from mlw_workflow.domain.errors import AccessRefused, BadInput, IntegrityBroken, StorageUnavailable, UnknownPerson
from mlw_workflow.services import access, scope
from mlw_workflow.services.audit import surroundings
from mlw_workflow.services.audit import verify as audit_verify
from mlw_workflow.services.auditors import add_auditor, end_auditor, list_auditors
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.keystore import KeyStore
from mlw_workflow.services.pause import acknowledge
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.services.read_evidence import read_evidence
from mlw_workflow.services.signing import new_key
from mlw_workflow.services.verify_tree import Record

TODAY, END = date(2014, 3, 1), date(2014, 6, 30)
EWA = "Ewa Rewident"


@pytest.fixture
def audited(office: Any) -> Any:
    """An office with an auditor of the first programme and a pilot of the second."""
    add_person(office.desk, EWA, "ewa@nik.example")
    add_auditor(office.desk, EWA, "mlw-pilot", TODAY, END)
    office.other = office.open("Bielsko", "model-kooperacji", start=date(2014, 1, 1), end=date(2014, 12, 31))
    office.appoint_team(date(2014, 2, 3))
    return office


def run(office: Any, *statements: tuple[str, tuple[Any, ...]]) -> None:
    """Statements behind the product's back."""
    driver = office.database.driver
    with closing(driver.connect()) as connection:
        for statement, values in statements:
            driver.execute(connection, statement, values)


def unlock(office: Any) -> None:
    if office.database.place.startswith("postgresql"):
        run(office, ("DROP TRIGGER access_entry_append_only ON access_entry", ()))
    else:
        names = ("no_update", "no_delete", "no_replace")
        run(office, *((f"DROP TRIGGER access_entry_{name}", ()) for name in names))


def lines(office: Any) -> list[tuple[str, str, str]]:
    """What the access log says beside who was added."""
    told = [shown.entry for shown in access.entries(office.desk)]
    return [(entry.kind, entry.what, entry.pilot) for entry in told if entry.what != ADDED]


def refused(office: Any, pilot: Any, name: str = EWA) -> str:
    with pytest.raises(AccessRefused) as caught:
        scope.may_read(office.desk, scope.reader_of(office.desk, name), pilot)
    return caught.value.code


def test_an_auditor_sees_the_programme_within_the_dates(audited: Any) -> None:
    """From the first day to the last, both included, and no pilot of another programme."""
    reader = scope.reader_of(audited.desk, EWA)
    assert scope.readable(audited.desk, reader, [audited.pilot, audited.other]) == (audited.pilot,)
    assert refused(audited, audited.other) == "auditor_out_of_scope"
    audited.clock.set(END)
    scope.may_read(audited.desk, reader, audited.pilot)
    audited.clock.set(date(2014, 7, 1))
    assert refused(audited, audited.pilot) == "auditor_expired"
    with pytest.raises(AccessRefused, match="auditor_expired"):
        scope.readable(audited.desk, reader, [audited.pilot])


def test_a_right_that_is_to_come_or_was_ended(audited: Any) -> None:
    """It counts from its first day; ended, it counts no more; taken back before it began, it is gone from the list."""
    add_person(audited.desk, "Jan Późny")
    add_auditor(audited.desk, "Jan Późny", "mlw-pilot", date(2014, 4, 1), END)
    assert refused(audited, audited.pilot, "Jan Późny") == "auditor_not_yet"
    end_auditor(audited.desk, "Jan Późny", "mlw-pilot", TODAY)
    assert refused(audited, audited.pilot, "Jan Późny") == "auditor_expired"
    assert [auditor.until for auditor in list_auditors(audited.desk)] == [END]
    with pytest.raises(BadInput, match="auditor_unknown"):
        end_auditor(audited.desk, "Jan Późny", "mlw-pilot", TODAY)
    assert access.compare_auditors(audited.desk) is None


def test_people_see_the_pilots_of_their_roles(audited: Any) -> None:
    """A role held today opens its pilot; nobody in particular sees nothing; the operator sees all."""
    add_person(audited.desk, "Anna Nowak")
    assert refused(audited, audited.pilot, "Anna Nowak") == "reader_without_role"
    give_role(audited.desk, "Anna Nowak", "coordinator", [audited.pilot], TODAY)
    reader = scope.reader_of(audited.desk, "Anna Nowak")
    assert scope.readable(audited.desk, reader, [audited.pilot, audited.other]) == (audited.pilot,)
    assert len(scope.readable(audited.desk, scope.THE_OPERATOR, [audited.pilot, audited.other])) == 2
    with pytest.raises(UnknownPerson):
        scope.reader_of(audited.desk, "Nikt")


def test_an_auditor_writes_nothing(audited: Any) -> None:
    """No step, no acknowledgement; and nothing is recorded of the attempt."""
    before = len(audited.entries())
    for attempt in (
        lambda: audited.ask("w10", "prepare", EWA, TODAY),
        lambda: acknowledge(audited.desk, audited.pilot, "w10", EWA),
    ):
        with pytest.raises(AccessRefused, match="auditor_only_reads"):
            attempt()
    assert len(audited.entries()) == before


def test_nobody_audits_their_own_work(audited: Any) -> None:
    """Whoever acts cannot become an auditor within that time, nor an auditor act; who only reads may."""
    add_person(audited.desk, "Anna Nowak")
    give_role(audited.desk, "Anna Nowak", "coordinator", [audited.pilot], TODAY, date(2014, 3, 31))
    with pytest.raises(AccessRefused, match="auditor_holds_role"):
        add_auditor(audited.desk, "Anna Nowak", "mlw-pilot", date(2014, 3, 31), END)
    add_auditor(audited.desk, "Anna Nowak", "mlw-pilot", date(2014, 4, 1), END)
    with pytest.raises(AccessRefused, match="role_of_auditor"):
        give_role(audited.desk, EWA, "coordinator", [audited.pilot], TODAY)
    give_role(audited.desk, EWA, "mentor", [audited.pilot], TODAY)
    assert not [entry for entry in audited.entries() if entry.person == EWA and entry.role == "coordinator"]


@pytest.mark.parametrize(
    ("programme", "since", "until", "code"),
    [
        ("mlw-pilot", END, TODAY, "auditor_span"),
        ("mlw-pilot", TODAY, date(2024, 1, 1), "auditor_span"),
        ("nowhere", TODAY, END, "unknown_programme"),
    ],
)
def test_rights_that_cannot_be(audited: Any, programme: str, since: date, until: date, code: str) -> None:
    """Without an end in sight, backwards, or of a programme that nobody runs."""
    with pytest.raises(BadInput, match=code):
        add_auditor(audited.desk, EWA, programme, since, until)


def test_reading_evidence_leaves_a_line_for_everybody(audited: Any) -> None:
    """The operator's, a role's and an auditor's; each before the answer, and found again by pilot."""
    proposal = next(entry for entry in audited.entries() if entry.trigger == "propose")
    programme = [audited.pilot.definition]
    for name in ("", "implementing_body", EWA):
        reader = scope.reader_of(audited.desk, name, programme)
        found = read_evidence(audited.desk, reader, audited.pilot, proposal.seq, "members")
        assert [value.field for value in found.values] == ["members"]
    ewa = list_auditors(audited.desk)[0].person
    with audited.database.read() as connection:
        reads = list(access.reads(connection, audited.pilot.id))
        assert list(access.reads(connection, audited.other.id)) == []
    at = audited.clock.now()
    assert reads == [
        Read(who, at, audited.pilot.id, proposal.seq, "members") for who in ("operator", "role:implementing_body", ewa)
    ]


def test_no_answer_without_its_line(audited: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the line cannot be written, nothing is shown."""

    def full(*_: object) -> None:
        raise StorageUnavailable("storage_full", place="x")

    monkeypatch.setattr(access, "record", full)
    with pytest.raises(StorageUnavailable):
        read_evidence(audited.desk, scope.THE_OPERATOR, audited.pilot, 2)
    with pytest.raises(StorageUnavailable):
        scope.log_reading(audited.desk, scope.reader_of(audited.desk, EWA), "status", [audited.pilot])


def test_an_auditors_looking_is_logged_by_pilot_or_by_programme(audited: Any) -> None:
    """One line for each pilot named, one for each programme when all are meant; those in roles leave none."""
    reader = scope.reader_of(audited.desk, EWA)
    scope.log_reading(audited.desk, reader, "history", [audited.pilot])
    scope.log_reading(audited.desk, reader, "verify", [audited.pilot], every=True)
    scope.log_reading(audited.desk, scope.THE_OPERATOR, "status", [audited.pilot])
    assert lines(audited) == [("grant", "", ""), ("read", "history", audited.pilot.id), ("read", "verify", "")]


def test_evidence_that_is_not_there_or_was_changed(audited: Any) -> None:
    """An entry or field that there is not is said so; a value that is not the one committed to is shown to nobody."""
    for seq in (0, 99, 1 << 40):
        with pytest.raises(BadInput, match="entry_unknown"):
            read_evidence(audited.desk, scope.THE_OPERATOR, audited.pilot, seq)
    with pytest.raises(BadInput, match="evidence_field_unknown"):
        read_evidence(audited.desk, scope.THE_OPERATOR, audited.pilot, 2, "nothing")
    run(audited, ("UPDATE evidence SET value = ? WHERE seq = 2 AND field = 'order_number'", (b'"1"',)))
    with pytest.raises(IntegrityBroken):
        read_evidence(audited.desk, scope.THE_OPERATOR, audited.pilot, 2)
    assert not [line for line in lines(audited) if line[0] == "read"]


def test_the_access_log_refuses_change(audited: Any) -> None:
    """UPDATE and DELETE are refused by the database itself; without its guards the check says that they are gone."""
    for statement in ("UPDATE access_entry SET body = body", "DELETE FROM access_entry"):
        with pytest.raises(audited.database.driver.errors, match="append-only"):
            run(audited, (statement, ()))
    assert surroundings(audited.desk) == []
    unlock(audited)
    ((_, failure),) = surroundings(audited.desk)
    assert failure.check == "triggers_missing"


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("DELETE FROM access_entry WHERE seq = 4", "head"),
        ("DELETE FROM access_entry WHERE seq = 2", "seq"),
        ("UPDATE access_entry SET body = (SELECT body FROM access_entry WHERE seq = 1) WHERE seq = 2", "body_hash"),
        ("DELETE FROM access_head", "head"),
    ],
)
def test_a_changed_access_log_is_found(audited: Any, statement: str, check: str) -> None:
    """Cut off, a gap, another's content, or no end."""
    for seq in (2, 3):
        read_evidence(audited.desk, scope.THE_OPERATOR, audited.pilot, seq)
    assert access.verify_access(audited.desk).entries == 4
    unlock(audited)
    run(audited, (statement, ()))
    failure = access.verify_access(audited.desk).first_failure
    assert failure is not None
    assert failure.check == check
    assert [found.check for place, found in surroundings(audited.desk) if place == "access"] == [check]


def test_no_reading_is_recorded_where_the_end_of_the_log_is_gone(audited: Any) -> None:
    """Then nothing can be appended, so nothing is shown."""
    run(audited, ("DELETE FROM access_head", ()))
    with pytest.raises(IntegrityBroken):
        read_evidence(audited.desk, scope.THE_OPERATOR, audited.pilot, 2)


@pytest.mark.parametrize("statement", ["UPDATE auditor SET until = '2030-01-01'", "DELETE FROM auditor"])
def test_rights_are_compared_with_the_log_and_mended(audited: Any, statement: str) -> None:
    """A right that somebody made longer, or took away, behind the product's back."""
    run(audited, (statement, ()))
    failure = access.compare_auditors(audited.desk)
    assert failure is not None
    assert failure.check == "projection_auditor"
    assert access.compare_auditors(audited.desk, repair=True) is None
    assert access.compare_auditors(audited.desk) is None
    assert list_auditors(audited.desk)[0].until == END


def test_an_invented_auditor_is_found(audited: Any) -> None:
    """A row that no entry leads to."""
    values = ("x", "mlw-pilot", "2014-01-01", "2014-12-31", 7)
    run(audited, (f"INSERT INTO auditor VALUES ({', '.join(map(repr, values))})", ()))
    failure = access.compare_auditors(audited.desk)
    assert failure is not None
    assert (failure.seq, failure.facts["expected"]) == (0, "")


def test_the_access_log_is_signed_with_the_office_key(audited: Any, tmp_path: Path) -> None:
    """What is written once there is a key bears its signature; one that is taken away or replaced is found."""
    keys = KeyStore(tmp_path / "keys" / "signing.key")
    new_key(Desk(audited.database, audited.clock, signer=keys))
    audited.desk = Desk(audited.database, audited.clock, signer=keys)
    audited.later(seconds=1)
    read_evidence(audited.desk, scope.THE_OPERATOR, audited.pilot, 2)
    read_evidence(audited.desk, scope.THE_OPERATOR, audited.pilot, 3)
    assert access.verify_access(audited.desk).holds
    unlock(audited)
    for statement, check in (
        ("UPDATE access_entry SET signature = NULL WHERE seq = 4", "signature_missing"),
        ("UPDATE access_entry SET signature = (SELECT signature FROM access_entry WHERE seq = 3) WHERE seq = 4",
         "signature"),
    ):  # fmt: skip
        run(audited, (statement, ()))
        failure = access.verify_access(audited.desk).first_failure
        assert failure is not None
        assert (failure.check, failure.seq) == (check, 4)


def test_the_access_log_is_under_each_checkpoint(audited: Any, tmp_path: Path) -> None:
    """A reading is something new to sign; one taken back, or the whole log, is found and stops the next checkpoint."""
    keys = KeyStore(tmp_path / "keys" / "signing.key")
    audited.desk = Desk(audited.database, audited.clock, signer=keys)
    before = new_key(audited.desk).unsigned
    recorded = sum(len(audited.entries(pilot)) for pilot in audited.pilots().values())
    assert before == recorded + 2, "the auditor, who was added, and the grant among them"
    audited.later(seconds=1)
    first = make_checkpoint(audited.desk)
    assert first.size == before
    read_evidence(audited.desk, scope.THE_OPERATOR, audited.pilot, 2)
    second = make_checkpoint(audited.desk)
    assert (second.fresh, second.added) == (True, 1)
    assert not make_checkpoint(audited.desk).fresh
    with Record(audited.desk, whole=True) as record:
        assert record.failures == []
        assert surroundings(audited.desk, record=record, deep=True) == []
        for pilot in audited.pilots().values():
            assert audit_verify(audited.desk, pilot, record=record).holds
        assert record.counted() == []
    unlock(audited)
    run(audited, ("DELETE FROM access_entry", ()), ("UPDATE access_head SET seq = 0, hash = ?", (bytes(32),)))
    run(audited, ("UPDATE access_head SET recorded_at = NULL", ()), ("DELETE FROM auditor", ()))
    assert ("access", "tree_cut") in [(place, failure.check) for place, failure in surroundings(audited.desk)]
    with pytest.raises(IntegrityBroken) as refusal:
        make_checkpoint(audited.desk)
    assert (refusal.value.facts["check"], refusal.value.facts["pilot"]) == ("tree_cut", "access")
    run(audited, ("DELETE FROM access_head", ()))
    with pytest.raises(IntegrityBroken) as refusal:
        make_checkpoint(audited.desk)
    assert refusal.value.facts["check"] == "tree_cut"
