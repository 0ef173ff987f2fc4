"""Atom feeds (RFC 4287)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class AtomEntry:
    """One piece of news."""

    id: str
    """An IRI that never changes."""
    title: str
    updated: datetime
    content: str


def atom_feed(*, address: str, title: str, updated: datetime, language: str, entries: Iterable[AtomEntry]) -> bytes:
    """A feed on the page at ``address``, which is also its id and its author's; the entries in the order given."""
    feed = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": language})
    _text(feed, "id", address)
    _text(feed, "title", title)
    _text(feed, "updated", updated.isoformat())
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": address})
    ET.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{address}/feed.atom"})
    _text(ET.SubElement(feed, "author"), "name", title)
    for entry in entries:
        made = ET.SubElement(feed, "entry")
        _text(made, "id", entry.id)
        _text(made, "title", entry.title)
        _text(made, "updated", entry.updated.isoformat())
        ET.SubElement(made, "link", {"rel": "alternate", "type": "text/html", "href": address})
        _text(made, "content", entry.content, type="text")
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    plain = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
    ET.SubElement(parent, name, attributes).text = plain
