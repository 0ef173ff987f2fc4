"""The proofs against an exhaustive search: what they call possible happens, what they call impossible never does."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from mlw_workflow.definitions.bundled import bundled_folder, bundled_programmes
from mlw_workflow.definitions.check import check
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.definitions.matrix import as_lines
from mlw_workflow.definitions.places import Places
from mlw_workflow.definitions.proofs import prove
from mlw_workflow.definitions.reach import Atlas
from mlw_workflow.domain.definition import Need, Programme, Role, Rule, State, Workflow
from mlw_workflow.domain.guards import needs_unmet
from mlw_workflow.domain.pilot import Pilot, Position, Standing, Step
from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Probe

T = Text("a", "b")
DAY = date(2014, 1, 1)
NOW = datetime(2014, 1, 1, tzinfo=UTC)
STATES_MAX = 60_000


def rule(trigger: str, from_state: str, to_state: str, *needs: Need, effect: str = "advance") -> Rule:
    return Rule(trigger, from_state, to_state, ("clerk",), T, effect=effect, needs=needs)  # type: ignore[arg-type]


def workflow(name: str, rules: list[Rule]) -> Workflow:
    """A machine whose first rule leaves the initial state; a state that no forward rule leaves is final."""
    names = list(dict.fromkeys(s for r in rules for s in (r.from_state, r.to_state)))
    left = {r.from_state for r in rules if r.effect in ("advance", "resume") and r.from_state != r.to_state}
    halted = {r.to_state for r in rules if r.effect == "suspend"}
    states = tuple(
        State(
            s,
            T,
            initial=s == names[0],
            final=s not in left and s not in halted,
            working=s in left and s not in halted and s != names[0],
        )
        for s in names
    )
    return Workflow(name, "task", T, states, tuple(rules))


def told(given: Programme) -> str:
    """The programme in a few lines, for a failing example."""
    return "\n".join(f"{w.id}: {line}" for w in given.workflows for line in as_lines(w))


def programme(*workflows: Workflow) -> Programme:
    return Programme("p", T, (Role("clerk", T),), (), workflows)


@st.composite
def needs(draw: st.DrawFn, others: dict[str, list[str]]) -> Need:
    """A state of another machine, or a group of several."""
    leaf = st.sampled_from([Need(machine, state) for machine, states in others.items() for state in states])
    if draw(st.integers(0, 3)):
        return draw(leaf)
    members = draw(
        st.lists(leaf, min_size=2, max_size=3, unique=True)
        if len(leaf.elements) > 1
        else st.lists(leaf, min_size=1, max_size=1)
    )  # type: ignore[attr-defined]
    return Need(at_least=draw(st.integers(1, len(members))), of=tuple(members))


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    """Two or three small machines with branches, repetitions, suspensions, waivers, returns and needs on each other."""
    sizes = {f"m{n}": draw(st.integers(2, 4)) for n in range(draw(st.integers(2, 3)))}
    made = []
    for name, size in sizes.items():
        others = {other: [f"s{i}" for i in range(1, n)] for other, n in sizes.items() if other != name}
        some = st.lists(needs(others), max_size=2)
        rules = [rule("t1", "s0", "s1", *draw(some))]
        for number in range(2, size):
            sources = draw(st.sets(st.integers(0, number - 1), min_size=1, max_size=2))
            rules += [rule(f"t{number}", f"s{source}", f"s{number}", *draw(some)) for source in sorted(sources)]
        if draw(st.booleans()):
            state = f"s{draw(st.integers(0, size - 1))}"
            rules.append(rule("again", state, state, *draw(some)))
        if draw(st.integers(0, 3)) == 0:
            rules += [rule("halt", "s1", "halted", effect="suspend"), rule("go_on", "halted", "s1", effect="resume")]
            rules += [rule("go_on", "halted", "s2", effect="resume")] if size > 2 and draw(st.booleans()) else []
        if draw(st.integers(0, 3)) == 0:
            rules.append(rule("back", f"s{size - 1}", "s0", effect="return"))
        if draw(st.integers(0, 3)) == 0:
            rules.append(rule("waive", "s0", "waived", effect="waive"))
        made.append(workflow(name, rules))
    return programme(*made)


class Search:
    """Breadth-first search over the joint states, with the engine's own positions and guards."""

    def __init__(self, given: Programme, *, waive: bool, returns: bool) -> None:
        self.programme = given
        self.left_out = {effect for effect, used in (("waive", waive), ("return", returns)) if not used}
        self.fired: set[tuple[str, int]] = set()
        self.ended: set[str] = set()
        self.all_ended = False
        self.run()

    def run(self) -> None:
        pilot = Pilot("1", "x", "X", "p", "", DAY, DAY)
        start = Standing(pilot, self.programme, {})
        seen = {self.key(start)}
        queue = deque([start])
        while queue:
            standing = queue.popleft()
            self.note_ends(standing)
            for machine, index, after in self.steps(standing):
                self.fired.add((machine, index))
                key = self.key(after)
                if key not in seen:
                    assert len(seen) < STATES_MAX
                    seen.add(key)
                    queue.append(after)

    def steps(self, standing: Standing) -> Iterator[tuple[str, int, Standing]]:
        for w in self.programme.workflows:
            position = standing.position(w.id)
            for index, r in enumerate(w.rules):
                if r.from_state != position.state or r.effect in self.left_out:
                    continue
                if r.effect == "resume" and r.to_state != position.left():
                    continue
                if any(needs_unmet(standing, r.needs, DAY)):
                    continue
                step = Step(len(position.steps) + 1, r.trigger, r.from_state, r.to_state, r.effect, DAY, NOW)
                yield w.id, index, standing.with_position(Position(w.id, position.initial, (*position.steps, step)))

    def key(self, standing: Standing) -> object:
        found = []
        for w in self.programme.workflows:
            position = standing.position(w.id)
            trail = position.trail()
            states = frozenset(state for state, step in trail.reached if step)
            order = tuple(dict.fromkeys(state for state, _ in trail.reached))
            found.append((position.state, states, order, position.left(), trail.waived_by is not None))
        return tuple(found)

    def note_ends(self, standing: Standing) -> None:
        ended = {w.id for w in self.programme.workflows if w.state[standing.position(w.id).state].final}
        self.ended |= ended
        self.all_ended = self.all_ended or len(ended) == len(self.programme.workflows)


