"""From pydantic's errors to findings, and a way to look on past them.

A file with a mistake is mended as far as possible, so that one run can also tell what else is wrong with it. The mended
value is only ever looked at, never used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from mlw_workflow.definitions.findings import Finding, Hop, Path, Severity

if TYPE_CHECKING:
    from mlw_workflow.definitions.source import Document

M = TypeVar("M", bound=BaseModel)
_ROUNDS = 40
_NO_TEXT = {"pl": "?", "en": "?"}
_CODES = {
    "missing": "missing_key",
    "extra_forbidden": "unknown_key",
    "string_type": "not_text",
    "int_type": "not_whole_number",
    "int_from_float": "not_whole_number",
    "float_type": "not_number",
    "bool_type": "not_true_or_false",
    "dict_type": "not_mapping",
    "model_type": "not_mapping",
    "model_attributes_type": "not_mapping",
    "list_type": "not_list",
    "literal_error": "not_allowed",
    "union_tag_invalid": "not_allowed",
    "union_tag_not_found": "bad_need",
    "string_pattern_mismatch": "bad_name",
    "too_short": "empty_list",
    "string_too_short": "empty_text",
    "too_long": "too_many",
    "string_too_long": "too_many",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "finite_number": "out_of_range",
}
_OWN = frozenset(
    {
        "bad_day",
        "bad_rrule",
        "empty_ladder",
        "empty_text",
        "min_without_many",
        "no_such_day",
        "months_or_rrule",
        "one_unit",
        "options_or_among",
        "returns_to_without_done",
        "series_misfit",
        "span_backwards",
        "state_classes",
        "times_without_every",
    }
)


@dataclass(slots=True)
class Patch:
    """What was left out of a value, and where a text was put in, so that the rest could be read."""

    removed: set[Path] = field(default_factory=set)
    texts: set[Path] = field(default_factory=set)
    sound: bool = True
    """Nothing was left out that a proof could depend on."""

    def apply(self, value: Any, path: Path = ()) -> Any:
        """The value without what was removed."""
        if path in self.texts:
            return _NO_TEXT
        if isinstance(value, dict):
            kept = {k: self.apply(v, (*path, k)) for k, v in value.items() if (*path, k) not in self.removed}
            for text in self.texts:
                if text[:-1] == path and text[-1] not in kept:
                    kept[text[-1]] = _NO_TEXT
            return kept
        if isinstance(value, list):
            return [self.apply(v, (*path, i)) for i, v in enumerate(value) if (*path, i) not in self.removed]
        return value

    def original(self, path: Path) -> Path:
        """Where a path of the mended value lies in the file."""
        found: Path = ()
        for part in path:
            if isinstance(part, int):
                index = -1
                for _ in range(part + 1):
                    index += 1
                    while (*found, index) in self.removed:
                        index += 1
                found = (*found, index)
            else:
                found = (*found, part)
        return found

    def mend(self, code: str, path: Path) -> bool:
        """Leave out, or put in, what makes the problem at ``path`` go away; False when nothing would be left."""
        wording = next((i for i, part in enumerate(path) if part in ("title", "help") and isinstance(part, str)), None)
        if code == "unknown_key":
            self.removed.add(path)
        elif wording is not None:
            (self.texts if path[wording] == "title" else self.removed).add(path[: wording + 1])
        else:
            self.sound = self.sound and path[-1:] == ("source",)
            if code == "missing_key":
                path = path[:-1]
            while path in self.removed:
                path = path[:-1]
            if not path:
                return False
            self.removed.add(path)
        return True


@dataclass(frozen=True, slots=True)
class Origin:
    """The file a model was read from; turns paths of the model into findings with file and line."""

    document: Document
    patch: Patch = field(default_factory=Patch)

    def finding(
        self, code: str, path: Path = (), severity: Severity = "error", hops: tuple[Hop, ...] = (), **facts: str | int
    ) -> Finding:
        """A finding at a path of the model."""
        path, name = self.patch.original(path), self.document.name
        return Finding(code, severity, name, self.document.line_of(path), path, tuple(facts.items()), hops)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[M]):
    """A model, if anything could be read at all, its origin, and what was wrong."""

    model: M | None
    origin: Origin
    findings: tuple[Finding, ...]


def parse(model: type[M], document: Document) -> Parsed[M]:
    """Read a document as a model. All problems are reported; the model is what remains when they are left out."""
    patch = Patch()
    if not document.readable:
        return Parsed(None, Origin(document), ())
    findings: tuple[Finding, ...] = ()
    for attempt in range(_ROUNDS):
        try:
            return Parsed(model.model_validate(patch.apply(document.value)), Origin(document, patch), findings)
        except ValidationError as error:
            problems = [_problem(patch, item) for item in error.errors(include_url=False)]
        if attempt == 0:
            findings = tuple(document.finding(code, path, **facts) for code, path, facts in problems)
        mended = [patch.mend(code, path) for code, path, _ in problems]
        if not all(mended):
            break
    return Parsed(None, Origin(document, patch), findings)


def _problem(patch: Patch, error: Any) -> tuple[str, Path, dict[str, str | int]]:
    """Code, path in the file, and facts of one of pydantic's errors."""
    kind: str = error["type"]
    loc: tuple[str | int, ...] = error["loc"]
    path = _path(patch, loc)
    code = kind if kind in _OWN else _CODES.get(kind, "wrong_value")
    facts: dict[str, str | int] = {}
    context = error.get("ctx", {})
    given = error["input"]
    if str(context.get("discriminator", "")).startswith("_field_tag") and kind == "union_tag_not_found":
        code, path = ("missing_key", (*path, "type")) if isinstance(given, dict) else ("not_mapping", path)
    elif code == "bad_name" and "<state>" in loc:
        code = "bad_need"
    elif code == "bad_need" and str(context.get("discriminator", "")).startswith("_due_tag"):
        code = "bad_due" if isinstance(given, dict) else "not_mapping"
    elif code == "bad_name" and str(context.get("pattern", "")).startswith(r"^\d{4}"):
        code = "bad_day"
    elif code == "bad_name" and any(str(part).startswith("<due ") for part in loc):
        code = "bad_due"
    if code in ("missing_key", "unknown_key"):
        facts["key"] = str(path[-1])[:100]
    elif code in ("bad_name", "bad_need", "no_such_day"):
        facts["given"] = (given if isinstance(given, str) else "")[:100]
    elif code == "bad_rrule":
        facts["part"] = str(context["part"])
    elif code == "not_allowed":
        expected = context.get("expected") or context.get("expected_tags") or ""
        facts["expected"] = str(expected).replace("'", "").replace("<", "").replace(">", "").replace(" or ", ", ")
    elif code == "out_of_range":
        facts["limit"] = str(context.get("ge", context.get("le", "")))
    elif code == "too_many":
        facts["limit"] = int(context.get("max_length", 0))
    elif code == "wrong_value":
        facts["problem"] = str(error["msg"])[:200]
    return code, path, facts


def _path(patch: Patch, loc: tuple[str | int, ...]) -> Path:
    """The part of pydantic's location that names keys of the file, in the file's own counting.

    Between them pydantic puts the names of union members; ours are written ``<name>`` so that no key can equal one.
    """
    return patch.original(
        tuple(part for part in loc if part != "[key]" and not (isinstance(part, str) and part.startswith("<")))
    )
