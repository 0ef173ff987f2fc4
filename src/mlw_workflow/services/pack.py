"""Writing an audit pack: all that an outsider needs in order to check the record, streamed from one state of the
database into one file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mlw_workflow.audit import pack_format as form
from mlw_workflow.audit.pack_container import Container
from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.domain.errors import BadInput, IntegrityBroken, WorkflowError
from mlw_workflow.services.pack_check import broken
from mlw_workflow.services.pack_log import add_log
from mlw_workflow.storage import packed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import IO

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection

BASIS = "ustawa z dnia 18 stycznia 1951 r. o dniach wolnych od pracy, w brzmieniu obowiązującym w danym roku"
"""Of the law's days off."""
_DEFINITION = re.compile(r"sha256:[0-9a-f]{64}")
_STEP = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to go into a pack."""

    pilots: tuple[Pilot, ...]
    everything: bool = False
    """All pilots of the log, so that a missing one is a failure; the access log goes along."""
    redact: frozenset[str] = frozenset()
    """Fields whose values stay in the office; their commitments go."""
    files: Path | None = None
    """Where the office keeps evidence files, if they are to go along."""
    witnesses: tuple[str, ...] = ()
    """The verifier keys of the office's witnesses."""
    even_if_broken: bool = False
    """Pack it also where it does not hold; the manifest then says what was found."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What a pack that was written holds. ``digest`` names it: the SHA-256 of its manifest."""

    digest: str
    pilots: int
    entries: int
    size: int
    left_out: int
    """Values that are named and not there, as asked."""
    damaged: tuple[form.PackedDamage, ...] = ()
    """What does not hold and was packed as evidence of that, as asked."""


@dataclass(slots=True)
class _Pack:
    """A pack in the making."""

    container: Container
    progress: Callable[[int, int], None]
    total: int
    done: int = 0
    left_out: int = 0
    listed: list[form.PackedFile] = field(default_factory=list)
    files: set[bytes] = field(default_factory=set)
    """Digests of evidence files that values name."""

    def stream(self, name: str, lines: Iterable[bytes]) -> int:
        """Write a member of lines; how many they were."""
        digest, count = sha256(), 0
        with self.container.member(name) as member:
            for line in lines:
                member.write(line)
                digest.update(line)
                count += 1
            self.listed.append(form.PackedFile(name, member.size, digest.hexdigest()))
        return count

    def add(self, name: str, content: bytes) -> None:
        """Write a member that is at hand."""
        self.stream(name, (content,))

    def passed(self, bodies: Iterator[bytes]) -> Iterator[bytes]:
        """The lines of bodies, told to the progress bar."""
        for body in bodies:
            self.done += 1
            if self.done % _STEP == 0:
                self.progress(self.done, self.total)
            yield body + b"\n"


def write_pack(desk: Desk, wanted: Wanted, out: Path, progress: Callable[[int, int], None]) -> Packed:
    """Write a pack to ``out``, which is there whole or not at all. The same record gives the same bytes.

    What is packed is checked first as ``audit verify`` does: IntegrityBroken ``pack_refused`` for what does not hold,
    unless the pack shall be evidence of that (``Wanted.even_if_broken``). Raises BadInput ``redact_field_unknown`` for
    a field that no packed pilot has: whoever mistypes one must not give its values away.
    """
    damaged = _checked(desk, wanted)
    aside = out.with_name(f".{out.name}.part")
    try:
        with aside.open("wb") as file, desk.database.read() as connection:
            _check_redacted(desk, connection, wanted)
            made = _write(desk, connection, wanted, Container(file), progress, damaged)
            made = replace(made, size=file.tell(), damaged=damaged)
        os.replace(aside, out)  # noqa: PTH105 - a single step on every system
    finally:
        aside.unlink(missing_ok=True)
    return made


def _checked(desk: Desk, wanted: Wanted) -> tuple[form.PackedDamage, ...]:
    """What does not hold, where that is wanted all the same."""
    found = broken(desk, wanted.pilots, whole=wanted.everything)
    if wanted.even_if_broken:
        return tuple(found)
    first = next(found, None)
    if first is not None:
        names = {pilot.code: pilot.municipality for pilot in wanted.pilots}
        pilot = names.get(first.place, first.place)
        raise IntegrityBroken("pack_refused", **{**first.facts, "check": first.check, "seq": first.seq, "pilot": pilot})
    return ()


def _check_redacted(desk: Desk, connection: Connection, wanted: Wanted) -> None:
    """Each field that is to be left out is one that a packed pilot has a value of, or that its programme asks for."""
    if not wanted.redact:
        return
    known: set[str] = set()
    for pilot in wanted.pilots:
        known |= packed.fields(connection, pilot.id)
    for definition in {pilot.definition for pilot in wanted.pilots}:
        with suppress(WorkflowError):  # one that was meddled with is for the reader of the pack to find
            for workflow in desk.programme(definition).workflows:
                known |= {field.id for rule in workflow.rules for field in rule.evidence}
    unknown = sorted(wanted.redact - known)
    if unknown:
        raise BadInput("redact_field_unknown", field=unknown[0][:80], known=sorted(known))


