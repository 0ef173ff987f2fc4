"""A finding: one thing that is wrong with a definition, and where. Facts here, sentences in ``wording``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mlw_workflow.definitions.wording import HOPS, MESSAGES

Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]
"""Keys and indexes from the top of a file to a value in it."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a counterexample: ``needs`` (rule, state), ``step`` (rule, from, to), ``never`` (state), …"""

    kind: str
    args: tuple[str, ...] = ()

    def sentence(self, language: str) -> str:
        """The hop in words."""
        return HOPS[self.kind][language == "en"].format(*self.args)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of a definition (or of another YAML file): a stable code, its place, and facts for the sentence."""

    code: str
    severity: Severity = "error"
    file: str = ""
    line: int = 0
    """Counted from 1; 0 when the finding is about a whole folder or an absent file."""
    path: Path = ()
    facts: tuple[tuple[str, str | int], ...] = ()
    counterexample: tuple[Hop, ...] = ()
    """How the problem shows itself: a chain of needs, or the steps of a course."""

    def message(self, language: str = "en") -> str:
        """The finding in one sentence, without its place."""
        return MESSAGES[self.code][language == "en"].format(**dict(self.facts))

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The finding for programs: exactly these seven keys."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.file,
            "line": self.line,
            "path": dotted(self.path),
            "message": self.message(language),
            "counterexample": [hop.sentence(language) for hop in self.counterexample],
        }


def dotted(path: Path) -> str:
    """A path as people write it: ``transitions[2].needs[0]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding forbids the use of the definition."""
    return any(finding.severity == "error" for finding in findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by file and line, each once; of the same line errors come first."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: (f.file, f.line, f.severity, f.code, dotted(f.path), f.facts)))
