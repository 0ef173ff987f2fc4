"""A person's name, address and language can be corrected; that they were is on record, and what they were is not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from mlw_workflow.domain.access import ADDED
from mlw_workflow.domain.clock import SystemClock
from mlw_workflow.domain.errors import BadInput, UnknownPerson
from mlw_workflow.services import access
from mlw_workflow.services.change_person import Changes, change_person
from mlw_workflow.services.erase import erase
from mlw_workflow.services.erasure_plan import Asked
from mlw_workflow.services.people import add_person
from mlw_workflow.storage import access as access_storage
from mlw_workflow.storage import accounts, repositories

if TYPE_CHECKING:
    from pathlib import Path

    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.accounts import Account

OLD, NEW = "wolska@stary.example", "Lis@nowy.example"


@pytest.fixture
def anna(office: Any) -> Any:
    office.anna = add_person(office.desk, "Anna Wolska", OLD)
    return office


def changes_of(office: Any) -> list[Any]:
    """What the access log says beside who was added."""
    return [line.entry for line in access.entries(office.desk) if line.entry.what != ADDED]


def test_who_added_somebody_is_on_record(anna: Any) -> None:
    """The access log says of whom and at whose word, and neither the name nor the address."""
    jan = add_person(anna.desk, "Jan Lis", "jan@ops.example", by="admin-id")
    told = [
        (line.entry.kind, line.entry.what, line.entry.person, line.entry.actor) for line in access.entries(anna.desk)
    ]
    assert told == [("change", ADDED, anna.anna.id, "operator"), ("change", ADDED, jan.id, "admin-id")]
    with anna.database.read() as connection:
        bodies = b"".join(bytes(body) for _, _, body in access_storage.rows(connection))
    assert not any(word in bodies for word in (b"Jan", b"Anna", b"ops.example"))
    with pytest.raises(BadInput, match="person_exists"):
        add_person(anna.desk, "Jan Lis")
    assert access.verify_access(anna.desk, deep=True).entries == 2


def account_of(desk: Desk, person: str) -> Account | None:
    with desk.database.read() as connection:
        return accounts.account(connection, person)


def test_what_is_named_changes_and_the_rest_stays(anna: Any) -> None:
    """The access log says what, of whom and at whose word, and never the values."""
    done = change_person(anna.desk, OLD, Changes(name="Anna  Lis", email=NEW), by="admin-id")
    assert done.what == ("name", "address")
    with anna.database.read() as connection:
        found = repositories.person(connection, anna.anna.id)
        bodies = b"".join(bytes(body) for _, _, body in access_storage.rows(connection))
    assert found == done.person
    assert (found.name, found.email, found.language) == ("Anna Lis", NEW, "pl")
    assert [(e.kind, e.what, e.person, e.actor) for e in changes_of(anna)] == [
        ("change", "name", anna.anna.id, "admin-id"),
        ("change", "address", anna.anna.id, "admin-id"),
    ]
    assert not any(word in bodies for word in (b"Anna", b"Lis", b"stary", b"nowy"))
    assert access.verify_access(anna.desk, deep=True).first_failure is None


def test_nothing_new_is_no_entry(anna: Any) -> None:
    """Saying again what is so already leaves no trace."""
    assert change_person(anna.desk, OLD, Changes(name="Anna Wolska", email=OLD, language="pl")).what == ()
    assert changes_of(anna) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (Changes(name=" "), "person_name_invalid"),
        (Changes(name="Jan Lis"), "person_exists"),
        (Changes(email="to nie adres"), "person_email_invalid"),
        (Changes(email="x@y.example\r\nBcc: z@y.example"), "person_email_invalid"),
    ],
)
def test_what_will_not_do_changes_nothing(anna: Any, changes: Changes, code: str) -> None:
    """As when a person is added."""
    add_person(anna.desk, "Jan Lis")
    with pytest.raises(BadInput, match=code):
        change_person(anna.desk, "Anna Wolska", changes)
    with pytest.raises(UnknownPerson):
        change_person(anna.desk, "Nikt Taki", changes)
    with anna.database.read() as connection:
        assert repositories.person(connection, anna.anna.id) == anna.anna
    assert changes_of(anna) == []


def test_the_login_follows_the_address(anna: Any) -> None:
    """The old address opens nothing any more, neither by itself nor by a link that was sent to it."""
    now = SystemClock().now()
    jan = add_person(anna.desk, "Jan Lis", "jan@ops.example")
    with anna.database.work() as work:
        accounts.add_account(work.connection, anna.anna.id, OLD, is_admin=False, now=now)
        accounts.add_account(work.connection, jan.id, "jan@ops.example", is_admin=False, now=now)
        accounts.add_link(work.connection, "digest", anna.anna.id, "reset", now, now + timedelta(hours=1))
        work.commit()
    for taken, code in (("JAN@ops.example", "account_login_taken"), ("", "account_without_address")):
        with pytest.raises(BadInput, match=code):
            change_person(anna.desk, OLD, Changes(email=taken))
    change_person(anna.desk, OLD, Changes(email=NEW))
    account = account_of(anna.desk, anna.anna.id)
    assert account is not None
    assert account.login == NEW.lower()
    with anna.database.read() as connection:
        assert accounts.account_by_login(connection, OLD) is None
        link = accounts.link(connection, "digest")
    assert link is not None
    assert link.used_at is not None


def test_neither_the_old_nor_the_new_address_outlives_an_erasure(anna: Any, tmp_path: Path) -> None:
    """Not in a table, not in a log."""
    change_person(anna.desk, OLD, Changes(email=NEW))
    erase(anna.desk, Asked("wniosek z art. 17", person=NEW), anna.folders)
    if anna.database.driver.url.startswith("sqlite"):
        for file in anna.home.parent.rglob("*.sqlite3*"):
            content = file.read_bytes()
            assert b"stary.example" not in content
            assert b"nowy.example" not in content
    assert [entry.kind for entry in changes_of(anna)] == ["change", "erasure"]
