"""Reading a complete export back: each line checked as it comes, so that what is wrong is told with its line."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.export.jsonl import FORMAT
from mlw_workflow.audit.export.jsonl_lines import (
    DeadlineLine,
    DefinitionLine,
    EndLine,
    EntryLine,
    HeaderLine,
    KeyringLine,
    Line,
    PersonLine,
    PilotLine,
    TreeLine,
)
from mlw_workflow.audit.read import EntryUnreadable, decode
from mlw_workflow.audit.seal import GENESIS, SALT_SIZE, commitment, instant
from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.domain.errors import HistoryInvalid, IntegrityBroken
from mlw_workflow.domain.pilot import Pilot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import BinaryIO

    from mlw_workflow.domain.ledger import Entry

LINE_MAX = 32 * 1024 * 1024
"""No line that we write comes near it; a longer one is not read into memory."""
_line = msgspec.json.Decoder(Line)


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry as it is to be stored."""

    seq: int
    hash: bytes
    body: bytes
    signature: bytes | None
    evidence: tuple[tuple[str, bytes, bytes], ...]
    """(field, salt, value)."""
    erased: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class ReadPilot:
    """A pilot as it is to be stored, before its entries."""

    pilot: Pilot
    opened_at: datetime
    entries: int
    head: bytes


@dataclass(frozen=True, slots=True)
class PilotEnd:
    """Nothing more of this pilot's log follows, and it ended where it was to end."""

    recorded_at: datetime | None


_Beside = HeaderLine | KeyringLine | DefinitionLine | PersonLine | DeadlineLine | TreeLine | EndLine
Read = ReadPilot | ReadEntry | PilotEnd | _Beside


def is_export(first: bytes) -> bool:
    """Whether a file that begins so is a complete export (of whatever version)."""
    return first.startswith(b'{"record":"header"') or b'"format":"mlw-ledger/' in first[:200]


