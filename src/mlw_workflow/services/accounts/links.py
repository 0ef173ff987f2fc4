"""One-time links by mail: an invitation to the panel, or a new password for one that was forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from mlw_workflow.domain.errors import BadInput, UnknownPerson
from mlw_workflow.notifications.account_mails import invitation, reset
from mlw_workflow.notifications.mail import message_id
from mlw_workflow.services.accounts import throttle
from mlw_workflow.services.accounts.login import CLOCK
from mlw_workflow.services.accounts.passwords import password_hash
from mlw_workflow.services.accounts.tokens import digest, new_token
from mlw_workflow.storage import accounts, outbox, repositories

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.notifications.values import Language
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.mailroom import Mailroom
    from mlw_workflow.storage.accounts import Account, Purpose
    from mlw_workflow.storage.repositories import Person
    from mlw_workflow.storage.unit_of_work import Work

log = structlog.get_logger("mlw.account")
LASTS: dict[Purpose, timedelta] = {"invitation": timedelta(days=7), "reset": timedelta(hours=1)}


def invite(
    desk: Desk, mailroom: Mailroom, panel: str, name: str, *, is_admin: bool = False, clock: Clock = CLOCK
) -> tuple[Account, datetime]:
    """Let a person in, and write them the mail with the link by which they choose a password; until when it holds.

    ``panel`` is the address under which the panel is reached. Raises UnknownPerson, BadInput ``address_missing`` for a
    person without an e-mail address and ``account_login_taken`` when somebody else logs in under it.
    """
    now = clock.now()
    with desk.database.work() as work:
        person = repositories.find_person(work.connection, name)
        if person is None:
            raise UnknownPerson(person=name, known=())
        if not person.email:
            raise BadInput("address_missing", name=person.name)
        login = person.email.lower()
        other = accounts.account_by_login(work.connection, login)
        if other is not None and other.person.id != person.id:
            raise BadInput("account_login_taken", login=login, name=other.person.name)
        accounts.add_account(work.connection, person.id, login, is_admin=is_admin, now=now)
        until = _send(desk, work, mailroom, panel, person, "invitation", now)
        made = accounts.account(work.connection, person.id)
        assert made is not None
        work.commit()
    log.info("invited")
    return made, until


def ask_for_reset(
    desk: Desk, mailroom: Mailroom, panel: str, login: str, address: str = "", clock: Clock = CLOCK
) -> None:
    """Write whoever has an account of that name a link for a new password; nobody learns whether there is one.

    Raises BadInput ``login_throttled`` when it was asked too often.
    """
    login, now = login.strip().lower()[:320], clock.now()
    asked, origin = f"reset {login}", f"reset {address}" if address else ""
    with desk.database.work() as work:
        until = throttle.blocked_until(work.connection, asked, origin, now)
        throttle.refuse(until, now)
        throttle.failed(work.connection, asked, origin, now)
        account = accounts.account_by_login(work.connection, login)
        if account is not None and account.disabled_at is None and account.person.email:
            _send(desk, work, mailroom, panel, account.person, "reset", now)
        work.commit()
    log.info("reset_asked")


def owner_of(desk: Desk, token: str, clock: Clock = CLOCK) -> Account:
    """Whose link it is. Raises BadInput ``link_invalid`` for one that is unknown, used or has run out."""
    with desk.database.read() as connection:
        link = accounts.link(connection, digest(token))
        account = None if link is None else accounts.account(connection, link.person)
    if link is None or account is None or link.used_at is not None or clock.now() >= link.expires_at:
        raise BadInput("link_invalid")
    if account.disabled_at is not None:
        raise BadInput("link_invalid")
    return account


def choose_password(desk: Desk, token: str, password: str, clock: Clock = CLOCK) -> Account:
    """Use the link up and take the password; whoever was logged in to the account is logged out.

    Raises BadInput ``link_invalid`` or ``password_length``.
    """
    account = owner_of(desk, token, clock)
    kept = password_hash(password)
    with desk.database.work() as work:
        if not accounts.use_link(work.connection, digest(token), clock.now()):
            raise BadInput("link_invalid")
        accounts.set_password(work.connection, account.person.id, kept)
        accounts.drop_sessions_of(work.connection, account.person.id)
        throttle.succeeded(work.connection, account.login)
        work.commit()
    log.info("password_chosen")
    return account


def _send(
    desk: Desk, work: Work, mailroom: Mailroom, panel: str, person: Person, purpose: Purpose, now: datetime
) -> datetime:
    token, until = new_token(), now + LASTS[purpose]
    accounts.add_link(work.connection, digest(token), person.id, purpose, now, until)
    write = invitation if purpose == "invitation" else reset
    language: Language = "en" if person.language == "en" else "pl"
    mail = write(person.name, f"{panel}/password?link={token}", until, mailroom.name, language)
    key = f"{purpose}/{digest(token)}"
    entered = outbox.NewMail(
        key, purpose, person.id, language, mail.subject, mail.text, mail.html, message_id(key, mailroom.domain)
    )
    outbox.add_mail(work.connection, entered, desk.clock.now())
    return until
