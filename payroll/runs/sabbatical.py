"""Störfall eines Sabbaticals im Lauf: Wertguthaben und SV-Luft aus den abgeschlossenen Monaten des Modells.

Gelesen wird nur, wenn ein Modell in diesem Monat so endet: je Monat das Entgelt, das der Arbeitszeit folgt (Lohnarten
mit Teilzeit im Katalog), SV-Tage und beitragspflichtiges Entgelt, samt allem später Nachgebuchten. In einem Monat, den
das Modell nicht ganz umfasst, zählt allein das Sabbatical-Entgelt: das übrige ist zum Teil voll bezahlt. Monate mit
einem Tag Freistellung zählen als Freistellung. Der Monat des Störfalls zählt mit dem, was dieser Lauf für ihn rechnet.
Die Jahressonderzahlung folgt dem gekürzten Entgelt ihrer Bemessungsmonate; soweit diese zum Modell gehören, teilt sie
deren Los: angespart oder in der Freistellung gezahlt. Der Befund verlangt den Vergleich mit dem geführten Wertguthaben.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import and_, or_, select

from payroll.law.calculate import gross_to_net, law_of, rule_book
from payroll.law.engine import evaluate
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Lohnart, LohnartStand
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.findings import Finding
from payroll.runs.bemessung import Bemessungslohnarten, counted_wage_types
from payroll.runs.books import book_for
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.pricing import TABELLE
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from payroll.runs.zeilen import Zeile
from tenants.db.session import TenantSession

Inputs = dict[str, Any]
LOHNART, TEXT, REGEL, ENTGELT, BONUS = "1805", "Störfall Wertguthaben", "wertguthaben", "1806", "1600"
BEMESSUNG = (7, 8, 9)  # months the annual bonus is measured by (§ 20 Abs. 2 TVöD)
SUMMEN = ("sv_tage", "sv_brutto_kv", "sv_brutto_rv")
GRENZEN = ("sv_bbg_kv_monat", "sv_bbg_pv_monat", "sv_bbg_rv_monat")


@dataclass
class Monat:
    """Ein Monat des Modells: Entgelt nach Arbeitszeit und Summen der Versicherung (Cent, Tage)."""

    entgelt: int = 0
    summen: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SUMMEN, 0))


@dataclass
class Bonus:
    """Ein Monat, auch vor dem Modell: Entgelt der Bemessung und gezahlte Jahressonderzahlung (Cent)."""

    bemessung: int = 0
    gezahlt: int = 0


@dataclass
class Gelesen:
    """Monate des Modells und was die Jahressonderzahlung bemisst, einer Beschäftigung."""

    monate: dict[date, Monat] = field(default_factory=lambda: defaultdict(Monat))
    bonus: dict[date, Bonus] = field(default_factory=lambda: defaultdict(Bonus))


def pay_special_cases(session: TenantSession, facts: MonthFacts, inputs: Inputs, prices: Any) -> None:
    """Trägt fällige Wertguthaben als Einmalzahlung mit eigener Beitragsrechnung ein."""
    ending = facts.tarif.stoerfaelle
    if not ending:
        return
    rows = sorted(ending)
    kinds, counted = _kinds(session, facts), counted_wage_types(session, facts.month.year, facts.known_at)
    numbers = [int(facts.cases["beschaeftigung_id"][row]) for row in rows]
    held = _months(session, facts, dict(zip(numbers, (ending[row] for row in rows), strict=True)), kinds, counted)
    _this_month(facts, inputs, prices, dict(zip(rows, (held[number] for number in numbers), strict=True)), kinds)
    parts = [given(ending[row], held[number]) for row, number in zip(rows, numbers, strict=True)]
    columns = {name: np.array([one[name] for one in parts], dtype=np.int64) for name in parts[0]}
    amounts = evaluate(law_of(facts.month, book_for(facts.tarif.overlays, "entgelt")), columns, (REGEL,)).cents(REGEL)
    for row, number, one, amount in zip(rows, numbers, parts, amounts.tolist(), strict=True):
        if amount:
            _pay(facts, row, one, amount, held[number].monate, inputs, prices)
        else:
            facts.findings.append(_empty(facts, row))


def _pay(facts: MonthFacts, row: int, parts: dict[str, int], amount: int, months: dict[date, Monat], inputs: Inputs,
         prices: Any) -> None:
    model = facts.tarif.stoerfaelle[row]
    worked = {month: one for month, one in months.items() if not _free(model, month)}
    for name, value in {"stoerfall_entgelt": amount, **_ceilings(worked)}.items():
        if name not in inputs:
            inputs[name] = np.zeros(facts.size, dtype=np.int64)
        inputs[name][row] = value
    for name in ("einmalzahlung", "zv_frei"):
        inputs[name][row] += amount
    prices.lines[row].append(Zeile("bezug", LOHNART, TEXT, f"{len(worked)} Monate angespart", "SEN", amount,
                                   ("entgelt", REGEL, [parts])))
    facts.findings.append(Finding(
        _who(facts, row), "stoerfall", "Störfall des Wertguthabens: beitragspflichtig bis zur SV-Luft der "
        f"{len(worked)} Monate der Arbeitsleistung (§ 23b Abs. 2 SGB IV)",
        "Meldung mit Grund 55 vormerken (§ 11a DEÜV) und mit dem geführten Wertguthaben vergleichen", False,
        int(facts.cases["beschaeftigung_id"][row])))


def given(model: Any, held: Gelesen) -> dict[str, int]:
    """Eingaben der Regel: was angespart und was in der Freistellung gezahlt ist, mit dem Anteil des Modells."""
    paid = {True: 0, False: 0}  # during the time off, and while work was saved up
    for month, cents in (*((month, one.entgelt) for month, one in held.monate.items()), *_bonus(held)):
        paid[_free(model, month)] += cents
    return {"sabbatical_angespart": paid[False], "anteil_zaehler": model.anteil_zaehler,
            "anteil_nenner": model.anteil_nenner, "sabbatical_frei": paid[True]}


def _bonus(held: Gelesen) -> Iterator[tuple[date, int]]:
    """Je Bemessungsmonat der Teil der Jahressonderzahlung, der auf das Entgelt des Modells in ihm fällt."""
    for month, one in list(held.bonus.items()):
        base = [month.replace(month=number, day=1) for number in BEMESSUNG]
        whole = sum(held.bonus[day].bemessung for day in base if day in held.bonus)
        for day in (day for day in base if one.gezahlt and whole > 0 and day in held.monate):
            yield day, (2 * one.gezahlt * held.monate[day].entgelt + whole) // (2 * whole)


def _free(model: Any, month: date) -> bool:
    return bool(month >= model.freistellung_ab.replace(day=1)
                and (model.freistellung_bis is None or month <= model.freistellung_bis))


def _ceilings(months: dict[date, Monat]) -> dict[str, int]:
    """Grenzen und beitragspflichtiges Entgelt der Monate der Arbeitsleistung."""
    limits = dict.fromkeys(GRENZEN, 0)
    for month, one in months.items():
        law = law_of(month, rule_book("sozialversicherung"))
        found = evaluate(law, {"sv_tage": np.array([one.summen["sv_tage"]], dtype=np.int64)}, GRENZEN)
        for name in GRENZEN:
            limits[name] += int(found.cents(name)[0])
    paid = {name: sum(one.summen[name] for one in months.values()) for name in SUMMEN}
    return {"stoerfall_bbg_kv": limits["sv_bbg_kv_monat"], "stoerfall_bbg_pv": limits["sv_bbg_pv_monat"],
            "stoerfall_bbg_rv": limits["sv_bbg_rv_monat"], "stoerfall_brutto_kv": paid["sv_brutto_kv"],
            "stoerfall_brutto_rv": paid["sv_brutto_rv"]}


def _counted(model: Any, month: date, kinds: frozenset[str]) -> frozenset[str]:
    """Lohnarten, die in diesem Monat zählen: alle nach Arbeitszeit nur, wenn ihn das Modell ganz umfasst."""
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    whole = model.valid_from <= month and (model.valid_to is None or model.valid_to >= last)
    return kinds if whole else frozenset({ENTGELT})


def _months(session: TenantSession, facts: MonthFacts, models: dict[int, Any], kinds: frozenset[str],
            counted: Bemessungslohnarten) -> dict[int, Gelesen]:
    """Die abgeschlossenen Monate jedes Modells und die Bemessung der Jahressonderzahlung; zwei Abfragen."""
    found = {number: Gelesen() for number in models}
    for one in _read(session, facts, models):
        own, model = found[one.number], models[one.number]
        if not one.sum and one.month < facts.month:
            _measure(own.bonus[one.month], one.name, one.marks, one.cents, counted)
        if model.valid_from.replace(day=1) <= one.month < facts.month:
            month = own.monate[one.month]
            if one.sum:
                month.summen[one.name] += one.cents
            elif one.name in _counted(model, one.month, kinds):
                month.entgelt += one.cents
    return found


def _measure(own: Bonus, number: str, marks: str, cents: int, counted: Bemessungslohnarten) -> None:
    if number == BONUS:
        own.gezahlt += cents
    elif number in TABELLE or counted.zaehlt(number, marks):
        own.bemessung += cents


def _this_month(facts: MonthFacts, inputs: Inputs, prices: Any, held: dict[int, Gelesen],
                kinds: frozenset[str]) -> None:
    """Der Monat des Störfalls: sein Entgelt nach Arbeitszeit, seine Jahressonderzahlung, was beitragspflichtig ist."""
    which = np.array(list(held), dtype=np.int64)
    result = gross_to_net(facts.month, {name: np.asarray(values)[which] for name, values in inputs.items()}, SUMMEN)
    columns = {name: result.cents(name).tolist() for name in SUMMEN}
    for i, (row, own) in enumerate(held.items()):
        counted = _counted(facts.tarif.stoerfaelle[row], facts.month, kinds)
        lines = [line for line in prices.lines[row] if line.bereich == "bezug"]
        own.monate[facts.month] = Monat(sum(line.betrag for line in lines if line.lohnart in counted),
                                        {name: values[i] for name, values in columns.items()})
        own.bonus[facts.month].gezahlt += sum(line.betrag for line in lines if line.lohnart == BONUS)


def _kinds(session: TenantSession, facts: MonthFacts) -> frozenset[str]:
    """Lohnarten, die der Arbeitszeit folgen."""
    return frozenset(f"{one}" for one in session.scalars(
        select(Lohnart.nummer).join(LohnartStand, LohnartStand.lohnart_id == Lohnart.id)
        .where(known(LohnartStand, facts.known_at), within(LohnartStand, facts.month, facts.month),
               LohnartStand.teilzeit)))


class Satz(NamedTuple):
    """Ein gelesener Betrag: Summe der Versicherung (sum) oder Zeile mit Lohnart und Merkmalen."""

    number: int
    month: date
    name: str
    marks: str
    cents: int
    sum: bool


def _read(session: TenantSession, facts: MonthFacts, models: dict[int, Any]) -> Iterator[Satz]:
    numbers = sorted(models)
    closed = (Lauf.zustand == "abgeschlossen", Lauf.monat < facts.month)
    rows = session.execute(
        select(Ergebnis.beschaeftigung_id, Ergebnis.monat, Ergebniszeile.lohnart, Ergebniszeile.merkmale,
               Ergebniszeile.betrag, *(getattr(Ergebnis, name) for name in SUMMEN), Ergebnis.id)
        .join(Lauf, Lauf.id == Ergebnis.lauf_id).join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
        .where(*closed, Ergebnis.beschaeftigung_id.in_(numbers), Ergebniszeile.bereich == "bezug"))
    seen: set[int] = set()
    for row in rows:
        if row.id not in seen:
            seen.add(row.id)
            yield from (Satz(row.beschaeftigung_id, row.monat, name, "", getattr(row, name), True) for name in SUMMEN)
        yield Satz(row.beschaeftigung_id, row.monat, row.lohnart, row.merkmale, row.betrag, False)
    zeile = RueckrechnungZeile
    later = session.execute(
        select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, zeile.name, zeile.merkmale,
               (zeile.neu - zeile.alt).label("mehr"), (zeile.bereich == "wert").label("summe"))
        .join(zeile, zeile.rueckrechnung_id == Rueckrechnung.id).join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(*closed, Rueckrechnung.art == "entstehung", Rueckrechnung.beschaeftigung_id.in_(numbers),
               or_(zeile.bereich == "bezug", and_(zeile.bereich == "wert", zeile.name.in_(SUMMEN)))))
    for row in later:
        yield Satz(row.beschaeftigung_id, row.monat, row.name, row.merkmale, row.mehr, row.summe)


def _who(facts: MonthFacts, row: int) -> str:
    return f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})"


def _empty(facts: MonthFacts, row: int) -> Finding:
    return Finding(_who(facts, row), "stoerfall", "Störfall des Sabbaticals: aus den abgerechneten Monaten ergibt sich "
                   "kein Wertguthaben (§ 23b Abs. 2 SGB IV); es wird nichts gezahlt",
                   "Beginn, Anteil und Freistellung des Modells mit der Vereinbarung vergleichen", False,
                   int(facts.cases["beschaeftigung_id"][row]))
