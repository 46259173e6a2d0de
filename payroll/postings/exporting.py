"""Das Journal für das Finanzverfahren: verdichtet, ohne Personen; als CSV nach eigener Schreibweise und als DATEV EXTF.

EXTF: Kopf 700, Formatversion 13, 125 Felder, Windows-1252, CRLF, Beträge mit Komma, Gegenkonto ist die Verrechnung.
Ein zweites Mal ausgegeben sind es dieselben Bytes.
"""

from __future__ import annotations

import calendar
import csv
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from io import StringIO

from payroll.masterdata.sheets import guard
from payroll.postings.accounts import title
from payroll.postings.errors import PostingRefused
from payroll.postings.models import Journal
from payroll.postings.zeilen import Zeile

ENCODINGS = {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}
DELIMITERS = (";", ",", "\t", "|")
TEXT, KOST, MAX_CENTS = 60, 8, 999_999_999_999


@dataclass(frozen=True)
class Profil:
    """Schreibweise der CSV-Datei."""

    trenner: str = ";"
    zeichensatz: str = "utf-8"
    dezimal: str = ","
    kopfzeile: bool = True

    def __post_init__(self) -> None:
        if self.trenner not in DELIMITERS or self.dezimal not in ",." or self.zeichensatz not in ENCODINGS:
            raise PostingRefused("Schreibweise: Trennzeichen ; , | oder Tabulator, Dezimalzeichen Komma oder Punkt, "
                                 "Zeichensatz utf-8 oder windows-1252.")
        if self.trenner == self.dezimal:
            raise PostingRefused("Schreibweise: Trennzeichen und Dezimalzeichen müssen verschieden sein.")


@dataclass(frozen=True)
class Beleg:
    """Woraus die Köpfe entstehen: Nummer des Arbeitgebers, Gegenkonto, bei EXTF Berater und Mandant."""

    mandant: str
    gegenkonto: str
    berater: int = 1001
    datev_mandant: int = 1


