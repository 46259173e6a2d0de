"""Angaben der Bescheinigung als Paare aus Name und Wert, für das Dokument und für die Seite."""

from __future__ import annotations

from payroll.statements import wording as w
from payroll.statements.payslip import MINUTEN, Payslip


def person(slip: Payslip) -> list[tuple[str, str]]:
    """Angaben neben der Anschrift."""
    employee, period, grade = slip.employee, slip.period, slip.grade
    hours = f"{w.number(grade.wochenstunden)} von {w.number(grade.vollzeitstunden)} Stunden"
    step = f"{grade.stufe}, seit {w.day(grade.stufe_seit)}" if grade.stufe_seit else grade.stufe
    rows = [
        ("Personalnummer", employee.personalnummer),
        ("Geburtsdatum", w.day(employee.geburtsdatum)),
        ("Zeitraum", f"{w.day(period.von)} bis {w.day(period.bis)}"),
        ("Steuertage / SV-Tage", f"{period.steuertage} / {period.sv_tage}"),
        ("Beschäftigt seit", w.day(employee.eintritt)),
        ("Beschäftigt bis", w.day(employee.austritt)),
        ("Tarif, Gruppe", f"{grade.tarifwerk} {grade.gruppe}".strip()),
        ("Ausbildungsjahr" if slip.status == "auszubildende" else "Stufe", step),
        ("Nächste Stufe am", w.day(grade.naechste_stufe)),
        ("Wochenarbeitszeit", hours if grade.wochenstunden is not None else ""),
        ("Organisation", employee.organisation),
        ("Kostenstelle", employee.kostenstelle),
        ("Auskunft", slip.employer.ansprechpartner or slip.employer.telefon),
        ("Erstellt am", w.day(period.erstellt)),
        ("Ersetzt", period.ersetzt),
    ]
    return [row for row in rows if row[1]]


def tax(slip: Payslip) -> list[tuple[str, str]]:
    """Lohnsteuerabzugsmerkmale und Zusatzversorgung."""
    data = slip.tax
    factor = f", Faktor {w.number(data.faktor, 3)}" if data.faktor is not None else ""
    spouse = f", Ehegatte {data.kirche_ehegatte}" if data.kirche_ehegatte else ""
    klass = f"{data.steuerklasse}{factor}" if data.steuerklasse else (data.pauschal or "keine")
    rows = [
        ("Steuer-Identifikationsnummer", data.steuer_id or "nicht mitgeteilt"),
        ("Steuerklasse", klass),
        ("Kinderfreibeträge", w.number(data.kinderfreibetraege, 1)),
        ("Kirchensteuermerkmal", f"{data.kirche or 'keines'}{spouse}"),
        ("Freibetrag Jahr / Monat", f"{w.amount(data.freibetrag_jahr)} / {w.amount(data.freibetrag_monat)}"),
        ("Hinzurechnung Jahr / Monat", f"{w.amount(data.hinzurechnung_jahr)} / {w.amount(data.hinzurechnung_monat)}"),
        ("Zusatzversorgung", slip.insurance.zusatzversorgung),
    ]
    return [row for row in rows if row[1]]


def insurance(slip: Payslip) -> list[tuple[str, str]]:
    """Angaben zur Sozialversicherung."""
    data = slip.insurance
    if slip.beamte:
        rows = [
            ("Versicherung", "versicherungsfrei (Beamtenverhältnis)"),
            ("Versicherungsnummer", slip.employee.sv_nummer or "keine"),
            ("Krankenversicherung", data.krankenversicherung),
        ]
        return [row for row in rows if row[1]]
    extra = f" (Zusatzbeitrag {w.percent(data.zusatzbeitrag)})" if data.zusatzbeitrag is not None else ""
    rows = [
        ("Versicherungsnummer", slip.employee.sv_nummer or "noch nicht vergeben"),
        ("Beitragsgruppe / Personengruppe", f"{data.beitragsgruppe} / {data.personengruppe}"),
        ("Einzugsstelle", f"{data.einzugsstelle}{extra}"),
        ("Krankenversicherung", "" if data.krankenversicherung == "gesetzlich" else data.krankenversicherung),
        ("Kinder in der Pflegeversicherung", _children(data.kinderschluessel)),
        ("Elterneigenschaft nachgewiesen", w.yes(data.elterneigenschaft)),
        ("Übergangsbereich", w.yes(data.uebergangsbereich)),
        ("Mehrfachbeschäftigung", w.yes(data.mehrfachbeschaeftigt)),
    ]
    return [row for row in rows if row[1]]


def accounts(slip: Payslip) -> list[tuple[str, str]]:
    """Gleitzeitkonto und Urlaub, wenn der Arbeitgeber sie nennt."""
    return [(one.text, w.clock(int(one.menge)) if one.einheit == MINUTEN else f"{w.number(one.menge)} Tage")
            for one in slip.konten]


def _children(key: int | None) -> str:
    return "ohne Zuschlag, ohne Abschlag" if key is None else str(key)
