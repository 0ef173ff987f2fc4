#!/usr/bin/env python3
"""Checks an audit pack of mlw_workflow, with nothing installed but Python 3.11 and the package ``cryptography``.

    python mlw_verify.py PACK [--key VKEY] [--witness VKEY --quorum N] [--checkpoint FILE] [--json]

It was written from the description of the format and shares no code with the product, so that the two are two readings
of one record. You are meant to read it before you believe it; the parts follow each other as an auditor would ask:

1. Is this a pack, and are its files the ones that its manifest lists?
2. Does each pilot's log hang together, from its first entry to its last? And the log of who looked at them?
3. Is the evidence beside the log what the entries committed to?
4. Are the entries in the tree whose root was signed, and by whom was it signed?
5. Did the tree only ever grow, and who outside saw it?

It does NOT decide again whether each step was lawful under the programme's rules, and it does NOT check time stamps
(``timestamps/``): for both, use ``mlw audit verify``.

Exit code 0: everything holds. 3: something does not, and the first place is named. 2: this is no pack, or what was
typed makes no sense.
"""

from __future__ import annotations

import argparse
import base64
import email
import email.policy
import hashlib
import json
import re
import stat
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from types import NoneType
from typing import Any, BinaryIO

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # told in words by main()
    Ed25519PublicKey = None  # type: ignore[assignment,misc]

FORMAT = "mlw-audit-pack/1"
CHUNK = 1 << 20
MEMBERS_MAX, DOCUMENT_MAX, LINE_MAX, RATIO_MAX, KEYS_MAX = 60_000, 256 << 20, 16 << 20, 200, 1_000
DIRECTORY_MAX = MEMBERS_MAX * 300
WHOLE_MAX = 2**53 - 1
"""The largest whole number that every reader of JSON understands exactly."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*){0,3}")
CODE = re.compile(r"[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?")
EMPTY_ROOT = hashlib.sha256(b"").digest()
ACCESS_LOG = "access"
"""The id under which the access log is sealed; no pilot has it."""
ACCESS_FIELDS = {
    "seq", "prev", "kind", "recorded_at", "person", "log", "v", "actor", "programme", "pilot", "entry", "field", "what",
    "about", "since", "until",
}  # fmt: skip


class NoPack(Exception):
    """What was given cannot be read as a pack at all."""


class Misused(Exception):
    """What was typed makes no sense: which option, and why."""


class Wrong(Exception):
    """Something that does not hold: which check found it, at which entry, and in words."""

    def __init__(self, check: str, seq: int, message: str) -> None:
        self.check, self.seq, self.message = check, seq, message
        super().__init__(message)


# --- 1. The file: a zip of plain files, each listed in the manifest with its digest ------------------------------


class Pack:
    """A pack, open. Nothing in it is believed, nothing is unpacked to disk, and everything has a limit."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.size = stream.seek(0, 2)
        self.infos: dict[str, zipfile.ZipInfo] = {}
        for info in self.directory():
            self.admit(info)
        self.check_apart()
        self.manifest = self.document("manifest.json")
        self.check_manifest()

    def directory(self) -> list[zipfile.ZipInfo]:
        """What the zip's directory lists. How long it says to be is looked at before anything of it is read."""
        self.stream.seek(max(0, self.size - 98))
        tail = self.stream.read()
        far, end = tail[-98:-42], tail[-22:]
        if len(end) < 22 or not end.startswith(b"PK\x05\x06"):
            raise NoPack("the file is no zip, is incomplete, or something was added to its end")
        length = struct.unpack("<L", end[12:16])[0]
        if far.startswith(b"PK\x06\x06"):
            length = struct.unpack("<Q", far[40:48])[0]
        if length > DIRECTORY_MAX:
            raise NoPack(f"more than {MEMBERS_MAX} files in it")
        try:
            infos = zipfile.ZipFile(self.stream).infolist()
        except (zipfile.BadZipFile, struct.error, ValueError, OverflowError, OSError, RuntimeError, EOFError):
            raise NoPack("the file is no zip, or is incomplete") from None
        if len(infos) > MEMBERS_MAX:
            raise NoPack(f"more than {MEMBERS_MAX} files in it")
        return infos

    def admit(self, info: zipfile.ZipInfo) -> None:
        """A name that stays inside and is there once; a plain file, not a link; in the clear; not a bomb."""
        name = info.filename
        if name != info.orig_filename or len(name) > 200 or not NAME.fullmatch(name):
            raise NoPack(f"a file in it is named {ascii(info.orig_filename)[:80]}, which could lead outside")
        if name in self.infos:
            raise NoPack(f"{name} is in it twice")
        if info.flag_bits & 0x41:
            raise NoPack(f"{name} is encrypted")
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            raise NoPack(f"{name} is a link or something else that is no file")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NoPack(f"{name} is compressed in an unusual way")
        if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
            raise NoPack(f"{name} is of two sizes")
        if info.file_size > info.compress_size * RATIO_MAX:
            raise NoPack(f"{name} would unpack to many times its size")
        self.infos[name] = info

    def check_apart(self) -> None:
        """No two files may share bytes of the pack."""
        end = 0
        for info in sorted(self.infos.values(), key=lambda info: info.header_offset):
            if info.header_offset < end:
                raise NoPack(f"{info.filename} lies over another file")
            end = info.header_offset + 30 + len(info.filename) + info.compress_size
        if end > self.size:
            raise NoPack("the file is incomplete")

    def check_manifest(self) -> None:
        """The manifest has exactly the keys and types that the format gives it."""
        shape: dict[str, Any] = {"format": str, "origin": str, "scope": str, "pilots": list, "files": list}
        shape["access"] = (dict, NoneType)
        if isinstance(self.manifest, dict) and "damaged" in self.manifest:
            shape["damaged"] = list
        has_type(self.manifest, shape, "manifest")
        if self.manifest["format"] != FORMAT:
            raise NoPack(f"its format is {self.manifest['format'][:40]!r}, and this program reads {FORMAT}")
        of_log = {"entries": int, "head": (dict, NoneType)}
        of_pilot = {"id": str, "code": str, "municipality": str, "programme": str, **of_log}
        for pilot in self.manifest["pilots"]:
            has_type(pilot, of_pilot, "a pilot in the manifest")
        access = self.manifest["access"]
        if access is not None:
            has_type(access, of_log, "the access log in the manifest")
        for log in self.manifest["pilots"] + ([access] if access else []):
            if log["head"] is not None:
                has_type(log["head"], {"seq": int, "hash": str, "recorded_at": str}, "a head in the manifest")
        for file in self.manifest["files"]:
            has_type(file, {"name": str, "size": int, "sha256": str}, "a file in the manifest")
        for found in self.manifest.get("damaged", []):
            has_type(found, {"place": str, "check": str, "seq": int, "facts": dict}, "a damage in the manifest")
            if not all(type(fact) is str for fact in found["facts"].values()):
                raise NoPack("a fact of a damage in the manifest is no text")
        if self.manifest.get("damaged") == []:
            raise NoPack("the manifest has a list of damages, and nothing in it")
        if not self.manifest["pilots"] or self.manifest["scope"] not in ("all", "pilots"):
            raise NoPack("it does not say which pilots are in it")

    def __contains__(self, name: str) -> bool:
        return name in self.infos

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file's bytes. Its checksum is not looked at: what is wrong with it shall be told by what it says."""
        if name not in self.infos:
            raise NoPack(f"it lacks {name}")
        info = self.infos[name]
        self.stream.seek(info.header_offset)
        header = self.stream.read(30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise NoPack("the file is incomplete")
        place = info.header_offset + 30 + sum(struct.unpack("<2H", header[26:]))
        unpack = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
        packed, left = info.compress_size, info.file_size
        while packed and left:
            self.stream.seek(place)
            piece = self.stream.read(min(CHUNK, packed))
            if not piece:
                raise NoPack("the file is incomplete")
            place, packed = place + len(piece), packed - len(piece)
            while piece and left:
                try:
                    found = unpack.decompress(piece, min(CHUNK, left)) if unpack else piece[:left]
                except zlib.error:
                    raise NoPack(f"{name} is damaged") from None
                piece = unpack.unconsumed_tail if unpack else b""
                left -= len(found)
                yield found
        if left:
            raise NoPack(f"{name} is incomplete")

    def lines(self, name: str) -> Iterator[bytes]:
        """A file's lines, without their newlines."""
        rest = b""
        for piece in self.pieces(name):
            *lines, rest = (rest + piece).split(b"\n")
            if len(rest) > LINE_MAX:
                raise NoPack(f"{name} has a line that is too long")
            yield from lines
        if rest:
            yield rest

    def read(self, name: str) -> bytes:
        """A file, whole."""
        if name in self.infos and self.infos[name].file_size > DOCUMENT_MAX:
            raise NoPack(f"{name} is too large")
        return b"".join(self.pieces(name))

    def document(self, name: str) -> Any:
        """A JSON document in its one form: keys sorted, no blanks, and a newline at the end."""
        raw = self.read(name)
        try:
            value = read_json(raw.removesuffix(b"\n"))
            if canonical(value) + b"\n" == raw:
                return value
        except ValueError:
            pass
        raise NoPack(f"{name} is not in its form")

    def wrong_files(self) -> dict[str, str]:
        """Files that are not what the manifest lists, with the code of what is wrong."""
        listed = {file["name"]: file for file in self.manifest["files"]}
        wrong = {name: "file_unlisted" for name in self.infos if name not in listed and name != "manifest.json"}
        if [file["name"] for file in self.manifest["files"]] != sorted(listed):
            wrong["manifest.json"] = "file_digest"
        for name, file in listed.items():
            if name not in self.infos:
                wrong[name] = "file_missing"
                continue
            digest, size = hashlib.sha256(), 0
            for piece in self.pieces(name):
                digest.update(piece)
                size += len(piece)
            if (size, digest.hexdigest()) != (file["size"], file["sha256"]):
                wrong[name] = "file_digest"
        return wrong

    def is_in_its_form(self) -> bool:
        """Whether every byte of the zip is the one it must be: files stored one behind the other, then the directory.

        Then nothing can be hidden between the files, and nothing can be said twice in different ways.
        """
        place, members = 0, []
        for info in sorted(self.infos.values(), key=lambda info: info.header_offset):
            if info.header_offset != place or info.compress_type != zipfile.ZIP_STORED:
                return False
            name, crc = info.filename.encode(), 0
            for piece in self.pieces(info.filename):
                crc = zlib.crc32(piece, crc)
            common = (0, 0, 0, 0x21, crc, info.file_size, info.file_size, len(name))
            header = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, *common, 0) + name
            self.stream.seek(place)
            if self.stream.read(len(header)) != header:
                return False
            members.append((name, place, common))
            place += len(header) + info.file_size
        directory = b""
        for name, start, common in sorted(members):
            far = start >= 0xFFFFFFFF
            extra = struct.pack("<HHQ", 1, 8, start) if far else b""
            version = 45 if far else 20
            directory += struct.pack(
                "<4s6H3L5H2L", b"PK\x01\x02", 3 << 8 | version, version, *common, len(extra), 0, 0, 0,
                0o644 << 16, min(start, 0xFFFFFFFF),
            ) + name + extra  # fmt: skip
        size, count = len(directory), len(members)
        if count >= 0xFFFF or place >= 0xFFFFFFFF:
            end = place + size
            directory += struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 3 << 8 | 45, 45, 0, 0, count, count, size, place)
            directory += struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
        few = min(count, 0xFFFF)
        directory += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, few, few, size, min(place, 0xFFFFFFFF), 0)
        self.stream.seek(place)
        return self.stream.read(len(directory) + 1) == directory


