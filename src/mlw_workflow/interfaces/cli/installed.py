"""Which installed definition a programme's name means: the newest."""

from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from mlw_workflow.services.desk import Desk


def definition_of(desk: "Desk", programme: str) -> str:
    """The content hash of the newest installed definition. Raises BadInput naming what is installed."""
    from mlw_workflow.storage import repositories

    with desk.database.read() as connection:
        found = repositories.definitions(connection)
    for item in reversed(found):
        if programme in (item.programme, item.hash):
            return item.hash
    raise BadInput(
        "unknown_programme", programme=programme[:80], known=tuple(dict.fromkeys(i.programme for i in found))
    )
