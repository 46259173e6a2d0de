"""Die übrigen durchgerechneten Rückrechnungen der Sammlung (Rechtsstand November 2026): R02, R14, R17.

R11 (Zuschläge werden im übernächsten Monat gezahlt, eine Berichtigung ändert diesen) steht in ``test_times.py``, R18
(ein Entwurf wird mit anderen Beträgen Gesetz) in ``test_vorbehalt.py``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select

from payroll.law import encode
from payroll.law.calculate import law_of, rule_book
from payroll.law.engine import evaluate
from payroll.runs.models import Hinweis, Lauf

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

MONTHS = [date(2025, month, 1) for month in (4, 5, 6, 7)]
BONUS, FIXED = 1600, 1008


def test_r02_a_rise_agreed_later_by_month_differs_from_the_simplification_by_cents_only(desk: Desk) -> None:
    """440,00 € für April bis Juli 2025, childless, ohne ZV; vereinfacht im August: KV 32,12 + 5,50, PV 7,92 + 2,64,
    RV 40,92, ALV 5,72. Nach Monaten weichen nur Cent des Zusatzbeitrags ab."""
    desk.hire(desk.person("R02", 362_868, konfession="rk", elterneigenschaft=False))
    for month in MONTHS:
        desk.close(month)
    desk.pay("R02", FIXED, 373_868, MONTHS[0], date(2025, 7, 31))
    found = desk.preview(date(2025, 8, 1))["R02"]
    assert [one.monat for one in found.monate] == MONTHS
    sums = {name: sum(one.betrag(name) for one in found.monate)
            for name in ("gesamtbrutto", "kv_an", "zb_an", "pv_an", "rv_an", "av_an")}
    simplified = {"gesamtbrutto": 44_000, "kv_an": 3_212, "zb_an": 550, "pv_an": 792 + 264, "rv_an": 4_092,
                  "av_an": 572}
    assert sums["zb_an"] == 4 * (4_673 - 4_536)  # 3,738.68 and 3,628.68 at 1.25 %, each rounded
    assert {name: abs(sums[name] - cents) for name, cents in simplified.items()} == {
        "gesamtbrutto": 0, "kv_an": 0, "zb_an": 2, "pv_an": 0, "rv_an": 0, "av_an": 0}


def test_r14_the_yearly_bonus_after_a_month_of_its_base_changed(desk: Desk) -> None:
    """E8, Stufe 4 ab September 2025 erst im Januar 2026 bekannt: 3.200,40 statt 3.159,56 €, nachgezahlt 40,84 €."""
    group = np.array([encode.gruppe_code("TVoeD-VKA", "E8")])

    def bonus(base: int) -> int:
        columns = {"bemessung_summe": np.array([base]), "bemessung_monate": np.array([3]),
                   "bemessung_tage": np.array([0]), "zwoelftel": np.array([12]), "entgeltgruppe": group}
        found = evaluate(law_of(date(2025, 11, 1), rule_book("entgelt")), columns, ("sonderzahlung",))
        return int(found.cents("sonderzahlung")[0])

    assert bonus(3 * 373_868) == 315_956
    assert bonus(2 * 373_868 + 388_366) == 320_040
    november, january = date(2025, 11, 1), date(2026, 1, 1)
    desk.hire(desk.person("R14", 388_366))
    desk.pay("R14", BONUS, 315_956, november, date(2025, 11, 30))
    for month in (date(2025, 9, 1), date(2025, 10, 1), november, date(2025, 12, 1)):  # room under the ceilings
        desk.close(month)
    desk.pay("R14", BONUS, 320_040, november, date(2025, 11, 30))
    found = desk.preview(january)["R14"]
    (own,) = [one for one in found.monate if one.art == "entstehung"]
    assert (own.monat, own.betrag("gesamtbrutto")) == (november, 4_084)
    # "correcting November 2025 instead is accepted": shares of the rates of 2025 on 40.84 (KV 7.3 + 1.25, PV 1.8)
    assert own.betrag("kv_an") + own.betrag("zb_an") in (298 + 51, 298 + 52)
    assert own.betrag("pv_an") in (73, 74)
    assert (own.betrag("rv_an"), own.betrag("av_an")) == (380, 53)
    (receipt,) = [one for one in found.monate if one.art == "zufluss"]
    assert (receipt.monat, receipt.betrag("steuerbrutto")) == (january, 4_084)
    assert receipt.betrag("lohnsteuer") == 1_000


def test_r17_a_rise_across_the_transition_zone_is_never_settled_silently(desk: Desk) -> None:
    """1.990,00 € im Monat, im Juli vereinbart: 2.020,00 € ab April. Gerechnet wird, gefragt auch."""
    months = [date(2026, month, 1) for month in (4, 5, 6)]
    desk.hire(desk.person("R17", 199_000), desk.person("P2", 250_000))
    for month in months:
        desk.close(month)
    desk.pay("R17", FIXED, 202_000, months[0])
    desk.pay("P2", FIXED, 251_000, months[0])
    desk.run(date(2026, 7, 1))
    with desk.session() as session:
        asked = session.scalars(select(Hinweis).join(Lauf, Lauf.id == Hinweis.lauf_id).where(
            Lauf.monat == date(2026, 7, 1), Hinweis.feld == "be_gesamt")).all()
    assert [one.datensatz for one in asked] == ["Personalnummer R17"]
    assert "04/2026, 05/2026, 06/2026" in asked[0].regel
    assert asked[0].stufe == "warnung"
