"""Where the panel is reached."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlw_workflow.settings.layers import Layers


@dataclass(frozen=True)
class ServerSettings:
    """Where the panel is reached."""

    host: str = "127.0.0.1"
    port: int = 8014
    address: str = ""
    """As people type it, ``https://panel.gmina.pl``; empty: made of host and port."""
    metrics_token: str = field(default="", repr=False)
    """Whoever knows it may read the metrics from elsewhere."""
    metrics_token_file: str = ""

    @property
    def url(self) -> str:
        """The address that mails name, without a slash at its end."""
        return self.address.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def encrypted(self) -> bool:
        """Whether people reach it by TLS."""
        return self.url.startswith("https://")


def server_settings(found: Layers, metrics_token: str) -> ServerSettings:
    """As the settings say it; the token comes from the environment or a file.

    Raises BadInput for an address that is none of the web.
    """
    key, value = "server.address", found.text("server.address")
    if value and not re.fullmatch(r"https?://[\w.:\[\]-]{1,250}/?", value, re.ASCII):
        raise found.invalid(key, value, "https://panel.example.pl")
    return ServerSettings(
        found.text("server.host"),
        found.size("server.port"),
        value,
        metrics_token.strip(),
        found.text("server.metrics_token_file"),
    )
