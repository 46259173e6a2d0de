"""Values of a tenant over the law: dated, sourced, only where allowed; and what is not safe law is reported."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from payroll.law.engine import Overlay, ParameterError, RuleBook, catalogue, evaluate, explain


def money(book: RuleBook, day: date) -> int:
    return int(evaluate(book.build(day), {"lohn": 0}, ["netto"]).cents("netto")[0])


def own(ab: date, wert: object, bis: date | None = None, quelle: str = "Ratsbeschluss 4/21") -> Overlay:
    return Overlay("matrosengeld", ab, wert, quelle, bis)


def test_an_overlay_holds_on_its_days_and_beats_a_later_law(island: RuleBook) -> None:
    book = island.with_overlays([own(date(2020, 7, 1), Decimal("33.50"), bis=date(2021, 6, 30))])
    days = [date(2020, 6, 30), date(2020, 7, 1), date(2021, 6, 30), date(2021, 7, 1)]
    assert [money(book, day) for day in days] == [2000, 3350, 3350, 2500]
    assert [money(island, day) for day in days] == [2000, 2000, 2500, 2500]


def test_an_open_overlay_holds_until_the_next(island: RuleBook) -> None:
    book = island.with_overlays([own(date(2022, 1, 1), 40), own(date(2021, 1, 1), 30)])
    assert [money(book, date(year, 3, 1)) for year in (2020, 2021, 2022, 2030)] == [2000, 3000, 4000, 4000]
    assert date(2022, 1, 1) in book.change_days()


def test_explanation_and_catalogue_show_the_source_of_the_tenant(island: RuleBook) -> None:
    book = island.with_overlays([own(date(2021, 3, 1), 30)])
    told = explain(book.build(date(2021, 6, 1)), {"lohn": 1000}, 0, "netto")
    assert [(s.source, s.status, s.since) for s in told.sources if s.name == "matrosengeld"] == [
        ("Ratsbeschluss 4/21", "satzung", date(2021, 3, 1))]
    entry = next(e for e in catalogue(book, date(2021, 6, 1)) if e.name == "matrosengeld")
    assert [v.overlay for v in entry.values] == [False, False, True]


@pytest.mark.parametrize(("overlays", "message"), [
    ([Overlay("steuersatz", date(2021, 1, 1), 9, "Beschluss")], "Steuersatz .steuersatz. steht im Gesetz .§ 2 Insel"),
    ([Overlay("matrosengelt", date(2021, 1, 1), 9, "Beschluss")], "kein Wert des Rechts .ähnlich: matrosengeld"),
    ([own(date(2021, 1, 1), 9, quelle=" ")], r"Matrosengeld .matrosengeld. ab 01.01.2021: ohne Quelle"),
    ([own(date(2021, 1, 1), 9, bis=date(2020, 1, 1))], "endet am 01.01.2020, vor dem Beginn"),
    ([own(date(2021, 1, 1), 9), own(date(2021, 1, 1), 8)], "überschneidet sich mit dem Wert ab 01.01.2021"),
    ([own(date(2021, 1, 1), 9, bis=date(2021, 5, 1)), own(date(2021, 5, 1), 8)], "überschneidet sich"),
    ([own(date(2021, 1, 1), Decimal("9.999"))], "keine ganzen Cent"),
    ([own(date(2021, 1, 1), 9.5)], "keine exakte Zahl"),
    ([own(date(2021, 1, 1), "viel")], "keine exakte Zahl"),
    ([Overlay("matrosengeld", date(2021, 1, 1), 9, "Beschluss", status="egal")], "unbekannter Status 'egal'"),
])
def test_wrong_overlays_are_refused(island: RuleBook, overlays: list[Overlay], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        island.with_overlays(overlays)


def test_values_that_are_no_safe_law_are_reported_for_the_outputs_that_use_them(island: RuleBook) -> None:
    draft_day = island.build(date(2022, 3, 1))
    found = draft_day.doubtful_parameters(["netto"])
    assert [(d.name, d.status, d.quelle) for d in found] == [("freibetrag_monat", "entwurf", "Inselblatt 2021 Nr. 8")]
    assert str(found[0]) == "Freibetrag (§ 1 InselStG), seit 01.01.2022: Status entwurf, Quelle Inselblatt 2021 Nr. 8"
    assert draft_day.doubtful_parameters(["hafengebuehr"]) == []
    assert island.build(date(2021, 3, 1)).doubtful_parameters(["netto"]) == []
