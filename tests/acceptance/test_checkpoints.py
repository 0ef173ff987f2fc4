"""Checkpoints, proofs and witnesses by command, from the key to the check by somebody without a database."""

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from mlw_workflow.interfaces.wording.problems import problem_words

from .test_json import SHAPES, differences


def test_from_a_checkpoint_to_a_proof_that_an_outsider_checks(tluszcz: Any, tmp_path: Path) -> None:
    """The note is the same twice; proofs hold as text and as JSON, and with a byte changed they do not."""
    first = tluszcz.done("audit checkpoint").out
    assert tluszcz.done("audit checkpoint").out == first
    key = tluszcz.done("audit key show --json").json["keys"][-1]["key"]
    (kept := tmp_path / "kept").write_text(first, "utf-8")
    size = int(first.splitlines()[1])
    tluszcz("advance Tłuszcz w06 code --as coordinator")
    tluszcz.done("audit checkpoint")
    for line, shape, old in (
        ("audit proof Tłuszcz 1", "audit_proof", ""),
        (f"audit consistency {size}", "audit_consistency", f"--old {kept}"),
    ):
        answer = tluszcz.done(f"{line} --json")
        assert differences(answer.json, SHAPES[shape]) == []
        for name, text in (("text", tluszcz.done(line).out), ("json", answer.out)):
            (file := tmp_path / name).write_text(text, "utf-8")
            told = tluszcz.done(f"audit proof-check {file} --key {key} {old} --json").json
            assert differences(told, SHAPES["audit_proof_check"]) == []
            assert told["holds"]
            assert told["signed"]
            assert tluszcz.done(f"audit proof-check {file} {old}").code == 0
        if not old:
            assert tluszcz(f"audit proof-check {file} --old {kept}").code == 2
    wrong = json.loads(tluszcz.done("audit proof Tłuszcz 1 --json").out)
    wrong["index"] += 1
    (tmp_path / "wrong").write_text(json.dumps(wrong), "utf-8")
    assert tluszcz(f"audit proof-check {tmp_path / 'wrong'}").code == 3
    (tmp_path / "wrong").write_text("rubbish", "utf-8")
    assert tluszcz(f"audit proof-check {tmp_path / 'wrong'}").code == 2


def test_a_proof_tells_which_entry_of_which_municipality_it_is(tluszcz: Any, tmp_path: Path) -> None:
    """From the sealed bytes; text and JSON alike, in sentences. The opening, which names the pilot, is proved too."""
    tluszcz.done("audit checkpoint")
    for form in ("", " --json"):
        (file := tmp_path / "proof").write_text(tluszcz.done(f"audit proof Tłuszcz 8{form}").out, "utf-8")
        told = " ".join(tluszcz.run("audit", "proof-check", str(file), MLW_LANG="pl", MLW_HOME="/nowhere").out.split())
        assert "Wpis 8 pilotażu Tłuszcz, zapisany 31.05.2014" in told
        assert "Mówi: w05: Zapisz katalog wstępny" in told
        answer = tluszcz.done(f"audit proof-check {file} --json").json
        assert (answer["pilot"], answer["entry"], answer["machine"]) == ("Tłuszcz", "transition", "w05")
    given = json.loads(tluszcz.done("audit proof Tłuszcz 8 --json").out)
    other = json.loads(tluszcz.done("audit proof Tłuszcz 7 --json").out)
    second = {"index": other["index"], "proof": other["proof"], "body": other["body"]}
    for change, problem in (
        ({"pilot": "Warszawa"}, "said_pilot"),
        ({"seq": 9}, "said_seq"),
        ({"leaf": "00" * 32}, "said_leaf"),
        ({"size": given["size"] + 1}, "said_size"),
        ({"opening": second}, "proof_opening"),
        ({"opening": {**given["opening"], "index": 1}}, "proof_opening"),
        ({"index": given["index"] + 1}, "proof_root"),
        ({"proof": given["proof"][1:]}, "proof_length"),
    ):
        file.write_text(json.dumps({**given, **change}), "utf-8")
        answer = tluszcz(f"audit proof-check {file} --json")
        assert (answer.code, answer.json["problem"]) == (3, problem)
        told = " ".join(tluszcz.run("audit", "proof-check", str(file), MLW_LANG="pl").out.split())
        assert told.endswith(f"nie zgadza się: {problem_words(problem, 'pl')}.")
    file.write_text(json.dumps({**given, "opening": None}), "utf-8")
    assert "does not say of which municipality" in " ".join(tluszcz.done(f"audit proof-check {file}").out.split())


