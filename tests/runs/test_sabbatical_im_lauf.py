"""Sabbatical im Lauf: Entgelt nach dem Anteil in beiden Abschnitten, Störfall mit SV-Luft (§§ 7b, 23b SGB IV).

Betrag der Tabelle E9b Stufe 4 wie in den geprüften Fällen (ab Mai 2026 4.690,55 Euro); Grenzen 2026 5.812,50 (KV) und
8.450 (RV) im Monat, Sätze 7,3 und 9,3 Prozent je Seite. Von Hand: Anteil 3/4 zahlt 3/4, das fehlende Viertel ist das
Wertguthaben; die SV-Luft ist Grenze weniger beitragspflichtiges Entgelt der Monate der Arbeit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import Tatsache, store
from payroll.masterdata.models import Sabbatical
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_line, explain_result
from payroll.runs.models import Ergebniszeile
from payroll.runs.sabbatical import Gelesen, given
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
QUARTER = {"anteil_zaehler": 3, "anteil_nenner": 4}


def _away(first: date, last: date | None, free: date, **more: object) -> Tatsache:
    return Tatsache(Sabbatical, first, {**QUARTER, "freistellung_ab": free, **more}, last)


@pytest.fixture(scope="module")
def district(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """Ein Arbeitgeber; Mai und Juni abgeschlossen, Juli 2026 gerechnet."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test", assumed_u2=Decimal("0.39"))
            numbers = ids(session)
            store(session, [
                tarif.person(numbers, "Voll", "E9b", "4"),
                tarif.person(numbers, "Spart", "E9b", "4", more=[_away(MAY, date(2030, 4, 30), date(2029, 5, 1))]),
                tarif.person(numbers, "Frei", "E9b", "4", payments=[(1111, 10_000)], more=[
                    _away(date(2023, 7, 16), date(2027, 7, 15), date(2026, 7, 16))]),
                tarif.person(numbers, "Teilzeit", "E9b", "4", hours="29.25"),
                tarif.person(numbers, "Bricht", "E9b", "4", more=[
                    _away(MAY, date(2026, 7, 31), date(2029, 5, 1), stoerfall="aufgabe")]),
                tarif.person(numbers, "Zulage", "E9b", "4", payments=[(1111, 10_000)], more=[
                    _away(MAY, date(2026, 7, 31), date(2029, 5, 1), stoerfall="aufgabe")]),
                tarif.person(numbers, "Mitten", "E9b", "4", payments=[(1111, 10_000)], more=[
                    _away(date(2026, 5, 16), date(2026, 7, 31), date(2029, 5, 1), stoerfall="aufgabe")]),
                tarif.person(numbers, "Hoch", "E15", "6", more=[
                    _away(MAY, date(2026, 7, 31), date(2029, 5, 1), stoerfall="aufgabe")]),
                tarif.person(numbers, "Schief", "E9b", "4", more=[_away(MAY, date(2030, 4, 30), date(2030, 1, 1))]),
                tarif.person(numbers, "Amt", "A8", "7", scale="NRW-A", hours="41", full="41", more=[
                    _away(MAY, date(2030, 4, 30), date(2029, 5, 1))]),
            ], reason="Test")
        for month in (MAY, JUNE):
            with tenant_session(number, actor="karla") as session:
                lauf = calculate(session, month, key=f"{month}")
                lauf.geprueft_von, lauf.freigegeben_von, lauf.gemeinde_von = "karla", "hanna", "gerda"
                lauf.abgeschlossen_am, lauf.zustand = lauf.berechnet_am, "abgeschlossen"
        with tenant_session(number, actor="karla") as session:
            calculate(session, JULY, key="juli")
        yield number


