"""How mail leaves: by SMTP with TLS, or onto the console of a demonstration. Says whether a failure is worth another try."""

import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from portfolio.errors import ConfigurationError
from portfolio.settings import LOOPBACK

SECONDS = 15
"""For connecting and for each answer."""
TLS = ("required", "offered", "never")


class Undeliverable(Exception):
    """This message will never be accepted: another try is useless."""


class Unreachable(Exception):
    """Nothing can be sent now: the server is away, or does not accept us."""


class Postponed(Exception):
    """The server takes this message later, perhaps."""


class Mailer(Protocol):
    """An open way out. `send` raises one of the three above."""

    def send(self, message: EmailMessage) -> None: ...


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What `PORTFOLIO_MAIL_URL` says: smtp[s]://user:password@host:port?from=address&tls=required|offered|never."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str
    tls: str


def mail_settings(url: str, base_url: str) -> MailSettings:
    """Raises `ConfigurationError`. A password is never sent without TLS, except to this machine.

    Without `from`, mail comes from portfolio@ the host of `base_url`.
    """
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    host = parts.hostname or ""
    user = unquote(parts.username or "")
    tls = query.get("tls", "required" if user and host not in LOOPBACK else "offered")
    if tls not in TLS:
        raise ConfigurationError(f"PORTFOLIO_MAIL_URL: tls is {tls!r}; it must be one of {', '.join(TLS)}")
    if parts.scheme in ("smtp", "smtps") and not host:
        raise ConfigurationError("PORTFOLIO_MAIL_URL names no host")
    try:
        port = parts.port or (465 if parts.scheme == "smtps" else 587 if user else 25)
    except ValueError as error:
        raise ConfigurationError("PORTFOLIO_MAIL_URL: the port is not a number") from error
    return MailSettings(
        scheme=parts.scheme,
        host=host,
        port=port,
        user=user,
        password=unquote(parts.password or ""),
        sender=query.get("from") or f"portfolio@{urlsplit(base_url).hostname}",
        tls=tls,
    )


@contextmanager
def open_mailer(settings: MailSettings) -> Iterator[Mailer]:
    """One connection for a batch. Raises `Unreachable`."""
    if settings.scheme == "console":
        yield Console()
        return
    try:
        connection = _connect(settings)
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(_reason(error)) from error
    try:
        yield Smtp(connection)
    finally:
        try:
            connection.quit()
        except (OSError, smtplib.SMTPException):
            connection.close()


def _connect(settings: MailSettings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if settings.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=SECONDS, context=context)
    else:
        connection = smtplib.SMTP(settings.host, settings.port, timeout=SECONDS)
    try:
        connection.ehlo()
        if settings.scheme == "smtp" and settings.tls != "never":
            _start_tls(connection, context, settings)
        if settings.user:
            connection.login(settings.user, settings.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _start_tls(connection: smtplib.SMTP, context: ssl.SSLContext, settings: MailSettings) -> None:
    if connection.has_extn("starttls"):
        connection.starttls(context=context)
        connection.ehlo()
    elif settings.tls == "required":
        raise smtplib.SMTPNotSupportedError("the server offers no STARTTLS, and tls is required")


@dataclass(frozen=True, slots=True)
class Smtp:
    """An SMTP connection."""

    connection: smtplib.SMTP

    def send(self, message: EmailMessage) -> None:
        try:
            self.connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise _kind(code)(f"{code} {_text(answer)}") from error
        except smtplib.SMTPServerDisconnected as error:
            raise Unreachable(_reason(error)) from error
        except smtplib.SMTPResponseException as error:
            raise _kind(error.smtp_code)(f"{error.smtp_code} {_text(error.smtp_error)}") from error
        except (ValueError, UnicodeError, smtplib.SMTPNotSupportedError) as error:
            raise Undeliverable(_reason(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(_reason(error)) from error


class Console:
    """Mail of a demonstration: printed, for whoever runs it to read."""

    def send(self, message: EmailMessage) -> None:
        head = f"mail to {message['To']}: {message['Subject']}"
        body = message.get_content().strip().replace("\n", "\n  ")
        sys.stdout.write(f"{head}\n  {body}\n")
        sys.stdout.flush()


def _kind(code: int) -> type[Exception]:
    """RFC 5321, 4.2.1: 5yz is permanent; everything else may pass."""
    return Undeliverable if 500 <= code < 600 else Postponed


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
