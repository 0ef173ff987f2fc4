"""Findings, verdicts and differences as people and scripts ask for them, in the case of Tłuszcz."""

from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.test_json import SHAPES, differences

REPORTS = ["monthly/2013-12", "monthly/2014-01", "partial/1", "monthly/2014-02", "monthly/2014-03", "partial/2",
           "monthly/2014-04"]  # fmt: skip
"""The reports that Tłuszcz is said to have made, but of which the sources date none; by the day of their deadlines."""


def verdicts(office: Any, *more: str) -> dict[str, str]:
    found = office.done(f"compliance Tłuszcz --json {' '.join(more)}").json["pilots"][0]
    return {machine["id"]: machine["verdict"] for machine in found["machines"]}


def test_what_tluszcz_has_not_recorded_is_found(tluszcz: Any) -> None:
    """On 31 May 2014 seven reports are missing on the record; late imports are no finding in themselves."""
    found = tluszcz.done("audit findings Tłuszcz --json").json["findings"]
    assert [(f["code"], f["machine"], f["seq"], f["state"]) for f in found] == [
        ("deadline_missed", machine, None, "open") for machine in REPORTS
    ]
    assert found[0]["since"] == "2014-01-10"
    assert "9 January 2014" in found[0]["message"]
    assert tluszcz.done("audit findings Tłuszcz --as-of 2014-02-14 --json").json["findings"] == found[:2]


def test_verdicts_can_be_read_in_a_pipe(tluszcz: Any) -> None:
    """Reasons stand below their task, at a width that can be read, and say by when one should have begun."""
    told = tluszcz.done("compliance Tłuszcz --as-of 2014-08-20 --lang pl").out
    assert max(map(len, told.splitlines())) <= 120
    text = " ".join(told.split())
    assert "nieprzekraczalnie do 31 sierpnia 2014. Należało zacząć do 14 sierpnia 2014;" in text
    judged = tluszcz.done("compliance Tłuszcz --as-of 2014-08-20 --json").json["pilots"][0]["machines"]
    assert "2014-08-14" in [r.get("begin_on") for machine in judged for r in machine["reasons"]]


def test_findings_are_told_by_name(tluszcz: Any) -> None:
    """In Polish words, with the code for commands in brackets; the heading counts what is open; roles by title."""
    where = "Tłuszcz deadline_missed monthly/2014-01"
    tluszcz.done(f"audit explain {where} --text choroba --as coordinator")
    told = tluszcz.done("audit findings Tłuszcz --lang pl").out
    assert "7 ustaleń" in told
    assert "otwartych: 6" in told
    assert "Termin minął (deadline_missed)" in told
    assert "wyjaśniono ustalenie „Termin minął” (deadline_missed)" in tluszcz.done("history Tłuszcz --lang pl").out
    refused = tluszcz(f"audit close {where} --text x --as coordinator --lang pl").err
    assert "„zamknięcie”" in refused
    assert "implementing_body" not in refused


def test_a_finding_is_explained_and_closed_on_the_record(tluszcz: Any) -> None:
    """The coordinator explains, the implementing body closes; the history shows both and the log still holds."""
    where = "Tłuszcz deadline_missed monthly/2014-01"
    told = tluszcz.done(f"audit explain {where} --text 'choroba animatora' --as coordinator --json").json
    assert differences(told, SHAPES["finding_answered"]) == []
    assert (told["from"], told["to"], told["seq"]) == ("open", "explained", None)
    assert "explained" in tluszcz.done("audit findings Tłuszcz --state explained").out
    tluszcz.done(f"audit close {where} --text przyjęto --as implementing_body")
    states = [f["state"] for f in tluszcz.done("audit findings Tłuszcz --json").json["findings"]]
    assert states == ["open", "closed", "open", "open", "open", "open", "open"]
    answer = tluszcz.done("audit findings Tłuszcz --state closed --json").json["findings"][0]["answer"]
    assert (answer["state"], answer["actor"], answer["role"]) == (
        "closed",
        "role:implementing_body",
        "implementing_body",
    )
    last = tluszcz.done("history Tłuszcz --json").json["entries"][-2:]
    assert [(entry["kind"], entry["machine"]) for entry in last] == [("finding", "monthly/2014-01")] * 2
    assert "the finding “A missed deadline” was closed (deadline_missed)" in tluszcz.done("history Tłuszcz").out
    assert tluszcz("audit verify Tłuszcz").code == 0
    assert tluszcz("audit replay Tłuszcz").code == 0


