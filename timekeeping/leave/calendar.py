"""Kalender einer Person als iCalendar hinter einer geheimen, widerruflichen Adresse; gespeichert ist nur deren Hash."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select

from tenants import audit
from tenants.db.session import TenantSession
from timekeeping.imports.keys import ABWESENHEITEN
from timekeeping.leave.models import Abwesenheit, KalenderAbo

LINE = 73  # octets of a line without its end (RFC 5545, 3.1)
PAST = timedelta(days=400)


def subscribe(session: TenantSession, job: int) -> tuple[KalenderAbo, str]:
    """Neue geheime Adresse; frühere gelten nicht mehr. Der Schlüssel ist nur jetzt zu sehen."""
    revoke(session, job)
    key = secrets.token_urlsafe(32)
    row = KalenderAbo(public_id=uuid.uuid4(), beschaeftigung_id=job, schluessel_hash=_hash(key),
                      angelegt_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    audit.record(session, "kalender.angelegt", f"kalender:{row.public_id}", {})
    return row, key


def revoke(session: TenantSession, job: int) -> int:
    """Widerruft alle Adressen einer Beschäftigung; gibt an, wie viele es waren."""
    rows = session.scalars(select(KalenderAbo).where(KalenderAbo.beschaeftigung_id == job,
                                                     KalenderAbo.widerrufen_am.is_(None))).all()
    for row in rows:
        row.widerrufen_am, row.widerrufen_von = func.now(), str(session.info["actor"])
        audit.record(session, "kalender.widerrufen", f"kalender:{row.public_id}", {})
    session.flush()
    return len(rows)


def subscribed(session: TenantSession, job: int) -> KalenderAbo | None:
    """Die geltende Adresse einer Beschäftigung."""
    return session.scalars(select(KalenderAbo).where(KalenderAbo.beschaeftigung_id == job,
                                                     KalenderAbo.widerrufen_am.is_(None))).first()


def feed(session: TenantSession, key: str, today: date, still: Callable[[str], bool]) -> bytes | None:
    """Der Kalender zu einer geheimen Adresse; None, wenn es sie nicht gibt oder sie widerrufen ist.

    still sagt, ob der Zugang, der sie anlegte, hier heute noch eigene Daten öffnet: mit ihm endet auch die Adresse.
    """
    held = session.scalars(select(KalenderAbo).where(KalenderAbo.schluessel_hash == _hash(key),
                                                     KalenderAbo.widerrufen_am.is_(None))).first()
    if held is None or not still(held.angelegt_von):
        return None
    rows = session.scalars(select(Abwesenheit).where(
        Abwesenheit.beschaeftigung_id == held.beschaeftigung_id, Abwesenheit.zustand.in_(("beantragt", "genehmigt")),
        Abwesenheit.bis >= today - PAST).order_by(Abwesenheit.von, Abwesenheit.id)).all()
    return rendered(rows)


def rendered(rows: Sequence[Abwesenheit]) -> bytes:
    """Abwesenheiten als iCalendar (RFC 5545): ganztägig, Ende ausschließlich, beantragte vorläufig."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kreislohn//Abwesenheiten//DE", "CALSCALE:GREGORIAN",
             "X-WR-CALNAME:Meine Abwesenheiten"]
    for row in rows:
        changed = row.entschieden_am or row.beantragt_am or datetime.now(UTC)
        lines += ["BEGIN:VEVENT", f"UID:{row.public_id}@kreislohn", f"DTSTAMP:{changed.astimezone(UTC):%Y%m%dT%H%M%SZ}",
                  f"DTSTART;VALUE=DATE:{row.von:%Y%m%d}", f"DTEND;VALUE=DATE:{row.bis + timedelta(days=1):%Y%m%d}",
                  f"SUMMARY:{_escaped(_summary(row))}",
                  f"STATUS:{'CONFIRMED' if row.zustand == 'genehmigt' else 'TENTATIVE'}", "TRANSP:OPAQUE", "END:VEVENT"]
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _summary(row: Abwesenheit) -> str:
    """Krankheit heißt in einem Kalender, den andere sehen können, nur abwesend."""
    word = "Abwesend" if row.art in ("krank", "kind_krank", "kur") else ABWESENHEITEN[row.art]
    return f"{word} (halber Tag)" if row.halb else word


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    part = ""
    for char in line:
        if len((part + char).encode()) > LINE:
            yield part
            part = f" {char}"
        else:
            part += char
    yield part


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
