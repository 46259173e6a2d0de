"""Jahresmeldung an die Zusatzversorgungskasse (DATÜV-ZVE): je Person und Kasse die Abschnitte eines Jahres.

Gemeldet wird, was in abgeschlossenen Monaten gezahlt wurde; Nachzahlungen für frühere Jahre stehen im Monat ihrer
Zahlung (§ 15 Abs. 2 ATV-K: Zufluss).
"""

from __future__ import annotations

import calendar
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from payroll.law.calculate import law_of, rule_book
from payroll.law.engine import evaluate
from payroll.law.rules.zusatzversorgung.jahresmeldung import (
    Meldemonat,
    Versicherungsabschnitt,
    beitragsmonat,
    merkmal_ohne_entgelt,
    ohne_entgelt,
    umlagemonat,
    versicherungsabschnitte,
)
from payroll.masterdata.models.funds import KAPITALGEDECKT
from payroll.masterdata.settings import settings_on
from payroll.runs.ohne_entgelt import without_pay
from payroll.runs.zusatzversorgung import lesen
from payroll.runs.zusatzversorgung.lesen import WERTE, Kasse, Mensch
from tenants.db.session import TenantSession

PUNKTE = ("zv_versorgungspunkte", "zv_anwartschaft")
NICHT_BELEGT = "Merkmal des Abschnitts ohne Entgelt ist nicht belegt: mit der Kasse abgleichen"
AUSSERHALB = "außerhalb der Pflichtversicherung gezahlt"  # begins a sentence that names the months


@dataclass(frozen=True)
class Versicherter:
    """Das Jahr einer Person bei einer Kasse: Beträge in Cent, Versorgungspunkte in Hundertsteln.

    anwartschaft: monatliche Rente aus diesem Jahr. hinweise: was vor der Meldung zu klären ist.
    """

    person: uuid.UUID
    personalnummer: str
    name: str
    kasse: str
    mitgliedsnummer: str
    abschnitte: tuple[Versicherungsabschnitt, ...]
    werte: dict[str, int]
    elternzeit_monate: int
    punkte: int
    anwartschaft: int
    hinweise: tuple[str, ...]


@dataclass
class _Offen:
    """Ein Jahr bei einer Kasse, ehe die Punkte gerechnet sind."""

    mensch: Mensch
    kasse: Kasse
    monate: list[Meldemonat]
    werte: dict[str, int]
    elternzeit: int
    hinweise: list[str]


def jahresmeldung(session: TenantSession, year: int) -> list[Versicherter]:
    """Alle Versicherten eines Jahres, nach Personalnummer; eine feste Zahl von Abfragen.

    Wem nach dem Ende aller Versicherungen noch gezahlt ist, der steht ohne Abschnitt bei seiner letzten Kasse.
    """
    paid, funds = lesen.paid(session, year), lesen.funds(session, year)
    closed, absent = lesen.closed_months(session, year), without_pay(session, year)
    key = settings_on(session, date(year, 12, 31)).zv_sanierungsgeld_schluessel
    key = "" if key == "ohne" else key
    found = [one for mensch in lesen.people(session, year) if mensch.beschaeftigung_id in funds
             for one in _one(year, mensch, funds[mensch.beschaeftigung_id], paid.get(mensch.beschaeftigung_id, {}),
                             closed, absent.get(mensch.beschaeftigung_id, ()), key)]
    placed = {one.mensch.beschaeftigung_id for one in found}
    if beside := {job: months for job, own in paid.items() if job not in placed and (months := _with_pay(own))}:
        found += [_Offen(one, fund, [], dict.fromkeys(WERTE, 0), 0, [_outside(year, beside[one.beschaeftigung_id])])
                  for one, fund in lesen.left(session, year, beside)]
        found.sort(key=lambda one: one.mensch.personalnummer)
    return _with_points(year, found)


def _with_pay(paid: lesen.Monatswerte) -> list[int]:
    return [month for month, values in sorted(paid.items()) if any(values.values())]


def _outside(year: int, months: Sequence[int]) -> str:
    listed = ", ".join(f"{month:02}/{year}" for month in months)
    return f"{AUSSERHALB}: {listed}; in keinem Abschnitt, mit der Kasse klären"