@pytest.mark.parametrize(
    ("line", "code", "error"),
    [
        ("close Tłuszcz deadline_missed monthly/2014-01 --text x --as coordinator", 1, "finding_role"),
        ("explain Tłuszcz deadline_missed monthly/2014-01 --text x --as implementing_body", 1, "finding_role"),
        ("explain Tłuszcz deadline_missed monthly/2014-01 --as coordinator", 2, "finding_text_missing"),
        ("explain Tłuszcz deadline_missed monthly/2014-01 --text x", 2, "as_missing"),
        ("explain Tłuszcz deadline_mised monthly/2014-01 --text x --as coordinator", 2, "finding_unknown"),
        ("explain Tłuszcz deadline_missed monthly/2014-08 --text x --as coordinator", 2, "finding_not_there"),
        ("explain Tłuszcz deadline_missed w99 --text x --as coordinator", 2, "unknown_machine"),
        ("explain Tłuszcz suspect 5 --text x --as coordinator", 2, "finding_not_there"),
        ("confirm Tłuszcz deadline_missed partial/1 --text x --as implementing_body", 2, "finding_not_confirmed"),
        ("findings Tłuszcz --state gone", 2, "state_unknown"),
        ("findings Tłuszcz --fail-on huge", 2, "severity_unknown"),
        ("findings Tłuszcz --as-of 2014-02-31", 2, "day_invalid"),
    ],
)
def test_what_may_not_be_said_is_refused_and_not_recorded(tluszcz: Any, line: str, code: int, error: str) -> None:
    """Each refusal has its code and exit code and says why in both languages; the log stays as it was."""
    before = len(tluszcz.done("history Tłuszcz --json").json["entries"])
    answer = tluszcz(f"audit {line} --json")
    assert (answer.code, answer.json["error"]["code"]) == (code, error)
    for language in ("pl", "en"):
        told = tluszcz(f"--lang {language} audit {line}")
        assert told.code == code
        assert "{" not in told.err
    assert len(tluszcz.done("history Tłuszcz --json").json["entries"]) == before


def test_scripts_may_fail_on_findings(tluszcz: Any) -> None:
    """Findings are no error, unless a script asks for it; explained ones do not count."""
    assert tluszcz("audit findings Tłuszcz").code == 0
    assert tluszcz("audit findings Tłuszcz --fail-on major").code == 1
    assert tluszcz("audit findings Tłuszcz --fail-on critical").code == 0
    for machine in REPORTS:
        tluszcz.done(f"audit explain Tłuszcz deadline_missed {machine} --text 'złożono na papierze' --as coordinator")
    assert tluszcz("audit findings Tłuszcz --fail-on minor").code == 0


def test_a_reopened_catalogue_puts_the_work_on_it_in_doubt(tluszcz: Any) -> None:
    """When w05 is returned, the preparation of the coding is suspect until the implementing body confirms it."""
    tluszcz.done("advance Tłuszcz w05 return --as implementing_body --evidence reason='brak powiązań'")
    found = [f for f in tluszcz.done("audit findings --json").json["findings"] if f["code"] == "suspect"]
    assert [(f["machine"], f["since"]) for f in found] == [("w06", "2014-05-31")]
    tluszcz.done(f"audit confirm Tłuszcz suspect {found[0]['seq']} --text 'bez zmian' --as implementing_body")
    again = tluszcz("audit confirm Tłuszcz suspect {} --text x --as implementing_body --json".format(found[0]["seq"]))
    assert (again.code, again.json["error"]["code"]) == (2, "finding_closed")
    assert tluszcz("audit replay Tłuszcz").code == 0


