"""Ausfuhr der Personen in den Spalten des Einlesens: was hier herauskommt, lässt sich wieder einlesen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from datetime import date
from typing import Any

from sqlalchemy import select

from payroll.masterdata import catalogue
from payroll.masterdata.clocks import known, within
from payroll.masterdata.imports.blaetter.ausgeben import Sheet, sheets
from payroll.masterdata.imports.columns import BEZUEGE, SPALTEN
from payroll.masterdata.imports.statements import KEPT
from payroll.masterdata.models import (
    Beschaeftigung,
    BeschaeftigungAngaben,
    Kind,
    Vortragswerte,
    WeitereBeschaeftigung,
    WiederkehrenderBezug,
)
from payroll.masterdata.models.beside import VORTRAGSBETRAEGE
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import contents
from payroll.masterdata.sheets import as_csv, as_xlsx
from tenants import audit
from tenants.db.session import TenantSession

Values = dict[str, Any]
EURO = (
    *(s.name for s in SPALTEN if s.name.startswith("betrag_")),
    *("freibetrag_monat", "hinzurechnung_monat", "freibetrag_jahr", "hinzurechnung_jahr", "pkv_basis_monat"),
    *("pkv_beitrag_monat", "ppv_beitrag_monat", "regelmaessiges_entgelt", "weiteres_entgelt"),
    *(f"vortrag_{name}" for name in VORTRAGSBETRAEGE),
)


def export_people(
    session: TenantSession, day: date, *, reason: str, form: str = "xlsx", schuetzenswert: bool = False
) -> bytes:
    """Alle Beschäftigungen, die an dem Tag bestehen, als „csv“ oder „xlsx“.

    Kennnummern, IBAN und Konfession nur mit `schuetzenswert`. Die Ausfuhr steht mit Grund im Protokoll.
    """
    names = [s.name for s in SPALTEN if schuetzenswert or not s.schuetzenswert]
    people = people_on(session, day)
    rows = [[person.get(name) for name in names] for person in people]
    details = {"tag": day.isoformat(), "zeilen": len(rows), "form": form, "schuetzenswert": schuetzenswert}
    audit.record(session, "personen.ausgefuehrt", "personen", details, reason)
    return as_csv(names, rows) if form == "csv" else as_xlsx([("Personen", names, rows)])


def export_workbook(session: TenantSession, day: date, *, reason: str, schuetzenswert: bool = False,
                    rechte: Container[str] = ()) -> bytes:
    """Arbeitsmappe mit dem Stand der Personen an dem Tag und allen weiteren Tatsachen in ihren Blättern.

    Die Blätter nennen alle heute bekannten Fassungen der Beschäftigungen, die an dem Tag bestehen. Forderungen nur mit
    claim.read in `rechte`. In einen leeren Mandanten eingelesen und wieder ausgegeben, ist die Mappe dieselbe.
    """
    return as_xlsx(export_sheets(session, day, reason=reason, schuetzenswert=schuetzenswert, rechte=rechte))


def export_sheets(session: TenantSession, day: date, *, reason: str, schuetzenswert: bool = False,
                  rechte: Container[str] = (), form: str = "mappe") -> list[Sheet]:
    """Die Blätter der Arbeitsmappe als Titel, Spalten und Zeilen; die Ausfuhr steht mit Grund im Protokoll."""
    names = [s.name for s in SPALTEN if (schuetzenswert or not s.schuetzenswert) and not _elsewhere(s.name)]
    people = people_on(session, day)
    numbers = {person["personalnummer"] for person in people}
    jobs = {job.id: job for job in session.scalars(select(Beschaeftigung)) if job.personalnummer in numbers}
    found = sheets(session, jobs, schuetzenswert=schuetzenswert, rechte=rechte)
    details = {"tag": day.isoformat(), "zeilen": len(people), "form": form, "schuetzenswert": schuetzenswert,
               "blaetter": {title: len(rows) for title, _, rows in found}}
    audit.record(session, "personen.ausgefuehrt", "personen", details, reason)
    return [("Personen", names, [[person.get(name) for name in names] for person in people]), *found]


def _elsewhere(name: str) -> bool:
    """Spalten der Personen, deren Inhalt in der Mappe ein eigenes Blatt hat."""
    return name.startswith(("lohnart_", "betrag_", "vortrag_")) or name == "weiteres_entgelt"


def people_on(session: TenantSession, day: date) -> list[Values]:
    """Eine Zeile je Beschäftigung am Tag, nach Personalnummer, mit den Spaltennamen des Einlesens."""
    facts = {model: _by_anchor(session, model, day) for model in KEPT}
    ids = catalogue.ids(session)
    funds = {number: short for short, number in ids.krankenkassen.items()}
    pensions = {number: short for short, number in ids.zv_kassen.items()}
    wage_types = {number: name for name, number in ids.lohnarten.items()}
    out = []
    for job in session.scalars(select(Beschaeftigung).order_by(Beschaeftigung.personalnummer)):
        if not _employed(facts[BeschaeftigungAngaben].get(job.id), day):
            continue
        row: Values = {"personalnummer": job.personalnummer, "gueltig_ab": day}
        for model, held in facts.items():
            if model in (Kind, WiederkehrenderBezug, WeitereBeschaeftigung, Vortragswerte):
                continue
            anchor = job.person_id if model.keys[0] == "person_id" else job.id
            for values in held.get(anchor, ())[:1]:
                row |= values
        row |= _references(row, facts, job, funds, pensions, wage_types) | _beside(facts, job, day)
        out.append(_in_euro(row))
    return out


def _by_anchor(session: TenantSession, model: type[Fact], day: date) -> dict[int, list[Values]]:
    found: dict[int, list[Values]] = defaultdict(list)
    anchor = getattr(model, model.keys[0])
    statement = select(model).where(known(model, None), within(model, day, day)).order_by(anchor, model.id)
    for row in session.scalars(statement):
        values = contents(session, row)
        found[values.pop(model.keys[0])].append(values)
    return found


def _employed(rows: list[Values] | None, day: date) -> bool:
    return any(row["eintritt"] <= day <= (row["austritt"] or day) for row in rows or ())


def _references(
    row: Values,
    facts: dict[type[Fact], dict[int, list[Values]]],
    job: Beschaeftigung,
    funds: dict[int, str],
    pensions: dict[int, str],
    wage_types: dict[int, int],
) -> Values:
    payments = sorted(
        facts[WiederkehrenderBezug].get(job.id, ()), key=lambda one: (wage_types[one["lohnart_id"]], one["laufnummer"])
    )
    out: Values = {
        "kinder": " ".join(f"{child['geburtsdatum']:%d.%m.%Y}" for child in facts[Kind].get(job.person_id, ())),
        "krankenkasse": funds.get(row.get("krankenkasse_id") or 0),
        "zusatzversorgung": pensions.get(row.get("zv_kasse_id") or 0, "keine"),
    }
    for n, payment in enumerate(payments[:BEZUEGE], start=1):
        out |= {f"lohnart_{n}": wage_types[payment["lohnart_id"]], f"betrag_{n}_cent": payment["betrag_cent"]}
    return out


def _beside(facts: dict[type[Fact], dict[int, list[Values]]], job: Beschaeftigung, day: date) -> Values:
    """Entgelt beim ersten anderen Arbeitgeber und Vortragswerte des Jahres, soweit die Datei Spalten dafür hat."""
    out: Values = {}
    for elsewhere in facts[WeitereBeschaeftigung].get(job.person_id, ()):
        if elsewhere["art"] == "versichert" and "weiteres_entgelt_cent" not in out:
            out["weiteres_entgelt_cent"] = elsewhere["entgelt_monat_cent"]
    for carried in facts[Vortragswerte].get(job.id, ()):
        if carried["herkunft"] == "vorsystem" and carried["jahr"] == day.year:
            out |= {"vortrag_jahr": carried["jahr"], "vortrag_sv_tage": carried["sv_tage"]}
            out |= {f"vortrag_{name}_cent": carried[f"{name}_cent"] for name in VORTRAGSBETRAEGE}
    return out


def _in_euro(row: Values) -> Values:
    for name in EURO:
        cents = row.get(f"{name}_cent")
        if cents is not None and (cents or name.startswith("betrag_")):
            sign, whole = "-" if cents < 0 else "", abs(cents)
            row[name] = f"{sign}{whole // 100},{whole % 100:02d}"
    return row
