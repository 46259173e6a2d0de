"""Die Wirkung vor dem Speichern ist der Lauf: gleiche Cent, und zurück bleibt nichts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from payroll.masterdata.models import Bezuegezuordnung, Fehlzeit, Kind, Steuermerkmale
from payroll.masterdata.service import FactError, record_fact
from payroll.runs.models import Ergebniszeile
from payroll.runs.wirkung import Wirkung, first_open, probe, shown_months
from tenants.audit.models import AuditEntry

if TYPE_CHECKING:
    from tests.runs.retro.conftest import Desk

FULL = Decimal(39)
MONTHS = [date(2026, month, 1) for month in (8, 9, 10)]
NOVEMBER = date(2026, 11, 1)
CHANGES: dict[str, tuple[Any, dict[str, Any], date, date | None]] = {
    "teilzeit": (Bezuegezuordnung, {"tarifwerk": "TVoeD-VKA", "entgeltgruppe": "E9a", "stufe": "4",
                                    "wochenstunden": Decimal(30), "vollzeitstunden": FULL}, date(2026, 9, 1), None),
    "steuerklasse": (Steuermerkmale, {"steuerklasse": 3, "konfession": "ev"}, date(2026, 8, 1), None),
    "kind": (Kind, {"nummer": 1, "geburtsdatum": date(2026, 8, 20)}, date(2026, 8, 20), None),
    "elternzeit": (Fehlzeit, {"art": "elternzeit", "kind_geboren_am": date(2026, 8, 20)}, date(2026, 10, 15),
                   date(2026, 12, 14)),
}


def _probe(desk: Desk, name: str) -> Wirkung:
    model, values, since, until = CHANGES[name]
    with desk.session() as session:
        def write() -> list[int]:
            own = {"person_id": desk.people["A"]} if model is Kind else {"beschaeftigung_id": desk.jobs["A"]}
            record_fact(session, model, valid_from=since, valid_to=until, reason="Probe", **own, **values)
            return []

        return probe(session, [desk.jobs["A"]], write, [first_open(session, NOVEMBER)])


@pytest.mark.parametrize("name", list(CHANGES))
def test_shown_is_what_the_run_pays(desk: Desk, name: str) -> None:
    desk.hire(desk.person("A", ("E9a", "4"), pension=True, elterneigenschaft=False), desk.person("B"))
    desk.close_all(MONTHS)
    before = _count(desk)
    shown = _probe(desk, name)
    assert _count(desk) == before  # nothing is left behind, not even in the log
    assert shown.offen == NOVEMBER
    assert not shown.leer
    old = desk.run(NOVEMBER)
    held = (old.auszahlung, desk.result("A", NOVEMBER).netto)
    model, values, since, until = CHANGES[name]
    desk.record(model, "A", since, valid_to=until, **values)
    desk.run(NOVEMBER)
    now = desk.result("A", NOVEMBER)
    (month,) = [one for one in shown.monate if not one.geschlossen]
    net = next(one for one in month.haupt if one.name == "netto")
    assert (net.alt, net.neu) == (held[1], now.netto)
    paid = desk.booked(NOVEMBER).get("A")
    assert shown.nachzahlung == (paid.ausgleich.rueckrechnung if paid and paid.ausgleich else 0)
    payment = next(one for one in month.haupt if one.name == "zahlbetrag")
    assert payment.neu == (paid.ausgleich.zahlbetrag if paid and paid.ausgleich else now.auszahlung)
    for booking in paid.monate if paid else ():
        for item in booking.posten:
            if item.bereich == "wert" and item.differenz:
                (one,) = [m for m in shown.monate if m.monat == booking.monat and m.art == booking.art]
                assert (item.name, item.alt, item.neu) in [(w.name, w.alt, w.neu) for w in one.werte]
    assert {one.monat for one in shown.monate if one.geschlossen} == {b.monat for b in (paid.monate if paid else ())}


def _count(desk: Desk) -> list[int]:
    with desk.session() as session:
        return [session.scalar(select(func.count()).select_from(model)) or 0
                for model in (Bezuegezuordnung, Steuermerkmale, Kind, Fehlzeit, AuditEntry, Ergebniszeile)]


def test_what_others_changed_is_not_counted_as_effect(desk: Desk) -> None:
    desk.hire(desk.person("A", ("E9a", "4"), pension=True, elterneigenschaft=False), desk.person("B"))
    desk.close_all(MONTHS)
    desk.pay("A", 1300, 10_000, date(2026, 8, 1))  # pending already
    shown = _probe(desk, "steuerklasse")
    assert all(one.name not in ("gesamtbrutto", "sv_brutto_kv") for month in shown.monate for one in month.werte)
    assert {one.monat for one in shown.monate if one.geschlossen} == set(MONTHS)
    assert all(month.ursachen for month in shown.monate if month.geschlossen)


def test_a_refusal_goes_out_and_leaves_nothing(desk: Desk) -> None:
    desk.hire(desk.person("A", ("E9a", "4")))
    desk.close_all(MONTHS)
    with desk.session() as session:
        def write() -> list[int]:
            record_fact(session, Kind, person_id=desk.people["A"], nummer=99, geburtsdatum=date(2026, 1, 1),
                        valid_from=date(2026, 1, 1), reason="Probe")
            return []

        with pytest.raises(FactError, match="nummer"):
            probe(session, [desk.jobs["A"]], write, [NOVEMBER])
        assert session.scalar(select(func.count()).select_from(Kind)) == 0


def test_months_that_are_shown() -> None:
    days = [date(2026, 12, 15), date(2027, 2, 1), date(2026, 3, 3)]
    assert shown_months(NOVEMBER, days) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    assert shown_months(NOVEMBER, []) == [NOVEMBER]
