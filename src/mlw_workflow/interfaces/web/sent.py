"""By what a form is known that was sent: the same form with the same in it, sent again, leads to the same entry."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlw_workflow.interfaces.web.visit import Visit


def once_of(visit: Visit, *facts: Any) -> str:
    """What this very form is known by, with all that is in it: sent again with something else it is another.

    Empty for a form without a key, as a program may send it.
    """
    key = visit.typed("key")
    if not key:
        return ""
    told = (visit.person.person.id, visit.pilot.id, key, *facts)
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
