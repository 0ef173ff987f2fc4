"""OSCAL assessment results (NIST): for each pilot a result; for each machine a finding; each step an observation.

What OSCAL calls a control is a machine here, the assessment plan is the programme's definition, and what control finds
in a record is a risk. Every UUID is made from what it names, so the same record gives the same document.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from mlw_workflow.audit.export.course import instant_of_day, recorded, stamp
from mlw_workflow.audit.export.xes import NAMESPACE
from mlw_workflow.audit.seal import instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from mlw_workflow.audit.export.course import Choice, Course, Told
    from mlw_workflow.domain.compliance import Compliance, Judged
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.finding import Finding
    from mlw_workflow.domain.pilot import Pilot

VERSION = "1.2.3"
"""Of OSCAL. Nothing newer than 1.1.2 is used."""
OURS = "urn:mlw-workflow:oscal"
"""The namespace of our own properties."""
_encode = msgspec.json.Encoder().encode
_STATUS = {"open": "open", "explained": "deviation-requested", "closed": "closed"}
_REASON = {"satisfied": "pass", "violated": "fail"}

Json = dict[str, Any]


class Words(Protocol):
    """How findings and verdicts are told to people; formats know no wording."""

    def machine(self, programme: Programme, machine: str) -> str:
        """A machine's title."""
        ...

    def because(self, programme: Programme, judged: Judged) -> str:
        """What a verdict rests on."""
        ...

    def finding(self, programme: Programme, finding: Finding) -> str:
        """What was found."""
        ...


class Codes:
    """Nothing but ids and codes."""

    def machine(self, programme: Programme, machine: str) -> str:  # noqa: ARG002
        """The id."""
        return machine

    def because(self, programme: Programme, judged: Judged) -> str:  # noqa: ARG002
        """The codes."""
        return ", ".join(ground.code for ground in judged.grounds)

    def finding(self, programme: Programme, finding: Finding) -> str:  # noqa: ARG002
        """The code and the place."""
        return f"{finding.code}: {finding.place.machine} {finding.place.seq or finding.place.rule}"


@dataclass(frozen=True, slots=True)
class Assessed:
    """One pilot: its log, the verdicts on a day, and what control found by then."""

    course: Course
    compliance: Compliance
    findings: Sequence[Finding]
    head: str
    """The hash of the last entry."""


@dataclass(frozen=True, slots=True)
class About:
    """What the document as a whole says."""

    title: str
    day: date
    pilots: Sequence[tuple[Pilot, str]]
    """With the heads of their logs."""
    programmes: Sequence[tuple[str, Programme]]
    """By content hash."""
    last_recorded: datetime
    language: str = "en"


def oscal(about: About, assessed: Iterable[Assessed], choice: Choice, words: Words) -> Iterator[bytes]:
    """The document, pilot by pilot. Memory grows with the largest pilot, and a little with their number."""
    state = "/".join(f"{pilot.id}:{head}" for pilot, head in about.pilots)
    parts = [
        (b'{"assessment-results":{"uuid":', _uuid("results", about.day, state)),
        (b',\n"metadata":', _metadata(about)),
        (b',\n"import-ap":', {"href": f"#{_definition(about.programmes[0][0])}"}),
        (b',\n"back-matter":', {"resources": [_resource(about, *given) for given in about.programmes]}),
    ]
    yield b"".join(begin + _encode(value) for begin, value in parts)
    begin = b',\n"results":[\n'
    for item in assessed:
        yield begin + _encode(_Result(item, choice, words).document())
        begin = b",\n"
    yield b"]}}\n"


def _metadata(about: About) -> Json:
    return {
        "title": about.title,
        "last-modified": instant(about.last_recorded),
        "version": about.day.isoformat(),
        "oscal-version": VERSION,
        "parties": [
            {"uuid": _party(pilot), "type": "organization", "name": pilot.municipality} for pilot, _ in about.pilots
        ],
    }


def _resource(about: About, digest: str, programme: Programme) -> Json:
    return {
        "uuid": _definition(digest),
        "title": programme.title[about.language],
        "props": [_prop("programme", programme.id), _prop("definition", digest)],
    }


