"""The verdict on a pack: each pilot, and what stands around them. No database, no settings, no network.

A pilot's own failure is told before what is wrong with the pack around it, because it is the more precise; whatever is
wrong with the pack itself is wrong for each of its pilots.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from mlw_workflow.audit import pack_format as form
from mlw_workflow.audit.merkle import HASH_SIZE
from mlw_workflow.audit.pack_access import AccessCheck
from mlw_workflow.audit.pack_log import PackedLog, Trust
from mlw_workflow.audit.pack_pilot import PilotCheck, PilotVerdict
from mlw_workflow.audit.signatures import EntrySignatures
from mlw_workflow.audit.verify import Failure
from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from mlw_workflow.audit.pack_reader import PackReader
    from mlw_workflow.domain.definition import Programme


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the checks need of the rest of the program."""

    read_definition: Callable[[bytes], Programme]
    """A programme from its normal form; raises WorkflowError."""
    holiday: Callable[[date], str | None]
    """The law's days off."""


@dataclass(slots=True)
class PackVerdict:
    """What came out."""

    pilots: list[PilotVerdict]
    log: PackedLog
    failure: Failure | None = None
    """What is wrong with the pack itself."""
    access: PilotVerdict | None = None
    """What came out for the access log; None where it is not in the pack."""
    trusted: bool = False
    """The auditor named a key of the log; otherwise the keys are the pack's own word."""

    @property
    def holds(self) -> bool:
        """Whether nothing was found anywhere."""
        logs = self.pilots if self.access is None else [*self.pilots, self.access]
        return self.failure is None and all(log.first_failure is None for log in logs)


@dataclass(slots=True)
class _Run:
    pack: PackReader
    knowledge: Knowledge
    progress: Callable[[int, int], None]
    done: int = 0
    programmes: dict[str, Programme | None] = field(default_factory=dict)

    @property
    def total(self) -> int:
        said = self.pack.manifest
        looked = max(said.access.entries, 0) if said.access else 0
        return looked + 2 * sum(max(pilot.entries, 0) for pilot in said.pilots)

    def passed(self, entries: int) -> None:
        self.done += entries
        self.progress(self.done, max(self.total, self.done))

    def definition(self, name: str) -> Programme | None:
        """The programme of a content hash; None where the pack does not have it, or has another under its name."""
        if name not in self.programmes:
            self.programmes[name] = self._definition(name)
        return self.programmes[name]

    def _definition(self, name: str) -> Programme | None:
        from mlw_workflow.domain.errors import WorkflowError

        member = form.definition_member(name)
        if member not in self.pack:
            return None
        body = self.pack.read(member)
        if f"sha256:{sha256(body).hexdigest()}" != name:
            return None
        try:
            return self.knowledge.read_definition(body)
        except WorkflowError:
            return None


def verify_pack(
    pack: PackReader, trust: Trust, knowledge: Knowledge, progress: Callable[[int, int], None], *, deep: bool = False
) -> PackVerdict:
    """Check everything that a pack can show. Raises BadInput for what cannot be read; a failure is an answer.

    Memory does not grow with the number of entries: leaf hashes wait in a temporary file for their turn in the tree.
    """
    run = _Run(pack, knowledge, progress)
    log = PackedLog.of(pack, trust)
    checks = [PilotCheck(pack, pilot) for pilot in pack.manifest.pilots]
    verdict = PackVerdict([check.verdict for check in checks], log, trusted=bool(trust.keys))
    looked = AccessCheck.of(pack)
    verdict.access = looked.verdict if looked else None
    logs = [*checks, looked] if looked else checks
    wrong = pack.wrong_digests()
    root = _chains(run, log, logs, deep=deep)
    for check in checks:
        if check.verdict.first_failure is None:
            check.evidence()
    for check in checks:
        if check.verdict.first_failure is None:
            check.decisions(run.definition, run.passed)
    verdict.failure = (
        _twice(pack) or log.failure or root or _unsigned(log, logs) or _around(pack, knowledge, logs, wrong)
    )
    _own_members(logs, wrong)
    _damaged(pack, verdict, logs)
    if verdict.holds and not pack.is_in_its_form():
        verdict.failure = Failure("container", 0)
    return verdict


def _twice(pack: PackReader) -> Failure | None:
    """Each pilot is named once."""
    pilots = pack.manifest.pilots
    named = {form.folder(pilot.id, pilot.code) for pilot in pilots} | {pilot.id for pilot in pilots}
    return None if len(named - {ACCESS_LOG}) == 2 * len(pilots) else Failure("pilot_twice", 0)


