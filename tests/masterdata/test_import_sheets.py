"""Blätter: alle Tatsachen hin und zurück ohne Unterschied, jede falsche Zelle mit Grund und Abhilfe, nichts halb."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from payroll.masterdata import catalogue
from payroll.masterdata.export import export_workbook
from payroll.masterdata.imports import ImportFehler, dry_run, take_over
from payroll.masterdata.imports.blaetter import BLAETTER
from payroll.masterdata.imports.blaetter.erklaert import handbook
from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import (
    Anlasszahlung,
    Arbeitsweg,
    Beschaeftigung,
    Beschaeftigungszeit,
    Darlehen,
    Dienstwagen,
    Familienzuschlag,
    Fehlzeit,
    HoehereTaetigkeit,
    Meldeanforderung,
    Pfaendung,
    Sabbatical,
    Sachbezug,
    Sparvertrag,
    Stufenregelung,
    Unterhaltsausschluss,
    Unterhaltspflicht,
    Versicherung,
    Vortragswerte,
    WeitereBeschaeftigung,
    WiederkehrenderBezug,
    Zulagenanspruch,
)
from payroll.masterdata.service import record_fact
from tenants.db.session import TenantSession, tenant_session

JANUARY, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)
IBAN = {"iban": "DE02120300000000202051", "iban_ende": "2051"}
CLAIMS = frozenset({"claim.read", "claim.write"})


def _facts(session: TenantSession) -> tuple[Tatsache, ...]:
    """Von jeder Art, die an der Beschäftigung hängt, mindestens eine Fassung; einige mit Ende und Nachfolger."""
    wage = catalogue.ids(session).lohnarten
    return (
        Tatsache(WiederkehrenderBezug, JANUARY, {"lohnart_id": wage[1111], "betrag_cent": 12_050}, date(2026, 2, 28)),
        Tatsache(WiederkehrenderBezug, MARCH, {"lohnart_id": wage[1111], "betrag_cent": 13_000}),
        Tatsache(WiederkehrenderBezug, MARCH, {"lohnart_id": wage[1602], "laufnummer": 18, "betrag_cent": -4_200}),
        Tatsache(Familienzuschlag, JANUARY, {"stufe1": True, "kinder": 2, "mietenstufe": "III", "geteilt": True,
                                             "gemeinsam_vollzeit": True}),
        Tatsache(Vortragswerte, JANUARY, {"jahr": 2026, "herkunft": "arbeitgeber", "steuerbrutto_cent": 612_345}),
        Tatsache(Dienstwagen, JANUARY, {"listenpreis_cent": 3_840_000, "ansatz": "viertel", "anschaffung": MARCH,
                                        "arbeitsweg": True}),
        Tatsache(Arbeitsweg, JANUARY, {"entfernung_km": 14, "arbeitstage": 11, "pauschal": True}),
        Tatsache(Sachbezug, MAY, {"mittagessen": 15, "selbst_gezahlt_cent": 3_000, "belegung": 2}),
        Tatsache(Sparvertrag, JANUARY, {"art": "vermoegensbildung", "betrag_cent": 4_000, "vertragsnummer": "77",
                                        "empfaenger": "=Bausparkasse", **IBAN}),
        Tatsache(Darlehen, JANUARY, {"art": "darlehen", "betrag_cent": 240_000, "ausgezahlt_am": JANUARY,
                                     "rate_cent": 20_000, "erste_rate": MARCH}),
        Tatsache(Fehlzeit, JANUARY, {"art": "krankheit", "kette": 1, "krankengeld_tag_cent": 7_000,
                                     "krankengeld_netto_tag_cent": 6_139}, MARCH),
        Tatsache(Fehlzeit, MAY, {"art": "elternzeit", "kind_geboren_am": MARCH}),
        Tatsache(Stufenregelung, JANUARY, {"verkuerzt_monate": -6, "einstellungsstufe": 3}),
        Tatsache(HoehereTaetigkeit, MARCH, {"entgeltgruppe": "E9c"}, MAY),
        Tatsache(Beschaeftigungszeit, JANUARY, {"seit": date(2012, 3, 1)}),
        Tatsache(Anlasszahlung, MAY, {"art": "urlaubsabgeltung", "menge": Decimal("6.50")}, MAY),
        Tatsache(Sabbatical, JANUARY, {"anteil_zaehler": 5, "anteil_nenner": 6, "freistellung_ab": MARCH,
                                       "freistellung_bis": MAY}),
        Tatsache(Zulagenanspruch, JANUARY, {"art": "strukturausgleich", "betrag_cent": 10_000,
                                            "anrechnung_cent": 2_000}),
        Tatsache(Zulagenanspruch, MARCH, {"art": "vermoegenswirksam", "mitgeteilt_am": MARCH}, MAY),
        Tatsache(Meldeanforderung, JANUARY, {"art": "rentenantrag", "eingegangen_am": MARCH}, date(2026, 3, 31)),
    )


def _personal(session: TenantSession, number: str) -> None:
    """Was an der Person hängt."""
    person = session.scalars(select(Beschaeftigung.person_id).where(Beschaeftigung.personalnummer == number)).one()
    kept: dict[str, Any] = {"valid_from": JANUARY, "reason": "Antrag", "person_id": person}
    record_fact(session, Pfaendung, nummer=1, art="unterhalt", glaeubiger="UVK", zugestellt_am=JANUARY,
                zugestellt_um="09:40", monatsbetrag_cent=42_000, gericht_freibetrag_cent=145_000,
                zinssatz=Decimal("5.120"), zinsen_ab=MARCH, verwendungszweck="UVK 77", **IBAN, **kept)
    record_fact(session, Unterhaltspflicht, nummer=1, name="Lena", verhaeltnis="kind", geburtsdatum=MARCH, **kept)
    record_fact(session, Unterhaltsausschluss, forderung=1, unterhaltspflicht=1, ganz=False, beschluss="B 7", **kept)
    record_fact(session, WeitereBeschaeftigung, nummer=2, art="kurzfristig", entgelt_monat_cent=90_000,
                arbeitgeber="Bäckerei", arbeitstage=12, **kept)


def _cells(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = load_workbook(io.BytesIO(data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def _book(**sheets: list[list[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_out_and_in_again_is_the_same(desk: TenantSession, two_tenants: tuple[int, int],
                                      employ: Callable[..., None]) -> None:
    employ(desk, "4711", _facts(desk), versicherung=Tatsache(Versicherung, JANUARY, {
        "kv_art": "gesetzlich", "krankenkasse_id": catalogue.ids(desk).krankenkassen["TK"], "beitragsgruppe": "1111",
        "personengruppe": 110, "kurzfristig_arbeitstage": 40, "kurzfristig_stunden": Decimal("160.50"),
        "kurzfristig_pauschal": True, "berufsmaessig": True, "befreiung_eingang": JANUARY}))
    _personal(desk, "4711")
    out = export_workbook(desk, MAY, reason="Übergabe", schuetzenswert=True, rechte=CLAIMS)
    first = _cells(out)
    assert all(len(first[blatt.titel]) > 1 for blatt in BLAETTER)
    assert dry_run(desk, "mappe.xlsx", out, rechte=CLAIMS).aenderungen == []
    desk.commit()
    with tenant_session(two_tenants[1], actor="bert") as other:
        catalogue.seed(other)
        done = take_over(other, "mappe.xlsx", out, reason="Übernahme", rechte=CLAIMS)
        assert (done.neu, done.beanstandungen) == (["4711"], [])
        assert sum(one.neu for one in done.blaetter) == 24
        assert _cells(export_workbook(other, MAY, reason="x", schuetzenswert=True, rechte=CLAIMS)) == first
        again = take_over(other, "mappe.xlsx", out, reason="noch einmal", rechte=CLAIMS)
        assert (again.unveraendert, again.aenderungen) == (["4711"], [])
        assert {(one.neu, one.geaendert) for one in again.blaetter} == {(0, 0)}


def test_without_protected_columns_what_is_known_stays(desk: TenantSession, employ: Callable[..., None]) -> None:
    employ(desk, "4711", _facts(desk))
    _personal(desk, "4711")
    out = export_workbook(desk, MAY, reason="Liste", rechte=CLAIMS)
    assert b"DE0212" not in b"".join(str(row).encode() for rows in _cells(out).values() for row in rows)
    changed = _book(Sparverträge=[["Personalnummer", "gültig ab", "Art", "Betrag", "Empfänger", "Vertragsnummer"],
                                  ["4711", "01.03.2026", "vermoegensbildung", "60,00", "Bank", "77"]])
    done = take_over(desk, "s.xlsx", changed, reason="Änderung")
    assert [(one.titel, one.geaendert) for one in done.blaetter] == [("Sparverträge", 1)]
    rows = _cells(export_workbook(desk, MAY, reason="x", schuetzenswert=True))["Sparverträge"]
    assert [(row[1], row[2], row[5], row[8]) for row in rows[1:]] == [
        ("01.01.2026", "28.02.2026", "40,00", IBAN["iban"]), ("01.03.2026", None, "60,00", IBAN["iban"])]


LOAN = ["Personalnummer", "Gültig ab", "Gültig bis", "Laufnummer", "Art", "Betrag", "Ausgezahlt am", "Rate",
        "Erste Rate"]
GOOD = ["4711", "01.01.2026", "", "1", "darlehen", "2.400,00", "01.01.2026", "200", "01.02.2026"]


@pytest.mark.parametrize(("place", "value", "column", "reason"), [
    (0, "9999", "personalnummer", "ist bei diesem Mandanten nicht vergeben"),
    (0, "", "personalnummer", "fehlt"),
    (2, "31.12.2025", "gueltig_bis", "liegt vor gueltig_ab am 01.01.2026"),
    (4, "kredit", "art", "gibt es hier nicht"),
    (5, "0", "betrag", "Bitte einen Betrag über 0 angeben"),
    (5, "-3", "betrag", "ist negativ"),
    (6, "31.02.2026", "ausgezahlt_am", "Den 31. Februar 2026 gibt es nicht"),
    (7, "=2*100", "rate", "ist eine Formel"),
    (8, "01.12.2025", "erste_rate", "Die erste Rate liegt vor der Auszahlung")])
def test_a_wrong_cell_is_named_with_sheet_and_remedy(desk: TenantSession, employ: Callable[..., None], place: int,
                                                     value: str, column: str, reason: str) -> None:
    employ(desk, "4711")
    row = [value if at == place else cell for at, cell in enumerate(GOOD)]
    data = _book(Vorschüsse_und_Darlehen=[LOAN, row, ["4711", *GOOD[1:3], "2", *GOOD[4:]]])
    (problem,) = dry_run(desk, "d.xlsx", data).beanstandungen
    assert (problem.blatt, problem.zeile, problem.spalte) == ("Vorschüsse und Darlehen", 2, column)
    assert reason in problem.grund
    assert problem.abhilfe
    assert "Blatt Vorschüsse und Darlehen, Zeile 2" in str(problem)
    with pytest.raises(ImportFehler, match="nichts wurde übernommen"):
        take_over(desk, "d.xlsx", data, reason="x")
    assert desk.scalars(select(Darlehen.id)).all() == []
    done = take_over(desk, "d.xlsx", data, reason="x", nur_gute=True)
    assert [loan.laufnummer for loan in desk.scalars(select(Darlehen))] == [2]
    assert done.korrektur is not None
    fixed = _cells(done.korrektur.inhalt)["Vorschüsse und Darlehen"]
    assert (len(fixed), fixed[1][-2]) == (2, "2")


IMPOSSIBLE = [
    ("Vorschüsse_und_Darlehen", LOAN, GOOD, ["4711", "01.03.2026", *GOOD[2:]], "überschneidet sich mit Zeile 2"),
    ("Fehlzeiten", ["Personalnummer", "Gültig ab", "Gültig bis", "Art"], ["4711", "05.01.2026", "09.01.2026", "urlaub"],
     ["4711", "08.01.2026", "", "elternzeit"], "bitte den Geburtstag des Kindes"),
    ("Dienstwagen", ["Personalnummer", "Gültig ab", "Listenpreis", "Ansatz"], ["4711", "01.01.2026", "0", "voll"],
     ["4711", "01.02.2026", "40000", "viertel"], "Beim Viertelansatz"),
    ("Familienzuschlag", ["Personalnummer", "Gültig ab", "Stufe1", "Kinder"], ["4711", "01.01.2026", "nein", "0"],
     ["4711", "01.03.2026", "ja", "2"], "bitte die Mietenstufe"),
    ("Bezüge", ["Personalnummer", "Gültig ab", "Lohnart", "Betrag"], ["4711", "01.01.2026", "9998", "1"],
     ["4711", "01.01.2026", "1111", "1"], None),
    ("Höhere_Tätigkeiten", ["Personalnummer", "Gültig ab", "Entgeltgruppe"], ["4711", "01.01.2026", "E99"],
     ["4711", "01.03.2026", "E10"], None),
]


@pytest.mark.parametrize(("title", "header", "first", "second", "text"), IMPOSSIBLE, ids=[one[0] for one in IMPOSSIBLE])
def test_what_cannot_be_is_said_and_the_others_go_on(desk: TenantSession, employ: Callable[..., None], title: str,
                                                     header: list[str], first: list[str], second: list[str],
                                                     text: str | None) -> None:
    employ(desk, "4711")
    employ(desk, "4712", person=None, konto=None)
    other = ["4712", *second[1:]]
    preview = dry_run(desk, "x.xlsx", _book(**{title: [header, first, second, other]}))
    assert preview.beanstandungen
    assert all(problem.grund and problem.abhilfe for problem in preview.beanstandungen)
    if text is not None:
        assert any(text in problem.grund for problem in preview.beanstandungen)


def test_claims_need_their_own_right(desk: TenantSession, employ: Callable[..., None]) -> None:
    employ(desk, "4711")
    _personal(desk, "4711")
    out = export_workbook(desk, MAY, reason="x", rechte=CLAIMS)
    with pytest.raises(ImportFehler, match="braucht das Recht, Pfändungen zu bearbeiten"):
        dry_run(desk, "x.xlsx", out)
    assert {"Forderungen", "Unterhaltspflichten", "Ausschlüsse"}.isdisjoint(
        _cells(export_workbook(desk, MAY, reason="x")))


def test_one_sheet_as_csv_is_known_by_its_columns(desk: TenantSession, employ: Callable[..., None]) -> None:
    employ(desk, "4711")
    data = ("Personalnummer;Gültig ab;Entfernung km;Pauschal\r\n4711;01.01.2026;23;ja\r\n").encode("cp1252")
    done = take_over(desk, "wege.csv", data, reason="Umfrage")
    assert [(one.titel, one.neu) for one in done.blaetter] == [("Arbeitsweg", 1)]
    assert [(way.entfernung_km, way.pauschal) for way in desk.scalars(select(Arbeitsweg))] == [(23, True)]


def test_the_same_said_twice_is_refused(desk: TenantSession, files: Any) -> None:
    people = [list(files.row), list(files.row.values())]
    data = _book(Personen=people, Bezüge=[["Personalnummer", "Gültig ab", "Lohnart", "Betrag"],
                                          ["4711", "01.01.2026", "1111", "1.120,50"]])
    found = dry_run(desk, "x.xlsx", data).beanstandungen
    assert ("lohnart_1", "steht auch im Blatt „Bezüge“") in [(one.spalte, one.grund) for one in found]
    assert any(one.blatt == "Bezüge" and "beanstandeten Zeile 2 der Personen" in one.grund for one in found)


def test_the_page_of_the_handbook_is_what_the_columns_say() -> None:
    page = Path(__file__).parents[2] / "docs" / "handbuch" / "spalten.md"
    assert page.read_text(encoding="utf-8") == handbook(), "kreislohn people columns > docs/handbuch/spalten.md"
