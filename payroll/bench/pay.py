"""Gross to net without a database: person-months per second of a mixed district, all figures of the whole payslip.

The columns come once from invented people of all kinds and are then drawn as often as wanted, each row with hours,
allowances, children's allowance and sums of the year of its own, so that no two rows are alike.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np

from payroll.bench.measure import SEED, Measurement, best_of, repeated
from payroll.bench.mixture import MONTH, people
from payroll.bench.where import by_area
from payroll.demo.people import Mensch
from payroll.law import encode
from payroll.law.calculate import gross_to_net, law_of
from payroll.law.payslip_columns import OUTPUTS
from payroll.masterdata.slices.cases import counts_as_child

DRAWN_FROM, CALLS = 2_000, 20
LAST = MONTH.replace(day=30)
# Rates of the fund as in the catalogue of the master data.
RZVK = {"zv_umlage_satz": 42_500, "zv_sanierungsgeld_satz": 35_000, "zv_pauschal_grenze": 8_948}
RATES = (21_800, 24_500, 26_900, 29_000, 32_900)


def measure(size: int = 200_000) -> Measurement:
    """Person-months per second on one core, table pay included; the law is built before."""
    columns = rows(size)
    law_of(MONTH)
    gross_to_net(MONTH, {name: values[:100] for name, values in columns.items()}, OUTPUTS)

    def work() -> None:
        gross_to_net(MONTH, columns, OUTPUTS)

    found = best_of(3, "pay", size, "Personenmonate", work).noted("alle Personenmonate", repeated(CALLS, work))
    found.areas = by_area(MONTH, columns, OUTPUTS)
    return found


def rows(size: int, seed: int = SEED) -> dict[str, Any]:
    """Input columns of ``size`` person-months (units as in payroll.law.payslip_columns)."""
    rng = np.random.default_rng(seed)
    base = [_facts(mensch, i) for i, mensch in enumerate(people(DRAWN_FROM))]
    drawn = rng.integers(0, len(base), size)
    columns = {name: np.array([facts[name] for facts in base], dtype=np.int64)[drawn] for name in base[0]}
    tarif = columns["status"] == encode.STATUS.index("tarif")
    minijob = columns["status"] == encode.STATUS.index("minijob")
    part_time = tarif & (columns["wochenstunden"] < columns["vollzeitstunden"])
    columns["wochenstunden"] += np.where(part_time, rng.integers(-100, 101, size), 0)
    columns["zulagen"] += np.where(tarif & (rng.random(size) < 0.5), rng.integers(1, 20_000, size), 0)
    once = tarif & (rng.random(size) < 0.02)
    columns["einmalzahlung"] = np.where(once, rng.integers(20_000, 150_000, size), 0)
    before = rng.integers(1_000_000, 4_500_000, size)
    insured = ~minijob
    columns |= {
        "jahresarbeitslohn_erwartet": np.where(once, before * 12 // 10, 0),
        "sv_tage_bisher": np.where(insured, 300, 0), "sv_brutto_kv_bisher": np.where(insured, before, 0),
        "sv_brutto_rv_bisher": np.where(insured, before, 0),
        "zv_steuerfrei_bisher": np.where(columns["zusatzversorgung"] > 0, before // 40, 0)}
    return columns


def _facts(m: Mensch, index: int) -> dict[str, int]:
    grade = next(z for z in reversed(m.zuordnungen) if z.ab <= LAST)
    tarifwerk, gruppe, stufe = encode.assignment(grade.tarifwerk, grade.entgeltgruppe, grade.stufe, LAST)
    tax = next(s for s in reversed(m.steuer) if s.ab <= LAST)
    digits = m.beitragsgruppe or "0000"
    extra = m.kv_art in ("gesetzlich", "freiwillig") and m.kind != "minijob"
    pension = RZVK if m.zusatzversorgung else dict.fromkeys(RZVK, 0)
    return {
        "status": encode.STATUS.index(m.art), "von_tag": _first(m.eintritt), "bis_tag": _last(m.austritt),
        "tarifwerk": tarifwerk, "entgeltgruppe": gruppe, "stufe": stufe,
        "wochenstunden": int(grade.wochenstunden * 100), "vollzeitstunden": int(grade.vollzeitstunden * 100),
        **_payments(m), "geburtsdatum": encode.day_number(m.geburtsdatum),
        "steuerklasse": tax.steuerklasse, "faktor": int((tax.faktor or Decimal(0)) * 1000),
        "kinderfreibetraege": int(tax.kinderfreibetraege * 10), "konfession": encode.konfession_code(tax.konfession),
        "freibetrag_monat": tax.freibetrag_monat, "freibetrag_jahr": tax.freibetrag_monat * 12,
        "pkv_basis_monat": tax.pkv_basis, "kv_art": encode.KV_ARTEN.index(m.kv_art),
        **{f"beitragsgruppe_{branch}": int(digits[i]) for i, branch in enumerate(("kv", "rv", "av", "pv"))},
        "personengruppe": m.personengruppe or 0, "zusatzbeitrag": RATES[index % len(RATES)] if extra else 0,
        "u2_satz": 0 if m.art == "beamte" else 3_900, "pkv_beitrag_monat": m.pkv_beitrag,
        "ppv_beitrag_monat": m.ppv_beitrag, "kinderlos": int(not m.kinder),
        "kinder_unter_25": sum(counts_as_child(born, LAST) for born in m.kinder),
        "zusatzversorgung": encode.ZUSATZVERSORGUNGEN.index("rzvk" if m.zusatzversorgung else "keine"), **pension}


def _payments(m: Mensch) -> dict[str, int]:
    return {name: sum(b.betrag for b in m.bezuege if b.zweck in purposes) for name, purposes in _TARGETS.items()}


_TARGETS = {"zulagen": ("sue_zulage_fallgruppe_6", "zulage"), "vwl_ag": ("vwl",),
            "vwl_sparbetrag": ("vwl_sparen",), "sonstige_abzuege": ("kantine",)}


def _first(eintritt: date) -> int:
    return eintritt.day if eintritt > MONTH else 0


def _last(austritt: date | None) -> int:
    return austritt.day if austritt is not None and austritt < LAST else 0
