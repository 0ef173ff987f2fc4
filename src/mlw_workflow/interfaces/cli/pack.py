"""``audit pack`` and ``audit verifier``, and the verification of a pack: the record for an outsider, in one file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.exit_codes import DONE, INTEGRITY
from mlw_workflow.interfaces.messages import _, ngettext

if TYPE_CHECKING:
    from mlw_workflow.audit.note import Note
    from mlw_workflow.audit.pack_format import PackedDamage
    from mlw_workflow.audit.pack_log import Signed, Stamp, Trust
    from mlw_workflow.audit.pack_pilot import PilotVerdict
    from mlw_workflow.audit.pack_verify import PackVerdict
    from mlw_workflow.audit.verify import Failure
    from mlw_workflow.domain.pilot import Pilot

_MAGIC = b"PK"
_ROOTS_MAX = 1 << 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("pack", cls=Command, help=_("Write the record and its proofs to one file that an outsider can check."))
    def pack(
        pilot: Annotated[str, params.pilot_argument()] = "",
        everything: Annotated[bool, typer.Option("--all", help=_("Every pilot of the log."))] = False,
        out: Annotated[str, typer.Option("--out", metavar=_("FILE"), help=_("Where to write it."))] = "",
        redact: Annotated[
            list[str] | None,
            typer.Option("--redact", metavar=_("FIELD"), help=_("Leave this field's values out. May be repeated.")),
        ] = None,
        with_files: Annotated[
            bool, typer.Option("--with-files", help=_("Put the evidence files in as well, not only their digests."))
        ] = False,
        even_if_broken: Annotated[
            bool,
            typer.Option(
                "--even-if-broken",
                help=_("Pack a record that does not hold as well, as evidence; the pack says what was found."),
            ),
        ] = False,
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> int:
        from mlw_workflow.interfaces.cli.progress import Progress
        from mlw_workflow.services.pack import Wanted, write_pack

        if not out.strip():
            raise BadInput("option_missing", origin="--out")
        if everything and pilot:
            raise BadInput("pack_pilot_or_all", pilot=pilot[:80])
        chosen = reading.pilots(acting, "pack") if everything else (reading.pilot(pilot, acting, "pack"),)
        if not chosen:
            raise BadInput("no_pilots")
        settings = session.settings()
        files = settings.files if with_files else None
        whole = everything and reading.reads_everything(acting)
        wanted = Wanted(chosen, whole, frozenset(redact or ()), files, settings.audit.witnesses, even_if_broken)
        with Progress(_("Packing"), quiet=json) as progress:
            made = write_pack(session.desk(), wanted, Path(out), progress)
        if json:
            told = {"file": out, "sha256": made.digest, "pilots": made.pilots, "entries": made.entries}
            damaged = [_damage_json(found, chosen) for found in made.damaged]
            output.answer_json({**told, "size": made.size, "left_out": made.left_out, "damaged": damaged})
        else:
            entries = ngettext("{count} entry", "{count} entries", made.entries)
            output.paragraph(_("{file}: {entries}. The pack's digest: {digest}").format(
                file=out, entries=entries, digest=made.digest
            ))  # fmt: skip
            if redact:
                output.paragraph(_("Values left out of the pack: {count}.").format(count=made.left_out))
            if made.damaged:
                output.paragraph(_("What is packed does not hold, and the pack says so:"))
                for found in made.damaged:
                    output.paragraph(_damage_json(found, chosen)["message"])
        return DONE

    @app.command("verifier", cls=Command, help=_("Write the verifier for readers who do not want to install mlw."))
    def verifier(
        out: Annotated[str, typer.Option("--out", metavar=_("FILE"), help=_("Where to write it."))] = "mlw_verify.py",
    ) -> int:
        source = Path(__file__).resolve().parents[2] / "audit" / "standalone" / "mlw_verify.py"
        Path(out).write_bytes(source.read_bytes())
        output.paragraph(
            _("{file} is written. It needs Python 3.11 and the package “cryptography”: python {file} PACK").format(
                file=out
            )
        )
        return DONE


def _damage_json(found: "PackedDamage", pilots: "tuple[Pilot, ...]") -> dict[str, Any]:
    """What does not hold and was packed all the same."""
    from mlw_workflow.interfaces.wording.checks import check_sentence

    names = {pilot.code: pilot.municipality for pilot in pilots}
    place = names.get(found.place, found.place)
    sentence = check_sentence(found.check, found.seq, place, found.facts, messages.language())
    return {"pilot": place or None, "check": found.check, "seq": found.seq, "message": sentence}


def key_option() -> Any:
    """Which keys the auditor trusts."""
    return typer.Option(
        "--key", metavar=_("VKEY"), help=_("The log's key, as you know it from elsewhere. May be repeated.")
    )


def witness_option() -> Any:
    """Which witnesses the auditor trusts."""
    return typer.Option("--witness", metavar=_("VKEY"), help=_("The key of a witness you trust. May be repeated."))


def quorum_option() -> Any:
    """How many of them must have signed."""
    return typer.Option(
        "--quorum", metavar=_("NUMBER"), help=_("How many of these witnesses must have signed; by default all.")
    )


def checkpoint_option() -> Any:
    """What the auditor was given before."""
    return typer.Option(
        "--checkpoint",
        metavar=_("FILE"),
        help=_("A checkpoint you were sent before, which the pack's log must contain. May be repeated."),
    )


def tsa_option() -> Any:
    """Under which authority time stamps must be."""
    return typer.Option(
        "--tsa-ca",
        metavar=_("FILE"),
        help=_("The certificates (PEM) of the time-stamping authority you trust. Without them, stamps are only told."),
    )


def trust(
    keys: list[str] | None, witnesses: list[str] | None, quorum: str, checkpoints: list[str] | None, tsa_ca: str = ""
) -> "Trust":
    """What the auditor brings along. Raises BadInput for what is no key, no number, no file."""
    from mlw_workflow.audit.pack_log import Trust

    count = params.count_of(quorum, "--quorum")
    if count is not None and count > len(set(witnesses or ())):
        raise BadInput("quorum_too_large", quorum=count, witnesses=len(set(witnesses or ())))
    return Trust(
        tuple(params.verifier_key(text, "--key") for text in keys or ()),
        tuple(params.verifier_key(text, "--witness") for text in witnesses or ()),
        len(set(witnesses or ())) if count is None else count,
        tuple(_checkpoint(name) for name in checkpoints or ()),
        _roots(tsa_ca) if tsa_ca else b"",
    )


def _roots(name: str) -> bytes:
    """The authority's certificates. Raises BadInput for a file that holds none."""
    from cryptography.x509 import load_pem_x509_certificates

    with Path(name).open("rb") as file:
        raw = file.read(_ROOTS_MAX)
    try:
        load_pem_x509_certificates(raw)
    except ValueError:
        raise BadInput("tsa_ca_malformed", file=name) from None
    return raw


