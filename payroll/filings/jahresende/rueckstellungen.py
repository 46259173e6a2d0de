"""Rückstellungen zum 31. Dezember: Urlaub, Zeitguthaben, Altersteilzeit, Sabbatical, mit den Kosten des Jahres.

Nur wer am 31. Dezember beschäftigt ist. Ein Urlaubstag ist ein Arbeitstag von 52 Wochen mit den Arbeitstagen der Woche,
die am 31. Dezember gelten (ohne Regelung fünf), denn danach bemisst sich der Anspruch; eine Stunde Zeitguthaben ein
52stel der Jahreskosten durch die Wochenstunden; Altersteilzeit und Sabbatical: ``bloecke``, ohne erfasstes Ende wie in
der Hochrechnung bis zur Regelaltersgrenze.

Jahreskosten: das laufende Gesamtbrutto und seine Anteile des
Arbeitgebers der abgerechneten Monate, auf zwölf Monate hochgerechnet, dazu die Einmalzahlungen einmal. § 37 KomHVO NRW;
die Kontonummer 507 ist nicht gegen den amtlichen Kontenrahmen bestätigt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import and_, func, select

from payroll.filings.jahresende import lohnkonto
from payroll.law.rules.besoldung.regelalter import last_day
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, PersonAngaben
from payroll.postings.bloecke import Block, blocks
from payroll.postings.offene_ansprueche import WEEKS, open_days, open_minutes
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from payroll.runs.values import EMPLOYER
from tenants.db.session import TenantSession

ONCE = "_E%"  # marks of a line: one-off pay in social insurance


@dataclass(frozen=True)
class Rueckstellung:
    """Betrag (Cent) einer Beschäftigung; `menge` in Hundertsteln eines Tags, einer Stunde oder eines Monats.

    hinweis: die Annahme, auf der er beruht, wo eine Angabe fehlt.
    """

    personalnummer: str
    art: str
    menge: int
    jahreskosten: int
    betrag: int
    hinweis: str = ""


def provisions(session: TenantSession, year: int) -> list[Rueckstellung]:
    """Alle Rückstellungen eines Jahres nach Personalnummer; negative Guthaben bilden keine."""
    last = date(year, 12, 31)
    employed, once = _employed(session, last), _one_offs(session, year)
    jobs = {job: number for job, (number, _) in employed.items()}
    konten = {one.personalnummer: one for one in lohnkonto.accounts(session, year)}
    costs = {job: yearly_costs(konten[number], once.get(job, {})) for job, number in jobs.items() if number in konten}
    found = []
    for job, (days, worked) in open_days(session, year).items():
        if cost := costs.get(job, 0):
            found.append(Rueckstellung(jobs[job], "urlaub", int(days * 100), cost,
                                       int(cost * days / (WEEKS * worked) + Fraction(1, 2))))
    for job, (minutes, week) in open_minutes(session, last).items():
        if cost := costs.get(job, 0):
            amount = Fraction(cost * minutes, 60 * WEEKS) / week + Fraction(1, 2)
            found.append(Rueckstellung(jobs[job], "zeitguthaben", minutes * 100 // 60, cost, int(amount)))
    held = blocks(session, last).je_beschaeftigung
    left = _leaving(session, list(held))
    ages = _standard_ages(session, [job for job in held if job not in left])
    for job, block in ((job, block) for job, own in held.items() for block in own):
        number = jobs.get(job, "")
        if number not in konten:
            continue
        part = block.part(last.replace(day=1), left.get(job, ages.get(job)))
        if amount := int(part * monthly_costs(konten[number], once.get(job, {})) + Fraction(1, 2)):
            found.append(Rueckstellung(number, block.art, int(part * 100), costs[job], amount,
                                       _assumed(block, ages.get(job))))
    return sorted(found, key=lambda one: (one.personalnummer, one.art))


def _leaving(session: TenantSession, jobs: Sequence[int]) -> dict[int, date]:
    """Austritt je Beschäftigung, auch einer, der erst in späteren Jahren gilt; eine Abfrage."""
    rows = session.execute(
        select(BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.austritt)
        .where(known(BeschaeftigungAngaben, None), BeschaeftigungAngaben.beschaeftigung_id.in_(jobs))
        .order_by(BeschaeftigungAngaben.valid_from))
    last = {row.beschaeftigung_id: row.austritt for row in rows}
    return {job: day for job, day in last.items() if day is not None}


def _standard_ages(session: TenantSession, jobs: Sequence[int]) -> dict[int, date]:
    """Letzter Tag vor der Regelaltersgrenze je Beschäftigung; eine Abfrage."""
    if not jobs:
        return {}
    rows = session.execute(
        select(Beschaeftigung.id, PersonAngaben.geburtsdatum)
        .join(PersonAngaben, PersonAngaben.person_id == Beschaeftigung.person_id)
        .where(known(PersonAngaben, None), Beschaeftigung.id.in_(jobs)).order_by(PersonAngaben.valid_from))
    return {row.id: last_day(row.geburtsdatum) for row in rows}


def _assumed(block: Block, age: date | None) -> str:
    if age is None or (block.frei_bis is not None and block.frei_bis <= age):
        return ""
    return (f"Ende nicht erfasst: gerechnet bis zur Regelaltersgrenze am {age:%d.%m.%Y}; das Ende der Freistellung "
            "oder den Austritt erfassen.")


def _employed(session: TenantSession, day: date) -> dict[int, tuple[str, date | None]]:
    """Personalnummer und Austritt der Beschäftigungen, die es an diesem Tag gibt."""
    rows = session.execute(
        select(Beschaeftigung.id, Beschaeftigung.personalnummer, BeschaeftigungAngaben.austritt)
        .join(BeschaeftigungAngaben, BeschaeftigungAngaben.beschaeftigung_id == Beschaeftigung.id)
        .where(known(BeschaeftigungAngaben, None), within(BeschaeftigungAngaben, day, day),
               BeschaeftigungAngaben.eintritt <= day,
               func.coalesce(BeschaeftigungAngaben.austritt, day) >= day))
    return {row.id: (row.personalnummer, row.austritt) for row in rows}


def _one_offs(session: TenantSession, year: int) -> dict[int, dict[date, int]]:
    """Je Beschäftigung die Monate mit eigener Abrechnung und ihre Einmalzahlungen (Cent), samt später Nachgebuchten."""
    span = date(year, 1, 1), date(year, 12, 1)
    found: dict[int, dict[date, int]] = defaultdict(dict)
    cents = func.coalesce(func.sum(Ergebniszeile.betrag), 0).label("betrag")
    lines = and_(Ergebniszeile.ergebnis_id == Ergebnis.id, Ergebniszeile.bereich == "bezug",
                 Ergebniszeile.merkmale.like(ONCE))
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Ergebnis.monat, cents)
            .join(Lauf, Lauf.id == Ergebnis.lauf_id).outerjoin(Ergebniszeile, lines)
            .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat.between(*span))
            .group_by(Ergebnis.beschaeftigung_id, Ergebnis.monat)):
        found[row.beschaeftigung_id][row.monat] = int(row.betrag)
    for row in session.execute(
            select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, func.sum(RueckrechnungZeile.betrag)
                   .label("betrag"))
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .where(Lauf.zustand == "abgeschlossen", Rueckrechnung.monat.between(*span), Rueckrechnung.art != "offen",
                   RueckrechnungZeile.bereich == "bezug", RueckrechnungZeile.merkmale.like(ONCE))
            .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat)):
        months = found[row.beschaeftigung_id]
        if row.monat in months:
            months[row.monat] += int(row.betrag)
    return dict(found)


def yearly_costs(konto: lohnkonto.Lohnkonto, once: Mapping[date, int]) -> int:
    """Kosten des Arbeitgebers in Cent: Laufendes auf zwölf Monate hochgerechnet, Einmalzahlungen einmal.

    `once`: je Monat mit eigener Abrechnung die Einmalzahlungen; Monate, für die nur nachgebucht ist, zählen nicht. Die
    Anteile des Arbeitgebers folgen dem Verhältnis des laufenden Entgelts zum ganzen.
    """
    running, single = _split(konto, once)
    return int(running * 12 + single)


def monthly_costs(konto: lohnkonto.Lohnkonto, once: Mapping[date, int]) -> Fraction:
    """Laufende Kosten des Arbeitgebers in einem Monat (Cent), im Durchschnitt der abgerechneten."""
    return _split(konto, once)[0]


def _split(konto: lohnkonto.Lohnkonto, once: Mapping[date, int]) -> tuple[Fraction, Fraction]:
    """Laufendes je Monat, Einmaliges zusammen (Cent)."""
    running, single, months = Fraction(0), Fraction(0), 0
    for month, extra in once.items():
        values = konto.monate.get(month, {})
        gross = values.get("gesamtbrutto", 0)
        total = gross + sum(values.get(name, 0) for name in EMPLOYER)
        if gross <= 0:
            continue
        part = Fraction(min(max(extra, 0), gross), gross)
        running, single, months = running + total * (1 - part), single + total * part, months + (part < 1)
    return running / months if months else Fraction(0), single