def test_verdicts_of_tluszcz(tluszcz: Any) -> None:
    """What the municipality had done is satisfied, the reports not on record are violated, the rest is on course."""
    found = verdicts(tluszcz)
    assert {name for name, verdict in found.items() if verdict == "satisfied"} == {"w02", "w03", "w04", "w05"}
    assert {name for name, verdict in found.items() if verdict == "violated"} == set(REPORTS)
    assert set(found.values()) == {"satisfied", "on_course", "violated"}
    late = verdicts(tluszcz, "--as-of 2014-08-31")
    assert {late[f"w{n:02}"] for n in (1, 6, 7, 8, 9, 10, 11, 12)} == {"at_risk"}
    over = verdicts(tluszcz, "--as-of 2014-09-01")
    assert {over[f"w{n:02}"] for n in (1, 6, 7, 8, 9, 10, 11, 12, 13)} == {"violated"}
    assert verdicts(tluszcz, "--known-at 2014-05-30")["w02"] == "on_course"


def test_late_is_violated_as_deadlines_say(tluszcz: Any) -> None:
    """On every day that is asked about, each deadline that is late belongs to a task that is violated."""
    for day in ("2014-05-31", "2014-06-30", "2014-09-30"):
        shown = tluszcz.on(day).done("deadlines Tłuszcz --json").json["deadlines"]
        late = {deadline["machine"] for deadline in shown if deadline["status"] == "late"}
        found = verdicts(tluszcz)
        assert late
        assert {found[machine] for machine in late} == {"violated"}


def test_a_verdict_says_why_in_both_languages(tluszcz: Any) -> None:
    """The table names verdict and reason in words; until when, where something is at risk."""
    told = tluszcz.done("compliance Tłuszcz --as-of 2014-08-20").out
    assert "at risk (until 31 August 2014)" in told
    assert "It hangs on “Organising the first Local Synergy Team” (w07)" in told
    polish = tluszcz.done("--lang pl compliance Tłuszcz --as-of 2014-08-20").out
    assert "zagrożone (do 31 sierpnia 2014)" in polish
    assert "naruszone" in polish


def test_all_municipalities_in_one_matrix(tluszcz: Any, cases: Path) -> None:
    """Without a name: a row for each municipality, a sign for each task, and the signs in words below."""
    tluszcz.done(f"import {cases / 'goscieradow.yaml'} --until 2014-05-31")
    told = tluszcz.done("compliance").out
    assert "Tłuszcz" in told
    assert "Gościeradów" in told
    assert "✓ satisfied   · on course   ! at risk   ✗ violated" in told
    assert len(tluszcz.done("compliance --json").json["pilots"]) == 2


def test_the_difference_between_two_days(tluszcz: Any) -> None:
    """From 31 March to 31 May: what changed, by which entries, and what only time did."""
    found = tluszcz.done("diff Tłuszcz 2014-03-31 2014-05-31 --json").json
    assert {c["machine"] for c in found["states"]} == {"w02", "w06", "w07", "w10", "w12"}
    opened = next(c for c in found["verdicts"] if c["machine"] == "w02")
    assert (opened["from"]["verdict"], opened["to"]["verdict"], len(opened["entries"])) == ("on_course", "satisfied", 1)
    passed = next(c for c in found["deadlines"] if c["machine"] == "monthly/2014-04")
    assert (passed["from"]["status"], passed["to"]["status"], passed["entries"]) == ("open", "late", [])
    assert {c["machine"] for c in found["findings"]} == {"monthly/2014-03", "monthly/2014-04", "partial/2"}
    told = tluszcz.done("diff Tłuszcz 31.03.2014 31.05.2014").out
    assert "Library available" in told
    assert tluszcz.done("diff Tłuszcz 2014-05-31 2014-05-31").out.endswith("Nothing changed.\n")


def test_the_difference_on_the_other_time_axis(tluszcz: Any) -> None:
    """As recorded, everything came on the one day of the import; as known before it, nothing ever changed."""
    found = tluszcz.done("diff Tłuszcz 2014-05-30 2014-05-31 --recorded --json").json
    assert {c["machine"] for c in found["states"]} >= {"w01", "w02", "w03", "w04", "w05", "w13"}
    known = tluszcz.done("diff Tłuszcz 2014-03-31 2014-05-31 --known-at 2014-05-30 --json").json
    assert known["states"] == []
    backwards = tluszcz("diff Tłuszcz 2014-05-31 2014-03-31 --json")
    assert (backwards.code, backwards.json["error"]["code"]) == (2, "days_backwards")
