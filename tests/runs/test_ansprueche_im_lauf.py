"""Ansprüche auf Zulagen im Lauf: Tarif und Besoldung nennen den Betrag, Teilzeit, Tage und neue Sätze folgen.

Erwartungen: tvoed_rules.md 4 (Schichtzulagen seit 7/2025, Auszubildende 75 %), 6 (Strukturausgleich), 10 (SuE), 11
(vermögenswirksam 6,65, Teilzeit im Verhältnis, Mitteilung und zwei Monate davor); civil_servants.md 1 (Ausgleich § 91b,
Strukturzulage, halbe Stufe 1), 3 (begrenzte Dienstfähigkeit: 10 %, mindestens 300,00; Elternzeit 31,00).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from payroll.law import official
from payroll.law.engine import Overlay
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.catalogue import Ids, ids, seed
from payroll.masterdata.intake import Tatsache, store
from payroll.masterdata.models import (
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Familienzuschlag,
    Fehlzeit,
    WiederkehrenderBezug,
    Zulagenanspruch,
)
from payroll.masterdata.service import record_fact
from payroll.masterdata.slices import load_month
from payroll.runs.ansprueche import claimed
from payroll.runs.calculate import calculate
from payroll.runs.explaining import explain_line
from payroll.runs.lohnartregeln import regeln
from payroll.runs.models import Ergebniszeile
from payroll.runs.sheets import open_sheet
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session

JUNE, LONG, APRIL = date(2026, 6, 1), date(2020, 1, 1), date(2026, 4, 1)
BORN = date(2026, 2, 10)


def claim(art: str, first: date = LONG, last: date | None = None, **values: Any) -> Tatsache:
    return Tatsache(Zulagenanspruch, first, {"art": art, **values}, last)


def told(day: date, first: date = LONG) -> Tatsache:
    return claim("vermoegenswirksam", first, mitgeteilt_am=day)


def family(**values: Any) -> Tatsache:
    return Tatsache(Familienzuschlag, LONG, {"stufe1": True, "kinder": 0, "mietenstufe": None, **values})


def _tarif(tarif: SimpleNamespace, numbers: Ids) -> Iterator[Any]:
    def one(name: str, group: str = "E6", step: str = "3", **more: Any) -> Any:
        return tarif.person(numbers, name, group, step, **more)

    sue = {"scale": "TVoeD-SuE"}
    yield one("wechsel", hours="19.5", more=[claim("wechselschicht"), claim("schicht")])
    yield one("klinik", more=[claim("wechselschicht_krankenhaus", date(2026, 6, 16))])
    early, late = date(2026, 1, 1), date(2026, 6, 15)
    yield one("endet", more=[claim("schicht", early), claim("wechselschicht", LONG, late)])
    yield one("zweimal", more=[claim("wechselschicht"), claim("wechselschicht_krankenhaus", early)])
    yield one("klinik ab 16.", more=[claim("wechselschicht"), claim("wechselschicht_krankenhaus", date(2026, 6, 16))])
    yield one("azubi", "Auszubildende", "2", scale="TVAoeD-BBiG", more=[claim("schicht"), told(date(2026, 1, 5))])
    yield one("struktur", hours="19.5", more=[claim("strukturausgleich", betrag_cent=10_000, anrechnung_cent=2_000)])
    yield one("verzehrt", more=[claim("strukturausgleich", betrag_cent=5_000, anrechnung_cent=5_000)])
    yield one("anleitung", "S8b", "4", **sue, more=[claim("praxisanleitung"), claim("wohngruppe")])
    yield one("gruppe", "S4", "3", **sue, more=[claim("wohngruppe")])
    yield one("S15", "S15", "4", **sue, more=[claim("sue_fallgruppe_6")])
    yield one("falsch", more=[claim("praxisanleitung"), claim("strukturzulage")])
    yield one("vwl", hours="19.5", more=[told(date(2026, 8, 20), date(2026, 6, 1))])
    yield one("vorher", more=[told(date(2026, 9, 1))])
    yield one("kurz", start=APRIL, more=[told(date(2026, 4, 2))])
    yield one("getippt", payments=[(1650, 665)], more=[told(date(2025, 1, 1))])
    yield one("getippt bis 15.", more=[told(date(2025, 1, 1))])
    yield one("neue gruppe", more=[told(date(2025, 1, 1))])
    yield one("zwei fassungen", more=[claim("vermoegenswirksam", LONG, late, mitgeteilt_am=date(2025, 1, 1)),
                                      told(date(2026, 6, 16), date(2026, 6, 16))])
    yield one("urlaub", more=[told(date(2025, 1, 1)), Tatsache(Fehlzeit, JUNE, {"art": "sonderurlaub"})])


def _officials(tarif: SimpleNamespace, numbers: Ids) -> Iterator[Any]:
    def one(name: str, group: str = "A9", step: str = "6", **more: Any) -> Any:
        return tarif.person(numbers, name, group, step, **{"scale": "NRW-A", "hours": "41", "full": "41"} | more)

    away = Tatsache(Fehlzeit, date(2026, 6, 11), {"art": "elternzeit", "kind_geboren_am": BORN})
    yield one("zulage", hours="20.5", more=[claim("strukturzulage"), told(date(2025, 3, 1))])
    yield one("hoch", "A14", "6", more=[claim("strukturzulage")])
    yield one("ausgleich", hours="20.5", more=[family(), claim("ausgleich_familie", betrag_cent=20_000)])
    yield one("ausgleich halb", hours="20.5", more=[family(geteilt=True),
                                                    claim("ausgleich_familie", betrag_cent=20_000)])
    yield one("ohne familie", more=[claim("ausgleich_familie", betrag_cent=20_000)])
    yield one("begrenzt", hours="24.6", more=[claim("begrenzt_dienstfaehig", anteil=Decimal(60))])
    yield one("wenig", hours="36.9", more=[claim("begrenzt_dienstfaehig", anteil=Decimal(90))])
    yield one("daneben", hours="41", more=[claim("begrenzt_dienstfaehig", anteil=Decimal(60))])
    yield one("eltern", more=[claim("pkv_elternzeit"), away])
    yield one("dienst", more=[claim("pkv_elternzeit")])
    yield one("halb", hours="20.5", more=[family(geteilt=True, gemeinsam_vollzeit=True)])
    yield one("viertel", hours="20.5", more=[family(geteilt=True)])
    trainee = {"scale": "NRW-Anwaerter", "start": LONG}
    yield one("anw", "A5-A8", "0", **trainee, more=[family(einstiegsamt="A7-A8")])
    yield one("anw ohne", "A5-A8", "0", **trainee, more=[family()])
    yield one("neu", "A9", "3", start=date(2026, 6, 10))
    yield one("neu hoch", "A9", "5", start=date(2026, 6, 10))
    yield one("alt", own={"geburtsdatum": date(1971, 6, 20)})


@pytest.fixture(scope="module")
def district(fresh_database: Callable[[], AbstractContextManager[Dsns]], tarif: SimpleNamespace) -> Iterator[int]:
    """Ein Arbeitgeber, Juni 2026 gerechnet."""
    with fresh_database():
        with platform_session(actor="test") as session:
            number = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        with tenant_session(number, actor="karla") as session:
            seed(session, reason="Test", assumed_u2=Decimal("0.39"))
            numbers = ids(session)
            store(session, [*_tarif(tarif, numbers), *_officials(tarif, numbers)], reason="Test")
            record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=tarif.job_of(session, "kurz"),
                        valid_from=APRIL, reason="Befristet", art="tarif", eintritt=APRIL, austritt=date(2026, 8, 31))
            record_fact(session, WiederkehrenderBezug, beschaeftigung_id=tarif.job_of(session, "getippt bis 15."),
                        valid_from=LONG, valid_to=date(2026, 6, 15), reason="Früherer Vertrag", laufnummer=1,
                        lohnart_id=numbers.lohnarten[1650], betrag_cent=665)
            record_fact(session, Bezuegezuordnung, beschaeftigung_id=tarif.job_of(session, "neue gruppe"),
                        valid_from=date(2026, 6, 10), reason="Höhergruppierung", tarifwerk="TVoeD-VKA",
                        entgeltgruppe="E8", stufe="3", wochenstunden=Decimal(39), vollzeitstunden=Decimal(39))
        with tenant_session(number, actor="karla") as session:
            calculate(session, JUNE, key="juni")
        yield number


@pytest.fixture
def paid(district: int, tarif: SimpleNamespace) -> Callable[..., list[Any]]:
    """Die Zeilen einer Person außer Tabellenentgelt und Grundgehalt."""
    def lines(name: str) -> list[Any]:
        with tenant_session(district, actor="karla") as session:
            return [line for line in tarif.lines(session, name, JUNE) if line[0] not in ("1000", "1001", "1700", "2000",
                                                                                         "2002")]
    return lines


@pytest.fixture
def found(district: int, tarif: SimpleNamespace) -> Callable[..., list[Any]]:
    """Befunde der Stammdaten einer Person: Stufe, Feld, Regel."""
    def findings(name: str) -> list[Any]:
        with tenant_session(district, actor="karla") as session:
            return list(tarif.findings(session, name, JUNE))
    return findings


Lines = Callable[[str], list[Any]]


def test_shift_allowances_come_from_the_tariff(paid: Lines, found: Lines) -> None:
    assert paid("wechsel") == [("1103", "", "LLJ", 10_000)]  # 200.00, half time
    assert [field for _, field, rule in found("wechsel") if "nicht zugleich" in rule] == ["zulagenanspruch"]
    assert paid("klinik") == [("1103", "16.–30.", "LLJ", 12_500)]  # 250.00 for 15 of 30 days
    assert paid("azubi") == [("1104", "", "LLJ", 7_500), ("1651", "", "LLN", 1_329)]  # 75 % of 100.00


def test_days_with_shifts_in_rotation_and_days_with_shifts_are_paid_each(paid: Lines, found: Lines) -> None:
    assert paid("endet") == [("1103", "1.–15.", "LLJ", 10_000), ("1104", "16.–30.", "LLJ", 5_000)]
    assert [level for level, _, rule in found("endet") if "nicht zugleich" in rule] == ["warnung"]


def test_two_claims_to_rotating_shifts_pay_one(paid: Lines, found: Lines) -> None:
    """Der zuletzt begonnene Anspruch geht vor (§ 8 Abs. 5 TVöD, TVöD-K: 200,00 und 250,00)."""
    assert paid("zweimal") == [("1103", "", "LLJ", 25_000)]
    assert paid("klinik ab 16.") == [("1103", "1.–15.", "LLJ", 10_000), ("1103", "16.–30.", "LLJ", 12_500)]
    for name in ("zweimal", "klinik ab 16."):
        assert [level for level, _, rule in found(name) if "steht einmal zu" in rule] == ["warnung"]


def test_the_full_month_has_one_allowance_for_shifts(district: int) -> None:
    """Wer im Monat wechselt, hat im vollen Monatsentgelt die letzte der beiden, nicht beide."""
    with tenant_session(district, actor="karla") as session:
        facts = load_month(session, JUNE)
        names = facts.cases["personalnummer"]
        full = [(one.lohnart, one.voll) for one in claimed(facts, []) if names[one.row] == "endet"]
    assert full == [("1103", 0), ("1104", 10_000)]


def test_capital_forming_benefit_is_one_amount_a_month(paid: Lines, found: Lines) -> None:
    """6,65 je vollem Monat (§ 23 Abs. 1 TVöD), wie oft sich darin auch Gruppe oder Fassung ändern."""
    assert paid("neue gruppe") == [("1650", "", "LLN", 665)]
    assert paid("zwei fassungen") == [("1650", "", "LLN", 665)]
    assert sum(line[3] for line in paid("getippt bis 15.")) == 665
    assert ("warnung", "Lohnart 1650") in [one[:2] for one in found("getippt bis 15.")]


def test_structural_equalisation_is_static_part_time_and_less_gains(paid: Lines, found: Lines) -> None:
    assert paid("struktur") == [("1116", "", "LLJ", 3_000)]  # 100.00 / 2 - 20.00
    assert paid("verzehrt") == []
    assert any("aufgezehrt" in rule for _, _, rule in found("verzehrt"))


def test_allowances_of_the_social_service(paid: Lines) -> None:
    assert [(line[0], line[3]) for line in paid("anleitung")] == [("1100", 13_000), ("1112", 7_000), ("1113", 10_000)]
    assert [(line[0], line[3]) for line in paid("gruppe")] == [("1100", 13_000), ("1113", 6_500)]
    assert [(line[0], line[3]) for line in paid("S15")] == [("1101", 18_000)]


def test_what_a_group_cannot_have_is_a_warning_with_law_and_is_not_paid(paid: Lines, found: Lines) -> None:
    assert paid("falsch") == []
    assert [level for level, field, _ in found("falsch") if field == "zulagenanspruch"] == ["warnung", "warnung"]
    assert all("nicht zu (" in rule for _, field, rule in found("falsch") if field == "zulagenanspruch")
    assert paid("hoch") == []
    assert any("A14 nicht zu (§ 47 LBesG NRW)" in rule for _, _, rule in found("hoch"))


def test_capital_forming_benefit_begins_with_the_notice(paid: Lines, found: Lines) -> None:
    assert paid("vwl") == [("1650", "", "LLN", 333)]  # notice in August: from June, 6.65 x 19.5/39
    assert paid("vorher") == []
    assert any("erst ab 07/2026" in rule for _, _, rule in found("vorher"))
    assert paid("kurz") == []
    assert any("mindestens sechs Monaten" in rule for _, _, rule in found("kurz"))
    assert paid("getippt") == [("1650", "", "LLN", 665)]
    assert ("warnung", "Lohnart 1650") in [one[:2] for one in found("getippt")]
    assert paid("urlaub") == []


def test_the_benefit_is_capital_forming_and_not_pensionable(district: int, tarif: SimpleNamespace) -> None:
    with tenant_session(district, actor="karla") as session:
        result = tarif.result(session, "vwl", JUNE)
        table = (2 * load_pay_tables().on(JUNE)["TVoeD-VKA", "E6", "3"].cent + 2) // 4
        assert (result.gesamtbrutto, result.tabellenentgelt) == (table + 333, table)
        assert result.zv_umlage == (table * 425 + 5_000) // 10_000  # 4.25 % of the pay without the benefit


def test_allowances_of_civil_servants(paid: Lines, found: Lines) -> None:
    assert paid("zulage") == [("2019", "", "L-N", 333)]
    assert any("Strukturzulage ist nicht hinterlegt" in rule for _, _, rule in found("zulage"))
    # step 1 from February 2025 is 168.76: 200.00 - 168.76 = 31.24, half time
    assert paid("ausgleich") == [("2004", "", "L-N", 8_438), ("2006", "", "L-N", 1_562)]
    # half of it where it is shared: 200.00 - 84.38 = 115.62, half time
    assert paid("ausgleich halb") == [("2004", "zur Hälfte", "L-N", 4_219), ("2006", "", "L-N", 5_781)]
    assert paid("ohne familie") == []
    assert any("Familienzuschlag" in rule for _, field, rule in found("ohne familie") if field == "zulagenanspruch")


def test_limited_fitness(paid: Lines, found: Lines) -> None:
    full = load_pay_tables().on(JUNE)["NRW-A", "A9", "6"].cent
    assert paid("begrenzt") == [("2012", "", "L-N", max((full + 5) // 10, 30_000))]
    assert paid("wenig") == []
    assert any("weniger als 20 %" in rule for _, _, rule in found("wenig"))
    assert any("entspricht nicht der festgesetzten Dienstfähigkeit von 60 %" in rule for _, _, rule in found("daneben"))


def test_subsidy_in_parental_leave(paid: Lines, found: Lines) -> None:
    assert paid("eltern") == [("2112", "11.–30.", "L-N", 2_067)]  # 31.00 for 20 of 30 days
    assert paid("dienst") == []
    assert any("keine Elternzeit" in rule for _, _, rule in found("dienst"))


def test_step_one_of_two_officials(paid: Lines) -> None:
    assert paid("halb") == [("2004", "zur Hälfte", "L-N", 8_438)]  # not reduced: both together work full time
    assert paid("viertel") == [("2004", "zur Hälfte", "L-N", 4_219)]


def test_trainee_officers_by_their_entry_office(paid: Lines, found: Lines) -> None:
    assert paid("anw") == [("2004", "", "L-N", 16_270)]  # class A7 and A8
    assert paid("anw ohne") == []
    assert ("warnung", "einstiegsamt") in [one[:2] for one in found("anw ohne")]


def test_the_entry_grade_and_the_hours_by_age(found: Lines) -> None:
    assert not any(field == "stufe" for _, field, _ in found("neu"))
    assert [level for level, field, _ in found("neu hoch") if field == "stufe"] == ["hinweis"]
    assert any("mit 55 Jahren: 40 Wochenstunden (§ 2 AZVO NRW), erfasst sind 41" in rule for _, _, rule in found("alt"))


def test_the_amount_of_the_structural_allowance_is_entered_for_all(district: int, tarif: SimpleNamespace) -> None:
    july = date(2026, 7, 1)
    entered = (Overlay("strukturzulage_betrag", date(2026, 7, 1), (20, Decimal("114.06")), "Anlage 14", amtlich=True),)
    with official.as_known(entered), tenant_session(district, actor="karla") as session:
        calculate(session, july, key="juli")
        assert ("2008", "", "L-N", 5_703) in tarif.lines(session, "zulage", july)
        session.rollback()


@pytest.mark.parametrize("name", ["wechsel", "azubi", "struktur", "gruppe", "ausgleich", "begrenzt", "eltern", "halb"])
def test_every_line_is_explained_by_its_rule(district: int, tarif: SimpleNamespace, name: str) -> None:
    with tenant_session(district, actor="karla") as session:
        result = tarif.result(session, name, JUNE)
        lines = session.scalars(select(Ergebniszeile).where(
            Ergebniszeile.ergebnis_id == result.id, Ergebniszeile.bereich == "bezug")
            .order_by(Ergebniszeile.position)).all()
        assert lines
        for position, line in enumerate(lines, 1):
            found = explain_line(session, result.public_id, position)
            assert sum(one.value for one in found) == line.betrag
            assert any("§" in text for one in found for text in one.lines())
            origin = open_sheet(session, result.public_id)[2].zeilen[position - 1][-1]
            assert origin[1] in regeln()[int(line.lohnart)]


def test_a_late_notice_is_paid_back_for_the_two_months_before(district: int, tarif: SimpleNamespace) -> None:
    """The claim is recorded from July; the run of July hints that it stands from June already."""
    with tenant_session(district, actor="karla") as session:
        store(session, [tarif.person(ids(session), "spaet", more=[told(date(2026, 8, 20), date(2026, 7, 1))])],
              reason="Test")
        calculate(session, date(2026, 7, 1), key="juli-2")
        rules = [rule for level, _, rule in tarif.findings(session, "spaet", date(2026, 7, 1)) if level == "hinweis"]
        assert any("steht schon ab 06/2026 zu" in rule for rule in rules)
        session.rollback()


def test_typed_amounts_of_the_same_kind_stay_possible(district: int) -> None:
    with tenant_session(district, actor="karla") as session:
        assert session.scalar(select(WiederkehrenderBezug.betrag_cent)) == 665
