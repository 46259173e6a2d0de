"""Der Vorführkreis hat Zeiten: eine freigegebene Datei kommt im Lauf des zweiten Monats danach an."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from sqlalchemy import func, select

from payroll.demo.build import build
from payroll.demo.names import ARBEITGEBER
from payroll.runs.explaining import explain_line
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from timekeeping.models import ZeitDatei

TOWN = tuple(a for a in ARBEITGEBER if a.number == "210")
MARCH = date(2026, 3, 1)
SHIFTS = 3 * 3 * 4  # three shifts in three weeks for four people


def test_stamps_reach_the_run_two_months_later(fresh_database: Callable[[], AbstractContextManager[Dsns]]) -> None:
    with fresh_database():
        assert build(lambda _: None, closed_until=2, employers=TOWN)
        with platform_session(actor="test") as session:
            (tenant,) = (t.id for t in service.list_tenants(session))
        with tenant_session(tenant, actor="test") as session:
            file = session.scalars(select(ZeitDatei)).one()
            assert (file.zustand, file.zeilen, file.eingelesen_von == file.freigegeben_von) == (
                "freigegeben", SHIFTS, False)
            lines = session.execute(
                select(Ergebnis.public_id, Ergebniszeile.position, Ergebniszeile.lohnart, Ergebniszeile.merkmale)
                .join(Ergebnis, Ergebnis.id == Ergebniszeile.ergebnis_id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
                .where(Lauf.monat == MARCH, Ergebniszeile.einzelheit.contains("01/2026"),
                       Ergebniszeile.einzelheit.contains("×"))).all()
            assert {line.lohnart for line in lines} >= {"1200", "1201"}  # nights and Sundays
            assert session.scalar(select(func.count(Lauf.id))) == 3
            for line in lines:
                assert explain_line(session, line.public_id, line.position)[0].value > 0