MANY = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(programmes())
def test_what_can_happen(given_programme: Programme) -> None:
    """Without waivers, the rules that the proofs call possible are exactly those that some course takes."""
    note(told(given_programme))
    atlas = Atlas(given_programme)
    found = Search(given_programme, waive=False, returns=False)
    live = {
        (machine, index)
        for machine, index in atlas.live(atlas.selections()).rules
        if given_programme.workflow[machine].rules[index].effect not in ("waive", "return")
    }
    assert live == found.fired


@MANY
@given(programmes())
def test_findings_are_true(given_programme: Programme) -> None:
    """What is called dead never happens, what is called trapped or only waivable is, and no error means an end."""
    note(told(given_programme))
    plain = Search(given_programme, waive=False, returns=False)
    waived = Search(given_programme, waive=True, returns=False)
    findings = prove(given_programme, Places())
    for finding in findings:
        machine, _, index = finding.path[:3]
        assert isinstance(machine, str) or finding.code == "no_common_end"
        rule_id = (machine, index)
        match finding.code:
            case "needs_cycle" | "needs_exclusive":
                assert rule_id not in plain.fired
            case "dead_rule":
                assert rule_id not in waived.fired
            case "only_waiver":
                assert rule_id not in plain.fired
                assert rule_id in waived.fired
            case "no_common_end":
                assert plain.ended == set(given_programme.workflow)
                assert not plain.all_ended
            case "branch_deadlock":
                assert not plain.all_ended or _avoidable(given_programme, machine, index)
    if not any(finding.severity == "error" for finding in findings) and "only_waiver" not in {f.code for f in findings}:
        assert plain.ended == set(given_programme.workflow)
        assert plain.all_ended


