"""Pictures of a programme as Mermaid text: one machine's states, and what waits for what across machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlw_workflow.domain.definition import Need, Programme, Rule, State, Workflow

_SIDEWAYS = frozenset({"suspend", "resume", "waive", "return"})
_ESCAPED = {ord(sign): f"#{ord(sign)};" for sign in '"#;:<>{}[]()|`\\'}
_ESCAPED |= {ord("\n"): " ", ord("\r"): " "}


def state_diagram(workflow: Workflow, language: str = "en", *, common: bool = False) -> str:
    """The machine as a Mermaid ``stateDiagram-v2``, with titles in a language.

    Suspending, resuming, waiving, returning and exceptional steps are drawn only with ``common``: on every machine they
    look the same and hide the way forward. States that only they reach are then left out too.
    """
    rules = [rule for rule in workflow.rules if common or not (rule.exceptional or rule.effect in _SIDEWAYS)]
    drawn = {workflow.initial} | {state for rule in rules for state in (rule.from_state, rule.to_state)}
    states = [state for state in workflow.states if state.id in drawn]
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_label(state.title[language])}" as {_name(state.id)}' for state in states]
    lines.append(f"    [*] --> {_name(workflow.initial)}")
    arrows: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        titles = arrows.setdefault((rule.from_state, rule.to_state), [])
        title = _label(rule.title[language])
        if title not in titles:
            titles.append(title)
    lines += [f"    {_name(a)} --> {_name(b)} : {' / '.join(titles)}" for (a, b), titles in arrows.items()]
    lines += [f"    {_name(state.id)} --> [*]" for state in states if state.final]
    lines += [f"    class {_name(state.id)} {_class(state)}" for state in states if _class(state)]
    lines += ["    classDef done stroke-width:2px", "    classDef final stroke-width:4px"]
    return "\n".join(lines) + "\n"


def needs_diagram(programme: Programme, language: str = "en") -> str:
    """What waits for what, as a Mermaid flowchart: an arrow leads from what is needed to the machine that needs it.

    Needs of which only some must hold are dotted.
    """
    lines = ["flowchart LR"]
    lines += [f'    {_name(w.id)}["{_label(w.id)} {_label(w.title[language])}"]' for w in programme.workflows]
    for workflow in programme.workflows:
        arrows: dict[tuple[str, str, bool], dict[str, None]] = {}
        for rule in workflow.rules:
            for need in rule.needs:
                for leaf, strict in _leaves(need, strict=True):
                    words = arrows.setdefault((leaf.machine, leaf.state, strict), {})
                    words[_trigger(rule, language)] = None
        for (machine, state, strict), titles in arrows.items():
            known = programme.workflow.get(machine)
            found = known.state.get(state) if known else None
            title = _label(found.title[language] if found else state)
            label = f"{title} → {' / '.join(titles)}"
            arrow = "-->" if strict else "-.->"
            lines.append(f'    {_name(machine)} {arrow}|"{label}"| {_name(workflow.id)}')
    return "\n".join(lines) + "\n"


def _leaves(need: Need, *, strict: bool) -> list[tuple[Need, bool]]:
    if not need.of:
        return [(need, strict and not need.at_least)]
    strict = strict and need.at_least >= len(need.of)
    return [leaf for member in need.of for leaf in _leaves(member, strict=strict)]


def _trigger(rule: Rule, language: str) -> str:
    return _label(rule.title[language])


def _name(word: str) -> str:
    """An identifier that is no word of Mermaid's (``end``, ``state``)."""
    return f"s_{word}"


def _label(text: str) -> str:
    return text.translate(_ESCAPED)


def _class(state: State) -> str:
    return "final" if state.final else "done" if state.done else ""