def _checkpoint(name: str) -> "Note":
    from mlw_workflow.audit.handed import HANDED_MAX, handed_note
    from mlw_workflow.audit.note import NoteInvalid

    with Path(name).open("rb") as file:
        raw = file.read(HANDED_MAX + 1)
    try:
        return handed_note(raw)
    except NoteInvalid as problem:
        raise BadInput("checkpoint_file_malformed", file=name, problem=problem.problem) from None


def only_for_packs(given: str, **options: Any) -> None:
    """Refuse options that mean nothing for a database. Raises BadInput."""
    for name, value in options.items():
        if value:
            raise BadInput("pack_option_needs_pack", origin=f"--{name}", given=given[:80])


def is_pack(name: str) -> bool:
    """Whether what was typed is a pack rather than a pilot: a zip file, or what ends in ``.zip``."""
    if name.casefold().endswith(".zip"):
        return True
    file = Path(name)
    try:
        if not name or not file.is_file():
            return False
        with file.open("rb") as stream:
            return stream.read(len(_MAGIC)) == _MAGIC
    except (OSError, ValueError):
        return False


def verify(name: str, trusted: "Trust", *, deep: bool, json: bool) -> int:
    """Verify a pack. Nothing but the pack is read: no database and no settings."""
    from mlw_workflow.audit.pack_reader import opened
    from mlw_workflow.audit.pack_verify import Knowledge, verify_pack
    from mlw_workflow.definitions.law import holiday
    from mlw_workflow.definitions.normal_form import from_normal
    from mlw_workflow.interfaces.cli.progress import Progress

    with opened(Path(name)) as pack, Progress(_("Checking"), quiet=json) as progress:
        found = verify_pack(pack, trusted, Knowledge(from_normal, holiday), progress, deep=deep)
    if json:
        output.answer_json(as_json(found))
    else:
        _tell(found)
    return DONE if found.holds else INTEGRITY


def as_json(found: "PackVerdict") -> dict[str, Any]:
    """The answer for a program."""
    return {
        "holds": found.holds,
        "pilots": [_pilot_json(found, verdict) for verdict in found.pilots],
        "access": None if found.access is None else _log_json(found, found.access, ACCESS_LOG),
        "signatures": [_signed_json(signed) for signed in found.log.signatures],
        "witnesses": [_signed_json(signed) for signed in found.log.witnesses],
        "witnessed": found.log.reached,
        "timestamps": [_stamp_json(stamp) for stamp in found.log.stamps],
    }


def _signed_json(signed: "Signed") -> dict[str, Any]:
    from mlw_workflow.audit.seal import instant

    told: dict[str, Any] = {
        "key": signed.key.text,
        "name": signed.key.name,
        "trusted": signed.trusted,
        "holds": signed.holds,
        "size": signed.size,
    }
    if signed.at is not None:
        told["at"] = instant(signed.at)
    return told


