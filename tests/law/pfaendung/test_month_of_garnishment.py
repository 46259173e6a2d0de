"""A whole month: dependants of each claim, reaches in columns, shares by person, findings that stop nobody else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from payroll.law.calculate import gross_to_net
from payroll.law.conformance.payslip_rows import read_row
from payroll.law.conformance.report import Case
from payroll.law.engine import InputError
from payroll.law.garnishment import ExemptItem, notional_inputs, reaches, share_out
from payroll.law.rules.pfaendung.forderungen import Forderung
from payroll.law.rules.pfaendung.personen import (
    Ausschluss,
    TeilweiseBeruecksichtigt,
    Unterhaltsperson,
    gezaehlt,
)

JULY = date(2026, 7, 1)
END = date(2026, 7, 31)
ROW = {
    "fall": "x", "monat": "2026-07", "status": "tarif", "brutto": "3500.00", "steuerklasse": "1",
    "kinderfreibetraege": "0", "konfession": "keine", "bundesland_kirche": "NW", "geburtsdatum": "1985-06-15",
    "kinderlos": "nein", "kinder_unter_25": "1", "sachsen": "nein", "kv_art": "gesetzlich", "zusatzbeitrag": "2.90",
    "beitragsgruppe": "1111", "personengruppe": "101", "u2_satz": "0.39"}
SLIP: dict[str, Any] = dict(read_row(Case(1, "x", ROW)).values)


def claim(name: str, art: str = "gewoehnlich", day: int = 1) -> Forderung:
    return Forderung(name, art, datetime(2026, 3, day, 9), 0)


def given_net(**columns: Any) -> dict[str, Any]:
    return {**SLIP, "pf_netto_vorgegeben": 260_000, "pf_unterhaltsberechtigte": 1, **columns}


def test_worked_case_of_two_creditors_from_net_to_shares() -> None:
    reached, _ = reaches(JULY, given_net(pf_unterhaltsglaeubiger=np.array([0, 1]),
                                         pf_gericht_freibetrag=np.array([-1, 140_000])))
    found = share_out(JULY, ["Weber", "Weber"], [claim("Bank"), claim("Kind", "unterhalt", 2)], reached)
    assert [(one.name, one.cents) for one in found.by_person["Weber"]] == [("Bank", 20_759), ("Kind", 99_241)]
    assert found.findings == {}


def test_a_faulty_claim_stops_its_person_only() -> None:
    reached, _ = reaches(JULY, given_net(pf_unterhaltsglaeubiger=np.array([0, 1, 0, 0, 0])))
    people = ["Weber", "Kaya", "Kaya", "Otto", "Otto"]
    found = share_out(JULY, people, [claim("A"), claim("B", "unterhalt"), claim("C"), claim("D"), claim("D")], reached)
    assert {person: [one.cents for one in own] for person, own in found.by_person.items()} == {"Weber": [20_759]}
    assert "§ 850d" in found.findings["Kaya"]
    assert found.findings["Kaya"].startswith("Forderung 'B'")
    assert "zweimal" in found.findings["Otto"]


def test_uneven_rows_are_refused() -> None:
    reached, _ = reaches(JULY, given_net())
    with pytest.raises(InputError, match="2 Personen, 1 Forderungen, 1 Zeilen"):
        share_out(JULY, ["A", "B"], [claim("X")], reached)
    with pytest.raises(InputError, match="verschieden lang"):
        reaches(JULY, given_net(pf_zeitraum=np.array([0, 0])), (ExemptItem("aufwand", "brutto", np.array([1, 2, 3])),))


def test_a_month_without_announced_limits_is_a_finding() -> None:
    later = date(2027, 7, 1)
    reached, _ = reaches(later, given_net())
    found = share_out(later, ["Weber"], [claim("A")], reached)
    assert found.by_person == {}
    assert "nicht bekanntgemacht" in found.findings["Weber"]


def test_negative_net_gives_nothing_to_anybody() -> None:
    slip = {**SLIP, "brutto": 0, "pf_freiwillige_beitraege": 50_000}
    reached, _ = reaches(JULY, slip, outputs=("pf_netto", "pf_reichweite"))
    assert reached.cents("pf_netto").tolist() == [-50_000]
    assert reached.cents("pf_reichweite").tolist() == [0]


def test_the_employers_part_of_capital_formation_leaves_unnamed() -> None:
    with_part = notional_inputs(JULY, {**SLIP, "vwl_ag": 665, "pf_gepfaendet": 1}, ())
    assert with_part["vwl_ag"].tolist() == [0]
    nets = [gross_to_net(JULY, columns, ["netto"]).cents("netto").tolist() for columns in (with_part, SLIP | {
        "pf_gepfaendet": 1})]
    assert nets[0] == nets[1]
    named = notional_inputs(JULY, {**SLIP, "vwl_ag": 665, "pf_gepfaendet": 1},
                            (ExemptItem("vermoegensbildung", "vwl_ag", 600),))
    assert named["vwl_ag"].tolist() == [65]


def test_more_gross_is_never_less_for_debtor_or_creditors() -> None:
    gross = np.arange(0, 900_000, 5_000, dtype=np.int64)
    columns: dict[str, Any] = {**SLIP, "brutto": gross}
    reached, used = reaches(JULY, columns)
    amounts = reached.cents("pf_reichweite")
    net = gross_to_net(JULY, used, ["netto"]).cents("netto")
    kept = net - amounts
    assert not reached.faults
    rising = np.diff(net) >= 0
    assert (np.diff(amounts)[rising] >= 0).all()
    # the table rounds net down to ten euro: at a step the debtor loses at most seven tenths of it
    assert (np.diff(kept)[rising] >= -700).all()
    assert amounts[-1] > 200_000


CHILD = Unterhaltsperson("Kind", date(2020, 5, 1), date(2026, 7, 30))
SPOUSE = Unterhaltsperson("Frau", date(2015, 1, 1), None, (Ausschluss("Bank", date(2026, 2, 1), date(2026, 12, 31)),))


def test_dependants_count_by_day_and_claim() -> None:
    assert gezaehlt([CHILD, SPOUSE], "Amt", date(2026, 7, 30)) == 2
    assert gezaehlt([CHILD, SPOUSE], "Amt", END) == 1
    assert gezaehlt([CHILD, SPOUSE], "Bank", END) == 0
    assert gezaehlt([CHILD, SPOUSE], "Bank", date(2026, 1, 31)) == 2
    assert gezaehlt([CHILD, SPOUSE], "Bank", date(2027, 1, 31)) == 1
    assert gezaehlt([], "Bank", END) == 0


def test_a_person_who_counts_in_part_forbids_the_table() -> None:
    part = Unterhaltsperson("Sohn", date(2008, 1, 1), None, (Ausschluss("Bank", JULY, None, ganz=False),))
    assert gezaehlt([part], "Amt", END) == 1
    with pytest.raises(TeilweiseBeruecksichtigt, match="Sohn zählt für Bank nur teilweise"):
        gezaehlt([part], "Bank", END)
