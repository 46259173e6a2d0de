"""Forderungen und Unterhaltspflichten eines Monats: zwei Abfragen, gleich wie viele Menschen es sind."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, select

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models.claims import Unterhaltsausschluss, Unterhaltspflicht

COLUMNS = (
    "nummer art zustand glaeubiger aktenzeichen iban_ende zugestellt_am zugestellt_um vorgepfaendet_am angezeigt_am "
    "ueberwiesen ausgeschlossen streitig nach_eroeffnung hauptforderung_cent zinsen_cent kosten_cent zinssatz "
    "zinsen_ab monatsbetrag_cent gezahlt_vorher_cent unterhaltsberechtigte gericht_freibetrag_cent "
    "gericht_rest_zaehler gericht_rest_nenner gericht_betrag_cent gericht_zusatz_cent unterhaltsrang anteil "
    "verrechnung zusammenrechnung weiteres_einkommen_cent grundbetrag_bei"
)


def dependants(first: date, last: date, known_at: datetime | None) -> Select[Any]:
    """Unterhaltspflichten mit ihren Ausschlüssen (je Ausschluss eine Zeile, ohne Ausschluss eine leere)."""
    own, out = Unterhaltspflicht, Unterhaltsausschluss
    excluded = and_(
        out.person_id == own.person_id,
        out.unterhaltspflicht == own.nummer,
        known(out, known_at),
        within(out, first, last),
    )
    return select(
        own.person_id.label("anchor"),
        own.valid_from,
        own.valid_to,
        own.nummer,
        own.name,
        out.forderung,
        out.ganz,
        out.valid_from.label("ausschluss_von"),
        out.valid_to.label("ausschluss_bis"),
    ).outerjoin(out, excluded)
