"""Offene Sitzung und Kennwort genügen nicht: womit man sich anmeldet, ändert nur, wer den Faktor eben zeigte."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tenants.db.session import platform_session
from tenants.models.access import OutboxMessage, Passkey, UserSession
from tenants.models.user import User
from tenants.security import passwords
from tenants.users.service import create_user, enrol_second_factor
from tenants.web.security.views import PENDING

SENTENCE = "viele kleine Enten schwimmen quer"
WORDS = "ändern Sie nur kurz nach der Anmeldung"


@pytest.fixture(autouse=True)
def cheap_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "PARAMETERS", f"$argon2id$v=19$m=64,t={passwords.ITERATIONS},p={passwords.LANES}$")
    monkeypatch.setattr(passwords, "_decoy", [])


def send(client: FlaskClient, page: str, action: str | None = None, **data: str) -> Any:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found is not None
    return client.post(action or page, data={"csrf_token": found[1], **data})


def signed_in(office: Any, name: str, *, minutes: int) -> tuple[FlaskClient, int]:
    """Mensch mit App, angemeldet vor so vielen Minuten; gibt die Sitzung und die Nummer des Zugangs."""
    with platform_session(actor="test") as session:
        user = create_user(session, name, name.title(), password=SENTENCE, details={"email": f"{name}@kreis.example"})
        totp = pyotp.TOTP(enrol_second_factor(session, user))
    client: FlaskClient = office.app.test_client()
    assert send(client, "/anmelden", anmeldename=name, kennwort=SENTENCE, code=totp.now()).status_code == 302
    with platform_session(actor="test") as session:
        began = datetime.now(UTC) - timedelta(minutes=minutes)
        session.execute(update(UserSession).where(UserSession.user_id == user.id).values(created_at=began))
    return client, user.id


def passkey(user: int, name: str) -> str:
    with platform_session(actor="test") as session:
        row = Passkey(user_id=user, credential=name.encode(), public_key=b"k", sign_count=0, label=name,
                      backed_up=False)
        session.add(row)
        session.flush()
        return str(row.public_id)


def test_a_session_left_open_makes_no_codes_factors_passkeys(office: Any) -> None:
    client, user = signed_in(office, "olga", minutes=11)
    held = passkey(user, "olgas")
    with platform_session(actor="test") as session:
        before = session.get_one(User, user).totp_secret
    answer = send(client, "/sicherheit/codes", kennwort=SENTENCE)
    assert (answer.status_code, WORDS in answer.text) == (422, True)
    assert "kl-secret" not in answer.text
    client.get("/sicherheit/zweiter-faktor")
    with client.session_transaction() as kept:
        code = pyotp.TOTP(kept[PENDING]).now()
    answer = send(client, "/sicherheit", "/sicherheit/zweiter-faktor", code=code, kennwort=SENTENCE)
    assert (answer.status_code, WORDS in answer.text) == (422, True)
    answer = send(client, "/sicherheit/passkeys/neu", name="Neu", passkey="{}", kennwort=SENTENCE)
    assert (answer.status_code, WORDS in answer.text) == (422, True)
    send(client, "/sicherheit", f"/sicherheit/passkeys/{held}/entfernen")
    assert WORDS in client.get("/sicherheit").text
    with platform_session(actor="test") as session:
        assert session.get_one(User, user).totp_secret == before
        assert session.scalars(select(Passkey.revoked_at).where(Passkey.user_id == user)).all() == [None]


def test_shortly_after_signing_in_it_goes_and_is_told(office: Any) -> None:
    client, user = signed_in(office, "pia", minutes=1)
    held = passkey(user, "pias")
    assert send(client, "/sicherheit/codes", kennwort=SENTENCE).status_code == 200
    assert send(client, "/sicherheit", f"/sicherheit/passkeys/{held}/entfernen").status_code == 302
    with platform_session(actor="test") as session:
        gone = session.scalars(select(Passkey.revoked_at).where(Passkey.user_id == user)).one()
        told = session.scalars(select(OutboxMessage.occasion).where(OutboxMessage.user_id == user)
                               .order_by(OutboxMessage.id)).all()
    assert gone is not None
    assert told == ["changed_codes", "changed_passkey_gone"]
