"""Personalstandstatistik zum 30. Juni (§ 6 FPStatG): Einzeldaten ohne Namen aus Tatsachen und der Abrechnung des Juni.

Die Schlüssel des statistischen Landesamts sind nicht öffentlich belegt; gegeben wird der Inhalt des Gesetzes in Worten
und Zahlen. Aufgabenbereich ist das Produkt der Stelle. Dienstort ist der Ort des Arbeitgebers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import stamm, werte
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import (
    Bezuegezuordnung,
    Familienzuschlag,
    Lohnart,
    LohnartStand,
    Person,
    PersonAngaben,
)
from payroll.masterdata.sealing import open_value
from payroll.postings import targets
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant
from tenants.security import keys_of

RECIPIENT = ("landesamt", "Statistisches Landesamt (IT.NRW)")
PARTS = {"regelmaessig": "brutto_regelmaessig", "zuschlaege": "brutto_zuschlaege",
         "ueberstunden": "brutto_ueberstunden", "sonstige_bezuege": "brutto_sonstige"}
TEMPORARY = {"1": "unbefristet", "2": "unbefristet", "3": "befristet", "4": "befristet"}  # last digit of the key
JUNE, HINT = 6, ("Die Frist nennt das statistische Landesamt mit der Aufforderung; hier steht der 31. Juli. "
                 "Ob eine Beamtin oder ein Beamter in A 9 zur Laufbahngruppe 1 oder 2 gehört, steht nicht in den "
                 "Stammdaten.")


def drafts(session: TenantSession, month: date) -> list[Entwurf]:
    """Die Statistik eines Jahres aus dem abgeschlossenen Juni."""
    if month.month != JUNE:
        raise FilingRefused(f"Die Personalstandstatistik gilt für den 30. Juni {month.year}: den Juni wählen.")
    run = werte.closed_run(session, month)
    due = date(month.year, 7, 31)
    return [Entwurf("personalstand", month, month, *RECIPIENT, due, saetze=tuple(_entries(session, run, due)),
                    angaben={"stichtag": f"{month.year}-06-30", "hinweise": [HINT]})]


def _entries(session: TenantSession, run: Lauf, due: date) -> list[Satz]:
    day = werte.last_day(run.monat)
    place = session.scalars(select(Tenant.ort).where(Tenant.id == guard.tenant_of(session))).one() or ""
    grades, families = _valid(session, Bezuegezuordnung, day), _valid(session, Familienzuschlag, day)
    sexes, pay, goals = _sexes(session, day), _pay(session, run), targets.of_people(session, day)
    found = []
    for number, file in stamm.files_of(session).items():
        if file.art == "hinterbliebene" or not file.eintritt <= day <= (file.austritt or day):
            continue
        goal = max(goals.get(file.personalnummer, []), key=lambda one: one[1], default=(("", ""), 0))[0]
        content = {"ordnungsnummer": file.personalnummer, "geburtsmonat": f"{file.geboren:%Y-%m}",
                   "geschlecht": sexes.get(file.person, ""), "art": file.art, "dauer": _duration(file, day),
                   "eintritt": f"{file.eintritt:%Y-%m}", **_grade(grades.get(number), families.get(number)),
                   "dienstort": place, "aufgabenbereich": goal[1],
                   "wohnort": f"{file.inhalt['plz']} {file.inhalt['ort']}".strip() if file.art == "beamte" else "",
                   **pay.get(number, {})}
        found.append(Satz(f"{file.personalnummer}|personalstand|{day.year}", "personalstand", day, day, due,
                          file.person, file.personalnummer, content))
    return sorted(found, key=lambda one: one.personalnummer)


def _duration(file: stamm.Akte, day: date) -> str:
    key = file.taetigkeit(day)
    return TEMPORARY[key[-1]] if key else "" if file.art != "beamte" else "unbefristet"


def _grade(grade: Any, family: Any) -> dict[str, str]:
    """Einstufung und Umfang in Stunden; Stufe des Familienzuschlags als Stufe 1 und Zahl der Kinder."""
    if grade is None:
        return {}
    return {"wochenstunden": f"{grade.wochenstunden}".replace(".", ","),
            "vollzeitstunden": f"{grade.vollzeitstunden}".replace(".", ","), "tarifwerk": grade.tarifwerk,
            "einstufung": grade.entgeltgruppe, "stufe": grade.stufe or "",
            "laufbahngruppe": _career(grade.tarifwerk, grade.entgeltgruppe),
            "familienzuschlag": f"{int(family.stufe1)}/{family.kinder}" if family is not None else ""}


def _career(scale: str, grade: str) -> str:
    """Laufbahngruppe: 1 bis A 8, 2 ab A 10 und in B (§ 5 LBG NRW); A 9 bleibt offen."""
    if not scale.startswith("NRW-"):
        return ""
    digits = grade[1:]
    if not grade.startswith("A") or not digits.isdigit():
        return "2"
    return "" if int(digits) == 9 else "1" if int(digits) < 9 else "2"


def _valid(session: TenantSession, model: Any, day: date) -> dict[int, Any]:
    return {row.beschaeftigung_id: row for row in session.scalars(
        select(model).where(known(model, None), within(model, day, day)))}


def _sexes(session: TenantSession, day: date) -> dict[Any, str]:
    keys = keys_of(session)
    return {row.person: open_value(keys, PersonAngaben, row.public_id, "geschlecht", row.geschlecht_siegel) or ""
            for row in session.execute(
                select(Person.public_id.label("person"), PersonAngaben.public_id, PersonAngaben.geschlecht_siegel)
                .join(Person, Person.id == PersonAngaben.person_id)
                .where(known(PersonAngaben, None), within(PersonAngaben, day, day),
                       PersonAngaben.geschlecht_siegel.is_not(None)))}


def _pay(session: TenantSession, run: Lauf) -> Mapping[int, Mapping[str, int]]:
    """Bruttobezüge des Juni (Cent), gegliedert wie die Lohnarten der Statistik; der Rest ist „übrige“."""
    kinds = {f"{row.nummer:04d}": row.statistik for row in session.execute(
        select(Lohnart.nummer, LohnartStand.statistik).join(LohnartStand, LohnartStand.lohnart_id == Lohnart.id)
        .where(known(LohnartStand, None), within(LohnartStand, run.monat, run.monat)))}
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Ergebniszeile.lohnart, Ergebniszeile.betrag)
            .join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
            .where(Ergebnis.lauf_id == run.id, Ergebniszeile.bereich == "bezug")):
        name = PARTS.get(kinds.get(row.lohnart, ""))
        if name:
            found[row.beschaeftigung_id][name] += row.betrag
    for row in session.execute(select(Ergebnis.beschaeftigung_id, Ergebnis.gesamtbrutto)
                               .where(Ergebnis.lauf_id == run.id)):
        own = found[row.beschaeftigung_id]
        own["brutto_uebrige"] = row.gesamtbrutto - sum(own.values())
        own["brutto"] = row.gesamtbrutto
    return {job: dict(own) for job, own in found.items()}
