"""Ein Jahr und der Beginn des nächsten durch echte Läufe: SV-Luft, Märzklausel, Entstehungsprinzip, Kappung.

Von Hand nach § 23a SGB IV und den Rechengrößen: KV 2025 5.512,50, 2026 5.812,50; RV 2025 8.050, 2026 8.450 Euro;
Sätze je Seite KV 7,3, RV 9,3 Prozent, Zusatzbeitrag 2025 1,25 und 2026 1,45 Prozent. Kein Vortragswert hilft: alle
Jahressummen stammen aus den abgeschlossenen Monaten.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select

from payroll.law.benefits import church_cap
from payroll.law.encode import LAENDER
from payroll.masterdata.settings import record_settings
from payroll.runs.models import Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.session import platform_session
from tenants.models.tenant import Tenant

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

ONE_OFF, FIXED = 1602, 1008
YEAR = [date(2025, month, 1) for month in range(1, 13)]
NOV, DEC = YEAR[10:]
JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))


def _once(desk: Desk, number: str, cents: int, month: date) -> None:
    desk.pay(number, ONE_OFF, cents, month, month.replace(day=28))


def _figures(desk: Desk, number: str, month: date) -> tuple[int, ...]:
    one = desk.result(number, month)
    return one.sv_brutto_kv, one.sv_brutto_rv, one.kv_an, one.zb_an, one.rv_an


def test_a_year_of_one_off_pay_and_its_march(desk: Desk) -> None:
    entry = date(2025, 1, 1)
    desk.hire(*(desk.person(number, pay, entry=entry) for number, pay in (
        ("Luft", 500_000), ("März", 540_000), ("Neu", 500_000))), recorded_at=None)
    _once(desk, "Luft", 800_000, NOV)
    _once(desk, "Neu", 800_000, NOV)
    _once(desk, "Luft", 100_000, DEC)
    _once(desk, "Luft", 300_000, FEB)
    _once(desk, "März", 300_000, FEB)
    _once(desk, "März", 300_000, MAR)
    for month in (*YEAR, JAN, FEB):
        desk.close(month)
    # KV: 11 x 5512.50 - 11 x 5000 = 5637.50 of 8000 are left; RV: all of it
    assert _figures(desk, "Luft", NOV) == (1_063_750, 1_300_000, 77_654, 13_297, 120_900)
    # the year ends at the ceiling: 66150 - 60637.50 - 5000 = 512.50 of 1000
    assert _figures(desk, "Luft", DEC)[:2] == (551_250, 600_000)
    # February: 2 x 5812.50 - 10000 = 1625 are less than 3000, so all of it goes to 2025, where KV has no room left
    late = desk.result("Luft", FEB)
    assert (late.sv_brutto_kv, late.sv_brutto_kv_vorjahr, late.sv_brutto_rv_vorjahr) == (500_000, 0, 300_000)
    assert (late.kv_an, late.rv_an) == (36_500, 46_500 + 27_900)
    # 66150 - 12 x 5400 = 1350 are left in 2025, charged by its rates: 7.3 % and 1.25 %
    march = desk.result("März", FEB)
    assert (march.sv_brutto_kv, march.sv_brutto_kv_vorjahr, march.sv_brutto_rv_vorjahr) == (540_000, 135_000, 300_000)
    assert (march.kv_an, march.zb_an, march.rv_an) == (39_420 + 9_855, 7_830 + 1_688, 50_220 + 27_900)
    assert march.steuerbrutto == 840_000  # taxed in the month of payment
    _correct_the_year_before(desk)


def _correct_the_year_before(desk: Desk) -> None:
    """Erst im März bekannt: „Neu“ verdiente seit Oktober 5.400. Jeder Monat nach seinem Jahr (Entstehungsprinzip)."""
    desk.pay("Neu", FIXED, 540_000, date(2025, 10, 1))
    desk.close(MAR)
    second = desk.result("März", MAR)
    # the room of 2025 in KV is used up by February; 3 x 5812.50 - 16200 = 1237.50 are less than 3000
    assert (second.sv_brutto_kv, second.sv_brutto_kv_vorjahr, second.sv_brutto_rv_vorjahr) == (540_000, 0, 300_000)
    found = _booked(desk)
    assert found[date(2025, 10, 1), "sv_brutto_kv"] == (500_000, 540_000)
    # November: 5400 and 60637.50 - 9 x 5000 - 2 x 5400 = 4837.50 of the one-off
    assert found[NOV, "sv_brutto_kv"] == (1_063_750, 540_000 + 483_750)
    assert found[NOV, "sv_brutto_rv"] == (1_300_000, 1_340_000)
    assert found[NOV, "kv_an"] == (77_654, 74_734)  # 10237.50 x 7.3 % = 747.3375, as in 2025
    assert found[DEC, "zb_an"] == (6_250, 6_750)  # 1.25 % of 2025, not the 1.45 % of the month of payment
    assert found[JAN, "zb_an"] == (7_250, 7_830)


def _booked(desk: Desk) -> dict[tuple[date, str], tuple[int, int]]:
    with desk.session() as session:
        rows = session.execute(
            select(Rueckrechnung.monat, RueckrechnungZeile.name, RueckrechnungZeile.alt, RueckrechnungZeile.neu)
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .where(Lauf.monat == MAR, Rueckrechnung.art == "entstehung", RueckrechnungZeile.bereich == "wert",
                   Rueckrechnung.beschaeftigung_id == desk.jobs["Neu"]))
        return {(row.monat, row.name): (row.alt, row.neu) for row in rows}


def test_the_cap_of_church_tax_in_a_run(new_desk: Callable[[], Desk]) -> None:
    """Berlin, 3 % (Arbeitsunterlage zur Lohnsteuer): erst ab der Einstellung, nur Mitglieder mit so viel."""
    desk = new_desk()
    with platform_session(actor="test") as session:
        session.scalars(select(Tenant).where(Tenant.id == desk.tenant)).one().bundesland = "BE"
    with desk.session() as session:
        record_settings(session, valid_from=FEB, reason="Beschluss", kirchensteuer_kappung=True)
    desk.hire(desk.person("Hoch", 1_500_000, konfession="ev"), desk.person("Klein", 400_000, konfession="ev"),
              desk.person("Ohne", 1_500_000))
    for month in (JAN, FEB):
        desk.close(month)
    before, after = (desk.result("Hoch", month) for month in (JAN, FEB))
    capped = church_cap(FEB, {name: np.array([value]) for name, value in {
        "brutto": 1_500_000, "konfession": 1, "bundesland_kirche": LAENDER.index("BE"), "steuerklasse": 1,
        "beitragsgruppe_kv": 1, "beitragsgruppe_rv": 1, "beitragsgruppe_av": 1, "beitragsgruppe_pv": 1,
        "personengruppe": 101, "kv_art": 0, "zusatzbeitrag": 29_000, "sv_tage_bisher": 30}.items()})
    less = int(capped["kirchensteuer_kappung"][0])
    assert less > 0
    assert (before.kirchensteuer - after.kirchensteuer, after.netto - before.netto) == (less, less)
    assert desk.result("Klein", JAN).kirchensteuer == desk.result("Klein", FEB).kirchensteuer > 0
    assert desk.result("Ohne", FEB).kirchensteuer == 0