def whole(digits: str) -> int:
    """A whole number of JSON. Raises ValueError for one that not every reader understands exactly."""
    if len(digits) > 17 or abs(int(digits)) > WHOLE_MAX:
        raise ValueError("too large")
    return int(digits)


def no_number(text: str) -> float:
    raise ValueError(f"a pack holds whole numbers alone, and not {text[:40]}")


JSON_READER = json.JSONDecoder(parse_int=whole, parse_float=no_number, parse_constant=no_number)
JSON_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_json(raw: bytes) -> Any:
    """A JSON value made of what a pack holds: text, whole numbers, lists and objects. Raises ValueError."""
    try:
        return JSON_READER.decode(raw.decode())
    except RecursionError:
        raise ValueError("too deep") from None


def canonical(value: Any) -> bytes:
    """The one form of a JSON value (RFC 8785). Raises ValueError."""
    try:
        return JSON_WRITER.encode(value).encode()
    except RecursionError:
        raise ValueError("too deep") from None


def is_instant(text: str) -> bool:
    """Whether there is such an instant of UTC, and it is written as all are: 2014-05-31T10:00:00.000000Z."""
    with suppress(ValueError, OverflowError):
        at = datetime.fromisoformat(text)
        return at.tzinfo == UTC and f"{at.replace(tzinfo=None).isoformat(timespec='microseconds')}Z" == text
    return False


def is_day(text: str) -> bool:
    with suppress(ValueError):
        return date.fromisoformat(text).isoformat() == text
    return False


def require(pack: Pack, name: str) -> None:
    if name not in pack:
        raise Wrong("file_missing", 0, f"{name} is missing")


def has_type(value: Any, shape: dict[str, Any], what: str) -> None:
    """An object with exactly these keys, and a value of the right type at each."""
    if not isinstance(value, dict) or value.keys() != shape.keys():
        raise NoPack(f"{what} does not have the right keys")
    for key, kinds in shape.items():
        allowed = kinds if isinstance(kinds, tuple) else (kinds,)
        if type(value[key]) not in allowed:
            raise NoPack(f"{key} of {what} is not what it should be")


def unbase64(text: str) -> bytes:
    """The bytes of a base64 text that is in its one form. Raises ValueError."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not the one form of base64")
    return raw


# --- 2. A pilot's log: a chain, in which each entry holds the hash of the one before -----------------------------


def leaf_hash(body: bytes) -> bytes:
    """The hash of an entry: SHA-256 over a zero byte and the very bytes of its line (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + body).digest()


