"""Zwei Menschen gleichen Namens auseinanderhalten: sagen mit Grund, als zweite Person bestätigen, beenden."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import or_, select

from tenants import audit
from tenants.db.session import PlatformSession, TenantSession
from tenants.models.namesake import Namensgleich
from tenants.models.user import Mandate, User
from tenants.users.errors import UserError
from tenants.users.presence import present_on

LONGEST_REASON = 300
NOT_ONESELF = ("Dass zwei Menschen gleichen Namens verschieden sind, sagen und bestätigen zwei andere: weder der "
               "Zugang, um den es geht, noch wer selbst so heißt.")


@dataclass(frozen=True)
class Account:
    """Ein Zugang des Personals, der ebenso heißt."""

    public_id: uuid.UUID
    login: str
    display_name: str


def staff_alike(session: PlatformSession, tenant_id: int, day: date, alike: Callable[[str], bool]) -> list[Account]:
    """Zugänge des Personals mit einem Mandat bei diesem Mandanten an dem Tag, deren Name passt; nach Anmeldename."""
    rows = session.execute(
        select(User.public_id, User.login, User.display_name).distinct()
        .join(Mandate, Mandate.user_id == User.id)
        .where(Mandate.tenant_id == tenant_id, Mandate.valid_from <= day, User.kind == "staff",
               or_(Mandate.valid_to.is_(None), Mandate.valid_to >= day), *present_on(day)))
    found = {row.public_id: Account(row.public_id, row.login, row.display_name) for row in rows
             if alike(row.display_name)}
    return sorted(found.values(), key=lambda one: one.login)


def of_person(session: TenantSession, person: uuid.UUID) -> Sequence[Namensgleich]:
    """Was zu dieser Person gesagt, bestätigt oder beendet ist, das Jüngste zuerst."""
    return session.scalars(select(Namensgleich).where(Namensgleich.person_public_id == person)
                           .order_by(Namensgleich.id.desc())).all()


def told_apart(session: TenantSession, account: uuid.UUID) -> frozenset[uuid.UUID]:
    """Personen, von denen bestätigt ist, dass dieser Zugang nicht ihrer ist."""
    return frozenset(session.scalars(select(Namensgleich.person_public_id).where(
        Namensgleich.account_public_id == account, Namensgleich.bestaetigt_am.is_not(None),
        Namensgleich.beendet_am.is_(None))))


def say(session: TenantSession, person: uuid.UUID, account: Account, reason: str) -> Namensgleich:
    """Sagt mit Grund, dass Zugang und Person zwei Menschen sind; es gilt erst, wenn eine zweite Person es bestätigt."""
    words, actor = _reason(reason), str(session.info["actor"])
    if actor == account.login:
        raise UserError(NOT_ONESELF)
    if any(one.account_public_id == account.public_id and one.beendet_am is None for one in of_person(session, person)):
        raise UserError(f"Zu {account.login} ist das schon gesagt: bestätigen oder zuerst beenden.")
    row = Namensgleich(person_public_id=person, account_public_id=account.public_id, zugang=account.login, grund=words,
                       gesagt_von=actor)
    session.add(row)
    session.flush()
    audit.record(session, "namensgleich.gesagt", f"person:{person}", {"zugang": account.login}, words)
    return row


def confirm(session: TenantSession, person: uuid.UUID, number: uuid.UUID) -> Namensgleich:
    """Bestätigt als zweite Person; ab jetzt hält der gleiche Name die beiden nicht mehr füreinander auf."""
    row, actor = _open(session, person, number), str(session.info["actor"])
    if row.bestaetigt_am is not None:
        raise UserError("Das ist schon bestätigt.")
    if actor == row.gesagt_von:
        raise UserError("Gesagt haben Sie es selbst: bestätigen kann nur eine zweite Person.")
    if actor == row.zugang:
        raise UserError(NOT_ONESELF)
    row.bestaetigt_von, row.bestaetigt_am = actor, datetime.now(UTC)
    session.flush()
    audit.record(session, "namensgleich.bestaetigt", f"person:{person}",
                 {"zugang": row.zugang, "gesagt_von": row.gesagt_von}, row.grund)
    return row


def end(session: TenantSession, person: uuid.UUID, number: uuid.UUID, reason: str) -> Namensgleich:
    """Beendet es mit Grund; ab jetzt gilt, wer ebenso heißt, wieder als derselbe Mensch."""
    row, words = _open(session, person, number), _reason(reason)
    row.beendet_von, row.beendet_am, row.beendet_grund = str(session.info["actor"]), datetime.now(UTC), words
    session.flush()
    audit.record(session, "namensgleich.beendet", f"person:{person}",
                 {"zugang": row.zugang, "bestaetigt": row.bestaetigt_am is not None}, words)
    return row


def _open(session: TenantSession, person: uuid.UUID, number: uuid.UUID) -> Namensgleich:
    row = session.scalars(select(Namensgleich).where(
        Namensgleich.public_id == number, Namensgleich.person_public_id == person).with_for_update()).one_or_none()
    if row is None or row.beendet_am is not None:
        raise UserError("Das gibt es nicht oder es ist schon beendet: die Seite neu laden.")
    return row


def _reason(text: str) -> str:
    words = re.sub(r"\s+", " ", text).strip()[:LONGEST_REASON]
    if not words:
        raise UserError("Grund: angeben, woran die beiden zu unterscheiden sind; er steht im Protokoll.")
    return words
