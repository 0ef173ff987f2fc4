"""What a file is, told by its content."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest

from mlw_workflow.interfaces.web.downloads import disposition
from mlw_workflow.services.file_kinds import PDF, TEXT, fitting_name, kind_of

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(20)
PDF_HEAD = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


def archive(*names: str, stored: tuple[str, bytes] | None = None, before: bytes = b"", after: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        if stored:
            written.writestr(zipfile.ZipInfo(stored[0]), stored[1])
        for name in names:
            written.writestr(name, "<x/>")
    return before + made.getvalue() + after


WORD = ("[Content_Types].xml", "word/document.xml")
ODT = b"application/vnd.oasis.opendocument.text"


def bomb() -> bytes:
    """An archive of a few hundred bytes that says of itself that it unpacks to 4 GB."""
    made = bytearray(archive(*WORD))
    at = made.index(b"PK\x01\x02")
    made[at + 24 : at + 28] = (0xFFFFFFF0).to_bytes(4, "little")
    return bytes(made)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF_HEAD, "PDF"),
        (PNG, "PNG"),
        (JPEG, "JPEG"),
        (archive(*WORD), "DOCX"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "XLSX"),
        (archive("content.xml", stored=("mimetype", ODT)), "ODT"),
        (archive("content.xml", stored=("mimetype", ODT[:-4] + b"spreadsheet")), "ODS"),
        ("Zażółć gęślą jaźń; 1,5\r\n".encode(), "TXT"),
        ("Zażółć gęślą jaźń\n".encode("cp1250"), "TXT"),
        ("\ufeffa;b\n".encode("utf-16"), "TXT"),
        (b"wynik: 1 < 2 i 3 > 2\n", "TXT"),
        (b"From: a@example.org\r\nSubject: x\r\n\r\nTekst", "EML"),
    ],
)
def test_what_offices_hand_in_is_known(content: bytes, kind: str) -> None:
    """Each kind that is taken, whatever its name would say."""
    found = kind_of(io.BytesIO(content))
    assert found is not None
    assert found.id == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><html></html>",
        b"\xef\xbb\xbf  \n<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00",
        b"Dzie\xc5\x84 dobry <script>alert(1)</script>",
        PDF_HEAD + b"<html><script>alert(1)</script>",
        PDF_HEAD + archive("a.txt"),
        PNG + archive(*WORD),
        JPEG + b"%PDF-1.4",
        b"GIF89a" + bytes(20),
        b"MZ\x90\x00" + bytes(60),
        b"\x7fELF" + bytes(60),
        b"text\x00with a sign that is none",
        "umowa\u202efdp.exe".encode(),
        archive("a.txt"),
        archive(*WORD, before=b"MZ\x90\x00"),
        archive(*WORD, before=PNG),
        archive(*WORD, "word/vbaProject.bin"),
        archive("content.xml", stored=("mimetype", b"text/html")),
        archive(*WORD)[:-30],
        bomb(),
        b"PK\x03\x04" + bytes(60),
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    """Pages of the web in disguise, programs, archives, two things at once, what is broken, and bombs."""
    assert kind_of(io.BytesIO(content)) is None


def test_nothing_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory of an archive is read, never what it packs; a huge directory is not even read."""

    def refuse(*_: object) -> None:
        pytest.fail("something was unpacked")

    monkeypatch.setattr(zlib, "decompressobj", refuse)
    assert kind_of(io.BytesIO(archive(*WORD, stored=("a", b"b")))) is not None
    many = bytearray(archive(*WORD))
    end = many.rindex(b"PK\x05\x06")
    many[end + 10 : end + 12] = (60_000).to_bytes(2, "little")
    assert kind_of(io.BytesIO(bytes(many))) is None


def test_a_name_ends_as_what_the_file_is() -> None:
    """A PDF called like a page is not opened as one; what is unknown is opened by nothing."""
    assert fitting_name("uchwała.PDF", PDF) == "uchwała.PDF"
    assert fitting_name("strona.html", PDF) == "strona.html.pdf"
    assert fitting_name("dane.csv", TEXT) == "dane.csv"
    assert fitting_name("program.exe", None) == "program.exe.bin"


@pytest.mark.parametrize(
    ("name", "plain", "whole"),
    [
        ("uchwała nr 1.pdf", "uchwala nr 1.pdf", "uchwa%C5%82a%20nr%201.pdf"),
        ('a"; filename="b.html', "a__ filename__b.html", "a%22%3B%20filename%3D%22b.html"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x_1.pdf", "aSet-Cookie%3A%20x%3D1.pdf"),
        ("../../etc/passwd", "passwd", "passwd"),
        ("..\\..\\x\u202efdp.exe\x00", "xfdp.exe", "xfdp.exe"),
        ("", "plik", "plik"),
    ],
)
def test_a_name_is_one_header_whatever_it_holds(name: str, plain: str, whole: str) -> None:
    """Folders, quotes, ends of lines and signs that turn the text around are no part of it."""
    assert disposition(name) == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"


def test_a_long_name_keeps_its_ending() -> None:
    """Some systems take no name beyond 255 bytes."""
    assert 'ą.pdf"' not in disposition("ą" * 400 + ".pdf")
    assert ".pdf" in disposition("ą" * 400 + ".pdf").partition(";")[2][:200]
