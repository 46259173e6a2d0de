"""Lohnsteuer-Jahresausgleich im Lauf des Dezembers (§ 42b EStG): nach Entgelt und Rückrechnung, vor dem Abschluss.

Merkmale jedes Monats sind die, mit denen er abgerechnet wurde (Wertebogen); Jahreslohn und einbehaltene Steuern sind
die abgeschlossenen Monate samt allem, was dazu nachgebucht wurde, und dieser Lauf.
"""

from __future__ import annotations

import calendar
import zlib
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import orjson
from sqlalchemy import func, select

from payroll.law.calculate import gross_to_net
from payroll.law.engine import Result
from payroll.law.equalisation import AREAS, equalise, is_due, year_inputs
from payroll.law.rules.jahresausgleich.ausschluss import Ausschluss, Jahresmonat, ausschluesse
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Steuermerkmale
from payroll.masterdata.settings import settings_on
from payroll.masterdata.slices import MonthFacts
from payroll.runs.beside.loans import Rate, Stand
from payroll.runs.insgesamt import Ausgleich
from payroll.runs.models import Ergebnis, Lauf, Wertebogen
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from payroll.runs.sheets import TABLE, Sheet, columns_of
from tenants.db.session import TenantSession
from tenants.security import keys_of, open_sealed

Column = Any
TAXES = ("lohnsteuer", "soli", "kirchensteuer")
NAMES = (*TAXES, "steuerbrutto")
RECEIPT = {"steuerbrutto_vorjahr": "steuerbrutto"}
FREI = ("aktivrente_laufend", "aktivrente_einmalig")
MARKS = ("krv", "alv", "pkv", "pvz", "pva")
# Pay that keeps out of the equalisation (§ 42b Abs. 1 Satz 3 Nr. 4 EStG), by wage type of the district's catalogue.
LOHNERSATZ, AKTIVRENTE = frozenset({"1506", "1508", "1801"}), frozenset({"1807"})
Months = dict[int, list[Jahresmonat]]


def settle(session: TenantSession, facts: MonthFacts, collected: Any, result: Result, stand: Stand,
           taken: dict[int, list[Rate]]) -> Ausgleich | None:
    """Erstattungen als negative Einbehalte, wer teilnimmt; nur im Dezember (sonst leer), fünf Abfragen mehr."""
    year = facts.month.year
    if facts.month.month != 12 or not len(stand.paid):
        return None
    settings = settings_on(session, facts.month, facts.known_at)
    last = facts.am_jahresende
    if last is None:
        last = int((np.asarray(facts.cases["bis_tag"]) == 31).sum())
    if not is_due(year, last) and not settings.jahresausgleich_freiwillig:
        return None
    months = _months(session, facts, collected, stand.paid.tolist())
    said, later = _declared(session, facts), _booked_later(session, facts.month, stand)
    rows: list[int] = []
    reasons: dict[str, list[str]] = defaultdict(list)
    for row in stand.paid.tolist():
        number = int(facts.cases["beschaeftigung_id"][row])
        why = _excluded(facts, row, _with_letters(facts, row, months[row], later.get(number, {})),
                        *said.get(number, (False, False)))
        for text in sorted({f"{one.recht}: {one.text.split(' in Monat')[0].rstrip('.')}" for one in why}):
            reasons[text].append(facts.cases["personalnummer"][row])
        if not why:
            rows.append(row)
    if rows:
        _refund(session, facts, collected, result, stand, np.array(rows, dtype=np.int64), taken)
    found = Ausgleich(len(rows), sum(row in taken and any(one.art.startswith("jahres") for one in taken[row])
                                     for row in rows))
    for text, who in reasons.items():
        found.exclude(text, who)
    return found


def _excluded(facts: MonthFacts, row: int, own: list[Jahresmonat], verzicht: bool,
              auslandslohn: bool) -> tuple[Any, ...]:
    year = facts.month.year
    whole = len({one.monat for one in own}) == 12
    begin = date(year, 1, 1) if whole else date(year, 1, 2)
    if facts.flat_taxed(row):
        return (Ausschluss("", "Der Arbeitslohn wird pauschal versteuert (§ 40a EStG)"),)
    return ausschluesse(year, own, eintritt=begin, verzicht=verzicht, auslandslohn=auslandslohn)


