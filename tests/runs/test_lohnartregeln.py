"""Jede Lohnart, deren Betrag gerechnet wird, nennt die Regel; jede andere sagt, warum es keine gibt."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from payroll.law.calculate import plain_book
from payroll.law.engine.catalogue import catalogue
from payroll.masterdata.catalogue.seed import shipped_wage_types
from payroll.runs.lohnartregeln import OHNE_REGEL, ohne_regel, regeln

JUNE = date(2026, 6, 1)
SHIPPED = shipped_wage_types(JUNE)


def test_every_rule_of_a_wage_type_exists_and_every_wage_type_is_delivered() -> None:
    known = {entry.name for entry in catalogue(plain_book(), JUNE)}
    assert {name for names in regeln().values() for name in names} - known == set()
    assert set(regeln()) - set(SHIPPED) == set()
    reasons = [set(numbers) for numbers in OHNE_REGEL.values()]
    assert all(not one & other for one, other in pairwise(reasons))
    assert set().union(*reasons) & set(regeln()) == set()


def test_no_wage_type_that_takes_no_amount_or_is_computed_stays_without_a_value() -> None:
    silent = [number for number, one in SHIPPED.items()
              if (one["ziel"] == "keines" or one["entstehung"] == "abgeleitet")
              and number not in regeln() and not ohne_regel(number)]
    assert silent == []


@pytest.mark.parametrize(("number", "rule"), [
    (1000, "tabellenentgelt"), (1103, "zulage_monat"), (1107, "zulage_hoeherwertig"), (1116, "strukturausgleich"),
    (1200, "zuschlag_je_stunde"), (1300, "stundenentgelt_ueberstunde"), (1606, "jubilaeumsgeld"),
    (1609, "urlaubsabgeltung"), (1801, "aufstockung_altersteilzeit"), (2008, "strukturzulage"),
    (2012, "zuschlag_dienstfaehigkeit_monat"), (3000, "nl_dienstwagen_privatanteil"), (4014, "rv_an"), (5005, "u2")])
def test_the_rule_of_some(number: int, rule: str) -> None:
    assert rule in regeln()[number]
