"""Störfall eines Sabbaticals im Lauf: Wertguthaben und SV-Luft aus den abgeschlossenen Monaten des Modells.

Gelesen wird nur, wenn ein Modell in diesem Monat so endet: je Monat das Entgelt, das der Arbeitszeit folgt (Lohnarten
mit Teilzeit im Katalog), SV-Tage und beitragspflichtiges Entgelt, samt allem später Nachgebuchten. In einem Monat, den
das Modell nicht ganz umfasst, zählt allein das Sabbatical-Entgelt: das übrige ist zum Teil voll bezahlt. Monate mit
einem Tag Freistellung zählen als Freistellung. Der Monat des Störfalls zählt mit dem, was dieser Lauf für ihn rechnet.
Sonderzahlungen gehen nicht ein; der Befund verlangt den Vergleich mit dem geführten Wertguthaben.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select

from payroll.law.calculate import gross_to_net, law_of, rule_book
from payroll.law.engine import evaluate
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Lohnart, LohnartStand
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.findings import Finding
from payroll.runs.books import book_for
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from payroll.runs.zeilen import Zeile
from tenants.db.session import TenantSession

Inputs = dict[str, Any]
LOHNART, TEXT, REGEL, ENTGELT = "1805", "Störfall Wertguthaben", "wertguthaben", "1806"
SUMMEN = ("sv_tage", "sv_brutto_kv", "sv_brutto_rv")
GRENZEN = ("sv_bbg_kv_monat", "sv_bbg_pv_monat", "sv_bbg_rv_monat")


@dataclass
class Monat:
    """Ein Monat des Modells: Entgelt nach Arbeitszeit und Summen der Versicherung (Cent, Tage)."""

    entgelt: int = 0
    summen: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SUMMEN, 0))


def pay_special_cases(session: TenantSession, facts: MonthFacts, inputs: Inputs, prices: Any) -> None:
    """Trägt fällige Wertguthaben als Einmalzahlung mit eigener Beitragsrechnung ein."""
    ending = facts.tarif.stoerfaelle
    if not ending:
        return
    rows = sorted(ending)
    kinds = _kinds(session, facts)
    months = _months(session, facts, {int(facts.cases["beschaeftigung_id"][row]): ending[row] for row in rows}, kinds)
    _this_month(facts, inputs, prices, rows, months, kinds)
    given = [_given(ending[row], months.get(int(facts.cases["beschaeftigung_id"][row]), {})) for row in rows]
    columns = {name: np.array([one[name] for one in given], dtype=np.int64) for name in given[0]}
    amounts = evaluate(law_of(facts.month, book_for(facts.tarif.overlays, "entgelt")), columns, (REGEL,)).cents(REGEL)
    for row, one, amount in zip(rows, given, amounts.tolist(), strict=True):
        if amount:
            _pay(facts, row, one, amount, months[int(facts.cases["beschaeftigung_id"][row])], inputs, prices)
        else:
            facts.findings.append(_empty(facts, row))


def _pay(facts: MonthFacts, row: int, given: dict[str, int], amount: int, months: dict[date, Monat], inputs: Inputs,
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
                                   ("entgelt", REGEL, [given])))
    facts.findings.append(Finding(
        _who(facts, row), "stoerfall", "Störfall des Wertguthabens: beitragspflichtig bis zur SV-Luft der "
        f"{len(worked)} Monate der Arbeitsleistung (§ 23b Abs. 2 SGB IV)",
        "Meldung mit Grund 55 vormerken (§ 11a DEÜV) und mit dem geführten Wertguthaben vergleichen", False,
        int(facts.cases["beschaeftigung_id"][row])))


def _given(model: Any, months: dict[date, Monat]) -> dict[str, int]:
    saved = sum(one.entgelt for month, one in months.items() if not _free(model, month))
    free = sum(one.entgelt for month, one in months.items() if _free(model, month))
    return {"sabbatical_angespart": saved, "anteil_zaehler": model.anteil_zaehler,
            "anteil_nenner": model.anteil_nenner, "sabbatical_frei": free}


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


def _months(session: TenantSession, facts: MonthFacts, models: dict[int, Any],
            kinds: frozenset[str]) -> dict[int, dict[date, Monat]]:
    """Die abgeschlossenen Monate jedes Modells; zwei Abfragen."""
    found: dict[int, dict[date, Monat]] = defaultdict(lambda: defaultdict(Monat))
    for number, month, name, amount in _read(session, facts, models, kinds):
        model = models[number]
        if model.valid_from.replace(day=1) <= month < facts.month:
            one = found[number][month]
            if name in SUMMEN:
                one.summen[name] += amount
            elif name in _counted(model, month, kinds):
                one.entgelt += amount
    return {number: dict(months) for number, months in found.items()}


def _this_month(facts: MonthFacts, inputs: Inputs, prices: Any, rows: list[int],
                months: dict[int, dict[date, Monat]], kinds: frozenset[str]) -> None:
    """Der Monat des Störfalls: sein Entgelt nach Arbeitszeit und was von ihm beitragspflichtig ist."""
    which = np.array(rows, dtype=np.int64)
    result = gross_to_net(facts.month, {name: np.asarray(values)[which] for name, values in inputs.items()}, SUMMEN)
    columns = {name: result.cents(name).tolist() for name in SUMMEN}
    for i, row in enumerate(rows):
        counted = _counted(facts.tarif.stoerfaelle[row], facts.month, kinds)
        own = sum(line.betrag for line in prices.lines[row] if line.bereich == "bezug" and line.lohnart in counted)
        months.setdefault(int(facts.cases["beschaeftigung_id"][row]), {})[facts.month] = Monat(
            own, {name: values[i] for name, values in columns.items()})


def _kinds(session: TenantSession, facts: MonthFacts) -> frozenset[str]:
    """Lohnarten, die der Arbeitszeit folgen."""
    return frozenset(f"{one}" for one in session.scalars(
        select(Lohnart.nummer).join(LohnartStand, LohnartStand.lohnart_id == Lohnart.id)
        .where(known(LohnartStand, facts.known_at), within(LohnartStand, facts.month, facts.month),
               LohnartStand.teilzeit)))


def _read(session: TenantSession, facts: MonthFacts, models: dict[int, Any],
          kinds: frozenset[str]) -> Iterator[tuple[int, date, str, int]]:
    numbers = sorted(models)
    closed = (Lauf.zustand == "abgeschlossen", Lauf.monat < facts.month)
    rows = session.execute(
        select(Ergebnis.beschaeftigung_id, Ergebnis.monat, Ergebniszeile.lohnart, Ergebniszeile.betrag,
               *(getattr(Ergebnis, name) for name in SUMMEN), Ergebnis.id)
        .join(Lauf, Lauf.id == Ergebnis.lauf_id).join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
        .where(*closed, Ergebnis.beschaeftigung_id.in_(numbers), Ergebniszeile.bereich == "bezug"))
    seen: set[int] = set()
    for row in rows:
        if row.id not in seen:
            seen.add(row.id)
            yield from ((row.beschaeftigung_id, row.monat, name, getattr(row, name)) for name in SUMMEN)
        if row.lohnart in kinds:
            yield row.beschaeftigung_id, row.monat, row.lohnart, row.betrag
    later = session.execute(
        select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name,
               (RueckrechnungZeile.neu - RueckrechnungZeile.alt).label("mehr"), RueckrechnungZeile.bereich)
        .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
        .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(*closed, Rueckrechnung.art == "entstehung", Rueckrechnung.beschaeftigung_id.in_(numbers),
               RueckrechnungZeile.bereich.in_(("wert", "bezug"))))
    for row in later:
        if row.name in (SUMMEN if row.bereich == "wert" else kinds):
            yield row.beschaeftigung_id, row.monat, row.name, row.mehr


def _who(facts: MonthFacts, row: int) -> str:
    return f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})"


def _empty(facts: MonthFacts, row: int) -> Finding:
    return Finding(_who(facts, row), "stoerfall", "Störfall des Sabbaticals: aus den abgerechneten Monaten ergibt sich "
                   "kein Wertguthaben (§ 23b Abs. 2 SGB IV); es wird nichts gezahlt",
                   "Beginn, Anteil und Freistellung des Modells mit der Vereinbarung vergleichen", False,
                   int(facts.cases["beschaeftigung_id"][row]))
