"""Ergebnisse des alten Verfahrens einlesen: eine Zeile je Person und Wert, oder eine Spalte je Wert.

Erste Form: Spalten Personalnummer, Wert, Betrag. Zweite: Personalnummer und je Wert eine Spalte. Ein Wert ist ein Name
(gesamtbrutto, lohnsteuer, netto …), sein deutscher Titel oder die Nummer einer Lohnart. Eine falsche Zelle: nichts
wird geschrieben, alle Mängel stehen da.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from payroll.masterdata.imports.delimited import rows as lines_of
from payroll.masterdata.imports.problems import ImportFehler
from payroll.masterdata.imports.values import Unlesbar, cents
from payroll.masterdata.models import Beschaeftigung, Person
from payroll.runs.errors import RunRefused
from payroll.runs.parallel import gate
from payroll.runs.parallel.models import Vergleichswert
from payroll.runs.values import TITLES
from tenants import audit
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession
from tenants.security import keys_of
from tenants.security.field import seal_field

NUMBER = "personalnummer"
LONG = (NUMBER, "wert", "betrag")
WAGE_TYPE = re.compile(r"\d{3,5}", re.ASCII)
LONGEST_NUMBER = 20  # characters of a personnel number
MONEY = cents("-9999999.99", "9999999.99")
NAMES = "so heißen Werte: gesamtbrutto, steuerbrutto, lohnsteuer, netto, auszahlung oder die Nummer einer Lohnart"
SHOWN, MOST = 20, 2_000_000
BY_TITLE = {title.casefold(): name for name, title in TITLES.items()}
COLUMNS = ("public_id", "monat", "fassung", "personalnummer", "person_public_id", "werte_siegel", "eingelesen_von")
Werte = dict[str, dict[str, int]]  # personnel number -> name of a value or wage type -> cents


@dataclass(frozen=True)
class Gelesen:
    """Fassung, Zahl der Personen und Werte, Personalnummern, die es hier nicht gibt."""

    fassung: int
    personen: int
    werte: int
    unbekannt: tuple[str, ...]


def read(session: TenantSession, month: date, data: bytes) -> Gelesen:
    """Liest die Ergebnisse eines Monats ein; die Datei ersetzt für den Vergleich, was vorher gelesen wurde."""
    start = gate.current(session)
    if start is not None and month >= start.monat:
        raise RunRefused(f"{month:%m/%Y} wird hier bezahlt; verglichen werden Monate vor dem {start.monat:%m/%Y}. Den "
                         "Monat der Datei berichtigen, oder unter Übernahme den ersten bezahlten Monat verschieben.")
    found = parse(data)
    people = {row.personalnummer: row.public_id for row in session.execute(
        select(Beschaeftigung.personalnummer, Person.public_id).join(Person, Person.id == Beschaeftigung.person_id))}
    version = (session.scalar(select(func.max(Vergleichswert.fassung)).where(Vergleichswert.monat == month)) or 0) + 1
    keys, actor, rows = keys_of(session), str(session.info["actor"]), []
    for number, values in found.items():
        own = uuid.uuid4()
        sealed = seal_field(keys, Vergleichswert, own, "werte", json.dumps(values, sort_keys=True))
        rows.append((own, month, version, number, people.get(number), sealed, actor))
    copy_rows(session, Vergleichswert, COLUMNS, rows)
    unknown = tuple(sorted(set(found) - set(people)))
    audit.record(session, "parallellauf.eingelesen", f"monat:{month:%Y-%m}", {
        "fassung": version, "personen": len(found), "unbekannt": len(unknown)})
    return Gelesen(version, len(found), sum(map(len, found.values())), unknown)


def parse(data: bytes) -> Werte:
    """Werte je Personalnummer; nennt alle Mängel auf einmal (höchstens 20)."""
    if len(data) > MOST * 10:
        raise RunRefused("Die Datei ist zu groß (höchstens 20 MB); je Monat eine Datei lesen.")
    try:
        whole = [(at, [cell.strip() for cell in row]) for at, row in lines_of(data)]
    except ImportFehler as error:
        raise RunRefused(str(error)) from error
    lines = [(at, row) for at, row in whole if any(row)]
    if not lines:
        raise RunRefused("Die Datei ist leer.")
    header = [cell.casefold() for cell in lines[0][1]]
    wrong: list[str] = []
    if NUMBER not in header:
        raise RunRefused("Der Datei fehlt die Spalte Personalnummer.")
    long = set(LONG) <= set(header)
    used = LONG if long else header  # of the long form the other columns are not read
    if twice := sorted({name for name in used if name and header.count(name) > 1}):
        raise RunRefused(f"Die Spalte „{twice[0][:30]}“ kommt mehrmals vor; eine davon löschen.")
    cells = _long(lines, header, wrong) if long else _wide(lines, header, wrong)
    found: Werte = {}
    for where, number, name, money in cells:
        if name in found.setdefault(number, {}):
            wrong.append(f"{where}: {name} steht für {number} zweimal da.")
        found[number][name] = money
    if wrong:
        raise RunRefused("Nichts eingelesen: " + " ".join(wrong[:SHOWN]))
    if not any(found.values()):
        raise RunRefused("Die Datei nennt keinen Wert.")
    return found


def value_name(text: str) -> str | None:
    """Name eines Werts zu Name, Titel oder Nummer der Lohnart; None, wenn es ihn nicht gibt."""
    key = text.strip()
    if WAGE_TYPE.fullmatch(key):
        return key.zfill(4)
    return key.casefold() if key.casefold() in TITLES else BY_TITLE.get(key.casefold())


def _long(lines: list[tuple[int, list[str]]], header: list[str],
          wrong: list[str]) -> Iterator[tuple[str, str, str, int]]:
    at = {name: header.index(name) for name in LONG}
    for line, row in lines[1:]:
        where = f"Zeile {line}"
        if len(row) != len(header) or not _is_number(row[at[NUMBER]]):
            wrong.append(f"{where}: {len(header)} Spalten und eine Personalnummer erwartet.")
            continue
        name, money = value_name(row[at["wert"]]), _cents(row[at["betrag"]])
        if name is None or money is None:
            wrong.append(f"{where}: Wert „{row[at['wert']][:30]}“ oder Betrag „{row[at['betrag']][:20]}“ "
                         f"unbekannt; {NAMES}.")
            continue
        yield where, row[at[NUMBER]], name, money


def _wide(lines: list[tuple[int, list[str]]], header: list[str],
          wrong: list[str]) -> Iterator[tuple[str, str, str, int]]:
    names = {}
    for at, text in enumerate(header):
        if text == NUMBER:
            continue
        name = value_name(text)
        if name is None:
            wrong.append(f"Spalte „{text[:30]}“: kein Wert und keine Lohnart; {NAMES}.")
        else:
            names[at] = name
    own = header.index(NUMBER)
    for line, row in lines[1:]:
        if len(row) != len(header) or not _is_number(row[own]):
            wrong.append(f"Zeile {line}: {len(header)} Spalten und eine Personalnummer erwartet.")
            continue
        for at, name in names.items():
            if not row[at]:
                continue
            money = _cents(row[at])
            if money is None:
                wrong.append(f"Zeile {line}, {name}: „{row[at][:20]}“ ist kein Betrag.")
                continue
            yield f"Zeile {line}", row[own], name, money


def _is_number(text: str) -> bool:
    """Ob das eine Personalnummer sein kann; eine unbekannte darf es sein."""
    return 0 < len(text) <= LONGEST_NUMBER and text.isprintable()


def _cents(text: str) -> int | None:
    try:
        return MONEY(text)
    except Unlesbar:
        return None
