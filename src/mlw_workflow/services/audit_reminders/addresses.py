"""Who could be reached by mail, and when: the access log tells of each address that came or went, and not which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.audit.access import decode_access
from mlw_workflow.domain.access import ADDRESS_GIVEN, ADDRESS_TAKEN
from mlw_workflow.storage import access, repositories

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mlw_workflow.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class Addresses:
    """Who has no address now, and when that changed before."""

    without_now: frozenset[str]
    turns: dict[str, list[tuple[datetime, bool]]]
    """By person: when an address was given (True) or taken away, in order."""

    def without(self, at: datetime, found_without: set[str]) -> set[str]:
        """Who had no address at an instant.

        Of those of whom the log tells nothing: who has none now, and who was ``found_without`` one.
        """
        told = {person for person in self.turns if not self._had(person, at)}
        return told | {person for person in self.without_now | found_without if person not in self.turns}

    def instants(self) -> Iterator[datetime]:
        """When anything changed."""
        for turns in self.turns.values():
            yield from (at for at, _ in turns)

    def _had(self, person: str, at: datetime) -> bool:
        turns = self.turns[person]
        return next((given for moment, given in reversed(turns) if moment <= at), not turns[0][1])


def addresses(connection: Connection) -> Addresses:
    """What is known of everybody. Raises EntryUnreadable."""
    turns: dict[str, list[tuple[datetime, bool]]] = {}
    for _, _, body in access.rows(connection):
        if b'"change"' in bytes(body):
            entry = decode_access(bytes(body))
            if entry.what in (ADDRESS_GIVEN, ADDRESS_TAKEN):
                turns.setdefault(entry.person, []).append((entry.recorded_at, entry.what == ADDRESS_GIVEN))
    return Addresses(frozenset(p.id for p in repositories.people(connection) if not p.email), turns)
