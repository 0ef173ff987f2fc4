"""Erasure: values and names go for good, digests stay, everything still holds, and nothing is ever half done."""

from __future__ import annotations

import itertools
import json
import os
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.integration.storage.test_faults import HOWS, faulty

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.replay import replay
from mlw_workflow.domain.errors import AccessRefused, BadInput, StorageUnavailable, UnknownPerson, WorkflowError
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.services import access, erasure_files
from mlw_workflow.services.audit import replay_pilot, verify
from mlw_workflow.services.auditors import add_auditor, list_auditors
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.erase import Erased, erase, plan
from mlw_workflow.services.erasure_plan import Asked, Place
from mlw_workflow.services.mentions import Mentions
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.services.person_export import export_person
from mlw_workflow.services.scope import THE_OPERATOR, reader_of
from mlw_workflow.storage import outbox, repositories
from mlw_workflow.storage.outbox import NewMail, Settled
from mlw_workflow.storage.repositories import Person

FEBRUARY, TODAY = date(2014, 2, 3), date(2014, 3, 1)
ANNA, ADDRESS = "Anna Niezapomniana", "anna@ops.example"
SECRET = "Zażółć-gęślą-jaźń-17"
MEETING = {"place": "Klembów", "audience": "residents"}
FILE = {"name": "lista.pdf", "sha256": "ab" * 32, "size": 3}


@pytest.fixture
def known(office: Any) -> Any:
    """An office in which Anna is coordinator, and is named in evidence."""
    office.anna = add_person(office.desk, ANNA, ADDRESS)
    give_role(office.desk, ANNA, "coordinator", [office.pilot], date(2014, 1, 1))
    office.appoint_team(FEBRUARY)
    office.take("w10", "prepare", ANNA, FEBRUARY)
    office.take("w10", "correct", ANNA, reason=f"Pomyłka, {SECRET}; zgłosiła Niezapomniana Anna")
    return office


def last_correction(office: Any) -> int:
    seq: int = next(entry.seq for entry in reversed(office.entries()) if entry.kind == "correction")
    return seq


def gone(office: Any, **asked: Any) -> Erased:
    return erase(office.desk, Asked("wniosek z art. 17", **asked), office.folders)


def mail(office: Any, key: str, recipient: str, text: str, status: str = "sent") -> int:
    """A mail in the outbox that stands as it is said to; its file too, when it was sent."""
    identity = f"{len(key):040x}"
    with office.database.work() as work:
        new = NewMail(key, "digest", recipient, "pl", f"O: {text}", text, f"<p>{text}</p>", f"<{identity}@mlw.invalid>")
        number = outbox.add_mail(work.connection, new, office.clock.now())
        assert number is not None
        found = outbox.mail(work.connection, number)
        assert found is not None
        if status != "waiting":
            outbox.lease(work.connection, found, "token", office.clock.now(), 0)
        if status in ("sent", "dead"):
            error = f"to {ADDRESS}" if recipient == office.anna.id else ""
            settled = Settled(status, error, sent_at=office.clock.now())  # type: ignore[arg-type]
            outbox.settle(work.connection, found, "token", settled)
        work.commit()
    if status == "sent":
        office.folders.mail.mkdir(parents=True, exist_ok=True)
        (office.folders.mail / f"20140301T120000Z-{identity}.eml").write_text(text, "utf-8")
    return number


def everything(office: Any) -> bytes:
    """Every byte of the database's own files and the office's folders."""
    folders = [office.home]
    if not office.database.place.startswith("postgresql"):
        folders.append(Path(office.database.place).parent)
    return b"".join(file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file())


def test_evidence_goes_and_everything_holds(known: Any) -> None:
    """The entry says which values went and at whose word; the commitments stay; the record verifies and replays."""
    seq = last_correction(known)
    found = gone(known, evidence=(Place(known.pilot, seq, "reason"),), by="implementing_body")
    entry = known.entries()[-1]
    assert found.entries == ((known.pilot, entry.seq),)
    assert (entry.kind, entry.actor, entry.role) == ("erasure", "role:implementing_body", "implementing_body")
    assert entry.erased == ({"seq": seq, "field": "reason"},)
    assert known.entries()[seq - 1].evidence["reason"]
    assert verify(known.desk, known.pilot, deep=True).erased == 1
    assert known.holds()


