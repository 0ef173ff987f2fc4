"""Who may read which calendar: digests of tokens, never the tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.storage import reminder_statements as sql
from mlw_workflow.storage.mapping import instant_of, instant_or_none

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class Feed:
    """One token's right to read."""

    digest: str
    person: str
    """A person's id: what that person is told of. Empty: everything of the pilot."""
    pilot_id: str
    """Empty: every pilot in which the person has a role."""
    created_at: datetime
    revoked_at: datetime | None = None

    @property
    def id(self) -> str:
        """What people call it by; too little to read the calendar with."""
        return self.digest[:12]


def add_feed(connection: Connection, feed: Feed) -> None:
    """Enter a right."""
    at = connection.driver.instant(feed.created_at)
    connection.execute(sql.ADD_FEED, feed.digest, feed.person, feed.pilot_id, at)


def feeds(connection: Connection) -> list[Feed]:
    """All there ever were, oldest first."""
    return [_feed(row) for row in connection.rows(sql.FEEDS)]


def feed_of(connection: Connection, digest: str) -> Feed | None:
    """The right that a token of this digest gives, or gave."""
    row = connection.row(sql.FEED_OF, digest)
    return None if row is None else _feed(row)


def revoke(connection: Connection, digest: str, at: datetime) -> None:
    """End a right. One that has ended keeps its instant."""
    connection.execute(sql.REVOKE_FEED, connection.driver.instant(at), digest)


def _feed(row: tuple[Any, ...]) -> Feed:
    digest, person, pilot_id, created_at, revoked_at = row
    return Feed(digest, person, pilot_id, instant_of(created_at), instant_or_none(revoked_at))
