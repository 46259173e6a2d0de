"""Was ein Lauf zu buchen hat, in Spalten: eine Zeile je Beschäftigung und Monat der Herkunft; feste Zahl von Abfragen.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Subquery, and_, false, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Lohnart, LohnartStand, Person
from payroll.postings.deriving import AT, EXPENSES, GRUPPEN, GRUPPEN_VON, NEEDED, OWN, Abzug, Cents
from payroll.runs import retro
from payroll.runs.beside.models import ERSTATTUNGEN, Drittzahlung, Verrechnung
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.session import TenantSession

ENTSCHAEDIGUNG = 1508
Place = tuple[int, date]  # employment and month of origin


@dataclass(frozen=True)
class Gesammelt:
    """Je Zeile Beschäftigung, Monat und Art; je Gruppe von Werten eine Spalte; Gesamtbrutto auf fremden Schlüsseln.

    eigene: die Zeile des Laufmonats je Beschäftigung, in der Reihenfolge der Spalten von `abzug`.
    """

    zeilen: list[Place]
    arten: list[str]
    summen: dict[str, Cents]
    brutto: Cents
    eigene: list[int]
    abzug: Abzug
    angaben: dict[int, Any]


def gather(session: TenantSession, lauf: Lauf) -> Gesammelt:
    """Ergebnisse des Laufs und, was er für frühere Monate nachgerechnet hat."""
    facts = _facts(session, lauf)
    own = session.execute(select(Ergebnis.beschaeftigung_id, *(
        reduce(add, (getattr(Ergebnis, name) for name in names)).label(group) for group, names in GRUPPEN.items()))
        .where(Ergebnis.lauf_id == lauf.id).order_by(Ergebnis.id)).all()
    at: dict[Place, int] = {(row[0], lauf.monat): number for number, row in enumerate(own)}
    later, elsewhere = _later(session, lauf)
    for job, month in sorted({*later, *elsewhere}):
        for place in ((job, lauf.monat), (job, month)):
            at.setdefault(place, len(at))
    columns = np.zeros((len(at), len(GRUPPEN)), np.int64)
    if own:
        columns[:len(own)] = np.array([row[1:] for row in own], np.int64)
    groups = {group: number for number, group in enumerate(GRUPPEN)}
    for place, values in later.items():
        for name, cents in values.items():
            for group in GRUPPEN_VON[name]:
                columns[at[place], groups[group]] += cents
    kinds, keys = [facts[job].art for job, _ in at], wage_type_accounts(session, lauf.monat, lauf.stand)
    gross = np.zeros((len(at), len(EXPENSES)), np.int64)
    for job, wage_type, cents in _foreign(session, lauf, keys):
        gross[at[job, lauf.monat], AT[keys[wage_type]]] += cents
    for place, lines in elsewhere.items():
        for wage_type, cents in lines.items():
            if wage_type in keys and keys[wage_type] != OWN[facts[place[0]].art]:
                gross[at[place], AT[keys[wage_type]]] += cents
    sums = {group: columns[:, number] for group, number in groups.items()}
    mine = [number for (_, month), number in at.items() if month == lauf.monat]
    return Gesammelt(list(at), kinds, sums, gross, mine, _extra(session, lauf, list(at), sums, len(own)), facts)


def _facts(session: TenantSession, lauf: Lauf) -> dict[int, Any]:
    """Je Beschäftigung Art, Kostenstelle, Personalnummer und Person, wie sie am Ende des Monats gelten."""
    last = lauf.monat.replace(day=calendar.monthrange(lauf.monat.year, lauf.monat.month)[1])
    rows = session.execute(
        select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art, BeschaeftigungAngaben.kostenstelle,
               Beschaeftigung.personalnummer, Person.public_id)
        .join(Beschaeftigung, Beschaeftigung.id == BeschaeftigungAngaben.beschaeftigung_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(known(BeschaeftigungAngaben, lauf.stand), within(BeschaeftigungAngaben, lauf.monat, last))
        .order_by(BeschaeftigungAngaben.valid_from))
    return {row[0]: row for row in rows}


def _kinds(lauf: Lauf) -> Subquery:
    last = lauf.monat.replace(day=calendar.monthrange(lauf.monat.year, lauf.monat.month)[1])
    return (select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art)
            .where(known(BeschaeftigungAngaben, lauf.stand), within(BeschaeftigungAngaben, lauf.monat, last))
            .ext(distinct_on(BeschaeftigungAngaben.beschaeftigung_id))
            .order_by(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.valid_from.desc()).subquery())


def _foreign(session: TenantSession, lauf: Lauf, keys: dict[str, str]) -> Any:
    """Gesamtbrutto je Beschäftigung und Lohnart, nur was nicht auf das Konto ihrer eigenen Gruppe gehört."""
    kinds, types = _kinds(lauf), defaultdict(list)
    for wage_type, key in keys.items():
        types[key].append(wage_type)
    elsewhere: list[ColumnElement[bool]] = [and_(
        Ergebniszeile.lohnart.in_(numbers), kinds.c.art.in_([art for art, own in OWN.items() if own != key]))
        for key, numbers in sorted(types.items())]
    return session.execute(
        select(Ergebnis.beschaeftigung_id, Ergebniszeile.lohnart, func.sum(Ergebniszeile.betrag))
        .join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
        .join(kinds, kinds.c.beschaeftigung_id == Ergebnis.beschaeftigung_id)
        .where(Ergebnis.lauf_id == lauf.id, Ergebniszeile.bereich == "bezug", or_(false(), *elsewhere),
               func.substr(Ergebniszeile.merkmale, 4) != "o")
        .group_by(Ergebnis.beschaeftigung_id, Ergebniszeile.lohnart))


def _later(session: TenantSession, lauf: Lauf) -> tuple[dict[Place, dict[str, int]], dict[Place, dict[str, int]]]:
    """Nachberechnete Monate als Unterschied im Monat ihrer Herkunft: je Wert, und Gesamtbrutto je Lohnart."""
    values: dict[Place, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    gross: dict[Place, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    line = RueckrechnungZeile
    for row in session.execute(
            select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, line.bereich, line.name,
                   func.sum(line.betrag).label("betrag"))
            .join(Rueckrechnung, Rueckrechnung.id == line.rueckrechnung_id)
            .where(Rueckrechnung.lauf_id == lauf.id, Rueckrechnung.art != "offen",
                   or_(and_(line.bereich == "wert", line.name.in_(NEEDED)),
                       and_(line.bereich == "bezug", func.substr(line.merkmale, 4) != "o")))
            .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, line.bereich, line.name)):
        found = values if row.bereich == "wert" else gross
        found[row.beschaeftigung_id, row.monat][row.name] += int(row.betrag)
    return values, gross


def _extra(session: TenantSession, lauf: Lauf, places: list[Place], sums: dict[str, Cents], own: int) -> Abzug:
    """Je Beschäftigung, was über ihre Werte hinaus zu buchen ist; `own`: so viele Zeilen hat der Lauf selbst."""
    jobs = {job: at for at, job in enumerate(job for job, month in places if month == lauf.monat)}
    made = {name: np.zeros(len(jobs), np.int64) for name in ("glaeubiger", "sparen", "erstattung", "faellig",
                                                             "zahlbetrag")}
    for (job, _), cents in zip(places, sums["auszahlung"].tolist(), strict=True):
        made["faellig"][jobs[job]] += cents
    paid = retro.payouts(session, lauf)
    for at, (job, _) in enumerate(places[:own]):
        held = paid.get(job)
        made["zahlbetrag"][jobs[job]] = (held.zahlbetrag if held is not None
                                         else max(int(sums["auszahlung"][at]), 0))
    for name, statement in _third_parties(lauf).items():
        for job, cents in session.execute(statement):
            made[name][jobs[job]] = int(cents)
    return Abzug(**made)


def _third_parties(lauf: Lauf) -> dict[str, Any]:
    of_result = (select(Ergebnis.beschaeftigung_id).where(Ergebnis.lauf_id == lauf.id)
                 .group_by(Ergebnis.beschaeftigung_id))
    return {
        "glaeubiger": select(Einbehalt.beschaeftigung_id, func.sum(Einbehalt.betrag)).where(
            Einbehalt.lauf_id == lauf.id, Einbehalt.nummer > 0, Einbehalt.art != "aufrechnung",
            Einbehalt.verbleib.in_(("zahlen", "einbehalten", "hinterlegen"))).group_by(Einbehalt.beschaeftigung_id),
        "sparen": of_result.add_columns(func.sum(Drittzahlung.betrag)).join(
            Drittzahlung, Drittzahlung.ergebnis_id == Ergebnis.id),
        "erstattung": of_result.add_columns(-func.sum(Verrechnung.betrag)).join(
            Verrechnung, Verrechnung.ergebnis_id == Ergebnis.id).where(Verrechnung.art.in_(ERSTATTUNGEN))}


def wage_type_accounts(session: TenantSession, month: date, known_at: datetime | None) -> dict[str, str]:
    """Schlüssel des Aufwands je Lohnart, wie der Katalog oder der Arbeitgeber ihn nennt."""
    rows = session.execute(
        select(Lohnart.nummer, LohnartStand.konto).join(Lohnart, Lohnart.id == LohnartStand.lohnart_id)
        .where(known(LohnartStand, known_at), within(LohnartStand, month, month)))
    # Compensation for the authority is booked back on the account of the person's group, so it must stand there.
    return {f"{row.nummer:04d}": row.konto for row in rows if row.konto in EXPENSES and row.nummer != ENTSCHAEDIGUNG}
