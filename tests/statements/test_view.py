"""Die Seite: dieselben Beträge wie im Dokument, jede Zeile erklärt, Änderungen ohne Rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from payroll.statements import changes, examples, view
from payroll.statements import wording as w
from payroll.statements.assemble import assemble
from payroll.statements.payslip import Line


@pytest.mark.parametrize("kind", sorted(examples.KINDS))
def test_tables_have_captions_and_even_rows(kind, example):
    page = view.page(example(kind))
    keys = [table.key for section in page.sections for table in section.tables]
    assert len(keys) == len(set(keys))
    for section in page.sections:
        assert section.title
        assert section.lead
        for table in section.tables:
            assert table.caption
            assert {len(row.cells) for row in table.rows} <= {len(table.heads)}


@pytest.mark.parametrize("kind", sorted(examples.KINDS))
def test_every_line_of_money_is_explained(kind, example):
    page = view.page(example(kind))
    explained = {"bezuege", "abzuege", "brutto", "auszahlung", "arbeitgeber"}
    for section in page.sections:
        for table in section.tables:
            if table.key in explained:
                assert [row.cells[0] for row in table.rows if not row.explanation] == [], table.key


def test_figures_come_with_their_value_names(example):
    page = view.page(example("vollzeit"))
    assert [(figure.name, figure.amount) for figure in page.figures] == [
        ("auszahlung", "2.958,86\u00a0€"),
        ("netto", "2.958,86\u00a0€"),
        ("abzuege", "1.731,69\u00a0€"),
        ("gesamtbrutto", "4.690,55\u00a0€"),
    ]
    assert page.comparison is None


def test_explanation_shows_the_calculation_and_the_employers_part(example):
    page = view.page(example("vollzeit"))
    rows = {row.name: row for section in page.sections for table in section.tables for row in table.rows if row.name}
    text = rows["rv_an"].explanation.replace("\u00a0", " ")
    assert "9,30 % von 4.835,42 € sind 449,69 €." in text
    assert "Ihr Arbeitgeber zahlt dazu 449,69 €." in text


def test_no_formula_where_the_rate_alone_is_not_the_amount():
    case = examples.full_time()
    slip = assemble(replace(case, rates={**case.rates, "pv_an": Decimal("1.70")}))
    page = view.page(slip)
    rows = {row.name: row for section in page.sections for table in section.tables for row in table.rows}
    assert "1,70" not in rows["pv_an"].explanation


def test_minijob_pension_is_not_called_half(example):
    page = view.page(example("minijob"))
    row = next(r for s in page.sections for t in s.tables if t.key == "abzuege" for r in t.rows if r.name == "rv_an")
    assert "halber" not in row.explanation


def test_changes_explain_the_difference_to_the_cent(example):
    before, after = example("vollzeit"), example("sonderzahlung")
    comparison = changes.compare(before, after)
    assert comparison.difference == 483229 - 295886
    assert sum(change.effect for change in comparison.changes) == comparison.difference
    assert comparison.changes[0].text == "Jahressonderzahlung"
    assert [(fact.text, fact.before, fact.after) for fact in comparison.facts] == [
        ("Kirchensteuermerkmal", "keine", "rk")
    ]
    sentence = comparison.sentence.replace("\u00a0", " ")
    assert sentence.startswith("Sie bekommen 1.873,43 € mehr als im Mai 2026, vor allem wegen:")
    assert "Jahressonderzahlung (+3.986,97 €)" in sentence


def test_changes_of_every_pair_leave_no_rest(example):
    slips = [example(kind) for kind in examples.KINDS]
    for before in slips:
        for after in slips:
            comparison = changes.compare(before, after)
            assert sum(change.effect for change in comparison.changes) == after.auszahlung - before.auszahlung


def test_nothing_changed_says_so():
    case = examples.full_time()
    june = assemble(replace(case, period=examples.period(date(2026, 6, 1), 30)))
    page = view.page(june, assemble(case))
    assert page.comparison.sentence == "Gegenüber Mai 2026 hat sich nichts geändert."
    assert page.comparison.changes == ()


def test_back_pay_is_its_own_cause():
    case = examples.full_time()
    lines = (*case.lines, Line("1000", "Tabellenentgelt", 10000, monat=date(2026, 3, 1)))
    result = dict(case.result)
    for name in ("gesamtbrutto", "netto", "auszahlung", "ag_kosten"):
        result[name] += 10000
    comparison = changes.compare(assemble(case), assemble(replace(case, lines=lines, result=result)))
    assert [(c.text, c.before, c.after, c.effect) for c in comparison.changes] == [
        ("Tabellenentgelt (03/2026)", None, 10000, 10000)
    ]


WRITTEN = [
    (w.amount(-123456), "−1.234,56"),
    (w.amount(0), "0,00"),
    (w.amount(None), ""),
    (w.signed(5), "+0,05"),
    (w.number(Decimal("-1.5")), "−1,5"),
    (w.number(Decimal("1234.5"), 2), "1.234,50"),
    (w.number(Decimal("40")), "40"),
    (w.number(Decimal(0), 1), "0,0"),
    (w.percent(Decimal("2.9")), "2,90\u00a0%"),
    (w.iban("DE02120300000000202051"), "DE02 1203 0000 0000 2020 51"),
]


@pytest.mark.parametrize(("written", "expected"), WRITTEN)
def test_german_notation(written, expected):
    assert written == expected
