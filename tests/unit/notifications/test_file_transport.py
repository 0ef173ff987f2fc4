"""Mail into a folder."""

import email
import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from pathlib import Path

import pytest

from mlw_workflow.notifications import file_transport
from mlw_workflow.notifications.file_transport import FileTransport
from mlw_workflow.notifications.mail import Letter, message_id
from mlw_workflow.notifications.transport import Accepted, Temporary


def letter(
    key: str, at: datetime = datetime(2014, 5, 2, 5, tzinfo=UTC), content: bytes = b"Subject: x\r\n\r\n"
) -> Letter:
    return Letter(message_id(key, "example.org"), "a@example.org", "b@example.org", at, content)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_whole_file(tmp_path: Path) -> None:
    """A letter becomes one file with the letter's bytes, and the answer names it."""
    sent = letter("a")
    result = FileTransport(tmp_path / "mail").deliver(sent)
    assert result == Accepted(f"20140502T050000Z-{sent.message_id[1:41]}.eml")
    (path,) = (tmp_path / "mail").iterdir()
    assert path.read_bytes() == sent.content
    assert email.message_from_bytes(path.read_bytes(), policy=policy.default)["Subject"] == "x"


def test_files_sort_by_date(tmp_path: Path) -> None:
    """The files' names sort by the instant a mail was written, whatever zone it was written in."""
    transport = FileTransport(tmp_path)
    moments = [
        datetime(2014, 5, 2, 7, tzinfo=timezone(timedelta(hours=2))),  # 05:00 UTC
        datetime(2014, 5, 2, 6, tzinfo=UTC),
        datetime(2014, 5, 2, 8, 30, tzinfo=timezone(timedelta(hours=2))),  # 06:30 UTC
    ]
    for number in (2, 0, 1):
        transport.deliver(letter(str(number), moments[number]))
    assert [name[:16] for name in names(tmp_path)] == ["20140502T050000Z", "20140502T060000Z", "20140502T063000Z"]


def test_second_delivery_is_seen(tmp_path: Path) -> None:
    """A second copy of the same mail stands beside the first and replaces nothing."""
    transport = FileTransport(tmp_path)
    first, second, third = letter("a"), letter("a", content=b"Subject: changed\r\n\r\n"), letter("a")
    for copy in (first, second, third):
        assert isinstance(transport.deliver(copy), Accepted)
    stem = f"20140502T050000Z-{first.message_id[1:41]}"
    assert names(tmp_path) == [f"{stem}.2.eml", f"{stem}.3.eml", f"{stem}.eml"]
    assert (tmp_path / f"{stem}.eml").read_bytes() == first.content
    assert (tmp_path / f"{stem}.2.eml").read_bytes() == second.content


def test_second_delivery_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without links a second copy replaces nothing either."""

    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(file_transport.os, "link", refuse)
    transport = FileTransport(tmp_path)
    assert [isinstance(transport.deliver(letter("a")), Accepted) for _ in range(2)] == [True, True]
    assert len(names(tmp_path)) == 2


@pytest.mark.skipif(os.name == "nt", reason="modes are another thing there")
def test_only_the_owner_reads(tmp_path: Path) -> None:
    """Folder and files are their owner's alone, for mails name people."""
    FileTransport(tmp_path / "mail").deliver(letter("a"))
    (path,) = (tmp_path / "mail").iterdir()
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_folder(tmp_path: Path) -> None:
    """Where the folder cannot be made, the letter waits and the batch stops; nothing is raised."""
    (tmp_path / "file").write_text("in the way")
    result = FileTransport(tmp_path / "file" / "mail").deliver(letter("a"))
    assert isinstance(result, Temporary)
    assert (result.reason, result.server) == ("folder_unwritable", True)


@pytest.mark.parametrize("step", ["fsync", "link"])
def test_disk_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """A write that fails leaves no half of a letter behind, under any name."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_transport.os, step, full)
    if step == "link":
        monkeypatch.setattr(Path, "rename", full)
    result = FileTransport(tmp_path).deliver(letter("a"))
    assert result == Temporary("folder_unwritable", detail="No space left on device", server=True)
    assert names(tmp_path) == []