def test_a_municipality_witnesses(tluszcz: Any, tmp_path: Path) -> None:
    """Its key, the agency's request, its line, and the line taken in."""
    tluszcz.done("audit checkpoint")
    log = tluszcz.done("audit key show --json").json["keys"][-1]["key"]
    town = tmp_path / "town"
    town.mkdir(mode=0o700)
    key = tluszcz.done(f"audit witness key new --name town.example/w --out {town / 'key'} --json").json["key"]
    (tluszcz.home / "config.toml").write_text(f'[audit]\nwitnesses = ["{key}"]\nquorum = 1\n', "utf-8")
    (town / "request").write_text(tluszcz.done("audit witness request").out, "utf-8")
    sign = f"audit witness sign {town / 'request'} --key-file {town / 'key'} --state {town / 'state'}"
    assert tluszcz(sign).code == 2
    (town / "line").write_text(tluszcz.done(f"{sign} --log-key {log}").out, "utf-8")
    assert tluszcz.done(f"audit witness add {town / 'line'} --json").json["added"][0]["new"]
    assert "town.example/w" in tluszcz.done("audit verify").out


def mailed(text: str, file: Path) -> Path:
    """The text as somebody sent it: in a mail, between other words, saved whole."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "biuro@gmina.example", "rada@gmina.example", "Do sprawdzenia – żądanie"
    mail.set_content(f"Dzień dobry,\r\nprzesyłam:\r\n\r\n{text}\r\nPozdrawiam\r\n", cte="base64")
    file.write_bytes(mail.as_bytes())
    return file


def test_a_checkpoint_and_a_request_are_taken_as_they_came_by_mail(tluszcz: Any, tmp_path: Path) -> None:
    """The checkpoint that was kept, the proof, the request and the witness's line, each as a mail that was saved."""
    first = tluszcz.done("audit checkpoint").out
    size = int(first.splitlines()[1])
    log = tluszcz.done("audit key show --json").json["keys"][-1]["key"]
    key = tluszcz.done(f"audit witness key new --name town.example/w --out {tmp_path / 'key'} --json").json["key"]
    (tluszcz.home / "config.toml").write_text(f'[audit]\nwitnesses = ["{key}"]\nquorum = 1\n', "utf-8")
    sign = f"audit witness sign {tmp_path / 'request'} --key-file {tmp_path / 'key'} --state {tmp_path / 'state'}"
    mailed(tluszcz.done("audit witness request").out, tmp_path / "request")
    line = mailed(tluszcz.done(f"{sign} --log-key {log}").out, tmp_path / "line")
    assert tluszcz.done(f"audit witness add {line} --json").json["added"][0]["new"]
    tluszcz("advance Tłuszcz w06 code --as coordinator")
    tluszcz.done("audit checkpoint")
    mailed(tluszcz.done(f"audit witness request --old {size}").out, tmp_path / "request")
    assert f"before: {size}" in tluszcz.done(sign).err
    kept = mailed(first, tmp_path / "kept")
    proof = mailed(tluszcz.done(f"audit consistency {size}").out, tmp_path / "proof")
    assert tluszcz.done(f"audit proof-check {proof} --old {kept} --key {log} --json").json["signed"]
    other = mailed(tluszcz.done("audit checkpoint").out, tmp_path / "other")
    assert tluszcz(f"audit proof-check {proof} --old {other} --key {log}").code == 3
