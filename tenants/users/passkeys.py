"""Passkeys (WebAuthn): einrichten, als zweiter Faktor zum Kennwort und – mit Prüfung des Menschen – allein.

Die Aufgabe (challenge) trägt ihren Zeitpunkt und gilt fünf Minuten; eine Antwort auf eine Aufgabe, die vor der letzten
Benutzung des Passkeys gestellt wurde, gilt nicht: eine aufgezeichnete Anfrage öffnet nichts.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import webauthn
from sqlalchemy import select
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tenants import audit
from tenants.db.session import PlatformSession
from tenants.models.access import Passkey
from tenants.models.user import User
from tenants.outbox import service as outbox
from tenants.users.errors import UserError

NAME = "Kreislohn"
LIFETIME = timedelta(minutes=5)
MOST = 10
LONGEST_ANSWER = 20_000
REFUSED = "Der Passkey ließ sich nicht einrichten: noch einmal versuchen oder ein anderes Gerät nehmen."


@dataclass(frozen=True)
class Site:
    """Wofür Passkeys gelten: Name des Servers und Ursprung der Seite (https://NAME)."""

    rp_id: str
    origin: str


@dataclass(frozen=True)
class Challenge:
    """Aufgabe an das Gerät mit dem Zeitpunkt, zu dem sie gestellt wurde."""

    value: bytes
    at: datetime


@dataclass(frozen=True)
class Assertion:
    """Antwort des Geräts auf eine Aufgabe (JSON des Browsers)."""

    response: str = field(repr=False)
    challenge: Challenge
    site: Site


def new_challenge(now: datetime) -> Challenge:
    """Eine neue Aufgabe."""
    return Challenge(secrets.token_bytes(32), now)


def registration_options(session: PlatformSession, user: User, site: Site, challenge: Challenge) -> str:
    """Angaben für navigator.credentials.create als JSON; schon eingerichtete Geräte sind ausgenommen."""
    options = webauthn.generate_registration_options(
        rp_id=site.rp_id,
        rp_name=NAME,
        user_id=user.public_id.bytes,
        user_name=user.login,
        user_display_name=user.display_name,
        challenge=challenge.value,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=row.credential) for row in held(session, user.id)],
    )
    return webauthn.options_to_json(options)


def signin_options(site: Site, challenge: Challenge) -> str:
    """Angaben für navigator.credentials.get als JSON; das Gerät nennt den Zugang, die Seite fragt nicht danach."""
    options = webauthn.generate_authentication_options(
        rp_id=site.rp_id, challenge=challenge.value, user_verification=UserVerificationRequirement.PREFERRED
    )
    return webauthn.options_to_json(options)


def register(session: PlatformSession, user: User, answer: Assertion, label: str, now: datetime) -> Passkey:
    """Richtet einen Passkey ein und meldet es dem Menschen."""
    if len(held(session, user.id)) >= MOST:
        raise UserError(f"Mehr als {MOST} Passkeys sind nicht vorgesehen: einen alten entfernen.")
    if not _fresh(answer.challenge, now) or len(answer.response) > LONGEST_ANSWER:
        raise UserError(REFUSED)
    try:
        made = webauthn.verify_registration_response(
            credential=answer.response,
            expected_challenge=answer.challenge.value,
            expected_rp_id=answer.site.rp_id,
            expected_origin=answer.site.origin,
        )
    except (WebAuthnException, ValueError) as error:
        raise UserError(REFUSED) from error
    if session.scalars(select(Passkey.id).where(Passkey.credential == made.credential_id)).first() is not None:
        raise UserError(REFUSED)
    row = Passkey(
        user_id=user.id,
        credential=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        label=label.strip()[:60] or "Passkey",
        backed_up=made.credential_backed_up,
    )
    session.add(row)
    session.flush()
    audit.record(session, "user.passkey", str(user.public_id), {"passkey": row.public_id, "label": row.label})
    outbox.changed(session, user, "passkey", now)
    return row


def revoke(session: PlatformSession, user: User, row: Passkey, now: datetime, reason: str | None = None) -> None:
    """Entfernt einen Passkey und meldet es dem Menschen."""
    row.revoked_at = now
    outbox.changed(session, user, "passkey_gone", now)
    audit.record(session, "user.passkey_removed", str(user.public_id), {"passkey": row.public_id}, reason)


def held(session: PlatformSession, user_id: int) -> Sequence[Passkey]:
    """Geltende Passkeys eines Zugangs, die ältesten zuerst."""
    return session.scalars(
        select(Passkey).where(Passkey.user_id == user_id, Passkey.revoked_at.is_(None)).order_by(Passkey.id)
    ).all()


def owner(session: PlatformSession, answer: Assertion) -> Passkey | None:
    """Der Passkey, den die Antwort nennt; noch ungeprüft."""
    try:
        named = json.loads(answer.response) if len(answer.response) <= LONGEST_ANSWER else {}
        credential = base64url_to_bytes(named["rawId"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return session.scalars(
        select(Passkey).where(Passkey.credential == credential, Passkey.revoked_at.is_(None)).with_for_update()
    ).first()


def accept(session: PlatformSession, row: Passkey, answer: Assertion, now: datetime, *, alone: bool) -> bool:
    """Prüft die Antwort und verbraucht sie; allein (ohne Kennwort) muss das Gerät den Menschen geprüft haben."""
    used = row.last_used_at
    if not _fresh(answer.challenge, now) or (used is not None and answer.challenge.at <= used):
        return False
    try:
        done = webauthn.verify_authentication_response(
            credential=answer.response,
            expected_challenge=answer.challenge.value,
            expected_rp_id=answer.site.rp_id,
            expected_origin=answer.site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=0,
            require_user_verification=alone,
        )
    except (WebAuthnException, ValueError):
        return False
    if row.sign_count > 0 and done.new_sign_count <= row.sign_count:
        user = session.get_one(User, row.user_id)
        details = {"passkey": row.public_id, "stored": row.sign_count, "shown": done.new_sign_count}
        audit.record(session, "signin.passkey_copied", str(user.public_id), details)
        return False
    row.sign_count, row.last_used_at, row.backed_up = done.new_sign_count, now, done.credential_backed_up
    return True


def _fresh(challenge: Challenge, now: datetime) -> bool:
    return timedelta(0) <= now - challenge.at <= LIFETIME
