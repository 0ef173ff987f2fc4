"""Time stamps by RFC 3161, from an authority that the test makes with OpenSSL and serves by HTTP."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mlw_workflow.audit import timestamp
from mlw_workflow.audit.timestamp import TimestampInvalid
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.keystore import KeyStore
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


def test_answers_that_are_wrong_are_not_kept(signing: Any, authority: Authority, tmp_path: Path) -> None:
    """Rubbish, a stamp of something else, a byte changed, one under another root, and no answer at all."""
    elsewhere = Authority(tmp_path / "elsewhere")
    stranger = authority.answer(timestamp.ask("another note").request)
    for spoil in (
        lambda _: b"",
        lambda _: b"rubbish",
        lambda _: stranger,
        lambda answer: answer[:-9] + bytes([answer[-9] ^ 1]) + answer[-8:],
    ):
        authority.spoil = spoil
        with pytest.raises(BadInput, match="timestamp_invalid"):
            stamp(signing.desk, authority.url, authority.roots)
    authority.spoil = None
    with pytest.raises(BadInput, match="timestamp_invalid"):
        stamp(signing.desk, authority.url, elsewhere.roots)
    with pytest.raises(BadInput, match="timestamp_unreachable"):
        stamp(signing.desk, "http://127.0.0.1:9/", authority.roots)
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
