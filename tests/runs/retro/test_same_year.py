"""Rückrechnung im laufenden Jahr: Monate neu gerechnet, Unterschied gebucht, Wiederholung ergibt null."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

JAN, FEB, MAR, APR, MAY = (date(2026, m, 1) for m in range(1, 6))


def test_late_allowance_is_paid_for_each_month_and_only_once(desk: Desk) -> None:
    desk.hire(desk.person("1", 380_000), desk.person("2", 300_000))
    desk.close_all([JAN, FEB, MAR])
    before = {month: desk.result("1", month).auszahlung for month in (JAN, FEB, MAR)}
    desk.pay("1", 1300, 10_000, FEB, reason="vergessene Zulage", actor="karla")
    shown = desk.preview(APR)
    assert list(shown) == ["1"]
    assert [b.monat for b in shown["1"].monate] == [FEB, MAR]
    assert shown["1"].brutto == 20_000
    (cause,) = shown["1"].ursachen
    assert (cause.tabelle, cause.ab, cause.erfasst_von, cause.grund) == (
        "wiederkehrender_bezug", FEB, "karla", "vergessene Zulage")
    desk.close(APR)
    booked = desk.booked(APR)["1"]
    assert booked.auszahlung == shown["1"].auszahlung > 0
    assert booked.monate[0].wert("gesamtbrutto") == (380_000, 390_000)
    assert {month: desk.result("1", month).auszahlung for month in before} == before
    own = desk.result("1", APR).auszahlung
    assert booked.ausgleich == (own, booked.auszahlung, 0, own + booked.auszahlung, 0)
    assert desk.preview(MAY) == {}
    desk.close(MAY)
    assert desk.booked(MAY) == {}
