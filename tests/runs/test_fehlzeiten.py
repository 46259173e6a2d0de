"""Fehlzeiten im Lauf: Entgelt nach Kalendertagen, SV-Tage, Krankengeldzuschuss, Mutterschutz, Befunde.

Beträge nach den geprüften Fällen der Entgelttabellen (V018, V021, V022) und von Hand nach den genannten Vorschriften.
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
from payroll.masterdata.models import Beschaeftigungszeit, Fehlzeit
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_line
from payroll.runs.models import Ergebniszeile
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

JULY, JUNE = date(2025, 7, 1), date(2026, 6, 1)
KG = {"krankengeld_tag_cent": 7_000, "krankengeld_netto_tag_cent": 6_100}


def _away(art: str, first: date, last: date | None = None, **values: object) -> Tatsache:
    return Tatsache(Fehlzeit, first, {"art": art, **values}, last)


@pytest.fixture(scope="module")
def district(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """Ein Arbeitgeber; Juli 2025 und Juni 2026 gerechnet."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test", assumed_u2=Decimal("0.39"))
            numbers = ids(session)
            store(session, [
                tarif.person(numbers, "V018", "E6", "2", more=[_away("sonderurlaub", JULY, date(2025, 7, 14))]),
                tarif.person(numbers, "V021", "E5", "4", hours="19.5", payments=[(1650, 332), (1111, 10_000)],
                       more=[_away("kind_krank", JUNE, date(2026, 6, 15))]),
                tarif.person(numbers, "Löcher", "E6", "2", more=[
                    _away("unentschuldigt", date(2025, 7, 3), date(2025, 7, 4)),
                    _away("streik", date(2025, 7, 10), date(2025, 7, 10))]),
                tarif.person(numbers, "Krank", "E9b", "4", payments=[(1650, 665)],
                       more=[_away("krankheit", date(2026, 5, 4), None, **KG)]),
                tarif.person(numbers, "Kette", "E9b", "4", more=[
                    _away("krankheit", date(2026, 2, 2), date(2026, 2, 22), kette=1),
                    _away("krankheit", date(2026, 6, 1), None, kette=1, **KG)]),
                tarif.person(numbers, "Unbekannt", more=[_away("krankheit", date(2026, 4, 1))]),
                tarif.person(numbers, "Neu", start=date(2026, 2, 1), more=[_away("krankheit", date(2026, 4, 1), **KG)]),
                tarif.person(numbers, "Vordienst", start=date(2026, 2, 1), more=[
                    _away("krankheit", date(2026, 4, 1), **KG),
                    Tatsache(Beschaeftigungszeit, date(2026, 2, 1), {"seit": date(2019, 1, 1)})]),
                tarif.person(numbers, "Mutter", more=[_away("mutterschutz", date(2026, 6, 11), date(2026, 9, 20),
                                                      netto_tag_cent=8_050)]),
                tarif.person(numbers, "Mutter ohne Nachweis", more=[_away("mutterschutz", JUNE, date(2026, 9, 10))]),
                tarif.person(numbers, "Eltern", more=[_away("elternzeit", date(2026, 1, 5), None,
                                                      kind_geboren_am=date(2025, 11, 2))]),
                tarif.person(numbers, "Urlaub", more=[_away("sonderurlaub", date(2026, 5, 11), date(2026, 8, 31))]),
                tarif.person(numbers, "Amt", "A8", "7", scale="NRW-A", hours="41", full="41",
                       more=[_away("krankheit", date(2026, 1, 7))]),
                tarif.person(numbers, "Azubi", "Auszubildende", "1", scale="TVAoeD-BBiG",
                       more=[_away("krankheit", date(2026, 4, 1), **KG)]),
                tarif.person(numbers, "Vergleich", "E9b", "4"),
            ], reason="Test")
        for month in (JULY, JUNE):
            with tenant_session(number, actor="karla") as session:
                calculate(session, month, key=f"{month}")
        yield number


