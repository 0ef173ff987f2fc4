"""What an office says about its mail server."""

from pathlib import Path
from typing import Any

import pytest

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.smtp_settings import SmtpSettings
from mlw_workflow.notifications.smtp_transport import SmtpTransport


@pytest.mark.parametrize(
    ("given", "code", "facts"),
    [
        ({"host": ""}, "smtp_setting_invalid", {"setting": "host", "known": ""}),
        ({"host": "mail example"}, "smtp_setting_invalid", {"setting": "host", "known": ""}),
        ({"host": "a" * 64 + ".org"}, "smtp_setting_invalid", {"setting": "host", "known": ""}),
        ({"host": "a..b"}, "smtp_setting_invalid", {"setting": "host", "known": ""}),
        ({"port": 0}, "smtp_setting_invalid", {"setting": "port", "known": "1–65535"}),
        (
            {"security": "ssl"},
            "smtp_setting_invalid",
            {"setting": "security", "known": "starttls, starttls_if_offered, tls, none"},
        ),
        ({"timeout": 0}, "smtp_setting_invalid", {"setting": "timeout", "known": "0–600"}),
        ({"local_hostname": "a\r\nb"}, "smtp_setting_invalid", {"setting": "local_hostname", "known": ""}),
        ({"user": "mlw"}, "smtp_login_incomplete", {}),
        ({"password": "secret"}, "smtp_login_incomplete", {}),
        ({"user": "mlw", "password": "zażółć"}, "smtp_login_not_ascii", {}),
        ({"user": "mlw", "password": "secret", "security": "none"}, "smtp_login_unprotected", {}),
    ],
)
def test_bad_settings(given: dict[str, Any], code: str, facts: dict[str, str]) -> None:
    """A setting that could only fail later is refused by name, and a password is never told."""
    with pytest.raises(BadInput) as refused:
        SmtpSettings(**({"host": "mail.example.org"} | given))
    assert (refused.value.code, refused.value.facts) == (code, facts)


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_bad_authorities(tmp_path: Path, content: str | None) -> None:
    """A file of authorities that is missing or holds none is refused before the first mail."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadInput) as refused:
        SmtpTransport(SmtpSettings("mail.example.org", ca_file=path))
    assert refused.value.code == "smtp_ca_file_invalid"
    assert refused.value.facts["file"] == str(path)


def test_password_is_not_shown() -> None:
    """Neither settings nor transport show the password when somebody prints them."""
    settings = SmtpSettings("mail.example.org", user="mlw", password="top-secret")
    shown = repr(settings) + str(settings) + repr(SmtpTransport(settings))
    assert "top-secret" not in shown
    assert "mail.example.org" in shown
