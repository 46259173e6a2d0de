"""Paket eines abgeschlossenen Laufs: die Tatsachen nach seinem Kenntnisstand, die Läufe davor, was herauskam."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from psycopg import sql
from sqlalchemy import Table, select

from payroll.masterdata.land import known_land
from payroll.masterdata.models import Beschaeftigung
from payroll.runs import taxyear
from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.steps import find_run, month_name
from payroll.runs.values import VALUES
from tenants import audit
from tenants.db.base import Base
from tenants.db.bulk import read_columns
from tenants.db.session import TenantSession
from tenants.security.masterkey import MasterKey
from tenants.transfer import Manifest, select_parts, write

ROOMS = ("tenants.models.tenant", "tenants.retention", "payroll.masterdata", "payroll.runs", "timekeeping", "staffplan")
NOT_OF_A_RUN = ("ereignis", "wiedervorlage")
SUMS = ("regelwerk", "ergebnis_hash", "anzahl", "gesamtbrutto", "netto", "auszahlung", "ag_kosten", "fassung")


def pack_run(session: TenantSession, month: date, target: Path, key: MasterKey) -> Manifest:
    """Schreibt das Paket des abgeschlossenen Laufs; key öffnet es und gehört auf einen anderen Weg als die Datei.

    Es enthält nichts, was der Lauf nicht kannte: keine späteren Tatsachen, keine späteren Läufe, keine Zugänge.
    """
    lauf = find_run(session, month)
    if lauf.zustand != "abgeschlossen" or lauf.stand is None:
        raise RunRefused(f"{month_name(month)} ist nicht abgeschlossen; nachgerechnet wird, was feststeht. Zuerst "
                         "abschließen.")
    made = write(session, target, key, select_parts(Base.metadata, _wanted, conditions=_conditions(lauf)),
                 extra=_extra(session, lauf))
    audit.record(session, "lauf.paket", f"lauf:{lauf.monat:%Y-%m}", {"hash": lauf.ergebnis_hash, "datei": target.name})
    return made


def _rooms() -> dict[str, str]:
    """Raum je Tabelle."""
    return {mapper.local_table.name: mapper.class_.__module__  # type: ignore[attr-defined]  # mapped to real tables
            for mapper in Base.registry.mappers}


def _wanted(table: Table) -> bool:
    return _rooms().get(table.name, "").startswith(ROOMS) and table.name not in NOT_OF_A_RUN


def _conditions(lauf: Lauf) -> Mapping[str, sql.Composable]:
    found: dict[str, sql.Composable] = {
        table.name: sql.SQL("recorded_at <= {}").format(sql.Literal(lauf.stand))
        for table in Base.metadata.tables.values() if "recorded_at" in table.columns}
    found["lauf"] = sql.SQL("monat < {}").format(sql.Literal(lauf.monat))
    return found


def _extra(session: TenantSession, lauf: Lauf) -> dict[str, Any]:
    plan = taxyear.plan_of(lauf.monat)
    assert lauf.stand is not None
    return {"monat": lauf.monat.isoformat(), "stand": lauf.stand.isoformat(),
            "land": known_land(session, lauf.stand), "programm": version("kreislohn"),
            "lauf": {name: getattr(lauf, name) for name in SUMS}, "ergebnisse": results(session, lauf.id),
            "steuerplan": None if plan is None else base64.b64encode(taxyear.source_of(plan)).decode()}


def results(session: TenantSession, lauf_id: int) -> dict[str, list[int]]:
    """Werte je Personalnummer, in der Reihenfolge von VALUES."""
    found = read_columns(session, select(
        Beschaeftigung.personalnummer, *(getattr(Ergebnis, name) for name in VALUES)).join(
        Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id).where(Ergebnis.lauf_id == lauf_id))
    return dict(zip(found["personalnummer"], map(list, zip(*(found[name] for name in VALUES), strict=True)),
                    strict=True))
