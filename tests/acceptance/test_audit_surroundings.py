"""What no single log can show, and the way out through lists that are collected."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Office


def behind_the_back(office: Office, *statements: str) -> None:
    """Change the database as somebody who knows SQL would."""
    with closing(sqlite3.connect(office.database)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_removed_pilot_is_missed(tluszcz: Office) -> None:
    """Both audits fail when a pilot was deleted and its entries were left."""
    behind_the_back(tluszcz, "DELETE FROM pilot")
    for audit, check in (("verify", "tail_pilot"), ("replay", "pilot_missing")):  # the signer remembers it, too
        answer = tluszcz.run("audit", audit, "--json")
        assert answer.code == 3
        assert answer.json["first_failure"]["check"] == check


def test_a_replay_tells_in_words_what_the_board_shows_wrongly(tluszcz: Office) -> None:
    """Which task and what the log gives, in both languages, with the command that mends it; then it is mended."""
    behind_the_back(tluszcz, "UPDATE position SET state = 'accepted' WHERE machine = 'w06'")
    for language, words in (("pl", "tablica pokazuje"), ("en", "the board shows")):
        answer = tluszcz("audit replay", MLW_LANG=language)
        told = " ".join(answer.out.split())
        assert answer.code == 3
        for part in (words, "w06", "mlw audit replay --repair"):
            assert part in told, told
    tluszcz.done("audit replay --repair")
    tluszcz.done("audit replay")


def test_missing_guards_are_told(tluszcz: Office) -> None:
    """An audit fails while a trigger that keeps entries from being changed is gone, and names it."""
    behind_the_back(tluszcz, "DROP TRIGGER ledger_entry_no_update")
    answer = tluszcz.run("audit", "verify")
    assert answer.code == 3
    assert "ledger_entry_no_update" in answer.out


def test_the_way_through_a_collected_list(tluszcz: Office) -> None:
    """The campaign lacks a meeting with employers: that meeting is the way out, and then the step goes."""
    asked = tluszcz.run("why", "Tłuszcz", "w01", "complete", "--as", "animator", "--json").json
    assert [(step["machine"], step["trigger"]) for step in asked["way_out"]] == [("w01", "hold_meeting")]
    assert {"field": "audience", "type": "choice", "required": True, "value": "employers"} in asked["way_out"][0][
        "evidence"
    ]
    meeting = ("--as", "animator", "-e", "place=Tłuszcz", "-e", "audience=employers")
    assert tluszcz.run("advance", "Tłuszcz", "w01", "hold_meeting", *meeting).code == 0
    assert tluszcz.run("advance", "Tłuszcz", "w01", "complete", "--as", "animator").code == 0
    assert tluszcz.run("audit", "replay").code == 0


def test_rows_given_join_the_rows_collected(tluszcz: Office) -> None:
    """Whoever types only the meeting that is lacking completes the campaign with all the others."""
    row = ("meetings[1].date=2014-05-30", "meetings[1].place=Tłuszcz", "meetings[1].audience=employers")
    words = [word for part in row for word in ("-e", part)]
    assert tluszcz.run("advance", "Tłuszcz", "w01", "complete", "--as", "animator", *words).code == 0
