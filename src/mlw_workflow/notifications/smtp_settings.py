"""What an office has to say about its mail server, checked before the first connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

Security = Literal["starttls", "starttls_if_offered", "tls", "none"]
"""``starttls``: the connection is encrypted before anything else is said, or there is no mail (port 587);
``starttls_if_offered``: whoever sits on the line can switch it off; ``tls``: encrypted from the first byte (port 465);
``none``: in the clear."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """The mail server. Its certificate is always verified, against the system's authorities or the office's own.

    Raises BadInput: ``smtp_setting_invalid`` (facts: setting, known), ``smtp_login_incomplete``,
    ``smtp_login_not_ascii``, ``smtp_login_unprotected``.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0
    """Seconds that the server may be silent, at each step."""
    local_hostname: str = ""
    """How we introduce ourselves; empty: the machine's own name."""
    ca_file: Path | None = None
    """The only authorities to trust, in PEM, where the server's certificate is not a public one."""

    def __post_init__(self) -> None:
        """Refuse what could only fail later, or would send a password in the clear."""
        for setting, right, known in (
            ("host", _is_host(self.host), ""),
            ("port", 1 <= self.port <= 65535, "1–65535"),
            ("security", self.security in get_args(Security), ", ".join(get_args(Security))),
            ("timeout", 0 < self.timeout <= 600, "0–600"),
            ("local_hostname", not self.local_hostname or _is_host(self.local_hostname), ""),
        ):
            if not right:
                raise BadInput("smtp_setting_invalid", setting=setting, known=known)
        if bool(self.user) != bool(self.password):
            raise BadInput("smtp_login_incomplete")
        if not (self.user.isascii() and self.password.isascii()):  # no server is sure to read anything else
            raise BadInput("smtp_login_not_ascii")
        if self.password and self.security == "none":
            raise BadInput("smtp_login_unprotected")


def _is_host(name: str) -> bool:
    labels = name.split(".")
    plain = name.isascii() and name.isprintable() and not set(name) & set(" <>@\"'/\\")
    return plain and len(name) <= 253 and all(0 < len(label) <= 63 for label in labels)
