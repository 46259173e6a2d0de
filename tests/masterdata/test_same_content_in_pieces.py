"""Dieselbe Tatsache in mehreren Stücken erfasst ist eine Scheibe und ein Bezug, nicht mehrere mit eigener Rundung."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from payroll.masterdata import catalogue
from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung, WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from payroll.masterdata.slices import load_month
from tenants.db.session import TenantSession

MAY, MIDDLE = date(2026, 5, 1), date(2026, 5, 15)


def test_forth_and_back_in_the_middle_of_the_month(desk: TenantSession, employ: Callable[..., None]) -> None:
    numbers = catalogue.ids(desk).lohnarten
    employ(desk, more=(Tatsache(WiederkehrenderBezug, date(2026, 1, 1),
                               {"lohnart_id": numbers[1111], "laufnummer": 1, "betrag_cent": 10_000}),))
    job = desk.scalars(select(Beschaeftigung)).one()
    grade = {"tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E9b", "vollzeitstunden": Decimal(39),
             "wochenstunden": Decimal(39), "beschaeftigung_id": job.id}
    bonus = {"lohnart_id": numbers[1111], "laufnummer": 1, "beschaeftigung_id": job.id}
    record_fact(desk, Bezuegezuordnung, valid_from=date(2026, 1, 1), reason="a", stufe="4", replace_later=True, **grade)
    for stufe, amount in (("5", 20_000), ("4", 10_000)):
        record_fact(desk, Bezuegezuordnung, valid_from=MIDDLE, reason="b", stufe=stufe, **grade)
        record_fact(desk, WiederkehrenderBezug, valid_from=MIDDLE, reason="b", betrag_cent=amount, **bonus)
        facts = load_month(desk, MAY)
        pieces = 1 if stufe == "4" else 2
        assert len(facts.slices["stufe"]) == pieces
        assert list(facts.bezuege["lohnart"]).count(1111) == pieces
    assert (facts.slices["von_tag"].tolist(), facts.slices["bis_tag"].tolist()) == ([1], [31])
