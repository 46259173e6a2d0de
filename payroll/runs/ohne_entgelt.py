"""Was die Jahressonderzahlung mindert: Zeiten ohne Entgelt (§ 20 Abs. 4 TVöD) und erklärte Tauschtage (Abs. 7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import and_, select

from payroll.law import encode
from payroll.law.rules.entgelt.bemessung import OhneEntgelt
from payroll.law.rules.entgelt.fehlzeiten import abschnitte
from payroll.law.rules.entgelt.termine import tausch_rechtzeitig
from payroll.masterdata.arbeitstage import FUENFTAGEWOCHE, arbeitstage
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import (
    Anlasszahlung,
    BeschaeftigungAngaben,
    Beschaeftigungszeit,
    Bezuegezuordnung,
    Fehlzeit,
)
from payroll.masterdata.slices.ausfall import absences
from tenants.db.session import TenantSession

TARIF = ("tarif", "auszubildende", "minijob")
SLICE = ("entgeltgruppe", "stufe", "wochenstunden", "vollzeitstunden")


@dataclass(frozen=True)
class Tausch:
    """Erklärte Tauschtage und die Eingruppierung, nach der ein Tag zählt (Codes und Hundertstel des Rechts)."""

    tage: int
    entgeltgruppe: int
    stufe: int
    wochenstunden: int
    vollzeitstunden: int
    arbeitstage_je_woche: int = 5
    arbeitstage_wochen: int = 1


def without_pay(session: TenantSession, year: int) -> dict[int, list[OhneEntgelt]]:
    """Zeiten ohne Entgelt je Beschäftigung bis zum Jahresende, mit ihrem Grund; drei Abfragen."""
    last = date(year, 12, 31)
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in session.scalars(select(Fehlzeit).where(known(Fehlzeit, None), Fehlzeit.valid_from <= last)
                               .order_by(Fehlzeit.valid_from)):
        rows[row.beschaeftigung_id].append(row)
    if not rows:
        return {}
    jobs = {row.beschaeftigung_id: row for row in session.execute(
        select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art, BeschaeftigungAngaben.eintritt)
        .where(known(BeschaeftigungAngaben, None), within(BeschaeftigungAngaben, last, last)))}
    service = {row.beschaeftigung_id: row.seit for row in session.execute(
        select(Beschaeftigungszeit.beschaeftigung_id, Beschaeftigungszeit.seit)
        .where(known(Beschaeftigungszeit, None), within(Beschaeftigungszeit, last, last)))}
    found: dict[int, list[OhneEntgelt]] = {}
    for number, own in rows.items():
        job = jobs.get(number)
        if job is not None and job.art in TARIF:
            pieces = abschnitte(absences(own, last), job.art, service.get(number, job.eintritt))
            found[number] = [OhneEntgelt(one.von, one.bis, one.grund) for one in pieces if not one.bezahlt]
    return found


def exchange_days(session: TenantSession, year: int) -> dict[int, Tausch]:
    """Rechtzeitig erklärte Tauschtage des Jahres mit der Eingruppierung des 1. November."""
    november = date(year, 11, 1)
    grade = and_(Bezuegezuordnung.beschaeftigung_id == Anlasszahlung.beschaeftigung_id, known(Bezuegezuordnung, None),
                 within(Bezuegezuordnung, november, november))
    rows = session.execute(
        select(Anlasszahlung.beschaeftigung_id, Anlasszahlung.valid_from, Anlasszahlung.menge,
               *(getattr(Bezuegezuordnung, name) for name in ("tarifwerk", *SLICE, "arbeitstage_woche")))
        .join(Bezuegezuordnung, grade)
        .where(known(Anlasszahlung, None), Anlasszahlung.art == "tauschtage",
               Anlasszahlung.valid_from >= date(year, 1, 1), Anlasszahlung.valid_from <= date(year, 12, 31)))
    found = {}
    for row in rows:
        if tausch_rechtzeitig(row.valid_from, year):
            _, group, step = encode.assignment(row.tarifwerk, row.entgeltgruppe, row.stufe, november)
            found[row.beschaeftigung_id] = Tausch(int(row.menge), group, step, int(row.wochenstunden * 100),
                                                  int(row.vollzeitstunden * 100),
                                                  **arbeitstage(row.arbeitstage_woche).eingaben())
    return found


def exchange_columns(given: Sequence[Tausch | None], day: date) -> dict[str, Any]:
    """Eingangsspalten des Tauschs, eine Zeile je Anspruch; leer, wenn niemand tauscht."""
    if day.year < 2026 or not any(given):
        return {}
    columns = {name: np.array([getattr(one, name, 0) if one else 0 for one in given]) for name in SLICE}
    columns |= {name: np.array([getattr(one, name) if one else usual for one in given])
                for name, usual in FUENFTAGEWOCHE.eingaben().items()}
    columns["stufe"] = np.where(columns["vollzeitstunden"] == 0, 3, columns["stufe"])
    for name in ("wochenstunden", "vollzeitstunden"):
        columns[name] = np.where(columns[name] == 0, 3900, columns[name])
    del columns["entgeltgruppe"]  # the group of the bonus is a column already
    return columns | {"tauschtage": np.array([one.tage if one else 0 for one in given])}