@dataclass
class Pilot:
    """One pilot's members, and what is found of them."""

    pack: Pack
    said: dict[str, Any]
    entries: int = 0
    unsigned: int = 0
    wrong: Wrong | None = None
    first_leaf: int = 0
    """Where its leaf hashes begin in the file of them all."""

    @property
    def folder(self) -> str:
        code = self.said["code"]
        return f"pilots/{code if CODE.fullmatch(code) else hashlib.sha256(self.said['id'].encode()).hexdigest()[:32]}/"

    @property
    def members(self) -> tuple[str, ...]:
        """What must be there: entries and signatures, and then what stands beside them."""
        return tuple(self.name(member) for member in ("entries.jsonl", "signatures.txt", "evidence.jsonl"))

    def name(self, member: str) -> str:
        return self.folder + member

    def entry(self, body: bytes, seq: int) -> dict[str, Any]:
        """An entry that has the fields which every entry of such a log has."""
        return entry_of(body, seq, "actor")

    def check_chain(self, log: Log, covered: int, leaves: BinaryIO) -> None:
        """Each entry's place and form, and its signature; up to entry ``covered`` a checkpoint vouches for them."""
        for member in self.members:
            require(self.pack, member)
        self.entries = self.unsigned = 0
        before = Passed(0, b"", "", None)
        held = log.held(self.said["id"])
        entries, signatures = self.members[:2]
        lines = self.pack.lines(signatures)
        for seq, body in enumerate(self.pack.lines(entries), start=1):
            here = Passed(seq, leaf_hash(body), "", signature_of(next(lines, None), seq))
            leaves.write(here.leaf)
            entry = self.entry(body, seq)
            try:
                check_place(entry, before, self.said["id"])
            except Wrong as wrong:
                raise (log.culprit(before, wrong, held) if wrong.check == "prev" else wrong) from None
            check_form(entry, body, seq)
            here = replace(here, recorded_at=entry["recorded_at"])
            self.check_known(entry, seq)
            log.check_signature(here, held, signed_before=seq - 1 > self.unsigned, look=seq > covered)
            self.unsigned += here.signature is None
            before, self.entries = here, seq
        if next(lines, None) is not None:
            raise Wrong("signatures_form", self.entries + 1, "there are more signatures than entries")
        end = {"seq": self.entries, "hash": before.leaf.hex() or "0" * 64, "recorded_at": before.recorded_at}
        if self.said["head"] != end:
            unlike = Wrong("head", self.entries, "the log does not end as the office's database says")
            raise log.culprit(before, unlike, held)
        if self.entries != self.said["entries"]:
            raise Wrong("entries_count", 0, "the manifest gives another number of entries")
        if self.entries < covered:
            raise Wrong("tree_entries", self.entries + 1, "the checkpoint covers more entries than there are")
        self.check_beginning()

    def check_known(self, entry: dict[str, Any], seq: int) -> None:
        """Of a pilot's entry, fields that are not known here are let pass: what they mean is not decided here."""

    def check_beginning(self) -> None:
        """The first entry opens the pilot, and names it as the manifest does."""
        first = next(self.pack.lines(self.name("entries.jsonl")), None)
        opened = self.entry(first, 1).get("pilot") if first is not None else None
        if not isinstance(opened, dict):
            raise Wrong("not_opened", 1, "the log does not begin with the pilot's opening")
        for name in ("code", "municipality", "programme"):
            if opened.get(name) != self.said[name]:
                raise Wrong("pilot_named", 1, f"the manifest does not name the pilot as its opening does ({name})")

    # --- 3. Evidence: an entry holds no values, only commitments to them -----------------------------------------

    def check_evidence(self) -> None:
        """Each value gives, with its salt, the commitment that its entry holds; what is not here is said to be."""
        kept = self.values()
        following = next(kept, None)
        silently: dict[Any, Wrong] = {}
        for seq, body in enumerate(self.pack.lines(self.name("entries.jsonl")), start=1):
            entry = self.entry(body, seq)
            committed = entry.get("evidence", {})
            of_entry = {}
            while following is not None and following["seq"] <= seq:
                if following["seq"] < seq:
                    raise unsealed(following)
                of_entry[following["field"]] = following
                following = next(kept, None)
            for name, commitment in committed.items():
                value = of_entry.pop(name, None)
                if value is None:
                    raise Wrong("evidence_missing", seq, f"entry {seq} commits to {name}, which is not here")
                if "erased_at" in value:
                    told = f"{name} of entry {seq} was erased, and no erasure says so"
                    silently[seq, name] = Wrong("evidence_erased_silently", seq, told)
                if "value" in value and commitment_to(name, value) != commitment:
                    raise Wrong("evidence", seq, f"{name} of entry {seq} is not what was committed to")
            for value in of_entry.values():
                raise unsealed(value)
            for gone in erased_by(entry):
                silently.pop(gone, None)
        if following is not None:
            raise unsealed(following)
        for wrong in silently.values():
            raise wrong

    def values(self) -> Iterator[dict[str, Any]]:
        """The lines of evidence: with salt and value, or erased at an instant, or left out of this pack."""
        forms = ({"seq", "field", "salt", "value"}, {"seq", "field", "erased_at"}, {"seq", "field", "redacted"})
        before: tuple[int, str] = (0, "")
        for line in self.pack.lines(self.name("evidence.jsonl")):
            value, seq, field = {}, 0, ""
            try:
                value = read_json(line)
                seq, field = value["seq"], value["field"]
                good = (
                    value.keys() in forms
                    and type(seq) is int
                    and all(type(value[key]) is str for key in value.keys() - {"seq", "redacted"})
                    and value.get("redacted", True) is True
                    and ("erased_at" not in value or is_instant(value["erased_at"]))
                    and canonical(value) == line
                    and (seq, field) > before
                )
                unbase64(value.get("salt", ""))
            except (ValueError, TypeError, KeyError):
                good = False
            if not good:
                raise Wrong("evidence_form", before[0], f"after the evidence of entry {before[0]} comes a bad line")
            before = (seq, field)
            yield value


class Access(Pilot):
    """The log of who was let look, and who looked: a log as a pilot's is, with nothing beside it."""

    @property
    def folder(self) -> str:
        return "access."

    @property
    def members(self) -> tuple[str, ...]:
        return "access.jsonl", "access.signatures.txt"

    def entry(self, body: bytes, seq: int) -> dict[str, Any]:
        """An entry, all of whose fields are known here."""
        entry = entry_of(body, seq, "person")
        if entry["kind"] not in ("grant", "revoke", "read", "erasure", "change"):
            raise Wrong("readable", seq, f"entry {seq} is of a kind that this program does not know")
        texts = ("actor", "programme", "pilot", "field", "what", "about")
        days = [entry[key] for key in ("since", "until") if key in entry]
        good = all(type(entry.get(key, "")) is str for key in texts) and type(entry.get("entry", 0)) is int
        if not good or not all(day is None or (type(day) is str and is_day(day)) for day in days):
            raise Wrong("readable", seq, f"entry {seq} has a field that is not what it should be")
        return entry

    def check_known(self, entry: dict[str, Any], seq: int) -> None:
        """All that an entry says can be told."""
        if entry.keys() - ACCESS_FIELDS:
            raise Wrong("fields_unknown", seq, f"entry {seq} has fields that this program does not know")

    def check_beginning(self) -> None:
        """It may be empty, and it begins with whatever came first."""


@dataclass(frozen=True)
class Passed:
    """An entry that was read: its number, leaf hash, instant of recording, and signature."""

    seq: int
    leaf: bytes
    recorded_at: str
    signature: bytes | None


def signature_of(line: bytes | None, seq: int) -> bytes | None:
    """A line of signatures: base64, or a dash for an entry without one."""
    try:
        if line is not None:
            return None if line == b"-" else unbase64(line.decode("ascii"))
    except ValueError:
        pass
    raise Wrong("signatures_form", seq, f"the signature of entry {seq} is missing or unreadable")


def entry_of(body: bytes, seq: int, who: str) -> dict[str, Any]:
    """An entry: an object in canonical form, of the version that this program reads, with the fields that bind it."""
    try:
        entry = read_json(body)
    except ValueError:
        raise Wrong("readable", seq, f"entry {seq} cannot be read") from None
    if not isinstance(entry, dict):
        raise Wrong("readable", seq, f"entry {seq} is no object")
    if type(entry.get("v")) is int and entry["v"] > 1:
        raise Wrong("newer", seq, f"entry {seq} was written by a newer version of the program")
    strings = all(type(entry.get(key)) is str for key in ("log", "prev", "recorded_at", "kind", who))
    evidence = entry.get("evidence", {})
    commitments = isinstance(evidence, dict) and all(type(value) is str for value in evidence.values())
    if not strings or type(entry.get("seq")) is not int or type(entry.get("v")) is not int or not commitments:
        raise Wrong("readable", seq, f"entry {seq} lacks fields that every entry has")
    return entry


def check_place(entry: dict[str, Any], before: Passed, log: str) -> None:
    """The entry says itself whose it is, which number it has, what came before it, and when it was recorded."""
    seq = before.seq + 1
    if entry["log"] != log:
        raise Wrong("log", seq, f"entry {seq} belongs to another pilot")
    if entry["seq"] != seq:
        raise Wrong("seq_sealed", seq, f"where entry {seq} should be, there is entry {str(entry['seq'])[:20]}")
    if entry["prev"] != (before.leaf.hex() or "0" * 64):
        raise Wrong("prev", seq, f"entry {seq} does not follow the one before it: one of them was replaced")
    if entry["recorded_at"] < before.recorded_at:
        raise Wrong("recorded_at", seq, f"entry {seq} is older than the one before it")


