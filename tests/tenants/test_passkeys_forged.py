"""Passkeys von Hand nachgebaut: nur die richtige Antwort gilt; Ursprung, Aufgabe, Zähler, Mensch und Gerät zählen."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

from tenants.db.engine import Dsns
from tenants.db.session import platform_session
from tenants.models.access import Passkey
from tenants.models.user import User
from tenants.users import passkeys, service
from tenants.users.passkeys import Assertion, Challenge, Site

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
SITE = Site("lohn.kreis.example", "https://lohn.kreis.example")
PRESENT, VERIFIED, STORED = 1, 4, 7


class Device:
    """Ein Gerät, das unterschreibt, was man ihm sagt."""

    def __init__(self) -> None:
        self.key, self.credential = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)

    def public(self) -> bytes:
        """Öffentlicher Schlüssel nach COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y} in CBOR (ES256)."""
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        return bytes.fromhex("a5010203262001215820") + x + bytes.fromhex("225820") + y

    def answer(self, challenge: Challenge, *, origin: str = SITE.origin, rp_id: str = SITE.rp_id, flags: int = 5,
               count: int = STORED + 1, kind: str = "webauthn.get", key: ec.EllipticCurvePrivateKey | None = None,
               said: bytes | None = None) -> str:
        """Antwort auf eine Aufgabe; jede Angabe lässt sich fälschen."""
        client = json.dumps({"type": kind, "challenge": bytes_to_base64url(said or challenge.value), "origin": origin,
                             "crossOrigin": False}).encode()
        data = hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + struct.pack(">I", count)
        mark = (key or self.key).sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        named = bytes_to_base64url(self.credential)
        signed = {"clientDataJSON": bytes_to_base64url(client), "authenticatorData": bytes_to_base64url(data),
                  "signature": bytes_to_base64url(mark), "userHandle": None}
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "clientExtensionResults": {},
                           "response": signed})


@pytest.fixture
def held(database: Dsns) -> tuple[Device, int]:
    """Ein Gerät, das einem Zugang gehört, mit einem Zähler von sieben."""
    device = Device()
    with platform_session(actor="test") as session:
        user = service.create_user(session, "gerda", "Gerda G.")
        session.add(Passkey(user_id=user.id, credential=device.credential, public_key=device.public(),
                            sign_count=STORED, label="Gerät", backed_up=False, last_used_at=NOW - timedelta(hours=1)))
        user_id = user.id
    return device, user_id


def accepted(answer: str, challenge: Challenge, *, alone: bool = True, now: datetime = NOW) -> bool:
    with platform_session(actor="test") as session:
        given = Assertion(answer, challenge, SITE)
        row = passkeys.owner(session, given)
        return row is not None and passkeys.accept(session, row, given, now, alone=alone)


FORGED: dict[str, dict[str, Any]] = {
    "andere Seite": {"origin": "https://lohn.kreis.example.evil.example"},
    "ohne TLS": {"origin": "http://lohn.kreis.example"},
    "anderer Anschluss": {"origin": "https://lohn.kreis.example:8443"},
    "für einen anderen Namen": {"rp_id": "evil.example"},
    "für den Namen darüber": {"rp_id": "kreis.example"},
    "andere Aufgabe": {"said": b"x" * 32},
    "Einrichtung statt Anmeldung": {"kind": "webauthn.create"},
    "Zähler bleibt": {"count": STORED},
    "Zähler geht zurück": {"count": 1},
    "Zähler fällt weg": {"count": 0},
    "Mensch nicht geprüft": {"flags": PRESENT},
    "niemand da": {"flags": VERIFIED},
    "anderes Gerät": {"key": ec.generate_private_key(ec.SECP256R1())},
}


def test_the_right_answer_counts_once(held: tuple[Device, int]) -> None:
    challenge = Challenge(secrets.token_bytes(32), NOW)
    answer = held[0].answer(challenge)
    assert accepted(answer, challenge)
    assert not accepted(answer, challenge, now=NOW + timedelta(seconds=1)), "dieselbe noch einmal"
    assert not accepted(held[0].answer(challenge, count=99), challenge, now=NOW + timedelta(seconds=1)), (
        "dieselbe Aufgabe noch einmal")


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_answer_counts_nothing(held: tuple[Device, int], kind: str) -> None:
    challenge = Challenge(secrets.token_bytes(32), NOW)
    assert not accepted(held[0].answer(challenge, **FORGED[kind]), challenge)
    assert accepted(held[0].answer(challenge), challenge), "und verbraucht nichts"


@pytest.mark.parametrize("at", [NOW - timedelta(minutes=6), NOW + timedelta(seconds=1), NOW - timedelta(hours=2)])
def test_an_old_or_future_challenge_counts_nothing(held: tuple[Device, int], at: datetime) -> None:
    challenge = Challenge(secrets.token_bytes(32), at)
    assert not accepted(held[0].answer(challenge), challenge)


def test_with_the_password_the_device_need_not_check_the_person_but_belongs_to_the_account(
    held: tuple[Device, int]
) -> None:
    device, user_id = held
    challenge = Challenge(secrets.token_bytes(32), NOW)
    given = Assertion(device.answer(challenge, flags=PRESENT), challenge, SITE)
    with platform_session(actor="test") as session:
        other = service.create_user(session, "heike", "Heike H.")
        assert not service.accept_second_factor(session, other, None, given, NOW), "ein fremdes Gerät ist kein Faktor"
        assert service.accept_second_factor(session, session.get_one(User, user_id), None, given, NOW)


@pytest.mark.parametrize("answer", ["", "{}", "[]", '{"rawId": 1}', '{"rawId": "AA"}', "[" * 5000, "x" * 20_001])
def test_rubbish_names_nobody(database: Dsns, answer: str) -> None:
    assert not accepted(answer, Challenge(b"c" * 32, NOW))
