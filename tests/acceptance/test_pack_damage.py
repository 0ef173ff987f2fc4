"""What is wrong with a pack is told precisely by both verifiers, whatever it is, and never with a traceback."""

from __future__ import annotations

import json
import os
import random
import struct
import zipfile
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from tests.acceptance.packs import code_of, document, joined, listed, parts, product, single, single_file

from mlw_workflow.audit.keys import SigningKey
from mlw_workflow.audit.note import Note
from mlw_workflow.audit.seal import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory, cases: Path) -> Path:
    """A pack of two pilots with a checkpoint before it, one over nearly all, and an entry that is only signed."""
    from tests.acceptance.conftest import Office

    folder = tmp_path_factory.mktemp("packed")
    office = Office(folder / "home")
    office.done("init")
    office.done(f"import {cases / 'goscieradow.yaml'} --until 2014-05-31")
    office.done("audit checkpoint")
    office.done(f"import {cases / 'tluszcz.yaml'}")
    office.done("advance Tłuszcz w07 appoint --as mayor -e order_number=1")
    office.done("audit checkpoint")
    office.done("advance Tłuszcz w06 code --as coordinator")
    file = folder / "pack.zip"
    office.done(f"audit pack --all --out {file}")
    return file


def changed(packed: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Path:
    return joined(change(parts(packed)), tmp_path / "changed.zip")


def test_the_pack_as_it_was_written_holds(packed: Path) -> None:
    """Both verifiers say so."""
    assert product(packed) == (0, "")
    assert single_file(packed)[0] == 0


def places(members: dict[str, bytes], small: int, step: int, sample: int) -> list[tuple[str, int]]:
    """Every byte (or every so manyth) of the small members, and some of the large ones."""
    chosen = random.Random(4)
    found = []
    for name, content in members.items():
        size = len(content)
        taken = range(0, size, step) if size <= small else sorted(chosen.sample(range(size), min(sample, size)))
        found += [(name, place) for place in taken]
    return found


EVERY = os.environ.get("MLW_TEST_EVERY_BYTE") == "1"
"""The campaign of docs/testing.md: ten minutes instead of some seconds."""


def test_one_changed_byte_anywhere_is_found(packed: Path, tmp_path: Path) -> None:
    """Each flipped alone, it is found by both verifiers: 3 or 2, and more than a dozen different checks tell where."""
    small, step, sample = (3000, 1, 400) if EVERY else (320, 7, 16)
    members, bits = parts(packed), random.Random(8)
    codes = set()
    for name, place in places(members, small, step, sample):
        content = bytearray(members[name])
        content[place] ^= 1 << bits.randrange(8)
        file = joined({**members, name: bytes(content)}, tmp_path / "flipped.zip")
        code, check = product(file)
        other, answer = single_file(file)
        assert code in (2, 3), (name, place, check)
        assert other == code, (name, place, check, code_of(answer))
        codes.add(check)
    assert len(codes) > 8, codes


def test_one_changed_byte_of_the_file_is_found(packed: Path, tmp_path: Path) -> None:
    """Not only the contents: every byte of the zip itself is accounted for, headers and directory too."""
    raw = packed.read_bytes()
    with zipfile.ZipFile(packed) as archive:
        starts = [info.header_offset for info in archive.infolist()]
        directory = archive.start_dir
    around = [place for start in starts[:2] for place in range(start, start + 34)]
    for place in [*around, *range(directory, directory + 110), *range(len(raw) - 22, len(raw))]:
        damaged = bytearray(raw)
        damaged[place] ^= 1 << (place % 8)
        file = tmp_path / "flipped.zip"
        file.write_bytes(damaged)
        code, check = product(file)
        assert code in (2, 3), place
        assert single_file(file)[0] == code, (place, check)


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.9, 0.9999])
def test_a_truncated_pack_is_no_pack(packed: Path, tmp_path: Path, share: float) -> None:
    """Wherever it was cut."""
    raw = packed.read_bytes()
    file = tmp_path / "cut.zip"
    file.write_bytes(raw[: int(len(raw) * share)])
    assert product(file) == (2, "pack_unreadable")
    assert single_file(file)[0] == 2


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", b"PK\x05\x06" + bytes(18), bytes(100_000)])
def test_what_is_no_zip_is_no_pack(tmp_path: Path, content: bytes) -> None:
    """An empty file, a text, an empty zip."""
    file = tmp_path / "none.zip"
    file.write_bytes(content)
    assert product(file) == (2, "pack_unreadable")
    assert single_file(file)[0] == 2