def _avoidable(given_programme: Programme, machine: str | int, index: str | int) -> bool:
    """Whether the trap's step can be left out: there is another way, which the search then took."""
    w = given_programme.workflow[str(machine)]
    step = w.rules[int(index)]
    return any(r.effect == "advance" and r.from_state == step.from_state and r is not step for r in w.rules)


@MANY
@given(programmes())
def test_findings_are_complete(given_programme: Programme) -> None:
    """A machine in which some step cannot be taken on any ordinary course has a finding, or a branch to blame."""
    note(told(given_programme))
    plain = Search(given_programme, waive=False, returns=False)
    found = prove(given_programme, Places())
    words = " ".join([f"{f.path[0]}." for f in found] + [hop.sentence("en") for f in found for hop in f.counterexample])
    for w in given_programme.workflows:
        forward = {i for i, r in enumerate(w.rules) if r.effect == "advance"}
        if any((w.id, i) not in plain.fired for i in forward):
            assert f"{w.id}." in words


def test_circle_through_three_machines() -> None:
    """The counterexample of a circle is the shortest one, beginning with the rule it is told of."""
    found = prove(
        programme(
            workflow("a", [rule("go", "s0", "s1", Need("b", "s1"))]),
            workflow("b", [rule("go", "s0", "s1", Need("c", "s1"))]),
            workflow("c", [rule("go", "s0", "s1", Need("a", "s1"), Need("d", "s1"))]),
            workflow("d", [rule("go", "s0", "s1", Need("c", "s1"))]),
            workflow("e", [rule("go", "s0", "s1", Need("b", "s1"))]),
        ),
        Places(),
    )
    chains = {(f.code, tuple(hop.sentence("en") for hop in f.counterexample)) for f in found}
    assert chains == {
        ("needs_cycle", ("a.go needs b.s1", "b.go needs c.s1", "c.go needs a.s1")),
        ("needs_cycle", ("c.go needs d.s1", "d.go needs c.s1")),
        ("dead_rule", ("e.go needs b.s1", "b.go needs c.s1", "c.go needs a.s1", "a.go needs b.s1")),
    }


def test_waiver_does_not_excuse_a_circle() -> None:
    """A circle is an error even where a waiver would break it."""
    ring = [
        workflow(
            one,
            [rule("go", "s0", "s1", Need(other, "s1")), rule("waive", "s0", "waived", effect="waive")],
        )
        for one, other in (("a", "b"), ("b", "a"))
    ]
    assert [f.code for f in prove(programme(*ring), Places())] == ["needs_cycle"]


def test_need_that_comes_too_late() -> None:
    """A rule whose need is met only after its machine has gone on for good is told."""
    found = prove(
        programme(
            workflow("a", [rule("go", "s0", "s1"), rule("note", "s0", "s0", Need("b", "s1"))]),
            workflow("b", [rule("go", "s0", "s1", Need("a", "s1"))]),
        ),
        Places(),
    )
    assert [(f.code, f.path[:3]) for f in found] == [("needs_exclusive", ("a", "rules", 1))]
    assert [hop.sentence("en") for hop in found[0].counterexample] == ["b.s1 comes only after a has left s0"]


def test_state_only_a_return_leads_to() -> None:
    """A state entered by a return alone, and what follows from it, is not called dead."""
    steps = [
        rule("go", "s0", "s1"),
        rule("refuse", "s1", "mending", effect="return"),
        rule("again", "mending", "s1", Need("b", "s1")),
        rule("end", "mending", "s2"),
    ]
    other = workflow("b", [rule("go", "s0", "s1"), rule("on", "s1", "s2", Need("a", "s2"))])
    assert not {"dead_rule", "needs_cycle"} & {
        finding.code for finding in prove(programme(workflow("a", steps), other), Places())
    }


