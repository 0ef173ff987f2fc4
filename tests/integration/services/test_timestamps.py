"""Time stamps by RFC 3161, from an authority that the test makes with OpenSSL and serves by HTTP."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.packs import joined, listed, parts, product, single_file, verdict

from mlw_workflow.audit import timestamp
from mlw_workflow.audit.pack_log import Trust
from mlw_workflow.audit.timestamp import TimestampInvalid
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.problems import sentence
from mlw_workflow.interfaces.wording.problems import problem_words
from mlw_workflow.scheduling.embedded import Worker
from mlw_workflow.services import stamping
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.doctor import doctor
from mlw_workflow.services.keystore import KeyStore
from mlw_workflow.services.mailroom import Mailroom
from mlw_workflow.services.pack import Wanted, write_pack
from mlw_workflow.services.signing import new_key
from mlw_workflow.services.stamping import stamp
from mlw_workflow.services.verify_tree import Record

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_alg = sha256
[stamping]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[req]
distinguished_name = name
[name]
"""


def openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)


@dataclass
class Authority:
    """A time-stamping authority."""

    folder: Path
    url: str = ""
    spoil: Callable[[bytes], bytes] | None = None

    def __post_init__(self) -> None:
        folder = self.folder
        folder.mkdir()
        config = folder / "config"
        config.write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        new = ("req", "-config", config, "-newkey", "rsa:2048", "-nodes")
        openssl(*new, "-x509", "-days", "3650", "-subj", "/CN=Root", "-extensions", "root",
                "-keyout", folder / "ca.key", "-out", folder / "ca.pem")  # fmt: skip
        openssl(*new, "-subj", "/CN=Stamps", "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr")
        openssl("x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
                "-CAcreateserial", "-days", "3650", "-extfile", config, "-extensions", "stamping",
                "-out", folder / "tsa.pem")  # fmt: skip

    def answer(self, request: bytes) -> bytes:
        (self.folder / "query").write_bytes(request)
        openssl("ts", "-reply", "-config", self.folder / "config", "-section", "here",
                "-queryfile", self.folder / "query", "-out", self.folder / "reply")  # fmt: skip
        answer = (self.folder / "reply").read_bytes()
        return self.spoil(answer) if self.spoil else answer

    @property
    def roots(self) -> str:
        return str(self.folder / "ca.pem")


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    """It answers by HTTP on a port of its own."""
    made = Authority(tmp_path / "authority")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = made.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_worker_has_a_checkpoint_stamped_once_a_day(signing: Any, authority: Authority) -> None:
    """After the day's checkpoint; a failure is told by the doctor, stops nothing, and is tried again the next day."""
    asked = stamping.Authority(authority.url, authority.roots)
    now = signing.clock.now()
    assert stamping.daily(signing.desk, stamping.NOBODY, now) is None
    authority.spoil = lambda answer: answer[:-1]
    assert stamping.daily(signing.desk, asked, now) is None
    assert doctor(signing.desk).timestamp_failed == "timestamp_invalid"
    assert "timestamp_failed" in doctor(signing.desk).problems
    authority.spoil = None
    assert stamping.daily(signing.desk, asked, now) is None
    now = signing.later(days=1)
    assert stamping.daily(signing.desk, asked, now) is None, "there is no checkpoint of this day yet"
    make_checkpoint(signing.desk)
    stamped = stamping.daily(signing.desk, asked, now)
    assert stamped is not None
    assert stamped.new
    assert doctor(signing.desk).timestamp_failed == ""
    signing.later(days=1)
    made = Worker(signing.desk, Mailroom(), Nowhere(), (), stamping.Authority(authority.url, "nowhere")).run_once()
    assert made.checkpoint is not None
    assert doctor(signing.desk).timestamp_failed == "timestamp_ca_unreadable"
    assert stamping.daily(signing.desk, stamping.NOBODY, signing.clock.now()) is None
    assert doctor(signing.desk).timestamp_failed == "", "nobody is asked any more"


