"""Section 42b(1): who takes part; the cases of year_end.md section 1 and 3 D."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from payroll.law.rules.jahresausgleich.ausschluss import Jahresmonat, ausschluesse

YEAR = [Jahresmonat(month, 1, zusatzbeitrag=29_000) for month in range(1, 13)]
ENTRY = date(2019, 4, 1)


def numbers(months: list[Jahresmonat], **facts: object) -> list[str]:
    return [one.nummer for one in ausschluesse(2026, months, **{"eintritt": ENTRY, **facts})]  # type: ignore[arg-type]  # facts by name


def changed(month: int, until: int = 12, **fields: int) -> list[Jahresmonat]:
    return [replace(one, **fields) if month <= one.monat <= until else one for one in YEAR]


def test_a_steady_year_takes_part() -> None:
    assert numbers(YEAR) == []
    for steuerklasse in (1, 2, 3, 4):
        assert numbers(changed(1, steuerklasse=steuerklasse)) == []
    assert numbers(YEAR, eintritt=date(2026, 1, 1), austritt=date(2026, 12, 31)) == []
    assert numbers(YEAR, austritt=date(2027, 6, 30)) == []


@pytest.mark.parametrize("facts", [{"eintritt": date(2026, 1, 2)}, {"austritt": date(2026, 12, 30)}])
def test_only_whole_years(facts: dict[str, date]) -> None:
    assert numbers(YEAR, **facts) == [""]


def test_missing_months_are_named() -> None:
    (reason,) = ausschluesse(2026, [one for one in YEAR if one.monat not in (3, 4)], eintritt=ENTRY)
    assert reason.text.endswith("es fehlen die Monate 3, 4.")
    assert reason.recht == "§ 42b Abs. 1 EStG Satz 1"


@pytest.mark.parametrize(("fields", "number"), [
    ({"steuerklasse": 5}, "2"), ({"steuerklasse": 6}, "2"), ({"freibetrag": 5_000}, "3a"), ({"hinzurechnung": 1}, "3a"),
    ({"lohnersatz": 1}, "4"), ({"aktivrente": 200_000}, "4"), ({"buchstabe_u": 1}, "4a"), ({"krv": 1}, "5"),
    ({"alv": 1}, "5"), ({"pvz": 1}, "5"), ({"zusatzbeitrag": 31_000}, "5"), ({"pva": 1}, "5a")])
def test_one_month_is_enough(fields: dict[str, int], number: str) -> None:
    assert numbers(changed(7, 7, **fields)) == [number]


def test_class_for_part_of_the_year() -> None:
    assert numbers(changed(1, 8, steuerklasse=3)) == ["3"]
    assert numbers([replace(one, steuerklasse=3 if one.monat < 9 else 4) for one in YEAR]) == ["3"]
    assert numbers(changed(7, steuerklasse=2)) == ["3"]
    assert numbers(changed(3, 3, steuerklasse=4)) == ["3"]
    assert numbers(changed(1, steuerklasse=4, faktor=912)) == ["3b"]


def test_case_d_change_of_the_fund_rate_and_unpaid_leave() -> None:
    (fund,) = ausschluesse(2026, changed(7, zusatzbeitrag=31_000), eintritt=ENTRY)
    assert "Zusatzbeitragssatz" in fund.text
    assert fund.recht == "§ 42b Abs. 1 EStG Satz 3 Nr. 5"
    (leave,) = ausschluesse(2026, changed(3, 3, buchstabe_u=1), eintritt=ENTRY)
    assert (leave.nummer, leave.text) == ("4a", "Großbuchstabe U im Lohnkonto in Monat 3.")


def test_a_rate_from_january_on_and_private_insurance_do_not_exclude() -> None:
    assert numbers(changed(1, zusatzbeitrag=33_000)) == []
    private = [replace(one, pkv=1, zusatzbeitrag=one.monat) for one in YEAR]
    assert numbers(private) == []
    assert numbers(changed(5, pkv=1)) == ["5"]


def test_wish_foreign_pay_and_several_reasons_together() -> None:
    assert numbers(YEAR, verzicht=True) == ["1"]
    assert numbers(YEAR, auslandslohn=True) == ["6"]
    assert numbers(changed(2, 2, steuerklasse=6, pva=2), verzicht=True) == ["1", "2", "5a"]
