"""A pack is made by the office and read by somebody who has nothing but the pack and what they know from elsewhere."""

from __future__ import annotations

import ast
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from tests.acceptance.conftest import Office
from tests.acceptance.packs import SINGLE_FILE, code_of, joined, listed, parts, product, single_file
from tests.acceptance.test_json import SHAPES, differences

from mlw_workflow.audit import pack_format as form
from mlw_workflow.audit.note import Note
from mlw_workflow.services.keystore import KeyStore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def reader(tmp_path: Path) -> Office:
    """Somebody else's computer: no database, no settings."""
    stranger = Office(tmp_path / "stranger")
    stranger.environment["MLW_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    return stranger


def packed(office: Office, *options: str, name: str = "pack.zip") -> Path:
    out = office.home.parent / name
    made = office.run("audit", "pack", "--out", str(out), *(options or ("--all",)))
    assert made.code == 0, made
    return out


def key_of(office: Office) -> str:
    keys = json.loads((office.home / "keys" / "keyring.json").read_text("utf-8"))["keys"]
    return str(keys[-1]["key"])


def test_a_pack_is_verified_by_somebody_who_has_nothing_else(tluszcz: Office, reader: Office) -> None:
    """In the promised shape, with the key trusted that was named; not even a folder is made on the way."""
    tluszcz.done("audit checkpoint")
    file = packed(tluszcz)
    answer = reader.run("audit", "verify", str(file), "--key", key_of(tluszcz), "--json")
    assert answer.code == 0, answer
    assert differences(answer.json, SHAPES["pack_verdict"]) == []
    assert answer.json["holds"] is True
    assert [(pilot["pilot"], pilot["entries"]) for pilot in answer.json["pilots"]] == [("Tłuszcz", 22)]
    assert [(signed["trusted"], signed["holds"], signed["size"]) for signed in answer.json["signatures"]] == [
        (True, True, 22)
    ]
    assert not reader.home.exists()
    assert single_file(file, "--key", key_of(tluszcz)) == (0, answer.json)


def test_without_a_key_the_answer_says_whose_word_it_is(tluszcz: Office, reader: Office) -> None:
    """The fingerprint is shown, and marked as the pack's own."""
    tluszcz.done("audit checkpoint")
    file = packed(tluszcz)
    assert "own word" in reader.done(f"audit verify {file}").out
    assert key_of(tluszcz) in reader.done(f"audit verify {file}").out
    assert reader.done(f"audit verify {file} --json").json["signatures"][0]["trusted"] is False


def test_the_same_record_gives_the_same_bytes(tluszcz: Office) -> None:
    """Packed twice, from wherever; and what is told of it names it."""
    tluszcz.done("audit checkpoint")
    first, second = packed(tluszcz, name="one.zip"), packed(tluszcz, name="two.zip")
    assert first.read_bytes() == second.read_bytes()
    told = tluszcz.done(f"audit pack Tłuszcz --out {first} --json").json
    assert differences(told, SHAPES["packed"]) == []
    assert (told["pilots"], told["entries"], told["size"]) == (1, 22, first.stat().st_size)


def test_another_key_is_not_this_logs(tluszcz: Office, reader: Office, tmp_path: Path) -> None:
    """A pack signed with a key that the reader does not know does not hold for them."""
    tluszcz.done("audit checkpoint")
    file = packed(tluszcz)
    other = Office(tmp_path / "other")
    other.done("init")
    answer = reader.run("audit", "verify", str(file), "--key", key_of(other), "--json")
    assert answer.code == 3
    assert code_of(answer.json) == "key_unknown"
    assert code_of(single_file(file, "--key", key_of(other))[1]) == "key_unknown"


def test_a_key_that_came_later_is_vouched_for_by_the_first(tluszcz: Office, reader: Office) -> None:
    """After a rotation either key is enough, and entries of both times hold."""
    old = key_of(tluszcz)
    refused = tluszcz.on("2014-06-03").run("audit", "key", "rotate", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "key_clock_simulated")
    tluszcz.on("").done("audit key rotate")
    tluszcz.done("advance Tłuszcz w07 appoint --on 2014-05-31 --as mayor -e order_number=1")
    tluszcz.done("audit checkpoint")
    tluszcz.done("advance Tłuszcz w06 code --on 2014-05-31 --as coordinator")
    file = packed(tluszcz)
    assert key_of(tluszcz) != old
    for key in (old, key_of(tluszcz)):
        for more in ((), ("--deep",)):
            answer = reader.run("audit", "verify", str(file), "--key", key, *more, "--json")
            assert answer.code == 0, answer
            assert [signed["trusted"] for signed in answer.json["signatures"]] == [True]
        assert single_file(file, "--key", key) == (0, answer.json)


def test_a_key_that_was_retired_vouches_for_nothing_new(tluszcz: Office, reader: Office, tmp_path: Path) -> None:
    """A checkpoint from it counts for nobody; a pack without what was signed before the change is cut."""
    old = KeyStore(tluszcz.home / "keys" / "signing.key").required_key()
    tluszcz.on("").done("audit key rotate")
    tluszcz.done("advance Tłuszcz w07 appoint --on 2014-05-31 --as mayor -e order_number=1")
    tluszcz.done("audit checkpoint")
    before = parts(packed(tluszcz))
    keys = ("--key", old.verifier.text), ("--key", key_of(tluszcz)), ()
    note = Note.parse(before["checkpoint"])
    forged = {**before, "checkpoint": str(Note(note.text).with_signatures(old.sign_note(note.text))).encode()}
    earlier = next(name for name in before if name.startswith("checkpoints/"))
    course = json.loads(before["consistency.json"])
    cut = {name: content for name, content in before.items() if name != earlier}
    cut["consistency.json"] = form.document(course[1:])
    for check, changed in (("checkpoint_retired", forged), ("keyring_tree", cut)):
        file = joined(listed(changed), tmp_path / "wrong.zip")
        for key in keys:
            answer = reader.run("audit", "verify", str(file), *key, "--json")
            assert (answer.code, code_of(answer.json)) == (3, check)
            assert code_of(single_file(file, *key)[1]) == check


def test_a_checkpoint_that_was_mailed_must_be_in_the_pack(tluszcz: Office, reader: Office, tmp_path: Path) -> None:
    """The earlier and the latest are; one of another office is of another log."""
    sent = []
    for number, line in enumerate(("", "advance Tłuszcz w06 code --as coordinator")):
        if line:
            tluszcz(line)
        file = tmp_path / f"sent{number}"
        file.write_text(tluszcz.done("audit checkpoint").out, "utf-8")
        sent += ["--checkpoint", str(file)]
    file = packed(tluszcz)
    assert reader.run("audit", "verify", str(file), *sent, "--json").code == 0
    assert single_file(file, *sent)[0] == 0
    other = Office(tmp_path / "other")
    other.done("init")
    foreign = tmp_path / "foreign"
    foreign.write_text(other.done("audit checkpoint").out, "utf-8")
    answer = reader.run("audit", "verify", str(file), "--checkpoint", str(foreign), "--json")
    assert (answer.code, code_of(answer.json)) == (3, "origin")
    assert code_of(single_file(file, "--checkpoint", str(foreign))[1]) == "origin"


@pytest.mark.parametrize("kept", ["bare", "windows", "editor", "cut", "text", "eml", "cp1250"])
def test_a_checkpoint_may_be_kept_as_mail_programs_and_editors_keep_it(
    tluszcz: Office, reader: Office, tmp_path: Path, kept: str
) -> None:
    """With a byte order mark, other ends of lines, the mail around it; both readers find it, and a changed one not."""
    from datetime import UTC, datetime

    from mlw_workflow.notifications.address import mailbox
    from mlw_workflow.notifications.checkpoint_mail import attached_note, checkpoint_mail
    from mlw_workflow.notifications.mail import compose

    note = tluszcz.done("audit checkpoint").out
    file = packed(tluszcz)
    now = datetime(2014, 6, 1, tzinfo=UTC)
    mail = checkpoint_mail("log", 22, note, now.date(), "pl")
    assert mail.subject == "Punkt kontrolny dziennika z 1 czerwca 2014 (22 wpisy)"
    box = mailbox("Kancelaria", "a@b.example")
    whole = compose(mail, sender=box, recipient=box, key="k", domain="b.example", date=now,
                    attached=attached_note(mail.text)).content  # fmt: skip
    forms = {
        "bare": note.encode(),
        "windows": b"\xef\xbb\xbf" + note.replace("\n", "\r\n").encode(),
        "editor": b"\xff\xfe" + note.encode("utf-16-le"),
        "cut": note.rstrip("\n").encode(),
        "text": f"Od: biuro\n\n{mail.text}".replace("\n", "\r\n").encode(),
        "eml": whole,
        "cp1250": note.encode("cp1250"),
    }
    sent = tmp_path / "sent"
    sent.write_bytes(forms[kept])
    answer = reader.run("audit", "verify", str(file), "--checkpoint", str(sent), "--json")
    assert answer.code == 0, answer
    assert single_file(file, "--checkpoint", str(sent)) == (0, answer.json)
    for spoilt in (b"hello\n", b"\x81\x83", forms["bare"].replace("\n— ".encode(), b"\n-- ")):
        sent.write_bytes(spoilt)
        answer = reader.run("audit", "verify", str(file), "--checkpoint", str(sent), "--json")
        assert (answer.code, answer.json["error"]["code"]) == (2, "checkpoint_file_malformed")
        assert single_file(file, "--checkpoint", str(sent))[0] == 2


def test_the_single_file_says_what_was_typed_wrong(tluszcz: Office, tmp_path: Path) -> None:
    """That is not the pack's fault; and without the one package that it needs it says so, without a traceback."""
    file = packed(tluszcz)
    for options, code in (
        (("--key", "nonsense"), "misused"),
        (("--quorum", "1"), "misused"),
        (("--checkpoint", str(tmp_path / "nowhere")), "file_unreadable"),
    ):
        found, answer = single_file(file, *options)
        assert (found, answer["error"]["code"]) == (2, code)
    assert single_file(tmp_path / "nowhere")[1]["error"]["code"] == "file_unreadable"
    bare = tmp_path / "bare"
    (bare / "cryptography").mkdir(parents=True)
    (bare / "cryptography" / "__init__.py").write_text("raise ImportError\n")
    ran = subprocess.run(
        [sys.executable, str(SINGLE_FILE), str(file)],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(bare)},
    )  # fmt: skip
    assert ran.returncode == 2
    assert "cryptography" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_record_older_than_all_keys_holds_and_says_so(tmp_path: Path, cases: Path, reader: Office) -> None:
    """A log without any key is only coherent, and that is what is said."""
    office = Office(tmp_path / "home")
    office.done("init")
    for file in (office.home / "keys").iterdir():
        file.unlink()
    office.done(f"import {cases / 'tluszcz.yaml'}")
    file = packed(office)
    answer = reader.done(f"audit verify {file}")
    assert "without a signature: 22" in answer.out
    assert "only that it fits together" in answer.out
    assert single_file(file)[0] == 0
    refused = reader.run("audit", "verify", str(file), "--key", "x", "--json")
    assert refused.code == 2
    assert refused.json["error"]["code"] == "verifier_key_invalid"


