"""What people read of reminders: sentences instead of codes, clear refusals, what is wrong in the doctor's answer."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def staffed(tluszcz: Any) -> Any:
    """Tłuszcz on 31 May 2014, with an animator and a coordinator."""
    for name, role in (("Anna Wolska", "animator"), ("Jan Lis", "coordinator")):
        tluszcz.done(f'person add "{name}" --email {name.split()[0].lower()}@ops.example')
        tluszcz.done(f'member add "{name}" {role} Tłuszcz')
    return tluszcz


def test_the_history_tells_who_and_until_when(staffed: Any) -> None:
    """Acknowledgements, snoozes, deputies and policies have a sentence each, in both languages."""
    staffed.done("ack Tłuszcz training_animators --as anna@ops.example")
    staffed.done("snooze Tłuszcz monthly/2014-05 --as anna@ops.example --until 2014-06-04 --reason urlop")
    staffed.done('deputy add "Anna Wolska" "Jan Lis" --since 2014-06-01 --until 2014-06-03')
    staffed.done('deputy add "Anna Wolska" "Jan Lis" --since 2014-06-01 --until 2014-05-31')
    code = staffed.done("pilot list --json").json["pilots"][0]["code"]
    folder = staffed.home / "reminders"
    folder.mkdir(exist_ok=True)
    (folder / f"{code}.yaml").write_text("digest_hour: 8\n", "utf-8")
    staffed.done("worker --once")
    (folder / f"{code}.yaml").unlink()
    staffed.done("worker --once")
    told = " ".join(staffed.done("history Tłuszcz").out.split())
    for words in ("acknowledged; no more reminders to Anna Wolska", "put off until 4 June 2014 for Anna Wolska",
                  "Jan Lis for Anna Wolska, from 1 June 2014 to 3 June 2014", "Deputy taken back: Jan Lis",
                  "rules of reminding were changed", "programme's rules of reminding are back"):  # fmt: skip
        assert words in told, words
    polish = " ".join(staffed.done("--lang pl history Tłuszcz").out.split())
    for words in ("potwierdzono termin", "odłożono do 4 czerwca 2014", "Zastępstwo: Jan Lis", "Odwołano zastępstwo"):
        assert words in polish, words


def test_a_derivation_names_every_day_off(staffed: Any) -> None:
    """Programs are told the rule, the basis and each day; people read the same."""
    found = {(d["machine"], d["rule"]): d for d in staffed.done("deadlines Tłuszcz --json").json["deadlines"]}
    steps = [(s["step"], s["day"], s["why"]) for s in found["monthly/2014-05", "submit"]["derivation"]]
    assert [step for step, _, _ in steps[:2]] == ["rule", "basis"]
    assert ("not_counted", "2014-06-01", "sunday") in steps
    assert steps[-1][:2] == ("offset", "2014-06-06")
    last = [s["step"] for s in found["conference", "last_day"]["derivation"]]
    assert last[-2:] == ["stays", "school_holiday"]
    told = " ".join(staffed.done("deadlines Tłuszcz --explain").out.split())
    assert "days off that were not counted: 1 June 2014 (Sunday)" in told
    polish = " ".join(staffed.done("--lang pl deadlines Tłuszcz --explain").out.split())
    assert "5 dni roboczych później" in polish
    assert "dni wolne, których nie policzono: 1 czerwca 2014 (niedziela)" in polish
    assert "reschedule." not in polish.replace("(reschedule.", "")


def test_rungs_and_reasons_in_words(staffed: Any) -> None:
    """Tables say when a reminder comes seen from its day; a program gets a whole sentence."""
    told = staffed.done("--lang pl remind --dry-run --today 2014-06-02").out
    assert "5 dni roboczych przed terminem" in told
    assert "nie ma jeszcze daty" in told
    found = staffed.done("--lang pl remind --dry-run --json").json["notices"]
    report = next(n for n in found if n["machine"] == "monthly/2014-05")
    assert report["reason"] == (
        "Zadanie „Raport miesięczny” (monthly/2014-05), „Złożenie raportu miesięcznego”: termin 6 czerwca 2014, "
        "przypomnienie: 5 dni roboczych przed terminem; rola: Animator MLW."
    )


def test_a_past_day_says_what_was_sent(staffed: Any) -> None:
    """Looking back at a day on which the worker ran tells what was sent, not that it would be."""
    staffed.done("worker --once")
    staffed.on("2014-06-02")
    staffed.done("worker --once")
    staffed.on("2014-06-03")
    found = staffed.done("remind --dry-run --today 2014-06-02 --json").json["notices"]
    assert {n.get("recorded") for n in found} == {"sent"}
    told = staffed.done("remind --dry-run --today 2014-06-02").out
    assert "Nobody would be reminded of anything." in told
    assert "On record already, and not sent again:" in told


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("deadlines --from 2014-06-02 --to 2014-06-01", "later than the last"),
        ("notices --from 2014-06-02 --to 2014-06-01", "later than the last"),
        ("worker --every 0", "1 second"),
        ("ack Tłuszcz monthly/2014-05 --as ewa@ops.example", "holds no role"),
        ("ack Tłuszcz w02 --as anna@ops.example", "closed (done)"),
        ('deputy add "Anna Wolska" "Anna Wolska" --until 2014-06-03', "(Anna Wolska)"),
        ('deputy add "Anna Wolska" "Ewa Bez" --until 2014-06-03', "no e-mail address"),
    ],
)
def test_bad_input(staffed: Any, line: str, words: str) -> None:
    """A clear word each, with names instead of ids, and nothing is recorded."""
    staffed.done('person add "Ewa Kos" --email ewa@ops.example')
    staffed.done('person add "Ewa Bez"')
    before = len(staffed.done("history Tłuszcz --json").json["entries"])
    refused = staffed(line)
    assert (refused.code, words in " ".join(refused.err.split())) == (2, True), refused.err
    assert len(staffed.done("history Tłuszcz --json").json["entries"]) == before


def test_who_knows_already_is_told_so(staffed: Any) -> None:
    """A second equal acknowledgement is no entry."""
    staffed.done("ack Tłuszcz monthly/2014-05 --as anna@ops.example")
    refused = staffed("--lang pl ack Tłuszcz monthly/2014-05 --as anna@ops.example")
    assert refused.code == 2
    assert "jest już potwierdzony" in refused.err


def test_deputies_in_a_circle(staffed: Any) -> None:
    """Nobody would be told, so it is refused with both names; so are two deputies at a time."""
    staffed.done('deputy add "Anna Wolska" "Jan Lis" --since 2014-06-01 --until 2014-06-09')
    circle = staffed('deputy add "Jan Lis" "Anna Wolska" --since 2014-06-05 --until 2014-06-09')
    assert (circle.code, "Anna Wolska cannot stand in for Jan Lis" in circle.err) == (2, True)
    staffed.done('person add "Ewa Kos" --email ewa@ops.example')
    twice = staffed('deputy add "Anna Wolska" "Ewa Kos" --since 2014-06-09 --until 2014-06-10')
    assert (twice.code, "Jan Lis stands in for Anna Wolska already" in twice.err) == (2, True)


def test_a_wrong_file_stops_nobody(staffed: Any) -> None:
    """Its municipality is reminded as before; the worker and the doctor name it, and a file of no pilot."""
    folder = staffed.home / "reminders"
    folder.mkdir(exist_ok=True)
    code = staffed.done("pilot list --json").json["pilots"][0]["code"]
    (folder / f"{code}.yaml").write_text("digest_hour: 99\n", "utf-8")
    (folder / "tluszzcz.yaml").write_text("digest_hour: 8\n", "utf-8")
    ran = staffed.done("worker --once")
    assert f"{code}.yaml" in ran.err
    assert "tluszzcz.yaml" in ran.err
    found = staffed.done("doctor --json").json
    assert found["status"] == "ok"
    assert {f["problem"] for f in found["reminder_files"]} == {"broken", "no_such_pilot"}
    told = staffed.done("--lang pl doctor").out
    assert "Przypomnienia wychodzą jak należy." not in told
    assert "tluszzcz.yaml" in told
    (folder / f"{code}.yaml").unlink()
    (folder / "tluszzcz.yaml").unlink()
    assert "Przypomnienia wychodzą jak należy." in staffed.done("--lang pl doctor").out


def test_a_date_taken_back_is_cancelled(staffed: Any) -> None:
    """In the calendar it stays on its last day as cancelled, with a higher number, until there is another."""
    evidence = "-e date=2014-08-28 -e place=Ratusz"
    staffed.done(f"advance Tłuszcz conference announce --as coordinator {evidence}")
    before = staffed.done("calendar Tłuszcz").out
    staffed.done('correct Tłuszcz conference --as coordinator --reason "pomyłka"')
    after = staffed.done("calendar Tłuszcz").out
    assert before.count("STATUS:CANCELLED") == 0
    (event,) = [e for e in after.split("BEGIN:VEVENT") if "STATUS:CANCELLED" in e]
    uid = next(line for line in event.splitlines() if line.startswith("UID:"))
    old = next(e for e in before.split("BEGIN:VEVENT") if uid in e)
    number = {name: int(e.partition("SEQUENCE:")[2].split()[0]) for name, e in (("old", old), ("new", event))}
    assert number["new"] > number["old"]
    assert "20140828" in event
