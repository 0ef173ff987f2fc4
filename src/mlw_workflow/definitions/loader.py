"""From a folder of YAML files to a programme: everything is read, everything that is wrong is told in one run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from mlw_workflow.definitions import convert, convert_audit, convert_reminders, schema
from mlw_workflow.definitions.deadline_proofs import prove_days, prove_lead_times
from mlw_workflow.definitions.expand import Expanded, expand
from mlw_workflow.definitions.findings import Finding, has_errors, in_order
from mlw_workflow.definitions.machine_checks import check_workflow
from mlw_workflow.definitions.normal_form import content_hash, normal_bytes
from mlw_workflow.definitions.places import Place, Places
from mlw_workflow.definitions.proofs import prove
from mlw_workflow.definitions.references import Names, check_machine, check_programme
from mlw_workflow.definitions.schema_report import Parsed, parse
from mlw_workflow.definitions.source import read_yaml, yaml_files
from mlw_workflow.domain.definition import HistorySection, HistoryStep, Kind, Programme, Role
from mlw_workflow.domain.errors import DefinitionInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROGRAMME_FILE = "programme.yaml"
_MISSED_IN_PROGRAMME = frozenset(
    {
        "audit_trigger_unknown",
        "kind_unused",
        "ladder_unused",
        "machine_not_listed",
        "machine_without_file",
        "role_unused",
        "selector_unused",
        "unknown_kind",
        "unknown_ladder",
        "unknown_role",
        "unknown_vocabulary",
    }
)
"""Codes that mean nothing when part of programme.yaml had to be left out: what they miss may be that part."""
_MISSED_IN_MACHINE = frozenset(
    {"min_each_not_choice", "not_before_without_series", "period_without_series", "unknown_column", "unknown_trigger"}
)
"""The same of a machine's own file."""
RULES_MAX = 20_000
"""Rules of all machines together."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A programme that may be used, and what identifies it."""

    programme: Programme
    body: bytes
    """The normal form's bytes: what pilots are pinned to."""
    content_hash: str
    findings: tuple[Finding, ...] = ()
    """Warnings: nothing that forbids its use."""
    places: Places = field(default_factory=Places)
    """Where its parts stand in the files."""


def load_programme(folder: Path) -> Loaded:
    """Read a programme from its folder. Raises DefinitionInvalid with all findings if any of them is an error."""
    programme, places, findings = _read(folder)
    if programme is None or has_errors(findings):
        raise DefinitionInvalid(path=folder.as_posix(), findings=findings)
    body = normal_bytes(programme)
    return Loaded(programme, body, content_hash(body), findings, places)


def check_folder(folder: Path) -> list[Finding]:
    """All findings about the programme in a folder: of its syntax, its shape, its names and what can be proved."""
    return list(_read(folder)[2])


def check_alone(file: Path) -> list[Finding]:
    """What can be said of a machine's file without its programme."""
    document = read_yaml(file)
    return list(in_order([*document.findings, *parse(schema.Machine, document).findings]))


def _read(folder: Path) -> tuple[Programme | None, Places, tuple[Finding, ...]]:
    draft = _Draft(folder)
    draft.read_programme()
    draft.read_machines()
    programme = draft.assemble()
    return programme, draft.places, in_order(draft.findings)


