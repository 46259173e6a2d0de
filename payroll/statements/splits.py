"""Anteil der Einmalzahlung an Bruttobeträgen und Abzügen (EBV § 1 Abs. 2): laufend und einmalig getrennt.

Steuern: der laufende Teil ist die Steuer desselben Monats ohne Einmalzahlung; passt die Lohnsteuer nicht zum
ausgewiesenen einmaligen Teil, bleibt die Aufteilung der Zuschläge leer. Beiträge: nach dem Anteil der
beitragspflichtigen Einmalzahlung an der Grundlage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from payroll.law.calculate import gross_to_net
from payroll.runs.taxyear import plan_of

Figures = Mapping[str, int | None]
TAXES = ("lohnsteuer", "soli", "kirchensteuer")
BASES = ("sv_einmal_kv", "sv_einmal_pv", "sv_einmal_rv")
BRANCHES = {
    "kv_an": ("sv_einmal_kv", "sv_brutto_kv"),
    "zb_an": ("sv_einmal_kv", "sv_brutto_kv"),
    "pv_an": ("sv_einmal_pv", "sv_brutto_kv"),
    "rv_an": ("sv_einmal_rv", "sv_brutto_rv"),
    "av_an": ("sv_einmal_rv", "sv_brutto_rv"),
}
NOT_SPLIT = ("sv_brutto_kv_vorjahr", "sv_brutto_rv_vorjahr", "be_an")


def one_off_parts(month: date, inputs: Sequence[Mapping[str, int]], figures: Sequence[Figures]) -> list[dict[str, int]]:
    """Je Fall die Namen mit Endung _einmal; Fälle ohne Einmalzahlung bekommen leere.

    Gerechnet wird zweimal für alle Fälle mit denselben Eingaben: wer Nebenleistungen hat, hat mehr als andere.
    """
    parts: list[dict[str, int]] = [{} for _ in inputs]
    alike: dict[frozenset[str], list[int]] = defaultdict(list)
    for row, given in enumerate(inputs):
        if given.get("einmalzahlung"):
            alike[frozenset(given)].append(row)
    for rows in alike.values():
        _split(month, rows, inputs, figures, parts)
    return parts


def _split(month: date, rows: Sequence[int], inputs: Sequence[Mapping[str, int]], figures: Sequence[Figures],
           parts: list[dict[str, int]]) -> None:
    columns = {name: np.array([inputs[row][name] for row in rows], dtype=np.int64) for name in inputs[rows[0]]}
    due = gross_to_net(month, columns, BASES)
    ordinary = columns | {"einmalzahlung": np.zeros(len(rows), dtype=np.int64)}
    without = gross_to_net(month, ordinary, TAXES, plan=plan_of(month))
    for at, row in enumerate(rows):
        bases = {name: int(due.cents(name)[at]) for name in BASES}
        current = {name: int(without.cents(name)[at]) for name in TAXES}
        once = inputs[row]["einmalzahlung"]
        parts[row] = {"steuerbrutto_einmal": once, **_taxes(figures[row], current), **_insurance(figures[row], bases)}


def _taxes(figures: Figures, current: Mapping[str, int]) -> dict[str, int]:
    if (figures["lohnsteuer"] or 0) - (figures["lohnsteuer_einmal"] or 0) != current["lohnsteuer"]:
        return {}
    return {f"{name}_einmal": (figures[name] or 0) - current[name] for name in ("soli", "kirchensteuer")}


def _insurance(figures: Figures, bases: Mapping[str, int]) -> dict[str, int]:
    if any(figures.get(name) for name in NOT_SPLIT):
        return {}
    found = {"sv_brutto_kv_einmal": bases["sv_einmal_kv"], "sv_brutto_rv_einmal": bases["sv_einmal_rv"]}
    for name, (once, base) in BRANCHES.items():
        whole, amount = figures.get(base) or 0, figures.get(name) or 0
        found[f"{name}_einmal"] = (2 * amount * bases[once] + whole) // (2 * whole) if whole else 0
    return found
