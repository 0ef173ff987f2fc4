"""``audit witness``: municipalities co-sign checkpoints, so that nobody can rewrite the record alone.

``key new`` and ``sign`` are the municipality's side and need no database; ``request`` and ``add`` are the agency's.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from mlw_workflow.audit.keyring import Keyring

_RING_MAX = 1 << 20


def register(app: typer.Typer) -> None:
    """Add the group ``witness``."""
    from mlw_workflow.interfaces.cli.usage import Command, Group

    group = typer.Typer(
        cls=Group,
        help=_("Have checkpoints co-signed by municipalities, or co-sign them."),
        rich_markup_mode=None,
        no_args_is_help=True,
    )
    keys = typer.Typer(cls=Group, help=_("The witness's own key."), rich_markup_mode=None, no_args_is_help=True)

    @keys.command("new", cls=Command, help=_("Make a witness's key in a new file, and print the public one."))
    def new(
        name: Annotated[
            str, typer.Option("--name", metavar=_("NAME"), help=_("Who signs, such as tluszcz.example/mlw."))
        ] = "",
        out: Annotated[str, typer.Option("--out", metavar=_("FILE"), help=_("Where to write the private key."))] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        from mlw_workflow.services.witness import new_witness_key

        key = new_witness_key(_given(name, "--name"), Path(_given(out, "--out")))
        if json:
            output.answer_json({"key": key.text, "file": out})
            return
        output.say(key.text)
        output.note(
            _("Give this public key to the implementing body. Keep the file {file} to yourself.").format(file=out)
        )

    @group.command("sign", cls=Command, help=_("Co-sign the checkpoint of a request, if it continues the last one."))
    def sign(
        request: Annotated[str, typer.Argument(metavar=_("REQUEST"), help=_("The file that the agency sent."))],
        key_file: Annotated[str, typer.Option("--key-file", metavar=_("FILE"), help=_("The witness's key."))] = "",
        state: Annotated[
            str, typer.Option("--state", metavar=_("FILE"), help=_("What was signed last; made at the first time."))
        ] = "",
        log_key: Annotated[
            str,
            typer.Option("--log-key", metavar="VKEY", help=_("The log's public key; needed the first time only.")),
        ] = "",
        keyring: Annotated[
            str,
            typer.Option("--keyring", metavar=_("FILE"), help=_("The log's keyring, needed when it has a new key.")),
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_sign(request, _given(key_file, "--key-file"), _given(state, "--state"), log_key, keyring, json=json)

    @group.command("request", cls=Command, help=_("Print what a witness is asked to sign: the last checkpoint."))
    def request(
        old: Annotated[
            str, typer.Option("--old", metavar=_("SIZE"), help=_("The checkpoint that the witness signed last."))
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        from mlw_workflow.services import cosign

        known = cosign.witness_keys(session.settings().audit.witnesses)
        asked = cosign.request(session.desk(), known, params.count_of(old, "--old") if old else None)
        if json:
            output.answer_json({"old": asked.old, "request": asked.text})
        else:
            output.exactly(asked.text)

    @group.command("add", cls=Command, help=_("Take in the line that a witness sent back."))
    def add(
        file: Annotated[str, typer.Argument(metavar=_("FILE"), help=_("The witness's answer."))],
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        from mlw_workflow.interfaces.cli.proof_check import read_text
        from mlw_workflow.services import cosign

        known = cosign.witness_keys(session.settings().audit.witnesses)
        taken = cosign.take_in(session.desk(writing=True), known, read_text(file))
        if json:
            output.answer_json({"added": [{"witness": one.witness, "size": one.size, "new": one.new} for one in taken]})
            return
        for one in taken:
            words = _("{witness} signed the checkpoint of size {size}.")
            output.say(words.format(witness=one.witness, size=one.size))

    group.add_typer(keys, name="key")
    app.add_typer(group, name="witness")


def run_sign(request: str, key_file: str, state: str, log_key: str, keyring: str, *, json: bool) -> None:
    """The municipality's side."""
    from mlw_workflow.domain.clock import SystemClock
    from mlw_workflow.interfaces.cli.proof_check import read_text
    from mlw_workflow.services.keystore import read_key
    from mlw_workflow.services.witness import cosign

    known = params.verifier_key(log_key, "--log-key") if log_key else None
    ring = _keyring(keyring) if keyring else None
    made = cosign(read_text(request), read_key(Path(key_file)), Path(state), SystemClock().now(), known, ring)
    if json:
        told = {"origin": made.origin, "size": made.size, "before": made.before, "line": made.line}
        output.answer_json(told)
        return
    output.exactly(made.line)
    output.note(
        _("Signed: {origin}, size {size} (before: {before}). Send this line back.").format(
            origin=made.origin, size=made.size, before=made.before
        )
    )


def _keyring(name: str) -> "Keyring":
    """The log's keys, each vouched for by the one before. Raises BadInput ``keyring_file_malformed``."""
    from mlw_workflow.audit.keyring import Keyring, KeyringInvalid

    with Path(name).open("rb") as stream:
        raw = stream.read(_RING_MAX)
    try:
        return Keyring.parse(raw)
    except (KeyringInvalid, RecursionError) as problem:
        raise BadInput("keyring_file_malformed", file=name, problem=getattr(problem, "code", "")) from None


def _given(value: str, option: str) -> str:
    if not value.strip():
        raise BadInput("option_missing", origin=option)
    return value
