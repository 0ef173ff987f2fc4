"""From the vocabulary of control to the domain's values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.control import NO_CONTROL, ControlRules, Term

if TYPE_CHECKING:
    from mlw_workflow.definitions import schema_audit as schema
    from mlw_workflow.domain.obligation import Unit

_UNITS: tuple[Unit, ...] = ("days", "weeks", "months", "working_days")


def control(model: schema.AuditModel | None) -> ControlRules:
    """What a programme wants looked after; nothing when it does not say."""
    if model is None:
        return NO_CONTROL
    return ControlRules(
        recorded_within=_term(model.recorded_within),
        imported=model.imported,
        two_people=tuple(model.two_people),
        read_first=tuple(model.read_first),
        waiver_holds=_term(model.waiver_holds),
        late=tuple(model.late),
        role_held_on=tuple(model.role_held_on),
        reconfirm=model.reconfirm,
        explained_by=tuple(model.explained_by),
        closed_by=tuple(model.closed_by),
    )


def _term(model: schema.TermModel | None) -> Term | None:
    if model is None:
        return None
    return next(Term(number, unit) for unit in _UNITS if (number := getattr(model, unit)) is not None)
