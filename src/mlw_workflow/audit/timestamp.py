"""Time stamps by RFC 3161: an authority outside says that a checkpoint was there at an instant.

What is stamped is the SHA-256 of the whole note as it was stored: the checkpoint and the log's own signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

TOKEN_MAX = 1 << 20


class TimestampInvalid(ValueError):
    """No time stamp, or not one of this note. ``problem`` is the code of what is wrong."""

    def __init__(self, problem: str) -> None:
        """Keep it."""
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to an authority, and the number by which its answer is known."""

    request: bytes
    nonce: int


def ask(note: str) -> Asked:
    """The request for a note."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    builder = TimestampRequestBuilder().data(note.encode()).hash_algorithm(HashAlgorithm.SHA256)
    built = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    assert built.nonce is not None, "a request without the number that was asked for"
    return Asked(built.as_bytes(), built.nonce)


def claimed(token: bytes) -> datetime | None:
    """The instant that a token names, on nobody's word; None for one that cannot be read."""
    from rfc3161_client import decode_timestamp_response

    try:
        return decode_timestamp_response(token).tst_info.gen_time
    except (ValueError, OverflowError):
        return None


def check(token: bytes, note: str, roots: bytes, nonce: int | None = None) -> datetime:
    """The instant at which an authority under one of the ``roots`` (PEM) stamped the note. Raises TimestampInvalid."""
    from cryptography.x509 import load_pem_x509_certificates
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    builder = VerifierBuilder() if nonce is None else VerifierBuilder().nonce(nonce)
    try:
        for root in load_pem_x509_certificates(roots):
            builder = builder.add_root_certificate(root)
    except ValueError as problem:
        raise TimestampInvalid("timestamp_roots") from problem
    try:
        answer = decode_timestamp_response(token)
        if answer.status != 0:
            raise TimestampInvalid(f"timestamp_status:{answer.status}")
        builder.build().verify_message(answer, note.encode())
        return answer.tst_info.gen_time
    except VerificationError as problem:
        told = str(problem)
        code = next((code for words, code in _UNVERIFIED.items() if words in told), "timestamp_certificate")
        raise TimestampInvalid(code) from problem
    except (ValueError, OverflowError) as problem:
        if isinstance(problem, TimestampInvalid):
            raise
        raise TimestampInvalid("timestamp_form") from problem


_UNVERIFIED = {"Mismatch between messages": "timestamp_other", "Nonce mismatch": "timestamp_nonce"}
"""What the library says of a whole answer to another question; whatever else it says is of its certificates."""
