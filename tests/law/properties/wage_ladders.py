"""Wage ladders: one person, 0 to 20,000 EUR in steps of one euro, for every kind of employment and tax class."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net
from payroll.law.encode import KV_ARTEN, LAENDER, STATUS, ZUSATZVERSORGUNGEN, ZV_VERFAHREN
from payroll.law.engine import Result

MONTH = date(2026, 5, 1)
TOP, STRETCH = 20_000, 100
GROSS = np.arange(TOP + 1, dtype=np.int64) * 100
MINIJOB_TOP, LOW_EARNER_TOP = 603, 325
# The values of the regression net, in the order of its digests; new outputs of the law do not belong to it.
VALUES = (
    "gesamtbrutto", "steuerbrutto", "sv_brutto_kv", "sv_brutto_rv", "be_gesamt", "be_an", "lohnsteuer", "soli",
    "kirchensteuer", "kv_an", "zb_an", "pv_an", "rv_an", "av_an", "zv_an", "netto", "zuschuss_kv", "zuschuss_pv",
    "auszahlung", "kv_ag", "zb_ag", "pv_ag", "rv_ag", "av_ag", "u2", "pauschsteuer_2", "zv_umlage",
    "zv_sanierungsgeld", "zv_steuerfrei", "zv_pauschal", "zv_individuell", "zv_hinzurechnung", "zv_pauschalsteuer",
    "zv_pauschal_soli", "zv_pauschal_kist", "ag_kosten",
)
BRANCHES = ("kv", "rv", "av", "pv")
PERSON = {"bundesland_kirche": LAENDER.index("NW"), "konfession": 1, "geburtsdatum": 19_850_615, "u2_satz": 3_900,
          "vorjahr_sv_tage": -1}
FUND = {"zusatzversorgung": ZUSATZVERSORGUNGEN.index("rzvk"), "zv_umlage_satz": 42_500,
        "zv_sanierungsgeld_satz": 35_000, "zv_verfahren": ZV_VERFAHREN.index("verteilt"), "zv_pauschal_grenze": 9_203}


def kind(status: str, kv_art: str, group: str, person_group: int, **more: int) -> dict[str, int]:
    """Inputs of a kind of employment."""
    digits = {f"beitragsgruppe_{name}": int(digit) for name, digit in zip(BRANCHES, group, strict=True)}
    return {**PERSON, "status": STATUS.index(status), "kv_art": KV_ARTEN.index(kv_art), "personengruppe": person_group,
            **digits, **more}


KINDS: dict[str, dict[str, int]] = {
    "tarif": kind("tarif", "gesetzlich", "1111", 101, zusatzbeitrag=29_000, **FUND),
    "tarif_privat": kind("tarif", "privat", "0110", 101, pkv_beitrag_monat=70_000, ppv_beitrag_monat=6_000,
                         pkv_basis_monat=55_000, **FUND),
    "tarif_freiwillig": kind("tarif", "freiwillig", "9111", 101, zusatzbeitrag=29_000, **FUND),
    "beamte": kind("beamte", "privat", "0000", 0, pkv_basis_monat=25_000),
    "auszubildende": kind("auszubildende", "gesetzlich", "1111", 102, zusatzbeitrag=29_000, kinderlos=1, **FUND),
    "minijob": kind("minijob", "gesetzlich", "6100", 109, u2_satz=2_200),
    # two changes that really happen on the way up
    "geringverdiener": kind("auszubildende", "gesetzlich", "1111", 121, zusatzbeitrag=29_000),
    "minijob_dann_tarif": kind("tarif", "gesetzlich", "1111", 101, zusatzbeitrag=29_000),
}


def ladders() -> list[tuple[str, int]]:
    """Every kind in every tax class; a Minijob taxed at a flat rate has none."""
    return [(name, tax_class) for name in KINDS for tax_class in ((0,) if name == "minijob" else range(1, 7))]


def inputs(name: str, tax_class: int) -> dict[str, Any]:
    """The columns of a ladder."""
    columns: dict[str, Any] = {**KINDS[name], "steuerklasse": tax_class, "brutto": GROSS}
    if name == "minijob_dann_tarif":
        low = GROSS <= MINIJOB_TOP * 100
        columns |= {key: np.where(low, value, columns[key]) for key, value in KINDS["minijob"].items()
                    if columns[key] != value}
    return columns


def climb(name: str, tax_class: int) -> Result:
    """All values of a ladder; nobody on it may fall out."""
    result = gross_to_net(MONTH, inputs(name, tax_class), VALUES)
    assert result.faults == []
    return result


def digests(name: str, tax_class: int) -> Iterator[tuple[int, str]]:
    """First euro of each stretch of 100 and the digest of all its values."""
    result = climb(name, tax_class)
    table = np.stack([result.cents(value) for value in VALUES], axis=1).astype("<i8")
    for first in range(0, TOP + 1, STRETCH):
        yield first, hashlib.sha256(table[first:first + STRETCH].tobytes()).hexdigest()[:10]
