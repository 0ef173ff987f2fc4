"""Telling of what went wrong: one sentence for people, one JSON object for programs, and the exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from mlw_workflow.interfaces import messages, problems
from mlw_workflow.interfaces.cli import output, session
from mlw_workflow.interfaces.exit_codes import UNEXPECTED

if TYPE_CHECKING:
    from mlw_workflow.domain.errors import WorkflowError


def tell_error(error: WorkflowError, *, json: bool) -> int:
    """Say what is wrong, where, and what to do. A traceback comes only with MLW_DEBUG=1."""
    if os.environ.get("MLW_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    if json:
        output.answer_json(problems.as_json(error, messages.language()))
        return error.exit_code
    output.note(problems.sentence(error, messages.language()))
    if error.code == "history_refused":
        from mlw_workflow.interfaces.cli.refusal import tell_refused_history

        tell_refused_history(error)
    return error.exit_code


def tell_unexpected(error: Exception, *, json: bool) -> int:
    """Our own mistake: where the details are. The log gets the course of calls, no message that might hold data."""
    if os.environ.get("MLW_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    from mlw_workflow.interfaces.wording.errors import ERRORS

    place = _log(error)
    key = "unexpected" if place else "unexpected.unlogged"
    sentence = ERRORS[key][messages.language()].format(place=place)
    if json:
        output.answer_json({"error": {"code": "unexpected", "message": sentence}})
    else:
        output.note(sentence)
    return UNEXPECTED


def _log(error: Exception) -> str:
    import json
    import traceback
    from datetime import UTC, datetime

    from mlw_workflow import logs
    from mlw_workflow.settings import places

    calls = [f"{os.path.basename(f.filename)}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]  # noqa: PTH119
    event = {"event": "unexpected", "level": "error", "error": type(error).__name__, "calls": calls}
    line = json.dumps({**event, "timestamp": datetime.now(UTC).isoformat(), "python": sys.version.split()[0]})
    file = session.home() / "log" / places.LOG_FILE
    return str(file) if logs.LogFile(file, 10_000_000).append(line) else ""
