"""Whether the control rules speak of things that exist: kinds, triggers, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlw_workflow.definitions.findings import Finding
    from mlw_workflow.definitions.places import Place
    from mlw_workflow.definitions.references import Names


def check_audit(names: Names, place: Place) -> Iterator[Finding]:
    """References of ``audit`` in programme.yaml, and findings that nobody may answer."""
    model = names.programme.audit
    if model is None:
        return
    place = place.below("audit")
    triggers = _triggers(names)
    for key, known, code in (
        ("two_people", triggers, "audit_trigger_unknown"),
        ("read_first", triggers, "audit_trigger_unknown"),
        ("late", set(names.programme.kinds), "unknown_kind"),
        ("role_held_on", None, ""),
    ):
        yield from _listed(getattr(model, key), known, code, place.below(key))
    for key in ("explained_by", "closed_by"):
        yield from _roles(names, getattr(model, key), place.below(key))
    if not model.closed_by:
        yield place.report("findings_unanswered", "warning", ())


def _triggers(names: Names) -> set[str] | None:
    """Every trigger of the programme; None unless every machine could be read in full."""
    found = [expanded for expanded in names.expanded.values() if expanded.sound]
    if len(found) != len(names.known):
        return None
    return {trigger for expanded in found for trigger in expanded.workflow.triggers}


def _listed(given: Sequence[str], known: set[str] | None, code: str, place: Place) -> Iterator[Finding]:
    for index, name in enumerate(given):
        if name in given[:index]:
            yield place.finding("duplicate_item", index, item=name)
        elif known is not None and name not in known:
            fact = "kind" if code == "unknown_kind" else "trigger"
            yield place.finding(code, index, **{fact: name})


def _roles(names: Names, roles: Sequence[str], place: Place) -> Iterator[Finding]:
    for index, role in enumerate(roles):
        declared = names.programme.roles.get(role)
        if role in roles[:index]:
            yield place.finding("duplicate_item", index, item=role)
        elif declared is None:
            yield place.finding("unknown_role", index, role=role)
        elif not declared.acts:
            yield place.finding("role_only_reads", index, role=role)
