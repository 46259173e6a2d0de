"""Stufen steigen im Lauf von selbst, werden einen Monat vorher genannt, und Regelungen halten sie an oder ändern sie.

Beträge: geprüfte Fälle V059, V065 und die Tabelle TVöD VKA ab 01.05.2026 (E9b Stufe 3: 4203.56, Stufe 4: 4690.55).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import Tatsache, store
from payroll.masterdata.models import (
    Anlasszahlung,
    Beschaeftigungszeit,
    Fehlzeit,
    HoehereTaetigkeit,
    Stufenregelung,
)
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_line
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

MAY, JUNE, START = date(2026, 5, 1), date(2026, 6, 1), date(2020, 1, 1)


@pytest.fixture(scope="module")
def district(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """Ein Arbeitgeber; Mai und Juni 2026 gerechnet."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test", assumed_u2=Decimal("0.39"))
            numbers = ids(session)

            def one(name: str, group: str = "E9b", step: str = "3", *more: Tatsache, **values: object) -> object:
                return tarif.person(numbers, name, group, step, more=more, **values)

            since = {"since": date(2023, 6, 15), "start": date(2024, 1, 1)}
            store(session, [
                one("steigt", **since),
                one("ruht", "E9b", "3", Tatsache(Fehlzeit, date(2025, 1, 1), {"art": "sonderurlaub"},
                                                 date(2025, 3, 31)), **since),
                one("angehalten", "E9b", "3", Tatsache(Stufenregelung, START, {"angehalten": True}), **since),
                one("verkürzt", "E9b", "3", Tatsache(Stufenregelung, START, {"verkuerzt_monate": 12}),
                    since=date(2024, 6, 1), start=date(2024, 6, 1)),
                one("widerspruch", since=date(2018, 1, 1), start=date(2024, 1, 1)),
                one("amt", "A8", "4", scale="NRW-A", hours="41", full="41", since=date(2024, 6, 1),
                    start=date(2024, 6, 1)),
                one("azubi", "Auszubildende", "1", scale="TVAoeD-BBiG", since=date(2025, 6, 16),
                    start=date(2025, 6, 16)),
                one("höher", "E8", "3", Tatsache(HoehereTaetigkeit, date(2026, 6, 16), {"entgeltgruppe": "E9b"})),
                one("kurz", "E8", "3", Tatsache(HoehereTaetigkeit, JUNE, {"entgeltgruppe": "E9b"}, date(2026, 6, 20))),
                one("V065", "E8", hours="42"),
                one("garantie", "S8b", "3", Tatsache(Stufenregelung, JUNE, {"gruppe_bisher": "S8a",
                                                                           "stufe_bisher": "3"}), scale="TVoeD-SuE"),
                one("individuell", "E8", "6", Tatsache(Stufenregelung, START, {"betrag_cent": 500_000}), hours="19.5"),
                one("jubilar", "E8", "5", Tatsache(Beschaeftigungszeit, START, {"seit": date(2001, 6, 10)})),
                one("geht", "E8", "5", Tatsache(Anlasszahlung, date(2026, 6, 30), {"art": "urlaubsabgeltung",
                                                                                   "menge": Decimal("7.5")})),
                one("tot", "E8", "5", own={"verstorben_am": date(2026, 6, 10)}),
            ], reason="Test")
        for month in (MAY, JUNE):
            with tenant_session(number, actor="karla") as session:
                calculate(session, month, key=f"{month}")
        yield number


def _table(session: object, tarif: SimpleNamespace, name: str, month: date) -> int:
    return int(tarif.result(session, name, month).tabellenentgelt)


def test_a_step_is_paid_from_the_first_of_the_month_and_announced_before(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert (_table(session, tarif, "steigt", MAY), _table(session, tarif, "steigt", JUNE)) == (420_356, 469_055)
        (before,) = [rule for level, field, rule in tarif.findings(session, "steigt", MAY) if field == "stufe"]
        assert "steigt im nächsten Monat ab 01.06.2026 in Stufe 4" in before
        assert "3 Jahre in Stufe 3 seit 15.06.2023" in before


def test_unpaid_leave_of_three_months_delays(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert _table(session, tarif, "ruht", JUNE) == 420_356
        assert tarif.findings(session, "ruht", JUNE) == []


def test_decisions_about_steps(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert _table(session, tarif, "angehalten", JUNE) == 420_356
        assert (_table(session, tarif, "verkürzt", MAY), _table(session, tarif, "verkürzt", JUNE)) == (420_356, 469_055)


def test_what_should_have_risen_before_is_for_the_clerk(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert _table(session, tarif, "widerspruch", JUNE) == 420_356
        assert [(level, field) for level, field, _ in tarif.findings(session, "widerspruch", JUNE)] == [
            ("warnung", "stufe_seit")]


def test_civil_servants_and_trainees_advance_too(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert _table(session, tarif, "amt", JUNE) > _table(session, tarif, "amt", MAY)
        first, second = tarif.lines(session, "azubi", JUNE)  # 1368.26 x 15/30 and 1418.20 x 15/30
        assert (first[1], first[3], second[1], second[3]) == ("1.–15.", 68_413, "16.–30.", 70_910)


def test_higher_duties_pay_the_difference_from_the_first_day(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        # E8 step 3 is 3843.36 (V065), E9b step 3 4203.56 (V059): 360.20 x 15/30
        assert tarif.lines(session, "höher", JUNE)[1] == ("1107", "16.–30. E9b", "LLJ", 18_010)
        assert [number for number, *_ in tarif.lines(session, "kurz", JUNE)] == ["1000"]
        assert any(field == "hoehere_taetigkeit" for _, field, _ in tarif.findings(session, "kurz", JUNE))


def test_raised_hours(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        table, premium = tarif.lines(session, "V065", JUNE)
        assert table[3] == 413_900  # V065
        # hour of step 3: 3843.36 / 169.57 = 22.67; 25 % = 5.67; 4.348 x 3 = 13.04 hours
        assert premium == ("1005", "", "LLJ", 7_394)  # § 8 Abs. 7; 1004 is the raised pay itself


def test_guarantee_and_individual_amounts(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert [number for number, *_ in tarif.lines(session, "individuell", JUNE)] == ["1000", "1003"]
        table, extra = tarif.lines(session, "individuell", JUNE)
        assert table[3] + extra[3] == 250_000  # half of 5,000.00
        gain = _table(session, tarif, "garantie", JUNE)
        assert gain > 0


def test_occasions(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert tarif.lines(session, "jubilar", JUNE)[1] == ("1606", "am 10.06.2026", "SEN", 35_000)
        assert any("Jubiläum am 10.06.2026" in rule for *_, rule in tarif.findings(session, "jubilar", MAY))
        # E8 step 5 from May 2026: 4153.50 (V047); 4153.50 x 3 / 65 = 191.70; x 7.5
        assert tarif.lines(session, "geht", JUNE)[1] == ("1609", "7,50 Tage", "SEN", 143_775)
        # rest of June 4153.50 x 20/30 = 2769.00, two months 8307.00
        assert any(field == "sterbegeld" and "11.076,00 €" in rule
                   for _, field, rule in tarif.findings(session, "tot", JUNE))


@pytest.mark.parametrize("name", ["höher", "V065", "individuell", "jubilar", "geht", "azubi"])
def test_every_line_is_explained(district: int, tarif: SimpleNamespace, name: str) -> None:
    with tenant_session(district, actor="karla") as session:
        own = tarif.result(session, name, JUNE)
        for position, line in enumerate(tarif.lines(session, name, JUNE), 1):
            assert sum(one.value for one in explain_line(session, own.public_id, position)) == line[3]
