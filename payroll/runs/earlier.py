"""Werte aus abgeschlossenen Monaten, die der laufende Monat braucht: Jahressummen und Vorjahr."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Select, func, select

from payroll.runs.models import Ergebnis, Lauf
from tenants.db.bulk import read_columns
from tenants.db.session import TenantSession

Column = Any
SUMS = ("sv_tage", "sv_brutto_kv", "sv_brutto_rv", "steuerbrutto", "zv_steuerfrei")


def sums_before(session: TenantSession, month: date, employments: Column) -> dict[str, Column]:
    """Summen des Kalenderjahres vor diesem Monat und des ganzen Vorjahres, eine Zeile je Beschäftigung.

    Das Vorjahr ist unbekannt (``vorjahr_sv_tage`` -1), wenn es keinen abgeschlossenen Monat davon gibt.
    """
    this_year = _sums(session, date(month.year, 1, 1), month)
    last_year = _sums(session, date(month.year - 1, 1, 1), date(month.year, 1, 1))
    return {
        "sv_tage_bisher": _lined_up(this_year, "sv_tage", employments, 0),
        "sv_brutto_kv_bisher": _lined_up(this_year, "sv_brutto_kv", employments, 0),
        "sv_brutto_rv_bisher": _lined_up(this_year, "sv_brutto_rv", employments, 0),
        "steuerbrutto_bisher": _lined_up(this_year, "steuerbrutto", employments, 0),
        "zv_steuerfrei_bisher": _lined_up(this_year, "zv_steuerfrei", employments, 0),
        "vorjahr_sv_tage": _lined_up(last_year, "sv_tage", employments, -1),
        "vorjahr_sv_brutto_kv": _lined_up(last_year, "sv_brutto_kv", employments, 0),
        "vorjahr_sv_brutto_rv": _lined_up(last_year, "sv_brutto_rv", employments, 0),
    }


def _sums(session: TenantSession, first: date, before: date) -> dict[str, list[Any]]:
    columns = [func.sum(getattr(Ergebnis, name)).label(name) for name in SUMS]
    statement: Select[Any] = (
        select(Ergebnis.beschaeftigung_id, *columns)
        .join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat >= first, Ergebnis.monat < before)
        .group_by(Ergebnis.beschaeftigung_id))
    return read_columns(session, statement)


def _lined_up(sums: dict[str, list[Any]], name: str, employments: Column, default: int) -> Column:
    known = dict(zip(sums["beschaeftigung_id"], sums[name], strict=True))
    return np.array([int(known.get(int(number), default)) for number in employments], dtype=np.int64)
