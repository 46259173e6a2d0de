"""Arbeitsbescheinigung (§ 312 SGB III): was abgerechnet ist, kommt aus dem Haus, wie es endete, sagt wer es erfasst."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import arbeitsbescheinigung, speichern
from payroll.filings.meldungen.beendigung import Beendigung
from payroll.filings.meldungen.datei import as_file
from payroll.masterdata.catalogue import ids
from payroll.masterdata.models import (
    Anlasszahlung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Fehlzeit,
    Versicherung,
    WiederkehrenderBezug,
)
from payroll.masterdata.service import find_employment, record_fact
from payroll.runs.models import Ergebnis
from tenants.db.session import platform_session
from tenants.models import Tenant

BEGIN, LAST, JUNE, ASKED = date(2026, 1, 1), date(2026, 6, 20), date(2026, 6, 1), date(2026, 7, 6)
ONE_OFF = 1602
END = Beendigung("aufhebung", date(2026, 3, 31), "Umzug", "sechs Wochen zum Quartalsende", abfindung=500_000)


def leaves(session: Any, number: str, last: date = LAST, art: str = "tarif") -> Any:
    job = find_employment(session, number)
    record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=job.id, valid_from=BEGIN, art=art, eintritt=BEGIN,
                austritt=last, kostenstelle="1110", taetigkeitsschluessel="714021211", reason="Ende")
    return job


@pytest.fixture
def gone(fresh_town: Any) -> Any:
    """TARIF ist am 20. Juni ausgeschieden, Mai und Juni sind abgeschlossen; im April unbezahlt frei."""
    with platform_session(actor="test") as session:
        session.scalars(select(Tenant).where(Tenant.id == fresh_town.tenant)).one().betriebsnummer = "15027365"
    with fresh_town.session() as session:
        job = leaves(session, "TARIF")
        record_fact(session, Fehlzeit, beschaeftigung_id=job.id, art="sonderurlaub", valid_from=date(2026, 4, 1),
                    valid_to=date(2026, 4, 30), reason="Antrag")
    fresh_town.close(JUNE)
    return fresh_town


def test_the_certificate_states_end_insurance_breaks_and_the_months_as_billed(gone: Any) -> None:
    """§ 150 Abs. 1 SGB III: die beim Ausscheiden abgerechneten Monate; Mai und Juni sind es hier."""
    with gone.session() as session:
        row = arbeitsbescheinigung.request(session, "TARIF", END, asked=ASKED).meldung
        (_, held), = speichern.entries_of(session, row)
        text = as_file(session, row).decode("utf-8-sig")
        job = find_employment(session, "TARIF")
        paid = {row.monat: row.sv_brutto_rv for row in session.scalars(select(Ergebnis).where(
            Ergebnis.beschaeftigung_id == job.id))}
        hints = speichern.content_of(session, row)["angaben"]["hinweise"]
    assert (row.empfaenger, row.faellig, row.monat) == ("bundesagentur", ASKED, JUNE)
    assert row.befunde == []
    assert (held["beendet_durch"], held["erklaert_am"], held["beendigungsgrund"], held["vertragswidrig"]) == (
        "Aufhebungsvertrag", "2026-03-31", "Umzug", "nein")
    assert (held["eintritt"], held["austritt"], held["abfindung"]) == ("2026-01-01", "2026-06-20", 500_000)
    assert held["ohne_entgelt"] == "01.04.2026–30.04.2026 sonderurlaub"
    assert held["arbeitslosenversicherung"] == (
        "01.01.2026–20.06.2026 pflichtig (Personengruppe 101, Beitragsgruppe 1111)")
    assert [(held[f"monat_{at}"], held[f"entgelt_{at}"]) for at in (1, 2)] == [
        ("2026-06", paid[JUNE]), ("2026-05", paid[date(2026, 5, 1)])]
    assert paid[date(2026, 5, 1)] > 400_000
    assert "monat_3" not in held
    assert "von 01/2026 bis 04/2026 ist hier nichts abgerechnet" in hints[-1]
    assert ";Aufhebungsvertrag;2026-03-31;Umzug;nein;" in text
    assert ";5000,00;0,00;" in text


def test_without_unemployment_insurance_no_month_counts_and_hours_are_named(gone: Any) -> None:
    """Dritte Stelle der Beitragsgruppe 0: versicherungsfrei (§ 28 SGB III); Rentenbeiträge ändern daran nichts."""
    with gone.session() as session:
        job = find_employment(session, "TARIF")
        fund = session.scalars(select(Versicherung.krankenkasse_id).where(
            Versicherung.beschaeftigung_id == job.id)).first()
        record_fact(session, Versicherung, beschaeftigung_id=job.id, kv_art="gesetzlich", beitragsgruppe="1101",
                    personengruppe=101, krankenkasse_id=fund, valid_from=JUNE, reason="frei")
        for first, own in ((BEGIN, 39), (date(2026, 3, 1), Decimal("19.5"))):
            record_fact(session, Bezuegezuordnung, beschaeftigung_id=job.id, valid_from=first, tarifwerk="TVoeD-VKA",
                        entgeltgruppe="E9b", stufe="4", wochenstunden=Decimal(own), vollzeitstunden=Decimal(39),
                        reason="Vertrag")
        row = arbeitsbescheinigung.request(session, "TARIF", END, asked=ASKED).meldung
        (_, held), = speichern.entries_of(session, row)
    assert (held["entgelt_1"], held["entgelt_2"] > 400_000) == (0, True)
    assert "01.06.2026–20.06.2026 nicht (Personengruppe 101, Beitragsgruppe 1101)" in held["arbeitslosenversicherung"]
    assert held["arbeitszeit"] == ("ab 01.01.2026 39,00 von 39,00 Stunden; ab 01.03.2026 19,50 von 39,00 Stunden")


def test_once_then_a_correction_after_the_hand_over(gone: Any) -> None:
    with gone.session() as session:
        row = arbeitsbescheinigung.request(session, "TARIF", END, asked=ASKED).meldung
        for again in (END, replace(END, grund="Umzug nach Köln")):  # waits: neither twice nor beside the first
            with pytest.raises(FilingRefused, match="gibt es diese Bescheinigung schon"):
                arbeitsbescheinigung.request(session, "TARIF", again, asked=ASKED)
        found = row.public_id, row.sha256.hex()
    with gone.session("hugo") as session:
        speichern.release(session, found[0], sha256=found[1])
    with gone.session() as session:
        speichern.hand_over(session, found[0])
        with pytest.raises(FilingRefused, match="gibt es diese Bescheinigung schon"):
            arbeitsbescheinigung.request(session, "TARIF", END, asked=ASKED)
        later = arbeitsbescheinigung.request(session, "TARIF", replace(END, abfindung=600_000), asked=ASKED).meldung
        (entry, held), = speichern.entries_of(session, later)
        first, = speichern.entries_of(session, speichern.find(session, found[0]))
        assert (entry.satzart, entry.ersetzt, held["abfindung"]) == ("korrektur", first[0].public_id, 600_000)


@pytest.mark.parametrize(("number", "end", "words"), [
    ("NIEMAND", END, "gibt es bei diesem Arbeitgeber nicht"), ("SPARERIN", END, "kein Austritt erfasst"),
    ("TARIF", replace(END, art="streit"), "Art des Endes"), ("TARIF", replace(END, erklaert_am=None), "Tag der Erklär"),
    ("TARIF", replace(END, erklaert_am=date(2026, 6, 21)), "nach dem letzten Tag"),
    ("TARIF", replace(END, grund=" "), "Grund in Worten"), ("TARIF", replace(END, frist=""), "Kündigungsfrist in W"),
    ("TARIF", replace(END, art="befristung"), "niemand erklärt"), ("TARIF", replace(END, grund="x" * 301), "höchstens"),
    ("TARIF", replace(END, abfindung=-1), "ab 0 EUR"), ("POLIN", END, "noch nicht abgeschlossen")])
def test_what_cannot_be_certified_is_refused_with_its_remedy(gone: Any, number: str, end: Beendigung,
                                                             words: str) -> None:
    with gone.session() as session:
        leaves(session, "POLIN", date(2026, 7, 31))
        with pytest.raises(FilingRefused, match=words):
            arbeitsbescheinigung.request(session, number, end, asked=ASKED)


def test_who_left_twice_has_two_certificates_each_of_its_own_time(fresh_town: Any) -> None:
    """Fünf Tage gehören zum Ende im Mai, drei zum Ende im Juli; Verlangen am 15. Juni meint das erste."""
    may, july, back, asked = date(2026, 5, 31), date(2026, 7, 31), date(2026, 7, 1), date(2026, 6, 15)
    with fresh_town.session() as session:
        job = leaves(session, "TARIF", may)
        fund = session.scalars(select(Versicherung.krankenkasse_id).where(
            Versicherung.beschaeftigung_id == job.id)).first()
        record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=job.id, valid_from=back, art="tarif",
                    eintritt=back, austritt=july, kostenstelle="1110", taetigkeitsschluessel="714021211", reason="neu")
        record_fact(session, Versicherung, beschaeftigung_id=job.id, kv_art="gesetzlich", beitragsgruppe="1111",
                    personengruppe=101, krankenkasse_id=fund, elterneigenschaft=False, valid_from=back, reason="neu")
        record_fact(session, Bezuegezuordnung, beschaeftigung_id=job.id, valid_from=BEGIN, tarifwerk="TVoeD-VKA",
                    entgeltgruppe="E9b", stufe="4", wochenstunden=Decimal(39), vollzeitstunden=Decimal(39),
                    reason="Vertrag")
        for day, days in ((may, 5), (july, 3)):
            record_fact(session, Anlasszahlung, beschaeftigung_id=job.id, valid_from=day, valid_to=day,
                        art="urlaubsabgeltung", menge=Decimal(days), reason="Ende")
    fresh_town.close(JUNE)
    fresh_town.close(back)
    with fresh_town.session() as session:
        first, second = (speichern.entries_of(session, arbeitsbescheinigung.request(
            session, "TARIF", END, asked=day).meldung)[0] for day in (asked, date(2026, 8, 6)))
    assert [entry.satzart for entry, _ in (first, second)] == ["neu", "neu"]
    assert [(held["eintritt"], held["austritt"], held["urlaubsabgeltung_tage"]) for _, held in (first, second)] == [
        ("2026-01-01", "2026-05-31", "5"), ("2026-07-01", "2026-07-31", "3")]
    assert [(held["monat_1"], "monat_2" in held) for _, held in (first, second)] == [
        ("2026-05", False), ("2026-07", False)]
    assert [held["arbeitslosenversicherung"] for _, held in (first, second)] == [
        f"{span} pflichtig (Personengruppe 101, Beitragsgruppe 1111)" for span in (
            "01.01.2026–31.05.2026", "01.07.2026–31.07.2026")]
    cents = [held["urlaubsabgeltung"] for _, held in (first, second)]
    assert min(cents) > 0
    assert abs(cents[0] * 3 - cents[1] * 5) <= 8  # the same rate a day, each payment rounded to whole cents


def test_a_return_already_recorded_does_not_hide_the_end_before_it(gone: Any) -> None:
    with gone.session() as session:
        back = date(2026, 9, 1)
        record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=find_employment(session, "TARIF").id,
                    valid_from=back, art="tarif", eintritt=back, kostenstelle="1110", reason="kommt wieder")
        row = arbeitsbescheinigung.request(session, "TARIF", END, asked=ASKED).meldung
        (_, held), = speichern.entries_of(session, row)
    assert (held["eintritt"], held["austritt"]) == ("2026-01-01", "2026-06-20")


def test_taken_over_without_a_gap_the_time_before_belongs_to_it(gone: Any) -> None:
    """Bis Mai in Ausbildung, ab Juni Tarif: der Bemessungsrahmen umfasst beides (§ 150 Abs. 1 SGB III)."""
    with gone.session() as session:
        job = leaves(session, "TARIF", date(2026, 5, 31), "auszubildende")
        record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=job.id, valid_from=JUNE, art="tarif",
                    eintritt=JUNE, austritt=LAST, kostenstelle="1110", reason="übernommen")
        row = arbeitsbescheinigung.request(session, "TARIF", END, asked=ASKED).meldung
        (_, held), = speichern.entries_of(session, row)
    assert (held["art"], held["eintritt"], held["austritt"]) == ("tarif", "2026-01-01", "2026-06-20")
    assert [held[f"monat_{at}"] for at in (1, 2)] == ["2026-06", "2026-05"]


def test_one_off_pay_booked_later_stands_beside_the_month_it_belongs_to(fresh_town: Any) -> None:
    may = date(2026, 5, 1)
    with fresh_town.session() as session:
        job = leaves(session, "TARIF")
        record_fact(session, WiederkehrenderBezug, beschaeftigung_id=job.id, laufnummer=1, betrag_cent=70_000,
                    lohnart_id=ids(session).lohnarten[ONE_OFF], valid_from=may, valid_to=may, reason="Prämie")
    fresh_town.close(JUNE)
    with fresh_town.session() as session:
        row = arbeitsbescheinigung.request(session, "TARIF", END, asked=ASKED).meldung
        (_, held), = speichern.entries_of(session, row)
    assert [(held[f"monat_{at}"], held[f"einmal_{at}"]) for at in (1, 2)] == [("2026-06", 0), ("2026-05", 70_000)]


def test_a_corrected_last_day_corrects_the_certificate_that_went_out(gone: Any) -> None:
    with gone.session() as session:
        row = arbeitsbescheinigung.request(session, "TARIF", END, asked=ASKED).meldung
        (sent, _), = speichern.entries_of(session, row)
        found, old = (row.public_id, row.sha256.hex()), sent.public_id
    with gone.session("hugo") as session:
        speichern.release(session, found[0], sha256=found[1])
    with gone.session() as session:
        speichern.hand_over(session, found[0])
        leaves(session, "TARIF", date(2026, 6, 25))
        later = arbeitsbescheinigung.request(session, "TARIF", END, asked=ASKED).meldung
        (entry, held), = speichern.entries_of(session, later)
        assert (entry.satzart, entry.ersetzt, held["austritt"]) == ("korrektur", old, "2026-06-25")
