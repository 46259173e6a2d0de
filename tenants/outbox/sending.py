"""Versand: holt fällige Nachrichten einzeln, übergibt sie dem Mailserver, versucht Misslungenes später wieder."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from sqlalchemy import delete, select

from tenants.db.session import platform_session
from tenants.models.access import OutboxMessage
from tenants.outbox.service import SLIP, valid_address

ENV_URL, ENV_FROM = "KREISLOHN_SMTP_URL", "KREISLOHN_MAIL_FROM"
SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
TIMEOUT = 20
FIRST_WAIT, ATTEMPTS = timedelta(minutes=5), 8
KEPT = timedelta(days=30)


class MailSettingsError(ValueError):
    """Die Angaben zum Mailserver fehlen oder passen nicht; die Meldung sagt, welche."""


@dataclass(frozen=True)
class MailServer:
    """Wohin und wie versandt wird: smtp://, smtp+starttls:// oder smtps://, auf Wunsch mit NAME:KENNWORT@."""

    scheme: str
    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Sent:
    """Ergebnis eines Versands."""

    sent: int
    failed: int
    given_up: int


def from_environment() -> MailServer:
    """Angaben aus KREISLOHN_SMTP_URL und KREISLOHN_MAIL_FROM."""
    address, sender = os.environ.get(ENV_URL, ""), os.environ.get(ENV_FROM, "")
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise MailSettingsError(f"{ENV_URL} angeben, zum Beispiel smtp+starttls://name:kennwort@mail.example:587.")
    if not valid_address(sender):
        raise MailSettingsError(f"{ENV_FROM} angeben: eine einzelne Mailadresse, die als Absender steht.")
    if parts.scheme == "smtp" and parts.password:
        raise MailSettingsError(f"{ENV_URL}: ein Kennwort geht nur über smtp+starttls:// oder smtps://.")
    return MailServer(
        parts.scheme,
        parts.hostname,
        parts.port or SCHEMES[parts.scheme],
        sender,
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


def send_due(server: MailServer, *, limit: int = 500, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Sent:
    """Versendet, was fällig ist, Hinweise auf Abrechnungen zuletzt; zwei Versender nehmen nie dieselbe Nachricht.

    Jede Nachricht hat ihre eigene Transaktion und immer dieselbe Message-ID: bricht der Versand zwischen Übergabe und
    Vermerk ab, erkennt der Empfänger die Wiederholung.
    """
    sent = failed = given_up = 0
    with _connected(server) as smtp:
        for _turn in range(limit):
            outcome = _send_one(smtp, server, now())
            if outcome is None:
                break
            sent += outcome == "sent"
            failed += outcome != "sent"
            given_up += outcome == "given_up"
            if smtp.sock is None:  # the others have not been tried and stay due
                break
    _forget_old(now())
    return Sent(sent, failed, given_up)


def _send_one(smtp: smtplib.SMTP, server: MailServer, now: datetime) -> str | None:
    with platform_session(actor="system") as session:
        row = session.scalars(
            select(OutboxMessage)
            .where(
                OutboxMessage.sent_at.is_(None),
                OutboxMessage.given_up_at.is_(None),
                OutboxMessage.next_attempt_at <= now,
            )
            # After a month is closed thousands of notices wait: what is about somebody's security overtakes them.
            .order_by(OutboxMessage.occasion.startswith(SLIP), OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        row.attempts += 1
        try:
            smtp.send_message(_message(row, server))
        except smtplib.SMTPRecipientsRefused as error:
            # A wrong address stays wrong only for 5xx answers; 4xx (greylisting) is tried again.
            permanent = all(code >= 500 for code, _answer in error.recipients.values())
            return _failed(row, "Empfänger abgelehnt", now, permanent=permanent)
        except smtplib.SMTPNotSupportedError:
            # Signs outside ASCII need SMTPUTF8; this server will not learn it, and the others must not wait for that.
            return _failed(row, "Empfänger mit Zeichen, die der Mailserver nicht nimmt", now, permanent=True)
        except (smtplib.SMTPException, OSError) as error:
            if not isinstance(error, smtplib.SMTPResponseException) or _not_now(error):
                smtp.close()
            return _failed(row, type(error).__name__, now, permanent=False)
        row.sent_at, row.last_error = now, None
        return "sent"


def _not_now(error: smtplib.SMTPResponseException) -> bool:
    """Ob der Server gerade niemandes Nachricht nimmt (Absender oder Inhalt vorläufig abgelehnt, Speicher voll)."""
    return isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError) and error.smtp_code < 500


def _failed(row: OutboxMessage, words: str, now: datetime, *, permanent: bool) -> str:
    row.last_error = words
    if permanent or row.attempts >= ATTEMPTS:
        row.given_up_at = now
        return "given_up"
    row.next_attempt_at = now + FIRST_WAIT * 2 ** (row.attempts - 1)
    return "failed"


def _message(row: OutboxMessage, server: MailServer) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, row.recipient, row.subject
    message["Date"] = row.created_at
    message["Message-ID"] = f"<{row.public_id}@{server.sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(row.body)
    return message


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    try:
        if server.scheme == "smtps":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        if server.scheme == "smtp+starttls":
            smtp.starttls(context=context)
        if server.user is not None and server.password is not None:
            smtp.login(server.user, server.password)
        if not server.sender.isascii():
            smtp.ehlo_or_helo_if_needed()  # only after it the server has said what it takes
    except (smtplib.SMTPException, OSError) as error:
        words = f"Mailserver {server.host}:{server.port} nicht erreichbar oder nicht einig: {error}."
        raise MailSettingsError(words) from error
    try:
        if not server.sender.isascii() and not smtp.has_extn("smtputf8"):
            raise MailSettingsError(f"{ENV_FROM}: {server.sender} hat Zeichen, die dieser Mailserver nicht nimmt "
                                    "(SMTPUTF8): eine Adresse ohne Umlaute angeben.")
        yield smtp
    finally:
        smtp.close()


def _forget_old(now: datetime) -> None:
    with platform_session(actor="system") as session:
        session.execute(delete(OutboxMessage).where(OutboxMessage.sent_at < now - KEPT))