def test_both_phases_are_paid_by_the_share(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert tarif.lines(session, "Spart", MAY) == [("1806", "Ansparphase 3/4", "LLJ", 351_791)]  # 4690.55 x 3/4
        saving, free, allowance = tarif.lines(session, "Frei", JULY)
        own, part_time = tarif.result(session, "Spart", MAY), tarif.result(session, "Teilzeit", MAY)
        official, whole = tarif.lines(session, "Amt", MAY)[0], tarif.result(session, "Voll", MAY)
    assert saving == ("1806", "1.–15. Ansparphase 3/4", "LLJ", 170_221)  # 3517.91 x 15/31
    assert free == ("1806", "16.–31. Freistellungsphase 3/4", "LLJ", 181_570)  # 3517.91 x 16/31
    assert allowance[3] == 7_500
    assert (own.netto, own.zv_umlage, own.sv_tage) == (part_time.netto, part_time.zv_umlage, 30)
    assert official[0] == "2000"
    assert official[1] == "Ansparphase 3/4"
    assert whole.gesamtbrutto == 469_055


def test_the_special_case_pays_what_was_worked(district: int, tarif: SimpleNamespace) -> None:
    """Drei Monate zu 3.517,91 (Zusage 3/4): 10553,73 x 4/3 - 10553,73 = 3517,91; die Luft reicht für alles."""
    with tenant_session(district, actor="karla") as session:
        line = tarif.lines(session, "Bricht", JULY)[-1]
        own, other = tarif.result(session, "Bricht", JULY), tarif.result(session, "Spart", JULY)
        found = [rule for _, field, rule in tarif.findings(session, "Bricht", JULY) if field == "stoerfall"]
    assert line == ("1805", "3 Monate angespart", "SEN", 351_791)
    assert own.gesamtbrutto - other.gesamtbrutto == 351_791
    assert own.steuerbrutto - other.steuerbrutto == 351_791
    assert own.rv_an - other.rv_an == own.rv_ag - other.rv_ag == 32_717  # 3517.91 x 9.3 % = 327.166
    assert own.kv_an - other.kv_an == 25_681  # 3517.91 x 7.3 % = 256.807
    assert (own.zv_umlage, own.u2) == (other.zv_umlage, other.u2)
    assert own.sv_brutto_rv == other.sv_brutto_rv  # a report of its own, no part of the year's ceiling
    assert len(found) == 1


def test_every_month_of_the_account_counts_the_same_pay(district: int, tarif: SimpleNamespace) -> None:
    """Mit 75,00 Zulage: 3 x 3.592,91 x 4/3 - 10.778,73 = 3.592,91, auch im Monat des Störfalls. Ab 16. Mai: im Mai
    zählen 1.815,70 (16/31), nicht das volle Entgelt davor: 9.001,52 x 4/3 - 9.001,52 = 3.000,51."""
    with tenant_session(district, actor="karla") as session:
        found = {name: tarif.lines(session, name, JULY)[-1] for name in ("Zulage", "Mitten")}
    assert found["Zulage"] == ("1805", "3 Monate angespart", "SEN", 359_291)
    assert found["Mitten"] == ("1805", "3 Monate angespart", "SEN", 300_051)


def test_the_annual_bonus_shares_the_fate_of_the_months_that_measure_it() -> None:
    """Bemessen 3 x 3.500,00, davon Juli und August im Modell und September frei; Bonus 2.975,00 zu 3/4.

    Je Monat 991,67; Juli und August sind angespart, der September ist in der Freistellung gezahlt.
    """
    model = SimpleNamespace(anteil_zaehler=3, anteil_nenner=4, freistellung_ab=date(2026, 9, 1), freistellung_bis=None)
    held = Gelesen()
    for month in (JULY, date(2026, 8, 1), date(2026, 9, 1)):
        held.monate[month].entgelt = held.bonus[month].bemessung = 350_000
    held.bonus[date(2026, 11, 1)].gezahlt = 297_500
    assert given(model, held) == {"sabbatical_angespart": 700_000 + 2 * 99_167, "anteil_zaehler": 3, "anteil_nenner": 4,
                                  "sabbatical_frei": 350_000 + 99_167}
    held.monate[JULY].entgelt = 0  # before the model: July measures, but saved nothing
    assert given(model, held)["sabbatical_angespart"] == 350_000 + 99_167


def test_only_the_unused_ceiling_is_contributory(district: int, tarif: SimpleNamespace) -> None:
    """E15 Stufe 6 mit 3/4 liegt im Monat über der Grenze der KV: keine Luft; in der RV bleibt welche."""
    with tenant_session(district, actor="karla") as session:
        months = [tarif.result(session, "Hoch", month) for month in (MAY, JUNE, JULY)]
        saved = tarif.lines(session, "Hoch", JULY)[-1][3]
    assert saved > 500_000
    assert months[2].kv_an == months[1].kv_an  # 5812.50 each month: nothing is left
    left = 3 * 845_000 - sum(one.sv_brutto_rv for one in months)
    assert left > 0
    assert months[2].rv_an - months[1].rv_an == (min(left, saved) * 93 + 500) // 1000


def test_a_share_that_does_not_fit_is_told(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        wrong = [rule for _, field, rule in tarif.findings(session, "Schief", MAY) if field == "sabbatical"]
        right = [rule for _, field, rule in tarif.findings(session, "Spart", MAY) if field == "sabbatical"]
        free = [rule for _, field, rule in tarif.findings(session, "Frei", JULY) if field == "sabbatical"]
    assert len(wrong) == 1
    assert "3/4" in wrong[0]
    assert right == []
    assert free == ["Freistellungsphase des Sabbaticals ab 16.07.2026"]


def test_the_account_explains_itself(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        own = tarif.result(session, "Bricht", JULY)
        (position,) = [line.position for line in session.query(Ergebniszeile).filter_by(ergebnis_id=own.id)
                       if line.lohnart == "1805"]
        line, pension = (repr(found) for found in (explain_line(session, own.public_id, position),
                                                   explain_result(session, own.public_id, "rv_an")))
    assert "sabbatical_angespart" in line
    assert "sv_luft_rv" in pension
    assert "§ 23b Abs. 2 SGB IV" in pension
