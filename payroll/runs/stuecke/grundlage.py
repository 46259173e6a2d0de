"""Worauf ein geteilter Lauf steht: ändert sich davon etwas, bevor er zusammengefügt ist, passen die Stücke nicht mehr.

Tatsachen, Bestätigungen und Entscheidungen tragen ihren Zeitpunkt und werden mit dem einen Kenntnisstand gelesen: was
später kommt, zählt für den nächsten Lauf. Hier steht, was keinen hat, und was der Kenntnisstand allein nicht festhält:
eine Tatsache für alle, deren Transaktion vor ihm begann und danach erst festgeschrieben wurde.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import (
    Krankenkasse,
    KrankenkasseSatz,
    Lohnart,
    LohnartStand,
    Rechtswert,
    Tariftabelle,
    ZvKasse,
    ZvKasseSatz,
)
from payroll.runs.models import Lauf
from payroll.runs.retro.affected import closed_before
from payroll.runs.retro_models import RueckrechnungBestaetigung
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models.tenant import Tenant, TenantSetting

PROGRAMM = Path(__file__).resolve().parents[3]
RAEUME, ENDUNGEN = ("payroll", "staffplan", "tenants", "timekeeping"), frozenset({".py", ".toml", ".csv"})
FUER_ALLE: tuple[Any, ...] = (KrankenkasseSatz, LohnartStand, Rechtswert, Tariftabelle, TenantSetting, ZvKasseSatz)


def source_of(root: Path) -> str:
    """Prüfwert von allem, woraus ein Lauf rechnet: Quelltexte, Rechengrößen, Tabellen, in allen Räumen, die er liest.

    Zwei Stände des Programms können dieselbe Nummer der Fassung tragen.
    """
    found = hashlib.sha256()
    for room in RAEUME:
        for file in sorted(one for one in (root / room).rglob("*") if one.suffix in ENDUNGEN):
            content = file.read_bytes()
            found.update(f"{file.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()


# On import, not when first asked for: files replaced under a running process are not what it calculates with.
QUELLE = source_of(PROGRAMM)


def basis(session: TenantSession, month: date, known_at: datetime) -> str:
    """Prüfwert der Grundlage eines Laufs mit diesem Kenntnisstand; eine feste Zahl von Abfragen, alle klein."""
    runs = session.execute(select(Lauf.id, Lauf.monat, Lauf.ergebnis_hash, Lauf.stand)
                           .where(Lauf.zustand == "abgeschlossen").order_by(Lauf.monat)).all()
    held: list[Any] = [importlib.metadata.version("kreislohn"), QUELLE, [[*row] for row in runs],
                       [str(one) for one in closed_before(session, month).months],
                       *_of_everybody(session, month, known_at)]
    return hashlib.sha256(orjson.dumps(held, default=str)).hexdigest()


def _of_everybody(session: TenantSession, month: date, known_at: datetime) -> Iterator[list[Any]]:
    """Was für alle Stücke dasselbe sein muss: Land, Namen der Kataloge, Tatsachen und Bestätigungen ohne Mensch."""
    yield list(session.scalars(select(Tenant.bundesland).where(Tenant.id == guard.tenant_of(session))))
    for anchor, *columns in ((Krankenkasse, Krankenkasse.name), (ZvKasse, ZvKasse.kuerzel, ZvKasse.name),
                             (Lohnart, Lohnart.nummer)):
        rows = session.execute(select(anchor.id, *columns).where(anchor.created_at <= known_at).order_by(anchor.id))
        yield [[*row] for row in rows]
    for model in FUER_ALLE:
        row = session.execute(select(func.count(model.id).label("zahl"), func.sum(model.id).label("summe"))
                              .where(known(model, known_at))).one()
        yield [*row]
    said = RueckrechnungBestaetigung
    yield list(session.scalars(select(said.id).order_by(said.id).where(
        said.monat == month, said.beschaeftigung_id.is_(None), said.bestaetigt_am <= known_at)))
