"""Was ein Lauf zu buchen hat, in Spalten: eine Zeile je Beschäftigung und Monat der Herkunft; feste Zahl von Abfragen.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, String, Subquery, and_, cast, false, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Lohnart, LohnartStand, Person
from payroll.postings.deriving import AT, EXPENSES, GRUPPEN, GRUPPEN_VON, NEEDED, OWN, Abzug, Cents
from payroll.runs import retro
from payroll.runs.beside.models import ERSTATTUNGEN, Drittzahlung, Verrechnung
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.bulk import gathered
from tenants.db.session import TenantSession

ENTSCHAEDIGUNG = 1508
Place = tuple[int, date]  # employment and month of origin
Angaben = tuple[str, str, str]  # personnel number, cost centre, public identifier of the person


@dataclass(frozen=True)
class Gesammelt:
    """Je Zeile Beschäftigung, Monat, Art und Person; je Gruppe von Werten eine Spalte; Gesamtbrutto auf fremden
    Schlüsseln.

    personen: Personalnummer, Kostenstelle, öffentliche Kennung. eigene: die Zeile des Laufmonats je Beschäftigung, in
    der Reihenfolge der Spalten von `abzug`.
    """

    zeilen: list[Place]
    arten: list[str]
    personen: list[Angaben]
    summen: dict[str, Cents]
    brutto: Cents
    eigene: list[int]
    abzug: Abzug


def gather(session: TenantSession, lauf: Lauf) -> Gesammelt:
    """Ergebnisse des Laufs und, was er für frühere Monate nachgerechnet hat."""
    facts, later, elsewhere = _facts(lauf), *_later(session, lauf)
    jobs, kinds, people, own = _own(session, lauf, facts)
    places: list[Place] = [(job, lauf.monat) for job in jobs]
    at = dict(zip(places, range(len(places)), strict=True)) if later or elsewhere else {}
    known = dict(zip(jobs, zip(kinds, people, strict=True), strict=True))
    known.update(_others(session, facts, {job for job, _ in (*later, *elsewhere)} - known.keys()))
    for job, month in sorted({*later, *elsewhere}):
        for place in ((job, lauf.monat), (job, month)):
            if at.setdefault(place, len(at)) == len(places):
                places.append(place)
                kinds.append(known[job][0])
                people.append(known[job][1])
    columns = np.zeros((len(places), len(GRUPPEN)), np.int64)
    columns[:len(jobs)] = own
    groups = {group: number for number, group in enumerate(GRUPPEN)}
    for place, values in later.items():
        for name, cents in values.items():
            for group in GRUPPEN_VON[name]:
                columns[at[place], groups[group]] += cents
    rows = dict(zip(jobs, range(len(jobs)), strict=True))
    gross = _elsewhere(session, lauf, rows, (places, kinds, {place: at[place] for place in elsewhere}, elsewhere))
    sums = {group: columns[:, number] for group, number in groups.items()}
    mine = [number for number, (_, month) in enumerate(places) if month == lauf.monat]
    extra = _extra(session, lauf, places, sums, len(jobs))
    return Gesammelt(places, kinds, people, sums, gross, mine, extra)


def _own(session: TenantSession, lauf: Lauf, facts: Subquery) -> tuple[list[int], list[str], list[Angaben], Any]:
    """Die Beschäftigungen des Laufs mit ihren Angaben und je Gruppe der Summe ihrer Werte, in der Folge der Ergebnisse.
    """
    sums = {group: reduce(add, (getattr(Ergebnis, name) for name in names)) for group, names in GRUPPEN.items()}
    columns: dict[str, Any] = {"job": Ergebnis.beschaeftigung_id, **_about(facts), **sums}
    row = session.execute(
        select(*(gathered(name, column, Ergebnis.id) for name, column in columns.items()))
        .join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id)
        .outerjoin(facts, facts.c.beschaeftigung_id == Ergebnis.beschaeftigung_id)  # nobody's money is left out
        .join(Person, Person.id == Beschaeftigung.person_id).where(Ergebnis.lauf_id == lauf.id)).one()
    people = list(zip(row.nummer or (), row.stelle or (), row.person or (), strict=True))
    return (list(row.job or ()), list(row.art or ()), people,
            np.array([getattr(row, group) or () for group in GRUPPEN], np.int64).T)


def _others(session: TenantSession, facts: Subquery, jobs: set[int]) -> dict[int, tuple[str, Angaben]]:
    """Angaben derer, für die der Lauf nur frühere Monate nachgerechnet hat."""
    if not jobs:
        return {}
    rows = session.execute(
        select(Beschaeftigung.id, *(column.label(name) for name, column in _about(facts).items()))
        .join(facts, facts.c.beschaeftigung_id == Beschaeftigung.id)
        .join(Person, Person.id == Beschaeftigung.person_id).where(Beschaeftigung.id.in_(jobs)))
    return {row.id: (row.art, (row.nummer, row.stelle, row.person)) for row in rows}


def _about(facts: Subquery) -> dict[str, ColumnElement[Any]]:
    return {"art": facts.c.art, "stelle": func.coalesce(facts.c.kostenstelle, ""),
            "nummer": Beschaeftigung.personalnummer, "person": cast(Person.public_id, String)}


def _elsewhere(session: TenantSession, lauf: Lauf, rows: Mapping[int, int], later: Any) -> Cents:
    """Gesamtbrutto auf Konten, die nicht die der eigenen Gruppe sind: im Lauf, und was er nachgerechnet hat."""
    places, kinds, at, lines_of = later
    keys = wage_type_accounts(session, lauf.monat, lauf.stand)
    gross = np.zeros((len(places), len(EXPENSES)), np.int64)
    for job, wage_type, cents in _foreign(session, lauf, keys):
        gross[rows[job], AT[keys[wage_type]]] += cents
    for place, lines in lines_of.items():
        for wage_type, cents in lines.items():
            if wage_type in keys and keys[wage_type] != OWN[kinds[at[place]]]:
                gross[at[place], AT[keys[wage_type]]] += cents
    return gross


def _facts(lauf: Lauf) -> Subquery:
    """Je Beschäftigung Art und Kostenstelle, wie sie am Ende des Monats gelten."""
    last = lauf.monat.replace(day=calendar.monthrange(lauf.monat.year, lauf.monat.month)[1])
    return (select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.art,
                   BeschaeftigungAngaben.kostenstelle)
            .where(known(BeschaeftigungAngaben, lauf.stand), within(BeschaeftigungAngaben, lauf.monat, last))
            .ext(distinct_on(BeschaeftigungAngaben.beschaeftigung_id))
            .order_by(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.valid_from.desc()).subquery())


def _foreign(session: TenantSession, lauf: Lauf, keys: dict[str, str]) -> Any:
    """Gesamtbrutto je Beschäftigung und Lohnart, nur was nicht auf das Konto ihrer eigenen Gruppe gehört."""
    kinds, types = _facts(lauf), defaultdict(list)
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
    due = sums["auszahlung"]
    made["faellig"][:own], made["zahlbetrag"][:own] = due[:own], due[:own].clip(min=0)
    for (job, _), cents in zip(places[own:], due[own:].tolist(), strict=True):
        made["faellig"][jobs[job]] += cents
    for job, held in retro.payouts(session, lauf).items():
        if job in jobs and jobs[job] < own:
            made["zahlbetrag"][jobs[job]] = held.zahlbetrag
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
