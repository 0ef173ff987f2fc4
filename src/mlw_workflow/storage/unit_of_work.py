"""The way of a transition: lock and load a pilot, append sealed entries, commit once.

::

    with database.transition(pilot_id) as tx:   # nobody else writes to this pilot from here on
        decision = decide(tx.moved, …)
        tx.append(seal(entry), position=…, evidence=[…])
        tx.commit()                             # leaving without it undoes everything

An import writes to several pilots in one transaction: ``with database.work() as work: … work.commit()``.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.seal import GENESIS, Head
from mlw_workflow.domain.errors import BadInput, UnknownPilot
from mlw_workflow.storage import repositories
from mlw_workflow.storage import statements as sql
from mlw_workflow.storage.batch import FLUSH_AFTER, Batch
from mlw_workflow.storage.connection import Connection
from mlw_workflow.storage.form import checked, form_of
from mlw_workflow.storage.mapping import Positions, instant_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from mlw_workflow.audit.seal import Sealed
    from mlw_workflow.domain.ledger import Membership
    from mlw_workflow.domain.pilot import Pilot, Position
    from mlw_workflow.storage.driver import Driver
    from mlw_workflow.storage.repositories import Person

    Sign = Callable[[bytes, datetime], bytes | None]
    Committed = Callable[[Iterable[tuple[str, Head]]], None]
    Locked = Callable[["PilotWork"], None]


class Work:
    """One transaction. What it reads is what it locked; what it writes appears at ``commit`` or never."""

    def __init__(
        self,
        driver: Driver,
        raw: Any,
        *,
        readonly: bool = False,
        sign: Sign | None = None,
        committed: Committed | None = None,
        locked: Locked | None = None,
    ) -> None:
        """Use ``Database.work`` or ``Database.transition``.

        ``sign`` signs each entry that is appended; ``committed`` is told where logs end, once that is committed.
        ``locked`` sees each pilot when its head is locked, and raises to refuse.
        """
        self.driver = driver
        self.sign = sign
        self.committed = committed
        self.locked = locked
        self.raw = raw
        self.readonly = readonly
        self.batch = Batch()
        self._begun = False
        self._done = False
        self._pilots: dict[str, PilotWork] = {}
        self._beside: dict[str, Head] = {}

    @cached_property
    def connection(self) -> Connection:
        """For queries within this transaction. They do not see what was appended and not yet flushed."""
        self._begin()
        return Connection(self.driver, self.raw)

    def pilot(self, pilot: Pilot | str) -> PilotWork:
        """Lock a pilot's head (by id) and load it. Raises UnknownPilot.

        Whoever locks several does so in the order of their ids, so that no two wait for each other.
        """
        pilot_id = pilot if isinstance(pilot, str) else pilot.id
        found = self._pilots.get(pilot_id)
        if found is None:
            row, rows = self.driver.load(self.raw, pilot_id, begun=self._begun, lock=not self.readonly)
            self._begun = True
            if row is None:
                raise UnknownPilot(pilot=pilot_id, known=())
            form = form_of(sql.HEAD)
            assert form is not None
            checked(form, row)
            head = Head(row[0], bytes(row[1]), instant_or_none(row[2]))
            moved = Positions(dict(rows))
            found = self._pilots[pilot_id] = PilotWork(self, pilot_id, head, moved)
            if self.locked is not None and not self.readonly:
                self.locked(found)
        if not isinstance(pilot, str):
            found.pilot = pilot
        return found

    def find_pilot(self, name: str, *, programme: str = "") -> Pilot | None:
        """The pilot of that municipality or code; None when there is none. Raises UnknownPilot for several."""
        try:
            return repositories.find_pilot(self.connection, name, programme=programme)
        except UnknownPilot as problem:
            if problem.code == "ambiguous_pilot":
                raise
            return None

    def programme_memberships(self, programme: str) -> tuple[Membership, ...]:
        """Every distinct membership in the programme's pilots, whatever the reach of its role."""
        return repositories.memberships_in(self.connection, programme)

    def open_pilot(self, pilot: Pilot, opening: Sealed, opened_at: datetime) -> PilotWork:
        """Enter a new pilot with the first entry of its log.

        Raises BadInput ``pilot_exists`` when its code (or id) is taken.
        """
        day, moment = self.driver.day, self.driver.instant
        row = (
            pilot.id, pilot.code, pilot.municipality, pilot.voivodeship, pilot.programme, pilot.definition,
            day(pilot.start), day(pilot.end), moment(opened_at),
        )  # fmt: skip
        self._add(sql.ADD_PILOT, row, BadInput("pilot_exists", pilot=pilot.code))
        self.connection.execute(sql.ADD_HEAD, pilot.id, GENESIS.seq, GENESIS.hash, None)
        found = self._pilots[pilot.id] = PilotWork(self, pilot.id, GENESIS, Positions({}))
        found.pilot = pilot
        found.append(opening)
        return found

    def add_definition(self, digest: str, programme: str, body: bytes, installed_at: datetime) -> None:
        """Install a definition under its content hash; one that is there already stays as it is."""
        self.connection.execute(sql.ADD_DEFINITION, digest, programme, body, self.driver.instant(installed_at))

    def add_person(self, person: Person, created_at: datetime) -> None:
        """Enter a person. Raises BadInput ``person_exists`` when the id is taken."""
        row = (person.id, person.name, person.email, person.language, self.driver.instant(created_at))
        self._add(sql.ADD_PERSON, row, BadInput("person_exists", name=person.name))

    def set_person(self, person: Person) -> None:
        """Write another name, address or language of the person of that id."""
        self.connection.execute(sql.SET_PERSON, person.name, person.email, person.language, person.id)

    def _add(self, statement: str, row: tuple[Any, ...], taken: BadInput) -> None:
        try:
            self.connection.execute(statement, *row)
        except self.driver.errors as error:
            if self.driver.is_duplicate(error):
                raise taken from error
            raise

    def erase_evidence(self, pilot_id: str, seq: int, field: str, erased_at: datetime) -> bool:
        """Erase a value and its salt; the entry's commitment stays. False when there was none to erase."""
        values = (self.driver.instant(erased_at), pilot_id, seq, field)
        return self.connection.execute(sql.ERASE_EVIDENCE, *values) > 0

    def commit(self) -> None:
        """Write what was appended and end the transaction. Only when this returns are the entries acknowledged."""
        assert not self._done, "committed twice"
        assert not self.readonly, "nothing to commit"
        self._done = True
        if self.batch.heads:
            self.driver.flush(self.raw, self.batch, commit=True)
        elif self._begun:
            self.driver.commit(self.raw)
        ends = {**{log: head for log, (_, head) in self.batch.heads.items()}, **self._beside}
        if ends and self.committed is not None:
            self.committed(ends.items())

    def note_end(self, log: str, head: Head) -> None:
        """Where a log ends that is no pilot's and was appended to in this transaction; told once it is committed."""
        self._beside[log] = head

    def flush(self) -> None:
        """Hand entries and evidence to the database within the transaction; heads and positions wait for the end."""
        batch = self.batch
        self.driver.flush(self.raw, Batch(batch.entries, batch.evidence), commit=False)
        batch.entries, batch.evidence = [], []

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            if self.readonly:
                self.driver.begin_read(self.raw)
            else:
                self.driver.begin_write(self.raw)


