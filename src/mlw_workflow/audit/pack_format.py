"""What is in an audit pack: its members' names, its manifest, and how much of anything there may be."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any, Literal, TypeVar

import msgspec

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.domain.errors import BadInput

FORMAT = "mlw-audit-pack/1"
MANIFEST = "manifest.json"
CHECKPOINT = "checkpoint"
CHECKPOINTS = "checkpoints/"
CONSISTENCY = "consistency.json"
KEYS = "keys.json"
WITNESSES = "witnesses.json"
TREE = "tree.json"
CALENDAR = "calendar.json"
DEFINITIONS = "definitions/"
TIMESTAMPS = "timestamps/"
FILES = "files/"
PILOTS = "pilots/"
ENTRIES = "entries.jsonl"
SIGNATURES = "signatures.txt"
EVIDENCE = "evidence.jsonl"
ACCESS = "access."
ENTRIES_OF_ACCESS = ACCESS + "jsonl"
SIGNATURES_OF_ACCESS = ACCESS + "signatures.txt"

MEMBERS_MAX = 60_000
NAME_MAX = 200
DOCUMENT_MAX = 256 << 20
"""Bytes of a member that is read whole."""
LINE_MAX = 16 << 20
RATIO_MAX = 200
"""How many times larger than its compressed bytes a member may be; those we write are not compressed at all."""

YEARS_MAX = 100
"""Of the calendar of days off."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*){0,3}")
_CODE = re.compile(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?")


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    """A document whose every key is known."""


class PackedHead(Strict):
    """The end of a pilot's log as the office's database tells it."""

    seq: int
    hash: str
    recorded_at: str


class PackedPilot(Strict):
    """What the manifest says of a pilot; its opening entry says the same under seal."""

    id: str
    code: str
    municipality: str
    programme: str
    entries: int
    head: PackedHead | None
    """None where the database has none."""


class PackedAccess(Strict):
    """What the manifest says of the access log."""

    entries: int
    head: PackedHead | None
    """None where the database has none."""


class PackedFile(Strict):
    """A member of the pack."""

    name: str
    size: int
    sha256: str


class PackedDamage(Strict):
    """What the office's own checks found when the pack was written, and which it gave out nevertheless, as asked."""

    place: str
    """The pilot's code, ``access``, or empty for the log around them."""
    check: str
    seq: int
    facts: dict[str, str]


class Manifest(Strict, omit_defaults=True):
    """What the pack says it holds. It is bound to the log by the checks of everything it names."""

    format: str
    origin: str
    scope: Literal["all", "pilots"]
    """``all`` pilots of the log, or chosen ``pilots``."""
    pilots: list[PackedPilot]
    files: list[PackedFile]
    access: PackedAccess | None
    """The log of who looked; it goes along with ``all`` pilots and with nothing less."""
    damaged: list[PackedDamage] = []
    """Absent where the office found nothing wrong."""


class Tree(Strict):
    """Where the packed entries lie in the tree over all logs, and what else its root is made of."""

    size: int
    spans: list[tuple[int, str, int, int]]
    """First leaf, id of the pilot (or of the access log), first entry's number, how many: in the tree's order."""
    cover: list[str]
    """Hex, see ``merkle.cover``."""


class Consistency(Strict):
    """That a checkpoint's tree begins with that of the one before."""

    old: int
    new: int
    proof: list[str]


class PackedValue(Strict):
    """A value that an entry commits to, or why it is not here. Absent members are None."""

    seq: int
    field: str
    salt: str | None = None
    """Base64."""
    value: str | None = None
    """The very text that was committed to."""
    erased_at: str | None = None
    redacted: bool = False
    """Left out of this pack; the office has it."""


class DayOff(Strict):
    """A day off by law: which, its name, and on what the rule rests."""

    day: str
    name: str


class SchoolBreak(Strict):
    """School holidays as the office lists them; they colour a warning and move no deadline."""

    voivodeship: str
    first: str
    last: str
    name: str


class LawCalendar(Strict):
    """The law's days off over the years that the packed pilots touch."""

    country: str
    basis: str
    first_year: int
    last_year: int
    days_off: list[DayOff]
    school_holidays: list[SchoolBreak]


Document = TypeVar("Document", bound=msgspec.Struct)


def read_document(name: str, raw: bytes, kind: Any) -> Any:
    """A document of the pack, in its one form. Raises BadInput (``pack_malformed``) naming the member."""
    try:
        found = msgspec.json.decode(raw, type=kind)
        if document(found) == raw:
            return found
        problem = "form"
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors, too
        problem = "form"
    raise BadInput("pack_malformed", member=name, problem=problem)


def document(value: Any) -> bytes:
    """A document as it is written: canonical JSON and a newline."""
    return canonical(msgspec.to_builtins(value)) + b"\n"


def value_line(value: PackedValue) -> bytes:
    """A line of ``evidence.jsonl``, what is absent left out."""
    told: dict[str, Any] = {"seq": value.seq, "field": value.field}
    for name in ("salt", "value", "erased_at"):
        if getattr(value, name) is not None:
            told[name] = getattr(value, name)
    if value.redacted:
        told["redacted"] = True
    return canonical(told) + b"\n"


def is_member_name(name: str) -> bool:
    """Whether a member may have that name: a relative path of plain words, nowhere above itself."""
    return len(name) <= NAME_MAX and _NAME.fullmatch(name) is not None


def folder(pilot_id: str, code: str) -> str:
    """Where a pilot's members lie: under its code, or under a digest of its id where the code is none."""
    name = code if _CODE.fullmatch(code) else sha256(pilot_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{PILOTS}{name}/"


def definition_member(definition: str) -> str:
    """The member that holds a definition, from the content hash that names it."""
    return f"{DEFINITIONS}{definition.removeprefix('sha256:')}.json"


def encode64(raw: bytes) -> str:
    """Base64 as the pack has it."""
    return b64encode(raw).decode("ascii")


def decode64(text: str) -> bytes:
    """The bytes of what ``encode64`` wrote. Raises ValueError for any other text."""
    raw = b64decode(text, validate=True)
    if encode64(raw) != text:
        raise ValueError("not the one form of base64")
    return raw
