"""Aus dem Ergebnis eines Laufs wird eine Abrechnung: Namen der Rechnung bekommen Text, Platz und Grundlage.

Die Namen sind die der Rechnung (payroll.law.calculate); Beträge in Cent. Fehlt zu einem Abzug der Anteil der
Einmalzahlung (Name mit Endung _einmal), bleibt die Aufteilung leer; ohne Einmalzahlung ist alles laufend.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from payroll.statements import payslip as p

Figures = Mapping[str, int | None]


@dataclass(frozen=True)
class Case:
    """Alles, woraus eine Abrechnung entsteht, als schlichte Daten."""

    status: str
    employer: p.Employer
    employee: p.Employee
    period: p.Period
    tax: p.Tax
    insurance: p.Insurance
    grade: p.Grade
    result: Figures
    lines: Sequence[p.Line]
    empfaenger: str = ""
    iban: str = ""
    net_lines: Sequence[p.NetLine] = ()
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    year: Mapping[str, int] = field(default_factory=dict)
    retro: Sequence[p.Retro] = ()
    hints: Sequence[str] = ()
    konten: Sequence[p.Konto] = ()


class Item(NamedTuple):
    """Ein Name der Rechnung mit Text, Namen seiner Grundlage und ob er auch mit 0,00 erscheint."""

    name: str
    text: str
    base: str = ""
    always: bool = False


DEDUCTIONS = (
    Item("lohnsteuer", "Lohnsteuer", "steuerbrutto", True),
    Item("soli", "Solidaritätszuschlag", "", True),
    Item("kirchensteuer", "Kirchensteuer", "", True),
    Item("kv_an", "Krankenversicherung", "sv_brutto_kv", True),
    Item("zb_an", "KV-Zusatzbeitrag", "sv_brutto_kv"),
    Item("pv_an", "Pflegeversicherung", "sv_brutto_kv", True),
    Item("rv_an", "Rentenversicherung", "sv_brutto_rv", True),
    Item("av_an", "Arbeitslosenvers.", "sv_brutto_rv", True),
    Item("zv_an", "Zusatzversorgung", "zv_brutto"),
)
BRANCHES = ("kv", "rv", "av", "pv")
TAXES = frozenset({"lohnsteuer", "soli", "kirchensteuer"})
BASES = (
    Item("steuerbrutto", "Steuerbrutto", always=True),
    Item("sv_brutto_kv", "SV-Brutto KV/PV", always=True),
    Item("sv_brutto_rv", "SV-Brutto RV/AV", always=True),
    Item("sv_brutto_kv_vorjahr", "KV/PV Vorjahr"),
    Item("sv_brutto_rv_vorjahr", "RV/AV Vorjahr"),
    Item("be_gesamt", "Einnahme § 20a gesamt"),
    Item("be_an", "Einnahme § 20a AN"),
    Item("zv_brutto", "ZV-Brutto"),
    Item("zv_steuerfrei", "Umlage frei § 3 Nr. 56"),
    Item("zv2_steuerfrei", "Beitrag frei § 3 Nr. 63"),
    Item("pauschal_37b", "Pauschal § 37b EStG"),
    Item("pauschal_40_1", "Pauschal § 40 Abs. 1"),
    Item("pauschal_40_2", "Pauschal § 40 Abs. 2"),
    Item("pauschal_40a_2", "Pauschal § 40a Abs. 2"),
    Item("zv_pauschal", "Pauschal § 40b EStG"),
    Item("pauschal_52_40", "Pauschal § 52 Abs. 40"),
    Item("pauschal_sonstige", "Pauschal, sonstige"),
)
COSTS = (
    Item("kv_ag", "Krankenversicherung", "sv_brutto_kv"),
    Item("zb_ag", "KV-Zusatzbeitrag", "sv_brutto_kv"),
    Item("pv_ag", "Pflegeversicherung", "sv_brutto_kv"),
    Item("rv_ag", "Rentenversicherung", "sv_brutto_rv"),
    Item("av_ag", "Arbeitslosenversicherung", "sv_brutto_rv"),
    Item("u2", "Umlage U2 Mutterschaft", "u2_brutto"),
    Item("pauschsteuer_2", "Pauschsteuer Minijob", "gesamtbrutto"),
    Item("pauschsteuer_20", "Pauschale Lohnsteuer 20 %", "pauschal_sonstige"),
    Item("pauschsteuer_25", "Pauschale Lohnsteuer 25 %", "pauschal_sonstige"),
    Item("pauschsteuer_40a_soli", "Soli auf Pauschalsteuer"),
    Item("pauschsteuer_40a_kist", "Kirchensteuer auf Pauschalst."),
    Item("zuschuss_kv", "Zuschuss Krankenversicherung"),
    Item("zuschuss_pv", "Zuschuss Pflegeversicherung"),
    Item("zv_umlage", "Umlage Zusatzversorgung", "zv_brutto"),
    Item("zv_sanierungsgeld", "Sanierungsgeld", "zv_brutto"),
    Item("zv2_beitrag", "Beitrag Zusatzversorgung", "zv_brutto"),
    Item("zv_pauschalsteuer", "Pauschalsteuer auf Umlage", "zv_pauschal"),
    Item("zv_pauschal_soli", "Soli auf Pauschalsteuer"),
    Item("zv_pauschal_kist", "Kirchensteuer auf Pauschalst."),
    Item("umwandlung_zuschuss", "Zuschuss Entgeltumwandlung"),
    Item("pauschalsteuern_nebenleistungen", "Pauschale Steuern Nebenleist."),
)
NET = (
    (Item("zuschuss_kv", "Zuschuss zur Krankenversicherung"), 1),
    (Item("zuschuss_pv", "Zuschuss zur Pflegeversicherung"), 1),
    (Item("vwl_sparbetrag", "Vermögenswirksame Leistung, Überweisung"), -1),
    (Item("sonstige_abzuege", "Sonstige Abzüge"), -1),
)
YEAR = (
    Item("gesamtbrutto", "Gesamtbrutto"),
    Item("steuerbrutto", "Steuerbrutto"),
    Item("lohnsteuer", "Lohnsteuer"),
    Item("soli", "Solidaritätszuschlag"),
    Item("kirchensteuer", "Kirchensteuer"),
    Item("sv_brutto_kv", "SV-Brutto KV/PV"),
    Item("sv_brutto_rv", "SV-Brutto RV/AV"),
    Item("kv_gesamt_an", "Krankenversicherung mit Zusatzbeitrag"),
    Item("pv_an", "Pflegeversicherung"),
    Item("rv_an", "Rentenversicherung"),
    Item("av_an", "Arbeitslosenversicherung"),
    Item("zv_brutto", "ZV-Brutto"),
    Item("zv_an", "Zusatzversorgung, eigener Beitrag"),
    Item("netto", "Netto"),
    Item("auszahlung", "Auszahlung"),
)
MIDIJOB_BASE = {"an": "be_an", "ag": "be_gesamt"}


def assemble(case: Case) -> p.Payslip:
    """Baut die Abrechnung; stimmt eine Gleichung nicht, entsteht keine (EquationBroken)."""
    result = case.result
    payout = _required(case, "auszahlung")
    paid = (p.Payment(case.empfaenger or "Ihr Konto", case.iban, payout),) if payout > 0 else ()
    return p.Payslip(
        status=case.status,
        employer=case.employer,
        employee=case.employee,
        period=case.period,
        tax=case.tax,
        insurance=case.insurance,
        grade=case.grade,
        lines=tuple(case.lines),
        bases=tuple(_bases(case)),
        deductions=tuple(_deductions(case)),
        net_lines=tuple(_net_lines(case)),
        payments=paid,
        costs=tuple(_costs(case)),
        year=tuple(p.YearSum(i.name, i.text, case.year[i.name]) for i in YEAR if case.year.get(i.name)),
        gesamtbrutto=_required(case, "gesamtbrutto"),
        netto=_required(case, "netto"),
        auszahlung=payout,
        ag_kosten=_required(case, "ag_kosten") if result.get("ag_kosten") is not None else _total_cost(case),
        vortrag=payout if payout <= 0 else 0,
        retro=tuple(case.retro),
        hints=tuple(case.hints),
        konten=tuple(case.konten),
    )


def _deductions(case: Case) -> Iterable[p.Deduction]:
    for item in DEDUCTIONS:
        amount = case.result.get(item.name)
        shown = item.always and (item.name in TAXES or _pays(case, item.name))
        if amount is None or (amount == 0 and not shown):
            continue
        base = _base(case, item, "an") if amount or item.name in TAXES else None
        base, rate = _fitting(base, case.rates.get(item.name), amount)
        yield p.Deduction(item.name, item.text, amount, base, rate, *_split(case, item.name, amount))


def _bases(case: Case) -> Iterable[p.Base]:
    yield p.Base("gesamtbrutto", "Gesamtbrutto", _required(case, "gesamtbrutto"))
    for item in BASES:
        amount = case.result.get(item.name)
        shown = item.always and (item.name == "steuerbrutto" or not _no_insurance(case))
        if amount is None or (amount == 0 and not shown):
            continue
        yield p.Base(item.name, item.text, amount, *_split(case, item.name, amount))


def _net_lines(case: Case) -> Iterable[p.NetLine]:
    given = {line.art for line in case.net_lines}
    for item, sign in NET:
        amount = case.result.get(item.name) or 0
        if amount and item.name not in given:
            yield p.NetLine("", item.text, sign * amount, item.name)
    yield from case.net_lines


def _costs(case: Case) -> Iterable[p.EmployerCost]:
    for item in COSTS:
        amount = case.result.get(item.name)
        if amount:
            base = _base(case, item, "ag")
            # In the transition zone the employer's share is the rest after the employee's, no rate of its own.
            rest = case.insurance.uebergangsbereich and item.base.startswith("sv_brutto")
            base, rate = _fitting(base, None if rest else case.rates.get(item.name), amount)
            yield p.EmployerCost(item.name, item.text, amount, base, rate)


def _fitting(base: int | None, rate: Decimal | None, amount: int) -> tuple[int | None, Decimal | None]:
    """Ein Satz erscheint nur, wenn er mit der Grundlage den Betrag ergibt (Rundung in zwei Schritten erlaubt)."""
    if base is None or rate is None or not amount:
        return base, None
    return (base, rate) if abs(base * rate / 100 - amount) <= 2 else (base, None)


def _total_cost(case: Case) -> int:
    return _required(case, "gesamtbrutto") + sum(case.result.get(item.name) or 0 for item in COSTS)


def _split(case: Case, name: str, amount: int) -> tuple[int | None, int | None]:
    once = case.result.get(f"{name}_einmal")
    if once is not None:
        return amount - once, once
    one_off = any(line.steuer == "S" or line.sv == "E" for line in case.lines)
    return (None, None) if one_off else (amount, 0)


def _base(case: Case, item: Item, side: str) -> int | None:
    name = item.base
    if case.insurance.uebergangsbereich and name.startswith("sv_brutto"):
        name = MIDIJOB_BASE[side]
    return case.result.get(name) if name else None


def _pays(case: Case, name: str) -> bool:
    """Wahr, wenn die Beitragsgruppe für diesen Zweig einen eigenen Beitrag vorsieht (dann erscheint auch 0,00)."""
    group = case.insurance.beitragsgruppe.ljust(4, "0")
    return case.status != "beamte" and group[BRANCHES.index(name[:2])] not in "056"


def _no_insurance(case: Case) -> bool:
    return case.status == "beamte" or not case.insurance.beitragsgruppe.strip("0")


def _required(case: Case, name: str) -> int:
    value = case.result.get(name)
    if value is None:
        raise ValueError(
            f"Personalnummer {case.employee.personalnummer}, {case.period.monat:%m/%Y}: Dem Ergebnis fehlt „{name}“. "
            "Den Fall neu rechnen."
        )
    return value
