"""Die Seite einer Abrechnung auf Englisch: alles Eigene übersetzt, Eingegebenes wie eingegeben, das Papier deutsch."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from payroll.law.tongue import hear, speaking
from payroll.runs import names
from payroll.statements import absences, examples, plain, view
from payroll.statements.assemble import assemble
from payroll.statements.payslip import Konto, Line
from payroll.statements.pdf import render
from payroll.web.spoken import tongue

ENGLISH = tongue("en")
WORD = re.compile(r"[^\W\d_]{3,}")
# What somebody entered, names, and texts that only these invented slips have.
ENTERED = re.compile(
    r"AOK|Minijob-Zentrale|RZVK|Jugendamt|Frau Brandt|LBesO|TV.?öD|IBAN|Organisation|Stundenentgelt|"
    r"Auszubildende$|Tabellenentgelt Nachzahlung|Tariferhöhung|Ihre Beschäftigung endet|Basisbeitrag|privat, Beitrag|"
    r"ohne, Pauschsteuer|April|August|September|November")


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            if field.name not in ("key", "name", "person", "part"):
                yield from _texts(getattr(thing, field.name))
    elif isinstance(thing, tuple):
        for one in thing:
            yield from _texts(one)


@pytest.mark.parametrize("kind", sorted(examples.KINDS))
def test_nothing_of_the_program_stays_german(kind: str, example: Any) -> None:
    german = view.page(example(kind), example("vollzeit"))
    with speaking(ENGLISH):
        english = view.page(example(kind), example("vollzeit"))
    left = [here for here, there in zip(_texts(german), _texts(english), strict=True)
            if here == there and WORD.search(here) and not ENTERED.search(here)]
    assert left == []
    assert view.page(example(kind), example("vollzeit")) == german


def test_names_stand_beside_those_on_the_paper(example: Any) -> None:
    with speaking(ENGLISH):
        page = view.page(example("vollzeit"))
    rows = [row for section in page.sections for table in section.tables for row in table.rows]
    assert ("Table pay", "Tabellenentgelt") in {(row.cells[0], row.german) for row in rows}
    assert ("Wage tax", "Lohnsteuer") in {(row.cells[0], row.paper) for row in rows}
    assert page.figures[0].amount == "€2,958.86"
    assert page.title == "Payslip May 2026"


def test_what_an_employer_entered_stays_and_is_marked(example: Any) -> None:
    case = examples.full_time()
    line = Line("9100", "Zulage Spielmannszug (3 Tage)", 0)
    slip = assemble(replace(case, lines=(*case.lines, line), hints=("Sommerfest am Freitag",)))
    with speaking(ENGLISH):
        page = view.page(slip)
    row = page.sections[0].tables[0].rows[-2]
    assert row.cells[0] == row.german == line.text
    assert page.hints == (view.Hint("Sommerfest am Freitag", due=False, german=True),)


@pytest.mark.parametrize(("german", "english"), [
    ("Tabellenentgelt E9a Stufe 3", "Table pay E9a step 3"),
    ("Tabellenentgelt E9a Stufe 3 (1.–15. 19,5 von 39 Std.)",
     "Table pay E9a step 3 (day 1 to 15, 19.5 of 39 hours)"),
    ("Ausbildungsentgelt Jahr 2", "Training pay, year 2"),
    ("Zeitzuschlag Nachtarbeit 20 % (12:30 Std. × 4,1234 € 03/2026 Nachtrag)",
     "Supplement for night work 20% (12:30 hours × €4.1234 03/2026, added later)"),
    ("Zeitzuschlag Nachtarbeit 20 %, pflichtiger Teil", "Supplement for night work 20%, liable part"),
    ("Familienzuschlag Kinderanteil (2 Kinder, Mietenstufe IV)",
     "Family supplement, children’s part (2 children, rent level IV)"),
    ("Krankengeldzuschuss (12 Tage, 33,10 € beitragspflichtig)",
     "Subsidy to sickness benefit (12 days, €33.10 liable for contributions)"),
    ("Pfändung Stadtwerke Musterstadt, Az. 12 M 3/26", "Garnishment Stadtwerke Musterstadt, Az. 12 M 3/26"),
    ("Pfändung Stadtwerke Musterstadt, danach offen 1.234,50 €",
     "Garnishment Stadtwerke Musterstadt, still owed afterwards €1,234.50"),
    ("Vorschuss, Rate, danach offen 12,50 €", "Advance, instalment, still owed afterwards €12.50"),
    ("Jubiläumsgeld 25 Jahre (am 01.04.2026)", "Jubilee pay, 25 years (on 01.04.2026)"),
    ("Steuerfreier Zuschuss Kantine (Haus B)", "Steuerfreier Zuschuss Kantine (Haus B)"),
])
def test_names_and_details_of_lines(german: str, english: str) -> None:
    assert names.of(german) == (german, "")
    with speaking(ENGLISH):
        assert names.of(german) == (english, german)


def test_sealed_sentences_are_recognised(example: Any) -> None:
    kept = replace(example("vollzeit"), hints=(
        "Fällig am 29.05.2026.",
        "Vom 04.05.2026 bis 08.05.2026 kein Entgelt. Grund: Sonderurlaub ohne Entgelt (§ 28 TVöD).",
        f"Am 04.05.2026 kein Entgelt. Grund: {absences.KRANK_OHNE}",
        "Anspruch 03/2026, fällig am 31.03.2026: in Textform geltend zu machen bis 30.09.2026 (§ 37 TVöD)",
    ), konten=(Konto("gleitzeit", "Gleitzeitkonto am 31.05.2026", -90, "Minuten"),))
    with speaking(ENGLISH):
        page = view.page(plain.from_bytes(plain.to_bytes(kept)))
    assert [(hint.text, hint.due) for hint in page.hints] == [
        ("Due on 29.05.2026.", True),
        ("No pay from 04.05.2026 to 08.05.2026. Reason: Special leave without pay (§ 28 TVöD).", False),
        ("No pay on 04.05.2026. Reason: Continued pay and the subsidy to sickness benefit are over (§ 22 TVöD).",
         False),
        ("Claim for 03/2026, due on 31.03.2026: to be asserted in text form by 30.09.2026 (§ 37 TVöD)", False),
    ]
    account = next(section for section in page.sections if section.key == "konten").tables[0].rows[0]
    assert account.cells == ("Flexitime account on 31.05.2026", "−1:30 hours")


@pytest.mark.parametrize(("german", "english"), [
    ("Steuermerkmale: ELStAM", "Tax features: “ELStAM”"),
    ("Steuermerkmale: ELStAM; neu; Fehlzeit: Attest kam spät",
     "Tax features: “ELStAM; neu”; Absence: “Attest kam spät”"),
    ("Fehlzeit: Attest; Krankheit: Beginn nachgereicht", "Absence: “Attest; Krankheit: Beginn nachgereicht”"),
    ("Verkündete Besoldungstabelle: Die Besoldung war unter Vorbehalt nach dem Entwurf gezahlt; die Tabelle ist "
     "verkündet", "Promulgated salary table: The salary was paid under reserve by the draft; the table is promulgated"),
    ("Nachzahlung für Vorjahre, versteuert in diesem Monat", "Back pay for earlier years, taxed in this month"),
    ("Tariferhöhung ab 01.03.2026", "Tariferhöhung ab 01.03.2026"), ("", "")])
def test_why_an_earlier_month_was_recalculated(german: str, english: str) -> None:
    assert names.reason(german) == german
    with speaking(ENGLISH):
        assert names.reason(german) == english


def test_the_sentence_of_a_change(example: Any) -> None:
    before = example("vollzeit")
    after = replace(before, period=replace(before.period, monat=date(2026, 6, 1)),
                    tax=replace(before.tax, steuerklasse=3))
    with speaking(ENGLISH):
        page = view.page(after, before)
    assert page.comparison is not None
    assert page.comparison.sentence == ("You get the same amount as in May 2026; single lines or facts have changed.")
    assert [(fact.text, fact.before, fact.after) for fact in page.comparison.facts] == [("Tax class", "1", "3")]


def test_the_paper_is_german_whoever_asks(example: Any) -> None:
    german = render(example("nachzahlung"))
    with speaking(ENGLISH):
        assert render(example("nachzahlung")).pdf == german.pdf
        assert hear("Lohnsteuer") == "Wage tax"
