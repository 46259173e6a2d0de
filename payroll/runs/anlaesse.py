"""Zahlungen aus Anlass: Jubiläum, Urlaubsabgeltung, Abschlussprämie; beim Tod der Hinweis mit dem Betrag."""

from __future__ import annotations

from typing import Any

import numpy as np

from payroll.law.calculate import law_of, month_inputs
from payroll.law.engine import evaluate
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.tarifzulagen import SLICE, Anlass
from payroll.runs.books import book_for
from payroll.runs.zeilen import Zeile

RULES = {"jubilaeum": "jubilaeumsgeld", "urlaubsabgeltung": "urlaubsabgeltung", "abschlusspraemie": "abschlusspraemie"}
WAGE_TYPES = {"urlaubsabgeltung": ("1609", "Urlaubsabgeltung"),
              "abschlusspraemie": ("1620", "Prüfungsprämie Ausbildung")}
JUBILEE = {25: ("1606", "Jubiläumsgeld 25 Jahre"), 40: ("1607", "Jubiläumsgeld 40 Jahre")}


def pay_occasions(facts: MonthFacts, inputs: dict[str, Any], prices: Any) -> None:
    """Trägt die Anlässe des Monats als Einmalzahlung ein; keiner ist zusatzversorgungspflichtig."""
    law = law_of(facts.month, book_for(facts.tarif.overlays, "entgelt")) if facts.tarif.anlaesse else None
    for row, occasions in facts.tarif.anlaesse.items():
        for one in occasions:
            if one.art == "sterbegeld":
                _death(facts, row, law)
                continue
            name, given = RULES[one.art], _given(one, row, prices)
            columns = {key: np.array([value], dtype=np.int64) for key, value in given.items()}
            amount = int(evaluate(law, columns, (name,)).cents(name)[0])
            inputs["einmalzahlung"][row] += amount
            inputs["zv_frei"][row] += amount
            number, text = JUBILEE[one.jahre] if one.art == "jubilaeum" else WAGE_TYPES[one.art]
            prices.lines[row].append(Zeile("bezug", number, text, _detail(one), "SEN", amount,
                                           ("entgelt", name, [given])))


def _given(one: Anlass, row: int, prices: Any) -> dict[str, int]:
    if one.art == "jubilaeum":
        return {"beschaeftigungszeit_jahre": one.jahre}
    if one.art == "abschlusspraemie":
        return {"pruefung_bestanden": 1}
    return {"urlaubstage_offen": one.menge, "urlaubsentgelt_monat": int(prices.full["brutto"][row]),
            "arbeitstage_je_woche": 5}


def _detail(one: Anlass) -> str:
    if one.art == "urlaubsabgeltung":
        whole, rest = divmod(one.menge, 100)
        return f"{whole}{f',{rest:02d}' if rest else ''} Tage"
    return f"am {one.tag:%d.%m.%Y}"


def _death(facts: MonthFacts, row: int, law: Any) -> None:
    """Das Sterbegeld steht den Hinterbliebenen zu: sie werden eigens bezahlt, hier steht der Betrag."""
    places = [i for i, place in enumerate(facts.slices.get("beschaeftigung_row", ())) if place == row]
    if not places:
        return
    last = month_inputs(facts.month)["kalendertage_im_monat"]
    given = {name: int(facts.slices[name][places[-1]]) for name in SLICE}
    given |= {"sterbetag": int(facts.cases["bis_tag"][row]), "tage": last, "kalendertage_im_monat": last}
    columns = {key: np.array([value], dtype=np.int64) for key, value in given.items()}
    amount = int(evaluate(law, columns, ("sterbegeld",)).cents("sterbegeld")[0])
    euro = f"{amount // 100:,}".replace(",", ".") + f",{amount % 100:02d} €"
    facts.findings.append(Finding(
        f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})", "sterbegeld",
        f"Sterbegeld {euro}: Tabellenentgelt für die restlichen Tage und zwei weitere Monate (§ 23 Abs. 3 TVöD)",
        "Ehegatte, Lebenspartner oder Kind als Person mit Konto und Steuermerkmalen erfassen, Art der Beschäftigung "
        "„Hinterbliebene“ ab dem Monat der Zahlung; die Zahlung an eine Person bringt die Ansprüche der übrigen zum "
        "Erlöschen",
        False, int(facts.cases["beschaeftigung_id"][row])))
