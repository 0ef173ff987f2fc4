"""What is signed of the whole record, and proofs that it only grows."""

from typing import Annotated, Any

from fastapi import Path, Query

from mlw_workflow import bootstrap
from mlw_workflow.audit.seal import instant
from mlw_workflow.interfaces import record_shapes
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import ConsistencyAsked, NoBody, Nothing, Paged
from mlw_workflow.interfaces.api.paging import page
from mlw_workflow.interfaces.api.problems import Problem
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.services.checkpoint_post import Post
from mlw_workflow.services.proofs import prove_consistency
from mlw_workflow.storage import tree

routes = Routes("checkpoints")


@routes.get("/checkpoints", "checkpoints", paged=True, scope="audit")
def get_checkpoints(call: Call, asked: Annotated[Paged, Query()]) -> Any:  # noqa: ARG001
    """Every checkpoint, the oldest first; each is a signed note (c2sp.org/tlog-checkpoint)."""
    with call.desk.database.read() as connection:
        found = [(stored, tree.cosignatures(connection, stored.size)) for stored in tree.checkpoints(connection)]
    return page(call, "checkpoints", found, lambda item: (item[0].size,), lambda item: _shape(*item))


@routes.get("/checkpoints/{size}", "Checkpoint", scope="audit")
def get_checkpoint(
    call: Call,
    size: Annotated[int, Path(ge=1, le=1 << 53, description="How many entries it covers.")],
    asked: Annotated[Nothing, Query()],  # noqa: ARG001
) -> Any:
    """One checkpoint, with the signatures of witnesses."""
    with call.desk.database.read() as connection:
        stored = tree.checkpoint(connection, size)
        if stored is None:
            raise Problem(404, "not_found")
        return _shape(stored, tree.cosignatures(connection, size))


@routes.post("/checkpoints", "audit_checkpoint", scope="admin", slow=True)
def make_a_checkpoint(call: Call, body: NoBody) -> Any:  # noqa: ARG001
    """Sign the whole record as it is now; where nothing is new, the last checkpoint again."""
    settings = call.office.settings
    post = Post(bootstrap.open_mailroom(settings), settings.audit.recipients)
    return record_shapes.checkpoint(make_checkpoint(call.desk, post))


@routes.get("/consistency", "audit_consistency", scope="audit", slow=True)
def get_consistency(call: Call, asked: Annotated[ConsistencyAsked, Query()]) -> Any:
    """That a checkpoint continues an earlier one (RFC 6962)."""
    return record_shapes.consistency(prove_consistency(call.desk, asked.old, asked.new))


def _shape(stored: Any, cosigned: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {
        "size": stored.size,
        "made_at": instant(stored.made_at),
        "note": stored.note,
        "witnesses": [witness for witness, _ in cosigned],
    }
