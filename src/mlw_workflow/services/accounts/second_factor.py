"""The second factor: codes of six digits from a telephone (RFC 6238), and codes on paper for who has lost it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyotp
import structlog

from mlw_workflow.domain.errors import BadInput, UnknownPerson
from mlw_workflow.services.accounts import throttle
from mlw_workflow.services.accounts.login import CLOCK, NOWHERE, begin_session
from mlw_workflow.services.accounts.own import ask_password
from mlw_workflow.services.accounts.tokens import digest, same
from mlw_workflow.storage import accounts, repositories, second_factors

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.services.accounts.login import Origin
    from mlw_workflow.services.accounts.vault import Vault
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.accounts import Account

log = structlog.get_logger("mlw.account")
PERIOD_SECONDS = 30
STEPS_OFF = (0, -1, 1)
"""A telephone's clock may be half a minute fast or slow."""
BACKUP_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike on paper."""
_BACKUP_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a telephone is given, as a picture or typed."""

    secret: str
    uri: str


def begin(desk: Desk, vault: Vault, account: Account, clock: Clock = CLOCK) -> None:
    """Make a new secret, which counts once it is confirmed; one that was shown before and not confirmed is forgotten.

    Raises BadInput ``second_factor_on``; StorageUnavailable where the key of other people's secrets is not here.
    """
    person = account.person.id
    with desk.database.work() as work:
        known = second_factors.second_factor(work.connection, person)
        if known is not None and known.confirmed_at is not None:
            raise BadInput("second_factor_on")
        if not second_factors.any_second_factor(work.connection):
            vault.make()
        second_factors.drop(work.connection, person)
        second_factors.add(work.connection, person, vault.seal(pyotp.random_base32(), person), clock.now())
        work.commit()


def enrolment(desk: Desk, vault: Vault, account: Account, issuer: str) -> Enrolment | None:
    """What the person's telephone is to be given until it is confirmed; None: there is nothing to confirm.

    ``issuer`` is what the telephone shows.
    """
    with desk.database.read() as connection:
        known = second_factors.second_factor(connection, account.person.id)
    if known is None or known.confirmed_at is not None:
        return None
    secret = vault.open(known.secret, account.person.id)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=issuer))


def confirm(desk: Desk, vault: Vault, account: Account, code: str, session: str, clock: Clock = CLOCK) -> list[str]:
    """From now on logging in asks for a code. The codes on paper, which nobody is shown again.

    Other sessions than the one with that token end. Raises BadInput ``code_refused``; ``second_factor_on`` where
    nothing waits to be confirmed.
    """
    now, person = clock.now(), account.person.id
    codes = _new_codes()
    with desk.database.work() as work:
        known = second_factors.second_factor(work.connection, person)
        if known is None or known.confirmed_at is not None:
            raise BadInput("second_factor_on")
        step = _step_of(vault.open(known.secret, person), code, now)
        if step is None or not second_factors.confirm(work.connection, person, step, now):
            raise BadInput("code_refused")
        second_factors.set_backup_codes(work.connection, person, [_mark(vault, person, one) for one in codes])
        accounts.drop_other_sessions_of(work.connection, person, digest(session))
        work.commit()
    log.info("second_factor_on")
    return codes


