"""Tłuszcz carried on from where its report ends, to the conference, the Pact and thirteen accepted guidelines."""

from pathlib import Path
from typing import Any

MONTHS = ("2013-12", "2014-01", "2014-02", "2014-03", "2014-04", "2014-05", "2014-06", "2014-07", "2014-08")
ZSL = (
    ("2014-06-10", "w07 appoint --as mayor -e order_number=0050.60.2014"),
    ("2014-06-12", "w06 code --as animator"),
    ("2014-06-13", "w03 designate_regular --as mayor -e 'member=Stowarzyszenie Kastor'"),
    ("2014-06-16", "w07 allocate --as mayor -e 'place=przy burmistrzu'"),
    ("2014-06-18", "w06 approve --as zsl_member -e resolution_number=1/2014"),
    ("2014-06-20", "w08 begin --as zsl_member"),
    ("2014-06-20", "w09 begin --as zsl_member"),
    ("2014-06-25", "w01 hold_meeting --as animator -e place=Tłuszcz -e audience=employers -e attendance=14"),
    ("2014-06-30", "w01 complete --as animator"),
    ("2014-07-01", "w10 finish --as zsl_member -e 'variants[]=Rozwój KIS' -e 'variants[]=Spółdzielnia socjalna'"),
    ("2014-07-04", "w11 present --as coordinator -e audience=mayor -e audience=council"),
    ("2014-07-10", "w11 choose --as mayor -e 'variant=Rozwój KIS'"),
    ("2014-07-15", "w12 stabilise --as mayor -e 'financing=budżet gminy'"),
    ("2014-07-20", "w09 draft --as zsl_member -e 'document=Pakt na rzecz MLW'"),
    ("2014-07-25", "w08 complete --as zsl_member -e 'paper=Korelacja czterech ustaw'"),
    ("2014-07-28", "conference announce --as coordinator -e date=2014-08-22 -e place=Tłuszcz"),
    ("2014-08-22", "conference hold --as coordinator -e attendance=98 -e 'parties[]=Gmina' -e 'parties[]=Kastor'"),
)  # fmt: skip


def carry_on(office: Any, steps: tuple[tuple[str, str], ...]) -> None:
    for day, step in steps:
        machine, trigger, rest = step.split(" ", 2)
        office.on(day).done(f"advance Tłuszcz {machine} {trigger} --on {day} {rest}")


def report(office: Any, machine: str, submission: str, *, noted: bool) -> None:
    office.done(f"advance Tłuszcz {machine} draft --as animator")
    office.done(f"advance Tłuszcz {machine} submit --as animator {submission}")
    if noted:
        office.done(f"advance Tłuszcz {machine} note --as mayor")
    office.done(f"advance Tłuszcz {machine} accept --as implementing_body")


def test_the_coding_is_admitted_once_the_zsl_is_appointed(tluszcz: Any) -> None:
    """In June the ZSL is appointed; from that day, and not the day before, the catalogue can be coded."""
    tluszcz.on("2014-06-12")
    assert tluszcz("advance Tłuszcz w06 code --as animator").code == 1
    tluszcz.done("advance Tłuszcz w07 appoint --as mayor --on 2014-06-10 -e order_number=0050.60.2014")
    early = tluszcz("advance Tłuszcz w06 code --as animator --on 2014-06-09 --json")
    assert early.code == 1
    assert [reason["code"] for reason in early.json["reasons"]] == ["prerequisite_later"]
    assert "10 June 2014" in early.json["reasons"][0]["message"]
    admitted = tluszcz.done("advance Tłuszcz w06 code --as animator --on 2014-06-10 --json").json
    assert (admitted["outcome"], admitted["from"], admitted["to"]) == ("admitted", "preparing", "coded")
    assert (admitted["reasons"], admitted["way_out"]) == ([], [])