class _Draft:
    """A programme on its way from files to values."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []
        self.places = Places()
        self.top: Parsed[schema.ProgrammeModel] | None = None
        self.machines: dict[str, Parsed[schema.Machine]] = {}
        self.unread: set[str] = set()
        """Ids, or guesses at ids, of machines whose file could not be read."""
        self.doubled = False
        """Whether an id is given twice: then the missing machine is no second finding."""
        self.expanded: dict[str, Expanded] = {}

    def read_programme(self) -> None:
        file = self.folder / PROGRAMME_FILE
        if not file.is_file():
            self.findings.append(Finding("programme_missing", file=file.as_posix()))
            return
        document = read_yaml(file)
        self.top = parse(schema.ProgrammeModel, document)
        self.findings += [*document.findings, *self.top.findings]
        self.places.programme = Place(self.top.origin)

    def read_machines(self) -> None:
        for file in yaml_files(self.folder):
            if file == self.folder / PROGRAMME_FILE:
                continue
            document = read_yaml(file)
            parsed = parse(schema.Machine, document)
            self.findings += [*document.findings, *parsed.findings]
            if parsed.model is None:
                given = document.value.get("id") if isinstance(document.value, dict) else None
                self.unread.add(given if isinstance(given, str) else file.stem.replace("-", "_"))
                continue
            first = self.machines.setdefault(parsed.model.id, parsed)
            if first is not parsed:
                self.doubled = True
                place = Place(parsed.origin)
                self.findings.append(
                    place.finding(
                        "duplicate_machine", "id", machine=parsed.model.id, other=Path(first.origin.document.name).name
                    )
                )

    def assemble(self) -> Programme | None:
        """The programme as far as it could be read, every reference and proof checked."""
        model = self.top.model if self.top else None
        if model is None:
            return None
        self.keep(self.roll_call(model))
        rules = 0
        for name in self.order(model):
            machine = self.machines.get(name)
            if machine is None or machine.model is None:
                continue
            rules += self.expand(machine.model, machine, model)
            if rules > RULES_MAX:
                self.findings.append(self.places.programme.finding("too_large", machine=model.id, limit=RULES_MAX))
                return None
        known = frozenset([*model.machines, *self.machines, *self.unread])
        names = Names(model, known, self.expanded)
        self.keep(check_programme(names, self.places.programme))
        for parsed in self.machines.values():
            if parsed.model:
                self.keep(check_machine(names, parsed.model, Place(parsed.origin)), parsed)
        programme = self.programme(model)
        self.prove(programme, known)
        return programme

    def keep(self, findings: Iterable[Finding], parsed: Parsed[schema.Machine] | None = None) -> None:
        """Take findings over; of a file that had to be mended not those that say that something is missing."""
        missed: frozenset[str] = frozenset()
        if not self.whole:
            missed |= _MISSED_IN_PROGRAMME
        if parsed is not None and not parsed.origin.patch.sound:
            missed |= _MISSED_IN_MACHINE
        self.findings += [finding for finding in findings if finding.code not in missed]

    @property
    def whole(self) -> bool:
        """Whether all of programme.yaml could be read."""
        return self.top is not None and self.top.origin.patch.sound

    def order(self, model: schema.ProgrammeModel) -> dict[str, None]:
        """The listed machines in their order; after them those that should have been listed."""
        return dict.fromkeys([*model.machines, *self.machines])

    def roll_call(self, model: schema.ProgrammeModel) -> Iterator[Finding]:
        """Whether every listed machine has a file, and every file is listed."""
        strangers = self.doubled or self.unread - set(model.machines)
        seen = set()
        for index, name in enumerate(model.machines):
            place = self.places.programme.below("machines", index)
            if name in seen:
                yield place.finding("duplicate_item", item=name)
            elif name not in self.machines and name not in self.unread and not strangers:
                yield place.finding("machine_without_file", machine=name)
            seen.add(name)
        for name, parsed in self.machines.items():
            if name not in seen:
                yield Place(parsed.origin).finding("machine_not_listed", "id", machine=name)

    def expand(self, machine: schema.Machine, parsed: Parsed[schema.Machine], model: schema.ProgrammeModel) -> int:
        """Join a machine with its kind; how many rules that gave."""
        place = Place(parsed.origin)
        kind = model.kinds.get(machine.kind)
        if kind is None:
            self.keep([place.finding("unknown_kind", "kind", kind=machine.kind)])
            return 0
        common = self.places.programme.below("kinds", machine.kind)
        found = expand(machine, place, kind, common, model.vocabularies)
        whole = self.whole and parsed.origin.patch.sound
        found.sound = found.sound and whole
        if whole:
            self.findings += found.findings
        self.expanded[machine.id] = found
        self.places.machines[machine.id] = place
        self.places.states[machine.id] = found.states
        self.places.rules[machine.id] = found.rules
        return len(found.rules)

    def prove(self, programme: Programme, known: frozenset[str]) -> None:
        """Check each machine that was read in full, then all of them together."""
        sound = {name for name, machine in self.expanded.items() if machine.sound}
        for name in sound:
            self.findings += check_workflow(self.expanded[name].workflow, self.places)
        assumed = known | {w.id for w in programme.workflows}
        self.findings += prove(programme, self.places, frozenset(assumed - sound))
        self.findings += prove_days(programme, self.places, frozenset(assumed - sound))
        if sound == assumed and not has_errors(self.findings):
            self.findings += prove_lead_times(programme, self.places)

    def programme(self, model: schema.ProgrammeModel) -> Programme:
        span = model.span
        return Programme(
            id=model.id,
            title=convert.text(model.title),
            roles=tuple(
                Role(name, convert.text(r.title), r.scope, r.acts, convert.text(r.help), r.publishes)
                for name, r in model.roles.items()
            ),
            kinds=tuple(
                Kind(name, convert.text(kind.title), convert.text(kind.plural)) for name, kind in model.kinds.items()
            ),
            workflows=tuple(self.expanded[name].workflow for name in self.order(model) if name in self.expanded),
            start=date.fromisoformat(span.start) if span else None,
            end=date.fromisoformat(span.end) if span else None,
            timezone=model.timezone,
            source=model.source,
            help=convert.text(model.help),
            history=tuple(
                HistorySection(
                    section,
                    tuple(HistoryStep(s.machine, s.trigger, s.on, tuple(sorted(s.evidence.items()))) for s in steps),
                )
                for section, steps in model.history.items()
            ),
            reminders=convert_reminders.policy(model.reminders),
            audit=convert_audit.control(model.audit),
        )
