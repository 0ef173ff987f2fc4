"""What control finds in many pilots, and one finding with all that was said of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from mlw_workflow.audit.read import EntryUnreadable
from mlw_workflow.domain.access import Read
from mlw_workflow.domain.errors import IntegrityBroken
from mlw_workflow.domain.finding import ANSWERS, SEVERITIES, answered_by, objection, place_of
from mlw_workflow.services import access
from mlw_workflow.services.control import inspection
from mlw_workflow.services.read_evidence import read_evidence
from mlw_workflow.services.standing import AsOf
from mlw_workflow.storage import access as access_storage
from mlw_workflow.storage import circle, overview

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from mlw_workflow.domain.finding import Answer, Finding
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.scope import Reader
    from mlw_workflow.storage.connection import Connection

INSPECTED_MAX = 100
"""Logs inspected anew for one page; the others meanwhile, for whoever looks again."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings; what is empty does not matter."""

    pilot: str = ""
    """A pilot's id."""
    code: str = ""
    severity: str = ""
    state: str = ""
    task: str = ""
    """A machine without its period."""

    def wants(self, pilot: Pilot, finding: Finding, *, any_state: bool = False) -> bool:
        """Whether a finding is meant; ``any_state``: if its state did not matter."""
        said = (
            (self.pilot, pilot.id), (self.code, finding.code), (self.severity, finding.severity),
            (self.task, finding.place.machine.partition("/")[0]), ("" if any_state else self.state, finding.state),
        )  # fmt: skip
        return all(asked in ("", found) for asked, found in said)


@dataclass(frozen=True, slots=True)
class Found:
    """A finding and its pilot."""

    pilot: Pilot
    finding: Finding


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found."""

    found: tuple[Found, ...]
    """The gravest first, then the oldest."""
    states: Mapping[str, int]
    """How many there are in each state, the other filters applied."""
    unread: int
    """Pilots whose logs were not inspected yet."""
    broken: tuple[Pilot, ...]
    """Pilots whose logs lead nowhere, so that nothing can be found in them: verification says why."""
    names: Mapping[str, str]
    """People's names by id."""


@dataclass(frozen=True, slots=True)
class Said:
    """One answer to a finding."""

    seq: int
    state: str
    actor: str
    role: str
    at: datetime
    text: str | None
    """Why; None where it was erased or may not be shown."""


@dataclass(frozen=True, slots=True)
class OneFinding:
    """A finding with its trail."""

    pilot: Pilot
    finding: Finding
    said: tuple[Said, ...]
    """Every answer ever given, oldest first."""
    may: tuple[Answer, ...]
    """The answers that whoever looks may give now."""
    answered_by: Mapping[Answer, tuple[str, ...]]
    """The roles that may give each answer that this finding can get."""
    names: Mapping[str, str]


_KEPT: dict[tuple[str, bytes, date, tuple[Read, ...]], tuple[Finding, ...] | None] = {}
"""Findings by pilot, the end of its log, the day and who read its evidence: nothing else changes them."""
_KEPT_MAX = 4_000
_UNREAD: tuple[Finding, ...] = (cast("Finding", None),)
"""Stands for what is not known yet."""


def findings_in(desk: Desk, pilots: Iterable[Pilot], wanted: Wanted, *, most: int = INSPECTED_MAX) -> Findings:
    """What control finds today in these pilots. Once inspected, a log is not read again until it grows.

    ``most``: how many logs are inspected anew.
    """
    chosen = [pilot for pilot in pilots if wanted.pilot in ("", pilot.id)]
    found: list[Found] = []
    unread, inspected, broken = 0, 0, []
    with desk.database.read() as connection:
        heads = overview.heads(connection, [pilot.id for pilot in chosen])
        reads = reads_by_pilot(desk, connection, chosen)
        for pilot in chosen:
            day = desk.today(desk.programme(pilot.definition))
            head = heads[pilot.id][0] if pilot.id in heads else b""
            key = (pilot.id, head, day, reads.get(pilot.id, ()))
            known = _KEPT.get(key, _UNREAD)
            if known is _UNREAD:
                if inspected == most:
                    unread += 1
                    continue
                inspected += 1
                known = _inspected(desk, connection, pilot, day, reads.get(pilot.id, ()))
                _keep(key, known)
            if known is None:
                broken.append(pilot)
            found += [Found(pilot, finding) for finding in known or ()]
        states: Counter[str] = Counter(
            one.finding.state for one in found if wanted.wants(one.pilot, one.finding, any_state=True)
        )
        kept = [one for one in found if wanted.wants(one.pilot, one.finding)]
        kept.sort(key=_gravest)
        names = people_of(connection, kept)
    return Findings(tuple(kept), dict(states), unread, tuple(broken), names)


