"""``audit checkpoint``: the signed root over all logs."""

from typing import Annotated

import typer

from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _


def register(app: typer.Typer) -> None:
    """Add the command."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command(
        "checkpoint", cls=Command, help=_("Sign the whole record as it is now, and print what was signed (a note).")
    )
    def checkpoint(json: Annotated[bool, params.json_option()] = False) -> None:
        from mlw_workflow.services.checkpoint import make_checkpoint

        made = make_checkpoint(session.desk(writing=True))
        if json:
            output.answer_json({"size": made.size, "added": made.added, "new": made.fresh, "note": made.note})
        else:
            output.exactly(made.note)
