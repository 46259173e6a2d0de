"""Durchgerechnete Rückrechnungen: Unterschiede je Monat auf den Cent.

Erwartungen: Fälle R01 bis R16 der Sammlung durchgerechneter Rückrechnungen (Rechtsstand November 2026); dort mit
Sachverhalt und Quelle. Beträge neu − alt in Euro.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select

from payroll.law.calculate import gross_to_net
from payroll.masterdata.models import (
    Beschaeftigung,
    Bezuegezuordnung,
    Kind,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
)
from payroll.masterdata.service import leave
from payroll.runs.models import Hinweis
from payroll.runs.retro.reading import Nachberechnung

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

FULL = {"wochenstunden": Decimal(39), "vollzeitstunden": Decimal(39)}


def _months(year: int, first: int, last: int) -> list[date]:
    return [date(year, month, 1) for month in range(first, last + 1)]


def _check(found: Nachberechnung, month: date, expected: str) -> None:
    """expected: „name betrag“ mit Komma getrennt; kv mit Zusatzbeitrag."""
    (booking,) = [b for b in found.monate if b.monat == month and b.art == "entstehung"]
    wanted = dict(part.split() for part in expected.split(","))
    held = {name: (booking.betrag("kv_an") + booking.betrag("zb_an") if name == "kv" else booking.betrag(name))
            for name in wanted}
    assert held == {name: int(Decimal(amount) * 100) for name, amount in wanted.items()}


def _tax_on_one_off(amount: int, expected: int) -> int:
    """Lohnsteuer eines sonstigen Bezugs im Februar 2026: Klasse I, gesetzlich versichert, ein Kind."""
    inputs = {"brutto": 408_907, "einmalzahlung": amount, "jahresarbeitslohn_erwartet": expected, "steuerklasse": 1,
              "beitragsgruppe_kv": 1, "beitragsgruppe_rv": 1, "beitragsgruppe_av": 1, "beitragsgruppe_pv": 1,
              "personengruppe": 101, "kv_art": 0, "zusatzbeitrag": 29_000}
    result = gross_to_net(date(2026, 2, 1), {name: np.array([cents]) for name, cents in inputs.items()},
                          ("lohnsteuer_einmal",))
    return int(result.cents("lohnsteuer_einmal")[0])


def test_r01_r03_r06_r13_same_year_2025(desk: Desk) -> None:
    desk.hire(desk.person("R01", 362_868, konfession="rk", elterneigenschaft=False, pension=True),
              desk.person("R03", 635_353, pension=True),
              desk.person("R06", ("E10", "4"), steuerklasse=4, konfession="ev", pension=True),
              desk.person("R13", 357_219, art="beamte", kv_art="privat", krankenkasse_id=None, beitragsgruppe=None,
                          personengruppe=None))
    desk.record(Steuermerkmale, "R13", date(2025, 1, 1), steuerklasse=1, konfession="keine",
                pkv_basis_monat_cent=26_000)
    months = _months(2025, 4, 10)
    for month in months:
        desk.close(month)
    desk.pay("R01", 1008, 373_868, date(2025, 4, 1), date(2025, 7, 31))
    desk.pay("R03", 1008, 654_414, date(2025, 4, 1), date(2025, 5, 31))
    desk.record(Steuermerkmale, "R06", date(2025, 9, 1), steuerklasse=3, konfession="ev")
    desk.pay("R13", 1008, 388_829, date(2025, 7, 1))
    found = desk.preview(date(2025, 11, 1))
    assert list(found) == ["R01", "R03", "R06", "R13"]
    for month in months[:4]:
        _check(found["R01"], month, "gesamtbrutto 110.00,sv_brutto_rv 114.67,lohnsteuer 26.25,kirchensteuer 2.36,"
                                    "kv 9.81,pv_an 2.76,rv_an 10.67,av_an 1.49,netto 56.66,zv_umlage 4.67,kv_ag 8.38,"
                                    "zb_ag 1.43,pv_ag 2.07,rv_ag 10.67,av_ag 1.49")
    assert found["R01"].auszahlung == 22_664
    for month in months[:2]:
        _check(found["R03"], month, "kv 0.00,pv_an 0.00,sv_brutto_rv 198.71,rv_an 18.48,av_an 2.58,lohnsteuer 68.75,"
                                    "netto 100.80")
    assert found["R03"].auszahlung == 20_160
    for month in (date(2025, 9, 1), date(2025, 10, 1)):
        _check(found["R06"], month, "lohnsteuer -385.25,kirchensteuer -34.67,kv 0.00,rv_an 0.00,gesamtbrutto 0.00")
    assert found["R06"].auszahlung == 83_984
    for month in months[3:]:
        _check(found["R13"], month, "gesamtbrutto 316.10,lohnsteuer 101.34,netto 214.76")
    assert found["R13"].auszahlung == 85_904


def test_r07_r08_r16_same_year_2026(desk: Desk) -> None:
    desk.hire(desk.person("R07", ("E6", "3"), pension=True), desk.person("R08", ("E9a", "4"), pension=True),
              desk.person("R16", ("E8", "3")))
    desk.record(Kind, "R07", date(2020, 1, 1), nummer=1, geburtsdatum=date(2019, 1, 1))
    desk.close_all(_months(2026, 1, 5))
    desk.record(Versicherung, "R16", date(2026, 1, 1), kv_art="gesetzlich", elterneigenschaft=False,
                krankenkasse_id=desk.numbers.krankenkassen["K"], beitragsgruppe="1111", personengruppe=101)
    june = desk.preview(date(2026, 6, 1))["R16"]
    _check(june, date(2026, 5, 1), "pv_an 23.06,lohnsteuer -6.91,netto -16.15,pv_ag 0.00")
    for month in _months(2026, 1, 2):
        booking = next(b for b in june.monate if b.monat == month)
        assert booking.betrag("pv_an") == 0
        assert booking.betrag("pv_ag") == booking.differenz("pv_an") > 0
    for month in _months(2026, 6, 10):
        desk.close(month)
    assert desk.preview(date(2026, 11, 1)) == {}
    desk.child("R07", 2, date(2026, 8, 20))
    desk.record(Bezuegezuordnung, "R08", date(2026, 9, 1), tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="4",
                wochenstunden=Decimal(30), vollzeitstunden=Decimal(39))
    found = desk.preview(date(2026, 11, 1))
    for month in _months(2026, 8, 9):
        _check(found["R07"], month, "pv_an -9.20,pv_ag 0.00,lohnsteuer 2.58,netto 6.62")
    for month in _months(2026, 9, 10):
        _check(found["R08"], month, "gesamtbrutto -1058.49,lohnsteuer -263.42,kv -96.56,pv_an -19.86,rv_an -102.62,"
                                    "av_an -14.34,netto -561.69")
    assert found["R08"].auszahlung == -112_338
    assert desk.close(date(2026, 11, 1)).zustand
    paid = desk.booked(date(2026, 11, 1))["R08"].ausgleich
    # Set off is at most the garnishable part without dependants, 526.82 (§ 394 BGB, § 850c ZPO); the rest stays open.
    assert paid == (234_370, -112_338, 0, 234_370 - 52_682, 52_682 - 112_338)


def test_r04_regrading_into_the_past_year_and_r09_repayment(desk: Desk) -> None:
    desk.hire(desk.person("R04", ("E9a", "3")), desk.person("R09", ("E9b", "3")))
    desk.record(Bezuegezuordnung, "R09", date(2025, 10, 1), tarifwerk="TVoeD-VKA", entgeltgruppe="E9b", stufe="4",
                valid_to=date(2025, 12, 31), **FULL)
    for month in [*_months(2025, 10, 12), date(2026, 1, 1)]:
        desk.close(month)
    desk.record(Bezuegezuordnung, "R04", date(2025, 11, 1), tarifwerk="TVoeD-VKA", entgeltgruppe="E9b", stufe="3",
                **FULL)
    found = desk.preview(date(2026, 2, 1))["R04"]
    for month in _months(2025, 11, 12):
        _check(found, month, "gesamtbrutto 103.01,kv 8.80,pv_an 1.85,rv_an 9.58,av_an 1.34,lohnsteuer 0.00,netto 81.44")
    _check(found, date(2026, 1, 1), "gesamtbrutto 103.01,kv 9.01,pv_an 1.85,rv_an 9.58,av_an 1.34,lohnsteuer 0.00")
    (receipt,) = [b for b in found.monate if b.art == "zufluss"]
    assert (receipt.monat, receipt.betrag("steuerbrutto"), receipt.betrag("steuerbrutto_vorjahr")) == (
        date(2026, 2, 1), 30_903, 20_602)
    # The case counts the rise of May as known and expects 49,881.75: 78.00. A run expects the pay of its month until
    # December, 48,965.83 (conversion of R 39b.6 Abs. 2 LStR).
    assert _tax_on_one_off(30_903, 4_988_175) == 7_800
    assert receipt.betrag("lohnsteuer") == _tax_on_one_off(30_903, 4_896_583)
    desk.close(date(2026, 2, 1))
    assert desk.preview(date(2026, 3, 1)) == {}
    desk.record(Bezuegezuordnung, "R09", date(2025, 10, 1), tarifwerk="TVoeD-VKA", entgeltgruppe="E9b", stufe="3",
                valid_to=date(2025, 12, 31), **FULL)
    back = desk.preview(date(2026, 3, 1))["R09"]
    for month in _months(2025, 10, 12):
        _check(back, month, "gesamtbrutto -473.72,kv -40.50,pv_an -8.53,rv_an -44.06,av_an -6.16,lohnsteuer 0.00")
    (receipt,) = [b for b in back.monate if b.art == "zufluss"]
    assert receipt.wert("lohnsteuer") == (55_400, 22_625)
    assert receipt.betrag("steuerbrutto") == -142_116
    assert back.auszahlung == -112_341 + 32_775


def test_r10_leaver_of_the_same_year(desk: Desk) -> None:
    desk.hire(desk.person("R10", ("E5", "5"), pension=True), desk.person("R11", 300_000))
    desk.record(WiederkehrenderBezug, "R10", date(2026, 5, 1), betrag_cent=-10_123, laufnummer=1,
                lohnart_id=desk.numbers.lohnarten[1008])
    with desk.session() as session:
        job = session.get_one(Beschaeftigung, (desk.tenant, desk.jobs["R10"]))
        leave(session, job, last_day=date(2026, 6, 30), reason="Austritt")
    for month in _months(2026, 4, 7):
        desk.close(month)
    desk.pay("R10", 1008, 0, date(2026, 5, 1), date(2026, 6, 30))
    found = desk.preview(date(2026, 8, 1))["R10"]
    for month in _months(2026, 5, 6):
        _check(found, month, "gesamtbrutto 101.23,lohnsteuer 24.08,kv 9.23,pv_an 1.90,rv_an 9.82,av_an 1.37,"
                                    "netto 54.83")
    desk.close(date(2026, 8, 1))
    assert desk.booked(date(2026, 8, 1))["R10"].ausgleich == (0, 10_966, 0, 10_966, 0)
    with desk.session() as session:
        rules = session.scalars(select(Hinweis.regel).where(Hinweis.ursache == "rueckrechnung")).all()
    assert rules == ["109,66 € für frühere Monate, aber keine Abrechnung in diesem Monat"]
