"""Jahressonderzahlung aus abgeschlossenen Monaten (§ 20 TVöD VKA, § 14 TVAöD): als Bezug des Novembers erfasst.

Bemessung: durchschnittliches Entgelt der Monate Juli bis September; wer später eintrat, nach dem ersten vollen
Kalendermonat (§ 20 Abs. 3 Satz 3 TVöD). Zwölftel: Monate des Jahres mit Anspruch auf Entgelt. Anspruch hat, wer am
1. Dezember beschäftigt ist.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import and_, func, select

from payroll.law import encode
from payroll.law.calculate import law_of, rule_book
from payroll.law.engine import evaluate
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import BeschaeftigungAngaben, Bezuegezuordnung, Lohnart, WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from tenants.db.session import TenantSession

LOHNART, LOHNART_AUSZUBILDENDE = 1600, 1705
LAUFEND_ZV = "_LJ"  # current pay that counts for the supplementary pension; one-offs carry E


@dataclass(frozen=True)
class Anspruch:
    """Grundlagen einer Jahressonderzahlung: Summe und Zahl der Bemessungsmonate, Gruppe, Zwölftel."""

    beschaeftigung_id: int
    summe: int
    monate: int
    gruppe: int
    zwoelftel: int
    auszubildend: bool


def record_yearly_bonus(session: TenantSession, year: int) -> dict[int, int]:
    """Erfasst die Jahressonderzahlung aller Anspruchsberechtigten; gibt Cent je Beschäftigung zurück.

    Wiederholt aufgerufen, entsteht nichts doppelt: derselbe Betrag ist schon erfasst, ein anderer löst ihn ab.
    """
    november = date(year, 11, 1)
    if session.scalar(select(func.count(Lauf.id)).where(Lauf.monat == date(year, 9, 1),
                                                        Lauf.zustand == "abgeschlossen")) == 0:
        raise RunRefused(f"September {year} ist nicht abgeschlossen; die Bemessungsmonate stehen noch nicht fest.")
    claims = _claims(session, year)
    if not claims:
        return {}
    amounts = _amounts(november, claims)
    numbers = dict(session.execute(select(Lohnart.nummer, Lohnart.id)).all())
    for claim, amount in zip(claims, amounts, strict=True):
        record_fact(session, WiederkehrenderBezug, beschaeftigung_id=claim.beschaeftigung_id,
                    lohnart_id=numbers[LOHNART_AUSZUBILDENDE if claim.auszubildend else LOHNART], laufnummer=1,
                    betrag_cent=amount, valid_from=november, valid_to=date(year, 11, 30),
                    reason=f"Jahressonderzahlung {year}")
    return {claim.beschaeftigung_id: amount for claim, amount in zip(claims, amounts, strict=True)}


def _claims(session: TenantSession, year: int) -> list[Anspruch]:
    december = date(year, 12, 1)
    jobs = session.execute(
        select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art, BeschaeftigungAngaben.eintritt,
               Bezuegezuordnung.tarifwerk, Bezuegezuordnung.entgeltgruppe)
        .join(Bezuegezuordnung, and_(
            Bezuegezuordnung.beschaeftigung_id == BeschaeftigungAngaben.beschaeftigung_id,
            known(Bezuegezuordnung, None), within(Bezuegezuordnung, date(year, 9, 1), date(year, 9, 30))))
        .where(known(BeschaeftigungAngaben, None), within(BeschaeftigungAngaben, december, december),
               BeschaeftigungAngaben.art.in_(("tarif", "auszubildende", "minijob")),
               BeschaeftigungAngaben.eintritt <= december,
               func.coalesce(BeschaeftigungAngaben.austritt, december) >= december)
        .order_by(BeschaeftigungAngaben.beschaeftigung_id, Bezuegezuordnung.valid_from)).all()
    pay = _pay_by_month(session, year)
    classes = {(g.tarifwerk, g.entgeltgruppe): g.sonderzahlungsklasse for g in load_pay_tables().gruppen}
    found = {}
    for job in jobs:
        months = pay.get(job.beschaeftigung_id, {})
        base = _base_months(year, job.eintritt, months)
        if base and classes.get((job.tarifwerk, job.entgeltgruppe)):
            found[job.beschaeftigung_id] = Anspruch(
                job.beschaeftigung_id, sum(months[m] for m in base), len(base),
                encode.gruppe_code(job.tarifwerk, job.entgeltgruppe),
                12 if job.eintritt < date(year, 2, 1) else 13 - job.eintritt.month, job.art == "auszubildende")
    return list(found.values())


def _base_months(year: int, eintritt: date, months: dict[int, int]) -> list[int]:
    """Juli bis September; bei späterem Eintritt der erste volle Monat danach, soweit abgerechnet."""
    if eintritt <= date(year, 7, 1):
        return [m for m in (7, 8, 9) if m in months]
    first = eintritt.month if eintritt.day == 1 else eintritt.month + 1
    return [first] if first in months else []


def _pay_by_month(session: TenantSession, year: int) -> dict[int, dict[int, int]]:
    rows = session.execute(
        select(Ergebnis.beschaeftigung_id, Ergebnis.monat, func.sum(Ergebniszeile.betrag).label("betrag"))
        .join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
        .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat >= date(year, 1, 1), Ergebnis.monat <= date(year, 12, 1),
               Ergebniszeile.bereich == "bezug", Ergebniszeile.merkmale.like(LAUFEND_ZV))
        .group_by(Ergebnis.beschaeftigung_id, Ergebnis.monat))
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for row in rows:
        found[row.beschaeftigung_id][row.monat.month] = int(row.betrag)
    return found


def _amounts(day: date, claims: list[Anspruch]) -> list[int]:
    columns: dict[str, Any] = {
        "bemessung_summe": np.array([c.summe for c in claims]),
        "bemessung_monate": np.array([c.monate for c in claims]),
        "bemessung_tage": 0, "entgeltgruppe": np.array([c.gruppe for c in claims]),
        "zwoelftel": np.array([c.zwoelftel for c in claims])}
    result = evaluate(law_of(day, rule_book("entgelt")), columns, ("sonderzahlung",))
    return [int(amount) for amount in result.cents("sonderzahlung")]
