"""Ein Steuerjahr ohne Regeln: Befund, vorläufig nach dem Plan, gekennzeichnet, später nachgerechnet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from payroll.law.plan.shelf import add
from payroll.runs import explaining, taxyear
from payroll.runs.errors import RunRefused
from payroll.runs.models import Hinweis, Lauf
from payroll.runs.sheets import open_sheet
from payroll.statements.publish import payslips

PLAN = Path(__file__).parents[2] / "law" / "plan" / "made_up_2027.xml"
JANUARY, FEBRUARY, MARCH = (date(2027, month, 1) for month in (1, 2, 3))


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """Datenverzeichnis mit dem erfundenen Plan: ein Fünftel des Lohns ist Steuer."""
    add(tmp_path, PLAN)
    taxyear.configure(tmp_path)
    yield tmp_path
    taxyear.configure(None)


def _findings(desk: Any, month: date) -> list[str]:
    with desk.session() as session:
        return list(session.scalars(select(Hinweis.regel).join(Lauf, Lauf.id == Hinweis.lauf_id).where(
            Lauf.monat == month, Hinweis.feld == "lohnsteuer", Hinweis.ursache == "recht")))


def test_without_a_plan_the_run_says_that_rules_are_missing(desk: Any) -> None:
    desk.hire(desk.person("P1", 400_000))
    desk.run(date(2026, 12, 1))
    assert _findings(desk, date(2026, 12, 1)) == []
    lauf = desk.run(JANUARY)
    assert [text.partition(";")[0] for text in _findings(desk, JANUARY)] == [
        "Steuerrecht 2027 liegt nicht als Regel vor"]
    assert lauf.regelwerk.endswith("+fortgeschrieben")


def test_a_plan_pays_provisionally_and_everything_says_so(desk: Any, data: Path) -> None:
    desk.hire(desk.person("P1", 400_000))
    lauf = desk.run(JANUARY)
    result = desk.result("P1", JANUARY)
    assert (result.lohnsteuer, result.soli) == (80_000, 0)
    assert [text.partition(" (")[0] for text in _findings(desk, JANUARY)] == [
        "Lohnsteuer vorläufig nach Programmablaufplan Lohnsteuer2027"]
    with desk.session() as session:
        _, _, sheet = open_sheet(session, result.public_id)
        assert (sheet.werte["steuer_vorlaeufig"], sheet.werte["lstlzz"]) == (2027, 80_000)
        assert sheet.regelwerk == lauf.regelwerk
        why = explaining.explain_result(session, result.public_id, "netto")
        assert why.value == result.netto
        assert why.remark == ""
        assert "nach dem Programmablaufplan: LSTLZZ" in "\n".join(why.lines())
        found = session.scalars(select(Lauf).where(Lauf.monat == JANUARY)).one()
        (slip,) = [slip for _, slip in payslips(session, found)]
    assert len([hint for hint in slip.hints if not hint.startswith("Fällig am")]) == 1
    assert "vorläufig nach dem Programmablaufplan 2027" in slip.hints[0]


def test_a_month_with_rules_is_not_touched_by_plans(desk: Any, data: Path) -> None:
    desk.hire(desk.person("P1", 400_000))
    lauf = desk.run(date(2026, 12, 1))
    taxyear.configure(None)
    assert desk.run(date(2026, 12, 1)).ergebnis_hash == lauf.ergebnis_hash
    with desk.session() as session:
        found = session.scalars(select(Lauf).where(Lauf.monat == date(2026, 12, 1))).one()
        assert [slip.hints for _, slip in payslips(session, found)] == [("Fällig am 30.12.2026.",)]


def test_a_damaged_plan_stops_the_run(desk: Any, data: Path) -> None:
    desk.hire(desk.person("P1", 400_000))
    next(data.glob("steuerjahre/*.xml")).write_text("<PAP", encoding="utf-8")
    with pytest.raises(RunRefused, match="nicht mehr lesbar"):
        desk.run(JANUARY)


def test_retro_recomputes_once_when_the_plan_is_replaced(desk: Any, data: Path) -> None:
    desk.hire(desk.person("P1", 400_000))
    desk.close(JANUARY)
    assert desk.preview(FEBRUARY) == {}
    better = data / "better.xml"
    better.write_text(PLAN.read_text(encoding="utf-8").replace('type="int" default="5"', 'type="int" default="10"'),
                      encoding="utf-8")
    add(data, better)
    assert desk.preview(FEBRUARY)["P1"].auszahlung == 40_000
    desk.close(FEBRUARY)
    assert desk.result("P1", FEBRUARY).lohnsteuer == 40_000
    assert desk.preview(MARCH) == {}


def test_retro_recomputes_when_the_rules_are_there(
        desk: Any, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.hire(desk.person("P1", 400_000))
    desk.close(JANUARY)
    provisional = desk.result("P1", JANUARY)
    taxyear.configure(None)
    assert desk.preview(FEBRUARY) == {}  # the plan is gone, but nothing better is there
    monkeypatch.setattr(taxyear, "rules_written", lambda month: True)
    found = desk.preview(FEBRUARY)["P1"]
    desk.close(FEBRUARY)
    by_rules = desk.result("P1", FEBRUARY)
    assert by_rules.lohnsteuer != provisional.lohnsteuer
    assert found.auszahlung == by_rules.auszahlung - provisional.auszahlung
    assert desk.preview(MARCH) == {}


def test_retro_recomputes_what_was_paid_with_carried_over_values(desk: Any, tmp_path: Path) -> None:
    desk.hire(desk.person("P1", 400_000))
    desk.close(JANUARY)
    carried = desk.result("P1", JANUARY)
    assert desk.preview(FEBRUARY) == {}
    add(tmp_path, PLAN)
    taxyear.configure(tmp_path)
    try:
        found = desk.preview(FEBRUARY)["P1"]
        taken = sum(getattr(carried, name) for name in ("lohnsteuer", "soli", "kirchensteuer"))
        assert found.auszahlung == taken - 80_000
        assert [cause.titel for cause in found.monate[0].ursachen] == ["Steuerrecht des Jahres"]
        with desk.session() as session:
            result = desk.result("P1", JANUARY)
            assert explaining.explain_result(session, result.public_id, "netto").value == carried.netto
    finally:
        taxyear.configure(None)
