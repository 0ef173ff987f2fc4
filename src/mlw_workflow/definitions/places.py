"""Where the parts of a programme stand in its files, so that a proof about values can point at lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlw_workflow.definitions.findings import Finding, Hop, Path, Severity

if TYPE_CHECKING:
    from mlw_workflow.definitions.schema_report import Origin


@dataclass(frozen=True, slots=True)
class Place:
    """A path in a file. Without an origin (a programme that was not read from files) it is nowhere."""

    origin: Origin | None = None
    path: Path = ()

    def below(self, *more: str | int) -> Place:
        """A place further down."""
        return Place(self.origin, (*self.path, *more))

    def finding(self, code: str, *more: str | int, **facts: str | int) -> Finding:
        """An error here, or further down."""
        return self.report(code, "error", (), *more, **facts)

    def report(
        self, code: str, severity: Severity, hops: tuple[Hop, ...], *more: str | int, **facts: str | int
    ) -> Finding:
        """A finding here, or further down, with its counterexample."""
        if self.origin is None:
            return Finding(code, severity, "", 0, (*self.path, *more), tuple(facts.items()), hops)
        return self.origin.finding(code, (*self.path, *more), severity, hops, **facts)


@dataclass(slots=True)
class Places:
    """The places of a programme's machines, their states and their rules."""

    programme: Place = field(default_factory=Place)
    machines: dict[str, Place] = field(default_factory=dict)
    states: dict[str, dict[str, Place]] = field(default_factory=dict)
    rules: dict[str, list[Place]] = field(default_factory=dict)

    def machine(self, machine: str) -> Place:
        """The file of a machine."""
        return self.machines.get(machine) or Place(None, (machine,))

    def state(self, machine: str, state: str) -> Place:
        """A state, in the machine's file or in its kind."""
        return self.states.get(machine, {}).get(state) or Place(None, (machine, "states", state))

    def rule(self, machine: str, index: int) -> Place:
        """A rule by its number in the workflow: the transition it was made from."""
        known = self.rules.get(machine)
        return known[index] if known else Place(None, (machine, "rules", index))
