"""More gross is never less net, except at cliffs that the law has; every euro of every ladder stays what it was."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass

import numpy as np
import pytest
from make_ladders import FILE, SOURCE
from wage_ladders import GROSS, KINDS, LOW_EARNER_TOP, MINIJOB_TOP, MONTH, climb, digests, ladders

from payroll.law.calculate import gross_to_net


@dataclass(frozen=True)
class Cliff:
    """A place where one euro more of pay is less net: its name, its law, the last euro before it."""

    name: str
    law: str
    euro: int


CLIFFS = {
    "geringverdiener": Cliff("Geringverdienergrenze: der Arbeitgeber trägt die Beiträge nur bis hierher",
                             "§ 20 Abs. 3 Satz 1 Nr. 1 SGB IV", LOW_EARNER_TOP),
    "minijob_dann_tarif": Cliff("Geringfügigkeitsgrenze: darüber wird nach Steuerklasse versteuert statt pauschal",
                                "§ 8 Abs. 1, 1a SGB IV, § 40a Abs. 2 EStG", MINIJOB_TOP),
}


@pytest.mark.parametrize(("name", "tax_class"), ladders())
def test_more_gross_is_never_less_net(name: str, tax_class: int) -> None:
    net = climb(name, tax_class).cents("netto")
    falls = np.flatnonzero(np.diff(net) < 0).tolist()
    allowed = [CLIFFS[name].euro] if name in CLIFFS else []
    assert [euro for euro in falls if euro not in allowed] == []


@pytest.mark.parametrize("name", CLIFFS)
def test_each_cliff_is_really_there(name: str) -> None:
    at = CLIFFS[name].euro
    depth = [int(climb(name, tax_class).cents("netto")[at + 1] - climb(name, tax_class).cents("netto")[at])
             for tax_class in range(1, 7)]
    assert min(depth) < -1_000, depth


@pytest.mark.parametrize(("name", "tax_class"), ladders())
def test_more_gross_never_costs_the_employer_less(name: str, tax_class: int) -> None:
    cost = climb(name, tax_class).cents("ag_kosten")
    falls = np.flatnonzero(np.diff(cost) < 0).tolist()
    assert [euro for euro in falls if euro not in (LOW_EARNER_TOP, MINIJOB_TOP)] == []


@pytest.mark.parametrize(("name", "tax_class"), [(name, k) for name, k in ladders() if name == "tarif_privat"])
def test_private_insurance_has_no_cliff_at_the_ceiling(name: str, tax_class: int) -> None:
    paid = climb(name, tax_class).cents("auszahlung")
    assert np.flatnonzero(np.diff(paid) < 0).tolist() == []


SOLI = "Freigrenze des Solidaritätszuschlags bei sonstigen Bezügen (§ 3 Abs. 4a SolzG), ohne Milderungszone"


@pytest.mark.parametrize("tax_class", range(1, 7))
@pytest.mark.parametrize("monthly", [60_000, 180_000, 350_000, 560_000, 700_000, 900_000])
def test_one_off_pay_has_one_cliff_at_the_most(monthly: int, tax_class: int) -> None:
    """Yearly tax is in whole euro (§ 32a Abs. 1 Satz 6 EStG; class III twice that): compared are steps of ten euro."""
    year = {"brutto": monthly, "einmalzahlung": GROSS, "jahresarbeitslohn_erwartet": monthly * 12,
            "sv_tage_bisher": 300, "sv_brutto_kv_bisher": min(monthly, 581_250) * 10,
            "sv_brutto_rv_bisher": min(monthly, 845_000) * 10, "steuerklasse": tax_class}
    month = MONTH.replace(month=11)
    result = gross_to_net(month, KINDS["tarif"] | year, ("netto", "soli", "lohnsteuer_einmal"))
    assert result.faults == []
    net, soli = result.cents("netto"), result.cents("soli")
    falls = np.flatnonzero(net[10:] < net[:-10])
    assert falls.size in (0, 10), SOLI
    if falls.size:
        cliff = int(falls[-1])
        assert falls.tolist() == list(range(cliff - 9, cliff + 1))
        assert soli[cliff + 1] - soli[cliff] > 1_000, SOLI


def test_regression_net() -> None:
    """Where this fails, a value of a ladder changed: find out who is right, then see make_ladders.py."""
    with gzip.open(FILE, "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["source"] for row in rows} == {SOURCE}
    kept = {(row["kind"], int(row["tax_class"]), int(row["from_euro"])): row["digest"] for row in rows}
    now = {(name, tax_class, first): digest for name, tax_class in ladders()
           for first, digest in digests(name, tax_class)}
    assert kept.keys() == now.keys()
    assert [key for key, digest in now.items() if kept[key] != digest] == []


def test_the_net_sees_the_smallest_change(monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(digests("tarif", 1))
    monkeypatch.setitem(KINDS["tarif"], "u2_satz", KINDS["tarif"]["u2_satz"] + 1)
    changed = [first for (first, old), (_, new) in zip(before, digests("tarif", 1), strict=True) if old != new]
    assert 20 < len(changed) < len(before), "ein Millionstel Umlagesatz, erst von einigem Entgelt an ein Cent"
