"""The record for other programs and for outsiders: exports, and audit packs. They are written beside the pages, to a
file that goes with the answer.
"""

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import Query
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from mlw_workflow.audit.export.course import Choice
from mlw_workflow.domain.compliance import Judged
from mlw_workflow.domain.definition import Programme
from mlw_workflow.domain.finding import Finding
from mlw_workflow.domain.pilot import Pilot
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import Code, ExportAsked, PackAsked
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.interfaces.wording.compliance import ground_sentence
from mlw_workflow.interfaces.wording.findings import message
from mlw_workflow.interfaces.wording.titles import Titles
from mlw_workflow.services.export import Order, check, export
from mlw_workflow.services.pack import Wanted, write_pack

routes = Routes("exports")
MEDIA = {
    "xes": ("application/xml", "xes"),
    "ocel-json": ("application/json", "jsonocel"),
    "ocel-sqlite": ("application/vnd.sqlite3", "sqlite"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "jsonl": ("application/x-ndjson", "jsonl"),
    "oscal": ("application/json", "json"),
    "prov": ("application/json", "json"),
}
TYPES = tuple(dict.fromkeys(media.partition(";")[0] for media, _ in MEDIA.values()))


@routes.get("/pilots/{code}/export", scope="audit", media=TYPES, slow=True)
def export_pilot(call: Call, code: Code, asked: Annotated[ExportAsked, Query()]) -> Response:  # noqa: ARG001
    """A pilot's log for process mining, spreadsheets and compliance tools."""
    return _exported(call, (call.pilot,), asked, call.pilot.code)


@routes.get("/export", scope="audit", media=TYPES, slow=True)
def export_all(call: Call, asked: Annotated[ExportAsked, Query()]) -> Response:
    """The same of every pilot within reach."""
    pilots = tuple(sorted(call.viewer.pilots, key=lambda pilot: pilot.code))
    return _exported(call, pilots, asked, "mlw")


@routes.get("/pilots/{code}/pack", scope="audit", media=("application/zip",), slow=True)
def get_pack(call: Call, code: Code, asked: Annotated[PackAsked, Query()]) -> Response:  # noqa: ARG001
    """The record of a pilot and its proofs in one file, which an outsider can check without us."""
    settings = call.office.settings
    files = settings.files if asked.files else None
    wanted = Wanted((call.pilot,), redact=frozenset(asked.redact), files=files, witnesses=settings.audit.witnesses)
    out = _room()
    try:
        made = write_pack(call.desk, wanted, out, lambda *_: None)
    except BaseException:
        _clear(out)
        raise
    return _sent(call, out, f"{call.pilot.code}.zip", "application/zip", {"mlw-pack": made.digest})


def _exported(call: Call, pilots: tuple[Pilot, ...], asked: ExportAsked, name: str) -> Response:
    case = "pilot" if asked.case == "pilot" else "machine"
    choice = Choice(asked.first, asked.last, asked.refusals, asked.corrected, case)  # type: ignore[arg-type]
    words = _Words(call.language) if asked.format == "oscal" else None
    order = Order(
        asked.format, pilots, choice=choice, with_names=asked.names, evidence=asked.evidence, words=words,
        language=call.language,
    )  # fmt: skip
    check(order)
    out = _room()
    try:
        export(call.desk, order, out)
    except BaseException:
        _clear(out)
        raise
    media, ending = MEDIA[asked.format]
    return _sent(call, out, f"{name}.{ending}", media)


def _room() -> Path:
    return Path(tempfile.mkdtemp(prefix="mlw-export-")) / "answer"


def _clear(out: Path) -> None:
    out.unlink(missing_ok=True)
    out.parent.rmdir()


def _sent(call: Call, out: Path, name: str, media: str, headers: dict[str, str] | None = None) -> Response:
    said = {**call.headers(), **(headers or {})}
    return FileResponse(out, headers=said, media_type=media, filename=name, background=BackgroundTask(_clear, out))


class _Words:
    """Findings and verdicts as sentences."""

    def __init__(self, language: str) -> None:
        self.language = language

    def machine(self, programme: Programme, machine: str) -> str:
        return Titles(programme, self.language).plain_machine(machine)

    def because(self, programme: Programme, judged: Judged) -> str:
        titles = Titles(programme, self.language)
        return " ".join(ground_sentence(ground, judged.machine, titles) for ground in judged.grounds)

    def finding(self, programme: Programme, finding: Finding) -> str:
        return message(finding, Titles(programme, self.language), {})
