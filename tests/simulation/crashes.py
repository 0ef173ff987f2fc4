"""Imports killed at random moments: ``python -m tests.simulation.crashes --kills 300 --seed 1``.

Each file adds to a pilot that all files share and opens two of its own. After each kill a file is there whole or not at
all, every file told as done is there, and what is there verifies and replays.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.simulation.importing import Noon
from tests.simulation.programmes import real

from mlw_workflow.services.audit import replay_pilot, verify
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.install_definition import install_definition
from mlw_workflow.storage import repositories
from mlw_workflow.storage.database import Database

ROOT = Path(__file__).parents[2]
SHARED, OWN = 5, 20
"""Events of each file: in the pilot that all share, and in each of its own two."""
AHEAD = 8
"""Files that wait to be imported: more than a child comes to before it is killed."""
END = "2022-07-31"
"""The shared pilot lasts long enough for a day for each file."""


def history(number: int) -> list[dict[str, Any]]:
    """What file ``number`` tells."""
    begin = {"machine": "w01", "trigger": "begin", "on": "2014-01-07"}
    day = date(2014, 1, 8) + timedelta(days=number)

    def meetings(name: str, count: int, on: date) -> list[dict[str, Any]]:
        evidence = {"place": f"{name}, sala {number}", "audience": "residents"}
        return [{"machine": "w01", "trigger": "hold_meeting", "on": on.isoformat(), "evidence": evidence}] * count

    shared = [*([begin] if number == 0 else []), *meetings("Wspólna", SHARED, day)]
    own = {f"Gmina {number} {side}": [begin, *meetings(side, OWN, date(2014, 2, 3))] for side in "AB"}
    return [
        {
            "municipality": name,
            "programme": "mlw-pilot",
            "pilot_end": END if name == "Wspólna" else None,
            "events": told,
        }
        for name, told in {"Wspólna": shared, **own}.items()
    ]


class Crashes:
    """A database, a folder of files, and the process that imports them until it is killed."""

    def __init__(self, url: str, folder: Path, rng: random.Random) -> None:
        self.url, self.folder, self.rng = url, folder, rng
        self.database = Database.open(url)
        self.desk = Desk(self.database, Noon())
        install_definition(self.desk, real("mlw-pilot"))
        self.acknowledged = 0
        """Files told as done."""
        self.checked: set[str] = set()
        self.counted: Counter[str] = Counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.simulation.importing", url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.line() == "ready"

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def write(self, until: int) -> None:
        """Files up to a number."""
        for number in range(len(list(self.folder.iterdir())), until):
            (self.folder / f"{number}.yaml").write_text(json.dumps(history(number)), "utf-8")

    def undisturbed(self) -> float:
        """Let a child import three files; the seconds that it took."""
        self.write(3)
        started = time.perf_counter()
        self.say(f"import {self.url} {self.folder} 0")
        self.line()
        self.say("reap")
        assert self.listen()
        return time.perf_counter() - started

    def kill(self, after: float) -> None:
        """Let a child import, kill it after so many seconds, and see what is there."""
        self.write(self.acknowledged + AHEAD)
        self.say(f"import {self.url} {self.folder} {self.acknowledged}")
        child = int(self.line().removeprefix("pid "))
        time.sleep(after)
        os.kill(child, signal.SIGKILL)  # not reaped yet, so the number is still the child's
        self.say("reap")
        before = self.acknowledged
        self.listen()
        self.counted["kills"] += 1
        self.counted["files"] += self.acknowledged - before
        self.check()

    def listen(self) -> bool:
        """Hear what the child told; whether it came to its end."""
        finished = False
        while (line := self.line()) != "gone":
            assert line, "the process is gone"
            if line.startswith("done "):
                assert int(line.removeprefix("done ")) == self.acknowledged
                self.acknowledged += 1
            finished = finished or line == "finished"
        return finished

    def finish(self) -> None:
        """Let a child come to its end; then everything is there."""
        self.say(f"import {self.url} {self.folder} {self.acknowledged}")
        self.line()
        self.say("reap")
        assert self.listen(), "the last import did not finish"
        assert self.recorded() == self.acknowledged == len(list(self.folder.iterdir()))
        self.checked.clear()
        self.check()

    def recorded(self) -> int:
        """How many files are there; each of them whole."""
        with self.database.read() as connection:
            counts = {
                p.municipality: repositories.entry_count(connection, p.id) for p in repositories.pilots(connection)
            }
        if not counts:
            return 0
        shared, rest = divmod(counts.pop("Wspólna") - 2, SHARED)
        assert rest == 0, "half a file in the pilot that all share"
        assert counts == {f"Gmina {number} {side}": OWN + 2 for number in range(shared) for side in "AB"}
        return shared

    def check(self) -> None:
        """Whole files only, all that were told as done, and every log holds."""
        recorded = self.recorded()
        assert self.acknowledged <= recorded <= self.acknowledged + 1
        if recorded > self.acknowledged:  # killed between the commit and the telling
            self.counted["untold"] += 1
            self.acknowledged = recorded
        with self.database.read() as connection:
            pilots = repositories.pilots(connection)
        for pilot in pilots:
            if pilot.id not in self.checked:
                for answer in (verify(self.desk, pilot, deep=True), replay_pilot(self.desk, pilot)):
                    assert answer.first_failure is None, answer
                if pilot.municipality != "Wspólna":
                    self.checked.add(pilot.id)

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.database.close()


def campaign(url: str, folder: Path, seed: int, kills: int) -> Counter[str]:
    """Kill so many imports, then let the last one finish. Raises AssertionError for what does not hold.

    The moments lie within a little more than what three files take on this machine.
    """
    rng = random.Random(seed)
    crashes = Crashes(url, folder, rng)
    try:
        longest = 1.3 * crashes.undisturbed()
        for _ in range(kills):
            crashes.kill(rng.uniform(0, longest))
        crashes.finish()
    finally:
        crashes.close()
    return crashes.counted


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.crashes", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument(
        "--url", default="", help="an empty PostgreSQL database; left out: SQLite in a temporary folder"
    )
    given = parser.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        files.mkdir()
        url = given.url or f"sqlite:///{folder}/pilots.sqlite3"
        Database.open(url, create=True).close()
        try:
            counted = campaign(url, files, given.seed, given.kills)
        except AssertionError:
            print(f"failed: --seed {given.seed} --kills {given.kills}")  # noqa: T201
            raise
    print(f"seed {given.seed}: {dict(counted)}, all holds; {time.perf_counter() - started:.0f} s")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
