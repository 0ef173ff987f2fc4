"""Imports killed with no chance to tidy up: whole files only, and everything that was told as done."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from tests.simulation.crashes import campaign
from tests.simulation.importing import Noon

from mlw_workflow.services.audit import replay_pilot, verify
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.keystore import KeyStore
from mlw_workflow.storage import repositories
from mlw_workflow.storage.database import Database

SEED = 1914


@pytest.mark.slow
def test_killed_imports_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    """After each of forty kills at random moments nothing is half there and nothing that was told is lost."""
    folder = tmp_path / "files"
    folder.mkdir()
    counted = campaign(sqlite_url, folder, SEED, kills=40)
    assert counted["kills"] == 40
    assert counted["files"] > 0


@pytest.mark.slow
@pytest.mark.postgres
def test_killed_imports_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    """The same with a client of PostgreSQL."""
    folder = tmp_path / "files"
    folder.mkdir()
    counted = campaign(postgres_url, folder, SEED, kills=12)
    assert counted["kills"] == 12


EVENTS = 1_200


@pytest.mark.slow
def test_killed_command(tmp_path: Path) -> None:
    """``mlw import`` that is killed leaves no pilot behind; run again, it records the whole file, and once."""
    environment = {
        **os.environ, "MLW_HOME": str(tmp_path / "home"), "MLW_TODAY": "2014-08-01", "MLW_LANG": "en",
        "MLW_DATABASE_URL": f"sqlite:///{tmp_path / 'pilots.sqlite3'}",
    }  # fmt: skip
    mlw = [sys.executable, "-c", "import sys; from mlw_workflow.interfaces.cli import main; sys.exit(main())"]
    subprocess.run([*mlw, "init"], env=environment, check=True, capture_output=True)
    meeting = {"machine": "w01", "trigger": "hold_meeting", "evidence": {"place": "Klembów", "audience": "residents"}}
    events = [{**meeting, "on": f"2014-0{2 + number % 4}-0{1 + number % 9}"} for number in range(EVENTS)]
    events.append({"machine": "w01", "trigger": "begin", "on": "2014-01-07"})
    file = tmp_path / "history.json"
    file.write_text(json.dumps({"municipality": "Klembów", "programme": "mlw-pilot", "events": events}), "utf-8")
    command = [*mlw, "import", str(file), "--json"]
    chance = random.Random(SEED)
    acknowledged, keys = False, tmp_path / "home" / "keys"
    for _ in range(4):
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            try:
                process.communicate(timeout=chance.uniform(0.4, 2.0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
            acknowledged = acknowledged or process.returncode == 0
        assert recorded(environment["MLW_DATABASE_URL"], keys) in ([EVENTS + 2] if acknowledged else [None, EVENTS + 2])
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout
    assert json.loads(done.stdout)
    assert recorded(environment["MLW_DATABASE_URL"], keys) == EVENTS + 2


def recorded(url: str, keys: Path) -> int | None:
    """The entries of the pilot, which holds; None when there is no pilot."""
    database = Database.open(url)
    try:
        with database.read() as connection:
            pilots = repositories.pilots(connection)
        if not pilots:
            return None
        desk = Desk(database, Noon(), signer=KeyStore(keys / "signing.key"))
        assert replay_pilot(desk, pilots[0]).first_failure is None
        checked = verify(desk, pilots[0], deep=True)
        assert checked.first_failure is None
        return checked.entries
    finally:
        database.close()
