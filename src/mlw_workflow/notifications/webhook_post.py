"""Handing an event to an address of somebody else's, in the form of Standard Webhooks, and to nobody inside.

Whoever names an address must not be able to reach what only this computer or its network can: the name is resolved
once, every address that it has must be a public one, and the connection goes to the very address that was looked at.
Redirects are not followed, and nothing of the answer is read but its status.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ipaddress
import secrets
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    Resolve = Callable[[str, int], list[str]]

PREFIX = "whsec_"
URL_MAX = 500
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that is given out of IPv6; beyond it lie forms that stand for something else."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_MEDIA = "application/cloudevents+json; charset=utf-8"


class AddressRefused(Exception):
    """An address to which nothing is sent; its word says why."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What an attempt led to."""

    ok: bool
    reason: str = ""
    """Why not: ``status``, ``redirected``, ``refused``, ``timeout``, ``address``, ``name``, ``tls`` or ``demo``."""
    status: int = 0
    gone: bool = False
    """The address says that it wants nothing more."""


def new_secret() -> str:
    """A secret that signs: 256 random bits, written as Standard Webhooks write them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, event: str, timestamp: int, body: bytes) -> str:
    """``v1,…``: HMAC-SHA256 over the event's id, the time and the body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{event}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def looked_up(host: str, port: int) -> list[str]:
    """The addresses of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


@dataclass(frozen=True, slots=True)
class Target:
    """An address, taken apart."""

    host: str
    port: int
    path: str
    tls: bool


@dataclass(frozen=True)
class Poster:
    """Sends events. ``loopback``: also to this computer, and without TLS; for tests and for trying things out."""

    loopback: bool = False
    timeout: float = 10.0
    """Seconds for all of one attempt."""
    resolve: Resolve = looked_up
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    silent: bool = False
    """Nothing is sent at all: a demonstration is open to anybody."""

    def target(self, url: str) -> Target:
        """What an address means. Raises AddressRefused for one that may not be told."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise AddressRefused("form") from None
        if len(url) > URL_MAX or not url.isascii() or any(sign <= " " or sign == "\x7f" for sign in url):
            raise AddressRefused("form")
        if not host or parts.username is not None or parts.password is not None or parts.fragment or port == 0:
            raise AddressRefused("form")
        if parts.scheme != "https" and not (parts.scheme == "http" and self.loopback):
            raise AddressRefused("scheme")
        tls = parts.scheme == "https"
        literal = _literal(host)
        if literal:
            self.check(literal, tls=tls)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(host, port or (443 if tls else 80), path, tls)

    def check(self, address: str, *, tls: bool) -> None:
        """Raise AddressRefused unless it is an address of the public network."""
        known = ipaddress.ip_address(address.partition("%")[0])
        inner = _inner(known)
        if self.loopback and inner.is_loopback:
            return
        special = inner.is_multicast or inner.is_reserved or inner.is_unspecified or inner.is_link_local
        far = inner.version == 4 or inner in _GLOBAL_UNICAST
        if not inner.is_global or special or not far:
            raise AddressRefused("inside")
        if not tls:
            raise AddressRefused("scheme")

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Taken:
        """Send it once. Never raises for what the other side does."""
        if self.silent:
            return Taken(False, "demo")
        try:
            target = self.target(url)
            address = self._address(target)
        except AddressRefused:
            return Taken(ok=False, reason="address")
        except (OSError, TooLong, ValueError):
            return Taken(ok=False, reason="name")
        try:
            return self._sent(target, address, body, headers)
        except ssl.SSLError:
            return Taken(ok=False, reason="tls")
        except TimeoutError:
            return Taken(ok=False, reason="timeout")
        except (OSError, http.client.HTTPException, ValueError):
            return Taken(ok=False, reason="refused")

    def _address(self, target: Target) -> str:
        """The one address that is connected to: the name is asked for once, and all that it has must be public."""
        pool = ThreadPoolExecutor(1, thread_name_prefix="resolve")
        try:
            found = pool.submit(self.resolve, target.host, target.port).result(self.timeout)
        finally:
            pool.shutdown(wait=False)
        if not found:
            raise OSError("no address")
        for address in found:
            self.check(address, tls=target.tls)
        return found[0]

    def _sent(self, target: Target, address: str, body: bytes, headers: dict[str, str]) -> Taken:
        plain = socket.create_connection((address, target.port), self.timeout)
        late = threading.Event()

        def stop() -> None:
            late.set()
            with suppress(OSError):
                plain.shutdown(socket.SHUT_RDWR)

        clock = threading.Timer(self.timeout, stop)
        clock.daemon = True
        clock.start()
        connection = _Connected(target.host, target.port, timeout=self.timeout)
        try:
            connection.sock = self.context.wrap_socket(plain, server_hostname=target.host) if target.tls else plain
            connection.request("POST", target.path, body, {"content-type": _MEDIA, "user-agent": "mlw", **headers})
            status = connection.getresponse().status
        except Exception:
            if late.is_set():
                return Taken(ok=False, reason="timeout")
            raise
        finally:
            clock.cancel()
            connection.close()
            plain.close()
        if 200 <= status < 300:
            return Taken(ok=True, status=status)
        reason = "redirected" if 300 <= status < 400 else "status"
        return Taken(ok=False, reason=reason, status=status, gone=status == 410)


class _Connected(http.client.HTTPConnection):
    """A connection that somebody else has made; it never makes one."""

    def connect(self) -> None:
        """Refuse to connect by name."""
        raise OSError("closed")


def _literal(host: str) -> str:
    """The address that a host is without being looked up, in any form that resolvers take; empty: it is a name."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3
        return "127.0.0.1"
    with suppress(ValueError):
        return str(ipaddress.ip_address(name))
    with suppress(OSError, ValueError):
        return socket.inet_ntoa(socket.inet_aton(name))  # 127.1, 2130706433, 0x7f000001
    return ""


def _inner(address: Any) -> Any:
    """The IPv4 address that an IPv6 one stands for; else itself."""
    if address.version == 4:
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or int(address) < 1 << 32:
        return ipaddress.ip_address(int(address) & 0xFFFFFFFF) if int(address) > 1 else address
    return address
