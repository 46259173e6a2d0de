"""UV-Jahresmeldung, Anzeige nach § 163 SGB IX, Entgeltbescheinigung und Personalstand aus einer kleinen Stadt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.jahresende import liste
from payroll.filings.meldungen import (
    alle,
    entgeltersatz,
    entsendung,
    schwerbehinderte,
    speichern,
    stamm,
    unfall,
    unfall_angaben,
    werte,
)
from payroll.filings.meldungen.datei import as_file
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.filings.meldungen.unfall_angaben import Unfallangaben
from payroll.law.rules.entgelt.fehlzeiten import Fehlzeit as Ausfall
from payroll.law.rules.entgelt.fehlzeiten import abschnitte
from payroll.masterdata.models import (
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Fehlzeit,
    Person,
    PersonAngaben,
    Versicherung,
)
from payroll.masterdata.service import find_employment, record_fact
from payroll.runs.models import Ergebnis

JUNE, DECEMBER = date(2026, 6, 1), date(2026, 12, 1)
BORN = date(1985, 6, 15)
CARRIER = Unfallangaben("15027365", "123456789012001", "21", 9_600_000)


@pytest.fixture(scope="module")
def year(town: Any) -> Any:
    """Mai, Juni und Dezember abgeschlossen; eine lange Krankheit, eine Schwerbehinderung, Wochenstunden."""
    with town.session() as session:
        sick, disabled = find_employment(session, "POLIN"), find_employment(session, "TARIF")
        record_fact(session, Fehlzeit, beschaeftigung_id=sick.id, art="krankheit", valid_from=date(2026, 6, 8),
                    valid_to=date(2026, 8, 31), reason="Bescheinigung")
        record_fact(session, PersonAngaben, person_id=disabled.person_id, valid_from=BORN, nachname="Tarif",
                    vorname="Ada", geburtsdatum=BORN, staatsangehoerigkeit="000", schwerbehinderung="schwerbehindert",
                    geschlecht="weiblich", reason="Bescheid")
        unfall_angaben.record(session, CARRIER, valid_from=date(2026, 1, 1), reason="Bescheid")
    town.close(JUNE)
    town.close(DECEMBER)
    return town


def made(town: Any, kind: str, month: date) -> tuple[Any, list[dict[str, Any]], str]:
    """Die Meldung, der Inhalt ihrer Sätze und ihre Datei."""
    with town.session() as session:
        (one,) = alle.create(session, month, kind=kind)
        entries = [content for _, content in speichern.entries_of(session, one.meldung)]
        return one.meldung, entries, as_file(session, one.meldung).decode("utf-8-sig")


def test_accident_pay_is_the_uncapped_pay_of_everybody_but_officials(year: Any) -> None:
    """§ 28a Abs. 2a SGB IV: ganzes Jahr, volle Euro; unter der Grenze ist es das Entgelt der Rentenversicherung."""
    row, entries, text = made(year, "uv", DECEMBER)
    by_number = {one["personalnummer"]: one for one in entries}
    assert "BEAMTIN" not in by_number
    assert len(by_number) == 10
    one = by_number["TARIF"]
    with year.session() as session:
        job = find_employment(session, "TARIF")
        paid = [held.sv_brutto_rv for held in session.scalars(select(Ergebnis).where(
            Ergebnis.beschaeftigung_id == job.id))]
    assert one["entgelt"] == (sum(paid) + 50) // 100
    assert len(paid) == 3
    assert (one["grund"], one["von"], one["bis"], one["frist"]) == ("92", "2026-01-01", "2026-12-31", "2027-02-16")
    assert (one["uv_traeger"], one["gefahrtarifstelle"], one["uv_grund"]) == ("15027365", "21", "")
    assert row.befunde == []
    assert "gefahrtarifstelle;uv_grund;entgelt;arbeitsstunden" in text


def test_hours_follow_the_agreed_week_days_with_pay_and_the_place_in_the_tariff() -> None:
    """39 Stunden mal 4,348 im vollen Monat; im April ohne Entgelt ab dem 16.: die Hälfte."""
    file = stamm.Akte(1, "1", BORN, "tarif", date(2020, 1, 1), None, None, {}, "", "", BORN)  # type: ignore[arg-type]
    gap = stamm.Luecke(date(2026, 4, 16), date(2026, 4, 30), "sonderurlaub", "ohne_entgelt", (), False)
    found = unfall.split({date(2026, 3, 1): 100, date(2026, 4, 1): 50, date(2026, 5, 1): 10},
                         ([(date(2020, 1, 1), Decimal(39))], [(date(2020, 1, 1), "21"), (date(2026, 5, 1), "40")]),
                         [gap], file)
    month = Fraction(39 * 4348, 1000)
    assert found == {"21": unfall.Jahr(150, month * Fraction(3, 2)), "40": unfall.Jahr(10, month)}


def test_the_highest_amount_cuts_and_other_measures_leave_pay_out(year: Any) -> None:
    """§ 85 SGB VII; A09: der Beitrag richtet sich nicht nach dem Entgelt."""
    with year.session() as session:
        unfall_angaben.record(session, Unfallangaben("15027365", "123456789012001", "21", 500_000),
                              valid_from=date(2026, 1, 1), reason="Satzung")
        cut = {one.personalnummer: one.inhalt["entgelt"] for one in unfall.expected(session)[0]}
        assert (cut["TARIF"], cut["ZWEIFACH"] + cut["ZWEIFACH-2"]) == (5000, 5000)  # a person with two jobs once
        unfall_angaben.record(session, Unfallangaben("15027365", "123456789012001", "21", 0, True),
                              valid_from=date(2026, 1, 1), reason="Satzung")
        flat = unfall.expected(session)[0][0].inhalt
        assert (flat["entgelt"], flat["gefahrtarifstelle"], flat["uv_grund"]) == (0, "", "A09")
        for wrong, words in ((Unfallangaben("1", "1" * 15, "21"), "Betriebsnummer"),
                             (Unfallangaben("15027365", "12", "21"), "15 Ziffern"),
                             (Unfallangaben("15027365", "1" * 15, "B"), "Gefahrtarifstelle"),
                             (Unfallangaben("15027365", "1" * 15, "21", -1), "Höchstbetrag")):
            with pytest.raises(FilingRefused, match=words):
                unfall_angaben.record(session, wrong, valid_from=DECEMBER, reason="x")
        session.rollback()


def test_notice_of_severely_disabled_people(year: Any) -> None:
    """Elf Arbeitsplätze: keine Pflicht (§ 154 Abs. 1 SGB IX); das Verzeichnis nennt die schwerbehinderte Person."""
    row, entries, text = made(year, "sb", DECEMBER)
    with year.session() as session:
        values = speichern.content_of(session, row)["werte"]
    assert (values["plaetze"], values["pflicht"], values["besetzt"], values["abgabe"]) == (11 * 12, 0, 12, 0)
    (one,) = entries
    assert (one["personalnummer"], one["merkmal"], one["monate"], one["angerechnet"]) == (
        "TARIF", "schwerbehindert", 12, 12)
    assert "plaetze_01;Arbeitsplätze, Monat 01 (§§ 156, 157 SGB IX);11;belegt" in text
    assert "Tarif;Ada;1985-06-15;TARIF;tarif;schwerbehindert" in text
    assert row.faellig == date(2027, 3, 31)


def test_who_is_below_eighteen_hours_is_named_with_what_the_law_excepts(year: Any) -> None:
    """§ 158 Abs. 2 SGB IX: unter 18 Stunden zählt nur mit Zulassung, in Altersteilzeit oder Teilzeitausbildung."""
    with year.session() as session:
        job = find_employment(session, "TARIF")
        assert not [one for one in schwerbehinderte.drafts(session, DECEMBER)[0].angaben["hinweise"] if "TARIF" in one]
        for first, hours in ((date(2026, 1, 1), 39), (date(2026, 11, 1), 15)):
            record_fact(session, Bezuegezuordnung, beschaeftigung_id=job.id, valid_from=first, tarifwerk="TVoeD-VKA",
                        entgeltgruppe="E9b", stufe="4", wochenstunden=Decimal(hours), vollzeitstunden=Decimal(39),
                        reason="Vertrag")
        (draft,) = schwerbehinderte.drafts(session, DECEMBER)
        (told,) = [one for one in draft.angaben["hinweise"] if "TARIF" in one]
        session.rollback()
    assert told.startswith("TARIF: in 2 Monaten unter 18 Wochenstunden")
    assert "§ 158 Abs. 2 SGB IX" in told
    assert (draft.werte["besetzt_10"], draft.werte["besetzt_11"]) == (1, 0)


def test_certificate_of_pay_when_sick_benefit_begins(year: Any) -> None:
    """§ 22 TVöD: sechs Wochen Entgelt ab 8. Juni; davor ist der Mai abgerechnet (§ 47 Abs. 2 SGB V)."""
    _row, entries, text = made(year, "eel", DECEMBER)
    (one,) = entries
    assert (one["personalnummer"], one["grund"], one["leistung"]) == ("POLIN", "01", "krankheit")
    assert (one["ausfall_ab"], one["letzter_tag_mit_entgelt"], one["leistung_ab"]) == (
        "2026-06-08", "2026-07-19", "2026-07-20")
    with year.session() as session:
        job = find_employment(session, "POLIN")
        may = session.scalars(select(Ergebnis).where(Ergebnis.beschaeftigung_id == job.id,
                                                     Ergebnis.monat == date(2026, 5, 1))).one()
        assert (one["monat_1"], one["brutto_1"], one["netto_1"]) == ("2026-05", 400_000, may.netto)
    assert f";{may.netto // 100},{may.netto % 100:02d};" in text


@pytest.mark.parametrize(("kv_art", "group", "people", "sick", "mother"), [
    ("gesetzlich", "1111", 101, True, True), ("freiwillig", "0111", 101, True, True),
    ("freiwillig", "9111", 101, True, True), ("gesetzlich", "3101", 101, False, True),
    ("gesetzlich", "0100", 106, False, True), ("gesetzlich", "6500", 109, False, False),
    ("gesetzlich", "0000", 110, False, False), ("privat", "0110", 101, False, False),
    ("keine", "0110", 101, False, False)],
    ids=["compulsory", "pays-self", "voluntary", "reduced", "student", "minijob", "short-term", "private", "none"])
def test_only_members_with_a_claim_get_a_certificate(kv_art: str, group: str, people: int, sick: bool,
                                                     mother: bool) -> None:
    """§§ 44, 45, 24i SGB V: Krankengeld mit Anspruch darauf, Mutterschaftsgeld jedem Mitglied."""
    held = werte.Abschnitt(BORN, None, "15027365", "TK", group, people, kv_art)
    assert [entgeltersatz.entitled(held, art) for art in ("krankheit", "kind_krank", "mutterschutz")] == [
        sick, sick, mother]


def test_the_sick_without_sickness_benefit_are_not_certified_and_child_benefit_says_what_is_missing(year: Any) -> None:
    """Wer ab 8. Juni krank ist, bekäme ab 20. Juli Krankengeld; privat oder im Minijob zahlt es niemand."""
    with year.session() as session:
        job = find_employment(session, "POLIN")
        fund = session.scalars(select(Versicherung.krankenkasse_id).where(
            Versicherung.beschaeftigung_id == job.id)).first()
        assert [one.personalnummer for one in entgeltersatz.expected(session, DECEMBER)[0]] == ["POLIN"]
        for kind, group, people in (("privat", "0110", 101), ("gesetzlich", "6500", 109)):
            record_fact(session, Versicherung, beschaeftigung_id=job.id, kv_art=kind, beitragsgruppe=group,
                        personengruppe=people, krankenkasse_id=fund, valid_from=date(2026, 1, 1), reason="Wechsel")
            assert entgeltersatz.expected(session, DECEMBER) == ([], [])
        session.rollback()
        parent = find_employment(session, "SPARERIN")
        record_fact(session, Fehlzeit, beschaeftigung_id=parent.id, art="kind_krank", valid_from=date(2026, 7, 6),
                    valid_to=date(2026, 7, 8), reason="Bescheinigung")
        made = entgeltersatz.expected(session, DECEMBER)[0]
        (hint,) = entgeltersatz.hints(made)
        assert hint.startswith("SPARERIN, 06.07.2026: Kinderkrankengeld")
        assert "§ 45 Abs. 2 Satz 3 SGB V" in hint
        session.rollback()


def test_each_absence_begins_a_benefit_once_and_maternity_takes_three_months() -> None:
    sick = abschnitte([Ausfall(date(2026, 1, 5), date(2026, 12, 31), "krankheit")], "tarif", date(2025, 6, 1))
    assert [(one.art, one.seit, one.von) for one in entgeltersatz.beginnings(sick)] == [
        ("krankheit", date(2026, 1, 5), date(2026, 2, 16))]
    mother = abschnitte([Ausfall(date(2026, 1, 5), date(2026, 4, 13), "mutterschutz")], "tarif", date(2025, 6, 1))
    (one,) = entgeltersatz.beginnings(mother)
    assert (one.art, one.von, entgeltersatz.GROUNDS[one.art]) == ("mutterschutz", date(2026, 1, 5), ("03", 3))


def test_statistics_of_30_june_name_nobody_and_add_up(year: Any) -> None:
    """§ 6 FPStatG: Einzeldaten ohne Namen, Bruttobezüge des Juni gegliedert."""
    row, entries, text = made(year, "personalstand", JUNE)
    assert len(entries) == 11
    by_number = {one["ordnungsnummer"]: one for one in entries}
    official, tariff = by_number["BEAMTIN"], by_number["TARIF"]
    assert (official["einstufung"], official["stufe"], official["laufbahngruppe"], official["dauer"]) == (
        "A10", "6", "2", "unbefristet")
    assert (tariff["geburtsmonat"], tariff["geschlecht"], tariff["dauer"]) == ("1985-06", "weiblich", "unbefristet")
    assert all(one["brutto"] == sum(value for name, value in one.items() if name.startswith("brutto_"))
               for one in entries)
    assert "nachname" not in text.casefold()
    assert "Tarif;Ada" not in text
    assert row.faellig == date(2026, 7, 31)


def test_request_for_work_abroad_goes_to_the_fund_or_to_the_pension_insurance_once(year: Any) -> None:
    """§ 106 SGB IV: Beschäftigte mit Kasse bei ihr, Beamtinnen und Beamte bei der Rentenversicherung."""
    trip = entsendung.Reise("NL", date(2026, 11, 9), date(2026, 11, 11), "Venlo", "Gemeente Venlo, Hanzeplaats 1")
    with year.session() as session:
        made = entsendung.request(session, "TARIF", trip).meldung
        (_, content), = speichern.entries_of(session, made)
        assert (made.empfaenger, content["staat"], content["beamter"], made.faellig) == (
            "15027365", "NL", "nein", date(2026, 11, 9))
        official = entsendung.request(session, "BEAMTIN", trip).meldung
        assert official.empfaenger == "rentenversicherung"
        assert "Betriebsnummer fehlt" in official.befunde[0]
        job = find_employment(session, "POLIN")
        fund = session.scalars(select(Versicherung.krankenkasse_id).where(
            Versicherung.beschaeftigung_id == job.id)).first()
        for people, group in ((109, "6500"), (110, "0000")):
            record_fact(session, Versicherung, beschaeftigung_id=job.id, kv_art="gesetzlich", beitragsgruppe=group,
                        personengruppe=people, krankenkasse_id=fund, valid_from=date(2026, 1, 1), reason="Minijob")
            with pytest.raises(FilingRefused, match="eigene Krankenkasse der Person"):
                entsendung.request(session, "POLIN", trip)
        record_fact(session, Versicherung, beschaeftigung_id=job.id, kv_art="freiwillig", beitragsgruppe="0111",
                    personengruppe=101, krankenkasse_id=fund, valid_from=date(2026, 1, 1), reason="zahlt selbst")
        assert entsendung.request(session, "POLIN", trip).meldung.empfaenger == "15027365"
        for number, wrong, words in (
                ("TARIF", trip, "schon beantragt"), ("NIEMAND", trip, "gibt es bei diesem Arbeitgeber nicht"),
                ("TARIF", replace(trip, staat="US"), "EU, EWR, Schweiz"),
                ("TARIF", replace(trip, bis=date(2026, 11, 1)), "vor dem ersten"),
                ("TARIF", replace(trip, von=date(2025, 1, 1)), "nicht durchgehend"),
                ("TARIF", replace(trip, ort=""), "Ort im Ausland")):
            with pytest.raises(FilingRefused, match=words):
                entsendung.request(session, number, wrong)


@pytest.mark.parametrize(("kind", "month", "words"), [
    ("uv", date(2026, 5, 1), "den Dezember wählen"), ("sb", JUNE, "den Dezember wählen"),
    ("personalstand", DECEMBER, "den Juni wählen")])
def test_yearly_filings_want_their_month(year: Any, kind: str, month: date, words: str) -> None:
    with year.session() as session, pytest.raises(FilingRefused, match=words):
        alle.create(session, month, kind=kind)


def test_hours_of_a_week_are_read_from_the_facts(year: Any) -> None:
    with year.session() as session:
        job = find_employment(session, "BEAMTIN")
        hours, places = unfall._facts(session)[job.id]
        held = session.scalars(select(Bezuegezuordnung).where(Bezuegezuordnung.beschaeftigung_id == job.id)).one()
        assert hours == [(held.valid_from, held.wochenstunden)]
        assert places == [(date(2026, 1, 1), None)]  # none of their own: the employer's
        one = find_employment(session, "TARIF")
        about = {"art": "tarif", "eintritt": date(2026, 1, 1), "kostenstelle": "1110",
                 "taetigkeitsschluessel": "714021211"}
        record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=one.id, valid_from=date(2026, 6, 1),
                    reason="Bauhof", gefahrtarifstelle="40", **about)
        record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=one.id, valid_from=DECEMBER,
                    reason="Rathaus", **about)
        by_place = {entry.schluessel.rpartition("|")[2]: entry.inhalt["gefahrtarifstelle"]
                    for entry in unfall.expected(session)[0] if entry.personalnummer == "TARIF"}
        assert by_place == {"": "21", "40": "40"}
        found = unfall.split({date(2026, 5, 1): 1, JUNE: 10, DECEMBER: 100}, unfall._facts(session)[one.id], (),
                             stamm.files_of(session)[one.id])
        assert {place: held.entgelt for place, held in found.items()} == {"": 101, "40": 10}
        session.rollback()


def test_terms_of_a_year_are_read_once_for_all_people(year: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []
    read = unfall_angaben.given_on
    monkeypatch.setattr(unfall_angaben, "given_on", lambda session, day: asked.append(day) or read(session, day))
    with year.session() as session:
        assert len(unfall.expected(session)[0]) == 10
    assert asked == [date(2026, 12, 31)]


def test_a_yearly_filing_without_anything_to_say_is_done(year: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kleine Arbeitgeber ohne Anzeigepflicht: der Schritt des Jahresendes bleibt nicht für immer offen."""
    with year.session() as session:
        def state() -> tuple[bool | None, str]:
            step = next(one for one in liste.steps(session, 2026) if one.was.startswith("Jahresmeldungen der Sozial"))
            return step.getan, step.einzelheit

        assert state() == (False, "noch nicht erstellt")
        monkeypatch.setitem(alle.ALL, "deuev", lambda _session, _month: [])
        assert state() == (True, "nichts zu melden, oder schon mit einem anderen Monat gemeldet")


