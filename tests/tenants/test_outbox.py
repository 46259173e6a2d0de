"""Postausgang gegen einen echten Mailserver: einmal versandt, Misslungenes später, falsche Adressen nie wieder."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from tenants.db.engine import Dsns
from tenants.db.session import platform_session
from tenants.models.access import OutboxMessage
from tenants.models.user import User
from tenants.outbox import sending, service
from tenants.users.service import create_user

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


class Mailbox:
    """Nimmt an, was ankommt; Empfänger mit „voll“ vorläufig nicht, mit „weg“ endgültig nicht; nach
    „last“ gerade gar nichts."""

    def __init__(self) -> None:
        self.received: list[tuple[str, list[str], str]] = []
        self.busy = False

    async def handle_RCPT(self, _s: SMTP, _p: Session, envelope: Envelope, address: str, _o: list[str]) -> str:
        if "voll" in address:
            return "451 spaeter"
        if "weg" in address:
            return "550 unbekannt"
        if "last" in address:
            self.busy = True
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _s: SMTP, _p: Session, envelope: Envelope) -> str:
        if self.busy:
            return "452 Speicher voll"
        assert isinstance(envelope.content, bytes)
        self.received.append((str(envelope.mail_from), list(envelope.rcpt_tos), envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def utf8() -> bool:
    """Ob der Mailserver Adressen mit Umlauten nimmt."""
    return False


@pytest.fixture
def mailbox(utf8: bool) -> Iterator[tuple[Mailbox, Controller]]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, enable_SMTPUTF8=utf8)
    controller.start()
    yield box, controller
    controller.stop()


@pytest.fixture
def server(mailbox: tuple[Mailbox, Controller]) -> sending.MailServer:
    return sending.MailServer("smtp", "127.0.0.1", mailbox[1].port, "lohn@kreis.example")


def message(login: str, email: str | None, language: str = "de") -> OutboxMessage | None:
    with platform_session(actor="test") as session:
        user = create_user(session, login, login.title(), language=language, details={"email": email})
        return service.new_device(session, user, "Firefox, Windows", NOW)


def stored() -> dict[str, OutboxMessage]:
    with platform_session(actor="test") as session:
        return {row.recipient: row for row in session.scalars(select(OutboxMessage))}


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


@pytest.mark.usefixtures("database")
def test_a_message_is_sent_once_with_a_stable_id(
    mailbox: tuple[Mailbox, Controller], server: sending.MailServer
) -> None:
    row = message("anna", "anna@kreis.example")
    message("bert", "bert@kreis.example", "en")
    assert row is not None
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert sending.send_due(server, now=at(later)) == sending.Sent(2, 0, 0)
    assert sending.send_due(server, now=at(later)) == sending.Sent(0, 0, 0)
    (sender, recipients, text), (_sender, _recipients, english) = mailbox[0].received
    assert (sender, recipients) == ("lohn@kreis.example", ["anna@kreis.example"])
    assert f"Message-ID: <{row.public_id}@kreis.example>" in text.replace("\r\n ", " ")
    assert "Subject: New sign-in to Kreislohn" in english
    assert "25.11.2026, 09:00" in english
    assert "http" not in text


def test_notices_of_payslips_are_sent_last(
    database: Dsns, server: sending.MailServer, mailbox: tuple[Mailbox, Controller]
) -> None:
    assert database
    with platform_session(actor="test") as session:
        users = [create_user(session, name, name.title(), kind="employee", details={"email": f"{name}@kreis.example"})
                 for name in ("eins", "zwei", "drei")]
        assert service.slips_ready(session, {user.id: "1/2026-11/1" for user in users[:2]}, NOW.date()) == 2
        assert service.new_device(session, users[2], "Firefox, Windows", NOW) is not None
    assert sending.send_due(server, limit=1).sent == 1
    assert [to for _from, to, _text in mailbox[0].received] == [["drei@kreis.example"]]
    assert sending.send_due(server).sent == 2


@pytest.mark.usefixtures("database", "mailbox")
def test_full_boxes_are_tried_again_and_wrong_addresses_are_given_up(server: sending.MailServer) -> None:
    message("anna", "voll@kreis.example")
    message("bert", "weg@kreis.example")
    start = datetime.now(UTC) + timedelta(minutes=1)
    assert sending.send_due(server, now=at(start)) == sending.Sent(0, 2, 1)
    rows = stored()
    assert rows["weg@kreis.example"].given_up_at == start
    assert rows["voll@kreis.example"].next_attempt_at == start + timedelta(minutes=5)
    assert sending.send_due(server, now=at(start + timedelta(minutes=4))) == sending.Sent(0, 0, 0)
    assert sending.send_due(server, now=at(start + timedelta(minutes=6))) == sending.Sent(0, 1, 0)
    assert stored()["voll@kreis.example"].next_attempt_at == start + timedelta(minutes=16)
    for month in range(1, 8):
        sending.send_due(server, now=at(start + month * timedelta(days=30)))
    assert stored()["voll@kreis.example"].given_up_at == start + 6 * timedelta(days=30), "der achte Versuch"


@pytest.mark.usefixtures("database")
def test_a_server_that_goes_away_loses_nothing(
    mailbox: tuple[Mailbox, Controller], server: sending.MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    message("anna", "anna@kreis.example")
    later = datetime.now(UTC) + timedelta(minutes=1)

    def broken(*_given: object, **_named: object) -> None:
        raise smtplib.SMTPServerDisconnected("weg")

    with monkeypatch.context() as patched:
        patched.setattr(smtplib.SMTP, "send_message", broken)
        assert sending.send_due(server, now=at(later)) == sending.Sent(0, 1, 0)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed = sending.MailServer("smtp", "127.0.0.1", probe.getsockname()[1], server.sender)
    with pytest.raises(sending.MailSettingsError, match="nicht erreichbar"):
        sending.send_due(closed, now=at(later + timedelta(hours=1)))
    assert sending.send_due(server, now=at(later + timedelta(hours=1))) == sending.Sent(1, 0, 0)
    assert len(mailbox[0].received) == 1


@pytest.mark.usefixtures("database")
def test_without_or_with_a_doubtful_address_there_is_no_message() -> None:
    doubtful = (None, "", "a@b", "a@kreis.example\nBcc: x@y.example", "a@x.example, b@x.example")
    for number, address in enumerate(doubtful):
        assert message(f"nutzer{number}", address) is None
    assert stored() == {}


@pytest.mark.usefixtures("database")
def test_messages_come_with_their_occasion_or_not_at_all() -> None:
    def interrupted() -> None:
        with platform_session(actor="test") as session:
            user = create_user(session, "anna", "Anna", details={"email": "anna@kreis.example"})
            service.changed(session, user, "password", NOW)
            raise RuntimeError("Strom weg")

    with pytest.raises(RuntimeError, match="Strom weg"):
        interrupted()
    assert stored() == {}
    with platform_session(actor="test") as session:
        assert session.scalars(select(User)).all() == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "KREISLOHN_SMTP_URL angeben"),
        ("http://mail.example", "KREISLOHN_SMTP_URL angeben"),
        ("smtp://name:wort@mail.example", "Kennwort geht nur über"),
    ],
    ids=["missing", "scheme", "plain_password"],
)
def test_settings_say_what_is_missing(monkeypatch: pytest.MonkeyPatch, url: str, words: str) -> None:
    monkeypatch.setenv(sending.ENV_URL, url)
    monkeypatch.setenv(sending.ENV_FROM, "lohn@kreis.example")
    with pytest.raises(sending.MailSettingsError, match=words):
        sending.from_environment()


def test_the_command_sends(
    run: Callable[..., tuple[int, str]],
    database: Dsns,
    server: sending.MailServer,
    mailbox: tuple[Mailbox, Controller],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert database
    message("anna", "anna@kreis.example")
    monkeypatch.setenv(sending.ENV_URL, f"smtp://127.0.0.1:{server.port}")
    monkeypatch.setenv(sending.ENV_FROM, "falsch")
    code, words = run("mail", "send")
    assert (code, "KREISLOHN_MAIL_FROM" in words) == (1, True)
    monkeypatch.setenv(sending.ENV_FROM, "lohn@kreis.example")
    assert run("mail", "send") == (0, "1 versandt, 0 misslungen, davon 0 aufgegeben.\n")
    assert len(mailbox[0].received) == 1


@pytest.mark.usefixtures("database")
def test_an_address_the_server_cannot_take_holds_nobody_up(
    mailbox: tuple[Mailbox, Controller], server: sending.MailServer
) -> None:
    for login, address in (("anna", "jürgen@kreis.example"), ("bert", "bert@kreis.example"),
                           ("cora", "(cora@kreis.example"), ("dirk", "dirk@kreis.example")):
        message(login, address)
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert sending.send_due(server, now=at(later)) == sending.Sent(2, 2, 2)
    assert [to for _from, to, _text in mailbox[0].received] == [["bert@kreis.example"], ["dirk@kreis.example"]]
    assert "Mailserver nicht nimmt" in str(stored()["jürgen@kreis.example"].last_error)


@pytest.mark.parametrize("utf8", [True])
@pytest.mark.usefixtures("database")
def test_a_server_that_takes_umlauts_gets_the_first_message_with_them(
    mailbox: tuple[Mailbox, Controller], server: sending.MailServer
) -> None:
    message("anna", "jürgen@kreis.example")
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert sending.send_due(server, now=at(later)) == sending.Sent(1, 0, 0)
    assert [to for _from, to, _text in mailbox[0].received] == [["jürgen@kreis.example"]]


@pytest.mark.parametrize(("utf8", "taken"), [(True, True), (False, False)])
@pytest.mark.usefixtures("database")
def test_a_sender_with_umlauts_loses_no_message(
    mailbox: tuple[Mailbox, Controller], server: sending.MailServer, taken: bool
) -> None:
    message("anna", "anna@kreis.example")
    later, own = datetime.now(UTC) + timedelta(minutes=1), replace(server, sender="löhne@kreis.example")
    if taken:
        assert sending.send_due(own, now=at(later)) == sending.Sent(1, 0, 0)
    else:
        with pytest.raises(sending.MailSettingsError, match="ohne Umlaute"):
            sending.send_due(own, now=at(later))
        assert [row.attempts for row in stored().values()] == [0]
    assert len(mailbox[0].received) == taken


@pytest.mark.usefixtures("database", "mailbox")
def test_a_server_that_takes_nothing_now_costs_only_one_an_attempt(server: sending.MailServer) -> None:
    for login in ("last", "bert", "cora"):
        message(login, f"{login}@kreis.example")
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert sending.send_due(server, now=at(later)) == sending.Sent(0, 1, 0)
    assert sorted(row.attempts for row in stored().values()) == [0, 0, 1]


@pytest.mark.usefixtures("database", "mailbox")
def test_whoever_was_not_tried_loses_no_attempt(
    server: sending.MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for login in ("anna", "bert", "cora"):
        message(login, f"{login}@kreis.example")

    def broken(*_given: object, **_named: object) -> None:
        raise smtplib.SMTPServerDisconnected("weg")

    monkeypatch.setattr(smtplib.SMTP, "send_message", broken)
    assert sending.send_due(server, now=at(datetime.now(UTC) + timedelta(minutes=1))) == sending.Sent(0, 1, 0)
    assert sorted(row.attempts for row in stored().values()) == [0, 0, 1]


def test_addresses_with_invisible_signs_are_none() -> None:
    signs = ("", "\u200b", "\u202e", "\ud800", "\x01")
    assert [one for one in signs if service.valid_address(f"kim{one}@kreis.example")] == [""]