def _one(year: int, mensch: Mensch, funds: Sequence[Kasse], paid: lesen.Monatswerte, closed: set[int],
         absent: Sequence[Any], key: str) -> Iterable[_Offen]:
    own: dict[str, _Offen] = {}
    missing: dict[str, list[int]] = defaultdict(list)
    used: set[int] = set()
    for month in range(1, 13):
        first, last = date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        first, last = max(first, mensch.eintritt), min(last, mensch.austritt or last)
        # As the monthly statement: the last fund that touches the month has it, also one left in the middle of it.
        fund = next((one for one in reversed(funds) if one.von <= last and (one.bis or last) >= first), None)
        if first > last or fund is None:
            continue
        last = min(last, fund.bis or last)
        used.add(month)
        one = own.setdefault(fund.kuerzel, _Offen(mensch, fund, [], dict.fromkeys(WERTE, 0), 0, []))
        if month not in closed or month not in paid:
            missing[fund.kuerzel].append(month)
            continue
        _month(one, max(first, fund.von), last, paid[month], absent, key)
    for kuerzel, months in missing.items():
        listed = ", ".join(f"{month:02}/{year}" for month in months)
        own[kuerzel].hinweise.append(f"ohne abgeschlossene Abrechnung: {listed}")
    outside = [month for month in _with_pay(paid) if month not in used]
    if outside and own:
        list(own.values())[-1].hinweise.append(_outside(year, outside))
    return own.values()


def _month(one: _Offen, first: date, last: date, paid: dict[str, int], absent: Sequence[Any], key: str) -> None:
    for name, cents in paid.items():
        one.werte[name] += cents
    without = [] if any(paid.values()) else _gaps(first, last, absent)
    if without:
        one.elternzeit += int(all(grund.startswith("elternzeit") for _, _, grund in without))
        one.monate += [ohne_entgelt(begin, end, merkmal_ohne_entgelt(grund)) for begin, end, grund in without]
        if NICHT_BELEGT not in one.hinweise:
            one.hinweise.append(NICHT_BELEGT)
    elif one.kasse.kuerzel in KAPITALGEDECKT:
        free = paid["zv2_steuerfrei"]
        one.monate.append(beitragsmonat(first, last, paid["zv_entgelt"], free, paid["zv2_beitrag"] - free))
    else:
        one.monate.append(umlagemonat(first, last, paid["zv_entgelt"], paid["zv_umlage"],
                                      sanierungsgeld=paid["zv_sanierungsgeld"], sanierungsgeld_schluessel=key))


def _gaps(first: date, last: date, absent: Sequence[Any]) -> list[tuple[date, date, str]]:
    """Wofür an diesen Tagen nichts gezahlt wird, Grund nach Grund; leer, wenn ein Tag davon nicht ohne Entgelt ist."""
    found: list[tuple[date, date, str]] = []
    day = first
    for gap in sorted(absent, key=lambda one: one.von):
        if gap.von <= day <= min(gap.bis, last):
            found.append((day, min(gap.bis, last), gap.grund))
            day = found[-1][1] + timedelta(days=1)
    return found if day > last else []


def _with_points(year: int, found: list[_Offen]) -> list[Versicherter]:
    if not found:
        return []
    rules = law_of(date(year, 12, 1), rule_book("zusatzversorgung"))
    result = evaluate(rules, {
        "zv_entgelt_jahr": np.array([one.werte["zv_entgelt"] for one in found]),
        "zv_elternzeit_monate": np.array([one.elternzeit for one in found]),
        "zv_alter": np.array([max(year - one.mensch.geburtsdatum.year, 17) for one in found])}, PUNKTE)
    column = result.columns["zv_versorgungspunkte"]
    scale = np.broadcast_to(np.asarray(column.den), len(found))
    pension = result.cents("zv_anwartschaft")
    return [Versicherter(
        one.mensch.person, one.mensch.personalnummer, one.mensch.name, one.kasse.name, one.kasse.mitgliedsnummer,
        tuple(versicherungsabschnitte(year, one.monate)), one.werte, one.elternzeit,
        int(column.num[row]) * 100 // int(scale[row]), int(pension[row]), tuple(one.hinweise))
        for row, one in enumerate(found)]
