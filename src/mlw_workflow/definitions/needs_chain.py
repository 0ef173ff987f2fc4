"""Why a rule can never be taken: the shortest circle of needs through it, or the shortest chain to what cannot be."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from mlw_workflow.definitions.findings import Hop
from mlw_workflow.definitions.machine_checks import closure, edges
from mlw_workflow.domain.definition import DONE

if TYPE_CHECKING:
    from mlw_workflow.definitions.reach import Atlas, Reach, RuleId
    from mlw_workflow.domain.definition import Need

_SEARCHED_MAX = 2_000
"""Rules looked at for one explanation."""


class Chains:
    """Explains rules that the widest reach lacks: each waits for a leaf, which waits for another such rule."""

    def __init__(self, atlas: Atlas, reach: Reach) -> None:
        self.atlas = atlas
        self.reach = reach
        self.blocked: dict[str, list[RuleId]] = {}
        for machine, here in atlas.maps.items():
            for index, rule in enumerate(here.workflow.rules):
                if (machine, rule.from_state) in reach.present and (machine, index) not in reach.fired:
                    self.blocked.setdefault(machine, []).append((machine, index))
        self._towards: dict[tuple[str, str], list[RuleId]] = {}
        self._cycles: dict[RuleId, tuple[Hop, ...]] = {}
        self._onward: dict[RuleId, list[tuple[Hop, RuleId | None]]] = {}

    def cycle(self, start: RuleId) -> tuple[Hop, ...]:
        """The shortest circle of needs through a rule, beginning with it; nothing when it lies on none."""
        known = self._cycles.get(start)
        if known is None:
            came = self._search(start)
            ways = (
                (*self._way(came, rule_id), hop)
                for rule_id in came
                for hop, target in self.onward(rule_id)
                if target == start
            )
            # Rules come by breadth, so the first circle is a shortest one.
            known = self._cycles[start] = next(ways, ())
        return known

    def obstacle(self, start: RuleId) -> tuple[Hop, ...]:
        """The shortest chain from a rule to a state that cannot be, or into a circle, which is then gone round."""
        came = self._search(start)
        for rule_id in came:
            way = self._way(came, rule_id)
            for hop, target in self.onward(rule_id):
                if target is None:
                    return (*way, hop, Hop("never", hop.args[1:]))
            circle = self.cycle(rule_id)
            if circle:
                return (*way, *circle)
        return ()

    def onward(self, rule_id: RuleId) -> list[tuple[Hop, RuleId | None]]:
        """What a blocked rule waits for: each unmet leaf with the blocked rules on the way to it, or with none."""
        known = self._onward.get(rule_id)
        if known is None:
            known = self._onward[rule_id] = []
            rule = self.atlas.maps[rule_id[0]].workflow.rules[rule_id[1]]
            for need in rule.needs:
                if self.atlas.holds(need, self.reach):
                    continue
                for leaf in dict.fromkeys(need.leaves()):
                    if not self.atlas.holds(leaf, self.reach):
                        hop = Hop("needs", (f"{rule_id[0]}.{rule.trigger}", leaf.name))
                        known += [(hop, target) for target in self.towards(leaf)] or [(hop, None)]
        return known

    def towards(self, leaf: Need) -> list[RuleId]:
        """The blocked rules of a leaf's machine that stand between it and the leaf's state."""
        key = (leaf.machine, leaf.state)
        known = self._towards.get(key)
        if known is None:
            workflow = self.atlas.maps[leaf.machine].workflow
            wanted = workflow.done_states if leaf.state == DONE else {leaf.state}
            before = closure(wanted, edges((r for r in workflow.rules if r.effect != "return"), back=True))
            known = self._towards[key] = [
                (machine, index)
                for machine, index in self.blocked.get(leaf.machine, [])
                if workflow.rules[index].effect == "advance" and workflow.rules[index].to_state in before
            ]
        return known

    def _search(self, start: RuleId) -> dict[RuleId, tuple[RuleId, Hop] | None]:
        """Blocked rules by breadth from ``start``, each with the rule and the need that led to it."""
        came: dict[RuleId, tuple[RuleId, Hop] | None] = {start: None}
        queue = deque([start])
        while queue and len(came) < _SEARCHED_MAX:
            here = queue.popleft()
            for hop, target in self.onward(here):
                if target is not None and target not in came:
                    came[target] = (here, hop)
                    queue.append(target)
        return came

    def _way(self, came: dict[RuleId, tuple[RuleId, Hop] | None], end: RuleId) -> tuple[Hop, ...]:
        way: list[Hop] = []
        step = came[end]
        while step is not None:
            way.append(step[1])
            step = came[step[0]]
        return tuple(reversed(way))
