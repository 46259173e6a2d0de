"""Zeilen zwischen Datenbank und Prüfung: Geschriebenes, Gebuchtes, Summen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from tenants.db.bulk import copy_rows, read_columns
from tenants.db.session import TenantSession
from timekeeping.imports.judging import Gebucht
from timekeeping.imports.rows import Eintrag
from timekeeping.models import ZeitDatei, ZeitZeile

SAME = (
    *("zeile", "quellzeilen", "art", "personalnummer", "schluessel", "kostenstelle", "beschaeftigung_id", "lohnart"),
    *("von", "bis", "monat", "beginn", "ende", "einheit", "menge", "betrag", "stand", "grund", "abhilfe", "nachtrag"),
    "fingerabdruck",
)
COMPARED = ("beschaeftigung_id", "lohnart", "art", "von", "bis", "monat", "beginn", "ende", "einheit", "kostenstelle")


def write(session: TenantSession, datei: ZeitDatei, entries: Sequence[Eintrag]) -> None:
    """Schreibt alle Zeilen einer Datei in einem Zug."""
    rows = (
        (datei.id, at, *(getattr(entry, name) for name in SAME[:-1]), entry.fingerabdruck or None)
        for at, entry in enumerate(entries)
    )
    copy_rows(session, ZeitZeile, ("datei_id", "position", *SAME), rows)


def load(session: TenantSession, entries: Sequence[Eintrag], replaced: ZeitDatei | None,
         closed: frozenset[date]) -> Gebucht:
    """Was im Zeitraum der Einträge gebucht ist; von der ersetzten Datei zählt nur, was abgeschlossen ist."""
    days = [day for entry in entries for day in (entry.von, entry.bis) if day]
    known = Gebucht()
    if not days:
        return known
    statement = (
        select(*(getattr(ZeitZeile, name) for name in COMPARED), ZeitZeile.fingerabdruck, ZeitZeile.zeile,
               ZeitZeile.datei_id, ZeitDatei.dateiname)
        .join(ZeitDatei, (ZeitDatei.tenant_id == ZeitZeile.tenant_id) & (ZeitDatei.id == ZeitZeile.datei_id))
        .where(ZeitZeile.gebucht, ZeitZeile.von <= max(days), ZeitZeile.bis >= min(days))
    )
    for row in session.execute(statement):
        entry = Eintrag(row.zeile, row.art)
        for name in (*COMPARED, "fingerabdruck"):
            setattr(entry, name, getattr(row, name))
        if replaced is not None and row.datei_id == replaced.id and closed.isdisjoint(entry.monate()):
            continue
        known.merken(entry, f"Zeile {row.zeile} der gebuchten Datei {row.dateiname}")
    return known


def sums(session: TenantSession, datei: ZeitDatei, *, nur_gebucht: bool = False) -> tuple[int, dict[str, Decimal]]:
    """Datenzeilen und Summen je Einheit (Betrag in Cent), aus der Datenbank gerechnet."""
    where = [ZeitZeile.datei_id == datei.id] + ([ZeitZeile.gebucht] if nur_gebucht else [])
    found = session.execute(
        select(ZeitZeile.einheit, func.sum(ZeitZeile.quellzeilen), func.sum(ZeitZeile.menge),
               func.sum(ZeitZeile.betrag)).where(*where).group_by(ZeitZeile.einheit)
    ).all()
    totals: dict[str, Decimal] = {}
    for unit, _, quantity, cents in found:
        if unit and quantity:
            totals[unit] = totals.get(unit, Decimal(0)) + quantity
        if cents:
            totals["betrag"] = totals.get("betrag", Decimal(0)) + cents
    return sum(int(count) for _, count, _, _ in found), {unit: total for unit, total in totals.items() if total}


def columns(session: TenantSession, datei: ZeitDatei, *names: str) -> dict[str, list[Any]]:
    """Spalten aller Zeilen einer Datei in ihrer Folge."""
    chosen = (getattr(ZeitZeile, name) for name in names)
    return read_columns(session, select(*chosen).where(ZeitZeile.datei_id == datei.id).order_by(ZeitZeile.position))
