"""Werte aus abgeschlossenen Monaten, die der laufende Monat braucht: Jahressummen und Vorjahr.

Es zählt der jüngste Stand jedes Herkunftsmonats: abgeschlossenes Ergebnis und alles, was spätere abgeschlossene Läufe
für ihn nachgerechnet haben; dazu im Monat der Zahlung, was nach dem Zuflussprinzip für Vorjahre versteuert wurde.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Select, and_, case, func, or_, select

from payroll.runs.carried import Carried, Sums, read_carried
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.bulk import read_columns
from tenants.db.session import TenantSession

Column = Any
SUMS = ("sv_tage", "sv_brutto_kv", "sv_brutto_rv", "steuerbrutto", "zv_steuerfrei", "sv_brutto_kv_vorjahr",
        "sv_brutto_rv_vorjahr", "umwandlung_steuerfrei", "umwandlung_sv_frei", "zv2_steuerfrei", "zv2_sv_frei")
THIS_YEAR = {"sv_tage_bisher": "sv_tage", "sv_brutto_kv_bisher": "sv_brutto_kv", "sv_brutto_rv_bisher": "sv_brutto_rv",
             "steuerbrutto_bisher": "steuerbrutto", "zv_steuerfrei_bisher": "zv_steuerfrei",
             "umwandlung_steuerfrei_bisher": "umwandlung_steuerfrei",
             "umwandlung_sv_frei_bisher": "umwandlung_sv_frei", "zv2_steuerfrei_bisher": "zv2_steuerfrei",
             "zv2_sv_frei_bisher": "zv2_sv_frei"}
LAST_YEAR = {"vorjahr_sv_tage": "sv_tage", "vorjahr_sv_brutto_kv": "sv_brutto_kv",
             "vorjahr_sv_brutto_rv": "sv_brutto_rv"}
# One-off pay of January to March charged to the previous year fills that year's ceiling.
MAERZ = {"vorjahr_sv_brutto_kv": "sv_brutto_kv_vorjahr", "vorjahr_sv_brutto_rv": "sv_brutto_rv_vorjahr"}
# Taxed by receipt for earlier years: counts beside the months of this year, which keep what they were.
ZUFLUSS = {"steuerbrutto_vorjahr": "steuerbrutto", "zv_steuerfrei": "zv_steuerfrei",
           "zv2_steuerfrei": "zv2_steuerfrei", "zv2_sv_frei": "zv2_sv_frei"}


def sums_before(session: TenantSession, month: date, employments: Column,
                known_at: datetime | None = None) -> dict[str, Column]:
    """Summen des Kalenderjahres vor diesem Monat und des ganzen Vorjahres, eine Zeile je Beschäftigung.

    Vorträge nach dem Kenntnisstand ``known_at``. Das Vorjahr ist unbekannt (``vorjahr_sv_tage`` -1), wenn es weder
    einen abgeschlossenen Monat davon noch einen Vortrag gibt.
    """
    this_year = read_sums(session, date(month.year, 1, 1), month)
    last_year = read_sums(session, date(month.year - 1, 1, 1), date(month.year, 1, 1))
    return lined_up(this_year, last_year, employments, month, read_carried(session, month, known_at))


def lined_up(this_year: Sums, last_year: Sums, employments: Column, month: date,
             carried: Carried) -> dict[str, Column]:
    """Summen je Beschäftigung samt Vorträgen als Spalten in der Reihenfolge der Fälle."""
    this_year = carried.merge(this_year, month.year, SUMS)
    last_year = carried.merge(last_year, month.year - 1, SUMS)
    for number, own in last_year.items():
        for column in MAERZ.values():
            name = column.removesuffix("_vorjahr")
            own[name] += this_year.get(number, {}).get(column, 0)
    columns = {name: _column(this_year, source, employments, 0) for name, source in THIS_YEAR.items()}
    return columns | {name: _column(last_year, source, employments, -1 if source == "sv_tage" else 0)
                      for name, source in LAST_YEAR.items()}


def _column(sums: Sums, name: str, employments: Column, default: int) -> Column:
    return np.array([sums[number][name] if number in sums else default for number in map(int, employments)],
                    dtype=np.int64)


def read_sums(session: TenantSession, first: date, before: date) -> Sums:
    """Summen der abgeschlossenen Monate von ``first`` bis vor ``before``, samt Nachgebuchtem; zwei Abfragen."""
    columns = [func.sum(getattr(Ergebnis, name)).label(name) for name in SUMS]
    statement: Select[Any] = (
        select(Ergebnis.beschaeftigung_id, *columns)
        .join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat >= first, Ergebnis.monat < before)
        .group_by(Ergebnis.beschaeftigung_id))
    found = read_columns(session, statement)
    sums: Sums = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    for i, number in enumerate(found["beschaeftigung_id"]):
        sums[number] = {name: int(found[name][i]) for name in SUMS}
    booked = session.execute(booked_later(first, before)).all()
    for row in booked:
        sums[row.beschaeftigung_id][ZUFLUSS.get(row.name, row.name)] += int(row.summe)
    return dict(sums)


def booked_later(first: date, before: date) -> Select[Any]:
    """Was abgeschlossene Läufe zu den Monaten ``first`` bis vor ``before`` nachgebucht haben, je Wert aus SUMS."""
    by_month = and_(Rueckrechnung.art == "entstehung", RueckrechnungZeile.name.in_(SUMS))
    by_receipt = and_(Rueckrechnung.art == "zufluss", RueckrechnungZeile.name.in_(ZUFLUSS))
    change = case((Rueckrechnung.art == "zufluss", RueckrechnungZeile.betrag),
                  else_=RueckrechnungZeile.neu - RueckrechnungZeile.alt)
    return (
        select(Rueckrechnung.beschaeftigung_id, RueckrechnungZeile.name, func.sum(change).label("summe"))
        .join(Rueckrechnung, Rueckrechnung.id == RueckrechnungZeile.rueckrechnung_id)
        .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Rueckrechnung.monat >= first, Rueckrechnung.monat < before,
               RueckrechnungZeile.bereich == "wert", or_(by_month, by_receipt))
        .group_by(Rueckrechnung.beschaeftigung_id, RueckrechnungZeile.name))