def pass_code(
    desk: Desk, vault: Vault, token: str, code: str, origin: Origin = NOWHERE, clock: Clock = CLOCK
) -> tuple[str, Account]:
    """A new session's token for whoever gave the password before and now the code; a code works once.

    Raises BadInput ``half_login_over`` (log in anew), ``code_refused`` or ``login_throttled``.
    """
    now = clock.now()
    account = waiting(desk, token, clock)
    if account is None:
        raise BadInput("half_login_over")
    person = account.person.id
    tries = f"code {person}"
    with desk.database.work() as work:
        throttle.refuse(throttle.blocked_until(work.connection, tries, origin.address, now), now)
        known = second_factors.second_factor(work.connection, person)
        good = False
        if known is not None and known.confirmed_at is not None:
            step = _step_of(vault.open(known.secret, person), code, now)
            if step is not None:
                good = second_factors.use_step(work.connection, person, step)
            elif len(_plain(code)) == _BACKUP_LENGTH:
                good = second_factors.use_backup_code(work.connection, person, _mark(vault, person, _plain(code)))
        session = ""
        if good and second_factors.drop_half_login(work.connection, digest(token)):
            throttle.succeeded(work.connection, tries)
            session = begin_session(work, person, now, origin)
        else:
            throttle.failed(work.connection, tries, origin.address, now)
        work.commit()
    log.info("code", outcome="admitted" if session else "refused")
    if not session:
        raise BadInput("code_refused")
    return session, account


def waiting(desk: Desk, token: str, clock: Clock = CLOCK) -> Account | None:
    """Whose login waits for a code; None: nobody's, or it has waited too long."""
    if not token:
        return None
    with desk.database.read() as connection:
        half = second_factors.half_login(connection, digest(token))
        account = None if half is None else accounts.account(connection, half[0])
    if half is None or account is None or clock.now() >= half[1] or account.disabled_at is not None:
        return None
    return account


def turn_off(desk: Desk, account: Account, password: str, origin: Origin = NOWHERE, clock: Clock = CLOCK) -> None:
    """Logging in asks for no code any more. Raises BadInput ``password_wrong`` or ``login_throttled``."""
    ask_password(desk, account, password, origin, clock)
    with desk.database.work() as work:
        second_factors.drop(work.connection, account.person.id)
        work.commit()
    log.info("second_factor_off")


def new_backup_codes(
    desk: Desk, vault: Vault, account: Account, password: str, origin: Origin = NOWHERE, clock: Clock = CLOCK
) -> list[str]:
    """Other codes on paper; the old ones count no more. Raises as ``turn_off``."""
    ask_password(desk, account, password, origin, clock)
    codes, person = _new_codes(), account.person.id
    with desk.database.work() as work:
        second_factors.set_backup_codes(work.connection, person, [_mark(vault, person, one) for one in codes])
        work.commit()
    log.info("backup_codes_made")
    return codes


def reset(desk: Desk, name: str) -> bool:
    """Take a person's second factor away, for who lost the telephone and the paper; whether there was one.

    Their sessions end. Raises UnknownPerson.
    """
    with desk.database.work() as work:
        person = repositories.find_person(work.connection, name)
        if person is None or accounts.account(work.connection, person.id) is None:
            raise UnknownPerson("account_unknown", person=name[:120], known=())
        there = second_factors.drop(work.connection, person.id)
        accounts.drop_sessions_of(work.connection, person.id)
        work.commit()
    log.info("second_factor_reset")
    return there


def codes_left(desk: Desk, account: Account) -> int:
    """How many codes on paper are unused."""
    with desk.database.read() as connection:
        return second_factors.backup_codes_left(connection, account.person.id)


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The 30 seconds that a code belongs to; None for one that is wrong now."""
    given = _plain(code)
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // PERIOD_SECONDS
    right = [step for step in (present + off for off in STEPS_OFF) if same(totp.generate_otp(step), given)]
    return max(right, default=None)


def _plain(code: str) -> str:
    """A code as typed, without the blanks and dashes that help the eye."""
    return re.sub(r"[\s-]", "", code).lower()[:40]


def _new_codes() -> list[str]:
    made = ("".join(secrets.choice(_LETTERS) for _ in range(_BACKUP_LENGTH)) for _ in range(BACKUP_CODES))
    return ["-".join(code[at : at + 4] for at in range(0, _BACKUP_LENGTH, 4)) for code in made]


def _mark(vault: Vault, person: str, code: str) -> str:
    return vault.mark(f"{person} {_plain(code)}")
