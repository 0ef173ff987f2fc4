"""Settings: four places, each before the one above, and no slip that goes unnoticed."""

import re
from datetime import date
from pathlib import Path

import pytest

from mlw_workflow import logs
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.settings import load_settings, places


def test_the_environment_comes_before_the_file_and_the_file_before_the_defaults(tmp_path: Path) -> None:
    """Defaults, config.toml, environment: the later wins."""
    (tmp_path / "config.toml").write_text('[clock]\ntoday = 2014-01-01\n[log]\nto = "off"\n', "utf-8")
    home = {"MLW_HOME": str(tmp_path)}
    settings = load_settings(home)
    assert (settings.today, settings.log_to, settings.log_level) == (date(2014, 1, 1), "off", "info")
    assert load_settings({**home, "MLW_TODAY": "2014-05-31"}).today == date(2014, 5, 31)
    assert settings.database_url.endswith("/mlw.sqlite3")
    assert load_settings({**home, "MLW_DATABASE_URL": "sqlite:////x"}).database_url == "sqlite:////x"


def test_the_demo_never_uses_the_database_of_the_environment(tmp_path: Path) -> None:
    """Whatever MLW_DATABASE_URL says, the demo's database is its own file."""
    environment = {"MLW_HOME": str(tmp_path), "MLW_DATABASE_URL": "postgresql://real/data"}
    settings = load_settings(environment, demo=True)
    assert settings.home == tmp_path / "demo"
    assert settings.database_url == places.sqlite_url(tmp_path / "demo" / "mlw.sqlite3")


def test_a_path_with_strange_signs_becomes_an_address(tmp_path: Path) -> None:
    """Blanks, percent signs and question marks survive the way through an address."""
    from mlw_workflow.storage.database import driver_for

    file = tmp_path / "Zażółć 100%?#" / "mlw.sqlite3"
    assert driver_for(places.sqlite_url(file)).place == str(file)


def test_every_setting_is_explained() -> None:
    """Each line of default.toml that sets something stands under a comment."""
    text = (places.data_folder("config") / "default.toml").read_text("utf-8")
    for block in re.split(r"\n\s*\n", text):
        assert block.lstrip().startswith(("#", "[")), block
        assert "#" in block, block


def test_a_log_that_cannot_be_written_fails_nothing(tmp_path: Path) -> None:
    """The log is no reason to fail what was done."""
    (tmp_path / "log").write_text("a file where a folder should be")
    assert not logs.LogFile(tmp_path / "log" / "mlw.jsonl", 100).append("{}")


def test_a_large_log_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From its size on, a new log is begun."""
    monkeypatch.setattr(logs, "LOOK_SECONDS", 0)
    file = tmp_path / "mlw.jsonl"
    log = logs.LogFile(file, 10)
    assert log.append("x" * 20)
    assert log.append("new")
    log.close()
    assert (file.read_text(), file.with_name("mlw.jsonl.1").read_text()) == ("new\n", "x" * 20 + "\n")


def test_a_log_that_another_program_moves_away_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What rotates logs may take the file away under a running panel; a name that is no text stops no line."""
    monkeypatch.setattr(logs, "LOOK_SECONDS", 0)
    file = tmp_path / "mlw.jsonl"
    log = logs.LogFile(file, 1000)
    assert log.append("old")
    file.rename(tmp_path / "taken")
    assert log.append("new \udcff")
    log.close()
    assert file.read_text() == "new \\udcff\n"


def test_a_setting_of_the_wrong_kind_is_named(tmp_path: Path) -> None:
    """The file and the key are named."""
    (tmp_path / "config.toml").write_text("[files]\nsize_max_mb = 'many'\n", "utf-8")
    with pytest.raises(BadInput) as wrong:
        load_settings({"MLW_HOME": str(tmp_path)})
    assert wrong.value.facts["key"] == "files.size_max_mb"
