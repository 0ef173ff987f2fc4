"""Each checkpoint leaves the office: a mail to every auditor in force and to whoever the settings name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from mlw_workflow.audit.note import Checkpoint, Note
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import BadInput, IntegrityBroken
from mlw_workflow.notifications.checkpoint_mail import KIND, checkpoint_mail
from mlw_workflow.notifications.mail import message_id
from mlw_workflow.notifications.refusal_mail import refused_mail
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.services.refused_checkpoint import RefusedCheckpoint, as_code
from mlw_workflow.storage import access, heartbeat, outbox, repositories, tree

if TYPE_CHECKING:
    from datetime import date, datetime

    from mlw_workflow.notifications.values import Composed, Language
    from mlw_workflow.services.checkpoint import Made
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.mailroom import Mailroom
    from mlw_workflow.services.refused_checkpoint import Words
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.tree import StoredCheckpoint

log = structlog.get_logger("mlw.checkpoint")
REFUSED = "checkpoint_refused"
"""The heartbeat of a checkpoint that could not be made, with what failed (``RefusedCheckpoint``)."""
AGAIN = timedelta(hours=1)
"""After a refusal it is tried again this much later."""


@dataclass(frozen=True, slots=True)
class Post:
    """Enters the mails of a new checkpoint, in the transaction in which it is made."""

    mailroom: Mailroom
    recipients: tuple[str, ...] = ()
    """People (id, e-mail address or name) or addresses, besides the auditors."""
    words: Words = as_code
    """The sentence of a refusal, in the reader's language."""

    def __call__(self, connection: Connection, made: StoredCheckpoint) -> None:
        """Each person gets one mail for a checkpoint, whatever happens."""
        today = local_day(made.made_at)
        checkpoint = Checkpoint.parse(Note.parse(made.note).text)
        for recipient, language in self._recipients(connection, today):
            key = f"{KIND}:{checkpoint.origin}:{made.size}:{recipient}"
            mail = checkpoint_mail(checkpoint.origin, made.size, made.note, today, language, self.mailroom.name)
            self._enter(connection, key, recipient, mail, made.made_at)

    def refused(self, connection: Connection, why: RefusedCheckpoint, now: datetime) -> None:
        """Tell the same people that none was signed, and why; once a day at most."""
        today = local_day(now)
        for recipient, language in self._recipients(connection, today):
            mail = refused_mail(self.words(why, language), today, language, self.mailroom.name)
            self._enter(connection, f"{REFUSED}:{today.isoformat()}:{recipient}", recipient, mail, now)

    def _enter(self, connection: Connection, key: str, recipient: str, mail: Composed, now: datetime) -> None:
        identity = message_id(key, self.mailroom.domain)
        new = outbox.NewMail(key, KIND, recipient, mail.language, mail.subject, mail.text, mail.html, identity)
        outbox.add_mail(connection, new, now)

    def _recipients(self, connection: Connection, today: date) -> list[tuple[str, Language]]:
        found: dict[str, Language] = {}
        in_force = [a.person for a in access.auditors(connection) if a.since <= today <= a.until]
        for name in (*in_force, *self.recipients):
            person = repositories.find_person(connection, name)
            if person is not None:
                found[person.id] = "en" if person.language == "en" else "pl"
            elif "@" in name:
                found[name] = "pl"
            else:
                log.error("recipient_unknown", name=name[:80])
        return list(found.items())


def daily(desk: Desk, post: Post, now: datetime) -> Made | None:
    """Make the day's checkpoint if none was made today; None when there is nothing to do, or no key.

    One that is refused is told in the log, by the doctor and to the auditors, and tried again after an hour: the
    reminders go on.
    """
    if desk.signer is None:
        return None
    with desk.database.read() as connection:
        last = heartbeat.heartbeat(connection, tree.CHECKPOINT)
        refused = heartbeat.heartbeat(connection, REFUSED)
    if last is not None and local_day(last.at) >= local_day(now):
        return None
    if refused is not None and refused.detail and timedelta() <= now - refused.at < AGAIN:
        return None
    try:
        if desk.signer.key() is None:
            return None
        made, why = make_checkpoint(desk, post), None
    except (IntegrityBroken, BadInput) as error:
        made, why = None, RefusedCheckpoint.of(error)
        log.error("checkpoint_refused", code=error.code, check=why.check, pilot=why.pilot)
    if why or (refused is not None and refused.detail):
        with desk.database.work() as work:
            heartbeat.beat(work.connection, REFUSED, now, why.detail if why else "")
            if why:
                post.refused(work.connection, why, now)
            work.commit()
    if made is not None:
        log.info("checkpoint", size=made.size, added=made.added)
    return made
