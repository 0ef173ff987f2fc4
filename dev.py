"""The one entry for people who work on this project: `python3 dev.py demo`, `python3 dev.py test`, and the rest below.

Uses the standard library only, and nothing that an old Python could not parse: a Python that is too old must be able
to say so.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (before the first line that needs it)
    sys.exit(
        "dev.py: this is Python {}.{}, and the project needs 3.11 or newer; install one and run, for example: "
        "python3.11 dev.py {}".format(sys.version_info[0], sys.version_info[1], " ".join(sys.argv[1:]))
    )

import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
REQUIREMENTS = ROOT / "requirements"
LOCALE = ROOT / "src" / "mlw_workflow" / "locale"
FRONTEND = ROOT / "frontend"
ROOM = 6_000_000_000
"""Bytes that must be free in memory for the tests' own files to be kept there."""
VENDOR = ROOT / "src" / "mlw_workflow" / "interfaces" / "web" / "static" / "vendor"

# dev.lock holds all that the other two hold, at the same versions (tests/repository sees to it).
RUN_LOCKS = ("runtime.lock", "build.lock")
DEV_LOCKS = ("dev.lock",)

LOOKS_OFFLINE = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|Network is unreachable"
    r"|Temporary failure in name resolution|Could not fetch URL|Read timed out|getaddrinfo failed|Connection refused"
)


def tool(name: str) -> Path:
    """A program of the environment, where this system keeps it."""
    return VENV / "Scripts" / f"{name}.exe" if os.name == "nt" else VENV / "bin" / name


PYTHON = tool("python")


class Problem(Exception):
    """Something the person at the keyboard can put right: what is wrong, and what to do about it, in one sentence."""


# --- The environment ---------------------------------------------------------------------------------------------


def prepare(locks: tuple[str, ...]) -> None:
    """Make .venv hold what `locks` name and the project itself, and do nothing when it already does."""
    installed = read_stamp()
    if not usable(PYTHON) or installed.get("folder") not in (None, str(VENV)):  # programs in it know where it lies
        create_environment()
        installed = {}
    installed["folder"] = str(VENV)
    wanted = {lock: digest(REQUIREMENTS / lock) for lock in locks}
    complete = {lock: digest(REQUIREMENTS / lock) for lock in DEV_LOCKS}
    if installed.get("locks") not in (wanted, complete):
        installed.pop("locks", None)
        write_stamp(installed)  # until pip is done, the environment is neither the old nor the new
        files = [REQUIREMENTS / lock for lock in locks]
        pip_install(
            " and ".join(file.relative_to(ROOT).as_posix() for file in files),
            ["--require-hashes", *(f"--requirement={file}" for file in files)],
            total=len({name for file in files for name in locked_names(file)}),
        )
        installed["locks"] = wanted
        write_stamp(installed)
    catalogues = sorted(LOCALE.rglob("*.po"))
    frontend = [file for file in sorted(FRONTEND.iterdir()) if file.is_file()]
    project = digest(ROOT / "pyproject.toml", ROOT / "hatch_build.py", *frontend, *catalogues)
    compiled = all(catalogue.with_suffix(".mo").exists() for catalogue in catalogues)
    compiled = compiled and (VENDOR / "stamp.json").exists()
    if installed.get("project") != project or not compiled:
        pip_install("the project", ["--no-deps", "--no-build-isolation", f"--editable={ROOT}"], total=1)
        write_stamp({**installed, "project": project})


