"""A row of whole payslips, read strictly: every cell checked for form, encoded for the law."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from payroll.law.conformance.report import Case, CellError
from payroll.law.encode import (
    KONFESSIONEN,
    KV_ARTEN,
    LAENDER,
    STATUS,
    ZUSATZVERSORGUNGEN,
    ZV_KIST_VERFAHREN,
    ZV_VERFAHREN,
    UnknownName,
    assignment,
    choice,
    day_number,
)

MONEY = ("brutto", "zulagen", "vwl_ag", "steuerfreie_bezuege", "einmalzahlung", "vwl_sparbetrag",
         "jahresarbeitslohn_erwartet", "sv_brutto_kv_bisher", "sv_brutto_rv_bisher", "vorjahr_sv_brutto_kv",
         "vorjahr_sv_brutto_rv", "freibetrag_monat", "hinzurechnung_monat", "freibetrag_jahr", "hinzurechnung_jahr",
         "pkv_beitrag_monat", "ppv_beitrag_monat", "pkv_basis_monat", "regelmaessiges_entgelt", "zv_pauschal_grenze",
         "zv_steuerfrei_bisher", "zv_frei", "sonstige_abzuege")
PERCENT = ("zusatzbeitrag", "vorjahr_zusatzbeitrag", "u2_satz", "zv_umlage_satz", "zv_an_satz",
           "zv_sanierungsgeld_satz")
NUMBERS = {"sv_tage_bisher": 360, "vorjahr_sv_tage": 360, "kinder_unter_25": 30, "steuerklasse": 6,
           "personengruppe": 999}
YES_NO = ("kinderlos", "sachsen")
CHOICES = {"status": STATUS, "konfession": KONFESSIONEN, "bundesland_kirche": LAENDER, "kv_art": KV_ARTEN,
           "zusatzversorgung": ZUSATZVERSORGUNGEN, "zv_verfahren": ZV_VERFAHREN, "zv_kist_verfahren": ZV_KIST_VERFAHREN}
EMPTY_IS_NEGATIVE = ("brutto", "regelmaessiges_entgelt", "vorjahr_sv_tage")


def decimals(case: Case, column: str, places: int, *, sign: bool = False) -> int:
    """A decimal number with a point and at most so many places, as an integer of that unit."""
    raw = case.text(column)
    pattern = r"-?\d{1,12}(\.\d+)?" if sign else r"\d{1,12}(\.\d+)?"
    if not re.fullmatch(pattern, raw, re.ASCII):
        remedy = "Zahl mit Dezimalpunkt ohne Tausendertrennung" + ("" if sign else ", nicht negativ")
        raise CellError(f"{column}: {raw!r} ist nicht lesbar; {remedy} angeben")
    value = Fraction(raw) * Fraction(10**places)
    if value.denominator != 1:
        raise CellError(f"{column}: {raw!r} hat mehr als {places} Nachkommastellen; runden oder Angabe prüfen")
    return value.numerator


def whole(case: Case, column: str, largest: int) -> int:
    """A whole number from 0 to ``largest``."""
    raw = case.text(column)
    if not re.fullmatch(r"\d{1,6}", raw, re.ASCII) or int(raw) > largest:
        raise CellError(f"{column}: {raw!r} ist keine ganze Zahl von 0 bis {largest}; Angabe berichtigen")
    return int(raw)


def day(case: Case, column: str) -> date:
    """A date written YYYY-MM-DD."""
    raw = case.text(column)
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw, re.ASCII):
            raise ValueError
        return date.fromisoformat(raw)
    except ValueError:
        raise CellError(f"{column}: {raw!r} ist kein Datum; JJJJ-MM-TT angeben") from None


def month(case: Case) -> date:
    """The first day of the row's month."""
    raw = case.text("monat")
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", raw, re.ASCII):
        raise CellError(f"monat: {raw!r} ist kein Monat; JJJJ-MM angeben")
    found = date(int(raw[:4]), int(raw[5:]), 1)
    if not 2025 <= found.year <= 2027:  # 2027: prepared values, each with its status
        raise CellError(f"monat: für {raw} ist kein Recht hinterlegt; Monat von 2025-01 bis 2027-12 angeben")
    return found


