"""Wohin Aufwand gehört: Stellen der Person mit Produkt und Kostenstelle nach Anteil, sonst ihre eigene Kostenstelle."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

from sqlalchemy import select

from payroll.masterdata.clocks import known, within
from staffplan.models.occupancy import StelleBesetzung
from staffplan.models.organisation import Kontierung
from staffplan.models.posts import StelleStand, StelleVerteilung
from tenants.db.session import TenantSession

Ziel = tuple[str, str]  # cost centre, product


def of_people(session: TenantSession, day: date) -> dict[str, list[tuple[Ziel, Fraction]]]:
    """Je Personalnummer ihre Ziele mit Gewicht; wer keine Stelle hat, fehlt. Vier Abfragen."""
    numbers = {row.id: row.nummer for row in session.execute(select(Kontierung.id, Kontierung.nummer))}
    centres = {row.stelle_id: numbers.get(row.kostenstelle_id, "") for row in session.execute(
        select(StelleStand.stelle_id, StelleStand.kostenstelle_id)
        .where(known(StelleStand, None), within(StelleStand, day, day)))}
    products: dict[int, list[tuple[str, Fraction]]] = defaultdict(list)
    for row in session.execute(
            select(StelleVerteilung.stelle_id, StelleVerteilung.produkt_id, StelleVerteilung.zaehler,
                   StelleVerteilung.nenner).where(known(StelleVerteilung, None), within(StelleVerteilung, day, day))
            .order_by(StelleVerteilung.id)):
        products[row.stelle_id].append((numbers[row.produkt_id], Fraction(row.zaehler, row.nenner)))
    found: dict[str, dict[Ziel, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for row in session.execute(
            select(StelleBesetzung.personalnummer, StelleBesetzung.stelle_id, StelleBesetzung.zaehler,
                   StelleBesetzung.nenner).where(known(StelleBesetzung, None), within(StelleBesetzung, day, day))
            .order_by(StelleBesetzung.id)):
        share = Fraction(row.zaehler, row.nenner)
        for product, part in products.get(row.stelle_id) or [("", Fraction(1))]:
            found[row.personalnummer][centres.get(row.stelle_id, ""), product] += share * part
    return {number: sorted(goals.items()) for number, goals in found.items()}