def usable(python: Path) -> bool:
    """Whether the environment's interpreter is still the one it was made with: a system upgrade can take it away."""
    try:
        made_with = re.search(r"^version = (\d+\.\d+)", (VENV / "pyvenv.cfg").read_text("utf-8"), re.MULTILINE)
        runs = subprocess.run(
            [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return made_with is not None and made_with[1] == runs.stdout.strip()


def create_environment() -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise Problem(
            f"this Python cannot create environments; on Debian and Ubuntu run `sudo apt-get install {package}`, "
            "elsewhere install Python from python.org"
        )
    say("Creating .venv")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        last = (made.stdout + made.stderr).strip().splitlines()[-1:] or ["no reason given"]
        raise Problem(f"could not create {VENV} ({last[0]}); remove that folder, see that the disk has room, try again")


def pip_install(what: str, arguments: Sequence[str], total: int) -> None:
    """Run pip, showing one line that counts on a terminal, and one line in all elsewhere."""
    started = time.monotonic()
    say(f"Installing {what}", end="" if sys.stderr.isatty() else "\n")
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "install",
        "--progress-bar=off",
    ]
    with subprocess.Popen(
        [*command, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as pip:
        assert pip.stdout is not None
        output = list(counted(pip.stdout, what, total))
    if sys.stderr.isatty():
        say(f"\r\033[KInstalled {what} in {time.monotonic() - started:.0f} s")
    if pip.returncode != 0:
        raise Problem(why_pip_failed(what, output))


def counted(lines: Iterator[str], what: str, total: int) -> Iterator[str]:
    """Pass pip's lines on, and keep the terminal's last line up to date with them."""
    seen = 0
    for line in lines:
        yield line
        if not sys.stderr.isatty():
            continue
        if line.startswith(("Collecting ", "Requirement already satisfied: ", "Obtaining ")):
            seen += 1
            name = re.split(r"[=<>!~ ;(]", line.split(": ", 1)[-1].removeprefix("Collecting "), maxsplit=1)[0]
            say(f"\r\033[KInstalling {what}: {min(seen, total)} of {total}, {Path(name).name}", end="")
        elif line.startswith("Installing collected packages"):
            say(f"\r\033[KInstalling {what}: unpacking", end="")


def why_pip_failed(what: str, output: list[str]) -> str:
    text = "".join(output)
    if LOOKS_OFFLINE.search(text):
        return (
            f"could not install {what}, because the package index did not answer; connect to the network "
            "(or name your own index in PIP_INDEX_URL) and run the command again"
        )
    if "DO NOT MATCH THE HASHES" in text:
        return (
            f"could not install {what}, because a downloaded package is not the one that was locked; empty pip's cache "
            "(pip cache purge) and run the command again, and if it happens again report it as SECURITY.md says"
        )
    end = "".join(f"    {line}" for line in output[-12:])
    return f"could not install {what}; remove .venv and run the command again, or read what pip said last:\n{end}"


def read_stamp() -> dict[str, object]:
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(stamp: dict[str, object]) -> None:
    STAMP.write_text(json.dumps(stamp, indent=1) + "\n", "utf-8")


def digest(*files: Path) -> str:
    sha = hashlib.sha256()
    for file in files:
        sha.update(file.read_bytes())
    return sha.hexdigest()


def locked_names(lock: Path) -> list[str]:
    return re.findall(r"^([a-z0-9][a-z0-9.-]*)==", lock.read_text("utf-8"), re.MULTILINE)


# --- The commands ------------------------------------------------------------------------------------------------


def setup(arguments: list[str]) -> int:
    """Make .venv with everything for development, the project included."""
    if arguments:
        raise Problem("setup takes no arguments; run: python3 dev.py setup")
    prepare(DEV_LOCKS)
    return 0


def demo(arguments: list[str]) -> int:
    """Run `mlw demo`; arguments are passed on to it."""
    prepare(RUN_LOCKS)
    return run([tool("mlw"), "demo", *arguments])


def test(arguments: list[str]) -> int:
    """Run the tests with pytest, the whole suite on all cores; arguments are passed on to it."""
    prepare(DEV_LOCKS)
    # The tests commit many thousand times, and a disk takes milliseconds for each.
    in_memory = Path("/dev/shm")  # noqa: S108 (pytest makes a folder of its own in it)
    if "TMPDIR" not in os.environ and os.access(in_memory, os.W_OK) and shutil.disk_usage(in_memory).free > ROOM:
        os.environ["TMPDIR"] = str(in_memory)
    return run([PYTHON, "-m", "pytest", *parallel(arguments), *arguments])


def parallel(arguments: list[str]) -> list[str]:
    """Workers pay for the whole suite; a chosen test or a debugger is better off in one process."""
    chosen = any(not argument.startswith("-") for argument in arguments)
    own_way = any(argument.startswith(("-n", "--numprocesses", "-p", "--pdb", "--co")) for argument in arguments)
    return [] if chosen or own_way else ["-n", "logical", "--dist", "worksteal"]


def check(arguments: list[str]) -> int:
    """Check formatting, style, types, layers and the repository itself, changing nothing."""
    if arguments:
        raise Problem("check takes no arguments; run: python3 dev.py check")
    prepare(DEV_LOCKS)
    steps: dict[str, list[str | Path]] = {
        "format": [tool("ruff"), "format", "--check", "."],
        "style": [tool("ruff"), "check", "."],
        "types": [PYTHON, "-m", "mypy"],
        "layers": [tool("lint-imports"), "--no-logo"],
        "repository": [PYTHON, "-m", "pytest", "-q", "tests/repository"],
    }
    failed = []
    for name, command in steps.items():
        say(f"--- {name}")
        if run(command) != 0:
            failed.append(name)
    if failed:
        say(f"Not in order: {', '.join(failed)}. `python3 dev.py fix` mends formatting and much of style.")
    return 1 if failed else 0


def fix(arguments: list[str]) -> int:
    """Mend what ruff can mend: style, then formatting; arguments are the files, by default all."""
    prepare(DEV_LOCKS)
    styled = run([tool("ruff"), "check", "--fix", *(arguments or ["."])])
    return run([tool("ruff"), "format", *(arguments or ["."])]) or styled


def lock(arguments: list[str]) -> int:
    """Write the lock files anew; only what pyproject.toml asks moves, or all with --upgrade."""
    if not tool("uv").exists():
        prepare(DEV_LOCKS)
    command: list[str | Path] = [
        tool("uv"),
        "pip",
        "compile",
        "--quiet",
        "--no-config",
        "--universal",
        "--python-version=3.11",
    ]
    command += ["--generate-hashes", "--annotation-style=line", "--custom-compile-command=python3 dev.py lock"]
    same_versions = "--constraints=requirements/dev.lock"
    for name, content in {
        "dev.lock": ["pyproject.toml", "--extra=postgres", "--group=dev", *arguments],
        "runtime.lock": ["pyproject.toml", same_versions],
        "build.lock": ["--group=build", same_versions],
    }.items():
        if run([*command, *content, f"--output-file=requirements/{name}"]) != 0:
            raise Problem(f"could not write requirements/{name}; what uv says above names the cause")
    return 0


def bench(arguments: list[str]) -> int:
    """Run the benchmark NAME from benchmarks/; further arguments are passed on to it."""
    folder = ROOT / "benchmarks"
    known = {file.stem.removeprefix("bench_"): file for file in sorted(folder.glob("[!_]*.py"))}
    if not arguments or arguments[0] not in known:
        raise Problem(f"name a benchmark to run, one of: {', '.join(known) or '(there is none yet)'}")
    prepare(DEV_LOCKS)
    return run([PYTHON, "-m", f"benchmarks.{known[arguments[0]].stem}", *arguments[1:]])


def messages(arguments: list[str]) -> int:
    """Bring the message catalogues up to date with the source, and compile them."""
    if arguments:
        raise Problem("messages takes no arguments; run: python3 dev.py messages")
    prepare(DEV_LOCKS)
    return catalogue("mlw", ".", "--ignore-dirs=.* ._ web") or catalogue("web", "interfaces/web")


def catalogue(domain: str, folder: str, *options: str) -> int:
    """Bring one catalogue up to date with a folder of the package; the command line and the panel have one each."""
    babel: list[str | Path] = [tool("pybabel"), "--quiet"]
    with tempfile.TemporaryDirectory() as scratch:
        template = str(Path(scratch) / f"{domain}.pot")
        extract = ["extract", "--mapping-file=pyproject.toml", "--add-location=file", "--sort-by-file", "--no-wrap"]
        about = ["--project=mlw-workflow", "--copyright-holder=the mlw-workflow contributors"]
        source = (Path("src/mlw_workflow") / folder).as_posix()
        if run([*babel, *extract, *options, *about, f"--output-file={template}", source]) != 0:
            return 1
        for language in ["pl"]:
            into = [f"--input-file={template}", f"--output-dir={LOCALE}", f"--domain={domain}", f"--locale={language}"]
            exists = (LOCALE / language / "LC_MESSAGES" / f"{domain}.po").exists()
            keep = ["update", "--no-fuzzy-matching", "--ignore-pot-creation-date"] if exists else ["init"]
            if run([*babel, *keep, "--no-wrap", *into]) != 0:
                return 1
    return run([tool("pybabel"), "compile", f"--directory={LOCALE}", f"--domain={domain}", "--statistics"])


def build(arguments: list[str]) -> int:
    """Build the wheel into dist/, replacing the one that is there."""
    if arguments:
        raise Problem("build takes no arguments; run: python3 dev.py build")
    prepare(DEV_LOCKS)
    shutil.rmtree(ROOT / "dist", ignore_errors=True)
    return run([PYTHON, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"])


COMMANDS: tuple[Callable[[list[str]], int], ...] = (setup, demo, test, check, fix, lock, bench, messages, build)


# --- The terminal ------------------------------------------------------------------------------------------------


def run(command: Sequence[str | Path]) -> int:
    """Run a program in the project's folder, and answer with its exit code."""
    try:
        with subprocess.Popen([str(part) for part in command], cwd=ROOT) as process:
            before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())  # it was meant for the program
            try:
                while True:
                    try:
                        return process.wait()
                    except KeyboardInterrupt:
                        continue  # the program got it too, and decides how to end
            finally:
                signal.signal(signal.SIGTERM, before)
    except FileNotFoundError:
        name = Path(command[0]).name
        raise Problem(f"{name} is missing from .venv; remove .venv and run the command again") from None


def say(text: str, end: str = "\n") -> None:
    """Tell the person something. On stderr, because a command's own output may be piped on."""
    print(text, file=sys.stderr, end=end, flush=True)


def usage() -> str:
    commands = (f"  {command.__name__:10}{command.__doc__}" for command in COMMANDS)
    return "\n".join(["Usage: python3 dev.py COMMAND [ARGUMENTS]", "", *commands])


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        say(usage())
        return 0 if arguments else 2
    try:
        for command in COMMANDS:
            if command.__name__ == arguments[0]:
                return command(arguments[1:])
        raise Problem(f"there is no command {arguments[0]!r}; see python3 dev.py --help")
    except Problem as problem:
        say(f"dev.py: {problem}")
    except KeyboardInterrupt:
        say("\ndev.py: stopped")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
