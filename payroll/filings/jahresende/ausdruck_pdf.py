"""Die Lohnsteuerbescheinigung als ausgezeichnetes PDF, mit denselben Schriften wie die Abrechnung."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from payroll.statements import wording as w
from payroll.statements.certificates import letterhead
from payroll.statements.payslip import Employer
from payroll.statements.pdf import prose, table
from payroll.statements.pdf.document import About, Rendered
from payroll.statements.pdf.sheet import GREY, LEFT, RIGHT, Sheet
from payroll.statements.pdf.table import Column, Row

TITLE = "Ausdruck der elektronischen Lohnsteuerbescheinigung"
COLUMNS = (Column("Zeile", LEFT, LEFT + 14), Column("Inhalt", LEFT + 14, RIGHT - 32),
           Column("Betrag €", RIGHT - 32, RIGHT, True))
NOTES = (
    "Diese Angaben gehen an die Finanzverwaltung (§ 93c AO). Der Ausdruck ist für Ihre Unterlagen und zum Vergleich "
    "mit Ihrer Steuererklärung; einreichen müssen Sie ihn nicht.",
    "Zeilen ohne Betrag fehlen. Steuern: einbehalten, nach Abzug dessen, was der Jahresausgleich erstattet hat.",
)


@dataclass(frozen=True)
class Zeile:
    """Eine Zeile der Bescheinigung mit ihrer amtlichen Nummer; Betrag in Cent."""

    nummer: str
    text: str
    betrag: int


@dataclass(frozen=True)
class Angaben:
    """Was auf dem Ausdruck steht; kopf sind Paare aus Bezeichnung und Wert."""

    employer: Employer
    steuernummer: str
    jahr: int
    berichtigt: bool
    freigegeben: date
    name: str
    strasse: str
    wohnort: str
    personalnummer: str
    kopf: tuple[tuple[str, str], ...]
    merkmale: tuple[str, ...]
    zeilen: tuple[Zeile, ...]


def render(found: Angaben) -> Rendered:
    """Erzeugt das Dokument; gleiche Angaben ergeben gleiche Bytes."""
    heading = f"{TITLE} {found.jahr} · {found.name}"
    sheet = Sheet(heading, pitch=4.6, size=8.8, title_gap=7.0)
    _head(sheet, found)
    sheet.y += sheet.title_gap
    sheet.text(LEFT, sheet.y, "Lohnsteuerabzugsmerkmale", 9, role="H2", weight="strong")
    if found.merkmale:
        prose.bullets(sheet, found.merkmale)
    else:
        prose.paragraph(sheet, "Mit dieser Bescheinigung sind keine gemeldet.")
    table.draw(sheet, "Beträge", COLUMNS, [Row((one.nummer, one.text, w.amount(one.betrag))) for one in found.zeilen])
    sheet.y += 2.0
    for note in NOTES:
        prose.paragraph(sheet, note, 7.8)
    return letterhead.finished(sheet, found.employer, About(
        f"{TITLE} {found.jahr}", found.employer.name, f"für {found.name}", found.personalnummer, found.freigegeben))


def _head(sheet: Sheet, found: Angaben) -> None:
    employer = found.employer
    tax = f"Steuernummer {found.steuernummer}" if found.steuernummer else ""
    letterhead.head(sheet, employer, (employer.strasse, f"{employer.plz} {employer.ort}".strip(), tax))
    sheet.text(LEFT, 33, f"{TITLE} für {found.jahr}", 14, role="H1", weight="strong")
    again = "Berichtigung: diese Bescheinigung ersetzt eine frühere. " if found.berichtigt else ""
    sheet.text(LEFT, 39, f"{again}Freigegeben am {found.freigegeben:%d.%m.%Y} (§ 41b EStG)", 9, color=GREY)
    sheet.y = 42.0
    for name, value in (("Name", found.name), ("Anschrift", ", ".join(
            part for part in (found.strasse, found.wohnort) if part)), *found.kopf):
        if value:
            sheet.y += 5.0
            sheet.text(LEFT, sheet.y, name, 8.8, color=GREY)
            sheet.text(92, sheet.y, sheet.fit(value, RIGHT - 92, 8.8), 8.8)
    sheet.y += 2.0