class _Result:
    """One pilot's result."""

    def __init__(self, assessed: Assessed, choice: Choice, words: Words) -> None:
        self.assessed = assessed
        self.course = assessed.course
        self.pilot = assessed.course.pilot
        self.programme = assessed.course.programme
        self.day = assessed.compliance.day
        self.choice = choice
        self.words = words

    def document(self) -> Json:
        """What OSCAL calls a result."""
        steps = [told for told in self.course.steps(self.choice) if told.day <= self.day]
        by_machine = self.course.by_machine(steps)
        judged = self.assessed.compliance.machines
        risks = [self.risk(finding) for finding in self.assessed.findings]
        risks += [self.at_risk(item) for item in judged if item.verdict == "at_risk"]
        found: Json = {
            "uuid": _uuid("result", self.pilot.id, self.day, self.assessed.head),
            "title": f"{self.pilot.municipality} ({self.pilot.code})",
            "description": f"{self.pilot.programme}: {self.pilot.start} – {self.pilot.end}",
            "start": stamp(instant_of_day(self.pilot.start, 0)),
            "end": stamp(instant_of_day(max(self.day, self.pilot.start), 0)),
            "props": [
                _prop("pilot", self.pilot.code),
                _prop("definition", self.pilot.definition),
                _prop("head", self.assessed.head),
                _prop("verdict", self.assessed.compliance.verdict),
            ],
            "links": [{"href": f"#{_definition(self.pilot.definition)}", "rel": "definition"}],
            "reviewed-controls": {
                "control-selections": [
                    {"include-controls": [{"control-id": control(machine)} for machine in self.course.machines]}
                ]
            },
        }
        if steps:
            found["observations"] = [self.observation(told) for told in steps]
        if risks:
            found["risks"] = risks
        found["findings"] = [self.finding(item, by_machine.get(item.machine, [])) for item in judged]
        return found

    def observation(self, told: Told) -> Json:
        """An entry of the log."""
        entry = told.entry
        props = [
            _prop("seq", str(entry.seq)),
            _prop("hash", told.hash.hex()),
            _prop("kind", entry.kind),
            _prop("machine", entry.machine),
            _prop("occurred-on", told.day.isoformat()),
        ]
        if told.corrected_by:
            props.append(_prop("corrected-by", str(told.corrected_by)))
        return {
            "uuid": _observation(told),
            "title": told.activity,
            "description": f"{entry.machine}: {entry.from_state} → {entry.to_state}, {told.day}",
            "props": props,
            "methods": ["EXAMINE"],
            "types": ["historic"],
            "subjects": [{"subject-uuid": _party(self.pilot), "type": "party"}],
            "collected": recorded(entry),
        }

    def finding(self, judged: Judged, steps: Sequence[Told]) -> Json:
        """The verdict on a machine. OSCAL knows two; ours stands beside it."""
        because = self.words.because(self.programme, judged) or judged.verdict
        props = [_prop("verdict", judged.verdict)]
        if judged.until is not None:
            props.append(_prop("until", judged.until.isoformat()))
        state = "satisfied" if judged.verdict == "satisfied" else "not-satisfied"
        found: Json = {
            "uuid": _uuid("finding", self.pilot.id, judged.machine, self.day),
            "title": _line(self.words.machine(self.programme, judged.machine)),
            "description": because,
            "props": props,
            "target": {
                "type": "objective-id",
                "target-id": control(judged.machine),
                "status": {"state": state, "reason": _REASON.get(judged.verdict, "other")},
            },
        }
        standing = [told for told in steps if not told.corrected_by and told.entry.kind == "transition"]
        if standing:
            found["related-observations"] = [{"observation-uuid": _observation(told)} for told in standing]
        risks = [self._risk_uuid(item) for item in self.assessed.findings if item.place.machine == judged.machine]
        if judged.verdict == "at_risk":
            risks.append(self._at_risk_uuid(judged))
        if risks:
            found["related-risks"] = [{"risk-uuid": risk} for risk in risks]
        return found

    def risk(self, finding: Finding) -> Json:
        """What control found."""
        told = self.words.finding(self.programme, finding) or finding.code
        props = [
            _prop("code", finding.code),
            _prop("severity", finding.severity),
            _prop("since", finding.since.isoformat()),
            _prop("machine", finding.place.machine),
        ]
        if finding.place.seq:
            props.append(_prop("seq", str(finding.place.seq)))
        if finding.place.rule:
            props.append(_prop("rule", finding.place.rule))
        return {
            "uuid": self._risk_uuid(finding),
            "title": f"{finding.code}: {finding.place.machine}",
            "description": told,
            "statement": told,
            "props": props,
            "status": _STATUS[finding.state],
        }

    def at_risk(self, judged: Judged) -> Json:
        """A machine that can still be met until a day."""
        assert judged.until is not None
        because = self.words.because(self.programme, judged) or judged.verdict
        return {
            "uuid": self._at_risk_uuid(judged),
            "title": f"at_risk: {judged.machine}",
            "description": because,
            "statement": because,
            "props": [_prop("code", "at_risk"), _prop("machine", judged.machine)],
            "status": "open",
            "deadline": stamp(instant_of_day(judged.until, 0)),
        }

    def _risk_uuid(self, finding: Finding) -> str:
        place = finding.place
        return _uuid("risk", self.pilot.id, finding.code, place.machine, place.seq, place.rule)

    def _at_risk_uuid(self, judged: Judged) -> str:
        return _uuid("at_risk", self.pilot.id, judged.machine, self.day)


def control(machine: str) -> str:
    """A machine's id as OSCAL's tokens allow it: ``monthly.2014-04``."""
    return re.sub(r"[^\w.-]", ".", machine)


def _line(text: str) -> str:
    return " ".join(text.split()) or "-"


def _prop(name: str, value: str) -> Json:
    return {"name": name, "ns": OURS, "value": value}


def _uuid(*parts: object) -> str:
    return str(uuid.uuid5(NAMESPACE, "\n".join(str(part) for part in parts)))


def _party(pilot: Pilot) -> str:
    return _uuid("pilot", pilot.id)


def _definition(digest: str) -> str:
    return _uuid("definition", digest)


def _observation(told: Told) -> str:
    return _uuid("entry", told.hash.hex())