def test_a_pack_is_checked_against_the_readers_own_authority(
    signing: Any, authority: Authority, tmp_path: Path
) -> None:
    """Also of an earlier checkpoint that somebody co-signed since; without roots the claimed time is told, no more."""
    at = stamp(signing.desk, authority.url, authority.roots).at
    signing.ask("w06", "code", "coordinator", date(2014, 2, 3))
    make_checkpoint(signing.desk)
    stamp(signing.desk, authority.url, authority.roots)
    file = tmp_path / "pack.zip"
    write_pack(signing.desk, Wanted(tuple(signing.pilots().values()), everything=True), file, lambda *_: None)
    roots = Path(authority.roots).read_bytes()
    found = verdict(file, Trust(roots=roots))
    assert found.holds, found.failure
    assert [(stamped.checked, stamped.size) for stamped in found.log.stamps] == [
        (True, found.log.stamps[0].size), (True, found.log.tree.size)
    ]  # fmt: skip
    assert found.log.stamps[0].at == at
    told = verdict(file)
    assert told.holds
    assert (told.log.stamps[0].checked, told.log.stamps[0].at) == (False, at)
    elsewhere = Authority(tmp_path / "elsewhere")
    failure = verdict(file, Trust(roots=Path(elsewhere.roots).read_bytes())).failure
    assert failure is not None
    assert failure.check == "timestamp"
    members = parts(file)
    first, second = sorted(name for name in members if name.startswith("timestamps/"))
    swapped = joined(listed({**members, first: members[second]}), tmp_path / "swapped.zip")
    assert product(swapped, Trust(roots=roots)) == (3, "timestamp")
    nonsense = joined(listed({**members, first: b"nonsense"}), tmp_path / "nonsense.zip")
    assert product(nonsense, Trust(roots=roots)) == (3, "timestamp")
    assert verdict(nonsense).log.stamps[0].at is None
    code, answer = single_file(file)
    assert code == 0
    assert [stamped["checked"] for stamped in answer["timestamps"]] == [False, False]


class Nowhere:
    """A way out for mail to which nothing is given."""

    def deliver(self, letter: Any) -> Any:
        raise AssertionError

    def close(self) -> None: ...


@pytest.fixture
def signing(office: Any, tmp_path: Path) -> Any:
    """An office with a checkpoint."""
    office.desk = Desk(office.database, office.clock, signer=KeyStore(tmp_path / "keys" / "signing.key"))
    new_key(office.desk)
    office.note = make_checkpoint(office.desk).note
    return office


def test_a_checkpoint_is_stamped_once_and_the_stamp_verified(signing: Any, authority: Authority) -> None:
    """By the authority's own time; a verification looks at it again, and finds a token put in another's place."""
    first = stamp(signing.desk, authority.url, authority.roots)
    assert first.new
    assert abs((datetime.now(UTC) - first.at).total_seconds()) < 60
    assert not stamp(signing.desk, authority.url, authority.roots).new
    roots = Path(authority.roots).read_bytes()
    with Record(signing.desk, whole=True, roots=roots) as record:
        assert record.failures == []
    other = authority.answer(timestamp.ask("another note").request)
    with signing.database.work() as work:
        work.connection.execute("UPDATE timestamp_token SET token = ?", other)
        work.commit()
    with Record(signing.desk, whole=True, roots=roots) as record:
        assert [failure.check for _, failure in record.failures] == ["timestamp"]


def told(office: Any, url: str, roots: str) -> tuple[str, str]:
    """The codes of what went wrong; its Polish sentence ends in the words of the second."""
    with pytest.raises(BadInput) as wrong:
        stamp(office.desk, url, roots)
    problem = str(wrong.value.facts["problem"])
    assert sentence(wrong.value, "pl").endswith(f": {problem_words(problem, 'pl')}.")
    return wrong.value.code, problem


def test_answers_that_are_wrong_are_not_kept(signing: Any, authority: Authority, tmp_path: Path) -> None:
    """Rubbish, a stamp of something else, a byte changed, one under another root, and no answer at all.

    Each is told in the reader's own language, with nothing of what libraries say in theirs.
    """
    elsewhere = Authority(tmp_path / "elsewhere")
    stranger = authority.answer(timestamp.ask("another note").request)
    for spoil, problem in (
        (lambda _: b"", "timestamp_form"),
        (lambda _: b"rubbish", "timestamp_form"),
        (lambda _: stranger, "timestamp_nonce"),
        (lambda answer: answer[:-9] + bytes([answer[-9] ^ 1]) + answer[-8:], "timestamp_certificate"),
    ):
        authority.spoil = spoil
        assert told(signing, authority.url, authority.roots) == ("timestamp_invalid", problem)
    authority.spoil = None
    assert told(signing, authority.url, elsewhere.roots) == ("timestamp_invalid", "timestamp_certificate")
    closed = told(signing, "http://127.0.0.1:9/", authority.roots)
    assert closed == ("timestamp_unreachable", "timestamp_closed")
    with pytest.raises(BadInput, match="timestamp_address"):
        stamp(signing.desk, "file:///etc/passwd", authority.roots)
    with pytest.raises(BadInput, match="timestamp_not_set"):
        stamp(signing.desk, "", "")
    assert stamp(signing.desk, authority.url, authority.roots).new


def test_an_answer_to_another_question_is_refused(authority: Authority) -> None:
    """The number in the request is looked for in the answer."""
    asked, other = timestamp.ask("note"), timestamp.ask("note")
    token, roots = authority.answer(asked.request), Path(authority.roots).read_bytes()
    assert timestamp.check(token, "note", roots, asked.nonce)
    with pytest.raises(TimestampInvalid):
        timestamp.check(token, "note", roots, other.nonce)
