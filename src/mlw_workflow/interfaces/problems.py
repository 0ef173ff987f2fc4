"""From an error to one clear sentence, its facts for programs, and an exit code."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlw_workflow.interfaces.wording.checks import check_sentence
from mlw_workflow.interfaces.wording.dates import day_words
from mlw_workflow.interfaces.wording.errors import ERRORS
from mlw_workflow.interfaces.wording.problems import problem_words
from mlw_workflow.interfaces.wording.suggestions import CHOICES, CLOSEST, LISTING
from mlw_workflow.interfaces.wording.system import system_words
from mlw_workflow.interfaces.wording.titles import Titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlw_workflow.domain.errors import WorkflowError
    from mlw_workflow.domain.texts import Text

_SUBJECT = {
    "unknown_machine": "machine",
    "unknown_programme_machine": "machine",
    "unknown_trigger": "trigger",
    "unknown_pilot": "pilot",
    "unknown_person": "person",
    "unknown_role": "role",
    "unknown_programme": "programme",
    "setting_unknown": "key",
    "finding_unknown": "kind",
    "evidence_field_unknown": "field",
    "redact_field_unknown": "field",
    "auditor_out_of_scope": "programme",
}
"""The fact that was not recognised, for which something close may be known."""
_WITH_CHECK = frozenset(
    {"integrity_broken", "ledger_file_broken", "checkpoint_refused", "witness_refused", "pack_refused"}
)
"""Errors that tell which check failed."""


def sentence(error: WorkflowError, language: str, instead: Mapping[str, Text] | None = None) -> str:
    """What happened, where, and what to do.

    ``instead``: other words for some codes, with the same facts, where nobody types commands.
    """
    known = ERRORS if instead is None else {**ERRORS, **instead}
    wording = known.get(error.code) or known.get(type(error).code) or known["bad_input"]
    return wording[language].format_map(_Filled(facts_in_words(error, language, commands=instead is None))).rstrip()


def facts_in_words(error: WorkflowError, language: str, *, commands: bool = True) -> dict[str, Any]:
    """The error's facts as its sentence needs them, with what can be suggested."""
    facts: dict[str, Any] = dict(error.facts)
    known = tuple(str(item) for item in _items(facts.get("known")))
    facts["choices"] = ", ".join(known)
    if isinstance(facts.get("roles"), tuple):
        facts["roles"] = ", ".join(facts["roles"])
    facts["suggestion"] = suggestion(error.code, facts, known, language, commands=commands)
    titles = Titles(facts.get("programme") if not isinstance(facts.get("programme"), str) else None, language)
    if error.code == "history_refused":
        facts["step"] = titles.trigger(str(facts["machine"]), str(facts["trigger"]))
        facts["title"] = titles.machine(str(facts["machine"]))
        facts["day"] = day_words(facts["on"], language)
    if error.code in ("roles_open", "erase_not_allowed"):
        held = (str(item).rpartition(": ") for item in _items(error.facts["roles"]))
        facts["roles"] = ", ".join(f"{place}{colon}{titles.role(role)}" for place, colon, role in held)
    if error.code in ("auditor_holds_role", "role_of_auditor"):
        facts["role"] = titles.role(str(facts["role"]))
    if error.code == "finding_role":
        from mlw_workflow.interfaces.wording.findings import ANSWER_NAME

        facts["choices"] = titles.roles(known)
        facts["answer"] = ANSWER_NAME[str(facts["answer"])][language]
    if isinstance(facts.get("problem"), str):
        words = problem_words(facts["problem"], language)
        facts["problem"] = words or system_words(facts["problem"], language)
    if "finding" in facts:
        facts["problem"] = facts["finding"].message(language)
    if "findings" in facts:
        findings = tuple(facts["findings"])
        facts["count"] = len(findings)
        facts["first"] = _told(findings[0], language) if findings else ""
    if error.code in _WITH_CHECK:
        told = {key: str(value) for key, value in facts.items()}
        check, seq = str(facts.get("check", "")), int(facts.get("seq") or 0)
        facts["failure"] = check_sentence(check, seq, str(facts.get("pilot", "")), told, language)
    if error.code == "deadline_not_open":
        from mlw_workflow.interfaces.wording.deadlines import status_words

        facts["status"] = status_words(str(facts["status"]), language)
    for name, value in facts.items():
        if isinstance(value, date) and not isinstance(value, datetime):
            facts[name] = day_words(value, language)
    return facts


def suggestion(
    code: str, facts: Mapping[str, Any], known: tuple[str, ...], language: str, *, commands: bool = True
) -> str:
    """What was probably meant; else all there is, when that is little; else the command that lists it."""
    if code not in _SUBJECT:
        return ""
    from difflib import get_close_matches

    typed = str(facts.get(_SUBJECT[code], ""))
    by_lower = {item.lower(): item for item in known}
    close = [by_lower[match] for match in get_close_matches(typed.lower(), by_lower, n=3, cutoff=0.6)]
    if code == "unknown_pilot":
        close = list(known)  # the repository has looked for close names already
    if close:
        return CLOSEST[language].format(choices=", ".join(close))
    if code in LISTING:
        return "" if not commands else LISTING[code][language].format_map(_Filled(facts))
    return CHOICES[language].format(choices=", ".join(known)) if known else ""


def as_json(error: WorkflowError, language: str) -> dict[str, Any]:
    """``{"error": {"code", "message", …facts}}``."""
    from mlw_workflow.interfaces import shapes

    facts = {key: plain(value) for key, value in error.facts.items() if key not in ("programme", "way_out", "reasons")}
    programme = error.facts.get("programme")
    if isinstance(programme, str):
        facts["programme"] = programme
    if "reasons" in error.facts:
        titles = Titles(programme, language)  # type: ignore[arg-type]
        trigger = str(error.facts.get("trigger", ""))
        facts["reasons"] = [shapes.reason(item, titles, trigger) for item in _items(error.facts["reasons"])]
    if error.facts.get("way_out") is not None:
        facts["way_out"] = shapes.way_out(error.facts["way_out"])  # type: ignore[arg-type]
    return {"error": {"code": error.code, "message": sentence(error, language), **facts}}


def plain(value: Any) -> Any:
    """A fact as a value of JSON."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if hasattr(value, "as_json"):
        return value.as_json()
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(item) for key, item in asdict(value).items()}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _told(finding: Any, language: str) -> str:
    place = f"{finding.file}:{finding.line}: " if finding.line else f"{finding.file}: " if finding.file else ""
    return place + str(finding.message(language))


def _items(value: object) -> Iterable[Any]:
    return value if isinstance(value, list | tuple | frozenset | set) else ()


class _Filled(dict[str, Any]):
    """A fact that an error happens not to have leaves a dash, never a failure while telling of a failure."""

    def __missing__(self, key: str) -> str:
        return "–"
