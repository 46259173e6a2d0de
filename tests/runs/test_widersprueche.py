"""Was an Tarif und Besoldung nicht zusammenpasst, ist ein Befund mit Recht und Abhilfe; bezahlt werden alle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.masterdata.catalogue import Ids, ids, seed
from payroll.masterdata.intake import Tatsache, store
from payroll.masterdata.models import (
    Anlasszahlung,
    Beschaeftigungszeit,
    Fehlzeit,
    HoehereTaetigkeit,
    Stufenregelung,
)
from payroll.runs.calculate import calculate
from payroll.runs.models import Ergebnis
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

JUNE, LONG = date(2026, 6, 1), date(2020, 1, 1)
# name: field, what its rule says
EXPECTED = {
    "43 Stunden": ("wochenstunden", "mehr als 42 lassen sich nicht vereinbaren (§ 6 Abs. 1a TVöD)"),
    "Beamter 42": ("wochenstunden", "über die regelmäßige Arbeitszeit hinaus"),
    "Beamter höher": ("hoehere_taetigkeit", "kennt nur der TVöD (§ 14 TVöD), bezahlt wird nach NRW-A"),
    "Beamter Stufe": ("stufenregelung", "sie wirken nicht"),
    "Beamter Tarif": ("Lohnart 1111", "ist eine Lohnart für Beschäftigte nach Tarif"),
    "Tarif Beamter": ("Lohnart 2009", "ist eine Lohnart für Beamtinnen und Beamte"),
    "niedriger": ("hoehere_taetigkeit", "bringt kein höheres Entgelt"),
    "später": ("beschaeftigungszeit", "nach dem Eintritt"),
    "bleibt": ("anlasszahlung", "§ 7 Abs. 4 BUrlG"),
    "ungeboren": ("fehlzeit", "erst am 01.07.2026 geboren"),
    "neun Jahre": ("fehlzeit", "achten Geburtstag (§ 15 Abs. 2 BEEG)"),
    "33 Stunden": ("wochenstunden", "höchstens 32 Wochenstunden erlaubt (§ 15 Abs. 4 BEEG)"),
}


def _people(tarif: SimpleNamespace, numbers: Ids) -> Iterator[Any]:
    def tariff(name: str, *more: Tatsache, **other: Any) -> Any:
        return tarif.person(numbers, name, more=more, **other)

    def official(name: str, *more: Tatsache, **other: Any) -> Any:
        return tarif.person(numbers, name, "A9", "6", more=more, **{"scale": "NRW-A", "hours": "41", "full": "41"}
                            | other)

    def away(art: str, born: date) -> Tatsache:
        return Tatsache(Fehlzeit, JUNE, {"art": art, "kind_geboren_am": born})

    duty = Tatsache(HoehereTaetigkeit, LONG, {"entgeltgruppe": "E9b"})
    yield tariff("43 Stunden", hours="43")
    yield official("Beamter 42", hours="42")
    yield official("Beamter höher", duty)
    yield official("Beamter Stufe", Tatsache(Stufenregelung, LONG, {"verkuerzt_monate": 6}))
    yield official("Beamter Tarif", payments=[(1111, 10_000)])
    yield tariff("Tarif Beamter", payments=[(2009, 10_000)])
    yield tariff("niedriger", Tatsache(HoehereTaetigkeit, LONG, {"entgeltgruppe": "E5"}))
    yield tariff("später", Tatsache(Beschaeftigungszeit, LONG, {"seit": date(2021, 1, 1)}))
    yield tariff("bleibt", Tatsache(Anlasszahlung, JUNE, {"art": "urlaubsabgeltung", "menge": Decimal(3)}))
    yield tariff("ungeboren", away("elternzeit", date(2026, 7, 1)))
    yield tariff("neun Jahre", away("elternzeit", date(2017, 3, 1)))
    yield tariff("33 Stunden", away("elternzeit_teilzeit", date(2025, 3, 1)), hours="33")
    yield tariff("in Ordnung", duty, away("elternzeit_teilzeit", date(2025, 3, 1)), hours="19.5")


@pytest.fixture(scope="module")
def month(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[Any]:
    """Befunde je Person im Juni 2026 und die Zahl der Ergebnisse."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test", assumed_u2=Decimal("0.39"))
            store(session, list(_people(tarif, ids(session))), reason="Test")
            calculate(session, JUNE, key="juni")
            found = {name: tarif.findings(session, name, JUNE) for name in (*EXPECTED, "in Ordnung")}
            yield SimpleNamespace(found=found, count=session.scalar(select(func.count(Ergebnis.id))))


@pytest.mark.parametrize("name", list(EXPECTED))
def test_a_contradiction_is_a_warning_and_stops_nobody(month: Any, name: str) -> None:
    field, words = EXPECTED[name]
    said = [rule for level, where, rule in month.found[name] if (level, where) == ("warnung", field)]
    assert any(words in rule for rule in said), month.found[name]
    assert not any(level == "fehler" for level, _, _ in month.found[name])


def test_all_are_paid_and_what_is_in_order_is_left_alone(month: Any) -> None:
    assert month.count == len(EXPECTED) + 1
    assert not any(field in ("wochenstunden", "fehlzeit", "hoehere_taetigkeit") and level == "warnung"
                   for level, field, _ in month.found["in Ordnung"])
