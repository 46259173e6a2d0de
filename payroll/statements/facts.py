"""Angaben der Bescheinigung als Paare aus Name und Wert, für das Dokument und für die Seite."""

from __future__ import annotations

from payroll.law.tongue import hear, say
from payroll.statements import wording as w
from payroll.statements.payslip import MINUTEN, Payslip


def person(slip: Payslip) -> list[tuple[str, str]]:
    """Angaben neben der Anschrift."""
    employee, period, grade = slip.employee, slip.period, slip.grade
    hours = say("%(own)s von %(full)s Stunden", own=w.number(grade.wochenstunden), full=w.number(grade.vollzeitstunden))
    since = w.day(grade.stufe_seit)
    step = say("%(step)s, seit %(day)s", step=grade.stufe, day=since) if since else grade.stufe
    rows = [
        (say("Personalnummer"), employee.personalnummer),
        (say("Geburtsdatum"), w.day(employee.geburtsdatum)),
        (say("Zeitraum"), say("%(first)s bis %(last)s", first=w.day(period.von), last=w.day(period.bis))),
        (say("Steuertage / SV-Tage"), f"{period.steuertage} / {period.sv_tage}"),
        (say("Beschäftigt seit"), w.day(employee.eintritt)),
        (say("Beschäftigt bis"), w.day(employee.austritt)),
        (say("Tarif, Gruppe"), f"{grade.tarifwerk} {grade.gruppe}".strip()),
        (say("Ausbildungsjahr") if slip.status == "auszubildende" else say("Stufe"), step),
        (say("Nächste Stufe am"), w.day(grade.naechste_stufe)),
        (say("Wochenarbeitszeit"), hours if grade.wochenstunden is not None else ""),
        (say("Organisation"), employee.organisation),
        (say("Kostenstelle"), employee.kostenstelle),
        (say("Auskunft"), slip.employer.ansprechpartner or slip.employer.telefon),
        (say("Erstellt am"), w.day(period.erstellt)),
        (say("Ersetzt"), hear(period.ersetzt)),
    ]
    return [row for row in rows if row[1]]


def tax(slip: Payslip) -> list[tuple[str, str]]:
    """Lohnsteuerabzugsmerkmale und Zusatzversorgung."""
    data = slip.tax
    factor = say(", Faktor %(factor)s", factor=w.number(data.faktor, 3)) if data.faktor is not None else ""
    spouse = say(", Ehegatte %(church)s", church=hear(data.kirche_ehegatte)) if data.kirche_ehegatte else ""
    klass = f"{data.steuerklasse}{factor}" if data.steuerklasse else (hear(data.pauschal) or say("keine"))
    rows = [
        (say("Steuer-Identifikationsnummer"), data.steuer_id or say("nicht mitgeteilt")),
        (say("Steuerklasse"), klass),
        (say("Kinderfreibeträge"), w.number(data.kinderfreibetraege, 1)),
        (say("Kirchensteuermerkmal"), (hear(data.kirche) or say("keines")) + spouse),
        (say("Freibetrag Jahr / Monat"), f"{w.amount(data.freibetrag_jahr)} / {w.amount(data.freibetrag_monat)}"),
        (say("Hinzurechnung Jahr / Monat"),
         f"{w.amount(data.hinzurechnung_jahr)} / {w.amount(data.hinzurechnung_monat)}"),
        (say("Zusatzversorgung"), slip.insurance.zusatzversorgung),
    ]
    return [row for row in rows if row[1]]


def insurance(slip: Payslip) -> list[tuple[str, str]]:
    """Angaben zur Sozialversicherung."""
    data = slip.insurance
    if slip.beamte:
        rows = [
            (say("Versicherung"), say("versicherungsfrei (Beamtenverhältnis)")),
            (say("Versicherungsnummer"), slip.employee.sv_nummer or say("keine")),
            (say("Krankenversicherung"), hear(data.krankenversicherung)),
        ]
        return [row for row in rows if row[1]]
    rate = w.percent(data.zusatzbeitrag)
    extra = say(" (Zusatzbeitrag %(rate)s)", rate=rate) if rate else ""
    rows = [
        (say("Versicherungsnummer"), slip.employee.sv_nummer or say("noch nicht vergeben")),
        (say("Beitragsgruppe / Personengruppe"), f"{data.beitragsgruppe} / {data.personengruppe}"),
        (say("Einzugsstelle"), f"{data.einzugsstelle}{extra}"),
        (say("Krankenversicherung"),
         "" if data.krankenversicherung == "gesetzlich" else hear(data.krankenversicherung)),
        (say("Kinder in der Pflegeversicherung"), _children(data.kinderschluessel)),
        (say("Elterneigenschaft nachgewiesen"), w.yes(data.elterneigenschaft)),
        (say("Übergangsbereich"), w.yes(data.uebergangsbereich)),
        (say("Mehrfachbeschäftigung"), w.yes(data.mehrfachbeschaeftigt)),
    ]
    return [row for row in rows if row[1]]


def accounts(slip: Payslip) -> list[tuple[str, str]]:
    """Gleitzeitkonto und Urlaub, wenn der Arbeitgeber sie nennt."""
    return [(hear(one.text), w.clock(int(one.menge)) if one.einheit == MINUTEN else
             say("%(count)s Tage", count=w.number(one.menge)))
            for one in slip.konten]


def _children(key: int | None) -> str:
    return say("ohne Zuschlag, ohne Abschlag") if key is None else str(key)
