"""The normal form of a programme: a plain value that says all there is to say, and the hash that names it.

A pilot is pinned to these bytes. They are read back here without YAML and without pydantic, straight into the domain's
values. What has its default is left out, so that a default added later changes no hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_type_hints

import msgspec

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.definitions.findings import Finding
from mlw_workflow.domain.definition import Programme
from mlw_workflow.domain.errors import DefinitionInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
"""Of the normal form; another one would be read by another function."""


def _form() -> type[msgspec.Struct]:
    """The top of the normal form: the programme's own fields, so that a field added there is read here as well.

    The rest is decoded straight into the domain's dataclasses.
    """
    hints = get_type_hints(Programme, localns={"Mapping": dict, "object": Any})
    optional = [
        (f.name, hints[f.name], msgspec.field(default=f.default)) for f in fields(Programme) if f.default is not MISSING
    ]
    made = [
        (f.name, hints[f.name], msgspec.field(default_factory=f.default_factory))
        for f in fields(Programme)
        if f.default_factory is not MISSING
    ]
    given = {name for name, *_ in (*optional, *made)}
    required = [(f.name, hints[f.name]) for f in fields(Programme) if f.name not in given]
    return msgspec.defstruct("_Form", [("v", Literal[1]), *required, *optional, *made], forbid_unknown_fields=True)


_DECODER = msgspec.json.Decoder(_form())


def to_normal(programme: Programme) -> dict[str, Any]:
    """The programme as a value of JSON. Lists keep an order that means something; mappings have none."""
    return {"v": VERSION, **_mapping(programme)}


def normal_bytes(programme: Programme) -> bytes:
    """The normal form's RFC 8785 bytes: what is stored and hashed."""
    return canonical(to_normal(programme))


def content_hash(body: bytes) -> str:
    """The name of a definition: ``sha256:`` and the digest of its normal form's bytes."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def from_normal(body: bytes) -> Programme:
    """The programme that the bytes say. Raises DefinitionInvalid for bytes that are no normal form."""
    try:
        form = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        finding = Finding("normal_form_invalid", facts=(("problem", str(error)[:200]),))
        raise DefinitionInvalid(path="", findings=(finding,)) from None
    return Programme(**{f.name: getattr(form, f.name) for f in fields(Programme)})


def _mapping(value: Any) -> dict[str, Any]:
    found = {}
    kind: Any = type(value)
    for name, default in _defaults(kind).items():
        item = getattr(value, name)
        if item != default:
            found[name] = _plain(item)
    return found


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


@cache
def _defaults(kind: Any) -> Mapping[str, object]:
    """Each field of a dataclass with its default; a field that has none gets a value that equals nothing."""
    return {
        f.name: f.default
        if f.default is not MISSING
        else f.default_factory()
        if f.default_factory is not MISSING
        else object()
        for f in fields(kind)
    }
