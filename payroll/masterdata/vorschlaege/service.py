"""Vorschläge für alle Arbeitgeber: hochladen, zurückziehen, durch eine zweite Person entscheiden, verteilen.

Bestätigt wird, was gezeigt wurde: Kennung und Prüfsumme des Inhalts. Verteilt wird je Arbeitgeber in einer eigenen
Transaktion; was schon steht, bleibt, deshalb darf jeder Schritt wiederholt werden.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from payroll.law import official
from payroll.law.parameters.uploaded import Uploaded, UploadedTable, ordered
from payroll.masterdata.models import Tariftabelle, Vorschlag
from payroll.masterdata.service import record_fact
from payroll.masterdata.slices.tarif import digest_of
from payroll.masterdata.vorschlaege import fund_rates, law_values, tax_year
from tenants import audit
from tenants.db.session import PlatformSession, TenantSession, platform_session, tenant_session
from tenants.models import Tenant, User
from tenants.service import list_tenants
from tenants.users.service import mandates_on

WRITE, RELEASE = "tariff.write", "tariff.release"
TITLES = {"entgelttabelle": "Entgelttabelle", "familienzuschlag": "Familienzuschlag",
          "krankenkassen": "Sätze der Krankenkassen", "zv_saetze": "Sätze der Zusatzversorgung", "umlagen": "Umlagen",
          "rechtswerte": "Werte des Rechts", "steuerjahr": "Steuerjahr (Programmablaufplan)"}
TABLES = ("entgelttabelle", "familienzuschlag")


class VorschlagAbgelehnt(ValueError):
    """Ein Schritt geht so nicht; der Text nennt Regel und Abhilfe."""


@dataclass(frozen=True)
class Angaben:
    """Was die erste Person angibt."""

    art: str
    titel: str
    gilt_ab: date
    quelle: str
    datei_name: str


def upload(session: PlatformSession, angaben: Angaben, data: bytes, inhalt: dict[str, Any]) -> Vorschlag:
    """Merkt den geprüften Inhalt als Vorschlag; dieselbe Datei für denselben Tag nur einmal."""
    if not angaben.titel.strip() or not angaben.quelle.strip():
        raise VorschlagAbgelehnt("Titel oder Quelle fehlt; Tarifeinigung, Satzung oder Bekanntmachung nennen.")
    digest = hashlib.sha256(data).digest()
    same = select(Vorschlag).where(Vorschlag.datei_hash == digest, Vorschlag.gilt_ab == angaben.gilt_ab,
                                   Vorschlag.art == angaben.art, Vorschlag.zustand.in_(("offen", "bestaetigt")))
    if session.scalars(same).first() is not None:
        raise VorschlagAbgelehnt("Diese Datei ist für diesen Tag schon hochgeladen; den Vorgang dort fortsetzen.")
    row = Vorschlag(public_id=uuid.uuid4(), art=angaben.art, titel=angaben.titel.strip()[:200], gilt_ab=angaben.gilt_ab,
                    quelle=angaben.quelle.strip()[:400], datei_name=angaben.datei_name[:200], datei_hash=digest,
                    inhalt=inhalt, hochgeladen_von=_actor(session))
    session.add(row)
    session.flush()
    _protocol(session, "vorschlag.hochgeladen", row)
    return row


def shown(row: Vorschlag) -> str:
    """Prüfsumme dessen, worüber entschieden wird."""
    held = json.dumps([row.art, row.titel, row.gilt_ab.isoformat(), row.quelle, row.datei_hash.hex(), row.inhalt],
                      sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(held.encode()).hexdigest()


def decide(session: PlatformSession, public_id: uuid.UUID, *, gesehen: str, bestaetigt: bool, grund: str) -> Vorschlag:
    """Eine zweite Person bestätigt oder lehnt ab; gesehen ist die Prüfsumme des Gezeigten."""
    row = find(session, public_id, lock=True)
    wanted = "bestaetigt" if bestaetigt else "abgelehnt"
    if row.zustand == wanted and row.entschieden_von == _actor(session):
        return row
    if row.zustand != "offen":
        raise VorschlagAbgelehnt(f"Über „{row.titel}“ hat schon {row.entschieden_von} entschieden.")
    if row.hochgeladen_von == _actor(session):
        raise VorschlagAbgelehnt("Wer hochlädt, entscheidet nicht: das tut eine zweite Person.")
    if gesehen != shown(row):
        raise VorschlagAbgelehnt("Der Vorschlag ist nicht mehr der gezeigte; die Seite neu laden und prüfen.")
    if not bestaetigt and not grund.strip():
        raise VorschlagAbgelehnt("Bitte begründen, warum der Vorschlag abgelehnt wird.")
    _close(session, row, wanted, grund)
    return row


def withdraw(session: PlatformSession, public_id: uuid.UUID, grund: str) -> Vorschlag:
    """Die erste Person zieht ihren Vorschlag zurück, solange niemand entschieden hat."""
    row = find(session, public_id, lock=True)
    if row.zustand != "offen" or row.hochgeladen_von != _actor(session):
        raise VorschlagAbgelehnt("Zurückziehen kann nur, wer hochgeladen hat, und nur vor der Entscheidung.")
    _close(session, row, "zurueckgezogen", grund)
    return row


def _close(session: PlatformSession, row: Vorschlag, state: str, reason: str) -> None:
    row.zustand, row.entschieden_von, row.entschieden_am = state, _actor(session), func.now()
    row.grund = reason.strip()[:400]
    session.flush()
    session.refresh(row)
    _protocol(session, f"vorschlag.{state}", row)


def distribute(public_id: uuid.UUID, *, actor: str, plans: Path | None = None) -> int:
    """Schreibt einen bestätigten Vorschlag bei jedem aktiven Arbeitgeber als Tatsache; gibt deren Zahl zurück.

    Ein Steuerjahr kommt zu den Plänen der Einrichtung (plans: ihr Verzeichnis); die Läufe lesen es dort.
    """
    with platform_session(actor=actor) as session:
        row = find(session, public_id)
        if row.zustand != "bestaetigt":
            raise VorschlagAbgelehnt(f"„{row.titel}“ ist nicht bestätigt; verteilt wird nur, was gilt.")
        tenants = [tenant.id for tenant in list_tenants(session)]
        later = _replaced(session, row)
    if row.art == "steuerjahr":
        if plans is None:
            raise VorschlagAbgelehnt("Hier ist kein Verzeichnis für Steuerjahre eingerichtet.")
        if row.art not in later:
            tax_year.apply(row, plans)
    for tenant in tenants if row.art != "steuerjahr" else ():
        with tenant_session(tenant, actor=actor) as own:
            _write(own, row, later)
    with platform_session(actor=actor) as session:
        held = find(session, public_id, lock=True)
        held.verteilt_am = func.now()
        session.flush()
        _protocol(session, "vorschlag.verteilt", held, mandanten=len(tenants))
    return len(tenants)


def _write(session: TenantSession, row: Vorschlag, later: frozenset[str]) -> None:
    if row.art in TABLES:
        _tables(session, row, later)
    if "saetze" in row.inhalt:
        fund_rates.apply(session, row, source(row), later)
    law_values.apply(session, row, source(row), later)


def source(row: Vorschlag) -> str:
    """Woher eine Zahl kommt, wie sie in jeder Erklärung steht."""
    return (f"{row.titel}, {row.quelle}; Datei {row.datei_name}, SHA-256 {row.datei_hash.hex()[:12]}, hochgeladen von "
            f"{row.hochgeladen_von}, bestätigt von {row.entschieden_von or 'noch niemandem'}")


def _replaced(session: PlatformSession, row: Vorschlag) -> frozenset[str]:
    """Tarifwerke, Sätze und Werte, für die ein später bestätigter Vorschlag mit demselben Tag gilt."""
    rows = session.scalars(select(Vorschlag).where(
        Vorschlag.zustand == "bestaetigt", Vorschlag.gilt_ab == row.gilt_ab,
        Vorschlag.entschieden_am > row.entschieden_am))
    return frozenset(name for later in rows for name in _names(later))


def _names(row: Vorschlag) -> Iterator[str]:
    yield from row.inhalt.get("tabellen", ())
    yield from row.inhalt.get("werte", ())
    for fund, rates in row.inhalt.get("saetze", {}).items():
        yield from (f"{fund}.{name}" for name in rates)
    if row.art == "steuerjahr":
        yield row.art


def _tables(session: TenantSession, row: Vorschlag, later: frozenset[str]) -> None:
    for scale, groups in sorted(row.inhalt["tabellen"].items()):
        if scale in later:
            continue
        record_fact(session, Tariftabelle, valid_from=row.gilt_ab, reason=source(row), tarifwerk=scale, zellen=groups,
                    quelle=source(row), datei_hash=row.datei_hash, vorschlag=row.public_id)


def tables_of(row: Vorschlag) -> Uploaded:
    """Die Tabellen eines Vorschlags, wie das Recht sie nimmt."""
    found = []
    for scale, groups in sorted(row.inhalt["tabellen"].items()):
        cells = ordered(((group, step, cent) for group, steps in groups.items() for step, cent in steps.items()), scale)
        found.append(UploadedTable(scale, row.gilt_ab, digest_of(cells), source(row), cells))
    return tuple(found)


def in_force(session: PlatformSession, day: date) -> Uploaded:
    """Die bestätigten Tabellen, die an einem Tag gelten: je Tarifwerk die neueste."""
    rows = session.scalars(select(Vorschlag).where(
        Vorschlag.art.in_(TABLES), Vorschlag.zustand == "bestaetigt", Vorschlag.gilt_ab <= day)
        .order_by(Vorschlag.gilt_ab, Vorschlag.entschieden_am))
    newest = {table.tarifwerk: table for row in rows for table in tables_of(row)}
    return tuple(newest[scale] for scale in sorted(newest))


def values_in_force(session: PlatformSession, day: date) -> official.Values:
    """Die bestätigten Werte des Rechts, die an einem Tag gelten: je Name der neueste."""
    rows = session.scalars(select(Vorschlag).where(
        Vorschlag.art.in_(("rechtswerte", "umlagen")), Vorschlag.zustand == "bestaetigt", Vorschlag.gilt_ab <= day)
        .order_by(Vorschlag.gilt_ab, Vorschlag.entschieden_am))
    newest = {one.name: one for row in rows for one in law_values.overlays_of(row, source(row))}
    return tuple(newest[name] for name in sorted(newest))


def find(session: PlatformSession, public_id: uuid.UUID, *, lock: bool = False) -> Vorschlag:
    """Ein Vorschlag; wirft VorschlagAbgelehnt, wenn es ihn nicht gibt."""
    statement = select(Vorschlag).where(Vorschlag.public_id == public_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise VorschlagAbgelehnt("Diesen Vorschlag gibt es nicht.")
    return row


def all_of(session: PlatformSession) -> Sequence[Vorschlag]:
    """Alle Vorschläge, neueste zuerst."""
    return session.scalars(select(Vorschlag).order_by(Vorschlag.id.desc()).limit(200)).all()


def missing_mandates(session: PlatformSession, login: str, right: str, day: date) -> list[str]:
    """Arbeitgeber, bei denen der Mensch dieses Recht nicht hat: was für alle gilt, braucht es bei allen."""
    user = session.scalars(select(User).where(User.login == login)).one_or_none()
    held = set() if user is None else {m.tenant_id for m in mandates_on(user, day) if right in m.permissions}
    return [f"{one.number} {one.name}" for one in list_tenants(session) if one.id not in held]


def employers(session: PlatformSession) -> list[Tenant]:
    """Die Arbeitgeber, für die ein Vorschlag gilt."""
    return list_tenants(session)


def _actor(session: PlatformSession) -> str:
    return str(session.info["actor"])


def _protocol(session: PlatformSession, action: str, row: Vorschlag, **more: Any) -> None:
    audit.record(session, action, f"vorschlag:{row.public_id}", {
        "art": row.art, "titel": row.titel, "gilt_ab": row.gilt_ab.isoformat(), "datei": row.datei_name,
        "sha256": row.datei_hash.hex(), **more}, row.grund or None)
