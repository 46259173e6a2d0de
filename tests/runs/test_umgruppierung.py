"""Umgruppierung nach § 17 Abs. 4 und 4a TVöD: gezeigt, erfasst, gezahlt.

Beträge: geprüfte Fälle V059 (E9a nach E9b, Stufe 3, ab 01.06.2026: 4097.67 nach 4203.56) und V060 (E5 Stufe 1 nach E6
Stufe 2, ab 01.11.2025: 3346.55); Garantiebetrag der Tabelle S 77.37 (ab 01.05.2026), S8b Stufe 2 3812.64, S9 3887.42.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import Tatsache, store
from payroll.masterdata.models import Fehlzeit, HoehereTaetigkeit, Stufenregelung
from payroll.runs.calculate import calculate
from payroll.runs.umgruppierung import Umgruppierung, UmgruppierungRefused, carry_out, proposed
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

JUNE, START = date(2026, 6, 1), date(2024, 7, 1)


@pytest.fixture(scope="module")
def district(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """Ein Arbeitgeber mit Menschen vor ihrer Umgruppierung."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test", assumed_u2=Decimal("0.39"))
            numbers = ids(session)

            def one(name: str, group: str, step: str, *more: Tatsache, **values: Any) -> Any:
                return tarif.person(numbers, name, group, step, more=more,
                                    **({"since": START, "start": START} | values))

            store(session, [
                one("V059", "E9a", "3"), one("V060", "E5", "1", start=date(2025, 6, 1), since=date(2025, 6, 1)),
                one("garantie", "S8b", "2", scale="TVoeD-SuE", since=date(2026, 1, 1)),
                one("steigt", "E8", "2", since=date(2024, 7, 1)),
                one("runter", "E9b", "3"),
                one("übertragen", "E8", "3", Tatsache(HoehereTaetigkeit, date(2026, 2, 1), {"entgeltgruppe": "E9a"})),
                one("verkürzt", "E8", "3", Tatsache(Stufenregelung, START, {"verkuerzt_monate": 6})),
                one("individuell", "E8", "6", Tatsache(Stufenregelung, START, {"betrag_cent": 500_000})),
                one("ohne", "E8", "3", since=None),
                one("eltern", "E8", "3", Tatsache(Fehlzeit, date(2024, 9, 1), {
                    "art": "elternzeit", "kind_geboren_am": date(2024, 9, 1)}, date(2025, 8, 31))),
                one("amt", "A8", "5", scale="NRW-A", hours="41", full="41"),
            ], reason="Test")
        yield number


def _shown(district: int, tarif: SimpleNamespace, name: str, group: str, day: date) -> Umgruppierung:
    with tenant_session(district, actor="karla") as session:
        return proposed(session, tarif.job_of(session, name), group, day)


def _store(district: int, change: Umgruppierung) -> None:
    with tenant_session(district, actor="karla") as session:
        carry_out(session, change, reason="Stellenbewertung")


def _paid(district: int, tarif: SimpleNamespace, name: str, month: date) -> list[tuple[str, int]]:
    with tenant_session(district, actor="karla") as session:
        calculate(session, month, key=f"{name}-{month}")
        return [(number, cents) for number, _, _, cents in tarif.lines(session, name, month)]


def test_v059_the_same_step_and_a_new_clock(district: int, tarif: SimpleNamespace) -> None:
    change = _shown(district, tarif, "V059", "E9b", date(2026, 6, 17))
    assert (change.hoeher, change.stufe, change.stufe_seit, change.gezahlt_ab) == (True, "3", date(2026, 6, 17), JUNE)
    assert (change.entgelt_bisher, change.entgelt_neu, change.unterschied) == (409_767, 420_356, 10_589)
    assert (change.naechste_stufe, change.naechste_ab) == ("4", JUNE.replace(year=2029))
    assert "§ 17 Abs. 4 TVöD" in change.grund
    _store(district, change)
    assert _paid(district, tarif, "V059", JUNE) == [("1000", 420_356)]
    assert _paid(district, tarif, "V059", date(2026, 5, 1)) == [("1000", 409_767)]


