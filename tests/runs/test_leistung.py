"""Leistungsentgelt: Volumen aus den Entgelten des Vorjahres, gleiche und gewichtete Teile, Auszahlung im Lauf.

Erwartungen von Hand nach tvoed_rules.md, Abschnitt 8: 2,00 % der ständigen Monatsentgelte des Vorjahres; keine
Einmalzahlungen, Beamte und Auszubildende nicht; nicht zusatzversorgungspflichtig.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import Tatsache, store
from payroll.masterdata.models import WiederkehrenderBezug
from payroll.runs.calculate import calculate
from payroll.runs.errors import RunRefused
from payroll.runs.leistung import distribute, record_performance, recorded, shares_of, volume
from payroll.runs.models import Lauf
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

NOVEMBER, DECEMBER, JANUARY = date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)
ALLOWANCE, BONUS, EXTRA = 1111, 1602, 1121  # group allowance, a premium already paid, above the tariff
NOW = datetime(2026, 1, 2, tzinfo=UTC)
E6_3 = ("TVoeD-VKA", "E6", "3")


@pytest.fixture(scope="module")
def employer(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """November und Dezember 2025 abgeschlossen."""
    with fresh_database():
        with platform_session(actor="test") as session:
            tenant = service.create_tenant(session, "001", "Kreis", "kreis").id
        with tenant_session(tenant, actor="karla") as session:
            seed(session, reason="Test")
            numbers = ids(session)
            once = Tatsache(WiederkehrenderBezug, NOVEMBER, {
                "lohnart_id": numbers.lohnarten[BONUS], "laufnummer": 1, "betrag_cent": 77_700}, date(2025, 11, 30))
            store(session, [
                tarif.person(numbers, "a", payments=[(ALLOWANCE, 10_000), (EXTRA, 50_000)], more=[once],
                             start=NOVEMBER),
                tarif.person(numbers, "b", start=NOVEMBER), tarif.person(numbers, "c", start=NOVEMBER),
                tarif.person(numbers, "amt", "A11", "6", scale="NRW-A", hours="41", full="41", start=NOVEMBER),
                tarif.person(numbers, "azubi", "BBiG", "1", scale="TVAoeD-BBiG", start=NOVEMBER)], reason="Test")
        for month in (NOVEMBER, DECEMBER):
            with tenant_session(tenant, actor="karla") as session:
                calculate(session, month, key=f"{month}")
                lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one()
                for step, who in zip(("geprueft", "freigegeben", "gemeinde", "abgeschlossen"),
                                     ("karla", "bea", "cem", "karla"), strict=True):
                    setattr(lauf, f"{step}_von", who)
                    setattr(lauf, f"{step}_am", NOW)
                lauf.zustand = "abgeschlossen"
        yield tenant


def _base() -> int:
    pay = load_pay_tables().on(NOVEMBER)[E6_3].cent
    return 2 * (3 * pay + 10_000)


def test_the_volume_counts_steady_pay_of_tariff_staff_only(employer: int) -> None:
    with tenant_session(employer, actor="karla") as session:
        found, more = volume(session, 2026), volume(session, 2026, carry=5_000, stated=1_000_000)
    assert (found.bemessung, found.monate) == (_base(), 2)
    assert found.betrag == (2 * _base() + 50) // 100
    assert more.bemessung == _base() + 1_000_000
    assert more.betrag == (2 * more.bemessung + 50) // 100 + 5_000


def test_equal_and_weighted_parts_add_up(employer: int) -> None:
    with tenant_session(employer, actor="karla") as session:
        equal = distribute(session, JANUARY, 100_000)
        weighted = distribute(session, JANUARY, 100_000, {"a": 2, "b": 1, "c": 0})
        with pytest.raises(RunRefused, match="nicht tariflich beschäftigt: amt"):
            distribute(session, JANUARY, 100_000, {"amt": 1})
        with pytest.raises(RunRefused, match="niemand hat Punkte"):
            distribute(session, JANUARY, 100_000, {"a": 0})
    assert [(one.personalnummer, one.betrag) for one in equal] == [("a", 33_334), ("b", 33_333), ("c", 33_333)]
    assert [(one.personalnummer, one.betrag) for one in weighted] == [("a", 66_667), ("b", 33_333)]


def test_it_is_paid_once_and_a_new_distribution_replaces_the_old(employer: int, tarif: SimpleNamespace) -> None:
    with tenant_session(employer, actor="karla") as session:
        pot = volume(session, 2026)
        record_performance(session, JANUARY, pot)
        record_performance(session, JANUARY, pot, {"a": 1, "b": 1})
        record_performance(session, JANUARY, pot, {"a": 1, "b": 1})
        kept = recorded(session, JANUARY)
        assert [one.personalnummer for one in kept] == ["a", "b"]
        assert sum(one.betrag for one in kept) == pot.betrag
        calculate(session, JANUARY, key="Januar")
        paid = [line for line in tarif.lines(session, "b", JANUARY) if line[0] == "1602"]
        assert paid == [("1602", "", "SEN", kept[1].betrag)]
        assert "1602" not in [line[0] for line in tarif.lines(session, "c", JANUARY)]
        session.scalars(select(Lauf).where(Lauf.monat == JANUARY)).one().zustand = "probe"


@pytest.mark.parametrize(("text", "found"), [
    ("Personalnummer;Punkte\na;3\nb;0\n", {"a": 3, "b": 0}), ("a\t7\n\n", {"a": 7})])
def test_points_are_read(text: str, found: dict[str, int]) -> None:
    assert shares_of(text.splitlines()) == found


@pytest.mark.parametrize("text", ["a;3\na;4", "a;3\nb;-1", "a;3\nb;zwei", "a;1\n;2"])
def test_points_that_cannot_be_are_refused_with_their_line(text: str) -> None:
    lines: Any = text.splitlines()
    with pytest.raises(RunRefused, match="Zeile 2"):
        shares_of(lines)
