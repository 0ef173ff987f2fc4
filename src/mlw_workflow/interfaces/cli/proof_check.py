"""``audit proof-check``: a proof checked by whoever was given it, without a database and without settings."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.cli import output, params
from mlw_workflow.interfaces.exit_codes import DONE, INTEGRITY
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from mlw_workflow.audit.note import Checkpoint, Note, VerifierKey


def register(app: typer.Typer) -> None:
    """Add the command."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("proof-check", cls=Command, help=_("Check a proof that somebody gave you; it needs no database."))
    def proof_check(
        file: Annotated[str, typer.Argument(metavar=_("FILE"), help=_("The proof, as text or JSON."))],
        key: Annotated[
            list[str] | None,
            typer.Option("--key", metavar="VKEY", help=_("The log's public key, as you know it. May be repeated.")),
        ] = None,
        old: Annotated[
            str,
            typer.Option("--old", metavar=_("FILE"), help=_("For a consistency proof: the checkpoint that you kept.")),
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> int:
        return run_check(file, tuple(key or ()), old, json=json)


def run_check(file: str, keys: tuple[str, ...], old: str, *, json: bool) -> int:
    """Check, and say what is proved."""
    from mlw_workflow.audit.merkle import ProofInvalid
    from mlw_workflow.audit.note import Note
    from mlw_workflow.audit.proof import Consistency, Inclusion, ProofMalformed, checkpoint_of

    known = tuple(params.verifier_key(key, "--key") for key in keys)
    told: dict[str, Any] = {}
    notes: list[str] = []
    try:
        proof, kept = _read(read_text(file))
        kept = _kept(old) if old else kept
        notes.append(proof.note)
        if isinstance(proof, Inclusion):
            if old:
                raise BadInput("proof_old_unused", file=file)
            told = {"kind": "inclusion", "index": proof.index, **_entry(proof.body)}
            checkpoint = _checked(told, proof.note)
            proof.check()
        else:
            assert isinstance(proof, Consistency)
            told = {"kind": "consistency", "old": proof.old}
            checkpoint = _checked(told, proof.note)
            if not kept:
                raise BadInput("proof_needs_old", file=file)
            before = checkpoint_of(kept)
            if before.size != proof.old or before.origin != checkpoint.origin:
                raise ProofInvalid("proof_other_checkpoint")
            proof.check(before.root)
            notes.append(kept)
        problem = None
    except ProofMalformed as error:
        raise BadInput("proof_malformed", file=file, problem=error.problem) from error
    except ProofInvalid as error:
        problem = error.code
    signed = all(_signed(Note.parse(note), known) for note in notes) if known else None
    problem = "signature" if problem is None and signed is False else problem
    told = {"holds": problem is None, "signed": signed, "problem": problem, **told}
    if json:
        output.answer_json(told)
    else:
        _tell(told)
    return DONE if problem is None else INTEGRITY


def _checked(told: dict[str, Any], note: str) -> "Checkpoint":
    from mlw_workflow.audit.proof import checkpoint_of

    checkpoint = checkpoint_of(note)
    told |= {"origin": checkpoint.origin, "size": checkpoint.size}
    return checkpoint


def _read(text: str) -> "tuple[Any, str]":
    """A proof of either kind, from text or JSON, and the old checkpoint if it came along. Raises ProofMalformed."""
    from mlw_workflow.audit.proof import Consistency, Inclusion, ProofMalformed

    if text.startswith("old "):
        return Consistency.parse(text), ""
    if not text.lstrip().startswith("{"):
        return Inclusion.parse(text), ""
    import json

    try:
        told = json.loads(text)
        path = tuple(bytes.fromhex(step) for step in told["proof"])
        if "old" in told:
            consistency = Consistency(int(told["old"]), path, str(told["new_checkpoint"]))
            return Consistency.parse(consistency.text), str(told["old_checkpoint"])
        found = Inclusion(int(told["index"]), path, str(told["checkpoint"]), str(told["body"]).encode())
        return Inclusion.parse(found.text), ""
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        if isinstance(problem, ProofMalformed):
            raise
        raise ProofMalformed("proof_json") from problem


def _entry(body: bytes) -> dict[str, Any]:
    """Which entry it is, as its own bytes say."""
    from mlw_workflow.audit.proof import ProofMalformed
    from mlw_workflow.audit.read import EntryUnreadable, header
    from mlw_workflow.audit.seal import leaf_hash

    try:
        entry = header(body)
    except EntryUnreadable as problem:
        raise ProofMalformed("proof_entry") from problem
    return {"log": entry.log, "seq": entry.seq, "recorded_at": entry.recorded_at, "leaf": leaf_hash(body).hex()}


def _signed(note: "Note", keys: "tuple[VerifierKey, ...]") -> bool:
    from mlw_workflow.audit.keys import signed_by

    return any(signed_by(note, key) for key in keys)


def read_text(file: str) -> str:
    """A proof, a request or an answer, as it came or was saved. Raises BadInput ``proof_malformed``."""
    from mlw_workflow.audit.handed import handed_proof
    from mlw_workflow.audit.note import NoteInvalid

    try:
        return handed_proof(_raw(file))
    except NoteInvalid as problem:
        raise BadInput("proof_malformed", file=file, problem=problem.problem) from None


def _kept(file: str) -> str:
    """The checkpoint that somebody kept. Raises BadInput ``checkpoint_file_malformed``."""
    from mlw_workflow.audit.handed import handed_note
    from mlw_workflow.audit.note import NoteInvalid

    try:
        return str(handed_note(_raw(file)))
    except NoteInvalid as problem:
        raise BadInput("checkpoint_file_malformed", file=file, problem=problem.problem) from None


def _raw(file: str) -> bytes:
    from pathlib import Path

    from mlw_workflow.audit.handed import HANDED_MAX

    with Path(file).open("rb") as stream:
        return stream.read(HANDED_MAX + 1)


def _tell(told: dict[str, Any]) -> None:
    if told["kind"] == "inclusion":
        words = _("Entry {seq} of the log {log}, recorded {recorded_at}, in the checkpoint of size {size} of {origin}:")
    else:
        words = _("The checkpoint of size {size} of {origin} continues the one of size {old}:")
    output.paragraph(words.format(**told))
    problems = {
        "signature": _("the checkpoint is not signed with the key you gave."),
        "proof_other_checkpoint": _("the checkpoint you kept is not the one that the proof begins with."),
    }
    if not told["holds"]:
        other = _("the proof does not lead there ({code}).").format(code=told["problem"])
        output.paragraph(_("does not hold: {why}").format(why=problems.get(told["problem"], other)))
    elif told["signed"]:
        output.say(_("holds, and the log signed it."))
    else:
        output.paragraph(_("holds; who signed it was not checked. Give the log's public key with --key."))