def _stamp_json(stamp: "Stamp") -> dict[str, Any]:
    from mlw_workflow.audit.seal import instant

    return {"size": stamp.size, "at": instant(stamp.at) if stamp.at else None, "checked": stamp.checked}


def _pilot_json(found: "PackVerdict", verdict: "PilotVerdict") -> dict[str, Any]:
    name = _name(found, verdict)
    return {"pilot": name, **_log_json(found, verdict, name)}


def _log_json(found: "PackVerdict", verdict: "PilotVerdict", place: str) -> dict[str, Any]:
    failure = verdict.first_failure or found.failure
    told = None
    if failure is not None:
        told = {"check": failure.check, "seq": failure.seq, "message": _sentence(failure, place)}
    return {"holds": failure is None, "entries": verdict.entries, "first_failure": told}


def _name(found: "PackVerdict", verdict: "PilotVerdict") -> str:
    """The municipality, where that is unique in the pack, else the code."""
    same = [other for other in found.pilots if other.pilot.municipality == verdict.pilot.municipality]
    return verdict.pilot.municipality if len(same) == 1 else verdict.pilot.code


def _sentence(failure: "Failure", place: str) -> str:
    from mlw_workflow.interfaces.wording.checks import check_sentence

    return check_sentence(failure.check, failure.seq, place, failure.facts, messages.language(), packed=True)


def _tell(found: "PackVerdict") -> None:
    for verdict in found.pilots:
        name = _name(found, verdict)
        if verdict.first_failure is not None:
            output.paragraph(_sentence(verdict.first_failure, name))
        else:
            entries = ngettext("{count} entry", "{count} entries", verdict.entries)
            words = _("{pilot}: everything holds, {entries}.") if found.failure is None else _(
                "{pilot}: the log in itself holds, {entries}, but not the pack around it."
            )  # fmt: skip
            line = words.format(pilot=name, entries=entries)
            for count, text in (
                (verdict.erased, _("Erased values, which can no longer be checked: {count}.")),
                (verdict.redacted, _("Values left out of the pack: {count}.")),
                (verdict.unsigned, _("Entries without a signature: {count}.")),
            ):
                line += " " + text.format(count=count) if count else ""
            output.paragraph(line)
    if found.access is not None:
        if found.access.first_failure is not None:
            output.paragraph(_sentence(found.access.first_failure, ACCESS_LOG))
        else:
            entries = ngettext("{count} entry", "{count} entries", found.access.entries)
            output.paragraph(_("The access log: everything holds, {entries}.").format(entries=entries))
    if found.failure is not None:
        output.paragraph(_sentence(found.failure, _("The pack")))
    _tell_log(found)


def _tell_log(found: "PackVerdict") -> None:
    """Who vouches for the record, and whose word that is."""
    log = found.log
    if log.checkpoint is None:
        if found.failure is None:
            output.paragraph(_("No signed checkpoint is in the pack: only that it fits together was checked."))
        return
    for signed in log.signatures:
        if signed.holds and signed.trusted:
            text = _("The checkpoint of {size} entries is signed with a key you trust: {key}")
        elif signed.holds:
            text = _("The checkpoint of {size} entries is signed. That the key is the office's is the pack's own word; "
                     "compare it with what you know, or name it with --key: {key}")  # fmt: skip
        else:
            continue
        output.paragraph(text.format(size=signed.size, key=signed.key.text))
    for signed in log.witnesses:
        if not signed.holds:
            continue
        text = _("The witness {name} has signed {size} of {count} entries.") if signed.trusted else _(
            "The witness {name} has signed {size} of {count} entries; that this is a witness is the pack's own word "
            "(--witness {key})."
        )  # fmt: skip
        told = {"name": signed.key.name, "key": signed.key.text, "size": signed.size, "count": log.checkpoint.size}
        output.paragraph(text.format(**told))
    if log.reached and log.trust.quorum > 1:
        text = _("As many witnesses as were asked for ({quorum}) vouch for {size} of {count} entries.")
        told = {"quorum": log.trust.quorum, "size": log.reached, "count": log.checkpoint.size}
        output.paragraph(text.format(**told))
    for stamp in log.stamps:
        output.paragraph(_stamp_told(stamp))


def _stamp_told(stamp: "Stamp") -> str:
    from mlw_workflow.interfaces.wording.dates import instant_short

    if stamp.at is None:
        return _("The time stamp of the checkpoint of {size} entries cannot be read.").format(size=stamp.size)
    when = instant_short(stamp.at, messages.language())
    if stamp.checked:
        text = _("An authority you trust saw the checkpoint of {size} entries: {when}.")
    else:
        text = _("A time stamp says that the checkpoint of {size} entries was there by then: {when}. It was not "
                 "checked against an authority; name its certificates with --tsa-ca FILE.")  # fmt: skip
    return text.format(size=stamp.size, when=when)
