"""One pilot of a pack: its chain, the evidence beside it, and every decision taken again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit import pack_format as form
from mlw_workflow.audit.read import EntryUnreadable, decode, header, unknown_fields
from mlw_workflow.audit.replay import replay
from mlw_workflow.audit.seal import Head, instant, leaf_hash
from mlw_workflow.audit.verify import Failure, StoredEvidence, verify_chain, verify_evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import IO

    from mlw_workflow.audit.pack_reader import PackReader
    from mlw_workflow.audit.signatures import EntrySignatures, LogSignatures
    from mlw_workflow.audit.verify import Verdict
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot

    Progress = Callable[[int], None]
    """Told how many more entries were looked at."""
    Row = tuple[int, bytes, bytes, bytes | None]
    """Number, leaf hash, body, signature."""

_STEP = 500
"""Entries between two words to the progress bar."""
_OWN = (form.ENTRIES, form.SIGNATURES, form.EVIDENCE)
_VALUE = msgspec.json.Decoder(form.PackedValue)
_UNDECIDABLE = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What an entry or a definition that nobody of ours wrote can make our own code stumble over."""


@dataclass(slots=True)
class PilotVerdict:
    """What came out for one pilot."""

    pilot: form.PackedPilot
    entries: int = 0
    first_failure: Failure | None = None
    signed: int = 0
    """Entries whose own signature was checked and holds; the others are under a checkpoint, or not signed."""
    unsigned: int = 0
    """Entries without a signature of their own."""
    erased: int = 0
    redacted: int = 0


class Broken(Exception):
    """A line that is not in its form: what to tell of it."""

    def __init__(self, failure: Failure) -> None:
        """Keep the failure."""
        self.failure = failure
        super().__init__(failure.check)


@dataclass(slots=True)
class PilotCheck:
    """Checks one pilot, each time reading its members from their beginning."""

    pack: PackReader
    pilot: form.PackedPilot
    verdict: PilotVerdict = field(init=False)

    def __post_init__(self) -> None:
        self.verdict = PilotVerdict(self.pilot)

    @property
    def prefix(self) -> str:
        """What the names of its members begin with."""
        return form.folder(self.pilot.id, self.pilot.code)

    @property
    def members(self) -> tuple[str, ...]:
        """What must be there: entries, signatures, and what stands beside them."""
        return tuple(self.prefix + member for member in _OWN)

    def verified(self, rows: Iterator[tuple[int, bytes, bytes]]) -> Verdict:
        """What comes of the chain's check. Raises Broken."""
        return verify_chain(self.pilot.id, rows, self.head(), deep=True)

    def _name(self, member: str) -> str:
        return self.prefix + member

    # The chain

    def chain(
        self,
        leaves: IO[bytes],
        proved: int,
        signatures: EntrySignatures,
        progress: Progress,
        limits: tuple[int, ...] | None,
    ) -> None:
        """Check the chain, writing each entry's leaf hash to ``leaves``.

        Up to the entry ``proved`` a checkpoint vouches for what is written; from there on signatures are looked at.
        ``limits``: what retired keys may have signed, as for ``EntrySignatures.holds``.
        """
        lacking = next((name for name in self.members if name not in self.pack), None)
        if lacking is not None:
            self._fail(Failure("file_missing", 0, {"file": lacking}))
            return
        tap = _Tap(signatures, proved, keyless=form.KEYS not in self.pack)
        failures: list[Failure] = []
        checked = signatures.of_log(proved=proved, limits=limits)
        rows = _signed(_counted(self._rows(leaves, tap), progress), checked, failures)
        try:
            found = self.verified(rows)
        except Broken as broken:
            self._fail(broken.failure)
            return
        self.verdict.entries, self.verdict.signed, self.verdict.unsigned = found.entries, tap.signed, tap.unsigned
        failure = failures[0] if failures else found.first_failure
        if failure is not None and failure.check in ("prev", "head"):
            failure = tap.culprit(failure)
        if failure is None and found.entries != self.pilot.entries:
            facts = {"expected": str(self.pilot.entries), "found": str(found.entries)}
            failure = Failure("entries_count", 0, facts)
        if failure is None and found.entries < proved:
            failure = Failure("tree_entries", found.entries + 1, {"expected": str(proved), "found": str(found.entries)})
        self._fail(failure)

    def _rows(self, leaves: IO[bytes], tap: _Tap) -> Iterator[Row]:
        entries, signatures = self.members[:2]
        lines = self.pack.lines(signatures)
        seq = 0
        for seq, body in enumerate(self.pack.lines(entries), start=1):
            leaf = leaf_hash(body)
            leaves.write(leaf)
            row = (seq, leaf, body, _signature_of(next(lines, None), seq))
            tap.take(row)
            yield row
        if next(lines, None) is not None:
            raise Broken(Failure("signatures_form", seq + 1))

    def head(self) -> Head | None:
        """The end of the log as the manifest gives it. Raises Broken."""
        said = self.pilot.head
        if said is None:
            return None
        try:
            recorded_at = datetime.fromisoformat(said.recorded_at) if said.recorded_at else None
            head = Head(said.seq, bytes.fromhex(said.hash), recorded_at)
            written = instant(recorded_at) if recorded_at else ""
        except (ValueError, OverflowError):
            raise Broken(Failure("head_form", 0)) from None
        if (head.hash.hex(), written) != (said.hash, said.recorded_at):  # one form only, here as everywhere
            raise Broken(Failure("head_form", 0))
        return head

    def _fail(self, failure: Failure | None) -> None:
        if self.verdict.first_failure is None:
            self.verdict.first_failure = failure

    # The evidence beside it

    def evidence(self) -> None:
        """Check that each value is the one committed to, or is said to be missing, and why."""
        rows = ((seq, b"", body) for seq, body in enumerate(self.pack.lines(self._name(form.ENTRIES)), start=1))
        try:
            found = verify_evidence(rows, (_stored(value) for value in self._counted_values()))
        except Broken as broken:
            self._fail(broken.failure)
            return
        self._fail(found.first_failure)

    def _counted_values(self) -> Iterator[form.PackedValue]:
        for value in self._values():
            self.verdict.erased += value.erased_at is not None
            self.verdict.redacted += value.redacted
            yield value

    def _values(self) -> Iterator[form.PackedValue]:
        before = (0, "")
        for line in self.pack.lines(self._name(form.EVIDENCE)):
            value = _value_of(line, before[0])
            if (value.seq, value.field) <= before:
                raise Broken(Failure("evidence_form", before[0]))
            before = (value.seq, value.field)
            yield value

    # Every decision again

    def decisions(self, definition_of: Callable[[str], Programme | None], progress: Progress) -> None:
        """Decide every entry again, under the definition it names; a log that is not whole is not decided."""
        course = _Course(_counted(self.pack.lines(self._name(form.ENTRIES)), progress))
        values = _Streamed(self._values(), definition_of)
        try:
            replayed = replay(course, values.definition, values)
        except Broken as broken:
            self._fail(broken.failure)
        except EntryUnreadable as problem:
            self._fail(_unreadable(problem, course.seq + 1))
        except _UNDECIDABLE as problem:
            self._fail(Failure("undecidable", course.seq, {"problem": type(problem).__name__}))
        else:
            self._fail(replayed.first_failure or _unlike_manifest(self.pilot, replayed.pilot))


