"""Viele Monate auf einmal gelesen: jeder ist derselbe, den er allein gelesen wäre, und die Abfragen werden weniger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import event, select

from payroll.masterdata import catalogue, service
from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import (
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Fehlzeit,
    Kind,
    KrankenkasseSatz,
    LohnartStand,
    Steuermerkmale,
    WiederkehrenderBezug,
)
from payroll.masterdata.sealing import contents
from payroll.masterdata.slices import MonthFacts, load_month
from payroll.masterdata.slices.load import shape
from payroll.masterdata.slices.tarif import own_rows, own_rows_in
from payroll.masterdata.slices.zeitraum import Zeitraum
from tenants.db import engine
from tenants.db.session import TenantSession

JANUARY, APRIL = date(2026, 1, 1), date(2026, 4, 1)
MONTHS = [date(2025, 12, 1), *(date(2026, month, 1) for month in range(1, 7))]
Employ = Callable[..., None]


def _plain(facts: MonthFacts) -> dict[str, Any]:
    """Alles, was ein Monat enthält, ohne Spalten von NumPy."""
    found = {one.name: getattr(facts, one.name) for one in fields(facts)}
    for name in ("cases", "slices", "bezuege", "familie", "sue"):
        found[name] = {column: list(values) for column, values in found[name].items()}
    return found | {"findings": [str(one) for one in facts.findings]}


def _changing(desk: TenantSession, employ: Employ) -> None:
    """Vier Menschen, deren Tatsachen in den Monaten beginnen, enden und mitten darin wechseln."""
    wage_types = catalogue.ids(desk).lohnarten
    for number, leaving in (("1", None), ("2", date(2026, 3, 15)), ("3", date(2026, 5, 31)), ("4", None)):
        paid = {"lohnart_id": wage_types[1300], "betrag_cent": 5_000}
        employ(desk, number, (Tatsache(WiederkehrenderBezug, date(2026, 2, 1), paid),), beschaeftigung=Tatsache(
            BeschaeftigungAngaben, JANUARY, {"art": "tarif", "eintritt": JANUARY, "austritt": leaving}))
    jobs = {number: service.find_employment(desk, number) for number in "1234"}
    first = jobs["1"]
    assert first is not None
    service.record_fact(desk, Bezuegezuordnung, valid_from=date(2026, 3, 11), reason="x", beschaeftigung_id=first.id,
                        tarifwerk="TVoeD-VKA", entgeltgruppe="E10", stufe="3", wochenstunden=39, vollzeitstunden=39)
    service.record_fact(desk, Steuermerkmale, valid_from=APRIL, reason="x", beschaeftigung_id=first.id, steuerklasse=5,
                        konfession="rk")
    service.record_fact(desk, Kind, valid_from=date(2026, 2, 7), reason="x", person_id=first.person_id, nummer=1,
                        geburtsdatum=date(2026, 2, 7))
    service.record_fact(desk, WiederkehrenderBezug, valid_from=APRIL, valid_to=date(2026, 4, 30), reason="x",
                        beschaeftigung_id=first.id, lohnart_id=wage_types[1600], laufnummer=1, betrag_cent=90_000)
    service.record_fact(desk, KrankenkasseSatz, valid_from=APRIL, reason="x", quelle="Satzung",
                        krankenkasse_id=catalogue.ids(desk).krankenkassen["TK"], zusatzbeitrag=Decimal("3.10"),
                        u2_satz=Decimal("0.50"))
    effect = desk.scalars(select(LohnartStand).where(LohnartStand.lohnart_id == wage_types[1300],
                                                     LohnartStand.superseded_at.is_(None))).one()
    service.record_fact(desk, LohnartStand, valid_from=date(2026, 5, 1), reason="x",
                        **contents(desk, effect) | {"zv": not effect.zv})


def test_every_month_is_the_one_that_would_be_read_alone(desk: TenantSession, employ: Employ) -> None:
    _changing(desk, employ)
    held = Zeitraum(desk, MONTHS[0], date(2026, 6, 30))
    seen = [_plain(shape(desk, held.month(month))) for month in MONTHS]
    assert seen == [_plain(load_month(desk, month)) for month in MONTHS]
    assert [len(one["cases"].get("personalnummer", ())) for one in seen] == [0, 4, 4, 4, 3, 3, 2]
    assert len({repr(one["bezuege"]) for one in seen}) > 3, "the months differ"


def test_only_the_named_jobs_are_cases(desk: TenantSession, employ: Employ) -> None:
    _changing(desk, employ)
    chosen = [job.id for number in "13" if (job := service.find_employment(desk, number)) is not None]
    held = Zeitraum(desk, MONTHS[0], date(2026, 6, 30), only=chosen)
    for month in MONTHS:
        assert _plain(shape(desk, held.month(month))) == _plain(load_month(desk, month, only=chosen))
    everyone = Zeitraum(desk, MONTHS[0], date(2026, 6, 30))
    assert shape(desk, everyone.month(APRIL, set(chosen[:1]))).cases["beschaeftigung_id"].tolist() == chosen[:1]


def test_more_months_ask_only_what_depends_on_the_month(desk: TenantSession, employ: Employ) -> None:
    _changing(desk, employ)
    sent: list[str] = []

    def note(*given: Any) -> None:
        sent.append(given[2])

    event.listen(engine.current().app, "before_cursor_execute", note)
    try:
        held = Zeitraum(desk, MONTHS[0], date(2026, 6, 30))
        begun = len(sent)
        held.month(MONTHS[1])
        once = len(sent) - begun
        held.month(MONTHS[2])
        assert len(sent) - begun == 2 * once
    finally:
        event.remove(engine.current().app, "before_cursor_execute", note)
    assert once == 5
    assert not any("FROM steuermerkmale" in text or "FROM wiederkehrender_bezug" in text for text in sent[begun:])


def test_short_leave_and_sickness_long_past_are_not_read(desk: TenantSession, employ: Employ) -> None:
    """Beide wirken nicht nach; unbezahlter Sonderurlaub hemmt die Stufe (§ 17 Abs. 3 TVöD), auch nach Jahren."""
    arts = ("krankheit", "urlaub", "sonderurlaub")
    employ(desk, "1", tuple(Tatsache(Fehlzeit, date(2024, 3, day), {"art": art}, date(2024, 3, day + 4))
                            for day, art in zip((4, 11, 18), arts, strict=True)),
           beschaeftigung=Tatsache(BeschaeftigungAngaben, date(2024, 1, 1), {"art": "tarif",
                                                                            "eintritt": date(2024, 1, 1)}))
    for month, seen in ((date(2024, 4, 1), list(arts)), (date(2026, 4, 1), ["sonderurlaub"])):
        last = month.replace(day=30)
        (alone,) = own_rows(desk, month, last, None)["absences"].values()
        assert [row.art for row in alone] == seen
        held = own_rows(desk, date(2024, 1, 1), last, None)
        (among,) = own_rows_in(held, month, last)["absences"].values()
        assert [row.art for row in among] == seen
