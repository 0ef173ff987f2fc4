"""Who looks, found out anew whenever anything was committed: for a whole country that is thousands of roles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mlw_workflow.services.viewer import Viewer, viewer_of

if TYPE_CHECKING:
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.accounts import Account


def moment(desk: Desk) -> tuple[object, str]:
    """What is another once anything was committed, and with each hour: a day that begins anywhere begins with one.

    Raises StorageUnavailable.
    """
    return desk.database.version(), desk.clock.now().isoformat()[:13]


class Viewers:
    """The viewers of a panel. Safe to share between threads."""

    def __init__(self, desk: Desk) -> None:
        """Nobody yet."""
        self.desk = desk
        self._known: dict[str, tuple[object, Account, Viewer]] = {}

    def of(self, account: Account) -> Viewer:
        """The holder of an account, as ``viewer_of`` finds them. Raises StorageUnavailable."""
        now, person = (
            moment(self.desk),
            account.person.id,
        )  # before anything is read: what comes later is another moment
        before, known, viewer = self._known.get(person, (None, None, None))
        if viewer is None or before != now or known != account:
            viewer = viewer_of(self.desk, account)
            self._known[person] = (now, account, viewer)
        return replace(viewer, asked={})