class _Tap:
    """Keeps the last two entries that passed by, and count of signatures."""

    def __init__(self, signatures: EntrySignatures, proved: int, *, keyless: bool) -> None:
        self.signatures = signatures
        self.keyless = keyless
        self.proved = proved
        self.signed = self.unsigned = 0
        self.before: Row | None = None
        self.last: Row | None = None

    def take(self, row: Row) -> None:
        self.before, self.last = self.last, row
        seq, _, _, signature = row
        if signature is None:
            self.unsigned += 1
        elif self.keyless:
            raise Broken(Failure("signature", seq))  # there is no key that could have made it
        elif seq > self.proved:
            self.signed += 1

    def culprit(self, failure: Failure) -> Failure:
        """Which entry was changed, where its successor (or the log's end) does not fit it: its signature tells."""
        row = self.before if failure.check == "prev" else self.last
        if row is None or row[3] is None or failure.seq not in (row[0], row[0] + 1):
            return failure
        seq, leaf, body, signature = row
        try:
            good = self.signatures.holds(leaf, header(body).recorded_at, signature)
        except EntryUnreadable:
            return failure
        return failure if good else Failure("signature", seq)


def _signed(
    rows: Iterator[Row], signatures: LogSignatures, failures: list[Failure]
) -> Iterator[tuple[int, bytes, bytes]]:
    """Pass rows on to the chain's check, which speaks first; stop at the first whose signature is not as it must be."""
    for seq, leaf, body, signature in rows:
        yield seq, leaf, body
        failure = signatures.failure(seq, leaf, body, signature)
        if failure is not None:
            failures.append(failure)
            return