def test_bytes_before_or_behind_are_found(packed: Path, tmp_path: Path) -> None:
    """Nothing can be hidden around the zip."""
    for content in (b"#!/bin/sh\n" + packed.read_bytes(), packed.read_bytes() + b"\n"):
        file = tmp_path / "more.zip"
        file.write_bytes(content)
        code, _ = product(file)
        assert code in (2, 3)
        assert single_file(file)[0] == code


# What should never be unpacked


def hostile(packed: Path, out: Path, *infos: tuple[zipfile.ZipInfo, bytes]) -> Path:
    """The pack with more members, written by the standard library."""
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts(packed).items():
            archive.writestr(name, content)
        for info, content in infos:
            archive.writestr(info, content)
    return out


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "a/../../evil", "C:/evil", "a\\..\\evil", "a//b", "a/./b", "x" * 300, "Ą", "a b"]
)
def test_a_name_that_leads_outside_is_refused(packed: Path, tmp_path: Path, name: str) -> None:
    """Paths above, absolute paths, backslashes, and whatever else is no plain name."""
    file = hostile(packed, tmp_path / "out.zip", (zipfile.ZipInfo(name), b"x"))
    assert product(file) == (2, "pack_name_unsafe")
    assert single_file(file)[0] == 2


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(packed: Path, tmp_path: Path) -> None:
    """One reader would take the first, another the last."""
    file = hostile(packed, tmp_path / "twice.zip", (zipfile.ZipInfo("tree.json"), b"{}"))
    assert product(file) == (2, "pack_member_twice")
    assert single_file(file)[0] == 2


def test_a_symbolic_link_is_refused(packed: Path, tmp_path: Path) -> None:
    """Unpacked, it would point anywhere."""
    link = zipfile.ZipInfo("files/link")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    file = hostile(packed, tmp_path / "link.zip", (link, b"/etc/passwd"))
    assert product(file) == (2, "pack_member_link")
    assert single_file(file)[0] == 2


def test_a_zip_bomb_is_refused_unread(packed: Path, tmp_path: Path) -> None:
    """A member that unpacks to a thousand times its size; and one that claims to be small."""
    out = tmp_path / "bomb.zip"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", bytes(50_000_000))
    assert product(out) == (2, "pack_bomb")
    assert single_file(out)[0] == 2


def test_members_that_share_their_bytes_are_refused(packed: Path, tmp_path: Path) -> None:
    """Many names over one body make a small file large."""
    raw = bytearray(packed.read_bytes())
    with zipfile.ZipFile(packed) as archive:
        place = archive.start_dir
    length = 46 + sum(struct.unpack("<3H", raw[place + 28 : place + 34]))
    raw[place + length + 42 : place + length + 46] = raw[place + 42 : place + 46]
    out = tmp_path / "overlap.zip"
    out.write_bytes(raw)
    assert product(out)[0] == 2
    assert single_file(out)[0] == 2


def test_an_encrypted_member_is_refused(packed: Path, tmp_path: Path) -> None:
    """There is nothing to hide in a pack."""
    raw = bytearray(packed.read_bytes())
    with zipfile.ZipFile(packed) as archive:
        raw[archive.start_dir + 8] |= 1
    out = tmp_path / "secret.zip"
    out.write_bytes(raw)
    assert product(out) == (2, "pack_member_encrypted")
    assert single_file(out)[0] == 2


