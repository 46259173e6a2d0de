"""Zugänge zu Zeitsystemen mit Schnittstelle: anlegen, ändern, abholen; der Schlüssel ist versiegelt."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from tenants import audit
from tenants.db.session import TenantSession
from tenants.security import open_sealed, seal
from timekeeping import profiles, service
from timekeeping.imports.judging import Bestand
from timekeeping.imports.problems import ImportFehler
from timekeeping.kimai_api import Ziele, checked_address, fetch
from timekeeping.models import ZeitDatei, ZeitQuelle

SEALED = {"table": "zeit_quelle", "column": "token_siegel"}
FORMAT = "kimai-json"


def all_sources(session: TenantSession) -> Sequence[ZeitQuelle]:
    """Alle Zugänge nach Namen."""
    return session.scalars(select(ZeitQuelle).order_by(ZeitQuelle.name)).all()


def find(session: TenantSession, name: str) -> ZeitQuelle:
    """Der Zugang dieses Namens. Raises ImportFehler, wenn es keinen gibt."""
    found = session.scalars(select(ZeitQuelle).where(ZeitQuelle.name == name)).one_or_none()
    if found is None:
        raise ImportFehler(f"Den Zugang „{name[:60]}“ gibt es nicht", "Namen prüfen")
    return found


def set_source(session: TenantSession, name: str, adresse: str, token: str, *, profil: str = FORMAT,
               reason: str) -> ZeitQuelle:
    """Legt einen Zugang an oder ändert ihn. Raises ImportFehler für Adressen, die nicht https sind."""
    if not name.strip() or len(name) > 60 or not name.isprintable():
        raise ImportFehler("Der Name fehlt oder ist zu lang", "kurz benennen")
    if not token.strip() or len(token) > 500 or not token.isascii() or not token.isprintable():
        raise ImportFehler("Der Schlüssel fehlt oder ist keiner", "in Kimai anlegen und ganz übernehmen")
    if not reason.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")
    address = checked_address(adresse)
    if profiles.current(session, profil)[0].typ != "kimai":
        raise ImportFehler(f"Das Format {profil} liest keine Antworten von Kimai", f"{FORMAT} wählen")
    row = session.scalars(select(ZeitQuelle).where(ZeitQuelle.name == name.strip())).one_or_none()
    if row is None:
        row = ZeitQuelle(public_id=uuid.uuid4(), name=name.strip(), angelegt_von=str(session.info["actor"]))
    row.adresse, row.profil = address, profil
    row.token_siegel = seal(session, token.strip().encode(), row=str(row.public_id), **SEALED)
    session.add(row)
    session.flush()
    audit.record(session, "zeitquelle.gesetzt", f"zeitquelle:{row.public_id}", {"name": row.name, "adresse": address},
                 reason.strip())
    return row


def remove(session: TenantSession, row: ZeitQuelle, *, reason: str) -> None:
    """Entfernt einen Zugang samt Schlüssel; was abgeholt ist, bleibt."""
    if not reason.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")
    audit.record(session, "zeitquelle.entfernt", f"zeitquelle:{row.public_id}", {"name": row.name}, reason.strip())
    session.delete(row)
    session.flush()


def collect(session: TenantSession, bestand: Bestand, row: ZeitQuelle, first: date, last: date,
            ziele: Ziele) -> ZeitDatei:
    """Holt Zeiten ab und liest sie wie eine Datei ein; noch nichts ist gebucht."""
    token = open_sealed(session, row.token_siegel, row=str(row.public_id), **SEALED).decode()
    data = fetch(row.adresse, token, first, last, ziele)
    row.zuletzt = func.now()
    return service.read_in(session, bestand, f"{row.name} {first:%Y-%m-%d} bis {last:%Y-%m-%d}.json", data, row.profil)
