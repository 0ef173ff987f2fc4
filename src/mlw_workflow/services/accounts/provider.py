"""An OpenID provider, asked by the code flow with PKCE: who somebody is there, proved by a signed token.

What has to be remembered while somebody is there (state, nonce, verifier) is made of one secret, which their browser
keeps. So nothing is stored, and an answer fits only the browser that asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog

from mlw_workflow.domain.errors import WorkflowError
from mlw_workflow.services.accounts.tokens import same

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

log = structlog.get_logger("mlw.account")
TIMEOUT_SECONDS = 10
KNOWN_FOR_SECONDS = 3600
"""How long what the provider tells of itself is taken for true."""
LEEWAY_SECONDS = 120
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Only signatures that nobody but the provider can make."""
ANSWER_MAX = 1_000_000


class ProviderFailed(WorkflowError):
    """Logging in at the provider came to nothing. Facts: issuer."""

    code = "provider_failed"


@dataclass(frozen=True, slots=True)
class Known:
    """Who somebody is to the provider."""

    issuer: str
    subject: str
    email: str
    """Empty unless the provider has made sure that it is theirs."""


class Provider:
    """One provider. Safe to share between threads; it is asked what it is when it is first needed."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        secret: Callable[[], str],
        scopes: tuple[str, ...],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """``secret`` reads the client's; ``transport`` is for tests."""
        self.issuer = issuer
        self.client_id = client_id
        self.scopes = scopes
        self._secret = secret
        self._transport = transport
        self._guard = threading.Lock()
        self._told: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, dict[str, Any]] | None = None

    def address(self, browser: str, back: str) -> str:
        """Where the browser with that secret goes to log in, to come ``back``. Raises ProviderFailed."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        url = prepare_grant_uri(
            self._metadata()["authorization_endpoint"],
            self.client_id,
            "code",
            redirect_uri=back,
            scope=" ".join(self.scopes),
            state=_part(browser, "state"),
            nonce=_part(browser, "nonce"),
            code_challenge=create_s256_code_challenge(_part(browser, "verifier")),
            code_challenge_method="S256",
        )
        return str(url)

    def known(self, browser: str, back: str, answer: Mapping[str, str]) -> Known:
        """Who came back, with the provider's ``answer`` in the address.

        Raises ProviderFailed: ``provider_other_browser`` for an answer that this browser did not ask for,
        ``provider_refused`` where the provider let nobody in, ``provider_failed`` where it cannot be reached,
        ``provider_untrusted`` for a token that proves nothing.
        """
        if not browser or not same(answer.get("state", ""), _part(browser, "state")):
            raise self._failed("provider_other_browser")
        if answer.get("iss", self.issuer) != self.issuer:
            raise self._failed("provider_untrusted")
        if answer.get("error") or not answer.get("code"):
            raise self._failed("provider_refused")
        told = self._metadata()
        token = self._token(told, browser, back, answer["code"])
        claims = self._claims(told, token, _part(browser, "nonce"))
        if "email" not in claims and told.get("userinfo_endpoint") and token.get("access_token"):
            more = self._ask(
                "GET", told["userinfo_endpoint"], headers={"authorization": f"Bearer {token['access_token']}"}
            )
            if more.get("sub") == claims["sub"]:
                claims = {**more, **claims}
        verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
        return Known(self.issuer, str(claims["sub"]), claims["email"].strip().lower() if verified else "")

    def _token(self, told: dict[str, Any], browser: str, back: str, code: str) -> dict[str, Any]:
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": _part(browser, "verifier"),
        }
        secret = self._secret()
        if secret:
            auth = (quote(self.client_id, safe=""), quote(secret, safe=""))
            return self._ask("POST", told["token_endpoint"], data=given, auth=auth)
        return self._ask("POST", told["token_endpoint"], data=given | {"client_id": self.client_id})

    def _claims(self, told: dict[str, Any], token: dict[str, Any], nonce: str) -> dict[str, Any]:
        """What the token says, once its signature, its origin and its addressee are right."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError
        from joserfc.jwk import KeySet

        def decoded(*, fresh: bool) -> Any:
            return jwt.decode(given, KeySet.import_key_set(self._jwks(told, fresh=fresh)), algorithms=ALGORITHMS)  # type: ignore[arg-type]

        given = token.get("id_token")
        try:
            if not isinstance(given, str):
                raise self._failed("provider_untrusted", "no id_token")
            try:
                read = decoded(fresh=False)
            except InvalidKeyIdError:  # it signs with a new key
                read = decoded(fresh=True)
            claims = CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self.client_id},
                    "nonce": {"essential": True, "value": nonce},
                    "sub": {"essential": True},
                },
                {"client_id": self.client_id, "nonce": nonce},
            )
            claims.validate(leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError, KeyError) as problem:
            raise self._failed("provider_untrusted", type(problem).__name__) from None
        except Exception as problem:
            if type(problem).__module__.startswith("authlib."):
                raise self._failed("provider_untrusted", type(problem).__name__) from None
            raise
        if not claims.get("sub"):
            raise self._failed("provider_untrusted", "no sub")
        return dict(claims)

    def _metadata(self) -> dict[str, Any]:
        with self._guard:
            if self._told is None or time.monotonic() - self._told[0] > KNOWN_FOR_SECONDS:
                found = self._ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
                if found.get("issuer") != self.issuer or not all(self._safe(found.get(key)) for key in wanted):
                    raise self._failed("provider_untrusted", "metadata")
                self._told = (time.monotonic(), found)
            return self._told[1]

    def _jwks(self, told: dict[str, Any], *, fresh: bool) -> Any:
        with self._guard:
            if fresh or self._keys is None or time.monotonic() - self._keys[0] > KNOWN_FOR_SECONDS:
                self._keys = (time.monotonic(), self._ask("GET", told["jwks_uri"]))
            return self._keys[1]

    def _safe(self, address: object) -> bool:
        """TLS, unless the provider itself is on this computer."""
        return isinstance(address, str) and (address.startswith("https://") or self.issuer.startswith("http://"))

    def _ask(self, method: str, address: str, **given: Any) -> dict[str, Any]:
        import httpx  # large, and asked for only where there is a provider

        try:
            with httpx.Client(timeout=TIMEOUT_SECONDS, transport=self._transport) as client:
                answer = client.request(method, address, **given)
                if method == "POST" and 400 <= answer.status_code < 500:  # the code is none, or was used
                    raise self._failed("provider_refused", str(answer.status_code))
                answer.raise_for_status()
                found = answer.json() if len(answer.content) <= ANSWER_MAX else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
            raise self._failed("provider_failed", type(problem).__name__) from None
        if not isinstance(found, dict):
            raise self._failed("provider_failed", "no object")
        return found

    def _failed(self, code: str, why: str = "") -> ProviderFailed:
        log.warning("provider", outcome=code, problem=why)
        return ProviderFailed(code, issuer=self.issuer)


def _part(browser: str, name: str) -> str:
    """One of the secrets that are made of the browser's."""
    made = hmac.new(browser.encode(), f"mlw openid {name}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
