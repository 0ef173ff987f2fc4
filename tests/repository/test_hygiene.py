"""What must hold for the repository itself: nothing in it ties it to one machine, and what it installs is pinned."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("runtime.lock", "build.lock", "dev.lock")

# Written in pieces, so that this file passes its own test.
REGISTRY_HOSTS = [
    ".".join(parts).encode()
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs"),
        ("registry", "yarnpkg"),
        ("deb", "debian", "org"),
        ("archive", "ubuntu", "com"),
    ]
]
MACHINE_PATH = re.compile(rb"(?<![\w.~$}/-])/(?:work|home|root|farm|Users|tmp/bash_jobs)/\w|[A-Z]:\\\\?Users\\\\?\w")


def tracked_files() -> Iterator[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git checkout, so nothing says which files are the project's")
    for name in filter(None, listing.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            yield ROOT / name


def offences(pattern: re.Pattern[bytes]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.decode(errors='replace').strip()}"
        for file in tracked_files()
        for number, line in enumerate(file.read_bytes().splitlines(), start=1)
        if pattern.search(line)
    ]


def requirement_blocks(lock: str) -> list[str]:
    """Each requirement of a lock file with its hashes on one line, comments left out."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "requirements" / lock).read_text("utf-8"), flags=re.MULTILINE)
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def pins(lock: str) -> dict[str, str]:
    """Requirements by name, as `version ; marker`."""
    found = {}
    for block in requirement_blocks(lock):
        requirement = Requirement(block.split("--hash", 1)[0])
        found[canonicalize_name(requirement.name)] = str(requirement.specifier).removeprefix("==")
    return found


def declared(*groups: str) -> list[Requirement]:
    """The requirements pyproject.toml declares: of the project itself, or of dependency groups."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    if not groups:
        return [Requirement(text) for text in document["project"]["dependencies"]]
    entries = [entry for group in groups for entry in document["dependency-groups"][group]]
    return [Requirement(entry) for entry in entries if isinstance(entry, str)]


def test_no_registry_host() -> None:
    """No tracked file names a package registry's host: where packages come from is the installer's choice."""
    assert offences(re.compile(b"|".join(map(re.escape, REGISTRY_HOSTS)))) == []


def test_no_machine_path() -> None:
    """No tracked file holds an absolute path of somebody's machine."""
    assert offences(MACHINE_PATH) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_hashes(lock: str) -> None:
    """Every requirement of a lock file is one exact version with at least one SHA-256."""
    pinned = re.compile(r"^[a-z0-9][a-z0-9.-]*==[^\s;]+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*$")
    blocks = requirement_blocks(lock)
    assert blocks
    assert [block for block in blocks if not pinned.match(block)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_place(lock: str) -> None:
    """A lock file holds no address and no path, and no option of pip but the hashes."""
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    assert re.findall(r"\S*(?:://|file:)\S*|^\s*-(?!-hash=)\S+", text, flags=re.MULTILINE) == []


def test_locks_agree() -> None:
    """The development lock holds all that the other locks hold, at the same versions: one environment serves all."""
    everything = pins("dev.lock").items()
    assert {lock: pins(lock).items() - everything for lock in LOCKS} == {lock: set() for lock in LOCKS}


@pytest.mark.parametrize(("lock", "groups"), [("runtime.lock", []), ("build.lock", ["build"]), ("dev.lock", ["dev"])])
def test_lock_answers_declaration(lock: str, groups: list[str]) -> None:
    """Every declared requirement is locked at a version that its range admits."""
    locked = pins(lock)
    wrong = [
        f"{requirement} is locked at {locked.get(canonicalize_name(requirement.name))}"
        for requirement in declared(*groups)
        if not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), "0"), prereleases=True)
    ]
    assert wrong == [], "run: python3 dev.py lock"


def test_build_group_is_build_system() -> None:
    """What the build lock is made from is what the build asks for."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert sorted(document["dependency-groups"]["build"]) == sorted(document["build-system"]["requires"])


def test_modules_say_what_they_hold() -> None:
    """Every public module of the package starts with a docstring."""
    source = ROOT / "src"
    silent = []
    for file in sorted(source.rglob("*.py")):
        parts = file.relative_to(source).parts
        private = any(part.startswith("_") and not part.startswith("__") for part in parts)
        if not private and ast.get_docstring(ast.parse(file.read_bytes())) is None:
            silent.append("/".join(parts))
    assert silent == []
