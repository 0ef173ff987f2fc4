"""The answers for programs have exactly the shapes that docs/reference/json.md promises."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reference" / "json.md"
SHAPES: dict[str, Any] = {
    name: json.loads(body)
    for name, body in re.findall(r"```json shape=(\w+)\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
}
TYPES: dict[str, type] = {"str": str, "int": int, "bool": bool, "null": type(None)}


def differences(value: Any, shape: Any, place: str = "$") -> list[str]:
    """Where a value is not of a shape."""
    if isinstance(shape, str):
        named = next((SHAPES[name] for name in shape.split("|") if name in SHAPES), None)
        return differences(value, named, place) if named and value is not None else _scalar(value, shape, place)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{place}: no list"]
        return [d for index, item in enumerate(value) for d in differences(item, shape[0], f"{place}[{index}]")]
    if not isinstance(value, dict):
        return [f"{place}: no object"]
    if not shape or "*" in shape:
        return [f"{place}.{key}: missing" for key in shape if key != "*" and key not in value]
    names = {key.removesuffix("?"): (key, inner) for key, inner in shape.items()}
    found = [f"{place}.{name}: missing" for name, (key, _) in names.items() if name not in value and key == name]
    found += [f"{place}.{key}: not promised" for key in value if key not in names]
    return found + [
        d for key in value if key in names for d in differences(value[key], names[key][1], f"{place}.{key}")
    ]


def _scalar(value: Any, shape: str, place: str) -> list[str]:
    for name in shape.split("|"):
        if name == "any":
            return []
        kind = TYPES.get(name)
        if (kind is None and value == name) or (kind is not None and type(value) is kind):
            return []
    return [f"{place}: {value!r} is not {shape}"]


@pytest.mark.parametrize(
    ("line", "code", "shape"),
    [
        ("status Tłuszcz --json", 0, "status"),
        ("advance Tłuszcz w06 code --as coordinator --json", 1, "advance"),
        ("advance Tłuszcz w07 appoint --as mayor -e order_number=1 --json", 0, "advance"),
        ("advance Tłuszcz w07 appoint --as mayor -e order_number=1 --dry-run --json", 0, "advance"),
        ("why Tłuszcz w13 close --json", 1, "advance"),
        ("correct Tłuszcz w02 --as coordinator --reason pomyłka --json", 0, "advance"),
        ("next Tłuszcz --json", 0, "next"),
        ("next Tłuszcz --all --json", 0, "next"),
        ("history Tłuszcz --json", 0, "history"),
        ("audit verify --json", 0, "audit"),
        ("audit replay Tłuszcz --json", 0, "audit"),
        ("audit key show --json", 0, "audit_key"),
        ("audit key rotate --json", 2, "error"),
        ("audit key new --json", 2, "error"),
        ("audit checkpoint --json", 0, "audit_checkpoint"),
        ("audit proof Tłuszcz 1 --json", 2, "error"),
        ("audit consistency 1 --json", 2, "error"),
        ("audit timestamp --json", 2, "error"),
        ("audit witness request --json", 2, "error"),
        ("workflow check mlw-pilot --json", 0, "check"),
        ("workflow show mlw-pilot --json", 0, "show"),
        ("pilot list --json", 0, "pilots"),
        ("person list --json", 0, "people"),
        ("member list --json", 0, "members"),
        ("init --json", 0, "init"),
        ("status Nowhere --json", 2, "error"),
        ("deadlines Tłuszcz --json", 0, "deadlines"),
        ("deadlines --from 2014-06-01 --to 2014-06-30 --json", 0, "deadlines"),
        ("forecast Tłuszcz --json", 0, "forecast"),
        ("remind --dry-run --today 2014-06-02 --json", 0, "remind"),
        ("remind --json", 0, "worker"),
        ("worker --once --json", 0, "worker"),
        ("notices --json", 0, "notices"),
        ("ack Tłuszcz conference --as anna@ops.example --json", 0, "paused"),
        ("snooze Tłuszcz w07 --as anna@ops.example --until 2014-06-05 --reason urlop --json", 0, "paused"),
        ("deputy list --json", 0, "deputies"),
        ("feed new Tłuszcz --person anna@ops.example --json", 0, "feeds"),
        ("feed list --json", 0, "feeds"),
        ("feed revoke nosuch --json", 2, "error"),
        ("feed new --json", 2, "error"),
        ("doctor --json", 1, "doctor"),
        ("outbox list --all --json", 0, "outbox"),
        ("audit reminders Tłuszcz --from 2014-05-01 --to 2014-05-31 --json", 0, "audit_reminders"),
        ("outbox resend 99 --json", 2, "error"),
        ("audit findings --json", 0, "audit_findings"),
        ("audit findings Tłuszcz --as-of 2014-03-31 --fail-on minor --json", 1, "audit_findings"),
        ("compliance --json", 0, "compliance"),
        ("compliance Tłuszcz --as-of 2014-08-31 --json", 0, "compliance"),
        ("diff Tłuszcz 2014-03-31 2014-09-30 --json", 0, "diff"),
        ("diff Tłuszcz 2014-05-30 2014-05-31 --recorded --json", 0, "diff"),
        ("auditor list --json", 0, "auditors"),
        ('auditor add "Ewa Rewident" --until 2014-12-31 --json', 0, "auditors"),
        ('auditor end "Ewa Rewident" --json', 0, "auditors"),
        ("evidence Tłuszcz 2 --json", 0, "evidence"),
        ("audit access --json", 0, "access"),
        ("erase --evidence Tłuszcz:2 --reason RODO --json", 0, "erase"),
        ('erase --person "Ewa Rewident" --reason RODO --end-roles --dry-run --json', 0, "erase"),
        ('erase --person "Ewa Rewident" --reason RODO --json', 1, "error"),
    ],
)
def test_an_answer_has_its_promised_shape(tluszcz: Any, line: str, code: int, shape: str) -> None:
    """No key is missing, none is there that was not promised, and each has its type."""
    tluszcz.done('person add "Anna Wolska" --email anna@ops.example')
    tluszcz.done('member add "Anna Wolska" coordinator Tłuszcz')
    tluszcz.done('person add "Ewa Rewident"')
    tluszcz.done('auditor add "Ewa Rewident" --until 2014-12-30')
    tluszcz.done('history Tłuszcz --as "Ewa Rewident"')
    answer = tluszcz(line)
    assert answer.code == code, answer
    assert answer.err == ""
    assert differences(answer.json, SHAPES[shape]) == []


def test_an_import_has_its_promised_shape(office: Any, cases: Path) -> None:
    """Also with events left for later and keys that are no events."""
    answer = office.done(f"import {cases / 'goscieradow.yaml'} --until 2014-05-31 --json")
    assert differences(answer.json, SHAPES["import"]) == []
    assert answer.json["pilots"][0]["later"]


def test_an_export_and_its_way_back_have_their_promised_shapes(tluszcz: Any, tmp_path: Path) -> None:
    """The counts of what was written, and of what was read."""
    file = tmp_path / "all.jsonl"
    answer = tluszcz.done(f"audit export --format jsonl --out {file} --json")
    assert differences(answer.json, SHAPES["exported"]) == []
    second = type(tluszcz)(tmp_path / "second")
    shutil.copytree(tluszcz.home / "keys", second.home / "keys")
    second.done("init")
    assert differences(second.done(f"import {file} --json").json, SHAPES["restored"]) == []


def test_the_matcher_finds_what_differs() -> None:
    """A missing key, an extra one and a wrong type are all found."""
    wrong = {"dry_run": 1, "pilots": [], "extra": None}
    assert differences(wrong, SHAPES["import"]) == ["$.extra: not promised", "$.dry_run: 1 is not bool"]
    assert differences({}, SHAPES["audit"]) == [f"$.{key}: missing" for key in ("holds", "entries", "first_failure")]
