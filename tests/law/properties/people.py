"""A mixed district drawn from a seed: all kinds of employment, tax classes, insurances, part months, one-off pay."""

from __future__ import annotations

from typing import Any

import numpy as np
from wage_ladders import FUND, KINDS

from payroll.law.encode import LAENDER, ZUSATZVERSORGUNGEN, ZV_VERFAHREN

MIXTURE = ("tarif", "tarif", "tarif", "tarif_privat", "tarif_freiwillig", "beamte", "auszubildende", "minijob")
Columns = dict[str, Any]


def draw(seed: int, count: int) -> Columns:
    """Input columns of so many people."""
    rng = np.random.default_rng(seed)
    people = [KINDS[MIXTURE[i]] for i in rng.integers(0, len(MIXTURE), count)]
    names = sorted({name for one in KINDS.values() for name in one})
    columns: Columns = {name: np.array([one.get(name, 0) for one in people]) for name in names}
    return columns | _pay(rng, columns, count) | _features(rng, columns, count)


def _money(rng: Any, count: int, top: int, share: float) -> Any:
    """Cents up to ``top`` euro for a share of the people, for the others none."""
    return np.where(rng.random(count) < share, rng.integers(0, top * 100, count), 0)


def _pay(rng: Any, columns: Columns, count: int) -> Columns:
    mini, partial = columns["personengruppe"] == 109, rng.random(count) < 0.2
    first = np.where(partial, rng.integers(1, 20, count), 1)
    last = np.where(partial, rng.integers(20, 32, count), 31)
    monthly = np.where(mini, rng.integers(0, 60_300, count), rng.integers(0, 1_200_000, count))
    once = np.where(mini | (columns["kv_art"] == 2), 0, _money(rng, count, 9_000, 0.3))
    return {
        "brutto": monthly * (last - first + 1) // 31, "von_tag": first, "bis_tag": last,
        "regelmaessiges_entgelt": np.where(partial, monthly, -1),
        "zulagen": np.where(mini, 0, _money(rng, count, 500, 0.3)), "vwl_ag": np.where(mini, 0, 665),
        "steuerfreie_bezuege": _money(rng, count, 300, 0.2), "einmalzahlung": once,
        "sonstige_abzuege": _money(rng, count, 200, 0.2), "vwl_sparbetrag": _money(rng, count, 40, 0.3),
        "jahresarbeitslohn_erwartet": monthly * 12, "sv_tage_bisher": np.full(count, 120),
        "sv_brutto_kv_bisher": np.minimum(monthly, 581_250) * 4,
        "sv_brutto_rv_bisher": np.minimum(monthly, 845_000) * 4,
    }


def _features(rng: Any, columns: Columns, count: int) -> Columns:
    mini = columns["personengruppe"] == 109
    tax_class = np.where(mini, 0, rng.integers(1, 7, count))
    children = np.where(rng.random(count) < 0.5, rng.integers(1, 7, count), 0)
    fund = (columns["zusatzversorgung"] > 0) & (rng.random(count) < 0.5)
    return {
        "steuerklasse": tax_class,
        "faktor": np.where((tax_class == 4) & (rng.random(count) < 0.5), rng.integers(700, 1000, count), 0),
        "kinderfreibetraege": np.where(tax_class < 5, children * 5, 0), "kinder_unter_25": children,
        "kinderlos": ((children == 0) & (rng.random(count) < 0.5)).astype(np.int64),
        "konfession": rng.integers(0, 3, count), "bundesland_kirche": rng.integers(0, len(LAENDER), count),
        "sachsen": (rng.random(count) < 0.1).astype(np.int64),
        "freibetrag_monat": _money(rng, count, 400, 0.1),
        "geburtsdatum": rng.integers(1955, 2008, count) * 10_000 + 615,
        "zusatzversorgung": np.where(fund, ZUSATZVERSORGUNGEN.index("vbl_west"), columns["zusatzversorgung"]),
        "zv_an_satz": np.where(fund, 18_100, 0),
        "zv_umlage_satz": np.where(fund, 54_900, columns.get("zv_umlage_satz", FUND["zv_umlage_satz"])),
        "zv_verfahren": rng.integers(0, len(ZV_VERFAHREN), count),
        "zv_steuerfrei_bisher": rng.integers(0, 405_600, count),
    }
