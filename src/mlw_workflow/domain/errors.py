"""Everything that can go wrong, as one tree.

::

    WorkflowError                 a stable code, facts as fields, an exit code for the shell
    ├── BadInput                  what was given cannot be understood (exit 2)
    │   ├── UnknownMachine, UnknownTrigger, UnknownPilot, UnknownPerson, UnknownRole, …
    │   ├── DefinitionInvalid     the definition is wrong: its findings
    │   └── HistoryInvalid        a history file is wrong, or breaks a rule: nothing of it was recorded
    ├── AccessRefused             whoever asks may not see or do this (exit 1)
    ├── StorageUnavailable        the database is away, foreign, full or read-only (exit 2)
    └── IntegrityBroken           the record does not hold (exit 3)

A refused transition is no error: it is an answer (``decision.Refused``). What we ourselves got wrong is an
``AssertionError``. Codes are stable; sentences live in ``mlw_workflow.wording`` under ``error.<code>`` and are filled
from ``facts``.
"""

from __future__ import annotations


class WorkflowError(Exception):
    """Something went wrong that a person can put right."""

    code = "error"
    exit_code = 2

    def __init__(self, code: str = "", /, **facts: object) -> None:
        """Keep the facts; ``code`` narrows the class's own code where one class covers several cases."""
        self.code = code or type(self).code
        self.facts = facts
        super().__init__(self.code, facts)

    def __str__(self) -> str:
        """The code and the facts: for logs and developers; people read the wording."""
        facts = ", ".join(f"{key}={value}" for key, value in self.facts.items())
        return f"{self.code}({facts})"


class BadInput(WorkflowError):
    """What was given cannot be understood."""

    code = "bad_input"


class UnknownMachine(BadInput):
    """The pilot has no such machine. Facts: machine, known."""

    code = "unknown_machine"


class UnknownTrigger(BadInput):
    """The machine has no such trigger. Facts: machine, trigger, known."""

    code = "unknown_trigger"


class UnknownPilot(BadInput):
    """No pilot of that name or code, or several. Facts: pilot, known."""

    code = "unknown_pilot"


class UnknownPerson(BadInput):
    """No person or role of that name, or several. Facts: person."""

    code = "unknown_person"


class UnknownRole(BadInput):
    """The programme has no such role. Facts: role, known."""

    code = "unknown_role"


class DefinitionInvalid(BadInput):
    """The definition is wrong. Facts: path, findings (a tuple of ``definitions.findings.Finding``)."""

    code = "definition_invalid"


class HistoryInvalid(BadInput):
    """A history file cannot be imported; nothing of it was recorded. Facts: file, line, problem."""

    code = "history_invalid"


class AccessRefused(WorkflowError):
    """Whoever asks may not see or do this. Facts: person, and what the code says."""

    code = "access_refused"
    exit_code = 1


class StorageUnavailable(WorkflowError):
    """The database cannot be used. Facts: problem, place."""

    code = "storage_unavailable"


class ClockBackwards(WorkflowError):
    """The clock shows a time before the last entry's. Facts: now, last."""

    code = "clock_backwards"


class IntegrityBroken(WorkflowError):
    """The record does not hold. Facts: pilot, seq, check."""

    code = "integrity_broken"
    exit_code = 3
