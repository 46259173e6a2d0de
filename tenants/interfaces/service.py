"""Zugänge ausgeben, widerrufen und prüfen; das Zeichen erscheint einmal und steht nirgends."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from tenants import audit
from tenants.audit.models import AuditEntry
from tenants.db.session import PlatformSession, TenantSession, platform_session
from tenants.interfaces.models import ApiAccess
from tenants.models.tenant import Tenant
from tenants.models.user import User
from tenants.users import mandates

# What a program may do, with the right of people that it corresponds to; whoever issues it holds this right.
SCOPES = {
    "tatsachen.lesen": "person.read",
    "tatsachen.schreiben": "import.write",
    "zeiten.lesen": "time.read",
    "zeiten.schreiben": "import.write",
    "ergebnisse.lesen": "run.read",
    "stellen.lesen": "staffplan.read",
    "stellen.schreiben": "staffplan.write",
    "buchungen.lesen": "posting.read",
    "personal.folgen": "person.read",
    "pflichten.lesen": "filing.read",
}
PER_MINUTE = 120
WINDOW = timedelta(minutes=1)
MANAGE = "interface.manage"
RECENT = 2000  # entries of the log searched for the last refusal: it has no index by subject
ACTOR, DENIED = "schnittstelle", "schnittstelle.abgelehnt"
LONGEST = timedelta(days=730)
TOKEN = re.compile(r"krl_([0-9a-f]{32})_([A-Za-z0-9_-]{43})", re.ASCII)
NAME, UNFIT = re.compile(r"[\w .,/()-]{3,60}"), re.compile(r"[^\w .,/()-]")


class AccessRefused(ValueError):
    """Ein Zugang lässt sich so nicht ausgeben; der Text nennt Feld, Regel und Abhilfe."""


class NotAdmitted(Exception):
    """Das Zeichen öffnet nichts: unbekannt, abgelaufen, widerrufen, Arbeitgeber nicht aktiv, kein Mandat mehr dahinter.

    claimed: der Zugang, den es nennt, falls es ihn gibt; ob das Geheimnis stimmte, sagt das nicht.
    """

    def __init__(self, claimed: Granted | None = None) -> None:
        super().__init__()
        self.claimed = claimed


class TooMany(Exception):
    """Zu viele Aufrufe dieses Zugangs in dieser Minute; seconds bis zur nächsten."""

    def __init__(self, seconds: int, granted: Granted) -> None:
        super().__init__()
        self.seconds = seconds
        self.granted = granted


@dataclass(frozen=True)
class Granted:
    """Ein Zugang mit seinen Bereichen."""

    tenant_id: int
    public_id: uuid.UUID
    name: str
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        """Wer im Protokoll steht."""
        return f"{ACTOR}:{self.name}"

    @property
    def rights(self) -> frozenset[str]:
        """Rechte, die den Bereichen entsprechen."""
        return frozenset(SCOPES[one] for one in self.scopes)


def issue(
    session: TenantSession, name: str, scopes: Collection[str], valid_to: date, *, today: date, rights: Collection[str]
) -> tuple[ApiAccess, str]:
    """Gibt einen Zugang aus; zurück kommt die Zeile und – nur hier – das Zeichen.

    rights: Rechte des Ausgebenden bei diesem Mandanten. Ein Zugang kann nie mehr als er; sonst käme, wer nur freigibt,
    über ein Programm ans Einreichen.
    """
    name = name.strip()
    if not NAME.fullmatch(name):
        raise AccessRefused("Name: 3 bis 60 Buchstaben, Ziffern, Leerzeichen oder . , / ( ) - angeben.")
    if not scopes or set(scopes) - set(SCOPES):
        raise AccessRefused("Bereiche: wenigstens einen der genannten wählen.")
    if lacking := [one for one in sorted(set(scopes)) if SCOPES[one] not in rights]:
        raise AccessRefused(f"Bereiche: {', '.join(lacking)} gibt nur aus, wer das Recht dazu hier selbst hat; die "
                            "Sachbearbeitung um diesen Zugang bitten, zum Stellenplan die Organisation.")
    if not today <= valid_to <= today + LONGEST:
        raise AccessRefused("Letzter Tag: von heute bis höchstens zwei Jahre voraus; danach einen neuen ausgeben.")
    if session.scalar(select(ApiAccess.id).where(ApiAccess.name == name, ApiAccess.revoked_at.is_(None),
                                                 ApiAccess.valid_to >= today)):
        raise AccessRefused(f"Name: „{name}“ ist vergeben; den alten widerrufen oder anders nennen.")
    secret = secrets.token_urlsafe(32)
    row = ApiAccess(
        name=name, scopes=" ".join(sorted(set(scopes))), secret_hash=_hash(secret), valid_from=today, valid_to=valid_to,
        created_by=str(session.info["actor"]),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, "schnittstelle.ausgegeben", f"zugang:{row.public_id}",
                 {"name": name, "bereiche": row.areas, "bis": valid_to.isoformat()})
    return row, f"krl_{row.public_id.hex}_{secret}"


def revoke(session: TenantSession, public_id: uuid.UUID, *, reason: str, now: datetime) -> ApiAccess | None:
    """Widerruft einen Zugang sofort; None, wenn es ihn nicht gibt."""
    row = session.scalars(select(ApiAccess).where(ApiAccess.public_id == public_id).with_for_update()).one_or_none()
    if row is None:
        return None
    if row.revoked_at is None:
        if not reason.strip():
            raise AccessRefused("Grund: angeben, warum der Zugang endet; er steht im Protokoll.")
        row.revoked_at, row.revoked_by = now, str(session.info["actor"])
        audit.record(session, "schnittstelle.widerrufen", f"zugang:{row.public_id}", {"name": row.name}, reason.strip())
    return row


def listed(session: TenantSession) -> list[ApiAccess]:
    """Alle Zugänge des Mandanten, der jüngste zuerst."""
    return list(session.scalars(select(ApiAccess).order_by(ApiAccess.id.desc())))


def admit(token: str, *, now: datetime, today: date, most: int = PER_MINUTE) -> Granted:
    """Prüft ein Zeichen und zählt den Aufruf; NotAdmitted oder TooMany, wenn es nichts öffnet."""
    found = TOKEN.fullmatch(token)
    if found is None:
        raise NotAdmitted
    with platform_session(actor="schnittstelle") as session:
        row = session.scalars(
            select(ApiAccess).where(ApiAccess.public_id == uuid.UUID(found[1])).with_for_update()
        ).one_or_none()
        known = None if row is None else Granted(row.tenant_id, row.public_id, row.name, frozenset(row.areas))
        same = hmac.compare_digest(_hash(found[2]), row.secret_hash if row is not None else bytes(32))
        if row is None or known is None or not same:
            raise NotAdmitted(known)
        if row.revoked_at is not None or not row.valid_from <= today <= row.valid_to:
            raise NotAdmitted(known)
        if session.scalar(select(Tenant.state).where(Tenant.id == row.tenant_id)) != "aktiv":
            raise NotAdmitted(known)
        if not (left := carried(row, rights_behind(session, row.tenant_id, {row.created_by}, today)[row.created_by])):
            raise NotAdmitted(known)
        known = replace(known, scopes=left)
        if row.window_start is None or now - row.window_start >= WINDOW or now < row.window_start:
            row.window_start, row.window_count = now, 0
        if row.window_count >= most:
            raise TooMany(max(1, int((row.window_start + WINDOW - now).total_seconds()) + 1), known)
        row.window_count += 1
        row.last_used_at = now
        return known


def rights_behind(
    session: PlatformSession, tenant_id: int, logins: Collection[str], day: date
) -> dict[str, frozenset[str]]:
    """Rechte, die diese Menschen an dem Tag bei diesem Mandanten haben; wer gegangen oder gesperrt ist, keine."""
    users = {user.login: user for user in session.scalars(select(User).where(User.login.in_(sorted(logins))))}
    found: dict[str, frozenset[str]] = {}
    for login in logins:
        held = mandates.mandates_on(users[login], day, session=session) if login in users else []
        found[login] = frozenset().union(*(one.permissions for one in held if one.tenant_id == tenant_id))
    return found


def carried(row: ApiAccess, rights: Collection[str]) -> frozenset[str]:
    """Bereiche, die der Ausgebende mit diesen Rechten noch trägt; ohne das Recht, Zugänge auszugeben, keinen.

    So endet ein Zugang mit dem Mandat dessen, der ihn ausgegeben hat, und wird mit ihm schmaler.
    """
    return frozenset(one for one in row.areas if SCOPES[one] in rights) if MANAGE in rights else frozenset()


def denied_lately(session: TenantSession, public_id: uuid.UUID, status: int) -> bool:
    """Ob in der letzten Minute schon eine Ablehnung dieser Art im Protokoll steht; bis zum Ende der Sitzung wartet, wer
    dasselbe fragt."""
    session.execute(select(ApiAccess.id).where(ApiAccess.public_id == public_id).with_for_update())
    last = session.scalar(select(func.max(AuditEntry.id))) or 0
    return session.scalar(select(AuditEntry.id).where(
        AuditEntry.id > last - RECENT, AuditEntry.subject == f"zugang:{public_id}", AuditEntry.action == DENIED,
        AuditEntry.details["status"].as_integer() == status, AuditEntry.at > func.clock_timestamp() - WINDOW,
    ).limit(1)) is not None


def issued_by(session: TenantSession, actor: str, login: str) -> bool:
    """Ob hinter dem Handelnden (actor) ein Zugang steht, den dieser Mensch (login) ausgegeben hat.

    Ein Name kann nach einem Widerruf noch einmal vergeben werden; dann zählen alle Zugänge dieses Namens.
    """
    kind, _colon, name = actor.partition(":")
    if kind != ACTOR or not name:
        return False
    return session.scalar(select(ApiAccess.id).where(ApiAccess.name == name, ApiAccess.created_by == login)
                          .limit(1)) is not None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