def _declared(session: TenantSession, facts: MonthFacts) -> dict[int, tuple[bool, bool]]:
    """Wer keinen Ausgleich will, wer ausländischen Arbeitslohn hat: an einem Tag des Jahres genügt (Nr. 1 und 6)."""
    merkmale = Steuermerkmale
    first, last = facts.month.replace(month=1), facts.month.replace(day=31)
    rows = session.execute(
        select(merkmale.beschaeftigung_id, func.bool_or(merkmale.ausgleich_verzicht).label("verzicht"),
               func.bool_or(merkmale.auslandslohn).label("ausland"))
        .where(known(merkmale, facts.known_at), within(merkmale, first, last),
               merkmale.ausgleich_verzicht | merkmale.auslandslohn)
        .group_by(merkmale.beschaeftigung_id))
    return {row.beschaeftigung_id: (row.verzicht, row.ausland) for row in rows}


def _booked_later(session: TenantSession, month: date, stand: Stand) -> dict[int, dict[int, tuple[int, int]]]:
    """Lohnersatz und Aktivrente, die für Monate des Jahres nachgebucht wurden oder werden: je Monat beide Beträge."""
    found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    zeile, kopf = RueckrechnungZeile, Rueckrechnung
    rows = session.execute(
        select(kopf.beschaeftigung_id, kopf.monat, zeile.name, zeile.betrag)
        .join(kopf, kopf.id == zeile.rueckrechnung_id).join(Lauf, Lauf.id == kopf.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Lauf.monat < month, kopf.monat >= month.replace(month=1),
               zeile.bereich == "bezug", zeile.name.in_((*LOHNERSATZ, *AKTIVRENTE)), kopf.art != "offen"))
    booked = [(row.beschaeftigung_id, row.monat, row.name, row.betrag) for row in rows]
    booked += [(number, one.monat, posten.name, posten.betrag) for number, own in stand.booked.items()
               for one in own for posten in one.posten if posten.bereich == "bezug" and one.monat.year == month.year]
    for number, at, name, amount in booked:
        before = found[number].get(at.month, (0, 0))
        found[number][at.month] = (before[0] + amount * (name in LOHNERSATZ), before[1] + amount * (name in AKTIVRENTE))
    return found


def _with_letters(facts: MonthFacts, row: int, own: list[Jahresmonat],
                  later: dict[int, tuple[int, int]]) -> list[Jahresmonat]:
    """Die Monate mit dem, was erst heute von ihnen bekannt ist: Großbuchstabe U und nachgebuchte Leistungen."""
    letters = int(facts.cases["buchstabe_u"][row])
    return [replace(one, buchstabe_u=letters >> (one.monat - 1) & 1,
                    lohnersatz=one.lohnersatz + later.get(one.monat, (0, 0))[0],
                    aktivrente=one.aktivrente + later.get(one.monat, (0, 0))[1]) for one in own]


def _months(session: TenantSession, facts: MonthFacts, collected: Any, paid: list[int]) -> Months:
    """Was jeder Monat des Jahres über die Fälle dieses Laufs sagt; Teilmonate zählen nicht (nicht durchgehend)."""
    place = {int(facts.cases["beschaeftigung_id"][row]): row for row in paid}
    sheets: dict[date, list[tuple[int, Sheet]]] = defaultdict(list)
    keys = keys_of(session)
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Ergebnis.monat, Ergebnis.public_id, Wertebogen.inhalt)
            .join(Wertebogen, Wertebogen.ergebnis_id == Ergebnis.id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
            .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat >= facts.month.replace(month=1),
                   Ergebnis.monat < facts.month)):
        if row.beschaeftigung_id in place:
            content = open_sealed(keys, row.inhalt, table=TABLE, row=str(row.public_id), column="inhalt")
            sheets[row.monat].append((place[row.beschaeftigung_id], Sheet(*orjson.loads(zlib.decompress(content)))))
    found: Months = defaultdict(list)
    for month, own in sheets.items():
        lines = [sheet.zeilen for _, sheet in own]
        _add(found, month, columns_of(month, [sheet.eingaben for _, sheet in own]), [row for row, _ in own], lines)
    columns = {name: np.broadcast_to(values, facts.size)[paid] for name, values in collected.inputs.items()}
    _add(found, facts.month, columns, paid,
         [[line.plain() for line in collected.prices.lines.get(row, ())] for row in paid])
    return found


