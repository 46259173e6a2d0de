"""Gleitzeitkonto und Urlaub auf der Abrechnung, wenn der Arbeitgeber es will: Daten, Seite, konformes PDF, Siegel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from payroll.statements import facts, plain, view
from payroll.statements.assemble import assemble
from payroll.statements.examples import full_time
from payroll.statements.payslip import MINUTEN, TAGE, Konto, Payslip
from payroll.statements.pdf.document import render

KONTEN = (Konto("gleitzeit", "Gleitzeitkonto am 31.05.2026", Decimal(-754), MINUTEN),
          Konto("urlaub_anspruch", "Urlaubsanspruch 2026", Decimal("30.00"), TAGE),
          Konto("urlaub_genommen", "genommen bis 31.05.2026", Decimal("4.50"), TAGE),
          Konto("urlaub_rest", "noch nicht verplant", Decimal("25.50"), TAGE))
SAID = [("Gleitzeitkonto am 31.05.2026", "−12:34 Std."), ("Urlaubsanspruch 2026", "30 Tage"),
        ("genommen bis 31.05.2026", "4,5 Tage"), ("noch nicht verplant", "25,5 Tage")]


def _slip() -> Payslip:
    return assemble(replace(full_time(), konten=KONTEN))


def test_page_and_sealed_data_say_the_accounts() -> None:
    slip = _slip()
    assert facts.accounts(slip) == SAID
    section = next(one for one in view.page(slip).sections if one.key == "konten")
    assert [row.cells for row in section.tables[0].rows] == SAID
    assert plain.from_bytes(plain.to_bytes(slip)) == slip


def test_without_the_setting_nothing_is_said_and_old_data_still_opens() -> None:
    slip = assemble(full_time())
    assert "konten" not in {one.key for one in view.page(slip).sections}
    assert slip.konten == ()
    assert plain.from_bytes(plain.to_bytes(slip).replace(b'"konten":[],', b"")) == slip


def test_the_document_conforms_and_grows_by_the_table(conforming: Callable[[bytes], None]) -> None:
    made = render(_slip()).pdf
    conforming(made)
    assert made == render(_slip()).pdf
    assert made != render(assemble(full_time())).pdf
    assert render(_slip()).pages == 1
    assert _slip().period.monat == date(2026, 5, 1)
