"""See who is let in, and shut an account or open it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from mlw_workflow.domain.errors import UnknownPerson
from mlw_workflow.services.accounts.login import CLOCK
from mlw_workflow.storage import accounts, repositories

if TYPE_CHECKING:
    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.accounts import Account

log = structlog.get_logger("mlw.account")


def list_accounts(desk: Desk) -> list[Account]:
    """Every account, by login."""
    with desk.database.read() as connection:
        return accounts.accounts(connection)


def disable(desk: Desk, name: str, *, off: bool = True, clock: Clock = CLOCK) -> Account:
    """Shut a person's account at once (or open it again). Raises UnknownPerson."""
    with desk.database.work() as work:
        person = repositories.find_person(work.connection, name)
        known = None if person is None else accounts.account(work.connection, person.id)
        if known is None:
            raise UnknownPerson("account_unknown", person=name[:120], known=())
        accounts.set_disabled(work.connection, known.person.id, clock.now() if off else None)
        if off:
            accounts.drop_sessions_of(work.connection, known.person.id)
        work.commit()
    log.info("disabled" if off else "enabled")
    return known
