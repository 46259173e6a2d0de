"""Abgleich des Laufs mit dem Stellenplan: Befunde, niemand wird aufgehalten, feste Zahl von Abfragen."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import event

from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import store
from payroll.masterdata.slices import load_month
from payroll.runs import staffing
from payroll.runs.calculate import calculate
from staffplan import notes, occupancy, organisation, posts
from staffplan.state import Besetzung, Stelle, Vermerk
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, platform_session, tenant_session

MONTH, START = date(2026, 2, 1), date(2020, 1, 1)
PEOPLE = ("sitzt", "ohne", "hoch", "begruendet", "anders", "gesperrt", "weg")
GRADES = {"hoch": "E8", "begruendet": "E8"}


@pytest.fixture(scope="module")
def tenant(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: Any) -> Iterator[int]:
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test")
            numbers = ids(session)
            people = [tarif.person(numbers, name, GRADES.get(name, "E6")) for name in PEOPLE]
            store(session, people, reason="Test")
        yield number


def _seat(session: TenantSession, name: str, held: str = "E6", **more: Any) -> None:
    posts.create(session, Stelle(f"S-{name}", "Sachbearbeitung", "stelle", "E6", Fraction(1), "1", ab=START,
                                 beschluss="Bestand"), reason="Bestand")  # fmt: skip
    occupancy.occupy(session, Besetzung(f"S-{name}", name, Fraction(1), held, more.pop("since", START), **more),
                     reason="Bestand")


def _rules(session: TenantSession, tarif: Any, name: str) -> list[str]:
    return [rule for level, _field, rule in tarif.findings(session, name, MONTH) if "Stelle" in rule]


def test_without_a_staffing_plan_nothing_is_said(tenant: int) -> None:
    with tenant_session(tenant, actor="karla") as session:
        facts = load_month(session, MONTH)
        assert (facts.size, staffing.findings(session, facts)) == (len(PEOPLE), [])


def test_payroll_says_who_sits_nowhere_blocked_or_above(tenant: int, tarif: Any) -> None:
    with tenant_session(tenant, actor="karla") as session:
        organisation.unit(session, "1", name="Amt", ab=START, reason="Aufbau")
        for name in ("sitzt", "hoch", "weg"):
            _seat(session, name)
        _seat(session, "begruendet", "E8", begruendung="Besitzstand")
        _seat(session, "anders", "E5")
        _seat(session, "gesperrt", since=date(2026, 2, 1))
        notes.put(session, "S-gesperrt", Vermerk("sperre", date(2026, 1, 1)), reason="Haushaltssperre")
        calculate(session, MONTH, key=str(uuid.uuid4()))
    with tenant_session(tenant, actor="karla") as session:
        assert _rules(session, tarif, "sitzt") == []
        assert _rules(session, tarif, "begruendet") == []
        assert _rules(session, tarif, "ohne") == [
            "wird bezahlt, sitzt aber auf keiner Stelle des Stellenplans (§ 8 KomHVO NRW)"]
        assert _rules(session, tarif, "hoch") == ["wird nach E8 bezahlt, Stelle S-hoch ist mit E6 bewertet"]
        assert _rules(session, tarif, "anders") == [
            "wird nach E6 bezahlt, im Stellenplan steht die Person mit E5 auf Stelle S-anders"]
        assert _rules(session, tarif, "gesperrt") == [
            "wird auf Stelle S-gesperrt bezahlt, die bei der Besetzung gesperrt war"]
        assert {tarif.result(session, name, MONTH).monat for name in PEOPLE} == {MONTH}


def test_the_number_of_statements_is_the_same_for_any_number_of_people(tenant: int) -> None:
    with tenant_session(tenant, actor="karla") as session:
        few, many = load_month(session, MONTH, only=[]), load_month(session, MONTH)
        assert few.size < many.size
        counted = [_statements(session, facts) for facts in (load_month(session, MONTH, only=_first(many)), many)]
    assert counted[0] == counted[1] <= 13


def _first(facts: Any) -> list[int]:
    return [int(facts.cases["beschaeftigung_id"][0])]


def _statements(session: TenantSession, facts: Any) -> int:
    counted: list[str] = []

    def note(connection: Any, cursor: Any, text: str, *rest: Any) -> None:
        counted.append(text)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    staffing.findings(session, facts)
    event.remove(session.get_bind(), "before_cursor_execute", note)
    return len(counted)