def _chains(run: _Run, log: PackedLog, checks: list[PilotCheck], *, deep: bool) -> Failure | None:
    """Check every chain and the tree over them; what is wrong with the tree, where no single entry is to blame."""
    signatures = EntrySignatures(log.ring)
    covered = {} if deep or log.failure else log.covered
    limits = {
        check.pilot.id: None if log.failure else signatures.limits(log.spans_of(check.pilot.id)) for check in checks
    }
    first_leaf: dict[str, int] = {}
    with tempfile.TemporaryFile() as leaves:
        for check in checks:
            first_leaf[check.pilot.id] = leaves.tell() // HASH_SIZE
            check.chain(leaves, covered.get(check.pilot.id, 0), signatures, run.passed, limits[check.pilot.id])
        whole = all(check.verdict.first_failure is None for check in checks)
        failure = log.check_root(leaves, first_leaf) if whole else None
    if whole and failure is None:
        return None
    # The root cannot vouch for anything now, so each entry's own signature has to.
    with Path(os.devnull).open("wb") as nowhere:
        for check in checks:
            if check.verdict.first_failure is None and covered.get(check.pilot.id):
                check.chain(nowhere, 0, signatures, lambda _: None, limits[check.pilot.id])
    return failure if all(check.verdict.first_failure is None for check in checks) else None


def _unsigned(log: PackedLog, checks: list[PilotCheck]) -> Failure | None:
    """No more entries are without a signature than there were before the first key, as far as none was changed."""
    found = sum(check.verdict.unsigned for check in checks)
    if log.ring is None or found <= log.ring.unsigned or any(check.verdict.first_failure for check in checks):
        return None
    return Failure("unsigned_count", 0, {"expected": str(log.ring.unsigned), "found": str(found)})


def _own_members(checks: list[PilotCheck], wrong: Mapping[str, str]) -> None:
    """What the manifest's digests find in a log's own members, where nothing more precise was found."""
    for check in checks:
        found = next((name for name in sorted(wrong) if name.startswith(check.prefix)), None)
        if found is not None and check.verdict.first_failure is None:
            check.verdict.first_failure = Failure(wrong[found], 0, {"file": found})


def _damaged(pack: PackReader, verdict: PackVerdict, checks: list[PilotCheck]) -> None:
    """What the office itself found and wrote into the manifest, where nothing more precise was found."""
    logs = {ACCESS_LOG if check.pilot.id == ACCESS_LOG else check.pilot.code: check.verdict for check in checks}
    for said in pack.manifest.damaged:
        failure = Failure("damage_told", max(said.seq, 0), {**said.facts, "told": said.check})
        log = logs.get(said.place)
        if log is not None:
            log.first_failure = log.first_failure or failure
        else:
            verdict.failure = verdict.failure or failure


def _around(
    pack: PackReader, knowledge: Knowledge, checks: list[PilotCheck], wrong: Mapping[str, str]
) -> Failure | None:
    """What is wrong with the pack around its logs."""
    own = tuple(check.prefix for check in checks)
    others = sorted(name for name in wrong if not name.startswith(own))
    return (
        _access(pack)
        or _misnamed(pack)
        or _calendar(pack, knowledge)
        or next((Failure(wrong[name], 0, {"file": name}) for name in others), None)
    )


def _access(pack: PackReader) -> Failure | None:
    """The access log goes along with everything, and nothing lies there in its name that was not checked."""
    said = pack.manifest
    if said.scope == "all" and said.access is None:
        return Failure("file_missing", 0, {"file": form.ENTRIES_OF_ACCESS})
    beside = next((name for name in sorted(pack.names) if name.startswith(form.ACCESS)), None)
    return Failure("file_unlisted", 0, {"file": beside}) if said.access is None and beside else None


def _misnamed(pack: PackReader) -> Failure | None:
    """Definitions and evidence files are named by the digest of what they hold."""
    for name in sorted(pack.names):
        kind = next((kind for kind in (form.DEFINITIONS, form.FILES) if name.startswith(kind)), None)
        if kind is None:
            continue
        digest = sha256()
        for piece in pack.pieces(name):
            digest.update(piece)
        if name.removeprefix(kind).removesuffix(".json") != digest.hexdigest():
            return Failure("content_named", 0, {"file": name})
    return None


def _calendar(pack: PackReader, knowledge: Knowledge) -> Failure | None:
    """The days off are those that this program knows as the law's, in years up to the last entry's.

    Of later years the pack may know less, or the law may have been changed since; no entry can have gone by them.
    """
    from datetime import MAXYEAR, date, timedelta

    if form.CALENDAR not in pack:
        return Failure("file_missing", 0, {"file": form.CALENDAR})
    try:
        said = form.read_document(form.CALENDAR, pack.read(form.CALENDAR), form.LawCalendar)
    except BadInput:
        return Failure("calendar_form", 0, {"file": form.CALENDAR})
    if not 1 <= said.first_year <= said.last_year < MAXYEAR or said.last_year - said.first_year > form.YEARS_MAX:
        return Failure("calendar", 0, {"day": str(said.first_year)})
    recorded = [pilot.head.recorded_at[:4] for pilot in pack.manifest.pilots if pilot.head is not None]
    known = max((int(year) for year in recorded if year.isascii() and year.isdecimal()), default=0)
    listed = {day.day: day.name for day in said.days_off if day.day[:4] <= f"{known:04}"}
    day = date(said.first_year, 1, 1)
    while day.year <= min(said.last_year, known):
        if listed.pop(day.isoformat(), None) != knowledge.holiday(day):
            return Failure("calendar", 0, {"day": day.isoformat()})
        day += timedelta(days=1)
    if listed:
        return Failure("calendar", 0, {"day": min(listed)})
    return None
