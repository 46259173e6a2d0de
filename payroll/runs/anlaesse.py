"""Zahlungen aus Anlass: Jubiläum, Urlaubsabgeltung, Abschlussprämie; beim Tod der Hinweis mit dem Betrag."""

from __future__ import annotations

from typing import Any

import numpy as np

from payroll.law.calculate import law_of, month_inputs
from payroll.law.engine import evaluate
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.ausfall import Ereignis
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.tarifzulagen import SLICE, Anlass
from payroll.runs.books import book_for
from payroll.runs.durchschnitt import measured
from payroll.runs.zeilen import Zeile
from tenants.db.session import TenantSession

RULES = {"jubilaeum": "jubilaeumsgeld", "urlaubsabgeltung": "urlaubsabgeltung", "abschlusspraemie": "abschlusspraemie"}
WAGE_TYPES = {"urlaubsabgeltung": ("1609", "Urlaubsabgeltung"),
              "abschlusspraemie": ("1620", "Prüfungsprämie Ausbildung")}
JUBILEE = {25: ("1606", "Jubiläumsgeld 25 Jahre"), 40: ("1607", "Jubiläumsgeld 40 Jahre")}


def pay_occasions(session: TenantSession, facts: MonthFacts, inputs: dict[str, Any], prices: Any) -> None:
    """Trägt die Anlässe des Monats als Einmalzahlung ein; keiner ist zusatzversorgungspflichtig.

    Nur eine Urlaubsabgeltung fragt die Datenbank: nach unständigen Bezügen und Arbeitstagen der Woche.
    """
    law = law_of(facts.month, book_for(facts.tarif.overlays, "entgelt")) if facts.tarif.anlaesse else None
    leave = _leave(session, facts, prices)
    for row, occasions in facts.tarif.anlaesse.items():
        for one in occasions:
            if one.art == "sterbegeld":
                _death(facts, row, law)
                continue
            name, given = RULES[one.art], _given(one, leave.get(row))
            columns = {key: np.array([value], dtype=np.int64) for key, value in given.items()}
            amount = int(evaluate(law, columns, (name,)).cents(name)[0])
            inputs["einmalzahlung"][row] += amount
            inputs["zv_frei"][row] += amount
            number, text = JUBILEE[one.jahre] if one.art == "jubilaeum" else WAGE_TYPES[one.art]
            prices.lines[row].append(Zeile("bezug", number, text, _detail(one), "SEN", amount,
                                           ("entgelt", name, [given])))


def _leave(session: TenantSession, facts: MonthFacts, prices: Any) -> dict[int, dict[str, int]]:
    """Je Fall mit Urlaubsabgeltung das Entgelt, die Arbeitstage der Woche und der Tagesdurchschnitt (§ 21 TVöD)."""
    events = [(row, Ereignis(one.art, one.beginn or one.tag, facts.month, ()))
              for row, occasions in facts.tarif.anlaesse.items() for one in occasions if one.art == "urlaubsabgeltung"]
    if not events:
        return {}
    names = ("unstaendig_summe", "unstaendig_monate", "arbeitstage_je_woche", "arbeitstage_wochen")
    return {row: {"urlaubsentgelt_monat": int(prices.full["brutto"][row])} | {name: own[name] for name in names}
            for row, _, own in measured(session, facts, events)}


def _given(one: Anlass, leave: dict[str, int] | None) -> dict[str, int]:
    if one.art == "jubilaeum":
        return {"beschaeftigungszeit_jahre": one.jahre}
    if one.art == "abschlusspraemie":
        return {"pruefung_bestanden": 1}
    given = {"urlaubstage_offen": one.menge} | (leave or {})
    # Without unsteady pay there are no months to divide by; any number of them keeps the average at zero.
    return given | ({"unstaendig_monate": 3} if not given.get("unstaendig_monate") else {})


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