def test_redacted_values_stay_in_the_office(tluszcz: Office, reader: Office) -> None:
    """Their commitments go out, their text does not; the rest is decided again as if they had been erased."""
    tluszcz.done("audit checkpoint")
    fields = {
        json.loads(line)["field"] for line in parts(packed(tluszcz))["pilots/tluszcz/evidence.jsonl"].splitlines()
    }
    options = [word for field in sorted(fields) for word in ("--redact", field)]
    file = packed(tluszcz, "--all", *options)
    values = parts(file)["pilots/tluszcz/evidence.jsonl"]
    assert b'"salt"' not in values
    assert b'"value"' not in values
    assert "left out of the pack" in reader.done(f"audit verify {file}").out
    assert single_file(file)[0] == 0


def test_a_field_that_nobody_has_is_not_left_out_in_silence(tluszcz: Office, tmp_path: Path) -> None:
    """A mistyped field would have given its values away; of a right one it is told how many stayed behind."""
    out = tmp_path / "redacted.zip"
    words = ("audit", "pack", "--all", "--out", str(out), "--redact")
    answer = tluszcz.run(*words, "order_numbr", "--json")
    assert answer.code == 2
    assert answer.json["error"]["code"] == "redact_field_unknown"
    assert "order_number" in answer.json["error"]["known"]
    assert not out.exists()
    field = json.loads(parts(packed(tluszcz))["pilots/tluszcz/evidence.jsonl"].splitlines()[0])["field"]
    told = tluszcz.run(*words, field, "--json").json
    there = parts(out)["pilots/tluszcz/evidence.jsonl"]
    assert told["left_out"] == there.count(b'"redacted":true') > 0
    assert f"Values left out of the pack: {told['left_out']}." in tluszcz.run(*words, field).out


