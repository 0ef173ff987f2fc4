"""Mail over SMTP, with an answer for everything a server can do to a letter.

The one moment that matters lies between the last byte of a letter and the server's word on it: before it the letter is
certainly not delivered, after it we know, in it nobody can know.
"""

from __future__ import annotations

import base64
import smtplib
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.clean import one_line
from mlw_workflow.notifications.transport import Accepted, Permanent, Temporary, Unknown

if TYPE_CHECKING:
    from mlw_workflow.notifications.mail import Letter
    from mlw_workflow.notifications.smtp_settings import SmtpSettings
    from mlw_workflow.notifications.transport import Result, TemporaryReason

DETAIL_LIMIT = 300
CLOSING = 421
"""The server is about to close the connection, whatever was asked."""
TOO_LARGE = 552
"""Also said of a full mailbox; then the words begin with 5.2.2."""
NEEDS_LOGIN = (530, 538)


class SmtpTransport:
    """Connects when the first letter comes, and uses the connection for the next ones until ``close``."""

    def __init__(self, settings: SmtpSettings) -> None:
        """Nothing is connected yet. Raises BadInput ``smtp_ca_file_invalid`` (facts: file, problem)."""
        self.settings = settings
        self._encryption = _verifying(settings)
        self._connection: smtplib.SMTP | None = None

    def __repr__(self) -> str:
        """Where mail goes, without the password."""
        return f"SmtpTransport({self.settings!r})"

    def deliver(self, letter: Letter) -> Result:
        """Hand one letter over."""
        reused = self._connection is not None
        result = self._attempt(letter)
        # A server may end a connection between two letters; that says nothing about the next connection.
        stale = isinstance(result, Temporary) and result.reason in ("connection_lost", "server_busy")
        return self._attempt(letter) if reused and stale else result

    def close(self) -> None:
        """Say QUIT, and close whatever the server answers."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _attempt(self, letter: Letter) -> Result:
        if self._connection is None:
            failure = self._connect()
            if failure is not None:
                return failure
        connection = self._connection
        assert connection is not None
        try:
            result = self._envelope(connection, letter) or self._content(connection, letter)
        except (smtplib.SMTPException, OSError) as problem:
            result = self._failed(problem)
        if isinstance(result, Accepted):
            return result
        if isinstance(result, Unknown) or result.code == CLOSING or not _is_refusal(result.code):
            self._drop()
        else:
            self._reset(connection)
        return result

    def _envelope(self, connection: smtplib.SMTP, letter: Letter) -> Result | None:
        """Name sender and recipient; None when both are welcome."""
        size = [f"size={len(letter.content)}"] if connection.has_extn("size") else []
        code, said = connection.mail(letter.sender, size)
        if code == TOO_LARGE:
            return Permanent("too_large", code, self._told(said))
        if code in NEEDS_LOGIN:
            return self._temporary("login_required", code, said)
        if not _good(code):
            return self._temporary("sender_refused" if _for_good(code) else "server_busy", code, said)
        code, said = connection.rcpt(letter.recipient)
        if _good(code):
            return None
        if code in NEEDS_LOGIN:
            return self._temporary("login_required", code, said)
        if _for_good(code) and code != TOO_LARGE:  # here that is a full mailbox, and those are emptied
            return Permanent("recipient_refused", code, self._told(said))
        return self._temporary("recipient_deferred", code, said)

    def _content(self, connection: smtplib.SMTP, letter: Letter) -> Result:
        code, said = connection.docmd("DATA")
        if code == 354:
            # One call for everything, the final dot included: if it fails, the server lacks the end of the letter.
            connection.send(_dotted(letter.content))
            try:
                code, said = connection.getreply()
            except (smtplib.SMTPException, OSError) as problem:
                return Unknown("no_answer_after_data", self._told(str(problem)))
            if _good(code):
                return Accepted(self._told(said))
            if not _is_refusal(code):
                return Unknown("no_answer_after_data", self._told(said))
        if code == TOO_LARGE and said.startswith(b"5.2.2"):
            return self._temporary("recipient_deferred", code, said)
        if _for_good(code):
            return Permanent("too_large" if code == TOO_LARGE else "content_refused", code, self._told(said))
        return self._temporary("content_deferred", code, said)

    def _connect(self) -> Temporary | None:
        connection: smtplib.SMTP | None = None
        try:
            connection = self._greeted()
            code, said = connection.ehlo()
            if _for_good(code):  # a server of the old kind
                code, said = connection.helo()
            if not _good(code):
                failure: Temporary | None = self._of_server("server_refused", code, said)
            else:
                failure = self._secured(connection) or self._logged_in(connection)
        except (smtplib.SMTPException, OSError) as problem:
            failure = self._failed(problem)
        if failure is None:
            self._connection = connection
        elif connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()
        return failure

    def _greeted(self) -> smtplib.SMTP:
        settings = self.settings
        if settings.security == "tls":
            return smtplib.SMTP_SSL(
                settings.host,
                settings.port,
                local_hostname=settings.local_hostname or None,
                timeout=settings.timeout,
                context=self._encryption,
            )
        return smtplib.SMTP(
            settings.host,
            settings.port,
            local_hostname=settings.local_hostname or None,
            timeout=settings.timeout,
        )

    def _secured(self, connection: smtplib.SMTP) -> Temporary | None:
        if self.settings.security in ("tls", "none"):
            return None
        if not connection.has_extn("starttls"):
            if self.settings.security == "starttls" or self.settings.password:
                return Temporary("tls_missing", server=True)
            return None
        try:
            connection.starttls(context=self._encryption)
        except smtplib.SMTPResponseException as problem:
            return self._of_server("tls_failed", problem.smtp_code, problem.smtp_error)
        code, said = connection.ehlo()
        return None if _good(code) else self._of_server("server_refused", code, said)

    def _logged_in(self, connection: smtplib.SMTP) -> Temporary | None:
        if not self.settings.user:
            return None
        try:
            connection.login(self.settings.user, self.settings.password)
        except smtplib.SMTPAuthenticationError as problem:
            return self._of_server("login_refused", problem.smtp_code, problem.smtp_error)
        except smtplib.SMTPNotSupportedError:
            return Temporary("login_not_offered", server=True)
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException):
            raise
        except smtplib.SMTPException as problem:  # no way to log in that both sides know
            return Temporary("login_not_offered", detail=self._told(str(problem)), server=True)
        return None

    def _failed(self, problem: Exception) -> Temporary:
        """What an exception means that came before a letter was sent whole."""
        cause: BaseException | None = problem
        seen = []
        while cause is not None and cause not in seen:  # smtplib hides a timeout behind "connection closed"
            seen.append(cause)
            cause = cause.__cause__ or cause.__context__
        detail = self._told(str(problem))
        reason: TemporaryReason
        if isinstance(problem, smtplib.SMTPResponseException):
            return self._of_server("server_refused", problem.smtp_code, problem.smtp_error)
        if any(isinstance(error, ssl.SSLCertVerificationError) for error in seen):
            reason = "certificate_refused"
        elif any(isinstance(error, ssl.SSLError) for error in seen):
            reason = "tls_failed"
        elif any(isinstance(error, TimeoutError) for error in seen):
            reason = "timed_out"
        elif isinstance(problem, smtplib.SMTPServerDisconnected):
            reason = "connection_lost"
        else:
            reason = "unreachable"
        return Temporary(reason, detail=detail, server=True)

    def _temporary(self, reason: TemporaryReason, code: int, said: bytes | str) -> Temporary:
        if code == CLOSING or not _is_refusal(code):
            return self._of_server("server_refused", code, said)
        # The others are the same for every letter.
        of_letter = reason in ("recipient_deferred", "content_deferred")
        return Temporary(reason, code, self._told(said), server=not of_letter)

    def _of_server(self, reason: TemporaryReason, code: int, said: bytes | str) -> Temporary:
        busy = reason == "server_refused" and 400 <= code < 500
        return Temporary("server_busy" if busy else reason, code, self._told(said), server=True)

    def _told(self, said: bytes | str) -> str:
        """The server's words on one line. A server that repeats what we logged in with is not quoted."""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        user, password = self.settings.user, self.settings.password
        if password:
            secrets = {password, *(_base64(text) for text in (password, f"\0{user}\0{password}"))}
            if any(secret in text for secret in secrets):
                return ""
        return one_line(text, DETAIL_LIMIT)

    def _reset(self, connection: smtplib.SMTP) -> None:
        """Leave the connection ready for the next letter, or leave it."""
        try:
            code, _ = connection.rset()
        except (smtplib.SMTPException, OSError):
            code = 0
        if not _good(code):
            self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _verifying(settings: SmtpSettings) -> ssl.SSLContext | None:
    if settings.security == "none":
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as problem:
        raise BadInput("smtp_ca_file_invalid", file=str(settings.ca_file), problem=problem.strerror or "") from None


def _is_refusal(code: int) -> bool:
    return 400 <= code <= 599


def _good(code: int) -> bool:
    return 200 <= code <= 299


def _for_good(code: int) -> bool:
    return 500 <= code <= 599


def _dotted(content: bytes) -> bytes:
    """The content as DATA wants it: lines that begin with a dot get another, and a dot alone ends it."""
    content = content if content.endswith(b"\r\n") else content + b"\r\n"
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    return (b"." if stuffed.startswith(b".") else b"") + stuffed + b".\r\n"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
