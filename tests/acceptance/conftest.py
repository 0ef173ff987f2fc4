"""An office with a data folder of its own, in which commands are run as they are typed."""

import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from tests.acceptance.browser import chromium, common_demo, demo, page

from mlw_workflow.interfaces.cli import main

__all__ = ["chromium", "common_demo", "demo", "page"]

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer as a program reads it."""
        return json.loads(self.out)


class Office:
    """Runs ``mlw`` in this process, under an environment of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {"MLW_HOME": str(home), "MLW_LANG": "en", "MLW_TODAY": "2014-05-31"}

    @property
    def database(self) -> Path:
        return self.home / "mlw.sqlite3"

    def on(self, day: str) -> "Office":
        """From now on it is this day."""
        self.environment["MLW_TODAY"] = day
        return self

    def run(self, *arguments: str, **changes: str) -> Answer:
        """Run one command, given as words."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("MLW_")}
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, {**clean, **self.environment, **changes}, clear=True),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = main(list(arguments))
        return Answer(code, out.getvalue(), err.getvalue())

    def __call__(self, line: str, **changes: str) -> Answer:
        """Run one command, given as a line."""
        return self.run(*shlex.split(line), **changes)

    def done(self, line: str) -> Answer:
        """Run one command that must succeed."""
        answer = self(line)
        assert answer.code == 0, f"mlw {line}\n{answer.out}\n{answer.err}"
        return answer

    def process(self, *arguments: str, **changes: str) -> "subprocess.CompletedProcess[str]":
        """Run one command as a process of its own."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("MLW_", "LC_", "LANG"))}
        return subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; from mlw_workflow.interfaces.cli import main; sys.exit(main())",
                *arguments,
            ],
            env={**clean, **self.environment, **changes},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    def states(self, pilot: str) -> dict[str, str]:
        """The state of every machine of a pilot."""
        return {machine["id"]: machine["state"] for machine in self.done(f'status "{pilot}" --json').json["machines"]}


@pytest.fixture(scope="session")
def office_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office after ``mlw init``, to be copied."""
    home = tmp_path_factory.mktemp("office") / "home"
    Office(home).done("init")
    return home


@pytest.fixture(scope="session")
def tluszcz_template(office_template: Path, cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office with Tłuszcz's history, to be copied."""
    home = copied(office_template, tmp_path_factory.mktemp("tluszcz"))
    Office(home).done(f"import {cases / 'tluszcz.yaml'}")
    return home


def copied(home: Path, into: Path) -> Path:
    """A copy of an office's folder."""
    return Path(shutil.copytree(home, into / "home"))


@pytest.fixture
def office(office_template: Path, tmp_path: Path) -> Office:
    """A fresh office on 31 May 2014, its database made and both programmes installed."""
    return Office(copied(office_template, tmp_path))


@pytest.fixture
def bare(tmp_path: Path) -> Office:
    """An office in which nothing was set up yet."""
    return Office(tmp_path / "home")


@pytest.fixture(scope="session")
def cases() -> Path:
    """The histories that come with the product."""
    return ROOT / "workflows" / "_cases"


@pytest.fixture
def tluszcz(tluszcz_template: Path, tmp_path: Path) -> Office:
    """The office with Tłuszcz's history imported on 31 May 2014."""
    return Office(copied(tluszcz_template, tmp_path))
