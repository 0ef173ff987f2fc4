"""A form that could not be taken: the page that answers carries all that was typed, so that it can be sent again.

Nothing is stored for it. It is only done for a form of this panel's own pages, and never for one with a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import FormData

from mlw_workflow.interfaces.web.forms import Typed
from mlw_workflow.interfaces.web.security import FORM_MAX, local_path

if TYPE_CHECKING:
    from mlw_workflow.interfaces.web.visit import Visit

PREFIX = "held-"
"""Before the names of what a login form carries for another form."""
TO = "held:to"


@dataclass(frozen=True, slots=True)
class Held:
    """What was typed, and where it was to go."""

    to: str
    fields: tuple[tuple[str, str], ...]
    """Texts, and files' names; without the page's secret."""

    @property
    def carried(self) -> tuple[tuple[str, str], ...]:
        """The same as hidden fields of another form."""
        return (TO, self.to), *((PREFIX + name, value) for name, value in self.fields)

    @property
    def typed(self) -> Typed:
        """What stood in the controls."""
        return Typed.of(FormData([*self.fields]))


def held_of(visit: Visit) -> Held | None:
    """What was sent just now, of a form about a municipality; None for nothing, and for more than a form may hold."""
    if "code" not in visit.request.path_params:
        return None
    fields = [(name, value) for name, value in visit.form.multi_items() if isinstance(value, str) and name != "token"]
    chosen = Typed.of(visit.form)
    fields += [(name, chosen.one(name)) for name in chosen if name not in visit.form]
    if not fields or sum(len(name) + len(value) for name, value in fields) > FORM_MAX:
        return None
    return Held(visit.here, tuple(fields))


def carried_by(visit: Visit) -> Held | None:
    """What a login form carries."""
    to = visit.typed(TO)
    fields = [
        (name.removeprefix(PREFIX), value)
        for name, value in visit.form.multi_items()
        if isinstance(value, str) and name.startswith(PREFIX)
    ]
    return Held(local_path(to), tuple(fields)) if to else None
