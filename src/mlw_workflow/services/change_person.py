"""Change a person's name, address or language. The values sit outside the ledger; that they changed is on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain.access import ADDRESS_GIVEN, ADDRESS_TAKEN, AccessEntry
from mlw_workflow.domain.clock import SystemClock
from mlw_workflow.domain.errors import BadInput, UnknownPerson
from mlw_workflow.services import access
from mlw_workflow.services.desk import OPERATOR
from mlw_workflow.services.people import checked_address, checked_name
from mlw_workflow.storage import accounts, repositories
from mlw_workflow.storage.repositories import Person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be written; None leaves it as it is."""

    name: str | None = None
    email: str | None = None
    """Empty: no address from now on."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A person after a change."""

    person: Person
    what: tuple[str, ...]
    """``name``, ``address`` (or ``address_given``, ``address_taken``), ``language``; empty: all was so already."""


def change_person(desk: Desk, who: str, changes: Changes, by: str = OPERATOR) -> Changed:
    """Write a person's new name, address or language, at the word of ``by``.

    The access log says what was changed and never the values: those can be erased, entries cannot. Whoever logs in does
    so under the new address from now on, and one-time links that went to the old one no longer count. Raises
    UnknownPerson; BadInput ``person_name_invalid``, ``person_email_invalid``, ``person_exists``,
    ``account_login_taken``, ``account_without_address``.
    """
    with desk.database.work() as work:
        before = repositories.find_person(work.connection, who)
        if before is None:
            raise UnknownPerson(person=who, known=())
        after = Person(
            before.id,
            before.name if changes.name is None else checked_name(changes.name),
            before.email if changes.email is None else checked_address(changes.email),
            before.language if changes.language is None else changes.language,
        )
        what = tuple(_differences(before, after))
        if what:
            if after.name != before.name:
                _refuse_taken(work, after)
            work.set_person(after)
            if after.email != before.email:
                _log_in_under(work, before, after)
            drafts = [AccessEntry(0, "", "change", desk.clock.now(), after.id, actor=by, what=one) for one in what]
            access.record(desk, work, *drafts)
            work.commit()
    return Changed(after, what)


def _differences(before: Person, after: Person) -> Iterator[str]:
    if after.name != before.name:
        yield "name"
    if after.email != before.email:
        yield ADDRESS_GIVEN if not before.email else "address" if after.email else ADDRESS_TAKEN
    if after.language != before.language:
        yield "language"


def _refuse_taken(work: Work, after: Person) -> None:
    other = repositories.find_person(work.connection, after.name)
    if other is not None and other.id != after.id:
        raise BadInput("person_exists", name=after.name)


def _log_in_under(work: Work, before: Person, after: Person) -> None:
    """The account, if there is one, follows its person's address."""
    account = accounts.account(work.connection, after.id)
    if account is None:
        return
    login = after.email.lower()
    if not login:
        raise BadInput("account_without_address", name=before.name)
    other = accounts.account_by_login(work.connection, login)
    if other is not None and other.person.id != after.id:
        raise BadInput("account_login_taken", login=login, name=other.person.name)
    accounts.set_login(work.connection, after.id, login)
    accounts.drop_links_of(work.connection, after.id, SystemClock().now())