def test_the_whole_pilot_to_thirteen_accepted_guidelines(tluszcz: Any) -> None:
    """Every step to the end is admitted in its time, and verification and replay hold at the end."""
    carry_on(tluszcz, ZSL)
    tluszcz.on("2014-09-10")
    kept = tluszcz("advance Tłuszcz w13 close --as coordinator --json")
    assert kept.code == 1
    assert len(kept.json["reasons"]) == len(MONTHS) + 4
    for month in MONTHS:
        report(tluszcz, f"monthly/{month}", "-e 'summary=Zgodnie z planem.'", noted=True)
    row = "-e 'guidelines[1].guideline=w01' -e 'guidelines[1].done=spotkania' -e problems=brak -e 'planned_next=dalej'"
    for number in (1, 2, 3, 4):
        report(tluszcz, f"partial/{number}", row, noted=False)
    tluszcz.done("advance Tłuszcz w13 close --as coordinator")
    tluszcz.done("advance Tłuszcz conference accede --as coordinator -e 'party=Nadleśnictwo'")
    for number in range(1, 14):
        tluszcz.done(f"advance Tłuszcz w{number:02} accept --as implementing_body")
    states = tluszcz.states("Tłuszcz")
    assert {states[f"w{number:02}"] for number in range(1, 14)} == {"accepted"}
    assert states["conference"] == "held"
    assert {state for name, state in states.items() if "/" in name} == {"accepted"}
    for check in ("verify", "verify --deep", "replay"):
        verdict = tluszcz.done(f"audit {check} Tłuszcz --json").json
        assert verdict["holds"]
        assert verdict["first_failure"] is None
        assert verdict["entries"] == len(tluszcz.done("history Tłuszcz --json").json["entries"])


def test_another_programme_runs_the_same_way(office: Any) -> None:
    """The successor programme is opened and carried on by the same commands."""
    office.on("2018-06-01")
    office.done("pilot open Cyców --programme model-kooperacji")
    assert office("advance Cyców support start --as leader").code == 1
    office.done("advance Cyców partner_team form --as leader --on 2018-04-10")
    members = "-e 'members[1].institution=GOPS' -e 'members[2].institution=Szkoła' -e 'members[3].institution=Policja'"
    office.done(f"advance Cyców partner_team appoint --as local_head --on 2018-05-10 -e act_number=7/2018 {members}")
    office.done("advance Cyców support start --as leader")
    offered = office.done("next Cyców --json").json["open"]
    assert any(item["machine"] == "support" and item["trigger"] == "provide" for item in offered)
    assert office.done("audit replay Cyców --json").json["holds"]


def test_people_act_in_the_roles_they_hold_on_the_day(tluszcz: Any) -> None:
    """A person acts from the first to the last day of a role, and the history names the person."""
    tluszcz.done('person add "Anna Wolska" --email anna@example.org')
    lacking = tluszcz('advance Tłuszcz w07 appoint --as "Anna Wolska" -e order_number=1')
    assert lacking.code == 1
    assert "Mayor" in lacking.out
    tluszcz.done('member add "Anna Wolska" mayor Tłuszcz --since 2014-01-01')
    tluszcz.done('advance Tłuszcz w07 appoint --as "Anna Wolska" -e order_number=1')
    assert "Anna Wolska (Mayor)" in tluszcz.done("history Tłuszcz").out
    tluszcz.done('member end "Anna Wolska" mayor Tłuszcz --until 2014-05-31')
    tluszcz.on("2014-06-01")
    assert tluszcz("advance Tłuszcz w07 allocate --as anna@example.org -e place=urząd").code == 1
    held = tluszcz.done("member list Tłuszcz --json").json["members"]
    assert [(item["role"], item["until"]) for item in held] == [("mayor", "2014-05-31")]
    assert tluszcz.done("audit replay --json").json["holds"]


def test_a_role_of_the_whole_programme_reaches_every_pilot(office: Any) -> None:
    """The implementing body is given once, and holds in pilots opened before and after."""
    office.done("pilot open Pierwsza")
    office.done('person add "Jan Kontroler"')
    office.done('member add "Jan Kontroler" implementing_body')
    office.done("pilot open Druga")
    held = office.done("member list --json").json["members"]
    assert sorted(item["pilot"] for item in held) == ["Druga", "Pierwsza"]


