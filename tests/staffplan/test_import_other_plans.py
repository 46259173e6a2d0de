"""Pläne anderer Häuser: Zeichensätze, Überschriften, Anteile, Vermerke, Mappen; richtig oder klar abgelehnt."""

from __future__ import annotations

import io
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest
from openpyxl import Workbook

from staffplan import imports
from staffplan.reading import stand
from staffplan.state import Stand
from tenants.db.session import tenant_session

START = date(2026, 1, 1)
HEAD = "nummer;einheit;gruppe;laufbahn;anteil;produkt"


def checked(data: str | bytes) -> imports.Bestand:
    raw = data.encode() if isinstance(data, str) else data
    return imports.check(imports.read(raw), Stand(START), START, "Stellenplan 2026")


def plan(*lines: str, head: str = HEAD) -> str:
    return "\r\n".join((head, *lines, ""))


def book(*rows: list[Any]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


OWN = plan("1;10;E9b;;0,51;01.01", "2;10;A 13;2.1;19,5/41;01.01")
SUMS = {("", "E9b"): Fraction(51, 100), ("2.1", "A13"): Fraction(39, 82)}
E8 = {("", "E8"): Fraction(1, 2)}
GOOD: dict[str, tuple[str | bytes, dict[tuple[str, str], Fraction]]] = {
    "utf8-bom": (b"\xef\xbb\xbf" + OWN.encode(), SUMS),
    "utf16": (OWN.encode("utf-16"), SUMS),
    "cp1252": (plan("1;10;E15Ü;;1;01.01").encode("cp1252"), {("", "E15Ü"): Fraction(1)}),
    "sep-line": ("sep=;\r\n" + OWN, SUMS),
    "commas": ('nummer,einheit,gruppe,anteil\n1,10,E8,"0,5"\n', E8),
    "commas-inside": ("nummer;gruppe;einheit;bezeichnung;anteil\n" + "".join(
        f"{number};E8;60;Hochbau, Tiefbau, Straßen, Wege, Plätze;0,05\n" for number in range(1, 11)), E8),
    "pipes": ("nummer|einheit|gruppe|anteil\n1|10|E8|0,5\n", E8),
    "title-above": ("Stellenplan 2026 der Stadt;;;;;\n\n" + OWN, SUMS),
    "other-headings": (plan("1;10;EG 8;;50 %;01.01",
                            head="Stellen-Nr.;Amt;Entgeltgruppe;Laufbahngruppe;VZÄ;Produkt"), E8),
    "old-words-of-careers": (plan("1;10;A 9;mD;1;", "2;10;A 9;gehobener Dienst;1;", "3;10;B 5;Wahlbeamte;1;"),
                             {("wahl", "B5"): Fraction(1), ("2.1", "A9"): Fraction(1), ("1.2", "A9"): Fraction(1)}),
    "group-of-a-career": (plan("1;10;A 14;LG 2.2;1;"), {("2.2", "A14"): Fraction(1)}),
    "zulage-in-the-grade": (plan("1;10;A 9 Z;1.2;1;", "2;10;A 13 + AZ;2.1;1;"),
                            {("2.1", "A13"): Fraction(1), ("1.2", "A9"): Fraction(1)}),
    "dots": (plan("1;10;E8;;0.5;01.01"), E8),
    "hours": (plan("1;10;E8;;19,5 / 39;01.01"), E8),
    "three-products": (plan("1;10;E8;;0,5;01.01 = 1/3, 05.01 = 1/3, 06.02 = 1/3"), E8),
    "decimal-parts": (plan("1;10;E8;;0,5;01.01 = 0,25, 05.01 = 0,75"), E8),
    "special-grades": (plan("1;10;EG 2 Ü;;1;", "2;10;S 11 b;;1;", "3;10;P 8;;1;", "4;10;EG 09a;;1;", "5;10;AT;;1;"),
                       {("", "AT"): Fraction(1), ("", "E9a"): Fraction(1), ("", "E2Ü"): Fraction(1),
                        ("", "S11b"): Fraction(1), ("", "P8"): Fraction(1)}),
    "totals-with-nothing": (plan("a;10;E8;12,77", "b;10;E6;0", "c;10;E5;–", "d;10;E3;1.5",
                                 head="nummer;einheit;gruppe;Stellen"),
                            {("", "E8"): Fraction(1277, 100), ("", "E3"): Fraction(3, 2)}),
    "many-of-a-kind": (plan("a;10;E9a;612,35", head="nummer;einheit;gruppe;anzahl"),
                       {("", "E9a"): Fraction(61235, 100)}),
    "xlsx-numbers": (book(["nummer", "einheit", "gruppe", "laufbahn", "anteil", "befristet_bis"],
                          [1, 10, "A13", 2.2, 0.51, 46387], [2.0, 10.0, "E8", None, 0.5, datetime(2027, 12, 31)]),
                     {("2.2", "A13"): Fraction(51, 100), ("", "E8"): Fraction(1, 2)}),
    "xlsx-title": (book(["Stellenplan 2026"], [],
                        ["Nummer", "Einheit", "Gruppe", "Anteil"], ["1", "10", "E8", "1/2"]), E8),
}


@pytest.mark.parametrize("case", GOOD)
def test_other_plans_give_the_right_posts(case: str) -> None:
    data, expected = GOOD[case]
    found = checked(data)
    assert [str(one) for one in found.probleme] == []
    assert {(career, grade): total for career, grade, total in found.summen()} == expected


BAD: dict[str, tuple[str | bytes, int, str]] = {
    "same-number-again": (plan("1;10;E8;;1;", "1;10;E8;;1;"), 3, "steht zweimal"),
    "same-number-other-share": (plan("1;10;E8;;1;;7", "1;10;E8;;0,5;;8", head=f"{HEAD};personalnummer"), 3,
                                "widersprechen sich"),
    "same-total-again": (plan("a;10;E8;3", "a;10;E8;2", head="nummer;einheit;gruppe;anzahl"), 3, "eigene Nummer"),
    "number-of-a-copy": (plan("a-1;10;E8;", "a;10;E8;2", head="nummer;einheit;gruppe;anzahl"), 3, "a-1 gibt es schon"),
    "hours-as-share": (plan("1;10;E8;;19,5;"), 2, "nicht zwischen 0 und 1"),
    "share-as-a-day": (book(HEAD.split(";"), ["1", "10", "E8", None, datetime(2026, 2, 1), None]), 2, "kein Anteil"),
    "product-as-a-day": (book(HEAD.split(";"), ["1", "10", "E8", None, 1, datetime(2026, 1, 1)]), 2, "Spalte als Text"),
    "through-nothing": (plan("1;10;E8;;1/0;"), 2, "Durch 0"),
    "minus": (plan("1;10;E8;;-0,5;"), 2, "kein Anteil"),
    "trainees": (plan("1;10;Auszubildende;;1;"), 2, "Nachwuchskräfte"),
    "no-such-grade": (plan("1;10;E9d;;1;"), 2, "„E9d“ gibt es nicht"),
    "career-missing": (plan("1;10;A13;;1;"), 2, "fehlt die Laufbahngruppe"),
    "career-too-low": (plan("1;10;A14;2.1;1;"), 2, "gibt es in der Laufbahngruppe 2.1 nicht"),
    "career-of-an-employee": (plan("1;10;E8;2.1;1;"), 2, "hat keine Laufbahngruppe"),
    "sum-line": (plan("1;10;E8;;1;", "Summe;;;;1;"), 3, "Einheit fehlt"),
    "parts-too-many": (plan("1;10;E8;;1;01.01 = 0,6, 05.01 = 0,6"), 2, "mehr als 1"),
    "november-31": (plan("1;10;E8;kw;31.11.2027", head="nummer;einheit;gruppe;vermerk;vermerk_termin"), 2, "kein Tag"),
    "ku-without-goal": (plan("1;10;E8;ku;", head="nummer;einheit;gruppe;vermerk;vermerk_ziel"), 2, "Zielgruppe"),
    "ku-upwards": (plan("1;10;E8;ku;E9a", head="nummer;einheit;gruppe;vermerk;vermerk_ziel"), 2, "liegt nicht unter"),
    "unknown-note": (plan("1;10;E8;weg;", head="nummer;einheit;gruppe;vermerk;vermerk_ziel"), 2, "kw, ku"),
    "kw-larger-than-the-post": (plan("1;10;E8;0,5;kw;0,6", head="nummer;einheit;gruppe;anteil;vermerk;vermerk_teil"), 2,
                                "größer als die Stelle"),
    "taken-twice": (plan("1;10;E8;;1;;7", "1;;;;;;8", head=f"{HEAD};personalnummer"), 3, "schon besetzt mit 7"),
    "person-on-two-full-posts": (plan("1;10;E8;;1;;7", "2;10;E8;;1;;7", head=f"{HEAD};personalnummer"), 3,
                                 "zusammen"),
    "official-on-an-employees-post": (plan("1;10;E8;7;A9",
                                           head="nummer;einheit;gruppe;personalnummer;person_gruppe"), 2,
                                      "Laufbahngruppe"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_names_line_field_and_remedy(case: str) -> None:
    data, line, words = BAD[case]
    found = checked(data)
    assert [one.zeile for one in found.probleme] == [line], [str(one) for one in found.probleme]
    assert words in found.probleme[0].grund


def test_zulage_behind_the_grade_counts_as_one_and_shares_stay_exact() -> None:
    found = checked(plan("1;10;A 9 mit Amtszulage;1.2;1/3;"))
    assert (found.stellen["1"].zulage, found.stellen["1"].anteil) == (True, Fraction(1, 3))


def test_a_damaged_encoding_is_named_and_never_replaced() -> None:
    with pytest.raises(imports.UnreadableFile, match=r"Zeile 2: der Zeichensatz"):
        imports.read(b"nummer;einheit;gruppe\n1;10;E8\x8d\xe4\n")
    assert checked(plan("1;Prüfung;E8;;1;").encode("cp850")).stellen["1"].einheit == "Prüfung"


def test_notes_with_parts_and_words_come_back(two_tenants: tuple[int, int]) -> None:
    head = "nummer;einheit;gruppe;anteil;vermerk;vermerk_termin;vermerk_teil;vermerk_text;personalnummer"
    text = plan("1;10;E8;1;kw;31.12.2028;0,5;Rat vom 3.2.;7", "1;;;;sperre;30.06.2027;;;",
                "1;;;;sonstiges;;;mit Zulage nach Vertrag;", head=head)
    found = checked(text)
    assert [str(one) for one in found.probleme] == []
    with tenant_session(two_tenants[0], actor="olga") as session:
        imports.store(session, found, reason="Übernahme")
        held = stand(session, START)
        session.commit()
    assert {(one.art, one.teil, one.text) for one in held.stellen["1"].vermerke} == {
        ("kw", Fraction(1, 2), "Rat vom 3.2."), ("sperre", None, None), ("sonstiges", None, "mit Zulage nach Vertrag")}
    again = checked(imports.export_csv(held))
    assert [str(one) for one in again.probleme] == []
    assert set(again.stellen["1"].vermerke) == set(found.stellen["1"].vermerke)
    assert [one.personalnummer for one in again.besetzungen] == ["7"]