def test_erased_values_are_gone_and_the_pack_holds(tluszcz: Office, reader: Office) -> None:
    """What an erasure took is named with its commitment."""
    tluszcz.done("audit checkpoint")
    line = json.loads(parts(packed(tluszcz))["pilots/tluszcz/evidence.jsonl"].splitlines()[0])
    erased = tluszcz.run("erase", "--evidence", f"Tłuszcz:{line['seq']}:{line['field']}", "--reason", "RODO")
    assert erased.code == 0, erased
    file = packed(tluszcz)
    assert line["value"].encode() not in parts(file)["pilots/tluszcz/evidence.jsonl"].splitlines()[0]
    assert "Erased values" in reader.done(f"audit verify {file}").out
    assert single_file(file)[0] == 0


def test_what_does_not_hold_is_packed_only_as_evidence_of_that(tluszcz: Office, reader: Office) -> None:
    """Else nothing is written; told to, the pack says in its manifest what the office found, and both readers tell."""
    tluszcz.done("audit checkpoint")
    out = tluszcz.home.parent / "pack.zip"
    with closing(sqlite3.connect(tluszcz.database)) as database:
        database.execute("DROP TRIGGER definition_no_update")
        database.execute("UPDATE definition SET body = CAST(body || ' ' AS BLOB)")
        database.commit()
    refused = tluszcz.run("audit", "pack", "Tłuszcz", "--out", str(out))
    assert (refused.code, out.exists()) == (3, False)
    assert "was replaced" in refused.err
    assert "--even-if-broken" in refused.err
    told = tluszcz.run("audit", "pack", "Tłuszcz", "--out", str(out), "--even-if-broken")
    assert told.code == 0
    assert "does not hold" in told.out
    (damage,) = json.loads(parts(out)["manifest.json"])["damaged"]
    assert (damage["place"], damage["check"]) == ("", "definition_broken")
    answer = reader.run("audit", "verify", str(out), "--json")
    assert answer.code == 3
    assert single_file(out)[0] == 3


