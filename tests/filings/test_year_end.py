"""Jahresende: Lohnkonto gleich den Abrechnungen, Rückstellungen nach Kosten, Liste nach dem Stand der Dinge."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.filings.jahresende import ausgabe, liste, lohnkonto, rueckstellungen
from payroll.filings.jahresende.lohnkonto import Lohnkonto
from payroll.masterdata.models import Beschaeftigung, Fehlzeit, Versicherung
from payroll.masterdata.service import leave, record_fact
from payroll.runs.models import Ergebnis
from payroll.runs.values import VALUES
from timekeeping.own.plan import set_rule


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


def test_current_pay_is_projected_to_a_year_and_one_offs_count_once() -> None:
    """400.000 + 37.200 im Monat; im November dieselben und 320.000 + 29.760 einmalig; der März ist nur nachgebucht."""
    may, november = date(2026, 5, 1), date(2026, 11, 1)
    months = {date(2026, 3, 1): {"gesamtbrutto": 1_000}, may: {"gesamtbrutto": 400_000, "rv_ag": 37_200},
              november: {"gesamtbrutto": 720_000, "rv_ag": 66_960}}
    konto = Lohnkonto("1", 2026, months, {})
    assert rueckstellungen.yearly_costs(konto, {may: 0, november: 320_000}) == 437_200 * 12 + 349_760
    assert rueckstellungen.yearly_costs(konto, {may: 0}) == 437_200 * 12
    assert rueckstellungen.yearly_costs(Lohnkonto("1", 2026, {}, {}), {}) == 0


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


def test_certificates_that_do_not_tie_are_told_in_euros(town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    certified = [SimpleNamespace(inhalt={"4": 12_345})]
    monkeypatch.setattr(liste.bescheinigung, "expected", lambda session, year: (certified, []))
    with town.session() as session:
        registered = sum(one.lohnsteuer for one in session.scalars(select(Ergebnis)))
        step = liste._certificates(session, 2026, True)
    assert (step.getan, registered > 0) == (False, True)
    assert step.einzelheit == (f"Lohnsteuer der Bescheinigungen (123,45 EUR) ist nicht die der Anmeldungen "
                               f"({registered // 100:_},{registered % 100:02d} EUR); Meldungen je Monat vergleichen"
                               .replace("_", "."))


def test_a_day_of_leave_is_a_day_of_the_own_week_and_leavers_have_none(town: Any) -> None:
    """Drei Tage die Woche: 18 Tage Anspruch (30 x 3/5), je Tag ein 156stel; wer im Juni ausscheidet, bildet keine."""
    with town.session() as session:
        jobs = {row.personalnummer: row for row in session.scalars(select(Beschaeftigung))}
        set_rule(session, jobs["KONTOLOS"].id, ab=date(2026, 1, 1), reason="Vertrag", art="gleitend",
                 wochen=[[468] * 3 + [0] * 4], rahmen_von=360, rahmen_bis=1260, kern_von=None, kern_bis=None,
                 pausen="gesetzlich", plus_grenze=None, minus_grenze=None, kappung="nie", bereich="verwaltung",
                 schichtarbeit="keine", staendig=False, nachtarbeit=False)
        leave(session, jobs["POLIN"], last_day=date(2026, 6, 30), reason="Austritt")
        rows = {(one.personalnummer, one.art): one for one in rueckstellungen.provisions(session, 2026)}
    part, whole = rows["KONTOLOS", "urlaub"], rows["TARIF", "urlaub"]
    assert (part.menge, part.jahreskosten) == (1800, whole.jahreskosten)
    assert part.betrag == (part.jahreskosten * 18 + 78) // 156 == whole.betrag
    assert not [key for key in rows if key[0] == "POLIN"]


def test_partial_retirement_without_an_end_runs_to_the_standard_age_and_says_so(town: Any) -> None:
    """Geboren am 15.06.1985: 67 Jahre bis Juni 2052. Gearbeitet von Januar 2026 an, frei ab Januar 2052: für die sechs
    freien Monate sind zwölf von 312 Arbeitsmonaten geleistet."""
    with town.session() as session:
        job = session.scalars(select(Beschaeftigung).where(Beschaeftigung.personalnummer == "SPARERIN")).one()
        record_fact(session, Fehlzeit, beschaeftigung_id=job.id, art="altersteilzeit", valid_from=date(2052, 1, 1),
                    reason="Vertrag")
        fund = session.scalars(select(Versicherung.krankenkasse_id).where(
            Versicherung.beschaeftigung_id == job.id)).first()
        record_fact(session, Versicherung, beschaeftigung_id=job.id, kv_art="gesetzlich", beitragsgruppe="1111",
                    personengruppe=103, krankenkasse_id=fund, valid_from=date(2026, 1, 1), reason="Vertrag")
        (open_end,) = [one for one in rueckstellungen.provisions(session, 2026) if one.art == "altersteilzeit"]
        leave(session, job, last_day=date(2052, 6, 30), reason="Rente")
        (known_end,) = [one for one in rueckstellungen.provisions(session, 2026) if one.art == "altersteilzeit"]
        session.rollback()
    assert (open_end.menge, open_end.betrag) == (6 * 12 * 100 // 312, known_end.betrag)
    assert open_end.betrag == (open_end.jahreskosten * 6 * 2 + 312) // (2 * 312)
    assert open_end.hinweis.startswith("Ende nicht erfasst: gerechnet bis zur Regelaltersgrenze am 30.06.2052")
    assert known_end.hinweis == ""
    first, total = ausgabe.provision_rows([open_end])
    assert len(first) == len(total) == len(ausgabe.PROVISIONS)
    assert first[-1] == open_end.hinweis
