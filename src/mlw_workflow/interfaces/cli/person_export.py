"""``person export``: everything that is held of a person, in one file."""

import json as json_
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from mlw_workflow.services.person_export import PersonExport


def register(app: typer.Typer) -> None:
    """Add the command."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("export", cls=Command, help=_("Write everything that is held of a person into a file."))
    def export(
        name: Annotated[str, typer.Argument(metavar=_("PERSON"), help=_("Name, e-mail address or id."))],
        out: Annotated[
            str, typer.Option("--out", metavar=_("FILE.zip|FILE.json"), help=_("The file; it must not be there yet."))
        ],
        acting: Annotated[
            str, typer.Option("--as", metavar=_("PERSON"), help=_("Who asks; by default whoever is at the computer."))
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_export(name, Path(out), acting, json=json)


def run_export(name: str, out: Path, acting: str, *, json: bool) -> None:
    """Collect and write; a file that is there is never replaced."""
    from mlw_workflow.interfaces.cli import reading
    from mlw_workflow.services.person_export import export_person

    if out.suffix.lower() not in (".zip", ".json"):
        raise BadInput("export_suffix", file=str(out))
    if out.exists():
        raise BadInput("file_not_stored", file=out.name, place=str(out), problem=os.strerror(17))
    found = export_person(session.desk(), name, reading.reader(acting))
    missing = _write(found, out)
    if json:
        counts = {key: len(value) for key, value in found.held.items() if isinstance(value, list)}
        output.answer_json({"person": found.person.id, "out": str(out), "held": counts, "files_missing": missing})
        return
    output.paragraph(_("Written: {file}").format(file=out))
    output.paragraph(_("It holds personal data, perhaps of others too. Hand it over safely and delete it afterwards."))
    for file in missing:
        output.paragraph(_("The copy of {file} is not there any more.").format(file=file))


def _write(found: "PersonExport", out: Path) -> list[str]:
    """Write the file whole or not at all, readable by its owner only; the names of copies that are gone."""
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    missing = []
    text = json_.dumps(found.held, ensure_ascii=False, indent=2) + "\n"
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            if out.suffix.lower() == ".json":
                stream.write(text.encode("utf-8"))
            else:
                missing = _zip(found, text, stream)
        aside.rename(out)
    except OSError as error:
        problem = error.strerror or str(error)
        raise BadInput("file_not_stored", file=out.name, place=str(out), problem=problem) from error
    finally:
        aside.unlink(missing_ok=True)
    return missing


def _zip(found: "PersonExport", text: str, stream: "object") -> list[str]:
    from mlw_workflow.interfaces.cli.read_evidence import kept
    from mlw_workflow.interfaces.wording.person import person_text
    from mlw_workflow.interfaces.wording.titles import Titles

    missing = []
    language = "en" if found.person.language == "en" else "pl"
    desk = session.desk()
    titles = {pilot.municipality: Titles(desk.programme(pilot.definition), language) for pilot in session.pilots()}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as pack:  # type: ignore[call-overload]
        pack.writestr("person.json", text)
        pack.writestr("osoba.txt" if language == "pl" else "person.txt", person_text(found.held, language, titles))
        for digest, name in found.files.items():
            if kept(digest).is_file():
                pack.write(kept(digest), f"files/{digest[:12]}-{Path(name).name}")
            else:
                missing.append(name)
    return missing
