"""Kopf und Schluss jeder Bescheinigung: wer sie ausgibt, wen man fragen kann, welche Zeichen fehlten."""

from __future__ import annotations

from payroll.statements.payslip import Employer
from payroll.statements.pdf import feet
from payroll.statements.pdf.document import About, Rendered, write
from payroll.statements.pdf.sheet import GREY, LEFT, RIGHT, Sheet


def head(sheet: Sheet, employer: Employer, details: tuple[str, ...]) -> None:
    """Name des Arbeitgebers, darunter die Angaben, die es gibt, und eine Linie."""
    sheet.text(LEFT, 16, employer.name, 11, weight="strong")
    sheet.text(LEFT, 20.5, ", ".join(part for part in details if part), 8, color=GREY)
    sheet.rule(LEFT, RIGHT, 24)


def finished(sheet: Sheet, employer: Employer, about: About) -> Rendered:
    """Das Dokument mit Fuß auf jeder Seite und Hinweisen auf ersetzte Zeichen."""
    feet.number_pages(sheet, " · ".join(part for part in (employer.name, employer.telefon, employer.email) if part))
    pdf = write(sheet, about)
    findings = tuple(f"Das Zeichen „{char}“ in „{text}“ fehlt in den Schriften und steht im Dokument als „?“."
                     for char, text in sheet.missing.items())
    return Rendered(pdf, len(sheet.pages), findings)
