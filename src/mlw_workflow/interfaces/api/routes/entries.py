"""The log of a pilot: entries by who, what and both dates, refusals too; their evidence, and proofs."""

from contextlib import closing
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import FileResponse, Response

from mlw_workflow.audit.read import decode
from mlw_workflow.audit.seal import instant
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.domain.pilot import Pilot
from mlw_workflow.interfaces import shapes
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import SEQ_MAX, Code, EntriesAsked, Nothing, Seq
from mlw_workflow.interfaces.api.paging import Key, answer, limit_of, position
from mlw_workflow.interfaces.api.problems import ROOT, Problem
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.services.proofs import prove_entry
from mlw_workflow.services.read_evidence import entry_of, read_evidence
from mlw_workflow.storage import overview
from mlw_workflow.storage import statements as sql

routes = Routes("entries")
Shown = tuple[str, Entry, bytes]
LOOKED_MAX = 20_000
"""Entries that are looked at for one page; whoever looks for something rare goes on from there."""


@routes.get("/pilots/{code}/entries", "history", paged=True)
def get_entries(call: Call, code: Code, asked: Annotated[EntriesAsked, Query()]) -> Any:  # noqa: ARG001
    """The entries of a pilot's log, refused attempts included."""
    return _page(call, (call.pilot,), asked)


@routes.get("/entries", "log", paged=True, scope="audit", slow=True)
def get_log(call: Call, asked: Annotated[EntriesAsked, Query()]) -> Any:
    """The same of every pilot within reach, pilot by pilot.

    For a page 20,000 entries are looked at: where few of them are wanted it holds fewer than `limit`, and goes on at
    `next`.
    """
    return _page(call, call.viewer.pilots, asked, named=True)


@routes.get("/pilots/{code}/entries/{seq}", "log_entry")
def get_entry(call: Call, code: Code, seq: Seq, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """One entry, with the very bytes that were sealed."""
    with call.desk.database.read() as connection:
        entry = entry_of(connection, call.pilot, seq)
        row = connection.row(sql.ENTRY, call.pilot.id, seq)
    return shapes.entry(entry, bytes(row[1])) | {"body": bytes(row[2]).decode()}


@routes.get("/pilots/{code}/entries/{seq}/proof", "audit_proof", scope="audit", volatile=True)
def get_proof(call: Call, code: Code, seq: Seq, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """That an entry is in the record as it was signed (RFC 6962)."""
    return shapes.proof(call.name_of(call.pilot), seq, prove_entry(call.desk, call.pilot, seq))


@routes.get("/pilots/{code}/entries/{seq}/evidence", "evidence_read", scope="audit", volatile=True)
def get_evidence(call: Call, code: Code, seq: Seq, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """What was given as evidence. That it was read stands in the access log before it is answered."""
    found = read_evidence(call.desk, call.reader, call.pilot, seq)
    address = f"{ROOT}/pilots/{call.pilot.code}/entries/{seq}/files"
    return {
        "pilot": call.name_of(call.pilot),
        "seq": seq,
        "evidence": [
            {
                "field": value.field,
                "value": value.value,
                "erased_at": instant(value.erased_at) if value.erased_at else None,
                "files": [
                    {**file, "href": f"{address}/{file['sha256']}" if _kept(call, file["sha256"]) else None}
                    for file in value.files
                ],
            }
            for value in found.values
        ],
    }


@routes.get(
    "/pilots/{code}/entries/{seq}/files/{sha256}", scope="audit", media=("application/octet-stream",), slow=True
)
def get_file(
    call: Call,
    code: Code,  # noqa: ARG001
    seq: Seq,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    asked: Annotated[Nothing, Query()],  # noqa: ARG001
) -> Response:
    """A file of an entry's evidence, as an attachment; that it was read is written down."""
    found = read_evidence(call.desk, call.reader, call.pilot, seq)
    names = [str(file["name"]) for value in found.values for file in value.files if file["sha256"] == sha256]
    if not names or not _kept(call, sha256):
        raise Problem(404, "not_found")
    kept = call.office.settings.files / sha256[:2] / sha256
    headers = {**call.headers(), "content-security-policy": "sandbox; default-src 'none'"}
    return FileResponse(kept, headers=headers, media_type="application/octet-stream", filename=names[0])


def _kept(call: Call, sha256: Any) -> bool:
    digest = str(sha256)
    return (call.office.settings.files / digest[:2] / digest).is_file()


def _page(call: Call, pilots: tuple[Pilot, ...], asked: EntriesAsked, *, named: bool = False) -> Response:
    """A page of the logs of these pilots, one after the other, by one query however many there are."""
    after, limit, newest = _place(call), limit_of(call), asked.order == "newest"
    by_code = {pilot.code: pilot for pilot in pilots}
    shown: list[Shown] = []
    following: Key | None = None
    with (
        call.desk.database.read() as connection,
        closing(overview.entries_of(connection, list(by_code), after, newest=newest)) as rows,
    ):
        for looked, (code, seq, hash_, body) in enumerate(rows):
            if looked == LOOKED_MAX:
                break
            entry = decode(body)
            if _meant(entry, asked, call.desk.programme(by_code[code].definition).timezone):
                if len(shown) == limit:
                    break
                shown.append((code, entry, hash_))
            following = (code, seq)
        else:
            following = None
    told = [({"pilot": code} if named else {}) | shapes.entry(entry, hash_) for code, entry, hash_ in shown]
    return answer(call, "entries", told, following)


def _place(call: Call) -> tuple[str, int] | None:
    """After which entry of which pilot the page begins. Raises Problem ``cursor_invalid``."""
    match position(call):
        case None:
            return None
        case (str(code), int(seq)) if code.isascii() and code.isprintable() and 0 <= seq <= SEQ_MAX:
            return code, seq
        case _:
            raise Problem(400, "cursor_invalid")


def _meant(entry: Entry, asked: EntriesAsked, timezone: str) -> bool:
    outcome = "refused" if entry.kind == "refusal" else "admitted"
    if asked.kind not in (None, entry.kind) or asked.outcome not in (None, outcome):
        return False
    if asked.who not in (None, entry.actor) or asked.trigger not in (None, entry.trigger):
        return False
    series = (asked.machine or "").rstrip("/") + "/"
    if asked.machine not in (None, entry.machine) and not entry.machine.startswith(series):
        return False
    occurred, recorded = entry.occurred_on, local_day(entry.recorded_at, timezone)
    if asked.occurred_from and (occurred is None or occurred < asked.occurred_from):
        return False
    if asked.occurred_to and (occurred is None or occurred > asked.occurred_to):
        return False
    if asked.recorded_from and recorded < asked.recorded_from:
        return False
    return not (asked.recorded_to and recorded > asked.recorded_to)
