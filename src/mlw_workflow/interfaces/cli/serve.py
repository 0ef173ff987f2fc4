"""``serve``: open the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from mlw_workflow.settings import Settings

GRACE_SECONDS = 20
"""How long requests in hand may take when the panel is to stop."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("serve", cls=Command, help=_("Open the panel, and send reminders, until it is stopped (Ctrl+C)."))
    def serve(
        host: Annotated[str, typer.Option("--host", metavar=_("ADDRESS"), help=_("Where it answers."))] = "",
        port: Annotated[str, port_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        from mlw_workflow import logs

        settings = listening(session.settings(), host, port)
        logs.configure_log(settings)
        run_panel(settings, lambda at: tell_address(at, json=json))


def port_option() -> Any:
    """Which port."""
    return typer.Option("--port", metavar="N", help=_("The port; 0: any that is free."))


def listening(settings: Settings, host: str, port: str) -> Settings:
    """The settings with the address that was typed."""
    from dataclasses import replace

    number = params.count_of(port, "--port")
    if number is not None and number > 65_535:
        raise BadInput("number_invalid", origin="--port", value=port[:40])
    server = settings.server
    chosen = replace(server, host=host or server.host, port=server.port if number is None else number)
    return replace(settings, server=chosen)


def tell_address(settings: Settings, *, json: bool) -> None:
    """Where the panel is."""
    if json:
        output.answer_json({"address": settings.server.url, "accounts": []})
        return
    output.say(_("The panel is open: {address}").format(address=settings.server.url))
    output.say(_("To close it: Ctrl+C."))


def run_panel(settings: Settings, opened: Callable[[Settings], None]) -> None:
    """Serve until a signal. Requests in hand are answered first; then the mail in hand is finished.

    ``opened`` is told the settings, with the very port, once the panel answers.
    """
    import signal
    import sys
    from dataclasses import replace

    import uvicorn

    from mlw_workflow.interfaces.web.app import create_app

    taken = bound(settings.server.host, settings.server.port)
    server = settings.server
    settings = replace(settings, server=replace(server, port=taken.getsockname()[1]))

    class Server(uvicorn.Server):
        async def startup(self, sockets: Sequence[socket.socket] | None = None) -> None:
            await super().startup(list(sockets or ()))
            if not self.should_exit:
                opened(settings)
                sys.stdout.flush()

    app = create_app(settings, reminders=True)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=GRACE_SECONDS
    )
    # Afterwards uvicorn raises the signal that stopped it once more; stopping on request is no failure.
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        Server(config).run(sockets=[taken])
    finally:
        taken.close()
        for number, handler in before.items():
            signal.signal(number, handler)


def bound(host: str, port: int) -> socket.socket:
    """A socket at that address. Raises BadInput ``port_taken``."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, so that asyncio sends at once
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise BadInput("port_taken", host=host, port=port) from error
    return made
