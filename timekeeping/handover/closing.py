"""Einen Zeitmonat abschließen: die Mengen gehen einmal an die Abrechnung; was später kommt, wird nachgetragen."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update

from tenants import audit
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession
from timekeeping.handover.models import AUSGLEICH, ZeitBezug, ZeitMonat
from timekeeping.handover.quantities import Offen
from timekeeping.handover.totals import Key, totals
from timekeeping.imports.judging import Bestand
from timekeeping.imports.problems import ImportFehler
from timekeeping.models import ZeitDatei, ZeitZeile
from timekeeping.own.models import ZeitKorrektur
from timekeeping.rules.months import later, month_end

COLUMNS = ("public_id", "valid_from", "valid_to", "recorded_by", "reason", "beschaeftigung_id", "arbeitsmonat",
           "lohnart", "klasse", "einheit", "menge", "nachtrag")


def closed_months(session: TenantSession) -> frozenset[date]:
    """Abgeschlossene Zeitmonate."""
    return frozenset(session.scalars(select(ZeitMonat.monat)))


def month_row(session: TenantSession, month: date) -> ZeitMonat | None:
    """Der Abschluss eines Zeitmonats; None, solange er offen ist."""
    return session.scalars(select(ZeitMonat).where(ZeitMonat.monat == month.replace(day=1))).one_or_none()


def close(session: TenantSession, bestand: Bestand, month: date, *, feiertag: str | None = None,
          grund: str = "") -> ZeitMonat:
    """Schließt einen Zeitmonat ab und übergibt seine Mengen; noch einmal aufgerufen ändert nichts.

    feiertag: „mit“ oder „ohne“ Freizeitausgleich, nötig, wenn an einem Feiertag gearbeitet wurde. grund: nötig, wenn
    gebuchte Zeilen keinen Preis haben. Raises ImportFehler, solange Dateien des Monats auf ihre Freigabe warten.
    """
    month = month.replace(day=1)
    held = month_row(session, month)
    if held is not None:
        return held
    if feiertag is not None and feiertag not in AUSGLEICH:
        raise ImportFehler(f"Freizeitausgleich „{feiertag}“ gibt es nicht", f"erlaubt: {', '.join(AUSGLEICH)}")
    _nothing_waits(session, month)
    wanted, left = totals(session, bestand, month, feiertag=feiertag)
    _settled(left, grund)
    row = ZeitMonat(monat=month, zahlmonat=later(month, bestand.folgemonate), feiertag=feiertag, grund=grund.strip(),
                    abgeschlossen_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    _write(session, bestand, row, wanted, nachtrag=False, reason=f"Zeitmonat {month:%m/%Y} abgeschlossen")
    audit.record(session, "zeitmonat.abgeschlossen", f"zeitmonat:{month:%Y-%m}",
                 {"mengen": len(wanted), "personen": len({key[0] for key in wanted}), "ohne_preis": len(left),
                  "zahlmonat": f"{row.zahlmonat:%Y-%m}"}, row.grund or None)
    return row


def renew(session: TenantSession, bestand: Bestand, months: Collection[date]) -> int:
    """Trägt nach, was sich in abgeschlossenen Zeitmonaten geändert hat; gibt die Zahl der geänderten Mengen zurück."""
    changed = 0
    for row in session.scalars(select(ZeitMonat).where(ZeitMonat.monat.in_(months)).order_by(ZeitMonat.monat)).all():
        wanted, _ = totals(session, bestand, row.monat, feiertag=row.feiertag or "ohne")
        held = _held(session, row.monat)
        gone = [fact.id for key, fact in held.items() if wanted.get(key) != (fact.einheit, fact.menge)]
        new = {key: value for key, value in wanted.items()
               if key not in held or value != (held[key].einheit, held[key].menge)}
        if gone:
            session.execute(update(ZeitBezug).where(ZeitBezug.id.in_(gone)).values(superseded_at=func.now())
                            .execution_options(synchronize_session=False))
        _write(session, bestand, row, new, nachtrag=True, reason=f"Nachtrag zum Zeitmonat {row.monat:%m/%Y}")
        if gone or new:
            audit.record(session, "zeitmonat.nachgetragen", f"zeitmonat:{row.monat:%Y-%m}",
                         {"abgeloest": len(gone), "neu": len(new)})
        changed += len({*new, *(key for key, fact in held.items() if fact.id in set(gone))})
    session.expire_all()
    return changed


def _nothing_waits(session: TenantSession, month: date) -> None:
    waiting = session.scalars(
        select(ZeitDatei.dateiname)
        .join(ZeitZeile, (ZeitZeile.tenant_id == ZeitDatei.tenant_id) & (ZeitZeile.datei_id == ZeitDatei.id))
        .where(ZeitDatei.zustand == "vorgelegt", ZeitZeile.von <= month_end(month), ZeitZeile.bis >= month)
        .limit(1)).first()
    if waiting is not None:
        raise ImportFehler(f"Die Datei {waiting} für {month:%m/%Y} ist noch nicht freigegeben",
                           "freigeben oder zurücknehmen, dann abschließen")
    asked = session.scalars(select(func.count()).select_from(ZeitKorrektur).where(
        ZeitKorrektur.zustand == "beantragt", ZeitKorrektur.tag >= month, ZeitKorrektur.tag <= month_end(month))).one()
    if asked:
        raise ImportFehler(f"{asked} Korrekturen für {month:%m/%Y} sind noch nicht entschieden",
                           "genehmigen oder ablehnen, dann abschließen")


def _settled(left: list[Offen], grund: str) -> None:
    holiday = next((one for one in left if one.feiertag), None)
    if holiday is not None:
        raise ImportFehler("Es wurde an einem Feiertag gearbeitet",
                           "angeben, ob Freizeitausgleich gegeben wurde (§ 8 Abs. 1 Satz 2 Buchst. d TVöD)")
    if left and not grund.strip():
        raise ImportFehler(f"{len(left)} gebuchte Zeilen haben keinen Preis, zuerst: {left[0].grund}",
                           "Datei mit Beträgen ersetzen oder begründen, warum trotzdem abgeschlossen wird")


def _held(session: TenantSession, month: date) -> dict[Key, Any]:
    rows = session.execute(
        select(ZeitBezug.id, ZeitBezug.beschaeftigung_id, ZeitBezug.lohnart, ZeitBezug.klasse, ZeitBezug.einheit,
               ZeitBezug.menge)
        .where(ZeitBezug.superseded_at.is_(None), ZeitBezug.arbeitsmonat == month.year * 100 + month.month))
    return {(row.beschaeftigung_id, row.lohnart, row.klasse): row for row in rows}


def _write(session: TenantSession, bestand: Bestand, row: ZeitMonat, wanted: dict[Key, tuple[str, Decimal]], *,
           nachtrag: bool, reason: str) -> None:
    if not wanted:
        return
    exits = {one.id: [last for _, last in one.zeitraeume] for one in bestand.personen.values()}
    number, actor = row.monat.year * 100 + row.monat.month, str(session.info["actor"])
    rows = []
    for (job, lohnart, klasse), (unit, value) in sorted(wanted.items()):
        pay = _pay_month(row, exits.get(job, []))
        rows.append((uuid.uuid4(), pay, month_end(pay), actor, reason, job, number, lohnart, klasse, unit, value,
                     nachtrag))
    copy_rows(session, ZeitBezug, COLUMNS, rows)


def _pay_month(row: ZeitMonat, exits: list[date | None]) -> date:
    """Der Zahlmonat; wer vorher ausscheidet, bekommt es mit seinem letzten Entgelt (§ 24 Abs. 1 TVöD)."""
    if not exits or None in exits:
        return row.zahlmonat
    last = max(day for day in exits if day is not None).replace(day=1)
    return min(row.zahlmonat, max(last, row.monat))
