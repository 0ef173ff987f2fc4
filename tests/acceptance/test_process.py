"""The command as a process: exit codes, languages, closed pipes, and what a quick start must not load."""

import os
import subprocess
import sys
from typing import Any

import pytest

RUN = "import sys; from mlw_workflow.interfaces.cli import main; sys.exit(main())"


def test_exit_codes_reach_the_shell(tluszcz: Any) -> None:
    """0 done, 1 refused, 2 bad input."""
    assert tluszcz.process("status", "Tłuszcz").returncode == 0
    assert tluszcz.process("why", "Tłuszcz", "w06", "code").returncode == 1
    assert tluszcz.process("status", "Nowhere").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "environment", "word"),
    [
        ([], {"MLW_LANG": ""}, "Użycie:"),
        ([], {"MLW_LANG": "", "LANG": "pl_PL.UTF-8"}, "Użycie:"),
        ([], {"MLW_LANG": "", "LANG": "de_DE.UTF-8"}, "Użycie:"),
        ([], {"MLW_LANG": "", "LANG": "en_GB.UTF-8"}, "Usage:"),
        ([], {"MLW_LANG": "", "LANG": "pl_PL.UTF-8", "LC_ALL": "en_US.UTF-8"}, "Usage:"),
        ([], {"MLW_LANG": "en", "LANG": "pl_PL.UTF-8"}, "Usage:"),
        (["--lang", "pl"], {"MLW_LANG": "en"}, "Użycie:"),
        (["--lang=en"], {"MLW_LANG": "pl"}, "Usage:"),
    ],
)
def test_the_language_comes_from_option_variable_or_locale(
    bare: Any, arguments: list[str], environment: dict[str, str], word: str
) -> None:
    """Polish by default; English by the locale, by MLW_LANG before it, by --lang before that."""
    assert bare.process(*arguments, "--help", **environment).stdout.startswith(word)


def test_the_language_option_may_stand_anywhere(tluszcz: Any) -> None:
    """``--lang`` works after the command too."""
    assert "stan na 31 maja 2014" in tluszcz.process("status", "Tłuszcz", "--lang", "pl").stdout


def test_a_closed_pipe_is_no_failure_to_talk_about(tluszcz: Any) -> None:
    """When the reader has seen enough, nothing is printed about it."""
    environment = {**os.environ, **tluszcz.environment}
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "history", "Tłuszcz", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read().decode()
    assert complaint == ""
    assert process.returncode == 141


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], ["pydantic", "rich", "sqlalchemy", "sqlmodel", "structlog", "yaml", "transitions", "msgspec"]),
        (["status", "Tłuszcz"], ["pydantic", "rich", "sqlalchemy", "sqlmodel", "alembic", "structlog", "yaml"]),
        (["next", "Tłuszcz", "--json"], ["pydantic", "rich", "sqlalchemy", "structlog", "yaml"]),
    ],
)
def test_a_quick_command_loads_nothing_heavy(tluszcz: Any, arguments: list[str], heavy: list[str]) -> None:
    """What would make a command slow to start is not loaded by it."""
    code = (
        "import sys; from mlw_workflow.interfaces.cli import main; main();"
        f"print('LOADED', [name for name in {heavy!r} if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, **tluszcz.environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert told.stdout.splitlines()[-1] == "LOADED []"


def test_completion_knows_pilots_machines_and_steps(tluszcz: Any) -> None:
    """The shell is offered what there is."""

    def complete(line: str, count: int) -> str:
        changes = {"_MLW_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(count)}
        return str(tluszcz.process(**changes).stdout)

    assert "Tłuszcz" in complete("mlw status ", 2)
    assert "conference" in complete("mlw why Tłuszcz c", 3)
    assert "appoint" in complete("mlw why Tłuszcz w07 ", 4)


def test_a_pipe_gets_plain_text(tluszcz: Any) -> None:
    """Without a terminal there are no escape codes and no lines drawn."""
    told = tluszcz.process("status", "Tłuszcz").stdout
    assert "\x1b" not in told
    assert not set(told) & set("│┃─━┌╭")
    assert "w06" in told


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are a matter of POSIX")
def test_a_terminal_of_eighty_columns_is_wide_enough(tluszcz: Any) -> None:
    """On a terminal every table and paragraph fits 80 columns, and with NO_COLOR no colour is used."""
    import fcntl
    import pty
    import re
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    environment = {**os.environ, **tluszcz.environment, "MLW_LANG": "pl", "NO_COLOR": "1", "TERM": "xterm"}
    environment.pop("COLUMNS", None)
    with subprocess.Popen(
        [sys.executable, "-c", RUN, "status", "Tłuszcz"], env=environment, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        seen = b""
        while chunk := _read(ours):
            seen += chunk
    os.close(ours)
    assert process.returncode == 0
    told = seen.decode()
    assert not re.search(r"\x1b\[[0-9;]*(?:3[0-7]|9[0-7])[0-9;]*m", told)
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in told.splitlines()]
    assert max(len(line) for line in lines) <= 80
    assert any("Kodowanie" in line for line in lines)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux says that the other end is closed
        return b""
