"""Wage tax of civil servants 2026, class 1, no church tax: three public calculations and one with a private premium.

Figures of civil_servants.md, section 4 (reproduced there with the official programme to 0.01): not in pension and
unemployment insurance, privately insured, no employer's subsidy, no minimum lump sum since 2026.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from payroll.law.calculate import gross_to_net
from payroll.law.encode import KV_ARTEN, STATUS

OFFICIAL = {"status": STATUS.index("beamte"), "steuerklasse": 1, "kv_art": KV_ARTEN.index("privat"),
            "beitragsgruppe_kv": 0, "beitragsgruppe_rv": 0, "beitragsgruppe_av": 0, "beitragsgruppe_pv": 0,
            "personengruppe": 0}


@pytest.mark.parametrize(("gross", "premium", "tax", "soli"), [
    (385_333, 0, 73_550, 0), (485_834, 0, 109_200, 0), (676_221, 0, 186_775, 2_046), (385_333, 40_000, 60_533, 0)])
def test_tax_and_no_contributions(gross: int, premium: int, tax: int, soli: int) -> None:
    given: dict[str, Any] = {**OFFICIAL, "brutto": gross, "pkv_basis_monat": premium}
    result = gross_to_net(date(2026, 3, 1), given, ("lohnsteuer", "soli", "kv_an", "rv_an", "av_an", "pv_an", "netto"))
    assert abs(int(result.cents("lohnsteuer")[0]) - tax) <= 1
    assert abs(int(result.cents("soli")[0]) - soli) <= 1
    assert [int(result.cents(name)[0]) for name in ("kv_an", "rv_an", "av_an", "pv_an")] == [0, 0, 0, 0]
    taken = sum(int(result.cents(name)[0]) for name in ("lohnsteuer", "soli"))
    assert int(result.cents("netto")[0]) == gross - taken
