"""``evidence``: the values that an entry commits to, and the copies of its files."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.read_evidence import EvidenceRead, Value


def register(app: typer.Typer) -> None:
    """Add the command."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("evidence", cls=Command, help=_("Show the evidence of an entry; that it was read is written down."))
    def evidence(
        pilot: Annotated[str, params.pilot_argument()],
        seq: Annotated[str, typer.Argument(metavar=_("NUMBER"), help=_("The entry's number, as history shows it."))],
        field: Annotated[str, typer.Argument(metavar=_("FIELD"), help=_("Only this field."))] = "",
        acting: Annotated[str, params.reader_option()] = "",
        out: Annotated[
            str,
            typer.Option("--out", metavar=_("PATH"), help=_("Copy the file there: into a folder, or under a name.")),
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_evidence(pilot, seq, field, acting, out, json=json)


def run_evidence(name: str, number: str, field: str, acting: str, out: str, *, json: bool) -> None:
    """The evidence of one entry."""
    from mlw_workflow.interfaces.cli import reading
    from mlw_workflow.services.read_evidence import read_evidence

    seq = params.count_of(number, _("NUMBER"))
    assert seq is not None
    pilot = session.pilot(name)
    found = read_evidence(session.desk(), reading.reader(acting), pilot, seq, field)
    copied = _copy(found, Path(out)) if out else {}
    if json:
        output.answer_json(_shape(pilot, found, copied))
    else:
        _tell(found, copied)


def kept(digest: str) -> Path:
    """Where the copy of a file lies."""
    return session.settings().files / digest[:2] / digest


def _shape(pilot: "Pilot", found: "EvidenceRead", copied: dict[str, Path]) -> dict[str, Any]:
    from mlw_workflow.audit.seal import instant

    return {
        "pilot": session.name_of(pilot),
        "seq": found.entry.seq,
        "evidence": [
            {
                "field": value.field,
                "value": value.value,
                "erased_at": instant(value.erased_at) if value.erased_at else None,
                "files": [
                    {**file, "path": str(_there(file)) if _there(file) else None, "copied_to": _where(file, copied)}
                    for file in value.files
                ],
            }
            for value in found.values
        ],
    }


def _where(file: dict[str, Any], copied: dict[str, Path]) -> str | None:
    return str(copied[file["sha256"]]) if file["sha256"] in copied else None


def _there(file: dict[str, Any]) -> Path | None:
    path = kept(str(file["sha256"]))
    return path if path.is_file() else None


def _copy(found: "EvidenceRead", target: Path) -> dict[str, Path]:
    """Copy the files that the evidence refers to, each under its own name; nothing that is there is replaced."""
    files = {str(file["sha256"]): file for value in found.values for file in value.files}
    if not files:
        raise BadInput("evidence_without_file", seq=found.entry.seq)
    if len(files) > 1 and not target.is_dir():
        raise BadInput("file_not_stored", file=str(len(files)), place=str(target), problem=_("name a folder"))
    copied: dict[str, Path] = {}
    for digest, file in files.items():
        source = _there(file)
        if source is None:
            raise BadInput("evidence_file_missing", file=file["name"], place=str(kept(digest)))
        place = target / Path(str(file["name"])).name if target.is_dir() else target
        try:
            with source.open("rb") as given, place.open("xb") as taken:
                shutil.copyfileobj(given, taken)
        except OSError as error:
            problem = error.strerror or str(error)
            raise BadInput("file_not_stored", file=str(file["name"]), place=str(place), problem=problem) from error
        copied[digest] = place
    return copied


def _tell(found: "EvidenceRead", copied: dict[str, Path]) -> None:
    if not found.values:
        output.paragraph(_("Entry {seq} has no evidence.").format(seq=found.entry.seq))
        return
    output.table((_("Field"), _("Value")), [(value.field, _words(value)) for value in found.values], wide=1)
    for value in found.values:
        for file in value.files:
            path = copied.get(str(file["sha256"])) or _there(file)
            where = str(path) if path else _("the copy is not there any more")
            output.paragraph(f"{file['name']}: {where}")


def _words(value: "Value") -> str:
    if value.erased_at is not None:
        from mlw_workflow.interfaces.wording.dates import instant_short

        at = instant_short(value.erased_at, messages.language(), "Europe/Warsaw")
        return _("erased on {at}; its digest is kept in the entry").format(at=at)
    return value_words(value.value)


def value_words(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(value_words(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {value_words(item)}" for key, item in value.items())
    return str(value)
