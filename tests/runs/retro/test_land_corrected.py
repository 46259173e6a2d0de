"""Ein falsch erfasstes Land: der nächste Lauf rechnet nach, die Kenntnis von früher bleibt, wie sie war."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from payroll.masterdata import land
from payroll.runs.models import Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants import employers
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session
from tenants.models.tenant import Tenant

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))


def correct(desk: Desk, to: str, reason: str) -> None:
    with platform_session(actor="vera") as session:
        row = session.scalars(select(Tenant).where(Tenant.id == desk.tenant)).one()
        employers.change(session, row, {"bundesland": to}, reason=reason, land=land.corrected)


def test_corrected_back_before_the_next_run_nothing_is_calculated_again(new_desk: Callable[[], Desk]) -> None:
    """NW, BY, NW: was galt und gilt, ist dasselbe; danach BY zählt wieder."""
    desk = new_desk()
    desk.hire(desk.person("Kirche", 400_000, konfession="ev"))
    desk.close(JAN)
    correct(desk, "BY", "Betriebsstätte in Bayern")
    correct(desk, "NW", "doch nicht")

    def again(month: date) -> int:
        desk.close(month)
        with desk.session() as session:
            return len(session.scalars(select(Rueckrechnung.id).join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
                                       .where(Lauf.monat == month)).all())

    assert again(FEB) == 0
    correct(desk, "BY", "endgültig")
    assert again(MAR) == 2


def test_closed_months_are_calculated_again_with_the_right_land(new_desk: Callable[[], Desk]) -> None:
    """Kirchensteuer: 9 % der Lohnsteuer in Nordrhein-Westfalen, 8 % in Bayern, Bruchteile eines Cents entfallen."""
    desk = new_desk()
    desk.hire(desk.person("Kirche", 400_000, konfession="ev"), desk.person("Ohne", 400_000))
    desk.close(JAN)
    wrong = desk.result("Kirche", JAN)
    assert wrong.kirchensteuer == wrong.lohnsteuer * 9 // 100 > 0
    at_that_time = datetime.now(UTC)
    correct(desk, "BY", "Betriebsstätte in Bayern")
    with desk.session() as session:
        assert (land.known_land(session, None), land.known_land(session, at_that_time)) == ("BY", "NW")
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "arbeitgeber.land_berichtigt")).one()
        assert (entry.details, entry.reason, entry.actor) == (
            {"bundesland": "BY", "vorher": "NW"}, "Betriebsstätte in Bayern", "vera")
    desk.close(FEB)
    right = desk.result("Kirche", FEB)
    assert right.kirchensteuer == right.lohnsteuer * 8 // 100
    with desk.session() as session:
        rows = session.execute(
            select(Rueckrechnung.beschaeftigung_id, RueckrechnungZeile.alt, RueckrechnungZeile.neu)
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .where(Lauf.monat == FEB, Rueckrechnung.monat == JAN, RueckrechnungZeile.name == "kirchensteuer")).all()
        assert [tuple(row) for row in rows] == [
            (desk.jobs["Kirche"], wrong.kirchensteuer, wrong.lohnsteuer * 8 // 100)]
    again = datetime.now(UTC)
    correct(desk, "HE", "doch Hessen")
    with desk.session() as session:
        assert [land.known_land(session, one) for one in (at_that_time, again, None)] == ["NW", "BY", "HE"]
    desk.close(MAR)
    assert desk.result("Kirche", MAR).kirchensteuer == wrong.kirchensteuer, "9 % in Hessen"
