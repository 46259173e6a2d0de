"""Die Entgeltbescheinigungsverordnung Punkt für Punkt: jede Zeile der Liste, wo sie im Dokument steht.

Liste: ebv_checklist.csv, aus dem Text der Verordnung in der Fassung vom 1. Oktober 2024 (BGBl. 2024 I Nr. 297).
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from payroll.statements import examples
from payroll.statements.assemble import assemble
from payroll.statements.payslip import Base, Line
from payroll.statements.pdf import render

CHECKLIST = Path(__file__).with_name("ebv_checklist.csv")

# ref, example, texts that must stand in the document (blanks do not count)
FOUND = [
    ("1.1.1", "vollzeit", ["Kreis Wiesental", "Marktplatz 1", "48999 Wiesental"]),
    ("1.1.2", "vollzeit", ["Jörg Großmüller", "Löwenzahnweg 12", "Geburtsdatum 15.06.1985"]),
    ("1.1.3", "vollzeit", ["Versicherungsnummer 15150685G021"]),
    ("1.1.4", "vollzeit", ["Beschäftigt seit 01.03.2014"]),
    ("1.1.5", "nachzahlung", ["Beschäftigt bis 31.05.2026"]),
    ("1.1.6", "vollzeit", ["Zeitraum 01.05.2026 bis 31.05.2026", "Steuertage / SV-Tage 30 / 30"]),
    ("1.1.7", "vollzeit", ["Steuer-Identifikationsnummer 02 476 291 358", "Steuerklasse 1", "Kinderfreibeträge 0,0"]),
    ("1.1.7", "vollzeit", ["Freibetrag Jahr / Monat 0,00 / 0,00", "Hinzurechnung Jahr / Monat 0,00 / 0,00"]),
    ("1.1.7", "beamte", ["Kirchensteuermerkmal rk, Ehegatte ev"]),
    ("1.1.8", "vollzeit", ["Beitragsgruppe / Personengruppe 1111 / 101", "Einzugsstelle AOK NordWest"]),
    ("1.1.9", "vollzeit", ["Kinder in der Pflegeversicherung 1", "Elterneigenschaft nachgewiesen ja"]),
    ("1.1.9", "auszubildende", ["Kinder in der Pflegeversicherung 0", "Elterneigenschaft nachgewiesen nein"]),
    ("1.1.10", "midijob", ["Übergangsbereich ja", "Einnahme § 20a gesamt", "1.872,10", "1.840,21"]),
    ("1.1.11", "privat", ["Mehrfachbeschäftigung ja"]),
    ("1.2.1", "sonderzahlung", ["1000 Tabellenentgelt L L Z J 4.690,55", "1600 Jahressonderzahlung S E Z J 3.986,97"]),
    ("1.2.1", "vollzeit", ["S sonstiger Bezug", "E einmalig", "GB: J = erhöht das Gesamtbrutto"]),
    ("1.2.2a", "sonderzahlung", ["Steuerbrutto 4.690,55 3.986,97 8.677,52"]),
    ("1.2.2b", "sonderzahlung", ["SV-Brutto KV/PV 5.004,86 3.986,97", "SV-Brutto RV/AV 5.004,86 3.986,97 8.991,83"]),
    ("1.2.2c", "sonderzahlung", ["Gesamtbrutto 8.677,52"]),
    ("1.2.2d", "minijob", ["Pauschal § 40a Abs. 2 556,00"]),
    (
        "1.2.3a",
        "sonderzahlung",
        ["Lohnsteuer 8.677,52 709,00 1.074,00 1.783,00", "Solidaritätszuschlag 0,00 0,00"],
    ),
    ("1.2.3a", "sonderzahlung", ["Kirchensteuer 63,81 96,66 160,47"]),
    ("1.2.3b", "sonderzahlung", ["Krankenversicherung 8.991,83 7,30 % 365,35 291,05 656,40"]),
    ("1.2.3b", "sonderzahlung", ["Rentenversicherung 8.991,83 9,30 % 465,45 370,79 836,24"]),
    ("1.2.3b", "sonderzahlung", ["Pflegeversicherung 8.991,83 1,80 %", "Arbeitslosenvers. 8.991,83 1,30 %"]),
    ("1.2.4", "vollzeit", ["Netto 2.958,86", "Gesetzliche Abzüge 1.731,69"]),
    ("1.2.5", "privat", ["Zuschuss zur Krankenversicherung +320,00", "Zuschuss zur Pflegeversicherung +30,00"]),
    ("1.2.5", "vollzeit", ["Ihr Arbeitgeber zahlt zusätzlich", "Umlage Zusatzversorgung 4.690,55 4,25 % 199,35"]),
    ("1.2.6", "nachzahlung", ["Sonstige Abzüge −120,00", "Vermögenswirksame Leistung"]),
    ("1.2.7", "nachzahlung", ["Auszahlung 2.798,86"]),
    ("1.4", "vollzeit", ["Bescheinigung nach § 108 Abs. 3 Satz 1 Gewerbeordnung"]),
    ("1.4", "beamte", ["Besoldungsmitteilung April 2025", "Bescheinigung nach § 108 Abs. 3 Satz 1"]),
    ("2.1", "midijob", ["Für 02/2026, 03/2026 wurde keine Bescheinigung erteilt"]),
]
# Rules about how items act: each has a test of its own below.
RULES = {
    "1.3.1": "test_raising_items_raise_the_total",
    "1.3.2": "test_lowering_items_lower_the_total",
    "1.3.3": "test_neutral_items_leave_the_total",
    "2.1a": "test_every_flat_taxed_kind_has_its_own_sum",
    "2.2": "test_copy_without_church_mark",
}


def plain_text(slip):
    reader = pypdf.PdfReader(io.BytesIO(render(slip).pdf))
    return "".join("".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize(("ref", "kind", "texts"), FOUND, ids=[f"{ref}-{kind}" for ref, kind, _ in FOUND])
def test_item_is_in_the_document(ref, kind, texts, example):
    text = plain_text(example(kind))
    for wanted in texts:
        assert "".join(wanted.split()) in text, f"{ref}: „{wanted}“ fehlt in {kind}"


def test_every_row_of_the_checklist_is_covered():
    with CHECKLIST.open(encoding="utf-8", newline="") as file:
        refs = {row["ref"] for row in csv.DictReader(file, delimiter=";")}
    assert refs == {ref for ref, _, _ in FOUND} | set(RULES)
    assert all(name in globals() for name in RULES.values())


def with_extra(line):
    case = examples.full_time()
    change = line.betrag if line.gesamtbrutto else 0
    result = dict(case.result)
    for name in ("gesamtbrutto", "netto", "auszahlung", "ag_kosten"):
        result[name] += change
    return assemble(replace(case, lines=(*case.lines, line), result=result))


def test_raising_items_raise_the_total():
    slip = with_extra(Line("3000", "Sachbezug Dienstfahrrad", 2500))
    assert slip.gesamtbrutto == 469055 + 2500
    assert "3000SachbezugDienstfahrradLL-J25,00" in plain_text(slip)


def test_lowering_items_lower_the_total():
    slip = with_extra(Line("3490", "Abgewälzte Pauschalsteuer", -1200, steuer="-", sv="-"))
    assert slip.gesamtbrutto == 469055 - 1200
    assert "AbgewälztePauschalsteuer---J−12,00" in plain_text(slip)


def test_neutral_items_leave_the_total():
    slip = with_extra(Line("3310", "Entgeltumwandlung", -10000, steuer="F", sv="F", gesamtbrutto=False))
    assert slip.gesamtbrutto == 469055
    assert "EntgeltumwandlungFF-N−100,00" in plain_text(slip)


def test_every_flat_taxed_kind_has_its_own_sum():
    names = {"pauschal_37b": "§37b", "pauschal_40_1": "§40Abs.1", "pauschal_40_2": "§40Abs.2", "zv_pauschal": "§40b"}
    names |= {"pauschal_40a_2": "§40aAbs.2", "pauschal_52_40": "§52Abs.40", "pauschal_sonstige": "sonstige"}
    case = examples.full_time()
    amounts = {name: 1000 + at for at, name in enumerate(names)}
    slip = assemble(replace(case, result={**case.result, **amounts}))
    assert all(isinstance(base, Base) for base in slip.bases)
    text = plain_text(slip)
    for at, short in enumerate(names.values()):
        start = text.index(f"Pauschal{short}" if short.startswith("§") else f"Pauschal,{short}")
        assert f"10,{at:02d}" in text[start : start + 60]


def test_copy_without_church_mark(example):
    slip = example("sonderzahlung")
    assert "Kirchensteuermerkmalrk" in plain_text(slip)
    copy = plain_text(slip.ohne_kirchenmerkmal())
    assert "KirchensteuermerkmalaufWunschgeschwärzt" in copy
    assert "merkmalrk" not in copy
