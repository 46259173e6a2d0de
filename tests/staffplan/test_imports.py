"""Übernahme eines Plans: gelesen, geprüft, in einem Zug geschrieben; ausgegeben liest er sich wieder ein."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from staffplan import imports, plans
from staffplan.documents import content, tables
from staffplan.imports import storing
from staffplan.reading import stand
from staffplan.rules import Overtaken, Refused
from staffplan.state import Stand, Stelle
from tenants.db.session import TenantSession, tenant_session

START = date(2026, 1, 1)
HEAD = ("nummer;bezeichnung;einheit;uebergeordnet;gruppe;laufbahn;anteil;produkt;personalnummer;person_gruppe;"
        "person_anteil")
GOOD = f"""{HEAD}
1;Landrat;0;;B 5;wahl;1;01.01;100;B5;1
2;Leitung;10;0;A 13;2.2;1;01.01 = 1/2, 05.01 = 1/2;101;A13;1
3;Sachbearbeitung;10;0;EG 9b;;1;05.01;102;E9b;0,5
3;;;;;;;;103;E9a;19,5/39
4;Pforte;10;0;EG 3;;30/39;01.01;;;
"""
EMPTY = Stand(START)


@pytest.fixture
def session(two_tenants: tuple[int, int]) -> Iterator[TenantSession]:
    with tenant_session(two_tenants[0], actor="olga") as opened:
        yield opened


def checked(text: str, held: Stand = EMPTY) -> imports.Bestand:
    return imports.check(imports.read(text.encode()), held, START, "Stellenplan 2026")


def test_a_plan_is_taken_over_in_one_go(session: TenantSession) -> None:
    found = checked(GOOD)
    assert found.probleme == []
    imports.store(session, found, reason="Übernahme")
    held = stand(session, START)
    assert {n: (p.gruppe, p.anteil, p.frei) for n, p in held.stellen.items()} == {
        "1": ("B5", 1, 0), "2": ("A13", 1, 0), "3": ("E9b", 1, 0), "4": ("E3", Fraction(10, 13), Fraction(10, 13))}
    assert dict(held.stellen["2"].verteilung) == {"01.01": Fraction(1, 2), "05.01": Fraction(1, 2)}
    assert held.einheiten["10"].uebergeordnet == "0"


def test_what_is_exported_is_read_again_the_same(session: TenantSession, two_tenants: tuple[int, int]) -> None:
    imports.store(session, checked(GOOD), reason="Übernahme")
    held = stand(session, START)
    session.commit()
    for data in (imports.export_csv(held), imports.export_xlsx(held)):
        again = imports.check(imports.read(data), EMPTY, START, "Stellenplan 2026")
        assert again.probleme == []
        assert {n: (p.gruppe, p.laufbahn, p.anteil, p.verteilung, p.einheit) for n, p in again.stellen.items()} == {
            n: (p.gruppe, p.laufbahn, p.anteil, p.verteilung, p.einheit) for n, p in held.stellen.items()}
        assert len(again.besetzungen) == 4


@pytest.mark.parametrize(
    ("line", "reason"),
    [("5;x;10;;E6;;1,5;01.01;;;", "nicht zwischen 0 und 1"), ("5;x;10;;E99;;1;01.01;;;", "gibt es nicht"),
     ("5;x;10;;A11;;1;01.01;;;", "Laufbahngruppe"), ("5;x;10;;E6;;1;99.01;;;", "zwei Ziffern"),
     ("5;x;10;;E6;;1;01.01 = 1/2;;;", "weniger als 1"), ("5;x;;;E6;;1;01.01;;;", "Einheit fehlt"),
     ("5;x;10;;E6;;1;01.01;102;E6;1", "mehr als eine volle Stelle"),
     ("3;;;;;;;;109;E9b;1", "schon besetzt mit 102, 103"),
     ("5;x;10;;E6;;1;01.01;110;E8;1", "liegt über der Bewertung"), (";x;10;;E6;;1;01.01;;;", "Nummer fehlt"),
     ("5;x;10;;E6;;1;01.01;110;A11;1", "Laufbahngruppe"), ("3;x;10;;E8;;1;01.01;;;", "dieselbe Gruppe")],
)  # fmt: skip
def test_a_wrong_line_is_named_and_nothing_is_written(session: TenantSession, line: str, reason: str) -> None:
    found = checked(GOOD + line)
    assert [one.zeile for one in found.probleme] == [7]
    assert reason in str(found.probleme[0])
    with pytest.raises(Refused, match="erst berichtigen"):
        imports.store(session, found, reason="Übernahme")
    assert stand(session, START).stellen == {}


def test_circular_units_in_a_file_are_refused() -> None:
    found = checked(f"{HEAD}\n1;x;10;20;E6;;1;01.01;;;\n2;x;20;10;E6;;1;01.01;;;\n")
    assert "im Kreis" in str(found.probleme[0])


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "leer"), (b"nummer;gruppe\n1;E6\n", "einheit fehlt"), (b"nummer;gruppe;einheit;farbe\n", "farbe"),
     (b"nummer;nummer;gruppe;einheit\n", "doppelt"), (b"PK\x03\x04kaputt", "lesbare XLSX"), (b"\x00\x01", "Textdatei"),
     (b'nummer;gruppe;einheit\n"1;E6', "Anführungszeichen")],
)  # fmt: skip
def test_an_unreadable_file_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(imports.UnreadableFile, match=reason):
        imports.read(data)


def test_formulas_are_refused() -> None:
    book = Workbook()
    book.active.append(["nummer", "gruppe", "einheit"])
    book.active.append(["1", "=1+1", "10"])
    target = io.BytesIO()
    book.save(target)
    with pytest.raises(imports.UnreadableFile, match="B2 ist eine Formel"):
        imports.read(target.getvalue())


def test_who_sets_up_the_same_number_at_the_same_time_is_told_so(
    session: TenantSession, two_tenants: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, numbers = checked(GOOD), storing.Reading

    def overtaken(own: TenantSession) -> storing.Reading:
        """Liest noch ohne die Stellen; dann legt jemand anderes sie an und schreibt fest."""
        known = numbers(own)
        assert not known.numbers
        monkeypatch.setattr(storing, "Reading", numbers)
        with tenant_session(two_tenants[0], actor="otto") as other:
            imports.store(other, found, reason="Übernahme")
        return known

    monkeypatch.setattr(storing, "Reading", overtaken)
    with pytest.raises(Overtaken, match=r"inzwischen hat jemand anderes eine dieser Nummern .*; den Stand noch"):
        imports.store(session, found, reason="Übernahme")
    assert set(stand(session, START).stellen) == {"1", "2", "3", "4"}


def test_totals_of_a_published_plan_come_back(session: TenantSession) -> None:
    """Summenzeilen eines veröffentlichten Plans ergeben Stellen, deren Summen dieselben sind."""
    published = {"E11": "4,5", "E10": "7", "E9c": "12,77", "E8": "23,5", "E6": "0,26"}
    lines = "\n".join(f"T{i};10;{grade};{count};01.01" for i, (grade, count) in enumerate(published.items()))
    found = checked(f"nummer;einheit;gruppe;anzahl;produkt\n{lines}\n")
    assert found.probleme == []
    imports.store(session, found, reason="Übernahme")
    made = plans.preview(session, plans.draft(session, 2027, reason="Haushalt"))
    assert {row.gruppe: tables.text(row.zahl, 2) for row in made.teil_b} == {
        "E11": "4,50", "E10": "7,00", "E9c": "12,77", "E8": "23,50", "E6": "0,26"}
    assert sum(row.zahl for row in made.teil_b) == Fraction("48.03")
    assert {row.gruppe: row.vorjahr for row in made.teil_b}["E9c"] == Fraction("12.77")


GRADES = st.sampled_from([("E6", None), ("E9b", None), ("S8a", None), ("A11", "2.1"), ("A13", "2.1"), ("A13", "2.2"),
                          ("B5", "wahl")])  # fmt: skip
# Every share from 1/50 to 1 in fiftieths at most; st.fractions draws so slowly that a busy machine gave up on it.
SHARES = st.tuples(st.integers(1, 50), st.integers(1, 50)).map(lambda two: Fraction(min(two), max(two)))


@given(st.lists(st.tuples(GRADES, SHARES, st.sampled_from(["01", "05", "06"]), SHARES), min_size=1, max_size=40),
       st.integers(0, 3))
def test_product_areas_add_up_to_the_plan(posts: list[tuple[tuple[str, str | None], Fraction, str, Fraction]],
                                          places: int) -> None:
    new = {}
    for number, ((grade, career), share, area, part) in enumerate(posts):
        parts = ((area, part), ("12", 1 - part)) if part < 1 else ((area, Fraction(1)),)
        new[str(number)] = Stelle(str(number), "x", "planstelle" if career else "stelle", grade, share, "10", career,
                                  verteilung=parts)
    made = content.build(content.Quelle(
        2027, 0, "Kreis", new, {}, {}, Stand(date(2026, 6, 30)), {}, {n: n for n in ("01", "05", "06", "12")}, [], {},
        places))
    for overview, rows in ((made.uebersicht_a, made.teil_a), (made.uebersicht_b, made.teil_b)):
        for career, grade in overview.spalten:
            planned = sum(row.zahl for row in rows if (row.laufbahn, row.gruppe) == (career, grade))
            assert sum(overview.wert(line, (career, grade)) for line, _ in overview.zeilen) == planned
        assert sum(overview.summe(line) for line, _ in overview.zeilen) == sum(row.zahl for row in rows)
    assert content.canonical(content.thaw(content.canonical(made))) == content.canonical(made)


def test_the_count_of_june_is_the_occupancy_list(session: TenantSession) -> None:
    imports.store(session, checked(GOOD), reason="Übernahme")
    june = stand(session, date(2026, 6, 30))
    listed = sum((one.anteil for post in june.stellen.values() for one in post.besetzungen if one.besetzt), Fraction(0))
    made = plans.preview(session, plans.draft(session, 2027, reason="Haushalt"))
    assert sum(row.besetzt for row in (*made.teil_a, *made.teil_b)) == listed == 3
