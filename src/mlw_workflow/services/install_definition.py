"""Install a definition: keep its normal form under its content hash, so that pilots can be pinned to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlw_workflow.definitions.loader import Loaded
    from mlw_workflow.services.desk import Desk


def install_definition(desk: Desk, loaded: Loaded) -> str:
    """Keep the definition; one that is there already stays as it is. Its content hash."""
    with desk.database.work() as work:
        work.add_definition(loaded.content_hash, loaded.programme.id, loaded.body, desk.clock.now())
        work.commit()
    return loaded.content_hash
