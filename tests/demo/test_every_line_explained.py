"""Jede Zeile und jeder Wert der Abrechnungen des Vorführkreises hat einen Rechenweg bis zu Angaben und Recht."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.demo.build import build
from payroll.demo.names import ARBEITGEBER
from payroll.law.engine import Explanation
from payroll.runs import explaining
from payroll.runs.models import Ergebnis, Ergebniszeile
from payroll.runs.values import TITLES
from payroll.statements.explanations import TEXTS
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.models import Tenant

SMALL = tuple(a for a in ARBEITGEBER if a.number in ("210", "240"))
MONTH = date(2026, 2, 1)


def _grounded(told: Explanation) -> None:
    """Angaben oder Rechtswerte am Anfang, jeder Schritt mit Recht und deutschem Titel, jeder Rechtswert mit Quelle."""
    assert told.facts or told.sources
    assert told.steps
    held = {fact.name for fact in told.facts} | {source.name for source in told.sources}
    for step in told.steps:
        assert step.law.strip()
        assert step.title
        assert "_" not in step.title
        assert set(step.uses) <= held, f"{step.name} nennt, was die Erklärung nicht zeigt: {set(step.uses) - held}"
        held.add(step.name)
    for source in told.sources:
        assert source.law.strip()
        assert source.source.strip()
    assert all("_" not in fact.title for fact in told.facts)


def _values(session: TenantSession) -> dict[str, Any]:
    """Je Wert eine Abrechnung, in der er nicht null ist."""
    found = {}
    for name in TITLES:
        row = session.scalars(select(Ergebnis.public_id).where(getattr(Ergebnis, name) != 0,
                                                               Ergebnis.monat == MONTH).limit(1)).first()
        if row is not None and name != "tabellenentgelt":
            found[name] = row
    return found


def _lines(session: TenantSession) -> list[Any]:
    """Je Lohnart und Merkmal eine Zeile."""
    first = (select(func.min(Ergebniszeile.id)).join(Ergebnis, Ergebnis.id == Ergebniszeile.ergebnis_id)
             .where(Ergebnis.monat == MONTH)
             .group_by(Ergebniszeile.bereich, Ergebniszeile.lohnart, Ergebniszeile.merkmale))
    return list(session.execute(select(Ergebnis.public_id, Ergebniszeile.position, Ergebniszeile.lohnart)
                                .join(Ergebnis, Ergebnis.id == Ergebniszeile.ergebnis_id)
                                .where(Ergebniszeile.id.in_(first))).all())


def test_every_kind_of_line_and_value(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> None:
    with fresh_database():
        assert build(lambda _: None, closed_until=1, employers=SMALL)
        seen: set[str] = set()
        kinds: set[str] = set()
        for number in _tenants():
            with tenant_session(number, actor="karla") as session:
                for name, result in _values(session).items():
                    _grounded(explaining.explain_result(session, result, name))
                    seen.add(name)
                for result, position, wage_type in _lines(session):
                    pieces = explaining.explain_line(session, result, position)
                    assert pieces
                    for piece in pieces:
                        _grounded(piece)
                    kinds.add(wage_type)
        assert {"lohnsteuer", "kv_an", "rv_ag", "u2", "zv_umlage", "pauschsteuer_2", "auszahlung"} <= seen
        assert {"1000", "1700", "2000", "2004", "1650", "4200"} <= kinds
        # supplement after six weeks, maternity supplement, jubilee, leave compensation: what happened to people
        assert {"1504", "1506", "1606", "1609"} <= kinds
        assert {name for name in seen if name not in TEXTS} <= TOLD_ELSEWHERE


# Parts of another line of the slip: employees read them in the sentence of that line.
TOLD_ELSEWHERE = {"lohnsteuer_einmal", "zv_individuell", "zv_hinzurechnung", "zv_entgelt"}


def _tenants() -> list[int]:
    with platform_session(actor="test") as session:
        return list(session.scalars(select(Tenant.id).where(Tenant.demo)))
