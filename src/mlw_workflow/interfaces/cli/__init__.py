"""The command ``mlw``. Only ``main`` lives here, and it imports nothing that it does not need at once."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from mlw_workflow.interfaces.exit_codes import INTERRUPTED, PIPE_CLOSED, PipeClosed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlw_workflow.domain.errors import WorkflowError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code. Nothing that goes wrong leaves here as an exception.

    The language is chosen before the commands are built, so that their help texts are in it too.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(given)
        sys.stdout.flush()
    except (BrokenPipeError, PipeClosed):
        return _pipe_closed()
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _run(given: list[str]) -> int:
    from mlw_workflow.domain.errors import BadInput, WorkflowError
    from mlw_workflow.interfaces import language, messages
    from mlw_workflow.interfaces.cli import session

    json = "--json" in (given[: given.index("--")] if "--" in given else given)
    messages.use(language.from_locale(os.environ))
    session.begin(os.environ)
    try:
        chosen, rest = language.take_language(given)
        messages.use(language.chosen(chosen, os.environ))
        session.demo(on="--demo" in rest)
        rest = [word for word in rest if word != "--demo"]
        if not chosen and not os.environ.get("MLW_LANG") and session.settings().language:
            messages.use(language.known(session.settings().language, "config.toml"))
        from mlw_workflow.interfaces.cli.app import run

        return run(rest)
    except WorkflowError as error:
        return _tell(error, json=json)
    except PipeClosed:
        raise
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        return _tell(_of_the_system(error), json=json)
    except RecursionError:
        return _tell(BadInput(), json=json)
    except Exception as error:  # noqa: BLE001 (the last resort: a person is never shown a traceback)
        return _tell(error, json=json)
    finally:
        session.end()


def _tell(error: Exception, *, json: bool) -> int:
    """Tell of a failure; what words it is loaded only now that there is one."""
    from mlw_workflow.domain.errors import WorkflowError
    from mlw_workflow.interfaces.cli import telling

    if isinstance(error, WorkflowError):
        return telling.tell_error(error, json=json)
    return telling.tell_unexpected(error, json=json)


def _of_the_system(error: OSError) -> WorkflowError:
    """A file or folder that cannot be used, in our own terms."""
    import errno

    from mlw_workflow.domain.errors import BadInput, StorageUnavailable
    from mlw_workflow.interfaces.cli import session

    place = str(error.filename or session.home())
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageUnavailable("storage_full", problem=error.strerror, place=place)
    return BadInput("file_unreadable", file=place, problem=error.strerror or str(error))


def _pipe_closed() -> int:
    """Whoever reads our output has seen enough (``mlw history P | head``): end quietly."""
    with suppress(OSError, ValueError):  # without a real file descriptor behind it there is nothing to silence
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED
