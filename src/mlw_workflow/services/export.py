"""Write the record for other programs: one state of the database, pilot by pilot, in the format that is asked for."""

from __future__ import annotations

import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from mlw_workflow.audit.export import jsonl
from mlw_workflow.audit.export.course import Choice, Course
from mlw_workflow.audit.read import EntryUnreadable, decode
from mlw_workflow.domain.errors import BadInput, IntegrityBroken
from mlw_workflow.services.export_tree import tree_lines
from mlw_workflow.services.output_file import place_beside, replacing
from mlw_workflow.storage import obligations, repositories, transfer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from mlw_workflow.audit.export.oscal import Words
    from mlw_workflow.audit.seal import Head
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection

FORMATS = ("xes", "ocel-json", "ocel-sqlite", "csv", "jsonl", "oscal", "prov")
_STEP = 2_000
"""Entries between two movements of the progress bar."""
_COPY = 1 << 20


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written."""

    format: str
    pilots: tuple[Pilot, ...]
    whole: bool = False
    """Every pilot there is, so that everybody's data belong to a complete export."""
    choice: Choice = field(default_factory=Choice)
    with_names: bool = False
    evidence: bool = True
    words: Words | None = None
    """How findings and verdicts are told; None: by their codes."""
    language: str = "en"


def export(desk: Desk, order: Order, out: Path | BinaryIO, progress: Callable[[int, int], None] | None = None) -> int:
    """Write the export to a file (whole or not at all) or to a stream; how many entries were read for it.

    Raises IntegrityBroken for a record that does not hold, BadInput for a file that cannot be written.
    """
    check(order)
    with desk.database.read() as connection:
        source = _Source(desk, connection, order, progress)
        if order.format == "ocel-sqlite":
            _write_sqlite(source, out)
        elif isinstance(out, Path):
            with replacing(out) as file:
                for part in source.parts():
                    file.write(part)
        else:
            for part in source.parts():
                out.write(part)
            out.flush()
    return source.done


def check(order: Order) -> None:
    """Raise BadInput for what does not go together."""
    if order.format not in FORMATS:
        raise BadInput("export_format_unknown", format=order.format[:40], known=FORMATS)
    days = order.choice.since is not None or order.choice.until is not None
    if order.choice.since and order.choice.until and order.choice.since > order.choice.until:
        raise BadInput("days_backwards", first=order.choice.since, last=order.choice.until)
    if order.format == "jsonl" and (days or order.with_names or not order.choice.corrected):
        raise BadInput("export_jsonl_whole")
    if order.format != "jsonl" and not order.evidence:
        raise BadInput("export_no_evidence", format=order.format)


