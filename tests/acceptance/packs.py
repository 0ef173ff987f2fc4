"""Takes packs apart and puts them together again, and asks both verifiers about the result."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from mlw_workflow.audit import standalone
from mlw_workflow.audit.pack_container import Container
from mlw_workflow.audit.pack_log import Trust
from mlw_workflow.audit.pack_reader import opened
from mlw_workflow.audit.pack_verify import Knowledge, PackVerdict, verify_pack
from mlw_workflow.definitions.law import holiday
from mlw_workflow.definitions.normal_form import from_normal
from mlw_workflow.domain.errors import BadInput

SINGLE_FILE = Path(standalone.__file__).with_name("mlw_verify.py")
KNOWLEDGE = Knowledge(from_normal, holiday)


def parts(file: Path) -> dict[str, bytes]:
    """A pack's members."""
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def joined(members: dict[str, bytes], out: Path) -> Path:
    """A pack of these members, in the form that packs have."""
    with out.open("wb") as file:
        container = Container(file)
        for name, content in members.items():
            container.add(name, content)
        container.finish()
    return out


def listed(members: dict[str, bytes], **changes: Any) -> dict[str, bytes]:
    """The members with a manifest that lists them, as somebody would write it who knows the form."""
    manifest = json.loads(members["manifest.json"]) | changes
    manifest["files"] = [
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in sorted(members.items())
        if name != "manifest.json"
    ]
    return {**members, "manifest.json": document(manifest)}


def document(value: Any) -> bytes:
    """A document in its one form."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def verdict(file: Path, trust: Trust | None = None, *, deep: bool = False) -> PackVerdict:
    """What the product finds."""
    with opened(file) as pack:
        return verify_pack(pack, trust or Trust(), KNOWLEDGE, lambda done, total: None, deep=deep)


def product(file: Path, trust: Trust | None = None) -> tuple[int, str]:
    """Exit code and code of the product's verdict: the first pilot's failure, the pack's, or why it is no pack."""
    try:
        found = verdict(file, trust)
    except BadInput as error:
        return 2, error.code
    logs = [*found.pilots, *([found.access] if found.access else [])]
    failures = [*(log.first_failure for log in logs), found.failure]
    failure = next((failure for failure in failures if failure), None)
    return (3 if failure else 0), failure.check if failure else ""


def _loaded() -> Any:
    spec = importlib.util.spec_from_file_location("mlw_verify", SINGLE_FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mlw_verify"] = module
    spec.loader.exec_module(module)
    return module


single = _loaded()


def single_file(file: Path, *options: str) -> tuple[int, Any]:
    """Exit code and answer of the single-file verifier, called as it is called by hand."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = single.main([str(file), *options, "--json"])
    assert err.getvalue() == ""
    return code, json.loads(out.getvalue())


def code_of(answer: Any) -> str:
    """The first check that failed in an answer."""
    if "error" in answer:
        return str(answer["error"]["code"])
    logs = [*answer["pilots"], *([answer["access"]] if answer["access"] else [])]
    return next((str(log["first_failure"]["check"]) for log in logs if log["first_failure"]), "")
