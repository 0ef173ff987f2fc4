"""The whole record out of a database and into an empty one: the rows of every table that is no projection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.storage import statements
from mlw_workflow.storage import transfer_statements as sql
from mlw_workflow.storage.batch import FLUSH_AFTER, Batch
from mlw_workflow.storage.mapping import instant_of
from mlw_workflow.storage.statements import EVIDENCE
from mlw_workflow.storage.tree_statements import COSIGNATURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mlw_workflow.audit.seal import Head
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.repositories import Person
    from mlw_workflow.storage.unit_of_work import Work


def opened_at(connection: Connection, pilot_id: str) -> datetime:
    """When the pilot was opened."""
    return instant_of(connection.row(sql.OPENED_AT, pilot_id)[0])


def people(connection: Connection) -> Iterator[tuple[Person, datetime]]:
    """Everybody, with when they were entered."""
    from mlw_workflow.storage.repositories import Person

    for person_id, name, email, language, created_at in connection.stream(sql.PEOPLE_WHOLE):
        yield Person(person_id, name, email, language), instant_of(created_at)


def values(
    connection: Connection, pilot_id: str
) -> Iterator[tuple[int, str, bytes | None, bytes | None, datetime | None]]:
    """The values beside a pilot's entries: number, field, salt, value, when it was erased."""
    for row in connection.stream(EVIDENCE, pilot_id):
        yield row if row[4] is None else (*row[:4], instant_of(row[4]))


def cosignatures(connection: Connection, size: int) -> list[tuple[str, str, datetime]]:
    """What witnesses signed under the checkpoint of that size: verifier key, line, and when it came."""
    return [(witness, line, instant_of(at)) for witness, line, at in connection.rows(COSIGNATURES, size)]


def leaves(connection: Connection, pilot_id: str, first_seq: int, entries: int) -> Iterator[bytes]:
    """The leaf hashes of a run of entries, as many as there are of them."""
    last = first_seq + entries - 1
    if pilot_id == ACCESS_LOG:
        rows = connection.stream(sql.ACCESS_LEAVES, first_seq, last)
    else:
        rows = connection.stream(sql.LEAVES, pilot_id, first_seq, last)
    for (digest,) in rows:
        yield bytes(digest)


def is_empty(connection: Connection) -> bool:
    """Whether the database holds no record yet: no pilot, person, access, checkpoint. Definitions may be there."""
    return connection.row(sql.ANYTHING) is None


def set_installed(work: Work, digest: str, moment: datetime) -> None:
    """Let a definition that was there before the record came be as old as it was where the record comes from."""
    work.connection.execute(sql.SET_INSTALLED, work.driver.instant(moment), digest)


def add_pilot(work: Work, pilot: Pilot, moment: datetime) -> None:
    """Enter a pilot; its entries follow, and then its head. Raises BadInput ``pilot_exists``."""
    day, driver = work.driver.day, work.driver
    row = (
        pilot.id, pilot.code, pilot.municipality, pilot.voivodeship, pilot.programme, pilot.definition,
        day(pilot.start), day(pilot.end), driver.instant(moment),
    )  # fmt: skip
    try:
        work.connection.execute(statements.ADD_PILOT, *row)
    except driver.errors as error:
        if driver.is_duplicate(error):
            raise BadInput("pilot_exists", pilot=pilot.code) from error
        raise


def add_head(work: Work, pilot_id: str, head: Head) -> None:
    """The end of a log whose entries are all there."""
    assert head.recorded_at is not None
    work.connection.execute(statements.ADD_HEAD, pilot_id, head.seq, head.hash, work.driver.instant(head.recorded_at))


class Entries:
    """Entries on their way into a database, by portions; ``close`` hands over the last."""

    def __init__(self, work: Work) -> None:
        """Within a transaction; nothing stays unless it is committed."""
        self._work = work
        self._batch = Batch()
        self._erased: list[tuple[str, int, str, datetime]] = []

    def add(self, pilot_id: str, seq: int, digest: bytes, body: bytes, signature: bytes | None) -> None:
        """One entry as it was sealed and signed."""
        self._batch.entries.append((pilot_id, seq, digest, body, signature))
        if len(self._batch.entries) >= FLUSH_AFTER:
            self.close()

    def add_values(
        self, pilot_id: str, seq: int, kept: Iterable[tuple[str, bytes, bytes]], erased: Iterable[tuple[str, datetime]]
    ) -> None:
        """The values beside an entry, and those that are gone."""
        self._batch.evidence += [(pilot_id, seq, *value) for value in kept]
        self._erased += [(pilot_id, seq, name, moment) for name, moment in erased]

    def close(self) -> None:
        """Hand over what has gathered."""
        work, instant = self._work, self._work.driver.instant
        work.driver.flush(work.raw, self._batch, commit=False)
        for pilot_id, seq, name, moment in self._erased:
            work.connection.execute(sql.ADD_ERASED, pilot_id, seq, name, instant(moment))
        self._batch, self._erased = Batch(), []
