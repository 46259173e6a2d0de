"""Verzeichnisdienste (OpenID Connect): Angaben, Verknüpfung mit Zugängen, wann der eigene zweite Faktor nötig bleibt.

Verknüpft wird nur über die geprüfte Kennung (subject) beim Dienst: der Mensch selbst, beidseitig angemeldet, oder
die Personalliste. Eine gleiche Mailadresse verknüpft nie, eine unbekannte Kennung legt nie einen Zugang an.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import or_, select, update

from tenants import audit
from tenants.db.session import PlatformSession
from tenants.models.access import FACTOR_RULES, SsoIdentity, SsoProvider, UserSession
from tenants.models.tenant import Tenant
from tenants.models.user import User
from tenants.outbox import service as outbox
from tenants.security import envelope, keys, masterkey
from tenants.security.masterkey import MasterKey
from tenants.users.errors import UserError
from tenants.users.links import is_loopback
from tenants.users.presence import has_second_factor, is_present, office_day

AMR = re.compile(r"[A-Za-z0-9_.:-]{1,40}")


def save_provider(
    session: PlatformSession,
    row: SsoProvider | None,
    *,
    name: str,
    issuer: str,
    client: str,
    secret: str,
    factor_rule: str,
    accepted_amr: str,
    employer: int | None,
    active: bool,
) -> SsoProvider:
    """Legt einen Verzeichnisdienst an oder ändert ihn; ein leeres Geheimnis lässt das gespeicherte, wie es ist."""
    _check(name, issuer, client, factor_rule, accepted_amr)
    if employer is not None and session.get(Tenant, employer) is None:
        raise UserError("Den Arbeitgeber gibt es nicht.")
    other = session.scalars(select(SsoProvider).where(SsoProvider.name == name.strip())).first()
    if other is not None and (row is None or other.id != row.id):
        raise UserError(f"Einen Verzeichnisdienst „{name.strip()}“ gibt es schon: anderen Namen wählen.")
    if row is None:
        row = SsoProvider(name=name.strip(), issuer=issuer, client=client)
        session.add(row)
    elif row.issuer != issuer.strip() and linked(session, row):
        raise UserError("Die Kennungen gehören zum bisherigen Aussteller: einen neuen Dienst anlegen.")
    row.name, row.issuer, row.client, row.employer = name.strip(), issuer.strip(), client.strip(), employer
    row.factor_rule, row.accepted_amr, row.active = factor_rule, " ".join(accepted_amr.split()), active
    session.flush()
    if secret.strip():
        row.client_secret = envelope.seal(keys.platform_keys(), secret.strip().encode(), **_place(row))
    details = {"name": row.name, "issuer": row.issuer, "rule": factor_rule, "amr": row.accepted_amr, "active": active}
    audit.record(session, "sso.provider", str(row.public_id), details)
    return row


def secret_of(row: SsoProvider) -> str | None:
    """Geheimnis der Anwendung beim Dienst; ohne ist sie ein öffentlicher Client mit PKCE."""
    if row.client_secret is None:
        return None
    try:
        return envelope.open_sealed(keys.platform_keys(), row.client_secret, **_place(row)).decode()
    except envelope.SealBroken:
        old = masterkey.previous()
        if old is None:
            raise
        return envelope.open_sealed(keys.platform_keys(old), row.client_secret, **_place(row)).decode()


def reseal_all(session: PlatformSession, new: MasterKey) -> int:
    """Versiegelt alle Geheimnisse für einen neuen Hauptschlüssel; gibt ihre Zahl."""
    rows = session.scalars(
        select(SsoProvider).where(SsoProvider.client_secret.is_not(None)).with_for_update()
    ).all()
    for row in rows:
        row.client_secret = envelope.seal(keys.platform_keys(new), str(secret_of(row)).encode(), **_place(row))
    return len(rows)


def providers(session: PlatformSession, *, active: bool = True) -> Sequence[SsoProvider]:
    """Verzeichnisdienste nach Namen."""
    query = select(SsoProvider).order_by(SsoProvider.name)
    return session.scalars(query.where(SsoProvider.active.is_(True)) if active else query).all()


def linked(session: PlatformSession, row: SsoProvider) -> int:
    """Wie viele Zugänge verknüpft sind."""
    found = select(SsoIdentity.id).where(SsoIdentity.provider_id == row.id, SsoIdentity.ended_at.is_(None))
    return len(session.scalars(found).all())


def identities(session: PlatformSession, user_id: int) -> dict[int, SsoIdentity]:
    """Geltende Verknüpfungen eines Zugangs je Dienst."""
    rows = session.scalars(select(SsoIdentity).where(SsoIdentity.user_id == user_id, SsoIdentity.ended_at.is_(None)))
    return {row.provider_id: row for row in rows}


def link(session: PlatformSession, provider: SsoProvider, subject: str, user: User, now: datetime) -> SsoIdentity:
    """Verknüpft eine geprüfte Kennung mit einem Zugang und meldet es dem Menschen."""
    if not subject or len(subject) > 255:
        raise UserError("Der Verzeichnisdienst nennt keine brauchbare Kennung.")
    held = session.scalars(
        select(SsoIdentity).where(
            SsoIdentity.provider_id == provider.id,
            SsoIdentity.ended_at.is_(None),
            or_(SsoIdentity.subject == subject, SsoIdentity.user_id == user.id),
        )
    ).all()
    if [row for row in held if row.subject == subject and row.user_id == user.id]:
        return held[0]
    if held:
        raise UserError(f"Bei {provider.name} ist diese Kennung oder dieser Zugang schon verknüpft: zuerst lösen.")
    row = SsoIdentity(
        provider_id=provider.id, subject=subject, user_id=user.id, linked_by=str(session.info["actor"])
    )
    session.add(row)
    session.flush()
    audit.record(session, "sso.link", str(user.public_id), {"provider": provider.name})
    outbox.changed(session, user, "sso", now)
    return row


def unlink(session: PlatformSession, row: SsoIdentity, now: datetime, reason: str | None = None) -> None:
    """Löst eine Verknüpfung und meldet es dem Menschen; laufende Sitzungen über diesen Dienst enden."""
    row.ended_at = now
    session.execute(
        update(UserSession)
        .where(
            UserSession.user_id == row.user_id,
            UserSession.provider_id == row.provider_id,
            UserSession.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    user = session.get_one(User, row.user_id)
    audit.record(session, "sso.unlink", str(user.public_id), {}, reason)
    outbox.changed(session, user, "sso", now)


def find(session: PlatformSession, provider: SsoProvider, subject: str, now: datetime) -> User | None:
    """Der Zugang zu einer Kennung; gesperrte und ausgeschiedene gibt es nicht."""
    user = session.scalars(
        select(User)
        .join(SsoIdentity, SsoIdentity.user_id == User.id)
        .where(
            SsoIdentity.provider_id == provider.id, SsoIdentity.subject == subject, SsoIdentity.ended_at.is_(None)
        )
    ).first()
    return user if user is not None and is_present(user, office_day(now)) else None


def needs_local_factor(session: PlatformSession, provider: SsoProvider, user: User, amr: Iterable[str]) -> bool:
    """Ob nach dem Verzeichnisdienst noch der eigene zweite Faktor folgt.

    immer: ja; amr: nur, wenn der Dienst keine der anerkannten Arten (RFC 8176) bezeugt; anbieter: nein.
    """
    if user.kind != "staff" and not has_second_factor(session, user):
        return False
    if provider.factor_rule == "amr":
        return not set(amr) & set(provider.accepted_amr.split())
    return provider.factor_rule == "immer"


def _check(name: str, issuer: str, client: str, factor_rule: str, accepted_amr: str) -> None:
    if not 1 <= len(name.strip()) <= 60 or not 1 <= len(client.strip()) <= 255:
        raise UserError("Name und Kennung der Anwendung angeben.")
    parts = urlsplit(issuer.strip())
    local = parts.hostname == "localhost" or is_loopback(parts.hostname)
    secure = parts.scheme == "https" or (local and parts.scheme == "http")
    if not parts.hostname or parts.query or parts.fragment or not secure:
        raise UserError("Der Aussteller ist eine Adresse mit https, ohne Fragezeichen und Raute.")
    if factor_rule not in FACTOR_RULES:
        raise UserError(f"Die Regel zum zweiten Faktor ist eine von: {', '.join(FACTOR_RULES)}.")
    words = accepted_amr.split()
    if any(not AMR.fullmatch(word) for word in words) or (factor_rule == "amr") != bool(words):
        raise UserError("Anerkannte Arten (amr) gehören genau zur Regel „amr“, zum Beispiel: mfa hwk.")


def _place(row: SsoProvider) -> dict[str, str]:
    return {"table": "sso_provider", "row": str(row.public_id), "column": "client_secret"}
