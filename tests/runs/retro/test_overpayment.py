"""Überzahlung: pfändbarer Teil, Fall mit Fristen, Erlass zu zweit, Raten im Lauf, Austritt; nichts geht verloren.

Beträge des Falls R08 aus der Sammlung durchgerechneter Rückrechnungen (Rechtsstand November 2026): 39 auf 30 Stunden
ab September, im November bemerkt; zu viel 1.123,38 netto, aufrechenbar 526,82 ohne Unterhaltspflichten (§ 850c ZPO).
"""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Bezuegezuordnung, Kind, Steuermerkmale, Wiedervorlage
from payroll.masterdata.service import leave
from payroll.runs import retro
from payroll.runs.models import Ergebniszeile, Hinweis, Lauf
from payroll.runs.ueberzahlung import schritte
from payroll.runs.ueberzahlung.faelle import open_cases
from payroll.runs.ueberzahlung.models import Ueberzahlung, UeberzahlungSchritt
from payroll.runs.ueberzahlung.schritte import UeberzahlungError
from tenants.db.session import tenant_session

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

MONTHS = [date(2026, month, 1) for month in (9, 10)]
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
TODAY = date(2026, 11, 25)
NET, LIMIT = 112_338, 52_682


def _overpaid(desk: Desk, **more: Any) -> None:
    desk.hire(desk.person("R08", ("E9a", "4"), pension=True, **more), desk.person("B"))
    desk.close_all(MONTHS)
    desk.record(Bezuegezuordnung, "R08", date(2026, 9, 1), tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="4",
                wochenstunden=Decimal(30), vollzeitstunden=Decimal(39), reason="Antrag auf Teilzeit, spät eingegangen")


def _close(desk: Desk, month: date) -> Any:
    lauf = desk.close(month)
    with desk.session() as session:
        held = session.scalars(select(Lauf).where(Lauf.id == lauf.id)).one()
        open_cases(session, held)
        return retro.payouts(session, held).get(desk.jobs["R08"])


def _case(desk: Desk) -> uuid.UUID:
    with desk.session() as session:
        return session.scalars(select(Ueberzahlung.public_id)).one()


def _take(desk: Desk, art: str, actor: str = "karla", **more: Any) -> Any:
    case = _case(desk)
    with tenant_session(desk.tenant, actor=actor) as session:
        return schritte.take(session, case, art, **{"am": TODAY, "text": "Vermerk", **more})


def test_what_is_claimed_back_after_the_exclusion_period_is_named_before_the_release(desk: Desk) -> None:
    # Section 37 (1) TVöD: April was due on the 30th, its period ended on 30 October; that of May
    # ends on 30 November, the 29th being a Sunday.
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    desk.hire(desk.person("R08", ("E9a", "4"), pension=True))
    desk.close_all([date(2026, month, 1) for month in range(4, 11)])
    desk.record(Bezuegezuordnung, "R08", april, tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="4",
                wochenstunden=Decimal(30), vollzeitstunden=Decimal(39), valid_to=date(2026, 5, 31),
                reason="Antrag auf Teilzeit, spät eingegangen")
    desk.run(NOVEMBER)
    (preview,) = desk.booked(NOVEMBER).values()
    cents = -next(one for one in preview.monate if one.monat == april).betrag("auszahlung")
    with desk.session() as session:
        (found,) = session.scalars(select(Hinweis).where(Hinweis.feld == "ausschlussfrist")).all()
    assert found.regel.startswith(f"Zurückgeholt werden {schritte.euro(cents)} für 04/2026: die Ausschlussfrist")
    assert "Erlass" in found.abhilfe
    assert may in {one.monat for one in preview.monate}, "May is claimed back as well, within its period"