def test_more_members_than_there_can_be_are_refused(packed: Path, tmp_path: Path) -> None:
    """Before a list of them is made."""
    raw = bytearray(packed.read_bytes())
    raw[-10:-6] = struct.pack("<L", 1 << 30)
    out = tmp_path / "many.zip"
    out.write_bytes(raw)
    assert product(out)[0] == 2
    assert single_file(out)[0] == 2


def test_what_is_added_to_the_end_makes_it_no_pack(packed: Path, tmp_path: Path) -> None:
    """For both readers alike."""
    out = tmp_path / "longer.zip"
    out.write_bytes(packed.read_bytes() + b"x")
    assert product(out) == (2, "pack_unreadable")
    assert single_file(out)[0] == 2


def test_a_pack_that_was_repacked_is_told_so(packed: Path, tmp_path: Path) -> None:
    """The contents hold, but the file is not the one that was written; a wrong content is still told first."""
    with zipfile.ZipFile(tmp_path / "again.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(packed).items():
            archive.writestr(name, content)
    assert product(tmp_path / "again.zip") == (3, "container")
    assert code_of(single_file(tmp_path / "again.zip")[1]) == "container"


# Contents that somebody made who knows the form: the manifest lists what is there

TLUSZCZ = "pilots/tluszcz/"


def replaced(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    def change(members: dict[str, bytes]) -> dict[str, bytes]:
        assert old in members[name], name
        return listed({**members, name: members[name].replace(old, new, 1)})

    return change


def without(name: str) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda members: listed({kept: content for kept, content in members.items() if kept != name})


def given(name: str, content: bytes) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda members: listed({**members, name: content})


def lines_of(name: str, order: Callable[[list[bytes]], list[bytes]]) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda members: listed({**members, name: b"".join(order(members[name].splitlines(keepends=True)))})


def resealed(change: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    """Tłuszcz's whole log sealed anew after a change to its third entry, head and manifest included."""

    def all_of(members: dict[str, bytes]) -> dict[str, bytes]:
        prev, bodies = "0" * 64, []
        for number, line in enumerate(members[TLUSZCZ + "entries.jsonl"].splitlines()):
            entry = json.loads(line)
            if number == 2:
                change(entry)
            bodies.append(document({**entry, "prev": prev}))
            prev = leaf_hash(bodies[-1][:-1]).hex()
        manifest = json.loads(members["manifest.json"])
        next(p for p in manifest["pilots"] if p["code"] == "tluszcz")["head"]["hash"] = prev
        changed = {**members, TLUSZCZ + "entries.jsonl": b"".join(bodies), "manifest.json": document(manifest)}
        return listed(changed)

    return all_of


def unsigned(change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    """And everything that would betray it taken out: keys, checkpoints, tree, signatures."""

    def bare(members: dict[str, bytes]) -> dict[str, bytes]:
        members = change(members)
        for name in list(members):
            if name.startswith("checkpoint") or name in ("keys.json", "tree.json", "consistency.json"):
                del members[name]
            if name.endswith("signatures.txt"):
                members[name] = b"-\n" * members[name].count(b"\n")
        return listed(members, origin="")

    return bare


def _over(members: dict[str, bytes]) -> dict[str, bytes]:
    """The second span begins one leaf early, in the place of the first one's last."""
    tree = json.loads(members["tree.json"])
    tree["spans"][1][0] -= 1
    return listed({**members, "tree.json": document(tree)})


def _turned(members: dict[str, bytes]) -> dict[str, bytes]:
    """The first key of the ring, read from its end."""
    ring = json.loads(members["keys.json"])
    ring["keys"][0] = dict(reversed(ring["keys"][0].items()))
    return listed({**members, "keys.json": json.dumps(ring, ensure_ascii=False, indent=2).encode() + b"\n"})


DEEP = b"[" * 200_000 + b"]" * 200_000
ENTRIES, EVIDENCE, SIGNATURES = TLUSZCZ + "entries.jsonl", TLUSZCZ + "evidence.jsonl", TLUSZCZ + "signatures.txt"
WRONG: dict[str, tuple[Callable[[dict[str, bytes]], dict[str, bytes]], int, str]] = {
    "a field edited": (replaced(ENTRIES, b'"role:mayor"', b'"role:admin"'), 3, "signature"),
    "evidence edited": (lines_of(EVIDENCE, lambda lines: [_other_value(lines[0]), *lines[1:]]), 3, "evidence"),
    "evidence not in its form": (replaced(EVIDENCE, b'"field":', b'"feild":'), 3, "evidence_form"),
    "evidence in another order": (lines_of(EVIDENCE, lambda lines: lines[::-1]), 3, "evidence_missing"),
    "evidence given twice": (lines_of(EVIDENCE, lambda lines: [lines[0], *lines]), 3, "evidence_form"),
    "evidence left out": (lines_of(EVIDENCE, lambda lines: lines[1:]), 3, "evidence_missing"),
    "evidence said to be erased": (
        lines_of(EVIDENCE, lambda lines: [_erased(lines[0]), *lines[1:]]), 3, "evidence_erased_silently",
    ),
    "evidence erased at no instant": (
        lines_of(EVIDENCE, lambda lines: [_erased(lines[0], "2014-05-31T10:00:00Z"), *lines[1:]]), 3, "evidence_form",
    ),
    "an entry left out": (lines_of(ENTRIES, lambda lines: lines[:3] + lines[4:]), 3, "seq_sealed"),
    "the first entry left out": (lines_of(ENTRIES, lambda lines: lines[1:]), 3, "seq_sealed"),
    "two entries swapped": (lines_of(ENTRIES, lambda lines: [lines[1], lines[0], *lines[2:]]), 3, "seq_sealed"),
    "the last entry left out": (lines_of(ENTRIES, lambda lines: lines[:-1]), 3, "signatures_form"),
    "no entry at all": (given(ENTRIES, b""), 3, "signatures_form"),
    "a signature left out": (lines_of(SIGNATURES, lambda lines: lines[:-1]), 3, "signatures_form"),
    "a signature blanked": (lines_of(SIGNATURES, lambda lines: [*lines[:-1], b"-\n"]), 3, "signature_missing"),
    "a covered signature that is none": (
        lines_of(SIGNATURES, lambda lines: [b"c2hvcnQ=\n", *lines[1:]]), 3, "signature",
    ),
    "another signature": (lines_of(SIGNATURES, lambda lines: [*lines[:-1], lines[0]]), 3, "signature"),
    "a signature that is no base64": (lines_of(SIGNATURES, lambda lines: [b"?\n", *lines[1:]]), 3, "signatures_form"),
    "a log resealed": (resealed(lambda entry: entry.update(actor="role:other")), 3, "signature"),
    "a newer entry": (unsigned(resealed(lambda entry: entry.update(v=7))), 3, "newer"),
    "an unknown field": (unsigned(resealed(lambda entry: entry.update(zeal="x"))), 3, "fields_unknown"),
    "an unknown kind": (unsigned(resealed(lambda entry: entry.update(kind="miracle"))), 3, "readable"),
    "a number too large": (unsigned(resealed(lambda entry: entry.update(undoes=10**30))), 3, "canonical"),
    "a text for a number": (unsigned(resealed(lambda entry: entry.update(seq="3"))), 3, "readable"),
    "no day": (unsigned(resealed(lambda entry: entry.pop("occurred_on", None))), 3, "no_day"),
    "a wild day": (unsigned(resealed(lambda entry: entry.update(occurred_on="9999-99-99"))), 3, "readable"),
    "a wrong decision": (unsigned(resealed(lambda entry: entry.update(to_state="accepted"))), 3, "decision_differs"),
    "another definition": (
        unsigned(resealed(lambda entry: entry.update(definition="sha256:" + "0" * 64))), 3, "definition_changed",
    ),
    "deep JSON in an entry": (given(ENTRIES, DEEP + b"\n"), 3, "readable"),
    "deep JSON in evidence": (given(EVIDENCE, DEEP + b"\n"), 3, "evidence_form"),
    "deep JSON in the tree": (given("tree.json", DEEP + b"\n"), 2, "pack_malformed"),
    "a huge number in the tree": (given("tree.json", b'{"cover":[],"size":' + b"9" * 9999 + b',"spans":[]}\n'), 2,
                                  "pack_malformed"),
    "not UTF-8": (replaced(ENTRIES, b'"actor":"', b'"actor":"\xff'), 3, "readable"),
    "an entry that is no JSON": (lines_of(ENTRIES, lambda lines: [b"hello\n", *lines[1:]]), 3, "readable"),
    "an empty line": (lines_of(ENTRIES, lambda lines: [b"\n", *lines]), 3, "readable"),
    "the definition edited": (
        lambda members: listed({name: content.replace(b'"v":1', b'"v": 1') if "definitions/" in name else content
                                for name, content in members.items()}), 3, "definition_missing",
    ),
    "the calendar edited": (replaced("calendar.json", b"Nowy Rok", b"Stary Rok"), 3, "calendar"),
    "a year that nobody recorded in yet": (
        replaced("calendar.json", b'{"day":"2015-12-26","name":', b'{"day":"2015-12-27","name":'), 0, "",
    ),
    "no calendar": (without("calendar.json"), 3, "file_missing"),
    "no evidence": (without(EVIDENCE), 3, "file_missing"),
    "no keys": (without("keys.json"), 3, "signature"),
    "no tree": (without("tree.json"), 3, "file_missing"),
    "no checkpoint": (without("checkpoint"), 3, "checkpoint_missing"),
    "no proof of growth": (without("consistency.json"), 3, "file_missing"),
    "an earlier checkpoint left out": (without("checkpoints/1"), 3, "consistency"),
    "a checkpoint cut": (replaced("checkpoint", b"\n", b""), 3, "checkpoint_malformed"),
    "a checkpoint of another size": (replaced("checkpoint", b"\n24\n", b"\n23\n"), 3, "checkpoint_signature"),
    "a checkpoint of another log": (replaced("checkpoint", b"mlw-workflow/", b"other-log/"), 3, "origin"),
    "a signature of another kind": (
        lambda members: listed({**members, "checkpoint": _other_algorithm(members["checkpoint"])}), 3,
        "checkpoint_unsigned",
    ),
    "a proof that leads elsewhere": (replaced("consistency.json", b'"proof":["', b'"proof":["00'), 3, "consistency"),
    "a tree of another size": (replaced("tree.json", b'"size":24', b'"size":25'), 3, "tree_size"),
    "a tree with a gap": (replaced("tree.json", b",1,23]", b",2,23]"), 3, "tree_spans"),
    "a tree without a pilot": (replaced("tree.json", b"[[0,", b"[[0,"), 0, ""),
    "more leaves than entries": (replaced("tree.json", b",1,23]", b",1,99]"), 3, "tree_overlap"),
    "spans that lie over each other": (_over, 3, "tree_overlap"),
    "a calendar that is no JSON": (given("calendar.json", b"{"), 3, "calendar_form"),
    "a calendar with more keys": (replaced("calendar.json", b'"basis":', b'"aim":"","basis":'), 3, "calendar_form"),
    "a calendar of years that there are not": (
        replaced("calendar.json", b'"first_year":20', b'"first_year":50'), 3, "calendar",
    ),
    "a key edited": (replaced("keys.json", b'"unsigned": 0', b'"unsigned": 9'), 3, "keyring"),
    "a key without a key": (lambda members: _in_ring(members, key="mlw+00000000+"), 3, "keyring"),
    "a key told in another order": (_turned, 3, "keyring"),
    "a key of no text": (lambda members: _in_ring(members, since=5), 3, "keyring"),
    "keys from the end of time": (lambda members: _own_ring(members, "9999-12-31T23:59:59.000000Z"), 3, "keyring"),
    "keys from no day": (lambda members: _own_ring(members, "2014-02-30T10:00:00.000000Z"), 3, "keyring"),
    "a witness without a key": (given("witnesses.json", b'["a+00000000+"]\n'), 3, "witnesses_malformed"),
    "a proof of numbers": (given("consistency.json", b'[{"new":2,"old":1,"proof":[1]}]\n'), 2, "pack_malformed"),
    "a member nobody listed": (lambda members: {**members, "extra.txt": b"x"}, 3, "file_unlisted"),
    "another file in its place": (lambda members: {**members, EVIDENCE: b""}, 3, "evidence_missing"),
    "a town renamed": (replaced("manifest.json", "Tłuszcz".encode(), b"Warszawa"), 3, "pilot_named"),
    "a pilot twice": (
        lambda members: listed(members, pilots=[json.loads(members["manifest.json"])["pilots"][0]] * 2), 3,
        "pilot_twice",
    ),
    "a pilot left out": (
        lambda members: listed(members, pilots=json.loads(members["manifest.json"])["pilots"][:1]), 3, "tree_spans",
    ),
    "no pilot": (lambda members: listed(members, pilots=[]), 2, "pack_malformed"),
    "a head written otherwise": (
        lambda members: listed(members, pilots=list(map(_shouted, json.loads(members["manifest.json"])["pilots"]))), 3,
        "head_form",
    ),
    "a newer form": (lambda members: listed(members, format="mlw-audit-pack/9"), 2, "pack_newer"),
    "a manifest with more keys": (lambda members: listed(members, mood="good"), 2, "pack_malformed"),
    "a manifest that is no JSON": (lambda members: {**members, "manifest.json": b"{"}, 2, "pack_malformed"),
    "a deep manifest": (lambda members: {**members, "manifest.json": DEEP}, 2, "pack_malformed"),
    "a damage that the office tells itself": (
        lambda members: listed(members, damaged=[_damage("tluszcz")]), 3, "damage_told",
    ),
    "a damage of the log around the pilots": (
        lambda members: listed(members, damaged=[_damage("")]), 3, "damage_told",
    ),
    "a damage that is told in itself": (
        lambda members: listed(members, damaged=[_damage("access", check="damage_told")]), 3, "damage_told",
    ),
    "a list of damages with nothing in it": (lambda members: listed(members, damaged=[]), 2, "pack_malformed"),
    "a damage not in its form": (lambda members: listed(members, damaged=[{"place": 5}]), 2, "pack_malformed"),
    "a damage with a fact that is no text": (
        lambda members: listed(members, damaged=[_damage("", facts={"x": []})]), 2, "pack_malformed",
    ),
    "a manifest that is a list": (lambda members: {**members, "manifest.json": b"[]\n"}, 2, "pack_malformed"),
    "no manifest": (
        lambda members: {name: content for name, content in members.items() if name != "manifest.json"}, 2,
        "pack_unreadable",
    ),
}  # fmt: skip
ONLY_THE_PRODUCT = {"an unknown field", "an unknown kind", "no day", "a wild day", "a wrong decision",
                    "another definition", "the calendar edited"}  # fmt: skip
"""What only deciding again, or knowing the programme, can find."""
TOLD_OTHERWISE = {"the definition edited": "content_named", "a head written otherwise": "head",
                  "a number too large": "readable"}  # fmt: skip
"""What the single file finds elsewhere, because it does not decide again."""


def _erased(line: bytes, at: str = "2014-05-31T10:00:00.000000Z") -> bytes:
    value = json.loads(line)
    return document({"seq": value["seq"], "field": value["field"], "erased_at": at})


def _in_ring(members: dict[str, bytes], **changes: Any) -> dict[str, bytes]:
    """The first key of the ring with some of what it says replaced."""
    ring = json.loads(members["keys.json"])
    ring["keys"][0].update(changes)
    return listed({**members, "keys.json": json.dumps(ring, ensure_ascii=False, indent=2).encode() + b"\n"})


def _own_ring(members: dict[str, bytes], changed_at: str) -> dict[str, bytes]:
    """A ring of two keys that somebody made, each vouched for as it must be."""
    origin, root = json.loads(members["manifest.json"])["origin"], b64encode(sha256(b"").digest()).decode()
    keys, times = [SigningKey.new(origin) for _ in range(2)], ["2014-01-01T10:00:00.000000Z", changed_at]
    said = []
    for number, (key, since) in enumerate(zip(keys, times, strict=True)):
        text = f"mlw-workflow/key/v1\n{origin}\nkey {key.verifier.text}\nsince {since}\nunsigned 0\ntree 0 {root}\n"
        text += f"after {keys[0].verifier.text}\n" if number else ""
        note = Note(text).with_signatures(*(one.sign_note(text) for one in keys[: number + 1]))
        said.append({
            "key": key.verifier.text, "since": since, "until": None if number else changed_at, "size": 0, "root": root,
            "statement": str(note),
        })  # fmt: skip
    ring = {"format": "mlw-keyring/1", "origin": origin, "unsigned": 0, "keys": said}
    return listed({**members, "keys.json": json.dumps(ring, ensure_ascii=False, indent=2).encode() + b"\n"})


def _damage(place: str, **changes: Any) -> dict[str, Any]:
    """What the office would write of a log whose tail was cut."""
    facts = {"expected": "25", "found": "24"}
    return {"place": place, "check": "tail_cut", "seq": 25, "facts": facts, **changes}


def _shouted(pilot: dict[str, Any]) -> dict[str, Any]:
    return {**pilot, "head": {**pilot["head"], "hash": pilot["head"]["hash"].upper()}}


def _other_value(line: bytes) -> bytes:
    return document(json.loads(line) | {"value": '"another"'})


def _other_algorithm(note: bytes) -> bytes:
    """The line of the log's key under another key id, as a key of another algorithm has."""
    import base64

    text, _, line = note.decode().rpartition("\n\n")
    dash, name, encoded = line.strip().split(" ")
    raw = base64.b64decode(encoded)
    return f"{text}\n\n{dash} {name} {base64.b64encode(bytes(4) + raw[4:]).decode()}\n".encode()


@pytest.mark.parametrize("what", WRONG)
def test_what_somebody_made_who_knows_the_form(packed: Path, tmp_path: Path, what: str) -> None:
    """Each is told by the check that it fails; the single file tells the same, as far as it looks."""
    change, code, check = WRONG[what]
    file = changed(packed, tmp_path, change)
    assert product(file) == (code, check)
    other, answer = single_file(file)
    if what not in ONLY_THE_PRODUCT:
        assert other == code, answer
        if code == 3:
            assert code_of(answer) == TOLD_OTHERWISE.get(what, check)


def test_what_a_pack_says_is_shown_and_not_obeyed(
    packed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that would clear the screen, or stand below as a verdict of its own, is written out in one line."""
    from tests.acceptance.conftest import Office

    manifest = json.loads(parts(packed)["manifest.json"])
    manifest["pilots"][0]["municipality"] = "X\x1b[2J\u202e\nY: 1 entry, everything holds together."
    file = changed(packed, tmp_path, lambda members: listed(members, pilots=manifest["pilots"]))
    told = Office(tmp_path / "reader").run("audit", "verify", str(file))
    assert single.main([str(file)]) == told.code == 3
    for out in (told.out, capsys.readouterr().out):
        assert r"X\x1b[2J\u202e" in out
        assert not [line for line in out.splitlines() if line.startswith("Y") or not line.isprintable()]
