"""Zwei Probeläufe, zwei Monate: wer sich um wie viel unterscheidet und warum; der Rest ist null."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.masterdata.models import Steuermerkmale
from payroll.runs import probelauf, wandel
from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.probe_models import Probebogen, Probelauf
from payroll.runs.wandel import lesen

FEB, MAR, APR = (date(2026, month, 1) for month in (2, 3, 4))


def _lauf(session: Any, month: date) -> Lauf:
    found: Lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one()
    return found


def test_two_trials_differ_by_what_was_recorded_between_them(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probelauf, "PORTION", 2)  # kept portion by portion
    desk.hire(desk.person("P1", ("E9b", "4")), desk.person("P2", 380_000), desk.person("P3", 320_000))
    desk.close_all([FEB])
    desk.run(MAR)
    with desk.session() as session:
        assert probelauf.earlier(session, _lauf(session, MAR)) == []
        before = {row.beschaeftigung_id: row.auszahlung for row in session.scalars(
            select(Ergebnis).where(Ergebnis.monat == MAR))}
    desk.pay("P1", 1300, 20_000, MAR)
    desk.record(Steuermerkmale, "P2", MAR, steuerklasse=3, konfession="keine")
    desk.pay("P3", 1300, 5_000, FEB)  # goes back: February is closed
    desk.run(MAR)
    with desk.session() as session:
        (old,) = probelauf.earlier(session, _lauf(session, MAR))
        found = {one.personalnummer: one for one in wandel.of_trials(session, MAR, old.fassung)}
        assert (old.fassung, old.anzahl, old.auszahlung) == (1, 3, sum(before.values()))
        assert wandel.of_trials(session, MAR, 77) == []
        at_once = wandel.of_trials(session, MAR, 1), wandel.of_month(session, MAR)
        monkeypatch.setattr(lesen, "PORTION", 1)
        assert (wandel.of_trials(session, MAR, 1), wandel.of_month(session, MAR)) == at_once
        assert [len(one) for one in at_once] == [3, 3]
    assert all(one.rest == 0 for one in found.values())
    assert {n: {part.art for part in one.anteile if part.wirkung} for n, one in found.items()} == {
        "P1": {"bezug"}, "P2": {"steuer"}, "P3": {"bezug", "rueckrechnung"}}
    assert {number: one.vorher for number, one in found.items()} == {
        number: before[job] for number, job in desk.jobs.items()}
    assert sum(one.unterschied for one in found.values()) > 0


def test_a_run_calculated_anew_between_two_portions_is_no_comparison(
        desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.hire(desk.person("P1", ("E9b", "4")), desk.person("P2", 380_000))
    desk.run(MAR)
    desk.run(MAR)
    compared, anew = lesen.compared, []

    def and_again(*args: Any) -> Any:
        if not anew:
            anew.append(desk.run(MAR).fassung)  # by somebody else, in a transaction of their own
        return compared(*args)

    monkeypatch.setattr(lesen, "compared", and_again)
    monkeypatch.setattr(lesen, "PORTION", 1)
    with desk.session() as session, pytest.raises(RunRefused, match="März 2026 wurde neu gerechnet"):
        wandel.of_trials(session, MAR, 1)
    assert anew == [3]


def test_a_repeated_trial_differs_in_nothing_and_equals_the_close(desk: Any) -> None:
    desk.hire(desk.person("P1", ("E9b", "4")), desk.person("P2", 380_000))
    first = desk.run(MAR).ergebnis_hash
    again = desk.run(MAR).ergebnis_hash
    assert first == again
    with desk.session() as session:
        found = wandel.of_trials(session, MAR, 1)
        assert [one.anteile for one in found] == [(), ()]
        assert [one.unterschied for one in found] == [0, 0]
        probelauf.forget(session, _lauf(session, MAR))
        assert session.scalar(select(func.count(Probebogen.id))) == 0


def test_three_earlier_trials_are_kept_and_who_comes_or_goes_is_said(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.hire(desk.person("P1", 300_000))
    for at in range(5):
        desk.run(MAR)
        desk.hire(desk.person(f"N{at}", 310_000))
    desk.run(MAR)
    monkeypatch.setattr(lesen, "PORTION", 2)
    with desk.session() as session:
        assert [one.fassung for one in probelauf.earlier(session, _lauf(session, MAR))] == [5, 4, 3]
        found = {one.personalnummer: one for one in wandel.of_trials(session, MAR, 5)}
        assert session.scalar(select(func.count(Probelauf.id))) == 3
    assert found["N4"].vorher is None
    assert [part.titel for part in found["N4"].anteile] == ["Vorher nicht abgerechnet"]
    assert found["P1"].unterschied == 0


def test_any_two_months_can_be_compared(desk: Any) -> None:
    desk.hire(desk.person("P1", 300_000))
    desk.close_all([FEB, MAR])
    desk.pay("P1", 1300, 10_000, APR)
    desk.run(APR)
    with desk.session() as session:
        (one,) = wandel.of_two_months(session, APR, FEB)
        assert one.rest == 0
        assert {part.art for part in one.anteile if part.wirkung} >= {"bezug"}
        assert one.unterschied == sum(part.wirkung for part in one.anteile)
        assert Decimal(one.unterschied) > 0
