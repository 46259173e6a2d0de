"""Leistungsentgelt ohne Vereinbarung: 6 % des Tabellenentgelts im September, mit dem Dezember; der Rest bleibt.

Erwartungen nach tvoed_rules.md, Abschnitt 8 (Protokollerklärung Nr. 1 zu § 18 Abs. 4 TVöD VKA).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import store
from payroll.runs.calculate import calculate
from payroll.runs.errors import RunRefused
from payroll.runs.leistung import record_performance, recorded, rest_of, volume, without_agreement
from payroll.runs.models import Lauf
from tenants.db.session import TenantSession, tenant_session

SEPTEMBER, DECEMBER = date(2025, 9, 1), date(2025, 12, 1)
NOW = datetime(2025, 9, 20, tzinfo=UTC)


def _close(session: TenantSession, month: date) -> None:
    lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one()
    for step, who in (("geprueft", "karla"), ("freigegeben", "bea"), ("gemeinde", "cem"), ("abgeschlossen", "karla")):
        setattr(lauf, f"{step}_von", who)
        setattr(lauf, f"{step}_am", NOW)
    lauf.zustand = "abgeschlossen"


def test_without_an_agreement_it_is_six_percent_of_september(two_tenants: tuple[int, int],
                                                             tarif: SimpleNamespace) -> None:
    table = load_pay_tables().on(SEPTEMBER)["TVoeD-VKA", "E6", "3"].cent
    with tenant_session(two_tenants[0], actor="karla") as session:
        seed(session, reason="Test")
        numbers = ids(session)
        store(session, [
            tarif.person(numbers, "voll"), tarif.person(numbers, "halb", hours="19.5", payments=[(1111, 10_000)]),
            tarif.person(numbers, "neu", start=date(2025, 10, 1)),
            tarif.person(numbers, "amt", "A9", "6", scale="NRW-A", hours="41", full="41")], reason="Test")
        with pytest.raises(RunRefused, match="mit dem Dezember gezahlt"):
            without_agreement(session, SEPTEMBER)
        with pytest.raises(RunRefused, match="September 2025 ist nicht abgeschlossen"):
            without_agreement(session, DECEMBER)
        calculate(session, SEPTEMBER, key="september")
        _close(session, SEPTEMBER)
        found = {one.personalnummer: one.betrag for one in without_agreement(session, DECEMBER)}
        half = (table + 1) // 2
        assert found == {"voll": (table * 6 + 50) // 100, "halb": (half * 6 + 50) // 100}
        pot = volume(session, 2025, stated=100_000_000)
        record_performance(session, DECEMBER, pot, agreed=False)
        assert {one.personalnummer: one.betrag for one in recorded(session, DECEMBER)} == found
        assert rest_of(pot, recorded(session, DECEMBER)) == pot.betrag - sum(found.values())
        # the steady pay named for the year before: 1,000,000.00 x 2 %
        assert pot.betrag == 2_000_000
        session.rollback()