def test_v060_at_least_step_two(district: int, tarif: SimpleNamespace) -> None:
    change = _shown(district, tarif, "V060", "E6", date(2025, 11, 1))
    assert (change.stufe_bisher, change.stufe, change.entgelt_neu) == ("1", "2", 334_655)
    _store(district, change)
    assert _paid(district, tarif, "V060", date(2025, 11, 1)) == [("1000", 334_655)]


def test_the_guarantee_is_recorded_until_the_step_rises(district: int, tarif: SimpleNamespace) -> None:
    change = _shown(district, tarif, "garantie", "S9", JUNE)
    assert (change.garantie, change.unterschied) == (259, 7_737)
    _store(district, change)
    assert ("1006", 259) in _paid(district, tarif, "garantie", JUNE)
    with tenant_session(district, actor="karla") as session:
        (rule,) = session.scalars(select(Stufenregelung).where(
            Stufenregelung.beschaeftigung_id == change.beschaeftigung_id)).all()
        assert (rule.gruppe_bisher, rule.stufe_bisher, rule.valid_to) == ("S8b", "2", date(2028, 5, 31))


def test_a_step_that_rose_by_itself_counts(district: int, tarif: SimpleNamespace) -> None:
    """E8 Stufe 2 seit 01.07.2024: am 01.07.2026 Stufe 3, auch wenn die Akte noch Stufe 2 nennt."""
    assert _shown(district, tarif, "steigt", "E9a", JUNE).stufe == "2"
    assert _shown(district, tarif, "steigt", "E9a", date(2026, 7, 15)).stufe == "3"


def test_down_keeps_the_step_and_its_time(district: int, tarif: SimpleNamespace) -> None:
    change = _shown(district, tarif, "runter", "E8", date(2026, 6, 10))
    assert (change.hoeher, change.stufe, change.stufe_seit) == (False, "3", START)
    assert (change.entgelt_bisher, change.entgelt_neu, change.gezahlt_ab) == (420_356, 384_336, JUNE)
    assert change.naechste_ab == date(2027, 7, 1)


def test_duties_assigned_before_start_the_clock_and_end(district: int, tarif: SimpleNamespace) -> None:
    change = _shown(district, tarif, "übertragen", "E9a", JUNE)
    assert (change.uebertragen, change.stufe_seit) == (date(2026, 2, 1), date(2026, 2, 1))
    _store(district, change)
    assert _paid(district, tarif, "übertragen", JUNE) == [("1000", 409_767)]  # without the allowance of § 14
    assert [number for number, _ in _paid(district, tarif, "übertragen", date(2026, 5, 1))] == ["1000", "1107"]


def test_a_shortening_was_for_the_old_step(district: int, tarif: SimpleNamespace) -> None:
    change = _shown(district, tarif, "verkürzt", "E9a", JUNE)
    _store(district, change)
    with tenant_session(district, actor="karla") as session:
        rules = session.scalars(select(Stufenregelung).where(
            Stufenregelung.beschaeftigung_id == change.beschaeftigung_id, Stufenregelung.superseded_at.is_(None))
            .order_by(Stufenregelung.valid_from)).all()
    assert [(rule.valid_from, rule.verkuerzt_monate) for rule in rules] == [(START, 6), (JUNE, 0)]


@pytest.mark.parametrize(("name", "group", "field", "text"), [
    ("runter", "E9b", "gruppe", "schon die Entgeltgruppe"),
    ("individuell", "E9a", "gruppe", "individuelle Stufe"),
    ("ohne", "E9a", "gueltig_ab", "Stufe seit"),
    ("amt", "A9", "gruppe", "keine Umgruppierung nach § 17"),
    ("runter", "E99", "gruppe", "E99"),
])
def test_what_is_refused(district: int, tarif: SimpleNamespace, name: str, group: str, field: str, text: str) -> None:
    with pytest.raises(UmgruppierungRefused, match=text) as refused:
        _shown(district, tarif, name, group, JUNE)
    assert refused.value.field == field


def test_nothing_before_the_first_grade(district: int, tarif: SimpleNamespace) -> None:
    with pytest.raises(UmgruppierungRefused, match="keine Eingruppierung"):
        _shown(district, tarif, "runter", "E8", date(2024, 6, 30))