def test_a_correction_puts_back_what_was_a_mistake(tluszcz: Any) -> None:
    """A correction goes back one record; one that others rely on is refused and names them."""
    tluszcz.done("advance Tłuszcz w07 appoint --as mayor -e order_number=1")
    tluszcz.done("advance Tłuszcz w06 code --as animator")
    relied = tluszcz("correct Tłuszcz w07 --as coordinator --reason pomyłka --json")
    assert relied.code == 1
    assert [(r["code"], r["machine"]) for r in relied.json["reasons"]] == [("relied_upon", "w06")]
    tluszcz.done("correct Tłuszcz w06 --as coordinator --reason pomyłka")
    tluszcz.done("correct Tłuszcz w07 --as coordinator --reason pomyłka")
    states = tluszcz.states("Tłuszcz")
    assert (states["w06"], states["w07"]) == ("preparing", "proposed")
    kinds = [entry["kind"] for entry in tluszcz.done("history Tłuszcz --machine w06 --json").json["entries"]]
    assert kinds == ["transition", "transition", "correction"]
    assert tluszcz.done("audit replay Tłuszcz --json").json["holds"]


def test_whoever_saw_an_older_state_is_told_what_changed(tluszcz: Any) -> None:
    """With ``--seen`` the second of two people is refused and told of the step in between."""
    board = tluszcz.done("history Tłuszcz --machine w02 --json").json["entries"]
    seen = board[-1]["seq"]
    line = "-e place=OPS -e audience=residents"
    entries = tluszcz.done("history Tłuszcz --machine w01 --json").json["entries"]
    first = tluszcz.done(f"advance Tłuszcz w01 hold_meeting --as animator {line} --seen {entries[-1]['seq']} --json")
    second = tluszcz(f"advance Tłuszcz w01 hold_meeting --as animator {line} --seen {entries[-1]['seq']} --json")
    assert first.code == 0
    assert second.code == 1
    assert [reason["code"] for reason in second.json["reasons"]] == ["changed_meanwhile"]
    assert str(first.json["entry"]["seq"]) in second.json["reasons"][0]["message"]
    assert seen


def test_a_file_as_evidence_is_kept_by_its_digest(tluszcz: Any, tmp_path: Path) -> None:
    """``field=@file`` keeps a copy named by its SHA-256 once the step is recorded, and none when it is refused."""
    paper = tmp_path / "uchwała.pdf"
    paper.write_bytes(b"%PDF resolution")
    refused = tluszcz(f"advance Tłuszcz w06 approve --as coordinator -e resolution_number=1 -e 'file=@{paper}'")
    assert refused.code == 1
    assert not [file for file in (tluszcz.home / "files").rglob("*") if file.is_file()]
    tluszcz.done("advance Tłuszcz w07 appoint --as mayor -e order_number=1")
    tluszcz.done("advance Tłuszcz w06 code --as animator")
    tluszcz.done(f"advance Tłuszcz w06 approve --as coordinator -e resolution_number=1 -e 'file=@{paper}'")
    kept = [file for file in (tluszcz.home / "files").rglob("*") if file.is_file()]
    assert [file.read_bytes() for file in kept] == [b"%PDF resolution"]


def test_evidence_from_a_file_is_read_like_evidence_from_the_command_line(tluszcz: Any, tmp_path: Path) -> None:
    """A YAML file of evidence may be mixed with fields on the command line."""
    (tmp_path / "evidence.yaml").write_text("order_number: '0050.60.2014'\n", "utf-8")
    tluszcz.done(f"advance Tłuszcz w07 appoint --as mayor -e {tmp_path / 'evidence.yaml'} -e order_date=2014-05-30")
    assert tluszcz.states("Tłuszcz")["w07"] == "appointed"
