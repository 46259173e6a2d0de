"""Warum dieser Betrag: die Erklärung eines gespeicherten Wertes aus seinem Wertebogen, gleich wie damals gerechnet."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from payroll.law.benefits import JOINS
from payroll.law.calculate import explain, law_of, rule_book
from payroll.law.engine import Explanation, ExplanationError, RuleBook
from payroll.law.engine.fingerprint import fingerprint
from payroll.law.parameters.uploaded import Uploaded
from payroll.law.tongue import hear, say
from payroll.masterdata.slices import amtlich
from payroll.masterdata.slices.tarif import overlays, uploaded_tables
from payroll.runs import names
from payroll.runs.books import book_for
from payroll.runs.errors import RunRefused
from payroll.runs.sheets import Sheet, open_sheet
from payroll.runs.taxyear import book_of, with_tables
from payroll.runs.values import TITLES
from tenants.audit import record
from tenants.db.session import TenantSession

BESIDE = ("sachbezuege", "pauschalsteuern_nebenleistungen", "entgeltumwandlung", "umwandlung_zuschuss")
CHANGED = ("Die Rechtsregeln oder Rechtswerte des Programms sind seit diesem Lauf geändert worden. Dieser Betrag ist "
           "davon nicht berührt: die Nachrechnung ergibt denselben.")
OTHER = ("Die Rechtsregeln des Programms sind seit diesem Lauf geändert worden und ergeben heute einen anderen Betrag. "
         "Der gezahlte Betrag ist mit der damaligen Fassung zu erklären.")
TIMES = "Erklärt ist der Satz einer Stunde im Monat der Arbeit; die Menge kommt aus den freigegebenen Zeitdateien."
BROKEN = "Die Nachrechnung ergibt einen anderen Betrag als den gespeicherten. Den Personaldienst verständigen."


def explain_result(session: TenantSession, result: uuid.UUID, name: str) -> Explanation:
    """Schritte, Formeln, Recht und Quellen eines Wertes; die Nachrechnung muss den gespeicherten Wert ergeben.

    Gelten inzwischen andere Regeln, wird mit einem Vermerk erklärt, solange derselbe Wert herauskommt; sonst abgelehnt.
    """
    if name not in TITLES or name == "tabellenentgelt":  # table pay is explained by its lines
        raise RunRefused(f"Den Wert „{name}“ gibt es nicht.")
    _, lauf, sheet = open_sheet(session, result)
    record(session, "wert.erklaert", f"ergebnis:{result}", {"wert": name, "monat": sheet.monat})
    with amtlich.as_known_at(session, lauf.stand):
        return _result(session, lauf.stand, sheet, name)


def _result(session: TenantSession, stand: datetime | None, sheet: Sheet, name: str) -> Explanation:
    tables = uploaded_tables(session, _month(sheet), stand)
    if name in BESIDE:
        return _checked(sheet, tables, lambda day: _beside(sheet, name, day))
    book, by_plan = book_of(_month(sheet), sheet.werte)
    given = {**sheet.eingaben, **by_plan}
    return _checked(sheet, tables, lambda day: explain(day, given, 0, name, expected=sheet.werte[name], book=book))


def _beside(sheet: Sheet, name: str, day: date) -> Explanation:
    """Ein Wert, den die Nebenleistungen ergeben: gerechnet wird er vor der Abrechnung, mit eigenen Angaben."""
    cents = sheet.werte[name]
    if name in JOINS:
        own = next((line[-1][2][0] for line in sheet.zeilen if line[-1][0] == "*"), {})
        return explain(day, own, 0, JOINS[name], expected=cents, book=rule_book())
    if name == "entgeltumwandlung":
        return explain(day, {"vereinbart_betrag": cents}, 0, "vereinbarter_abzug", expected=cents,
                       book=rule_book("bezuege"))
    try:
        given = {"entgeltumwandlung": sheet.werte["entgeltumwandlung"]}
        return explain(day, given, 0, "nl_umwandlung_zuschuss", expected=cents, book=rule_book())
    except ExplanationError:
        return explain(day, {"zuschuss_ersparnis": cents}, 0, "zuschuss_aus_ersparnis", expected=cents,
                       book=rule_book("bezuege"))


def explain_line(session: TenantSession, result: uuid.UUID, position: int) -> list[Explanation]:
    """Woher eine Zeile kommt: je Zeitabschnitt des Monats eine Erklärung (Position ab 1)."""
    _, lauf, sheet = open_sheet(session, result)
    if not 1 <= position <= len(sheet.zeilen):
        raise RunRefused(say("Diese Zeile gibt es in der Abrechnung nicht."))
    record(session, "wert.erklaert", f"ergebnis:{result}", {"zeile": position, "monat": sheet.monat})
    with amtlich.as_known_at(session, lauf.stand):
        return _line(session, lauf.stand, sheet, sheet.zeilen[position - 1])


def _line(session: TenantSession, stand: datetime | None, sheet: Sheet, line: list[Any]) -> list[Explanation]:
    area, name, pieces = line[-1]
    area, _, then = area.partition("@") if not area.startswith("zeit:") else (area, "", "")
    month = date.fromisoformat(f"{then}-01") if then else _month(sheet)
    book = _book(session, month, stand, area)
    if area.partition(":")[0] == "zeit":
        return [_hour(session, sheet, stand, line)]
    tables = uploaded_tables(session, _month(sheet), stand)
    found = [_checked(sheet, tables, lambda _, piece=piece: explain(month, piece, 0, name, book=book))
             for piece in pieces]
    if abs(sum(one.value for one in found)) != abs(line[5]):
        raise RunRefused(say(OTHER) if _law_changed(sheet, tables) else say(BROKEN))
    return found


def _hour(session: TenantSession, sheet: Sheet, known_at: datetime | None, line: list[Any]) -> Explanation:
    """Zeiten: erklärt wird der Satz einer Stunde im Monat der Arbeit; Menge mal Satz steht als Vermerk dabei."""
    area, name, pieces = line[-1]
    if not pieces:
        raise RunRefused(say("Der Betrag kommt aus einer Zeitdatei für %(month)s; dort steht er in der Zeile dieser "
                             "Lohnart.", month=name))
    law, _, month = area.partition(":")[2].partition("@")
    day = date.fromisoformat(f"{month}-01")
    changed = _law_changed(sheet, uploaded_tables(session, _month(sheet), known_at))
    try:
        since = day if name == "stundensatz_hinterlegt" else _month(sheet)
        found = explain(day, pieces[0], 0, name, book=book_for(overlays(session, since, known_at), law))
    except ExplanationError as error:
        raise RunRefused(say(OTHER) if changed else say(BROKEN)) from error
    return replace(found, remark=f"{names.within(line[2])}: {hear(line[3])}. {say(TIMES)}" + (f" {say(CHANGED)}"
                                                                                                 if changed else ""))


def _book(session: TenantSession, month: date, known_at: datetime | None, area: str) -> RuleBook:
    """Das Regelwerk, aus dem eine Zeile kommt; „*“ ist das ganze."""
    return rule_book() if area == "*" else book_for(overlays(session, month, known_at), *area.split("+"))


def _checked(sheet: Sheet, tables: Uploaded, explained: Callable[[date], Explanation]) -> Explanation:
    """Die Erklärung; haben sich die Regeln geändert, mit Vermerk oder gar nicht."""
    changed = _law_changed(sheet, tables)
    try:
        found = explained(_month(sheet))
    except ExplanationError as error:
        raise RunRefused(say(OTHER) if changed else say(BROKEN)) from error
    return replace(found, remark=say(CHANGED)) if changed else found


def _law_changed(sheet: Sheet, tables: Uploaded) -> bool:
    book, _ = book_of(_month(sheet), sheet.werte)
    law = fingerprint(law_of(_month(sheet), book))
    return with_tables(law, tables) != sheet.regelwerk.partition("+")[0]


def _month(sheet: Sheet) -> date:
    year, month = map(int, sheet.monat.split("-"))
    return date(year, month, 1)