def _signature_of(line: bytes | None, seq: int) -> bytes | None:
    """A line of signatures: base64, or a dash for an entry without one. Raises Broken."""
    try:
        if line is not None:
            return None if line == b"-" else form.decode64(line.decode("ascii"))
    except ValueError:
        pass
    raise Broken(Failure("signatures_form", seq))


def _stored(value: form.PackedValue) -> StoredEvidence:
    if value.salt is None or value.value is None:
        erased_at = None if value.erased_at is None else datetime.fromisoformat(value.erased_at)
        return StoredEvidence(value.seq, value.field, None, None, erased_at)
    return StoredEvidence(value.seq, value.field, form.decode64(value.salt), value.value.encode("utf-8"))


def _value_of(line: bytes, seq: int) -> form.PackedValue:
    """A line of evidence in its one form: with salt and value, or erased, or left out. Raises Broken."""
    try:
        value = _VALUE.decode(line)
        told = (value.value is not None, value.erased_at is not None, value.redacted)
        if sum(told) == 1 and (value.salt is None) == (value.value is None) and form.value_line(value) == line + b"\n":
            form.decode64(value.salt or "")
            if value.erased_at is None or instant(datetime.fromisoformat(value.erased_at)) == value.erased_at:
                return value
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        pass
    raise Broken(Failure("evidence_form", seq))


class _Course:
    """A log's entries, and how far they have been read."""

    def __init__(self, bodies: Iterator[bytes]) -> None:
        self.bodies = bodies
        self.seq = 0

    def __iter__(self) -> Iterator[Entry]:
        for body in self.bodies:
            entry = decode(body)
            self.seq += 1
            unknown = unknown_fields(body)
            if unknown:
                raise Broken(Failure("fields_unknown", self.seq, {"fields": ", ".join(unknown)[:200]}))
            yield entry


class _Streamed:
    """Evidence by entry from a stream in the entries' order.

    Of entries gone by only those fields are kept which a rule of the programme chooses from.
    """

    def __init__(self, values: Iterator[form.PackedValue], definition_of: Callable[[str], Programme | None]) -> None:
        self.values = values
        self.definition_of = definition_of
        self.following: form.PackedValue | None = None
        self.seq = 0
        self.current: dict[str, Any] = {}
        self.kept: dict[int, dict[str, Any]] = {}
        self.wanted: frozenset[str] = frozenset()

    def definition(self, name: str) -> Programme | None:
        programme = self.definition_of(name)
        if programme is not None:
            self.wanted = _chosen_from(programme)
        return programme

    def __call__(self, seq: int) -> Mapping[str, Any]:
        if seq == self.seq:
            return self.current
        if seq < self.seq:
            return self.kept.get(seq, {})
        self._keep()
        self.seq, self.current = seq, {}
        following = chain((self.following,), self.values) if self.following is not None else self.values
        self.following = None
        for value in following:
            if value.seq > seq:
                self.following = value
                break
            self._take(value)
        return self.current

    def _take(self, value: form.PackedValue) -> None:
        if value.value is None:
            return
        try:
            read = msgspec.json.decode(value.value)
        except (msgspec.MsgspecError, RecursionError):
            raise Broken(Failure("evidence_form", value.seq)) from None
        if value.seq == self.seq:
            self.current[value.field] = read
        elif value.field in self.wanted:
            self.kept.setdefault(value.seq, {})[value.field] = read

    def _keep(self) -> None:
        found = {name: self.current[name] for name in self.wanted & self.current.keys()}
        if found:
            self.kept[self.seq] = found


def _chosen_from(programme: Programme) -> frozenset[str]:
    """The fields whose recorded values other fields choose from."""
    found = set()
    for workflow in programme.workflows:
        for rule in workflow.rules:
            for asked in rule.evidence:
                for column in (asked, *asked.fields):
                    if column.among is not None:
                        found.add(column.among.field)
    return frozenset(found)


def _counted(rows: Iterator[Any], progress: Progress) -> Iterator[Any]:
    number = 0
    for number, row in enumerate(rows, start=1):
        if number % _STEP == 0:
            progress(_STEP)
        yield row
    progress(number % _STEP)


def _unreadable(problem: EntryUnreadable, seq: int) -> Failure:
    return Failure("newer" if problem.code == "entry_newer" else "readable", seq, {"problem": problem.problem})


def _unlike_manifest(said: form.PackedPilot, opened: Pilot | None) -> Failure | None:
    """The manifest names the pilot as its opening entry does."""
    if opened is None:
        return Failure("not_opened", 1)
    for name in ("code", "municipality", "programme"):
        if getattr(said, name) != getattr(opened, name):
            return Failure("pilot_named", 1, {"expected": getattr(opened, name), "found": getattr(said, name)})
    return None