def _write(
    desk: Desk,
    connection: Connection,
    wanted: Wanted,
    container: Container,
    progress: Callable[[int, int], None],
    damaged: tuple[form.PackedDamage, ...],
) -> Packed:
    counts = {pilot.id: packed.entry_count(connection, pilot.id) for pilot in wanted.pilots}
    pack = _Pack(container, progress, sum(counts.values()))
    told = [_pilot(connection, pack, pilot, wanted) for pilot in sorted(wanted.pilots, key=lambda pilot: pilot.code)]
    for definition in sorted({pilot.definition for pilot in wanted.pilots}):
        body = packed.definition(connection, definition)
        if body is not None and _DEFINITION.fullmatch(definition):
            pack.add(form.definition_member(definition), body)
    pack.add(form.CALENDAR, form.document(_calendar(desk, wanted.pilots)))
    _evidence_files(pack, wanted.files)
    ring = desk.signer.ring() if desk.signer is not None else None
    looked = _access(connection, pack) if wanted.everything else None
    logs = [*(pilot.id for pilot in wanted.pilots), *([ACCESS_LOG] if looked else [])]
    origin = add_log(pack, connection, logs, ring, wanted.witnesses)
    listed = sorted(pack.listed, key=lambda file: file.name)
    scope: Literal["all", "pilots"] = "all" if wanted.everything else "pilots"
    manifest = form.document(form.Manifest(form.FORMAT, origin, scope, told, listed, looked, list(damaged)))
    container.add(form.MANIFEST, manifest)
    container.finish()
    progress(pack.total, pack.total)
    return Packed(sha256(manifest).hexdigest(), len(told), pack.done, 0, pack.left_out)


def _pilot(connection: Connection, pack: _Pack, pilot: Pilot, wanted: Wanted) -> form.PackedPilot:
    folder = form.folder(pilot.id, pilot.code)
    entries = pack.stream(folder + form.ENTRIES, pack.passed(packed.bodies(connection, pilot.id)))
    pack.stream(folder + form.SIGNATURES, map(_signature_line, packed.signatures(connection, pilot.id)))
    pack.stream(folder + form.EVIDENCE, _evidence(connection, pack, pilot, wanted))
    head = packed.head(connection, pilot.id)
    said = None if head is None else form.PackedHead(*head)
    return form.PackedPilot(pilot.id, pilot.code, pilot.municipality, pilot.programme, entries, said)


def _access(connection: Connection, pack: _Pack) -> form.PackedAccess:
    bodies = (body + b"\n" for body in packed.access_bodies(connection))
    entries = pack.stream(form.ENTRIES_OF_ACCESS, bodies)
    pack.stream(form.SIGNATURES_OF_ACCESS, map(_signature_line, packed.access_signatures(connection)))
    head = packed.access_head(connection)
    return form.PackedAccess(entries, None if head is None else form.PackedHead(*head))


def _signature_line(signature: bytes | None) -> bytes:
    return b"-\n" if signature is None else form.encode64(signature).encode() + b"\n"


def _evidence(connection: Connection, pack: _Pack, pilot: Pilot, wanted: Wanted) -> Iterator[bytes]:
    for seq, name, salt, value, erased_at in packed.evidence(connection, pilot.id):
        if salt is None or value is None:
            told = form.PackedValue(seq, name, erased_at=erased_at)
        elif name in wanted.redact:
            told = form.PackedValue(seq, name, redacted=True)
            pack.left_out += 1
        else:
            if wanted.files is not None:
                pack.files.update(_NAMED_FILE.findall(value))
            told = form.PackedValue(seq, name, form.encode64(salt), value.decode("utf-8", "replace"))
        yield form.value_line(told)


_NAMED_FILE = re.compile(rb'"sha256":"([0-9a-f]{64})"')


def _evidence_files(pack: _Pack, folder: Path | None) -> None:
    """The evidence files that packed values name, as far as the office has them."""
    for name in sorted(name.decode() for name in pack.files) if folder else ():
        assert folder is not None
        file = folder / name[:2] / name
        if file.is_file():
            with file.open("rb") as stream:
                pack.stream(form.FILES + name, _pieces(stream))


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(1 << 20):
        yield piece


def _calendar(desk: Desk, pilots: tuple[Pilot, ...]) -> form.LawCalendar:
    """The law's days off from the year of the first opening to the year after the last end."""
    first = min((pilot.start for pilot in pilots), default=date.min).year
    last = min(
        max((pilot.end for pilot in pilots), default=date.min).year + 1, first + form.YEARS_MAX, date.max.year - 1
    )
    day, days = date(first, 1, 1), []
    while day.year <= last:
        name = desk.calendar().holiday(day)
        if name is not None:
            days.append(form.DayOff(day.isoformat(), name))
        day += timedelta(days=1)
    return form.LawCalendar("PL", BASIS, first, last, days, _school(desk, pilots))


def _school(desk: Desk, pilots: tuple[Pilot, ...]) -> list[form.SchoolBreak]:
    found = {
        (pilot.voivodeship, since.isoformat(), until.isoformat(), name)
        for pilot in pilots
        for since, until, name in desk.calendar(pilot.voivodeship).school
    }
    return [form.SchoolBreak(*row) for row in sorted(found)]
