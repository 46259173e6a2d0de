"""Fehlzeiten im Lauf: Krankengeldzuschuss, Zuschuss zum Mutterschaftsgeld, fortgezahlter Tagesdurchschnitt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import exists, select

from payroll.law.calculate import gross_to_net, law_of, month_inputs
from payroll.law.engine import evaluate
from payroll.law.rules.entgelt.fehlzeiten import MUTTERSCHUTZ
from payroll.law.rules.entgelt.krankheit import ZUSCHUSS
from payroll.law.rules.entgelt.laufzeit import monatserster, plus_monate
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.ausfall import Ersatz
from payroll.masterdata.slices.findings import Finding
from payroll.runs.books import book_for
from payroll.runs.durchschnitt import pay_averages
from payroll.runs.infektionsschutz import compensate
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.zeilen import Zeile
from tenants.db.session import TenantSession

Column = Any
Inputs = dict[str, Column]
Piece = tuple[int, Ersatz]
ORDINARY = {"zulagen": 0, "vwl_ag": 0, "von_tag": 0, "bis_tag": 0, "sv_fehltage": 0, "einmalzahlung": 0,
            "steuerfreie_bezuege": 0, "sonstige_abzuege": 0, "vwl_sparbetrag": 0, "regelmaessiges_entgelt": -1}
MONAT = 30


@dataclass(frozen=True)
class Gaps:
    """Wer im Monat Tage ohne Entgelt hat und wessen Fehlzeit am Monatsende andauert, eine Zeile je Fall."""

    some: Column
    lasting: Column


def gaps(facts: MonthFacts) -> Gaps:
    """Die Lücken des Monats."""
    found = Gaps(np.zeros(facts.size, dtype=bool), np.zeros(facts.size, dtype=bool))
    for row, absent in facts.tarif.ausfall.items():
        found.some[row], found.lasting[row] = bool(absent.ohne), absent.am_ende
    return found


def pay_absences(session: TenantSession, facts: MonthFacts, inputs: Inputs, prices: Any) -> None:
    """Trägt in Eingaben und Zeilen ein, was an die Stelle des Entgelts tritt."""
    pieces = [(row, one) for row, absent in facts.tarif.ausfall.items() for one in absent.ersatz]
    if pieces:
        compensate(session, pieces, facts, inputs, prices)
        net = _full_net(facts, inputs, prices, sorted({row for row, _ in pieces}))
        _supplements([p for p in pieces if p[1].leistung == ZUSCHUSS and p[1].krankengeld is not None],
                     facts, inputs, prices, net)
        _maternity(session, [p for p in pieces if p[1].leistung == MUTTERSCHUTZ], facts, inputs, prices, net)
    pay_averages(session, facts, inputs, prices)


def _full_net(facts: MonthFacts, inputs: Inputs, prices: Any, rows: list[int]) -> dict[int, int]:
    """Nettoentgelt eines vollen Monats: das Entgelt nach § 21 ohne § 23 Abs. 1, um die gesetzlichen Abzüge gekürzt."""
    which = np.array(rows, dtype=np.int64)
    own = {name: np.asarray(values)[which] for name, values in inputs.items()}
    full = {name: prices.full[name][which] for name in ("brutto", "zv_frei")}
    result = gross_to_net(facts.month, own | full | ORDINARY, ("netto", "zv_an"))
    net = result.cents("netto") + result.cents("zv_an")
    return dict(zip(rows, net.tolist(), strict=True))


def _supplements(pieces: list[Piece], facts: MonthFacts, inputs: Inputs, prices: Any, net: dict[int, int]) -> None:
    if not pieces:
        return
    given = [_supplement(facts, row, one, net[row], prices) for row, one in pieces]
    columns = {name: np.array([one[name] for one in given], dtype=np.int64) for name in given[0]}
    names = ("krankengeldzuschuss_monat", "zuschuss_sv_pflichtig", "zv_entgelt_fiktiv")
    result = evaluate(law_of(facts.month, book_for(facts.tarif.overlays, "entgelt")), columns, names)
    amounts, liable, pensionable = (result.cents(name).tolist() for name in names)
    for i, (row, one) in enumerate(pieces):
        _add(inputs, "geldleistungen", row, amounts[i])
        _add(inputs, "nebenleistungen_steuerpflichtig", row, amounts[i])
        _add(inputs, "nebenleistungen_sv_pflichtig", row, liable[i])
        _add(inputs, "zv_frei", row, -pensionable[i])
        if amounts[i]:
            note = f"{len(one.tage)} Tage" + (f", {liable[i] / 100:.2f} € beitragspflichtig" if liable[i] else "")
            prices.lines[row].append(Zeile("bezug", "1504", "Krankengeldzuschuss", note.replace(".", ","), "LFN",
                                           amounts[i], ("entgelt", names[0], [given[i]])))


def _supplement(facts: MonthFacts, row: int, one: Ersatz, net: int, prices: Any) -> dict[str, int]:
    last = month_inputs(facts.month)["kalendertage_im_monat"]
    days = len(one.tage)
    benefit = one.krankengeld_netto if one.krankengeld_netto is not None else one.krankengeld
    return {"netto_monat": net, "krankengeld_je_tag": int(one.krankengeld or 0), "krankengeldtage": days,
            "kalendertage_im_monat": last, "krankengeld_netto_monat": int(benefit or 0) * (MONAT if days == last else
                                                                                           days),
            "urlaubsentgelt_monat": int(prices.full["brutto"][row] - prices.full["zv_frei"][row])}


def _maternity(session: TenantSession, pieces: list[Piece], facts: MonthFacts, inputs: Inputs, prices: Any,
               net: dict[int, int]) -> None:
    if not pieces:
        return
    paid = _paid_before(session, facts, pieces)
    given = []
    for row, one in pieces:
        amount, days = _net_before(facts, row, one, paid, net[row])
        given.append({"mutterschutz_netto": amount, "mutterschutz_netto_tage": days,
                      "mutterschutz_tage": len(one.tage)})
    columns = {name: np.array([one[name] for one in given], dtype=np.int64) for name in given[0]}
    name = "mutterschaftsgeld_zuschuss"
    result = evaluate(law_of(facts.month, book_for(facts.tarif.overlays, "entgelt")), columns, (name,))
    for i, amount in enumerate(result.cents(name).tolist()):
        row, one = pieces[i]
        _add(inputs, "steuerfreie_bezuege", row, amount)
        if amount:
            prices.lines[row].append(Zeile("bezug", "1506", "Zuschuss zum Mutterschaftsgeld", f"{len(one.tage)} Tage",
                                           "FFN", amount, ("entgelt", name, [given[i]])))


def _net_before(facts: MonthFacts, row: int, one: Ersatz, paid: dict[int, dict[date, tuple[int, bool]]],
                now: int) -> tuple[int, int]:
    """Netto und Tage vor der Schutzfrist: nachgewiesen, sonst die drei abgerechneten Monate, sonst der volle Monat."""
    if one.netto_tag is not None:
        return one.netto_tag, 1
    number = int(facts.cases["beschaeftigung_id"][row])
    first = monatserster(one.beginn)
    months = [paid.get(number, {}).get(plus_monate(first, -n)) for n in (1, 2, 3)]
    known = [month for month in months if month is not None]
    if known and not any(with_once for _, with_once in known):
        return sum(amount for amount, _ in known), MONAT * len(known)
    facts.findings.append(Finding(
        f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})", "netto_tag_cent",
        "Zuschuss zum Mutterschaftsgeld: das Netto der drei Monate vor der Schutzfrist ist nicht abgerechnet oder "
        "enthält eine Einmalzahlung; gerechnet wird mit dem Netto eines vollen laufenden Monats (§ 21 MuSchG)",
        "Nettoentgelt je Kalendertag nachweisen und an der Fehlzeit erfassen", False, number))
    return now, MONAT


def _paid_before(session: TenantSession, facts: MonthFacts, pieces: list[Piece]) -> dict[int, dict[date, tuple[int,
                                                                                                              bool]]]:
    numbers = [int(facts.cases["beschaeftigung_id"][row]) for row, _ in pieces]
    first = plus_monate(monatserster(min(one.beginn for _, one in pieces)), -3)
    once = exists().where(Ergebniszeile.ergebnis_id == Ergebnis.id, Ergebniszeile.merkmale.like("_E_"))
    rows = session.execute(
        select(Ergebnis.beschaeftigung_id, Ergebnis.monat, Ergebnis.netto, once.label("einmal"))
        .join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Ergebnis.monat >= first, Ergebnis.monat < facts.month,
               Ergebnis.beschaeftigung_id.in_(numbers)))
    found: dict[int, dict[date, tuple[int, bool]]] = {}
    for row in rows:
        found.setdefault(row.beschaeftigung_id, {})[row.monat] = (row.netto, row.einmal)
    return found


def _add(inputs: Inputs, name: str, row: int, amount: int) -> None:
    """Zu einer Eingangsspalte; sie gibt es erst, wenn sie jemand braucht."""
    if amount:
        if name not in inputs:
            inputs[name] = np.zeros(len(inputs["status"]), dtype=np.int64)
        inputs[name][row] += amount
