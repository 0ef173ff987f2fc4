"""What stands before the command's name: language, demo, version."""

from typing import Annotated

import typer

from mlw_workflow.interfaces.messages import _


def register(app: typer.Typer) -> None:
    """Add the options of ``mlw`` itself."""

    def version(value: bool) -> None:
        if value:
            import mlw_workflow
            from mlw_workflow.interfaces.cli import output

            output.say(f"mlw {mlw_workflow.__version__}")
            raise typer.Exit

    @app.callback()
    def root(
        lang: Annotated[str, typer.Option("--lang", metavar="pl|en", help=_("The language, here or anywhere."))] = "",
        demo: Annotated[bool, typer.Option("--demo", help=_("Work on the demo's data instead of your own."))] = False,
        version: Annotated[
            bool, typer.Option("--version", callback=version, is_eager=True, help=_("Show the version."))
        ] = False,
    ) -> None:
        del lang, demo, version  # all three were taken before the command line was parsed