def test_step_out_of_suspension() -> None:
    """What can be done with halted work is a way on from the state in which it was halted."""
    steps = [
        rule("go", "s0", "s1"),
        rule("end", "s1", "s2"),
        rule("halt", "s1", "halted", effect="suspend"),
        rule("go_on", "halted", "s1", effect="resume"),
        rule("give_up", "halted", "gone"),
    ]
    other = workflow("b", [rule("note", "s0", "s1", Need("a", "gone"))])
    found = prove(programme(workflow("a", steps), other), Places())
    assert [(f.code, f.path[:3]) for f in found] == [("branch_deadlock", ("a", "rules", 1))]


def test_waiver_that_would_not_help() -> None:
    """A rule that needs what only a waiver brings and what excludes itself is dead, not merely exceptional."""
    fork = workflow("f", [rule("left", "s0", "s1"), rule("right", "s0", "s2")])
    work = [
        rule("go", "s0", "s1"),
        rule("halt", "s1", "halted", effect="suspend"),
        rule("go_on", "halted", "s1", effect="resume"),
        rule("waive", "s0", "waived", effect="waive"),
    ]
    wants = [Need("w", "halted"), Need("f", "s1"), Need("f", "s2")]
    found = prove(programme(fork, workflow("w", work), workflow("x", [rule("go", "s0", "s1", *wants)])), Places())
    assert [f.code for f in found] == ["dead_rule"]
    found = prove(programme(fork, workflow("w", work), workflow("x", [rule("go", "s0", "s1", *wants[:2])])), Places())
    assert [f.code for f in found] == ["only_waiver"]


def test_a_trap_is_told_once() -> None:
    """A step after which something is lost is told once, however many ways go on from it."""
    ways = [rule("here", "s0", "s1"), rule("there", "s0", "s2"), rule("x", "s2", "s3"), rule("y", "s2", "s4")]
    found = prove(programme(workflow("a", ways), workflow("b", [rule("go", "s0", "s1", Need("a", "s1"))])), Places())
    assert [(f.code, f.path[:3]) for f in found] == [("branch_deadlock", ("a", "rules", 1))]


def test_unread_machines_are_trusted() -> None:
    """Needs on machines that could not be read, or on states that do not exist, count as met."""
    first = workflow("a", [rule("go", "s0", "s1", Need("b", "s1"), Need("ghost", "x"), Need("c", "nowhere"))])
    second = workflow("b", [rule("go", "s0", "s1", Need("a", "s1"))])
    third = workflow("c", [rule("go", "s0", "s1")])
    assert prove(programme(first, second, third), Places(), frozenset({"b"})) == []


@pytest.mark.parametrize("name", bundled_programmes())
def test_bundled_programmes_hold(name: str) -> None:
    """Every programme that comes with the product loads without an error, each rule possible without a waiver."""
    loaded = load_programme(bundled_folder() / name)
    assert [finding.as_json() for finding in loaded.findings] == []


def test_bundled_circle_is_found() -> None:
    """Needs turned into a circle in the pilot's own definition are told with the circle."""
    loaded = load_programme(bundled_folder() / "mlw-pilot")
    w05 = loaded.programme.workflow["w05"]
    rules = tuple(replace(r, needs=(*r.needs, Need("w06", "coded"))) if r.trigger == "draft" else r for r in w05.rules)
    changed = tuple(replace(w, rules=rules) if w.id == "w05" else w for w in loaded.programme.workflows)
    found = prove(replace(loaded.programme, workflows=changed), loaded.places)
    chains = [[hop.sentence("en") for hop in f.counterexample] for f in found if f.code == "needs_cycle"]
    assert ["w05.draft needs w06.coded", "w06.prepare needs w05.drafted"] in chains


def test_asking_for_more_than_there_is(probe: Probe) -> None:
    """A group that asks for two of one need is told, although the one can be met."""
    probe.edit("second.yaml", "      - first.working\n", "      - {at_least: 2, of: [first.working]}\n")
    assert "at_least_too_large" in {finding.code for finding in check(probe.folder)}
