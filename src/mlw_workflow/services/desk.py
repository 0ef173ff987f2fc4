"""What every use case is given: the database, the clock, and the definitions already read."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlw_workflow.definitions.law import Calendars
from mlw_workflow.definitions.normal_form import content_hash, from_normal
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import IntegrityBroken
from mlw_workflow.services.read_marks import ReadMarks

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.keystore import KeyStore
    from mlw_workflow.storage.database import Database
    from mlw_workflow.storage.unit_of_work import Locked

OPERATOR = "operator"
"""The actor of what the person at the machine does in no role: opening a pilot, giving a role."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The surroundings of a use case."""

    database: Database
    clock: Clock
    programmes: dict[str, Programme] = field(default_factory=dict)
    """Definitions by content hash, read once and checked against it."""
    pilots: dict[str, Pilot] = field(default_factory=dict)
    """Pilots by id, as far as they were read in bulk; a pilot never changes."""
    read_marks: ReadMarks = field(default_factory=ReadMarks)
    """Who has read which evidence."""
    calendar: Calendars = field(default_factory=Calendars)
    """The law's days off, and the school holidays of a voivodeship."""
    signer: KeyStore | None = None
    """The office's signing key: with it every entry that is appended is signed."""

    def __post_init__(self) -> None:
        """Entries are appended in one place, by the database's units of work; that place is given the signer."""
        if self.signer is not None:
            self.database.sign = self.signer.sign_entry
            self.database.committed = self.signer.note_heads
            self.signer.was_signed = self._was_signed

    def _was_signed(self) -> bool:
        from mlw_workflow.storage import tree

        with self.database.read() as connection:
            return tree.was_signed(connection)

    def watched(self, locked: Locked) -> Desk:
        """The same desk, where ``locked`` looks at each pilot before it is written to, and raises to refuse."""
        other = copy(self)
        object.__setattr__(other, "database", self.database.watched(locked))
        return other

    def programme(self, definition: str) -> Programme:
        """The programme pinned by a content hash.

        Raises IntegrityBroken when the stored definition is missing or is not the one that was hashed.
        """
        known = self.programmes.get(definition)
        if known is None:
            body = self.database.definition(definition)
            if body is None or content_hash(body) != definition:
                raise IntegrityBroken("definition_broken", definition=definition)
            known = self.programmes[definition] = from_normal(body)
        return known

    def today(self, programme: Programme) -> date:
        """The programme's local day at this instant."""
        return local_day(self.clock.now(), programme.timezone)