def test_the_reason_of_an_erasure_can_be_erased_too(known: Any) -> None:
    """Somebody may have written a name into it."""
    gone(known, evidence=(Place(known.pilot, last_correction(known)),))
    gone(known, evidence=(Place(known.pilot, known.entries()[-1].seq, "reason"),))
    assert known.entries()[-1].erased == ({"seq": known.entries()[-2].seq, "field": "reason"},)
    assert known.holds()


def test_what_is_erased_again_adds_nothing(known: Any) -> None:
    """Twice the same: the second finds nothing to do, and says so."""
    places = (Place(known.pilot, last_correction(known)), Place(known.pilot, last_correction(known), "reason"))
    assert len(gone(known, evidence=places).plan.values) == 1
    before = len(known.entries())
    assert gone(known, evidence=places).entries == ()
    assert len(known.entries()) == before


def test_erased_bytes_are_in_no_file(known: Any) -> None:
    """Neither in SQLite's file nor in its log, even after pages were split around the value.

    PostgreSQL keeps old versions of rows until a full vacuum, and is said to.
    """
    postgres = known.database.place.startswith("postgresql")
    seq = last_correction(known)
    for number in range(60):
        evidence = MEETING if number else {}
        known.take("w01", "hold_meeting" if number else "begin", "coordinator", FEBRUARY, **evidence)
    assert postgres or SECRET.encode() in everything(known)
    found = gone(known, evidence=(Place(known.pilot, seq),))
    assert found.left.bytes == (("postgresql",) if postgres else ())
    gone(known, person=ANNA, end_roles=True)
    left = everything(known)
    assert not [word for word in (SECRET, ANNA, ADDRESS) if word.encode() in left]
    assert known.holds()


def test_a_person_goes(known: Any) -> None:
    """Name, address, mails and their files; the entries keep the id, and the access log says that it was done."""
    own = mail(known, "a", known.anna.id, f"Adresat: {ANNA}")
    about = mail(known, "bb", "somebody", f"W zastępstwie: {ANNA}")
    other = mail(known, "ccc", "somebody", "Nic o niej")
    never = mail(known, "dddd", known.anna.id, "nie wyszła", "waiting")
    dead = mail(known, "eeeee", known.anna.id, "nie doszła", "dead")
    naming = mail(known, "ffffff", "somebody", f"jeszcze nie wyszła, {ADDRESS}", "waiting")
    found = gone(known, person=ADDRESS, end_roles=True)
    with known.database.read() as connection:
        assert repositories.person(connection, known.anna.id) is None
        kept = {m.id: (m.subject, m.text, m.html, m.last_error) for m in outbox.mails(connection)}
    assert kept[own] == kept[about] == ("", "", "", "")
    assert "Nic o niej" in kept[other]
    assert never not in kept
    assert dead not in kept
    assert found.plan.mails_waiting == 1
    assert naming in kept
    assert found.files == 2
    assert [file.read_text("utf-8") for file in known.folders.mail.iterdir()] == ["Nic o niej"]
    assert [m.until for m in membership(known)] == [TODAY]
    assert known.entries()[-1].person == known.anna.id
    assert [line.entry.kind for line in access.entries(known.desk)] == ["change", "erasure"], "added, erased"
    assert known.holds()
    with pytest.raises(UnknownPerson):
        gone(known, person=ANNA)


def membership(office: Any) -> Any:
    with office.database.read() as connection:
        return repositories.memberships(connection, office.pilot.id)


def test_evidence_that_names_the_person_is_left_to_a_human(known: Any) -> None:
    """It is listed with its place, and erased only when somebody says so, in the same erasure if they like."""
    seq = last_correction(known)
    asked = Asked("x", ANNA, end_roles=True)
    assert [(m.seq, m.field, m.certain) for m in plan(known.desk, asked).mentions] == [(seq, "reason", True)]
    found = gone(known, person=ANNA, end_roles=True, evidence=(Place(known.pilot, seq),))
    assert found.plan.mentions == []
    assert known.entries()[-1].erased == ({"seq": seq, "field": "reason"},)
    assert known.holds()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anna niezapomniana", True),
        ("NIEZAPOMNIANA ANNA", True),
        ("pisać na anna@ops.example", True),
        ("na wniosek Niezapomnianej", False),
        ("z p. Niezapomnianą", False),
        ("niezapomniany wieczór", False),
        ("Anna Kowalska", None),
    ],
)
def test_who_is_named(text: str, expected: bool | None) -> None:
    """For certain by name or address in any case, perhaps by a declined surname; a first name alone says nothing."""
    person = Person("id", ANNA, ADDRESS)
    assert Mentions.of(person).within(canonical({"rows": [text]})) is expected


