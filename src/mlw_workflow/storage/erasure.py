"""What is kept of a person beside the ledger, and how it goes. Names and texts go; ids, digests and days stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.storage import access_statements as sql
from mlw_workflow.storage import accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.database import Database

NOTICE_WITHDRAWN = "erased"
"""Why a notice to somebody erased was withdrawn."""


@dataclass(frozen=True, slots=True)
class MailContent:
    """A mail with what it says."""

    id: int
    recipient: str
    status: str
    message_id: str
    subject: str
    text: str
    html: str
    last_error: str

    @property
    def identity(self) -> str:
        """The part of the Message-ID by which the mail's file is named."""
        return self.message_id.lstrip("<").partition("@")[0]


def entries(connection: Connection) -> Iterator[tuple[str, int, bytes]]:
    """Every entry of every log: pilot, number, body."""
    for pilot_id, seq, body in connection.stream(sql.ALL_ENTRIES):
        yield pilot_id, seq, bytes(body)


def values(connection: Connection) -> Iterator[tuple[str, int, str, bytes]]:
    """Every value of evidence that is there: pilot, number, field, canonical bytes."""
    for pilot_id, seq, field, value in connection.stream(sql.ALL_VALUES):
        yield pilot_id, seq, field, bytes(value)


def mails(connection: Connection) -> Iterator[MailContent]:
    """Every mail with its content, oldest first."""
    for row in connection.stream(sql.MAIL_CONTENTS):
        yield MailContent(*row)


def forget_person(connection: Connection, person_id: str) -> None:
    """Name, address, account and calendar feeds go; warnings not yet written are withdrawn."""
    accounts.forget(connection, person_id)
    connection.execute(sql.FORGET_PERSON, person_id)
    connection.execute(sql.FORGET_FEEDS, person_id)
    connection.execute(sql.WITHDRAW_ALL_NOTICES, NOTICE_WITHDRAWN, person_id)


def forget_mail(connection: Connection, mail: MailContent) -> bool:
    """The texts of a mail that was sent go, and one that was not sent goes whole. False when it is being sent now."""
    statement = sql.BLANK_MAIL if mail.status == "sent" else sql.FORGET_MAIL
    return connection.execute(statement, mail.id) == 1


def compact(database: Database) -> tuple[str, ...]:
    """Make the bytes of what was erased leave the database's own files, as far as a client can.

    The answer names what is left to do: ``wal`` (others hold SQLite's log open: again once they are done), ``vacuum``
    (the file could not be written anew), ``postgresql`` (only its administrator can rewrite tables and logs).
    """
    driver = database.driver
    connection = driver.connect()
    try:
        if driver.url.startswith("sqlite"):
            # Erased cells are overwritten at once (secure_delete); pages that were split earlier may hold older copies.
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            return ("wal",) if busy else ()
        for table in ("evidence", "person", "outbox", "notice", "feed_token"):
            connection.execute(f"VACUUM {table}")
    except driver.errors:
        return ("vacuum",)
    else:
        return ("postgresql",)
    finally:
        connection.close()
