"""The pilots that a command which reads may show: all, or with ``--as`` those in the reader's reach.

A command asks here in place of ``session.pilot`` and ``session.pilots``; what an auditor looks at is written down
before either returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.cli import session

if TYPE_CHECKING:
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.scope import Reader


def pilot(name: str, acting: str, what: str) -> Pilot:
    """The pilot of that name or code; without a name the only one in reach. Raises AccessRefused.

    ``what`` is the command's name, as the access log keeps it.
    """
    if not acting:
        return session.pilot(name)
    from mlw_workflow.services import scope

    who = reader(acting)
    if name:
        chosen = session.pilot(name)
        scope.may_read(session.desk(), who, chosen)
    else:
        found = scope.readable(session.desk(), who, session.pilots())
        if not found:
            raise BadInput("no_pilots")
        if len(found) > 1:
            raise BadInput("pilot_not_named", known=session.names_of(found))
        chosen = found[0]
    scope.log_reading(session.desk(), who, what, [chosen])
    return chosen


def pilots(acting: str, what: str) -> tuple[Pilot, ...]:
    """Every pilot in reach, by code. Raises AccessRefused when there are pilots but none in reach."""
    if not acting:
        return session.pilots()
    from mlw_workflow.services import scope

    who = reader(acting)
    found = scope.readable(session.desk(), who, session.pilots())
    scope.log_reading(session.desk(), who, what, found, every=True)
    return found


def named(name: str, acting: str, what: str) -> list[Pilot]:
    """The pilot of that name, or without a name every one in reach."""
    return [pilot(name, acting, what)] if name else list(pilots(acting, what))


def audited(acting: str) -> frozenset[str]:
    """The programmes that the reader audits today."""
    if not acting:
        return frozenset()
    who, desk = reader(acting), session.desk()
    days = {p.programme: desk.today(desk.programme(p.definition)) for p in session.pilots()}
    return frozenset(a.programme for a in who.audits if a.programme in days and a.holds_on(days[a.programme]))


def looks_only(name: str, whom: str) -> bool:
    """Whether ``--as``, where it chooses what concerns somebody, names one who audits and holds no role there: nothing
    concerns them, so they look as auditors do. Raises UnknownPerson.
    """
    who = reader(whom)
    chosen = [session.pilot(name)] if name else list(session.pilots())
    desk = session.desk()
    return bool(who.audits) and not any(who.has_role(p, desk.today(desk.programme(p.definition))) for p in chosen)


def reads_everything(acting: str) -> bool:
    """Whether nothing is out of the reader's reach, the access log included."""
    from mlw_workflow.services import scope

    return not acting or scope.reads_everything(session.desk(), reader(acting), session.pilots())


def reader(acting: str) -> Reader:
    """Who reads. Raises UnknownPerson."""
    from mlw_workflow.services import scope

    return scope.reader_of(session.desk(), acting, [chosen.definition for chosen in session.pilots()])
