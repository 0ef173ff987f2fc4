"""``audit proof-check``: a proof checked by whoever was given it, without a database and without settings."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params
from mlw_workflow.interfaces.cli.proved_entry import check_said, entry_facts, tell_entry
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
        proof, kept, said = _read(read_text(file))
    except ProofMalformed as error:
        raise BadInput("proof_malformed", file=file, problem=error.problem) from error
    kept = _kept(old) if old else kept
    try:
        notes.append(proof.note)
        if isinstance(proof, Inclusion):
            if old:
                raise BadInput("proof_old_unused", file=file)
            told = {"kind": "inclusion", "index": proof.index, **entry_facts(proof)}
            checkpoint = _checked(told, proof.note)
            proof.check()
            check_said(said, told)
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
        _tell(told, proof)
    return DONE if problem is None else INTEGRITY


def _checked(told: dict[str, Any], note: str) -> "Checkpoint":
    from mlw_workflow.audit.proof import checkpoint_of

    checkpoint = checkpoint_of(note)
    told |= {"origin": checkpoint.origin, "size": checkpoint.size}
    return checkpoint


def _read(text: str) -> "tuple[Any, str, dict[str, Any]]":
    """A proof of either kind, from text or JSON, the old checkpoint if it came along, and what the JSON says around it.

    Raises ProofMalformed.
    """
    from mlw_workflow.audit.proof import Consistency, Inclusion, Opening, ProofMalformed

    if text.startswith("old "):
        return Consistency.parse(text), "", {}
    if not text.lstrip().startswith("{"):
        return Inclusion.parse(text), "", {}
    import json

    try:
        told = json.loads(text)
        path = tuple(bytes.fromhex(step) for step in told["proof"])
        if "old" in told:
            consistency = Consistency(int(told["old"]), path, str(told["new_checkpoint"]))
            return Consistency.parse(consistency.text), str(told["old_checkpoint"]), {}
        opening, first = None, told.get("opening")
        if first is not None:
            steps = tuple(bytes.fromhex(step) for step in first["proof"])
            opening = Opening(int(first["index"]), steps, str(first["body"]).encode())
        found = Inclusion(int(told["index"]), path, str(told["checkpoint"]), str(told["body"]).encode(), opening)
        return Inclusion.parse(found.text), "", told
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        if isinstance(problem, ProofMalformed):
            raise
        raise ProofMalformed("proof_json") from problem


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


def _tell(told: dict[str, Any], proof: Any) -> None:
    from mlw_workflow.interfaces.wording.problems import problem_words

    if told["kind"] == "inclusion":
        tell_entry(told, proof)
        words = _("That it is in the checkpoint of size {size} of {origin}:")
    else:
        words = _("The checkpoint of size {size} of {origin} continues the one of size {old}:")
    output.paragraph(words.format(**told))
    problems = {
        "signature": _("the checkpoint is not signed with the key you gave."),
        "proof_other_checkpoint": _("the checkpoint you kept is not the one that the proof begins with."),
    }
    if not told["holds"]:
        why = problems.get(told["problem"]) or f"{problem_words(told['problem'], messages.language())}."
        output.paragraph(_("does not hold: {why}").format(why=why))
    elif told["signed"]:
        output.say(_("holds, and the log signed it."))
    else:
        output.paragraph(_("holds; who signed it was not checked. Give the log's public key with --key."))
