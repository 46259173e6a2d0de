"""Der Vorführkreis hat Zeiten: eine freigegebene Datei kommt im Lauf des zweiten Monats danach an."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.demo.build import build
from payroll.demo.names import ARBEITGEBER
from payroll.runs.explaining import explain_line
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.zeiten.stock import load_stock
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from timekeeping.leave import service as leave
from timekeeping.models import ZeitDatei
from timekeeping.own.account import flexitime
from timekeeping.own.rows import presences
from timekeeping.person_month import Lebenslage, person_month

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
            _own_times(session)
            for line in lines:
                assert explain_line(session, line.public_id, line.position)[0].value > 0


def _own_times(session: Any) -> None:
    """Six people keep their time here: stamps, an open one with its correction, leave granted and waiting."""
    stock = load_stock(session, MARCH)
    accounts = [flexitime(session, one.id, date(2026, 3, 31)) for one in stock.personen.values()]
    assert len([one for one in accounts if one is not None]) == 6
    found, lone = presences(session, MARCH, date(2026, 3, 31))
    assert (len(found), len(lone)) == (22 * 6 - 1, 1)  # March 2026 has 22 working days
    states = Counter((one.art, one.zustand) for one in leave.between(session, MARCH, date(2026, 6, 30)))
    assert states == {("urlaub", "genehmigt"): 3, ("urlaub", "beantragt"): 1, ("gleitzeit", "beantragt"): 1,
                      ("krank", "beantragt"): 1}
    findings = [one for job in {one.beschaeftigung_id for one in found}
                for one in person_month(session, stock, MARCH, job, Lebenslage()).befunde]
    assert "KERNZEIT" in {one.code for one in findings}