@dataclass(frozen=True)
class Row:
    """An encoded row: its month and its columns by the names of the law's inputs."""

    case: Case
    month: date
    values: dict[str, int]

    @property
    def last_day(self) -> int:
        """Number of days of the month."""
        return calendar.monthrange(self.month.year, self.month.month)[1]

    @property
    def partial(self) -> bool:
        """True when the employment leaves a day of the month out."""
        return self.values["von_tag"] > 1 or 0 < self.values["bis_tag"] < self.last_day

    def filled(self, column: str) -> bool:
        """True when the cell says something."""
        return bool(self.case.text(column))


def read_row(case: Case) -> Row:
    """Read and encode all cells of a row; the first cell that cannot be read is a CellError."""
    try:
        found = Row(case, month(case), dict(_cells(case)))
        found.values.update(_days(found))
        found.values.update(_assignment(found))
    except UnknownName as error:
        raise CellError(str(error)) from error
    return found


def _cells(case: Case) -> Iterator[tuple[str, int]]:
    for column in MONEY:
        missing = -1 if column in EMPTY_IS_NEGATIVE else 0
        yield column, decimals(case, column, 2, sign=column == "sonstige_abzuege") if case.text(column) else missing
    for column in PERCENT:
        yield column, decimals(case, column, 4) if case.text(column) else 0
    for column, largest in NUMBERS.items():
        missing = -1 if column in EMPTY_IS_NEGATIVE else 0
        yield column, whole(case, column, largest) if case.text(column) else missing
    for column in YES_NO:
        yield column, choice(column, case.text(column, "nein"), ("nein", "ja"))
    for column, names in CHOICES.items():
        default = {"bundesland_kirche": "NW", "zusatzversorgung": "keine"}.get(column, names[0])
        yield column, choice(column, case.text(column, default), names)
    yield "faktor", decimals(case, "faktor", 3) if case.text("faktor") else 0
    yield "kinderfreibetraege", decimals(case, "kinderfreibetraege", 1) if case.text("kinderfreibetraege") else 0
    yield "geburtsdatum", day_number(day(case, "geburtsdatum")) if case.text("geburtsdatum") else 0
    digits = case.text("beitragsgruppe", "0000")
    if not re.fullmatch(r"\d{4}", digits, re.ASCII):
        raise CellError(f"beitragsgruppe: {digits!r} hat nicht vier Ziffern; KV, RV, AV, PV angeben, z. B. 1111")
    for branch, digit in zip(("kv", "rv", "av", "pv"), digits, strict=True):
        yield f"beitragsgruppe_{branch}", int(digit)


def _days(row: Row) -> dict[str, int]:
    found = {}
    for column in ("von_tag", "bis_tag"):
        value = whole(row.case, column, 99) if row.filled(column) else 0
        if row.filled(column) and not 1 <= value <= row.last_day:
            raise CellError(f"{column}: {value} gibt es im Monat {row.month:%m/%Y} nicht; "
                            f"Tag von 1 bis {row.last_day} angeben")
        found[column] = value
    if found["bis_tag"] and found["von_tag"] > found["bis_tag"]:
        raise CellError(f"bis_tag: {found['bis_tag']} liegt vor von_tag {found['von_tag']}; Tage berichtigen")
    return found


def _assignment(row: Row) -> dict[str, int]:
    case = row.case
    if row.filled("brutto"):
        return {}
    for column in ("tarifwerk", "entgeltgruppe", "wochenstunden", "vollzeitstunden"):
        if not row.filled(column):
            raise CellError(f"{column}: leer, ohne brutto gilt die Tabelle; {column} oder brutto angeben")
    names = case.text("tarifwerk"), case.text("entgeltgruppe"), case.text("stufe")
    tarifwerk, gruppe, stufe = assignment(*names, row.month)
    weekly, full = (decimals(case, column, 2) for column in ("wochenstunden", "vollzeitstunden"))
    if not 0 < full <= 6000 or not 0 < weekly <= 6000:
        raise CellError("wochenstunden, vollzeitstunden: mehr als 0 und höchstens 60 Stunden angeben")
    return {"tarifwerk": tarifwerk, "entgeltgruppe": gruppe, "stufe": stufe, "wochenstunden": weekly,
            "vollzeitstunden": full}