class PilotWork:
    """One pilot within a transaction: its log's head and its positions, moving as entries are appended."""

    def __init__(self, work: Work, pilot_id: str, head: Head, moved: Positions) -> None:
        """Use ``Work.pilot`` or ``Work.open_pilot``."""
        self.work = work
        self.id = pilot_id
        self.head = head
        self.moved = moved
        """Positions of the machines that have moved, as they are after what was appended so far."""
        self._loaded = head
        self._evidence: dict[int, dict[str, bytes | None]] = {}

    @cached_property
    def pilot(self) -> Pilot:
        """The pilot as it was opened."""
        return repositories.pilot(self.connection, self.id)

    @property
    def connection(self) -> Connection:
        """For queries within this transaction."""
        return self.work.connection

    @cached_property
    def _memberships(self) -> dict[tuple[str, str, date], Membership]:
        held = repositories.memberships(self.connection, self.id)
        return {(m.person, m.role, m.since): m for m in held}

    def memberships(self, person_id: str | None = None) -> tuple[Membership, ...]:
        """Who holds which role, in the order in which they were given; of one person or of all."""
        return tuple(m for m in self._memberships.values() if person_id in (None, m.person))

    def evidence(self, seq: int) -> dict[str, Any]:
        """The values recorded with an entry, by field, as plain values; those that were erased are not there."""
        return {field: json.loads(value) for field, value in self._recorded(seq).items() if value is not None}

    def evidence_fields(self, seq: int) -> frozenset[str]:
        """The fields in which the entry recorded a value, erased or not."""
        return frozenset(self._recorded(seq))

    def _recorded(self, seq: int) -> dict[str, bytes | None]:
        found = self._evidence.get(seq)
        if found is None:
            rows = self.connection.rows(sql.EVIDENCE_OF_ENTRY, self.id, seq)
            found = self._evidence[seq] = {field: None if value is None else bytes(value) for field, value in rows}
        return found

    def append(
        self,
        sealed: Sealed,
        *,
        position: Position | None = None,
        evidence: Iterable[tuple[str, bytes, bytes]] = (),
        membership: Membership | None = None,
        signature: bytes | None = None,
    ) -> None:
        """Append a sealed entry, with the position it leads to and the values it commits to (field, salt, value).

        It is signed here, wherever it comes from, unless it brings its ``signature`` along. Nothing is written before
        ``commit`` (or before many entries have gathered).
        """
        head = self.head
        assert sealed.log == self.id, "sealed for another log"
        assert sealed.seq == head.seq + 1, "sealed for another place in the log"
        assert sealed.prev == head.hash.hex(), "sealed on another entry"
        batch = self.work.batch
        if signature is None and self.work.sign is not None:
            signature = self.work.sign(sealed.hash, sealed.recorded_at)
        batch.entries.append((self.id, sealed.seq, sealed.hash, sealed.body, signature))
        recorded: dict[str, bytes | None] = {}
        for field, salt, value in evidence:
            batch.evidence.append((self.id, sealed.seq, field, salt, value))
            recorded[field] = value
        self._evidence[sealed.seq] = recorded
        if position is not None:
            batch.positions[self.id, position.machine] = position
            self.moved = self.moved.moved_to(position)
        if membership is not None:
            self._memberships[membership.person, membership.role, membership.since] = membership
            batch.memberships.append((self.id, membership, sealed.seq))
        self.head = sealed.head
        batch.heads[self.id] = (self._loaded, self.head)
        if len(batch.entries) >= FLUSH_AFTER:
            self.work.flush()

    def commit(self) -> None:
        """Commit the whole unit of work."""
        self.work.commit()