def check_form(entry: dict[str, Any], body: bytes, seq: int) -> None:
    """The bytes are the one form of what they say, so that nobody can read them in another way."""
    with suppress(ValueError):
        if canonical(entry) == body and is_instant(entry["recorded_at"]):
            return
    raise Wrong("canonical", seq, f"entry {seq} is not in the form that the program writes")


def erased_by(entry: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The values that an erasure names: number of the entry, and field."""
    named = entry.get("erased", [])
    for gone in named if isinstance(named, list) else []:
        if isinstance(gone, dict) and type(gone.get("seq")) is int and type(gone.get("field")) is str:
            yield gone["seq"], gone["field"]


def commitment_to(field: str, value: dict[str, Any]) -> str:
    """SHA-256 over a tag, 32 bytes of salt, the length of the field's name, the name, and the value's bytes."""
    salt, name = unbase64(value["salt"]), field.encode()
    if len(salt) != 32:
        return ""
    tag = b"mlw-workflow/evidence/v1\x00"
    return hashlib.sha256(tag + salt + struct.pack(">L", len(name)) + name + value["value"].encode()).hexdigest()


def unsealed(value: dict[str, Any]) -> Wrong:
    return Wrong("evidence_unsealed", value["seq"], f"no entry commits to {value['field']} of entry {value['seq']}")


# --- 4. Keys, signed notes, and the tree -------------------------------------------------------------------------

ENTRY_TAG = b"mlw-workflow/entry/v1\x00"
ED25519, COSIGNATURE = 1, 4
OVERLAP = 300
"""Seconds around a change of keys in which an entry may bear either."""


@dataclass(frozen=True)
class Key:
    """A public key as it is written: NAME+ID+BASE64, where the base64 is one byte of type and the key."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read one. Raises ValueError. The id is computed anew, so a wrong one is found."""
        name, _, encoded = text.split("+", 2)
        raw = unbase64(encoded)
        if not is_key_name(name) or len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
            raise ValueError("no key")
        key = cls(name, raw[0], raw[1:])
        if key.text != text:
            raise ValueError("another id")
        return key

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def text(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def is_key_name(name: str) -> bool:
    return re.fullmatch(r"[^\s+\x00-\x1f\x7f]{1,200}", name) is not None


@dataclass(frozen=True)
class Note:
    """A text and the lines signed under it: ``— NAME BASE64`` of the key's id and the signature."""

    text: str
    lines: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def parse(cls, raw: bytes) -> Note:
        """Read a signed note. Raises ValueError."""
        whole = raw.decode()
        text, gap, below = whole.rpartition("\n\n")
        if len(raw) > CHUNK or not gap or not below.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", whole):
            raise ValueError("no note")
        found = []
        for line in below[:-1].split("\n"):
            dash, name, encoded = line.split(" ", 2)
            signed = unbase64(encoded)
            if dash != "—" or not is_key_name(name) or len(signed) < 5:
                raise ValueError("no signature line")
            found.append((name, signed[:4], signed[4:]))
        if not text or len(found) > 64:
            raise ValueError("no note")
        return cls(text + "\n", tuple(found))

    def by(self, key: Key) -> list[bytes]:
        """What is signed in a key's name: nothing is proved by that yet."""
        return [signed for name, id_, signed in self.lines if (name, id_) == (key.name, key.id)]

    def is_signed(self, key: Key, signed: bytes) -> bool:
        """Whether a line holds. A witness signs the time too, which stands in the first eight bytes of its line."""
        if key.kind == ED25519:
            return key.has_signed(self.text.encode(), signed)
        time = int.from_bytes(signed[:8], "big")
        message = f"cosignature/v1\ntime {time}\n{self.text}".encode()
        return len(signed) == 72 and time < 1 << 63 and key.has_signed(message, signed[8:])


@dataclass(frozen=True)
class Checkpoint:
    """What the log said of itself, under signature: its name, how many entries there were, and the tree's root."""

    note: Note
    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, raw: bytes, what: str) -> Checkpoint:
        """Read a checkpoint. Raises Wrong."""
        try:
            note = Note.parse(raw)
            lines = note.text.split("\n")
            origin, size, root = lines[0], lines[1], unbase64(lines[2])
            if not origin or not re.fullmatch(r"0|[1-9]\d{0,18}", size, re.ASCII) or len(root) != 32 or lines[-1]:
                raise ValueError(what)
        except (ValueError, IndexError):
            raise Wrong("checkpoint_malformed", 0, f"{what} is not in its form") from None
        return cls(note, origin, int(size), root)


@dataclass(frozen=True)
class RingKey:
    """A key of the log, from when to when it was in force, and the tree that had been signed before it was."""

    key: Key
    since: str
    until: str | None
    size: int
    root: bytes


def found_checkpoint(raw: bytes) -> Checkpoint:
    """The checkpoint in a file that somebody kept: as it came, or within a mail or a text that a program saved.

    How it was kept may differ (a byte order mark, ends of lines, words around it); what is signed may not.
    """
    if re.match(rb"([!-9;-~]+:[^\n]*\n([ \t][^\n]*\n)*){3,}\r?\n", raw):
        parts = email.message_from_bytes(raw, policy=email.policy.default).walk()
        texts = [part.get_payload(decode=True) for part in parts if part.get_content_type() == "text/plain"]
        raw = b"\n\n".join(text for text in texts if isinstance(text, bytes))
    for encoding in ("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1250"):
        with suppress(UnicodeDecodeError):
            text = raw.decode(encoding)
            break
    else:
        raise ValueError("this is no text")
    lines = [line.rstrip(" \t") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    found: dict[str, Checkpoint] = {}
    last = [number for number in range(5, len(lines) + 1) if lines[number - 1].startswith("— ")]
    for start, end in [(start, below) for below in last for start in range(max(0, below - 99), below - 4)]:
        if end + 1 in last:
            continue  # its signatures go on
        with suppress(Wrong):
            one = Checkpoint.parse("".join(f"{line}\n" for line in lines[start:end]).encode(), "")
            if "\n\n" not in one.note.text:  # else it is two, one below the other
                found.setdefault(one.note.text, one)
    if len(found) != 1:
        raise ValueError("there are several checkpoints in it" if found else "there is no signed checkpoint in it")
    return next(iter(found.values()))


def shifted(instant: str, seconds: int) -> str:
    """An instant some seconds later or earlier, in the same form."""
    at = datetime.fromisoformat(instant) + timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass
class Log:
    """The pack's log: its keys, what they signed, and the tree."""

    pack: Pack
    keys: list[RingKey] = field(default_factory=list)
    unsigned: int = 0
    """How many entries there were before the first key."""
    checkpoint: Checkpoint | None = None
    course: list[Checkpoint] = field(default_factory=list)
    """Every checkpoint in the pack, the last one included, from the smallest to the largest."""
    spans: list[tuple[int, str, int, int]] = field(default_factory=list)
    """Where entries lie in the tree: first leaf, whose log, number of the first entry, how many."""
    cover: list[str] = field(default_factory=list)
    """The hashes of everything else in the tree, in hex."""
    signatures: list[dict[str, Any]] = field(default_factory=list)
    witnesses: list[dict[str, Any]] = field(default_factory=list)
    broken: bool = False
    """Something is wrong with the log itself, so that its tree tells nothing."""
    reached: int | None = None
    """The largest size for which as many witnesses vouch as were asked for; None: nothing was asked."""

    @property
    def covered(self) -> dict[str, int]:
        """How many entries of each log the checkpoint covers."""
        found: dict[str, int] = {}
        for _, pilot, _, entries in self.spans:
            found[pilot] = found.get(pilot, 0) + entries
        return found

    def held(self, pilot: str) -> list[int] | None:
        """For each retired key, how many entries of a log the tree held when it was retired. None: it is not known."""
        return None if self.broken else self.held_of_each.get(pilot, [0] * (len(self.keys) - 1))

    @cached_property
    def held_of_each(self) -> dict[str, list[int]]:
        ends = [ring.size for ring in self.keys[1:]]
        found: dict[str, list[int]] = {}
        for first_leaf, pilot, _, entries in self.spans if ends else ():
            so_far = found.get(pilot, [0] * len(ends))
            found[pilot] = [held + entries * (first_leaf < end) for held, end in zip(so_far, ends, strict=True)]
        return found

    def may_sign(self, number: int, size: int) -> bool:
        """Whether a key may have signed a checkpoint of that size: one from the key's own time."""
        last = number + 1 == len(self.keys)
        return self.keys[number].size <= size and (last or size <= self.keys[number + 1].size)

    def check_signature(self, entry: Passed, held: list[int] | None, *, signed_before: bool, look: bool) -> None:
        """An entry is signed with a key of its time, unless it is older than all keys and than all signed entries."""
        if entry.signature is not None:
            bad = "keys.json" not in self.pack or len(entry.signature) != 64
            if bad or (look and not self.is_signed(entry, held)):
                raise Wrong("signature", entry.seq, f"the signature of entry {entry.seq} does not hold")
        elif self.keys:
            early = self.unsigned > 0 and entry.recorded_at <= self.keys[0].since
            if signed_before or not early:
                raise Wrong("signature_missing", entry.seq, f"entry {entry.seq} should be signed and is not")

    def is_signed(self, entry: Passed, held: list[int] | None) -> bool:
        """Whether one of the keys of that time made the signature. Without keys (told elsewhere) nothing is asked.

        A retired key may have signed what the tree held when it was retired; past that, only what was recorded in the
        minutes of the change, so that whoever got hold of it can put in nothing with an old date.
        """
        assert entry.signature is not None
        for number, ring in enumerate(self.keys):
            since = shifted(ring.since, -OVERLAP) if number else ""
            until = shifted(ring.until, OVERLAP) if ring.until else "9999-12-31T23:59:59.999999Z"
            if ring.until and held is not None and entry.seq > held[number]:
                since = max(since, shifted(ring.until, -OVERLAP))
            in_force = since <= entry.recorded_at < until
            if in_force and ring.key.has_signed(ENTRY_TAG + entry.leaf, entry.signature):
                return True
        return not self.keys

    def culprit(self, before: Passed, wrong: Wrong, held: list[int] | None) -> Wrong:
        """Where an entry does not fit the one before it, the signature tells whether that one was changed."""
        if before.signature is not None and not self.is_signed(before, held):
            return Wrong("signature", before.seq, f"entry {before.seq} is not the one that was signed")
        return wrong


def read_ring(pack: Pack, trusted: Sequence[Key]) -> tuple[list[RingKey], int]:
    """The keys of the log: each entered by a note that it signed itself, and that the key before it signed too.

    So whoever trusts a key trusts those that came after it; and a key that nobody vouched for is found.
    """
    if "keys.json" not in pack:
        if trusted:
            raise Wrong("key_unknown", 0, "the pack has no keys, and you named one")
        return [], 0
    try:
        raw = pack.read("keys.json")
        ring = read_json(raw.removesuffix(b"\n"))
        of_ring = {"format": str, "origin": str, "unsigned": int, "keys": list}
        has_type(ring, of_ring, "keys.json")
        shape = {"key": str, "since": str, "until": (str, NoneType), "size": int, "root": str, "statement": str}
        for said in ring["keys"]:
            has_type(said, shape, "a key")
        in_order = list(ring) == list(of_ring) and all(list(said) == list(shape) for said in ring["keys"])
        if not in_order or json.dumps(ring, ensure_ascii=False, indent=2).encode() + b"\n" != raw:
            raise ValueError("form")
        if ring["format"] != "mlw-keyring/1" or ring["unsigned"] < 0 or not 1 <= len(ring["keys"]) <= KEYS_MAX:
            raise ValueError("format")
        keys = [read_ring_key(ring, number) for number in range(len(ring["keys"]))]
    except (ValueError, NoPack):
        raise Wrong("keyring", 0, "the keys in the pack do not vouch for each other") from None
    if ring["origin"] != pack.manifest["origin"]:
        raise Wrong("origin", 0, "the keys are those of another log")
    if trusted and not {key.text for key in trusted} & {ring.key.text for ring in keys}:
        raise Wrong("key_unknown", 0, f"the log's key is {keys[-1].key.text}, which is not the one you named")
    return keys, ring["unsigned"]


def read_ring_key(ring: dict[str, Any], number: int) -> RingKey:
    """One key of the ring, and the note in which it was entered. Raises ValueError."""
    said = ring["keys"][number]
    before = ring["keys"][number - 1] if number else None
    following = ring["keys"][number + 1] if number + 1 < len(ring["keys"]) else None
    key, note = Key.parse(said["key"]), Note.parse(said["statement"].encode())
    expected = ["mlw-workflow/key/v1", ring["origin"], f"key {key.text}", f"since {said['since']}"]
    expected += [f"unsigned {ring['unsigned']}", f"tree {said['size']} {said['root']}"]
    expected += [f"after {before['key']}"] if before else []
    size, root = (before["size"], before["root"]) if before else (0, base64.b64encode(EMPTY_ROOT).decode())
    grew = said["root"] == root if said["size"] == size else before is not None and said["size"] > size
    vouching = [key] + ([Key.parse(before["key"])] if before else [])
    vouched = all(any(note.is_signed(one, signed) for signed in note.by(one)) for one in vouching)
    until = following["since"] if following else None
    times = [said["since"], *([until] if until is not None else [])]
    if (
        key.name != ring["origin"] or note.text != "".join(f"{line}\n" for line in expected) or not vouched
        or said["until"] != until or times != sorted(set(times)) or not all(map(is_time_of_key, times))
        or not grew or len(unbase64(said["root"])) != 32
    ):  # fmt: skip
        raise ValueError(key.text)
    return RingKey(key, said["since"], said["until"], said["size"], unbase64(said["root"]))


def is_time_of_key(text: str) -> bool:
    """Whether a key can have been in force from then on: an instant, away from the ends of all reckoning of time."""
    return is_instant(text) and "1000" < text < "9999"


def read_log(log: Log, trusted: Sequence[Key], witnesses: Sequence[Key], quorum: int) -> None:
    """Everything of the log that can be checked without its entries. Raises Wrong at the first thing that is not so."""
    pack = log.pack
    log.keys, log.unsigned = read_ring(pack, trusted)
    earlier = sorted(name for name in pack.infos if name.startswith("checkpoints/"))
    if "checkpoint" not in pack:
        if trusted or quorum or earlier or "tree.json" in pack or any(ring.size for ring in log.keys):
            raise Wrong("checkpoint_missing", 0, "there is no signed checkpoint")
        return
    if not log.keys:
        raise Wrong("file_missing", 0, "keys.json is missing")
    log.checkpoint = read_checkpoint(log, "checkpoint")
    check_signed(log, log.checkpoint, trusted, listed=True)
    for name in earlier:
        found = read_checkpoint(log, name)
        if name != f"checkpoints/{found.size}":
            raise Wrong("checkpoint_malformed", 0, f"{name} is of another size")
        check_signed(log, found, trusted, listed=False)
        log.course.append(found)
    log.course = [*sorted(log.course, key=lambda found: found.size), log.checkpoint]
    check_grown(log)
    signed = {(found.size, found.root) for found in log.course}
    for ring in log.keys:
        if ring.size and (ring.size, ring.root) not in signed:
            raise Wrong(
                "keyring_tree", 0, f"checkpoint {ring.size}, the last one when the key was replaced, is missing"
            )
    check_witnesses(log, witnesses, quorum)
    read_tree(log)


def read_checkpoint(log: Log, name: str) -> Checkpoint:
    found = Checkpoint.parse(log.pack.read(name), name)
    if found.origin != log.pack.manifest["origin"]:
        raise Wrong("origin", 0, f"{name} is of another log: {found.origin}")
    return found


def check_signed(log: Log, checkpoint: Checkpoint, trusted: Sequence[Key], *, listed: bool) -> None:
    """One of the log's keys has signed, in its time, and nothing in a key's name is false.

    Lines of other keys say nothing here. A key is trusted that was named, or that came after a named one; and what an
    older one signed if a trusted key was entered by a note that says the same tree.
    """
    good = False
    first = next((number for number, ring in enumerate(log.keys) if ring.key in trusted), len(log.keys))
    told = {(ring.size, ring.root) for ring in log.keys[max(first, 1) :]}
    for number, ring in enumerate(log.keys):
        lines = checkpoint.note.by(ring.key)
        holds = bool(lines) and all(checkpoint.note.is_signed(ring.key, line) for line in lines)
        in_time = log.may_sign(number, checkpoint.size)
        if lines and listed:
            log.signatures.append(
                {
                    "key": ring.key.text,
                    "name": ring.key.name,
                    "trusted": in_time and (number >= first or (checkpoint.size, checkpoint.root) in told),
                    "holds": holds,
                    "size": checkpoint.size,
                }
            )
        if lines and not holds:
            raise Wrong("checkpoint_signature", 0, f"the signature under checkpoint {checkpoint.size} does not hold")
        if lines and not in_time:
            raise Wrong("checkpoint_retired", 0, f"checkpoint {checkpoint.size} is signed with a key retired before")
        good = good or holds
    if not good:
        raise Wrong("checkpoint_unsigned", 0, f"checkpoint {checkpoint.size} is not signed with a key of this log")


def check_witnesses(log: Log, trusted: Sequence[Key], quorum: int) -> None:
    """Municipalities and others outside have signed that this log continues the one they saw before.

    Of each the largest checkpoint counts that it signed: by that it vouches for all that came before.
    """
    named: list[Key] = []
    if "witnesses.json" in log.pack:
        try:
            texts = log.pack.document("witnesses.json")
            if type(texts) is not list or not all(type(text) is str for text in texts):
                raise ValueError("no list of keys")
            named = [Key.parse(text) for text in texts]
        except (ValueError, NoPack):
            raise Wrong("witnesses_malformed", 0, "witnesses.json is not in its form") from None
    for key in dict.fromkeys([*trusted, *named]):
        saw: dict[str, Any] = {}
        for checkpoint in reversed(log.course):
            lines = checkpoint.note.by(key)
            if not lines:
                continue
            good = [line for line in lines if checkpoint.note.is_signed(key, line)]
            if not saw:
                saw = {"key": key.text, "name": key.name, "trusted": key in trusted, "holds": bool(good)}
                saw["size"] = checkpoint.size
                if good and key.kind == COSIGNATURE:
                    at = datetime.fromtimestamp(min(int.from_bytes(good[0][:8], "big"), 253402300799), UTC)
                    saw["at"] = at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
                log.witnesses.append(saw)
            if not good:
                raise Wrong("witness_signature", 0, f"the signature of the witness {key.name} does not hold")
    sizes = sorted((saw["size"] for saw in log.witnesses if saw["trusted"]), reverse=True)
    if quorum:
        log.reached = sizes[quorum - 1] if len(sizes) >= quorum else 0
        if not log.reached:
            raise Wrong("witness_quorum", 0, f"{len(sizes)} of your witnesses have signed, and you asked for {quorum}")


# --- 5. The tree of RFC 6962: one root over all entries, and proofs that it only grew ----------------------------


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(count: int) -> int:
    """Where the RFC splits so many leaves: after the largest power of two smaller than their number."""
    return 1 << (count - 1).bit_length() - 1


def grown(old: int, new: int, old_root: bytes, proof: Iterator[bytes]) -> tuple[bytes, bytes]:
    """The roots of the older and of the newer tree that a consistency proof leads to (RFC 6962, 2.1.2).

    Raises StopIteration for a proof that is too short.
    """

    def walk(old: int, new: int, known: bool) -> tuple[bytes, bytes]:
        """The roots over the first ``old`` and all ``new`` of these leaves. ``known``: nothing lies before them."""
        if old == new:
            node = old_root if known else next(proof)
            return node, node
        half = split(new)
        if old <= half:
            older, left = walk(old, half, known)
            return older, node_hash(left, next(proof))
        older, right = walk(old - half, new - half, False)
        left = next(proof)
        return node_hash(left, older), node_hash(left, right)

    return walk(old, new, True)


def check_grown(log: Log) -> None:
    """Between each checkpoint and the next there is a proof that the older tree is the beginning of the newer one."""
    require(log.pack, "consistency.json")
    steps = log.pack.document("consistency.json")
    if type(steps) is not list:
        raise NoPack("consistency.json is not in its form")
    for step in steps:
        has_type(step, {"old": int, "new": int, "proof": list}, "a step in consistency.json")
        if not all(type(node) is str for node in step["proof"]):
            raise NoPack("consistency.json is not in its form")
    pairs = list(pairwise(log.course))
    try:
        if [(step["old"], step["new"]) for step in steps] != [(old.size, new.size) for old, new in pairs]:
            raise ValueError("other checkpoints")
        for step, (old, new) in zip(steps, pairs, strict=True):
            proof = [bytes.fromhex(node) for node in step["proof"]]
            steps_left = iter(proof)
            if any(len(node) != 32 for node in proof) or not 0 <= old.size < new.size:
                raise ValueError("no proof")
            reached = grown(old.size, new.size, old.root, steps_left) if old.size else (EMPTY_ROOT, new.root)
            if reached != (old.root, new.root) or next(steps_left, None) is not None:
                raise ValueError("another root")
    except (ValueError, StopIteration):
        raise Wrong("consistency", 0, "it is not proved that the log only grew") from None


def read_tree(log: Log) -> None:
    """Where the packed entries lie in the tree, and the hashes of everything else in it."""
    require(log.pack, "tree.json")
    assert log.checkpoint is not None
    tree = log.pack.document("tree.json")
    has_type(tree, {"size": int, "spans": list, "cover": list}, "tree.json")
    of_span = [int, str, int, int]
    spans_good = all(type(span) is list and list(map(type, span)) == of_span for span in tree["spans"])
    if not spans_good or not all(type(node) is str for node in tree["cover"]):
        raise NoPack("tree.json is not in its form")
    if tree["size"] != log.checkpoint.size:
        raise Wrong("tree_size", 0, "the tree has another size than the checkpoint")
    covered = {pilot["id"]: 0 for pilot in log.pack.manifest["pilots"]}
    if log.pack.manifest["access"] is not None:
        covered[ACCESS_LOG] = 0
    end, log.cover = 0, tree["cover"]
    for first_leaf, pilot, first_seq, entries in tree["spans"]:
        if covered.get(pilot, -1) + 1 != first_seq or entries < 1:
            raise Wrong("tree_spans", 0, f"the entries of {pilot} do not follow each other in the tree")
        if first_leaf < end or first_leaf + entries > tree["size"]:
            raise Wrong("tree_overlap", 0, "entries lie in each other's place in the tree, or behind its end")
        end = first_leaf + entries
        covered[pilot] += entries
        log.spans.append((first_leaf, pilot, first_seq, entries))
    if log.pack.manifest["scope"] == "all" and sum(covered.values()) != tree["size"]:
        raise Wrong("tree_pilots", 0, "the checkpoint covers pilots that are not in the pack")


def check_root(log: Log, leaves: BinaryIO, first_leaf: dict[str, int]) -> None:
    """The packed entries, with the hashes of what is not packed, have the root that was signed."""
    if log.checkpoint is None:
        return
    lacking, known = map(bytes.fromhex, log.cover), packed_leaves(log, leaves, first_leaf)

    def root(first: int, end: int, low: int, high: int) -> bytes:
        """The root over leaves ``first`` to ``end``; only the spans from ``low`` to ``high`` can touch them."""
        while low < high and log.spans[low][0] + log.spans[low][3] <= first:
            low += 1
        while low < high and log.spans[high - 1][0] >= end:
            high -= 1
        if low == high:
            return next(lacking)
        if end - first == 1:
            return next(known)
        middle = first + split(end - first)
        left = root(first, middle, low, high)
        return node_hash(left, root(middle, end, low, high))

    size = log.checkpoint.size
    with suppress(StopIteration, ValueError):  # hashes or entries are too few, or a hash is none
        found = root(0, size, 0, len(log.spans)) if size else EMPTY_ROOT
        all_used = next(lacking, None) is None and next(known, None) is None
        if found == log.checkpoint.root and all_used and all(len(node) == 64 for node in log.cover):
            return
    raise Wrong("tree_root", 0, f"the entries do not lead to the root signed in checkpoint {size}")


def packed_leaves(log: Log, leaves: BinaryIO, first_leaf: dict[str, int]) -> Iterator[bytes]:
    """The packed leaf hashes in the tree's order."""
    for _, pilot, first_seq, entries in log.spans:
        leaves.seek((first_leaf[pilot] + first_seq - 1) * 32)
        for _ in range(entries):
            leaf = leaves.read(32)
            if len(leaf) < 32:
                return
            yield leaf


# --- The verdict -------------------------------------------------------------------------------------------------


@dataclass
class Verdict:
    """What came out: for each pilot, and for the pack around them."""

    pilots: list[Pilot]
    wrong: Wrong | None
    log: Log
    access: Access | None

    @property
    def holds(self) -> bool:
        logs = self.pilots + ([self.access] if self.access else [])
        return self.wrong is None and all(log.wrong is None for log in logs)


def verify(
    pack: Pack, trusted: Sequence[Key], witnesses: Sequence[Key], quorum: int, sent: Sequence[Checkpoint]
) -> Verdict:
    """Everything there is to check, in the order of the parts above. What is wrong with the pack is wrong for all."""
    wrong, log = None, Log(pack)
    try:
        read_log(log, trusted, witnesses, quorum)
        check_sent(log, sent)
    except Wrong as found:
        wrong = found
        # Nothing vouches for the entries now but their own signatures.
        log.broken, log.checkpoint, log.spans = True, None, []
        with suppress(Wrong):  # told already
            log.keys, log.unsigned = read_ring(pack, [])
    pilots = [Pilot(pack, said) for said in pack.manifest["pilots"]]
    looked = pack.manifest["access"]
    access = Access(pack, {"id": ACCESS_LOG, **looked}) if looked is not None else None
    logs = pilots + ([access] if access else [])
    named = {pilot.said["id"] for pilot in pilots} | {pilot.folder for pilot in pilots}
    if len(named - {ACCESS_LOG}) != 2 * len(pilots):
        wrong = Wrong("pilot_twice", 0, "a pilot is in the pack twice")
    of_tree = check_logs(log, logs)
    wrong = wrong or of_tree
    unsigned = sum(one.unsigned for one in logs)
    if wrong is None and log.keys and unsigned > log.unsigned and all(one.wrong is None for one in logs):
        wrong = Wrong("unsigned_count", 0, f"{unsigned} entries are unsigned, and {log.unsigned} came before any key")
    files = pack.wrong_files()
    for one in logs:
        own = next((name for name in sorted(files) if name.startswith(one.folder)), None)
        if one.wrong is None and own:
            one.wrong = Wrong(files[own], 0, f"{own} is not the file that the manifest lists")
    wrong = wrong or check_access(pack) or check_contents(pack) or check_calendar(pack)
    others = [name for name in sorted(files) if not name.startswith(tuple(one.folder for one in logs))]
    if wrong is None and others:
        wrong = Wrong(files[others[0]], 0, f"{others[0]} is not the file that the manifest lists")
    told = check_damages(pack, logs)
    wrong = wrong or told
    if wrong is None and all(one.wrong is None for one in logs) and not pack.is_in_its_form():
        wrong = Wrong("container", 0, "the contents hold, but the zip was repacked or damaged")
    return Verdict(pilots, wrong, log, access)


def check_damages(pack: Pack, logs: list[Pilot]) -> Wrong | None:
    """What the office's own checks found when it packed; it says so in the manifest."""
    wrong = None
    places = {ACCESS_LOG if isinstance(one, Access) else one.said["code"]: one for one in logs}
    for said in pack.manifest.get("damaged", []):
        message = f"the office found itself, when it packed, that it does not hold ({said['check']})"
        found = Wrong("damage_told", max(said["seq"], 0), message)
        if said["place"] not in places:
            wrong = wrong or found
        elif places[said["place"]].wrong is None:
            places[said["place"]].wrong = found
    return wrong


def check_logs(log: Log, pilots: list[Pilot]) -> Wrong | None:
    """Chains, the tree over them, and evidence; what is wrong with the tree, where no single entry is to blame."""
    first_leaf: dict[str, int] = {}
    wrong, covered = None, log.covered
    with tempfile.TemporaryFile() as leaves:
        for pilot in pilots:
            first_leaf[pilot.said["id"]] = leaves.tell() // 32
            attempt(pilot, Pilot.check_chain, log, covered.get(pilot.said["id"], 0), leaves)
        whole = all(pilot.wrong is None for pilot in pilots)
        if whole:
            try:
                check_root(log, leaves, first_leaf)
            except Wrong as found:
                wrong = found
    if not whole or wrong is not None:  # the root vouches for nothing now, so every signature is looked at
        with tempfile.TemporaryFile() as nowhere:
            for pilot in pilots:
                attempt(pilot, Pilot.check_chain, log, 0, nowhere)
        if any(pilot.wrong is not None for pilot in pilots):
            wrong = None
    for pilot in pilots:
        if not isinstance(pilot, Access):
            attempt(pilot, Pilot.check_evidence)
    return wrong


def attempt(pilot: Pilot, check: Callable[..., None], *given: Any) -> None:
    """Check a pilot of which nothing wrong is known yet."""
    if pilot.wrong is None:
        try:
            check(pilot, *given)
        except Wrong as found:
            pilot.wrong = found


def check_sent(log: Log, sent: Sequence[Checkpoint]) -> None:
    """Checkpoints that somebody was sent before are checkpoints of this log: it was not taken back, nor rewritten."""
    for given in sent:
        if given.origin != log.pack.manifest["origin"]:
            raise Wrong("origin", 0, "the checkpoint you gave is of another log")
        keys = [ring.key for number, ring in enumerate(log.keys) if log.may_sign(number, given.size)]
        signed = [key for key in keys for line in given.note.by(key) if given.note.is_signed(key, line)]
        if not signed:
            raise Wrong("checkpoint_sent_unsigned", 0, "the checkpoint you gave is not signed by this log")
        here = next((found for found in log.course if found.size == given.size), None)
        if here is None:
            raise Wrong("checkpoint_forgotten", 0, f"the log does not know checkpoint {given.size}: it was taken back")
        if here.root != given.root:
            raise Wrong("checkpoint_contradicts", 0, f"checkpoint {given.size} contradicts the one you were sent")


def check_access(pack: Pack) -> Wrong | None:
    """The access log goes along with everything, and nothing lies there in its name that was not checked."""
    if pack.manifest["access"] is not None:
        return None
    if pack.manifest["scope"] == "all":
        return Wrong("file_missing", 0, "the access log is missing")
    beside = next((name for name in sorted(pack.infos) if name.startswith("access.")), None)
    return Wrong("file_unlisted", 0, f"{beside} is in it, and the manifest says that it is not") if beside else None


def check_contents(pack: Pack) -> Wrong | None:
    """Definitions and evidence files are named by the SHA-256 of what they hold."""
    for name in sorted(pack.infos):
        if name.startswith(("definitions/", "files/")):
            digest = hashlib.sha256()
            for piece in pack.pieces(name):
                digest.update(piece)
            if name.split("/")[1].removesuffix(".json") != digest.hexdigest():
                return Wrong("content_named", 0, f"{name} holds something else than it is named for")
    return None


def check_calendar(pack: Pack) -> Wrong | None:
    """The law's days off are there and in their form. Whether they are the law's is for ``mlw audit verify``."""
    try:
        require(pack, "calendar.json")
        said = pack.document("calendar.json")
        shape = {"country": str, "basis": str, "first_year": int, "last_year": int}
        has_type(said, {**shape, "days_off": list, "school_holidays": list}, "calendar.json")
        for day in said["days_off"]:
            has_type(day, {"day": str, "name": str}, "a day off")
            if not is_day(day["day"]):
                raise NoPack("a day off is no day")
        for holidays in said["school_holidays"]:
            has_type(holidays, {"voivodeship": str, "first": str, "last": str, "name": str}, "school holidays")
    except NoPack:
        return Wrong("calendar_form", 0, "calendar.json is not in its form")
    except Wrong as missing:
        return missing
    if not 1 <= said["first_year"] <= said["last_year"] < 9999 or said["last_year"] - said["first_year"] > 100:
        return Wrong("calendar", 0, "the calendar is of years that there are not")
    return None


# --- The command line --------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one pack; the exit code."""
    parser = argparse.ArgumentParser(prog="mlw_verify.py", description="Check an audit pack of mlw_workflow.")
    parser.add_argument("pack", type=Path)
    parser.add_argument("--key", action="append", default=[], help="the log's key, as you know it from elsewhere")
    parser.add_argument("--witness", action="append", default=[], help="the key of a witness you trust")
    parser.add_argument("--quorum", type=int, help="how many of these witnesses must have signed; by default all")
    parser.add_argument(
        "--checkpoint", action="append", default=[], type=Path, help="a checkpoint you were sent before"
    )
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    given = parser.parse_args(arguments)
    try:
        if Ed25519PublicKey is None:
            raise Misused("the package “cryptography” is missing: pip install cryptography")
        keys = [given_key("--key", text) for text in given.key]
        witnesses = [given_key("--witness", text) for text in given.witness]
        quorum = len(set(witnesses)) if given.quorum is None else given.quorum
        if not 0 <= quorum <= len(set(witnesses)):
            raise Misused(f"--quorum asks for {quorum} witnesses, and --witness names {len(set(witnesses))}")
        sent = [given_checkpoint(file) for file in given.checkpoint]
        with given.pack.open("rb") as stream:
            verdict = verify(Pack(stream), keys, witnesses, quorum, sent)
    except NoPack as problem:
        return told(f"This is no audit pack that can be read: {problem}.", "no_pack", json_wanted=given.json)
    except Misused as problem:
        return told(f"Nothing was checked: {problem}.", "misused", json_wanted=given.json)
    except OSError as problem:
        said = f"Nothing was checked: {problem.filename or given.pack} cannot be read ({problem.strerror or problem})."
        return told(said, "file_unreadable", json_wanted=given.json)
    if given.json:
        print(json.dumps(as_json(verdict), ensure_ascii=False, indent=2))
    else:
        tell(verdict, trusted=bool(keys))
    return 0 if verdict.holds else 3


def given_key(option: str, text: str) -> Key:
    try:
        return Key.parse(text.strip())
    except ValueError:
        raise Misused(f"{option} {text[:80]} is no key; one looks like NAME+1a2b3c4d+AbCd…") from None


def given_checkpoint(file: Path) -> Checkpoint:
    try:
        return found_checkpoint(file.read_bytes())
    except ValueError as problem:
        raise Misused(f"--checkpoint {file}: {problem}") from None


def told(message: str, code: str, *, json_wanted: bool) -> int:
    if json_wanted:
        print(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False))
    else:
        print(shown(message), file=sys.stderr)
    return 2


def say(sentence: str) -> None:
    print(shown(sentence))


def shown(text: str) -> str:
    """A sentence as it may be shown: what the pack says can move no cursor and begin no line of its own."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def entries_of(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


def as_json(verdict: Verdict) -> dict[str, Any]:
    """The answer for a program, in the shape of ``mlw audit verify PACK --json``."""
    answers = []
    for pilot in verdict.pilots:
        wrong = pilot.wrong or verdict.wrong
        town = pilot.said["municipality"]
        same = [other for other in verdict.pilots if other.said["municipality"] == town]
        name = town if len(same) == 1 else pilot.said["code"]
        answers.append({"pilot": name, **as_told(pilot, wrong)})
    log, access = verdict.log, verdict.access
    return {
        "holds": verdict.holds,
        "pilots": answers,
        "access": as_told(access, access.wrong or verdict.wrong) if access else None,
        "signatures": log.signatures,
        "witnesses": log.witnesses,
        "witnessed": log.reached,
        "timestamps": unchecked_stamps(log.pack),
    }


def unchecked_stamps(pack: Pack) -> list[dict[str, Any]]:
    """The time stamps that are there: of which checkpoint, and that nothing is known of them here."""
    found = (re.fullmatch(r"timestamps/(0|[1-9]\d{0,18})-[0-9a-f]{16}\.tsr", name, re.ASCII) for name in pack.infos)
    return [{"size": size, "at": None, "checked": False} for size in sorted(int(name[1]) for name in found if name)]


def as_told(log: Pilot, wrong: Wrong | None) -> dict[str, Any]:
    failure = {"check": wrong.check, "seq": wrong.seq, "message": wrong.message} if wrong else None
    return {"holds": wrong is None, "entries": log.entries, "first_failure": failure}


def tell(verdict: Verdict, *, trusted: bool) -> None:
    """The answer for a person."""
    for pilot in verdict.pilots:
        if pilot.wrong is not None:
            say(f"{pilot.said['municipality']}: DOES NOT HOLD: {pilot.wrong.message}.")
        else:
            say(f"{pilot.said['municipality']}: {entries_of(pilot.entries)}, everything holds together.")
    access = verdict.access
    if access is not None and access.wrong is not None:
        say(f"The access log DOES NOT HOLD: {access.wrong.message}.")
    elif access is not None:
        say(f"The access log: {entries_of(access.entries)}, everything holds together.")
    if verdict.wrong is not None:
        say(f"The pack DOES NOT HOLD: {verdict.wrong.message}.")
        return
    checkpoint = verdict.log.checkpoint
    if checkpoint is None:
        say("There is no signed checkpoint: only that the pack fits together was checked.")
    for signed in verdict.log.signatures:
        say(f"The checkpoint of {entries_of(signed['size'])} is signed with {signed['key']}")
        if not trusted:
            say("  That this is the office's key is the pack's own word: compare it, or name it with --key.")
    for witness in verdict.log.witnesses:
        part = f"{witness['size']} of {entries_of(checkpoint.size)}" if checkpoint else "it"
        own = "" if witness["trusted"] else " (the pack names it itself)"
        say(f"The witness {witness['name']} has signed {part}{own}.")
    if verdict.log.reached is not None and checkpoint is not None:
        say(f"As many witnesses as you asked for vouch for {verdict.log.reached} of {entries_of(checkpoint.size)}.")
    if any(name.startswith("timestamps/") for name in verdict.log.pack.infos):
        say("Time stamps are in the pack and were not checked: mlw audit verify PACK --tsa-ca FILE does that.")
    say("Whether each step was lawful under the programme's rules was not decided again: mlw audit verify does that.")


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a name must not end the program
    sys.exit(main())
