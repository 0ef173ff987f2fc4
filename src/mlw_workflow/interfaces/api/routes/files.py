"""Files, sent ahead of the step whose evidence they are."""

from typing import Annotated, Any

from fastapi import Query

from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import FileAsked
from mlw_workflow.interfaces.api.problems import Problem
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.interfaces.web.forms import plain_name
from mlw_workflow.services.accounts.login import CLOCK
from mlw_workflow.storage import api_tokens

routes = Routes("files")


@routes.post("/files", "file", status=201, body=False, raw=True, writes=False)
def send_file(call: Call, asked: Annotated[FileAsked, Query()]) -> Any:
    """Send a file as the body, byte for byte; the answer is what the evidence of a step names it by.

    Only whoever sent a file may name it in evidence, within two days: what no evidence names by then is deleted.
    The same content sent again is the same file.
    """
    content = call.request.state.content
    store = call.office.store(call.person)
    try:
        if not content.read(1):
            raise Problem(400, "file_empty")
        content.seek(0)
        file = store.take_stream(content, plain_name(asked.name))
        with call.desk.database.work() as work:
            api_tokens.add_upload(work.connection, call.person, file, CLOCK.now())
            store.keep()
            work.commit()
    finally:
        store.drop()
    return file
