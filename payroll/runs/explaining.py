"""Warum dieser Betrag: die Erklärung eines gespeicherten Wertes aus seinem Wertebogen, gleich wie damals gerechnet."""

from __future__ import annotations

import uuid
from datetime import date

from payroll.law.calculate import explain, law_of, rule_book
from payroll.law.engine import Explanation
from payroll.law.engine.fingerprint import fingerprint
from payroll.runs.errors import RunRefused
from payroll.runs.sheets import Sheet, open_sheet
from payroll.runs.values import TITLES
from tenants.audit import record
from tenants.db.session import TenantSession


def explain_line(session: TenantSession, result: uuid.UUID, position: int) -> list[Explanation]:
    """Woher eine Zeile des Bruttos kommt: je Zeitabschnitt des Monats eine Erklärung (Position ab 1)."""
    _, _, sheet = open_sheet(session, result)
    if not 1 <= position <= len(sheet.zeilen):
        raise RunRefused("Diese Zeile gibt es in der Abrechnung nicht.")
    line = sheet.zeilen[position - 1]
    day = _same_law(sheet)
    area, name, pieces = line[-1]
    record(session, "wert.erklaert", f"ergebnis:{result}", {"zeile": position, "monat": sheet.monat})
    found = [explain(day, piece, 0, name, book=rule_book(area)) for piece in pieces]
    if sum(one.value for one in found) != abs(line[5]) and sum(one.value for one in found) != line[5]:
        raise RunRefused("Die Nachrechnung der Zeile ergibt einen anderen Betrag. Den Personaldienst verständigen.")
    return found


def explain_result(session: TenantSession, result: uuid.UUID, name: str) -> Explanation:
    """Schritte, Formeln, Recht und Quellen eines Wertes; stimmt die Nachrechnung nicht, ist das ein Fehler.

    Gelten inzwischen andere Regeln als beim Lauf, wird abgelehnt statt etwas anderes zu erklären.
    """
    if name not in TITLES or name == "tabellenentgelt":  # table pay is explained by its lines
        raise RunRefused(f"Den Wert „{name}“ gibt es nicht.")
    _, _, sheet = open_sheet(session, result)
    day = _same_law(sheet)
    record(session, "wert.erklaert", f"ergebnis:{result}", {"wert": name, "monat": sheet.monat})
    return explain(day, sheet.eingaben, 0, name, expected=sheet.werte[name])


def _same_law(sheet: Sheet) -> date:
    """Der Monat des Wertebogens, wenn das Programm noch dieselben Regeln und Zahlen hat."""
    year, month = map(int, sheet.monat.split("-"))
    day = date(year, month, 1)
    if fingerprint(law_of(day)) != sheet.regelwerk:
        raise RunRefused("Die Rechtsregeln des Programms sind seit diesem Lauf geändert worden. Der Betrag ist mit der "
                         "damaligen Fassung zu erklären.")
    return day
