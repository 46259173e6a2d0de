"""Beitragssätze einer Abrechnung in Prozent, zum Zeigen neben Grundlage und Betrag.

Gerechnet wird nie damit; assemble zeigt einen Satz nur, wenn er mit der Grundlage den Betrag ergibt.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from payroll.law import official
from payroll.law.calculate import law_of

HUNDREDTHS = Decimal(10_000)  # rates among the inputs are millionths
NAMES = (
    "sv_satz_kv_allgemein",
    "sv_satz_kv_ermaessigt",
    "sv_satz_pv",
    "sv_satz_pv_kinderlos",
    "sv_abschlag_pv_kind",
    "sv_satz_rv",
    "sv_satz_av",
    "sv_minijob_kv_pauschal",
    "sv_minijob_rv_pauschal",
    "pauschsteuersatz_minijob",
    "pauschsteuersatz_minijob_ohne_rv",
    "pauschsteuersatz_kurzfristig",
)


def of_law(month: date) -> Mapping[str, Decimal]:
    """Sätze des Rechts in einem Monat; ein Satz, den es nicht (mehr) gibt, fehlt."""
    return _of_law(month, official.known())


@lru_cache(maxsize=64)
def _of_law(month: date, values: official.Values) -> Mapping[str, Decimal]:
    with official.as_known(values):
        parameters = law_of(month).parameters
    found = {}
    for name in NAMES:
        value = parameters[name][0].on(month) if name in parameters else None
        if value is not None:
            found[name] = Decimal(str(value.wert))
    return found


def of_case(month: date, inputs: Mapping[str, int], values: Mapping[str, int]) -> dict[str, Decimal]:
    """Sätze eines Falls nach den Namen der Abrechnung; inputs und values aus dem Wertebogen."""
    law = of_law(month)
    own = {
        "u2": _input(inputs, "u2_satz"),
        "zv_umlage": _input(inputs, "zv_umlage_satz"),
        "zv_sanierungsgeld": _input(inputs, "zv_sanierungsgeld_satz"),
        "zv2_beitrag": _input(inputs, "zv2_beitrag_satz"),
        "zv_an": _input(inputs, "zv_an_satz"),
    }
    if inputs.get("pauschal_20") or inputs.get("kurzfristig_pauschal"):
        own["pauschsteuer_20"] = law.get("pauschsteuersatz_minijob_ohne_rv", Decimal(0))
        own["pauschsteuer_25"] = law.get("pauschsteuersatz_kurzfristig", Decimal(0))
    rates = own | (_minijob(law) if values.get("ist_minijob") else _shares(law, inputs, values))
    return {name: rate for name, rate in rates.items() if rate}


def _shares(law: Mapping[str, Decimal], inputs: Mapping[str, int], values: Mapping[str, int]) -> dict[str, Decimal]:
    reduced = inputs.get("beitragsgruppe_kv") == 3
    health = _half(law, "sv_satz_kv_ermaessigt" if reduced else "sv_satz_kv_allgemein")
    extra, care = _input(inputs, "zusatzbeitrag") / 2, _half(law, "sv_satz_pv")
    pension, work = _half(law, "sv_satz_rv"), _half(law, "sv_satz_av")
    discount = law.get("sv_abschlag_pv_kind", Decimal(0)) * max(0, min(inputs.get("kinder_unter_25", 0), 5) - 1)
    surcharge = law.get("sv_satz_pv_kinderlos", Decimal(0)) if values.get("kinderlos_zuschlag") else Decimal(0)
    both = {"kv": health, "zb": extra, "rv": pension, "av": work}
    shares = {f"{branch}_{side}": rate for branch, rate in both.items() for side in ("an", "ag")}
    return shares | {"pv_an": care + surcharge - discount, "pv_ag": care}


def _minijob(law: Mapping[str, Decimal]) -> dict[str, Decimal]:
    zero = Decimal(0)
    flat = law.get("sv_minijob_rv_pauschal", zero)
    return {
        "kv_ag": law.get("sv_minijob_kv_pauschal", zero),
        "rv_ag": flat,
        "rv_an": law.get("sv_satz_rv", zero) - flat,
        "pauschsteuer_2": law.get("pauschsteuersatz_minijob", zero),
    }


def _half(law: Mapping[str, Decimal], name: str) -> Decimal:
    return law.get(name, Decimal(0)) / 2


def _input(inputs: Mapping[str, int], name: str) -> Decimal:
    return Decimal(inputs.get(name, 0)) / HUNDREDTHS
