"""Checkpoints, proofs and witnesses by command, from the key to the check by somebody without a database."""

import json
from pathlib import Path
from typing import Any

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