def month_end(month: date) -> date:
    """Der letzte Tag eines Monats."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def as_csv(journal: Journal, lines: Sequence[Zeile], voucher: Beleg, profile: Profil | None = None) -> bytes:
    """Neutrale Datei mit 24 Feldern; das letzte ist die Prüfsumme der Zeile."""
    style = profile or Profil()
    _demand_balanced(lines)
    target = StringIO(newline="")
    writer = csv.writer(target, delimiter=style.trenner, lineterminator="\r\n")
    if style.kopfzeile:
        writer.writerow(fields())
    day = f"{month_end(journal.monat):%d.%m.%Y}"
    for number, one in enumerate(lines, 1):
        kind = "E" if one.konto.startswith("5") else "V"
        values = [voucher.mandant, f"KL{voucher.mandant}{journal.monat:%Y%m}"[:20], kind, day, day,
                  f"LG{journal.monat:%Y%m}-{number:05d}", f"{journal.monat.year}", f"{one.monat:%m.%Y}",
                  f"{journal.monat:%m.%Y}", _cell(one.produkt), _cell(one.kostenstelle), "", "", one.konto, "",
                  voucher.gegenkonto, one.seite, _amount(one.betrag, style.dezimal), "EUR", "", _text(one),
                  one.personenkreis, str(one.faelle)]
        writer.writerow([*values, hashlib.sha256(style.trenner.join(values).encode()).hexdigest()])
    return target.getvalue().encode(ENCODINGS[style.zeichensatz], errors="replace")


def as_extf(journal: Journal, lines: Sequence[Zeile], voucher: Beleg) -> bytes:
    """DATEV-Buchungsstapel (Datenkategorie 21)."""
    if not 1001 <= voucher.berater <= 9_999_999 or not 1 <= voucher.datev_mandant <= 99_999:
        raise PostingRefused("DATEV: Berater ab 1001 (höchstens sieben Stellen), Mandant 1 bis 99999.")
    _demand_balanced(lines)
    length = max(4, *(len(one.konto) for one in lines), len(voucher.gegenkonto))
    if length > 8:
        raise PostingRefused("DATEV: Sachkonten haben vier bis acht Stellen; Kontierung berichtigen.")
    names = [name for name, *_ in columns()]
    body = [_extf_line(journal, one, voucher, length) for one in lines]
    text = "\r\n".join([_head(journal, voucher, length), ";".join(names), *body]) + "\r\n"
    return text.encode("cp1252", errors="replace")


def _head(journal: Journal, voucher: Beleg, length: int) -> str:
    last = month_end(journal.monat)
    made = f"{journal.erstellt_am:%Y%m%d%H%M%S}000"
    name = f"Entgelt {journal.monat:%m/%Y}"
    who = _clean(journal.erstellt_von)[:25]
    return (f'"EXTF";700;21;"Buchungsstapel";13;{made};;"LG";"{who}";"";{voucher.berater};'
            f"{voucher.datev_mandant};{journal.monat.year}0101;{length};{journal.monat:%Y%m%d};{last:%Y%m%d};"
            f'"{name}";"";1;0;0;"EUR";;"";;;"";;;"";"{journal.monat:%m/%Y}"')


def _extf_line(journal: Journal, one: Zeile, voucher: Beleg, length: int) -> str:
    if one.betrag > MAX_CENTS:
        raise PostingRefused(f"DATEV: Konto {one.konto} trägt mehr als zehn Stellen vor dem Komma; Kontierung teilen.")
    for name, value in (("Kostenstelle", one.kostenstelle), ("Produkt", one.produkt)):
        if len(value) > KOST:
            raise PostingRefused(f"DATEV: {name} „{value}“ hat mehr als {KOST} Zeichen; CSV benutzen oder kürzen.")
    given = {1: _amount(one.betrag, ","), 2: f'"{one.seite}"', 3: '"EUR"', 7: one.konto.ljust(length, "0"),
             8: voucher.gegenkonto.ljust(length, "0"), 10: f"{month_end(journal.monat):%d%m}",
             11: f'"LG{journal.monat:%Y%m}-{re.sub("[^A-Za-z0-9]", "", voucher.mandant)}"',
             14: f'"{_clean(_text(one))[:TEXT]}"', 37: f'"{_clean(one.kostenstelle)}"',
             38: f'"{_clean(one.produkt)}"', 114: "0"}
    return ";".join(given.get(number, '""' if kind == "string" else "")
                    for number, (_, kind, *_) in enumerate(columns(), 1))


def _demand_balanced(lines: Sequence[Zeile]) -> None:
    if not lines or sum(one.betrag if one.seite == "S" else -one.betrag for one in lines):
        raise PostingRefused("Das Journal ist leer oder nicht ausgeglichen: nichts ausgeben, die Verwaltung der "
                             "Anwendung verständigen.")


def _text(one: Zeile) -> str:
    return f"{title(one.schluessel)} {one.monat:%m/%Y}"[:TEXT]


def _clean(text: str) -> str:
    return " ".join(text.replace('"', "'").replace(";", ",").split())


def _cell(text: str) -> str:
    """Was ein Mensch eintrug, beginnt weder eine Zeile noch eine Formel."""
    return guard(" ".join(text.split()))


def _amount(cents: int, mark: str) -> str:
    return f"{cents // 100}{mark}{cents % 100:02d}"


@cache
def columns() -> tuple[tuple[str, str, str], ...]:
    """Name, Art und größte Länge der 125 Felder eines Buchungsstapels."""
    place = files("payroll.postings") / "data" / "datev_extf_buchungsstapel_columns.csv"
    with place.open(encoding="utf-8") as source:
        return tuple((row["name"], row["type"], row["max_or_format"]) for row in csv.DictReader(source, delimiter=";"))


@cache
def fields() -> tuple[str, ...]:
    """Namen der neutralen Felder."""
    with (files("payroll.postings") / "data" / "payroll_posting_interface.csv").open(encoding="utf-8") as source:
        return tuple(row["field"] for row in csv.DictReader(source, delimiter=";"))
