"""Why the day's checkpoint was not signed, kept in the heartbeat until it is told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlw_workflow.domain.errors import BadInput, IntegrityBroken
    from mlw_workflow.notifications.values import Language

    Words = Callable[["RefusedCheckpoint", Language], str]


@dataclass(frozen=True, slots=True)
class RefusedCheckpoint:
    """A checkpoint that was not signed."""

    check: str
    """The check that failed, or why nothing can be signed (``key_missing``)."""
    seq: int = 0
    pilot: str = ""
    """The code of the pilot whose log it is; empty for what concerns no single one."""
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, error: IntegrityBroken | BadInput) -> RefusedCheckpoint:
        """From what was raised."""
        facts = {name: str(value) for name, value in error.facts.items()}
        check, seq, pilot = facts.pop("check", error.code), facts.pop("seq", ""), facts.pop("pilot", "")
        return cls(check, int(seq or 0), pilot, facts)

    @classmethod
    def read(cls, detail: str) -> RefusedCheckpoint | None:
        """From the heartbeat; None where the last one was signed."""
        if not detail:
            return None
        if not detail.startswith("{"):  # as it was written before there were facts
            return cls(detail)
        told = json.loads(detail)
        return cls(told["check"], told["seq"], told["pilot"], told["facts"])

    @property
    def detail(self) -> str:
        """As the heartbeat keeps it."""
        told = {"check": self.check, "seq": self.seq, "pilot": self.pilot, "facts": dict(self.facts)}
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


def as_code(refused: RefusedCheckpoint, language: Language) -> str:  # noqa: ARG001
    """For who has no words: the code of the check."""
    return refused.check