def _keep(key: tuple[str, bytes, date, tuple[Read, ...]], found: tuple[Finding, ...] | None) -> None:
    if len(_KEPT) >= _KEPT_MAX:
        _KEPT.clear()
    _KEPT[key] = found


def _inspected(
    desk: Desk, connection: Connection, pilot: Pilot, day: date, reads: tuple[Read, ...]
) -> tuple[Finding, ...] | None:
    try:
        return inspection(desk, connection, pilot, AsOf(day), reads).findings()
    except IntegrityBroken:
        return None


def _gravest(one: Found) -> tuple[int, date, str, int]:
    return (-SEVERITIES.index(one.finding.severity), one.finding.since, one.pilot.code, one.finding.place.seq)


def reads_by_pilot(desk: Desk, connection: Connection, pilots: Iterable[Pilot]) -> dict[str, tuple[Read, ...]]:
    """Who read which evidence, by pilot, where a programme asks whether it was read. Raises IntegrityBroken."""
    if not any(desk.programme(definition).audit.read_first for definition in {pilot.definition for pilot in pilots}):
        return {}
    found: dict[str, list[Read]] = {}
    try:
        for entry in access_storage.entries(connection):
            if entry.kind == "read" and entry.what == access.EVIDENCE and entry.pilot:
                read = Read(entry.person, entry.recorded_at, entry.pilot, entry.entry, entry.field)
                found.setdefault(entry.pilot, []).append(read)
    except EntryUnreadable as problem:
        raise IntegrityBroken(pilot="", seq=0, check="readable", problem=problem.problem) from problem
    return {pilot: tuple(reads) for pilot, reads in found.items()}


def people_of(connection: Connection, found: Iterable[Found]) -> dict[str, str]:
    """The names of the people whom findings name."""
    ids = {str(value) for one in found for name, value in one.finding.facts if name == "actor"}
    ids |= {one.finding.answer.actor for one in found if one.finding.answer is not None}
    return {one.id: one.name for one in circle.people(connection, sorted(ids)).values()}


def one_finding(
    desk: Desk, reader: Reader, pilot: Pilot, code: str, place: str, rule: str, roles: Iterable[str]
) -> OneFinding | None:
    """The finding of a code at a place (an entry's number, or a machine with the deadline ``rule``); None: no such.

    ``roles``: those of whoever looks. What was answered is evidence: that it is read stands in the access log first.
    """
    programme = desk.programme(pilot.definition)
    with desk.database.read() as connection:
        looked = inspection(desk, connection, pilot, AsOf(desk.today(programme)))
        here = [
            one for one in looked.findings()
            if one.code == code and (str(one.place.seq) if one.place.seq else one.place.machine) == place
            and rule in ("", one.place.rule)
        ]  # fmt: skip
        if not here:
            return None
        finding = here[0]
        about = looked.by_seq.get(finding.place.seq)
        answers = [
            entry for entry in looked.entries
            if entry.kind == "finding" and entry.finding.get("code") == code and place_of(entry) == finding.place
        ]  # fmt: skip
        named = {entry.actor for entry in answers} | {str(value) for name, value in finding.facts if name == "actor"}
        names = {one.id: one.name for one in circle.people(connection, sorted(named)).values()}
    held, actor = tuple(roles), about.actor if about is not None else ""
    may = tuple(
        answer for answer in ANSWERS
        if finding.state != "closed"
        and objection(programme.audit, code, answer, held, reader.id, actor) is None
    )  # fmt: skip
    possible = {
        answer: answered_by(programme.audit, answer)
        for answer in ANSWERS
        if objection(programme.audit, code, answer, answered_by(programme.audit, answer), "", actor)
        not in ("finding_not_confirmed", "finding_not_looked_after")
    }
    said = tuple(
        Said(
            entry.seq,
            str(entry.finding.get("state", "")),
            entry.actor,
            entry.role,
            entry.recorded_at,
            _text(desk, reader, pilot, entry.seq),
        )
        for entry in answers
    )
    return OneFinding(pilot, finding, said, may, possible, names)


def _text(desk: Desk, reader: Reader, pilot: Pilot, seq: int) -> str | None:
    try:
        values = read_evidence(desk, reader, pilot, seq).values
    except IntegrityBroken:
        return None
    return next((str(value.value) for value in values if value.field == "text" and value.value is not None), None)
