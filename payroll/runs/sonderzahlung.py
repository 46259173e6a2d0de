"""Jahressonderzahlung aus abgeschlossenen Monaten (§ 20 TVöD VKA, § 14 TVAöD): als Bezug des Novembers erfasst.

Welche Monate bemessen (Tarif: Juli bis September, Ausbildung: August bis Oktober), wie viele Tage und Zwölftel zählen,
sagt :mod:`payroll.law.rules.entgelt.bemessung`; hier kommen die gezahlten Entgelte dazu. Wessen Bemessungsmonat noch
nicht abgeschlossen ist (Beginn im Oktober oder später), steht in ``offen``: dort fehlt der Betrag noch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import func, select

from payroll.law import encode
from payroll.law.calculate import law_of, rule_book
from payroll.law.engine import evaluate
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.law.rules.entgelt.bemessung import bemessung
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import (
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Lohnart,
    WiederkehrenderBezug,
)
from payroll.masterdata.service import record_fact
from payroll.runs.bemessung import pay_by_month
from payroll.runs.elternzeit import Elternteil, as_before, parental_part_time
from payroll.runs.errors import RunRefused
from payroll.runs.models import Lauf
from payroll.runs.ohne_entgelt import Tausch, exchange_columns, exchange_days, without_pay
from payroll.runs.parallel import gate
from payroll.runs.steps import month_name
from tenants.db.session import TenantSession

LOHNART, LOHNART_AUSZUBILDENDE = 1600, 1705


@dataclass(frozen=True)
class Anspruch:
    """Grundlagen einer Jahressonderzahlung: Summe, Zahl und Tage der Bemessungsmonate, Gruppe, Zwölftel.

    tage: Kalendertage mit Entgelt, wenn es nicht alle waren, sonst 0.
    """

    beschaeftigung_id: int
    summe: int
    monate: int
    tage: int
    gruppe: int
    zwoelftel: int
    auszubildend: bool
    tausch: Tausch | None = None


@dataclass(frozen=True)
class Jahressonderzahlungen:
    """Cent je Beschäftigung und die Personalnummern mit Anspruch, aber ohne Bemessungsmonat oder Gruppe.

    gruende: warum jemand offen ist, je Personalnummer.
    """

    betraege: dict[int, int]
    offen: tuple[str, ...]
    gruende: dict[str, str] = field(default_factory=dict)


def record_yearly_bonus(session: TenantSession, year: int) -> Jahressonderzahlungen:
    """Erfasst die Jahressonderzahlung aller Anspruchsberechtigten.

    Wiederholt aufgerufen, entsteht nichts doppelt: derselbe Betrag ist schon erfasst, ein anderer löst ihn ab.
    """
    november = date(year, 11, 1)
    _known_here(session, year)
    for month in (9, 10):
        if session.scalar(select(func.count(Lauf.id)).where(Lauf.monat == date(year, month, 1),
                                                            Lauf.zustand == "abgeschlossen")) == 0:
            raise RunRefused(f"{month_name(date(year, month, 1))} ist nicht abgeschlossen; die Bemessungsmonate stehen "
                             "noch nicht fest. Den Monat abschließen, dann die Jahressonderzahlung erfassen.")
    claims, waiting = _claims(session, year)
    amounts = amounts_of(november, claims) if claims else []
    numbers = {row.nummer: row.id for row in session.execute(select(Lohnart.nummer, Lohnart.id))}
    for claim, amount in zip(claims, amounts, strict=True):
        record_fact(session, WiederkehrenderBezug, beschaeftigung_id=claim.beschaeftigung_id,
                    lohnart_id=numbers[LOHNART_AUSZUBILDENDE if claim.auszubildend else LOHNART], laufnummer=1,
                    betrag_cent=amount, valid_from=november, valid_to=date(year, 11, 30),
                    reason=f"Jahressonderzahlung {year}")
    return Jahressonderzahlungen({c.beschaeftigung_id: amount for c, amount in zip(claims, amounts, strict=True)},
                                 tuple(waiting), waiting)


def _known_here(session: TenantSession, year: int) -> None:
    """Monate vor dem Produktivstart werden hier nie abgeschlossen: dann kennt nur das alte Verfahren die Bemessung."""
    live = gate.first_live(session)
    if live > date(year, 7, 1):
        raise RunRefused(f"Bezahlt wird hier erst ab {month_name(live)}; die Bemessungsmonate (Juli bis September "
                         f"{year}) kennt nur das alte Verfahren ganz. Den dort ermittelten Betrag je Person als Bezug "
                         f"des Novembers erfassen: in der Akte oder mit dem Blatt „Bezüge“ (Lohnart {LOHNART}, bei "
                         f"Auszubildenden {LOHNART_AUSZUBILDENDE}).")


def recorded_yearly_bonus(session: TenantSession, year: int) -> Jahressonderzahlungen:
    """Was für dieses Jahr erfasst ist (auch von Hand) und bei wem noch nichts steht, ohne etwas zu ändern."""
    november = date(year, 11, 1)
    rows = session.execute(
        select(WiederkehrenderBezug.beschaeftigung_id, func.sum(WiederkehrenderBezug.betrag_cent),
               func.min(Beschaeftigung.personalnummer))
        .join(Lohnart, Lohnart.id == WiederkehrenderBezug.lohnart_id)
        .join(Beschaeftigung, Beschaeftigung.id == WiederkehrenderBezug.beschaeftigung_id)
        .where(known(WiederkehrenderBezug, None), within(WiederkehrenderBezug, november, date(year, 11, 30)),
               Lohnart.nummer.in_((LOHNART, LOHNART_AUSZUBILDENDE)))
        .group_by(WiederkehrenderBezug.beschaeftigung_id)).all()
    numbers = {row[2] for row in rows}
    waiting = {number: why for number, why in _claims(session, year)[1].items() if number not in numbers}
    return Jahressonderzahlungen({row[0]: int(row[1]) for row in rows}, tuple(waiting), waiting)


def yearly_bonus_missing(session: TenantSession, month: date) -> bool:
    """Ob dies ein November mit Anspruchsberechtigten ist, zu dem noch gar keine Jahressonderzahlung erfasst ist."""
    if month.month != 11:
        return False
    found = session.scalar(
        select(func.count(WiederkehrenderBezug.id)).join(Lohnart, Lohnart.id == WiederkehrenderBezug.lohnart_id)
        .where(known(WiederkehrenderBezug, None), within(WiederkehrenderBezug, month, month.replace(day=30)),
               Lohnart.nummer.in_((LOHNART, LOHNART_AUSZUBILDENDE))))
    return not found and bool(_jobs(session, month.year))


def _claims(session: TenantSession, year: int) -> tuple[list[Anspruch], dict[str, str]]:
    return claims_of(year, _jobs(session, year), pay_by_month(session, year), groups_of(session, year),
                     without_pay(session, year), exchange_days(session, year), parental_part_time(session, year))


def claims_of(year: int, jobs: Sequence[Any], pay: Mapping[int, Mapping[int, int]], groups: Mapping[int, list[Any]],
              absent: Mapping[int, Any], exchanged: Mapping[int, Tausch],
              parental: Mapping[int, Elternteil] | None = None) -> tuple[list[Anspruch], dict[str, str]]:
    """Wer einen Anspruch hat und warum jemand offen ist; die Grundlagen kommen aus Läufen oder einer Hochrechnung.

    jobs: id, personalnummer, art, eintritt, austritt; pay: je Beschäftigung und Kalendermonat laufendes Entgelt (Cent);
    groups: Eingruppierungen mit valid_from, valid_to, tarifwerk, entgeltgruppe; parental: wer im Geburtsjahr in
    Elternzeit Teilzeit arbeitet.
    """
    classes = {(g.tarifwerk, g.entgeltgruppe): g.sonderzahlungsklasse for g in load_pay_tables().gruppen}
    found: list[Anspruch] = []
    waiting: dict[str, str] = {}
    for job in jobs:
        training = job.art == "auszubildende"
        base = bemessung(year, job.eintritt, job.austritt, absent.get(job.id, ()), ausbildung=training)
        group = _group_on(groups.get(job.id, []), base.stichtag)
        if group is not None and not classes.get(group):
            continue
        months = pay.get(job.id, {})
        if (own := (parental or {}).get(job.id)) is not None:
            months = as_before(year, own, months, absent.get(job.id, ()))
        counted = [m.month for m in base.monate if m.month in months] or _latest_whole(months, year, job.eintritt)
        if group is None or not counted:
            waiting[job.personalnummer] = (f"am {base.stichtag:%d.%m.%Y} ist keine Eingruppierung erfasst"
                                           if group is None else "kein Bemessungsmonat ist abgeschlossen")
            continue
        found.append(Anspruch(job.id, sum(months[m] for m in counted), len(counted), base.tage,
                              encode.gruppe_code(*group), base.zwoelftel, training, exchanged.get(job.id)))
    return found, waiting


def _jobs(session: TenantSession, year: int) -> Sequence[Any]:
    """Wer am 1. Dezember nach Tarif beschäftigt ist."""
    december = date(year, 12, 1)
    return session.execute(
        select(Beschaeftigung.id, Beschaeftigung.personalnummer, BeschaeftigungAngaben.art,
               BeschaeftigungAngaben.eintritt, BeschaeftigungAngaben.austritt)
        .join(BeschaeftigungAngaben, BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id)
        .where(known(BeschaeftigungAngaben, None), within(BeschaeftigungAngaben, december, december),
               BeschaeftigungAngaben.art.in_(("tarif", "auszubildende", "minijob")),
               BeschaeftigungAngaben.eintritt <= december,
               func.coalesce(BeschaeftigungAngaben.austritt, december) >= december)
        .order_by(Beschaeftigung.id)).all()


def groups_of(session: TenantSession, year: int) -> dict[int, list[Any]]:
    """Eingruppierungen vom September bis zum 1. Dezember."""
    rows = session.execute(
        select(Bezuegezuordnung.beschaeftigung_id, Bezuegezuordnung.valid_from, Bezuegezuordnung.valid_to,
               Bezuegezuordnung.tarifwerk, Bezuegezuordnung.entgeltgruppe)
        .where(known(Bezuegezuordnung, None), within(Bezuegezuordnung, date(year, 9, 1), date(year, 12, 1))))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.beschaeftigung_id].append(row)
    return found


def _group_on(rows: Sequence[Any], day: date) -> tuple[str, str] | None:
    for row in rows:
        if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day):
            return row.tarifwerk, row.entgeltgruppe
    return None


def _latest_whole(months: Mapping[int, int], year: int, eintritt: date) -> list[int]:
    """Ersatz, wenn die Bemessungsmonate nicht abgerechnet sind: der letzte abgerechnete volle Monat."""
    whole = [month for month in months if eintritt <= date(year, month, 1)]
    return [max(whole)] if whole else []


def amounts_of(day: date, claims: list[Anspruch]) -> list[int]:
    """Die Beträge (Cent), in der Reihenfolge der Ansprüche."""
    columns: dict[str, Any] = {
        "bemessung_summe": np.array([c.summe for c in claims]),
        "bemessung_monate": np.array([c.monate for c in claims]),
        "bemessung_tage": np.array([c.tage for c in claims]),
        "entgeltgruppe": np.array([c.gruppe for c in claims]),
        "zwoelftel": np.array([c.zwoelftel for c in claims])}
    columns |= exchange_columns([c.tausch for c in claims], day)
    name = "sonderzahlung_nach_tausch" if "tauschtage" in columns else "sonderzahlung"
    result = evaluate(law_of(day, rule_book("entgelt")), columns, (name,))
    return [int(amount) for amount in result.cents(name)]