def test_the_month_is_paid_by_calendar_days(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert tarif.lines(session, "V018", JULY) == [("1000", "17 von 31 Tagen", "LLJ", 183_520)]  # V018: x 17/31
        assert tarif.lines(session, "V021", JUNE)[0] == (  # V021: 3587.78 x 19.5/39 = 1793.89; x 15/30
            "1000", "15 von 30 Tagen 19,5 von 39 Std.", "LLJ", 89_695)
        # 28 of 31 days although they lie in three pieces: 3346.55 x 28/31 = 3022.69
        assert tarif.lines(session, "Löcher", JULY) == [("1000", "28 von 31 Tagen", "LLJ", 302_269)]


def test_allowances_follow_the_days_and_the_savings_benefit_does_not(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        found = {number: cents for number, _, _, cents in tarif.lines(session, "V021", JUNE)}
        assert found["1111"] == 2_500  # 100.00 x 19.5/39 x 15/30
        assert found["1650"] > 0


def test_a_short_unpaid_leave_stays_insured_and_a_benefit_does_not(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert tarif.result(session, "V018", JULY).sv_tage == 30  # within the month of § 7 Abs. 3 SGB IV
        assert tarif.result(session, "V021", JUNE).sv_tage == 15  # days with benefit do not count
        assert tarif.result(session, "Eltern", JUNE).sv_tage == 0
        # last paid day 10 May: insured until 10 June
        assert tarif.result(session, "Urlaub", JUNE).sv_tage == 10


def test_supplement_after_six_weeks(district: int, tarif: SimpleNamespace) -> None:
    """Krank seit 4. Mai: Entgelt bis 14. Juni, dann Zuschuss für 16 Tage: Netto nach Tagen minus 70,00 je Tag."""
    with tenant_session(district, actor="karla") as session:
        table, savings, supplement = tarif.lines(session, "Krank", JUNE)
        whole = tarif.result(session, "Vergleich", JUNE)
        assert table == ("1000", "14 von 30 Tagen", "LLJ", 218_892)  # 4690.55 x 14/30
        net = (2 * whole.netto * 16 + 30) // 60
        assert supplement[:3] == ("1504", "16 Tage", "LFN")
        assert supplement[3] == net - 16 * 7_000
        assert savings[0] == "1650"
        own = tarif.result(session, "Krank", JUNE)
        assert own.sv_tage == 14
        assert own.sv_brutto_rv < 218_892 + 665 + 30_000  # pay of fourteen days, the benefit and what the levy adds
        assert own.steuerbrutto > own.sv_brutto_rv  # the supplement is taxed and free of contributions
        assert own.zv_umlage == whole.zv_umlage  # § 15 Abs. 2 ATV-K: as if the pay had gone on


def test_earlier_days_of_the_same_sickness_count(district: int, tarif: SimpleNamespace) -> None:
    """21 Tage im Februar: von 42 bleiben 21 Tage Entgelt bis 21. Juni."""
    with tenant_session(district, actor="karla") as session:
        found = tarif.lines(session, "Kette", JUNE)
        assert found[0][1] == "21 von 30 Tagen"
        assert found[1][:2] == ("1504", "9 Tage")


def test_the_supplement_needs_service_and_the_benefit(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert tarif.lines(session, "Neu", JUNE) == []  # less than a year of service: no supplement (§ 22 Abs. 3 TVöD)
        assert [number for number, *_ in tarif.lines(session, "Vordienst", JUNE)] == ["1504"]
        assert [number for number, *_ in tarif.lines(session, "Unbekannt", JUNE)] == []
        assert any(level == "warnung" and field == "krankengeld_tag_cent" and "§ 22 Abs. 2" in rule
                   for level, field, rule in tarif.findings(session, "Unbekannt", JUNE))


def test_maternity_supplement_is_free(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        supplement = tarif.lines(session, "Mutter", JUNE)[1]
        assert supplement == ("1506", "20 Tage", "FFN", 20 * (8_050 - 1_300))  # § 20 MuSchG: 13 Euro a day
        own = tarif.result(session, "Mutter", JUNE)
        assert own.gesamtbrutto - own.steuerbrutto >= 20 * 6_750 - own.zv_individuell
        assert any(field == "netto_tag_cent" for _, field, _ in tarif.findings(session, "Mutter ohne Nachweis", JUNE))


def test_parental_leave_pays_nothing_and_is_no_error(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert tarif.lines(session, "Eltern", JUNE) == []
        assert [f for f in tarif.findings(session, "Eltern", JUNE) if f[0] != "hinweis"] == []


def test_what_the_clerk_has_to_note(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        notes = tarif.findings(session, "Krank", JUNE)
        assert any("ab 15.06.2026" in rule for _, field, rule in notes if field == "fehlzeit")
        assert any("beitragsfrei ab 11.06.2026" in rule for _, field, rule in tarif.findings(session, "Urlaub", JUNE)
                   if field == "sv_fehltage")


def test_civil_servants_keep_their_pay_and_trainees_have_six_weeks(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        assert tarif.lines(session, "Amt", JUNE)[0][1] == ""
        assert tarif.lines(session, "Azubi", JUNE) == []


@pytest.mark.parametrize("name", ["Krank", "Mutter", "V021"])
def test_every_line_is_explained(district: int, tarif: SimpleNamespace, name: str) -> None:
    with tenant_session(district, actor="karla") as session:
        own = tarif.result(session, name, JUNE)
        rows = session.query(Ergebniszeile).filter_by(ergebnis_id=own.id).order_by(Ergebniszeile.position).all()
        for position, line in enumerate(rows, 1):
            if line.bereich == "bezug":
                assert sum(one.value for one in explain_line(session, own.public_id, position)) == line.betrag