def test_a_dry_run_changes_nothing(known: Any) -> None:
    """It says what would go."""
    before = len(known.entries())
    found = plan(known.desk, Asked("x", ANNA, (Place(known.pilot, last_correction(known)),), end_roles=True))
    assert len(found.values) == 1
    assert [m.role for _, m in found.roles] == ["coordinator"]
    assert len(known.entries()) == before
    with known.database.read() as connection:
        assert repositories.person(connection, known.anna.id) is not None


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"person": ANNA}, "roles_open"),
        ({"person": ANNA, "end_roles": True, "holds": {"tluszcz": "II SA/Wa 12/14"}}, "legal_hold"),
        ({"person": ANNA, "end_roles": True, "holds": {"*": "kontrola"}}, "legal_hold"),
        ({"person": ANNA, "end_roles": True, "by": "coordinator"}, "erase_not_allowed"),
        ({"person": ANNA, "end_roles": True, "by": ANNA}, "erase_not_allowed"),
        ({}, "erase_nothing"),
    ],
)
def test_what_stands_against_it(known: Any, asked: dict[str, Any], code: str) -> None:
    """Roles still held, a legal hold, somebody who may not, nothing said: nothing is touched."""
    before = len(known.entries())
    with pytest.raises(WorkflowError, match=code):
        gone(known, **asked)
    assert len(known.entries()) == before


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_reason_must_be_given(known: Any, reason: str) -> None:
    """And not a novel."""
    with pytest.raises(BadInput, match="reason"):
        erase(known.desk, Asked(reason, ANNA), known.folders)


def test_places_that_are_not_there(known: Any) -> None:
    """An entry or a field that the log does not have."""
    for place, code in ((Place(known.pilot, 99), "entry_unknown"), (Place(known.pilot, 2, "x"), "evidence_field")):
        with pytest.raises(BadInput, match=code):
            gone(known, evidence=(place,))


def test_a_role_and_a_right_to_come_are_taken_back(known: Any) -> None:
    """Whoever is gone will hold nothing."""
    later = add_person(known.desk, "Jan Późny")
    give_role(known.desk, "Jan Późny", "animator", [known.pilot], date(2014, 5, 1))
    gone(known, person="Jan Późny", end_roles=True)
    (held,) = [m for m in membership(known) if m.person == later.id]
    assert held.until == date(2014, 4, 30)
    assert known.holds()


def test_an_auditor_who_never_had_a_role_goes_too(known: Any) -> None:
    """No pilot's log names them, so the access log alone says it; the right to audit ends."""
    add_person(known.desk, "Ewa Rewident")
    add_auditor(known.desk, "Ewa Rewident", "mlw-pilot", TODAY, date(2014, 6, 30))
    with pytest.raises(AccessRefused, match="roles_open"):
        gone(known, person="Ewa Rewident")
    before = len(known.entries())
    assert gone(known, person="Ewa Rewident", end_roles=True).entries == ()
    assert len(known.entries()) == before
    assert [line.entry.kind for line in access.entries(known.desk)] == [
        "change",
        "change",
        "grant",
        "revoke",
        "erasure",
    ]
    assert list_auditors(known.desk)[0].until == TODAY
    assert access.compare_auditors(known.desk) is None


def test_a_mail_that_is_being_sent_stops_it(known: Any) -> None:
    """Its text is in a worker's hands; a moment later it can be erased."""
    mail(known, "a", known.anna.id, "w drodze", "leased")
    with pytest.raises(BadInput, match="mail_being_sent"):
        gone(known, person=ANNA, end_roles=True)
    with known.database.read() as connection:
        assert repositories.person(connection, known.anna.id) is not None
    assert known.holds()


