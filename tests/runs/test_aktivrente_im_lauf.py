"""Aktivrente im Lauf (§ 3 Nr. 21 EStG): ab dem Monat nach der Regelaltersgrenze, von selbst und erklärt.

Erwartung: geboren am 15. Januar 1960, Grenze mit 66 Jahren und 4 Monaten im Mai 2026 (§ 235 Abs. 2 SGB VI), also frei
ab Juni; der Steuerbrutto sinkt um genau 2.000 Euro, der Beitragsbrutto bleibt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import func, update

from payroll.filings.meldungen.jahreswerte import tax_free_after_retirement_age
from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import NeuePerson, store
from payroll.masterdata.models import Steuermerkmale, Versicherung
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_result
from payroll.runs.models import Lauf
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
BORN = {"geburtsdatum": date(1960, 1, 15)}


@pytest.fixture(scope="module")
def employer(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """Zwei mit gleichem Entgelt, nur eine über der Grenze; Mai und Juni 2026 gerechnet."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test", assumed_u2=Decimal("0.39"))
            people = [tarif.person(ids(session), "Alt", "E9b", "4", own=BORN), tarif.person(ids(session), "Jung")]
            (insured,) = [one for one in people[0].beschaeftigungen[0].tatsachen if one.model is Versicherung]
            insured.values.update({"beitragsgruppe": "3321", "personengruppe": 119})
            for name, declared in (("Sechs", False), ("Erklärt", True)):
                people.append(_second(tarif.person(ids(session), name, "E9b", "4", own=BORN), declared))
            store(session, people, reason="Test")
            for month in (MAY, JUNE):
                calculate(session, month, key=f"{month}")
        yield number


def _second(person: NeuePerson, declared: bool) -> NeuePerson:
    """Zweite Beschäftigung nach Klasse VI, mit oder ohne Erklärung."""
    for one in person.beschaeftigungen[0].tatsachen:
        if one.model is Versicherung:
            one.values.update({"beitragsgruppe": "3321", "personengruppe": 119})
        if one.model is Steuermerkmale:
            one.values.update({"steuerklasse": 6, "aktivrente_erklaerung": declared})
    return person


def test_class_six_needs_the_statement(employer: int, tarif: SimpleNamespace) -> None:
    """§ 3 Nr. 21 EStG: in Klasse VI nur mit der Erklärung, dass die Befreiung nirgends sonst genutzt wird."""
    with tenant_session(employer, actor="karla") as session:
        without, stated = (tarif.result(session, name, JUNE) for name in ("Sechs", "Erklärt"))
    assert without.steuerbrutto - stated.steuerbrutto == 200_000
    assert without.sv_brutto_rv == stated.sv_brutto_rv
    assert stated.lohnsteuer < without.lohnsteuer


def test_free_from_the_month_after_the_age(employer: int, tarif: SimpleNamespace) -> None:
    with tenant_session(employer, actor="karla") as session:
        may, june = tarif.result(session, "Alt", MAY), tarif.result(session, "Alt", JUNE)
        young = [tarif.result(session, "Jung", month) for month in (MAY, JUNE)]
    assert may.gesamtbrutto == june.gesamtbrutto
    assert may.steuerbrutto - june.steuerbrutto == 200_000
    assert june.sv_brutto_kv == may.sv_brutto_kv
    assert 0 <= june.lohnsteuer < may.lohnsteuer
    assert june.netto > may.netto
    assert young[0].steuerbrutto == young[1].steuerbrutto


def test_the_explanation_names_the_law(employer: int, tarif: SimpleNamespace) -> None:
    with tenant_session(employer, actor="karla") as session:
        found = explain_result(session, tarif.result(session, "Alt", JUNE).public_id, "steuerbrutto")
    text = repr(found)
    assert "§ 3 Nr. 21 EStG" in text
    assert "aktivrente_laufend" in text


def test_the_certificate_has_it_in_a_free_line(employer: int, tarif: SimpleNamespace) -> None:
    """year_end.md Abschnitt 4: der steuerfreie Betrag steht nicht in Nr. 3, sondern in einer freien Zeile."""
    with tenant_session(employer, actor="karla") as session:
        old, young = (tarif.result(session, name, JUNE).beschaeftigung_id for name in ("Alt", "Jung"))
        assert tax_free_after_retirement_age(session, 2026, [old, young]) == ({}, set())  # nothing is closed yet
        with session.begin_nested() as attempt:
            session.execute(update(Lauf).values(
                zustand="abgeschlossen", geprueft_von="a", freigegeben_von="b", gemeinde_von="c",
                abgeschlossen_am=func.now()))
            assert tax_free_after_retirement_age(session, 2026, [old, young]) == ({old: 200_000, young: 0}, set())
            attempt.rollback()
