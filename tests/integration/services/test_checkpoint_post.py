"""Checkpoints leave the office: mails to auditors and recipients, the day's checkpoint, and what the doctor says."""

from __future__ import annotations

from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from mlw_workflow.audit.note import Note
from mlw_workflow.interfaces.wording.refused import refused_words
from mlw_workflow.notifications.transport import Accepted
from mlw_workflow.scheduling.embedded import Worker
from mlw_workflow.services.auditors import add_auditor
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.services.checkpoint_post import Post, daily
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.doctor import doctor
from mlw_workflow.services.keystore import KeyStore
from mlw_workflow.services.mailroom import Mailroom
from mlw_workflow.services.people import add_person
from mlw_workflow.services.signing import new_key
from mlw_workflow.storage import outbox

FEBRUARY = date(2014, 2, 3)


class Taken:
    """A way out for mail that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    def deliver(self, letter: Any) -> Accepted:
        self.letters.append(letter)
        return Accepted()

    def close(self) -> None: ...


@pytest.fixture
def signing(office: Any, tmp_path: Path) -> Any:
    """An office with a key and an auditor."""
    office.desk = Desk(office.database, office.clock, signer=KeyStore(tmp_path / "keys" / "signing.key"))
    new_key(office.desk)
    add_person(office.desk, "Zofia Audytor", "zofia@crzl.example")
    return office


def mails(office: Any) -> list[outbox.Mail]:
    with office.database.read() as connection:
        return [mail for mail in outbox.mails(connection) if mail.kind == "checkpoint"]


def test_a_days_checkpoint_goes_to_auditors_and_recipients_once(signing: Any) -> None:
    """The note is in the mail byte for byte; on the same day nothing more is made, on the next what is new."""
    today = signing.clock.now().date()
    add_auditor(signing.desk, "Zofia Audytor", "mlw-pilot", today, today + timedelta(days=30))
    taken = Taken()
    worker = Worker(signing.desk, Mailroom(), taken, ("archive@office.example", "Zofia Audytor", "nobody"))
    made = worker.run_once().checkpoint
    assert made is not None
    assert "archive@office.example" in {mail.recipient for mail in mails(signing)}
    assert len(mails(signing)) == 2
    for mail in mails(signing):
        assert made.note in mail.text
        kept = mail.text.partition("-" * 20 + "\n")[2].partition("-" * 20)[0]
        assert Note.parse(kept) == Note.parse(made.note)
    assert {letter.recipient for letter in taken.letters} == {"zofia@crzl.example", "archive@office.example"}
    for letter in taken.letters:
        (attached,) = message_from_bytes(letter.content, policy=default).iter_attachments()
        assert attached.get_content() == made.note
    assert worker.run_once().checkpoint is None
    signing.later(days=1)
    again = worker.run_once().checkpoint
    assert again is not None
    assert not again.fresh
    signing.ask("w06", "code", "coordinator", FEBRUARY)
    signing.later(days=1)
    third = worker.run_once().checkpoint
    assert third is not None
    assert third.fresh
    assert len(mails(signing)) == 4
    signing.later(days=60)
    signing.ask("w06", "code", "coordinator", FEBRUARY)
    worker.run_once()
    assert [mail.recipient for mail in mails(signing)[4:]].count("archive@office.example") == 1


def test_without_a_key_there_is_no_checkpoint_and_no_complaint(office: Any) -> None:
    """The reminders do not depend on it."""
    assert daily(office.desk, Post(Mailroom()), office.clock.now()) is None
    assert doctor(office.desk).checkpoint_at is None


def test_a_refused_checkpoint_is_told_to_the_auditors_once_a_day(signing: Any, tmp_path: Path) -> None:
    """Whatever the reason; also where the keys are gone, which the doctor tells by itself."""
    today = signing.clock.now().date()
    add_auditor(signing.desk, "Zofia Audytor", "mlw-pilot", today, today + timedelta(days=30))
    make_checkpoint(signing.desk)
    worker = Worker(signing.desk, Mailroom(), Taken())
    worker.run_once()
    assert doctor(signing.desk).holds
    signing.later(days=1)
    (tmp_path / "keys").rename(tmp_path / "elsewhere")
    health = doctor(signing.desk)
    assert not health.holds
    assert "key_missing" in health.problems
    for hours in (2, 24, 2):
        assert worker.run_once().refused == "key_missing"
        assert not doctor(signing.desk).holds
        signing.later(hours=hours)
    assert len([mail for mail in mails(signing) if "key_missing" in mail.text]) == 2
    (tmp_path / "elsewhere").rename(tmp_path / "keys")
    signing.later(hours=2)
    assert worker.run_once().refused == ""
    assert doctor(signing.desk).holds


def test_a_refusal_is_told_in_a_sentence(signing: Any) -> None:
    """The auditor's mail and the doctor say which entry and why, in the reader's language, not the code of a check."""
    today = signing.clock.now().date()
    add_auditor(signing.desk, "Zofia Audytor", "mlw-pilot", today, today + timedelta(days=30))
    signing.database.sign = None
    signing.later(hours=1)
    signing.open("Kozłów")
    worker = Worker(signing.desk, Mailroom(), Taken(), words=refused_words)
    worker.run_once()
    (mail,) = mails(signing)
    told = "Wpis 1 w pilotażu kozlow: wpis nie ma podpisu, choć powinien"
    assert told in " ".join(mail.text.split())
    assert "signature_missing" not in mail.text
    refused = doctor(signing.desk).refused
    assert refused is not None
    assert refused_words(refused, "pl").startswith(told)
    signing.desk.signer.file.unlink()  # another reason on the same day is no second mail
    signing.later(hours=2)
    assert worker.run_once().refused == "key_missing"
    assert len(mails(signing)) == 1


def test_a_refused_checkpoint_is_told_and_tried_again_later(signing: Any) -> None:
    """The doctor names the check; once the reason is gone it is forgotten."""
    post, now = Post(Mailroom()), signing.clock.now()
    signing.database.sign = None
    signing.later(hours=1)
    signing.open("Kozłów")
    assert daily(signing.desk, post, signing.clock.now()) is None
    health = doctor(signing.desk)
    assert health.checkpoint_refused == "signature_missing"
    assert "checkpoint_refused" in health.problems
    signing.later(minutes=5)
    assert daily(signing.desk, post, signing.clock.now()) is None
    key = signing.desk.signer.key()
    with signing.database.work() as work:
        assert now
        driver = signing.database.driver
        name = (
            "ledger_entry_no_update" if driver.url.startswith("sqlite") else "ledger_entry_append_only ON ledger_entry"
        )
        work.connection.execute(f"DROP TRIGGER {name}")
        for (digest,) in work.connection.rows("SELECT hash FROM ledger_entry"):
            work.connection.execute(
                "UPDATE ledger_entry SET signature = ? WHERE hash = ?", key.sign_entry(digest), digest
            )
        work.commit()
    signing.later(hours=2)
    assert daily(signing.desk, post, signing.clock.now()) is not None
    assert not {"checkpoint_refused", "checkpoint_late"} & set(doctor(signing.desk).problems)
    signing.later(days=3)
    assert "checkpoint_late" in doctor(signing.desk).problems
