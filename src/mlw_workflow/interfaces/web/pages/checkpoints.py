"""Is the record whole? Its checkpoints, a check at a button, and packs to take along."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from starlette.responses import FileResponse

from mlw_workflow.audit import standalone
from mlw_workflow.interfaces.web.downloads import attached
from mlw_workflow.interfaces.web.lists import in_reach
from mlw_workflow.interfaces.web.routing import NotThere, Pages
from mlw_workflow.interfaces.wording.checks import check_sentence
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services import check_record as service
from mlw_workflow.services import scope
from mlw_workflow.services.cosign import witness_keys
from mlw_workflow.services.pack import Wanted, write_pack
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from collections.abc import Hashable

    from starlette.responses import Response

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.jobs import Job, Progress
    from mlw_workflow.interfaces.web.office import Office
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.check_record import Broken, RecordChecked
    from mlw_workflow.services.pack import Packed

log = structlog.get_logger("mlw.web")
pages = Pages()
WAIT = 0.7
"""Seconds that a page waits for what is soon over."""
BROKEN_SHOWN = 20
EVERYTHING = "*"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class PackMade:
    """A pack that waits to be fetched; its file goes with it."""

    path: Path
    packed: Packed

    @property
    def name(self) -> str:
        """What it is called where it is kept."""
        return self.path.name


@pages.page("/checkpoints")
def show(visit: Visit) -> Response:
    """The newest checkpoints, the last check, and what can be taken along."""
    return shown(visit, 200, gone=visit.query("asked") == "pack")


def shown(visit: Visit, status: int, *, gone: bool) -> Response:
    """The page; ``gone``: somebody asks for a pack, and says so if there is none (any more)."""
    below = visit.query("below")
    found = (
        service.checkpoints(visit.office.desk, int(below))
        if below.isascii() and below.isdecimal() and len(below) < 16
        else service.checkpoints(visit.office.desk)
    )
    check = visit.office.jobs.find(check_key(visit))
    pack = visit.office.jobs.find(pack_key(visit))
    result: RecordChecked | None = check.result if check is not None else None
    return visit.page(
        "checkpoints.html",
        status,
        gone=gone,
        checkpoints=found,
        older=f"/checkpoints?below={found[-1].size}" if len(found) == service.SHOWN else "",
        newest=bool(below),
        check=check,
        result=result,
        broken=[broken_words(one, visit.language) for one in result.broken[:BROKEN_SHOWN]] if result else [],
        pack=pack,
        pack_error=page_sentence(pack.error, visit.language) if pack is not None and pack.error is not None else "",
        pilots={pilot.code: pilot.municipality for pilot in in_reach(visit)},
        everything=EVERYTHING,
    )


def broken_words(one: Broken, language: str) -> str:
    """What does not hold, and where."""
    facts = {name: str(value) for name, value in one.failure.facts.items()}
    return check_sentence(one.failure.check, one.failure.seq, one.place, facts, language)


# The check


def check_key(visit: Visit) -> Hashable:
    """Whoever reaches the same pilots is shown the same check."""
    return ("check", frozenset(pilot.id for pilot in in_reach(visit)))


@pages.page("/checkpoints", methods=("POST",))
def check(visit: Visit) -> Response:
    """Check the record of all that is in reach; what takes longer goes on behind the page."""
    office, pilots = visit.office, visit.person.pilots
    visit.office.jobs.start(check_key(visit), lambda told: checked(office, pilots, told), WAIT)
    return visit.go("/checkpoints#check")


def checked(office: Office, pilots: tuple[Pilot, ...], told: Progress) -> RecordChecked:
    """The check as the settings ask for it. Raises BadInput for witnesses that are none."""
    settings = office.settings.audit
    roots = Path(settings.timestamp_ca_file).read_bytes() if settings.timestamp_ca_file else b""
    asked = service.Asked(witness_keys(settings.witnesses), roots, settings.quorum, settings.quorum_days)
    return service.check_record(office.desk, pilots, asked, told)


@pages.page("/checkpoints/{size}.txt")
def note(visit: Visit) -> Response:
    """A checkpoint as it is given to auditors."""
    size = visit.request.path_params["size"]
    found = None
    if size.isascii() and size.isdecimal() and len(size) < 16:
        found = service.note_of(visit.office.desk, int(size))
    if found is None:
        raise NotThere
    return attached(found.encode(), "text/plain; charset=utf-8", f"checkpoint-{size}.txt")


# Packs


def pack_key(visit: Visit) -> Hashable:
    """Each person fetches their own packs, as long as they reach what is in them."""
    return ("pack", visit.person.person.id, frozenset(pilot.id for pilot in in_reach(visit)))


@pages.page("/packs", methods=("POST",))
def pack(visit: Visit) -> Response:
    """Make a pack of a pilot, or of all that are in reach; it is fetched from the page of the checkpoints."""
    code, office, reader = code_of(visit, visit.typed("pilot")), visit.office, visit.person.reader
    pilots = visit.person.pilots if code == EVERYTHING else (visit.person.pilot(code),)
    whole = False
    if code == EVERYTHING:
        with office.desk.database.read() as connection:
            every = repositories.pilots(connection)
        whole = scope.reads_everything(office.desk, reader, every)
    files = office.settings.files if visit.typed("files") else None
    name = "all.zip" if code == EVERYTHING else f"{pilots[0].code}.zip"
    log.info("pack", person=reader.id, pilots=[pilot.code for pilot in pilots], files=files is not None)
    wanted = Wanted(pilots, whole, frozenset(), files, office.settings.audit.witnesses)
    office.jobs.start(pack_key(visit), lambda told: packed(office, wanted, name, told), WAIT)
    return visit.go("/checkpoints?asked=pack#packs")


def code_of(visit: Visit, given: str) -> str:
    """A pilot's code where its name was typed; anything else as it is."""
    if given == EVERYTHING or given in visit.person.seen:
        return given
    wanted = repositories.fold_name(given)
    return next(
        (
            code
            for code, (pilot, _) in visit.person.seen.items()
            if repositories.fold_name(pilot.municipality) == wanted
        ),
        given,
    )


def packed(office: Office, wanted: Wanted, name: str, told: Progress) -> PackMade:
    """Write the pack aside. Raises IntegrityBroken for a record that does not hold."""
    folder = Path(tempfile.mkdtemp(prefix="mlw-pack-"))
    try:
        made = PackMade(folder / name, write_pack(office.desk, wanted, folder / name, told))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(made, shutil.rmtree, folder, ignore_errors=True)
    return made


@pages.page("/packs/last")
def fetch(visit: Visit) -> Response:
    """The pack that this person had made last."""
    job: Job | None = visit.office.jobs.find(pack_key(visit))
    made: PackMade | None = job.result if job is not None else None
    if made is None or not made.path.is_file():
        return shown(visit, 404, gone=True)
    return FileResponse(made.path, media_type="application/zip", filename=made.name)


@pages.page("/packs/mlw_verify.py")
def verifier(visit: Visit) -> Response:
    """The verifier in one file, for whoever wants to check a pack without this program."""
    del visit
    source = Path(standalone.__file__).with_name("mlw_verify.py")
    return attached(source.read_bytes(), "text/x-python; charset=utf-8", "mlw_verify.py")
