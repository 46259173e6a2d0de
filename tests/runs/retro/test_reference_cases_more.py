"""Weitere durchgerechnete Rückrechnungen: R05, R12 und R15 der Sammlung (Rechtsstand November 2026), auf den Cent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from payroll.masterdata.models import Fehlzeit, Pfaendung
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Lauf

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

OVERTIME = 1300


def test_r05_pay_of_december_after_the_third_week_is_one_off_with_contributions_of_december(desk: Desk) -> None:
    """420,00 € für Dezember 2025, gezahlt Ende Januar 2026: Beiträge im Dezember, Steuer im Monat der Zahlung."""
    desk.hire(desk.person("R05", ("E7", "4")))
    desk.close(date(2025, 12, 1))
    desk.pay("R05", OVERTIME, 42_000, date(2025, 12, 1), date(2025, 12, 31))
    found = desk.preview(date(2026, 1, 1))["R05"]
    (december,) = [b for b in found.monate if b.art == "entstehung"]
    assert december.monat == date(2025, 12, 1)
    shares = {name: december.betrag(name) for name in ("pv_an", "rv_an", "av_an")}
    assert shares == {"pv_an": 756, "rv_an": 3_906, "av_an": 546}
    assert december.betrag("kv_an") + december.betrag("zb_an") == 3_591
    assert december.betrag("lohnsteuer") == 0  # R 39b.2 Abs. 2 Nr. 8 LStR
    (receipt,) = [b for b in found.monate if b.art == "zufluss"]
    assert (receipt.monat, receipt.betrag("steuerbrutto")) == (date(2026, 1, 1), 42_000)
    assert receipt.betrag("lohnsteuer") > 0


def test_r12_the_end_of_sick_pay_known_late(desk: Desk) -> None:
    """Sechs Wochen endeten am 14. September 2026, der September war ganz gezahlt: netto 1.144,62 € zu viel."""
    desk.hire(desk.person("R12", ("E6", "4")))
    for month in (8, 9):
        desk.close(date(2026, month, 1))
    assert desk.result("R12", date(2026, 9, 1)).netto == 246_910
    desk.record(Fehlzeit, "R12", date(2026, 8, 4), valid_to=date(2026, 10, 31), art="krankheit")
    found = desk.preview(date(2026, 10, 1))["R12"]
    assert [b.monat for b in found.monate] == [date(2026, 9, 1)]
    (september,) = found.monate
    new = {name: september.wert(name)[1] for name in ("gesamtbrutto", "lohnsteuer", "pv_an", "rv_an", "av_an", "netto")}
    assert new == {"gesamtbrutto": 173_564, "lohnsteuer": 4_408, "pv_an": 3_124, "rv_an": 16_141, "av_an": 2_256,
                   "netto": 132_448}
    assert september.wert("kv_an")[1] + september.wert("zb_an")[1] == 15_187
    assert september.differenz("netto") == -114_462
    assert september.wert("sv_tage") == (30, 14)


def test_r15_back_pay_meets_a_garnishment_without_arrears(desk: Desk) -> None:
    """Zugestellt am 20. Mai 2025 ohne Rückstände: April frei, Mai bis Juli je 42,00 €, zusammen 126,00 €."""
    desk.hire(desk.person("R15", 362_868, konfession="rk", elterneigenschaft=False, pension=True))
    served = date(2025, 5, 20)
    desk.record(Pfaendung, "R15", served, nummer=1, art="gewoehnlich", glaeubiger="G", zugestellt_am=served,
                iban="DE02120300000000202051", iban_ende="2051", unterhaltsberechtigte=0)
    months = [date(2025, month, 1) for month in (4, 5, 6, 7)]
    for month in months:
        desk.close(month)
    assert _taken(desk, None) == dict(zip(months[1:], (58_678, 58_678, 54_250), strict=True))
    desk.pay("R15", 1008, 373_868, date(2025, 4, 1), date(2025, 7, 31))
    august = date(2025, 8, 1)
    desk.close(august)
    more = {month: cents for month, cents in _taken(desk, august).items() if month != august}
    assert more == dict.fromkeys(months[1:], 4_200)
    paid = desk.booked(august)["R15"]
    assert paid.ausgleich is not None
    assert paid.ausgleich.rueckrechnung == 22_664 - 12_600  # 226.64 less 126.00 to the creditor


def _taken(desk: Desk, run: date | None) -> dict[date, int]:
    """Einbehalte je Monat der Herkunft, in einem Lauf oder in allen."""
    with desk.session() as session:
        statement = select(Einbehalt.monat, Einbehalt.betrag).join(Lauf, Lauf.id == Einbehalt.lauf_id)
        if run is not None:
            statement = statement.where(Lauf.monat == run)
        return {row.monat: row.betrag for row in session.execute(statement) if row.betrag}