@dataclass(slots=True)
class Reader:
    """One file. Raises HistoryInvalid for what cannot be read, IntegrityBroken for what does not hold."""

    file: str
    stream: BinaryIO
    number: int = 0
    _sha: Any = field(default_factory=sha256)
    _pilot: ReadPilot | None = None
    _seq: int = 0
    _prev: bytes = GENESIS.hash
    _recorded_at: datetime | None = None
    _pilots: int = 0
    _entries: int = 0

    def read(self) -> Iterator[Read]:
        """What the file holds, in its order, each piece checked."""
        header: HeaderLine | None = None
        end: EndLine | None = None
        for line in self._lines():
            if end is not None:
                raise self.wrong("ledger_file_after_end")
            item = self._decoded(line)
            if header is None and not isinstance(item, HeaderLine):
                raise self.wrong("ledger_file_format", format="")
            if isinstance(item, HeaderLine):
                header = self._header(item, known=header)
            elif isinstance(item, EntryLine):
                yield self._entry(item)
                self._sha.update(line)
                continue
            elif not isinstance(item, DeadlineLine):
                yield from self._ended()
            if isinstance(item, PilotLine):
                yield self._opened(item)
            elif isinstance(item, EndLine):
                end = self._end(item, header)
            elif isinstance(item, DeadlineLine) and self._pilot is None:
                raise self.wrong("ledger_file_order")
            elif not isinstance(item, HeaderLine):
                yield item
            self._sha.update(line)
        if end is None:
            raise self.wrong("ledger_file_cut")
        yield end

    def wrong(self, code: str, **facts: object) -> HistoryInvalid:
        """What is wrong, at the line that was read last."""
        return HistoryInvalid(code, file=self.file, line=self.number, **facts)

    def broken(self, check: str, seq: int, **facts: object) -> IntegrityBroken:
        """What does not hold, at the line that was read last."""
        pilot = self._pilot.pilot.municipality if self._pilot else ""
        facts = {"file": self.file, "line": self.number, "pilot": pilot, "check": check, "seq": seq, **facts}
        return IntegrityBroken("ledger_file_broken", **facts)

    def _lines(self) -> Iterator[bytes]:
        while line := self.stream.readline(LINE_MAX):
            self.number += 1
            if not line.endswith(b"\n"):
                raise self.wrong("ledger_file_line_too_long" if len(line) == LINE_MAX else "ledger_file_cut")
            yield line

    def _decoded(self, line: bytes) -> Line:
        try:
            item: Line = _line.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            raise self.wrong("ledger_file_line", problem=_problem(problem)) from problem
        # No database takes it in a text; nothing that we wrote holds it.
        if b"\\u0000" in line and (not isinstance(item, EntryLine) or any("\0" in name for name in item.evidence)):
            raise self.wrong("ledger_file_line", problem="control_character")
        return item

    def _header(self, item: HeaderLine, known: HeaderLine | None) -> HeaderLine:
        if known is not None:
            raise self.wrong("ledger_file_order")
        if item.format != FORMAT:
            raise self.wrong("ledger_file_format", format=item.format[:40])
        if not item.evidence:
            raise self.wrong("ledger_file_without_evidence")
        return item

    def _opened(self, item: PilotLine) -> ReadPilot:
        if ACCESS_LOG in (item.id, item.code):
            raise self.wrong("ledger_file_reserved", what=ACCESS_LOG)
        pilot = Pilot(
            item.id, item.code, item.municipality, item.programme, item.definition, item.start, item.end,
            item.voivodeship,
        )  # fmt: skip
        self._pilot = ReadPilot(pilot, self.utc(item.opened_at), item.entries, self._hex(item.head))
        self._seq, self._prev, self._recorded_at = 0, GENESIS.hash, None
        self._pilots += 1
        return self._pilot

    def _entry(self, item: EntryLine) -> ReadEntry:
        if self._pilot is None:
            raise self.wrong("ledger_file_order")
        body, seq = bytes(item.body), self._seq + 1
        digest = sha256(b"\x00" + body).digest()
        if digest.hex() != item.hash:
            raise self.broken("body_hash", seq, expected=item.hash[:64], found=digest.hex())
        try:
            entry = decode(body)
        except EntryUnreadable as problem:
            raise self.broken("readable", seq, problem=problem.problem) from problem
        self._in_place(entry, seq, body)
        evidence, erased = self._values(entry, item)
        self._seq, self._prev, self._recorded_at = seq, digest, entry.recorded_at
        self._entries += 1
        return ReadEntry(seq, digest, body, self._b64(item.signature, seq), evidence, erased)

    def _in_place(self, entry: Entry, seq: int, body: bytes) -> None:
        """The same checks, under the same names, as a log in a database gets."""
        assert self._pilot is not None
        expected: tuple[tuple[str, object, object], ...] = (
            ("log", self._pilot.pilot.id, entry.log),
            ("seq_sealed", seq, entry.seq),
            ("prev", self._prev.hex(), entry.prev),
        )
        for check, wanted, found in expected:
            if wanted != found:
                raise self.broken(check, seq, expected=wanted, found=found)
        if entry.recorded_at.tzinfo is None or f'"recorded_at":"{instant(entry.recorded_at)}"'.encode() not in body:
            raise self.broken("canonical", seq, problem="recorded_at")
        if self._recorded_at is not None and entry.recorded_at < self._recorded_at:
            raise self.broken("recorded_at", seq, not_before=instant(self._recorded_at), found=entry.recorded_at)

    def _values(self, entry: Entry, item: EntryLine) -> tuple[Any, Any]:
        """The values beside an entry, each against its commitment."""
        kept, erased = [], []
        for name, sealed in entry.evidence.items():
            value = item.evidence.get(name)
            if value is None:
                raise self.broken("evidence_missing", entry.seq, field=name)
            if value.erased_at is not None:
                erased.append((name, self.utc(value.erased_at)))
                continue
            salt, content = self._b64(value.salt, entry.seq) or b"", bytes(value.value)
            if len(salt) != SALT_SIZE or commitment(name, salt, content) != sealed:
                raise self.broken("evidence", entry.seq, field=name)
            kept.append((name, salt, content))
        for name in item.evidence:
            if name not in entry.evidence:
                raise self.broken("evidence_unsealed", entry.seq, field=name)
        return tuple(kept), tuple(erased)

    def _ended(self) -> Iterator[PilotEnd]:
        pilot, self._pilot = self._pilot, self._pilot
        if pilot is None:
            return
        if (self._seq, self._prev) != (pilot.entries, pilot.head):
            expected = f"{pilot.entries}:{pilot.head.hex()}"
            raise self.broken("head", self._seq + 1, expected=expected, found=f"{self._seq}:{self._prev.hex()}")
        yield PilotEnd(self._recorded_at)
        self._pilot = None

    def _end(self, item: EndLine, header: HeaderLine | None) -> EndLine:
        assert header is not None
        counts = (item.pilots, item.entries)
        if counts != (self._pilots, self._entries) or counts != (header.pilots, header.entries):
            raise self.wrong("ledger_file_counts", expected=header.entries, found=self._entries)
        if item.sha256 != self._sha.hexdigest():
            raise self.wrong("ledger_file_digest")
        return item

    def _hex(self, text: str) -> bytes:
        try:
            return bytes.fromhex(text)
        except ValueError as problem:
            raise self.wrong("ledger_file_line", problem="form") from problem

    def _b64(self, text: str, seq: int) -> bytes | None:
        if not text:
            return None
        try:
            return b64decode(text, validate=True)
        except (binascii.Error, ValueError) as problem:
            raise self.wrong("ledger_file_line", problem="form", seq=seq) from problem

    def utc(self, moment: datetime) -> datetime:
        """An instant with its time zone."""
        if moment.tzinfo is None:
            raise self.wrong("ledger_file_line", problem="time_zone")
        return moment


def _problem(error: Exception) -> str:
    """What a decoder objects to, as a problem that has words; it tells the place and never the value."""
    if not isinstance(error, msgspec.ValidationError):
        return "json"
    said = str(error)
    names = [found[1] for found in (re.search(r"`\$\.([^`]*)`", said), re.search(r"field `([^`]*)`", said)) if found]
    if not names:
        return "form"
    return f"{'unknown_field' if 'unknown field' in said else 'field'}:{'.'.join(names)[:100]}"