def _add(found: Months, month: date, columns: dict[str, Column], rows: list[int], lines: list[list[Any]]) -> None:
    free = FREI if month.year >= 2026 else ()
    marks = gross_to_net(month, columns, (*MARKS, *free))
    values = {name: marks.cents(name).tolist() for name in MARKS}
    exempt = sum((marks.cents(name) for name in free), np.zeros(len(rows), dtype=np.int64)).tolist()
    own = {name: np.broadcast_to(columns[name], len(rows)).tolist() for name in (
        "steuerklasse", "faktor", "zusatzbeitrag", "freibetrag_monat", "freibetrag_jahr", "hinzurechnung_monat",
        "hinzurechnung_jahr")}
    whole = _whole(month, columns, len(rows))
    for i, row in enumerate(rows):
        if not whole[i]:
            continue
        found[row].append(Jahresmonat(
            month.month, own["steuerklasse"][i], own["faktor"][i],
            own["freibetrag_monat"][i] + own["freibetrag_jahr"][i],
            own["hinzurechnung_monat"][i] + own["hinzurechnung_jahr"][i],
            sum(line[5] for line in lines[i] if line[1] in LOHNERSATZ),
            sum(line[5] for line in lines[i] if line[1] in AKTIVRENTE) + exempt[i],
            zusatzbeitrag=own["zusatzbeitrag"][i], **{name: values[name][i] for name in MARKS}))


def _whole(month: date, columns: dict[str, Column], count: int) -> list[bool]:
    """Ob die Beschäftigung den ganzen Monat bestand."""
    last = calendar.monthrange(month.year, month.month)[1]
    first, until = (np.broadcast_to(columns[name], count) for name in ("von_tag", "bis_tag"))
    return [bool(one) for one in (first <= 1) & ((until == 0) | (until == last))]


def _refund(session: TenantSession, facts: MonthFacts, collected: Any, result: Result, stand: Stand, rows: Column,
            taken: dict[int, list[Rate]]) -> None:
    totals = _year(session, facts.month, stand)
    numbers = facts.cases["beschaeftigung_id"][rows].tolist()
    sums = {name: result.cents(name)[rows] + np.array([totals[number][name] for number in numbers])
            for name in NAMES}
    december = {name: np.broadcast_to(values, facts.size)[rows] for name, values in collected.inputs.items()}
    inputs = year_inputs(facts.month, december, sums["steuerbrutto"])
    inputs |= {f"ja_{name}_einbehalten": np.maximum(sums[name], 0) for name in TAXES}
    done = equalise(facts.month.year, inputs)
    for at, row in enumerate(rows.tolist()):
        own = {name: int(np.broadcast_to(values, rows.size)[at]) for name, values in inputs.items()}
        for tax in TAXES:
            refund = int(done.cents(f"ja_erstattung_{tax}")[at])
            if refund:
                origin = ("+".join(AREAS), f"ja_erstattung_{tax}", [own | {"ja_durchfuehren": 1}])
                taken[row].append(Rate(f"jahresausgleich_{tax}", 0, -refund, 0, origin))


def _year(session: TenantSession, month: date, stand: Stand) -> dict[int, dict[str, int]]:
    """Jahreslohn und einbehaltene Steuern vor diesem Lauf, mit allem, was er selbst nachbucht."""
    first = month.replace(month=1)
    totals: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(NAMES, 0))
    columns = [func.sum(getattr(Ergebnis, name)).label(name) for name in NAMES]
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, *columns).join(Lauf, Lauf.id == Ergebnis.lauf_id)
            .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat >= first, Ergebnis.monat < month)
            .group_by(Ergebnis.beschaeftigung_id)):
        for name in NAMES:
            totals[row.beschaeftigung_id][name] += int(getattr(row, name))
    zeile = RueckrechnungZeile
    for row in session.execute(
            select(Rueckrechnung.beschaeftigung_id, zeile.name, func.sum(zeile.betrag).label("summe"))
            .join(Rueckrechnung, Rueckrechnung.id == zeile.rueckrechnung_id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .where(Lauf.zustand == "abgeschlossen", Lauf.monat >= first, Lauf.monat < month, zeile.bereich == "wert",
                   zeile.name.in_((*NAMES, *RECEIPT)), Rueckrechnung.art != "offen")
            .group_by(Rueckrechnung.beschaeftigung_id, zeile.name)):
        totals[row.beschaeftigung_id][RECEIPT.get(row.name, row.name)] += int(row.summe)
    for number, own in stand.booked.items():
        for booking in own:
            for name in (*NAMES, *RECEIPT):
                totals[number][RECEIPT.get(name, name)] += booking.betrag(name)
    return totals
