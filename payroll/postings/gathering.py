"""Was ein Lauf zu buchen hat, in Spalten: eine Zeile je Beschäftigung und Monat der Herkunft; feste Zahl von Abfragen.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from sqlalchemy import ARRAY, BigInteger, String, and_, any_, cast, func, literal, or_, select

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
    facts, later, elsewhere = _facts(session, lauf), *_later(session, lauf)
    jobs, own = _own(session, lauf)
    places: list[Place] = [(job, lauf.monat) for job in jobs]
    at = dict(zip(places, range(len(places)), strict=True)) if later or elsewhere else {}
    for job, month in sorted({*later, *elsewhere}):
        for place in ((job, lauf.monat), (job, month)):
            if at.setdefault(place, len(at)) == len(places):
                places.append(place)
    kinds, people = [facts[job][0] for job, _ in places], [facts[job][1] for job, _ in places]
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


def _own(session: TenantSession, lauf: Lauf) -> tuple[list[int], Any]:
    """Die Beschäftigungen des Laufs und je Gruppe die Summe ihrer Werte, in der Folge der Ergebnisse.

    Ohne andere Tabellen: gleich nach einem Lauf kennt die Datenbank seine Größe noch nicht und verbände sie Zeile für
    Zeile.
    """
    sums = {group: reduce(add, (getattr(Ergebnis, name) for name in names)) for group, names in GRUPPEN.items()}
    row = session.execute(
        select(*(gathered(name, column, Ergebnis.id) for name, column in
                 {"job": Ergebnis.beschaeftigung_id, **sums}.items())).where(Ergebnis.lauf_id == lauf.id)).one()
    return list(row.job or ()), np.array([getattr(row, group) or () for group in GRUPPEN], np.int64).T


def _facts(session: TenantSession, lauf: Lauf) -> dict[int, tuple[str, Angaben]]:
    """Je Beschäftigung Art und Angaben, wie sie am Ende des Monats gelten; die späteste Fassung steht zuletzt."""
    last = lauf.monat.replace(day=calendar.monthrange(lauf.monat.year, lauf.monat.month)[1])
    columns: dict[str, Any] = {
        "job": BeschaeftigungAngaben.beschaeftigung_id, "art": BeschaeftigungAngaben.art,
        "nummer": Beschaeftigung.personalnummer, "stelle": func.coalesce(BeschaeftigungAngaben.kostenstelle, ""),
        "person": cast(Person.public_id, String)}
    row = session.execute(
        select(*(gathered(name, column, BeschaeftigungAngaben.valid_from) for name, column in columns.items()))
        .join(Beschaeftigung, Beschaeftigung.id == BeschaeftigungAngaben.beschaeftigung_id)
        .join(Person, Person.id == Beschaeftigung.person_id)
        .where(known(BeschaeftigungAngaben, lauf.stand), within(BeschaeftigungAngaben, lauf.monat, last))).one()
    people = zip(row.nummer or (), row.stelle or (), row.person or (), strict=True)
    return dict(zip(row.job or (), zip(row.art or (), people, strict=True), strict=True))


def _elsewhere(session: TenantSession, lauf: Lauf, rows: Mapping[int, int], later: Any) -> Cents:
    """Gesamtbrutto auf Konten, die nicht die der eigenen Gruppe sind: im Lauf, und was er nachgerechnet hat."""
    places, kinds, at, lines_of = later
    keys = wage_type_accounts(session, lauf.monat, lauf.stand)
    gross = np.zeros((len(places), len(EXPENSES)), np.int64)
    for job, wage_type, cents in _foreign(session, lauf, keys, dict(zip(rows, kinds, strict=False))):
        gross[rows[job], AT[keys[wage_type]]] += cents
    for place, lines in lines_of.items():
        for wage_type, cents in lines.items():
            if wage_type in keys and keys[wage_type] != OWN[kinds[at[place]]]:
                gross[at[place], AT[keys[wage_type]]] += cents
    return gross


def _foreign(session: TenantSession, lauf: Lauf, keys: Mapping[str, str],
             kinds: Mapping[int, str]) -> Iterator[tuple[int, str, int]]:
    """Gesamtbrutto je Beschäftigung und Lohnart, nur was nicht auf das Konto ihrer eigenen Gruppe gehört.

    Je Gruppe eine Abfrage mit ihren Beschäftigungen: gleich nach einem Lauf kennt die Datenbank keine Größen und
    verbände ihn mit den Angaben Zeile für Zeile (bei 20.000 Menschen zwei Minuten).
    """
    members = defaultdict(list)
    for job, art in kinds.items():
        members[OWN[art]].append(job)
    for own, jobs in sorted(members.items()):
        types = [wage_type for wage_type, key in keys.items() if key != own]
        if types:
            rows = session.execute(
                select(Ergebnis.beschaeftigung_id, Ergebniszeile.lohnart, func.sum(Ergebniszeile.betrag))
                .join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
                .where(Ergebnis.lauf_id == lauf.id,
                       Ergebnis.beschaeftigung_id == any_(literal(jobs, ARRAY(BigInteger))),
                       Ergebniszeile.bereich == "bezug", Ergebniszeile.lohnart.in_(types),
                       func.substr(Ergebniszeile.merkmale, 4) != "o")
                .group_by(Ergebnis.beschaeftigung_id, Ergebniszeile.lohnart))
            yield from ((job, wage_type, int(cents)) for job, wage_type, cents in rows)


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