def test_a_yearly_filing_waiting_with_a_later_month_is_not_done(year: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Im Januar mit erstellt, aber noch nicht übergeben: das Meldekonto kennt die Sätze, die Annahmestelle nicht."""
    monkeypatch.setitem(alle.ALL, "deuev", lambda _session, _month: [])
    january = date(2027, 1, 1)

    def waiting(session: Any, first: date, last: date) -> Any:
        person = session.scalars(select(Person.public_id)).first()
        entry = Satz(f"TARIF|50|{first}", "50", first, last, january, person, "TARIF", {})
        (one,) = speichern.store(session, [
            Entwurf("deuev", january, january, "annahmestelle", "Annahmestellen", january, saetze=(entry,))])
        return one.meldung.public_id

    def state(session: Any) -> tuple[bool | None, str]:
        step = next(one for one in liste.steps(session, 2026) if one.was.startswith("Jahresmeldungen der Sozial"))
        return step.getan, step.einzelheit

    with year.session() as session:
        waiting(session, january, january)
        assert state(session)[0] is True
        held = waiting(session, date(2026, 1, 1), date(2026, 12, 31))
        assert state(session) == (False, "mit 01/2027 erstellt, noch nicht übergeben")
        speichern.withdraw(session, held, reason="Versehen")
        assert state(session)[0] is True
        session.rollback()
