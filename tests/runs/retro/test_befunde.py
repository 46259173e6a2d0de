"""Was einen neuen Probelauf überdauert: Begründungen zu denselben Worten und wer zuständig ist."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.runs import befunde, steps
from payroll.runs.befund_models import Hinweiszuweisung
from payroll.runs.errors import RunNotFound, RunRefused
from payroll.runs.models import Hinweis, Lauf
from tenants.audit.models import AuditEntry

JULY = date(2026, 7, 1)
DEDUCTION = 4202


def _rows(desk: Any, field: str = "auszahlung") -> list[befunde.Befundzeile]:
    with desk.session() as session:
        return [one for one in befunde.of_month(session, JULY) if one.hinweis.feld == field]


def _ids(rows: list[befunde.Befundzeile]) -> set[uuid.UUID]:
    return {one.hinweis.public_id for one in rows}


@pytest.fixture
def held(desk: Any) -> Any:
    """Zwei Menschen, denen im Juli mehr abgezogen wird, als sie bekommen; zur Probe gerechnet."""
    desk.hire(desk.person("P1", 380_000), desk.person("P2", 300_000))
    for number in ("P1", "P2"):
        desk.pay(number, DEDUCTION, 900_000, JULY)
    desk.run(JULY)
    return desk


def test_a_reason_holds_for_the_same_words_and_for_no_others(held: Any) -> None:
    with held.session() as session:
        assert befunde.acknowledge_chosen(session, JULY, _ids(_rows(held)), "Rate ist vereinbart") == 2
    held.run(JULY)
    again = _rows(held)
    assert [one.hinweis.begruendung for one in again] == ["Rate ist vereinbart"] * 2
    assert all(one.hinweis.erledigt_von == "karla" and one.hinweis.erledigt_am for one in again)
    held.pay("P2", DEDUCTION, 800_000, JULY)
    held.run(JULY)
    reasons = {one.personalnummer: one.hinweis.begruendung for one in _rows(held)}
    assert reasons == {"P1": "Rate ist vereinbart", "P2": None}, "another amount is another finding"
    with held.session() as session, pytest.raises(RunRefused, match="begründen"):
        befunde.acknowledge_chosen(session, JULY, _ids(_rows(held)), "  ")


def test_who_is_responsible_outlasts_a_trial_and_goes_with_the_month(held: Any) -> None:
    first = _rows(held)
    with held.session("hans") as session:
        assert befunde.assign(session, JULY, _ids(first), "karla") == 2
        assert befunde.assign(session, JULY, _ids(first[:1]), "gerda") == 1
        assert befunde.assign(session, JULY, _ids(first[1:]), "") == 1
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "hinweis.zugewiesen")
                               .order_by(AuditEntry.id)).all()
        assert [one.details["an"] for one in told] == ["karla", "karla", "gerda", None]
        assert {one.actor for one in told} == {"hans"}
    held.run(JULY)
    assert {one.personalnummer: one.zustaendig for one in _rows(held)} == {"P1": "gerda", "P2": ""}
    with held.session() as session:
        assert befunde.assigned_to(session, JULY, "gerda") == 1
        with pytest.raises(RunNotFound, match="seit der Anzeige ist neu gerechnet"):
            befunde.assign(session, JULY, _ids(first), "karla")


def test_findings_of_one_key_go_together_counted_and_recorded(held: Any) -> None:
    with held.session("hans") as session:
        run = session.scalars(select(Lauf.id)).one()
        pair = [Hinweis(lauf_id=run, stufe="warnung", ursache="recht", feld="umlagesatz",
                        datensatz=f"Krankenkasse {name}", regel="kein Satz", abhilfe="Satz erfassen") for name in "AB"]
        session.add_all(pair)
        session.flush()
        assert befunde.assign(session, JULY, {pair[0].public_id}, "gerda") == 2, "what goes along is counted"
        told = session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "hinweis.zugewiesen")).all()
        assert set(told) == {f"hinweis:{one.public_id}" for one in pair}
        assert befunde.assigned_to(session, JULY, "gerda") == 2


def test_a_closed_month_has_nobody_responsible(held: Any) -> None:
    with held.session() as session:
        befunde.assign(session, JULY, _ids(_rows(held)), "karla")
        lauf = session.scalars(select(Lauf)).one()
        lauf.zustand, lauf.geprueft_von, lauf.geprueft_am = "geprueft", "karla", lauf.berechnet_am
        lauf.freigegeben_von, lauf.freigegeben_am = "hans", lauf.berechnet_am
        lauf.gemeinde_von, lauf.gemeinde_am, lauf.zustand = "gerda", lauf.berechnet_am, "freigegeben"
        session.flush()
        steps.close(session, JULY, ergebnis_hash=lauf.ergebnis_hash)
        assert session.scalar(select(func.count(Hinweiszuweisung.id))) == 0
        with pytest.raises(RunRefused, match="abgeschlossen"):
            befunde.assign(session, JULY, _ids(_rows(held)), "karla")
        with pytest.raises(RunRefused, match="kein Probelauf mehr"):
            befunde.acknowledge_chosen(session, JULY, _ids(_rows(held)), "zu spät")