class _Source:
    """The chosen pilots' logs, read in one transaction."""

    def __init__(
        self, desk: Desk, connection: Connection, order: Order, progress: Callable[[int, int], None] | None
    ) -> None:
        self.desk = desk
        self.connection = connection
        self.order = order
        self.progress = progress
        self.heads = {pilot.id: self._head(pilot) for pilot in order.pilots}
        self.total = sum(head.seq for head in self.heads.values())
        self.done = 0

    def _head(self, pilot: Pilot) -> Head:
        head = repositories.head(self.connection, pilot.id)
        if head is None:
            raise IntegrityBroken(pilot=pilot.municipality, check="head", seq=1)
        return head

    def choice(self) -> Choice:
        names = {}
        if self.order.with_names:
            names = {person.id: person.name for person in repositories.people(self.connection)}
        given = self.order.choice
        return Choice(given.since, given.until, given.refusals, given.corrected, given.case, names)

    def programmes(self) -> list[Programme]:
        return [self.desk.programme(name) for name in dict.fromkeys(pilot.definition for pilot in self.order.pilots)]

    def courses(self) -> Iterator[Course]:
        for pilot in self.order.pilots:
            yield Course(pilot, self.desk.programme(pilot.definition), self.entries(pilot))

    def entries(self, pilot: Pilot) -> Iterator[tuple[Entry, bytes]]:
        for seq, digest, body in self.counted(repositories.entries(self.connection, pilot.id)):
            try:
                yield decode(body), bytes(digest)
            except EntryUnreadable as problem:
                raise IntegrityBroken(pilot=pilot.municipality, check="readable", seq=seq) from problem

    def counted(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            yield row
            self.done += 1
            if self.progress is not None and self.done % _STEP == 0:
                self.progress(self.done, self.total)

    def parts(self) -> Iterator[bytes]:
        """The file, portion by portion. Each format is imported when it is written."""
        match self.order.format:
            case "xes":
                from mlw_workflow.audit.export.xes import xes

                return xes(self.courses(), self.choice())
            case "ocel-json":
                from mlw_workflow.audit.export.ocel_json import ocel_json

                return ocel_json(self.programmes(), self.courses(), self.choice())
            case "csv":
                from mlw_workflow.audit.export.csv import rows

                return rows(self.courses(), self.choice())
            case "prov":
                from mlw_workflow.audit.export.prov import prov

                return prov(self.courses(), self.choice())
            case "oscal":
                return self.assessment()
            case _:
                return self.complete()

    def assessment(self) -> Iterator[bytes]:
        """OSCAL: as of the last day that was chosen, or of today."""
        from mlw_workflow.audit.export.oscal import Codes, oscal
        from mlw_workflow.services.assess import about, assessed

        order = self.order
        day = order.choice.until or max(self.desk.today(programme) for programme in self.programmes())
        told = about(self.desk, order.pilots, self.heads, day, order.language)
        found = assessed(self.desk, self.connection, self.courses(), self.heads, day)
        return oscal(told, found, self.choice(), order.words or Codes())

    def complete(self) -> Iterator[bytes]:
        """JSON Lines; the last one holds the digest of all before it, which is computed while the next are made."""
        sha = sha256()
        with ThreadPoolExecutor(1) as beside:
            hashed: Future[None] | None = None
            for part in self.lines():
                if hashed is not None:
                    hashed.result()
                hashed = beside.submit(sha.update, part)
                yield part
        yield jsonl.record("end", pilots=len(self.heads), entries=self.total, sha256=sha.hexdigest())

    def lines(self) -> Iterator[bytes]:
        connection, order = self.connection, self.order
        counts = {"pilots": len(self.heads), "entries": self.total}
        yield jsonl.record("header", format=jsonl.FORMAT, evidence=order.evidence, **counts)
        if order.whole and (ring := self.desk.signer.ring() if self.desk.signer is not None else None) is not None:
            yield jsonl.record("keyring", body=msgspec.json.decode(ring.document()))
        wanted = {pilot.definition for pilot in order.pilots}
        for info in repositories.definitions(connection):
            body = repositories.definition(connection, info.hash)
            if (order.whole or info.hash in wanted) and body is not None:
                yield jsonl.definition(info.hash, info.programme, info.installed_at, body)
        named = None if order.whole else self._named()
        for person, created_at in transfer.people(connection):
            if named is None or person.id in named:
                yield jsonl.person(person.id, person.name, person.email, person.language, created_at)
        for pilot in order.pilots:
            yield from self.log(pilot)
        if order.whole:
            yield from tree_lines(connection)

    def log(self, pilot: Pilot) -> Iterator[bytes]:
        connection = self.connection
        yield jsonl.pilot(pilot, transfer.opened_at(connection, pilot.id), self.heads[pilot.id])
        rows = repositories.signed_entries(connection, pilot.id)
        values = transfer.values(connection, pilot.id) if self.order.evidence else ()
        for part in jsonl.Log(pilot.id, pilot.municipality, self.heads[pilot.id]).portions(rows, values):
            yield part
            self.done += part.count(b"\n")
            if self.progress is not None:
                self.progress(self.done, self.total)
        for row in sorted(obligations.obligations(connection, pilot.id), key=lambda row: (row.machine, row.rule)):
            members = asdict(row)
            members.pop("pilot_id")
            yield jsonl.deadline(**members)

    def _named(self) -> set[str]:
        """The people whom the chosen logs name; nobody else's data leave with them."""
        found: set[str] = set()
        for pilot in self.order.pilots:
            for _, _, body in repositories.entries(self.connection, pilot.id):
                entry = decode(body)
                found |= {entry.actor, entry.person, entry.deputy}
        return found


def _write_sqlite(source: _Source, out: Path | BinaryIO) -> None:
    if isinstance(out, Path):
        with place_beside(out) as beside:
            _fill(source, beside)
        return
    with tempfile.TemporaryDirectory(prefix="mlw") as folder:
        beside = Path(folder) / "ocel.sqlite"
        _fill(source, beside)
        with beside.open("rb") as file:
            while part := file.read(_COPY):
                out.write(part)
    out.flush()


def _fill(source: _Source, place: Path) -> None:
    from mlw_workflow.audit.export.ocel import event_types
    from mlw_workflow.audit.export.ocel_sqlite import Tables, filled

    tables = Tables(event_types(source.programmes(), source.choice()))
    with closing(sqlite3.connect(place, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode = OFF")  # a file that is not finished is thrown away
        target.execute("PRAGMA foreign_keys = ON")
        target.execute("BEGIN")
        target.execute("PRAGMA defer_foreign_keys = ON")
        for statement, values in tables.made():
            target.execute(statement, values)
        for statement, values in filled(tables, source.courses(), source.choice()):
            target.execute(statement, values)
        target.execute("COMMIT")
