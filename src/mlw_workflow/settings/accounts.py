"""How people prove who they are: codes from a telephone, and logging in at an OpenID provider."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlw_workflow.settings.layers import Layers

_ISSUER = re.compile(r"https://[\w.:/~%\[\]-]{1,300}|http://(localhost|127\.0\.0\.1)(:\d+)?/?", re.ASCII)


@dataclass(frozen=True)
class AccountsSettings:
    """What is asked of people beside a password."""

    second_factor_for: tuple[str, ...] = ()
    """Roles, and ``admin`` for whoever administers the panel, that need codes from a telephone."""
    key_file: str = ""


@dataclass(frozen=True)
class ProviderSettings:
    """An OpenID provider at which people may log in; none without an issuer."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    """Empty: it stands in the file, or the provider wants none."""
    client_secret_file: str = ""
    scopes: tuple[str, ...] = ("openid", "email")
    name: str = ""
    """What the button calls it."""


def accounts_settings(found: Layers) -> AccountsSettings:
    """As the settings say it."""
    return AccountsSettings(found.lines("accounts.second_factor_for"), found.text("accounts.key_file"))


def provider_settings(found: Layers, client_secret: str) -> ProviderSettings:
    """As the settings say it; the secret comes from the environment or a file.

    Raises BadInput for an issuer that is no address (only this computer may be asked without TLS), and for one without
    a client.
    """
    issuer, client = found.text("oidc.issuer"), found.text("oidc.client_id")
    if issuer and not re.fullmatch(
        r"https://[\w.:/~%\[\]-]{1,300}|http://(localhost|127\.0\.0\.1)(:\d+)?/?", issuer, re.ASCII
    ):
        raise found.invalid("oidc.issuer", issuer, "https://login.example.pl")
    if issuer and not client:
        raise found.invalid("oidc.client_id", client, "panel")
    scopes = found.lines("oidc.scopes")
    if issuer and "openid" not in scopes:
        raise found.invalid("oidc.scopes", " ".join(scopes), "openid email")
    return ProviderSettings(
        issuer, client, client_secret.strip(), found.text("oidc.client_secret_file"), scopes, found.text("oidc.name")
    )