def test_evidence_files_go_along_when_asked(tluszcz: Office, tmp_path: Path, reader: Office) -> None:
    """By their digests, and a file that is another one is found."""
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.4 resolution")
    tluszcz.done("advance Tłuszcz monthly/2013-12 draft --as coordinator")
    tluszcz.done(f"advance Tłuszcz monthly/2013-12 submit --as coordinator -e summary=Spotkania -e file=@{paper}")
    assert not [name for name in parts(packed(tluszcz, "--all")) if name.startswith("files/")]
    members = parts(packed(tluszcz, "--all", "--with-files"))
    (name,) = (name for name in members if name.startswith("files/"))
    assert members[name] == paper.read_bytes()
    whole = joined(members, tmp_path / "whole.zip")
    assert reader.run("audit", "verify", str(whole)).code == 0
    assert single_file(whole)[0] == 0
    other = joined({**members, name: b"%PDF-1.4 another"}, tmp_path / "other.zip")
    assert reader.run("audit", "verify", str(other)).code == 3
    assert single_file(other)[0] == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("audit", "verify", "nowhere.zip"), "file_unreadable"),
        (("audit", "verify", "Tłuszcz", "--key", "a+b+c"), "pack_option_needs_pack"),
        (("audit", "verify", "--quorum", "1"), "pack_option_needs_pack"),
        (("audit", "verify", "{pack}", "--key", "a+b+c"), "verifier_key_invalid"),
        (("audit", "verify", "{pack}", "--witness", "nonsense"), "verifier_key_invalid"),
        (("audit", "verify", "{pack}", "--quorum", "x"), "number_invalid"),
        (("audit", "verify", "{pack}", "--quorum", "1"), "quorum_too_large"),
        (("audit", "verify", "{pack}", "--checkpoint", "{pack}"), "checkpoint_file_malformed"),
        (("audit", "verify", "{pack}", "--checkpoint", "nowhere"), "file_unreadable"),
        (("audit", "pack", "--all"), "option_missing"),
        (("audit", "pack", "Tłuszcz", "--all", "--out", "x.zip"), "pack_pilot_or_all"),
        (("audit", "pack", "Nowhere", "--out", "x.zip"), "unknown_pilot"),
        (("audit", "pack", "--all", "--out", "{folder}/none/x.zip"), "file_unreadable"),
    ],
)
def test_what_was_typed_wrong_is_told(tluszcz: Office, tmp_path: Path, words: tuple[str, ...], code: str) -> None:
    """One sentence, exit code 2, no traceback."""
    file = packed(tluszcz)
    answer = tluszcz.run(*(word.format(pack=file, folder=tmp_path) for word in words), "--json")
    assert answer.code == 2, answer
    assert answer.json["error"]["code"] == code


