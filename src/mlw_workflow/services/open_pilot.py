"""Open a municipality's pilot: pin it to a definition, and write the first entry of its log."""

from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.audit.seal import GENESIS, seal
from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.domain.door import FIRST_DAY, LAST_DAY
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.domain.ledger import Entry, Membership
from mlw_workflow.domain.pilot import Pilot, Standing
from mlw_workflow.services.deadlines import Book, every_instance
from mlw_workflow.services.desk import OPERATOR

if TYPE_CHECKING:
    from datetime import date, datetime

    from mlw_workflow.audit.seal import Sealed
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.unit_of_work import PilotWork, Work

SPAN_DAYS_MAX = 3660
"""No pilot lasts longer than ten years: it would have more reports than anybody writes."""
YEAR_MIN, YEAR_MAX = FIRST_DAY.year, LAST_DAY.year
"""Beyond them a day was mistyped."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a pilot is opened with. Days are local; both ends belong to the span."""

    municipality: str
    definition: str
    """Content hash of an installed definition."""
    start: date | None = None
    """None: the programme's own first (or last) day."""
    end: date | None = None
    code: str = ""
    """Empty: made from the municipality's name."""
    voivodeship: str = ""


def open_pilot(desk: Desk, opening: Opening) -> Pilot:
    """Open one pilot. Raises BadInput when its span or name will not do, or when the code is taken."""
    with desk.database.work() as work:
        pilot = open_within(desk, work, opening, desk.clock.now()).pilot
        work.commit()
    return pilot


def open_within(desk: Desk, work: Work, opening: Opening, recorded_at: datetime) -> PilotWork:
    """Open a pilot inside a transaction that goes on; whoever holds a role in the whole programme holds it here too."""
    programme = desk.programme(opening.definition)
    pilot = checked(programme, opening)
    entry = Entry(
        log=pilot.id,
        seq=1,
        prev=GENESIS.hash.hex(),
        kind="opening",
        recorded_at=recorded_at,
        actor=OPERATOR,
        definition=opening.definition,
        pilot={
            "code": pilot.code,
            "municipality": pilot.municipality,
            "programme": pilot.programme,
            "start": pilot.start.isoformat(),
            "end": pilot.end.isoformat(),
            **({"voivodeship": pilot.voivodeship} if pilot.voivodeship else {}),
        },
    )
    opened = work.open_pilot(pilot, seal(entry), recorded_at)
    book = Book(desk, opened, pilot, programme, fresh=True)
    standing = Standing(pilot, programme, {})
    book.follow(standing, every_instance(standing), recorded_at)
    book.write()
    for membership in work.programme_memberships(programme.id):
        role = programme.role.get(membership.role)
        if role is None or role.scope != "programme":
            continue
        opened.append(membership_entry(opened, membership, recorded_at), membership=membership)
    return opened


def membership_entry(work: PilotWork, membership: Membership, recorded_at: datetime, by: str = OPERATOR) -> Sealed:
    """The sealed entry of a role given, or of its end set; ``by`` whom."""
    return seal(
        Entry(
            log=work.pilot.id,
            seq=work.head.seq + 1,
            prev=work.head.hash.hex(),
            kind="membership",
            recorded_at=recorded_at,
            actor=by,
            role=membership.role,
            person=membership.person,
            since=membership.since,
            until=membership.until,
        )
    )


def checked(programme: Programme, opening: Opening) -> Pilot:
    """The pilot that an opening describes, its span and names checked."""
    municipality = " ".join(opening.municipality.split())
    start, end = opening.start or programme.start, opening.end or programme.end
    if not municipality or len(municipality) > 120 or not municipality.isprintable():
        raise BadInput("pilot_name_invalid", name=opening.municipality[:120])
    if start is None or end is None:
        raise BadInput("pilot_span_missing", pilot=municipality, programme=programme.id)
    if not start <= end or (end - start).days > SPAN_DAYS_MAX or start.year < YEAR_MIN or end.year > YEAR_MAX:
        raise BadInput(
            "pilot_span_invalid",
            pilot=municipality,
            start=start,
            end=end,
            years=SPAN_DAYS_MAX // 366,
            year_min=YEAR_MIN,
            year_max=YEAR_MAX,
        )
    code = opening.code or slug(municipality)
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?", code):
        raise BadInput("pilot_code_invalid", code=code[:80])
    if code == ACCESS_LOG:
        raise BadInput("pilot_code_reserved", code=code)
    voivodeship = " ".join(opening.voivodeship.split())[:80]
    return Pilot(uuid.uuid4().hex, code, municipality, programme.id, opening.definition, start, end, voivodeship)


def slug(name: str) -> str:
    """A code from a name: ``Janów Lubelski`` → ``janow-lubelski``."""
    plain = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L"))
    ascii_only = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:60].strip("-")
