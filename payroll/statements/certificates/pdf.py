"""Die Verdienstbescheinigung als ausgezeichnetes PDF, mit denselben Schriften wie die Abrechnung."""

from __future__ import annotations

from payroll.statements import wording as w
from payroll.statements.certificates import letterhead
from payroll.statements.certificates.content import Certificate, MonthLine
from payroll.statements.pdf import prose, table
from payroll.statements.pdf.document import About, Rendered
from payroll.statements.pdf.sheet import GREY, LEFT, RIGHT, Sheet
from payroll.statements.pdf.table import Column, Row

TITLE = "Verdienstbescheinigung"
COLUMNS = (
    Column("Monat", LEFT, 47),
    Column("Brutto €", 47, 65, True),
    Column("einmalig €", 65, 82, True),
    Column("Steuerbrutto €", 82, 102, True),
    Column("Steuern €", 102, 119, True),
    Column("Sozialvers. €", 119, 138, True),
    Column("Zusatzvers. €", 138, 157, True),
    Column("Netto €", 157, 175, True),
    Column("für frühere €", 175, RIGHT, True),
)
NOTES = (
    "Brutto: Gesamtbrutto des Monats. Einmalig: was davon Einmalzahlung oder sonstiger Bezug ist (§ 23a SGB IV, § 39b "
    "Abs. 3 EStG), zum Beispiel die Jahressonderzahlung.",
    "Steuern: Lohnsteuer, Solidaritätszuschlag und Kirchensteuer zusammen. Sozialversicherung: Anteil der "
    "beschäftigten Person an Kranken-, Pflege-, Renten- und Arbeitslosenversicherung.",
    "Für frühere: was in diesem Monat nachgezahlt oder einbehalten wurde, weil sich ein früherer Monat geändert "
    "hat; es ist im Netto nicht enthalten.",
    "Pfändungen, Abtretungen, Vorschüsse und Bankverbindungen sind nicht Teil dieser Bescheinigung.",
)


def render(found: Certificate) -> Rendered:
    """Erzeugt das Dokument; gleiche Angaben ergeben gleiche Bytes."""
    heading = f"{TITLE} · Personalnummer {found.personalnummer} · {found.name}"
    sheet = Sheet(heading, pitch=4.2, size=8.6, title_gap=6.0)
    _head(sheet, found)
    rows = [Row(_cells(w.month(one.monat), one)) for one in found.monate]
    rows.append(Row(_cells("Summe", found.summe), strong=True))
    table.draw(sheet, "Verdienst nach Monaten", COLUMNS, rows)
    for note in NOTES:
        prose.paragraph(sheet, note, 7.6)
    _signature(sheet, found)
    return letterhead.finished(sheet, found.employer, About(
        f"{TITLE} {found.name}", found.employer.name, found.zweck, found.personalnummer, found.erstellt))


def _head(sheet: Sheet, found: Certificate) -> None:
    employer = found.employer
    letterhead.head(sheet, employer, (employer.stelle, employer.strasse, f"{employer.plz} {employer.ort}".strip()))
    sheet.text(LEFT, 34, TITLE, 16, role="H1", weight="strong")
    law = f" ({found.recht})" if found.recht else ""
    sheet.text(LEFT, 40, f"für {found.zweck}{law}", 9.5)
    sheet.y = 43.0
    for name, value in _facts(found):
        sheet.y += 5.0
        sheet.text(LEFT, sheet.y, name, 8.6, color=GREY)
        sheet.text(68, sheet.y, sheet.fit(value, RIGHT - 68, 8.6), 8.6)
    sheet.y += 2.0


def _facts(found: Certificate) -> list[tuple[str, str]]:
    hours = ""
    if found.wochenstunden is not None:
        hours = f"{w.number(found.wochenstunden, 2)} Stunden in der Woche"
        if found.vollzeitstunden is not None:
            hours += f", Vollzeit {w.number(found.vollzeitstunden, 2)}"
    leaving = f"{found.austritt:%d.%m.%Y}" if found.austritt else "unbefristet oder kein Ende bekannt"
    given = [
        ("Name", found.name), ("Anschrift", found.anschrift), ("Geburtsdatum", f"{found.geburtsdatum:%d.%m.%Y}"),
        ("Personalnummer", found.personalnummer), ("Beschäftigt seit", f"{found.eintritt:%d.%m.%Y}"),
        ("Beschäftigt bis", leaving), ("Arbeitszeit", hours), ("Empfangende Stelle", found.stelle),
        ("Zeichen der Stelle", found.zeichen)]
    return [(name, value) for name, value in given if value]


def _cells(name: str, one: MonthLine) -> list[str]:
    return [name, *(w.amount(cents) for cents in (
        one.gesamtbrutto, one.einmalig, one.steuerbrutto, one.steuern, one.sozialversicherung, one.zusatzversorgung,
        one.netto, one.nachzahlung))]


def _signature(sheet: Sheet, found: Certificate) -> None:
    sheet.room(24)
    sheet.y += 10
    sheet.text(LEFT, sheet.y, f"{found.employer.ort}, {found.erstellt:%d.%m.%Y}".strip(", "), 8.6)
    sheet.y += 12
    sheet.rule(LEFT, 95, sheet.y)
    sheet.text(LEFT, sheet.y + 4, "Unterschrift und Dienstsiegel", 7.2, color=GREY)
