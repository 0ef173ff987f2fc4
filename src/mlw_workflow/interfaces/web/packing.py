"""Pages made smaller on their way."""

from __future__ import annotations

import gzip
import io
import secrets

LEAST = 2_000
"""Bytes under which packing saves nothing."""
NOISE_MAX = 100


def packed(body: bytes) -> bytes:
    """The body by gzip, quickly.

    A page holds the secret of its forms beside what an address may have put into it, so the length must not tell how
    well the two go together (BREACH): a file name of random length stands in the gzip header, as RFC 1952 allows.
    """
    noise = "x" * (1 + secrets.randbelow(NOISE_MAX))
    buffer = io.BytesIO()
    with gzip.GzipFile(filename=noise, mode="wb", compresslevel=1, fileobj=buffer, mtime=0) as file:
        file.write(body)
    return buffer.getvalue()
