"""A history file: what sources state of one or several pilots, as dated events.

The format is in docs/reference/history.md.

Reading only: nothing here knows what is already recorded. Every problem names its line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mlw_workflow.definitions.source import Limits, read_yaml
from mlw_workflow.domain.door import FIRST_DAY, LAST_DAY
from mlw_workflow.domain.errors import HistoryInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mlw_workflow.definitions.source import Document
    from mlw_workflow.domain.definition import HistoryStep, Programme

_PILOT_KEYS = frozenset(
    {"municipality", "municipalities", "voivodeship", "programme", "code", "pilot_start", "pilot_end", "start", "end"}
)
_EVENT_KEYS = frozenset({"machine", "guideline", "trigger", "on", "precision", "source", "evidence"})
_PRECISIONS = frozenset({"day", "month", "year"})
EVENTS_MAX = 200_000
LIMITS = Limits(size=16 * 1024 * 1024, nodes=1_000_000)
"""A history is longer than a definition."""


@dataclass(frozen=True, slots=True)
class Event:
    """One dated event of a history."""

    line: int
    machine: str
    trigger: str
    on: date
    precision: str = ""
    """``month`` or ``year`` when the source is no more exact: ``on`` is then an upper bound."""
    source: str = ""
    evidence: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What a file says of one pilot."""

    line: int
    municipality: str
    programme: str
    voivodeship: str
    code: str
    start: date | None
    end: date | None
    raw: Mapping[str, Any]
    path: tuple[str | int, ...]


def read_history(file: Path) -> tuple[Document, list[History]]:
    """The pilots a file speaks of. Raises HistoryInvalid naming the file, line and problem."""
    document = read_yaml(file, limits=LIMITS)
    if document.findings:
        finding = document.findings[0]
        if finding.code in ("file_too_large", "yaml_too_many_nodes"):
            size, nodes = LIMITS.size >> 20, LIMITS.nodes
            raise HistoryInvalid("history_too_large", file=file.name, line=1, mebibytes=size, nodes=nodes)
        raise HistoryInvalid("history_unreadable", file=file.name, line=finding.line, finding=finding)
    reader = _Reader(file.name, document)
    top = document.value
    found: list[History] = []
    if isinstance(top, list):
        for index, item in enumerate(top):
            found += reader.pilots(item, (index,))
    else:
        found += reader.pilots(top, ())
    if not found:
        raise HistoryInvalid("history_empty", file=file.name, line=1)
    return document, found


def events(file: str, document: Document, history: History, programme: Programme) -> tuple[list[Event], list[str]]:
    """The pilot's events, those of its sections (meetings, …) included, ordered by day (then as in the file).

    And what of the file is no dated event and is therefore not recorded, by its place (``coordinator``,
    ``trainings[1]``).
    """
    reader = _Reader(file, document)
    known = _PILOT_KEYS | {"events"} | {section.section for section in programme.history}
    reader.aside += [str(key) for key in history.raw if key not in known]
    found = list(reader.events(history))
    for section in programme.history:
        found += reader.section(history, section.section, section.steps)
    if len(found) > EVENTS_MAX:
        raise HistoryInvalid("history_too_long", file=file, line=history.line, maximum=EVENTS_MAX)
    return sorted(found, key=lambda event: event.on), reader.aside


class _Reader:
    def __init__(self, file: str, document: Document) -> None:
        self.file = file
        self.document = document
        self.aside: list[str] = []

    def wrong(self, code: str, path: tuple[str | int, ...], **facts: object) -> HistoryInvalid:
        return HistoryInvalid(code, file=self.file, line=self.document.line_of(path), **facts)

    def pilots(self, item: Any, path: tuple[str | int, ...]) -> Iterator[History]:
        if not isinstance(item, dict):
            raise self.wrong("history_not_mapping", path)
        names = item.get("municipalities") if "municipality" not in item else [item["municipality"]]
        if (
            not isinstance(names, list)
            or not names
            or not all(isinstance(name, str) and name.strip() for name in names)
        ):
            raise self.wrong("history_key_missing", path, key="municipality")
        programme = item.get("programme")
        if not isinstance(programme, str):
            raise self.wrong("history_key_missing", path, key="programme")
        for name in names:
            yield History(
                self.document.line_of(path),
                name,
                programme,
                self.text(item, path, "voivodeship"),
                self.text(item, path, "code"),
                self.day(item, path, "pilot_start") or self.day(item, path, "start"),
                self.day(item, path, "pilot_end") or self.day(item, path, "end"),
                item,
                path,
            )

    def events(self, history: History) -> Iterator[Event]:
        given = history.raw.get("events") or []
        path = (*history.path, "events")
        if not isinstance(given, list):
            raise self.wrong("history_not_list", path, key="events")
        for index, item in enumerate(given):
            here = (*path, index)
            if not isinstance(item, dict):
                raise self.wrong("history_not_mapping", here)
            for key in item:
                if key not in _EVENT_KEYS:
                    raise self.wrong("history_key_unknown", (*here, key), key=str(key), known=sorted(_EVENT_KEYS))
            machine = item.get("machine", item.get("guideline"))
            if not isinstance(machine, str):
                raise self.wrong("history_key_missing", here, key="machine")
            if not isinstance(item.get("trigger"), str):
                raise self.wrong("history_key_missing", here, key="trigger")
            on = self.day(item, here, "on")
            if on is None:
                raise self.wrong("history_key_missing", here, key="on")
            evidence = item.get("evidence") or {}
            if not isinstance(evidence, dict):
                raise self.wrong("history_not_mapping", (*here, "evidence"))
            precision = self.text(item, here, "precision")
            if precision and precision not in _PRECISIONS:
                raise self.wrong("history_precision", (*here, "precision"), known=sorted(_PRECISIONS))
            yield Event(
                self.document.line_of(here),
                machine,
                item["trigger"],
                on,
                "" if precision == "day" else precision,
                self.text(item, here, "source"),
                evidence,
            )

    def section(self, history: History, name: str, steps: tuple[HistoryStep, ...]) -> Iterator[Event]:
        given = history.raw.get(name)
        if given is None:
            return
        items = given if isinstance(given, list) else [given]
        for index, item in enumerate(items):
            here = (*history.path, name, index) if isinstance(given, list) else (*history.path, name)
            taken = False
            if not isinstance(item, dict):
                self.aside.append(f"{name}[{index + 1}]")
                continue
            for step in steps:
                on = self.day(item, here, step.on)
                if on is None:
                    continue
                taken = True
                evidence = {
                    field: item if key == "$item" else item[key]
                    for field, key in step.evidence
                    if key == "$item" or key in item
                }
                yield Event(self.document.line_of(here), step.machine, step.trigger, on, "", "", evidence)
            if not taken:
                self.aside.append(f"{name}[{index + 1}]")

    def text(self, item: Mapping[str, Any], path: tuple[str | int, ...], key: str) -> str:
        value = item.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong("history_not_text", (*path, key), key=key)
        return value.strip()[:200]

    def day(self, item: Mapping[str, Any], path: tuple[str | int, ...], key: str) -> date | None:
        value = item.get(key)
        if value is None:
            return None
        try:
            day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
        except ValueError:
            day = None
        if day is None:
            raise self.wrong("history_not_date", (*path, key), key=key, value=str(value)[:40])
        if not FIRST_DAY <= day <= LAST_DAY:
            years = {"year_min": FIRST_DAY.year, "year_max": LAST_DAY.year}
            raise self.wrong("history_day_far", (*path, key), key=key, value=str(day), **years)
        return day