def with_file(office: Any) -> int:
    """A step whose evidence refers to a copied file."""
    kept = office.folders.copy_of(FILE["sha256"])
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(b"pdf")
    entry = office.take("w01", "hold_meeting", "coordinator", FEBRUARY, **MEETING)
    with office.database.work() as work:
        work.connection.execute(
            "UPDATE evidence SET value = ? WHERE pilot_id = ? AND seq = ? AND field = 'place'",
            canonical([FILE]), office.pilot.id, entry.seq,
        )  # fmt: skip
        work.commit()
    seq: int = entry.seq
    return seq


def test_a_copied_file_goes_with_the_last_that_refers_to_it(known: Any) -> None:
    """While another entry refers to the same digest it stays."""
    known.take("w01", "begin", "coordinator", FEBRUARY)
    first, second = with_file(known), with_file(known)
    assert gone(known, evidence=(Place(known.pilot, first),)).files == 0
    assert known.folders.copy_of(FILE["sha256"]).exists()
    assert gone(known, evidence=(Place(known.pilot, second),)).files == 1
    assert not known.folders.files.exists() or not list(known.folders.files.rglob("*"))


def test_an_interrupted_erasure_is_finished_by_the_next(known: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The power went after the commit: the files are still there, the note says so, the next erasure takes them."""
    mail(known, "a", known.anna.id, ANNA)

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(erasure_files, "finish", power_cut)
        with pytest.raises(KeyboardInterrupt):
            gone(known, person=ANNA, end_roles=True)
    (note,) = known.home.glob("erasure-*.json")
    assert ANNA not in note.read_text("utf-8")
    assert list(known.folders.mail.iterdir())
    gone(known, evidence=(Place(known.pilot, last_correction(known)),))
    assert not list(known.folders.mail.iterdir())
    assert not list(known.home.glob("erasure-*.json"))


def test_a_note_of_an_erasure_that_never_was_deletes_nothing(known: Any) -> None:
    """It stays while it is fresh, for it may be under way, and goes when it is old; so does one that is cut off."""
    mail(known, "a", known.anna.id, ANNA)
    (file,) = known.folders.mail.iterdir()
    note = known.home / "erasure-x.json"
    note.write_text(json.dumps({"files": [str(file)], "entries": [[known.pilot.id, 99, "00"]]}), "utf-8")
    (known.home / "erasure-y.json").write_text('{"files": [', "utf-8")
    assert erasure_files.finish_interrupted(known.desk, known.folders) == 0
    assert note.exists()
    for old in known.home.glob("erasure-*.json"):
        os.utime(old, (0, 0))
    assert erasure_files.finish_interrupted(known.desk, known.folders) == 0
    assert not list(known.home.glob("erasure-*.json"))
    assert file.exists()


def test_a_note_never_reaches_outside_the_folders(known: Any, tmp_path: Path) -> None:
    """Whatever somebody wrote into it."""
    other = tmp_path / "other.txt"
    other.write_text("mine")
    entry = known.entries()[0]
    with known.database.read() as connection:
        digest = next(iter(repositories.entries(connection, known.pilot.id)))[1]
    known.home.mkdir(exist_ok=True)
    told = {"files": [str(other)], "entries": [[known.pilot.id, entry.seq, bytes(digest).hex()]]}
    (known.home / "erasure-x.json").write_text(json.dumps(told), "utf-8")
    assert erasure_files.finish_interrupted(known.desk, known.folders) == 1
    assert other.exists()


@pytest.mark.parametrize("how", HOWS)
def test_no_fault_leaves_half_an_erasure(known: Any, database_url: str, how: str) -> None:
    """The n-th statement fails, n = 1, 2, 3, …: all of it is done or nothing, and the next one succeeds."""
    seq = last_correction(known)
    mail(known, "a", known.anna.id, ANNA)
    before = len(known.entries())
    asked = Asked("x", ANNA, (Place(known.pilot, seq, "reason"),), end_roles=True)
    for at in itertools.count(1):
        database, fault = faulty(database_url, at, how)
        acknowledged = False
        try:
            erase(Desk(database, known.clock), asked, known.folders)
            acknowledged = True
        except (StorageUnavailable, AccessRefused):
            pass
        finally:
            database.close()
        done = state(known, seq)
        assert done in ((before, True, 0), (before + 2, False, 1)), (at, done)
        assert not acknowledged or done[0] == before + 2
        assert known.holds()
        if done[0] > before:
            break
        assert list(known.folders.mail.iterdir()), "files of what was not erased are kept"
        for note in known.home.glob("erasure-*.json"):
            os.utime(note, (0, 0))  # else the next attempt looks at all of them again
        assert at < 200
    assert fault.count > 5
    gone(known, evidence=(Place(known.pilot, 2),))
    assert not list(known.folders.mail.iterdir())


def state(office: Any, seq: int) -> tuple[int, bool, int]:
    """How many entries, whether the person is known, how many values of the entry were erased."""
    with office.database.read() as connection:
        person = repositories.person(connection, office.anna.id) is not None
        erased = [v for v in repositories.evidence_of(connection, office.pilot.id) if v.seq == seq and v.erased_at]
    return len(office.entries()), person, len(erased)


def test_behind_the_products_back(known: Any) -> None:
    """Evidence erased by SQL, and an erasure undone by SQL, are both found."""
    seq = last_correction(known)
    with known.database.read() as connection:
        (kept,) = [v for v in repositories.evidence_of(connection, known.pilot.id) if v.seq == seq]
    driver = known.database.driver
    with closing(driver.connect()) as raw:
        values = (driver.instant(known.clock.now()), seq)
        driver.execute(raw, "UPDATE evidence SET salt = NULL, value = NULL, erased_at = ? WHERE seq = ?", values)
    failure = verify(known.desk, known.pilot).first_failure
    assert failure is not None
    assert (failure.check, failure.seq) == ("evidence_erased_silently", seq)
    back = "UPDATE evidence SET salt = ?, value = ?, erased_at = NULL WHERE seq = ?"
    with closing(driver.connect()) as raw:
        driver.execute(raw, back, (kept.salt, kept.value, seq))
    gone(known, evidence=(Place(known.pilot, seq),))
    with closing(driver.connect()) as raw:
        driver.execute(raw, back, (kept.salt, kept.value, seq))
    found = replay_pilot(known.desk, known.pilot).first_failure
    assert found is not None
    assert (found.check, found.seq) == ("erased_still_there", known.entries()[-1].seq)


def test_everything_of_a_person_can_be_had_first(known: Any) -> None:
    """Profile, roles, entries, evidence given and naming, mails; and that it was collected is in the access log."""
    mail(known, "a", known.anna.id, "Dzień dobry")
    found = export_person(known.desk, ANNA, THE_OPERATOR).held
    assert found["person"]["email"] == ADDRESS
    assert [held["role"] for held in found["roles"]] == ["coordinator"]
    assert {name for entry in found["entries"] for name in entry["named_as"]} == {"actor", "person"}
    assert any(SECRET in str(given["value"]) for given in found["evidence_given"])
    assert [m["text"] for m in found["mails"]] == ["Dzień dobry"]
    assert [(line["what"], line["who"]) for line in found["access"]] == [
        ("added", "person"),
        ("person_export", "somebody_else"),
    ]
    own = export_person(known.desk, ANNA, reader_of(known.desk, ANNA)).held
    assert own["access"][-1]["who"] == "person"
    add_person(known.desk, "Ktoś Inny")
    with pytest.raises(AccessRefused, match="export_not_allowed"):
        export_person(known.desk, ANNA, reader_of(known.desk, "Ktoś Inny"))


@pytest.mark.parametrize(("erased", "check"), [((), "erased_nothing"), (({"seq": 1, "field": "x"},), "erased_unknown")])
def test_an_erasure_that_names_what_never_was(known: Any, erased: tuple[Any, ...], check: str) -> None:
    """A forged erasure does not replay."""
    head = known.entries()[-1]
    forged = Entry(known.pilot.id, head.seq + 1, "", "erasure", known.clock.now(), "operator", erased=erased)
    with known.database.transition(known.pilot.id, readonly=True) as work:
        found = replay([*known.entries(), forged], known.desk.programme, work.evidence).first_failure
    assert found is not None
    assert (found.check, found.seq) == (check, forged.seq)
