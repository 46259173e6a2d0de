"""Ein kleiner Plan, von Hand gerechnet: Teil A und B in den Spalten des Musters (VV Muster zur GO NRW und KomHVO NRW).

Zu veröffentlichten Plänen liegen keine einzelnen Stellen vor; darum steht hier ein erfundener, dessen Zellen von Hand
aus den Zeilen unten ermittelt sind. Er zeigt: A 13 in zwei Laufbahngruppen, ausgesonderte Wahlbeamte,
Amtszulage, Anteile, die sich erst ungerundet richtig summieren, kw, ku und Sperre, Beurlaubte und Altersteilzeit.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from staffplan import imports, plans
from staffplan.documents import tables
from staffplan.documents.content import Inhalt
from staffplan.reading import stand
from tenants.db.session import TenantSession, tenant_session

START = date(2026, 1, 1)
HEAD = ("nummer;einheit;einheit_name;gruppe;laufbahn;anteil;produkt;produkt_name;zulage;ausgesondert;vermerk;"
        "vermerk_ziel;vermerk_termin;personalnummer;person_anteil;zustand")
ROWS = """
1;0;Kreis;B6;wahl;1;01.01;Steuerung;;ja;;;;P1;;
2;0;;A13;2.2;1;01.01;;;;;;;P2;;
3;0;;A13;2.1;1;01.01;;ja;;;;;P3;;
4;0;;A13;2.1;0,5;01.01;;;;ku;A12;;P4;0,5;
5;0;;A9;1.2;1;05.01;Soziales;ja;;;;;;;
6;0;;E9b;;1/3;05.01;;;;;;;P6;1/3;
7;0;;E9b;;1/3;05.01;;;;;;;P7;1/3;elternzeit
8;0;;E9b;;1/3;05.01;;;;kw;;;P8;1/3;atz_frei
9;0;;E8;;19,5/39;01.01 = 2/3, 05.01 = 1/3;;;;;;;P9;1/2;
10;0;;E8;;1;05.01;;;;kw;;31.12.2028;;;
11;0;;E6;;0,125;05.01;;;;sperre;;31.12.2027;;;
12;0;;E6;;0,125;05.01;;;;;;;P12;0,125;
"""
PART_A = [
    ("Wahlbeamtinnen und Wahlbeamte", "", "", "", "", "", "", ""),
    ("Wahlamt", "B 6", "1,00", "–", "1,00", "1,00", "1,00", ""),
    ("Summe Wahlbeamtinnen und Wahlbeamte", "", "1,00", "–", "1,00", "1,00", "1,00", ""),
    ("Laufbahngruppe 2, zweites Einstiegsamt", "", "", "", "", "", "", ""),
    ("Rätin, Rat", "A 13", "1,00", "–", "–", "1,00", "1,00", ""),
    ("Summe Laufbahngruppe 2, zweites Einstiegsamt", "", "1,00", "–", "–", "1,00", "1,00", ""),
    ("Laufbahngruppe 2, erstes Einstiegsamt", "", "", "", "", "", "", ""),
    ("Oberamtsrätin, Oberamtsrat", "A 13", "1,50", "1,00", "–", "1,50", "1,50", "0,5 ku nach A12"),
    ("Summe Laufbahngruppe 2, erstes Einstiegsamt", "", "1,50", "1,00", "–", "1,50", "1,50", ""),
    ("Laufbahngruppe 1, zweites Einstiegsamt", "", "", "", "", "", "", ""),
    ("Amtsinspektorin, Amtsinspektor", "A 9", "1,00", "1,00", "–", "1,00", "–", ""),
    ("Summe Laufbahngruppe 1, zweites Einstiegsamt", "", "1,00", "1,00", "–", "1,00", "–", ""),
    ("Summe", "", "4,50", "2,00", "1,00", "4,50", "3,50", ""),
]
PART_B = [
    ("EG 9b", "1,00", "1,00", "0,67", "0,33 kw"),
    ("EG 8", "1,50", "1,50", "0,50", "1 kw ab 31.12.2028"),
    ("EG 6", "0,25", "0,25", "0,13", "0,13 gesperrt bis 31.12.2027"),
    ("Summe", "2,75", "2,75", "1,29", ""),
]
AREAS = [("01 Innere Verwaltung", "–", "0,33", "–", "0,33"), ("05 Soziale Leistungen", "1,00", "1,17", "0,25", "2,42"),
         ("Summe", "1,00", "1,50", "0,25", "2,75")]


@pytest.fixture
def session(two_tenants: tuple[int, int]) -> Iterator[TenantSession]:
    with tenant_session(two_tenants[0], actor="olga") as opened:
        yield opened


def _plan(session: TenantSession) -> Inhalt:
    rows = imports.read((HEAD + ROWS).encode())
    found = imports.check(rows, stand(session, START), START, "Stellenplan 2026")
    assert [str(one) for one in found.probleme] == []
    imports.store(session, found, reason="Übernahme")
    return plans.preview(session, plans.draft(session, 2027, reason="Haushalt"))


def test_the_parts_stand_in_the_columns_of_the_form(session: TenantSession) -> None:
    made = _plan(session)
    one, two, first, second = tables.of(made)[:4]
    assert [name for name, _ in one.spalten] == [
        "Laufbahngruppe, Amtsbezeichnung", "Besoldungsgruppe", "Stellen 2027", "darunter mit Zulage",
        "darunter ausgesondert", "Stellen 2026", "besetzt am 30.06.2026", "Vermerke, Erläuterungen"]
    assert [name for name, _ in two.spalten] == [
        "Entgeltgruppe", "Stellen 2027", "Stellen 2026", "besetzt am 30.06.2026", "Vermerke, Erläuterungen"]
    assert [tuple(tables.text(cell, 2) for cell in row.zellen) for row in one.reihen] == PART_A
    assert [tuple(tables.text(cell, 2) for cell in row.zellen) for row in two.reihen] == PART_B
    assert [name for name, _ in second.spalten] == ["Produktbereich", "EG 9b", "EG 8", "EG 6", "Summe"]
    assert [tuple(tables.text(cell, 2) for cell in row.zellen) for row in second.reihen] == AREAS
    assert [row.zellen[-1] for row in first.reihen if row.summe] == [sum(row.zahl for row in made.teil_a)]


def test_rounding_that_moves_a_sum_is_named(session: TenantSession) -> None:
    """0,67 + 0,50 + 0,13 sind 1,30, die Summe aus 2/3 + 1/2 + 1/8 ist 1,29."""
    hints = tables.of(_plan(session))[1].hinweise
    assert hints == ("besetzt am 30.06.2026: die gerundeten Zeilen ergeben 1,30, die Summe aus ungerundeten Anteilen "
                     "ist 1,29.",)