def test_the_expired_month_is_named_when_later_ones_pay_more_but_not_for_tax_or_officials(desk: Desk) -> None:
    april = date(2026, 4, 1)
    desk.hire(desk.person("R08", ("E9a", "4"), steuerklasse=3, pension=True),
              desk.person("Steuer", ("E9a", "4"), steuerklasse=3),
              desk.person("Amt", 357_219, art="beamte", kv_art="privat", krankenkasse_id=None, beitragsgruppe=None,
                          personengruppe=None))
    desk.close_all([date(2026, month, 1) for month in range(4, 11)])
    for valid_from, hours in ((april, 35), (date(2026, 5, 1), 39)):
        desk.record(Bezuegezuordnung, "R08", valid_from, tarifwerk="TVoeD-VKA", entgeltgruppe="E9a", stufe="4",
                    wochenstunden=Decimal(hours), vollzeitstunden=Decimal(39), reason="Teilzeit nur im April",
                    **({} if hours == 39 else {"valid_to": date(2026, 4, 30)}))
    desk.record(Bezuegezuordnung, "R08", date(2026, 9, 1), tarifwerk="TVoeD-VKA", entgeltgruppe="E11", stufe="4",
                wochenstunden=Decimal(39), vollzeitstunden=Decimal(39), reason="Höhergruppierung, spät erfasst")
    desk.record(Steuermerkmale, "Steuer", april, steuerklasse=1, konfession="keine")
    desk.pay("Amt", 1008, 300_000, april)
    desk.run(NOVEMBER)
    found = desk.booked(NOVEMBER)
    net = {name: {one.monat: one.betrag("auszahlung") for one in case.monate} for name, case in found.items()}
    assert net["R08"][april] < 0 < sum(net["R08"].values())
    assert net["Steuer"][april] < 0
    assert net["Amt"][april] < 0
    with desk.session() as session:
        (told,) = session.scalars(select(Hinweis).where(Hinweis.feld == "ausschlussfrist")).all()
    assert told.datensatz == "Personalnummer R08"
    assert f"{schritte.euro(-net['R08'][april])} für 04/2026: " in told.regel


@pytest.mark.parametrize(("dependants", "limit"), [(0, LIMIT), (1, 7_759), (2, 0)])
def test_r08_only_the_garnishable_part_is_set_off(desk: Desk, dependants: int, limit: int) -> None:
    _overpaid(desk)
    for number in range(dependants):
        desk.record(Kind, "R08", date(2020, 1, 1), nummer=number + 1, geburtsdatum=date(2019, 1, 1 + number))
    paid = _close(desk, NOVEMBER)
    assert paid.vortrag == 0
    used = paid.uebertrag - paid.rueckrechnung
    if dependants == 0:
        assert (paid.eigen, paid.rueckrechnung) == (234_370, -NET)
        assert used == limit
    elif dependants == 1:
        assert used == limit
    else:
        assert paid.zahlbetrag == paid.eigen  # two people to maintain: nothing may be set off
    assert paid.eigen + paid.rueckrechnung == paid.zahlbetrag + paid.uebertrag


def test_tax_and_contributions_withheld_later_are_no_set_off(desk: Desk) -> None:
    desk.hire(desk.person("R08", ("E9a", "4"), steuerklasse=3), desk.person("B"))
    desk.close_all(MONTHS)
    desk.record(Steuermerkmale, "R08", date(2026, 9, 1), steuerklasse=1, konfession="keine")
    paid = _close(desk, NOVEMBER)
    assert paid.rueckrechnung < 0
    assert (paid.zahlbetrag, paid.uebertrag) == (paid.eigen + paid.rueckrechnung, 0)
    with desk.session() as session:
        assert session.scalars(select(Ueberzahlung)).all() == []


