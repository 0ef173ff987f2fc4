"""Let in who proved elsewhere who they are: at first by an e-mail address of theirs, then by their name there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services.accounts.login import CLOCK, NOWHERE, admit
from mlw_workflow.storage import accounts

if TYPE_CHECKING:
    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.services.accounts.login import Entrance, Origin
    from mlw_workflow.services.accounts.provider import Known
    from mlw_workflow.services.desk import Desk

log = structlog.get_logger("mlw.account")


def log_in_abroad(desk: Desk, known: Known, origin: Origin = NOWHERE, clock: Clock = CLOCK) -> Entrance:
    """A session for the account of whoever the provider means; a code is asked for where the account has codes.

    Raises BadInput: ``abroad_unknown`` where no account fits, ``abroad_unverified`` where the provider vouches for no
    address, ``abroad_other`` where somebody else there has the account already, ``abroad_disabled``.
    """
    now = clock.now()
    with desk.database.work() as work:
        connection = work.connection
        person = accounts.identity(connection, known.issuer, known.subject)
        if person is None and not known.email:
            raise BadInput("abroad_unverified")
        found = (
            accounts.account_by_login(connection, known.email)
            if person is None
            else accounts.account(connection, person)
        )
        if found is None:
            log.info("login_abroad", outcome="unknown")
            raise BadInput("abroad_unknown")
        if found.disabled_at is not None:
            log.info("login_abroad", outcome="disabled")
            raise BadInput("abroad_disabled")
        if person is None:
            if any(one.issuer == known.issuer for one in accounts.identities_of(connection, found.person.id)):
                log.warning("login_abroad", outcome="other_subject")
                raise BadInput("abroad_other")
            accounts.add_identity(connection, known.issuer, known.subject, found.person.id, now)
        entrance = admit(work, found, now, origin)
        work.commit()
    log.info("login_abroad", outcome="admitted" if entrance.complete else "code_asked", linked=person is None)
    return entrance
