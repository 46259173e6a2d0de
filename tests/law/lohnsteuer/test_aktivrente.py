"""Aktivrente: steuerfreier Lohn nach der Regelaltersgrenze (§ 3 Nr. 21 EStG), Beträge in Cent.

Erwartung: Wortlaut der Arbeitsunterlage zur Lohnsteuer (bis 2.000 Euro im Monat, nichts wird übertragen, nicht in
Klasse VI, nicht für Beamte und Minijobs) und § 235 Abs. 2 SGB VI; die Lohnsteuer ist die eines Lohns ohne den freien
Teil, gerechnet nach demselben Plan.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from payroll.law.calculate import gross_to_net
from payroll.law.encode import STATUS

JUNE, LIMIT = date(2026, 6, 1), 200_000
PERSON = {
    "status": STATUS.index("tarif"), "brutto": 300_000, "steuerklasse": 1, "geburtsdatum": 1960_01_15, "aktivrente": 1,
    "beitragsgruppe_kv": 3, "beitragsgruppe_rv": 3, "beitragsgruppe_av": 2, "beitragsgruppe_pv": 1,
    "personengruppe": 119, "kinderlos": 0, "zusatzbeitrag": 29_000, "kv_art": 0, "pkv_beitrag_monat": 0,
    "ppv_beitrag_monat": 0, "kinder_unter_25": 0, "sachsen": 0, "zusatzversorgung": 0, "zv_umlage_satz": 0,
    "zv_an_satz": 0, "zv_sanierungsgeld_satz": 0, "zv_pauschal_grenze": 0, "u2_satz": 0,
    "regelmaessiges_entgelt": 300_000,
}  # fmt: skip
TAXES = ("steuerbrutto", "lohnsteuer", "sv_brutto_rv")


def free(month: date, **facts: int) -> tuple[int, int]:
    """Freier laufender und freier einmaliger Lohn."""
    found = gross_to_net(month, given(facts), ("aktivrente_laufend", "aktivrente_einmalig"))
    assert found.faults == []
    return int(found.cents("aktivrente_laufend")[0]), int(found.cents("aktivrente_einmalig")[0])


def given(facts: dict[str, int]) -> dict[str, np.ndarray]:
    return {name: np.array([value]) for name, value in (PERSON | facts).items()}


@pytest.mark.parametrize(("birth", "first"), [
    (1959_01_02, date(2025, 4, 1)),   # 66 Jahre 2 Monate; erreicht im März 2025
    (1959_12_31, date(2026, 3, 1)),   # erreicht im Februar 2026 (Tag davor: 30.12.)
    (1960_01_01, date(2026, 5, 1)),   # 66 Jahre 4 Monate; vollendet am 30. April 2026
    (1960_01_02, date(2026, 6, 1)),
    (1960_01_15, date(2026, 6, 1)),
    (1960_07_01, date(2026, 11, 1)),
    (1960_07_31, date(2026, 12, 1)),
])  # fmt: skip
def test_it_begins_in_the_month_after_the_age(birth: int, first: date) -> None:
    year, month = first.year, first.month
    before = date(year, month - 1, 1) if month > 1 else date(year - 1, 12, 1)
    if first.year >= 2026:
        assert free(first, geburtsdatum=birth) == (LIMIT, 0)
    if before.year >= 2026:
        assert free(before, geburtsdatum=birth) == (0, 0)
    assert free(date(2026, 12, 1), geburtsdatum=birth) == (LIMIT, 0)


@pytest.mark.parametrize(("facts", "expected"), [
    ({}, (LIMIT, 0)),
    ({"brutto": 150_000}, (150_000, 0)),
    ({"brutto": 150_000, "einmalzahlung": 100_000}, (150_000, 50_000)),
    ({"einmalzahlung": 100_000}, (LIMIT, 0)),
    ({"beitragsgruppe_rv": 1, "personengruppe": 120}, (LIMIT, 0)),
    ({"beitragsgruppe_rv": 0}, (0, 0)),
    ({"steuerklasse": 6}, (0, 0)),
    ({"aktivrente": 0}, (0, 0)),
    ({"geburtsdatum": 0}, (0, 0)),
    ({"geburtsdatum": 1970_01_15, "personengruppe": 101}, (0, 0)),
    ({"status": STATUS.index("auszubildende")}, (0, 0)),
])  # fmt: skip
def test_who_has_it_and_how_much(facts: dict[str, int], expected: tuple[int, int]) -> None:
    assert free(JUNE, **facts) == expected


def test_the_tax_is_that_of_the_rest_and_contributions_stay() -> None:
    freed = gross_to_net(JUNE, given({}), TAXES)
    without = gross_to_net(JUNE, given({"aktivrente": 0}), TAXES)
    rest = gross_to_net(JUNE, given({"aktivrente": 0, "brutto": 100_000}), TAXES)
    assert freed.cents("steuerbrutto")[0] == 100_000 == rest.cents("steuerbrutto")[0]
    assert freed.cents("lohnsteuer")[0] == rest.cents("lohnsteuer")[0] < without.cents("lohnsteuer")[0]
    assert freed.cents("sv_brutto_rv")[0] == without.cents("sv_brutto_rv")[0] == 300_000


def test_before_2026_there_is_none() -> None:
    old = {"geburtsdatum": 1955_01_15}
    assert gross_to_net(date(2025, 12, 1), given(old), TAXES).cents("steuerbrutto")[0] == 300_000