def test_the_case_names_months_causes_and_the_exclusion_period(desk: Desk) -> None:
    _overpaid(desk)
    _close(desk, NOVEMBER)
    with desk.session() as session:
        case = session.scalars(select(Ueberzahlung)).one()
        assert (case.netto, case.brutto, case.status) == (NET, 2 * 105_849, "tarif")
        assert [(one["monat"], one["netto"], one["faellig"], one["frist"]) for one in case.monate] == [
            ("2026-09-01", NET // 2, "2026-09-30", "2027-03-30"), ("2026-10-01", NET // 2, "2026-10-30", "2027-04-30")]
        assert case.monate[0]["ursachen"] == ["Eingruppierung und Arbeitszeit: Antrag auf Teilzeit, spät eingegangen"]
        due = session.scalars(select(Wiedervorlage).filter_by(thema="ueberzahlung")).one()
        assert (due.faellig, due.gesetz) == (date(2027, 2, 28), "§ 37 Abs. 1 TVöD, § 812 BGB")
        held = session.scalars(select(Lauf).where(Lauf.monat == NOVEMBER)).one()
        assert open_cases(session, held) == 0  # repeated: nothing twice
        stand = schritte.cases(session)[0]
        assert stand.offen == NET - LIMIT
        assert [one["monat"] for one in stand.verfallen(date(2027, 4, 1))] == ["2026-09-01"]
    _take(desk, "geltendmachung", am=date(2027, 3, 1))
    with desk.session() as session:
        assert schritte.cases(session)[0].verfallen(date(2027, 4, 1)) == []


def test_a_plan_is_paid_through_the_runs_and_nothing_is_lost(desk: Desk) -> None:
    _overpaid(desk)
    november = _close(desk, NOVEMBER)
    rest = -november.uebertrag
    with pytest.raises(UeberzahlungError, match="Offen sind"):
        _take(desk, "ratenplan", betrag=rest + 1, angaben={"rate_cent": 10_000, "erste_rate": "2026-12-01"})
    with pytest.raises(UeberzahlungError, match="Rate"):
        _take(desk, "ratenplan", betrag=rest, angaben={"rate_cent": 0, "erste_rate": "2026-12-01"})
    stand = _take(desk, "ratenplan", betrag=rest, angaben={"rate_cent": 10_000, "erste_rate": "2026-12-01"})
    assert stand.offen == 0
    desk.run(DECEMBER)
    december = _close(desk, DECEMBER)  # a second trial counts the plan once
    assert december is None or (december.vortrag, december.uebertrag) == (0, 0)
    with desk.session() as session:
        line = session.scalars(select(Ergebniszeile).where(Ergebniszeile.lohnart == "4505")).one()
        assert (line.betrag, line.text) == (-10_000, "Überzahlung, Rate")
        assert line.einzelheit.endswith(schritte.euro(rest - 10_000))
        step = session.scalars(select(UeberzahlungSchritt)).one()
        assert step.verrechnet == DECEMBER
        assert schritte.open_amounts(session, {desk.jobs["R08"]}).get(desk.jobs["R08"], 0) == 0


def test_remission_by_a_second_person_counts_once(desk: Desk) -> None:
    _overpaid(desk)
    rest = -_close(desk, NOVEMBER).uebertrag
    with pytest.raises(UeberzahlungError, match="zuerst einen Vorschlag"):
        _take(desk, "erlass", actor="hans", betrag=10_000)
    _take(desk, "erlass_vorschlag", betrag=20_000, text="Behörde hat den Fehler überwiegend verursacht")
    with pytest.raises(UeberzahlungError, match="zweite Person"):
        _take(desk, "erlass", betrag=20_000)
    with pytest.raises(UeberzahlungError, match="mehr lässt sich nicht"):
        _take(desk, "erlass", actor="hans", betrag=20_001)
    stand = _take(desk, "erlass", actor="hans", betrag=20_000)
    assert (stand.offen, stand.vorschlag) == (rest - 20_000, None)
    december = _close(desk, DECEMBER)
    assert december.vortrag == -(rest - 20_000)
    assert december.eigen + december.rueckrechnung + december.vortrag == december.zahlbetrag + december.uebertrag
    january = _close(desk, date(2027, 1, 1))
    assert january is None or january.vortrag == december.uebertrag
    with pytest.raises(UeberzahlungError, match="Offen sind noch") if december.uebertrag else _nothing():
        _take(desk, "abschluss")


def _nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def test_civil_servants_are_heard_first(desk: Desk) -> None:
    desk.hire(desk.person("R08", 357_219, art="beamte", kv_art="privat", krankenkasse_id=None, beitragsgruppe=None,
                          personengruppe=None), desk.person("B"))
    desk.close_all(MONTHS)
    desk.pay("R08", 1008, 300_000, date(2026, 9, 1))
    _close(desk, NOVEMBER)
    with desk.session() as session:
        case = session.scalars(select(Ueberzahlung)).one()
        assert case.status == "beamte"
        # three years from the end of the year (§§ 195, 199 BGB)
        assert {one["frist"] for one in case.monate} == {"2029-12-31"}
    for art, more in (("geltendmachung", {}), ("erlass_vorschlag", {"betrag": 100})):
        with pytest.raises(UeberzahlungError, match="Anhörung"):
            _take(desk, art, **more)
    _take(desk, "anhoerung", angaben={"bis": "2026-12-15"})
    assert _take(desk, "geltendmachung").geltend_gemacht == TODAY


def test_a_leaver_owes_everything_and_pays_by_transfer(desk: Desk) -> None:
    desk.hire(desk.person("R08", ("E9a", "4")), desk.person("B"))
    desk.close_all(MONTHS)
    with desk.session() as session:
        job = session.get_one(Beschaeftigung, (desk.tenant, desk.jobs["R08"]))
        leave(session, job, last_day=date(2026, 8, 31), reason="Kündigung spät gemeldet")
    paid = _close(desk, NOVEMBER)
    assert (paid.eigen, paid.zahlbetrag) == (0, 0)
    assert paid.uebertrag == paid.rueckrechnung < 0
    stand = _take(desk, "zahlung", betrag=-paid.uebertrag)
    assert stand.offen == 0
    assert _take(desk, "abschluss").abgeschlossen
    with pytest.raises(UeberzahlungError, match="abgeschlossen"):
        _take(desk, "einwand")
    assert _close(desk, DECEMBER) is None
    with desk.session() as session:
        assert schritte.take(session, uuid.uuid4(), "einwand", am=TODAY, text="x") is None