def test_a_pack_without_its_suffix_is_known_by_its_bytes(tluszcz: Office, reader: Office) -> None:
    """A file that begins as zips do is a pack, whatever it is called."""
    file = packed(tluszcz)
    renamed = file.rename(file.with_name("from-the-office"))
    assert reader.run("audit", "verify", str(renamed)).code == 0
    assert product(renamed) == (0, "")


def test_the_verifier_is_one_file_that_needs_nothing_of_ours(tluszcz: Office, tmp_path: Path) -> None:
    """It is written out as it is, runs by itself, and imports the standard library and cryptography alone."""
    tluszcz.done("audit checkpoint")
    file, out = packed(tluszcz), tmp_path / "mlw_verify.py"
    tluszcz.done(f"audit verifier --out {out}")
    assert out.read_bytes() == SINGLE_FILE.read_bytes()
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(out.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
    run = subprocess.run(
        [sys.executable, "-P", "-s", str(out), str(file)], capture_output=True, text=True, check=False,
        env={"PYTHONIOENCODING": "ascii", "PATH": os.environ["PATH"]}, timeout=60,
    )  # fmt: skip
    assert run.returncode == 0, run
    assert r"T\u0142uszcz: 22 entries, everything holds together." in run.stdout, "a poor terminal ends nothing"
    assert "not decided again" in run.stdout
    broken = subprocess.run([sys.executable, "-I", str(out), str(out)], capture_output=True, text=True, check=False)
    assert broken.returncode == 2
    assert "no audit pack" in broken.stderr


def test_witnesses_are_counted(tluszcz: Office, reader: Office, tmp_path: Path) -> None:
    """One that the reader trusts and that signed makes a quorum of one; a quorum of two fails."""
    tluszcz.done("audit checkpoint")
    keys = [_witness(tluszcz, tmp_path, name) for name in ("tluszcz.example", "janow.example")]
    file = packed(tluszcz)
    for quorum, witnesses, code in ((1, keys, 0), (2, keys, 3), (1, keys[:1], 0), (1, keys[1:], 3)):
        words = [word for key in witnesses for word in ("--witness", key)]
        answer = reader.run("audit", "verify", str(file), *words, "--quorum", str(quorum), "--json")
        assert answer.code == code, answer
        other = single_file(file, *words, "--quorum", str(quorum))
        assert other[0] == code
        assert code_of(other[1]) == code_of(answer.json) == ("witness_quorum" if code else "")
        assert other[1]["witnesses"] == answer.json["witnesses"]
        signed = [(witness["name"], witness["holds"]) for witness in answer.json["witnesses"]]
        assert signed == [("tluszcz.example", True)] * (keys[0] in witnesses)
    assert differences(answer.json, SHAPES["pack_verdict"]) == []


def test_witnesses_who_have_not_seen_the_last_checkpoint_still_vouch_for_the_one_before(
    tluszcz: Office, reader: Office, tmp_path: Path
) -> None:
    """Both readers say for how much they vouch; what nobody has signed yet is no failure."""
    tluszcz.done("audit checkpoint")
    key = _witness(tluszcz, tmp_path, "tluszcz.example")
    tluszcz("advance Tłuszcz w06 code --as coordinator")
    tluszcz.done("audit checkpoint")
    file = packed(tluszcz)
    answer = reader.run("audit", "verify", str(file), "--witness", key, "--json")
    assert answer.code == 0, answer
    assert answer.json["witnessed"] == 22
    assert [signed["size"] for signed in answer.json["witnesses"]] == [22]
    assert single_file(file, "--witness", key) == (0, answer.json)
    told = reader.run("audit", "verify", str(file), "--witness", key).out
    assert "The witness tluszcz.example has signed 22 of 23 entries." in told
    other = _witness(tluszcz, tmp_path, "janow.example")
    refused = reader.run("audit", "verify", str(file), "--witness", other).out
    assert "no checkpoint in the pack is signed by enough trusted witnesses: by 0 of the 1 asked for" in refused
    (tluszcz.home / "config.toml").write_text(f'[audit]\nwitnesses = ["{key}"]\nquorum = 1\n', "utf-8")
    tree = tluszcz.done("audit verify --json").json["tree"]
    assert (tree["quorum"], tree["witnesses"], tree["cosigned"]) == (1, 0, [{"key": key, "size": 22}])


def _witness(office: Office, folder: Path, name: str) -> str:
    """A witness's key; the first one has also signed the last checkpoint."""
    from mlw_workflow.audit.keys import SigningKey
    from mlw_workflow.audit.note import COSIGNATURE, Note

    key = SigningKey.new(name, COSIGNATURE)
    if name.startswith("tluszcz"):
        import sqlite3
        from contextlib import closing

        note = Note.parse(office.done("audit checkpoint").out)
        line = key.cosign(note.text, 1_401_537_600).line
        with closing(sqlite3.connect(office.database)) as connection:
            row: Any = (22, key.verifier.text, line, "2014-05-31T12:00:00.000000Z")
            connection.execute("INSERT INTO cosignature (size, witness, line, added_at) VALUES (?, ?, ?, ?)", row)
            connection.commit()
    return key.verifier.text


def test_the_access_log_goes_along_with_everything_and_with_nothing_less(
    tluszcz: Office, reader: Office, tmp_path: Path
) -> None:
    """With signatures and its place in the tree, people by id alone; one pilot's pack is without it."""
    tluszcz.done("person add Ewa_Rewident")
    tluszcz.done("auditor add Ewa_Rewident --programme mlw-pilot --until 2014-12-31")
    tluszcz.done("evidence Tłuszcz 2 --as Ewa_Rewident")
    tluszcz.done("audit checkpoint")
    tluszcz.done("evidence Tłuszcz 3")
    whole, alone = packed(tluszcz), packed(tluszcz, "Tłuszcz", name="alone.zip")
    assert not [name for name in parts(alone) if name.startswith("access")]
    members = parts(whole)
    assert b"Rewident" not in members["access.jsonl"]
    for file, entries in ((whole, 4), (alone, None)):
        answer = reader.run("audit", "verify", str(file), "--key", key_of(tluszcz), "--json")
        assert answer.code == 0, answer
        assert differences(answer.json, SHAPES["pack_verdict"]) == []
        assert (answer.json["access"] or {"entries": None})["entries"] == entries
        assert single_file(file, "--key", key_of(tluszcz)) == (0, answer.json)
    assert "The access log: everything holds, 4 entries." in reader.done(f"audit verify {whole}").out
    theirs = packed(tluszcz, "--all", "--as", "Ewa_Rewident", name="theirs.zip")
    assert len(parts(theirs)["access.jsonl"].splitlines()) == 5, "the making of this pack included"
    as_role = packed(tluszcz, "--all", "--as", "coordinator", name="role.zip")
    assert "access.jsonl" not in parts(as_role)
    lines = members["access.jsonl"].splitlines(keepends=True)
    signatures = members["access.signatures.txt"].splitlines(keepends=True)
    access = json.loads(members["manifest.json"])["access"]
    cut = {**members, "access.jsonl": b"".join(lines[:1]), "access.signatures.txt": signatures[0]}
    wrong = {
        "head": cut,
        "signature": {**members, "access.jsonl": b"".join(lines).replace(b'"evidence"', b'"evidencf"', 1)},
        "signatures_form": {**members, "access.signatures.txt": signatures[0]},
        "readable": {**members, "access.jsonl": b"".join(lines[:3]) + lines[3].replace(b'"read"', b'"wrote"')},
        "fields_unknown": {**members, "access.jsonl": b"".join(lines[:3]) + lines[3].replace(b"}\n", b',"x":1}\n')},
    }
    for check, changed in wrong.items():
        file = joined(listed(changed), tmp_path / "wrong.zip")
        assert product(file) == (3, check)
        assert code_of(single_file(file)[1]) == check
    without = {name: content for name, content in members.items() if not name.startswith("access.")}
    for changed, said, checks in (
        (without, access, {"file_missing"}), (without, None, {"tree_spans"}), (members, None, {"tree_spans"}),
    ):  # fmt: skip
        file = joined(listed(changed, access=said), tmp_path / "wrong.zip")
        assert {product(file)[1], code_of(single_file(file)[1])} == checks
    hidden = {**parts(alone), "access.jsonl": lines[0]}
    file = joined(listed(hidden), tmp_path / "wrong.zip")
    assert product(file) == (3, "file_unlisted")
    assert code_of(single_file(file)[1]) == "file_unlisted"
