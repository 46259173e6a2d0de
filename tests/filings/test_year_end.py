"""Jahresende: Lohnkonto gleich den Abrechnungen, Rückstellungen nach Kosten, Liste nach dem Stand der Dinge."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.filings.jahresende import ausgabe, liste, lohnkonto, rueckstellungen
from payroll.filings.jahresende.lohnkonto import Lohnkonto
from payroll.runs.models import Ergebnis
from payroll.runs.values import VALUES


def test_wage_accounts_are_the_sums_of_the_slips(town: Any) -> None:
    with town.session() as session:
        found = lohnkonto.accounts(session, 2026)
        for name in ("gesamtbrutto", "lohnsteuer", "rv_an", "zv_umlage", "auszahlung"):
            assert sum(one.summe(name) for one in found) == session.scalar(select(func.sum(getattr(Ergebnis, name))))
        assert [len(one.monate) for one in found] == [1] * 11
        assert lohnkonto.accounts(session, 2025) == []
    rows = list(ausgabe.account_rows(found[0]))
    assert {row[0] for row in rows} == {found[0].personalnummer}
    assert len(rows[0]) == len(ausgabe.account_header(found[0]))
    assert len(rows) == len(found[0].namen) < len(VALUES)


def test_costs_are_projected_to_a_year() -> None:
    months = {date(2026, 5, 1): {"gesamtbrutto": 400_000, "rv_ag": 37_200},
              date(2026, 6, 1): {"gesamtbrutto": 400_000, "rv_ag": 37_200}}
    assert rueckstellungen.yearly_costs(Lohnkonto("1", 2026, months, {})) == 437_200 * 12
    assert rueckstellungen.yearly_costs(Lohnkonto("1", 2026, {}, {})) == 0


def test_open_leave_becomes_a_provision_of_its_days(town: Any) -> None:
    """Zwölf Monate beschäftigt, 30 Tage Anspruch (§ 26 TVöD), nichts genommen: 30 / 260 der Jahreskosten."""
    with town.session() as session:
        rows = {one.personalnummer: one for one in rueckstellungen.provisions(session, 2026)}
        one = rows["TARIF"]
    assert (one.art, one.menge) == ("urlaub", 3000)
    assert one.betrag == (one.jahreskosten * 30 + 130) // 260
    last = list(ausgabe.provision_rows([one]))[-1]
    assert last[4] == ausgabe.euro(one.betrag)


def test_the_list_tells_what_is_missing(town: Any) -> None:
    with town.session() as session:
        found = {one.was: one for one in liste.steps(session, 2026)}
    assert found["Monate abgeschlossen"].getan is False
    assert found["Monate abgeschlossen"].einzelheit == "1 von 8; fehlt: 06, 07, 08, 09, 10, 11, 12"
    assert found["Lohnsteuerbescheinigungen"].getan is None
    assert found["Monate gebucht"].einzelheit.startswith("0 von 8")
